//! `apigen eject`: makes generated files the user's.

use std::path::PathBuf;

use super::{
    Console, Failure, Outcome, nearest_path,
    open::{self, Project},
    quoted,
};
use crate::{
    project::{FOLDER, LOCK, Lock, Snapshot, Write, base, disk, headless, lock::hash},
    render::{File, Ownership},
};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the project is looked for, upward.
    pub directory: PathBuf,
    /// The files.
    pub files: Vec<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// apigen does not generate one of the files, or something cannot be read or written; then nothing was
/// changed.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let session = open::session(&options.directory, console)?;
    let project = Project::find(&options.directory)?;
    let spec = project.spec()?;
    let paths = project.all_inside(&options.files);
    let is_mine = |path: &String| project.lock.ejected.contains_key(path);
    let (known, paths): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_mine);
    for path in &known {
        console.note(&format!("`{path}` is ejected already: it is yours"));
    }
    if paths.is_empty() {
        return Ok(Outcome::Done);
    }
    let desired = project.desired(&spec)?;
    let mut lock = project.lock.clone();
    let mut writes = Vec::new();
    for path in &paths {
        writes.extend(eject(&project, &desired, path, &mut lock)?);
    }
    writes.extend(attributes(&project, &paths, true)?);
    writes.push(Write::text(LOCK, lock.to_string()));
    let mut seen = Snapshot::default();
    seen.read(&project.root, writes.iter().map(|write| &write.path))?;
    session.apply(&writes, &seen)?;
    let (are, them) = match paths.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    let (quoted, plain) = (quoted(&paths), paths.join(" "));
    console.note(&format!(
        "{quoted} {are} yours now; `apigen sync` merges what apigen changes into {them}, and `apigen \
         restore {plain}` gives {them} back"
    ));
    Ok(Outcome::Done)
}

/// What makes one file the user's.
fn eject(
    project: &Project,
    desired: &[File],
    path: &str,
    lock: &mut Lock,
) -> anyhow::Result<Vec<Write>> {
    let Some(file) = desired.iter().find(|file| file.path == path) else {
        return Err(unknown_file(path, desired).into());
    };
    if file.ownership != Ownership::Generated || path.starts_with(FOLDER) {
        let message = format!("`{path}` is not generated: there is nothing to eject");
        let hint = format!("`apigen explain file {path}` tells whose it is");
        return Err(Failure::hinted(message, hint).into());
    }
    let bytes = disk::read(&project.root.join(path))?.unwrap_or_default();
    let is_pristine = bytes.is_empty() || project.lock.is_known(path, &bytes);
    let pristine = headless(&file.contents);
    let ours = match is_pristine {
        true => pristine.to_owned(),
        false => {
            let text = String::from_utf8(bytes);
            let text = text.map_err(|_| anyhow::anyhow!("`{path}` is not UTF-8"))?;
            headless(&text).to_owned()
        }
    };
    lock.generated.remove(path);
    let fact = Some(hash(pristine.as_bytes()));
    lock.ejected.insert(path.to_owned(), fact);
    Ok(vec![
        Write::text(base(path), pristine),
        Write::text(path, ours),
    ])
}

/// Marks files as written by hand in `.gitattributes`, or takes the marks away.
pub(super) fn attributes(
    project: &Project,
    paths: &[String],
    is_mine: bool,
) -> anyhow::Result<Option<Write>> {
    const FILE: &str = ".gitattributes";
    let Some(text) = disk::read_text(&project.root.join(FILE))? else {
        return Ok(None);
    };
    let marks = paths.iter();
    let marks: Vec<_> = marks
        .map(|path| format!("/{path} -linguist-generated"))
        .collect();
    let is_other = |line: &&str| !marks.iter().any(|mark| mark == line.trim_end());
    let mut new: String = text.split_inclusive('\n').filter(is_other).collect();
    if is_mine {
        if !new.is_empty() && !new.ends_with('\n') {
            new.push('\n');
        }
        new.extend(marks.iter().flat_map(|mark| [mark, "\n"]));
    }
    Ok((new != text).then(|| Write::text(FILE, new)))
}

/// There is no such file: the nearest one is named.
pub(super) fn unknown_file(path: &str, desired: &[File]) -> Failure {
    let known: Vec<_> = desired.iter().map(|file| file.path.as_str()).collect();
    let hint = nearest_path(path, &known);
    let hint =
        hint.unwrap_or_else(|| "`apigen explain file FILE` tells whose a file is".to_owned());
    Failure::hinted(format!("apigen makes no file `{path}`"), hint)
}
