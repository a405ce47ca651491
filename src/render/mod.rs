//! From a [`Service`] to the files of a project, in memory.

use crate::{config::Config, model::Service};

/// A file of the generated project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative to the project's folder, with `/`.
    pub path: String,
    /// The text.
    pub contents: String,
    /// Who may change it.
    pub ownership: Ownership,
}

/// Who may change a file (DESIGN, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ownership {
    /// apigen's: regenerated on every sync.
    Generated,
    /// Written once, then the user's.
    Scaffolded,
    /// Numbered migrations: written once, never changed by anybody.
    Appended,
    /// `Cargo.toml`, `.env.example`: apigen adds what its code needs, by key.
    Merged,
    /// The contract itself: the user's; copied in by `new`.
    Contract,
}

/// Renders every file of the project.
///
/// # Errors
/// A generated Rust file does not parse: a bug of ours, told with the file and the place.
pub fn render(_service: &Service, _config: &Config) -> anyhow::Result<Vec<File>> {
    Ok(Vec::new())
}
