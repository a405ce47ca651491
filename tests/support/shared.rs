//! The documents that are not ours to keep.
#![allow(
    unreachable_pub,
    clippy::print_stderr,
    reason = "every test binary uses it, and says what it skips"
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
