//! Faults on purpose, for the tests of debug builds: a release has none.
//!
//! Every step on the way to the disk asks here first. `APIGEN_FAULT=kill:7` dies before the
//! seventh; `enospc:7` and `eacces:7` fail it; `edit:7:PATH` saves another text at the path then,
//! as an editor would. Several are separated by commas.

use std::io;

#[cfg(debug_assertions)]
pub(super) fn step() -> io::Result<()> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static STEPS: AtomicUsize = AtomicUsize::new(1);
    let now = STEPS.fetch_add(1, Ordering::Relaxed).to_string();
    let faults = std::env::var("APIGEN_FAULT").unwrap_or_default();
    for fault in faults.split(',') {
        let mut words = fault.splitn(3, ':');
        let (what, when) = (words.next().unwrap_or_default(), words.next());
        match (what, words.next()) {
            _ if when != Some(now.as_str()) => {}
            ("kill", _) => std::process::abort(),
            ("enospc", _) => return Err(io::Error::from_raw_os_error(28)),
            ("eacces", _) => return Err(io::Error::from_raw_os_error(13)),
            ("edit", Some(path)) => std::fs::write(path, "saved by an editor\n")?,
            _ => {}
        }
    }
    Ok(())
}

#[cfg(not(debug_assertions))]
pub(super) fn step() -> io::Result<()> {
    Ok(())
}
