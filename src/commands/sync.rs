//! `apigen sync`: brings the project to what its spec says.

use std::path::PathBuf;

use super::{
    Console, Failure, Outcome, clean, diff,
    findings::{Finding, Level},
    homes,
    open::{self, Project},
    plural, report,
    shortcut::Shortcut,
    survey::{Choices, Survey},
    workspace,
};
use crate::project::{Action, LOCK, Plan, Session};

/// What `sync` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// The service of a workspace that it is about; else all of them.
    pub service: Option<String>,
    /// What was agreed to beforehand.
    pub choices: Choices,
    /// Only says what would happen.
    pub dry_run: bool,
    /// Only shows what would change.
    pub diff: bool,
    /// Generated files whose edits are given up.
    pub discard: Vec<PathBuf>,
    /// Nothing is written over edits that git does not know.
    pub require_clean: bool,
    /// Goes on with each save.
    pub watch: bool,
}

/// Runs it.
///
/// # Errors
/// The spec has errors, or something cannot be read or written; then nothing was changed.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    looked(options, console).map(|(outcome, _)| outcome)
}

/// Runs it, and tells where the files of the document were looked for.
///
/// # Errors
/// As [`run`].
pub(super) fn looked(
    options: &Options,
    console: Console,
) -> anyhow::Result<(Outcome, Vec<PathBuf>)> {
    let (directory, only) = workspace::target(&options.directory, options.service.clone())?;
    let session = match options.dry_run || options.diff {
        true => None,
        false => Some(open::session(&directory, console)?),
    };
    let plain = options.choices == Choices::default() && options.discard.is_empty();
    let plain = plain && !options.dry_run && !options.diff && only.is_none();
    if plain && let Some(shortcut) = Shortcut::find(&directory) {
        shortcut.warn(console);
        say(&shortcut.findings, console);
        console.note(&format!("In step with `{}`", shortcut.spec));
        return Ok((Outcome::Done, shortcut.looked));
    }
    let survey = Survey::of(&directory, &options.choices, only.as_deref())?;
    let looked = survey.spec.looked();
    Ok((finish(survey, session, options, console)?, looked))
}

/// Shows or does what a survey found.
///
/// # Errors
/// As [`run`].
pub(super) fn finish(
    mut survey: Survey,
    session: Option<Session>,
    options: &Options,
    console: Console,
) -> anyhow::Result<Outcome> {
    survey.spec.warn(console);
    let discarded = discard(&mut survey, options)?;
    if let Some(finding) = clean::uncommitted(&survey) {
        if options.require_clean {
            return Err(clean::refusal(&finding).into());
        }
        console.warning(&finding.message);
    }
    let Survey { project, plan, .. } = &survey;
    let Some(session) = session else {
        tell(&survey, console);
        return Ok(show(plan, options.diff, console));
    };
    if plan.blocked().next().is_some() {
        tell_blocked(project, plan, discarded, console);
        return Ok(Outcome::Drift);
    }
    let blocks = |finding: &&Finding| finding.level == Level::Blocks;
    let blocking = survey.findings.iter().filter(blocks).count();
    if blocking > 0 {
        tell(&survey, console);
        let what = plural(blocking, "operation");
        let message = format!("nothing was written: {what} would do something else");
        console.error(&message, None);
        return Ok(Outcome::Drift);
    }
    let writes = survey.writes();
    session.apply(&writes, survey.disk())?;
    Shortcut::remember(&survey, &writes);
    let findings: Vec<_> = told(&survey).collect();
    let waiting = findings.iter().filter(|f| f.level >= Level::Waits).count();
    tell_changes(&survey, &findings, console);
    tell_done(&survey, waiting, console);
    warn(&findings, console);
    Ok(match waiting {
        0 => Outcome::Done,
        _ => Outcome::Drift,
    })
}

/// What the list of files does not tell by itself, and the files that wait for a person.
fn told(survey: &Survey) -> impl Iterator<Item = Finding> {
    let files = survey.plan.entries.iter().filter_map(Finding::of);
    let waiting = files.filter(|finding| finding.level == Level::Waits);
    survey.findings.iter().cloned().chain(waiting)
}

fn tell(survey: &Survey, console: Console) {
    let findings: Vec<_> = told(survey).collect();
    tell_changes(survey, &findings, console);
    warn(&findings, console);
}

/// What is different, for clients and for the project.
fn tell_changes(survey: &Survey, findings: &[Finding], console: Console) {
    for line in diff::summary(survey) {
        console.note(&line);
    }
    notes(findings, console);
}

fn say(findings: &[Finding], console: Console) {
    notes(findings, console);
    warn(findings, console);
}

