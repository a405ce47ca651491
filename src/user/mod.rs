//! The user's own Rust: what it implements, and what in it does not fit the contract any more.
//!
//! Texts go in, places and changes of bytes come out. *Architecture invariant:* code of the user's
//! is never printed anew; an edit touches the bytes of the names that it changes and no other.

mod compare;
mod contract;
mod history;
pub mod imports;
mod misfit;
mod names;
mod read;
mod types;

use std::collections::BTreeMap;

pub use self::{
    compare::compare,
    contract::{Contract, Members},
    history::{History, join},
    misfit::{Edit, Kind, Misfit},
};
use self::{misfit::Found, read::Reader};
use crate::project::{Stored, stored::Was};

/// A file of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Relative to the project's folder.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// A method that the user wrote for a trait of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The trait's path as it is called now, such as `crud::items::ItemsService`; empty where it
    /// is gone.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// The file.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

/// What the user's files say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// What the user implements.
    pub methods: Vec<Method>,
    /// What does not fit, by file and place.
    pub misfits: Vec<Misfit>,
    /// Changes that put names right, by file.
    pub edits: BTreeMap<String, Vec<Edit>>,
    /// What is to be remembered until the code fits.
    pub was: Vec<Was>,
    /// The hashes of the functions in each file.
    units: BTreeMap<String, Vec<String>>,
}

/// What the files are held against.
#[derive(Debug, Clone, Copy)]
pub struct Measure<'a> {
    /// The contract as it is now.
    pub contract: &'a Stored,
    /// What the code may still take for what it was.
    pub was: &'a [Was],
    /// What the crate is called beside `crate`.
    pub crates: &'a [String],
}

impl Measure<'_> {
    /// Reads the files. One that does not parse, in the middle of an edit, is passed over, and
    /// everything stays remembered: the compiler tells the rest.
    pub fn examine(&self, files: &[Source]) -> Examination {
        let contract = Contract::of(self.contract);
        let history = History::new(self.was);
        let mut all = Examination::default();
        let mut kept: BTreeMap<&str, Was> = BTreeMap::new();
        for source in files {
            let Ok(file) = syn::parse_file(&source.text) else {
                kept.extend(self.was.iter().map(|was| (was.path.as_str(), was.clone())));
                continue;
            };
            let mut reader = Reader::new(&contract, &history, self.crates);
            reader.file(&file, module(&source.path));
            misfit::settle(&mut reader.found, &reader.claims);
            all.add(source, reader, &mut kept);
        }
        all.was = kept.into_values().collect();
        all
    }
}

impl Examination {
    fn add<'a>(&mut self, source: &Source, reader: Reader<'a>, kept: &mut BTreeMap<&'a str, Was>) {
        let path = &source.path;
        // A byte order mark is no part of what is parsed.
        let shift = source.text.len() - source.text.trim_start_matches('\u{feff}').len();
        for Found { was, unit, .. } in &reader.found {
            if let Some(was) = was {
                let known = kept.entry(&was.path).or_insert_with(|| (*was).clone());
                known.code.extend(unit.clone());
            }
        }
        let misfits = misfit::told(path, &reader.found);
        self.misfits.extend(misfits);
        let edits = reader.found.into_iter().flat_map(|found| found.edits);
        let mut edits: Vec<_> = edits
            .map(|edit| Edit {
                range: (edit.range.0 + shift, edit.range.1 + shift),
                ..edit
            })
            .collect();
        edits.sort();
        edits.dedup();
        if !edits.is_empty() {
            self.edits.insert(path.clone(), edits);
        }
        self.units.insert(path.clone(), reader.units);
        let methods = reader.methods.into_iter();
        self.methods
            .extend(methods.map(|(owner, name, span)| Method {
                owner,
                name,
                file: path.clone(),
                line: span.start().line,
                column: span.start().column + 1,
            }));
    }

    /// Remembers these as well.
    pub fn keep<'a>(&mut self, others: impl Iterator<Item = &'a Was>) {
        for was in others {
            if self.was.iter().all(|known| known.path != was.path) {
                self.was.push(was.clone());
            }
        }
        self.was.sort();
    }

    /// What is to be remembered after `earlier` was edited into this: functions that apigen itself
    /// touched are those that were written for the old types.
    pub fn remember(&mut self, earlier: &Self, moved: &BTreeMap<String, String>) {
        let mut same: BTreeMap<&str, &str> = BTreeMap::new();
        for (path, old) in &earlier.units {
            let new = self.units.get(moved.get(path).unwrap_or(path));
            let pairs = old.iter().zip(new.into_iter().flatten());
            same.extend(pairs.map(|(old, new)| (old.as_str(), new.as_str())));
        }
        let mut kept: BTreeMap<String, Was> = self
            .was
            .drain(..)
            .map(|was| (was.path.clone(), was))
            .collect();
        for was in earlier.was.iter().filter(|was| was.ty.is_some()) {
            let code = was.code.iter();
            let code = code.map(|hash| {
                same.get(hash.as_str())
                    .map_or(hash.clone(), |new| (*new).to_owned())
            });
            let known = kept.entry(was.path.clone()).or_insert_with(|| was.clone());
            known.code = code.collect();
        }
        self.was = kept.into_values().collect();
    }
}

/// A text with its edits made; none of them overlap.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for Edit { range, text: new } in edits {
        if let Some(before) = text.get(at..range.0) {
            result.push_str(before);
            result.push_str(new);
            at = range.1;
        }
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

/// The module that a file is: `src/services/items.rs` is `services::items`.
fn module(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut words: Vec<_> = inside.split('/').map(str::to_owned).collect();
    if words.first().is_some_and(|word| word == "bin") {
        words.clear();
    }
    if matches!(
        words.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        words.pop();
    }
    words
}
