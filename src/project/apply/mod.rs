//! Writing, so that a run that is killed at any moment can be finished or undone by the next.
//!
//! The journal is written first, then every new text beside its target. Once the disk has them
//! all, the journal gets its second name: from here on the next run goes forward. Targets are
//! replaced one by one, the old bytes stay beside them until the journal is gone. An error on the
//! way gives the journal its third name, and everything is put back.

mod fault;
mod journal;
mod run;
mod session;
mod targets;

use std::path::Path;

pub use self::session::{Session, Unfinished, is_bare, unfinished};

use super::Snapshot;

/// A change of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Relative to the project's folder.
    pub path: String,
    /// What it shall hold; `None` removes it.
    pub contents: Option<Vec<u8>>,
    /// Only its owner may read it.
    pub private: bool,
}

impl Write {
    /// The same, of a project in a folder, which has its slash.
    #[must_use]
    pub fn below(self, folder: &str) -> Self {
        Self {
            path: format!("{folder}{}", self.path),
            ..self
        }
    }

    /// Writes a text.
    pub fn text(path: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            contents: Some(text.into()),
            private: false,
        }
    }

    /// Writes a text that only its owner may read.
    pub fn secret(path: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self {
            private: true,
            ..Self::text(path, text)
        }
    }

    /// Removes a file.
    pub fn remove(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            contents: None,
            private: false,
        }
    }
}

/// Writes all or nothing, in order, over whatever is there.
///
/// # Errors
/// A file cannot be written; then everything is as it was.
pub fn apply(root: &Path, writes: &[Write]) -> anyhow::Result<()> {
    let session = Session::open(root)?;
    let mut seen = Snapshot::default();
    seen.read(root, writes.iter().map(|write| &write.path))?;
    session.apply(writes, &seen)
}
