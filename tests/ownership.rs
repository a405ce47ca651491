//! Whose a file is, over the real binary: pins, upgrades, ejected and restored files, roles.

#[path = "support/run.rs"]
mod run;

use std::fs;

use run::{apigen, project, replace, tree};

/// What `apigen.toml` pins a new project to.
const PIN: &str = concat!(
    "apigen = \"",
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR"),
    "\""
);

#[test]
fn a_project_of_another_apigen_is_left_alone() {
    let (_folder, root) = project();
    let settings = root.join("apigen.toml");
    replace(&settings, PIN, "apigen = \"0.0\"");
    let before = tree(&root);
    for command in ["sync", "check", "explain"] {
        apigen(&root, &[command]).ends(
            1,
            &["pinned to apigen 0.0, and this is", "`apigen upgrade`"],
        );
    }
    replace(&settings, "\"0.0\"", "\"99.0\"");
    for command in ["sync", "check", "upgrade"] {
        apigen(&root, &[command]).ends(1, &["pinned to apigen 99.0", "cargo install apigen@99.0"]);
    }
    replace(&settings, "\"99.0\"", "\"0.0\"");
    assert!(tree(&root) == before);
    replace(&settings, "\"0.0\"", "\"new\"");
    apigen(&root, &["sync"]).ends(1, &["`apigen` cannot be `new`", "a version such as"]);
    let text = fs::read_to_string(&settings).expect("settings");
    fs::write(&settings, text.replace("apigen = \"new\"\n", "")).expect("written");
    apigen(&root, &["check"]).ends(0, &["In step"]);
}

/// Adds a route to the document, so that the generated index of the group changes.
const ROUTE: (&str, &str) = (
    "components:\n",
    "  /items/{item_id}/retire:
    parameters:
      - $ref: \"#/components/parameters/ItemId\"
    post:
      operationId: retireItem
      tags: [items]
      responses:
        \"204\": { description: It is no longer sold }
components:\n",
);

const GROUP: &str = "src/operations/items/mod.rs";

#[test]
fn an_ejected_file_is_the_users_and_gets_what_changes() {
    let (_folder, root) = project();
    let path = root.join(GROUP);
    apigen(&root, &["eject", "src/operations/itms/mod.rs"]).ends(1, &["did you mean"]);
    apigen(&root, &["eject", "README.md"]).ends(1, &["`README.md` is not generated"]);
    apigen(&root, &["eject", GROUP]).ends(0, &["is yours now"]);
    apigen(&root, &["eject", GROUP]).ends(0, &["ejected already"]);
    let text = fs::read_to_string(&path).expect("the file");
    assert!(!text.contains("@generated"), "{text}");
    let attributes = fs::read_to_string(root.join(".gitattributes")).expect("attributes");
    assert!(attributes.ends_with(&format!("/{GROUP} -linguist-generated\n")));
    apigen(&root, &["check"]).ends(0, &["In step"]);

    fs::write(&path, format!("// mine\n{text}")).expect("written");
    apigen(&root, &["check"]).ends(0, &["In step"]);
    replace(&root.join("openapi.yaml"), ROUTE.0, ROUTE.1);
    apigen(&root, &["sync"]).ends(0, &["In step"]);
    let merged = fs::read_to_string(&path).expect("the file");
    assert!(
        merged.starts_with("// mine\n") && merged.contains("mod retire_item;"),
        "{merged}"
    );
    apigen(&root, &["check"]).ends(0, &["In step"]);

    let differs = apigen(&root, &["restore", GROUP]).ends(2, &["nothing was written", "--discard"]);
    assert!(differs.out.contains("+// mine"), "{}", differs.out);
    apigen(&root, &["restore", GROUP, "--discard"]).ends(0, &["apigen's again"]);
    let text = fs::read_to_string(&path).expect("the file");
    assert!(text.starts_with("// @generated") && !text.contains("// mine"));
    let attributes = fs::read_to_string(root.join(".gitattributes")).expect("attributes");
    assert!(!attributes.contains(GROUP) && !root.join(".apigen/base").join(GROUP).exists());
    apigen(&root, &["check"]).ends(0, &["In step"]);
}

