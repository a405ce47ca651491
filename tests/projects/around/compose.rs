//! `compose.yaml`

use std::{
    collections::BTreeSet,
    env, fs,
    process::{Command, Stdio},
};

use serde_yaml::Value;

use super::{
    has,
    workspace::{HOSTILE, Workspace},
};
use crate::run::told;

/// The names in a list or the keys of a mapping.
fn names(value: &Value) -> Vec<&str> {
    let members = value.as_mapping().into_iter().flatten();
    members.filter_map(|(key, _)| key.as_str()).collect()
}

#[test]
fn what_a_container_waits_for_is_there() {
    for database in ["sqlite", "postgres", "none"] {
        let workspace = Workspace::new("my_Shop", &HOSTILE, &["--db", database]);
        let compose = workspace.yaml("compose.yaml").remove(0);
        let services = &compose["services"];
        for name in workspace.services() {
            let service = &services[name.as_str()];
            assert!(service.is_mapping(), "{name} is not there");
            let file = service["build"]["dockerfile"]
                .as_str()
                .expect("a Dockerfile");
            assert!(file.ends_with(&format!("{name}/Dockerfile")), "{file}");
            assert_eq!(service["restart"], "unless-stopped");
        }
        let there = names(services);
        for name in &there {
            let service = &services[*name];
            for other in names(&service["depends_on"]) {
                assert!(there.contains(&other), "{name} waits for {other}");
            }
            let image = service["image"].as_str().expect("an image");
            assert_eq!(image, image.to_lowercase());
        }
        // One service that is ill does not keep the gateway from the others.
        let awaited = services["gateway"]["depends_on"].as_mapping();
        for (_, service) in awaited.into_iter().flatten() {
            assert_eq!(service["condition"], "service_started");
        }
        let gateway = names(&services["gateway"]["depends_on"]).len();
        assert_eq!(gateway + 1, workspace.services().len());
        assert_eq!(
            there.contains(&"databases"),
            database == "postgres" || HOSTILE.contains(&"databases")
        );
    }
}

#[test]
fn compose_takes_it() {
    if !has("docker-compose") {
        return;
    }
    let on = |database| Workspace::new("shop", &HOSTILE, &["--db", database]);
    let redis = || Workspace::with_redis("services", "shop", &HOSTILE, &[]);
    for workspace in [on("sqlite"), on("postgres"), redis()] {
        let output = Command::new("docker-compose")
            .args([
                "--file",
                "compose.yaml",
                "--file",
                "compose.override.yaml",
                "config",
            ])
            .current_dir(workspace.root())
            .output()
            .expect("docker-compose");
        assert!(output.status.success(), "{}", told(&output));
    }
}

#[test]
fn a_container_has_the_secrets_that_it_reads_and_no_others() {
    let workspace = Workspace::with_events("shop", ["items", "users"], &["--db", "postgres"]);
    let compose = workspace.yaml("compose.yaml").remove(0);
    let containers = compose["services"].as_mapping().expect("services");
    for (name, container) in containers {
        let name = name.as_str().expect("a name");
        assert_eq!(container.get("env_file"), None, "{name}");
        let text = serde_yaml::to_string(container).expect("YAML");
        let reads = |secret: &str| text.contains(&format!("{secret}:"));
        let of_databases = ["postgres", "databases"].contains(&name);
        assert_eq!(reads("{POSTGRES_PASSWORD"), of_databases, "{name}");
        for (secret, readers) in [
            ("{ITEMS_DATABASE_PASSWORD", vec!["items", "databases"]),
            ("{USERS_DATABASE_PASSWORD", vec!["users", "databases"]),
            (
                "{EVENTS_DATABASE_PASSWORD",
                vec!["items", "users", "databases"],
            ),
            ("JWT_SECRET", vec!["items", "users"]),
        ] {
            assert_eq!(reads(secret), readers.contains(&name), "{name}: {secret}");
        }
    }
    // A new project has them all, and no two alike.
    let settings = workspace.text(".env");
    let passwords = settings
        .lines()
        .filter_map(|line| line.split_once("_PASSWORD="));
    let passwords: BTreeSet<_> = passwords.map(|(_, password)| password).collect();
    assert_eq!(passwords.len(), 3, "{settings}");
    assert!(passwords.iter().all(|password| password.len() > 30));
}

