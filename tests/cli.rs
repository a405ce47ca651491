//! The command as a person meets it: what it prints where, its exit codes, and what it leaves.

#[path = "support/run.rs"]
mod run;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use proc_macro2::{TokenStream, TokenTree};
use run::{apigen, fixture, project, replace, tree};

#[test]
fn new_says_what_it_made_and_sync_has_nothing_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = fixture();
    let made = apigen(
        folder.path(),
        &["new", "shop", "--spec", &spec.to_string_lossy(), "--no-git"],
    );
    let made = made.ends(
        0,
        &[
            "Created `shop` from",
            "12 operations (10",
            "2 to write",
            "cd shop && cargo run",
        ],
    );
    assert_eq!(made.out, "");
    let root = folder.path().join("shop");
    let copy = fs::read(root.join("openapi.yaml")).expect("the contract");
    assert_eq!(copy, fs::read(spec).expect("the fixture"));
    let before = tree(&root);
    apigen(&root, &["sync"]).ends(0, &["In step with `openapi.yaml`\n"]);
    apigen(&root.join("src"), &["check"]).ends(0, &["In step"]);
    assert!(tree(&root) == before);
}

#[test]
fn the_same_spec_gives_the_same_bytes() {
    let secret = |(path, _): &(String, Vec<u8>)| path != ".env" && path != "Cargo.lock";
    let (folder, root) = project();
    let one: BTreeMap<_, _> = tree(&root).into_iter().filter(secret).collect();
    drop(folder);
    assert!(one.len() > 40);
    let (_folder, root) = project();
    let other: BTreeMap<_, _> = tree(&root).into_iter().filter(secret).collect();
    assert!(one == other);
}

#[test]
fn new_refuses_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    fs::copy(fixture(), here.join("shop.yaml")).expect("copied");
    fs::write(here.join("bad.yaml"), "openapi: 3.0.3\npaths: [\n").expect("written");
    fs::create_dir(here.join("full")).expect("created");
    fs::write(here.join("full/mine"), "mine").expect("written");
    let before = tree(here);
    for (arguments, words) in [
        (
            &["new", "a"][..],
            &["`--spec` is missing", "hint:", "`--spec"][..],
        ),
        (
            &["new", "a", "--spec", "shpo.yml"],
            &["no file `shpo.yml`", "did you mean `shop.yaml`?"],
        ),
        (
            &["validate", "nowhere/shop.yml"],
            &["no file `nowhere/shop.yml`", "did you mean `shop.yaml`?"],
        ),
        (
            &["new", "a", "--spec", "bad.yaml"],
            &["error[yaml]", "bad.yaml:", "nothing was written"],
        ),
        (
            &["new", "full", "--spec", "shop.yaml"],
            &["`full` is not empty", "hint: `--force`"],
        ),
        (
            &["new", "shop.yaml", "--spec", "shop.yaml"],
            &["`shop.yaml` is a file"],
        ),
        (
            &["new", "a", "--spec", "shop.yaml", "--db", "mysql"],
            &["mysql", "sqlite, postgres, none"],
        ),
        (
            &["new", "a", "--spec", "shop.yaml", "--errors", "xml"],
            &["xml", "envelope, problem"],
        ),
        (
            &["new", "a", "--spec", "shop.yaml", "--layout", "flat"],
            &["flat", "layered, services"],
        ),
        (
            &["new", "a", "--spec", "shop.yaml", "--name", "1a"],
            &["`1a`", "starts with a letter"],
        ),
        (
            &["new", "a", "--spec", "shop.yaml", "--set", "databse=x"],
            &["did you mean `database`?"],
        ),
        (
            &["new", "a", "--spec", "shop.yaml", "--set", "database=x"],
            &["`sqlite`, `postgres` and `none`"],
        ),
        (&["gnu"], &["gnu"]),
        (&["sync"], &["no `apigen.toml`", "`apigen new`"]),
    ] {
        apigen(here, arguments).ends(1, words);
        assert!(tree(here) == before, "{arguments:?}");
    }
}

