//! Nothing to do, told without looking again at what is as it was.
//!
//! A run that found everything in step, or brought it there, remembers each thing that it looked
//! at, and what is to be said. Where all of that is the same, and so is apigen, so is the outcome.
//! One byte that differs leads to the full way.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    Console,
    document::Spec,
    findings::{Finding, Level, Reason},
    report::{self, Report},
    survey::Survey,
};
use crate::{
    config,
    diagnostic::{Format, show},
    project::{
        self, Action, Write, cache, disk,
        trace::{self, Fact, Look},
    },
    render::Imprints,
};

/// What a run in step remembers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Shortcut {
    program: String,
    /// The project's folder: a copy of it begins anew.
    root: PathBuf,
    /// The spec, as `apigen.toml` calls it.
    pub spec: String,
    /// Where its files were looked for.
    pub looked: Vec<PathBuf>,
    /// The warnings about it: plain, and in colours.
    warnings: [String; 2],
    /// What else there is to say.
    pub findings: Vec<Finding>,
    /// All of it for machines.
    reports: BTreeMap<report::Format, String>,
    facts: Vec<Fact>,
    /// What was printed for its files.
    imprints: Imprints,
}

/// What the last run that remembers something printed.
pub fn imprints(root: &Path) -> Imprints {
    let shortcut = Shortcut::load(root);
    shortcut.map(|known| known.imprints).unwrap_or_default()
}

impl Shortcut {
    /// What the last run remembers, where it still holds; else, what this one looks at is
    /// remembered from now on.
    pub fn find(directory: &Path) -> Option<Self> {
        let found = Self::of(directory);
        if found.is_none() {
            trace::begin();
        }
        found
    }

    fn of(directory: &Path) -> Option<Self> {
        let root = disk::find_upward(directory, config::FILE)?;
        if project::unfinished(&root).is_some() {
            return None;
        }
        let shortcut = Self::load(&root)?;
        (shortcut.root == root && trace::all_hold(&shortcut.facts)).then_some(shortcut)
    }

    fn load(root: &Path) -> Option<Self> {
        let shortcut: Self = serde_json::from_str(&cache::load(root)?).ok()?;
        (shortcut.program == cache::program()?).then_some(shortcut)
    }

    /// Remembers a survey, after these writes: the next one finds everything in step.
    pub fn remember(survey: &Survey, writes: &[Write]) {
        let root = &survey.project.root;
        let findings = match writes.is_empty() {
            true => in_step(survey),
            false => brought_in_step(survey),
        };
        let seen = survey.seen.clone();
        let seen = seen.and_then(|seen| trace::after(seen, root, writes));
        if let (Some(findings), Some(seen)) = (findings, seen)
            && let Some(text) = Self::text(survey, findings, seen)
        {
            cache::store(root, &text);
        }
    }

    fn text(survey: &Survey, findings: Vec<Finding>, mut facts: Vec<Fact>) -> Option<String> {
        let Survey { project, spec, .. } = survey;
        facts.extend(read(spec)?);
        facts.push(work_tree(&project.root)?);
        // Those of new files are looked for from now on.
        let parts = survey.parts.iter();
        let below = parts.flat_map(|part| {
            let bases = part.survey.plan.lock.bases().into_iter();
            bases.map(|base| format!("{}{base}", part.folder))
        });
        for base in survey.plan.lock.bases().into_iter().chain(below) {
            let path = text(project.root.join(base))?;
            if !facts.iter().any(|fact| fact.is_of(Look::File, &path)) {
                facts.push(Fact::new(Look::File, &path, None));
            }
        }
        let warnings = [false, true].map(|color| match spec.warnings.as_slice() {
            [] => String::new(),
            warnings => show(warnings, &spec.document.sources, Format::Human { color }),
        });
        let report = Report {
            in_step: Some(true),
            spec: Some(project.config.spec.clone()),
            findings,
            sources: spec.document.sources.clone(),
            diagnostics: spec.warnings.clone(),
            ..Report::on(&project.root)
        };
        let printed = |format| (format, report.print(format));
        let shortcut = Self {
            program: cache::program()?,
            root: project.root.clone(),
            spec: project.config.spec.clone(),
            looked: spec.looked(),
            warnings,
            reports: report::Format::MACHINES.map(printed).into(),
            findings: report.findings,
            facts,
            imprints: survey.imprints.clone(),
        };
        serde_json::to_string(&shortcut).ok()
    }

    /// Says the warnings about the document.
    pub fn warn(&self, console: Console) {
        let [plain, colored] = &self.warnings;
        let text = if console.color { colored } else { plain };
        if !text.is_empty() {
            console.note(text.trim_end());
            console.note("");
        }
    }

    /// What the full way would report, but for the warnings about the document.
    pub fn report(&self) -> Report {
        Report {
            in_step: Some(true),
            spec: Some(self.spec.clone()),
            findings: self.findings.clone(),
            ..Report::default()
        }
    }

    /// What the full way would print for machines.
    pub fn print(&self, format: report::Format) -> &str {
        self.reports.get(&format).map_or("", String::as_str)
    }
}

/// What is to be said of a project in step.
fn in_step(survey: &Survey) -> Option<Vec<Finding>> {
    let keeps = |action| matches!(action, Action::Keep | Action::Deleted | Action::Behind);
    let all = survey.all();
    let is_step = survey.plan.entries.iter().all(|e| keeps(e.action))
        && all == survey.findings
        && all.iter().all(|finding| finding.level < Level::Drift);
    is_step.then_some(all)
}

/// What is to be said after a sync that left nothing open: what was news is none any more.
fn brought_in_step(survey: &Survey) -> Option<Vec<Finding>> {
    use Action::{Behind, Create, Deleted, Keep, Merge, Recreate, Remove, Restore, Update};
    let is_done = |action| {
        matches!(
            action,
            Keep | Deleted | Behind | Create | Update | Recreate | Restore | Merge | Remove
        )
    };
    let is_news =
        |finding: &Finding| finding.reason == Reason::Change && finding.level == Level::Note;
    let lasts = |finding: &Finding| {
        let reasons = [Reason::Scaffold, Reason::PackageName];
        reasons.contains(&finding.reason) && finding.level < Level::Drift
    };
    let mut rest = survey.findings.clone();
    rest.retain(|finding| !is_news(finding));
    let is_step = survey.plan.entries.iter().all(|e| is_done(e.action)) && rest.iter().all(lasts);
    is_step.then_some(rest)
}

/// The files of the document, by the bytes that were understood.
fn read(spec: &Spec) -> Option<Vec<Fact>> {
    let sources = &spec.document.sources;
    let mut facts = Vec::new();
    for (path, file) in sources.looked() {
        let real = path.canonicalize().ok()?;
        let name = text(path.to_owned())?;
        let (_, contents) = sources.file((*file)?);
        facts.push(Fact::new(Look::File, &name, Some(contents.as_bytes())));
        facts.push(work_tree(real.parent()?)?);
        facts.push(Fact::new(Look::Real, &name, Some(text(real)?.as_bytes())));
    }
    Some(facts)
}

/// The git work tree around a folder.
fn work_tree(folder: &Path) -> Option<Fact> {
    let tree = match disk::find_upward(folder, ".git") {
        Some(tree) => Some(text(tree)?),
        None => None,
    };
    let tree = tree.as_ref().map(String::as_bytes);
    Some(Fact::new(Look::WorkTree, folder.to_str()?, tree))
}

fn text(path: PathBuf) -> Option<String> {
    path.into_os_string().into_string().ok()
}
