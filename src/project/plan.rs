//! The plan: what would happen to each file.

use std::collections::{BTreeMap, BTreeSet};

use similar::TextDiff;

use super::{
    Lock, Snapshot, Write, base,
    lock::hash,
    merge::{Merged, merge},
    same::same_code,
};
use crate::render::{File, Ownership};

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is what it should be, or it is the user's.
    Keep,
    /// It is new.
    Create,
    /// G: the spec, the choices or apigen changed.
    Update,
    /// G: only its formatting differs.
    Restore,
    /// G: it was there, and is gone.
    Recreate,
    /// G: it is no longer part of the project.
    Remove,
    /// M: something is missing in it.
    Merge,
    /// G: the user edited it: nothing is written until that is settled.
    Edited,
    /// G: a file that apigen never wrote is in the way; nothing is written until that is settled.
    InTheWay,
    /// S: the user deleted it, and it stays so.
    Deleted,
    /// S: nothing in the project belongs to it any more; it stays, because it is the user's.
    Orphaned,
}

impl Action {
    /// Whether the file is not what the spec says.
    pub fn is_drift(self) -> bool {
        self.is_blocked()
            || matches!(
                self,
                Self::Create | Self::Update | Self::Recreate | Self::Remove | Self::Merge
            )
    }

    /// Whether a person must decide first.
    pub fn is_blocked(self) -> bool {
        matches!(self, Self::Edited | Self::InTheWay)
    }

    /// A word for people and for `--format json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Create => "create",
            Self::Update => "update",
            Self::Restore => "restore",
            Self::Recreate => "recreate",
            Self::Remove => "remove",
            Self::Merge => "merge",
            Self::Edited => "edited",
            Self::InTheWay => "in-the-way",
            Self::Deleted => "deleted",
            Self::Orphaned => "orphaned",
        }
    }
}

/// A file, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the project's folder.
    pub path: String,
    /// Whose it is.
    pub ownership: Ownership,
    /// What happens.
    pub action: Action,
    /// The text on disk.
    pub before: Option<String>,
    /// The text that apigen wants.
    pub after: Option<String>,
}

impl Entry {
    /// What the plan does to the file; nothing where it stays.
    pub fn diff(&self) -> String {
        unified(&self.path, self.before.as_deref(), self.after.as_deref())
    }

    /// What the user did to the file: from the text that apigen wants to the one on disk.
    pub fn edit(&self) -> String {
        unified(&self.path, self.after.as_deref(), self.before.as_deref())
    }
}

