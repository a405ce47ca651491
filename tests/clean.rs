//! A dirty work tree is no obstacle: `sync` says what it is about to change there, or refuses.

#[path = "support/run.rs"]
mod run;

use std::{fs, path::Path, process::Command};

use run::{apigen, project, replace, tree};

fn git(root: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
    let git = Command::new("git")
        .current_dir(root)
        .args(who)
        .args(arguments)
        .output();
    assert!(git.expect("git").status.success(), "{arguments:?}");
}

#[test]
fn edits_that_git_does_not_know_are_told_or_refused() {
    let (folder, root) = project();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "one"]);
    // What apigen wrote and nobody committed is no edit.
    replace(&root.join("openapi.yaml"), "title: ", "title: My ");
    let synced = apigen(&root, &["sync", "--require-clean"]).ends(0, &["updated"]);
    assert!(!synced.err.contains("not committed"), "{}", synced.err);
    replace(&root.join("openapi.yaml"), "title: My ", "title: Our ");
    apigen(&root, &["sync", "--require-clean"]).ends(0, &["updated"]);

    let cargo = root.join("Cargo.toml");
    let text = fs::read_to_string(&cargo).expect("read");
    let lines = text.lines().filter(|line| !line.starts_with("serde_json"));
    let less: Vec<_> = lines.collect();
    fs::write(&cargo, less.join("\n") + "\n# mine\n").expect("written");
    let before = tree(&root);
    let words = [
        "nothing was written",
        "not committed: `Cargo.toml`",
        "git stash",
    ];
    apigen(&root, &["sync", "--require-clean"]).ends(1, &words);
    assert!(tree(&root) == before);
    apigen(&root, &["sync"]).ends(0, &["not committed: `Cargo.toml`", "added to"]);
    let text = fs::read_to_string(&cargo).expect("read");
    assert!(
        text.contains("# mine") && text.contains("serde_json"),
        "{text}"
    );
}
