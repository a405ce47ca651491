//! Reading the project's folder.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Component, Path, PathBuf},
};

use anyhow::Context as _;

use super::{
    pretend,
    trace::{self, Look},
};

/// The files of a project that a plan looks at, as they are on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    files: BTreeMap<String, Vec<u8>>,
    versions: BTreeMap<String, Vec<String>>,
}

impl Snapshot {
    /// Reads those of the paths that exist, unless they were read before.
    ///
    /// # Errors
    /// A file is there and cannot be read.
    pub fn read<'a>(
        &mut self,
        root: &Path,
        paths: impl IntoIterator<Item = &'a String>,
    ) -> anyhow::Result<()> {
        for path in paths {
            if !self.files.contains_key(path)
                && let Some(bytes) = read(&root.join(path))?
            {
                self.files.insert(path.clone(), bytes);
            }
        }
        Ok(())
    }

    /// Takes the files of a project in a folder, which has its slash.
    pub fn extend(&mut self, folder: &str, other: &Self) {
        let below = other.files.iter();
        self.files
            .extend(below.map(|(path, bytes)| (format!("{folder}{path}"), bytes.clone())));
    }

    /// Takes other bytes for those of a file.
    pub(super) fn set(&mut self, path: &str, bytes: Option<Vec<u8>>) {
        match bytes {
            Some(bytes) => drop(self.files.insert(path.to_owned(), bytes)),
            None => drop(self.files.remove(path)),
        }
    }

    /// Takes a file for one at another place.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        if let Some(bytes) = self.files.remove(from) {
            self.files.insert(to.to_owned(), bytes);
        }
    }

    /// Adds other texts that files had at some time.
    pub fn add_versions(&mut self, versions: BTreeMap<String, Vec<String>>) {
        self.versions = versions;
    }

    /// Other texts that a file had at some time, as far as they were asked for.
    pub fn versions(&self, path: &str) -> &[String] {
        self.versions.get(path).map_or(&[], Vec::as_slice)
    }

    /// The bytes of a file, where there is one.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// Whether a file is there, or a module in its other place.
    pub fn holds(&self, path: &str) -> bool {
        let has = |path: &str| self.files.contains_key(path);
        has(path) || other_place(path).is_some_and(|other| has(&other))
    }

    /// The text of a file, where there is one in UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        str::from_utf8(self.get(path)?).ok()
    }
}

impl<P: Into<String>, B: Into<Vec<u8>>> FromIterator<(P, B)> for Snapshot {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        let owned = files
            .into_iter()
            .map(|(path, bytes)| (path.into(), bytes.into()));
        Self {
            files: owned.collect(),
            versions: BTreeMap::new(),
        }
    }
}

/// Where a module may be instead: `a/b.rs` or `a/b/mod.rs`.
pub fn other_place(path: &str) -> Option<String> {
    match path.strip_suffix("/mod.rs") {
        Some(stem) => Some(format!("{stem}.rs")),
        None => Some(format!("{}/mod.rs", path.strip_suffix(".rs")?)),
    }
}

/// The bytes of a file, or `None` where there is none: nothing, or a folder.
///
/// # Errors
/// It is there and cannot be read.
pub fn read(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    if let Some(pretended) = pretend::file(path) {
        return Ok(pretended);
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) if is_absent(&error) || error.kind() == io::ErrorKind::IsADirectory => None,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read `{}`", path.display()));
        }
    };
    trace::note(Look::File, path, bytes.as_deref());
    Ok(bytes)
}

/// The text of a file, or `None` where there is none.
///
/// # Errors
/// It is there and cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> anyhow::Result<Option<String>> {
    let Some(bytes) = read(path)? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes);
    let text = text.with_context(|| format!("`{}` is not UTF-8", path.display()))?;
    Ok(Some(text))
}

/// The names in a folder, sorted; none where there is no such folder.
///
/// # Errors
/// It is there and cannot be read.
pub fn list(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => {
            trace::note(Look::Folder, folder, Some(&[]));
            return Ok(pretend::names(folder, Vec::new()));
        }
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read `{}`", folder.display()));
        }
    };
    let name = |entry: io::Result<fs::DirEntry>| entry.map(|e| e.file_name().into_string().ok());
    let names: Vec<_> = entries.map(name).collect::<io::Result<_>>()?;
    let mut names: Vec<_> = names.into_iter().flatten().collect();
    names.sort();
    trace::note(Look::Folder, folder, Some(&trace::joined(&names)));
    Ok(pretend::names(folder, names))
}

/// The files below a folder, sorted, relative to `root` and with `/`; none where there is no such
/// folder. A folder or file that `skips` names is passed over.
///
/// # Errors
/// A folder is there and cannot be read.
pub fn walk(
    root: &Path,
    folder: &str,
    skips: &dyn Fn(&str) -> bool,
) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for name in list(&root.join(&folder))? {
            let path = format!("{folder}/{name}");
            match skips(&path) {
                true => {}
                // A link may lead back to where it is.
                false if root.join(&path).is_symlink() => {}
                false if is_folder(&root.join(&path)) => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a path is a folder, or is to be one.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir() || pretend::is_folder(path)
}

/// The nearest folder, from `start` upward, that holds something of this name.
pub fn find_upward(start: &Path, name: &str) -> Option<PathBuf> {
    let start = fs::canonicalize(start).ok()?;
    let holds = |folder: &&Path| folder.join(name).exists();
    start.ancestors().find(holds).map(Path::to_owned)
}

/// A path without its `.` and `..`, whatever is there.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    normal
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
