//! What git knows of files: when they came to a branch, what they held before, and whether all of it
//! is committed. Without git it is nothing, and nobody is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
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

/// Which of these files hold what git does not know; `None` without git, or outside of a work tree.
pub(super) fn dirty<'a>(root: &Path, paths: &[&'a str]) -> Option<Vec<&'a str>> {
    if paths.is_empty() {
        return None;
    }
    let quietly = ["--literal-pathspecs", "--no-optional-locks", "status"];
    let mut git = command(root, &quietly);
    git.args(["--porcelain", "-z", "--no-renames", "--untracked-files=all"]);
    // A list too long for a command line: git tells of everything here.
    git.arg("--").args(match paths.len() {
        0..=500 => paths,
        _ => &["."],
    });
    let output = git
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    // Told from the top of the work tree, which the project may be below of.
    let prefix = self::git(root, &["rev-parse", "--show-prefix"])?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = told.split('\0').filter_map(|line| line.get(3..));
    let told: BTreeSet<_> = told
        .filter_map(|at| at.strip_prefix(prefix.trim_end()))
        .collect();
    Some(
        paths
            .iter()
            .copied()
            .filter(|path| told.contains(path))
            .collect(),
    )
}

/// How many texts of files are looked at: as many as git takes the names of before it answers.
const VERSIONS: usize = 1000;

/// The texts that files have on all branches, and had before; the newest first.
pub(super) fn versions(root: &Path, paths: &[String]) -> BTreeMap<String, Vec<String>> {
    let log = [
        "log",
        "--all",
        "--reflog",
        "-m",
        "--max-count=500",
        "--no-renames",
    ];
    let raw = ["--relative", "--raw", "--no-abbrev", "--format=", "--"];
    let paths = paths.iter().map(String::as_str);
    let arguments: Vec<_> = log.into_iter().chain(raw).chain(paths).collect();
    let log = git(root, &arguments).unwrap_or_default();
    // `:100644 100644 OLD NEW M\tPATH`
    let changes = log.lines().filter_map(|line| {
        let (change, path) = line.split_once('\t')?;
        Some((change.split(' ').nth(3)?, path))
    });
    let mut seen = BTreeSet::new();
    let changes = changes.filter(|change| seen.insert(*change));
    let changes: Vec<_> = changes.take(VERSIONS).collect();
    let texts = blobs(root, &changes).unwrap_or_default();
    let mut versions: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for ((_, path), text) in changes.iter().zip(texts) {
        let known = versions.entry((*path).to_owned()).or_default();
        known.extend(text);
    }
    versions
}

/// The text of each object; none of one that is gone, or no text.
fn blobs(root: &Path, wanted: &[(&str, &str)]) -> Option<Vec<Option<String>>> {
    let mut child = command(root, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let ids: String = wanted.iter().map(|(id, _)| format!("{id}\n")).collect();
    child.stdin.take()?.write_all(ids.as_bytes()).ok()?;
    let told = child.wait_with_output().ok()?.stdout;
    let mut rest = told.as_slice();
    let mut next = || {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let header = str::from_utf8(rest.get(..end)?).ok()?;
        let size = header.split(' ').nth(2).and_then(|size| size.parse().ok());
        rest = rest.get(end + 1..)?;
        let Some(size) = size else {
            return Some(None);
        };
        let (text, after) = rest.split_at_checked(size)?;
        rest = after.get(1..)?;
        Some(String::from_utf8(text.to_vec()).ok())
    };
    Some(wanted.iter().map_while(|_| next()).collect())
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = command(root, arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok();
    text.filter(|_| output.status.success())
}

fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.args(["-c", "core.quotePath=false"]).args(arguments);
    git.current_dir(root);
    git
}