#[test]
fn force_keeps_what_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("shop");
    fs::create_dir_all(root.join("src/services")).expect("created");
    fs::write(root.join("src/services/items.rs"), "// mine\n").expect("written");
    let spec = fixture();
    let spec = spec.to_string_lossy();
    let force = ["new", "shop", "--spec", &spec, "--no-git", "--force"];
    apigen(folder.path(), &force).ends(0, &["Kept your `src/services/items.rs`"]);
    let kept = fs::read_to_string(root.join("src/services/items.rs"));
    assert_eq!(kept.expect("there"), "// mine\n");

    fs::remove_dir_all(&root).expect("removed");
    fs::create_dir_all(root.join("src/api")).expect("created");
    fs::write(root.join("src/api/mod.rs"), "// mine\n").expect("written");
    let before = tree(&root);
    apigen(folder.path(), &force).ends(1, &["in the way: `src/api/mod.rs`"]);
    assert!(tree(&root) == before);
}

#[test]
fn an_edit_of_a_generated_file_stops_sync_until_it_is_discarded() {
    let (_folder, root) = project();
    let path = "src/operations/items/get_item.rs";
    let file = root.join(path);
    let ours = fs::read_to_string(&file).expect("there");
    fs::write(&file, format!("{ours}// mine\n")).expect("written");
    replace(
        &root.join("openapi.yaml"),
        "title: Shop API",
        "title: My shop",
    );
    let before = tree(&root);

    let stopped = apigen(&root, &["sync"]).ends(2, &["nothing was written", path, "--discard"]);
    assert!(stopped.out.contains("+// mine"), "{}", stopped.out);
    let told = apigen(&root, &["check"]).ends(2, &["hint: `apigen sync` shows"]);
    let line = format!("edited        {path}: edited by hand, and apigen generates it\n");
    assert!(told.out.contains(&line), "{}", told.out);
    assert!(tree(&root) == before);

    apigen(&root, &["sync", "--discard", "src/nothing.rs"]).ends(1, &["no edit to discard"]);
    let other = root.join("src/api/mod.rs");
    fs::write(&other, "// mine").expect("written");
    let both = format!("`apigen sync --discard src/api/mod.rs {path}`");
    apigen(&root, &["sync", "--discard", "src/api/mod.rs"]).ends(2, &[&both]);
    let lock = fs::read(root.join(".apigen/lock")).expect("a lock");
    fs::remove_file(root.join(".apigen/lock")).expect("removed");
    apigen(&root, &["sync"]).ends(2, &["are in the way", "bring `.apigen/lock` back"]);
    fs::write(root.join(".apigen/lock"), lock).expect("written");
    apigen(&root, &["sync", "--discard", "src/api/mod.rs", path]).ends(0, &["In step"]);
    fs::write(&file, format!("{ours}// mine\n")).expect("written");
    apigen(&root, &["sync", "--discard", path]).ends(0, &["In step"]);
    assert_eq!(fs::read_to_string(&file).expect("there"), ours);
}

#[test]
fn dry_runs_and_checks_write_nothing() {
    let (_folder, root) = project();
    replace(
        &root.join("openapi.yaml"),
        "operationId: publishItem",
        "operationId: sellItem",
    );
    let before = tree(&root);
    let moved = "Operation `publishItem` (POST /items/{item_id}/publish) is now `sellItem`";
    let listed = apigen(&root, &["sync", "--dry-run"]).ends(2, &[moved]);
    assert!(
        listed
            .out
            .contains("create    src/operations/items/sell_item.rs"),
        "{}",
        listed.out
    );
    assert!(
        listed
            .out
            .contains("remove    src/operations/items/publish_item.rs")
    );
    let shown = apigen(&root, &["sync", "--diff"]).ends(2, &[]);
    assert!(
        shown
            .out
            .contains("--- /dev/null\n+++ b/src/operations/items/sell_item.rs")
    );
    apigen(&root, &["check"]).ends(2, &[moved, "hint: `apigen sync`"]);

    let json = apigen(&root, &["check", "--format", "json"]).ends(2, &[]);
    let report: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(report["version"], 1);
    assert_eq!(report["in_step"], false);
    let github = apigen(&root, &["check", "--format", "github"]).ends(2, &[]);
    let line =
        "::error file=src/operations/items/publish_item.rs,line=1,col=1,title=apigen%3A stale::";
    assert!(github.out.contains(line), "{}", github.out);

    assert!(tree(&root) == before);
    apigen(&root, &["sync"]).ends(0, &[moved, "1 created", "1 removed"]);
    apigen(&root, &["check"]).ends(0, &["In step"]);
}

