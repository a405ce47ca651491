//! Whether each member is of the kind that it must be, and the repair of what has one sensible reading.

use crate::diagnostic::Diagnostic;

use super::super::{
    Kind, Node,
    grammar::{Role, Shape, member},
    read::number,
};

/// Checks and repairs what stands in `node`, which has this shape.
pub(in super::super) fn check(node: &mut Node, shape: Shape, diagnostics: &mut Vec<Diagnostic>) {
    match shape {
        Shape::One(role) => object(node, role, diagnostics),
        Shape::Map(role) | Shape::Extensible(role) => {
            let Kind::Object(members) = &mut node.kind else {
                return;
            };
            for (name, inner) in members {
                if shape == Shape::Extensible(role) && name.starts_with("x-") {
                    continue;
                }
                if inner.value.kind == Kind::Null {
                    inner.value.kind = Kind::Object(Default::default());
                }
                one(name, &mut inner.value, role, diagnostics);
            }
        }
        Shape::List(role) => {
            let Kind::Array(items) = &mut node.kind else {
                return;
            };
            items.retain(|item| item.kind != Kind::Null);
            for item in items {
                one("the element", item, role, diagnostics);
            }
        }
        _ => {}
    }
}

fn object(node: &mut Node, role: Role, diagnostics: &mut Vec<Diagnostic>) {
    let Kind::Object(members) = &mut node.kind else {
        return;
    };
    members.retain(|name, inner| {
        let shape = member(role, name);
        // `parameters:` with nothing behind it is how YAML says that there are none.
        if shape != Shape::Opaque && inner.value.kind == Kind::Null {
            return false;
        }
        let expected = match shape {
            Shape::One(role) => {
                one(name, &mut inner.value, role, diagnostics);
                return true;
            }
            Shape::Map(_) | Shape::Extensible(_) if inner.value.as_object().is_none() => {
                "a mapping"
            }
            Shape::List(_) | Shape::OpaqueList if inner.value.as_array().is_none() => "a list",
            Shape::Map(_) | Shape::Extensible(_) | Shape::List(_) => {
                check(&mut inner.value, shape, diagnostics);
                return true;
            }
            Shape::OpaqueList | Shape::Opaque => return true,
            _ => match scalar(&inner.value, shape) {
                Scalar::Fits => return true,
                Scalar::Repaired(kind) => {
                    inner.value.kind = kind;
                    return true;
                }
                Scalar::Misfit(expected) => {
                    diagnostics.push(left_out(misfit(name, &inner.value, expected)));
                    return false;
                }
            },
        };
        let problem = misfit(name, &inner.value, expected);
        // Examples and empty collections change nothing.
        let harmless =
            matches!(shape, Shape::Map(Role::Example | Role::Link)) || is_empty(&inner.value);
        diagnostics.push(if harmless { left_out(problem) } else { problem });
        !harmless
    });
}

fn one(name: &str, node: &mut Node, role: Role, diagnostics: &mut Vec<Diagnostic>) {
    match (&node.kind, role) {
        (Kind::Object(_), _) => object(node, role, diagnostics),
        (Kind::Bool(_), Role::Schema) | (Kind::String(_), Role::Discriminator) => {}
        // `items: [a, b]` of older drafts; lowering reads it as `prefixItems`.
        (Kind::Array(_), Role::Schema) if name == "items" => {
            check(node, Shape::List(Role::Schema), diagnostics);
        }
        (_, Role::Example | Role::Link | Role::Discriminator) => {
            diagnostics.push(left_out(misfit(name, node, "a mapping")));
            node.kind = Kind::Object(Default::default());
        }
        _ => diagnostics.push(misfit(name, node, "a mapping")),
    }
}

enum Scalar {
    Fits,
    Repaired(Kind),
    Misfit(&'static str),
}

fn scalar(node: &Node, shape: Shape) -> Scalar {
    let repaired = |kind: Option<Kind>, expected| match kind {
        Some(kind) => Scalar::Repaired(kind),
        None => Scalar::Misfit(expected),
    };
    match (shape, &node.kind) {
        (Shape::Text, Kind::String(_))
        | (Shape::Flag, Kind::Bool(_))
        | (Shape::Number, Kind::Number(..)) => Scalar::Fits,
        (Shape::Text, _) => repaired(node.as_text().map(Kind::String), "a text"),
        (Shape::Flag, Kind::String(text)) => {
            repaired(text.parse().ok().map(Kind::Bool), "`true` or `false`")
        }
        (Shape::Flag, _) => Scalar::Misfit("`true` or `false`"),
        (Shape::Number, Kind::String(text)) => repaired(
            number(text).map(|number| Kind::Number(number, text.clone())),
            "a number",
        ),
        (Shape::Number, _) => Scalar::Misfit("a number"),
        (Shape::Texts, Kind::Array(items)) => {
            match items.iter().all(|item| item.as_str().is_some()) {
                true => Scalar::Fits,
                false => Scalar::Repaired(Kind::Array(items.iter().filter_map(as_text).collect())),
            }
        }
        (Shape::Texts, _) => Scalar::Misfit("a list of texts"),
        _ => Scalar::Fits,
    }
}

fn as_text(node: &Node) -> Option<Node> {
    let kind = Kind::String(node.as_text()?);
    Some(Node {
        kind,
        span: node.span,
    })
}

fn is_empty(node: &Node) -> bool {
    match &node.kind {
        Kind::Array(items) => items.is_empty(),
        Kind::Object(members) => members.is_empty(),
        Kind::String(text) => text.is_empty(),
        _ => false,
    }
}

fn misfit(name: &str, node: &Node, expected: &str) -> Diagnostic {
    let found = match &node.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "a boolean",
        Kind::Number(..) => "a number",
        Kind::String(_) => "a text",
        Kind::Array(_) => "a list",
        Kind::Object(_) => "a mapping",
    };
    let name = match name {
        "the element" => name.to_owned(),
        _ => format!("`{name}`"),
    };
    Diagnostic::error(
        "wrong-kind",
        node.span,
        format!("{name} must be {expected}, not {found}"),
    )
}

fn left_out(problem: Diagnostic) -> Diagnostic {
    let message = format!("{}; it is left out", problem.message);
    Diagnostic {
        message,
        ..problem.into_warning()
    }
}
