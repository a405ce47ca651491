//! Changes of the user's own files that the user asked for, and of what migrations are called.

use super::{
    Action, FOLDER, Lock, Moved, Plan, Snapshot, Write, base, disk::other_place, lock::hash,
    plan::Entry,
};
use crate::render::{File, LAYERS, Ownership};

/// Ejected files whose layer goes to a crate of its own, with their new places.
pub fn carried(desired: &[File], lock: &Lock) -> Vec<(String, String)> {
    let ejected = lock.ejected.iter().filter(|(_, fact)| fact.is_some());
    let moved = ejected.map(|(path, _)| (path.clone(), format!("{LAYERS}{path}")));
    let is_wanted = |path: &str| desired.iter().any(|file| file.path == path);
    let moved = moved.filter(|(from, to)| is_wanted(to) && !is_wanted(from));
    moved.collect()
}

/// The project as if these files had been at their new places already.
pub fn as_if(moved: &[(String, String)], disk: &Snapshot, lock: &Lock) -> (Snapshot, Lock) {
    let (mut disk, mut lock) = (disk.clone(), lock.clone());
    for (from, to) in moved {
        disk.rename(from, to);
        disk.rename(&base(from), &base(to));
        if let Some(fact) = lock.ejected.remove(from) {
            lock.ejected.insert(to.clone(), fact);
        }
    }
    (disk, lock)
}

fn write(path: &str, now: &Option<Vec<u8>>) -> Write {
    match now {
        Some(bytes) => Write::text(path, bytes.clone()),
        None => Write::remove(path),
    }
}

impl Plan {
    /// Plans that an ejected file is written at its new place, as it is or as it was merged there.
    pub fn carry(&mut self, from: &str, to: &str, text: &str) {
        let merged = self.entries.iter_mut().find(|entry| entry.path == to);
        let merged = merged.and_then(|entry| entry.after.take());
        self.set(
            to,
            Action::Create,
            None,
            Some(merged.as_deref().unwrap_or(text)),
        );
        self.set(from, Action::Remove, Some(text), None);
        self.set(&base(from), Action::Remove, None, None);
    }

    /// Plans a new text for a file of the user's.
    pub fn edit(&mut self, path: &str, before: &str, after: &str) {
        self.set(path, Action::Update, Some(before), Some(after));
    }

    /// Plans another place for a scaffolded file, whatever was planned for that; what `upgrade`
    /// merges against goes with it.
    pub fn relocate(&mut self, from: (&str, &str), to: (&str, &str), pristine: Option<&str>) {
        self.forget(from.0, from.1);
        self.set(to.0, Action::Create, None, Some(to.1));
        if let Some(pristine) = pristine {
            self.state.insert(base(to.0), pristine.to_owned());
            let fact = Some(hash(pristine.as_bytes()));
            self.lock.scaffolded.insert(to.0.to_owned(), fact);
        }
    }

    /// A module that moves is not what was planned for its other places: `a.rs` for `a/mod.rs`.
    pub fn drop_other_places(&mut self, from: &str, to: &str) {
        let others = [from, to].map(other_place);
        let is_other = |path: &String| others.iter().flatten().any(|other| other == path);
        self.entries.retain(|entry| !is_other(&entry.path));
        if let [Some(from), _] = &others {
            self.lock.scaffolded.remove(from);
        }
    }

    /// Takes what moves among what the plan does; gives what it cannot show.
    pub fn take(&mut self, moved: &Moved) -> Vec<Write> {
        let mut others = Vec::new();
        for (path, now) in &moved.now {
            let was = moved.was(path);
            let index = self
                .entries
                .binary_search_by(|entry| entry.path.as_str().cmp(path));
            let planned = index.ok().map(|index| &mut self.entries[index]);
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
            let before = was.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            match (planned, now.as_deref().map(text)) {
                (Some(entry), _) if entry.writes() => {
                    entry.action = match (entry.action, &before) {
                        (Action::Update | Action::Merge | Action::Recreate, None) => Action::Create,
                        (action, _) => action,
                    };
                    entry.before = before;
                }
                _ if was == now.as_deref() => {}
                _ if path.split('/').any(|part| part == FOLDER) => others.push(write(path, now)),
                (_, Some(None)) => others.push(write(path, now)),
                (_, Some(Some(after))) => {
                    let action = match was {
                        Some(_) => Action::Update,
                        None => Action::Create,
                    };
                    self.set(path, action, before.as_deref(), Some(&after));
                }
                (_, None) => self.set(path, Action::Remove, before.as_deref(), None),
            }
        }
        others
    }

    /// Plans what a path holds once migrations have other numbers; nothing where it is left.
    pub fn renumber(&mut self, path: &str, before: Option<&str>, after: Option<&str>) {
        self.set(path, Action::Renumber, before, after);
    }

    /// Plans that a file of the user's goes, and what was kept of it.
    pub fn forget(&mut self, path: &str, text: &str) {
        self.set(path, Action::Remove, Some(text), None);
        if self.lock.scaffolded.remove(path).is_some() {
            self.set(&base(path), Action::Remove, None, None);
        }
    }

    fn set(&mut self, path: &str, action: Action, before: Option<&str>, after: Option<&str>) {
        let entry = Entry {
            path: path.to_owned(),
            ownership: match action {
                Action::Renumber => Ownership::Appended,
                _ => Ownership::Scaffolded,
            },
            action,
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        match self
            .entries
            .binary_search_by(|known| known.path.as_str().cmp(path))
        {
            Ok(index) => self.entries[index] = entry,
            Err(index) => self.entries.insert(index, entry),
        }
    }
}
