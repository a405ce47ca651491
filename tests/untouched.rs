//! A change of the contract rewrites the files that it touches: the compiler looks at no other again.

#[path = "support/run.rs"]
mod run;

use std::{collections::BTreeMap, fs, path::Path, time::SystemTime};

use run::{apigen, project, replace, tree};

fn times(root: &Path) -> BTreeMap<String, SystemTime> {
    let time = |path: &str| fs::metadata(root.join(path)).and_then(|file| file.modified());
    let files = tree(root).into_keys();
    files
        .map(|path| {
            let time = time(&path).expect("a time");
            (path, time)
        })
        .collect()
}

#[test]
fn one_field_rewrites_its_own_files_and_no_other() {
    let (_folder, root) = project();
    apigen(&root, &["sync"]).ends(0, &["In step"]);
    let (before, old) = (tree(&root), times(&root));
    replace(
        &root.join("openapi.yaml"),
        "        discount: {",
        "        color: { type: string }\n        discount: {",
    );
    apigen(&root, &["sync"]).ends(0, &["In step"]);
    let (after, new) = (tree(&root), times(&root));
    let written = new
        .iter()
        .filter(|(path, time)| old.get(*path) != Some(time));
    let written: Vec<&str> = written.map(|(path, _)| path.as_str()).collect();
    let changed = after
        .iter()
        .filter(|(path, bytes)| before.get(*path) != Some(bytes));
    let changed: Vec<&str> = changed.map(|(path, _)| path.as_str()).collect();
    assert_eq!(written, changed);
    assert_eq!(written, WRITTEN);
}

/// The document is what the test wrote.
const WRITTEN: [&str; 12] = [
    ".apigen/lock",
    ".apigen/model.json",
    "migrations/sqlite/0003_change_items.sql",
    "openapi.yaml",
    "requests.http",
    "src/api/openapi.json",
    "src/models/items.rs",
    "src/models/mod.rs",
    "src/schemas/item.rs",
    "tests/contract/operations/items.json",
    "tests/contract/operations/reviews.json",
    "tests/contract/types.json",
];

#[test]
fn what_apigen_remembers_is_nothing_to_the_compiler() {
    let (_folder, root) = project();
    assert!(!root.join("build.rs").exists());
    for (path, bytes) in tree(&root) {
        let is_read = path.ends_with(".rs") || path.ends_with("Cargo.toml");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!is_read || !text.contains(".apigen"), "{path}");
    }
}
