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