#[test]
fn a_broken_spec_changes_nothing_and_is_never_in_step() {
    let (_folder, root) = project();
    fs::write(root.join("openapi.yaml"), "openapi: 3.0.3\npaths: [\n").expect("written");
    let before = tree(&root);
    for arguments in [&["sync"][..], &["check"], &["check", "--format", "json"]] {
        let run = apigen(&root, arguments).ends(1, &["openapi.yaml:", "1 error"]);
        assert!(!run.err.contains("In step") && !run.out.contains("\"in_step\": true"));
    }
    assert!(tree(&root) == before);
    fs::remove_file(root.join("openapi.yaml")).expect("removed");
    apigen(&root, &["check"]).ends(1, &["there is no", "hint: `spec` in `apigen.toml`"]);
    fs::copy(fixture(), root.join("openapi.yml")).expect("copied");
    apigen(&root, &["check"]).ends(1, &["did you mean `openapi.yml`?"]);
}

#[test]
fn a_mistake_in_the_configuration_is_shown_at_its_place() {
    let (_folder, root) = project();
    replace(&root.join("apigen.toml"), "database =", "databse =");
    let words = [
        "no option `databse`",
        "apigen.toml:",
        "did you mean `database`?",
    ];
    apigen(&root, &["check"]).ends(1, &words);
    replace(&root.join("apigen.toml"), "databse =", "database =");
    replace(
        &root.join("apigen.toml"),
        "name = \"shop\"",
        "name = \"store\"",
    );
    let words = ["`shop` in `Cargo.toml`, and `store` in `apigen.toml`"];
    apigen(&root, &["check"]).ends(2, &words);
}

#[test]
fn what_to_type_next_can_be_typed() {
    let (folder, _root) = project();
    let postgres = [
        "new",
        "pg",
        "--spec",
        "shop/openapi.yaml",
        "--db",
        "postgres",
    ];
    let command = "cd pg && docker compose up -d database && cargo run";
    apigen(folder.path(), &[&postgres[..], &["--no-git"]].concat()).ends(0, &[command]);
    let compose = fs::read_to_string(folder.path().join("pg/compose.yaml"));
    assert!(compose.expect("there").contains("\"127.0.0.1:5432:5432\""));

    let folder = tempfile::tempdir().expect("a folder");
    let spec = fixture();
    let new = [
        "new",
        "my shop",
        "--spec",
        &spec.to_string_lossy(),
        "--no-git",
    ];
    apigen(folder.path(), &new).ends(0, &["cd 'my shop' && cargo run"]);
}

#[test]
fn stubs_are_told_until_they_are_overridden() {
    let (_folder, root) = project();
    let strict = apigen(&root, &["check", "--strict"]).ends(2, &["2 operations"]);
    assert!(
        strict.out.contains("`publishItem` is not implemented: "),
        "{}",
        strict.out
    );
    let explained = apigen(&root, &["explain"]).ends(0, &[]);
    assert!(
        explained
            .out
            .contains("publishItem (POST /items/{item_id}/publish, openapi.yaml:")
    );
    replace(
        &root.join("src/services/items.rs"),
        "impl ItemsService for Items {}",
        "impl crate::crud::items::ItemsService for Items { async fn publish_item(&self) {} }",
    );
    let strict = apigen(&root, &["check", "--strict"]).ends(2, &["1 operation "]);
    assert!(!strict.out.contains("publishItem"), "{}", strict.out);
    apigen(&root, &["override", "publishItem"])
        .ends(0, &["is yours already: src/services/items.rs:"]);
}

#[test]
fn explain_tells_where_things_come_from() {
    let (_folder, root) = project();
    let told = |arguments: &[&str]| apigen(&root, arguments).ends(0, &[]).out;
    let file = told(&["explain", "file", "src/schemas/item.rs"]);
    assert!(
        file.contains("(G)") && file.contains("schema Item (openapi.yaml:"),
        "{file}"
    );
    let file = told(&["explain", "file", "src/services/items.rs"]);
    assert!(
        file.contains("yours (S)") && file.contains("operation listItems"),
        "{file}"
    );
    let items = told(&["explain", "resource", "items"]);
    assert!(
        items.contains("sku: text") && !items.contains("reviews,"),
        "{items}"
    );
    assert!(told(&["explain", "errors"]).contains("`Error`"));
    apigen(&root, &["explain", "resource", "item_"]).ends(1, &["no resource", "`items`"]);
    apigen(&root, &["explain", "code", "dangling-reff"]).ends(1, &["`dangling-ref`"]);
}

