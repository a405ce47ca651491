//! Each pair of schemas, wherever schemas can stand, both ways.

use std::{collections::BTreeSet, fs};

use apigen::diff::diff;

use super::{cases, document};

/// A document with a schema at its place, by what the rules call that place.
const SITES: [(&str, bool, &str); 7] = [
    (
        "request-parameter",
        true,
        "paths: {/a: {get: {parameters: [{name: p, in: query, schema: SCHEMA}], responses: {}}}}",
    ),
    (
        "request-parameter-property",
        true,
        "paths: {/a: {get: {parameters: [{name: p, in: query, schema: {type: array, items: SCHEMA}}], responses: {}}}}",
    ),
    (
        "request-body",
        true,
        "paths: {/a: {post: {requestBody: {content: {application/json: {schema: SCHEMA}}}, responses: {}}}}",
    ),
    (
        "request-property",
        true,
        "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/X'}}}}, responses: {}}}}\ncomponents: {schemas: {X: {type: object, properties: {x: {$ref: '#/components/schemas/X'}, y: SCHEMA}}}}",
    ),
    (
        "response-header",
        false,
        "paths: {/a: {get: {responses: {'200': {description: a, headers: {X-A: {schema: SCHEMA}}}}}}}",
    ),
    (
        "response-body",
        false,
        "paths: {/a: {get: {responses: {'200': {description: a, content: {application/json: {schema: SCHEMA}}}}}}}",
    ),
    (
        "response-property",
        false,
        "paths: {/a: {get: {responses: {'200': {description: a, content: {application/json: {schema: {type: object, additionalProperties: SCHEMA}}}}}}}}",
    ),
];

/// Runs the grid; the rules that it saw.
pub(super) fn all() -> BTreeSet<&'static str> {
    let text = fs::read_to_string(cases("schemas.txt")).unwrap();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let line = format!("{line} ");
        let [old, new, there, back] = line.split("| ").collect::<Vec<_>>().try_into().unwrap();
        for (site, is_request, frame) in SITES {
            for (old, new, expected) in [(old, new, there), (new, old, back)] {
                let told = told(frame, old, new, &mut seen);
                let expected = expect(expected, site, is_request);
                if told != expected {
                    wrong.push(format!(
                        "{site}: {old}→ {new}\n  told {told:?}\n  not  {expected:?}"
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    seen
}

fn told(frame: &str, old: &str, new: &str, seen: &mut BTreeSet<&'static str>) -> Vec<String> {
    let (old, new) = (frame.replace("SCHEMA", old), frame.replace("SCHEMA", new));
    let changes = diff(&document(&old), &document(&new));
    seen.extend(changes.iter().map(|change| change.rule));
    let mut told: Vec<_> = changes
        .iter()
        .map(|c| format!("{} {}", c.level, c.rule))
        .collect();
    told.sort();
    told
}

/// Rules with a sign each → rules of this site with the level that the sign means there.
fn expect(text: &str, site: &str, is_request: bool) -> Vec<String> {
    let (json, written) = text.split_once('~').unwrap_or((text, text));
    let is_written = site.contains("parameter") || site.contains("header");
    let words = if is_written { written } else { json }.split_whitespace();
    let words: Vec<_> = words.collect();
    let one = |pair: &[&str]| {
        let level = match (pair[1], is_request) {
            ("!", _) | ("<", true) | (">", false) => "breaking",
            ("<", false) | (">", true) | ("=", _) => "compatible",
            _ => "cosmetic",
        };
        format!("{level} {site}-{}", pair[0])
    };
    let mut expected: Vec<_> = words.chunks(2).map(one).collect();
    expected.sort();
    expected
}

#[test]
fn schemas_are_judged_where_they_stand() {
    all();
}
