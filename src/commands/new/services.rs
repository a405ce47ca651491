//! `apigen new --layout services`: a workspace from a spec.

use std::path::Path;

use super::{Options, contract, private, refuse_taken, stubs, taken};
use crate::{
    commands::{
        Console,
        document::Spec,
        open::{Given, Project},
        plural,
        survey::{Choices, Survey},
        workspace::Part,
    },
    config::Config,
    project::{Action, Session, Write},
    render::{File, Imprints, settings, workspace},
};

/// Writes the workspace.
///
/// # Errors
/// Something is in the way, or cannot be written; then nothing was.
pub(super) fn write(
    options: &Options,
    config: &Config,
    spec: &Spec,
    console: Console,
) -> anyhow::Result<Survey> {
    let session = Session::open(&options.path)?;
    refuse_taken(options)?; // it may have waited for another `new`
    let given = Given {
        spec: spec.clone(),
        common: None,
        imprints: Imprints::new(),
    };
    let choices = settings::text(config)?;
    let root = session.root().to_owned();
    let project = Project::read(root, config.clone(), choices, Some(given))?;
    let mut survey = Survey::new(project, &Choices::default(), None)?;
    taken(&survey.plan)?;
    let mut writes = survey.writes();
    if !options.link {
        let mut files = contract::files(&spec.document, config);
        let paths = files.iter().map(|(path, _)| path);
        survey.project.disk.read(session.root(), paths)?;
        files.retain(|(path, _)| survey.project.disk.get(path).is_none());
        let files = files.into_iter();
        writes.extend(files.map(|(path, text)| Write::text(path, text)));
    }
    let services = survey.parts.iter().map(|part| {
        let Survey { project, spec, .. } = &part.survey;
        let common = project
            .given
            .as_ref()
            .and_then(|given| given.common.as_ref());
        let core = common.map_or(&spec.service, |common| &*common.service);
        (part.name.as_str(), core, project.config.database)
    });
    let secrets = workspace::secrets(&services.collect::<Vec<_>>());
    writes.extend(private(session.root(), &secrets, &example(&survey))?);
    session.apply(&writes, &survey.project.disk)?;
    let notes = survey.findings.iter();
    notes.for_each(|finding| console.note(&finding.message));
    Ok(survey)
}

/// `.env.example`, as it is to be.
fn example(survey: &Survey) -> Vec<File> {
    let entries = survey.plan.entries.iter();
    let files = entries.filter(|entry| entry.path == ".env.example");
    let files = files.filter_map(|entry| {
        Some(File {
            path: entry.path.clone(),
            contents: entry.after.clone()?,
            ownership: entry.ownership,
        })
    });
    files.collect()
}

/// Tells what there is now.
pub(super) fn tell(path: &Path, from: &Path, spec: &Spec, survey: &Survey, console: Console) {
    let operations = &spec.service.operations;
    let parts = survey.parts.iter();
    let todo: usize = parts.map(|Part { survey, .. }| stubs(&survey.spec)).sum();
    let is_new = |action: Action| action == Action::Create;
    let entries = survey.plan.entries.iter();
    let files = entries.filter(|entry| is_new(entry.action)).count();
    console.note(&format!(
        "Created `{}` from `{}`: {}, {} ({} stored by CRUD, {todo} to write), {}, {}",
        path.display(),
        from.display(),
        plural(survey.parts.len(), "service"),
        plural(operations.len(), "operation"),
        operations.len() - todo.min(operations.len()),
        plural(files, "file"),
        plural(spec.warnings.len(), "warning"),
    ));
    for part in &survey.parts {
        let count = part.survey.spec.service.operations.len();
        let folder = part.folder.trim_end_matches('/');
        console.note(&format!("  {folder}: {}", plural(count, "operation")));
    }
}
