//! The migrations of a project, each with a number of its own: two branches may both have added
//! number 2.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{
    Failure,
    findings::{Finding, Level, Reason},
    git::Ages,
};
use crate::{
    config::Database,
    project::{Lock, Plan, disk, has_conflict, lock::hash, text::sides},
    render::migrations::{
        self,
        makes::makes,
        numbers::{Age, collide, number, renumbered},
    },
};

/// The migrations of a project.
#[derive(Debug, Default)]
pub struct Chain {
    /// As they are on disk, by path.
    found: BTreeMap<String, String>,
    /// As they are to be.
    pub files: BTreeMap<String, String>,
    /// What becomes of those that have one number.
    pub findings: Vec<Finding>,
    /// What a person must settle first, and how.
    refusal: Option<[String; 2]>,
}

/// One migration; a file that a merge left with markers holds two.
struct Piece {
    path: String,
    text: String,
    age: Age,
}

impl Chain {
    /// Reads them, and looks for two with one number.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn read(root: &Path, database: Database, lock: &Lock) -> anyhow::Result<Self> {
        let folder = migrations::folder(database);
        let names = match database {
            Database::None => Vec::new(),
            _ => disk::list(&root.join(folder))?,
        };
        let mut chain = Self::default();
        for name in names.into_iter().filter(|name| name.ends_with(".sql")) {
            let path = format!("{folder}/{name}");
            let text = disk::read_text(&root.join(&path))?;
            chain.found.insert(path, text.unwrap_or_default());
        }
        let is_torn = |text: &String| has_conflict(text.as_bytes());
        if collide(chain.found.keys().map(String::as_str)) || chain.found.values().any(is_torn) {
            chain.settle(root, &Ages::of(root, folder), lock);
        } else {
            chain.files = chain.found.clone();
        }
        Ok(chain)
    }

    /// A merge that left two sides of what a person wrote needs a person, and so do two migrations
    /// that cannot both run.
    ///
    /// # Errors
    /// There are such.
    pub fn refuse_conflicts(&self) -> anyhow::Result<()> {
        match self.refusal.clone() {
            Some([message, hint]) => Err(Failure::hinted(message, hint).into()),
            None => Ok(()),
        }
    }

    /// Plans what becomes of them.
    pub fn plan(&self, plan: &mut Plan) {
        let known: BTreeSet<String> = plan.lock.appended.values().flatten().cloned().collect();
        for path in self.changed() {
            let (before, after) = (self.found.get(path), self.files.get(path));
            plan.renumber(path, before.map(String::as_str), after.map(String::as_str));
            plan.lock.appended.remove(path);
            let fact = after.map(|text| hash(text.as_bytes()));
            if let Some(fact) = fact.filter(|fact| known.contains(fact)) {
                let facts = BTreeSet::from([fact]);
                plan.lock.appended.insert(path.clone(), facts);
            }
        }
    }

    /// The paths that do not keep their text.
    pub fn changed(&self) -> BTreeSet<&String> {
        let paths = self.found.keys().chain(self.files.keys());
        let differs = |path: &&String| self.found.get(*path) != self.files.get(*path);
        paths.filter(differs).collect()
    }

    fn settle(&mut self, root: &Path, ages: &Ages, lock: &Lock) {
        let mut pieces = Vec::new();
        for (path, text) in &self.found {
            let age = ages.age(path);
            let piece = |text: &str, age| Piece {
                path: path.clone(),
                text: text.to_owned(),
                age,
            };
            if !has_conflict(text.as_bytes()) {
                pieces.push(piece(text, age));
                continue;
            }
            let known = lock.appended.get(path);
            let is_known =
                |text: &String| known.is_some_and(|known| known.contains(&hash(text.as_bytes())));
            let Some(mut both) = sides(text).filter(|both| both.iter().all(is_known)) else {
                self.refusal = Some(torn(path));
                pieces.push(piece(text, age));
                continue;
            };
            let theirs = ages.on_target(root, path);
            if theirs.is_some_and(|text| hash(text.as_bytes()) == hash(both[1].as_bytes())) {
                both.reverse();
            }
            pieces.push(piece(&both[0], age));
            pieces.push(piece(&both[1], Age::NEWEST));
        }
        let ages: Vec<_> = pieces.iter().map(|p| (p.path.clone(), p.age)).collect();
        let paths = renumbered(&ages);
        let pairs = || pieces.iter().zip(&paths);
        let keeper = |of: &Piece| {
            let is_rival = |(piece, path): &(&Piece, &String)| {
                piece.path == **path && number(path) == number(&of.path)
            };
            pairs().find(is_rival).map(|(piece, _)| piece)
        };
        let moves = pairs().filter(|(piece, path)| piece.path != **path);
        self.findings = moves.map(|(p, path)| told(p, path, keeper(p))).collect();
        let clashes = || pairs().find_map(|pair| clash(pair, pairs()));
        self.refusal = self.refusal.take().or_else(clashes);
        let texts = pairs().map(|(piece, path)| (path.clone(), piece.text.clone()));
        self.files = texts.collect();
    }
}

/// What is said of a file with the markers of a conflict.
fn torn(path: &str) -> [String; 2] {
    let hint = "not both sides of it are as apigen wrote them: where each has a migration of its \
                own, give one of them a file with the next number";
    let message = format!("`{path}` holds the markers of a merge conflict");
    [message, hint.to_owned()]
}

/// What is said of one that moves and makes what another side made too: the later of the two could
/// not run.
fn clash<'a>(
    (moving, to): (&Piece, &String),
    all: impl Iterator<Item = (&'a Piece, &'a String)>,
) -> Option<[String; 2]> {
    let (path, first) = (&moving.path, number(&moving.path));
    if path == to {
        return None;
    }
    let made = makes(&moving.text);
    let mut others = all.filter(|(piece, to)| piece.path == **to && number(to) >= first);
    let (other, twice) = others.find_map(|(piece, _)| {
        let twice = made.intersection(&makes(&piece.text)).next().cloned();
        Some((&piece.path, twice?))
    })?;
    let message = match other == path {
        true => format!("both sides of the conflict in `{path}` make {twice}"),
        false => format!("`{other}` and `{path}` both make {twice}"),
    };
    let hint = "two branches did so, and the later of two migrations fails there: take it out of \
                the one that only your own databases have seen, then run `apigen sync`";
    Some([message, hint.to_owned()])
}

/// What is said of a migration that gets another number.
fn told(piece: &Piece, to: &str, keeper: Option<&Piece>) -> Finding {
    let Piece { path, age, .. } = piece;
    let to = to.rsplit('/').next().unwrap_or(to);
    let message = match keeper {
        Some(keeper) if keeper.path == *path => {
            format!("`{path}` holds the migrations of two branches: the newer becomes `{to}`")
        }
        Some(keeper) if keeper.age == *age => format!(
            "`{path}` has the number of `{}`, and becomes `{to}`: git does not know which is \
             older, so their names decide",
            keeper.path
        ),
        Some(keeper) => {
            format!(
                "`{path}` has the number of `{}`, and becomes `{to}`",
                keeper.path
            )
        }
        None => format!("`{path}` comes after one that gets another number, and becomes `{to}`"),
    };
    let others = keeper.map(|keeper| keeper.path.clone());
    let files = [path.clone()].into_iter().chain(others);
    let files: BTreeSet<_> = files.collect();
    Finding::new(Reason::MigrationNumber, Level::Drift, message)
        .at(path, 1, 1)
        .hint("a database that it ran on knows it by its text, whatever its number")
        .files(files.into_iter().collect())
}
