//! `apigen restore`: brings scaffolded files back, or gives ejected ones to apigen again.

use std::path::PathBuf;

use super::{
    Console, Failure, Outcome, attributes,
    eject::unknown_file,
    homes::{self, Home, Homes},
    open::{self, Project},
    quoted, workspace,
};
use crate::{
    project::{LOCK, Write, base, disk, headless, lock::hash, plan::unified},
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
    let (directory, _) = workspace::target(&options.directory, None)?;
    let session = open::session(&directory, console)?;
    let homes = Homes::find(&options.directory)?;
    let mut restored = Vec::new();
    for (mut home, paths) in homes.into_those_of(&options.files) {
        let files = wanted(&mut home, &paths)?;
        restored.push((home, files));
    }
    if !options.discard && differ(&restored, console)? {
        return Ok(Outcome::Drift);
    }
    let (mut all, mut given_back) = (Vec::new(), Vec::new());
    for (home, files) in &mut restored {
        let writes = writes(home, files)?.into_iter();
        all.extend(writes.map(|write| write.below(&home.folder)));
        let ejected = files.iter().filter(|file| file.was_ejected);
        given_back.extend(ejected.map(|Restored { file, .. }| home.told(&file.path)));
    }
    all.extend(attributes::change(session.root(), &given_back, false)?);
    homes::apply(&session, &all)?;
    for (home, files) in &restored {
        for Restored { file, was_ejected } in files {
            let what = match was_ejected {
                true => "apigen's again",
                false => "there again, and yours",
            };
            console.note(&format!("`{}` is {what}", home.told(&file.path)));
        }
    }
    Ok(Outcome::Done)
}

/// A file that is to be there again.
struct Restored {
    file: File,
    /// It was the user's; else it was deleted.
    was_ejected: bool,
}

/// What the files of one project should be.
fn wanted(home: &mut Home, paths: &[String]) -> anyhow::Result<Vec<Restored>> {
    let mut ejected = Vec::new();
    for path in paths {
        ejected.push(home.project.lock.ejected.remove(path).is_some());
        if !exists(&home.project, path) {
            home.project.lock.scaffolded.remove(path);
        }
    }
    let desired = home.desired()?;
    let found = paths.iter().zip(ejected).map(|(path, was_ejected)| {
        let file = find(home, &desired, path, was_ejected)?.clone();
        Ok(Restored { file, was_ejected })
    });
    found.collect()
}

/// The file, or its module in its other place.
fn exists(project: &Project, path: &str) -> bool {
    project.root.join(path).exists() || project.disk.holds(path)
}

/// What a file should be, if there is something to restore.
fn find<'a>(
    home: &Home,
    desired: &'a [File],
    path: &str,
    was_ejected: bool,
) -> anyhow::Result<&'a File> {
    let Some(file) = desired.iter().find(|file| file.path == path) else {
        return Err(unknown_file(home, path, desired).into());
    };
    if was_ejected || (!exists(&home.project, path) && file.ownership == Ownership::Scaffolded) {
        return Ok(file);
    }
    let message = format!("there is nothing to restore in `{}`", home.told(path));
    let hint = match file.ownership {
        Ownership::Generated => {
            "it is apigen's: `apigen sync` writes it, and `--discard` gives up edits"
        }
        _ => "it is yours, and there: `restore` is for files that were deleted or ejected",
    };
    Err(Failure::hinted(message, hint).into())
}

/// Shows what a person would lose, and says how to agree to that.
fn differ(restored: &[(Home, Vec<Restored>)], console: Console) -> anyhow::Result<bool> {
    let (mut all, mut paths) = (Vec::new(), Vec::new());
    for (home, Restored { file, .. }) in restored.iter().flat_map(pairs) {
        let ours = disk::read_text(&home.project.root.join(&file.path))?;
        let (pristine, path) = (headless(&file.contents), home.told(&file.path));
        if let Some(ours) = ours.filter(|ours| headless(ours) != pristine) {
            console.data(&console.diff(&unified(&path, Some(pristine), Some(&ours))));
            paths.push(path.clone());
        }
        all.push(path);
    }
    if paths.is_empty() {
        return Ok(false);
    }
    let are = if paths.len() == 1 { "is" } else { "are" };
    let quoted = quoted(&paths);
    let message = format!("nothing was written: {quoted} {are} not what apigen generates");
    let all = all.join(" ");
    let hint = format!("`apigen restore {all} --discard` gives up what is different");
    console.error(&message, Some(&hint));
    Ok(true)
}

fn pairs((home, files): &(Home, Vec<Restored>)) -> impl Iterator<Item = (&Home, &Restored)> {
    files.iter().map(move |file| (home, file))
}

fn writes(home: &mut Home, files: &[Restored]) -> anyhow::Result<Vec<Write>> {
    let desired = home.desired()?;
    let project = &mut home.project;
    let (mut writes, mut services) = (Vec::new(), false);
    for Restored { file, was_ejected } in files {
        let path = &file.path;
        writes.push(Write::text(path, file.contents.clone()));
        if *was_ejected {
            project.lock.wrote(path, &file.contents);
            if project.root.join(base(path)).exists() {
                writes.push(Write::remove(base(path)));
            }
        } else {
            let fact = Some(hash(file.contents.as_bytes()));
            project.lock.scaffolded.insert(path.clone(), fact);
            writes.push(Write::text(base(path), file.contents.clone()));
            services |= path.starts_with("src/services/");
        }
    }
    if services {
        writes.extend(index(project, &desired)?);
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
