//! Schemas: what each becomes in the model, printed compactly.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;
mod fits;
mod print;
mod robust;
#[path = "../support/shared.rs"]
mod shared;
mod unions;

use std::fmt::Write;

use apigen::{
    lower::schema::{Direction, Finished, Place, Schemas},
    model::Schema,
    spec::{Document, parse},
};

use self::print::{def_text, schema_text};

/// Lowers components, each use being `request`, `response` or `patch` and a schema, and compares
/// the uses' types, the types and the codes of the diagnostics.
#[track_caller]
fn check(components: &str, uses: &[&str], expected: &str) {
    assert_eq!(
        print(components, uses).trim(),
        unindent(expected),
        "\n{components}"
    );
}

fn print(components: &str, uses: &[&str]) -> String {
    let document = document(components, uses);
    let (finished, uses) = lower(&document, uses);
    let mut out = String::new();
    for schema in &uses {
        writeln!(out, "{}", schema_text(schema, &finished.types)).unwrap();
    }
    for def in &finished.types {
        writeln!(out, "{}", def_text(def, &finished.types)).unwrap();
    }
    for diagnostic in &finished.diagnostics {
        writeln!(out, "! {}", diagnostic.code).unwrap();
    }
    out
}

fn unindent(text: &str) -> String {
    let lines = text.trim().lines().map(str::trim);
    lines.collect::<Vec<_>>().join("\n")
}

fn document(components: &str, uses: &[&str]) -> Document {
    let mut text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n".to_owned();
    for (index, one) in uses.iter().enumerate() {
        let (_, schema) = one.split_once(' ').unwrap();
        let body = format!("{{content: {{application/json: {{schema: {schema}}}}}}}");
        writeln!(text, "  /u{index}: {{post: {{operationId: u{index}, requestBody: {body}, responses: {{'204': {{description: d}}}}}}}}").unwrap();
    }
    writeln!(
        text,
        "components:\n  schemas:\n    {}",
        components.trim().replace('\n', "\n    ")
    )
    .unwrap();
    match parse("t.yaml", text.clone()) {
        Ok((document, _)) => document,
        Err(refusal) => panic!("{:#?}\n{text}", refusal.diagnostics),
    }
}

fn lower(document: &Document, uses: &[&str]) -> (Finished, Vec<Schema>) {
    let mut schemas = Schemas::new(document);
    let mut lowered = Vec::new();
    for (index, one) in uses.iter().enumerate() {
        let pointer =
            format!("/paths/~1u{index}/post/requestBody/content/application~1json/schema");
        let direction = if one.starts_with("response") {
            Direction::Response
        } else {
            Direction::Request
        };
        let place = Place {
            direction,
            is_patch: one.starts_with("patch"),
            module: format!("use{index}"),
            type_name: format!("Use{index}"),
            api_name: format!("use{index}"),
        };
        lowered.push(schemas.lower(document.root.pointer(&pointer).unwrap(), &place));
    }
    let finished = schemas.finish();
    lowered.iter_mut().for_each(|schema| finished.remap(schema));
    (finished, lowered)
}