/// In both layouts; and no service is called what something beside it is.
#[test]
fn what_shares_state_finds_redis() {
    for (layout, name, database) in [
        ("layered", "redis", "none"),
        ("layered", "shop", "postgres"),
        ("services", "shop", "sqlite"),
        ("services", "shop", "postgres"),
    ] {
        let tags = ["items", "redis"];
        let workspace = Workspace::with_redis(layout, name, &tags, &["--db", database]);
        let compose = workspace.yaml("compose.yaml").remove(0);
        let (users, server): (&[&str], _) = match (layout, name) {
            ("services", _) => (&tags, "redis_server"),
            (_, "redis") => (&["service"], "redis"),
            _ => (&["shop"], "redis"),
        };
        let containers = &compose["services"];
        let server_of = &containers[server];
        assert_eq!(server_of["healthcheck"]["test"], "redis-cli ping");
        assert_eq!(server_of.get("profiles"), None);
        let mut prefixes = BTreeSet::new();
        for user in users {
            let user = &containers[*user];
            let settings = &user["environment"];
            assert_eq!(settings["REDIS_URL"], format!("redis://{server}:6379"));
            assert_eq!(user["depends_on"][server]["condition"], "service_healthy");
            let prefix = settings["REDIS_PREFIX"].as_str();
            assert!(prefixes.insert(prefix), "{prefix:?} is of two services");
        }
        // A service alone, too, knows what the workspace chose.
        for name in users.iter().filter(|_| layout == "services") {
            let choices = workspace.text(&format!("services/{name}/apigen.toml"));
            assert!(choices.contains("\nstate = \"redis\"\n"), "{choices}");
        }
    }
}

/// The address of a service is never taken for that of something else.
#[test]
fn no_setting_means_two_things() {
    let workspace = Workspace::new(
        "shop",
        &["database", "events", "nats"],
        &["--db", "postgres"],
    );
    let text = workspace.text("compose.yaml");
    for name in ["DATABASE_URL", "EVENTS_URL", "NATS_URL"] {
        assert!(!text.contains(&format!("{name}: http")), "{text}");
    }
}

/// The script that gives each service its database does so, on a server, twice.
#[test]
fn each_service_gets_its_database() {
    let Some(url) = env::var("TEST_POSTGRES_URL")
        .ok()
        .filter(|url| !url.is_empty())
    else {
        eprintln!("TEST_POSTGRES_URL is not set: no databases are made");
        return;
    };
    let workspace = Workspace::new("pg", &["items", "on"], &["--db", "postgres"]);
    let compose = workspace.yaml("compose.yaml").remove(0);
    let command = &compose["services"]["databases"]["command"];
    let script = command[2].as_str().expect("a script").replace("$$", "$");
    let psql = |sql: &str| {
        let output = Command::new("psql")
            .args([&url, "-Atc", sql])
            .output()
            .expect("psql");
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    };
    let forget = || {
        for name in ["db_pg_items", "db_pg_on"] {
            psql(&format!("DROP DATABASE IF EXISTS {name}"));
            psql(&format!("DROP ROLE IF EXISTS {name}"));
        }
    };
    forget();
    // The script finds the server by the environment, as in its container.
    let file = workspace.root().join("databases.sh");
    let (user, rest) = url
        .trim_start_matches("postgres://")
        .split_once('@')
        .expect("a user");
    let host = rest.split([':', '/']).next().expect("a host");
    let port = rest
        .split([':', '/'])
        .nth(1)
        .filter(|port| port.parse::<u16>().is_ok());
    fs::write(&file, script).expect("a script");
    for _ in 0..2 {
        let output = Command::new("bash")
            .args(["-eu"])
            .arg(&file)
            .env("PGHOST", host)
            .env("PGPORT", port.unwrap_or("5432"))
            .env("PGUSER", user.split(':').next().expect("a user"))
            .env("PGPASSWORD", "it's")
            .env("db_pg_items", "it's")
            .env("db_pg_on", "its")
            .stdin(Stdio::null())
            .output()
            .expect("bash");
        assert!(output.status.success(), "{}", told(&output));
        let owners = "SELECT datname || ' ' || rolname FROM pg_database \
                      JOIN pg_roles ON datdba = pg_roles.oid \
                      WHERE datname LIKE 'db\\_pg\\_%' ORDER BY 1";
        assert_eq!(psql(owners), "db_pg_items db_pg_items\ndb_pg_on db_pg_on\n");
    }
    forget();
}
