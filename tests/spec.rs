//! Reading, checking and repairing documents.

#![allow(clippy::unwrap_used)]

#[path = "support/shared.rs"]
mod shared;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use apigen::{
    commands::{expand, validate},
    config::{Config, Database, Errors},
    diagnostic::{self, Diagnostic, Format, Sources},
    spec::{self, Node},
};
use proptest::prelude::*;
use shared::documents;

fn load(document: &shared::Document) -> (Sources, Vec<Diagnostic>, bool) {
    match document.load() {
        Ok((document, warnings)) => (document.sources, warnings, true),
        Err(refusal) => (refusal.sources, refusal.diagnostics, false),
    }
}

/// All that `validate` says.
fn validate(path: &Path) -> validate::Outcome {
    let config = Config {
        name: "shop".to_owned(),
        spec: "test.yaml".to_owned(),
        database: Database::Sqlite,
        errors: Errors::Envelope,
        ..Config::default()
    };
    let spec = path.to_owned();
    validate::run(&validate::Options {
        spec,
        config,
        untyped: false,
        reading: spec::Reading::default(),
    })
}

/// One line for each diagnostic: `line:column severity code`.
fn brief(path: &Path) -> Vec<String> {
    let outcome = validate(path);
    let line = |problem: &Diagnostic| {
        let place = problem
            .span
            .map(|span| outcome.sources.origin(span))
            .unwrap_or_default();
        let severity = format!("{:?}", problem.severity).to_lowercase();
        format!(
            "{}:{} {severity} {}",
            place.line, place.column, problem.code
        )
    };
    outcome.diagnostics.iter().map(line).collect()
}

fn document(text: &str) -> Node {
    match spec::parse("test.yaml", text) {
        Ok((document, _)) => document.root,
        Err(refusal) => panic!("{:?}", refusal.diagnostics),
    }
}

/// What stands at a pointer, as JSON.
fn json(root: &Node, pointer: &str) -> String {
    root.pointer(pointer)
        .map_or("nothing".to_owned(), |node| node.to_json().to_string())
}

/// Each document of `fixtures/bad` has what is to be said of it beside it.
#[test]
fn bad_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bad");
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.ends_with(".txt"));
    names.sort();
    assert!(names.len() > 8);
    for name in names {
        let outcome = validate(&folder.join(&name));
        let format = Format::Human { color: false };
        let shown = diagnostic::show(&outcome.diagnostics, &outcome.sources, format);
        let shown = shown.replace(&format!("{}/", folder.display()), "");
        let diagnostics = outcome.diagnostics;
        let shown = shown + &diagnostic::summary(&diagnostics).unwrap_or_default() + "\n";
        assert_golden(&folder.join(format!("{name}.txt")), &shown);
    }
}

#[test]
fn files_become_components() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bundle");
    let options = expand::Options {
        spec: folder.join("openapi.yaml"),
        reading: spec::Reading::default(),
    };
    let Ok(expand::Outcome::Expanded(document, text, warnings)) = expand::run(&options) else {
        panic!("refused");
    };
    assert_eq!(warnings, []);
    assert_golden(&folder.join("expanded.txt"), &text);
    let leaf = json(&document.root, "/components/schemas/Leaf");
    assert_eq!(leaf, r#"{"type":["string","null"]}"#);
}

