//! `apigen diff` as a person meets it: documents from files and from git, exit codes, formats.

#[path = "support/run.rs"]
mod run;

use std::{fs, path::Path, process::Command};

use run::apigen;
use serde_json::Value;

const OLD: &str = "\
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /items:
    get:
      operationId: listItems
      responses:
        '200':
          description: All of them
          content: {application/json: {schema: {$ref: 'parts.yaml#/Item'}}}
  /things:
    get:
      operationId: listThings
      responses:
        '200':
          description: All of them
          content: {application/json: {schema: {$ref: 'parts.yaml#/Item'}}}
";
const PARTS: &str = "\
Item:
  type: object
  required: [id, name]
  properties:
    id: {type: string}
    name: {type: string}
";

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
    let mut git = Command::new("git");
    let done = git.current_dir(folder).args(who).args(arguments).output();
    let done = done.expect("git");
    assert!(done.status.success(), "{done:?}");
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

/// A repository whose last commit has the old documents in `api`.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    write(root, "api/openapi.yaml", OLD);
    write(root, "api/parts.yaml", PARTS);
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["add", "."]);
    git(root, &["commit", "-q", "-m", "One"]);
    folder
}

#[test]
fn a_revision_is_compared_with_the_files_that_it_refers_to() {
    let folder = repository();
    let root = folder.path();
    let (old, new) = ("git:main:api/openapi.yaml", "api/openapi.yaml");
    apigen(root, &["diff", old, new]).ends(0, &["No changes\n"]);
    let fewer = PARTS.replace("[id, name]", "[id]");
    write(root, "api/parts.yaml", &fewer);
    let run = apigen(root, &["diff", old, new]).ends(2, &["2 changes: 2 breaking\n"]);
    let (head, line) = run.out.split_once('\n').expect("two lines");
    assert_eq!(head, "breaking");
    assert!(line.contains("GET /items and 1 more: "), "{line}");
    assert!(
        line.contains("[response-property-became-optional]"),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1, "{line}");
    let index = Command::new("git")
        .current_dir(root)
        .args(["status", "-s"])
        .output();
    let index = String::from_utf8(index.expect("git").stdout).expect("UTF-8");
    assert_eq!(index, " M api/parts.yaml\n", "the index is the person's");
    let here = root.join("api");
    let run = apigen(&here, &["diff", "git:HEAD:./openapi.yaml", "openapi.yaml"]);
    run.ends(2, &["2 breaking"]);
    git(root, &["commit", "-qam", "Two"]);
    let revisions = [
        "diff",
        "git:HEAD~1:api/openapi.yaml",
        "git:HEAD:api/openapi.yaml",
    ];
    apigen(root, &revisions).ends(2, &["2 breaking"]);
    let github = [&revisions[..], &["--format", "github"]].concat();
    let run = apigen(root, &github).ends(2, &[]);
    let start = "::error file=api/parts.yaml,line=";
    assert!(run.out.starts_with(start), "{}", run.out);
}

#[test]
fn what_is_not_there_is_told() {
    let folder = repository();
    let root = folder.path();
    let spec = "api/openapi.yaml";
    for (old, words) in [
        (
            "git:nowhere:api/openapi.yaml",
            &["no revision `nowhere`", "git:main:"][..],
        ),
        ("git:-h:api/openapi.yaml", &["no revision `-h`"]),
        ("git::api/openapi.yaml", &["no revision ``"]),
        (
            "git:main:openapi.yaml",
            &["no `openapi.yaml` in the revision `main`", "./"],
        ),
        (
            "git:main",
            &["`git:main` names no document", "git:main:openapi.yaml"],
        ),
        ("api/opnapi.yaml", &["did you mean `api/openapi.yaml`?"]),
    ] {
        let run = apigen(root, &["diff", old, spec]).ends(1, words);
        assert_eq!(run.out, "");
        let run = apigen(root, &["diff", old, spec, "--format", "json"]).ends(1, words);
        let told: Value = serde_json::from_str(&run.out).expect("JSON");
        assert!(told["failure"]["message"].is_string(), "{told}");
        assert!(told.get("changes").is_none(), "{told}");
    }
    let outside = tempfile::tempdir().expect("a folder");
    write(outside.path(), "a.yaml", OLD);
    apigen(outside.path(), &["diff", "git:main:a.yaml", "a.yaml"]).ends(1, &["no git work tree"]);
}

