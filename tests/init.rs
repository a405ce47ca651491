//! `apigen init` and `apigen add resource`, as a person meets them, and the JSON Schema by which editors
//! know a resource spec.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "init/database.rs"]
mod database;
#[path = "support/run.rs"]
mod run;

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use apigen::spec;
use run::{apigen, replace};
use serde_json::Value;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The published schema.
fn schema() -> jsonschema::Validator {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/resource-spec.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// What the schema has against a resource spec.
pub(crate) fn objections(text: &str) -> Vec<String> {
    let value: Value = serde_yaml::from_str(text).unwrap();
    let errors: Vec<_> = schema()
        .iter_errors(&value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    errors
}

#[track_caller]
pub(crate) fn is_well(name: &str, text: &str) {
    assert_eq!(objections(text), Vec::<String>::new(), "{name}");
    if let Err(refusal) = spec::parse(name, text) {
        panic!("{name}: {:#?}", refusal.diagnostics);
    }
}

#[test]
fn init_writes_what_new_takes() {
    let folder = folder();
    let here = folder.path();
    let words = [
        "Wrote `resources.yaml`: 1 resource",
        "apigen new shop --spec resources.yaml",
    ];
    apigen(here, &["init", "--name", "shop"]).ends(0, &words);
    let text = fs::read_to_string(here.join("resources.yaml")).unwrap();
    assert!(
        text.starts_with("# yaml-language-server: $schema=.apigen/resource-spec.schema.json\n")
    );
    assert!(text.contains("\n    # owner: true "), "{text}");
    is_well("the starter", &text);
    apigen(here, &["validate", "resources.yaml"]).ends(0, &["No problems"]);
    apigen(here, &["lint", "resources.yaml", "--fail-on", "warn"]).ends(0, &[]);
    apigen(here, &["init"]).ends(1, &["`resources.yaml` is there already", "`--force`"]);
    apigen(here, &["init", "--force", "--auth", "jwt", "-q"]).ends(0, &[]);
    let again = fs::read_to_string(here.join("resources.yaml")).unwrap();
    assert!(again.contains("\nauth: jwt\n"), "{again}");
    apigen(
        here,
        &["new", "shop", "--spec", "resources.yaml", "--no-git", "-q"],
    )
    .ends(0, &[]);
    let root = here.join("shop");
    let schema = fs::read_to_string(root.join(".apigen/resource-spec.schema.json")).unwrap();
    assert_eq!(
        schema,
        fs::read_to_string(here.join(".apigen/resource-spec.schema.json")).unwrap()
    );
    apigen(&root, &["check"]).ends(0, &["In step with `resources.yaml`"]);
}

#[test]
fn every_comment_of_the_starter_can_be_said() {
    let folder = folder();
    let run = apigen(folder.path(), &["init", "-", "--name", "shop"]).ends(0, &[]);
    let mut said = String::new();
    let mut is_guide = true;
    for line in run.out.lines() {
        is_guide &= line != "apigen: 1";
        let bare = line.trim_start();
        let indent = &line[..line.len() - bare.len()];
        match bare.strip_prefix("# ") {
            // A parent would have to be there.
            Some(key) if !is_guide && !key.starts_with("parent:") => {
                said.push_str(&format!("{indent}{}\n", key.split("   ").next().unwrap()));
            }
            Some(_) => {}
            None => said.push_str(&format!("{line}\n")),
        }
    }
    assert!(
        said.contains("\n    soft_delete: true\n") && said.contains("\nauth: jwt\n"),
        "{said}"
    );
    is_well("all that the starter tells", &said);
}

#[test]
fn resources_are_written_as_they_are_asked_for() {
    let folder = folder();
    let here = folder.path();
    let arguments = [
        "init",
        "-",
        "--name",
        "my-shop",
        "-r",
        "item:name:string(1..100) unique,price:decimal(0..,3),state:enum(a, b) = a",
        "-r",
        "order-line:item_id:ref(items),note:text?",
    ];
    let run = apigen(here, &arguments).ends(0, &[]);
    for lines in [
        "name: my-shop\n",
        "  items:\n",
        "      price: decimal(0..,3)\n      state: enum(a, b) = a\n",
        "\n  order_lines:\n    fields:\n      item_id: ref(items)\n      note: text?\n",
    ] {
        assert!(run.out.contains(lines), "no {lines:?} in:\n{}", run.out);
    }
    is_well("asked for", &run.out);
    for (resource, words) in [
        ("item", &["`item` has no fields", "--resource"][..]),
        ("item:name", &["`name` is no field"]),
        (
            "item:name:strng",
            &[
                "`strng` is no type",
                "resources.yaml:27:13",
                "did you mean `string`?",
            ],
        ),
        ("item:user_id:ref(users)", &["`users` is no resource"]),
        (
            "item:na me:string",
            &["`na me` cannot be the name of a field"],
        ),
    ] {
        apigen(here, &["init", "-r", resource]).ends(1, words);
    }
    apigen(here, &["init", "--auth", "basic"]).ends(1, &["basic", "none, jwt, api_keys, accounts"]);
    assert_eq!(fs::read_dir(here).unwrap().count(), 0);
}

/// What a person sees who answers so, on a terminal that `script` makes.
#[expect(clippy::print_stderr, reason = "it says what it skips")]
fn answered(here: &Path, answers: &str) -> Option<String> {
    let command = format!("{} init", env!("CARGO_BIN_EXE_apigen"));
    let mut script = Command::new("script");
    script
        .args(["-qec", &command, "/dev/null"])
        .current_dir(here);
    script.stdin(Stdio::piped()).stdout(Stdio::piped());
    let child = script.spawn();
    if child.is_err() && std::env::var_os("CI").is_none() {
        eprintln!("skipped: there is no `script`");
        return None;
    }
    let mut child = child.unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(answers.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn questions_are_asked_on_a_terminal_until_the_answer_is_one() {
    let folder = folder();
    let here = folder.path();
    let answers = "team\nproject, task\n\ntitle:strin\ntitle\ntitle:text, project_id:ref(projects)\njwtt\njwt\n";
    let Some(seen) = answered(here, answers) else {
        return;
    };
    for words in [
        "What the service is called",
        "`strin` is no type: did you mean `string`?",
        "`title` is no field",
        "there are none, jwt",
        "Wrote `resources.yaml`: 2 resources",
    ] {
        assert!(seen.contains(words), "no `{words}` in:\n{seen}");
    }
    let text = fs::read_to_string(here.join("resources.yaml")).unwrap();
    assert!(
        text.contains("name: team\n") && text.contains("\nauth: jwt\n"),
        "{text}"
    );
    assert!(text.ends_with("      name: string(1..100)\n\n  tasks:\n    fields:\n      title: text\n      project_id: ref(projects)\n"), "{text}");
    is_well("answered", &text);
}

#[test]
fn a_resource_is_added_to_a_project_and_synced() {
    let folder = folder();
    let here = folder.path();
    apigen(here, &["add", "resource", "tag", "--field", "name:string"]).ends(
        1,
        &["neither a project nor a `resources.yaml`", "apigen init"],
    );
    apigen(here, &["init", "--name", "shop", "-q"]).ends(0, &[]);
    let spec = here.join("resources.yaml");
    replace(
        &spec,
        "price: decimal(0..)",
        "price:   decimal(0..)   # in euros",
    );
    apigen(
        here,
        &[
            "add",
            "resource",
            "tag",
            "--field",
            "name:string(1..30) unique",
        ],
    )
    .ends(0, &["`tags` is new in `resources.yaml`", "apigen new PATH"]);
    apigen(
        here,
        &["new", "shop", "--spec", "resources.yaml", "--no-git", "-q"],
    )
    .ends(0, &[]);
    let root = here.join("shop");
    let before = fs::read_to_string(root.join("resources.yaml")).unwrap();
    let fields = [
        "--field",
        "rating:integer(1..5)",
        "--field",
        "body:text?",
        "--parent",
        "items",
    ];
    let arguments = [&["add", "resource", "review"][..], &fields].concat();
    let words = [
        "`reviews` is new in `resources.yaml`",
        "In step with `resources.yaml`",
        "New migration",
        "create_reviews",
    ];
    apigen(&root.join("src"), &arguments).ends(0, &words);
    let after = fs::read_to_string(root.join("resources.yaml")).unwrap();
    assert_eq!(
        after,
        before.clone()
            + "  reviews:\n    parent: items\n    fields:\n      rating: integer(1..5)\n      body: text?\n"
    );
    assert!(after.contains("   # in euros"));
    assert!(root.join("src/models/reviews.rs").exists());
    apigen(&root, &["check"]).ends(0, &[]);
    is_well("extended", &after);
    for (arguments, words) in [
        (
            &["review", "--field", "a:text"][..],
            &["a resource `reviews` already"][..],
        ),
        (
            &["user", "--field", "a:txet"],
            &[
                "`txet` is no type",
                "did you mean `text`?",
                "nothing was written",
            ],
        ),
        (&["user", "--field", "a"], &["`a` is no field"]),
        (
            &["user", "--field", "a:text", "--parent", "itmes"],
            &["`itmes` is no resource"],
        ),
    ] {
        apigen(&root, &[&["add", "resource"][..], arguments].concat()).ends(1, words);
    }
    assert_eq!(
        fs::read_to_string(root.join("resources.yaml")).unwrap(),
        after
    );
}

#[test]
fn an_openapi_document_is_extended_by_hand() {
    let (_folder, root) = run::project();
    let run = apigen(&root, &["add", "resource", "tag", "--field", "name:string"]);
    run.ends(1, &["`openapi.yaml` is no resource spec", "`apigen sync`"]);
}

#[test]
fn the_schema_takes_every_spec_that_there_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for entry in fs::read_dir(root.join("fixtures")).unwrap().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        if text.lines().any(|line| line == "apigen: 1") {
            is_well(&entry.file_name().to_string_lossy(), &text);
            count += 1;
        }
    }
    assert!(count >= 1, "{count} fixtures");
    let docs = fs::read_dir(root.join("docs"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    for path in docs.chain([root.join("README.md")]) {
        // What is beside the texts is no text.
        let text = fs::read_to_string(&path).unwrap_or_default();
        let examples = text
            .split("```yaml\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next());
        for example in examples.filter(|example| example.lines().any(|line| line == "apigen: 1")) {
            assert_eq!(
                objections(example),
                Vec::<String>::new(),
                "{}:\n{example}",
                path.display()
            );
        }
    }
}

/// A spec whose resource has these lines.
fn resource(lines: &str) -> String {
    format!(
        "apigen: 1\nname: shop\nauth: jwt\nresources:\n  users:\n    fields: {{ name: string }}\n  items: {lines}\n"
    )
}

fn field(said: &str) -> String {
    resource(&format!("{{ fields: {{ a: string, it: {said} }} }}"))
}

#[test]
fn the_schema_and_the_reader_agree_on_what_is_well() {
    for said in [
        "string",
        "'string(1..100)?'",
        "'string(..9) unique'",
        "text?",
        "'integer(1..) = 3'",
        "'integer(-5..5)'",
        "number",
        "'decimal(0..1e3, 4)?'",
        "decimal",
        "boolean = true",
        "uuid",
        "date? indexed",
        "datetime readonly",
        "duration",
        "email unique",
        "url?",
        "'enum(open, closed) = open'",
        "'enum(a b, c-d)'",
        "'ref(users)?'",
        "'string(1..30)[](..10)?'",
        "'array(integer(0..))'",
        "'map(string)'",
        "map",
        "json?",
        "'string = \"a b\"'",
        "\"string = 'a'\"",
        "'string[] = [a, b]'",
        "string writeonly",
        "{ type: string, pattern: '^a$', minLength: 1, description: x, example: a }",
        "{ enum: [a, b], default: a }",
        "{ type: enum, values: [a, b] }",
        "{ fields: { x: integer } }",
        "{ items: { type: string, maxLength: 3 }, maxItems: 4 }",
        "{ to: users, on_delete: cascade }",
        "{ type: map, values: integer }",
        "{ type: decimal, places: 3, minimum: 0 }",
        "{ type: string, nullable: true, was: other, deprecated: true }",
    ] {
        is_well(said, &field(said));
    }
    for lines in [
        "{ parent: users, on_delete: restrict, fields: { a: string } }",
        "{ key: slug, timestamps: false, fields: { slug: string, a: text } }",
        "{ x-apigen-lint: { path-plural: off }, fields: { a: { type: string, x-mine: 1 } } }",
        "{ key: integer, owner: true, soft_delete: true, version: true, fields: { a: string } }",
        "{ owner: { field: author_id, others: forbidden }, version: revision, fields: { a: string } }",
        "{ unique: [a, [a, b]], indexes: [[b]], fields: { a: string, b: integer } }",
        "{ many_to_many: [users], operations: [list, get, create], public: [list], fields: { a: string } }",
        "{ actions: { publish: POST, close: { method: PUT, on: member, fields: { why: text }, answer: none } }, fields: { a: string } }",
        "{ list: { filters: [a, b: [gte, lt]], sort: [a, created_at], page: number, limit: 20..100 }, fields: { a: string, b: integer } }",
        "{ list: { filters: { b: range }, page: none, limit: 50 }, fields: { b: integer } }",
        "{ list: { include: [user], fields: true }, fields: { user_id: 'ref(users)' } }",
        "{ scopes: { read: 'items:read', write: 'items:write' }, was: things, path: goods, singular: item, seed: [{ a: x }], fields: { a: string } }",
    ] {
        is_well(lines, &resource(lines));
    }
}

#[test]
fn the_schema_sees_the_mistakes_that_a_schema_can() {
    let fields = [
        "strng",
        "'string(1..100'",
        "'string(a..b)'",
        "string uniqe",
        "boolean(1)",
        "'decimal(0.., 99)'",
        "enum",
        "ref",
        "7",
        "'string? ?x'",
        "{ type: string, minlength: 3 }",
        "{ type: strng }",
        "{ description: x }",
        "{ type: string, unique: yes please }",
        "{ type: decimal, places: 12 }",
        "{ type: string, minLength: -1 }",
        "{ to: users, on_delete: explode }",
        "[string]",
    ];
    let resources = [
        "{ feilds: { a: text } }",
        "{ parent: users }",
        "{ operations: [lst], fields: { a: text } }",
        "{ sort: [a], fields: { a: text } }",
        "{ list: { sorts: [a] }, fields: { a: text } }",
        "{ list: { filters: [a: [gtt]] }, fields: { a: string } }",
        "{ list: { limit: many }, fields: { a: text } }",
        "{ list: { page: pages }, fields: { a: text } }",
        "{ actions: { go: PSOT }, fields: { a: text } }",
        "{ actions: { go: { metod: POST } }, fields: { a: text } }",
        "{ owner: { others: hidden }, fields: { a: text } }",
        "{ soft_delete: maybe, fields: { a: text } }",
        "{ fields: { 1a: text } }",
        "{ fields: { a-b: text } }",
        "{ on_delete: set_null, parent: users, fields: { a: text } }",
        "{ seed: [a], fields: { a: text } }",
        "{ fields: [a] }",
        "7",
    ];
    let fields = fields.map(field).into_iter();
    let heads = [
        "apigen: 2\nname: a\nresources: { a: { fields: { b: text } } }\n",
        "apigen: 1\nresources: { a: { fields: { b: text } } }\n",
        "apigen: 1\nname: a\n",
        "apigen: 1\nname: a\nresources: {}\n",
        "apigen: 1\nname: a\nauth: jtw\nresources: { a: { fields: { b: text } } }\n",
        "apigen: 1\nname: a\nbase: api\nresources: { a: { fields: { b: text } } }\n",
        "apigen: 1\nname: a\nservers: [here]\nresources: { a: { fields: { b: text } } }\n",
        "apigen: 1\nnmae: a\nname: a\nresources: { a: { fields: { b: text } } }\n",
        "apigen: 1\nname: a\nresources: { 1a: { fields: { b: text } } }\n",
    ];
    for text in fields
        .chain(resources.map(resource))
        .chain(heads.map(str::to_owned))
    {
        assert!(!objections(&text).is_empty(), "the schema takes\n{text}");
        assert!(
            spec::parse("resources.yaml", &*text).is_err(),
            "the reader takes\n{text}"
        );
    }
}