/// JSON Schema 2020-12, section 8.
#[test]
fn references_by_name_become_references_by_place() {
    let schemas = |schemas: &str| {
        document(&format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents: {{schemas: {schemas}}}\n"
        ))
    };
    let tree = "Tree: {$id: 'https://x.example/s/tree', $dynamicAnchor: node, properties: \
                {a: {type: string}, b: {REFERENCE}}}";
    for (reference, wanted) in [
        ("$ref: '#leaf'", "#/components/schemas/Leaf"),
        ("$ref: '#node'", "#/components/schemas/Tree"),
        ("$ref: '#'", "#/components/schemas/Tree"),
        (
            "$ref: '#/properties/a'",
            "#/components/schemas/Tree/properties/a",
        ),
        (
            "$ref: '#/components/schemas/Leaf'",
            "#/components/schemas/Leaf",
        ),
        (
            "$ref: 'https://x.example/s/tree'",
            "#/components/schemas/Tree",
        ),
        (
            "$ref: 'tree#/properties/a'",
            "#/components/schemas/Tree/properties/a",
        ),
        ("$ref: /s/leaf", "#/components/schemas/Other"),
        ("$ref: 'leaf#inner'", "#/components/schemas/Other/items"),
        ("$dynamicRef: '#node'", "#/components/schemas/Tree"),
        ("$recursiveRef: '#'", "#/components/schemas/Tree"),
    ] {
        let root = schemas(&format!(
            "{{Leaf: {{$anchor: leaf, type: string, example: {{$ref: '#leaf'}}}}, \
             Other: {{$id: 'https://x.example/s/leaf', type: array, items: {{$anchor: inner, type: string}}}}, {}}}",
            tree.replace("REFERENCE", reference)
        ));
        let found = json(&root, "/components/schemas/Tree/properties/b");
        assert_eq!(found, format!(r#"{{"$ref":"{wanted}"}}"#), "{reference}");
        let example = json(&root, "/components/schemas/Leaf/example");
        assert_eq!(example, r##"{"$ref":"#leaf"}"##);
    }
    let text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: \
                {A: {$dynamicAnchor: n, items: {$dynamicRef: '#n'}}, B: {$id: b, $dynamicAnchor: n}}}\n";
    let (_, warnings) = spec::parse("openapi.yaml", text).unwrap();
    assert!(
        warnings.iter().any(|warning| warning.code == "dynamic-ref"),
        "{warnings:?}"
    );
}

/// Published documents have them: a pointer without its first slash, a bare name as in Swagger 1.2, a slash for a whole file.
#[test]
fn references_that_mean_one_thing_are_repaired() {
    let folder = tempfile::tempdir().unwrap();
    let whole = "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {responses: {'404': {$ref: Gone}, '200': \
                 {description: d, schema: {REFERENCE}}}}}}\nresponses: {Gone: {description: d}}\ndefinitions: {Pet: \
                 {type: string, maxLength: 7}}\n";
    std::fs::write(
        folder.path().join("pet.yaml"),
        "type: string\nmaxLength: 7\n",
    )
    .unwrap();
    let all = "definitions: {Pet: {$ref: '#definitions/A'}, A: {type: string, maxLength: 7}}\n";
    std::fs::write(folder.path().join("all.yaml"), all).unwrap();
    let path = folder.path().join("openapi.yaml");
    for reference in [
        "#definitions/Pet",
        "Pet",
        "pet.yaml#/",
        "all.yaml#definitions/Pet",
    ] {
        let reference = format!("$ref: '{reference}'");
        std::fs::write(&path, whole.replace("REFERENCE", &reference)).unwrap();
        let (document, warnings) = spec::load(&path).unwrap();
        let repaired = |one: &&Diagnostic| one.code == "ref-repaired";
        assert!(
            warnings.iter().filter(repaired).count() >= 2,
            "{reference}: {warnings:#?}"
        );
        let mut schema = json(
            &document.root,
            "/paths/~1a/get/responses/200/content/application~1json/schema",
        );
        while let Some(target) = schema.strip_prefix(r##"{"$ref":"#"##) {
            schema = json(&document.root, target.trim_end_matches("\"}"));
        }
        assert_eq!(schema, r#"{"type":"string","maxLength":7}"#, "{reference}");
    }
    // Nothing of that name: no guess.
    std::fs::write(&path, whole.replace("REFERENCE", "$ref: Pets")).unwrap();
    let refusal = spec::load(&path).unwrap_err();
    assert!(
        refusal
            .diagnostics
            .iter()
            .any(|one| one.code == "external-ref")
    );
}

#[test]
fn files_are_read_below_the_root_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bad-bundle");
    let document = shared::Document {
        name: String::new(),
        path: folder.join("openapi.yaml"),
        root: folder.clone(),
    };
    let refusal = document.load().unwrap_err();
    let shown = diagnostic::show(
        &refusal.diagnostics,
        &refusal.sources,
        Format::Human { color: false },
    );
    assert_golden(
        &folder.join("openapi.txt"),
        &shown.replace(folder.to_str().unwrap(), "."),
    );
}

/// Compares with a file; `UPDATE=1` writes it anew.
fn assert_golden(golden: &Path, shown: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(golden, shown).unwrap();
    }
    let expected = std::fs::read_to_string(golden).unwrap_or_default();
    assert_eq!(
        shown,
        expected,
        "{}: UPDATE=1 if this is better",
        golden.display()
    );
}

