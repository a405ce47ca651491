//! CI, and the commands that people type.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use super::{
    has,
    workspace::{HOSTILE, Workspace, yaml_files},
};
use crate::run::told;

fn git(root: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(arguments)
        .current_dir(root)
        .output()
        .expect("git");
    assert!(output.status.success(), "{}", told(&output));
}

/// The parts that CI builds after a change of these files.
fn affected(root: &Path, files: &[&str]) -> Vec<String> {
    for file in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, text + "\n").expect("a file");
    }
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--message", "a change"]);
    parts(root, "HEAD~1")
}

fn parts(root: &Path, base: &str) -> Vec<String> {
    let output = Command::new("bash")
        .args([".github/affected.sh", base])
        .current_dir(root)
        .output()
        .expect("bash");
    assert!(output.status.success(), "{}", told(&output));
    let parts: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let parts = parts.as_array().expect("a list").iter();
    parts
        .map(|part| part["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn only_what_changed_is_built() {
    if !has("jq") {
        return;
    }
    let workspace = Workspace::new("shop", &["items", "users"], &[]);
    let root = workspace.root();
    let uses = "\n[dependencies.shop-users]\npath = \"../users\"\n";
    let manifest = root.join("services/items/Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(&manifest, text + uses).expect("a manifest");
    git(&root, &["init", "--quiet"]);
    git(&root, &["add", "--all"]);
    git(&root, &["commit", "--quiet", "--message", "the start"]);

    let nothing: [&str; 0] = [];
    assert_eq!(
        affected(&root, &["services/items/src/services/ä b.rs"]),
        ["services/items"]
    );
    let both = ["services/items", "services/users"];
    assert_eq!(affected(&root, &["services/users/migrations/a.sql"]), both);
    let about = [
        "openapi.json",
        "apigen.toml",
        ".apigen/lock",
        "README.md",
        "compose.yaml",
    ];
    assert_eq!(affected(&root, &about), nothing);
    assert_eq!(
        affected(&root, &["kubernetes/base/namespace.yaml"]),
        nothing
    );
    let of_common = affected(&root, &["crates/common/src/lib.rs"]);
    assert!(
        both.iter()
            .all(|service| of_common.iter().any(|part| part == service))
    );
    // What moves is missing where it was.
    let (old, new) = ("services/users/src/long.rs", "services/items/src/long.rs");
    fs::write(root.join(old), "a line\n".repeat(20)).expect("a file");
    affected(&root, &[old]);
    git(&root, &["mv", old, new]);
    assert_eq!(affected(&root, &[]), both);
    let all = parts(&root, "no commit");
    assert!(all.len() > 2, "{all:?}");
    for file in ["Cargo.toml", ".github/workflows/ci.yml", "deny.toml"] {
        assert_eq!(affected(&root, &[file]), all, "{file}");
    }
}

#[test]
fn hostile_names_harm_nothing() {
    let workspace = Workspace::new("null", &HOSTILE, &["--db", "postgres"]);
    for file in yaml_files(&workspace.root()) {
        workspace.yaml(&file);
    }
    // Cargo finds no two packages of one name.
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--quiet"])
        .current_dir(workspace.root())
        .output()
        .expect("cargo");
    assert!(metadata.status.success(), "{}", told(&metadata));
    let ci = workspace.yaml(".github/workflows/ci.yml").remove(0);
    let steps = ci["jobs"]["test"]["steps"].as_sequence().expect("steps");
    let uses = steps.iter().filter_map(|step| step["uses"].as_str());
    assert!(uses.into_iter().all(|uses| uses.starts_with("actions/")));
}

/// `rustup toolchain install` alone lets cargo go on with another.
#[test]
fn ci_builds_with_the_toolchain_that_it_installs() {
    for layout in ["services", "layered"] {
        let workspace = Workspace::laid_out(layout, "shop", &["items"], &[]);
        let ci = workspace.yaml(".github/workflows/ci.yml").remove(0);
        assert_eq!(ci["env"]["RUSTUP_TOOLCHAIN"], "1.95");
        let text = workspace.text(".github/workflows/ci.yml");
        let mut installs = text.lines().filter(|line| line.contains("rustup"));
        assert!(installs.all(|line| line.contains("install $RUSTUP_TOOLCHAIN")));
        // What is built of apigen is kept for the next time.
        let steps = ci["jobs"]["contract"]["steps"]
            .as_sequence()
            .expect("steps");
        let kept = |step: &serde_yaml::Value| step["with"]["path"] == "~/.cargo/bin/apigen";
        assert!(steps.iter().any(kept));
    }
}

#[test]
fn just_takes_its_file() {
    if !has("just") {
        return;
    }
    let workspace = Workspace::new("shop", &["items"], &[]);
    let just = |arguments: &[&str]| {
        let output = Command::new("just")
            .args(arguments)
            .current_dir(workspace.root())
            .output();
        let output = output.expect("just");
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    };
    assert!(just(&["--list"]).contains("up *ARGS"));
    assert_eq!(just(&["--dry-run", "test"]), "cargo test --workspace\n");
    assert_eq!(
        just(&["--dry-run", "test", "items"]),
        "cargo test --package shop-items\n"
    );
    assert_eq!(
        just(&["--dry-run", "up", "--release"]),
        "cargo xtask up --release\n"
    );
}
