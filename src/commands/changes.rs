//! What a sync means for people: what is different in the API, what becomes of the tables, and
//! which code of theirs it leaves behind.

use super::{
    Console,
    open::{Project, Spec},
    overrides::Overrides,
};
use crate::{project::disk, render::migrations};

/// What to say before or after a sync.
#[derive(Debug, Default)]
pub struct Changes {
    /// What is different since the last sync.
    pub told: Vec<String>,
    /// What asks for a person.
    pub warnings: Vec<String>,
    /// What to do about tables that apigen does not change.
    hint: Option<String>,
}

impl Changes {
    /// Compares a project with its spec.
    ///
    /// # Errors
    /// A file cannot be read; or a bug of ours.
    pub fn find(project: &Project, spec: &Spec, overrides: &Overrides) -> anyhow::Result<Self> {
        let mut changes = Self {
            told: project.changes(spec),
            ..Self::default()
        };
        if let Some(stored) = &project.stored {
            let database = project.config.database;
            let tables = stored.tables(&spec.service);
            let migration = migrations::next(&tables, &spec.service, database)?;
            changes.told.extend(migration.notes);
            if !migration.problems.is_empty() {
                let folder = migrations::folder(database);
                changes.hint = Some(format!(
                    "apigen writes no migration that could lose data: write one into `{folder}`, \
                     with the next number"
                ));
            }
            changes.warnings.extend(migration.problems);
        }
        changes.warnings.extend(other_name(project)?);
        changes.warnings.extend(orphans(project, spec, overrides));
        Ok(changes)
    }

    /// Tells them.
    pub fn tell(&self, console: Console) {
        self.told.iter().for_each(|told| console.note(told));
        self.warnings.iter().for_each(|told| console.warning(told));
        if let Some(hint) = &self.hint {
            console.hint(hint);
        }
    }
}

/// Cargo knows the package by another name than `apigen.toml`.
fn other_name(project: &Project) -> anyhow::Result<Option<String>> {
    let manifest = disk::read_text(&project.root.join("Cargo.toml"))?.unwrap_or_default();
    let manifest: toml_edit::DocumentMut = manifest.parse().unwrap_or_default();
    let package = manifest
        .get("package")
        .and_then(|p| p.get("name")?.as_str());
    let name = &project.config.name;
    Ok(package.filter(|package| package != name).map(|package| {
        format!(
            "the package is `{package}` in `Cargo.toml`, and `{name}` in `apigen.toml`: generated \
             code calls it `{name}`"
        )
    }))
}

/// The overrides whose operation is gone or has another name.
fn orphans(project: &Project, spec: &Spec, overrides: &Overrides) -> Vec<String> {
    let told = |(group, method, place): (&str, &str, String)| {
        let stored = project.stored.as_ref();
        match stored.and_then(|stored| stored.renamed(group, method, &spec.service)) {
            Some(name) => format!("{place}: `{method}` is called `{name}` now: rename it"),
            None => format!("{place}: no operation belongs to `{method}` any more: remove it"),
        }
    };
    let orphans = overrides.orphans(&spec.service);
    orphans.into_iter().map(told).collect()
}
