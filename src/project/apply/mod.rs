//! Writing: everything is staged beside its target first, then renamed.

mod session;

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use tempfile::TempPath;

pub use self::session::Session;

use super::{Snapshot, disk};

/// A change of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Relative to the project's folder.
    pub path: String,
    /// What it shall hold; `None` removes it.
    pub contents: Option<Vec<u8>>,
    /// Only its owner may read it.
    pub private: bool,
}

impl Write {
    /// Writes a text.
    pub fn text(path: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            contents: Some(text.into()),
            private: false,
        }
    }

    /// Writes a text that only its owner may read.
    pub fn secret(path: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self {
            private: true,
            ..Self::text(path, text)
        }
    }

    /// Removes a file.
    pub fn remove(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            contents: None,
            private: false,
        }
    }
}

/// Writes all or nothing, in order, over whatever is there.
///
/// # Errors
/// A file cannot be written; then everything is as it was.
pub fn apply(root: &Path, writes: &[Write]) -> anyhow::Result<()> {
    let session = Session::open(root)?;
    let mut seen = Snapshot::default();
    seen.read(root, writes.iter().map(|write| &write.path))?;
    session.apply(writes, &seen)
}

fn write_all(root: &Path, writes: &[Write]) -> anyhow::Result<()> {
    let mut applied = Applied::default();
    let result = applied.run(root, writes);
    if result.is_err() {
        applied.undo();
    } else {
        let removed = writes.iter().filter(|write| write.contents.is_none());
        removed.for_each(|write| remove_empty_folders(root, &write.path));
    }
    result
}

/// What was done so far, so that it can be undone.
#[derive(Default)]
struct Applied {
    folders: Vec<PathBuf>,
    /// Each file with the bytes that it had.
    files: Vec<(PathBuf, Option<Vec<u8>>)>,
}

impl Applied {
    fn run(&mut self, root: &Path, writes: &[Write]) -> anyhow::Result<()> {
        let mut staged = Vec::with_capacity(writes.len());
        for write in writes {
            let target = root.join(&write.path);
            let file = match &write.contents {
                Some(contents) => Some(self.stage(&target, contents, write.private)?),
                None => None,
            };
            staged.push((target, file));
        }
        for (target, file) in staged {
            let before = disk::read(&target)?;
            let done = match file {
                Some(file) => file.persist(&target).map(drop).map_err(|error| error.error),
                None => fs::remove_file(&target),
            };
            done.with_context(|| format!("cannot write `{}`", target.display()))?;
            self.files.push((target, before));
        }
        Ok(())
    }

    fn stage(&mut self, target: &Path, contents: &[u8], private: bool) -> anyhow::Result<TempPath> {
        let folder = target.parent().unwrap_or(Path::new("."));
        let stage = || -> io::Result<TempPath> {
            let mut builder = tempfile::Builder::new();
            builder.prefix(".apigen-").suffix(".tmp");
            let mut file = match private {
                true => builder.tempfile_in(folder)?,
                false => builder.make_in(folder, |path| fs::File::create_new(path))?,
            };
            file.write_all(contents)?;
            if let Ok(metadata) = fs::metadata(target) {
                let read_only = metadata.permissions().readonly();
                if read_only {
                    return Err(io::ErrorKind::PermissionDenied.into());
                }
                file.as_file().set_permissions(metadata.permissions())?;
            }
            Ok(file.into_temp_path())
        };
        self.create_folder(folder)
            .and_then(|()| stage())
            .with_context(|| format!("cannot write `{}`", target.display()))
    }

    fn create_folder(&mut self, folder: &Path) -> io::Result<()> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.create_folder(parent)?;
        }
        fs::create_dir(folder)?;
        self.folders.push(folder.to_owned());
        Ok(())
    }

    /// Best effort: a disk that fails now may fail again.
    fn undo(self) {
        for (path, before) in self.files.into_iter().rev() {
            let _ = match before {
                Some(bytes) => fs::write(path, bytes),
                None => fs::remove_file(path),
            };
        }
        for folder in self.folders.into_iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn remove_empty_folders(root: &Path, path: &str) {
    let inside = Path::new(path).ancestors().skip(1);
    for folder in inside.filter(|folder| !folder.as_os_str().is_empty()) {
        if fs::remove_dir(root.join(folder)).is_err() {
            return;
        }
    }
}
