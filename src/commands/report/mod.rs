//! How findings are printed: for people, and for the machines that people work with.

mod github;
mod json;

pub use self::{github::github, json::json};

use super::{
    Console,
    findings::{Finding, Place},
};

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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

/// One finding for people, with its reason.
pub fn line(finding: &Finding) -> String {
    format!("{:18} {}\n", finding.reason.as_str(), told(finding))
}

/// One finding for people: its place, and what is the case.
pub fn told(finding: &Finding) -> String {
    let message = &finding.message;
    match &finding.place {
        Some(Place { file, line, column }) if (*line, *column) == (1, 1) => {
            format!("{file}: {message}")
        }
        Some(Place { file, line, column }) => format!("{file}:{line}:{column}: {message}"),
        None => message.clone(),
    }
}

/// What to do about findings, each advice once.
pub fn hints(findings: &[Finding], console: Console) {
    let mut told = Vec::new();
    for hint in findings.iter().filter_map(|finding| finding.hint.as_ref()) {
        if !told.contains(&hint) {
            console.hint(hint);
            told.push(hint);
        }
    }
}
