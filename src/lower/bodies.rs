//! Request bodies.

use super::{
    Lowering,
    media::{Content, contents},
    prose,
    schema::{Direction, Place},
    text,
};
use crate::{
    diagnostic::{Diagnostic, Span},
    model::{BodyKind, Media, MediaKind, RequestBody, Schema},
    spec::Node,
};

/// The body of an operation; `place` is where its schema stands.
pub(super) fn lower<'a>(
    cx: &mut Lowering<'a>,
    operation: &'a Node,
    place: &Place,
) -> Option<RequestBody> {
    let node = cx.resolve(operation.get("requestBody")?)?;
    let contents = contents(cx, node.get("content"));
    let is_sent = place.direction == Direction::Response;
    let (kind, accepted) = choose(cx, &contents, node.span, is_sent);
    let first = accepted.first().map(|content| content.node);
    let schema = match (kind, accepted.first().and_then(|content| content.schema())) {
        (BodyKind::Decoded, Some(schema)) => cx.lower(schema, place),
        (BodyKind::Text, _) => text(),
        _ => Schema::any(),
    };
    let media = accepted.iter().map(|content| Media {
        name: content.name.clone(),
        kind: match kind {
            BodyKind::Decoded => decoded(cx, content).unwrap_or(content.kind),
            BodyKind::Text => MediaKind::Text,
            BodyKind::Bytes => MediaKind::Bytes,
        },
    });
    let mut media: Vec<Media> = media.collect();
    let is_json = |media: &Media| media.kind == MediaKind::Json;
    if kind == BodyKind::Decoded && !media.iter().any(is_json) {
        cx.tell_unjudged(&schema, node.span);
    }
    if media.is_empty() {
        media.push(Media {
            name: "*/*".to_owned(),
            kind: MediaKind::Bytes,
        });
    }
    Some(RequestBody {
        required: node.get("required").and_then(Node::as_bool) == Some(true),
        description: prose(node, "description"),
        kind,
        example: first.and_then(|node| cx.example(node, &schema)),
        schema,
        media,
    })
}

/// How the body is read, and from which media types: one input has one type, so what has another
/// schema is left out, and so is what we cannot read where there is something that we can.
fn choose<'c, 'a>(
    cx: &mut Lowering<'a>,
    contents: &'c [Content<'a>],
    span: Span,
    is_sent: bool,
) -> (BodyKind, Vec<&'c Content<'a>>) {
    let of = |kind| {
        contents
            .iter()
            .find(|content| decoded(cx, content) == Some(kind))
    };
    let Some(first) = of(MediaKind::Json).or_else(|| of(MediaKind::Form)) else {
        let textual = |content: &Content<'_>| {
            matches!(content.kind, MediaKind::Text | MediaKind::EventStream)
        };
        let kind = match contents.iter().all(textual) && !contents.is_empty() {
            true => BodyKind::Text,
            false => BodyKind::Bytes,
        };
        for content in contents.iter().filter(|_| kind == BodyKind::Bytes) {
            note_raw(cx, content);
        }
        return (kind, contents.iter().collect());
    };
    let fits = |content: &&Content<'a>| {
        decoded(cx, content).is_some() && same_schema(cx, first.schema(), content.schema())
    };
    let (accepted, left): (Vec<_>, Vec<_>) = contents.iter().partition(fits);
    if !left.is_empty() {
        let names: Vec<String> = left.iter().map(|c| format!("`{}`", c.name)).collect();
        let (fate, hint) = match is_sent {
            true => ("never sent", "sent"),
            false => ("answered with 415", "read"),
        };
        let message = format!("bodies of {} are {fate}", names.join(", "));
        cx.report(
            Diagnostic::warning("left-out-media-type", left[0].span, message)
                .related(span, "an operation's input has one type")
                .hint(format!("`{}` is {hint}", first.name)),
        );
    }
    (BodyKind::Decoded, accepted)
}

/// The syntax by which a body is decoded; a wildcard with a schema of its own means JSON.
fn decoded<'a>(cx: &Lowering<'a>, content: &Content<'a>) -> Option<MediaKind> {
    match content.kind {
        MediaKind::Json | MediaKind::Form => Some(content.kind),
        _ if content.is_wildcard() && describes_json(cx, content) => Some(MediaKind::Json),
        _ => None,
    }
}

/// A schema that says more than "bytes": what has one is JSON, whatever its media range is.
pub(super) fn describes_json<'a>(cx: &Lowering<'a>, content: &Content<'a>) -> bool {
    let structural = ["properties", "items", "allOf", "oneOf", "anyOf"];
    let schema = content.schema().and_then(|node| cx.resolve(node));
    schema.is_some_and(|schema| structural.iter().any(|name| schema.get(name).is_some()))
}

/// What is raw bytes to us, although it has a structure.
pub(super) fn note_raw<'a>(cx: &mut Lowering<'a>, content: &Content<'a>) {
    if describes_json(cx, content) {
        let why = format!("`{}` is raw bytes", content.name);
        cx.schemas.note_untyped(content.span, &why);
    }
}

fn same_schema<'a>(cx: &Lowering<'a>, a: Option<&'a Node>, b: Option<&'a Node>) -> bool {
    let resolved = |node: Option<&'a Node>| node.and_then(|node| cx.resolve(node));
    match (resolved(a), resolved(b)) {
        (Some(a), Some(b)) => std::ptr::eq(a, b) || a.to_json() == b.to_json(),
        (a, b) => a.is_none() && b.is_none(),
    }
}

impl Place {
    /// The body of the operation that stands at `operation`.
    pub(super) fn request(operation: &Self, is_patch: bool) -> Self {
        Self {
            direction: Direction::Request,
            is_patch,
            module: operation.module.clone(),
            type_name: format!("{}Body", operation.type_name),
            api_name: format!("{}.body", operation.api_name),
        }
    }
}
