//! The schemas of fields.

use heck::ToUpperCamelCase as _;
use serde_json::{Value, json};

use crate::{
    diagnostic::Span,
    model::{decimal::Digits, plural::singular},
    spec::{
        KEPT_AS, Kind, Node, WAS,
        dialect::tree::{Members, array, object, put, text},
    },
};

use super::{
    super::blueprint::{Field, Key, Resource, Scalar, Shape, Type},
    Writer, at, reference,
};

/// The most characters of a `string` for which nobody says any.
const MAX_STRING: u64 = 255;

impl<'b> Writer<'b> {
    /// The schema of a field; `patch` is that of a change, which has no defaults.
    pub(super) fn field(&mut self, owner: &str, field: &Field, patch: bool) -> Node {
        let kept_as = field.kept_as.as_ref();
        let name = &kept_as.unwrap_or(&field.name).value;
        let mut schema = self.typed(owner, name, &field.shape, field.optional);
        let Kind::Object(members) = &mut schema.kind else {
            return schema;
        };
        let mut add = |name: &str, node: Option<Node>| {
            node.into_iter().for_each(|node| put(members, name, node));
        };
        let flag = |span: Option<Span>| span.map(|span| at(json!(true), span));
        let unique = || {
            let span = field.unique?;
            let words = format!(
                "No two share one {}",
                super::super::names::words(&field.name.value)
            );
            Some(text(&words, span))
        };
        add("description", field.description.clone().or_else(unique));
        let default = field.default.clone().filter(|_| !patch);
        add("default", default);
        add("readOnly", flag(field.read_only));
        add("writeOnly", flag(field.write_only));
        add("deprecated", flag(field.deprecated));
        let example = field.example.clone();
        let example = example.map(|example| array(vec![example.clone()], example.span));
        add("examples", example.filter(|_| !patch));
        add(KEPT_AS, kept_as.map(|name| text(&name.value, name.span)));
        add(WAS, field.was.clone().filter(|_| !patch));
        schema
    }

    /// The schema of a type; what has parts or choices is a component of its own.
    pub(super) fn typed(&mut self, owner: &str, name: &str, shape: &Shape, nullable: bool) -> Node {
        let has_name = matches!(shape.ty, Type::Enum(_) | Type::Object(_));
        let component = format!("{owner}{}", name.to_upper_camel_case());
        let whose = (owner.to_owned(), name.to_owned());
        let known = self.names.entry(component.clone());
        if has_name && *known.or_insert_with(|| whose.clone()) == whose {
            if !self.schemas.contains_key(&component) {
                let schema = self.shape(shape, false);
                put(&mut self.schemas, &component, schema);
            }
            let found = reference("schemas", &component, shape.span);
            return match nullable {
                false => found,
                true => {
                    let null = at(json!({"type": "null"}), shape.span);
                    let mut members = Members::new();
                    put(&mut members, "oneOf", array(vec![found, null], shape.span));
                    object(members, shape.span)
                }
            };
        }
        match &shape.ty {
            Type::Array(items) => {
                let one = singular(name);
                let one = if one == name {
                    format!("{name}_item")
                } else {
                    one
                };
                let items = self.typed(owner, &one, items, false);
                let mut schema = self.shape(shape, nullable);
                if let Kind::Object(members) = &mut schema.kind {
                    put(members, "items", items);
                }
                schema
            }
            _ => self.shape(shape, nullable),
        }
    }

    /// The schema of a type, where it stands.
    pub(super) fn shape(&mut self, shape: &Shape, nullable: bool) -> Node {
        let span = shape.span;
        let mut members = Members::new();
        let typed = |name: &str| match nullable {
            true => at(json!([name, "null"]), span),
            false => text(name, span),
        };
        match &shape.ty {
            Type::Scalar(scalar) => {
                let (name, format) = scalar.words();
                put(&mut members, "type", typed(name));
                if let Some(format) = format {
                    put(&mut members, "format", text(format, span));
                }
            }
            Type::Enum(choices) => {
                put(&mut members, "type", typed("string"));
                let choices = choices.iter();
                let mut choices: Vec<Node> = choices
                    .map(|choice| text(&choice.value, choice.span))
                    .collect();
                if nullable {
                    choices.push(at(Value::Null, span));
                }
                put(&mut members, "enum", array(choices, span));
            }
            Type::Object(fields) => {
                put(&mut members, "type", typed("object"));
                self.object(fields, span, &mut members);
            }
            Type::Array(items) => {
                put(&mut members, "type", typed("array"));
                let items = self.shape(items, false);
                put(&mut members, "items", items);
            }
            Type::Map(values) => {
                put(&mut members, "type", typed("object"));
                let values = self.shape(values, false);
                put(&mut members, "additionalProperties", values);
            }
            Type::Json => {}
            Type::Ref(target) => return self.key_of(&target.value, nullable, span),
        }
        for (name, node) in &shape.rules {
            put(&mut members, name, node.clone());
        }
        if matches!(shape.ty, Type::Scalar(Scalar::Decimal)) {
            bound(shape, &mut members);
        }
        let unbounded = ["maxLength", "pattern"]
            .iter()
            .all(|word| shape.rule(word).is_none());
        if unbounded && matches!(shape.ty, Type::Scalar(Scalar::String)) {
            put(&mut members, "maxLength", at(json!(MAX_STRING), span));
        }
        object(members, span)
    }

