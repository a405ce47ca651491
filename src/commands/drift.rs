//! What is to be done to files, told by its causes: a person changed one thing, not 300 files.

use std::collections::BTreeSet;

use super::{
    findings::{Finding, Level, Reason},
    inputs,
    open::Project,
    plural,
};
use crate::{
    config,
    project::{Action, Entry, LOCK, MODEL, Plan, has_conflict},
    render::Ownership,
};

/// Everything that a plan says of files, causes first; `services` are the folders of those that
/// it is about, too.
pub(super) fn findings(plan: &Plan, project: &Project, services: &[&str]) -> Vec<Finding> {
    let files = |actions: &[Action]| -> Vec<String> {
        let entries = plan.entries.iter().filter(|entry| {
            actions.contains(&entry.action) && entry.ownership != Ownership::Appended
        });
        entries.map(|entry| entry.path.clone()).collect()
    };
    let conflicts = conflicts(plan);
    let mut out_of_date = files(&[Action::Update, Action::Merge]);
    out_of_date.retain(|file| !conflicts.contains(file));
    let (new, stale) = (files(&[Action::Create]), files(&[Action::Remove]));
    let is_change = |entry: &Entry| entry.action.is_drift() && Finding::of(entry).is_none();
    let only_conflicts = |entry: &Entry| !conflicts.contains(&entry.path);
    let mut changed = plan.entries.iter().filter(|entry| is_change(entry));
    let mut found = match changed.any(only_conflicts) {
        true => causes(plan, project, &out_of_date),
        false => Vec::new(),
    };
    if found.is_empty() {
        let one = "not what the project asks for now";
        let more = "not what the project asks for now";
        found.extend(group(Reason::OutOfDate, out_of_date, one, more));
    }
    let one = "holds the markers of a merge conflict, and apigen generates it";
    let more = "generated, and hold the markers of a merge conflict";
    found.extend(group(Reason::Conflict, conflicts, one, more));
    let one = "asked for, and not there yet";
    found.extend(group(Reason::New, new, one, one));
    let one = "nothing asks for it any more";
    found.extend(group(Reason::Stale, stale, one, "no longer asked for"));
    let (scaffolded, ejected) = (&project.lock.scaffolded, &project.lock.ejected);
    let is_news = |entry: &&Entry| {
        let known = scaffolded.get(&entry.path).or(ejected.get(&entry.path));
        entry.action != Action::Deleted || known.is_some_and(Option::is_some)
    };
    let rest = plan.entries.iter().filter(is_news);
    found.extend(rest.filter_map(Finding::of));
    found.extend(memory(project, ""));
    let of_services = services.iter().flat_map(|folder| memory(project, folder));
    found.extend(of_services);
    found
}

/// What apigen remembers of a folder is gone, or a merge left its markers in it.
fn memory(project: &Project, folder: &str) -> impl Iterator<Item = Finding> {
    [LOCK, MODEL].into_iter().filter_map(move |path| {
        let path = format!("{folder}{path}");
        let (reason, message) = match project.disk.get(&path) {
            None => (
                Reason::Missing,
                "gone: it tells your edits from what apigen wrote",
            ),
            Some(bytes) if has_conflict(bytes) => {
                (Reason::Conflict, "holds the markers of a merge conflict")
            }
            Some(_) => return None,
        };
        Some(Finding::new(reason, Level::Drift, message).at(&path, 1, 1))
    })
}

/// The files that a merge left with markers, and that are written again whatever they hold.
fn conflicts(plan: &Plan) -> Vec<String> {
    let is_torn = |entry: &&Entry| {
        let before = entry.before.as_deref().unwrap_or_default();
        entry.action == Action::Update && has_conflict(before.as_bytes())
    };
    let torn = plan.entries.iter().filter(is_torn);
    torn.map(|entry| entry.path.clone()).collect()
}

/// What changed since the last sync, each with the files that are out of date.
fn causes(plan: &Plan, project: &Project, files: &[String]) -> Vec<Finding> {
    let changed = plan.lock.inputs.iter().filter_map(|(input, now)| {
        let known = project.lock.inputs.get(input)?;
        (!now.is_subset(known)).then_some((input.as_str(), known))
    });
    let outcome = match files.len() {
        0 => String::new(),
        1 => "; 1 file is out of date".to_owned(),
        count => format!("; {count} files are out of date"),
    };
    let finding = |(input, known): (&str, &BTreeSet<String>)| {
        let changed = format!("changed since the last sync{outcome}");
        let finding = match input {
            inputs::APIGEN => generator(known, &outcome),
            config::FILE => Finding::new(Reason::ConfigChanged, Level::Drift, changed),
            _ => Finding::new(Reason::SpecChanged, Level::Drift, changed),
        };
        let finding = match input {
            inputs::APIGEN => finding,
            file => finding.at(file, 1, 1),
        };
        finding.files(files.to_vec())
    };
    changed.map(finding).collect()
}

/// This apigen is none of those that the last sync was made by.
fn generator(known: &BTreeSet<String>, outcome: &str) -> Finding {
    let parts = |version: &str| -> Vec<u64> {
        let parts = version.split(['.', '-', '+']);
        parts.map_while(|part| part.parse().ok()).collect()
    };
    let last = known.iter().max_by_key(|version| parts(version));
    let last = last.map_or("", String::as_str);
    let (reason, word) = match parts(inputs::VERSION) >= parts(last) {
        true => (Reason::GeneratorNewer, "newer"),
        false => (Reason::GeneratorOlder, "older"),
    };
    let now = inputs::VERSION;
    let message = format!("apigen {now} is {word} than the {last} of the last sync{outcome}");
    Finding::new(reason, Level::Drift, message)
}

/// One finding for files of one kind; `one` is said of a single file, `more` of several.
fn group(reason: Reason, files: Vec<String>, one: &str, more: &str) -> Option<Finding> {
    let finding = |message: &str| Finding::new(reason, Level::Drift, message);
    match files.as_slice() {
        [] => None,
        [file] => Some(finding(one).at(file, 1, 1).files(files)),
        _ => {
            let message = format!("{} are {more}", plural(files.len(), "file"));
            Some(finding(&message).files(files))
        }
    }
}
