//! `apigen validate`: everything that is wrong with a document.

use std::path::PathBuf;

use crate::{
    config::Config,
    diagnostic::{self, Diagnostic, Severity, Sources},
    lower::lower,
    spec,
};

/// What `validate` takes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The document; `-` is the standard input.
    pub spec: PathBuf,
    /// What a project of it would choose.
    pub config: Config,
}

/// What `validate` found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The files, by which the diagnostics are shown.
    pub sources: Sources,
    /// All problems, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    /// Whether the document can be generated from: warnings alone do not stop that.
    pub fn is_valid(&self) -> bool {
        let mut problems = self.diagnostics.iter();
        !problems.any(|problem| problem.severity == Severity::Error)
    }
}

/// Reads and lowers the document, and writes nothing.
pub fn run(options: &Options) -> Outcome {
    let (document, mut diagnostics) = match spec::load(&options.spec) {
        Ok(loaded) => loaded,
        Err(refusal) => {
            let spec::Refusal {
                sources,
                diagnostics,
            } = refusal;
            return Outcome {
                sources,
                diagnostics,
            };
        }
    };
    diagnostics.extend(lower(&document, &options.config).1);
    diagnostic::sort(&mut diagnostics);
    Outcome {
        sources: document.sources,
        diagnostics,
    }
}
