//! Schemas: what contradicts itself, and what is missing.

use std::collections::HashSet;

use super::{Linter, is_json, key, rules::Advice, says, text};
use crate::{
    diagnostic::Span,
    spec::{Node, Role},
};

const COMBINATORS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

impl<'a> Linter<'a> {
    pub(super) fn schemas(&mut self) {
        let parts = self.parts();
        let objects = std::mem::take(&mut self.objects);
        for (node, role) in &objects {
            if *role == Role::Schema {
                self.array(node);
                self.values(node);
                self.properties(node);
                if !parts.contains(&node.span) {
                    self.required(node);
                }
            }
        }
        self.objects = objects;
        self.examples();
    }

    /// The schemas that say only a part of what a value must be.
    fn parts(&self) -> HashSet<Span> {
        let schemas = self
            .objects
            .iter()
            .filter(|(_, role)| *role == Role::Schema);
        let lists = schemas.flat_map(|(node, _)| {
            let lists = COMBINATORS.iter().filter_map(|name| node.get(name));
            let single = ["not", "if", "then", "else"]
                .iter()
                .filter_map(|name| node.get(name));
            lists.flat_map(Node::items).chain(single)
        });
        lists
            .flat_map(|node| [node.span, self.target(node).span])
            .collect()
    }

    fn array(&mut self, node: &Node) {
        let describes = ["items", "prefixItems", "$ref", "contains", "enum", "const"];
        if text(node, "type") == "array" && !describes.iter().any(|name| node.get(name).is_some()) {
            let hint = "add `items` with the schema of what it holds";
            self.tell(
                Advice::ArrayItems,
                key(node, "type"),
                "the array does not say what it holds",
                hint,
            );
        }
    }

    fn values(&mut self, node: &Node) {
        let values = node.get("enum").map_or(&[][..], Node::items);
        let types = types(node);
        let mut seen = Vec::new();
        for value in values {
            let json = value.to_json();
            if seen.contains(&json) {
                let message = format!("{json} is listed twice");
                self.tell(
                    Advice::EnumDuplicate,
                    value.span,
                    message,
                    "remove one of them",
                );
            }
            let fits = types.is_empty() || types.iter().any(|ty| is_of(&json, ty));
            if !fits {
                let types = types.join("` or `");
                let message = format!("{json} is listed, and the type is `{types}`");
                let hint = "change the type, or write the value in it";
                self.tell(Advice::EnumType, value.span, message, hint);
            }
            seen.push(json);
        }
    }

    fn properties(&mut self, node: &'a Node) {
        for (name, member) in node.get("properties").into_iter().flat_map(Node::members) {
            let schema = &member.value;
            let is_told = schema.get("$ref").is_some() || says(schema, "description");
            if !is_told && !says(schema, "title") {
                let message = format!("the property `{name}` has no description");
                self.tell(Advice::PropertyDescription, member.key, message, "");
            }
            let silent = [
                "format",
                "pattern",
                "enum",
                "const",
                "contentMediaType",
                "maxLength",
            ];
            let is_silent = !silent.iter().any(|keyword| schema.get(keyword).is_some());
            if types(schema).contains(&"string") && is_silent && is_time(name) {
                let message =
                    format!("`{name}` is named like a point in time, and may be any text");
                let hint = "say `format: date-time`, or `format: date`";
                self.tell(Advice::TimeFormat, member.key, message, hint);
            }
        }
    }

