//! How findings are printed: for people, and for the machines that people work with.

mod github;
mod human;
mod json;
mod sarif;
mod tree;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use self::human::{blocked, hints, lines, told};

use super::{
    Failure,
    findings::{Finding, Level, Place},
    revision,
};
use crate::{
    diagnostic::{Diagnostic, Severity, Sources, Span},
    project::disk,
};

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// Workflow commands: annotations on GitHub.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// All that a command has to say, whatever the format.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Whether the project is what its spec says; nothing where that could not be told.
    pub in_step: Option<bool>,
    /// The document, as `apigen.toml` names it.
    pub spec: Option<String>,
    /// The folder that paths start from, below the root of the git work tree; empty, or with its
    /// slash.
    pub folder: String,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The files that the diagnostics speak of.
    pub sources: Sources,
    /// What is wrong with the document or with `apigen.toml`.
    pub diagnostics: Vec<Diagnostic>,
    /// Why nothing could be told, where no diagnostic says it: the mistake, and what to do.
    pub failure: Option<(String, Option<String>)>,
}

impl Format {
    /// Those for machines.
    pub const MACHINES: [Self; 3] = [Self::Json, Self::Github, Self::Sarif];
}

impl Report {
    /// An empty report on what is in a folder.
    pub fn on(folder: &Path) -> Self {
        Self {
            folder: tree::below_root(folder, disk::find_upward(folder, ".git").as_deref()),
            ..Self::default()
        }
    }

    /// The report of a command that could not tell.
    pub fn of(error: &anyhow::Error, folder: &Path) -> Self {
        let mut report = Self::on(folder);
        match error.downcast_ref() {
            Some(Failure::Refused {
                sources,
                diagnostics,
            }) => {
                report.sources = sources.clone();
                report.diagnostics.clone_from(diagnostics);
            }
            Some(Failure::Hinted { message, hint }) => {
                report.failure = Some((message.clone(), Some(hint.clone())));
            }
            None => report.failure = Some((format!("{error:#}"), None)),
        }
        report
    }

    /// The text of a format for machines.
    pub fn print(&self, format: Format) -> String {
        match format {
            Format::Human => lines(&self.findings, true, None),
            Format::Json => format!("{:#}\n", json::json(self)),
            Format::Github => github::github(self),
            Format::Sarif => format!("{:#}\n", sarif::sarif(self)),
        }
    }

    /// Everything in one list: findings, then diagnostics, then why nothing could be told.
    fn items(&self) -> impl Iterator<Item = Item> {
        let findings = self.findings.iter().map(|finding| Item {
            rule: finding.rule.unwrap_or(finding.reason.as_str()),
            severity: match finding.level {
                Level::Note => Weight::Note,
                Level::Warning => Weight::Warning,
                Level::Drift | Level::Waits | Level::Blocks => Weight::Error,
            },
            place: finding.place.as_ref().map(|place| self.in_tree(place)),
            message: match &finding.place {
                Some(place) if place.is_whole_file() => {
                    format!("{}: {}", place.file, finding.message)
                }
                _ => finding.message.clone(),
            },
            hint: finding.hint.clone(),
            related: Vec::new(),
        });
        let diagnostics = self.diagnostics.iter().map(|diagnostic| Item {
            rule: diagnostic.code,
            severity: match diagnostic.severity {
                Severity::Error => Weight::Error,
                Severity::Warning => Weight::Warning,
                Severity::Info => Weight::Note,
            },
            place: diagnostic.span.map(|span| self.place(span)),
            message: diagnostic.message.clone(),
            hint: diagnostic.hint.clone(),
            related: {
                let related = diagnostic.related.iter();
                let related = related.map(|(span, why)| (self.place(*span), why.clone()));
                related.collect()
            },
        });
        let failure = self.failure.iter().map(|(message, hint)| Item {
            rule: "failed",
            severity: Weight::Error,
            place: None,
            message: message.clone(),
            hint: hint.clone(),
            related: Vec::new(),
        });
        findings.chain(diagnostics).chain(failure)
    }

    /// Where a diagnostic points to; the first line where that is nowhere.
    fn place(&self, span: Span) -> Place {
        let at = self.sources.origin(span);
        self.in_tree(&Place {
            file: at.file,
            line: at.line.max(1),
            column: at.column.max(1),
        })
    }

    /// A place as seen from the root of the work tree; one in a revision is so already.
    fn in_tree(&self, place: &Place) -> Place {
        let file = match revision::file(&place.file) {
            Some(file) => file.to_owned(),
            None => tree::joined(&self.folder, &place.file),
        };
        Place { file, ..*place }
    }
}

/// How much an item weighs for a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Note,
    Warning,
    Error,
}

/// One thing that machines are told.
struct Item {
    /// A reason, a rule of `apigen diff` or the code of a diagnostic: `apigen explain code` tells
    /// what it means.
    rule: &'static str,
    severity: Weight,
    /// From the root of the git work tree.
    place: Option<Place>,
    message: String,
    hint: Option<String>,
    /// Other places that belong to it, each with a word on why.
    related: Vec<(Place, String)>,
}
