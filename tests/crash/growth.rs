//! A package that becomes services, and a tag that moves to another service, by runs that are
//! killed: what a person wrote is on its way to other folders then.

use std::{fs, path::Path};

use crate::case::*;

const CODE: &str = "src/services/letters.rs";

/// A project of two tags in this layout, with code of a person's in both.
fn project(layout: &str, folders: [&str; 2]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (
        "sendNotes\n      tags: [notes]",
        "sendNotes\n      tags: [letters]",
    );
    assert!(SPEC.contains(from));
    fs::write(folder.path().join("spec.yaml"), SPEC.replace(from, to)).expect("written");
    let new = [
        "new",
        "base",
        "--spec",
        "spec.yaml",
        "--no-git",
        "-q",
        "--layout",
        layout,
    ];
    ends(&run(folder.path(), &new, ""), 0, "");
    let [notes, letters] = folders.map(|at| folder.path().join("base").join(at));
    add(&notes.join("src/services/notes.rs"), "// mine\n");
    add(&letters.join(CODE), "// mine: `crate::stamps`\n");
    add(&letters.join("src/stamps.rs"), "// mine too\n");
    add(&letters.join("src/lib.rs"), "mod stamps;\n");
    folder
}

fn add(path: &Path, text: &str) {
    let before = fs::read_to_string(path).unwrap_or_default();
    fs::write(path, before + text).expect("written");
}

/// Killed at some steps, of which the last ones write the lock and tidy up; and once more then.
fn heals(case: &Case, mine: &[(&str, &str)]) {
    for (path, text) in mine {
        let now = String::from_utf8_lossy(&case.new[*path]);
        assert!(now.contains(text), "{path}: {now}");
    }
    let steps = steps(|| case.project("killed"), &["sync"]);
    let sampled = (1..steps).step_by(steps / 5).chain([steps - 1, steps]);
    for (count, step) in sampled.enumerate() {
        let root = case.project("killed");
        run(&root, &["sync"], &format!("kill:{step}"));
        let again = (count % 3 == 1).then_some(steps / 4);
        if let Some(step) = again {
            run(&root, &["sync"], &format!("kill:{step}"));
        }
        case.heals(
            &root,
            &format!("killed at step {step} of {steps}, then at {again:?}"),
        );
    }
}

#[test]
fn a_package_that_becomes_services_is_never_half_of_each() {
    let folder = project("layered", ["", ""]);
    let base = folder.path().join("base");
    let choices = fs::read_to_string(base.join("apigen.toml")).expect("read");
    let services = choices.replace("layout = \"layered\"", "layout = \"services\"");
    fs::write(base.join("apigen.toml"), services).expect("written");
    let case = Case::of(folder, &base);
    heals(
        &case,
        &[
            ("services/notes/src/services/notes.rs", "// mine\n"),
            ("services/letters/src/services/letters.rs", "crate::stamps"),
            ("services/letters/src/stamps.rs", "// mine too\n"),
        ],
    );
}

#[test]
fn a_tag_that_moves_is_in_one_service_or_the_other() {
    let folder = project("services", ["services/notes", "services/letters"]);
    let base = folder.path().join("base");
    let moved = "\n[services.notes]\ntags = [\"notes\", \"letters\"]\n";
    add(&base.join("apigen.toml"), moved);
    let case = Case::of(folder, &base);
    heals(
        &case,
        &[
            ("services/notes/src/services/letters.rs", "crate::stamps"),
            ("services/notes/src/stamps.rs", "// mine too\n"),
        ],
    );
}
