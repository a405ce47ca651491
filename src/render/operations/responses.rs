//! How responses are written.

use super::{Scope, VariantView, doors, status_code};
use crate::{
    model::{EnumRepr, Format, Response, ResponseBody, ResponseHeader, Status, Type, TypeKind},
    render::{reading::list, schemas},
};

/// The fields of a variant, each with its comment and its type; and whether the only one stands
/// in parentheses.
pub(in crate::render) fn variant_fields<'a>(
    scope: &Scope<'_>,
    response: &'a Response,
) -> (Vec<(&'a str, String, String)>, bool) {
    let body = match &response.body {
        ResponseBody::Empty => None,
        ResponseBody::Json { schema, .. } => Some(scope.rust_type(schema)),
        ResponseBody::Text { .. } => Some(scope.prelude("String").to_owned()),
        ResponseBody::Bytes { .. } => Some("axum::body::Body".to_owned()),
        ResponseBody::Events { schema } => {
            let stream = scope.import("crate::core::output::EventStream");
            Some(format!("{stream}<{}>", scope.rust_type(schema)))
        }
        ResponseBody::Raw => Some("Response".to_owned()),
    };
    let mut fields = Vec::new();
    if response.body != ResponseBody::Raw {
        if !matches!(response.status, Status::Code(_)) {
            let ty = scope.import("axum::http::StatusCode").to_owned();
            fields.push(("status", String::new(), ty));
        }
        let headers = response.headers.iter();
        fields.extend(headers.map(|header| header_field(scope, header)));
    }
    let is_tuple = fields.is_empty() && body.is_some();
    fields.extend(body.map(|ty| ("body", String::new(), ty)));
    (fields, is_tuple)
}

pub(super) fn variant<'a>(scope: &Scope<'_>, response: &'a Response) -> VariantView<'a> {
    let comment = match response.status {
        Status::Code(code) => format!("{code}: {}", response.description),
        Status::Range(class) => format!("{class}XX: {}", response.description),
        Status::Default => format!("Any status: {}", response.description),
    };
    let is_raw = response.body == ResponseBody::Raw;
    let (fields, is_tuple) = variant_fields(scope, response);
    let (fields, pattern) = match fields.as_slice() {
        [] => (String::new(), String::new()),
        [(_, _, ty)] if is_tuple => (format!("({ty})"), "(body)".to_owned()),
        fields => {
            let names = fields.iter().map(|(name, ..)| (*name).to_owned());
            let typed = fields
                .iter()
                .map(|(name, doc, ty)| format!("{doc}{name}: {ty}"));
            (
                format!("{{ {} }}", list(typed)),
                format!("{{ {} }}", list(names)),
            )
        }
    };
    VariantView {
        name: &response.name,
        comment: doors::comment(comment.trim_end().trim_end_matches(':'), 0),
        fields,
        pattern,
        response: if is_raw {
            "body".to_owned()
        } else {
            respond(scope, response)
        },
    }
}

pub(in crate::render) fn header_field<'a>(
    scope: &Scope<'_>,
    header: &'a ResponseHeader,
) -> (&'a str, String, String) {
    let ty = scope.rust_type_of(&header.schema.ty);
    let is_optional = !header.required || header.schema.nullable;
    let ty = if is_optional { scope.option(&ty) } else { ty };
    let description = header.description.as_deref().unwrap_or("");
    let comment = doors::comment(description, 0);
    let comment = if comment.is_empty() {
        comment
    } else {
        format!("\n{comment}")
    };
    (&header.name, comment, ty)
}

/// The expression that makes the response of its fields.
fn respond(scope: &Scope<'_>, response: &Response) -> String {
    let output = scope.import("crate::core::output::Output");
    let status = match response.status {
        Status::Code(code) => status_code(scope, code),
        Status::Range(_) | Status::Default => "status".to_owned(),
    };
    let headers: String = response
        .headers
        .iter()
        .map(|header| send_header(scope, header))
        .collect();
    let body = match &response.body {
        ResponseBody::Json { media_type, schema } => {
            let body = schemas::quoted(scope, schema, "&body");
            format!("json({}, {body})", doors::rust_literal(media_type))
        }
        ResponseBody::Text { media_type } => {
            let has_charset = media_type.contains(';') || !media_type.starts_with("text/");
            let charset = if has_charset { "" } else { "; charset=utf-8" };
            format!(
                "body({}, body)",
                doors::rust_literal(&format!("{media_type}{charset}"))
            )
        }
        ResponseBody::Bytes { media_type } => {
            format!("body({}, body)", doors::rust_literal(media_type))
        }
        ResponseBody::Events { .. } => "events(body)".to_owned(),
        ResponseBody::Empty | ResponseBody::Raw => "empty()".to_owned(),
    };
    format!("{output}::new({status}){headers}.{body}")
}

fn send_header(scope: &Scope<'_>, header: &ResponseHeader) -> String {
    let (name, api_name) = (&header.name, doors::rust_literal(&header.api_name));
    let convert = match &header.schema.ty {
        Type::String(rules) if rules.format == Format::DateTime => ".to_rfc3339()",
        Type::Named(id) => match &scope.service()[*id].kind {
            TypeKind::Enum(def) if def.repr == EnumRepr::String => ".as_str()",
            _ => ".as_i64()",
        },
        _ => "",
    };
    match (header.required && !header.schema.nullable, convert) {
        (true, _) => format!(".header({api_name}, &{name}{convert})"),
        (false, "") => format!(".optional_header({api_name}, {name})"),
        (false, _) => format!(".optional_header({api_name}, {name}.map(|v| v{convert}))"),
    }
}
