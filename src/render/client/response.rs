//! How answers are read.

use crate::{
    model::{Operation, Response, ResponseBody, ResponseHeader, Schema, Status},
    render::{
        doors::{self, rust_literal},
        operations::header_field,
        reading::list,
        scope::Scope,
    },
};

/// The variants of a response enum, and what chooses between them.
pub(in crate::render) struct Answers<'a> {
    pub(in crate::render) variants: Vec<Variant<'a>>,
    /// A Rust expression: the statuses whose bodies are handed on; `None` where there are none.
    pub(in crate::render) streams: Option<String>,
    /// Some variant stands for any status.
    pub(in crate::render) is_total: bool,
}

pub(in crate::render) struct Variant<'a> {
    pub(in crate::render) name: &'a str,
    pub(in crate::render) comment: String,
    /// Behind the name in the declaration: nothing, `(T)` or `{ … }`.
    pub(in crate::render) fields: String,
    /// The statuses that it stands for, as a Rust pattern.
    pub(in crate::render) pattern: String,
    /// A Rust expression.
    pub(in crate::render) value: String,
}

/// Who reads answers, where that makes a difference.
pub(in crate::render) struct Reader {
    /// Its lints let the arms of a `match` overlap.
    overlaps: bool,
    status: &'static str,
    /// The type of bytes, and the expression that takes them.
    bytes: (&'static str, &'static str),
}

/// A client of the service.
pub(in crate::render) const CLIENT: Reader = Reader {
    overlaps: true,
    status: "hyper::StatusCode",
    bytes: ("crate::core::stream::Download", "answer.download()"),
};

/// The service itself, where it sends.
pub(in crate::render) const SENDER: Reader = Reader {
    overlaps: false,
    status: "axum::http::StatusCode",
    bytes: ("axum::body::Bytes", "answer.body.clone()"),
};

impl<'a> Answers<'a> {
    pub(in crate::render) fn new(
        scope: &Scope<'_>,
        operation: &'a Operation,
        reader: &Reader,
    ) -> Self {
        let responses = &operation.responses;
        let variants = responses.iter().map(|r| variant(scope, r, reader));
        let variants: Vec<_> = variants.collect();
        let is_total = variants.iter().any(|variant| variant.pattern == "_");
        let streams = streams(responses, &variants);
        Self {
            variants,
            streams,
            is_total,
        }
    }
}

/// Which statuses have bodies that come as streams.
fn streams(responses: &[Response], variants: &[Variant<'_>]) -> Option<String> {
    let is_stream = |response: &Response| {
        matches!(
            response.body,
            ResponseBody::Bytes { .. } | ResponseBody::Events { .. }
        )
    };
    let patterns = |streams: bool| {
        let both = responses.iter().zip(variants);
        let some = both.filter(move |(response, _)| is_stream(response) == streams);
        some.map(|(_, variant)| variant.pattern.as_str())
    };
    let matches = |patterns: Vec<&str>| format!("matches!(status, {})", patterns.join(" | "));
    let streamed: Vec<_> = patterns(true).collect();
    let whole: Vec<_> = patterns(false).collect();
    // A code counts before its range.
    let codes: Vec<_> = patterns(false).filter(|p| !p.contains("..")).collect();
    let has_range = streamed.iter().any(|pattern| pattern.contains(".."));
    match streamed.contains(&"_") {
        _ if streamed.is_empty() => None,
        true if whole.is_empty() => Some("true".to_owned()),
        true => Some(format!("!{}", matches(whole))),
        false if has_range && !codes.is_empty() => {
            Some(format!("{} && !{}", matches(streamed), matches(codes)))
        }
        false => Some(matches(streamed)),
    }
}

fn variant<'a>(scope: &Scope<'_>, response: &'a Response, reader: &Reader) -> Variant<'a> {
    let name = &response.name;
    let about = match response.status {
        Status::Code(code) => format!("{code}: {}", response.description),
        Status::Range(class) => format!("{class}XX: {}", response.description),
        Status::Default => format!("Any other status: {}", response.description),
    };
    let mut fields = Vec::new();
    if response.body == ResponseBody::Raw {
        return Variant {
            name,
            comment: doors::comment(&response.description, 0),
            fields: "(Answer)".to_owned(),
            pattern: match response.status {
                Status::Default => "0..400".to_owned(),
                status => pattern(status),
            },
            value: format!("Self::{name}(answer)"),
        };
    }
    if !matches!(response.status, Status::Code(_)) {
        let ty = scope.import(reader.status).to_owned();
        let about = "/// The status.\n".to_owned();
        fields.push(("status", about, ty, "answer.status".to_owned()));
    }
    for header in &response.headers {
        let (name, comment, ty) = header_field(scope, header);
        fields.push((name, comment, ty, read_header(scope, header)));
    }
    let body = body(scope, &response.body, reader);
    let (fields, value) = match (fields.as_slice(), body) {
        ([], None) => (String::new(), format!("Self::{name}")),
        ([], Some((ty, read))) => (format!("({ty})"), format!("Self::{name}({read})")),
        (_, body) => {
            let about = "/// The body.\n".to_owned();
            fields.extend(body.map(|(ty, read)| ("body", about, ty, read)));
            let typed = fields
                .iter()
                .map(|(name, doc, ty, _)| format!("{doc}{name}: {ty}"));
            let read = fields
                .iter()
                .map(|(name, _, _, read)| format!("{name}: {read}"));
            (
                format!("{{\n{} }}", list(typed)),
                format!("Self::{name} {{ {} }}", list(read)),
            )
        }
    };
    Variant {
        name,
        comment: doors::comment(about.trim_end().trim_end_matches(':'), 0),
        fields,
        pattern: match response.status {
            Status::Range(class) if !reader.overlaps => {
                format!("status if status / 100 == {class}")
            }
            status => pattern(status),
        },
        value,
    }
}

fn pattern(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Range(class) => format!("{class}00..={class}99"),
        Status::Default => "_".to_owned(),
    }
}

/// The type of a body, and the expression that reads it.
fn body(scope: &Scope<'_>, body: &ResponseBody, reader: &Reader) -> Option<(String, String)> {
    Some(match body {
        ResponseBody::Empty | ResponseBody::Raw => return None,
        ResponseBody::Json { schema, .. } => {
            let read = scope.read("v", schema, false, "body");
            (scope.rust_type(schema), format!("answer.json(|v| {read})?"))
        }
        ResponseBody::Text { .. } => {
            let ty = scope.prelude("String").to_owned();
            (ty, "answer.text()?".to_owned())
        }
        ResponseBody::Bytes { .. } => {
            let (ty, read) = reader.bytes;
            (scope.import(ty).to_owned(), read.to_owned())
        }
        ResponseBody::Events { schema } => {
            let stream = scope.import("crate::core::stream::EventStream");
            let ty = format!("{stream}<{}>", scope.rust_type(schema));
            let read = scope.read("v", schema, false, "body");
            (ty, format!("answer.events(|v| {read})"))
        }
    })
}

fn read_header(scope: &Scope<'_>, header: &ResponseHeader) -> String {
    let schema = Schema {
        nullable: false,
        ..header.schema.clone()
    };
    let read = scope.read("v", &schema, false, &header.name);
    let optional = match header.required && !header.schema.nullable {
        true => "",
        false => "optional_",
    };
    let name = rust_literal(&header.api_name);
    format!("answer.{optional}header({name}, |v| {read})?")
}