    fn object(&mut self, fields: &[Field], span: Span, members: &mut Members) {
        let mut properties = Members::new();
        let mut required = Vec::new();
        for field in fields {
            if !field.optional && field.default.is_none() {
                required.push(text(&field.name.value, field.name.span));
            }
            // What is in an object in an object has no name of its own.
            let mut inner = self.shape(&field.shape, field.optional);
            if let Kind::Object(members) = &mut inner.kind {
                for (name, node) in [
                    ("description", &field.description),
                    ("default", &field.default),
                ] {
                    node.iter()
                        .for_each(|node| put(members, name, node.clone()));
                }
            }
            put(&mut properties, &field.name.value, inner);
        }
        if !required.is_empty() {
            put(members, "required", array(required, span));
        }
        put(members, "properties", object(properties, span));
    }

    /// The schema of an object with these fields, such as the body of an action.
    pub(super) fn body(&mut self, owner: &str, fields: &[Field], span: Span) -> Node {
        let mut members = Members::new();
        put(&mut members, "type", text("object", span));
        let mut properties = Members::new();
        let mut required = Vec::new();
        for field in fields {
            if !field.optional && field.default.is_none() {
                required.push(text(&field.name.value, field.name.span));
            }
            let schema = self.field(owner, field, false);
            put(&mut properties, &field.name.value, schema);
        }
        if !required.is_empty() {
            put(&mut members, "required", array(required, span));
        }
        put(&mut members, "properties", object(properties, span));
        object(members, span)
    }

    /// The key of a row of another resource.
    fn key_of(&mut self, target: &str, nullable: bool, span: Span) -> Node {
        let found = self
            .spec
            .find(target)
            .map(|found| &self.spec.resources[found]);
        let Some(target) = found else {
            return at(json!({}), span);
        };
        let mut schema = self.key_schema(target, span);
        if let (true, Kind::Object(members)) = (nullable, &mut schema.kind)
            && let Some(ty) = members.get_mut("type")
        {
            let name = ty.value.as_str().unwrap_or_default().to_owned();
            ty.value = at(json!([name, "null"]), span);
        }
        schema
    }

    /// What rows of a resource are told apart by.
    pub(super) fn key_schema(&mut self, resource: &Resource, span: Span) -> Node {
        match &resource.key.value {
            Key::Uuid => at(json!({"type": "string", "format": "uuid"}), span),
            Key::Integer => at(json!({"type": "integer", "format": "int64"}), span),
            Key::Natural(name) => {
                let field = resource
                    .fields
                    .iter()
                    .find(|field| field.name.value == *name);
                match field {
                    Some(field) => self.shape(&field.shape, false),
                    None => at(json!({"type": "string"}), span),
                }
            }
        }
    }
}

/// How many digits of a number no client loses: many read JSON's numbers as doubles.
const KEPT_DIGITS: u32 = 15;

/// Where a decimal has no bounds, it has as many digits as all clients keep.
fn bound(shape: &Shape, members: &mut Members) {
    let Some(places) = places(shape) else {
        return;
    };
    let digits = 10_i128.pow(KEPT_DIGITS) - 1;
    for (words, sign) in [
        (["minimum", "exclusiveMinimum"], -1),
        (["maximum", "exclusiveMaximum"], 1),
    ] {
        let is_bound = words.iter().any(|word| shape.rule(word).is_some());
        let most = Digits {
            number: sign * digits,
            places,
        };
        // Its text is what a double of so many digits is written as.
        let most = most.to_string().parse::<serde_json::Number>();
        if let (false, Ok(most)) = (is_bound, most) {
            put(members, words[0], at(Value::Number(most), shape.span));
        }
    }
}

/// How many places a decimal has.
fn places(shape: &Shape) -> Option<u32> {
    let step = shape.rule("multipleOf").and_then(Node::as_number)?;
    Digits::of(step).map(|step| step.places)
}

/// Whether a bound of a decimal has more digits than those that all clients keep.
pub(super) fn is_far(shape: &Shape, bound: &Node) -> bool {
    let found = bound.as_number().and_then(Digits::of);
    found.zip(places(shape)).is_some_and(|(bound, places)| {
        let more = places.saturating_sub(bound.places);
        bound.number.unsigned_abs() >= 10_u128.pow(KEPT_DIGITS.saturating_sub(more))
    })
}