fn unified(path: &str, before: Option<&str>, after: Option<&str>) -> String {
    let name = |side: &str, text: Option<&str>| match text {
        Some(_) => format!("{side}/{path}"),
        None => "/dev/null".to_owned(),
    };
    let diff = TextDiff::from_lines(before.unwrap_or_default(), after.unwrap_or_default());
    let mut unified = diff.unified_diff();
    unified
        .context_radius(3)
        .header(&name("a", before), &name("b", after))
        .to_string()
}

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
    let mut planner = Planner {
        disk,
        old: lock,
        lock: Lock::default(),
        entries: Vec::new(),
        state: BTreeMap::new(),
    };
    for file in desired {
        let action = match file.ownership {
            Ownership::Generated => planner.generated(file),
            Ownership::Scaffolded => planner.scaffolded(file),
            Ownership::Appended => planner.appended(file),
            Ownership::Merged => planner.merged(file)?,
            Ownership::Contract => planner.contract(file),
        };
        if let Some(action) = action {
            planner.push(&file.path, file.ownership, action, Some(&file.contents));
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
    disk: &'a Snapshot,
    old: &'a Lock,
    lock: Lock,
    entries: Vec<Entry>,
    state: BTreeMap<String, String>,
}

impl Planner<'_> {
    fn push(&mut self, path: &str, ownership: Ownership, action: Action, after: Option<&str>) {
        let changes = action.is_drift() || action == Action::Restore;
        let before = self.disk.get(path).filter(|_| changes);
        self.entries.push(Entry {
            path: path.to_owned(),
            ownership,
            action,
            before: before.map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
            after: after.filter(|_| changes).map(str::to_owned),
        });
    }

    fn generated(&mut self, file: &File) -> Option<Action> {
        let new = hash(file.contents.as_bytes());
        let known = self.old.generated.get(&file.path);
        let action = match self.disk.get(&file.path) {
            None if known.is_some() => Action::Recreate,
            None => Action::Create,
            Some(bytes) => changed(file, bytes, &new, known),
        };
        let facts = match action.is_blocked() {
            true => known.cloned().unwrap_or_default(),
            false => BTreeSet::from([new]),
        };
        self.lock.generated.insert(file.path.clone(), facts);
        Some(action)
    }

    fn scaffolded(&mut self, file: &File) -> Option<Action> {
        let known = self.old.scaffolded.get(&file.path);
        let exists = self.disk.get(&file.path).is_some();
        let fact = match (exists, known) {
            (false, Some(_)) => None,
            (true, Some(Some(base))) => Some(base.clone()),
            _ => {
                let path = base(&file.path);
                self.state.insert(path, file.contents.clone());
                Some(hash(file.contents.as_bytes()))
            }
        };
        self.lock.scaffolded.insert(file.path.clone(), fact);
        Some(match (exists, known) {
            (true, _) => Action::Keep,
            (false, Some(_)) => Action::Deleted,
            (false, None) => Action::Create,
        })
    }

    fn appended(&mut self, file: &File) -> Option<Action> {
        let known = self.old.appended.get(&file.path);
        let action = match self.disk.get(&file.path) {
            None if known.is_none() => Action::Create,
            _ => Action::Keep,
        };
        let new = || BTreeSet::from([hash(file.contents.as_bytes())]);
        let facts = known.cloned().unwrap_or_else(new);
        self.lock.appended.insert(file.path.clone(), facts);
        Some(action)
    }

    fn merged(&mut self, file: &File) -> anyhow::Result<Option<Action>> {
        let nothing = BTreeSet::new();
        let known = self.old.merged.get(&file.path).unwrap_or(&nothing);
        let existing = self.disk.text(&file.path);
        let Merged { text, keys } = match existing {
            Some(text) => merge(&file.path, text, &file.contents, known)?,
            None => merge(&file.path, &file.contents, &file.contents, &nothing)?,
        };
        let keys = keys.union(known).cloned().collect();
        self.lock.merged.insert(file.path.clone(), keys);
        let action = match existing {
            None => Action::Create,
            Some(existing) if existing == text => Action::Keep,
            Some(_) => Action::Merge,
        };
        self.push(&file.path, file.ownership, action, Some(&text));
        Ok(None)
    }

    fn contract(&self, file: &File) -> Option<Action> {
        Some(match self.disk.get(&file.path) {
            None => Action::Create,
            Some(_) => Action::Keep,
        })
    }

    /// What the lock knows and nobody wants any more.
    fn rest(&mut self, wanted: &BTreeSet<&String>) {
        let old = self.old;
        for (path, known) in &old.generated {
            let gone = !wanted.contains(path);
            if let (true, Some(bytes)) = (gone, self.disk.get(path)) {
                let action = match is_ours(bytes, Some(known)) {
                    true => Action::Remove,
                    false => Action::Edited,
                };
                if action == Action::Edited {
                    self.lock.generated.insert(path.clone(), known.clone());
                }
                self.push(path, Ownership::Generated, action, None);
            }
        }
        for (path, fact) in &old.scaffolded {
            if !wanted.contains(path) {
                let exists = self.disk.get(path).is_some();
                let fact = fact.clone().filter(|_| exists);
                self.lock.scaffolded.insert(path.clone(), fact);
                if exists {
                    self.push(path, Ownership::Scaffolded, Action::Orphaned, None);
                }
            }
        }
        let appended = old
            .appended
            .iter()
            .map(|(path, facts)| (path.clone(), facts.clone()));
        let missing = |(path, _): &(String, _)| !wanted.contains(path);
        self.lock.appended.extend(appended.filter(missing));
        let merged = old
            .merged
            .iter()
            .map(|(path, keys)| (path.clone(), keys.clone()));
        self.lock.merged.extend(merged.filter(missing));
    }
}

