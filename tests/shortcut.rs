//! A run with nothing to do takes a shortcut, and never a wrong one.

use std::{fs, path::Path, process::Command, sync::Mutex};

use apigen::commands::{
    Console, Outcome, check, new,
    shortcut::Shortcut,
    sync::{self, Options},
};

/// What a run looks at is remembered by the process: one test at a time.
static ONE: Mutex<()> = Mutex::new(());

const QUIET: Console = Console {
    quiet: true,
    verbose: false,
    color: false,
};

const ROOT: &str = "openapi: 3.0.3
info: {title: Shop, version: '1'}
paths:
  /items:
    get:
      operationId: listItems
      tags: [items]
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: 'parts/item.yaml'}}}}}
";

const PART: &str = "type: object\nrequired: [id]\nproperties:\n  id: {type: string, readOnly: true}\n  name: {type: string}\n";

fn project(root: &Path) -> Options {
    let spec = root.join("spec");
    fs::create_dir_all(spec.join("parts")).expect("a folder");
    fs::write(spec.join("openapi.yaml"), ROOT).expect("written");
    fs::write(spec.join("parts/item.yaml"), PART).expect("written");
    let options = new::Options {
        path: root.join("shop"),
        spec: Some(spec.join("openapi.yaml")),
        link: true,
        yes: true,
        ..Default::default()
    };
    new::run(&options, QUIET).expect("a project");
    let options = Options {
        directory: root.join("shop"),
        ..Options::default()
    };
    assert_eq!(sync::run(&options, QUIET).expect("synced"), Outcome::Done);
    options
}

fn change(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).expect("read");
    assert!(text.contains(old), "no `{old}`");
    fs::write(path, text.replace(old, new)).expect("written");
}

#[test]
fn a_sync_that_wrote_something_is_remembered() {
    let _one = ONE.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let options = project(folder.path());
    let (root, spec) = (&options.directory, folder.path().join("spec"));
    let sync = || sync::run(&options, QUIET).expect("synced");

    let part = spec.join("parts/item.yaml");
    change(
        &part,
        "name: {type: string}",
        "name: {type: string}\n  size: {type: integer}",
    );
    assert!(Shortcut::find(root).is_none(), "a field");
    assert_eq!(sync(), Outcome::Done);
    assert!(Shortcut::find(root).is_some(), "in step with the field");

    change(
        &spec.join("openapi.yaml"),
        "tags: [items]",
        "tags: [things]",
    );
    sync();
    assert!(
        Shortcut::find(root).is_none(),
        "a file that nothing needs is told each time"
    );
    fs::remove_file(root.join("src/services/items.rs")).expect("removed");
    assert_eq!(sync(), Outcome::Done);
    assert!(Shortcut::find(root).is_some(), "in step with the tag");
    let new = root.join("src/services/things.rs");
    change(&new, "{}", "{ }");
    assert!(Shortcut::find(root).is_none(), "the new file belongs to it");
}

#[test]
fn machines_are_told_the_same_on_the_short_way() {
    let _one = ONE.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let options = project(folder.path());
    let printed = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_apigen"));
        command.args(["check", "--format", format]);
        let output = command.current_dir(&options.directory).output();
        let output = output.expect("apigen");
        (output.status.code(), output.stdout, output.stderr)
    };
    let formats = ["human", "json", "github", "sarif"];
    let _others = formats.map(printed); // the program is not this one: it remembers for itself
    let short = formats.map(printed);
    for (format, short) in formats.into_iter().zip(short) {
        fs::remove_file(options.directory.join(".apigen/cache")).expect("remembered");
        assert_eq!(printed(format), short, "{format}");
    }
}

#[test]
fn one_byte_in_any_file_leads_to_the_full_way() {
    let _one = ONE.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let options = project(folder.path());
    let (root, spec) = (&options.directory, folder.path().join("spec"));
    assert!(Shortcut::find(root).is_some(), "nothing changed");
    let own = [
        "apigen.toml",
        "Cargo.toml",
        ".env.example",
        ".apigen/lock",
        ".apigen/model.json",
        ".apigen/cache",
        "src/main.rs",
        "src/api/openapi.json",
        "src/services/mod.rs",
        "src/services/items.rs",
        "tests/contract/main.rs",
    ];
    let own = own.map(|path| root.join(path));
    let files = [spec.join("openapi.yaml"), spec.join("parts/item.yaml")];
    for path in files.iter().chain(&own) {
        let before = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut after = before.clone();
        let middle = after.len() / 2;
        after[middle] ^= 1;
        fs::write(path, &after).expect("written");
        assert!(Shortcut::find(root).is_none(), "{}", path.display());
        fs::remove_file(path).expect("removed");
        assert!(Shortcut::find(root).is_none(), "{} is gone", path.display());
        fs::write(path, &before).expect("written");
        assert!(Shortcut::find(root).is_some(), "{}", path.display());
    }
    let mine = root.join("src/services/mine.rs");
    fs::write(&mine, "// mine\n").expect("written");
    assert!(Shortcut::find(root).is_none(), "one more service");
    fs::remove_file(mine).expect("removed");
    fs::create_dir(spec.join(".git")).expect("created");
    assert!(Shortcut::find(root).is_none(), "another work tree");
}

#[test]
fn what_is_not_in_step_is_not_remembered() {
    let _one = ONE.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let options = project(folder.path());
    let main = options.directory.join("src/api/mod.rs");
    let text = fs::read_to_string(&main).expect("read");
    fs::write(&main, text + "fn mine() {}\n").expect("written");
    let check = check::Options {
        directory: options.directory.clone(),
        ..Default::default()
    };
    for _ in 0..2 {
        assert_eq!(check::run(&check, QUIET).expect("told"), Outcome::Drift);
        assert_eq!(sync::run(&options, QUIET).expect("told"), Outcome::Drift);
    }
    assert!(Shortcut::find(&options.directory).is_none());
}

#[test]
fn a_copy_does_not_take_the_word_of_its_original() {
    let _one = ONE.lock();
    let folder = tempfile::tempdir().expect("a folder");
    let options = project(folder.path());
    let copy = folder.path().join("copy");
    fs::create_dir_all(copy.join(".apigen")).expect("a folder");
    for file in ["apigen.toml", ".apigen/cache"] {
        fs::copy(options.directory.join(file), copy.join(file)).expect("copied");
    }
    assert!(Shortcut::find(&options.directory).is_some());
    assert!(Shortcut::find(&copy).is_none());
}
