//! G: what apigen wants is what is there, unless the user edited it.

use std::collections::BTreeSet;

use super::{Action, Planner};
use crate::{
    project::{has_conflict, lock::hash, same::same_code},
    render::File,
};

impl Planner<'_> {
    pub(super) fn generated(&mut self, file: &File) {
        let new = hash(file.contents.as_bytes());
        let known = self.old.generated.get(&file.path);
        let action = match self.disk.get(&file.path) {
            None if known.is_some() => Action::Recreate,
            None => Action::Create,
            Some(bytes) => self.changed(file, bytes, &new),
        };
        let new = BTreeSet::from([new]);
        match action.is_blocked() || known == Some(&new) {
            true => self.recall(&file.path),
            false => self.lock.wrote(&file.path, &file.contents),
        }
        self.push(&file.path, file.ownership, action, Some(&file.contents));
    }

    /// What happens to a generated file that is there.
    fn changed(&self, file: &File, bytes: &[u8], new: &str) -> Action {
        if bytes == file.contents.as_bytes() || hash(bytes) == new {
            return Action::Keep;
        }
        let text = str::from_utf8(bytes).unwrap_or_default();
        let known = self.old.generated.get(&file.path);
        match known {
            Some(known) if known.contains(&hash(bytes)) => Action::Update,
            Some(_) if same_code(&file.path, text, &file.contents) => Action::Restore,
            Some(_) if self.is_ours(&file.path, bytes) => Action::Update,
            Some(known) if is_merge(text, &file.contents, known) => Action::Update,
            Some(_) => Action::Edited,
            None => Action::InTheWay,
        }
    }

    /// Nobody but apigen (or a merge of its texts, left with markers) wrote these bytes.
    pub(super) fn is_ours(&self, path: &str, bytes: &[u8]) -> bool {
        has_conflict(bytes) || self.old.is_known(path, bytes)
    }

    /// What was known of a file stays so.
    pub(super) fn recall(&mut self, path: &str) {
        let old = self.old;
        for (old, new) in [
            (&old.generated, &mut self.lock.generated),
            (&old.forms, &mut self.lock.forms),
        ] {
            let facts = old.get(path).cloned().unwrap_or_default();
            new.insert(path.to_owned(), facts);
        }
    }
}

/// Two branches wrote the file, and git made one text of theirs: no line in it is a person's.
fn is_merge(text: &str, wanted: &str, known: &BTreeSet<String>) -> bool {
    let lines: BTreeSet<&str> = wanted.lines().collect();
    known.len() > 1 && !text.is_empty() && text.lines().all(|line| lines.contains(line))
}
