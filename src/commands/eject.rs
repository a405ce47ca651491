//! `apigen eject`: makes generated files the user's.

use std::path::PathBuf;

use super::{
    Console, Failure, Outcome, attributes,
    homes::{self, Home, Homes},
    nearest_path, open, quoted, workspace,
};
use crate::{
    project::{FOLDER, LOCK, Lock, Write, base, disk, headless, lock::hash},
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
    let (directory, _) = workspace::target(&options.directory, None)?;
    let session = open::session(&directory, console)?;
    let homes = Homes::find(&options.directory)?;
    let (mut writes, mut ejected) = (Vec::new(), Vec::new());
    for (home, paths) in &homes.into_those_of(&options.files) {
        let is_mine = |path: &String| home.project.lock.ejected.contains_key(path);
        let (known, paths): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(is_mine);
        for path in &known {
            let path = home.told(path);
            console.note(&format!("`{path}` is ejected already: it is yours"));
        }
        if !paths.is_empty() {
            let own = all(home, &paths)?.into_iter();
            writes.extend(own.map(|write| write.below(&home.folder)));
            ejected.extend(paths.iter().map(|path| home.told(path)));
        }
    }
    writes.extend(attributes::change(session.root(), &ejected, true)?);
    homes::apply(&session, &writes)?;
    if ejected.is_empty() {
        return Ok(Outcome::Done);
    }
    let (are, them) = match ejected.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    let (quoted, plain) = (quoted(&ejected), ejected.join(" "));
    console.note(&format!(
        "{quoted} {are} yours now; `apigen sync` merges what apigen changes into {them}, and `apigen \
         restore {plain}` gives {them} back"
    ));
    Ok(Outcome::Done)
}

/// What makes files of one project the user's.
fn all(home: &Home, paths: &[String]) -> anyhow::Result<Vec<Write>> {
    let desired = home.desired()?;
    let mut lock = home.project.lock.clone();
    let mut writes = Vec::new();
    for path in paths {
        writes.extend(eject(home, &desired, path, &mut lock)?);
    }
    writes.push(Write::text(LOCK, lock.to_string()));
    Ok(writes)
}

/// What makes one file the user's.
fn eject(home: &Home, desired: &[File], path: &str, lock: &mut Lock) -> anyhow::Result<Vec<Write>> {
    let Some(file) = desired.iter().find(|file| file.path == path) else {
        return Err(unknown_file(home, path, desired).into());
    };
    let project = &home.project;
    if file.ownership != Ownership::Generated || path.starts_with(FOLDER) {
        let path = home.told(path);
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

/// There is no such file: the nearest one is named.
pub(super) fn unknown_file(home: &Home, path: &str, desired: &[File]) -> Failure {
    let known: Vec<_> = desired.iter().map(|file| home.told(&file.path)).collect();
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let path = home.told(path);
    let hint = nearest_path(&path, &known);
    let hint =
        hint.unwrap_or_else(|| "`apigen explain file FILE` tells whose a file is".to_owned());
    Failure::hinted(format!("apigen makes no file `{path}`"), hint)
}