#[test]
fn every_code_is_explained() {
    let mut codes = BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, bytes) in tree(&root) {
        let text = String::from_utf8(bytes).expect("UTF-8");
        if path.ends_with(".rs") {
            codes_in(text.parse().expect("Rust"), &mut codes);
        }
    }
    assert!(codes.len() > 20, "{codes:?}");
    codes.retain(|code| apigen(&root, &["explain", "code", code]).code != 0);
    assert!(codes.is_empty(), "not in commands/codes.rs: {codes:?}");
}

/// The first arguments of `error(…)` and `warning(…)` that look like codes.
fn codes_in(tokens: TokenStream, codes: &mut BTreeSet<String>) {
    let mut reports = false;
    for token in tokens {
        match &token {
            TokenTree::Group(group) => {
                let first = group
                    .stream()
                    .into_iter()
                    .next()
                    .map(|token| token.to_string());
                let code = first
                    .as_deref()
                    .and_then(|t| t.strip_prefix('"')?.strip_suffix('"'));
                let plain = |c: char| c.is_ascii_lowercase() || c == '-';
                if let Some(code) = code.filter(|code| reports && code.chars().all(plain)) {
                    codes.insert(code.to_owned());
                }
                codes_in(group.stream(), codes);
            }
            TokenTree::Ident(ident) => {
                reports = ["error", "warning", "warn"]
                    .iter()
                    .any(|name| ident == name);
                continue;
            }
            _ => {}
        }
        reports = false;
    }
}

#[test]
fn completions_are_there_for_every_shell() {
    let here = Path::new(".");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = apigen(here, &["completions", shell]).ends(0, &[]).out;
        assert!(
            script.contains("apigen") && script.contains("override"),
            "{shell}"
        );
    }
}

#[test]
fn a_document_comes_from_the_standard_input_or_stays_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    fs::copy(fixture(), here.join("shop.yaml")).expect("copied");
    let linked = ["new", "linked", "--spec", "shop.yaml", "--link", "--no-git"];
    apigen(here, &linked).ends(0, &["Created"]);
    assert!(!here.join("linked/openapi.yaml").exists());
    replace(
        &here.join("shop.yaml"),
        "operationId: publishItem",
        "operationId: sellItem",
    );
    apigen(&here.join("linked"), &["sync"]).ends(0, &["sellItem", "In step with `../shop.yaml`"]);

    let mut piped = Command::new(env!("CARGO_BIN_EXE_apigen"));
    piped
        .args(["new", "piped", "--spec", "-", "--no-git"])
        .current_dir(here);
    let spec = fs::File::open(here.join("shop.yaml")).expect("opened");
    let output = piped
        .stdin(spec)
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .expect("apigen");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    apigen(&here.join("piped"), &["check"]).ends(0, &["In step with `openapi.yaml`"]);
}

#[test]
fn tables_and_columns_that_are_gone_stay_and_are_taken_up_again() {
    let (_folder, root) = project();
    let spec = root.join("openapi.yaml");
    let contract = fs::read_to_string(&spec).expect("the contract");
    let color_again = "        color: { type: string }\n        created_at:";
    replace(&spec, "        created_at:", color_again);
    apigen(&root, &["sync"]).ends(0, &["Column `items.color` is new", "0003_change_items.sql"]);
    fs::write(&spec, &contract).expect("written");
    for _schema in ["Item", "ItemInput"] {
        replace(&spec, "price: { type: number,", "price: { type: string,");
    }
    let color = "the column `color` of `items` is no longer in the model; it stays";
    let pending = "0004_change_items.sql: the tables change";
    let seen = apigen(&root, &["check"]).ends(2, &["hint: `apigen sync --allow-destructive`"]);
    assert!(seen.out.contains(pending), "{}", seen.out);
    assert!(seen.out.contains(color), "{}", seen.out);
    // It waits for a person once: from then on the column is known as retired.
    apigen(&root, &["sync"]).ends(2, &["0004_change_items.sql", color]);
    apigen(&root, &["check"]).ends(0, &["In step"]);

    // What was retired is taken up again, and numbers that were texts may be none.
    fs::write(&spec, &contract).expect("written");
    replace(&spec, "        created_at:", color_again);
    let told = ["Column `items.color` is new", "stays in `price_was_text`"];
    apigen(&root, &["sync"]).ends(2, &told);
    let sql = fs::read_to_string(root.join("migrations/sqlite/0005_change_items.sql"));
    let sql = sql.expect("a migration");
    assert!(!sql.contains("color"), "{sql}");
    apigen(&root, &["check"]).ends(0, &["In step"]);
    apigen(&root, &["sync", "--allow-destructive"])
        .ends(0, &["`price_was_text` of `items` is dropped"]);
}

