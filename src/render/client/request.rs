//! How a request is written.

use std::collections::BTreeSet;

use crate::{
    model::{
        BodyKind, Location, Media, MediaKind, Operation, Parameter, Part, RequestBody,
        ResponseBody, Segment, Service,
    },
    render::{
        doors::{self, rust_literal},
        operations::body_type,
        schemas,
        scope::Scope,
        shell::url,
    },
};

/// The styles of parameters in a client.
pub(super) const STYLES: &str = "crate::core::style::Style";

/// A field of an operation's input.
pub(in crate::render) struct FieldView<'a> {
    pub(in crate::render) name: &'a str,
    pub(in crate::render) comment: String,
    pub(in crate::render) ty: String,
    /// It may be left out.
    pub(in crate::render) is_optional: bool,
}

pub(super) fn fields<'a>(scope: &Scope<'_>, operation: &'a Operation) -> Vec<FieldView<'a>> {
    let mut fields = parameter_fields(scope, operation);
    fields.extend(operation.body.iter().map(|body| FieldView {
        name: "body",
        comment: comment(body.description.as_ref()),
        ty: match body.kind {
            BodyKind::Bytes => {
                let ty = scope.import("crate::core::body::Body");
                if body.required {
                    ty.to_owned()
                } else {
                    scope.option(ty)
                }
            }
            _ => body_type(scope, body),
        },
        is_optional: !body.required || (body.kind == BodyKind::Decoded && body.schema.nullable),
    }));
    fields
}

/// The fields of all but the body.
pub(in crate::render) fn parameter_fields<'a>(
    scope: &Scope<'_>,
    operation: &'a Operation,
) -> Vec<FieldView<'a>> {
    let parameters = operation.parameters.iter().map(|parameter| {
        let ty = scope.rust_type(&parameter.schema);
        FieldView {
            name: &parameter.name,
            comment: comment(parameter.description.as_ref()),
            ty: match parameter.required || parameter.schema.nullable {
                true => ty,
                false => scope.option(&ty),
            },
            is_optional: !parameter.required || parameter.schema.nullable,
        }
    });
    parameters.collect()
}

fn comment(description: Option<&String>) -> String {
    doors::comment(description.map_or("", String::as_str), 0)
}

/// Whether the body is bytes, which may be a stream.
pub(super) fn is_raw(operation: &Operation) -> bool {
    let body = operation.body.as_ref();
    body.is_some_and(|body| body.kind == BodyKind::Bytes)
}

/// The text that the path begins with, a Rust literal; and what adds the rest of it.
pub(super) fn path(
    scope: &Scope<'_>,
    operation: &Operation,
    value: impl Fn(&Parameter) -> String,
) -> (String, Vec<String>) {
    let mut first = String::new();
    let mut steps = Vec::new();
    let mut text = String::new();
    let mut put = |part: Part, text: &mut String| {
        let parameter = match part {
            Part::Literal(literal) => return text.push_str(&url(&literal)),
            Part::Parameter(name) => operation.path_parameter(&name).ok_or(name),
        };
        match parameter {
            Err(name) => text.push_str(&url(&format!("{{{name}}}"))),
            Ok(parameter) => {
                let text = std::mem::take(text);
                match steps.is_empty() && first.is_empty() {
                    true => first = text,
                    false if text.is_empty() => {}
                    false => steps.push(format!("text({})", rust_literal(&text))),
                }
                let styles = scope.import(STYLES);
                steps.push(step(styles, "path", parameter, &value(parameter)));
            }
        }
    };
    for segment in &operation.segments {
        text.push('/');
        match segment.clone() {
            Segment::Literal(literal) => put(Part::Literal(literal), &mut text),
            Segment::Parameter(name) => put(Part::Parameter(name), &mut text),
            Segment::Mixed(parts) => parts.into_iter().for_each(|part| put(part, &mut text)),
        }
    }
    match steps.is_empty() {
        true => first = text,
        false if text.is_empty() => {}
        false => steps.push(format!("text({})", rust_literal(&text))),
    }
    (rust_literal(&first), steps)
}

