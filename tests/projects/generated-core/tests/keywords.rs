//! What no type says of a value: the places and the words of its faults.

use std::sync::LazyLock;

use axum::http::StatusCode;
use full_core::core::{
    decode::{At, Node, Report},
    keywords::Keywords,
};
use serde_json::{Value, json};

/// Reads a value as any JSON that keeps these keywords, and returns the error.
fn refused(at: At<'_>, keywords: &Keywords, value: Value) -> Option<String> {
    let report = Report::default();
    let node = Node {
        value,
        at,
        report: &report,
    };
    let value = node.keeping(keywords).keeping(keywords).any().value;
    let result = report.finish(value, StatusCode::UNPROCESSABLE_ENTITY);
    result.err().map(|error| format!("{error:?}"))
}

/// The value must be refused with each of these, said once, or with nothing.
#[track_caller]
fn check(schema: Value, value: Value, expected: &[&str]) {
    let keywords = Keywords::new(&schema.to_string());
    let Some(error) = refused(At::Body, &keywords, value.clone()) else {
        assert!(expected.is_empty(), "{value} is taken");
        return;
    };
    assert!(!expected.is_empty(), "{value}: {error}");
    for expected in expected {
        assert_eq!(error.matches(expected).count(), 1, "{expected}: {error}");
    }
}

#[test]
fn faults_are_told_where_they_are() {
    let wrong = "has a form that is not allowed";
    let in_body = format!("\"body\": [\"{wrong}\"]");
    check(
        json!({ "not": { "required": ["a"] } }),
        json!({ "a": 1 }),
        &[&in_body],
    );
    check(
        json!({ "not": { "required": ["a"] } }),
        json!({ "b": 1 }),
        &[],
    );
    check(
        json!({
            "if": { "required": ["a"] }, "then": { "required": ["b", "c"] },
            "patternProperties": { "^x": { "type": "integer", "minimum": 3 } },
            "properties": { "a": true }, "additionalProperties": false,
            "propertyNames": { "maxLength": 4 },
        }),
        json!({ "a": 1, "x": 2, "xs": "s", "other": 1 }),
        &[
            "\"b\": [\"is required\"]",
            "\"c\": [\"is required\"]",
            "\"x\": [\"must be at least 3\"]",
            "\"xs\": [\"must be an integer\"]",
            "is not a known field",
            "has a name that is not allowed",
        ],
    );
    check(
        json!({ "properties": { "a/b": { "items": { "not": { "const": 1 } } } } }),
        json!({ "a/b": [0, 1] }),
        &[&format!("\"a/b[1]\": [\"{wrong}\"]")],
    );
    check(
        json!({ "anyOf": [{ "required": ["a"] }, { "required": ["b", "c"] }] }),
        json!({}),
        &["must match one of the allowed forms: `a`, `b` and `c`"],
    );
    check(
        json!({ "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] }),
        json!({ "a": 1, "b": 1 }),
        &[wrong],
    );
    check(
        json!({ "contains": { "const": 1 }, "maxContains": 1 }),
        json!([1, 1]),
        &["must contain as many of the items asked for as are allowed"],
    );
    check(
        json!({ "prefixItems": [{ "enum": ["a", 1] }], "unevaluatedItems": false }),
        json!(["b", 2]),
        &[
            "\"body[0]\": [\"must be one of \\\"a\\\", 1\"]",
            "must not have more items",
        ],
    );
}

#[test]
fn plain_text_is_not_judged() {
    let keywords = LazyLock::new(|| Keywords::new(r#"{"not":{"type":"string"}}"#));
    assert!(refused(At::Parameter("a"), &keywords, json!("1")).is_none());
    assert!(refused(At::JsonParameter("a"), &keywords, json!("1")).is_some());
}
