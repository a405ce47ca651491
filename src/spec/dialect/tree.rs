//! Taking trees apart and putting them together.

use indexmap::IndexMap;

use crate::diagnostic::Span;

use super::super::{Kind, Member, Node};

pub(super) type Members = IndexMap<String, Member>;

pub(super) fn take_array(members: &mut Members, name: &str) -> Vec<Node> {
    match members.shift_remove(name).map(|member| member.value.kind) {
        Some(Kind::Array(items)) => items,
        _ => Vec::new(),
    }
}

pub(super) fn take_object(members: &mut Members, name: &str) -> Members {
    match members.shift_remove(name).map(|member| member.value.kind) {
        Some(Kind::Object(members)) => members,
        _ => Members::new(),
    }
}

pub(super) fn object_mut(node: &mut Node) -> Option<&mut Members> {
    match &mut node.kind {
        Kind::Object(members) => Some(members),
        _ => None,
    }
}

pub(super) fn put(members: &mut Members, name: &str, value: Node) {
    let key = value.span;
    members.insert(name.to_owned(), Member { key, value });
}

pub(super) fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, Node)>, span: Span) -> Node {
    let mut members = Members::new();
    pairs
        .into_iter()
        .for_each(|(name, value)| put(&mut members, name, value));
    object(members, span)
}

pub(super) fn object(members: Members, span: Span) -> Node {
    Node {
        kind: Kind::Object(members),
        span,
    }
}

pub(super) fn array(items: Vec<Node>, span: Span) -> Node {
    Node {
        kind: Kind::Array(items),
        span,
    }
}

pub(super) fn text(text: &str, span: Span) -> Node {
    Node {
        kind: Kind::String(text.to_owned()),
        span,
    }
}
