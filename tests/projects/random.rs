//! Random edits of the spec between random edits of the user: whatever the order, nothing that a
//! person wrote is lost, a second sync does nothing, and what is generated is as if it were new.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use crate::contract::{Contract, contract};
use apigen::{
    config::{Config, Database, Errors},
    lower::lower,
    project::{self, Action, LOCK, Lock, Plan, Snapshot},
    render::{Before, File, Ownership, render},
    spec,
};
use proptest::prelude::*;

/// What happens between two syncs.
#[derive(Debug, Clone)]
enum Step {
    /// The contract changes.
    Contract(Contract),
    /// The user adds a line to a file.
    Add(usize),
    /// The user takes the line of a file away that is somewhere in it.
    Cut(usize, usize),
    /// The user deletes a file.
    Delete(usize),
    /// A formatter moves the indentation of a Rust file.
    Reformat(usize),
    /// The user writes a file of their own.
    Own(u8),
    /// Git leaves the markers of a conflict in a generated file.
    Conflict(usize),
    /// The lock of another branch is merged by union.
    Union,
    /// `sync`, and whether edits of generated files are given up.
    Sync(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => contract().prop_map(Step::Contract),
        3 => any::<usize>().prop_map(Step::Add),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(file, line)| Step::Cut(file, line)),
        1 => any::<usize>().prop_map(Step::Delete),
        1 => any::<usize>().prop_map(Step::Reformat),
        1 => (0..4_u8).prop_map(Step::Own),
        1 => any::<usize>().prop_map(Step::Conflict),
        1 => Just(Step::Union),
        4 => any::<bool>().prop_map(Step::Sync),
    ]
}

impl Contract {
    /// What a project of this contract holds; rendered once.
    fn files(&self, deleted: &BTreeSet<String>) -> Vec<File> {
        type Known = BTreeMap<(Contract, BTreeSet<String>), Vec<File>>;
        static KNOWN: Mutex<Known> = Mutex::new(Known::new());
        // Only a deleted service changes what is generated.
        let services = deleted
            .iter()
            .filter(|path| path.starts_with("src/services/"));
        let key = (self.clone(), services.cloned().collect::<BTreeSet<_>>());
        if let Some(files) = KNOWN.lock().expect("no panic").get(&key) {
            return files.clone();
        }
        let files = self.rendered(&key.1);
        KNOWN.lock().expect("no panic").insert(key, files.clone());
        files
    }

    fn rendered(&self, deleted: &BTreeSet<String>) -> Vec<File> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("openapi.yaml");
        std::fs::write(&path, self.text()).expect("written");
        let (document, _) = spec::load(&path).expect("a document");
        let config = config();
        let service = lower(&document, &config).0.expect("a service");
        let before = Before {
            deleted: deleted.clone(),
            ..Before::default()
        };
        let mut files = render(&service, &document.own, &config, &before).expect("files");
        // Migrations follow the model, not the plan: they have tests of their own.
        files.retain(|file| file.ownership != Ownership::Appended);
        files
    }
}

fn config() -> Config {
    let text = "name = \"notes\"\nspec = \"openapi.yaml\"\n";
    Config {
        database: Database::Sqlite,
        errors: Errors::Envelope,
        ..Config::parse("apigen.toml", text).expect("a configuration")
    }
}

/// A project in memory.
#[derive(Default)]
struct World {
    contract: Contract,
    files: BTreeMap<String, Vec<u8>>,
    /// The lines that a person wrote and did not take away, by file.
    mine: BTreeMap<String, BTreeSet<String>>,
    /// The lock of an earlier sync, as another branch may have it.
    other: String,
    count: usize,
}

impl World {
    fn nth(&self, nth: usize) -> String {
        let paths: Vec<_> = self
            .files
            .keys()
            .filter(|p| !p.starts_with(".apigen/"))
            .collect();
        paths[nth % paths.len()].clone()
    }

    fn text(&self, path: &str) -> String {
        let bytes = self.files.get(path).cloned().unwrap_or_default();
        String::from_utf8(bytes).expect("UTF-8")
    }

