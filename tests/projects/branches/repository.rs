//! A project in a git repository.

use crate::project::{cargo_in, succeeds};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::run::{command, told};

/// A project in a repository.
pub(crate) struct Repository {
    folder: tempfile::TempDir,
    database: &'static str,
}

impl Repository {
    pub(crate) fn new() -> Self {
        Self::on("sqlite")
    }

    /// With a database of this kind.
    pub(crate) fn on(database: &'static str) -> Self {
        let repository = Self {
            folder: tempfile::tempdir().expect("a folder"),
            database,
        };
        let spec =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/scenarios/specs/notes.yaml");
        let spec = spec.to_string_lossy();
        let new = [
            "new", "project", "--spec", &spec, "--no-git", "-q", "--db", database,
        ];
        let made = apigen(repository.folder.path(), &new);
        assert!(made.status.success(), "{}", told(&made));
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
    }

    pub(crate) fn try_git(&self, arguments: &[&str]) -> Output {
        let mut git = Command::new("git");
        for name in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{name}_NAME"), "A");
            git.env(format!("GIT_{name}_EMAIL"), "a@example.com");
        }
        git.env("GIT_EDITOR", "true")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = git.args(arguments).current_dir(self.root()).output();
        output.expect("git")
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "A change"]);
    }

    /// Works on a branch from `main`: changes files, syncs, and commits.
    pub(crate) fn branch(&self, name: &str, work: &[(&str, &str, &str)]) {
        self.git(&["checkout", "--quiet", "-b", name, "main"]);
        for (path, from, to) in work {
            self.replace(path, from, to);
        }
        self.sync(0);
        self.commit();
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "no `{from}` in {path}:\n{text}");
        self.write(path, &text.replacen(from, to, 1));
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect("a file")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).expect("written");
    }

    pub(crate) fn sync(&self, code: i32) -> String {
        self.run("sync", code)
    }

    pub(crate) fn run(&self, command: &str, code: i32) -> String {
        let output = apigen(&self.root(), &[command]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{command}: {}",
            told(&output)
        );
        told(&output)
    }

    /// A user takes both sides of every conflict in what is the user's own.
    pub(crate) fn take_both(&self, path: &str) {
        let markers = ["<<<<<<< ", "=======", ">>>>>>> "];
        let is_text = |line: &&str| !markers.iter().any(|marker| line.starts_with(marker));
        let text = self.read(path);
        let lines: Vec<_> = text.lines().filter(is_text).collect();
        self.write(path, &(lines.join("\n") + "\n"));
    }

    /// Whether anything is left of a merge.
    pub(crate) fn conflicts(&self) -> Vec<String> {
        let found = self.try_git(&["grep", "--files-with-matches", "^<<<<<<< "]);
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        found.lines().map(str::to_owned).collect()
    }

    /// The names and texts of the migrations, in order.
    pub(crate) fn migrations(&self) -> Vec<(String, String)> {
        let folder = self.root().join("migrations").join(self.database);
        let entries = fs::read_dir(folder).expect("migrations").flatten();
        let text = |path: PathBuf| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read_to_string(&path).expect("text"))
        };
        let mut migrations: Vec<_> = entries.map(|entry| text(entry.path())).collect();
        migrations.sort();
        migrations
    }

    /// The names of the migrations are these, without `.sql`.
    pub(crate) fn has_migrations(&self, wanted: &[&str]) {
        let names: Vec<_> = self
            .migrations()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let wanted: Vec<_> = wanted.iter().map(|name| format!("{name}.sql")).collect();
        assert_eq!(names, wanted);
    }

    /// How often the migrations say something.
    pub(crate) fn count(&self, said: &str) -> usize {
        let migrations = self.migrations();
        migrations
            .iter()
            .map(|(_, text)| text.matches(said).count())
            .sum()
    }

    /// The compiler takes it.
    pub(crate) fn compiles(&self) {
        let check = ["check", "--quiet", "--all-targets"];
        succeeds(&mut cargo_in(&self.root(), &check));
    }

    /// Everything generated is as in a project that never was two.
    pub(crate) fn is_healed(&self) {
        assert_eq!(self.conflicts(), Vec::<String>::new());
        self.run("check", 0);
        assert!(self.sync(0).contains("In step with `openapi.yaml`\n"));
        let spec = self.root().join("openapi.yaml");
        let fresh = self.folder.path().join("fresh/project");
        let _ = fs::remove_dir_all(&fresh);
        fs::create_dir_all(fresh.parent().expect("a folder")).expect("created");
        let new = [
            "new",
            "fresh/project",
            "--no-git",
            "-q",
            "--db",
            self.database,
            "--spec",
            &spec.to_string_lossy(),
        ];
        let made = apigen(self.folder.path(), &new);
        assert!(made.status.success(), "{}", told(&made));
        let lock = fs::read_to_string(fresh.join(".apigen/lock")).expect("a lock");
        for path in lock
            .lines()
            .filter_map(|l| l.strip_prefix("G ")?.split(' ').next())
        {
            let text = fs::read_to_string(fresh.join(path)).expect("a file");
            assert!(
                path == "src/models/mod.rs" || self.read(path) == text,
                "{path}"
            );
        }
    }
}

pub(crate) fn apigen(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("apigen")
}
