//! Workspaces as they run: the services behind their gateway keep the contract that the same
//! document keeps as one service, and one that dies costs its own routes only.
#![allow(clippy::print_stdout, reason = "figures are printed")]

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::project::{Database, NO_LIMIT, Project, databases};
use crate::shared::shared;
use crate::workspace::{Running, Workspace};
use nix::sys::signal::{Signal, kill};
use serde_json::{Value, json};

/// Those that are small; `cargo bench --bench services` tries the large ones.
const CORPUS: [&str; 2] = ["swagger-petstore.yaml", "train-travel.yaml"];

#[test]
fn the_gateway_keeps_the_contract_of_the_whole_document() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    for database in databases() {
        for document in CORPUS {
            let (name, _) = document.split_once('.').expect("a file");
            let whole = Project::new(&format!("{name}-whole"), &corpus.join(document), database);
            let parts = format!("{name}-parts");
            let workspace = Workspace::new(&parts, &corpus.join(document), database);
            workspace.project.is_sound();
            // What the tests sign with.
            let settings = workspace.project.root.join(".env");
            fs::copy(settings, whole.root.join(".env")).expect("the settings");
            whole.keeps_its_contract(&workspace.up(NO_LIMIT).url);
        }
    }
}

const SECRET: &str = "a secret that is long enough for tests";
/// A token with the scopes of pets, valid for years, signed with [`SECRET`].
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ0ZXN0ZXIiLCJzY29wZSI6IndyaXRlOnBldHMgcmVhZDpwZXRzIiwiZXhwIjo0MTAyNDQ0ODAwfQ.ehvenf8iASnG4CjnItjfDx27eobJs2EYUPBjZl4mHeo";

/// For each service: what makes a row, with which body, and where the row is.
fn rows() -> [(&'static str, &'static str, Value, &'static str); 3] {
    let pet = json!({ "id": 7, "name": "Rex", "photoUrls": [] });
    let user = json!({ "id": 7, "username": "ann" });
    [
        ("pet", "/pet", pet, "/pet/7"),
        (
            "store",
            "/store/order",
            json!({ "id": 7 }),
            "/store/order/7",
        ),
        ("user", "/user", user, "/user/ann"),
    ]
}

/// How long a new process may take, on a machine that compiles meanwhile.
const PATIENCE: Duration = Duration::from_secs(120);

/// An answer's status, and how long it took.
type Answer = (u16, Duration);

#[test]
fn a_dead_service_costs_its_own_routes_only() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    let document = corpus.join("swagger-petstore.yaml");
    let workspace = Workspace::new("killed", &document, Database::Sqlite);
    let running = workspace.up(&[NO_LIMIT, &[("JWT_SECRET", SECRET)]].concat());
    let base = format!("{}/api/v3", running.url);
    for (_, create, body, row) in rows() {
        let (status, _) = call(ureq::http::Method::POST, &format!("{base}{create}"), &body);
        assert!((200..300).contains(&status), "{create}: {status}");
        assert_eq!(get(&format!("{base}{row}")).0, 200, "{row}");
    }
    let is_over = AtomicBool::new(false);
    let load = |row: &str| {
        let mut answers = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            answers.push(get(&format!("{base}{row}")));
        }
        answers
    };
    thread::scope(|scope| {
        let loads = rows().map(|(name, .., row)| (name, scope.spawn(move || load(row))));
        thread::sleep(Duration::from_secs(1));
        let recovery = kills_and_waits(&workspace, &running, &format!("{base}/user/ann"));
        thread::sleep(Duration::from_secs(1));
        is_over.store(true, Ordering::Relaxed);
        for (name, load) in loads {
            judge(name, &load.join().expect("answers"));
        }
        println!("the service answers again {recovery:?} after its process runs again");
    });
}

/// Kills the service of users; returns how long its new process was not heard of.
fn kills_and_waits(workspace: &Workspace, running: &Running, row: &str) -> Duration {
    let package = format!("{}-user", workspace.package);
    let process = running.process(&package).expect("a process");
    kill(process, Signal::SIGKILL).expect("killed");
    let dead = Instant::now();
    let again = loop {
        if running.process(&package).is_some_and(|new| new != process) {
            break Instant::now();
        }
        assert!(dead.elapsed() < PATIENCE, "it stays dead");
        thread::sleep(Duration::from_millis(5));
    };
    while get(row).0 != 200 {
        assert!(again.elapsed() < PATIENCE, "nobody noticed that it is back");
        thread::sleep(Duration::from_millis(5));
    }
    again.elapsed()
}

/// The dead one's routes answer 503, quickly; the others as before.
fn judge(name: &str, answers: &[Answer]) {
    let (fine, failed): (Vec<_>, Vec<_>) = answers.iter().partition(|(status, _)| *status == 200);
    let slowest = |answers: &[&Answer]| answers.iter().map(|(_, time)| *time).max();
    let (slow, slow_failure) = (slowest(&fine), slowest(&failed));
    println!(
        "{name:<6} {:>6} answers, the slowest {slow:?}; {:>6} failures, the slowest {slow_failure:?}",
        fine.len(),
        failed.len(),
    );
    assert!(fine.len() > 20, "{name} was hardly called");
    if name == "user" {
        assert!(!failed.is_empty(), "{name} never failed");
        for (status, time) in failed {
            assert_eq!(*status, 503, "{name}");
            assert!(
                *time < Duration::from_secs(10),
                "{name} took {time:?} to fail"
            );
        }
    } else {
        assert!(
            failed.is_empty(),
            "{name}: {:?}",
            &failed[..failed.len().min(5)]
        );
    }
}

fn get(url: &str) -> Answer {
    call(ureq::http::Method::GET, url, &Value::Null)
}

fn call(method: ureq::http::Method, url: &str, body: &Value) -> Answer {
    let start = Instant::now();
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json");
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build();
    let agent = agent.new_agent();
    let response = match body {
        Value::Null => agent.run(request.body(()).expect("a request")),
        body => agent.run(request.body(body.to_string()).expect("a request")),
    };
    let mut response = response.expect("the gateway answers");
    let status = response.status().as_u16();
    response.body_mut().read_to_vec().expect("a body");
    (status, start.elapsed())
}
