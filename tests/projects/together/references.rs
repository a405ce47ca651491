//! Rows name only what is there in other services.

use serde_json::{Value, json};

use super::{ask, ask_with, create, create_user, get};
use crate::workspace::Running;

const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

pub(crate) fn are_checked(running: &Running) {
    hold_of_rows_to_begin_with(running);
    let user = create_user(running, "ann");
    let order = |user: &str| json!({ "user_id": user, "note": "a book" });
    let made = create(running, "/orders", order(&user));
    let path = format!("/orders/{}", made["id"].as_str().expect("an id"));
    let patch = |user: &str| json!({ "user_id": user });
    for (method, path, body) in [
        ("POST", "/orders", order(NOBODY)),
        ("PUT", &*path, order(NOBODY)),
        ("PATCH", &*path, patch(NOBODY)),
    ] {
        let (status, error) = ask(running, method, path, Some(body));
        assert_eq!(status, 422, "{method}: {error}");
        let details = json!({ "user_id": ["must name one that is there"] });
        assert_eq!(error["error"]["details"], details, "{method}");
    }
    let other = create_user(running, "bob");
    let changed = |method: &str, body: Value| {
        let (status, order) = ask(running, method, &path, Some(body));
        assert_eq!(status, 200, "{method}: {order}");
        order
    };
    // What names nobody asks nobody.
    assert_eq!(changed("PATCH", json!({ "note": "two" }))["user_id"], *user);
    assert_eq!(changed("PATCH", patch(&other))["user_id"], *other);
    assert_eq!(changed("PUT", order(&user))["user_id"], *user);
    // Who may not ask is not told.
    let (status, _) = ask_with(&running.url, "POST", "/orders", Some(order(NOBODY)), &[]);
    assert_eq!(status, 201);
}

/// `.env` says that the seed is written; each service writes its own.
fn hold_of_rows_to_begin_with(running: &Running) {
    let (_, orders) = get(running, "/orders");
    let mut orders = orders.as_array().expect("orders").iter();
    let first = orders.find(|order| order["note"] == "a first one");
    let user = first.expect("a row to begin with")["user_id"].as_str();
    let (status, user) = get(running, &format!("/users/{}", user.expect("a key")));
    assert_eq!((status, user["name"].as_str()), (200, Some("dan")));
}