    fn lock(&self) -> Lock {
        Lock::parse(&self.text(LOCK))
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Contract(contract) => self.contract = contract.clone(),
            Step::Add(file) => {
                let path = self.nth(*file);
                // A generated file that git could not merge heals: nobody writes into it before.
                if project::has_conflict(self.text(&path).as_bytes()) {
                    return;
                }
                self.count += 1;
                // A comment in every kind of file but JSON, which has none.
                let sign = if path.ends_with(".rs") { "//" } else { "#" };
                let line = format!("{sign} mine {}", self.count);
                let text = format!("{}\n{line}\n", self.text(&path).trim_end());
                self.files.insert(path.clone(), text.into());
                self.mine.entry(path).or_default().insert(line);
            }
            Step::Cut(file, line) => {
                let path = self.nth(*file);
                if path.ends_with(".toml") {
                    return;
                }
                let text = self.text(&path);
                let mut lines: Vec<_> = text.lines().collect();
                if !lines.is_empty() {
                    let gone = lines.remove(line % lines.len());
                    self.mine.entry(path.clone()).or_default().remove(gone);
                }
                self.files.insert(path, (lines.join("\n") + "\n").into());
            }
            Step::Delete(file) => {
                let path = self.nth(*file);
                self.files.remove(&path);
                self.mine.remove(&path);
            }
            Step::Reformat(file) => {
                let path = self.nth(*file);
                let text = self.text(&path);
                let is_ours = self.mine.get(&path).is_none_or(BTreeSet::is_empty);
                if path.ends_with(".rs") && is_ours && !text.contains('"') {
                    self.files.insert(path, text.replace("    ", "\t").into());
                }
            }
            Step::Own(number) => {
                let path = format!("src/services/own_{number}.rs");
                let line = format!("// mine alone {number}");
                self.files.insert(path.clone(), format!("{line}\n").into());
                self.mine.insert(path, BTreeSet::from([line]));
            }
            Step::Conflict(file) => {
                let path = self.nth(*file);
                if self.lock().generated.contains_key(&path) {
                    let text = self.text(&path);
                    let text = format!("<<<<<<< HEAD\n{text}=======\n>>>>>>> other\n");
                    self.files.insert(path, text.into());
                }
            }
            Step::Union => {
                let text = self.text(LOCK) + &self.other;
                self.files.insert(LOCK.to_owned(), text.into());
            }
            Step::Sync(discard) => self.sync(*discard),
        }
    }

    fn plan(&self) -> (Vec<File>, Plan, Snapshot) {
        let lock = self.lock();
        let is_gone = |path: &&String| !self.files.contains_key(*path);
        let deleted = lock.scaffolded.keys().filter(is_gone).cloned().collect();
        let desired = self.contract.files(&deleted);
        let disk: Snapshot = self.files.clone().into_iter().collect();
        let plan = project::plan(&desired, &disk, &lock).expect("a plan");
        (desired, plan, disk)
    }

    fn sync(&mut self, discard: bool) {
        let (_, mut plan, disk) = self.plan();
        let blocked: Vec<_> = plan.blocked().map(|entry| entry.path.clone()).collect();
        if discard {
            for path in &blocked {
                assert!(plan.discard(path));
                self.mine.remove(path);
            }
        }
        if plan.blocked().next().is_some() {
            return;
        }
        self.other = self.text(LOCK);
        self.apply(&plan, &disk);
        self.is_settled();
    }

    fn apply(&mut self, plan: &Plan, disk: &Snapshot) {
        for write in plan.writes(disk) {
            match write.contents {
                Some(contents) => self.files.insert(write.path, contents),
                None => self.files.remove(&write.path),
            };
        }
    }

    /// What holds after each sync.
    fn is_settled(&mut self) {
        let (desired, plan, disk) = self.plan();
        assert_eq!(plan.writes(&disk), [], "a second sync writes");
        // What the user deleted, and generated code needs, waits for the user.
        let mut drift = plan.drift().filter(|entry| entry.action != Action::Lost);
        assert_eq!(drift.next(), None);
        for file in &desired {
            if file.ownership == Ownership::Generated {
                assert_eq!(self.text(&file.path), file.contents, "{}", file.path);
            }
        }
        let wanted: BTreeSet<_> = desired.iter().map(|file| &file.path).collect();
        let lock = self.lock();
        let stale = lock.generated.keys().find(|path| !wanted.contains(path));
        assert_eq!(stale, None);
        assert!(
            plan.entries
                .iter()
                .all(|entry| entry.action != Action::Edited)
        );
    }

    /// Every line that a person wrote is there.
    fn keeps_what_is_mine(&self) {
        for (path, lines) in &self.mine {
            let text = self.text(path);
            for line in lines {
                assert!(
                    text.lines().any(|l| l == line),
                    "`{line}` of {path} is lost"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        max_shrink_iters: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_is_lost_whatever_the_order(steps in prop::collection::vec(step(), 1..16)) {
        let mut world = World::default();
        world.sync(false);
        for step in steps {
            world.take(&step);
            world.keeps_what_is_mine();
        }
        world.sync(true);
        world.keeps_what_is_mine();
    }
}
