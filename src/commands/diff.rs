//! `apigen diff`: what changed between two documents, and whom it breaks.

use std::path::Path;

use serde_json::{Value, json};

use super::{
    Console, Failure, Outcome,
    findings::{self, Finding, Reason},
    inputs,
    open::Project,
    plural,
    report::{Format, Report},
    revision::{self, Base},
    survey::Survey,
};
use crate::{
    config::{self, Config, Judge, Layout},
    diagnostic,
    diff::{self, Change, Level},
    model::Origin,
    project::{Entry, disk},
    spec::{self, Document},
};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The older document: a file, or `git:REV:path`.
    pub old: String,
    /// The newer one.
    pub new: String,
    /// Every change fails, not only those that break clients.
    pub fail_on_any: bool,
    /// How it reports.
    pub format: Format,
}

/// Counts the changes to the JSON that a reader must know of: a member that goes, or means another
/// thing.
const VERSION: u32 = 1;

/// Runs it.
///
/// # Errors
/// A document cannot be read or has errors.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let changes = compare(options).inspect_err(|error| {
        let report = Report::of(error, Path::new("."));
        match options.format {
            Format::Human => {}
            Format::Json => console.data(&format!("{:#}\n", failure(options, &report))),
            format => console.data(&report.print(format)),
        }
    })?;
    let limit = match options.fail_on_any {
        true => Level::Cosmetic,
        false => Level::Breaking,
    };
    match options.format {
        Format::Human => human(&changes, console),
        Format::Json => console.data(&format!("{:#}\n", json(options, &changes))),
        format => console.data(&report(&changes, limit).print(format)),
    }
    Ok(match changes.iter().any(|change| change.level >= limit) {
        true => Outcome::Drift,
        false => Outcome::Done,
    })
}

fn compare(options: &Options) -> anyhow::Result<Vec<Change>> {
    let here = Path::new(".");
    let old = revision::open(&options.old, here)?;
    let new = revision::open(&options.new, here)?;
    let judge = match disk::find_upward(here, config::FILE) {
        Some(project) => judge(&project)?,
        None => Judge::default(),
    };
    Ok(judge.judge(diff::diff(&old, &new)))
}

/// How the project in a folder judges changes.
fn judge(project: &Path) -> anyhow::Result<Judge> {
    let text = disk::read_text(&project.join(config::FILE))?.unwrap_or_default();
    let config = Config::parse(config::FILE, &text).map_err(Failure::from)?;
    Ok(config.diff)
}

/// What breaks the clients of the project's document at a revision. Where it had none, nothing does,
/// and that is told.
///
/// # Errors
/// There is no such revision, or its document has errors.
pub fn breaking(base: &str, project: &Project, now: &Document) -> anyhow::Result<Vec<Finding>> {
    let base = base.strip_prefix(revision::PREFIX).unwrap_or(base);
    let old = match revision::base(base, &project.root)? {
        Base::Document(old) => old,
        Base::Nothing { path } => {
            let message = format!("`{base}` has no `{path}` yet: there are no clients to break");
            let finding = Finding::new(Reason::NoBase, findings::Level::Note, message);
            return Ok(vec![finding]);
        }
    };
    let mut changes = project.config.diff.judge(diff::diff(&old, now));
    changes.retain(|change| change.level == Level::Breaking);
    let told = told(&changes).into_iter();
    let told = told.map(|told| told.finding(findings::Level::Waits));
    Ok(told.collect())
}

/// How many changes `sync` tells.
const SHOWN: usize = 10;

/// What a plan changes for the clients of the service, the worst first: of the document that the
/// project serves so far, and the one that it serves then. Operations that come, go or are called
/// otherwise are counted here, and told by the survey.
pub fn summary(survey: &Survey) -> Vec<String> {
    let place = match survey.project.config.layout {
        Layout::Layered => "src/api/openapi.json",
        Layout::Services => "services/gateway/src/openapi.json", // of all services
    };
    let served = |entry: &&Entry| entry.path.ends_with(place);
    let served = survey.plan.entries.iter().find(served);
    let changed = served.filter(|entry| entry.before != entry.after);
    let before = changed.and_then(|entry| Some((&entry.path, entry.before.as_ref()?)));
    let Some(Ok((old, _))) = before.map(|(path, text)| spec::parse(path, text)) else {
        return Vec::new();
    };
    let changes = diff::diff(&old, &survey.spec.document);
    let changes = survey.project.config.diff.judge(changes);
    let Some(counts) = counts(&changes) else {
        return Vec::new();
    };
    let mut told = told(&changes);
    let by_name = survey.project.stored.is_some();
    told.retain(|told| {
        let is_told = by_name && diff::OPERATIONS.contains(&told.change.rule);
        told.change.level > Level::Cosmetic && !is_told
    });
    let line = |told: &Told<'_>| {
        let Change { level, rule, .. } = told.change;
        format!("  {level}: {} [{rule}]", told.sentence())
    };
    let head = format!(
        "For clients, {} since the last sync: {counts}",
        plural(changes.len(), "change")
    );
    let mut lines = vec![head];
    lines.extend(told.iter().take(SHOWN).map(line));
    if told.len() > SHOWN {
        lines.push(format!("  … and {} more", told.len() - SHOWN));
    }
    lines
}

