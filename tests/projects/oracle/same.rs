//! Whether a value was written as it was read.

use serde_json::{Map, Value, json};

use super::instances::Hints;

/// A member that the schema names is not written.
pub(super) const LOST: &str = "a member is lost";

/// What became of a value on its way through a type, if that is not as it should be.
pub(super) fn change(read: &Value, written: &Value, hints: &Hints) -> Option<String> {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => members(read, written, hints),
        (Value::Array(read), Value::Array(written)) if read.len() == written.len() => {
            let mut pairs = read.iter().zip(written);
            pairs.find_map(|(read, written)| change(read, written, hints))
        }
        (Value::Number(read), Value::Number(written)) if read.as_f64() == written.as_f64() => None,
        (Value::String(read), Value::String(written)) if is_same_text(read, written) => None,
        _ if read == written => None,
        _ => Some("another value is written".to_owned()),
    }
}

/// The value with something odd in the place of each member that was lost: where that fits too, nothing
/// that was said of it is.
pub(super) fn with_odd(read: &Value, written: &Value) -> Value {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            let odd = |(name, value): (&String, &Value)| {
                let kept = written.get(name).map(|written| with_odd(value, written));
                (name.clone(), kept.unwrap_or(json!({ "odd": [null] })))
            };
            read.iter().map(odd).collect()
        }
        (Value::Array(read), Value::Array(written)) => {
            let pairs = read.iter().zip(written);
            pairs
                .map(|(read, written)| with_odd(read, written))
                .collect()
        }
        _ => read.clone(),
    }
}

fn members(
    read: &Map<String, Value>,
    written: &Map<String, Value>,
    hints: &Hints,
) -> Option<String> {
    for (name, value) in read {
        match written.get(name) {
            Some(written) => {
                if let Some(change) = change(value, written, hints) {
                    return Some(change);
                }
            }
            // What the schema does not name is read past.
            None if hints.names.contains(name) => return Some(LOST.to_owned()),
            None => {}
        }
    }
    // A default stands in for what is absent; so does null, where both mean that there is no value.
    let mut more = written.iter().filter(|(name, _)| !read.contains_key(*name));
    let is_default = |value: &Value| {
        let mut defaults = hints.defaults.iter();
        // A number may be written in two ways, and a default has defaults of its own.
        defaults.any(|default| default == value || change(default, value, hints).is_none())
    };
    let odd = more.find(|(_, value)| !value.is_null() && !is_default(value))?;
    Some(format!("a member appears: `{}`", odd.1))
}

/// The same instant or the same UUID may be written in two ways.
fn is_same_text(read: &str, written: &str) -> bool {
    let instant = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
    read == written
        || (read.len() == 36 && read.eq_ignore_ascii_case(written))
        || instant(read).is_some_and(|read| instant(written) == Some(read))
}
