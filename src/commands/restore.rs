//! `apigen restore`: brings a scaffolded file back, or gives an ejected one to apigen again.

use std::path::PathBuf;

use super::{Console, Outcome};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// The file.
    pub file: PathBuf,
    /// What the user wrote into it may be lost.
    pub discard: bool,
}

/// Runs it.
///
/// # Errors
/// Something cannot be read or written; then nothing was changed.
pub fn run(_options: &Options, _console: Console) -> anyhow::Result<Outcome> {
    anyhow::bail!("not there yet")
}
