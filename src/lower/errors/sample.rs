//! Samples of what errors are filled with, to try whether a schema takes them.

use serde_json::{Map, Value, json};

use crate::model::ErrorField;

/// Errors as they may be sent: the schema must take all of them.
pub(super) fn samples(field: &ErrorField) -> Vec<Value> {
    (0..3).map(|number| sample(field, number)).collect()
}

fn sample(field: &ErrorField, number: usize) -> Value {
    let pick = |all: [Value; 3]| all.into_iter().nth(number).unwrap_or_default();
    match field {
        ErrorField::Value(value) => value.clone(),
        ErrorField::Code => pick([
            json!("conflict"),
            json!("unsupported_media_type"),
            json!("invalid_body"),
        ]),
        ErrorField::Status => pick([json!(400), json!(404), json!(503)]),
        ErrorField::StatusText => pick([json!("400"), json!("404"), json!("503")]),
        ErrorField::Title => pick([
            json!("Not Found"),
            json!("Gone"),
            json!("Request Header Fields Too Large"),
        ]),
        ErrorField::Message => pick([
            json!("slow down"),
            json!("there is no such item"),
            json!("`createShoppingBasketForCustomer` is not implemented (see: docs, 2)".repeat(2)),
        ]),
        ErrorField::RequestId => json!("0198c2f4-7c1e-7d3a-9b1f-2f6a1c0e4d55"),
        ErrorField::Path => json!("/items/1"),
        ErrorField::Time => json!("2026-01-02T03:04:05.678901Z"),
        ErrorField::Field => pick([json!(""), json!("tags[1]"), json!("payment.iban")]),
        ErrorField::Details => pick([
            json!({}),
            json!({"name": ["is missing"]}),
            json!({"a": ["is missing"], "b[0].c": ["is too long", "is not a date"]}),
        ]),
        ErrorField::Messages => pick([
            json!(["slow down"]),
            json!(["name: is missing"]),
            json!(["a: is missing", "b[0].c: is too long"]),
        ]),
        ErrorField::Violations(members) => (0..number).map(|n| object(members, n)).collect(),
        ErrorField::Object(members) => object(members, number),
    }
}

fn object(members: &[(String, ErrorField)], number: usize) -> Value {
    let pairs = members.iter();
    let pairs = pairs.map(|(name, field)| (name.clone(), sample(field, number)));
    Value::Object(pairs.collect::<Map<_, _>>())
}
