//! How the values of parameters are written (OpenAPI 3.1, section 4.8.12).

use serde_json::Value;

use crate::model::{Parameter, Style};

pub(super) fn json_or(parameter: &Parameter, value: &Value, text: String) -> String {
    if parameter.style == Style::Json {
        value.to_string()
    } else {
        text
    }
}

pub(super) fn path_text(parameter: &Parameter, value: &Value) -> String {
    let name = encode(&parameter.api_name);
    match (parameter.style, parameter.explode) {
        (Style::Json, _) => encode(&value.to_string()),
        (Style::Label, true) => format!(".{}", joined(value, ".", true, &encode)),
        (Style::Label, false) => format!(".{}", joined(value, ",", false, &encode)),
        (Style::Matrix, true) => match value {
            Value::Array(items) => items
                .iter()
                .map(|item| format!(";{name}={}", encode(&text(item))))
                .collect(),
            Value::Object(members) => members
                .iter()
                .map(|(key, item)| format!(";{}={}", encode(key), encode(&text(item))))
                .collect(),
            value => format!(";{name}={}", encode(&text(value))),
        },
        (Style::Matrix, false) => format!(";{name}={}", joined(value, ",", false, &encode)),
        (_, explode) => joined(value, ",", explode, &encode),
    }
}

pub(super) fn query_pairs(parameter: &Parameter, value: &Value) -> Vec<String> {
    let name = encode(&parameter.api_name);
    let pair = |name: &str, value: &Value| format!("{name}={}", encode(&text(value)));
    let delimiter = match parameter.style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        _ => ",",
    };
    match (value, parameter.style, parameter.explode) {
        (value, Style::Json, _) => vec![format!("{name}={}", encode(&value.to_string()))],
        (Value::Object(members), Style::DeepObject, _) => {
            let deep = |(key, item): (&String, &Value)| {
                pair(&format!("{name}%5B{}%5D", encode(key)), item)
            };
            members.iter().map(deep).collect()
        }
        (Value::Array(items), _, true) => items.iter().map(|item| pair(&name, item)).collect(),
        (Value::Object(members), _, true) => members
            .iter()
            .map(|(key, item)| pair(&encode(key), item))
            .collect(),
        (value, ..) => vec![format!(
            "{name}={}",
            joined(value, delimiter, false, &encode)
        )],
    }
}

pub(super) fn joined(
    value: &Value,
    delimiter: &str,
    explode: bool,
    door: &dyn Fn(&str) -> String,
) -> String {
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(|item| door(&text(item))).collect(),
        Value::Object(members) => {
            let between = if explode { "=" } else { delimiter };
            let member = |(key, item): (&String, &Value)| {
                format!("{}{between}{}", door(key), door(&text(item)))
            };
            members.iter().map(member).collect()
        }
        value => vec![door(&text(value))],
    };
    parts.join(delimiter)
}

/// A scalar as it is written outside JSON.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

/// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
pub(super) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}
