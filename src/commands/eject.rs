//! `apigen eject`: makes a generated file the user's.

use std::path::PathBuf;

use super::{Console, Outcome};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// The file.
    pub file: PathBuf,
}

/// Runs it.
///
/// # Errors
/// Something cannot be read or written; then nothing was changed.
pub fn run(_options: &Options, _console: Console) -> anyhow::Result<Outcome> {
    anyhow::bail!("not there yet")
}
