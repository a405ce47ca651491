//! `apigen lint`: every rule on a document that has what it looks for and on one that does not, and
//! the command as a person meets it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "lint/cases.rs"]
mod cases;
#[path = "support/run.rs"]
mod run;

use std::{collections::BTreeSet, fs, path::Path};

use apigen::{
    lint::{Level, Settings, lint, rules},
    spec,
};
use cases::{CASES, Case};
use run::{apigen, project, replace};
use serde_json::Value;

const HEAD: &str = "openapi: 3.1.0\ninfo: {title: t, version: '1', description: d}\n";

/// What one rule says of a document: `line:column message`.
#[track_caller]
fn told(id: &str, text: &str) -> Vec<String> {
    let text = match text.starts_with("openapi") || text.starts_with("apigen") {
        true => text.to_owned(),
        false => format!("{HEAD}{text}"),
    };
    let (document, _) = match spec::parse("api.yaml", text.clone()) {
        Ok(loaded) => loaded,
        Err(refusal) => panic!("{:#?}\n{text}", refusal.diagnostics),
    };
    let mut settings = Settings::default();
    for rule in rules() {
        let level = if rule.id == id {
            Level::Warn
        } else {
            Level::Off
        };
        settings.level(rule, level);
    }
    let advice = lint(&document, &settings).into_iter();
    let told = advice.map(|advice| {
        let at = document.sources.origin(advice.span.unwrap());
        format!("{}:{} {}", at.line, at.column, advice.message)
    });
    told.collect()
}

#[test]
fn every_rule_tells_its_case_and_passes_what_is_well() {
    for Case {
        rule,
        bad,
        told: expected,
        good,
    } in CASES
    {
        assert_eq!(told(rule, bad), *expected, "{rule}");
        let none: [&str; 0] = [];
        assert_eq!(told(rule, good), none, "{rule}, which is well");
    }
    let cases: BTreeSet<_> = CASES.iter().map(|case| case.rule).collect();
    let all: BTreeSet<_> = rules().iter().map(|rule| rule.id).collect();
    let without: Vec<_> = all.difference(&cases).collect();
    assert!(without.is_empty(), "no case for {without:?}");
}

const UGLY: &str = "openapi: 3.1.0
info: { title: Ugly, version: '1' }
paths:
  /Item/{id}:
    get:
      operationId: getItem
      tags: [items]
      summary: Read one
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        '200': { description: It, content: { application/json: { schema: { type: object } } } }
        '404': { description: None }
";

fn ugly() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ugly.yaml"), UGLY).unwrap();
    let path = folder.path().to_owned();
    (folder, path)
}

#[test]
fn advice_has_places_carets_and_exit_codes() {
    let (_folder, here) = ugly();
    let words = [
        "warning[path-case]: `Item` in `/Item/{id}` is not written as `kebab-case`",
        "--> ugly.yaml:4:3",
        "/Item/{id}:",
        "^^^^^^^^^^",
        "hint: call it `item`",
        "warning[path-plural]",
        "hint: call it `Items`",
        "4 pieces of advice: 2 warnings, 2 notes (",
        "apigen explain code",
    ];
    apigen(&here, &["lint", "ugly.yaml"]).ends(0, &words);
    for (level, code) in [("info", 2), ("warn", 2), ("error", 0)] {
        apigen(&here, &["lint", "ugly.yaml", "--fail-on", level]).ends(code, &[]);
    }
    let raised = ["lint", "ugly.yaml", "--set", "path-plural=error"];
    apigen(&here, &raised).ends(2, &["error[path-plural]"]);
    let off = [
        "path-plural=off",
        "path-case.style=pascal",
        "example=off",
        "info-description=off",
    ];
    let off = off.iter().flat_map(|set| ["--set", set]);
    let off: Vec<_> = ["lint", "ugly.yaml"].into_iter().chain(off).collect();
    apigen(&here, &off).ends(0, &["No advice"]);
}

#[test]
fn mistakes_are_no_advice() {
    let (_folder, here) = ugly();
    fs::write(here.join("bad.yaml"), "openapi: 3.1.0\npaths: [\n").unwrap();
    for (arguments, words) in [
        (
            &["lint"][..],
            &["there is no document", "apigen lint openapi.yaml"][..],
        ),
        (&["lint", "ugyl.yml"], &["no file `ugyl.yml`"]),
        (&["lint", "bad.yaml"], &["error[yaml]"]),
        (
            &["lint", "ugly.yaml", "--set", "path-plurals=off"],
            &["no rule `path-plurals`", "`path-plural`?"],
        ),
        (
            &["lint", "ugly.yaml", "--set", "path-plural=no"],
            &["the levels are"],
        ),
        (
            &["lint", "ugly.yaml", "--set", "path-plural.max=3"],
            &["`path-plural` has the option `allow` alone"],
        ),
        (
            &["lint", "ugly.yaml", "--set", "get-body.max=3"],
            &["has no options"],
        ),
        (
            &["lint", "ugly.yaml", "--set", "path-depth.max=x"],
            &["must be a number"],
        ),
    ] {
        apigen(&here, arguments).ends(1, words);
    }
    let failed = apigen(&here, &["lint", "nowhere.yaml", "--format", "json"]).ends(1, &[]);
    let failed: Value = serde_json::from_str(&failed.out).unwrap();
    assert_eq!(failed["code"], "failed");
}

