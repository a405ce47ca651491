//! OpenAPI 3.0 → 3.1: `nullable` becomes a type, and exclusive bounds become numbers.

use crate::diagnostic::{Diagnostic, Span};

use super::{
    super::{
        Kind, Member, Node,
        grammar::{Role, Shape, walk_mut},
    },
    tree::{Members, object, text},
};

/// Says what a schema means, and does not constrain: it stays outside when the rest is wrapped.
const ANNOTATIONS: [&str; 9] = [
    "title",
    "description",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "example",
    "examples",
    "externalDocs",
];

/// Rewrites what stands in `node`, which has this shape.
pub(super) fn adapt(node: &mut Node, shape: Shape) {
    walk_mut(node, shape, &mut |node, role| {
        if let (Role::Schema, Kind::Object(members)) = (role, &mut node.kind) {
            discriminator(members);
            schema(members, node.span);
        }
    });
}

/// Reads the words of 3.0 in a document of 3.1, where they say nothing: their authors meant them.
pub(super) fn adapt_remnants(node: &mut Node, shape: Shape, diagnostics: &mut Vec<Diagnostic>) {
    let mut told = false;
    walk_mut(node, shape, &mut |node, role| {
        let (Role::Schema, Kind::Object(members)) = (role, &mut node.kind) else {
            return;
        };
        discriminator(members);
        let words = ["nullable", "exclusiveMinimum", "exclusiveMaximum"];
        let flag = |name: &str| members.get(name).filter(|m| m.value.as_bool().is_some());
        let Some((word, member)) = words.iter().find_map(|word| Some((word, flag(word)?))) else {
            return;
        };
        if !std::mem::replace(&mut told, true) {
            let message = format!("`{word}` as a boolean is of OpenAPI 3.0; all are read as such");
            let problem = Diagnostic::warning("openapi-3.0-keyword", member.key, message);
            diagnostics.push(
                problem.hint(
                    "OpenAPI 3.1 writes `type: [string, \"null\"]` and `exclusiveMinimum: 5`",
                ),
            );
        }
        schema(members, node.span);
    });
}

fn schema(members: &mut Members, span: Span) {
    exclusive(members, "minimum", "exclusiveMinimum");
    exclusive(members, "maximum", "exclusiveMaximum");
    let Some(nullable) = members.get("nullable") else {
        return;
    };
    let place = nullable.key;
    let is_nullable = nullable.value.as_bool() == Some(true);
    if is_nullable && members.len() == 1 {
        // Among alternatives it means null, elsewhere anything: lowering sees which.
        return;
    }
    members.shift_remove("nullable");
    if is_nullable {
        allow_null(members, span, place);
    }
}

/// `discriminator: kind` of Swagger 2.0 → `discriminator: {propertyName: kind}`
fn discriminator(members: &mut Members) {
    if let Some(Member { value, .. }) = members.get_mut("discriminator")
        && value.as_str().is_some()
    {
        let (key, name) = (value.span, value.clone());
        let property = Members::from([("propertyName".to_owned(), member(name, key))]);
        value.kind = Kind::Object(property);
    }
}

/// `minimum: 5, exclusiveMinimum: true` → `exclusiveMinimum: 5`
fn exclusive(members: &mut Members, bound: &str, exclusive: &str) {
    let Some(flag) = members
        .get(exclusive)
        .and_then(|member| member.value.as_bool())
    else {
        return;
    };
    members.shift_remove(exclusive);
    if flag && let Some(member) = members.shift_remove(bound) {
        members.insert(exclusive.to_owned(), member);
    }
}

fn allow_null(members: &mut Members, span: Span, place: Span) {
    let has = |name: &str| members.contains_key(name);
    if ["$ref", "allOf", "anyOf", "oneOf"].into_iter().any(has) {
        return wrap(members, span, place);
    }
    if !has("type") {
        let implied = match () {
            () if has("properties") || has("additionalProperties") => Some("object"),
            () if has("items") => Some("array"),
            () => None,
        };
        if let Some(implied) = implied {
            members.insert("type".to_owned(), member(text(implied, place), place));
        }
    }
    if let Some(Member { value, .. }) = members.get_mut("type")
        && value.as_str().is_some_and(|name| name != "null")
    {
        let list = vec![value.clone(), text("null", place)];
        value.kind = Kind::Array(list);
    }
    if let Some(Member { value, .. }) = members.get_mut("enum")
        && let Kind::Array(values) = &mut value.kind
        && values.iter().all(|value| value.kind != Kind::Null)
    {
        values.push(Node {
            kind: Kind::Null,
            span: place,
        });
    }
}

/// `{$ref, nullable: true}` → `{anyOf: [{$ref}, {type: "null"}]}`; annotations stay outside.
fn wrap(members: &mut Members, span: Span, place: Span) {
    let all = std::mem::take(members);
    let is_outside = |name: &str| ANNOTATIONS.contains(&name) || name.starts_with("x-");
    let (outside, inside): (Members, Members) =
        all.into_iter().partition(|(name, _)| is_outside(name));
    let null = Members::from([("type".to_owned(), member(text("null", place), place))]);
    let either = Kind::Array(vec![object(inside, span), object(null, place)]);
    *members = outside;
    members.insert(
        "anyOf".to_owned(),
        member(Node { kind: either, span }, place),
    );
}

fn member(value: Node, key: Span) -> Member {
    Member { key, value }
}
