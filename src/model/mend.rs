//! Values that keep the keywords beyond a type, made of values that do not.

use std::cell::Cell;

use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};
use serde_json::{Map, Value, json};

use super::{
    keywords::Keywords,
    sample::{self, MOST_VALUES},
};

/// How many faults are mended, one after another.
const MOST: usize = 12;
/// How deep a value is made up.
const DEEPEST: usize = 8;

/// The value, with as little changed as makes it keep the keywords; `member` makes a member of it.
pub(super) fn mend(
    mut value: Value,
    keywords: &Keywords,
    member: &dyn Fn(&str) -> Option<Value>,
) -> Option<Value> {
    let root = keywords.schema();
    for _ in 0..MOST {
        let fault = |fault: &ValidationError<'_>| step(&value, &root, fault, member);
        match keywords.first_fault(&value, fault) {
            None => return Some(value),
            Some(next) => value = next.or_else(|| without(&value, keywords))?,
        }
    }
    None
}

/// Less of it, if that does.
fn without(value: &Value, keywords: &Keywords) -> Option<Value> {
    let members = value.as_object()?;
    let mut fewer = members.keys().rev().map(|name| {
        let mut fewer = members.clone();
        fewer.shift_remove(name);
        Value::Object(fewer)
    });
    fewer.find(|fewer| keywords.are_kept_by(fewer))
}

/// The value without this fault, where one sees how.
fn step(
    value: &Value,
    root: &Value,
    fault: &ValidationError<'_>,
    member: &dyn Fn(&str) -> Option<Value>,
) -> Option<Value> {
    let place = fault.instance_path().as_str();
    let keyword = fault.schema_path().as_str();
    let schema = keyword
        .rsplit_once('/')
        .and_then(|(schema, _)| at(root, schema));
    let draft = |schema: Option<&Value>| draft(root, schema?);
    let mut next = value.clone();
    let spot = next.pointer_mut(place)?;
    match fault.kind() {
        Kind::Required { property } => {
            let name = property.as_str()?;
            let own = || draft(schema.and_then(|one| one["properties"].get(name)));
            let known = || member(name).filter(|_| place.is_empty());
            let made = own().or_else(known).unwrap_or(json!("sample"));
            spot.as_object_mut()?.insert(name.to_owned(), made);
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let members = spot.as_object_mut()?;
            members.retain(|name, _| !unexpected.contains(name));
        }
        Kind::PropertyNames { error } => {
            let members = spot.as_object_mut()?;
            let value = members.shift_remove(error.instance().as_str()?)?;
            let name = draft(at(root, keyword))?;
            members.insert(name.as_str()?.to_owned(), value);
        }
        Kind::Contains => {
            let items = spot.as_array_mut()?;
            let item = draft(schema.and_then(|schema| schema.get("contains")))?;
            match items.iter().filter(|one| **one == item).count() {
                0 => items.insert(0, item),
                _ => drop(items.remove(0)),
            }
        }
        Kind::AdditionalItems { .. } | Kind::UnevaluatedItems { .. } => {
            spot.as_array_mut()?.pop()?;
        }
        Kind::FalseSchema => remove(&mut next, place)?,
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let mut forms = context.iter().filter_map(|form| form.first());
            return forms.find_map(|fault| step(value, root, fault, member));
        }
        Kind::Not { .. } | Kind::OneOfMultipleValid { .. } => return None,
        _ => *spot = draft(schema)?,
    }
    Some(next)
}

/// Takes what is at a place out of what holds it.
fn remove(root: &mut Value, place: &str) -> Option<()> {
    let (parent, name) = place.rsplit_once('/')?;
    match root.pointer_mut(parent)? {
        Value::Object(members) => {
            let name = name.replace("~1", "/").replace("~0", "~");
            members.shift_remove(&name).map(drop)
        }
        Value::Array(items) => items.pop().map(drop),
        _ => None,
    }
}

/// The schema at a place, through references.
fn at<'r>(root: &'r Value, place: &str) -> Option<&'r Value> {
    let mut here = root;
    for name in place.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        here = match (name.as_str(), here) {
            ("$ref", here) => root.pointer(here["$ref"].as_str()?.strip_prefix('#')?)?,
            (name, Value::Array(items)) => items.get(name.parse::<usize>().ok()?)?,
            (name, here) => here.get(name)?,
        };
    }
    Some(here)
}

/// A value that a schema allows, as far as one sees at once.
pub(super) fn draft(root: &Value, schema: &Value) -> Option<Value> {
    drafted(root, schema, 0, &Cell::new(MOST_VALUES))
}

