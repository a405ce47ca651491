//! What the services of a workspace do for each other while they run: the gateway joins answers,
//! rows name only what is there, and one hears the events of another.

mod aggregate;
mod events;
mod references;

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::nats::Nats;
use crate::project::{Database, NO_LIMIT, SECRET, TOKEN, address, apigen, databases, empty};
use crate::workspace::{Running, Workspace};
use nix::sys::signal::{Signal, kill};
use serde_json::Value;

#[test]
fn services_work_together_over_sqlite_and_over_nats() {
    let workspace = shop(Database::Sqlite);
    let gateway = format!("--package={}-gateway", workspace.package);
    workspace.project.is_clean();
    workspace.project.cargo(&["test", "--quiet", &gateway]);
    // Without a setting, events go through a file that all share.
    let running = up(&workspace, &[]);
    aggregate::joins_answers(&workspace, &running);
    references::are_checked(&running);
    events::arrive_once(&workspace, &running);
    events::are_given_up(&workspace, &running);
    aggregate::does_without_a_service(&workspace, &running);
    drop(running);
    if let Some(nats) = Nats::start() {
        let running = up(&workspace, &[("NATS_URL", &nats.url)]);
        events::arrive_once(&workspace, &running);
    }
}

#[test]
fn services_work_together_over_postgresql() {
    if !databases().contains(&Database::Postgres) {
        return;
    }
    let workspace = shop(Database::Postgres);
    let bus = "together_events";
    empty(bus);
    let running = up(&workspace, &[("EVENTS_URL", &address(bus))]);
    references::are_checked(&running);
    events::arrive_once(&workspace, &running);
}

/// A workspace of `users`, `orders` and `mail`, with code of a person in each.
fn shop(database: Database) -> Workspace {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/together");
    let workspace = Workspace::new("together", &here.join("shop.yaml"), database);
    let root = &workspace.project.root;
    let choices = fs::read_to_string(root.join("apigen.toml")).expect("choices");
    let more = include_str!("choices.toml");
    fs::write(root.join("apigen.toml"), format!("{choices}{more}")).expect("written");
    crate::run::apigen(root, &["sync"]).ends(0, &["In step"]);
    for (service, file) in [
        ("users", "users.rs"),
        ("orders", "orders.rs"),
        ("mail", "mail.rs"),
        ("mail", "events.rs"),
    ] {
        let to = root.join(format!("services/{service}/src/services/{file}"));
        assert!(to.exists(), "{}", to.display());
        fs::copy(here.join(format!("code/{file}.txt")), to).expect("copied");
    }
    workspace
}

fn up(workspace: &Workspace, settings: &[(&str, &str)]) -> Running {
    let own = [("JWT_SECRET", SECRET), ("EVENT_ATTEMPTS", "2")];
    workspace.up(&[NO_LIMIT, &own, settings].concat())
}

/// A status, and what was answered: JSON, or null.
type Answer = (u16, Value);

/// Asks with good credentials.
fn ask(running: &Running, method: &str, path: &str, body: Option<Value>) -> Answer {
    let token = format!("Bearer {TOKEN}");
    ask_with(
        &running.url,
        method,
        path,
        body,
        &[("authorization", &token)],
    )
}

fn get(running: &Running, path: &str) -> Answer {
    ask(running, "GET", path, None)
}

fn ask_with(
    url: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{url}{path}"))
        .header("x-request-id", "test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let agent = ureq::Agent::config_builder().http_status_as_error(false);
    let agent: ureq::Agent = agent.build().into();
    let answer = match body {
        Some(body) => {
            let request = request.header("content-type", "application/json");
            agent.run(request.body(body.to_string()).expect("a request"))
        }
        None => agent.run(request.body(()).expect("a request")),
    };
    let mut answer = answer.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.body_mut().read_json().unwrap_or_default())
}

/// What a request made.
fn create(running: &Running, path: &str, body: Value) -> Value {
    let (status, made) = ask(running, "POST", path, Some(body));
    assert_eq!(status, 201, "{path}: {made}");
    made
}

fn create_user(running: &Running, name: &str) -> String {
    let user = create(running, "/users", serde_json::json!({ "name": name }));
    user["id"].as_str().expect("an id").to_owned()
}

/// As `kill -9` does it; another process follows.
fn kill_service(workspace: &Workspace, running: &Running, name: &str) {
    let package = format!("{}-{name}", workspace.package);
    let process = running.process(&package).expect("a process");
    kill(process, Signal::SIGKILL).expect("killed");
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        let patience = Duration::from_secs(120);
        assert!(start.elapsed() < patience, "it never comes: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
