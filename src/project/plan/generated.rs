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
            Some(bytes) => changed(file, bytes, &new, known),
        };
        let facts = match action.is_blocked() {
            true => known.cloned().unwrap_or_default(),
            false => BTreeSet::from([new]),
        };
        self.lock.generated.insert(file.path.clone(), facts);
        self.push(&file.path, file.ownership, action, Some(&file.contents));
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
pub(super) fn is_ours(bytes: &[u8], known: Option<&BTreeSet<String>>) -> bool {
    known.is_some_and(|known| known.contains(&hash(bytes)) || has_conflict(bytes))
}

/// Two branches wrote the file, and git made one text of theirs: no line in it is a person's.
fn is_merge(text: &str, wanted: &str, known: Option<&BTreeSet<String>>) -> bool {
    let lines: BTreeSet<&str> = wanted.lines().collect();
    known.is_some_and(|known| known.len() > 1)
        && !text.is_empty()
        && text.lines().all(|line| lines.contains(line))
}
