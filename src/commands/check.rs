//! `apigen check`: is the project what its spec says?

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    Console, Outcome,
    changes::Changes,
    new::plural,
    open::{Project, Spec},
    overrides::Overrides,
};
use crate::{
    model::Operation,
    project::{Action, Entry, Plan},
};

/// What `check` is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// Operations that answer 501 are drift too.
    pub strict: bool,
    /// How it reports.
    pub format: Format,
}

/// How `check` reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// Workflow commands: annotations on GitHub.
    Github,
}

/// Runs it.
///
/// # Errors
/// It could not tell: the spec has errors, or something cannot be read.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let mut project = Project::find(&options.directory)?;
    let spec = project.spec()?;
    let desired = project.desired(&spec)?;
    let plan = project.plan(&spec, &desired)?;
    let overrides = Overrides::find(&project)?;
    let stubs = match options.strict {
        true => overrides.stubs(&spec.service),
        false => Vec::new(),
    };
    let changes = Changes::find(&project, &spec, &overrides)?;
    let report = Report {
        changes,
        project: &project,
        spec: &spec,
        plan: &plan,
        stubs,
    };
    match options.format {
        Format::Human => report.human(console),
        Format::Json => console.data(&format!("{:#}\n", report.json())),
        Format::Github => report.github(console),
    }
    Ok(match report.is_in_step() {
        true => Outcome::Done,
        false => Outcome::Drift,
    })
}

struct Report<'a> {
    changes: Changes,
    project: &'a Project,
    spec: &'a Spec,
    plan: &'a Plan,
    stubs: Vec<(&'a Operation, &'a str)>,
}

impl Report<'_> {
    fn is_in_step(&self) -> bool {
        self.plan.drift().next().is_none() && self.stubs.is_empty()
    }

    fn human(&self, console: Console) {
        self.spec.warn(console);
        self.changes.tell(console);
        let spec = &self.project.config.spec;
        if self.is_in_step() {
            return console.note(&format!("In step with `{spec}`"));
        }
        for entry in self.plan.drift() {
            let line = format!("{:12} {}: {}\n", reason(entry), entry.path, told(entry));
            console.data(&line);
        }
        for (operation, why) in &self.stubs {
            let place = &operation.origin;
            let id = &operation.id;
            let line = format!("{:12} {id} ({}:{}): {why}\n", STUB, place.file, place.line);
            console.data(&line);
        }
        let drift = self.plan.drift().count();
        let stubs = plural(self.stubs.len(), "operation");
        if drift > 0 {
            let message = format!("{} not what `{spec}` says", are(drift));
            let blocked = self.plan.blocked().next().is_some();
            console.error(
                &message,
                Some(match blocked {
                    true => "`apigen sync` shows the edits, and what to do with them",
                    false => "`apigen sync`",
                }),
            );
        } else {
            let message = format!("{stubs} without an implementation");
            console.error(&message, Some("`apigen override OPERATION` starts one"));
        }
    }

    fn json(&self) -> Value {
        let drift = self.plan.drift().map(
            |entry| json!({"path": entry.path, "reason": reason(entry), "message": told(entry)}),
        );
        let stubs = self.stubs.iter().map(|(operation, why)| {
            let place = &operation.origin;
            json!({
                "operation": operation.id, "reason": STUB, "message": why,
                "file": place.file, "line": place.line, "column": place.column,
            })
        });
        json!({
            "version": 1,
            "in_step": self.is_in_step(),
            "spec": self.project.config.spec,
            "changes": self.changes.told,
            "todo": self.changes.warnings,
            "files": drift.collect::<Vec<_>>(),
            "operations": stubs.collect::<Vec<_>>(),
            "warnings": self.spec.warnings.len(),
        })
    }

    fn github(&self, console: Console) {
        for entry in self.plan.drift() {
            let title = format!("apigen: {}", reason(entry));
            console.data(&annotation(&entry.path, 1, &title, told(entry)));
        }
        for (operation, why) in &self.stubs {
            let place = &operation.origin;
            let message = format!("`{}` is not implemented: {why}", operation.id);
            console.data(&annotation(
                &place.file,
                place.line,
                "apigen: stub",
                &message,
            ));
        }
    }
}

const STUB: &str = "stub";

/// Why a file is drift, in a word that stays the same.
fn reason(entry: &Entry) -> &'static str {
    match entry.action {
        Action::Edited => "edited",
        Action::InTheWay => "in-the-way",
        Action::Recreate => "missing",
        Action::Remove => "stale",
        Action::Create => "new",
        _ => "out-of-date",
    }
}

fn told(entry: &Entry) -> &'static str {
    match entry.action {
        Action::Edited => "edited by hand, and apigen generates it",
        Action::InTheWay => "in the way of a file that apigen generates",
        Action::Recreate => "generated, and gone",
        Action::Remove => "nothing in the spec asks for it any more",
        Action::Create => "the spec asks for it",
        Action::Merge => "lacks something that the generated code needs",
        _ => "the spec, `apigen.toml` or apigen changed",
    }
}

fn are(count: usize) -> String {
    match count {
        1 => "1 file is".to_owned(),
        _ => format!("{count} files are"),
    }
}

/// A GitHub workflow command; the characters that would end it are escaped.
fn annotation(file: &str, line: usize, title: &str, message: &str) -> String {
    let data = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let (file, title, message) = (property(file), property(title), data(message));
    format!("::error file={file},line={line},title={title}::{message}\n")
}
