//! Overlays: what their actions do to a document, what is wrong with them, and projects of documents that they change.

#[path = "support/run.rs"]
mod run;

use std::{fs, path::Path, process::Command};

use apigen::{
    diagnostic::Diagnostic,
    spec::{self, Overlay, Reading},
};
use run::{apigen, fixture, replace, tree};
use serde_json::{Value, json};

/// A document changed by an overlay with these actions; or what is wrong, with its place.
fn changed(document: &str, actions: &str) -> Result<(Value, Vec<String>), Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write(
        "api.yaml",
        &format!("openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\n{document}"),
    );
    write(
        "more.yaml",
        "get: {operationId: more, responses: {'204': {description: none}}}\n",
    );
    write("fix.yaml", &format!("overlay: 1.1.0\nactions:\n{actions}"));
    let overlay = Overlay {
        path: folder.path().join("fix.yaml"),
        name: "fix.yaml".to_owned(),
    };
    let reading = Reading {
        overlays: vec![overlay],
        ..Reading::default()
    };
    let told = |sources: &apigen::diagnostic::Sources, problem: &Diagnostic| {
        let place = sources.origin(problem.span.unwrap_or_default());
        let file = Path::new(&place.file).file_name().unwrap_or_default();
        let file = file.to_string_lossy();
        format!(
            "{file}:{}:{} {}: {}",
            place.line, place.column, problem.code, problem.message
        )
    };
    match spec::load_reading(&folder.path().join("api.yaml"), &reading) {
        Ok((document, warnings)) => {
            let told = warnings
                .iter()
                .map(|warning| told(&document.sources, warning));
            Ok((document.own.clone(), told.collect()))
        }
        Err(refusal) => {
            let problems = refusal.diagnostics.iter();
            Err(problems
                .map(|problem| told(&refusal.sources, problem))
                .collect())
        }
    }
}

const DOCUMENT: &str = "\
tags: [{name: a}, {name: b}, {name: c}]
paths:
  /a:
    get: {operationId: getA, x-old: true, responses: {'204': {description: none}}}
    post: {operationId: postA, responses: {'204': {description: none}}}
  /b/{c}~d:
    get: {operationId: getB, responses: {'204': {description: none}}}
";

#[test]
fn actions_change_what_they_select() {
    // The actions, a place in the document, and what is there then.
    let cases = [
        (
            "{target: $.info, update: {title: Mine, x-a: {b: 1}}}",
            "/info",
            json!({"title": "Mine", "version": "1", "x-a": {"b": 1}}),
        ),
        (
            "{target: $, update: {info: {title: Mine}, x-a: 1}}",
            "/info",
            json!({"title": "Mine", "version": "1"}),
        ),
        (
            "{target: $.info.title, update: Mine}",
            "/info/title",
            json!("Mine"),
        ),
        (
            "{target: $.tags, update: {name: d}}",
            "/tags/3/name",
            json!("d"),
        ),
        (
            "{target: $.tags, update: [{name: d}, {name: e}]}",
            "/tags/4/name",
            json!("e"),
        ),
        (
            "{target: $, update: {tags: [{name: d}]}}",
            "/tags/3/name",
            json!("d"),
        ),
        (
            "{target: \"$.tags[2,0]\", remove: true}",
            "/tags",
            json!([{"name": "b"}]),
        ),
        (
            "{target: \"$.tags[?@.name != 'b']\", remove: true}",
            "/tags",
            json!([{"name": "b"}]),
        ),
        ("{target: $.tags, remove: true}", "/tags", json!(null)),
        (
            "{target: \"$.paths.*.get\", update: {tags: [a]}}",
            "/paths/~1b~1{c}~0d/get/tags",
            json!(["a"]),
        ),
        (
            "{target: \"$.paths['/b/{c}~d'].get\", update: {summary: s}}",
            "/paths/~1b~1{c}~0d/get/summary",
            json!("s"),
        ),
        (
            "{target: \"$..[?@['x-old']]\", remove: true}",
            "/paths/~1a/get",
            json!(null),
        ),
        (
            "{target: $..description, update: changed}",
            "/paths/~1a/post/responses/204/description",
            json!("changed"),
        ),
        // In order: the second sees what the first did, and what an action removes can be given anew.
        (
            "{target: $.info, update: {x-a: {}}}\n  - {target: \"$.info['x-a']\", update: {b: 1}}",
            "/info/x-a/b",
            json!(1),
        ),
        (
            "{target: \"$.info['x-a']\", update: {b: 1}}\n  - {target: $.info, update: {x-a: {}}}",
            "/info/x-a",
            json!({}),
        ),
        (
            "{target: \"$.paths['/a']\", remove: true}\n  - {target: $.paths, update: {/a: {}}}",
            "/paths/~1a",
            json!({}),
        ),
        (
            "{target: $.paths, update: {/c: {}}}\n  - {target: \"$.paths['/c']\", copy: \"$.paths['/a']\"}",
            "/paths/~1c/get/x-old",
            json!(true),
        ),
        (
            "{target: $.info, remove: false, update: {title: Mine}}",
            "/info/title",
            json!("Mine"),
        ),
    ];
    for (actions, place, expected) in cases {
        let actions = format!("  - {actions}\n");
        let (own, _) =
            changed(DOCUMENT, &actions).unwrap_or_else(|problems| panic!("{actions}{problems:?}"));
        let found = own.pointer(place).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{actions}");
    }
}

