//! What changed between two documents, as data: `tests/diff/cases` has the documents and what is told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "diff/grid.rs"]
mod grid;
#[path = "diff/operations.rs"]
mod operations;
#[path = "support/shared.rs"]
mod shared;

use std::{collections::BTreeSet, fs, path::PathBuf, time::Instant};

use apigen::{
    diff::{Change, diff, rules},
    spec::{self, Document},
};
use serde_json::Value;

fn cases(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/diff/cases")
        .join(name)
}

/// Reads a document; what every document has is put before it where it is not there.
#[track_caller]
fn document(text: &str) -> Document {
    let has_head = ["openapi:", "swagger:", "{"]
        .iter()
        .any(|head| text.starts_with(head));
    let head = if has_head {
        ""
    } else {
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
    };
    match spec::parse("api.yaml", format!("{head}{text}")) {
        Ok((document, _)) => document,
        Err(refusal) => panic!("{:#?}\n{text}", refusal.diagnostics),
    }
}

fn line(change: &Change) -> String {
    let Change {
        rule,
        level,
        method,
        path,
        message,
        new,
        ..
    } = change;
    let operation = if method.is_empty() {
        "*".to_owned()
    } else {
        format!("{method} {path}")
    };
    format!(
        "{}:{} {level} {rule} {operation}: {message}",
        new.line, new.column
    )
}

#[test]
fn every_rule_has_a_case() {
    let mut seen = BTreeSet::new();
    for found in grid::all().into_iter().chain(operations::all()) {
        seen.insert(found);
    }
    let known: BTreeSet<_> = rules().map(|rule| rule.id).collect();
    assert_eq!(known.len(), rules().count(), "a rule is there twice");
    let without: Vec<_> = known.iter().filter(|id| !seen.contains(**id)).collect();
    assert!(without.is_empty(), "no case makes {without:#?}");
}

/// The same document with the members of all objects the other way round.
fn turned(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), turned(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(turned).collect(),
        other => other.clone(),
    }
}

#[test]
fn the_order_of_members_is_no_change() {
    let text = fs::read_to_string("fixtures/shop.yaml").unwrap();
    let shop = document(&text);
    let other = document(&turned(&shop.root.to_json()).to_string());
    assert_eq!(diff(&shop, &shop), []);
    assert_eq!(diff(&shop, &other), []);
}

#[test]
fn a_large_document_is_compared_fast() {
    let Some(folder) = shared::shared("corpus") else {
        return;
    };
    for name in ["github-rest.json", "synthetic-large.yaml"] {
        let (old, _) = spec::load(&folder.join(name)).unwrap();
        let turned = document(&turned(&old.root.to_json()).to_string());
        let start = Instant::now();
        assert_eq!(diff(&old, &turned), [], "{name}");
        let spent = start.elapsed();
        assert!(spent.as_secs_f32() < 10.0, "{name}: {spent:?}");
        println!("{name}: {spent:?}");
    }
}
