//! `apigen eject`: makes a generated file the user's.

use std::path::PathBuf;

use super::{
    Console, Failure, Outcome,
    open::{self, Project},
};
use crate::{
    project::{FOLDER, LOCK, Snapshot, Write, base, disk, headless, lock::hash},
    render::{File, Ownership},
};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// The file.
    pub file: PathBuf,
}

/// Runs it.
///
/// # Errors
/// apigen does not generate the file, or something cannot be read or written; then nothing was
/// changed.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let session = open::session(&options.directory, console)?;
    let project = Project::find(&options.directory)?;
    let spec = project.spec()?;
    let path = project.inside(&options.file);
    if project.lock.ejected.contains_key(&path) {
        console.note(&format!("`{path}` is ejected already: it is yours"));
        return Ok(Outcome::Done);
    }
    let desired = project.desired(&spec)?;
    let Some(file) = desired.iter().find(|file| file.path == path) else {
        return Err(unknown_file(&path, &desired).into());
    };
    if file.ownership != Ownership::Generated || path.starts_with(FOLDER) {
        let message = format!("`{path}` is not generated: there is nothing to eject");
        let hint = format!("`apigen explain file {path}` tells whose it is");
        return Err(Failure::hinted(message, hint).into());
    }
    let bytes = disk::read(&project.root.join(&path))?.unwrap_or_default();
    let is_pristine = bytes.is_empty() || project.lock.is_known(&path, &bytes);
    let pristine = headless(&file.contents);
    let mut writes = vec![Write::text(base(&path), pristine)];
    if is_pristine {
        writes.push(Write::text(&path, pristine));
    } else {
        let text = String::from_utf8(bytes);
        let text = text.map_err(|_| anyhow::anyhow!("`{path}` is not UTF-8"))?;
        writes.push(Write::text(&path, headless(&text)));
    }
    let mut lock = project.lock.clone();
    lock.generated.remove(&path);
    let fact = Some(hash(pristine.as_bytes()));
    lock.ejected.insert(path.clone(), fact);
    writes.extend(attributes(&project, &path, true)?);
    writes.push(Write::text(LOCK, lock.to_string()));
    let mut seen = Snapshot::default();
    seen.read(&project.root, writes.iter().map(|write| &write.path))?;
    session.apply(&writes, &seen)?;
    console.note(&format!(
        "`{path}` is yours now; `apigen sync` merges what apigen changes into it, and `apigen \
         restore {path}` gives it back"
    ));
    Ok(Outcome::Done)
}

/// Marks a file as written by hand in `.gitattributes`, or takes the mark away.
pub(super) fn attributes(
    project: &Project,
    path: &str,
    is_mine: bool,
) -> anyhow::Result<Option<Write>> {
    const FILE: &str = ".gitattributes";
    let Some(text) = disk::read_text(&project.root.join(FILE))? else {
        return Ok(None);
    };
    let line = format!("/{path} -linguist-generated");
    let others = text.split_inclusive('\n').filter(|l| l.trim_end() != line);
    let mut new: String = others.collect();
    if is_mine {
        if !new.is_empty() && !new.ends_with('\n') {
            new.push('\n');
        }
        new.push_str(&line);
        new.push('\n');
    }
    Ok((new != text).then(|| Write::text(FILE, new)))
}

/// There is no such file: the nearest one is named.
pub(super) fn unknown_file(path: &str, desired: &[File]) -> Failure {
    let known: Vec<_> = desired.iter().map(|file| file.path.as_str()).collect();
    let hint = match similar::get_close_matches(path, &known, 1, 0.6).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`apigen explain file FILE` tells whose a file is".to_owned(),
    };
    Failure::hinted(format!("apigen makes no file `{path}`"), hint)
}
