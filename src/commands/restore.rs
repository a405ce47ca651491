//! `apigen restore`: brings a scaffolded file back, or gives an ejected one to apigen again.

use std::path::PathBuf;

use super::{
    Console, Failure, Outcome,
    eject::{attributes, unknown_file},
    open::{self, Project},
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
    /// The file.
    pub file: PathBuf,
    /// What the user wrote into it may be lost.
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
    let path = project.inside(&options.file);
    let exists = project.root.join(&path).exists();
    let was_ejected = project.lock.ejected.remove(&path).is_some();
    if !exists {
        project.lock.scaffolded.remove(&path);
    }
    let desired = project.desired(&spec)?;
    let Some(file) = desired.iter().find(|file| file.path == path) else {
        return Err(unknown_file(&path, &desired).into());
    };
    if !was_ejected && (exists || file.ownership != Ownership::Scaffolded) {
        let message = format!("there is nothing to restore in `{path}`");
        let hint = match file.ownership {
            Ownership::Generated => {
                "it is apigen's: `apigen sync` writes it, and `--discard` gives \
                                     up edits"
            }
            _ => "it is yours, and there: `restore` is for files that were deleted or ejected",
        };
        return Err(Failure::hinted(message, hint).into());
    }
    let ours = disk::read_text(&project.root.join(&path))?;
    let pristine = headless(&file.contents);
    if let Some(ours) = ours.filter(|ours| headless(ours) != pristine && !options.discard) {
        console.data(&console.diff(&unified(&path, Some(pristine), Some(&ours))));
        let message = format!("`{path}` is not what apigen generates: nothing was written");
        let hint = format!("`apigen restore {path} --discard` gives up what is different");
        console.error(&message, Some(&hint));
        return Ok(Outcome::Drift);
    }
    let writes = writes(&mut project, file, &desired, was_ejected)?;
    let mut seen = Snapshot::default();
    seen.read(&project.root, writes.iter().map(|write| &write.path))?;
    session.apply(&writes, &seen)?;
    console.note(&format!("`{path}` is there again"));
    Ok(Outcome::Done)
}

fn writes(
    project: &mut Project,
    file: &File,
    desired: &[File],
    was_ejected: bool,
) -> anyhow::Result<Vec<Write>> {
    let path = &file.path;
    let mut writes = vec![Write::text(path, file.contents.clone())];
    if was_ejected {
        project.lock.wrote(path, &file.contents);
        if project.root.join(base(path)).exists() {
            writes.push(Write::remove(base(path)));
        }
        writes.extend(attributes(project, path, false)?);
    } else {
        let fact = Some(hash(file.contents.as_bytes()));
        project.lock.scaffolded.insert(path.clone(), fact);
        writes.push(Write::text(base(path), file.contents.clone()));
        writes.extend(index(project, path, desired)?);
    }
    writes.push(Write::text(LOCK, project.lock.to_string()));
    Ok(writes)
}

/// The generated file that has a service for a module, unless the user edited it.
fn index(project: &mut Project, path: &str, desired: &[File]) -> anyhow::Result<Option<Write>> {
    const INDEX: &str = "src/services/mod.rs";
    let Some(file) = desired.iter().find(|file| file.path == INDEX) else {
        return Ok(None);
    };
    let bytes = disk::read(&project.root.join(INDEX))?.unwrap_or_default();
    if !path.starts_with("src/services/") || !project.lock.is_known(INDEX, &bytes) {
        return Ok(None);
    }
    project.lock.wrote(INDEX, &file.contents);
    Ok(Some(Write::text(INDEX, file.contents.clone())))
}
