//! What a run looked at: where all of that is the same again, so is the outcome.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Write, disk};

/// What is asked about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Look {
    /// The bytes of a file.
    File,
    /// The names in a folder.
    Folder,
    /// Where a path leads to.
    Real,
    /// The git work tree around a folder.
    WorkTree,
}

/// Answers, by what was asked.
type Facts = BTreeMap<(Look, PathBuf), String>;

/// The reads of this process since it was begun; those of other threads too, which may make it
/// know more than it must, never less.
static FACTS: Mutex<Option<Facts>> = Mutex::new(None);

/// Forgets what was looked at, and remembers from now on.
pub fn begin() {
    *FACTS.lock().unwrap_or_else(PoisonError::into_inner) = Some(Facts::new());
}

/// Everything that was looked at since the beginning; `None` without one, or where a path is no
/// text or gave two answers.
pub fn end() -> Option<Vec<Fact>> {
    let facts = FACTS.lock().unwrap_or_else(PoisonError::into_inner).take();
    let fact = |((look, path), answer): ((Look, PathBuf), String)| {
        let path = path.into_os_string().into_string().ok()?;
        (answer != TWO).then_some(Fact(look, path, answer))
    };
    facts?.into_iter().map(fact).collect()
}

/// What stands for nothing there.
const NONE: &str = "none";

/// What stands for two answers to one question: no answer is equal to it.
const TWO: &str = "two";

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact(Look, String, String);

impl Fact {
    /// What a look at a path gave.
    pub fn new(look: Look, path: &str, answer: Option<&[u8]>) -> Self {
        Self(look, path.to_owned(), digest(answer))
    }

    /// Whether it is a look at this path.
    pub fn is_of(&self, look: Look, path: &str) -> bool {
        self.0 == look && self.1 == path
    }

    fn holds(&self) -> bool {
        look(self.0, Path::new(&self.1)).is_some_and(|answer| answer == self.2)
    }
}

/// Whether a look at each of them gives the same today. Every byte is read: times prove nothing.
pub fn all_hold(facts: &[Fact]) -> bool {
    facts.par_iter().all(Fact::holds)
}

/// What the same looks give now that these writes are done; `None` where somebody else wrote, too.
pub fn after(facts: Vec<Fact>, root: &Path, writes: &[Write]) -> Option<Vec<Fact>> {
    let facts = facts
        .into_iter()
        .map(|Fact(look, path, was)| ((look, path), was));
    let mut facts: BTreeMap<_, _> = facts.collect();
    let (mut came, mut went) = (BTreeSet::new(), BTreeSet::new());
    for write in writes {
        let path = root.join(&write.path);
        let now = digest(write.contents.as_deref());
        let was = facts.insert((Look::File, path.to_str()?.to_owned()), now.clone())?;
        match (was == NONE, now == NONE) {
            (true, false) => came.insert(path),
            (false, true) => went.insert(path),
            _ => continue,
        };
    }
    let folders = facts
        .iter_mut()
        .filter(|((look, _), _)| *look == Look::Folder);
    for ((_, folder), answer) in folders {
        let folder = Path::new(folder);
        let now = disk::list(folder).ok()?;
        let has_come = |name: &&String| came.contains(&folder.join(name));
        let gone = went.iter().filter(|path| path.parent() == Some(folder));
        let gone = gone.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
        let was = now.iter().filter(|name| !has_come(name)).cloned();
        let was: BTreeSet<String> = was.chain(gone).collect();
        let was: Vec<String> = was.into_iter().collect();
        if digest(Some(&joined(&was))) != *answer {
            return None;
        }
        *answer = digest(Some(&joined(&now)));
    }
    let facts = facts
        .into_iter()
        .map(|((look, path), answer)| Fact(look, path, answer));
    Some(facts.collect())
}

/// Remembers an answer.
pub(super) fn note(look: Look, path: &Path, answer: Option<&[u8]>) {
    let mut facts = FACTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(facts) = &mut *facts {
        let answer = digest(answer);
        let known = facts.entry((look, path.to_owned()));
        let known = known.or_insert_with(|| answer.clone());
        if *known != answer {
            TWO.clone_into(known);
        }
    }
}

/// The answer of today; `None` where it cannot be told.
fn look(look: Look, path: &Path) -> Option<String> {
    let path_of = |path: PathBuf| path.into_os_string().into_encoded_bytes();
    let answer = match look {
        Look::File => disk::read(path).ok()?,
        Look::Folder => Some(joined(&disk::list(path).ok()?)),
        Look::Real => path.canonicalize().ok().map(path_of),
        Look::WorkTree => disk::find_upward(path, ".git").map(path_of),
    };
    Some(digest(answer.as_deref()))
}

/// The names in a folder, as one answer.
pub(super) fn joined(names: &[String]) -> Vec<u8> {
    names.join("\0").into_bytes()
}

fn digest(answer: Option<&[u8]>) -> String {
    let Some(answer) = answer else {
        return NONE.to_owned();
    };
    let digest = Sha256::digest(answer);
    digest[..16].iter().map(|b| format!("{b:02x}")).collect()
}
