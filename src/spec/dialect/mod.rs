//! What a document says that it is, and the rewriting of each dialect upward into the shape of OpenAPI 3.1.

mod openapi30;

use crate::diagnostic::Diagnostic;

use super::{Node, grammar::Shape};

/// A dialect that documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// OpenAPI 3.0
    OpenApi30,
    /// OpenAPI 3.1
    OpenApi31,
    /// OpenAPI 3.2, which adds to 3.1
    OpenApi32,
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
        let message = format!("Swagger {version} is not supported yet");
        return Err(error(member.key, message)
            .hint("convert it to OpenAPI 3, for example with `npx swagger2openapi`"));
    }
    let Some((member, version)) = version("openapi") else {
        let message = "this is no API description: neither `openapi` nor `swagger` at the root";
        let start = members.values().next().map_or(root.span, |first| first.key);
        return Err(error(start, message.to_owned())
            .hint("an OpenAPI document says `openapi: 3.1.0` at its root"));
    };
    let version = version.unwrap_or_default();
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

/// Rewrites what stands in `node`, which has this shape, into OpenAPI 3.1.
pub(super) fn adapt(
    node: &mut Node,
    shape: Shape,
    dialect: Dialect,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match dialect {
        Dialect::OpenApi30 => openapi30::adapt(node, shape),
        Dialect::OpenApi31 | Dialect::OpenApi32 => {
            openapi30::adapt_remnants(node, shape, diagnostics);
        }
    }
}
