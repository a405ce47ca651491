//! `apigen upgrade`: merges the scaffolds of this apigen into the project, and moves the pin.

use std::path::PathBuf;

use super::{
    Console, Outcome,
    open::{self, Project},
    survey::{Choices, Survey},
    sync, workspace,
};
use crate::{
    config::{self, Config, Version},
    project::Action,
};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// Operations may do something else by default than at the last sync.
    pub accept: bool,
    /// Only says what would happen.
    pub dry_run: bool,
    /// Only shows what would change.
    pub diff: bool,
}

/// Runs it.
///
/// # Errors
/// The spec has errors, the project is pinned to a newer apigen, or something cannot be read or
/// written; then nothing was changed.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    // One pin is that of the workspace and of all its services.
    let (directory, _) = workspace::target(&options.directory, None)?;
    let session = match options.dry_run || options.diff {
        true => None,
        false => Some(open::session(&directory, console)?),
    };
    let mut project = Project::unpinned(&directory)?;
    project.config.apigen = Some(Version::current());
    let choices = Choices {
        upgrade: true,
        accept: options.accept,
        ..Choices::default()
    };
    let mut survey = Survey::new(project, &choices, None)?;
    pin(&mut survey)?;
    let options = sync::Options {
        choices,
        dry_run: options.dry_run,
        diff: options.diff,
        ..sync::Options::default()
    };
    sync::finish(survey, session, &options, console)
}

/// Moves the pin, whatever became of the rest of `apigen.toml`: markers of a conflict in it would
/// lock the user out.
fn pin(survey: &mut Survey) -> anyhow::Result<()> {
    let before = &survey.project.choices;
    let mut entries = survey.plan.entries.iter_mut();
    let Some(entry) = entries.find(|entry| entry.path == config::FILE) else {
        return Ok(());
    };
    let merged = entry
        .after
        .take()
        .filter(|text| entry.action == Action::Merge && Config::parse(config::FILE, text).is_ok());
    let after = config::pinned(merged.as_deref().unwrap_or(before))?;
    (entry.action, entry.before, entry.after) = match after == *before {
        true => (Action::Keep, None, None),
        false => (Action::Merge, Some(before.clone()), Some(after)),
    };
    Ok(())
}
