//! How request bodies are read.

use super::{FieldView, Scope, doors};
use crate::{
    model::{BodyKind, MediaKind, RequestBody},
    render::reading::list,
};

/// The type of the body's field.
pub(in crate::render) fn body_type(scope: &Scope<'_>, body: &RequestBody) -> String {
    let ty = match body.kind {
        BodyKind::Decoded => scope.rust_type(&body.schema),
        BodyKind::Text => scope.prelude("String").to_owned(),
        BodyKind::Bytes => "axum::body::Bytes".to_owned(),
    };
    let is_option = body.kind == BodyKind::Decoded && body.schema.nullable;
    match body.required || is_option {
        true => ty,
        false => scope.option(&ty),
    }
}

pub(super) fn body_field<'a>(scope: &Scope<'_>, body: &'a RequestBody) -> FieldView<'a> {
    let method = match body.kind {
        BodyKind::Decoded => "body",
        BodyKind::Text => "text_body",
        BodyKind::Bytes => "bytes_body",
    };
    let is_decoded = body.kind == BodyKind::Decoded;
    let is_option = is_decoded && body.schema.nullable;
    let ty = body_type(scope, body);
    let optional = if body.required { "" } else { "optional_" };
    let read = match is_decoded {
        true => format!("|v| {}", scope.read("v", &body.schema, false, "body")),
        false => String::new(),
    };
    FieldView {
        name: "body",
        comment: doors::comment(body.description.as_deref().unwrap_or(""), 0),
        ty,
        read: format!("{optional}{method}({read})"),
        value: if is_option && !body.required {
            ".flatten()"
        } else {
            ""
        }
        .to_owned(),
    }
}

pub(super) fn body_constant(scope: &Scope<'_>, body: &RequestBody) -> String {
    let bodies = scope.import("crate::core::input::Body");
    let syntaxes = scope.import("crate::core::input::Syntax");
    let media = body.media.iter().map(|media| {
        let syntax = match (body.kind, media.kind) {
            (BodyKind::Text, _) | (_, MediaKind::Text) => "Text",
            (_, MediaKind::Json) => "Json",
            (_, MediaKind::Form) => "Form",
            (_, MediaKind::Bytes | MediaKind::EventStream) => "Bytes",
        };
        format!(
            "({}, {syntaxes}::{syntax})",
            doors::rust_literal(&media.name)
        )
    });
    let required = body.required;
    format!(
        "{bodies}::Accepts {{ required: {required}, media: &[{}] }}",
        list(media)
    )
}
