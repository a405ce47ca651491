//! Where writes lead, and whether they may.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};

use super::{
    Write,
    journal::{Change, Journal, digest, digest_of},
};
use crate::project::{Snapshot, lock};

/// What the writes change; those that change nothing are left out.
///
/// # Errors
/// One leads out of the project, or to a file that is read-only or not what `seen` says.
pub(super) fn journal<'a>(
    root: &Path,
    writes: &'a [Write],
    seen: &Snapshot,
) -> anyhow::Result<(Journal, Vec<&'a Write>)> {
    let (mut journal, mut kept) = (Journal::default(), Vec::new());
    let (mut known, mut folders) = (BTreeMap::new(), Folders::default());
    for write in writes {
        let path = folders.resolve(root, &write.path, write.contents.is_none())?;
        if let Some(other) = known.insert(path.clone(), &write.path) {
            anyhow::bail!("`{other}` and `{}` are one file", write.path);
        }
        let change = Change {
            old: seen.get(&write.path).map(digest),
            new: write.contents.as_deref().map(digest),
            path,
        };
        let target = root.join(&change.path);
        anyhow::ensure!(
            !target.is_dir(),
            "`{}` is a folder, and apigen makes a file there: move it away",
            write.path
        );
        if digest_of(&target)? != change.old {
            return Err(changed(&write.path));
        }
        if change.old != change.new {
            refuse_read_only(&target)?;
            missing_folders(root, &change, &mut journal.folders);
            journal.changes.push(change);
            kept.push(write);
        }
    }
    Ok((journal, kept))
}

/// Somebody saved the file after it was read.
pub(super) fn changed(path: &str) -> anyhow::Error {
    anyhow::anyhow!("`{path}` was saved by somebody else while apigen was at work: run it again")
}

/// Where folders are, each looked for once.
#[derive(Debug, Default)]
pub(super) struct Folders(BTreeMap<PathBuf, PathBuf>);

impl Folders {
    /// The path below the project's folder (which has no links itself) that a write leads to.
    /// Links inside are written through; a link that is to be removed is removed itself.
    ///
    /// # Errors
    /// It leads out of the project, or nowhere.
    pub(super) fn resolve(
        &mut self,
        root: &Path,
        path: &str,
        removes: bool,
    ) -> anyhow::Result<String> {
        let full = root.join(path);
        let parent = full.parent().unwrap_or(root);
        let name = full.file_name().unwrap_or_default();
        let real = match removes || !full.is_symlink() {
            true => self.real(parent).map(|parent| parent.join(name)),
            false => real(&full),
        };
        let real = real.map_err(|error| obstacle(root, path, error))?;
        let inside = real.strip_prefix(root).ok().and_then(Path::to_str);
        let inside = inside.filter(|path| lock::is_inside(path) && !path.contains('\n'));
        let inside = inside.with_context(|| {
            let (path, real) = (full.display(), real.display());
            format!("`{path}` leads to `{real}`, and apigen writes only into its project")
        })?;
        Ok(inside.to_owned())
    }

    fn real(&mut self, folder: &Path) -> io::Result<PathBuf> {
        if let Some(known) = self.0.get(folder) {
            return Ok(known.clone());
        }
        let real = real(folder)?;
        if real.is_file() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        self.0.insert(folder.to_owned(), real.clone());
        Ok(real)
    }
}

/// The path with its links followed; what is not there yet has none.
fn real(path: &Path) -> io::Result<PathBuf> {
    match (fs::canonicalize(path), path.parent(), path.file_name()) {
        (Err(error), Some(parent), Some(name))
            if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() =>
        {
            Ok(real(parent)?.join(name))
        }
        (result, ..) => result,
    }
}

/// Why a path cannot be followed.
fn obstacle(root: &Path, path: &str, error: io::Error) -> anyhow::Error {
    let above = path.match_indices('/').map(|(end, _)| &path[..end]);
    let mut all = above.chain([path]);
    let is_file = |path: &&str| root.join(path).is_file();
    let is_dead = |path: &&str| root.join(path).is_symlink() && !root.join(path).exists();
    match all.find(|part| (is_file(part) && *part != path) || is_dead(part)) {
        Some(link) if is_dead(&link) => anyhow!("`{link}` is a link that leads nowhere: remove it"),
        Some(file) => anyhow!("`{file}` is a file, and apigen needs a folder there: move it away"),
        None => anyhow!(error).context(format!("cannot follow `{path}`")),
    }
}

fn refuse_read_only(target: &Path) -> anyhow::Result<()> {
    let is_read_only = fs::metadata(target).is_ok_and(|m| m.permissions().readonly());
    anyhow::ensure!(
        !is_read_only,
        "cannot write `{}`: it is read-only",
        target.display()
    );
    Ok(())
}

fn missing_folders(root: &Path, change: &Change, folders: &mut Vec<String>) {
    let above = change.path.match_indices('/');
    for folder in above.map(|(end, _)| &change.path[..end]) {
        let is_known = || folders.iter().rev().any(|known| known == folder);
        if !is_known() && !root.join(folder).is_dir() {
            folders.push(folder.to_owned());
        }
    }
}
