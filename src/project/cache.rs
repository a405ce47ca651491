//! `.apigen/cache`: what this machine knows of the last run. Nobody misses it when it is gone.

use std::{fs, path::Path, time::UNIX_EPOCH};

use super::{FOLDER, lock::hash};

/// The path of the cache.
pub const CACHE: &str = ".apigen/cache";

/// The text that was kept, unless something else wrote the file.
pub fn load(root: &Path) -> Option<String> {
    let text = fs::read_to_string(root.join(CACHE)).ok()?;
    let (sum, text) = text.split_once('\n')?;
    (sum == hash(text.as_bytes())).then(|| text.to_owned())
}

/// Keeps a text where there is a project; on a disk that takes none, it goes without. What a run
/// left that was killed here, the next one writes over.
pub fn store(root: &Path, text: &str) {
    let new = root.join(FOLDER).join("cache.new");
    let sum = hash(format!("{text}\n").as_bytes());
    let write = || {
        fs::write(&new, format!("{sum}\n{text}\n"))?;
        fs::rename(&new, root.join(CACHE))
    };
    let _ = new.with_file_name("").is_dir().then(write);
}

/// This very program: another build of the same version may decide otherwise.
pub fn program() -> Option<String> {
    let metadata = fs::metadata(std::env::current_exe().ok()?).ok()?;
    let age = |time: std::time::SystemTime| time.duration_since(UNIX_EPOCH).ok();
    let modified = metadata.modified().ok().and_then(age)?.as_nanos();
    let created = metadata.created().ok().and_then(age).map(|t| t.as_nanos());
    let version = env!("CARGO_PKG_VERSION");
    let length = metadata.len();
    Some(format!("{version} {length} {modified} {created:?}"))
}
