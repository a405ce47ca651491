//! `apigen restore`: brings scaffolded files back, or gives ejected ones to apigen again.

use std::path::PathBuf;

use super::{
    Console, Failure, Outcome,
    eject::{attributes, unknown_file},
    open::{self, Project},
    quoted,
};
use crate::{
    project::{LOCK, Snapshot, Write, base, disk, headless, lock::hash, plan::unified},
    render::{File, Ownership},
};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// The files.
    pub files: Vec<PathBuf>,
    /// What the user wrote into them may be lost.
    pub discard: bool,
}

/// Runs it.
///
/// # Errors
/// There is nothing to restore, or something cannot be read or written; then nothing was changed.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let session = open::session(&options.directory, console)?;
    let mut project = Project::find(&options.directory)?;
    let spec = project.spec()?;
    let paths = project.all_inside(&options.files);
    let mut ejected = Vec::new();
    for path in &paths {
        ejected.push(project.lock.ejected.remove(path).is_some());
        if !exists(&project, path) {
            project.lock.scaffolded.remove(path);
        }
    }
    let desired = project.desired(&spec)?;
    let mut files = Vec::new();
    for (path, was_ejected) in paths.iter().zip(ejected) {
        files.push((find(&project, &desired, path, was_ejected)?, was_ejected));
    }
    if !options.discard && differ(&project, &files, console)? {
        return Ok(Outcome::Drift);
    }
    let writes = writes(&mut project, &files, &desired)?;
    let mut seen = Snapshot::default();
    seen.read(&project.root, writes.iter().map(|write| &write.path))?;
    session.apply(&writes, &seen)?;
    for (file, was_ejected) in files {
        let what = match was_ejected {
            true => "apigen's again",
            false => "there again, and yours",
        };
        console.note(&format!("`{}` is {what}", file.path));
    }
    Ok(Outcome::Done)
}

/// The file, or its module in its other place.
fn exists(project: &Project, path: &str) -> bool {
    project.root.join(path).exists() || project.disk.holds(path)
}

/// What a file should be, if there is something to restore.
fn find<'a>(
    project: &Project,
    desired: &'a [File],
    path: &str,
    was_ejected: bool,
) -> anyhow::Result<&'a File> {
    let Some(file) = desired.iter().find(|file| file.path == path) else {
        return Err(unknown_file(path, desired).into());
    };
    if was_ejected || (!exists(project, path) && file.ownership == Ownership::Scaffolded) {
        return Ok(file);
    }
    let message = format!("there is nothing to restore in `{path}`");
    let hint = match file.ownership {
        Ownership::Generated => {
            "it is apigen's: `apigen sync` writes it, and `--discard` gives up edits"
        }
        _ => "it is yours, and there: `restore` is for files that were deleted or ejected",
    };
    Err(Failure::hinted(message, hint).into())
}

/// Shows what a person would lose, and says how to agree to that.
fn differ(project: &Project, files: &[(&File, bool)], console: Console) -> anyhow::Result<bool> {
    let mut paths = Vec::new();
    for (file, _) in files {
        let ours = disk::read_text(&project.root.join(&file.path))?;
        let pristine = headless(&file.contents);
        if let Some(ours) = ours.filter(|ours| headless(ours) != pristine) {
            console.data(&console.diff(&unified(&file.path, Some(pristine), Some(&ours))));
            paths.push(file.path.as_str());
        }
    }
    if paths.is_empty() {
        return Ok(false);
    }
    let are = if paths.len() == 1 { "is" } else { "are" };
    let quoted = quoted(&paths);
    let message = format!("nothing was written: {quoted} {are} not what apigen generates");
    let all = files.iter().map(|(file, _)| file.path.as_str());
    let all = all.collect::<Vec<_>>().join(" ");
    let hint = format!("`apigen restore {all} --discard` gives up what is different");
    console.error(&message, Some(&hint));
    Ok(true)
}

fn writes(
    project: &mut Project,
    files: &[(&File, bool)],
    desired: &[File],
) -> anyhow::Result<Vec<Write>> {
    let mut writes = Vec::new();
    let (mut given_back, mut services) = (Vec::new(), false);
    for &(file, was_ejected) in files {
        let path = &file.path;
        writes.push(Write::text(path, file.contents.clone()));
        if was_ejected {
            project.lock.wrote(path, &file.contents);
            if project.root.join(base(path)).exists() {
                writes.push(Write::remove(base(path)));
            }
            given_back.push(path.clone());
        } else {
            let fact = Some(hash(file.contents.as_bytes()));
            project.lock.scaffolded.insert(path.clone(), fact);
            writes.push(Write::text(base(path), file.contents.clone()));
            services |= path.starts_with("src/services/");
        }
    }
    writes.extend(attributes(project, &given_back, false)?);
    if services {
        writes.extend(index(project, desired)?);
    }
    writes.push(Write::text(LOCK, project.lock.to_string()));
    Ok(writes)
}

/// The generated file that has a service for a module, unless the user edited it.
fn index(project: &mut Project, desired: &[File]) -> anyhow::Result<Option<Write>> {
    const INDEX: &str = "src/services/mod.rs";
    let Some(file) = desired.iter().find(|file| file.path == INDEX) else {
        return Ok(None);
    };
    let bytes = disk::read(&project.root.join(INDEX))?.unwrap_or_default();
    if !project.lock.is_known(INDEX, &bytes) {
        return Ok(None);
    }
    project.lock.wrote(INDEX, &file.contents);
    Ok(Some(Write::text(INDEX, file.contents.clone())))
}
