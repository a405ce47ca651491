//! Valid requests, made up from the model.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{arrange, credentials, effects, fresh::Renewed, rules, wire};
use crate::model::{
    BodyKind, Location, MediaKind, Operation, OperationId, Parameter, Part, Segment, Service,
    Style, sample,
};

/// A request, ready to send.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Request {
    /// For each path parameter its text, encoded, or `{"step": n}`: the key that step made.
    pub path: Map<String, Value>,
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
    /// Places in the body (JSON pointers) that take the keys which steps made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys_at: Vec<(String, u64)>,
    /// What no earlier request may have sent, where the database holds other rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fresh: Vec<Renewed>,
    /// The query of each parameter that is there, by its name: members of an object stand under their own.
    #[serde(skip)]
    pairs: BTreeMap<String, Vec<String>>,
    /// The same of the cookies.
    #[serde(skip)]
    cookies: BTreeMap<String, Vec<String>>,
}

impl Request {
    /// Adds a parameter.
    pub(super) fn set(&mut self, parameter: &Parameter, value: &Value) {
        self.unset(parameter);
        let name = &parameter.api_name;
        match parameter.location {
            Location::Path => {
                let text = wire::path_text(parameter, value);
                self.path.insert(name.clone(), text.into());
            }
            Location::Query => {
                let pairs = wire::query_pairs(parameter, value);
                self.query.extend_from_slice(&pairs);
                self.pairs.insert(name.clone(), pairs);
            }
            Location::Header => {
                let text = wire::joined(value, ",", parameter.explode, &|text| text.to_owned());
                self.headers
                    .push((name.clone(), wire::json_or(parameter, value, text)));
            }
            Location::Cookie => {
                let is_spread = parameter.explode && parameter.style != Style::Json;
                let pairs = match value {
                    Value::Array(_) | Value::Object(_) if is_spread => {
                        wire::query_pairs(parameter, value)
                    }
                    _ => {
                        let text = wire::joined(value, ",", false, &wire::encode);
                        vec![format!("{name}={}", wire::json_or(parameter, value, text))]
                    }
                };
                let headers = pairs.iter().map(|pair| ("cookie".to_owned(), pair.clone()));
                self.headers.extend(headers);
                self.cookies.insert(name.clone(), pairs);
            }
        }
    }

    /// Leaves a parameter out.
    pub(super) fn unset(&mut self, parameter: &Parameter) {
        let name = &parameter.api_name;
        match parameter.location {
            Location::Path => drop(self.path.remove(name)),
            Location::Query => {
                let own = self.pairs.remove(name).unwrap_or_default();
                self.query.retain(|pair| !own.contains(pair));
            }
            Location::Header => self.headers.retain(|(header, _)| header != name),
            Location::Cookie => {
                let own = self.cookies.remove(name).unwrap_or_default();
                let is_it =
                    |(header, value): &(String, String)| header == "cookie" && own.contains(value);
                self.headers.retain(|header| !is_it(header));
            }
        }
    }
}

/// The path template with the base path; its literals are encoded, its parameters are not filled.
pub(super) fn template(service: &Service, operation: &Operation) -> String {
    let literal = |text: &str| {
        let keep = |c: char| c.is_ascii_alphanumeric() || "-._~:@!$&'()*+,;=".contains(c);
        let is_hex = |code: &[u8]| code.iter().all(u8::is_ascii_hexdigit);
        // `%2F` is encoded already.
        let is_code = |at: usize| text.as_bytes().get(at + 1..at + 3).is_some_and(is_hex);
        let encoded =
            text.char_indices()
                .map(|(at, c)| match keep(c) || (c == '%' && is_code(at)) {
                    true => c.to_string(),
                    false => wire::encode(c.encode_utf8(&mut [0; 4])),
                });
        encoded.collect::<String>()
    };
    let part = |part: &Part| match part {
        Part::Literal(text) => literal(text),
        Part::Parameter(name) => format!("{{{name}}}"),
    };
    operation
        .segments
        .iter()
        .fold(service.base_path.clone(), |path, segment| {
            let text = match segment {
                Segment::Literal(text) => literal(text),
                Segment::Parameter(name) => format!("{{{name}}}"),
                Segment::Mixed(parts) => parts.iter().map(part).collect(),
            };
            format!("{path}/{text}")
        })
}

/// A valid request, or `None` where no valid one could be made up.
pub(super) fn request(service: &Service, id: OperationId, seed: u64) -> Option<Request> {
    let operation = &service[id];
    let mut request = Request::default();
    for parameter in &operation.parameters {
        if arrange::is_sent(operation, parameter)
            && !credentials::fill(service, operation, parameter)
        {
            match parameter_sample(service, parameter, seed) {
                Some(value) => request.set(parameter, &value),
                None if parameter.required => return None,
                None => {}
            }
        }
    }
    rules::name_version(service, operation, &mut request, "*");
    if let Some(body) = &operation.body {
        let media = body.media.first()?;
        // A wildcard stands for anything; `*` itself cannot be sent.
        request.media = Some(
            media
                .name
                .replace("*/*", "application/octet-stream")
                .replace('*', "x"),
        );
        let example = body.example.clone().filter(|_| seed == 0);
        request.body = Some(match body.kind {
            BodyKind::Decoded if media.kind == MediaKind::Form => return None,
            BodyKind::Decoded => match example {
                Some(example) => example,
                None => sample::sample(&service.types, &body.schema, seed)?,
            },
            BodyKind::Text | BodyKind::Bytes => Value::from("sample"),
        });
        effects::name_reachable(service, operation, &mut request, seed)?;
    }
    Some(request)
}

pub(super) fn parameter_sample(
    service: &Service,
    parameter: &Parameter,
    seed: u64,
) -> Option<Value> {
    let example = parameter.example.clone().filter(|_| seed == 0);
    let value = example.or_else(|| sample::sample(&service.types, &parameter.schema, seed))?;
    let is_sendable = match (&value, parameter.location) {
        (Value::String(text), Location::Path) => !text.is_empty() && text != "." && text != "..",
        (Value::String(text), Location::Header) => {
            text.bytes().all(|b| (0x20..0x7f).contains(&b)) && text.trim() == text
        }
        (Value::Null, _) => false,
        (Value::Array(items), _) => !items.is_empty(),
        _ => true,
    };
    is_sendable.then_some(value)
}
