//! Requests as they go over the wire, and the credentials that they carry.

use serde::Serialize;
use serde_json::{Value, json};

use crate::model::{Credential, Guard, Location, Parameter, SchemeKind, Service, Style};

/// The key that the tests configure for every apiKey scheme.
const API_KEY: &str = "a-key-for-tests";

/// A request, ready to send.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Request {
    /// For each path parameter its text, encoded, or `{"step": n}`: the key that step made.
    pub path: serde_json::Map<String, Value>,
    /// `name=value`, encoded.
    pub query: Vec<String>,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The media type of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// The body; a text is sent as it is unless the media type is JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// A place in the body (a JSON pointer) that takes the key which a step made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_at: Option<(String, usize)>,
}

impl Request {
    /// Adds a parameter.
    pub(super) fn set(&mut self, parameter: &Parameter, value: &Value) {
        self.unset(parameter);
        let name = &parameter.api_name;
        match parameter.location {
            Location::Path => {
                let text = path_text(parameter, value);
                self.path.insert(name.clone(), text.into());
            }
            Location::Query => self.query.extend(query_pairs(parameter, value)),
            Location::Header => {
                let text = joined(value, ",", parameter.explode, &|text| text.to_owned());
                self.headers
                    .push((name.clone(), json_or(parameter, value, text)));
            }
            Location::Cookie => {
                let text = joined(value, ",", parameter.explode, &encode);
                let text = json_or(parameter, value, text);
                self.headers
                    .push(("cookie".to_owned(), format!("{name}={text}")));
            }
        }
    }

    /// Leaves a parameter out.
    pub(super) fn unset(&mut self, parameter: &Parameter) {
        let name = &parameter.api_name;
        let prefixes = [format!("{}=", encode(name)), format!("{}%5B", encode(name))];
        match parameter.location {
            Location::Path => drop(self.path.remove(name)),
            Location::Query => {
                let is_it = |pair: &String| prefixes.iter().any(|prefix| pair.starts_with(prefix));
                self.query.retain(|pair| !is_it(pair));
            }
            Location::Header => self.headers.retain(|(header, _)| header != name),
            Location::Cookie => {
                let start = format!("{name}=");
                let is_it = |(header, value): &(String, String)| {
                    header == "cookie" && value.starts_with(&start)
                };
                self.headers.retain(|header| !is_it(header));
            }
        }
    }
}

fn json_or(parameter: &Parameter, value: &Value, text: String) -> String {
    if parameter.style == Style::Json {
        value.to_string()
    } else {
        text
    }
}

fn path_text(parameter: &Parameter, value: &Value) -> String {
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

fn query_pairs(parameter: &Parameter, value: &Value) -> Vec<String> {
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

fn joined(value: &Value, delimiter: &str, explode: bool, door: &dyn Fn(&str) -> String) -> String {
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
fn text(value: &Value) -> String {
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

/// Who may call an operation, as the runner reads it: alternatives of credentials, or `null`.
pub(super) fn guard(service: &Service, guard: Guard) -> Value {
    let Guard::Secured(id) = guard else {
        return Value::Null;
    };
    let requirement = &service[id];
    let alternatives = requirement.alternatives.iter().map(|credentials| {
        credentials
            .iter()
            .map(|credential| credential_json(service, credential))
            .collect()
    });
    json!({
        "optional": requirement.optional,
        "alternatives": alternatives.collect::<Vec<Value>>(),
    })
}

fn credential_json(service: &Service, credential: &Credential) -> Value {
    match &service[credential.scheme].kind {
        SchemeKind::Bearer => json!({ "kind": "bearer", "scopes": credential.scopes }),
        SchemeKind::Basic => json!({ "kind": "basic" }),
        SchemeKind::ApiKey { location, name } => {
            let location = match location {
                Location::Query => "query",
                Location::Cookie => "cookie",
                Location::Header | Location::Path => "header",
            };
            json!({ "kind": "apiKey", "in": location, "name": name, "key": API_KEY })
        }
        SchemeKind::Unsupported => json!({ "kind": "unsupported" }),
    }
}

pub(super) fn has_bearer(service: &Service) -> bool {
    let mut schemes = service.schemes.iter();
    schemes.any(|scheme| scheme.kind == SchemeKind::Bearer)
}

/// The settings under which every credential of the tests is accepted.
pub(super) fn settings(service: &Service) -> Vec<(String, String)> {
    let setting = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let has =
        |wanted: fn(&SchemeKind) -> bool| service.schemes.iter().any(|scheme| wanted(&scheme.kind));
    let mut settings = Vec::new();
    if has_bearer(service) {
        settings.push(setting((
            "JWT_SECRET",
            "a secret that is long enough for tests",
        )));
    }
    if has(|kind| *kind == SchemeKind::Basic) {
        settings.push(setting(("BASIC_USERS", "tester:a-password-for-tests")));
    }
    if has(|kind| matches!(kind, SchemeKind::ApiKey { .. })) {
        settings.push(setting(("API_KEYS", API_KEY)));
    }
    settings
}