#[test]
fn machines_are_told_every_change() {
    let folder = repository();
    let root = folder.path();
    write(root, "new/openapi.yaml", &OLD.replace("All of them", "All"));
    write(
        root,
        "new/parts.yaml",
        &format!("{PARTS}    size: {{type: integer}}\n"),
    );
    let files = ["diff", "api/openapi.yaml", "new/openapi.yaml"];
    let json = [&files[..], &["--format", "json"]].concat();
    let run = apigen(root, &json).ends(0, &[]);
    let told: Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(told["version"], 1);
    assert_eq!(told["old"], "api/openapi.yaml");
    assert_eq!(told["counts"]["breaking"], 0, "{told:#}");
    let changes = told["changes"].as_array().expect("changes");
    let counts = told["counts"].as_object().expect("counts").values();
    let sum: u64 = counts.filter_map(Value::as_u64).sum();
    assert_eq!(sum, changes.len() as u64);
    let of = |path: &str| changes.iter().filter(|c| c["path"] == path).count();
    assert!(
        of("/items") > 0 && of("/items") == of("/things"),
        "{told:#}"
    );
    let added = changes
        .iter()
        .find(|c| c["new"]["file"] == "new/parts.yaml");
    let added = added.expect("a property");
    assert_eq!(
        (&added["level"], &added["method"]),
        (&"compatible".into(), &"GET".into())
    );
    let any = [&files[..], &["--fail-on", "any", "--format", "sarif"]].concat();
    let run = apigen(root, &any).ends(2, &[]);
    let sarif: Value = serde_json::from_str(&run.out).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert!(results.len() < changes.len(), "one line for all operations");
    assert!(results.iter().all(|result| result["level"] == "error"));
}

/// A project in a repository, with everything committed.
fn committed() -> (tempfile::TempDir, std::path::PathBuf) {
    let (folder, root) = run::project();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "One"]);
    (folder, root)
}

/// Puts a table at the end of the project's `apigen.toml`.
fn choose(root: &Path, table: &str) {
    let path = root.join("apigen.toml");
    let text = fs::read_to_string(&path).expect("a file");
    let own = text.split("\n[diff]").next().expect("a part");
    fs::write(path, format!("{own}\n[diff]\n{table}\n")).expect("written");
}

#[test]
fn check_tells_what_breaks_the_clients_of_a_revision() {
    let (_folder, root) = committed();
    let check = ["check", "--base", "git:main"];
    apigen(&root, &check).ends(0, &["In step"]);
    run::replace(&root.join("openapi.yaml"), "  /items:\n", "  /goods:\n");
    apigen(&root, &["sync", "--accept"]);
    let run =
        apigen(&root, &check).ends(2, &["breaking change", "hint: `apigen explain code RULE`"]);
    assert!(
        run.out.contains("breaking-change  openapi.yaml:"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("[api-path-removed-without-deprecation]"),
        "{}",
        run.out
    );
    apigen(&root, &["check"]).ends(0, &["In step"]);
    apigen(&root, &["diff", "git:main", "openapi.yaml"]).ends(2, &[" breaking"]);
    let run = apigen(&root, &["check", "--base", "main", "--format", "json"]).ends(2, &[]);
    let told: Value = serde_json::from_str(&run.out).expect("JSON");
    let findings = told["findings"].as_array().expect("findings");
    assert!(
        findings.iter().all(|f| f["reason"] == "breaking-change"),
        "{told:#}"
    );
    apigen(&root, &["check", "--base", "nowhere"]).ends(1, &["no revision `nowhere`"]);
    choose(
        &root,
        "levels = { api-path-removed-without-deprecation = 'compatible' }",
    );
    apigen(&root, &check).ends(0, &["In step"]);
    apigen(&root, &["diff", "git:main", "openapi.yaml"]).ends(0, &[" compatible"]);
    choose(
        &root,
        "ignore = ['GET /items api-path-removed-without-deprecation']",
    );
    let other = apigen(&root, &check).ends(2, &["breaking change"]);
    assert!(!other.out.contains("GET /items"), "{}", other.out);
    choose(&root, "ignore = ['api-path-removed-without-deprecation']");
    apigen(&root, &check).ends(0, &["In step"]);
}

#[test]
fn check_finds_the_document_where_the_revision_had_it() {
    let (folder, root) = run::project();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(
        folder.path(),
        &["commit", "-q", "--allow-empty", "-m", "Nothing"],
    );
    let check = ["check", "--base", "git:main"];
    let words = ["`main` has no `shop/openapi.yaml` yet", "In step"];
    apigen(&root, &check).ends(0, &words);
    let github = [&check[..], &["--format", "github"]].concat();
    let github = apigen(&root, &github).ends(0, &[]).out;
    assert!(
        github.starts_with("::notice title=apigen%3A no-base::"),
        "{github}"
    );
    run::replace(&root.join("openapi.yaml"), "  /items:\n", "  /goods:\n");
    apigen(&root, &check).ends(2, &["`main` has no", "not in step"]);
    run::replace(&root.join("openapi.yaml"), "  /goods:\n", "  /items:\n");
    apigen(&root, &["check", "--base", "git:mian"]).ends(1, &["no revision `mian`", "hint: name"]);

    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "One"]);
    fs::create_dir(root.join("api")).expect("a folder");
    fs::rename(root.join("openapi.yaml"), root.join("api/shop.yaml")).expect("moved");
    run::replace(&root.join("apigen.toml"), "openapi.yaml", "api/shop.yaml");
    apigen(&root, &["sync"]).ends(0, &[]);
    let told = apigen(&root, &check).ends(0, &["In step with `api/shop.yaml`"]);
    assert!(!told.err.contains("has no"), "{}", told.err);
    run::replace(&root.join("api/shop.yaml"), "  /items:\n", "  /goods:\n");
    apigen(&root, &["sync", "--accept"]);
    let told = apigen(&root, &check).ends(2, &["breaking change"]);
    assert!(
        told.out.contains("breaking-change  api/shop.yaml:"),
        "{}",
        told.out
    );
}