#[test]
fn machines_are_told_the_same() {
    let (_folder, here) = ugly();
    let json = apigen(&here, &["lint", "ugly.yaml", "--format", "json"]).ends(0, &[]);
    let lines: Vec<Value> = json
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let found: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line["severity"].as_str().unwrap(),
                line["code"].as_str().unwrap(),
                line["line"].as_u64().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("info", "info-description", 2),
        ("warning", "path-case", 4),
        ("warning", "path-plural", 4),
        ("info", "example", 11),
    ];
    assert_eq!(found, expected);
    let github = apigen(&here, &["lint", "ugly.yaml", "--format", "github"]).ends(0, &[]);
    assert!(
        github
            .out
            .contains("::warning file=ugly.yaml,line=4,col=3,title=apigen%3A path-case::"),
        "{}",
        github.out
    );
    assert!(
        github.out.contains("::notice file=ugly.yaml,line=2"),
        "{}",
        github.out
    );
    let sarif = apigen(&here, &["lint", "ugly.yaml", "--format", "sarif"]).ends(0, &[]);
    let sarif: Value = serde_json::from_str(&sarif.out).unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let plural = rules
        .iter()
        .find(|rule| rule["id"] == "path-plural")
        .unwrap();
    assert!(
        plural["fullDescription"]["text"]
            .as_str()
            .unwrap()
            .contains("plural noun")
    );
    assert_eq!(
        sarif["runs"][0]["invocations"][0]["executionSuccessful"],
        true
    );
}

#[test]
fn a_project_chooses_and_a_place_is_let_be() {
    let (_folder, root) = project();
    let spec = root.join("openapi.yaml");
    replace(
        &spec,
        "  /items/{item_id}/publish:",
        "  /items/{item_id}/setPrice:",
    );
    apigen(&root.join("src"), &["lint"]).ends(
        0,
        &["warning[path-case]", "openapi.yaml:", "warning[path-verb]"],
    );
    let choices = fs::read_to_string(root.join("apigen.toml")).unwrap();
    fs::write(
        root.join("apigen.toml"),
        format!("{choices}\n[lint]\npath-verb = \"error\"\nexample = \"off\"\n"),
    )
    .unwrap();
    let run = apigen(&root, &["lint"]).ends(2, &["error[path-verb]", "1 error, 1 warning"]);
    assert!(!run.err.contains("[example]"), "{}", run.err);
    let item = "  /items/{item_id}/setPrice:\n";
    let ignored = format!("{item}    x-apigen-lint: {{ path-verb: off, path-case: off }}\n");
    replace(&spec, item, &ignored);
    apigen(&root, &["lint"]).ends(0, &["No advice"]);
    replace(&spec, "{ path-verb: off, path-case: off }", "off");
    apigen(&root, &["lint"]).ends(0, &["No advice"]);
    replace(
        &spec,
        "x-apigen-lint: off",
        "x-apigen-lint: { path-verbs: off }",
    );
    apigen(&root, &["lint"]).ends(2, &["warning[lint-ignore]: there is no rule `path-verbs`"]);
    // The choice of advice is nothing that code is made from.
    replace(&spec, "    x-apigen-lint: { path-verbs: off }\n", "");
    apigen(&root, &["sync", "-q"]).ends(0, &[]);
    apigen(&root, &["check"]).ends(0, &[]);
}

#[test]
fn a_resource_spec_is_looked_at_in_its_own_lines() {
    let text = "apigen: 1
name: shop
resources:
  itemList:
    fields: { Name: string, colour: string, unit_price: integer, net_weight: integer }
  person:
    x-apigen-lint: { path-plural: off }
    fields: { name: string }
";
    assert_eq!(
        told("path-plural", text),
        ["4:3 `item-list` in `/item-list/{item_list_id}` names a collection, and is not a plural"]
    );
    assert_eq!(
        told("property-case", text),
        [
            "5:21 the property `Name` is not written as `snake_case`, and most are (and in 1 other place)"
        ]
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("resources.yaml"), text).unwrap();
    let run = apigen(folder.path(), &["lint", "resources.yaml"]);
    run.ends(
        0,
        &[
            "warning[path-plural]",
            "resources.yaml:4:3",
            "hint: call it `item-lists`",
        ],
    );
}

#[test]
fn a_rule_is_explained() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = apigen(here, &["explain", "code", "path-depth"]).ends(0, &[]);
    for words in [
        "three deep",
        "`path-depth = { level = \"warn\", max = 3 }`",
        "x-apigen-lint: { path-depth: off }",
    ] {
        assert!(run.out.contains(words), "{}", run.out);
    }
    apigen(here, &["explain", "code", "path-dept"]).ends(1, &["did you mean `path-depth`?"]);
}

#[test]
fn the_example_service_is_well_designed() {
    let spec = run::fixture();
    let run = apigen(
        Path::new("."),
        &["lint", &spec.to_string_lossy(), "--fail-on", "warn"],
    );
    run.ends(0, &["2 notes (2 example)"]);
}
