//! Media types: what a `content` map offers.

use super::{Lowering, is_token};
use crate::{diagnostic::Span, model::MediaKind, spec::Node};

/// A media type of a `content` map.
pub(super) struct Content<'a> {
    /// Lower case, without parameters.
    pub(super) name: String,
    pub(super) kind: MediaKind,
    /// The media type object.
    pub(super) node: &'a Node,
    pub(super) span: Span,
}

impl<'a> Content<'a> {
    pub(super) fn schema(&self) -> Option<&'a Node> {
        self.node.get("schema")
    }

    pub(super) fn is_wildcard(&self) -> bool {
        self.name.contains('*')
    }
}

/// The media types of a `content` map that can be said on the wire, in order, each once.
pub(super) fn contents<'a>(cx: &mut Lowering<'a>, content: Option<&'a Node>) -> Vec<Content<'a>> {
    let mut contents: Vec<Content<'a>> = Vec::new();
    for (key, member) in content.into_iter().flat_map(Node::members) {
        if key.starts_with("x-") && !key.contains('/') {
            continue;
        }
        let Some(name) = essence(key) else {
            let message = format!("`{key}` is no media type, so it is left out");
            cx.warn("bad-media-type", member.key, message);
            continue;
        };
        if key.contains(char::is_control) {
            let message = format!("the media type `{key}` is read as `{name}`");
            cx.warn("bad-media-type", member.key, message);
        }
        let Some(node) = cx.resolve(&member.value) else {
            continue;
        };
        if contents.iter().all(|known| known.name != name) {
            contents.push(Content {
                kind: kind(&name),
                name,
                node,
                span: member.key,
            });
        }
    }
    contents
}

/// A media type or range in lower case, without its parameters.
fn essence(text: &str) -> Option<String> {
    let end = |c: char| c == ';' || c.is_control();
    let text = text.split(end).next()?.trim().to_ascii_lowercase();
    let text = match text.as_str() {
        "*" => "*/*",
        "application/*+json" => "application/json",
        text => text,
    };
    let (group, sub) = text.split_once('/')?;
    let wild = |half: &str| half != "*" && half.contains('*');
    let valid = is_token(group) && is_token(sub) && !wild(group) && !wild(sub);
    (valid && (group != "*" || sub == "*")).then(|| text.to_owned())
}

fn kind(name: &str) -> MediaKind {
    match name {
        "application/json" | "text/json" => MediaKind::Json,
        "application/x-www-form-urlencoded" => MediaKind::Form,
        "text/event-stream" => MediaKind::EventStream,
        _ if name.ends_with("+json") => MediaKind::Json,
        _ if name.starts_with("text/") => MediaKind::Text,
        _ => MediaKind::Bytes,
    }
}
