//! The project as if some of its files were otherwise already: a plan for what moves is made
//! where it moves to, before anything is written.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
};

use super::{Snapshot, disk};

/// By their full paths; `None` for a file that is taken for gone.
type Files = BTreeMap<PathBuf, Option<Vec<u8>>>;

static PRETENDED: RwLock<Files> = RwLock::new(Files::new());

/// Files that are to be otherwise, with the bytes that they had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    was: BTreeMap<String, Option<Vec<u8>>>,
    /// What they are to hold; `None` for those that go.
    pub now: BTreeMap<String, Option<Vec<u8>>>,
}

impl Moved {
    /// The bytes of a file as they are, or are to be.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn read(&mut self, root: &Path, path: &str) -> anyhow::Result<Option<Vec<u8>>> {
        if let Some(now) = self.now.get(path) {
            return Ok(now.clone());
        }
        let was = disk::read(&root.join(path))?;
        Ok(self.was.entry(path.to_owned()).or_insert(was).clone())
    }

    /// What a file is to hold.
    ///
    /// # Errors
    /// What it holds now cannot be read.
    pub fn set(&mut self, root: &Path, path: &str, now: Option<Vec<u8>>) -> anyhow::Result<()> {
        self.read(root, path)?;
        self.now.insert(path.to_owned(), now);
        Ok(())
    }

    /// The bytes that a file had.
    pub fn was(&self, path: &str) -> Option<&[u8]> {
        self.was.get(path)?.as_deref()
    }

    /// The disk as it is, where a snapshot was taken of what it is to be.
    #[must_use]
    pub fn real(&self, mut disk: Snapshot) -> Snapshot {
        for path in self.now.keys() {
            disk.set(path, self.was(path).map(<[u8]>::to_vec));
        }
        disk
    }

    /// Everything that is read is as it is to be, for as long as the answer is kept.
    #[must_use]
    pub fn pretend(&self, root: &Path) -> Pretence {
        let files = self.now.iter();
        let files = files.map(|(path, now)| (root.join(path), now.clone()));
        let mut pretended = PRETENDED.write().unwrap_or_else(PoisonError::into_inner);
        *pretended = files.collect();
        Pretence(())
    }
}

/// While it lives, files are read as they are to be.
#[derive(Debug)]
pub struct Pretence(());

impl Drop for Pretence {
    fn drop(&mut self) {
        let mut pretended = PRETENDED.write().unwrap_or_else(PoisonError::into_inner);
        pretended.clear();
    }
}

/// What a file is taken to hold; nothing where it is as on disk.
pub(super) fn file(path: &Path) -> Option<Option<Vec<u8>>> {
    let files = PRETENDED.read().unwrap_or_else(PoisonError::into_inner);
    files.get(path).cloned()
}

/// The names in a folder, with those that come and without the files that go.
pub(super) fn names(folder: &Path, names: Vec<String>) -> Vec<String> {
    let files = PRETENDED.read().unwrap_or_else(PoisonError::into_inner);
    if files.is_empty() {
        return names;
    }
    let mut names: BTreeSet<String> = names.into_iter().collect();
    for (path, now) in files.range(folder.to_owned()..) {
        let Ok(inside) = path.strip_prefix(folder) else {
            break;
        };
        let mut parts = inside.iter().filter_map(|part| part.to_str());
        match (parts.next(), parts.next(), now) {
            (Some(name), None, None) => drop(names.remove(name)),
            (Some(name), _, Some(_)) => drop(names.insert(name.to_owned())),
            _ => {}
        }
    }
    names.into_iter().collect()
}

/// Whether files come to be in what is a folder then.
pub(super) fn is_folder(path: &Path) -> bool {
    let files = PRETENDED.read().unwrap_or_else(PoisonError::into_inner);
    let inside = |(file, now): (&PathBuf, &Option<Vec<u8>>)| {
        now.is_some() && file != path && file.starts_with(path)
    };
    !files.is_empty() && files.iter().any(inside)
}
