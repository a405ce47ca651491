//! When files came to a branch, as git knows it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Command, Stdio},
};

use crate::render::migrations::numbers::Age;

/// The branch that everybody merges into, by the names that it mostly has.
const TARGETS: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// What git knows of the files in a folder.
#[derive(Debug, Default)]
pub(super) struct Ages {
    target: Option<String>,
    on_target: BTreeSet<String>,
    /// Which commit brought a file, along the branch's own commits: one that merges another branch
    /// brings what that had.
    brought: BTreeMap<String, usize>,
}

impl Ages {
    /// Asks git; without it, or outside of a work tree, all files are equally old.
    pub(super) fn of(root: &Path, folder: &str) -> Self {
        let refs = ["for-each-ref", "--format=%(refname)"];
        let refs = git(root, &[&refs[..], &TARGETS].concat()).unwrap_or_default();
        let is_there = |name: &&&str| refs.lines().any(|line| line == **name);
        let target = TARGETS.iter().find(is_there).map(|&name| name.to_owned());
        let tree = target.as_deref().and_then(|target| {
            git(
                root,
                &["ls-tree", "-r", "--name-only", target, "--", folder],
            )
        });
        let on_target = tree
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect();
        let own = ["log", "--first-parent", "-m", "--no-renames", "--relative"];
        let added = ["--diff-filter=A", "--name-only", "--format=commit", "--"];
        let log = git(root, &[&own[..], &added, &[folder]].concat()).unwrap_or_default();
        let mut brought = BTreeMap::new();
        let mut commits: Vec<_> = log.split("commit\n").collect();
        commits.reverse();
        for (place, files) in commits.into_iter().enumerate() {
            brought.extend(files.lines().map(|file| (file.to_owned(), place)));
        }
        Self {
            target,
            on_target,
            brought,
        }
    }

    /// When a file came.
    pub(super) fn age(&self, path: &str) -> Age {
        Age {
            is_apart: !self.on_target.contains(path),
            commit: self.brought.get(path).copied().unwrap_or(usize::MAX),
        }
    }

    /// The text that a file has on the branch that everybody merges into.
    pub(super) fn on_target(&self, root: &Path, path: &str) -> Option<String> {
        let target = self.target.as_ref()?;
        git(root, &["show", &format!("{target}:./{path}")])
    }
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    git.args(["-c", "core.quotePath=false"]).args(arguments);
    let output = git.current_dir(root).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok();
    text.filter(|_| output.status.success())
}