#[test]
fn what_is_in_other_files_is_changed_where_it_comes_to_be() {
    let document = "paths:\n  /more: {$ref: more.yaml}\n";
    let actions = "  - {target: \"$.paths['/more'].get\", update: {summary: s}}\n  \
                   - {target: $.paths, update: {/again: {$ref: more.yaml}}}\n";
    let (own, warnings) = changed(document, actions).expect("a document");
    assert_eq!(own["paths"]["/more"]["get"]["summary"], "s");
    assert_eq!(own["paths"]["/again"]["get"]["operationId"], "more");
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn what_is_wrong_is_told_at_its_place_in_the_overlay() {
    let deep = format!(
        "  - {{target: \"$[?{}@.a{}]\", remove: true}}\n",
        "$[?".repeat(9),
        "]".repeat(9)
    );
    let cases = [
        (
            "  - {target: '$.a[', remove: true}\n",
            "fix.yaml:3:14 overlay: this is no JSONPath: at position",
        ),
        (
            &*deep,
            "fix.yaml:3:14 overlay: this JSONPath is too long, or looks too deep",
        ),
        (
            "  - {target: $..*..*..*..*, remove: true}\n",
            "fix.yaml:3:14 overlay: this JSONPath is too long, or looks too deep",
        ),
        (
            "  - {taget: $.a, remove: true}\n",
            "fix.yaml:3:6 overlay: an action of an overlay has no `taget`",
        ),
        (
            "  - {update: {}}\n",
            "fix.yaml:3:5 overlay: an action of an overlay needs a `target`",
        ),
        (
            "  - {target: $.a}\n",
            "fix.yaml:3:14 overlay: the action of the overlay does nothing",
        ),
        (
            "  - {target: $.a, remove: yes}\n",
            "fix.yaml:3:27 overlay: `remove` must be",
        ),
        (
            "  - {target: $, remove: true}\n",
            "fix.yaml:3:14 overlay: the whole document cannot be removed",
        ),
        (
            "  - {target: $.info, update: text}\n",
            "fix.yaml:3:14 overlay: the target is an object",
        ),
        (
            "  - {target: $.info.title, update: {}}\n",
            "fix.yaml:3:14 overlay: the target is a single value",
        ),
        (
            "  - {target: $.info, copy: $.tags.*}\n",
            "fix.yaml:3:14 overlay: `copy` must select one place",
        ),
        (
            "  - {target: $.info, update: {a: [}}\n",
            "fix.yaml:3:35 yaml",
        ),
        (
            "  - target: $.paths['/a'].get.responses\n    update: {'200': {$ref: '#/a'}}\n",
            "fix.yaml:4:28 dangling-ref: `#/a` does not exist",
        ),
        (
            "  - target: $.paths['/a'].get.responses\n    update: {'200': {$ref: '../../../../../../etc/passwd'}}\n",
            "fix.yaml:4:28 external-ref",
        ),
    ];
    for (actions, expected) in cases {
        let problems = changed(DOCUMENT, actions).expect_err(expected);
        let found = problems.iter().any(|problem| problem.starts_with(expected));
        assert!(found, "no {expected} in {problems:#?}");
    }
    // Each doubles the document.
    let copies = "  - {target: $.info, update: {x: {}}}\n".to_owned()
        + &"  - {target: $.info.x, copy: $}\n".repeat(300);
    let problems = changed(DOCUMENT, &copies).expect_err("too much");
    assert!(problems[0].contains("larger or deeper"), "{problems:?}");

    let (_, warnings) =
        changed(DOCUMENT, "  - {target: $.info.nothing, remove: true}\n").expect("a document");
    assert_eq!(
        warnings,
        ["fix.yaml:3:14 overlay-idle: the target of the overlay selects nothing"]
    );
}

/// The shop without the name of an operation, and an overlay that gives it.
fn broken(folder: &Path) {
    let text = fs::read_to_string(fixture()).expect("the fixture");
    fs::write(folder.join("whole.yaml"), &text).expect("written");
    let text = text.replace("operationId: publishItem", "operationId: puplishItem");
    fs::write(folder.join("api.yaml"), text).expect("written");
    let fix = "overlay: 1.0.0\ninfo: {title: Fix, version: '1'}\nextends: https://example.com/api.yaml\nactions:\n  \
               - target: $..[?@.operationId == 'puplishItem']\n    update: {operationId: publishItem}\n";
    fs::write(folder.join("fix.yaml"), fix).expect("written");
}

#[test]
fn a_project_of_a_changed_document_is_that_of_one_changed_by_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    broken(folder.path());
    for layout in ["layered", "services"] {
        let new = |root: &str, arguments: &[&str]| {
            let root = format!("{root}/{layout}/shop");
            let all = ["new", &root, "--layout", layout, "--no-git", "-q"];
            apigen(folder.path(), &[&all, arguments].concat()).ends(0, &[]);
            let mut files = tree(&folder.path().join(root));
            let of_itself = [
                "apigen.toml",
                "openapi.yaml",
                ".apigen/lock",
                ".env",
                "Cargo.lock",
                ".apigen/base/apigen.toml",
            ];
            files.retain(|path, _| !of_itself.contains(&path.as_str()));
            files
        };
        let mut one = new("one", &["--spec", "api.yaml", "--overlay", "fix.yaml"]);
        assert!(one.remove("overlay.yaml").is_some());
        let other = new("other", &["--spec", "whole.yaml"]);
        for (path, text) in &other {
            assert!(one.get(path) == Some(text), "{layout}: {path}");
        }
        assert_eq!(one.len(), other.len());
        let root = folder.path().join("one").join(layout).join("shop");
        apigen(&root, &["check"]).ends(0, &["In step"]);
    }
}

