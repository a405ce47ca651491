//! What one service commits takes effect in another, once, whoever is killed meanwhile.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use super::{ask, create_user, eventually, get, kill_service};
use crate::workspace::{Running, Workspace};

pub(crate) fn arrive_once(workspace: &Workspace, running: &Running) {
    let user = create_user(running, "ann");
    let mut orders = Vec::new();
    for round in 0..4 {
        orders.extend((0..15).map(|_| order(running, &user, "a book")));
        kill_service(workspace, running, ["mail", "orders"][round % 2]);
    }
    let times = |order: &String| get(running, &format!("/letters/{order}")).1["times"].clone();
    for order in &orders {
        eventually("a letter", || times(order) == 1);
    }
    // Long enough for what would come again.
    thread::sleep(Duration::from_secs(2));
    for order in &orders {
        assert_eq!(times(order), 1, "{order}");
    }
}

/// A handler that takes its process with it is not called for ever; nobody else waits for it.
pub(crate) fn are_given_up(workspace: &Workspace, running: &Running) {
    let user = create_user(running, "ann");
    let bad = order(running, &user, "kill");
    let good = order(running, &user, "a book");
    let database = workspace.project.root.join("services/mail");
    let dead = || dead_letter(&database);
    eventually("a dead letter", || dead().is_some());
    let (attempts, message) = dead().expect("a dead letter");
    assert_eq!(attempts, 2);
    assert_eq!(message["payload"]["id"], *bad);
    eventually("a letter", || {
        get(running, &format!("/letters/{good}")).0 == 200
    });
    assert_eq!(get(running, &format!("/letters/{bad}")).0, 404);
}

/// A new order, as soon as somebody takes it.
fn order(running: &Running, user: &str, note: &str) -> String {
    let mut id = String::new();
    eventually("an order", || {
        let body = json!({ "user_id": user, "note": note });
        let (status, order) = ask(running, "POST", "/orders", Some(body));
        id = order["id"].as_str().unwrap_or_default().to_owned();
        status == 201
    });
    id
}

/// How often it was tried, and what it is.
fn dead_letter(folder: &std::path::Path) -> Option<(i64, Value)> {
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut paths = files.map(|file| file.expect("a file").path());
    let database = paths.find(|path| path.extension().is_some_and(|end| end == "db"))?;
    let database = rusqlite::Connection::open(database).expect("a database");
    let sql = "SELECT attempts, message FROM event_inbox WHERE dead_at IS NOT NULL";
    let row = database.query_row(sql, [], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    let (attempts, message) = row.ok()?;
    Some((attempts, serde_json::from_str(&message).expect("a message")))
}
