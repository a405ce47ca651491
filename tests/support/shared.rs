//! The documents that are not ours to keep.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "every test binary uses its own part, and says what it skips"
)]

use std::{
    env,
    path::{Path, PathBuf},
};

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

/// The documents of such a folder that are one file each, sorted; none if it is not there.
pub fn documents(folder: &str) -> Vec<PathBuf> {
    let entries = shared(folder).map(|path| path.read_dir().expect("a folder"));
    let entries = entries.into_iter().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.is_file() && path.extension().is_some_and(|ext| ext != "md"));
    paths.sort();
    paths
}
