//! What a document says that it is, and the rewriting of each dialect upward into the shape of OpenAPI 3.1.

mod openapi30;
pub(super) mod resources;
mod swagger20;
mod tree;

use crate::diagnostic::Diagnostic;

use super::{
    Kind, Node,
    check::references::References,
    grammar::{Role, Shape},
};

/// A dialect that documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Swagger 2.0
    Swagger20,
    /// OpenAPI 3.0
    OpenApi30,
    /// OpenAPI 3.1
    OpenApi31,
    /// OpenAPI 3.2, which adds to 3.1
    OpenApi32,
    /// The resource spec, which is written as OpenAPI 3.1 before anything else
    Resources,
}

/// The dialect and the version as it is written.
pub(super) fn detect(root: &Node) -> Result<(Dialect, String), Diagnostic> {
    let error = |span, message: String| Diagnostic::error("dialect", span, message);
    let Some(members) = root.as_object() else {
        let message = "an API description is a mapping with the key `openapi` at its root";
        return Err(error(root.span, message.to_owned()));
    };
    let version = |name: &str| {
        members
            .get(name)
            .map(|member| (member, member.value.as_text()))
    };
    if let Some((member, version)) = version("swagger") {
        let version = version.unwrap_or_default();
        return match version.as_str() {
            "2.0" | "2" => Ok((Dialect::Swagger20, version)),
            _ => Err(error(
                member.value.span,
                format!("Swagger `{version}` is not supported"),
            )
            .hint("2.0 is, and OpenAPI 3")),
        };
    }
    if let (None, Some((member, version))) = (version("openapi"), version("apigen")) {
        return match version.as_deref() {
            Some("1") => Ok((Dialect::Resources, "1".to_owned())),
            _ => Err(error(
                member.value.span,
                "this version of the resource spec is not supported".to_owned(),
            )
            .hint("`apigen: 1` is")),
        };
    }
    let Some((member, version)) = version("openapi") else {
        let message = "this is no API description: neither `openapi` nor `swagger` at the root";
        let start = members.values().next().map_or(root.span, |first| first.key);
        let is_schema = members.contains_key("$schema");
        let hint = if is_schema {
            "it is a JSON Schema: refer to it by `$ref` from an OpenAPI document"
        } else if members.contains_key("resources") {
            "a resource spec says `apigen: 1` at its root"
        } else {
            "an OpenAPI document says `openapi: 3.1.0` at its root"
        };
        return Err(error(start, message.to_owned()).hint(hint));
    };
    let Some(version) = version.filter(|_| member.value.kind != Kind::Null) else {
        let message = "`openapi` must be a version, such as `3.1.0`";
        return Err(error(member.value.span, message.to_owned()));
    };
    let mut parts = version.split('.');
    match (parts.next(), parts.next()) {
        (Some("3"), Some("0")) => Ok((Dialect::OpenApi30, version)),
        (Some("3"), Some("1")) => Ok((Dialect::OpenApi31, version)),
        (Some("3"), Some("2")) => Ok((Dialect::OpenApi32, version)),
        _ => Err(error(
            member.value.span,
            format!("OpenAPI `{version}` is not supported"),
        )
        .hint("3.0, 3.1 and 3.2 are")),
    }
}

/// Rewrites a document into the shape of OpenAPI 3.1.
pub(super) fn adapt(root: &mut Node, dialect: Dialect, diagnostics: &mut Vec<Diagnostic>) {
    if dialect == Dialect::Swagger20 {
        swagger20::adapt(root);
    }
    adapt_part(root, Shape::One(Role::Root), dialect, diagnostics);
    for (target, shape) in References::of(root).into_opaque() {
        if let Some(node) = root.pointer_mut(&target[1..]) {
            adapt_part(node, shape, dialect, diagnostics);
        }
    }
}

/// Rewrites the schemas in `node`, which has this shape.
fn adapt_part(node: &mut Node, shape: Shape, dialect: Dialect, diagnostics: &mut Vec<Diagnostic>) {
    match dialect {
        Dialect::Swagger20 | Dialect::OpenApi30 => openapi30::adapt(node, shape),
        Dialect::OpenApi31 | Dialect::OpenApi32 | Dialect::Resources => {
            openapi30::adapt_remnants(node, shape, diagnostics);
        }
    }
}
