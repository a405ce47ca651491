//! S and E: the user's files, with a pristine base that tells what apigen changed since.

use std::collections::BTreeSet;

use super::{Action, Planner};
use crate::{
    project::{
        base, has_conflict, headless,
        lock::hash,
        same::same_tokens,
        text::{Merged, merge},
    },
    render::{File, Ownership},
};

/// What becomes of a file of the user's: the action, the fact for the lock, what to write.
type Kept = (Action, Option<String>, Option<String>);

impl Planner<'_> {
    pub(super) fn scaffolded(&mut self, file: &File) {
        let known = self.old.scaffolded.get(&file.path).cloned();
        let exists = self.disk.get(&file.path).is_some();
        let (action, fact, text) = match (exists, known) {
            (false, Some(known)) if self.disk.holds(&file.path) => (Action::Keep, known, None),
            (false, Some(_)) => (self.deleted(&file.path), None, None),
            (false, None) if self.disk.holds(&file.path) => self.based(Action::Keep, file, None),
            (true, Some(Some(known))) => self.follow(file, self.merges_scaffolds, &known),
            (true, _) => self.based(Action::Keep, file, None),
            (false, None) => self.based(Action::Create, file, Some(file.contents.clone())),
        };
        self.lock.scaffolded.insert(file.path.clone(), fact);
        self.push(&file.path, file.ownership, action, text.as_deref());
    }

    pub(super) fn ejected(&mut self, file: &File) {
        let file = File {
            contents: headless(&file.contents).to_owned(),
            ownership: Ownership::Ejected,
            ..file.clone()
        };
        let known = self.old.ejected.get(&file.path).cloned().flatten();
        let (action, fact, text) = match (self.disk.get(&file.path), known) {
            (None, known) if self.disk.holds(&file.path) => (Action::Keep, known, None),
            (None, _) => (self.deleted(&file.path), None, None),
            (Some(_), Some(known)) => self.follow(&file, true, &known),
            (Some(_), None) => self.based(Action::Keep, &file, None),
        };
        self.lock.ejected.insert(file.path.clone(), fact);
        self.push(&file.path, file.ownership, action, text.as_deref());
    }

    /// What nobody wants any more stays, because it is the user's.
    pub(super) fn orphans(&mut self, wanted: &BTreeSet<&String>) {
        let old = self.old;
        let gone = |(path, _): &(&String, _)| !wanted.contains(path);
        for (path, fact) in old.scaffolded.iter().filter(gone) {
            let exists = self.disk.holds(path);
            let fact = fact.clone().filter(|_| exists);
            self.lock.scaffolded.insert(path.clone(), fact);
            if exists {
                self.push(path, Ownership::Scaffolded, Action::Orphaned, None);
            }
        }
        for (path, fact) in old.ejected.iter().filter(gone) {
            if self.disk.holds(path) {
                self.lock.ejected.insert(path.clone(), fact.clone());
                self.push(path, Ownership::Ejected, Action::Orphaned, None);
            }
        }
    }

    /// Brings what apigen changed since the base into the user's file, where it may write it.
    fn follow(&mut self, file: &File, may_write: bool, known: &str) -> Kept {
        let (path, theirs) = (&file.path, &file.contents);
        let as_it_was = |action| (action, Some(known.to_owned()), None);
        let Some(ours) = self.disk.text(path) else {
            return as_it_was(Action::Keep);
        };
        let new = hash(theirs.as_bytes());
        if new == known || new == hash(ours.as_bytes()) {
            return self.based(Action::Keep, file, None);
        }
        if has_conflict(ours.as_bytes()) {
            return as_it_was(Action::Keep);
        }
        let Some(before) = self.pristine(path, ours, known) else {
            return match may_write {
                true => self.based(Action::Unmerged, file, None),
                false => as_it_was(Action::Behind),
            };
        };
        match merge(before, ours, theirs) {
            Merged::Clean(text) if text == ours => self.based(Action::Keep, file, None),
            Merged::Clean(text) if may_write => self.based(Action::Merge, file, Some(text)),
            Merged::Conflict(text) if may_write => self.based(Action::Conflict, file, Some(text)),
            _ if same_tokens(path, before, theirs) => as_it_was(Action::Behind),
            _ => as_it_was(Action::Outgrown),
        }
    }

    /// Remembers the file's text as the base of what the user has then.
    fn based(&mut self, action: Action, file: &File, text: Option<String>) -> Kept {
        let pristine = &file.contents;
        self.state.insert(base(&file.path), pristine.clone());
        (action, Some(hash(pristine.as_bytes())), text)
    }

    /// What the user's file was made from.
    fn pristine<'t>(&self, path: &str, ours: &'t str, known: &str) -> Option<&'t str>
    where
        Self: 't,
    {
        let base = self.disk.text(&base(path));
        let base = base.filter(|base| !has_conflict(base.as_bytes()));
        base.or((hash(ours.as_bytes()) == known).then_some(ours))
    }

    fn deleted(&self, path: &str) -> Action {
        match self.is_needed(path) {
            true => Action::Lost,
            false => Action::Deleted,
        }
    }

    /// A generated file has this one for a module, or includes it.
    fn is_needed(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let (above, folder_name) = folder.rsplit_once('/').unwrap_or(("", folder));
        let (parent, module) = match name.strip_suffix(".rs") {
            Some("mod") => (above, folder_name),
            Some(module) => (folder, module),
            None => (folder, ""),
        };
        let parents = ["mod.rs", "lib.rs", "main.rs"].map(|name| format!("{parent}/{name}"));
        let declared = [format!(" {module};"), format!(" r#{module};")];
        let declares = |line: &str| {
            line.contains("mod ") && declared.iter().any(|end| line.ends_with(end.as_str()))
        };
        let included = [format!("/{folder_name}/{name}\""), format!("\"{name}\"")];
        let generated = self.desired.iter().filter(|file| {
            file.ownership == Ownership::Generated && !self.old.ejected.contains_key(&file.path)
        });
        generated.into_iter().any(|file| {
            let is_parent = parents.contains(&file.path) && !module.is_empty();
            let beside = file.path.rsplit_once('/').map(|(folder, _)| folder) == Some(folder);
            is_parent && file.contents.lines().any(declares)
                || file.contents.contains(&included[0])
                || beside && file.contents.contains(&included[1])
        })
    }
}