#[test]
fn shared_bad_documents() {
    let expected: &[(&str, &[&str])] = &[
        ("alias-bomb.yaml", &["9:10 error alias-expansion"]),
        (
            "dangling-ref.yaml",
            &["14:23 error dangling-ref", "16:17 error dangling-ref"],
        ),
        ("deep-nesting.json", &["1:1909 error too-deep"]),
        ("duplicate-key.yaml", &["10:3 error duplicate-key"]),
        ("empty.yaml", &["1:1 error empty"]),
        ("not-openapi.yaml", &["2:1 error dialect"]),
        (
            "ref-loop.yaml",
            &[
                "20:11 error ref-loop",
                "22:11 error ref-loop",
                "25:8 error ref-loop",
                "27:11 error ref-loop",
                "29:7 error ref-loop",
                "33:7 error ref-loop",
            ],
        ),
        (
            "semantic-errors.yaml",
            &[
                "16:20 warning duplicate-operation-id",
                "22:5 warning undeclared-parameter",
                "25:46 warning path-parameter-not-required",
                "26:11 warning bad-parameter",
            ],
        ),
        ("yaml-syntax-error.yaml", &["10:24 error yaml"]),
    ];
    for shared::Document { path, name, .. } in documents("corpus-bad") {
        let start = Instant::now();
        let found = brief(&path);
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{}",
            path.display()
        );
        if let Some((_, expected)) = expected.iter().find(|(expected, _)| *expected == name) {
            assert_eq!(found, *expected, "{name}");
        }
    }
}

#[test]
fn shared_documents_load() {
    for document in documents("corpus") {
        let (sources, diagnostics, loads) = load(&document);
        let shown = diagnostic::show(&diagnostics, &sources, Format::Json);
        assert!(loads, "{}: {shown}", document.name);
    }
}

