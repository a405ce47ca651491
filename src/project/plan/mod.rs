//! The plan: what would happen to each file.

mod entry;
mod generated;
mod kept;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;

pub use self::entry::{Action, Entry, unified};

use super::{
    Lock, Snapshot, Write,
    lock::hash,
    merge::{Merged, is_untouched, merge},
};
use crate::render::{File, Ownership};

/// What happens to each file of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Sorted by path.
    pub entries: Vec<Entry>,
    /// The lock after it.
    pub lock: Lock,
    /// What apigen remembers beside the lock: texts below `.apigen`, by path.
    pub state: BTreeMap<String, String>,
}

/// Plans the way from what is on disk to what should be there.
///
/// # Errors
/// A file that both write cannot be read.
pub fn plan(desired: &[File], disk: &Snapshot, lock: &Lock) -> anyhow::Result<Plan> {
    run(desired, disk, lock, false)
}

/// The same, with newer scaffolds merged into the user's files.
///
/// # Errors
/// A file that both write cannot be read.
pub fn upgrade(desired: &[File], disk: &Snapshot, lock: &Lock) -> anyhow::Result<Plan> {
    run(desired, disk, lock, true)
}

fn run(
    desired: &[File],
    disk: &Snapshot,
    lock: &Lock,
    merges_scaffolds: bool,
) -> anyhow::Result<Plan> {
    let mut planner = Planner {
        desired,
        disk,
        merges_scaffolds,
        old: lock,
        lock: Lock::default(),
        entries: Vec::new(),
        state: BTreeMap::new(),
    };
    for file in desired {
        match file.ownership {
            Ownership::Generated if lock.ejected.contains_key(&file.path) => planner.ejected(file),
            Ownership::Generated => planner.generated(file),
            Ownership::Scaffolded => planner.scaffolded(file),
            Ownership::Appended => planner.appended(file),
            Ownership::Merged => planner.merged(file)?,
            Ownership::Contract | Ownership::Ejected => planner.contract(file),
        }
    }
    let wanted = desired.iter().map(|file| &file.path).collect();
    planner.rest(&wanted);
    planner.entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Plan {
        entries: planner.entries,
        lock: planner.lock,
        state: planner.state,
    })
}

struct Planner<'a> {
    desired: &'a [File],
    merges_scaffolds: bool,
    disk: &'a Snapshot,
    old: &'a Lock,
    lock: Lock,
    entries: Vec<Entry>,
    state: BTreeMap<String, String>,
}

impl Planner<'_> {
    fn push(&mut self, path: &str, ownership: Ownership, action: Action, after: Option<&str>) {
        let changes = action.writes() || action == Action::Remove || action.is_blocked();
        let before = self.disk.get(path).filter(|_| changes);
        self.entries.push(Entry {
            path: path.to_owned(),
            ownership,
            action,
            before: before.map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
            after: after.filter(|_| changes).map(str::to_owned),
        });
    }

    fn appended(&mut self, file: &File) {
        let known = self.old.appended.get(&file.path);
        let action = match self.disk.get(&file.path) {
            None if known.is_none() => Action::Create,
            _ => Action::Keep,
        };
        let new = || BTreeSet::from([hash(file.contents.as_bytes())]);
        let facts = known.cloned().unwrap_or_else(new);
        self.lock.appended.insert(file.path.clone(), facts);
        self.push(&file.path, file.ownership, action, Some(&file.contents));
    }

    fn merged(&mut self, file: &File) -> anyhow::Result<()> {
        let nothing = BTreeSet::new();
        let known = self.old.merged.get(&file.path).unwrap_or(&nothing);
        let existing = match self.disk.get(&file.path) {
            Some(bytes) => {
                let text = str::from_utf8(bytes);
                Some(text.with_context(|| format!("`{}` is not UTF-8", file.path))?)
            }
            None => None,
        };
        let Merged { text, keys, gone } = match existing {
            Some(text) => merge(&file.path, text, &file.contents, known)?,
            None => merge(&file.path, &file.contents, &file.contents, &nothing)?,
        };
        let keys = keys.union(known).filter(|key| !gone.contains(*key));
        let keys = keys.cloned().collect();
        self.lock.merged.insert(file.path.clone(), keys);
        let action = match existing {
            None => Action::Create,
            Some(existing) if existing == text => Action::Keep,
            Some(_) => Action::Merge,
        };
        self.push(&file.path, file.ownership, action, Some(&text));
        Ok(())
    }

    fn contract(&mut self, file: &File) {
        let action = match self.disk.get(&file.path) {
            None => Action::Create,
            Some(_) => Action::Keep,
        };
        self.push(&file.path, file.ownership, action, Some(&file.contents));
    }

    /// What the lock knows and nobody wants any more.
    fn rest(&mut self, wanted: &BTreeSet<&String>) {
        let old = self.old;
        for path in old.generated.keys() {
            let gone = !wanted.contains(path);
            let gone = gone && !old.ejected.contains_key(path);
            if let (true, Some(bytes)) = (gone, self.disk.get(path)) {
                let action = match self.is_ours(path, bytes, "") {
                    true => Action::Remove,
                    false => Action::Edited,
                };
                if action == Action::Edited {
                    self.recall(path);
                }
                self.push(path, Ownership::Generated, action, None);
            }
        }
        self.orphans(wanted);
        let appended = old
            .appended
            .iter()
            .map(|(path, facts)| (path.clone(), facts.clone()));
        let missing = |(path, _): &(String, _)| !wanted.contains(path);
        self.lock.appended.extend(appended.filter(missing));
        for (path, keys) in old.merged.iter().filter(|(path, _)| !wanted.contains(path)) {
            match self.disk.text(path) {
                // It is of a crate that is gone.
                Some(text) if is_untouched(path, text, keys) => {
                    self.push(path, Ownership::Merged, Action::Remove, None);
                }
                _ => drop(self.lock.merged.insert(path.clone(), keys.clone())),
            }
        }
    }
}