#[test]
fn both_sides_of_an_ejected_file_changed_the_same_lines() {
    let (_folder, root) = project();
    let path = root.join(GROUP);
    apigen(&root, &["eject", GROUP]).ends(0, &[]);
    let text = fs::read_to_string(&path).expect("the file");
    let mine: String = text
        .lines()
        .map(|line| format!("{line} // mine\n"))
        .collect();
    fs::write(&path, &mine).expect("written");
    replace(&root.join("openapi.yaml"), ROUTE.0, ROUTE.1);
    apigen(&root, &["sync"]).ends(2, &[GROUP, "the same lines", "between the markers"]);
    assert!(root.join("src/operations/items/retire_item.rs").exists());
    let merged = fs::read_to_string(&path).expect("the file");
    assert!(mine.lines().all(|line| merged.contains(line)), "{merged}");
    assert!(merged.contains("<<<<<<< yours") && merged.contains(">>>>>>> apigen"));
    apigen(&root, &["check"]).ends(2, &[]);
    apigen(&root, &["sync"]).ends(2, &["holds the markers of a conflict"]);
    assert_eq!(fs::read_to_string(&path).expect("the file"), merged);
    fs::write(&path, format!("{mine}mod retire_item;\n")).expect("written");
    apigen(&root, &["check"]).ends(0, &["In step"]);
    fs::remove_file(&path).expect("removed");
    apigen(&root, &["sync"]).ends(2, &[GROUP, "generated code needs it", "apigen restore"]);
    assert!(!path.exists());
    apigen(&root, &["restore", GROUP]).ends(0, &["apigen's again"]);
    apigen(&root, &["check"]).ends(0, &["In step"]);
}

#[test]
fn a_deleted_scaffold_comes_back_when_it_is_asked_for() {
    let (_folder, root) = project();
    let path = "src/services/items.rs";
    let text = fs::read_to_string(root.join(path)).expect("the service");
    apigen(&root, &["restore", path]).ends(1, &["nothing to restore"]);
    fs::remove_file(root.join(path)).expect("removed");
    apigen(&root, &["sync"]).ends(0, &["was deleted and stays so"]);
    apigen(&root, &["check"]).ends(0, &["In step"]);
    apigen(&root, &["restore", "src/services/itms.rs"]).ends(1, &["did you mean"]);
    apigen(&root, &["restore", path]).ends(0, &["there again"]);
    assert_eq!(
        fs::read_to_string(root.join(path)).expect("the service"),
        text
    );
    apigen(&root, &["check"]).ends(0, &["In step"]);
}

#[test]
fn an_upgrade_brings_scaffolds_along_after_the_database_changed() {
    let (_folder, root) = project();
    let settings = root.join("apigen.toml");
    replace(
        &settings,
        "database = \"sqlite\"",
        "database = \"postgres\"",
    );
    replace(&settings, PIN, "apigen = \"0.0\"");
    let compose = root.join("compose.yaml");
    let text = fs::read_to_string(&compose).expect("compose");
    fs::write(&compose, format!("# mine\n{text}")).expect("written");
    let before = tree(&root);
    apigen(&root, &["upgrade", "--dry-run"]).ends(2, &[]);
    let shown = apigen(&root, &["upgrade", "--diff"]).ends(2, &[]);
    assert!(shown.out.contains("-apigen = \"0.0\""), "{}", shown.out);
    assert!(tree(&root) == before);
    apigen(&root, &["upgrade"]).ends(0, &["In step"]);
    let text = fs::read_to_string(&compose).expect("compose");
    assert!(
        text.starts_with("# mine\n") && text.contains("postgres"),
        "{text}"
    );
    let text = fs::read_to_string(&settings).expect("settings");
    assert!(
        text.contains(PIN) && text.contains("\"postgres\""),
        "{text}"
    );
    let after = tree(&root);
    apigen(&root, &["check"]).ends(0, &["In step"]);
    apigen(&root, &["upgrade"]).ends(0, &["In step"]);
    assert!(tree(&root) == after);
}

#[test]
fn several_files_go_together_or_not_at_all() {
    let (_folder, root) = project();
    let two = ["src/core/mod.rs", GROUP];
    let before = run::tree(&root);
    apigen(&root, &["eject", two[0], "README.md"]).ends(1, &["`README.md` is not generated"]);
    assert_eq!(run::tree(&root), before);
    let both = "`src/core/mod.rs`, `src/operations/items/mod.rs` are yours now";
    apigen(&root, &["eject", two[0], two[1], two[0]]).ends(0, &[both]);
    apigen(&root, &["check"]).ends(0, &["In step"]);
    replace(&root.join(two[0]), "pub mod", "// mine\npub mod");
    let restore = ["restore", two[0], two[1]];
    let differs = apigen(&root, &restore).ends(2, &["`src/core/mod.rs` is not what"]);
    assert!(!differs.out.contains(GROUP), "{}", differs.out);
    let agreed = [&restore[..], &["--discard"]].concat();
    apigen(&root, &agreed).ends(0, &["core/mod.rs` is apigen's again", "items/mod.rs` is"]);
    assert_eq!(run::tree(&root), before);

    let services = ["src/services/items.rs", "src/services/reviews.rs"];
    for path in services.into_iter().chain(two) {
        fs::remove_file(root.join(path)).expect("removed");
    }
    apigen(&root, &["sync"]).ends(0, &[]);
    apigen(&root, &["restore", services[0], services[1]]).ends(0, &[]);
    assert_eq!(run::tree(&root), before);
    for path in two {
        replace(&root.join(path), "mod ", "mod a; mod ");
    }
    apigen(&root, &["sync"]).ends(2, &[&format!("--discard {} {}", two[0], two[1])]);
    apigen(&root, &["sync", "--discard", two[0], two[1]]).ends(0, &["In step"]);
    assert_eq!(run::tree(&root), before);
}

