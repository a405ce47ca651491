//! A workspace in a folder of its own, and what one does with it.

use std::{fs, path::PathBuf};

use crate::run::{Run, apigen, fixture};

pub(crate) struct World {
    _folder: tempfile::TempDir,
    pub(crate) root: PathBuf,
}

impl World {
    /// The shop, in this layout.
    pub(crate) fn new(layout: &str) -> Self {
        Self::named("shop", layout, &fs::read_to_string(fixture()).expect("it"))
    }

    /// A project of this name, from this document.
    pub(crate) fn named(name: &str, layout: &str, spec: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("in.yaml"), spec).expect("written");
        let arguments = [
            "new", "p", "--name", name, "--layout", layout, "--spec", "in.yaml",
        ];
        let run = apigen(
            folder.path(),
            &[&arguments[..], &["--no-git", "-q"]].concat(),
        );
        run.ends(0, &[]);
        let root = folder.path().join("p");
        Self {
            _folder: folder,
            root: root.canonicalize().expect("a path"),
        }
    }

    /// Runs the command in the workspace.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        apigen(&self.root, arguments)
    }

    /// Runs the command in a folder of it.
    pub(crate) fn run_in(&self, folder: &str, arguments: &[&str]) -> Run {
        apigen(&self.root.join(folder), arguments)
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        let text = fs::read_to_string(self.root.join(path));
        text.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    /// Replaces what is there once.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {path}:\n{text}");
        self.write(path, &text.replace(from, to));
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).expect("removed");
    }

    /// Nothing is left to do.
    pub(crate) fn is_in_step(&self) {
        self.run(&["check"]).ends(0, &["In step"]);
    }
}