/// A project of the broken document and what mends it.
fn mended(folder: &Path) {
    broken(folder);
    let new = [
        "new",
        "shop",
        "--spec",
        "api.yaml",
        "--overlay",
        "fix.yaml",
        "--no-git",
        "-q",
    ];
    apigen(folder, &new).ends(0, &[]);
}

#[test]
fn a_project_follows_its_overlays() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    mended(here);
    let root = here.join("shop");
    let overlay = root.join("overlay.yaml");
    let api = || fs::read_to_string(root.join("src/api/openapi.json")).expect("what is served");
    assert!(!api().contains("puplishItem"));
    apigen(&root, &["sync"]).ends(0, &["In step"]);

    replace(
        &overlay,
        "{operationId: publishItem}",
        "{operationId: publishItem, summary: Mine}",
    );
    apigen(&root, &["check"]).ends(2, &[]);
    let json = apigen(&root, &["check", "--format", "json"]);
    assert!(json.out.contains("\"overlay.yaml\""), "{}", json.out);
    apigen(&root, &["sync"]).ends(0, &["In step"]);
    assert!(api().contains("Mine"));
    apigen(&root, &["check"]).ends(0, &["In step"]);

    // What looks at the contract alone sees it changed, too.
    for arguments in [
        ["expand", "openapi.yaml"],
        ["validate", "openapi.yaml"],
        ["lint", "openapi.yaml"],
    ] {
        let told = apigen(&root, &arguments);
        assert!(
            !(told.out + &told.err).contains("puplishItem"),
            "{arguments:?}"
        );
    }
    let expanded = apigen(&root, &["expand", "openapi.yaml"]);
    assert!(expanded.out.contains("summary: Mine"));

    replace(
        &overlay,
        "$..[?@.operationId == 'puplishItem']",
        "$.paths['/nothing']",
    );
    apigen(&root, &["check"]).ends(2, &["overlay-idle", "overlay.yaml:5:13", "expand"]);
    replace(&overlay, "$.paths['/nothing']", "$.paths[");
    apigen(&root, &["sync"]).ends(1, &["error[overlay]", "overlay.yaml:5:13"]);
    fs::remove_file(&overlay).expect("removed");
    apigen(&root, &["sync"]).ends(1, &["overlay.yaml", "`overlays` in `apigen.toml`"]);
    apigen(here, &["validate", "api.yaml", "--overlay", "fx.yaml"])
        .ends(1, &["fx.yaml", "did you mean `fix.yaml`"]);
    let linked = [
        "new",
        "linked",
        "--spec",
        "api.yaml",
        "--overlay",
        "fix.yaml",
        "--link",
        "--no-git",
        "-q",
    ];
    apigen(here, &linked).ends(0, &[]);
    let choices = fs::read_to_string(here.join("linked/apigen.toml")).expect("choices");
    assert!(choices.contains("overlays = [\"../fix.yaml\"]"));
    assert!(!here.join("linked/overlay.yaml").exists());
    let client = [
        "client",
        "client",
        "--spec",
        "api.yaml",
        "--overlay",
        "fix.yaml",
    ];
    apigen(here, &client).ends(0, &["Created"]);
    let client = fs::read_to_string(here.join("client/.apigen/lock")).expect("a lock");
    assert!(client.contains("I fix.yaml "), "{client}");
}

