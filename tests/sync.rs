//! What happens to a project's files between two syncs, as data: what apigen wrote, what the user
//! did, what apigen wants now, and what must come of it.

use std::{fs, path::Path, time::SystemTime};

use apigen::{
    project::{self, Action, LOCK, Lock, Plan, Snapshot, Write, apply},
    render::{File, Ownership},
};

const G: Ownership = Ownership::Generated;
const S: Ownership = Ownership::Scaffolded;
const A: Ownership = Ownership::Appended;
const M: Ownership = Ownership::Merged;

/// What apigen wants: path, ownership, text.
type Desired<'a> = &'a [(&'a str, Ownership, &'a str)];

/// A sync, an edit, and a sync.
struct Scenario<'a> {
    first: Desired<'a>,
    /// What the user does then: a text, or `None` to delete.
    edits: &'a [(&'a str, Option<&'a str>)],
    second: Desired<'a>,
    /// Every action of the second plan that is not `Keep`.
    plan: &'a [(&'a str, Action)],
    /// Every file that is there in the end; `None` for none.
    tree: &'a [(&'a str, Option<&'a str>)],
}

impl Scenario<'_> {
    /// Runs it, and asks that a sync after the last one has nothing to do.
    fn check(&self) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        sync(root, self.first);
        for (path, text) in self.edits {
            edit(root, path, *text);
        }
        let (plan, disk) = plan(root, self.second);
        let actions = plan
            .entries
            .iter()
            .filter(|entry| entry.action != Action::Keep);
        let actions: Vec<_> = actions
            .map(|entry| (entry.path.as_str(), entry.action))
            .collect();
        assert_eq!(actions, self.plan);
        let blocked = plan.blocked().next().is_some();
        if !blocked {
            apply(root, &plan.writes(&disk)).expect("written");
        }
        for (path, text) in self.tree {
            assert_eq!(read(root, path).as_deref(), *text, "{path}");
        }
        assert!(leftovers(root).is_empty(), "{:?}", leftovers(root));
        if !blocked {
            let (again, disk) = self::plan(root, self.second);
            assert_eq!(again.drift().count(), 0);
            assert_eq!(again.writes(&disk), []);
        }
    }
}

fn files(desired: Desired<'_>) -> Vec<File> {
    let file = |&(path, ownership, contents): &(&str, Ownership, &str)| File {
        path: path.to_owned(),
        contents: contents.to_owned(),
        ownership,
    };
    desired.iter().map(file).collect()
}

fn plan(root: &Path, desired: Desired<'_>) -> (Plan, Snapshot) {
    let files = files(desired);
    let lock = Lock::parse(&read(root, LOCK).unwrap_or_default());
    let mut disk = Snapshot::default();
    let paths = files.iter().map(|file| &file.path).chain(lock.paths());
    disk.read(root, paths.chain([&LOCK.to_owned()]))
        .expect("read");
    disk.read(root, &lock.bases()).expect("read");
    let plan = project::plan(&files, &disk, &lock).expect("planned");
    disk.read(root, plan.state.keys()).expect("read");
    (plan, disk)
}

fn sync(root: &Path, desired: Desired<'_>) {
    let (plan, disk) = plan(root, desired);
    apply(root, &plan.writes(&disk)).expect("written");
}

fn edit(root: &Path, path: &str, text: Option<&str>) {
    let path = root.join(path);
    match text {
        Some(text) => {
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            fs::write(path, text).expect("written");
        }
        None => fs::remove_file(path).expect("removed"),
    }
}

fn read(root: &Path, path: &str) -> Option<String> {
    fs::read_to_string(root.join(path)).ok()
}

/// Staged files that nobody renamed.
fn leftovers(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.path().is_dir() {
            true => found.extend(leftovers(&entry.path())),
            false if name.ends_with(".tmp") => found.push(name),
            false => {}
        }
    }
    found
}

const OURS: &str = "// @generated\nuse a::{c, b};\npub fn get() -> u8 {\n    1\n}\n";
const OURS_NEW: &str = "// @generated\nuse a::{c, b};\npub fn get() -> u16 {\n    1\n}\n";
const REFORMATTED: &str = "// @generated\nuse a::{b, c};\n\npub fn get() -> u8 { 1 }\n";
const EDITED: &str = "// @generated\nuse a::{c, b};\npub fn get() -> u8 {\n    2\n}\n";
const COMMENTED: &str = "// @generated\nuse a::{c, b};\npub fn get() -> u8 {\n    1 // mine\n}\n";
const MERGED: &str = "// @generated\nuse a::{c, b};\n<<<<<<< HEAD\npub fn get() -> u8 {\n=======\npub fn get() -> u16 {\n>>>>>>> other\n    1\n}\n";
const CRLF: &str = "// @generated\r\nuse a::{c, b};\r\npub fn get() -> u8 {\r\n    1\r\n}\r\n";
const SERVICE: &str = "struct Items;\n";
const MINE: &str = "struct Items { mine: u8 }\n";
const PATH: &str = "src/api/items.rs";
const MY_PATH: &str = "src/services/items.rs";

