//! A project that is one `sync` behind, and the runs that are broken off in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::run::told;

pub(crate) const SPEC: &str = r##"openapi: 3.0.3
info: { title: Notes, version: 1.0.0 }
paths:
  /notes:
    get:
      operationId: listNotes
      tags: [notes]
      responses:
        "200":
          description: All
          content:
            application/json:
              schema: { type: array, items: { $ref: "#/components/schemas/Note" } }
    post:
      operationId: createNote
      tags: [notes]
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: "#/components/schemas/Note" }
      responses:
        "201":
          description: Made
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Note" }
  /notes/send:
    post:
      operationId: sendNotes
      tags: [notes]
      responses:
        "204": { description: Sent }
components:
  schemas:
    Note:
      type: object
      required: [id, text]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        text: { type: string }
"##;

/// A file goes and one comes, others change, a column asks for a migration and a pattern for a
/// dependency.
pub(crate) const CHANGES: [(&str, &str); 2] = [
    (
        "  /notes/send:\n    post:\n      operationId: sendNotes",
        "  /letters/burn:\n    delete:\n      operationId: burnLetters",
    ),
    (
        "        text: { type: string }\n",
        "        text: { type: string, pattern: \"^[a-z]+$\" }\n        color: { type: string }\n",
    ),
];

/// What a person wrote, into files of their own and into apigen's.
pub(crate) const MINE: [(&str, &str); 3] = [
    ("src/mine.rs", "// mine\n"),
    ("src/services/notes.rs", "// mine too\n"),
    ("Cargo.toml", "\n[dependencies.mine]\npath = \"mine\"\n"),
];

pub(crate) const UPDATED: &str = "src/schemas/note.rs";
pub(crate) const REMOVED: &str = "src/operations/notes/send_notes.rs";
pub(crate) const CREATED: &str = "migrations/sqlite/0002_change_notes.sql";

pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// A project that is one `sync` behind, and what it is before and after that.
pub(crate) struct Case {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) old: Tree,
    pub(crate) new: Tree,
}

impl Case {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let base = folder.path().join("base");
        let spec = folder.path().join("spec.yaml");
        fs::write(&spec, SPEC).expect("written");
        run(
            folder.path(),
            &["new", "base", "--spec", "spec.yaml", "--no-git", "-q"],
            "",
        );
        for (path, text) in MINE {
            let path = base.join(path);
            let before = fs::read_to_string(&path).unwrap_or_default();
            fs::write(path, before + text).expect("written");
        }
        let changed = CHANGES.iter().fold(SPEC.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        fs::write(base.join("openapi.yaml"), changed).expect("written");
        let case = Self::of(folder, &base);
        let kinds = [UPDATED, REMOVED, CREATED]
            .map(|path| (case.old.contains_key(path), case.new.contains_key(path)));
        assert_eq!(kinds, [(true, true), (true, false), (false, true)]);
        assert!(case.old["Cargo.toml"] != case.new["Cargo.toml"]);
        case
    }

    /// A project, and what a sync makes of it that nothing interrupts.
    pub(crate) fn of(folder: tempfile::TempDir, base: &Path) -> Self {
        let mut case = Self {
            folder,
            old: tree(base),
            new: Tree::new(),
        };
        let root = case.project("uninterrupted");
        ends(&run(&root, &["sync"], ""), 0, "In step");
        case.new = tree(&root);
        case
    }

    /// A fresh copy.
    pub(crate) fn project(&self, name: &str) -> PathBuf {
        let root = self.folder.path().join(name);
        for (path, bytes) in &self.old {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, bytes).expect("written");
        }
        root
    }

    /// After whatever happened: `check` does not call a half-written project anything, and the
    /// next sync ends in the new state.
    pub(crate) fn heals(&self, root: &Path, what: &str) {
        let now = tree(root);
        let check = run(root, &["check"], "");
        match is_interrupted(root) {
            true => ends(&check, 1, "a sync was interrupted"),
            false => assert!(
                now == self.old || now == self.new,
                "{what}: {}",
                differing(&now, &self.old)
            ),
        }
        ends(&run(root, &["sync"], ""), 0, "In step");
        self.is_new(root, what);
        fs::remove_dir_all(root).expect("removed");
    }

    pub(crate) fn is_new(&self, root: &Path, what: &str) {
        let now = tree(root);
        assert!(now == self.new, "{what}: {}", differing(&now, &self.new));
    }

    pub(crate) fn is_old(&self, root: &Path, what: &str) {
        let now = tree(root);
        assert!(now == self.old, "{what}: {}", differing(&now, &self.old));
    }
}

pub(crate) fn command(folder: &Path, arguments: &[&str], fault: &str) -> Command {
    let mut command = crate::run::command(folder, arguments);
    command.env("CARGO_NET_OFFLINE", "true");
    // Steps have numbers only if one follows the other.
    command
        .env("APIGEN_FAULT", fault)
        .env("RAYON_NUM_THREADS", "1");
    command.env("PATH", "/nowhere");
    command
}

pub(crate) fn run(folder: &Path, arguments: &[&str], fault: &str) -> Output {
    command(folder, arguments, fault).output().expect("apigen")
}

pub(crate) fn ends(output: &Output, code: i32, words: &str) {
    let said = told(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(words), "no `{words}` in:\n{said}");
}

pub(crate) fn is_interrupted(root: &Path) -> bool {
    let names = ["journal-staging", "journal", "journal-undo"];
    names
        .iter()
        .any(|name| root.join(".apigen").join(name).exists())
}

/// Every file below a folder, but those that say who is at work and what was read last, which a
/// kill may leave half-written.
pub(crate) fn tree(root: &Path) -> Tree {
    let mut tree = crate::run::tree(root);
    let of_this_machine = [".apigen/running", ".apigen/cache", ".apigen/cache.new"];
    tree.retain(|path, _| !of_this_machine.contains(&path.as_str()));
    tree
}

pub(crate) fn differing(one: &Tree, other: &Tree) -> String {
    let paths = one.keys().chain(other.keys());
    let differing = paths.filter(|path| one.get(*path) != other.get(*path));
    differing.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// How many steps a whole run takes.
pub(crate) fn steps(start: impl Fn() -> PathBuf, arguments: &[&str]) -> usize {
    let (mut least, mut most) = (0, 4096);
    while least < most {
        let middle = usize::midpoint(least, most);
        let root = start();
        let output = run(&root, arguments, &format!("kill:{}", middle + 1));
        fs::remove_dir_all(&root).expect("removed");
        match output.status.code() {
            Some(_) => most = middle,
            None => least = middle + 1,
        }
    }
    assert!((50..4096).contains(&least), "{least} steps");
    least
}
