//! `apigen upgrade`: merges the scaffolds of this apigen into the project, and moves the pin.

use std::path::PathBuf;

use super::{Console, Outcome};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// Only says what would happen.
    pub dry_run: bool,
    /// Only shows what would change.
    pub diff: bool,
}

/// Runs it.
///
/// # Errors
/// Something cannot be read or written; then nothing was changed.
pub fn run(options: &Options, _console: Console) -> anyhow::Result<Outcome> {
    super::open::Project::unpinned(&options.directory)?;
    anyhow::bail!("not there yet")
}