    fn required(&mut self, node: &Node) {
        let Some(properties) = node.get("properties").and_then(Node::as_object) else {
            return;
        };
        let others = [
            "$ref",
            "additionalProperties",
            "patternProperties",
            "discriminator",
            "unevaluatedProperties",
        ];
        let others = others.iter().chain(&COMBINATORS);
        let has_others = others
            .filter_map(|name| node.get(name))
            .any(|n| n.as_bool() != Some(false));
        if has_others {
            return;
        }
        let required = node.get("required").map_or(&[][..], Node::items);
        for name in required
            .iter()
            .filter(|name| name.as_str().is_some_and(|n| !properties.contains_key(n)))
        {
            let wanted = name.as_str().unwrap_or_default();
            let known: Vec<_> = properties.keys().map(String::as_str).collect();
            let near = similar::get_close_matches(wanted, &known, 1, 0.6);
            let hint = match near.first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => "define it in `properties`, or remove it from `required`".to_owned(),
            };
            let message = format!("`{wanted}` is required, and no property is called so");
            self.tell(Advice::RequiredUndefined, name.span, message, &hint);
        }
    }

    /// JSON bodies without any example.
    fn examples(&mut self) {
        if !self.asks(Advice::Example) {
            return;
        }
        let mut bare = Vec::new();
        for operation in &self.operations {
            let request = self.member(operation.node, "requestBody");
            let request = request.map(|body| ("the body".to_owned(), body));
            let responses = operation.class('2');
            let responses =
                responses.map(|(status, _, response)| (format!("the {status}"), *response));
            for (what, body) in request.into_iter().chain(responses) {
                let content = body.get("content").into_iter().flat_map(Node::members);
                for (_, member) in content.filter(|(media, _)| is_json(media)) {
                    let media = &member.value;
                    let shown = ["example", "examples"]
                        .iter()
                        .any(|name| media.get(name).is_some());
                    let Some(schema) = media.get("schema").filter(|_| !shown) else {
                        continue;
                    };
                    if !self.has_example(schema, &mut HashSet::new()) {
                        let what = format!("{what} of `{}`", operation.headline());
                        bare.push((what, schema, member.key));
                    }
                }
            }
        }
        for (what, schema, at) in bare {
            let found = self
                .document
                .resolve(schema)
                .ok()
                .and_then(|found| found.pointer);
            let hint = "add `example` beside the schema, or to the schema or its properties";
            match found {
                Some(pointer) => {
                    let name = pointer.rsplit('/').next().unwrap_or_default();
                    let message = format!("`{name}`, {what}, has no example");
                    self.tell_once(Advice::Example, pointer, at, message, hint);
                }
                None => self.tell(Advice::Example, at, format!("{what} has no example"), hint),
            }
        }
    }

    /// Whether a schema, or one in it, shows a value.
    fn has_example(&self, schema: &'a Node, seen: &mut HashSet<Span>) -> bool {
        let schema = self.target(schema);
        if !seen.insert(schema.span) {
            return false;
        }
        let shown = ["example", "examples", "const", "enum", "default"];
        if shown.iter().any(|name| schema.get(name).is_some()) {
            return true;
        }
        let properties = schema.get("properties").into_iter().flat_map(Node::members);
        let mut inner: Vec<_> = properties.map(|(_, member)| &member.value).collect();
        inner.extend(
            COMBINATORS
                .iter()
                .filter_map(|name| schema.get(name))
                .flat_map(Node::items),
        );
        inner.extend(
            ["items", "additionalProperties"]
                .iter()
                .filter_map(|name| schema.get(name)),
        );
        // A value without choices needs no example.
        let is_plain = inner.is_empty() && !matches!(text(schema, "type"), "object" | "array" | "");
        is_plain && seen.len() == 1 || inner.iter().any(|schema| self.has_example(schema, seen))
    }
}

/// The types that a schema names.
fn types(node: &Node) -> Vec<&str> {
    match node.get("type") {
        Some(ty) if ty.as_array().is_some() => ty.items().iter().filter_map(Node::as_str).collect(),
        ty => ty.and_then(Node::as_str).into_iter().collect(),
    }
}

fn is_of(value: &serde_json::Value, ty: &str) -> bool {
    match ty {
        "string" => value.is_string(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

/// `created_at`, `updatedAt`, `birthDate`, `timestamp`.
fn is_time(name: &str) -> bool {
    let words = super::words::words(name);
    let last = words.last().map(String::as_str);
    let several = words.len() > 1;
    matches!(last, Some("timestamp" | "datetime")) || several && matches!(last, Some("at" | "date"))
}