/// What happens to a generated file that is there.
fn changed(file: &File, bytes: &[u8], new: &str, known: Option<&BTreeSet<String>>) -> Action {
    if bytes == file.contents.as_bytes() || hash(bytes) == new {
        return Action::Keep;
    }
    let text = str::from_utf8(bytes).unwrap_or_default();
    if is_ours(bytes, known) || is_merge(text, &file.contents, known) {
        return Action::Update;
    }
    if known.is_some() && same_code(&file.path, text, &file.contents) {
        return Action::Restore;
    }
    match known {
        Some(_) => Action::Edited,
        None => Action::InTheWay,
    }
}

/// Nobody but apigen (or a merge of its texts, left with markers) wrote these bytes.
fn is_ours(bytes: &[u8], known: Option<&BTreeSet<String>>) -> bool {
    known.is_some_and(|known| known.contains(&hash(bytes)) || has_conflict(bytes))
}

/// Two branches wrote the file, and git made one text of theirs: no line in it is a person's.
fn is_merge(text: &str, wanted: &str, known: Option<&BTreeSet<String>>) -> bool {
    let lines: BTreeSet<&str> = wanted.lines().collect();
    known.is_some_and(|known| known.len() > 1)
        && !text.is_empty()
        && text.lines().all(|line| lines.contains(line))
}

/// Git left the markers of a conflict.
pub fn has_conflict(bytes: &[u8]) -> bool {
    let marker = |line: &[u8], sign: &[u8]| line.starts_with(sign);
    let lines = || bytes.split(|byte| *byte == b'\n');
    [&b"<<<<<<< "[..], b">>>>>>> "]
        .iter()
        .all(|sign| lines().any(|line| marker(line, sign)))
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

    /// Gives up the user's edits of a generated file; tells whether there were any.
    pub fn discard(&mut self, path: &str) -> bool {
        let blocked = |entry: &&mut Entry| entry.path == path && entry.action.is_blocked();
        let Some(entry) = self.entries.iter_mut().find(blocked) else {
            return false;
        };
        let facts = match &entry.after {
            Some(after) => {
                entry.action = Action::Update;
                BTreeSet::from([hash(after.as_bytes())])
            }
            None => {
                entry.action = Action::Remove;
                self.lock.generated.remove(path);
                return true;
            }
        };
        self.lock.generated.insert(path.to_owned(), facts);
        true
    }

    /// What to write, in order: files, then what apigen remembers, the lock last. Nothing that
    /// is on disk as it should be.
    pub fn writes(&self, disk: &Snapshot) -> Vec<Write> {
        let mut writes: Vec<_> = self.entries.iter().filter_map(write).collect();
        let differs = |path: &str, text: &str| disk.text(path) != Some(text);
        let changed = self.state.iter().filter(|(path, text)| differs(path, text));
        writes.extend(changed.map(|(path, text)| Write::text(path, text.as_str())));
        let mut lock = self.lock.clone();
        let known = disk.text(super::LOCK).map(Lock::parse).unwrap_or_default();
        // A comment in the spec is no reason to write.
        if writes.is_empty() && known.inputs.values().all(|facts| facts.len() == 1) {
            lock.inputs = known.inputs;
        }
        let lock = lock.to_string();
        if differs(super::LOCK, &lock) {
            writes.push(Write::text(super::LOCK, lock));
        }
        writes
    }
}

fn write(entry: &Entry) -> Option<Write> {
    match entry.action {
        Action::Remove => Some(Write::remove(&entry.path)),
        Action::Create | Action::Update | Action::Restore | Action::Recreate | Action::Merge => {
            let after = entry.after.clone()?;
            Some(Write::text(&entry.path, after))
        }
        _ => None,
    }
}
