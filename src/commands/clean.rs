//! Edits that git does not know, in files that are about to change.

use super::{
    Failure,
    findings::{Finding, Level, Reason},
    git, plural,
    survey::Survey,
};
use crate::{
    project::{Action, Entry, lock::hash},
    render::Ownership,
};

/// How many files are named.
const NAMED: usize = 5;

/// What a person should know before the plan is applied; nothing without git.
pub fn uncommitted(survey: &Survey) -> Option<Finding> {
    let lock = &survey.project.lock.generated;
    let is_ours = |entry: &Entry, text: &str| {
        let known = lock.get(&entry.path);
        known.is_some_and(|known| known.contains(&hash(text.as_bytes())))
    };
    // What apigen itself wrote is no edit, even where it is not committed yet.
    let at_risk = |entry: &&Entry| {
        let changes = entry.action.is_drift() || entry.action == Action::Restore;
        let edited = match (&entry.before, entry.ownership) {
            (None, _) => false,
            // Its text stays, wherever it goes.
            (Some(_), Ownership::Appended) => false,
            (Some(_), Ownership::Merged) => true,
            (Some(text), _) => !is_ours(entry, text),
        };
        changes && !entry.action.is_blocked() && edited
    };
    let entries = survey.plan.entries.iter().filter(at_risk);
    let paths: Vec<_> = entries.map(|entry| entry.path.as_str()).collect();
    let dirty = git::dirty(&survey.project.root, &paths)?;
    let first = dirty.first()?;
    let named: Vec<_> = dirty.iter().map(|path| format!("`{path}`")).collect();
    let rest = match dirty.len().saturating_sub(NAMED) {
        0 => String::new(),
        count => format!(" and {}", plural(count, "other file")),
    };
    let named = named[..dirty.len().min(NAMED)].join(", ");
    let message = format!("about to change with edits that are not committed: {named}{rest}");
    let finding = Finding::new(Reason::Uncommitted, Level::Warning, message);
    Some(finding.at(*first, 1, 1))
}

/// What `--require-clean` answers.
pub fn refusal(finding: &Finding) -> Failure {
    let message = format!("nothing was written: {}", finding.message);
    Failure::hinted(message, "`git commit` or `git stash` these edits first")
}
