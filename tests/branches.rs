//! Two branches that both synced, merged by git: `apigen sync` heals what git could not.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// A project in a repository.
struct Repository {
    folder: tempfile::TempDir,
}

const STARS: &str = "        stars: { type: integer, minimum: 0, maximum: 5 }\n";
const TITLE: &str = "        title: { type: string, maxLength: 80 }\n";
const COLOR: &str = "        color: { type: string }\n";
const PLACE: &str = "        place: { type: string }\n";
const STATS: &str = "  /stats:\n";
const COMPONENTS: &str = "components:\n";

impl Repository {
    fn new() -> Self {
        let repository = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/specs/notes.yaml");
        let spec = spec.to_string_lossy();
        let new = ["new", "project", "--spec", &spec, "--no-git", "-q"];
        let made = apigen(repository.folder.path(), &new);
        assert!(made.status.success(), "{}", told(&made));
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit();
        repository
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn git(&self, arguments: &[&str]) {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
    }

    fn try_git(&self, arguments: &[&str]) -> Output {
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

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "A change"]);
    }

    /// Works on a branch from `main`: changes files, syncs, and commits.
    fn branch(&self, name: &str, work: &[(&str, &str, &str)]) {
        self.git(&["checkout", "--quiet", "-b", name, "main"]);
        for (path, from, to) in work {
            self.replace(path, from, to);
        }
        self.sync(0);
        self.commit();
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "no `{from}` in {path}:\n{text}");
        self.write(path, &text.replacen(from, to, 1));
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect("a file")
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).expect("written");
    }

    fn sync(&self, code: i32) -> String {
        self.run("sync", code)
    }

    fn run(&self, command: &str, code: i32) -> String {
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
    fn take_both(&self, path: &str) {
        let markers = ["<<<<<<< ", "=======", ">>>>>>> "];
        let is_text = |line: &&str| !markers.iter().any(|marker| line.starts_with(marker));
        let text = self.read(path);
        let lines: Vec<_> = text.lines().filter(is_text).collect();
        self.write(path, &(lines.join("\n") + "\n"));
    }

    /// Whether anything is left of a merge.
    fn conflicts(&self) -> Vec<String> {
        let found = self.try_git(&["grep", "--files-with-matches", "^<<<<<<< "]);
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        found.lines().map(str::to_owned).collect()
    }

    /// What all migrations say, in order.
    fn migrations(&self) -> String {
        let folder = self.root().join("migrations/sqlite");
        let mut paths: Vec<_> = fs::read_dir(folder)
            .expect("migrations")
            .flatten()
            .map(|e| e.path())
            .collect();
        paths.sort();
        paths
            .iter()
            .map(|path| fs::read_to_string(path).expect("text"))
            .collect()
    }

    /// Everything generated is as in a project that never was two.
    fn is_healed(&self) {
        assert_eq!(self.conflicts(), Vec::<String>::new());
        self.run("check", 0);
        assert!(self.sync(0).contains("In step with `openapi.yaml`\n"));
        let spec = self.root().join("openapi.yaml");
        let fresh = self.folder.path().join("fresh/project");
        fs::create_dir_all(fresh.parent().expect("a folder")).expect("created");
        let new = [
            "new",
            "fresh/project",
            "--no-git",
            "-q",
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

fn apigen(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apigen"));
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    command.output().expect("apigen")
}

fn told(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn operation(name: &str) -> String {
    format!(
        "  /{name}:\n    get:\n      operationId: {name}\n      tags: [{name}]\n      responses: {{ \"204\": {{ description: Done }} }}\n"
    )
}

fn with(new: &str, before: &str) -> String {
    new.to_owned() + before
}

#[test]
fn different_operations() {
    let repository = Repository::new();
    let (ping, pong) = (operation("ping"), operation("pong"));
    repository.branch("one", &[("openapi.yaml", STATS, &with(&ping, STATS))]);
    repository.branch(
        "two",
        &[("openapi.yaml", COMPONENTS, &with(&pong, COMPONENTS))],
    );
    repository.try_git(&["merge", "one"]);
    assert!(!repository.conflicts().contains(&".apigen/lock".to_owned()));
    repository.sync(0);
    repository.is_healed();
    repository.commit();
}

#[test]
fn the_spec_s_own_conflict_comes_first() {
    let repository = Repository::new();
    let (ping, pong) = (operation("ping"), operation("pong"));
    repository.branch("one", &[("openapi.yaml", STATS, &with(&ping, STATS))]);
    repository.branch("two", &[("openapi.yaml", STATS, &with(&pong, STATS))]);
    repository.try_git(&["merge", "one"]);
    for command in ["check", "sync"] {
        let told = repository.run(command, 1);
        assert!(
            told.contains("merge-conflict") && told.contains("openapi.yaml:"),
            "{told}"
        );
    }
    repository.git(&["checkout", "--quiet", "main", "--", "openapi.yaml"]);
    let both = ping + &pong + STATS;
    repository.replace("openapi.yaml", STATS, &both);
    repository.sync(0);
    repository.is_healed();
    repository.commit();
}

#[test]
fn one_edits_a_service_and_the_other_renames() {
    let repository = Repository::new();
    let mine = "/// Mine.\n#[derive(Default)]";
    repository.branch(
        "one",
        &[("src/services/notes.rs", "#[derive(Default)]", mine)],
    );
    repository.branch(
        "two",
        &[(
            "openapi.yaml",
            "operationId: archiveNote",
            "operationId: shelveNote",
        )],
    );
    repository.git(&["merge", "--quiet", "one"]);
    repository.sync(0);
    repository.is_healed();
    assert!(repository.read("src/services/notes.rs").contains(mine));
}

#[test]
fn a_branch_is_rebased_and_a_commit_is_picked() {
    for way in ["rebase", "cherry-pick"] {
        let repository = Repository::new();
        let (ping, pong) = (operation("ping"), operation("pong"));
        repository.branch("one", &[("openapi.yaml", STATS, &with(&ping, STATS))]);
        repository.branch(
            "two",
            &[("openapi.yaml", COMPONENTS, &with(&pong, COMPONENTS))],
        );
        let stopped = repository.try_git(&[way, "one"]);
        repository.sync(0);
        repository.git(&["add", "--all"]);
        if !stopped.status.success() {
            repository.git(&[way, "--continue"]);
        }
        repository.is_healed();
    }
}

#[test]
fn both_change_a_table() {
    let repository = Repository::new();
    repository.branch("one", &[("openapi.yaml", STARS, &with(COLOR, STARS))]);
    repository.branch("two", &[("openapi.yaml", TITLE, &with(PLACE, TITLE))]);
    repository.try_git(&["merge", "one"]);
    let told = apigen(&repository.root(), &["sync"]);
    if told.status.code() == Some(1) {
        // Both have a `0002_change_notes.sql`: the one that this branch has run stays.
        let path = "migrations/sqlite/0002_change_notes.sql";
        assert!(self::told(&told).contains(&format!("git checkout --ours {path}")));
        repository.git(&["checkout", "--quiet", "--ours", path]);
        repository.sync(0);
    }
    repository.is_healed();
    let migrations = repository.migrations();
    for column in ["color", "place"] {
        let adds = migrations.matches(&format!("ADD COLUMN {column} ")).count();
        assert_eq!(adds, 1, "{column}:\n{migrations}");
    }
}

#[test]
fn both_add_a_table() {
    let table = |name: &str| {
        let schema = "{ type: object, required: [id], properties: { id: { type: string, format: uuid, readOnly: true }, text: { type: string } } }";
        let content =
            |schema: &str| format!("content: {{ application/json: {{ schema: {schema} }} }}");
        let (one, list) = (
            content(schema),
            content(&format!("{{ type: array, items: {schema} }}")),
        );
        format!(
            "  /{name}:\n    get:\n      tags: [{name}]\n      responses: {{ \"200\": {{ description: All, {list} }} }}\n    post:\n      tags: [{name}]\n      requestBody: {{ required: true, {one} }}\n      responses: {{ \"201\": {{ description: New, {one} }} }}\n"
        )
    };
    let repository = Repository::new();
    repository.branch(
        "one",
        &[("openapi.yaml", STATS, &with(&table("plants"), STATS))],
    );
    repository.branch(
        "two",
        &[(
            "openapi.yaml",
            COMPONENTS,
            &with(&table("stones"), COMPONENTS),
        )],
    );
    repository.try_git(&["merge", "one"]);
    repository.sync(0);
    repository.is_healed();
    let migrations = repository.migrations();
    for table in ["plants", "stones"] {
        let adds = migrations
            .matches(&format!("CREATE TABLE {table} "))
            .count();
        assert_eq!(adds, 1, "{table}:\n{migrations}");
    }
}

#[test]
fn both_need_a_dependency() {
    let repository = Repository::new();
    let pattern = "        title: { type: string, pattern: '^[A-Z][a-z]+$' }\n";
    repository.branch("one", &[("openapi.yaml", TITLE, pattern)]);
    repository.branch(
        "two",
        &[(
            "Cargo.toml",
            "[dependencies]\n",
            "[dependencies]\nrand = \"0.9\" # mine\n",
        )],
    );
    repository.try_git(&["merge", "one"]);
    if repository.conflicts().contains(&"Cargo.toml".to_owned()) {
        let told = repository.run("sync", 1);
        assert!(told.contains("Cargo.toml"), "{told}");
        repository.take_both("Cargo.toml");
    }
    repository.sync(0);
    repository.is_healed();
    let manifest = repository.read("Cargo.toml");
    assert!(
        manifest.contains("rand = \"0.9\" # mine") && manifest.contains("regex"),
        "{manifest}"
    );
}
