//! Years of work in short: random edits of the contract and of the user's, syncs, renames, ejected
//! files and git merges, by the real command in a folder. Whatever the order, no line that a person
//! wrote is lost, a second sync does nothing, and `check` then has only to tell what waits.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Command,
};

use crate::contract::{Contract, contract};
use crate::run::{Run, apigen, tree};
use apigen::project::Lock;
use proptest::prelude::*;

/// How many sequences are tried.
const CASES: u32 = 40;

/// What happens between two syncs.
#[derive(Debug, Clone)]
enum Step {
    /// The contract changes.
    Contract(Contract),
    /// `apigen override` of one of the operations.
    Override(usize),
    /// The user adds a line to a file of theirs, or to a generated one.
    Add(bool, usize),
    /// The user deletes a file of theirs.
    Delete(usize),
    /// A formatter with other settings goes over a generated file.
    Reformat(usize),
    /// `apigen eject` of a file.
    Eject(usize),
    /// Another branch changes the contract and syncs; both are merged.
    Merge(Contract, Contract),
    /// `apigen sync`, with `--apply-renames` or not.
    Sync(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => contract().prop_map(Step::Contract),
        2 => any::<usize>().prop_map(Step::Override),
        4 => (prop::bool::weighted(0.75), any::<usize>()).prop_map(|(mine, file)| Step::Add(mine, file)),
        1 => any::<usize>().prop_map(Step::Delete),
        1 => any::<usize>().prop_map(Step::Reformat),
        1 => any::<usize>().prop_map(Step::Eject),
        1 => (contract(), contract()).prop_map(|(one, other)| Step::Merge(one, other)),
        4 => any::<bool>().prop_map(Step::Sync),
    ]
}