#[test]
fn a_field_is_added() {
    Scenario {
        first: &[(PATH, G, OURS), (MY_PATH, S, SERVICE)],
        edits: &[(MY_PATH, Some(MINE))],
        second: &[(PATH, G, OURS_NEW), (MY_PATH, S, SERVICE)],
        plan: &[(PATH, Action::Update)],
        tree: &[(PATH, Some(OURS_NEW)), (MY_PATH, Some(MINE))],
    }
    .check();
}

#[test]
fn an_operation_is_added() {
    Scenario {
        first: &[(PATH, G, OURS)],
        edits: &[],
        second: &[(PATH, G, OURS), ("src/operations/a/b.rs", G, OURS)],
        plan: &[("src/operations/a/b.rs", Action::Create)],
        tree: &[("src/operations/a/b.rs", Some(OURS))],
    }
    .check();
}

#[test]
fn an_operation_is_removed_with_its_folder() {
    Scenario {
        first: &[(PATH, G, OURS), ("src/operations/a/b.rs", G, OURS)],
        edits: &[],
        second: &[(PATH, G, OURS)],
        plan: &[("src/operations/a/b.rs", Action::Remove)],
        tree: &[("src/operations/a/b.rs", None), ("src/operations", None)],
    }
    .check();
}

#[test]
fn an_edited_file_is_neither_overwritten_nor_removed() {
    for edited in [EDITED, COMMENTED, ""] {
        for (second, action) in [
            (&[(PATH, G, OURS)][..], Action::Edited),
            (&[(PATH, G, OURS_NEW)][..], Action::Edited),
            (&[][..], Action::Edited),
        ] {
            Scenario {
                first: &[(PATH, G, OURS)],
                edits: &[(PATH, Some(edited))],
                second,
                plan: &[(PATH, action)],
                tree: &[(PATH, Some(edited))],
            }
            .check();
        }
    }
}

#[test]
fn one_edited_file_holds_everything_back() {
    Scenario {
        first: &[(PATH, G, OURS), ("src/b.rs", G, OURS)],
        edits: &[(PATH, Some(EDITED))],
        second: &[(PATH, G, OURS), ("src/b.rs", G, OURS_NEW)],
        plan: &[(PATH, Action::Edited), ("src/b.rs", Action::Update)],
        tree: &[(PATH, Some(EDITED)), ("src/b.rs", Some(OURS))],
    }
    .check();
}

#[test]
fn a_discarded_edit_is_gone_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    sync(root, &[(PATH, G, OURS)]);
    edit(root, PATH, Some(EDITED));
    let (mut plan, disk) = plan(root, &[(PATH, G, OURS)]);
    assert!(!plan.discard("src/other.rs"));
    assert!(plan.discard(PATH));
    apply(root, &plan.writes(&disk)).expect("written");
    assert_eq!(read(root, PATH).as_deref(), Some(OURS));
    assert_eq!(self::plan(root, &[(PATH, G, OURS)]).0.drift().count(), 0);
}

#[test]
fn formatting_is_restored_and_is_no_drift() {
    Scenario {
        first: &[(PATH, G, OURS)],
        edits: &[(PATH, Some(REFORMATTED))],
        second: &[(PATH, G, OURS)],
        plan: &[(PATH, Action::Restore)],
        tree: &[(PATH, Some(OURS))],
    }
    .check();
    assert!(!Action::Restore.is_drift());
}

#[test]
fn line_ends_that_git_rewrote_are_no_edit() {
    Scenario {
        first: &[(PATH, G, OURS)],
        edits: &[(PATH, Some(CRLF))],
        second: &[(PATH, G, OURS)],
        plan: &[],
        tree: &[(PATH, Some(CRLF))],
    }
    .check();
}

#[test]
fn a_merge_conflict_in_a_generated_file_heals() {
    Scenario {
        first: &[(PATH, G, OURS)],
        edits: &[(PATH, Some(MERGED))],
        second: &[(PATH, G, OURS_NEW)],
        plan: &[(PATH, Action::Update)],
        tree: &[(PATH, Some(OURS_NEW))],
    }
    .check();
}

#[test]
fn a_line_between_the_markers_that_nobody_generated_is_an_edit() {
    let torn = MERGED.replace("=======\n", "// mine\n=======\n");
    Scenario {
        first: &[(PATH, G, OURS)],
        edits: &[(PATH, Some(&torn))],
        second: &[(PATH, G, OURS_NEW)],
        plan: &[(PATH, Action::Edited)],
        tree: &[(PATH, Some(&torn))],
    }
    .check();
}

#[test]
fn a_merge_of_two_locks_knows_both_sides() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    sync(root, &[(PATH, G, OURS), (MY_PATH, S, SERVICE)]);
    let one = read(root, LOCK).expect("a lock");
    sync(root, &[(PATH, G, OURS_NEW), (MY_PATH, S, SERVICE)]);
    let other = read(root, LOCK).expect("a lock");
    let merged = format!("<<<<<<< HEAD\n{one}=======\n{other}>>>>>>> other\n");
    edit(root, LOCK, Some(&merged));
    let (plan, disk) = plan(root, &[(PATH, G, OURS), (MY_PATH, S, SERVICE)]);
    assert_eq!(plan.blocked().count(), 0);
    apply(root, &plan.writes(&disk)).expect("written");
    assert_eq!(read(root, LOCK), Some(one));
}