#[test]
fn an_override_without_its_operation_is_named() {
    let (_folder, root) = project();
    apigen(&root, &["override", "publishItem"]).ends(0, &["is yours now"]);
    replace(
        &root.join("openapi.yaml"),
        "operationId: publishItem",
        "operationId: sellItem",
    );
    let place = "src/services/items.rs:17:14: `publish_item` is called `sell_item` now";
    let told = apigen(&root, &["check"]).ends(2, &[]);
    assert!(told.out.contains(place), "{}", told.out);
    apigen(&root, &["sync"]).ends(2, &[place]);
    let told = apigen(&root, &["check"]).ends(2, &[]);
    assert!(told.out.contains(place), "{}", told.out);
}

#[test]
fn a_migration_with_two_sides_waits_for_a_person() {
    let (_folder, root) = project();
    let path = root.join("migrations/sqlite/0003_mine.sql");
    fs::write(&path, "<<<<<<< HEAD\nA;\n=======\nB;\n>>>>>>> other\n").expect("written");
    let before = tree(&root);
    let words = [
        "`migrations/sqlite/0003_mine.sql` holds the markers",
        "give one of them a file with the next number",
    ];
    apigen(&root, &["check"]).ends(1, &words);
    apigen(&root, &["sync"]).ends(1, &words);
    assert!(tree(&root) == before);
    fs::write(&path, "SELECT 1;\n").expect("written");
    apigen(&root, &["sync"]).ends(0, &["In step"]);
}

#[test]
fn a_document_of_several_files_comes_with_all_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let write = |path: &str, text: &str| {
        let path = root.join("api").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    };
    write(
        "spec/main.yaml",
        "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /notes:\n    $ref: paths/notes.yaml\n",
    );
    write(
        "spec/paths/notes.yaml",
        "get:\n  operationId: listNotes\n  responses:\n    '200':\n      description: All\n      content:\n        \
         application/json:\n          schema: {type: array, items: {$ref: '../../common/note.yaml'}}\n",
    );
    write(
        "common/note.yaml",
        "type: object\nproperties: {title: {type: string}}\n",
    );
    let new = ["new", "p", "--spec", "api/spec/main.yaml", "--no-git", "-q"];
    apigen(root, &new).ends(1, &["common/note.yaml` stands outside", "`--root` names"]);
    for (layout, link) in [("layered", ""), ("services", ""), ("layered", "--link")] {
        let all = [&new[..], &["--root", "api", "--layout", layout], &[link]].concat();
        let all: Vec<_> = all.into_iter().filter(|word| !word.is_empty()).collect();
        apigen(root, &all).ends(0, &[]);
        let project = root.join("p");
        let elsewhere = root.join("elsewhere");
        if link.is_empty() {
            fs::rename(root.join("api"), &elsewhere).expect("moved");
        }
        // Nothing of it is out of date, and all of it is followed.
        apigen(&project, &["check"]).ends(0, &[]);
        let note = if link.is_empty() { "p/openapi" } else { "api" };
        let note = root.join(note).join("common/note.yaml");
        run::replace(&note, "title", "headline");
        let told = apigen(&project, &["check"]).ends(2, &[]).out;
        assert!(told.contains("common/note.yaml"), "{told}");
        apigen(&project, &["sync"]).ends(0, &[]);
        let files = run::tree(&project);
        let texts = files.values().map(|bytes| String::from_utf8_lossy(bytes));
        assert!(texts.into_iter().any(|text| text.contains("pub headline")));
        if link.is_empty() {
            fs::rename(elsewhere, root.join("api")).expect("moved");
        }
        fs::remove_dir_all(project).expect("removed");
    }
}
