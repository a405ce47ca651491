//! Changes of the user's own files that the user asked for.

use super::{Action, Plan, base, lock::hash, plan::Entry};
use crate::render::Ownership;

impl Plan {
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
            ownership: Ownership::Scaffolded,
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
