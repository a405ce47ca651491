//! A service that lives: rows are stored, the contract changes, the project follows, and nothing
//! is lost.

use std::fs;

use crate::project::{Database, Project, SECRET, TOKEN, apigen, databases, fixture};
use serde_json::{Value, json};

/// What the second version of the contract adds: an operation, and fields that rows of the first
/// one do not have.
const CHANGES: [(&str, &str); 3] = [
    (
        "required: [id, sku, name, price, created_at, updated_at]",
        "required: [id, sku, name, price, stock, created_at, updated_at]",
    ),
    (
        "        payment: { $ref: \"#/components/schemas/Payment\" }\n",
        "        payment: { $ref: \"#/components/schemas/Payment\" }
        color: { type: string, maxLength: 20 }
        stock: { type: integer, minimum: 0 }
        origin: { type: string, default: here }\n",
    ),
    (
        "components:\n",
        "  /items/{item_id}/retire:
    parameters:
      - $ref: \"#/components/parameters/ItemId\"
    post:
      operationId: retireItem
      tags: [items]
      security:
        - bearerAuth: [items:write]
      responses:
        \"204\": { description: It is no longer sold }
components:\n",
    ),
];

#[test]
fn rows_outlive_a_change_of_the_contract() {
    for database in databases() {
        let project = Project::new("evolution", &fixture("shop.yaml"), database);
        let before = add_item(&project, json!({ "name": "Book", "price": 12.5 }));
        let migrations = migrations(&project);

        change_contract(&project);
        let root = project.root.to_string_lossy();
        apigen(&["sync", "-q", "-C", &root]);
        for operation in ["retireItem", "listItems"] {
            apigen(&["override", operation, "-q", "-C", &root]);
        }
        for (path, text) in &migrations {
            assert_eq!(&fs::read_to_string(path).expect("a migration"), text);
        }
        assert_eq!(self::migrations(&project).len(), migrations.len() + 1);

        project.is_sound();
        let found = item(&project, before["id"].as_str().expect("an id"));
        for (name, value) in before.as_object().expect("an object") {
            assert_eq!(&found[name], value, "{name}");
        }
        assert_eq!(found["stock"], 0);
        assert_eq!(found["origin"], "here");
        assert_eq!(found.get("color"), None);
        let after = add_item(&project, json!({ "name": "Toy", "price": 1, "stock": 3 }));
        assert_eq!(after["stock"], 3);
    }
}

#[test]
fn every_kind_of_operation_can_be_taken_over() {
    let project = Project::new("taken-over", &fixture("shop.yaml"), Database::Sqlite);
    let root = project.root.to_string_lossy();
    for operation in [
        "listItems",
        "createItem",
        "getItem",
        "replaceItem",
        "updateItem",
        "deleteItem",
        "publishItem",
        "streamItemEvents",
        "listReviews",
        "createReview",
        "getReview",
        "deleteReview",
    ] {
        apigen(&["override", operation, "-q", "-C", &root]);
    }
    project.is_sound();
    apigen(&["check", "--strict", "-C", &root]);

    fs::remove_file(project.root.join("src/services/items.rs")).expect("removed");
    apigen(&["sync", "-q", "-C", &root]);
    project.is_sound();
}

fn change_contract(project: &Project) {
    let path = project.root.join("openapi.yaml");
    let mut text = fs::read_to_string(&path).expect("the contract");
    for (from, to) in CHANGES {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    fs::write(path, text).expect("written");
}

/// The paths of the project's migrations, and what they say.
fn migrations(project: &Project) -> Vec<(std::path::PathBuf, String)> {
    let folders = fs::read_dir(project.root.join("migrations")).expect("migrations");
    let files = folders.flat_map(|folder| fs::read_dir(folder.expect("a folder").path()));
    let paths = files.flatten().map(|file| file.expect("a file").path());
    paths
        .map(|path| {
            let text = fs::read_to_string(&path).expect("text");
            (path, text)
        })
        .collect()
}

/// Starts the service, and adds an item to it.
fn add_item(project: &Project, mut item: Value) -> Value {
    let server = project.serve(&[("JWT_SECRET", SECRET)]);
    let nonce = std::time::UNIX_EPOCH.elapsed().expect("a time").as_micros() % 1_000_000_000_000;
    item["sku"] = format!("EV-{nonce}").into();
    let answer = ureq::post(format!("{}/api/v1/items", server.url))
        .header("authorization", format!("Bearer {TOKEN}"))
        .send_json(item);
    answer
        .expect("created")
        .body_mut()
        .read_json()
        .expect("JSON")
}

/// Starts the service, and asks it for an item.
fn item(project: &Project, id: &str) -> Value {
    let server = project.serve(&[("JWT_SECRET", SECRET)]);
    let answer = ureq::get(format!("{}/api/v1/items/{id}", server.url)).call();
    answer.expect("found").body_mut().read_json().expect("JSON")
}