#[test]
fn a_deleted_scaffold_stays_deleted_and_a_deleted_generated_file_comes_back() {
    Scenario {
        first: &[(PATH, G, OURS), (MY_PATH, S, SERVICE)],
        edits: &[(PATH, None), (MY_PATH, None)],
        second: &[(PATH, G, OURS), (MY_PATH, S, SERVICE)],
        plan: &[(PATH, Action::Recreate), (MY_PATH, Action::Deleted)],
        tree: &[(PATH, Some(OURS)), (MY_PATH, None)],
    }
    .check();
}

#[test]
fn a_scaffold_outlives_its_tag() {
    Scenario {
        first: &[(MY_PATH, S, SERVICE)],
        edits: &[(MY_PATH, Some(MINE))],
        second: &[],
        plan: &[(MY_PATH, Action::Orphaned)],
        tree: &[(MY_PATH, Some(MINE))],
    }
    .check();
}

#[test]
fn a_strangers_file_is_in_the_way() {
    Scenario {
        first: &[],
        edits: &[(PATH, Some(OURS)), (MY_PATH, Some(MINE))],
        second: &[(PATH, G, OURS_NEW), (MY_PATH, S, SERVICE)],
        plan: &[(PATH, Action::InTheWay)],
        tree: &[(PATH, Some(OURS)), (MY_PATH, Some(MINE))],
    }
    .check();
}

#[test]
fn a_migration_is_written_once() {
    let (one, two) = (
        "migrations/sqlite/0001_initial.sql",
        "migrations/sqlite/0002_b.sql",
    );
    Scenario {
        first: &[(one, A, "CREATE")],
        edits: &[],
        second: &[(two, A, "ALTER")],
        plan: &[(two, Action::Create)],
        tree: &[(one, Some("CREATE")), (two, Some("ALTER"))],
    }
    .check();
    Scenario {
        first: &[(one, A, "CREATE")],
        edits: &[(one, Some("CREATE mine"))],
        second: &[(one, A, "CREATE other")],
        plan: &[],
        tree: &[(one, Some("CREATE mine"))],
    }
    .check();
}

#[test]
fn a_dependency_is_added() {
    let mine = "[dependencies]\nserde = \"1.0.200\" # mine\nanyhow = \"1\"\n";
    Scenario {
        first: &[("Cargo.toml", M, "[dependencies]\nserde = \"1\"\n")],
        edits: &[("Cargo.toml", Some(mine))],
        second: &[(
            "Cargo.toml",
            M,
            "[dependencies]\nregex = \"1\"\nserde = \"1\"\n",
        )],
        plan: &[("Cargo.toml", Action::Merge)],
        tree: &[("Cargo.toml", Some(&format!("{mine}regex = \"1\"\n")))],
    }
    .check();
}

#[test]
fn nothing_to_do_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let desired: Desired<'_> = &[(PATH, G, OURS), (MY_PATH, S, SERVICE)];
    sync(root, desired);
    let time = |path: &str| -> SystemTime {
        let metadata = fs::metadata(root.join(path)).expect("there");
        metadata.modified().expect("a time")
    };
    let before = [PATH, MY_PATH, LOCK].map(time);
    std::thread::sleep(std::time::Duration::from_millis(20));
    sync(root, desired);
    assert_eq!([PATH, MY_PATH, LOCK].map(time), before);
}

#[test]
fn what_cannot_be_written_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    edit(root, "a.txt", Some("old"));
    edit(
        root,
        "taken/file",
        Some("a folder stands where a file should be"),
    );
    let writes = [
        Write::text("a.txt", "new"),
        Write::text("deep/er/b.txt", "new"),
        Write::text("taken", "new"),
    ];
    assert!(apply(root, &writes).is_err());
    assert_eq!(read(root, "a.txt").as_deref(), Some("old"));
    assert!(!root.join("deep").exists());
    assert!(leftovers(root).is_empty());
}

#[test]
fn a_lock_never_reaches_out_of_the_project() {
    let text =
        "G ../outside.rs 00\nG /etc/passwd 00\nG a/../../b 00\nG .git/config 00\nG in.rs 00\n";
    let lock = Lock::parse(text);
    assert_eq!(lock.paths().collect::<Vec<_>>(), ["in.rs"]);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_secrets_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let mode = |path: &str| {
        let metadata = fs::metadata(root.join(path)).expect("there");
        metadata.permissions().mode() & 0o777
    };
    edit(root, "run.sh", Some("old"));
    fs::set_permissions(root.join("run.sh"), fs::Permissions::from_mode(0o755)).expect("set");
    let writes = [Write::text("run.sh", "new"), Write::secret(".env", "KEY=1")];
    apply(root, &writes).expect("written");
    assert_eq!((mode("run.sh"), mode(".env")), (0o755, 0o600));
}