#[test]
fn a_rule_that_does_not_exist_is_told() {
    let (_folder, root) = run::project();
    for (table, words) in [
        (
            "levels = { endpoint-aded = 'breaking' }",
            &["no rule `endpoint-aded`", "`endpoint-added`?"][..],
        ),
        (
            "levels = { endpoint-added = 'braking' }",
            &["no level", "did you mean `breaking`?"],
        ),
        ("levels = 'breaking'", &["`diff.levels` must be a table"]),
        (
            "ignore = 'endpoint-added'",
            &["`diff.ignore` must be a list"],
        ),
        (
            "ignore = ['GET endpoint-added']",
            &["neither a rule nor", "`GET /items RULE`"],
        ),
        ("ignore = ['GET /a zzz']", &["no rule `zzz`"]),
        (
            "ignored = []",
            &["no option `diff.ignored`", "did you mean `ignore`?"],
        ),
    ] {
        choose(&root, table);
        apigen(&root, &["check"]).ends(1, words);
        apigen(&root, &["diff", "openapi.yaml", "openapi.yaml"]).ends(1, words);
    }
    let run = apigen(&root, &["explain", "code", "endpoint-added"]).ends(0, &[]);
    assert!(
        run.out.contains("An operation is new") && run.out.contains("compatible"),
        "{}",
        run.out
    );
    apigen(&root, &["explain", "code", "endpoint-aded"]).ends(1, &["`endpoint-added`?"]);
}

#[test]
fn a_sync_tells_what_it_changes_for_clients() {
    let (_folder, root) = run::project();
    let (from, to) = ("maximum: 100, default", "maximum: 50, default");
    run::replace(&root.join("openapi.yaml"), from, to);
    let (from, to) = ("/items/{item_id}/publish:", "/items/{item_id}/sell:");
    run::replace(&root.join("openapi.yaml"), from, to);
    run::replace(&root.join("openapi.yaml"), "publishItem", "sellItem");
    let words = [
        "For clients, 4 changes since the last sync: 3 breaking, 1 compatible\n",
        "  breaking: GET /items and 1 more: ",
        "[request-parameter-max-decreased]\n",
        "Operation `sellItem` (POST /items/{item_id}/sell) is new: stub; `apigen override sellItem`",
        "Operation `publishItem` (POST /items/{item_id}/publish) is gone\n",
    ];
    let dry = apigen(&root, &["sync", "--dry-run"]).ends(2, &words);
    let told = apigen(&root, &["sync"])
        .ends(0, &words)
        .ends(0, &["is gone\n", "In step with"]);
    for err in [dry.err, told.err] {
        assert_eq!(err.matches("/publish").count(), 1, "told once: {err}");
        assert_eq!(err.matches("/sell").count(), 1, "told once: {err}");
    }
    let again = apigen(&root, &["sync"]);
    assert!(!again.err.contains("For clients"), "{}", again.err);
}
