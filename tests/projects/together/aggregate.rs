//! The gateway joins the answers of several services.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Answer, TOKEN, ask, ask_with, create, create_user, eventually, get, kill_service};
use crate::workspace::{Running, Workspace};

const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

pub(crate) fn joins_answers(workspace: &Workspace, running: &Running) {
    let user = create_user(running, "ann");
    for note in ["first", "second"] {
        create(running, "/orders", json!({ "user_id": user, "note": note }));
    }
    let others = create_user(running, "bob");
    create(
        running,
        "/orders",
        json!({ "user_id": others, "note": "not hers" }),
    );

    let (status, home) = get(running, &format!("/home/{user}"));
    assert_eq!(status, 200, "{home}");
    assert_eq!(home["user"], json!({ "id": user, "name": "ann" }));
    assert_eq!(home["orders"].as_array().map(Vec::len), Some(2), "{home}");
    assert!(
        home["letters"].is_array() && home.get("errors").is_none(),
        "{home}"
    );
    let (_, home) = get(running, &format!("/home/{user}?most=1"));
    assert_eq!(home["orders"].as_array().map(Vec::len), Some(1), "{home}");

    failures_are_those_of_the_parts(running, &user);
    parts_are_asked_at_the_same_time(running, &user);
    the_documentation_has_it(workspace, running);
}

/// What must succeed and fails is the answer, as its service gave it.
fn failures_are_those_of_the_parts(running: &Running, user: &str) {
    let own = |path: &str| ask_with(&running.url, "GET", path, None, &[]);
    assert_eq!(
        own(&format!("/home/{user}")),
        own(&format!("/users/{user}"))
    );
    assert_eq!(own(&format!("/home/{user}")).0, 401);
    for (home, part, status) in [
        (format!("/home/{NOBODY}"), format!("/users/{NOBODY}"), 404),
        (
            format!("/home/{user}?most=0"),
            "/orders?limit=0".to_owned(),
            400,
        ),
    ] {
        assert_eq!(get(running, &home), get(running, &part), "{home}");
        assert_eq!(get(running, &home).0, status, "{home}");
    }
    assert_eq!(get(running, "/home/a%2Fb%3Fc").0, 400);
    let (status, error) = ask(running, "POST", &format!("/home/{user}"), Some(json!({})));
    assert_eq!(
        (status, &error["error"]["code"]),
        (405, &json!("method_not_allowed"))
    );
    assert_eq!(ask(running, "HEAD", &format!("/home/{user}"), None).0, 200);
}

fn parts_are_asked_at_the_same_time(running: &Running, user: &str) {
    // One after the other, they would take longer than all may.
    let slow = ["x-slow-users", "x-slow-orders", "x-slow-mail"].map(|name| (name, "2000"));
    let ((status, home), time) = timed(running, user, &slow);
    assert_eq!(status, 200, "{home}");
    assert!(home.get("errors").is_none(), "{home}");
    assert!(time >= Duration::from_secs(2), "nobody was slow: {time:?}");

    // Who takes longer than all may is left out, or is the failure of the whole.
    let ((status, home), time) = timed(running, user, &[("x-slow-mail", "9000")]);
    assert_eq!((status, &home["user"]["name"]), (200, &json!("ann")));
    assert_eq!(home["letters"], Value::Null);
    assert_eq!(home["errors"], json!({ "letters": { "status": 504 } }));
    assert!(time < Duration::from_secs(9), "{time:?}");
    let ((status, error), _) = timed(running, user, &[("x-slow-users", "9000")]);
    assert_eq!(
        (status, &error["error"]["code"]),
        (504, &json!("gateway_timeout"))
    );
}

fn timed(running: &Running, user: &str, headers: &[(&str, &str)]) -> (Answer, Duration) {
    let token = format!("Bearer {TOKEN}");
    let headers = [&[("authorization", token.as_str())], headers].concat();
    let start = Instant::now();
    let path = format!("/home/{user}");
    let answer = ask_with(&running.url, "GET", &path, None, &headers);
    (answer, start.elapsed())
}

fn the_documentation_has_it(workspace: &Workspace, running: &Running) {
    let (_, document) = get(running, "/openapi.json");
    let home = &document["paths"]["/home/{id}"]["get"];
    assert_eq!(home["operationId"], "home");
    assert_eq!(home["security"], json!([{ "bearer": [] }]));
    let parameters = home["parameters"].as_array().expect("parameters");
    let names: Vec<_> = parameters.iter().map(|p| (&p["in"], &p["name"])).collect();
    assert_eq!(
        names,
        [
            (&json!("path"), &json!("id")),
            (&json!("query"), &json!("most"))
        ]
    );
    let schema = &home["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(
        schema["properties"]["user"],
        json!({ "$ref": "#/components/schemas/User" })
    );
    assert_eq!(schema["properties"]["letters"]["nullable"], true);
    let file = workspace.project.root.join("joined.json");
    std::fs::write(&file, document.to_string()).expect("written");
    super::apigen(&["validate", &file.to_string_lossy()]);
    assert_eq!(get(running, "/docs").0, 200);
}

/// One that is dead is left out, where nobody needs it.
pub(crate) fn does_without_a_service(workspace: &Workspace, running: &Running) {
    let user = create_user(running, "eve");
    let path = format!("/home/{user}");
    kill_service(workspace, running, "mail");
    let (status, home) = get(running, &path);
    assert_eq!(
        (status, &home["user"]["name"]),
        (200, &json!("eve")),
        "{home}"
    );
    assert_eq!(home["errors"], json!({ "letters": { "status": 503 } }));
    eventually("all parts", || {
        get(running, &path).1.get("errors").is_none()
    });
    kill_service(workspace, running, "users");
    assert_eq!(get(running, &path).0, 503);
    eventually("all parts", || get(running, &path).0 == 200);
}