#[test]
fn the_repaired_tree() {
    let root = document(
        "{openapi: 3.1.0, info: {title: t, version: 1.10}, paths: {'/a/{x}': {get: {tags: , deprecated: 'true', \
         parameters: [{name: x, in: path, schema: {type: integer}}], responses: {'204': }}}}}",
    );
    assert_eq!(json(&root, "/info/version"), r#""1.10""#);
    assert_eq!(
        json(&root, "/paths/~1a~1{x}/get"),
        r#"{"deprecated":true,"parameters":[{"name":"x","in":"path","schema":{"type":"integer"},"required":true}],"responses":{"204":{}}}"#
    );
}

#[test]
fn openapi_30_is_rewritten_upward() {
    let cases = [
        (
            "{type: string, nullable: true}",
            r#"{"type":["string","null"]}"#,
        ),
        ("{type: string, nullable: false}", r#"{"type":"string"}"#),
        (
            "{type: string, nullable: true, enum: [a]}",
            r#"{"type":["string","null"],"enum":["a",null]}"#,
        ),
        (
            "{nullable: true, $ref: '#/components/schemas/Y', description: d}",
            r##"{"description":"d","anyOf":[{"$ref":"#/components/schemas/Y"},{"type":"null"}]}"##,
        ),
        (
            "{nullable: true, allOf: [{$ref: '#/components/schemas/Y'}]}",
            r##"{"anyOf":[{"allOf":[{"$ref":"#/components/schemas/Y"}]},{"type":"null"}]}"##,
        ),
        (
            "{minimum: 5, exclusiveMinimum: true}",
            r#"{"exclusiveMinimum":5}"#,
        ),
        ("{maximum: 5, exclusiveMaximum: false}", r#"{"maximum":5}"#),
        (
            "{example: {nullable: true}}",
            r#"{"example":{"nullable":true}}"#,
        ),
        (
            "{properties: {nullable: {type: string, nullable: true}}}",
            r#"{"properties":{"nullable":{"type":["string","null"]}}}"#,
        ),
    ];
    for (schema, expected) in cases {
        let text = format!(
            "{{openapi: 3.0.3, info: {{title: t, version: '1'}}, paths: {{}}, components: {{schemas: {{X: {schema}, Y: {{}}}}}}}}"
        );
        assert_eq!(
            json(&document(&text), "/components/schemas/X"),
            expected,
            "{schema}"
        );
    }
}

#[test]
fn swagger_20_is_rewritten_upward() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/swagger20.yaml");
    let (document, warnings) = spec::load(&path).unwrap();
    assert_eq!(warnings, []);
    assert_eq!(document.version, "2.0");
    let tree = serde_json::to_string_pretty(&document.root.to_json()).unwrap();
    assert_golden(&path.with_extension("json.txt"), &tree);
}

#[test]
fn yaml_means_what_it_says() {
    let root = document(
        "openapi: 3.1.0\ninfo: &i {title: t, version: '1'}\npaths:\nx: {<<: *i, title: mine, on: yes, 1: 0x1f, \
         s: !!str 5, m: {!!merge <<: [*i, {z: 1}]}, \"<<\": quoted, t: 2020-01-01, n: ~}\n",
    );
    assert_eq!(
        json(&root, "/x"),
        r#"{"title":"mine","on":"yes","1":31,"s":"5","m":{"title":"t","version":"1","z":1},"<<":"quoted","t":"2020-01-01","n":null,"version":"1"}"#
    );
}

#[test]
fn places_are_bytes_of_the_file() {
    let text = "\u{feff}openapi: 3.1.0\r\ninfo: {title: \"ä😀\", version: v1}\r\n# ü\r\npaths: {}\r\nx: [é, last]\r\n";
    let root = document(text);
    for (pointer, expected) in [
        ("/info/title", "\"ä😀\""),
        ("/info/version", "v1"),
        ("/x/1", "last"),
    ] {
        let span = root.pointer(pointer).unwrap().span;
        assert_eq!(&text[span.start..span.end], expected);
    }
}

#[test]
fn depth_is_bounded_and_a_hundred_levels_work() {
    let nested = |depth: usize| {
        let (open, close) = ("{\"items\":".repeat(depth), "}".repeat(depth));
        format!(
            "{{\"openapi\":\"3.1.0\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{}},\
             \"components\":{{\"schemas\":{{\"X\":{open}{{}}{close}}}}}}}"
        )
    };
    assert!(spec::parse("x.json", nested(100)).is_ok());
    for name in ["x.json", "x.yaml"] {
        let refusal = spec::parse(name, nested(50_000)).unwrap_err();
        let has_depth = |problem: &Diagnostic| {
            problem.code == "too-deep" || problem.message.contains("recursion limit")
        };
        assert!(
            refusal.diagnostics.iter().any(has_depth),
            "{:?}",
            refusal.diagnostics
        );
    }
}

const DOCUMENT: &str = include_str!("../fixtures/bad/references.yaml");

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}", name in "(a.json|a.yaml|-)") {
        let _ = spec::parse(name, text);
    }

    #[test]
    fn no_yaml_or_json_like_text_panics(text in "[{}\\[\\]:,\"'&*<!|>#?a1 .\\n-]{0,120}") {
        let _ = spec::parse("a.json", &*text);
        let _ = spec::parse("a.yaml", format!("openapi: 3.0.0\n{text}"));
    }

    #[test]
    fn no_mutation_panics(at in 0..DOCUMENT.len(), length in 0..40_usize, with in "[{}\\[\\]:&*$a1\\n ]{0,3}") {
        let mut text = DOCUMENT.to_owned();
        let end = (at + length).min(text.len());
        text.replace_range(at..end, &with);
        let (sources, diagnostics) = match spec::parse("a.yaml", text) {
            Ok((document, warnings)) => (document.sources, warnings),
            Err(refusal) => (refusal.sources, refusal.diagnostics),
        };
        diagnostic::show(&diagnostics, &sources, Format::Human { color: true });
    }
}