/// What `explain file` says of a file, in this order.
fn explained(here: &std::path::Path, path: &str, words: &[&str]) {
    let run = apigen(here, &["explain", "file", path]).ends(0, &[]);
    let mut rest = run.out.as_str();
    for word in words {
        let at = rest.find(word);
        let at = at.unwrap_or_else(|| panic!("no `{word}` in:\n{}", run.out));
        rest = &rest[at + word.len()..];
    }
}

#[test]
fn every_file_tells_whose_it_is_and_how_it_stands() {
    let (_folder, root) = project();
    apigen(&root, &["sync"]).ends(0, &[]);
    let route = "src/operations/items/get_item.rs";
    let whole = [
        "(G)",
        "layered/src/operations/operation.rs.j2",
        "operation getItem (GET /items/{item_id}, openapi.yaml:",
        "in step",
        "`apigen override OPERATION`",
        "src/services/items.rs",
        "`apigen eject src/operations/items/get_item.rs`",
    ];
    explained(&root, route, &whole);
    explained(
        &root.join("src/core"),
        "../operations/./items/get_item.rs",
        &whole,
    );
    explained(&root.join("src/core"), route, &whole);
    for (path, words) in [
        (
            "src/services/items.rs",
            &["(S)", "group.rs.j2", "as apigen wrote it", "edit it"][..],
        ),
        (
            "migrations/sqlite/0001_initial.sql",
            &["(A)", "tables.sql.j2", "next number"],
        ),
        (
            "Cargo.toml",
            &["(M)", "Cargo.toml.j2", "whole of `openapi.yaml`"],
        ),
        (
            "src/models/items.rs",
            &["(G)", "resource.rs.j2", "schema Item (openapi.yaml:"],
        ),
        ("openapi.yaml", &["the contract", "apigen sync"]),
        (".apigen/lock", &["remembers", "commit it"]),
        (".apigen/cache", &["this machine"]),
        ("apigen.toml", &["yours (S)"]),
    ] {
        explained(&root, path, words);
    }
    fs::write(root.join("notes.md"), "mine").expect("written");
    explained(&root, "notes.md", &["yours alone"]);
    replace(
        &root.join("openapi.yaml"),
        "getItem\n",
        "getItem\n      description: One\n",
    );
    explained(&root, route, &["(G)", "behind the spec"]);
    replace(&root.join(route), "pub ", "pub  /* mine */ ");
    explained(
        &root,
        route,
        &[
            "(G)",
            "edited by hand",
            "--discard src/operations/items/get_item.rs",
        ],
    );
    fs::remove_file(root.join("src/services/items.rs")).expect("removed");
    explained(
        &root,
        "src/services/items.rs",
        &["(S)", "deleted by you", "apigen restore"],
    );
    apigen(&root, &["eject", GROUP]).ends(0, &[]);
    explained(
        &root,
        GROUP,
        &["(E)", "as apigen wrote it", "gives it back"],
    );
    let mine = "impl crate::crud::reviews::ReviewsService for Reviews {\n    \
                async fn get_review(&self) {}\n}\n";
    fs::write(root.join("src/services/more.rs"), mine).expect("written");
    explained(
        &root,
        "src/services/more.rs",
        &["yours alone", "getReview in line 2"],
    );

    let nowhere = ["explain", "file", "items.rs"];
    apigen(&root, &nowhere).ends(
        1,
        &[
            "no file `items.rs`",
            "did you mean `src/api/v1/items.rs` or",
        ],
    );
    let typo = ["explain", "file", "src/operatons/items/get_item.rs"];
    apigen(&root, &typo).ends(1, &["did you mean `src/operations/items/get_item.rs`?"]);
    apigen(&root, &["explain", "file", "src"]).ends(1, &["`src` is a folder"]);
}
