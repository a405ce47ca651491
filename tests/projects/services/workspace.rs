//! One document, and a project for each of its tags: made, kept in step, and compiled.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::gateway;
use crate::{
    project::{Database, Project},
    run::{apigen, fixture, replace, tree},
};

/// A workspace of the shop: `items` and `reviews`.
fn shop() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = fixture().display().to_string();
    let new = ["new", "shop", "--layout", "services", "--spec", &spec];
    apigen(folder.path(), &[&new[..], &["--no-git"]].concat()).ends(
        0,
        &["2 services", "services/items: 8", "services/reviews: 4"],
    );
    let root = folder.path().join("shop");
    (folder, root)
}

/// What tells apart a run that did something from one that did not.
fn changed(before: &std::collections::BTreeMap<String, Vec<u8>>, root: &Path) -> Vec<String> {
    let after = tree(root);
    let all = before.keys().chain(after.keys());
    let mut changed: Vec<_> = all
        .filter(|path| before.get(*path) != after.get(*path))
        .cloned()
        .collect();
    changed.sort();
    changed.dedup();
    changed
}

#[test]
fn a_fresh_workspace_is_in_step() {
    let (_folder, root) = shop();
    let before = tree(&root);
    apigen(&root, &["check"]).ends(0, &["In step with `openapi.yaml`"]);
    apigen(&root, &["sync"]).ends(0, &["In step with `openapi.yaml`"]);
    apigen(&root, &["check", "-p", "items"]).ends(0, &["In step"]);
    apigen(&root.join("services/items/src"), &["check"]).ends(0, &["In step"]);
    assert_eq!(changed(&before, &root), Vec::<String>::new());
    apigen(&root, &["check", "-p", "itms"])
        .ends(1, &["no service `itms`", "did you mean `items`?"]);
}

#[test]
fn a_change_reaches_the_services_that_it_is_about() {
    let (_folder, root) = shop();
    let before = tree(&root);
    let summary = (
        "summary: List the items of the shop",
        "summary: List all items",
    );
    replace(&root.join("openapi.yaml"), summary.0, summary.1);
    apigen(&root, &["check", "-p", "reviews"]).ends(0, &["In step"]);
    apigen(&root, &["check", "-p", "items"]).ends(2, &["not in step"]);
    let run = apigen(&root, &["check", "-v"]).ends(2, &["not in step"]);
    assert!(
        run.out.contains("services/items/openapi.yaml"),
        "{}",
        run.out
    );
    apigen(&root.join("services/items"), &["sync"]).ends(0, &["In step"]);
    let own = changed(&before, &root);
    let is_own = |path: &String| {
        path.starts_with("services/items/") || path == "openapi.yaml" || path == ".apigen/lock"
    };
    assert!(own.iter().all(is_own), "{own:#?}");
    apigen(&root, &["check", "-p", "items"]).ends(0, &["In step"]);
    apigen(&root, &["sync"]).ends(0, &["In step"]);
    apigen(&root, &["check"]).ends(0, &["In step"]);
    let all = changed(&before, &root);
    assert!(
        !all.iter().any(|path| path.starts_with("services/reviews/")),
        "{all:#?}"
    );
}

#[test]
fn an_edit_of_a_generated_file_stops_everything() {
    let (_folder, root) = shop();
    let edited = root.join("services/reviews/src/api/mod.rs");
    let text = fs::read_to_string(&edited).expect("a file");
    fs::write(
        &edited,
        text.replace("pub fn router", "/* mine */ pub fn router"),
    )
    .expect("written");
    replace(
        &root.join("openapi.yaml"),
        "summary: List the items of the shop",
        "summary: All",
    );
    let before = tree(&root);
    let path = "`services/reviews/src/api/mod.rs` is edited by hand";
    apigen(&root, &["sync"]).ends(2, &["nothing was written", path]);
    assert_eq!(changed(&before, &root), Vec::<String>::new());
    // The other service can go on by itself.
    apigen(&root, &["sync", "-p", "items"]).ends(0, &["In step"]);
    let discard = ["sync", "--discard", "services/reviews/src/api/mod.rs"];
    apigen(&root, &discard).ends(0, &["In step"]);
    assert_eq!(fs::read_to_string(&edited).expect("a file"), text);
    apigen(&root, &["check"]).ends(0, &["In step"]);
}