/// A project, and what the user wrote into it.
struct World {
    folder: tempfile::TempDir,
    /// The user's lines, each once, and the file that has it, while nobody moves it.
    mine: BTreeMap<String, String>,
    count: usize,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let spec = folder.path().join("openapi.yaml");
        fs::write(&spec, Contract::default().text()).expect("written");
        let new = ["new", "shop", "--spec", "openapi.yaml", "--no-git", "-q"];
        apigen(folder.path(), &new).ends(0, &[]);
        let world = Self {
            folder,
            mine: BTreeMap::new(),
            count: 0,
        };
        world.git(&["init", "--quiet", "--initial-branch=main"]);
        world.commit();
        world
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    fn git(&self, arguments: &[&str]) -> bool {
        let mut git = Command::new("git");
        for name in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{name}_NAME"), "A");
            git.env(format!("GIT_{name}_EMAIL"), "a@example.com");
        }
        git.env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = git.args(arguments).current_dir(self.root()).output();
        output.expect("git").status.success()
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "A change"]);
    }

    fn lock(&self) -> Lock {
        Lock::parse(&self.read(".apigen/lock"))
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_default()
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).expect("written");
    }

    fn specify(&self, contract: &Contract) {
        self.write("openapi.yaml", &contract.text());
    }

    /// A file of the user's, or a generated one, that is there.
    fn nth(&self, mine: bool, nth: usize) -> String {
        let lock = self.lock();
        let is_plain = |path: &&String| {
            self.root().join(path).is_file()
                && !path.starts_with(".apigen/")
                && [".rs", "Dockerfile"].iter().any(|end| path.ends_with(end))
        };
        let paths: Vec<_> = match mine {
            true => {
                let kept = lock.scaffolded.keys().chain(lock.ejected.keys());
                kept.filter(is_plain).cloned().collect()
            }
            false => lock.generated.keys().filter(is_plain).cloned().collect(),
        };
        paths[nth % paths.len()].clone()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Contract(contract) => self.specify(contract),
            Step::Override(nth) => {
                let ids = ["listNotes", "allNotes", "createNote", "pin", "stats"];
                let ran = apigen(&self.root(), &["override", ids[nth % ids.len()]]);
                assert!(ran.code < 2, "{}", ran.err);
            }
            Step::Add(mine, file) => {
                let path = self.nth(*mine, *file);
                self.count += 1;
                let sign = if path.ends_with(".rs") { "//" } else { "#" };
                let line = format!("{sign} mine {};", self.count);
                let text = format!("{}\n{line}\n", self.read(&path).trim_end());
                self.write(&path, &text);
                self.mine.insert(line, path);
            }
            Step::Delete(file) => {
                let path = self.nth(true, *file);
                fs::remove_file(self.root().join(&path)).expect("removed");
                self.mine.retain(|_, file| *file != path);
            }
            Step::Reformat(file) => {
                let path = self.nth(false, *file);
                let config = "max_width=60,use_small_heuristics=Max,skip_children=true";
                let mut rustfmt = Command::new("rustfmt");
                rustfmt.args(["--edition", "2024", "--config", config, &path]);
                let _ = rustfmt.current_dir(self.root()).output();
            }
            Step::Eject(file) => {
                let path = self.nth(false, *file);
                let is_layer = path.starts_with("src/schemas/") || path.starts_with("src/crud/");
                if is_layer && !path.ends_with("mod.rs") {
                    apigen(&self.root(), &["eject", &path]);
                }
            }
            Step::Merge(one, other) => self.merge(one, other),
            Step::Sync(renames) => self.sync(*renames),
        }
    }

    /// Both branches sync a contract of their own; the one of the second is taken.
    fn merge(&mut self, one: &Contract, other: &Contract) {
        self.sync(false);
        self.commit();
        // What becomes of two migrations of one number is told elsewhere.
        let [one, other] = [one, other].map(|contract| Contract {
            color: 0,
            ..contract.clone()
        });
        self.git(&["checkout", "--quiet", "-B", "other"]);
        self.specify(&other);
        apigen(&self.root(), &["sync"]);
        self.commit();
        self.git(&["checkout", "--quiet", "main"]);
        self.specify(&one);
        self.sync(false);
        self.commit();
        let _ = self.git(&["merge", "--quiet", "--no-edit", "other"]);
        self.specify(&other);
        self.sync(false);
        self.commit();
    }

    fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        let mut tree = tree(&self.root());
        tree.retain(|path, _| !path.starts_with(".git/") && path != ".apigen/running");
        tree
    }

    /// A sync, and what holds after it.
    fn sync(&mut self, renames: bool) {
        let before = self.tree();
        let arguments = match renames {
            true => vec!["sync", "--apply-renames"],
            false => vec!["sync"],
        };
        let mut ran = apigen(&self.root(), &arguments);
        self.keeps_what_is_mine(&ran);
        if ran.err.contains("nothing was written") {
            assert_eq!(changed(&before, &self.tree()), [""; 0], "{}", ran.err);
            let Some(list) = ran.err.split("--discard ").nth(1) else {
                return;
            };
            let list = list.split('`').next().expect("files").to_owned();
            let paths: Vec<_> = list.split(' ').collect();
            self.mine.retain(|_, file| !paths.contains(&file.as_str()));
            ran = apigen(&self.root(), &[&["sync", "--discard"], &paths[..]].concat());
            self.keeps_what_is_mine(&ran);
        }
        assert!(ran.code == 0 || ran.code == 2, "{}", ran.err);
        self.is_settled();
    }

    /// A second sync does nothing, and nothing but what waits for the user is told.
    fn is_settled(&self) {
        let before = self.tree();
        let again = apigen(&self.root(), &["sync"]);
        let changed = changed(&before, &self.tree());
        assert_eq!(changed, [""; 0], "a second sync writes:\n{}", again.err);
        let check = apigen(&self.root(), &["check", "--format", "json"]);
        assert_eq!(check.code, again.code, "{}\n{}", check.out, again.err);
        let report: serde_json::Value = serde_json::from_str(&check.out).expect("JSON");
        for finding in report["findings"].as_array().expect("findings") {
            let level = finding["level"].as_str().expect("a level");
            assert!(!["drift", "blocks"].contains(&level), "{finding:#}");
        }
    }

    /// Every line that a person wrote is there, wherever its file went.
    fn keeps_what_is_mine(&self, ran: &Run) {
        let files = self.tree().into_iter();
        let files = files.filter(|(path, _)| !path.starts_with(".apigen/"));
        let texts = files.map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned());
        let texts: Vec<_> = texts.collect();
        for (line, path) in &self.mine {
            let is_there = texts.iter().any(|text| text.lines().any(|l| l == line));
            assert!(is_there, "`{line}` of {path} is lost:\n{}", ran.err);
        }
    }
}

fn changed(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changed = paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path));
    changed.cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn years_of_work_lose_nothing(steps in prop::collection::vec(step(), 3..10)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.keeps_what_is_mine(&Run { code: 0, out: String::new(), err: format!("{step:?}") });
        }
        world.sync(false);
    }
}
