//! The commands about one operation or one file find the service that has it.

use std::{fs, path::Path};

use apigen::{
    project::Lock,
    render::{Within, purpose, template},
};

use super::world::World;

#[test]
fn an_operation_is_overridden_in_its_service() {
    let world = World::new("services");
    let (items, reviews) = (
        "services/items/src/services/items.rs",
        "services/reviews/src/services/reviews.rs",
    );
    let run = world.run(&["override", "listReviews"]);
    run.ends(
        0,
        &["`listReviews` is yours now: services/reviews/src/services/reviews.rs:"],
    );
    let run = world.run_in("services/items/src", &["override", "listItems"]);
    run.ends(
        0,
        &["`listItems` is yours now: services/items/src/services/items.rs:"],
    );
    let run = world.run(&["override", "listItems"]);
    run.ends(
        0,
        &["`listItems` is yours already: services/items/src/services/items.rs:"],
    );
    assert!(world.read(items).contains("async fn list_items"));
    assert!(world.read(reviews).contains("async fn list_reviews"));
    let run = world.run(&["override", "listItem"]);
    run.ends(
        1,
        &[
            "there is no operation `listItem`",
            "did you mean `listItems`?",
        ],
    );
    world.is_in_step();
}

#[test]
fn a_file_of_a_service_is_ejected_and_given_back() {
    let world = World::new("services");
    let crud = "services/items/src/crud/items.rs";
    let run = world.run_in(
        "services/items",
        &["eject", "src/crud/items.rs", "src/crud/mod.rs"],
    );
    run.ends(
        0,
        &["`services/items/src/crud/items.rs`, `services/items/src/crud/mod.rs` are yours"],
    );
    assert!(!world.read(crud).starts_with("// @generated"));
    world.is_in_step();
    let run = world.run(&["eject", crud, "services/reviews/src/crud/reviews.rs"]);
    run.ends(
        0,
        &[
            "is ejected already",
            "`services/reviews/src/crud/reviews.rs` is yours now",
        ],
    );
    world.write(crud, &format!("// mine\n{}", world.read(crud)));
    let run = world
        .run(&["restore", crud])
        .ends(2, &["nothing was written"]);
    assert!(run.out.contains("+// mine"), "{}", run.out);
    let run = world.run_in(
        "services/items",
        &["restore", "--discard", "src/crud/items.rs"],
    );
    run.ends(0, &["`services/items/src/crud/items.rs` is apigen's again"]);
    world.is_in_step();
    let run = world.run(&["eject", "services/items/src/crud/item.rs"]);
    run.ends(1, &["did you mean `services/items/src/crud/items.rs`?"]);
}

#[test]
fn a_deleted_service_file_stays_deleted_and_comes_back() {
    let world = World::new("services");
    let file = "services/items/src/services/items.rs";
    let before = world.read(file);
    world.remove(file);
    world
        .run(&["sync"])
        .ends(0, &["`services/items/src/services/items.rs` was deleted"]);
    world.is_in_step();
    assert!(!world.has(file));
    let run = world.run_in("services/items", &["restore", "src/services/items.rs"]);
    run.ends(
        0,
        &["`services/items/src/services/items.rs` is there again, and yours"],
    );
    assert_eq!(world.read(file), before);
    world.is_in_step();
}

#[test]
fn explain_speaks_of_all_services_or_of_one() {
    let world = World::new("services");
    let explain = |folder: &str, words: &[&str]| {
        let run = world.run_in(folder, &[&["explain"], words].concat());
        run.ends(0, &[]).out
    };
    let stubs = explain("", &["stubs"]);
    assert!(stubs.contains("publishItem (POST /items/{item_id}/publish, services/items/openapi"));
    assert!(stubs.contains("\n2 operations answer 501"), "{stubs}");
    let stubs = explain("services/reviews", &["stubs"]);
    assert_eq!(stubs, "No operation answers 501\n");
    let review = explain("", &["resource", "review"]);
    assert!(review.starts_with("reviews, table `reviews` of `services/reviews`\n"));
    assert_eq!(explain("services/reviews", &["resource"]), review);
    assert!(explain("", &["errors"]).contains("Errors are sent as"));
    let file = explain("services/items", &["file", "src/crud/items.rs"]);
    assert!(
        file.starts_with("services/items/src/crud/items.rs\n"),
        "{file}"
    );
    assert!(file.contains("operation listItems (GET /items, services/items/openapi.yaml:"));
    assert!(file.contains("`apigen eject services/items/src/crud/items.rs` makes it yours"));
    let slice = explain("", &["file", "services/items/openapi.yaml"]);
    assert!(!slice.contains("eject"), "{slice}");
}

