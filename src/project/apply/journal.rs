//! What a run is about to change, so that the next one can finish or undo it.

use std::{fmt, path::Path};

use sha2::{Digest as _, Sha256};

use crate::project::{disk, lock};

const HEADER: &str =
    "# A run of apigen that is not done: the next `apigen sync` finishes or undoes it.\n";

/// How far the run is; the name of the journal tells it, because a rename happens or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// New texts are put beside their targets: nothing is changed yet.
    Staging,
    /// All is there: targets are replaced, and that is to be finished.
    Forward,
    /// Something went wrong: what was replaced is to be put back.
    Back,
}

impl Phase {
    pub(super) const ALL: [Self; 3] = [Self::Back, Self::Forward, Self::Staging];

    /// The journal's path.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Staging => ".apigen/journal-staging",
            Self::Forward => ".apigen/journal",
            Self::Back => ".apigen/journal-undo",
        }
    }
}

/// A file, with the digests of its bytes before and after; `None` where it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Below the project's folder, every link followed.
    pub(super) path: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

impl Change {
    /// Where the new bytes wait.
    pub(super) fn staged(&self) -> String {
        self.beside("tmp")
    }

    /// Where the old bytes stay until all is done.
    pub(super) fn backup(&self) -> String {
        self.beside("old")
    }

    fn beside(&self, suffix: &str) -> String {
        let (folder, _) = self.path.rsplit_once('/').unwrap_or_default();
        let gap = if folder.is_empty() { "" } else { "/" };
        let name = &digest(self.path.as_bytes())[..16];
        format!("{folder}{gap}.apigen-{name}.{suffix}")
    }
}

/// What a run changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Journal {
    /// The folders that it makes, the outer ones first.
    pub(super) folders: Vec<String>,
    /// In the order in which they are done.
    pub(super) changes: Vec<Change>,
}

impl Journal {
    /// Reads a journal; a line that was not written to its end says nothing, and no path leaves
    /// the project.
    pub(super) fn parse(text: &str) -> Self {
        let mut journal = Self::default();
        let lines = text.split_inclusive('\n');
        for line in lines.filter_map(|line| line.strip_suffix('\n')) {
            let words: Vec<_> = line.splitn(4, ' ').collect();
            match words.as_slice() {
                ["file", old, new, path] if lock::is_inside(path) => {
                    let digest = |word: &str| (word != "-").then(|| word.to_owned());
                    journal.changes.push(Change {
                        path: (*path).to_owned(),
                        old: digest(old),
                        new: digest(new),
                    });
                }
                _ => {
                    let folder = line.strip_prefix("folder ");
                    let folder = folder.filter(|path| lock::is_inside(path));
                    journal.folders.extend(folder.map(str::to_owned));
                }
            }
        }
        journal
    }
}

impl fmt::Display for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for folder in &self.folders {
            writeln!(f, "folder {folder}")?;
        }
        for Change { path, old, new } in &self.changes {
            let word = |digest: &Option<String>| digest.clone().unwrap_or_else(|| "-".to_owned());
            writeln!(f, "file {} {} {path}", word(old), word(new))?;
        }
        Ok(())
    }
}

/// A digest of bytes as they are, line ends included.
pub(super) fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a file, or `None` where there is none.
pub(super) fn digest_of(path: &Path) -> anyhow::Result<Option<String>> {
    Ok(disk::read(path)?.as_deref().map(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_read_as_far_as_it_was_written() {
        let change = |path: &str, old: Option<&str>, new: Option<&str>| Change {
            path: path.to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        };
        let journal = Journal {
            folders: vec!["a folder".to_owned(), "a folder/b".to_owned()],
            changes: vec![
                change("a folder/b/c d", None, Some("01")),
                change("e", Some("02"), Some("03")),
                change(".apigen/lock", Some("04"), None),
            ],
        };
        let text = journal.to_string();
        assert_eq!(Journal::parse(&text), journal);
        for end in 0..text.len() {
            let torn = Journal::parse(&text[..end]);
            let lines = text[..end].matches('\n').count().saturating_sub(1);
            assert_eq!(torn.folders.len() + torn.changes.len(), lines);
            assert!(journal.folders.starts_with(&torn.folders));
            assert!(journal.changes.starts_with(&torn.changes));
        }
    }

    #[test]
    fn no_path_leaves_the_project() {
        let text = "file - 00 ../a\nfile - 00 /etc/passwd\nfile - 00 .git/config\nfolder ..\n";
        assert_eq!(Journal::parse(text), Journal::default());
    }

    #[test]
    fn staged_files_are_beside_their_targets() {
        let beside = |path: &str| {
            let change = Change {
                path: path.to_owned(),
                old: None,
                new: None,
            };
            change.staged()
        };
        assert!(beside("a/b/c.rs").starts_with("a/b/.apigen-"));
        assert!(beside("c.rs").starts_with(".apigen-"));
        assert_ne!(beside("a/c.rs"), beside("a/d.rs"));
    }
}
