//! Path parameters are required, whether they say so or not.

use crate::diagnostic::Diagnostic;

use super::super::{
    Kind, Member, Node,
    grammar::{Role, Shape, walk_mut},
};

/// `required: true` on each path parameter: a path cannot be without it.
pub(in super::super) fn require(root: &mut Node, diagnostics: &mut Vec<Diagnostic>) {
    walk_mut(root, Shape::One(Role::Root), &mut |node, role| {
        let is_path = node.get("in").and_then(Node::as_str) == Some("path");
        if role != Role::Parameter || !is_path {
            return;
        }
        let required = node.get("required");
        if required.and_then(Node::as_bool) == Some(true) {
            return;
        }
        let span = required.map_or(node.span, |required| required.span);
        let name = node.get("name").and_then(Node::as_str).unwrap_or_default();
        let message =
            format!("the path parameter `{name}` is not `required: true`; it is taken as such");
        diagnostics.push(Diagnostic::warning(
            "path-parameter-not-required",
            span,
            message,
        ));
        if let Kind::Object(members) = &mut node.kind {
            let value = Node {
                kind: Kind::Bool(true),
                span,
            };
            members.insert("required".to_owned(), Member { key: span, value });
        }
    });
}
