//! Services from resource specs: clean, and green by their own tests.

use std::path::Path;

use serde_json::{Value, json};

use crate::project::{Database, NO_LIMIT, Project, SECRET, Server, TOKEN, databases};

fn works(name: &str) {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/{name}.yaml"));
    for database in databases() {
        let project = Project::new(&format!("resources-{name}"), &spec, database);
        // With what replicas share, where services are replicated.
        if database == Database::Postgres {
            project.chooses("# state = \"redis\"", "state = \"redis\"");
        }
        project.is_sound();
        if name == "chat" {
            what_is_asked_and_answered_is_said(&project);
        }
    }
}

#[test]
fn the_tracker_works() {
    works("tracker");
}

#[test]
fn the_market_works() {
    works("market");
}

#[test]
fn the_chat_works() {
    works("chat");
}

/// Sends a request, and gives the text of its answer.
fn call(server: &Server, method: &str, path: &str, body: &Value) -> String {
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}/api/v1{path}", server.url))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json")
        .body(body.to_string())
        .expect("a request");
    let agent = ureq::Agent::config_builder().allow_non_standard_methods(true);
    let mut answer = ureq::Agent::from(agent.build()).run(request).expect(path);
    answer.body_mut().read_to_string().expect("a text")
}

fn what_is_asked_and_answered_is_said(project: &Project) {
    let server = project.serve(&[NO_LIMIT, &[("JWT_SECRET", SECRET)]].concat());
    let json = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
    let new = call(
        &server,
        "POST",
        "/conversations",
        &json!({ "title": "Trees" }),
    );
    let id = json(&new)["id"].as_str().expect("a key").to_owned();
    let at = format!("/conversations/{id}");
    let asked = json!({ "question": "Which tree is this?" });
    let answer = call(&server, "POST", &format!("{at}/answer"), &asked);
    assert!(answer.contains(r#"data: {"token":"Which "}"#), "{answer}");
    let messages = format!("{at}/messages?sort=created_at");
    let messages = json(&call(&server, "GET", &messages, &Value::Null));
    let items = messages["items"].as_array().expect("messages").iter();
    let said: Vec<String> = items
        .map(|message| format!("{} {}", message["author"], message["body"]))
        .collect();
    assert_eq!(
        said,
        [
            r#""user" "Which tree is this?""#,
            r#""assistant" "Which tree is this?""#
        ]
    );
}
