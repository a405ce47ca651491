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
    apigen(&root, &["restore", GROUP, "--discard"]).ends(0, &["there again"]);
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
    apigen(&root, &["restore", GROUP]).ends(0, &["there again"]);
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
