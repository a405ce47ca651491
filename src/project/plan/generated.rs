//! G: what apigen wants is what is there, unless the user edited it.

use std::collections::BTreeSet;

use super::{Action, Planner};
use crate::{
    project::{has_conflict, lock::hash, same::same_code, text::sides},
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
            Some(_) if self.is_ours(&file.path, bytes, &file.contents) => Action::Update,
            Some(_) => Action::Edited,
            None => Action::InTheWay,
        }
    }

    /// Nobody but apigen wrote these bytes, or a merge made them of its texts.
    pub(super) fn is_ours(&self, path: &str, bytes: &[u8], wanted: &str) -> bool {
        let is_known = |text: &str| self.old.is_known(path, text.as_bytes());
        let facts = self.old.generated.get(path).map_or(0, BTreeSet::len);
        match str::from_utf8(bytes) {
            Ok(text) if is_known(text) => true,
            Ok(text) if facts > 1 || has_conflict(bytes) => {
                let whole = || [text.to_owned(), String::new()];
                let sides = sides(text).unwrap_or_else(whole);
                self.is_merge(path, &sides, wanted)
            }
            _ => false,
        }
    }

    /// No line of a merge is a person's: each is in a text that apigen wrote. Hashes alone could
    /// not tell, since git mixes the texts of two branches line by line; so the texts are looked
    /// for among those that git has of the file, and the hashes tell which of these are apigen's.
    fn is_merge(&self, path: &str, sides: &[String; 2], wanted: &str) -> bool {
        let is_known = |text: &str| self.old.is_known(path, text.as_bytes());
        let (ours, others): (Vec<&str>, Vec<&str>) = sides
            .iter()
            .map(String::as_str)
            .partition(|side| is_known(side));
        let versions = self.disk.versions(path).iter().map(String::as_str);
        let texts = versions.filter(|text| is_known(text)).chain(ours);
        let lines: BTreeSet<&str> = texts.chain([wanted]).flat_map(str::lines).collect();
        let is_empty = sides.iter().all(String::is_empty);
        let mut rest = others.iter().flat_map(|side| side.lines());
        !is_empty && rest.all(|line| lines.contains(line))
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