impl Plan {
    /// The entries that a person must decide on first.
    pub fn blocked(&self) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(|entry| entry.action.is_blocked())
    }

    /// The entries that are not what the spec says.
    pub fn drift(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.action.is_drift())
    }

    /// The generated files that may be of two branches, and of which no more is known than hashes.
    pub fn mixed(&self, disk: &Snapshot, lock: &Lock) -> Vec<String> {
        let is_mixed = |path: &&String| {
            let facts = lock.generated.get(*path).map_or(0, BTreeSet::len);
            facts > 1 || disk.get(path).is_some_and(super::has_conflict)
        };
        let edited = self.blocked().map(|entry| &entry.path);
        edited.filter(is_mixed).cloned().collect()
    }

    /// Leaves out what is not in the scope: what is there, and what is known of it, stay.
    pub fn within(&mut self, old: &Lock, is_inside: impl Fn(&str) -> bool) {
        self.entries.retain(|entry| is_inside(&entry.path));
        self.state.clear();
        self.lock = self.lock.within(old, is_inside);
    }

    /// The same, where that was taken before.
    pub fn retake(&mut self, folder: &str, entries: &[Entry]) {
        let own: BTreeSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        let is_other = |entry: &Entry| {
            let inside = entry.path.strip_prefix(folder);
            inside.is_none_or(|path| !own.contains(path))
        };
        self.entries.retain(is_other);
        self.extend(folder, entries);
    }

    /// Takes what happens to the files of a project in a folder, which has its slash.
    pub fn extend(&mut self, folder: &str, entries: &[Entry]) {
        let below = entries.iter().map(|entry| Entry {
            path: format!("{folder}{}", entry.path),
            ..entry.clone()
        });
        self.entries.extend(below);
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// Gives up the user's edits of a generated file; tells whether there were any.
    pub fn discard(&mut self, path: &str) -> bool {
        let blocked = |entry: &&mut Entry| entry.path == path && entry.action.is_blocked();
        let Some(entry) = self.entries.iter_mut().find(blocked) else {
            return false;
        };
        match &entry.after {
            Some(after) => {
                entry.action = Action::Update;
                self.lock.wrote(path, after);
            }
            None => {
                entry.action = Action::Remove;
                self.lock.generated.remove(path);
            }
        }
        true
    }

    /// What to write, in order: files, then what apigen remembers, the lock last. Nothing that
    /// is on disk as it should be.
    pub fn writes(&self, disk: &Snapshot) -> Vec<Write> {
        let mut writes: Vec<_> = self.files().collect();
        let memory = self.memory(disk, !writes.is_empty());
        writes.extend(memory);
        writes
    }

    /// Of that, the files.
    pub fn files(&self) -> impl Iterator<Item = Write> {
        self.entries.iter().filter_map(Entry::write)
    }

    /// Of that, what apigen remembers; `changes` tells that files are written before it.
    pub fn memory(&self, disk: &Snapshot, changes: bool) -> Vec<Write> {
        let mut writes = Vec::new();
        let differs = |path: &str, text: &str| disk.text(path) != Some(text);
        let changed = self.state.iter().filter(|(path, text)| differs(path, text));
        writes.extend(changed.map(|(path, text)| Write::text(path, text.as_str())));
        let mut lock = self.lock.clone();
        let known = disk.text(super::LOCK).map(Lock::parse).unwrap_or_default();
        // A comment in the spec is no reason to write.
        if !changes && writes.is_empty() && known.inputs.values().all(|facts| facts.len() == 1) {
            lock.inputs = known.inputs;
        }
        let lock = lock.to_string();
        if differs(super::LOCK, &lock) {
            writes.push(Write::text(super::LOCK, lock));
        }
        writes
    }
}