/// What adds the parameters outside the path.
pub(in crate::render) fn parameters(
    scope: &Scope<'_>,
    operation: &Operation,
    styles: &'static str,
) -> Vec<String> {
    let parameters = operation.parameters.iter().filter_map(|parameter| {
        let method = match parameter.location {
            Location::Path => return None,
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        let styles = scope.import(styles);
        Some(step(styles, method, parameter, &field(parameter)))
    });
    parameters.collect()
}

/// The field of the input, where a request takes it.
pub(in crate::render) fn field(parameter: &Parameter) -> String {
    format!("&input.{}", parameter.name)
}

fn step(styles: &str, method: &str, parameter: &Parameter, value: &str) -> String {
    let style = parameter.style.as_str();
    let (name, explode) = (rust_literal(&parameter.api_name), parameter.explode);
    format!("{method}({name}, {styles}::{style}, {explode}, {value})")
}

/// What says which media types the answers have.
pub(in crate::render) fn accept(service: &Service, operation: &Operation) -> String {
    let mut all = BTreeSet::from([(1, service.errors.media_type.as_str())]);
    for response in &operation.responses {
        all.insert(match &response.body {
            ResponseBody::Json { media_type, .. } => (0, media_type),
            ResponseBody::Text { media_type } | ResponseBody::Bytes { media_type } => {
                (0, media_type)
            }
            ResponseBody::Events { .. } => (0, "text/event-stream"),
            ResponseBody::Raw => (2, "*/*"),
            ResponseBody::Empty => continue,
        });
    }
    let mut names: Vec<&str> = Vec::new();
    for (_, name) in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    format!("accept({})", rust_literal(&names.join(", ")))
}

/// The statement that adds the body.
pub(super) fn body(scope: &Scope<'_>, body: &RequestBody) -> String {
    if chosen(body).is_none() {
        return String::new();
    }
    let send = |place: &str, moved: &str| {
        let whole =
            |moved: &str| format!("{}::from({moved})", scope.import("crate::core::body::Body"));
        content(
            scope,
            body,
            place,
            &match body.kind {
                BodyKind::Text => whole(moved),
                _ => moved.to_owned(),
            },
        )
    };
    if body.required {
        return format!(
            "let request = request.{};",
            send("&input.body", "input.body")
        );
    }
    let (some, none) = (scope.prelude("Some"), scope.prelude("None"));
    let place = if body.kind == BodyKind::Decoded {
        "&input.body"
    } else {
        "input.body"
    };
    let sent = send("body", "body");
    format!("let request = match {place} {{ {some}(body) => request.{sent}, {none} => request }};")
}

/// The call that adds a body: what stands at `place`, or the bytes that `whole` are.
pub(in crate::render) fn content(
    scope: &Scope<'_>,
    body: &RequestBody,
    place: &str,
    whole: &str,
) -> String {
    let Some(media) = chosen(body) else {
        return String::new();
    };
    let name = rust_literal(&said(&media.name, body.kind));
    match (body.kind, media.kind) {
        (BodyKind::Decoded, MediaKind::Form) => format!("form({name}, {place})"),
        (BodyKind::Decoded, _) => {
            let place = schemas::quoted(scope, &body.schema, place);
            format!("json({name}, {place})")
        }
        _ => format!("body({name}, {whole})"),
    }
}

/// What `Content-Type` says of a body.
pub(in crate::render) fn media_type(body: &RequestBody) -> Option<String> {
    chosen(body).map(|media| said(&media.name, body.kind))
}

/// The media type that is sent: plain JSON, other JSON, or else the first.
fn chosen(body: &RequestBody) -> Option<&Media> {
    let plain = |media: &&Media| media.name == "application/json";
    let json = |media: &&Media| media.kind == MediaKind::Json;
    let media = &body.media;
    let found = media.iter().find(plain).or_else(|| media.iter().find(json));
    found.or_else(|| media.first())
}

/// The media type as `Content-Type` says it; a range stands for its simplest type.
fn said(name: &str, kind: BodyKind) -> String {
    match (name.contains('*'), kind) {
        (true, BodyKind::Decoded) => "application/json".to_owned(),
        (true, BodyKind::Text) => "text/plain; charset=utf-8".to_owned(),
        (true, BodyKind::Bytes) => "application/octet-stream".to_owned(),
        (false, BodyKind::Text) => format!("{name}; charset=utf-8"),
        (false, _) => name.to_owned(),
    }
}
