//! The documents that are not ours to keep.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "every test binary uses its own part, and says what it skips"
)]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use apigen::spec::{self, Loaded, Reading};

/// A folder of the documents that are not ours to keep, if it is there; CI must have it.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let root = env::var_os("APIGEN_SHARED").map_or(beside, PathBuf::from);
    let found = Some(root.join(folder)).filter(|path| path.is_dir());
    if found.is_none() {
        assert!(env::var_os("CI").is_none(), "../shared/{folder} is missing");
        eprintln!("../shared/{folder} is not here: skipped");
    }
    found
}

/// A document of a shared folder.
pub struct Document {
    /// Its path below the shared folder.
    pub name: String,
    pub path: PathBuf,
    /// The folder with all its files.
    pub root: PathBuf,
}

impl Document {
    /// With all its files.
    pub fn load(&self) -> Loaded {
        let reading = Reading {
            root: Some(self.root.clone()),
            ..Reading::default()
        };
        spec::load_reading(&self.path, &reading)
    }
}

/// The documents of such a folder, sorted; none if it is not there. One of several files has a folder
/// of its own, where it is the file that says its dialect.
pub fn documents(folder: &str) -> Vec<Document> {
    let mut documents = Vec::new();
    let Some(folder) = shared(folder) else {
        return documents;
    };
    for path in files(&folder) {
        let document = |file: PathBuf, root: &Path| Document {
            name: file
                .strip_prefix(&folder)
                .expect("below")
                .display()
                .to_string(),
            path: file,
            root: root.to_owned(),
        };
        if path.is_dir() {
            let mut found = Vec::new();
            roots(&path, &mut found);
            documents.extend(found.into_iter().map(|file| document(file, &path)));
        } else if path.extension().is_some_and(|ext| ext != "md") {
            documents.push(document(path, &folder));
        }
    }
    documents
}

fn roots(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in files(folder) {
        if path.is_dir() {
            roots(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let starts = |word| text.lines().any(|line: &str| line.starts_with(word));
        let says = |word| text.trim_start_matches(['{', ' ', '\n']).starts_with(word);
        if ["openapi:", "swagger:"].into_iter().any(starts)
            || ["\"openapi\"", "\"swagger\""].into_iter().any(says)
        {
            found.push(path);
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}
