//! Findings for people.

use std::fmt::Write as _;

use crate::{
    commands::{
        Console,
        findings::{Finding, Level, Place},
        quoted,
    },
    project::{Action, Plan},
};

/// Findings with their reasons in a column of their own; at most `limit` of them, or all. Those
/// that are about several files list them where `with_files` says so.
pub fn lines(findings: &[Finding], with_files: bool, limit: Option<usize>) -> String {
    let reasons = findings.iter().map(|finding| finding.reason.as_str().len());
    let width = reasons.max().unwrap_or_default();
    let shown = limit.filter(|limit| *limit < findings.len());
    let shown = shown.unwrap_or(findings.len());
    let mut text = String::new();
    for finding in &findings[..shown] {
        let _ = writeln!(
            text,
            "{:width$}  {}",
            finding.reason.as_str(),
            told(finding)
        );
        let is_told = |file: &&String| finding.place.as_ref().is_none_or(|at| at.file != **file);
        for file in finding.files.iter().filter(|_| with_files).filter(is_told) {
            let _ = writeln!(text, "{:width$}    {file}", "");
        }
    }
    if shown < findings.len() {
        let _ = writeln!(text, "… and {} more (-v)", findings.len() - shown);
    }
    text
}

/// One finding for people: its place, what is the case, and the rule that says so.
pub fn told(finding: &Finding) -> String {
    let message = match finding.rule {
        Some(rule) => format!("{} [{rule}]", finding.message),
        None => finding.message.clone(),
    };
    match &finding.place {
        Some(place) if place.is_whole_file() => format!("{}: {message}", place.file),
        Some(Place { file, line, column }) => format!("{file}:{line}:{column}: {message}"),
        None => message,
    }
}

/// What to do about findings, each advice once; about notes only where these are told.
pub fn hints(findings: &[Finding], console: Console) {
    let mut told = Vec::new();
    let is_told = |finding: &&Finding| !console.quiet || finding.level > Level::Note;
    let hints = findings.iter().filter(is_told);
    for hint in hints.filter_map(|finding| finding.hint.as_ref()) {
        if !told.contains(&hint) {
            console.hint(hint);
            told.push(hint);
        }
    }
}

/// Tells what a person must settle before anything is written, and how.
pub fn blocked(plan: &Plan, hint: &str, console: Console) {
    let blocked: Vec<_> = plan.blocked().collect();
    for entry in &blocked {
        console.data(&console.diff(&entry.edit()));
    }
    let paths: Vec<_> = blocked.iter().map(|entry| &entry.path).collect();
    let edited = blocked.iter().all(|entry| entry.action == Action::Edited);
    let what = match (edited, paths.len()) {
        (true, 1) => "is edited by hand, and apigen generates it",
        (true, _) => "are edited by hand, and apigen generates them",
        (false, 1) => "is in the way of a file that apigen generates",
        (false, _) => "are in the way of files that apigen generates",
    };
    let message = format!("nothing was written: {} {what}", quoted(&paths));
    console.error(&message, Some(hint));
}