fn notes(findings: &[Finding], console: Console) {
    for finding in findings.iter().filter(|f| f.level == Level::Note) {
        console.note(&finding.message);
    }
}

/// What is not as it should be, and what to do: last, because a person reads that first.
fn warn(findings: &[Finding], console: Console) {
    for finding in findings.iter().filter(|f| f.level > Level::Note) {
        console.warning(&report::told(finding));
    }
    report::hints(findings, console);
}

/// Gives up the edits that a person named, whose paths come back.
fn discard(survey: &mut Survey, options: &Options) -> anyhow::Result<Vec<String>> {
    let (_, inside) = workspace::target(&options.directory, None)?;
    let files = options.discard.iter();
    let paths = files.map(|file| homes::path(&survey.project.root, inside.as_deref(), file));
    let paths: Vec<_> = paths.collect();
    for path in &paths {
        if !survey.discard(path) {
            let message = format!("there is no edit to discard in `{path}`");
            let hint = "`apigen sync --dry-run` lists the files that were edited";
            return Err(Failure::hinted(message, hint).into());
        }
    }
    Ok(paths)
}

fn show(plan: &Plan, diff: bool, console: Console) -> Outcome {
    for entry in plan.drift() {
        match diff {
            true => console.data(&console.diff(&entry.diff())),
            false => console.data(&format!("{:9} {}\n", entry.action.as_str(), entry.path)),
        }
    }
    match plan.drift().next() {
        Some(_) => Outcome::Drift,
        None => {
            console.note("Nothing to do");
            Outcome::Done
        }
    }
}

fn tell_blocked(project: &Project, plan: &Plan, mut discarded: Vec<String>, console: Console) {
    let paths: Vec<_> = plan.blocked().map(|entry| entry.path.clone()).collect();
    let first = match project.disk.get(LOCK) {
        Some(_) => format!(
            "move the change to your own files (`apigen override` takes over an operation), or \
             keep it: `apigen eject {}`",
            paths.join(" ")
        ),
        None => format!("bring `{LOCK}` back from git: it tells your edits from what apigen wrote"),
    };
    discarded.extend(paths);
    let all = discarded.join(" ");
    let hint = format!("{first}; `apigen sync --discard {all}` gives it up");
    report::blocked(plan, &hint, console);
}

fn tell_done(survey: &Survey, waiting: usize, console: Console) {
    let Survey { project, plan, .. } = survey;
    let before = &project.lock.scaffolded;
    for entry in &plan.entries {
        let path = &entry.path;
        match entry.action {
            Action::Deleted if before.get(path).is_some_and(Option::is_some) => {
                console.note(&format!("`{path}` was deleted and stays so"));
            }
            Action::Orphaned if !survey.moves(path) => {
                console.warning(&format!(
                    "nothing in the spec belongs to `{path}` any more: it is yours, and no longer \
                     compiled"
                ));
            }
            action if action.is_drift() || action == Action::Restore => {
                console.detail(&format!("{:9} {path}", action.as_str()));
            }
            _ => {}
        }
    }
    let counts = [
        (Action::Create, "created"),
        (Action::Update, "updated"),
        (Action::Recreate, "created again"),
        (Action::Restore, "restored"),
        (Action::Merge, "added to"),
        (Action::Renumber, "renumbered"),
        (Action::Conflict, "with conflicts"),
        (Action::Remove, "removed"),
    ];
    let count = |action| {
        plan.entries
            .iter()
            .filter(|entry| entry.action == action)
            // What is left behind is told by where it is now.
            .filter(|entry| action != Action::Renumber || entry.after.is_some())
            .count()
    };
    let counts = counts.map(|(action, word)| (count(action), word));
    let done: Vec<_> = counts.iter().filter(|(count, _)| *count > 0).collect();
    let words: Vec<_> = done
        .iter()
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let spec = &project.config.spec;
    let mut told = match waiting {
        0 => format!("In step with `{spec}`"),
        1 => format!("In step with `{spec}`, but for 1 thing that waits for you"),
        count => format!("In step with `{spec}`, but for {count} things that wait for you"),
    };
    if !words.is_empty() {
        told = format!("{told}: {}", words.join(", "));
    }
    console.note(&told);
    tell_migrations(plan, console);
}

fn tell_migrations(plan: &Plan, console: Console) {
    let created = plan.entries.iter().filter(|entry| {
        entry.action == Action::Create && entry.ownership == crate::render::Ownership::Appended
    });
    for entry in created {
        console.note(&format!(
            "New migration `{}`: it runs at the next start",
            entry.path
        ));
    }
}