#[test]
fn the_document_of_a_revision_is_changed_by_the_overlays_of_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    mended(here);
    for arguments in [
        &["init", "-q"][..],
        &["add", "-A"],
        &[
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "commit",
            "-qm",
            "one",
        ],
    ] {
        let git = Command::new("git")
            .args(arguments)
            .current_dir(here)
            .status();
        assert!(git.expect("git").success());
    }
    let root = here.join("shop");
    apigen(&root, &["check", "--base", "HEAD"]).ends(0, &["In step"]);
    let compare = ["diff", "git:HEAD", "openapi.yaml"];
    apigen(&root, &compare).ends(0, &[]);
    replace(
        &root.join("overlay.yaml"),
        "{operationId: publishItem}",
        "{deprecated: true, responses: {'299': {description: d}}}",
    );
    let told = apigen(
        &root,
        &["diff", "git:HEAD:shop/openapi.yaml", "openapi.yaml"],
    );
    assert!(
        (told.out + &told.err).contains("299"),
        "the overlay of then is not that of now"
    );
    let named = ["diff", "git:HEAD:shop/openapi.yaml", "../whole.yaml"];
    let told = apigen(&root, &named).ends(0, &[]);
    assert!(!(told.out + &told.err).contains("puplishItem"));
}

#[test]
fn a_project_has_the_operations_that_are_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let document = "openapi: 3.1.0
info: {title: T, version: '1'}
tags: [{name: items}, {name: users}]
paths:
  /items:
    get: {operationId: listItems, tags: [items], responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Item'}}}}}}}
    post:
      operationId: createItem
      tags: [items]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
      responses: {'201': {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}}
  /users/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {tags: [users], responses: {'200': {$ref: '#/paths/~1users~1%7Bid%7D/put/responses/200'}}}
    put: {operationId: putUser, tags: [users], responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}}}
  /broken:
    get: {operationId: broken, responses: {'200': {$ref: '#/nothing'}}}
webhooks:
  told: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}}}
