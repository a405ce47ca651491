//! Nothing to do, told without looking again at what is as it was.
//!
//! A run that found everything in step, and had nothing to say of it, remembers each thing that it
//! looked at. Where all of that is the same, and so is apigen, so is the outcome. One byte that
//! differs leads to the full way.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Console, open::Spec, survey::Survey};
use crate::{
    config,
    diagnostic::{Format, show},
    project::{
        self, Action, cache, disk,
        trace::{self, Fact, Look},
    },
};

/// What a run in step remembers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Shortcut {
    program: String,
    /// The project's folder: a copy of it begins anew.
    root: PathBuf,
    /// The spec, as `apigen.toml` calls it.
    pub spec: String,
    /// The warnings about it: plain, and in colours.
    warnings: [String; 2],
    facts: Vec<Fact>,
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
        let shortcut: Self = serde_json::from_str(&cache::load(&root)?).ok()?;
        let is_ours = shortcut.program == cache::program()? && shortcut.root == root;
        (is_ours && trace::all_hold(&shortcut.facts)).then_some(shortcut)
    }

    /// Remembers a survey that found everything in step.
    pub fn remember(survey: &Survey) {
        let keeps = |action| matches!(action, Action::Keep | Action::Deleted);
        let writes = survey.plan.writes(&survey.project.disk);
        let in_step = survey.plan.entries.iter().all(|entry| keeps(entry.action));
        let seen = trace::end();
        if !in_step || !writes.is_empty() || !survey.all().is_empty() {
            return;
        }
        if let Some(text) = seen.and_then(|seen| Self::text(survey, seen)) {
            cache::store(&survey.project.root, &text);
        }
    }

    fn text(survey: &Survey, mut facts: Vec<Fact>) -> Option<String> {
        let Survey { project, spec, .. } = survey;
        facts.extend(read(spec)?);
        let warnings = [false, true].map(|color| match spec.warnings.as_slice() {
            [] => String::new(),
            warnings => show(warnings, &spec.document.sources, Format::Human { color }),
        });
        let shortcut = Self {
            program: cache::program()?,
            root: project.root.clone(),
            spec: project.config.spec.clone(),
            warnings,
            facts,
        };
        serde_json::to_string(&shortcut).ok()
    }

    /// Says what the full way would say.
    pub fn tell(&self, console: Console) {
        let [plain, colored] = &self.warnings;
        let text = if console.color { colored } else { plain };
        if !text.is_empty() {
            console.note(text.trim_end());
            console.note("");
        }
        console.note(&format!("In step with `{}`", self.spec));
    }
}

/// The files of the document, by the bytes that were understood.
fn read(spec: &Spec) -> Option<Vec<Fact>> {
    let sources = &spec.document.sources;
    let mut facts = Vec::new();
    for (path, file) in sources.looked() {
        let text = |path: PathBuf| path.into_os_string().into_string().ok();
        let real = path.canonicalize().ok()?;
        let folder = real.parent()?.to_owned();
        let tree = disk::find_upward(&folder, ".git").map(text);
        let name = text(path.to_owned())?;
        let (_, contents) = sources.file((*file)?);
        facts.push(Fact::new(Look::File, &name, Some(contents.as_bytes())));
        facts.push(Fact::new(Look::Real, &name, Some(text(real)?.as_bytes())));
        let tree = match tree {
            Some(tree) => Some(tree?),
            None => None,
        };
        let tree = tree.as_ref().map(String::as_bytes);
        facts.push(Fact::new(Look::WorkTree, &text(folder)?, tree));
    }
    Some(facts)
}