fn drafted(root: &Value, schema: &Value, depth: usize, left: &Cell<usize>) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    left.set(left.get().checked_sub(1)?);
    let of = |name: &str| schema.get(name);
    let inner = |schema: &Value| drafted(root, schema, depth + 1, left);
    if let Some(reference) = of("$ref").and_then(Value::as_str) {
        return inner(root.pointer(reference.strip_prefix('#')?)?);
    }
    if let Some(one) = of("const").or_else(|| of("enum")?.get(0)) {
        return Some(one.clone());
    }
    let said = match of("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        kind => kind.and_then(Value::as_str),
    };
    let has = |names: &[&str]| names.iter().any(|name| of(name).is_some());
    let kind = match said {
        Some(kind) => kind,
        None if has(&["properties", "required"]) => "object",
        None if has(&["items", "prefixItems", "minItems", "contains"]) => "array",
        None if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]) => "number",
        None => {
            let mut forms = ["anyOf", "oneOf", "allOf"]
                .into_iter()
                .filter_map(|name| of(name)?.get(0));
            return forms.next().map_or(Some(text(schema)), inner);
        }
    };
    Some(match kind {
        "object" => {
            let names = of("required").and_then(Value::as_array);
            let names = names.into_iter().flatten().filter_map(Value::as_str);
            let member = |name: &str| {
                let property = of("properties").and_then(|all| all.get(name));
                Some((name.to_owned(), inner(property.unwrap_or(&json!(true)))?))
            };
            Value::Object(names.map(member).collect::<Option<Map<_, _>>>()?)
        }
        "array" => {
            let first = of("prefixItems").and_then(Value::as_array);
            let mut items: Vec<Value> = first.into_iter().flatten().filter_map(inner).collect();
            let least = of("minItems").and_then(Value::as_u64).unwrap_or(0).min(20) as usize;
            while items.len() < least {
                items.push(inner(of("items").unwrap_or(&json!(true)))?);
            }
            Value::Array(items)
        }
        "integer" | "number" => number(schema),
        "boolean" => json!(true),
        "null" => Value::Null,
        _ => text(schema),
    })
}

fn number(schema: &Value) -> Value {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let least = bound("minimum").or(bound("exclusiveMinimum").map(|bound| bound + 1.0));
    let most = bound("maximum").or(bound("exclusiveMaximum").map(|bound| bound - 1.0));
    let value = least.or(most).unwrap_or(1.0);
    let step = bound("multipleOf").unwrap_or(1.0);
    let value = (value / step).ceil() * step;
    match value.fract() == 0.0 {
        true => json!(value as i64),
        false => json!(value),
    }
}

fn text(schema: &Value) -> Value {
    let count = |name: &str| schema.get(name).and_then(Value::as_u64);
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Some(text) = (1..8).find_map(|length| sample::matching(pattern, 0, length))
    {
        return json!(text);
    }
    let length = count("minLength")
        .unwrap_or(1)
        .max(1)
        .min(count("maxLength").unwrap_or(64));
    json!("x".repeat(length.min(10_000) as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(keywords: Value, value: Value, mended: Value) {
        let keywords = Keywords::new(&keywords).expect("a schema");
        let member = |name: &str| Some(json!(name));
        let found = mend(value, &keywords, &member);
        assert_eq!(found, Some(mended));
    }

    #[test]
    fn faults_are_mended_one_after_another() {
        check(
            json!({ "if": { "required": ["a"] }, "then": { "required": ["b"] }, "dependentRequired": { "b": ["c"] } }),
            json!({ "a": 1 }),
            json!({ "a": 1, "b": "b", "c": "c" }),
        );
        check(
            json!({ "if": { "properties": { "k": { "const": "bank" } } }, "else": { "not": { "required": ["iban"] } } }),
            json!({ "k": "card", "iban": "x" }),
            json!({ "k": "card" }),
        );
        check(
            json!({ "prefixItems": [{ "type": "string" }, { "minimum": 3 }], "items": false }),
            json!([1, 2, 3]),
            json!(["x", 3]),
        );
        check(
            json!({ "contains": { "$ref": "#/$defs/T" }, "maxContains": 2, "$defs": { "T": { "exclusiveMinimum": 9 } } }),
            json!([1]),
            json!([10, 1]),
        );
        check(
            json!({ "properties": { "a": true }, "patternProperties": { "^x-": { "pattern": "^[a-c]+$" } }, "additionalProperties": false }),
            json!({ "a": 1, "b": 2, "x-1": "z" }),
            json!({ "a": 1, "x-1": "a" }),
        );
        check(
            json!({ "propertyNames": { "maxLength": 3 }, "anyOf": [{ "required": ["p"] }] }),
            json!({ "long": 1 }),
            json!({ "x": 1, "p": "p" }),
        );
    }
}