components:
  schemas:
    Item: {type: object, properties: {id: {type: string, readOnly: true}, kind: {$ref: '#/components/schemas/Kind'}}}
    Kind: {type: string, enum: [a, b]}
    User: {type: object, required: [wrong], properties: {id: {type: string, default: 1}}}
";
    fs::write(here.join("api.yaml"), document).expect("written");
    let new = ["new", "shop", "--spec", "api.yaml", "--no-git", "-q"];
    apigen(here, &new).ends(1, &["dangling-ref"]);
    let choices = |more: &str| {
        let text = format!("name = \"shop\"\nspec = \"api.yaml\"\n{more}");
        fs::write(here.join("apigen.toml"), text).expect("written");
    };
    let names = |choice: &str, told: &[&str]| {
        choices(choice);
        let run = apigen(here, &["expand", "api.yaml"]).ends(0, told);
        assert_eq!(
            run.err.matches("warning").count(),
            told.len().min(1),
            "{}",
            run.err
        );
        let document = spec::parse("api.yaml", run.out).expect("a document").0;
        let keys = |place: &str| -> Vec<String> {
            let members = document.own.pointer(place).and_then(Value::as_object);
            members
                .into_iter()
                .flatten()
                .map(|(name, _)| name.clone())
                .collect()
        };
        assert!(document.own.get("webhooks").is_none());
        [keys("/paths"), keys("/components/schemas")].map(|keys| keys.join(" "))
    };
    let items = ["/items", "Item Kind"];
    assert_eq!(names("include = { tags = [\"items\"] }\n", &[]), items);
    assert_eq!(names("include = { paths = [\"/it*\"] }\n", &[]), items);
    assert_eq!(
        names("include = { operations = [\"listItems\"] }\n", &[]),
        items
    );
    assert_eq!(
        names(
            "exclude = { tags = [\"users\"], operations = [\"GET /broken\"] }\n",
            &[]
        ),
        items
    );
    let users = names(
        "include = { paths = [\"/users/{id}\"] }\nexclude = { operations = [\"putUser\"] }\n",
        &[],
    );
    assert_eq!(users, ["/users/{id}", "User"]);
    let idle = [
        "filter-idle",
        "`include.tags`",
        "`itmes`",
        "did you mean `items`?",
    ];
    assert_eq!(
        names("include = { tags = [\"itmes\", \"items\"] }\n", &idle),
        items
    );

    choices("include = { tags = [\"itmes\"] }\n");
    let nothing = ["no-operation-left", "did you mean `items`?"];
    apigen(here, &["validate", "api.yaml"]).ends(1, &nothing);

    // What is wrong in what is left is told at its own place.
    choices("include = { tags = [\"users\"] }\n");
    apigen(here, &["validate", "api.yaml"]).ends(0, &["default-misfit", "api.yaml:24:86"]);

    fs::remove_file(here.join("apigen.toml")).expect("removed");
    replace(
        &here.join("api.yaml"),
        "#/nothing",
        "#/paths/~1users~1%7Bid%7D/put/responses/200",
    );
    for layout in ["layered", "services"] {
        let new = [
            "new", layout, "--layout", layout, "--spec", "api.yaml", "--no-git", "-q", "--name",
            "shop",
        ];
        apigen(here, &new).ends(0, &[]);
        let root = here.join(layout);
        let has = |word: &str| {
            let files = tree(&root);
            let mut generated = files.iter().filter(|(path, _)| path.contains("/schemas/"));
            generated.any(|(_, text)| String::from_utf8_lossy(text).contains(word))
        };
        assert!(has("pub struct User") && has("pub struct Item"));
        let config = root.join("apigen.toml");
        let text = fs::read_to_string(&config).expect("choices");
        fs::write(&config, format!("{text}\n[include]\ntags = [\"items\"]\n")).expect("written");
        apigen(&root, &["check"]).ends(2, &[]);
        apigen(&root, &["sync"]);
        assert!(
            !has("pub struct User") && has("pub struct Item"),
            "{layout}"
        );
        apigen(&root, &["check"]);
        fs::write(&config, text).expect("written");
        apigen(&root, &["sync"]);
        assert!(has("pub struct User") && has("pub struct Item"), "{layout}");
    }
}
