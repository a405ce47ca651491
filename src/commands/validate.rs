//! `apigen validate`: everything that is wrong with a document.

use std::path::{Path, PathBuf};

use super::{
    Console, Failure,
    document::{Terms, existing, read_on},
    report::{Format, Report},
};
use crate::{
    config::Config,
    diagnostic::{self, Diagnostic, Severity, Sources, Span},
    lower,
    spec::{self, Reading},
};

/// The code of what is no fault of the document's.
const FAILED: &str = "failed";

/// What `validate` takes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The document; `-` is the standard input.
    pub spec: PathBuf,
    /// What a project of it would choose.
    pub config: Config,
    /// Tell what ends untyped, too.
    pub untyped: bool,
    /// How it is read.
    pub reading: Reading,
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

    /// The text of a format for machines.
    fn print(self, format: Format) -> String {
        if format == Format::Json {
            return diagnostic::show(&self.diagnostics, &self.sources, diagnostic::Format::Json);
        }
        let report = Report {
            in_step: (!self.diagnostics.iter().any(is_missing)).then_some(self.is_valid()),
            sources: self.sources,
            diagnostics: self.diagnostics,
            ..Report::on(Path::new("."))
        };
        report.print(format)
    }
}

/// Tells everything that is wrong with a document, were it the contract of a usual project.
///
/// # Errors
/// There is no such document.
pub fn tell(
    spec: PathBuf,
    terms: &Terms,
    untyped: bool,
    format: Format,
    console: Console,
) -> anyhow::Result<super::Outcome> {
    let reading = existing(&spec).and_then(|()| read_on(terms, &spec));
    let reading = reading.inspect_err(|error| {
        if format != Format::Human {
            console.data(&missing(error).print(format));
        }
    })?;
    let config = Config {
        name: "service".to_owned(),
        spec: spec.display().to_string(),
        ..Config::default()
    };
    let found = run(&Options {
        spec,
        config,
        untyped,
        reading,
    });
    let outcome = match found.is_valid() {
        true => super::Outcome::Done,
        false => super::Outcome::Failed,
    };
    match format {
        Format::Human => {
            console.diagnostics(&found.sources, &found.diagnostics);
            let summary = diagnostic::summary(&found.diagnostics);
            console.note(&summary.unwrap_or_else(|| "No problems".to_owned()));
        }
        format => console.data(&found.print(format)),
    }
    Ok(outcome)
}

/// What [`missing`] makes.
fn is_missing(problem: &Diagnostic) -> bool {
    problem.code == FAILED
}

/// A document that is not there, as a problem of its own.
fn missing(error: &anyhow::Error) -> Outcome {
    let hint = match error.downcast_ref() {
        Some(Failure::Hinted { hint, .. }) => Some(hint.clone()),
        _ => None,
    };
    let problem = Diagnostic {
        span: None,
        hint,
        ..Diagnostic::error(FAILED, Span::default(), error.to_string())
    };
    Outcome {
        sources: Sources::default(),
        diagnostics: vec![problem],
    }
}

/// Reads and lowers the document, and writes nothing.
pub fn run(options: &Options) -> Outcome {
    let Options {
        spec,
        config,
        reading,
        ..
    } = options;
    let (document, mut diagnostics) = match spec::load_reading(spec, reading) {
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
    let lowered = lower::report(&document, config);
    diagnostics.extend(lowered.diagnostics);
    diagnostics.extend(lowered.untyped.into_iter().filter(|_| options.untyped));
    diagnostic::sort(&mut diagnostics);
    Outcome {
        sources: document.sources,
        diagnostics,
    }
}
