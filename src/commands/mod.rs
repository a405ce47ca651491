//! One file per command: plain options in, an outcome out.

pub mod add;
pub mod ask;
mod attributes;
pub mod chain;
pub mod check;
pub mod clean;
pub mod client;
mod codes;
pub mod console;
pub mod diff;
pub mod document;
mod drift;
pub mod eject;
pub mod expand;
pub mod explain;
pub mod extend;
pub mod findings;
mod git;
pub mod growth;
pub mod homes;
pub mod init;
pub mod inputs;
pub mod lint;
pub mod new;
pub mod open;
pub mod override_;
pub mod overrides;
pub mod report;
pub mod restore;
pub mod revision;
pub mod roles;
pub mod secrets;
pub mod shortcut;
pub mod survey;
pub mod sync;
pub mod tools;
pub mod upgrade;
pub mod validate;
pub mod watch;
pub mod workspace;

pub use self::console::Console;

use crate::{
    config,
    diagnostic::{self, Diagnostic, Sources},
};

/// How a command ended that did what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or in step.
    Done,
    /// Something differs.
    Drift,
    /// What was asked about is wrong, and it was told why.
    Failed,
}

/// Why a command could not do what it should, where more is to be said than one line.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A mistake, and what to do.
    #[error("{message}")]
    Hinted {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The spec or the configuration has errors.
    #[error("{}; nothing was written", diagnostic::summary(diagnostics).unwrap_or_default())]
    Refused {
        /// The files that the diagnostics speak of.
        sources: Sources,
        /// All of them, warnings too.
        diagnostics: Vec<Diagnostic>,
    },
}

impl Failure {
    /// A mistake, and what to do.
    pub fn hinted(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Hinted {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl From<Box<config::Refusal>> for Failure {
    fn from(refusal: Box<config::Refusal>) -> Self {
        Self::Refused {
            sources: refusal.sources,
            diagnostics: refusal.diagnostics,
        }
    }
}

/// Why a word that is none of the possible ones is refused.
fn unknown_word(message: String, word: &str, possible: &[&str]) -> anyhow::Error {
    match config::unknown(word, possible) {
        Some(hint) => Failure::hinted(message, hint).into(),
        None => anyhow::Error::msg(message),
    }
}

/// Names in backticks, by commas.
fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<_> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    quoted.join(", ")
}

/// The paths that a person may have meant: those that end so, or else the nearest one.
fn nearest_path(path: &str, known: &[&str]) -> Option<String> {
    let end = format!("/{}", path.trim_start_matches('/'));
    let mut near: Vec<_> = known
        .iter()
        .filter(|known| known.ends_with(&end))
        .copied()
        .collect();
    if near.is_empty() {
        near = similar::get_close_matches(path, known, 1, 0.6);
    }
    near.truncate(3);
    (!near.is_empty()).then(|| format!("did you mean {}?", quoted(&near).replace(", ", " or ")))
}

/// `1 file`, `2 files`
fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}