/// The lines of a template that are the same in whatever is printed from it.
fn fixed(template: &str) -> Vec<String> {
    let is_fixed = |line: &&str| !line.contains("{{") && !line.contains("{%");
    let lines = template.lines().filter(is_fixed);
    lines.map(plain).filter(|line| line.len() > 12).collect()
}

/// A text without what formatting changes.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != ',')
        .collect()
}

#[test]
fn every_file_of_a_workspace_has_a_template_and_a_purpose() {
    let world = World::new("services");
    for shared in ["common", "copy"] {
        let choices = world.read("apigen.toml");
        let from = choices.lines().find(|line| line.contains("shared ="));
        let to = format!("shared = \"{shared}\"");
        world.write("apigen.toml", &choices.replace(from.expect("a line"), &to));
        world.run(&["sync", "-q"]).ends(0, &[]);
        for folder in ["", "services/items/", "services/reviews/"] {
            let within = match folder {
                "" => Within::Workspace,
                _ => Within::Service {
                    shares: shared == "common",
                },
            };
            let lock = Lock::parse(&world.read(&format!("{folder}.apigen/lock")));
            assert!(lock.paths().count() > 20);
            for path in lock.paths() {
                assert!(
                    purpose(path, within).is_some(),
                    "what is {folder}{path} for?"
                );
                let Some(template) = template(path, within) else {
                    let is_data = [".json", "/openapi.yaml"]
                        .iter()
                        .any(|end| path.ends_with(end));
                    assert!(is_data || path == "requests.http", "{path}");
                    continue;
                };
                let file = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("templates")
                    .join(&template);
                let text = fs::read_to_string(file);
                let text = text.unwrap_or_else(|_| panic!("{folder}{path}: no {template}"));
                let (fixed, printed) =
                    (fixed(&text), plain(&world.read(&format!("{folder}{path}"))));
                let is_of = fixed.is_empty() || fixed.iter().any(|line| printed.contains(line));
                assert!(is_of, "{folder}{path} is not printed from {template}");
            }
        }
    }
    let told = |path: &str, words: &[&str]| {
        let run = world.run(&["explain", "file", path]).ends(0, &[]);
        assert!(
            words.iter().all(|word| run.out.contains(word)),
            "{}",
            run.out
        );
    };
    told(
        "justfile",
        &[
            "yours (S)",
            "what is done every day",
            "services/justfile.j2",
        ],
    );
    told(
        "services/gateway/src/routes.rs",
        &["apigen's (G)", "which service each path belongs to"],
    );
    told(
        "services/items/Dockerfile",
        &["makes the image", "services/member/Dockerfile.j2"],
    );
    told(
        "services/items/src/core/mod.rs",
        &["layered/src/core/mod.rs.j2"],
    );
    told(
        "crates/clients/items/src/client.rs",
        &["a typed client", "client/src/client.rs.j2"],
    );
}

#[test]
fn an_edited_file_of_one_service_stops_all() {
    let world = World::new("services");
    let file = "services/items/src/crud/items.rs";
    world.write(file, &format!("{}// mine\n", world.read(file)));
    world.edit("openapi.yaml", "A small shop.", "A shop.");
    let before = world.read("services/reviews/openapi.yaml");
    let run = world.run(&["sync"]);
    run.ends(
        2,
        &["nothing was written: `services/items/src/crud/items.rs` is edited by hand"],
    );
    assert_eq!(world.read("services/reviews/openapi.yaml"), before);
    let run = world.run(&["check", "--format", "json"]);
    assert!(
        run.out.contains("\"services/items/src/crud/items.rs\""),
        "{}",
        run.out
    );
    world
        .run(&["sync", "--discard", file])
        .ends(0, &["In step"]);
    world.is_in_step();
}

#[test]
fn places_are_those_of_the_workspace() {
    let world = World::new("services");
    for format in ["json", "sarif"] {
        let run = world.run_in("services/items", &["check", "--strict", "--format", format]);
        assert_eq!(run.code, 2);
        assert!(
            run.out.contains("services/items/openapi.yaml"),
            "{}",
            run.out
        );
    }
    let run = world.run_in("services/items", &["upgrade", "--dry-run"]);
    run.ends(0, &["Nothing to do"]);
}