#[test]
fn folders_and_groups_are_chosen() {
    let (_folder, root) = shop();
    let choices = root.join("apigen.toml");
    let text = fs::read_to_string(&choices).expect("a file");
    let groups =
        "\n[services.catalog]\ntags = [\"items\", \"reviews\"]\npath = \"features/catalog\"\n";
    fs::write(&choices, format!("{text}{groups}")).expect("written");
    apigen(&root, &["sync"]).ends(0, &["In step"]);
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("a file");
    assert!(manifest.contains("\"services/features/*\""), "{manifest}");
    assert!(
        manifest.contains("exclude = [\"crates/clients\", \"services/features\"]")
            && manifest.contains("default-members = [\"services/*\", \"services/features/*\"]"),
        "{manifest}"
    );
    assert!(
        root.join("services/features/catalog/src/services/reviews.rs")
            .exists()
    );
    apigen(&root, &["check"]).ends(0, &["In step"]);
    fs::write(
        &choices,
        format!("{text}\n[services.catalog]\ntags = [\"itms\"]\n"),
    )
    .expect("written");
    apigen(&root, &["sync"]).ends(1, &["apigen.toml", "itms", "did you mean `items`?"]);
}

/// A workspace of the shop for the compiler, whose packages no other test has.
fn compiled(name: &str) -> Project {
    let spec = fixture();
    Project::workspace(name, &spec, Database::Sqlite)
}

#[test]
fn services_compile_with_what_they_share_and_without() {
    let workspace = compiled("ws-shared");
    replace(
        &workspace.root.join("apigen.toml"),
        "# tls = true",
        "tls = true",
    );
    apigen(&workspace.root, &["sync"]).ends(0, &["In step"]);
    workspace.is_sound_in_all_tests();
    replace(
        &workspace.root.join("apigen.toml"),
        "shared = \"common\"",
        "shared = \"copy\"",
    );
    apigen(&workspace.root, &["sync"]).ends(0, &["In step"]);
    assert!(!workspace.root.join("crates/common").exists());
    workspace.is_clean();
    let away = tempfile::tempdir().expect("a folder");
    let service = away.path().join("items");
    copy(&workspace.root.join("services/items"), &service);
    workspace.cargo(&[
        "check",
        "--quiet",
        "--manifest-path",
        &service.join("Cargo.toml").display().to_string(),
    ]);
    replace(
        &workspace.root.join("apigen.toml"),
        "shared = \"copy\"",
        "shared = \"common\"",
    );
    apigen(&workspace.root, &["sync"]).ends(0, &["In step"]);
    workspace.cargo(&["test", "--quiet", "--workspace"]);
    apigen(&workspace.root, &["check"]).ends(0, &["In step"]);
    gateway::a_service_dies_and_comes_back(&workspace, "ws-shared-sqlite");
}

/// A service that went its own way.
fn copy(from: &Path, to: &Path) {
    for (path, bytes) in tree(from) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }
}

#[test]
fn all_that_does_not_fit_the_document_is_told_at_once() {
    let (_folder, root) = shop();
    let config = fs::read_to_string(root.join("apigen.toml")).expect("it");
    let wrong = "[services.items]\nuses = [\"rewiews\"]\n\
        [gateway.operations.listItms]\nretries = 1\n\
        [events]\n\"items.created\" = { from = \"createItm\" }\n\
        [aggregate.both]\npath = \"/both\"\ncalls = { items = { operation = \"lstItems\" } }\n";
    fs::write(root.join("apigen.toml"), format!("{config}\n{wrong}")).expect("written");
    let told = [
        "there is no service `rewiews`",
        "there is no operation `listItms`",
        "there is no operation `createItm`",
        "there is no operation `lstItems`",
    ];
    apigen(&root, &["check"]).ends(1, &told);
}
