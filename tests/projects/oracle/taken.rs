//! Where apigen means to differ from JSON Schema: in what it tells.

use apigen::{
    diagnostic::Span,
    spec::{Node, node::escape},
};
use serde_json::{Value, json};

use super::{collect::Collection, lowered, read};

/// The document of a collection, where what no value would fit is any value: it is told, and so it is taken.
pub(super) fn taken(collection: &Collection) -> Value {
    let mut taken = collection.document();
    let document = read(&taken);
    let (_, told) = lowered(&document);
    for never in told.iter().filter(|one| one.code == "never") {
        let place = never.span.and_then(|span| place(&document.root, span));
        *taken
            .pointer_mut(&place.expect("a place"))
            .expect("a schema") = json!(true);
    }
    taken
}

/// Where a node stands.
fn place(node: &Node, span: Span) -> Option<String> {
    if node.span == span {
        return Some(String::new());
    }
    let members = node
        .members()
        .map(|(name, member)| (escape(name), &member.value));
    let items = node
        .items()
        .iter()
        .enumerate()
        .map(|(index, item)| (index.to_string(), item));
    let mut inside = members.chain(items);
    inside.find_map(|(name, inner)| Some(format!("/{name}{}", place(inner, span)?)))
}
