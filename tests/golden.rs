//! The trees that the fixtures generate, as they were reviewed. `just golden` accepts new ones.

#[path = "support/project.rs"]
mod project;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use project::{Database, Project, fixture};

/// What depends on the day and the machine: the secrets, and the versions that cargo resolved.
const NOT_KEPT: [&str; 4] = [
    ".env",
    ".apigen/running",
    "Cargo.lock",
    "src/api/openapi.json",
];

#[test]
fn fixtures_generate_their_golden_trees() {
    for name in ["shop"] {
        let spec = fixture(&format!("{name}.yaml"));
        let project = Project::named(&format!("golden/{name}"), &spec, Database::Sqlite, name);
        let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures/golden")
            .join(name);
        let found = read(&project.root);
        if env::var_os("UPDATE_GOLDEN").is_some() {
            write(&golden, &found);
            continue;
        }
        let expected = read(&golden);
        let names = |tree: &BTreeMap<PathBuf, String>| tree.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&found), names(&expected), "the files of {name}");
        for (path, text) in &found {
            // Line by line, so that the message points at the first difference.
            for (number, (found, expected)) in text.lines().zip(expected[path].lines()).enumerate()
            {
                assert_eq!(found, expected, "{name}/{}:{}", path.display(), number + 1);
            }
            assert_eq!(*text, expected[path], "{name}/{}", path.display());
        }
    }
}

fn read(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut tree = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).expect("below").to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !NOT_KEPT.iter().any(|kept| name.ends_with(kept)) {
                // A folder with a manifest of its own would be left out of our package.
                let name = name
                    .to_string_lossy()
                    .replace("Cargo.toml", "Cargo.toml.golden");
                let name = name.replace(".golden.golden", ".golden");
                let text = fs::read_to_string(&path).expect("text");
                tree.insert(PathBuf::from(name), text);
            }
        }
    }
    tree
}

fn write(golden: &Path, tree: &BTreeMap<PathBuf, String>) {
    let _ = fs::remove_dir_all(golden);
    for (name, text) in tree {
        let path = golden.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}