/// The same change of several operations, from one place to one place: a schema that they share.
#[derive(Debug)]
pub struct Told<'a> {
    /// The first of them.
    pub change: &'a Change,
    /// How many there are beside it.
    pub more: usize,
}

/// Every change once, the worst first.
pub fn told(changes: &[Change]) -> Vec<Told<'_>> {
    let mut told: Vec<Told<'_>> = Vec::new();
    let mut seen = std::collections::HashMap::new();
    for change in changes {
        let places = (place(&change.old), place(&change.new));
        let key = (change.rule, &change.message, places);
        match seen.get(&key) {
            Some(&index) => {
                let known: &mut Told<'_> = &mut told[index];
                known.more += 1;
            }
            None => {
                seen.insert(key, told.len());
                told.push(Told { change, more: 0 });
            }
        }
    }
    told.sort_by_key(|told| std::cmp::Reverse(told.change.level));
    told
}

impl Told<'_> {
    /// What changed, and where in the API.
    pub fn sentence(&self) -> String {
        let Change {
            method,
            path,
            message,
            ..
        } = self.change;
        let more = match self.more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        match method.is_empty() {
            true => message.clone(),
            false => format!("{method} {path}{more}: {message}"),
        }
    }

    /// The same for reports.
    pub fn finding(&self, level: findings::Level) -> Finding {
        let at = shown(self.change);
        let reason = match self.change.level {
            Level::Breaking => Reason::BreakingChange,
            Level::Compatible | Level::Cosmetic => Reason::Change,
        };
        Finding::new(reason, level, self.sentence())
            .rule(self.change.rule)
            .at(&at.file, at.line.max(1), at.column.max(1))
    }
}

/// The place to look at. What is gone is shown where it was, unless that is in a revision, whose
/// lines are not those of the work tree: then what it was in is shown.
fn shown(change: &Change) -> &Origin {
    match change.is_removal() && !change.old.file.starts_with(revision::PREFIX) {
        true => &change.old,
        false => &change.new,
    }
}

fn place(origin: &Origin) -> String {
    format!("{}:{}:{}", origin.file, origin.line, origin.column)
}

/// `2 breaking, 1 compatible`; nothing without changes.
pub fn counts(changes: &[Change]) -> Option<String> {
    let counts = Level::ALL.map(|level| {
        let count = changes.iter().filter(|change| change.level == level);
        (count.count(), level)
    });
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let words: Vec<_> = counts.map(|(n, level)| format!("{n} {level}")).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn human(changes: &[Change], console: Console) {
    let told = told(changes);
    let mut text = String::new();
    for group in told.chunk_by(|a, b| a.change.level == b.change.level) {
        for (index, told) in group.iter().enumerate() {
            if index == 0 {
                let blank = if text.is_empty() { "" } else { "\n" };
                text.push_str(&format!("{blank}{}\n", told.change.level));
            }
            let (at, rule) = (place(shown(told.change)), told.change.rule);
            text.push_str(&format!("  {at}: {} [{rule}]\n", told.sentence()));
        }
    }
    console.data(&text);
    console.note(&match counts(changes) {
        Some(counts) => format!("{}: {counts}", plural(changes.len(), "change")),
        None => "No changes".to_owned(),
    });
}

/// What both JSON objects begin with.
fn head(options: &Options) -> Value {
    json!({
        "version": VERSION,
        "apigen": inputs::VERSION,
        "old": options.old,
        "new": options.new,
    })
}

fn json(options: &Options, changes: &[Change]) -> Value {
    let origin = |at: &Origin| json!({ "file": at.file, "line": at.line, "column": at.column });
    let count = |level: Level| changes.iter().filter(|c| c.level == level).count();
    let mut object = head(options);
    object["counts"] = Level::ALL
        .map(|level| (level.as_str().to_owned(), json!(count(level))))
        .into_iter()
        .collect();
    object["changes"] = changes
        .iter()
        .map(|change| {
            json!({
                "rule": change.rule,
                "level": change.level.as_str(),
                "method": (!change.method.is_empty()).then_some(change.method),
                "path": (!change.path.is_empty()).then_some(&change.path),
                "message": change.message,
                "old": origin(&change.old),
                "new": origin(&change.new),
            })
        })
        .collect();
    object
}

/// Where nothing could be compared: no `changes`.
fn failure(options: &Options, report: &Report) -> Value {
    let mut object = head(options);
    let diagnostics = report.diagnostics.iter();
    object["diagnostics"] = diagnostics
        .map(|problem| diagnostic::to_json(problem, &report.sources))
        .collect();
    object["failure"] = match &report.failure {
        Some((message, hint)) => json!({ "message": message, "hint": hint }),
        None => Value::Null,
    };
    object
}

/// The changes as findings.
fn report(changes: &[Change], limit: Level) -> Report {
    let level = |level| match level >= limit {
        true => findings::Level::Waits,
        false => findings::Level::Note,
    };
    let findings = told(changes).into_iter();
    let findings = findings.map(|told| told.finding(level(told.change.level)));
    Report {
        in_step: Some(changes.is_empty()),
        findings: findings.collect(),
        ..Report::on(Path::new("."))
    }
}
