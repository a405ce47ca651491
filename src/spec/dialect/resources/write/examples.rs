//! Examples: what a row, a request and a page look like.

use serde_json::{Map, Value, json};

use crate::{
    diagnostic::Span,
    model::plural::singular,
    spec::{
        Node,
        dialect::tree::{from_pairs, put},
    },
};

use super::{
    super::{
        blueprint::{Field, Key, Page, Resource, Scalar, Shape, Type},
        names::words,
    },
    Writer, at, reference,
};

/// When everything in the examples happened.
const TIME: &str = "2026-05-04T09:30:00Z";

impl<'b> Writer<'b> {
    /// Adds the examples of a resource, as far as one can be made up.
    pub(super) fn examples(&mut self, resource: &'b Resource) {
        let Some(input) = self.input(resource) else {
            return;
        };
        let mut row = Map::new();
        let [first, last] = self.spec.own(resource);
        for property in first {
            let value = self.own_value(resource, &property.shape);
            row.insert(property.name, value);
        }
        for field in &resource.fields {
            let read = || self.of_field(resource, field);
            let value = input.get(&field.name.value).cloned().or_else(read);
            match value.filter(|_| field.write_only.is_none()) {
                Some(value) => row.insert(field.name.value.clone(), value),
                None if field.optional && field.write_only.is_none() => {
                    row.insert(field.name.value.clone(), Value::Null)
                }
                None => None,
            };
        }
        for property in last {
            let value = self.own_value(resource, &property.shape);
            row.insert(property.name, value);
        }
        let name = resource.schema();
        let page = json!({
            "items": [row],
            "meta": match resource.list.page {
                Page::Number => json!({"page": 1, "limit": 20, "total": 1, "total_pages": 1}),
                _ => json!({"limit": 20, "has_next": false, "next_cursor": null}),
            },
        });
        let mut change = input.clone();
        let key = resource.key_name();
        change.retain(|name, _| name != key);
        let change: Map<_, _> = change.into_iter().take(1).collect();
        let all = [
            (name.clone(), Value::Object(row)),
            (format!("New{name}"), Value::Object(input)),
            (format!("{name}Patch"), Value::Object(change)),
            (format!("{name}Page"), page),
        ];
        let span = resource.name.span;
        for (name, value) in all {
            let example = from_pairs([("value", at(value, span))], span);
            put(&mut self.examples, &name, example);
        }
    }

    /// The `examples` of a media type, where there is such an example.
    pub(super) fn example(&self, name: &str, span: Span) -> Option<Node> {
        self.examples.get(name)?;
        let found = reference("examples", name, span);
        Some(from_pairs([("example", found)], span))
    }

    /// What a caller sends: the first row of the seed, and what that leaves open.
    fn input(&self, resource: &Resource) -> Option<Map<String, Value>> {
        let mut input = Map::new();
        let seed = first(resource);
        let written = resource.fields.iter().filter(|f| f.read_only.is_none());
        for field in written {
            let name = &field.name.value;
            // References call rows of the seed by other names than their keys.
            let is_plain = !matches!(field.shape.ty, Type::Ref(_));
            let seeded = seed.and_then(|row| row.get(name)).filter(|_| is_plain);
            let seeded = seeded.map(Node::to_json);
            match seeded.or_else(|| self.of_field(resource, field)) {
                Some(value) => drop(input.insert(name.clone(), value)),
                None if field.optional || field.default.is_some() => {}
                None => return None,
            }
        }
        Some(input)
    }

    fn own_value(&self, resource: &Resource, shape: &Shape) -> Value {
        match &shape.ty {
            Type::Scalar(Scalar::DateTime) => json!(TIME),
            Type::Scalar(Scalar::Uuid) => json!(self.id(resource)),
            Type::Scalar(Scalar::Integer) => json!(1),
            Type::Ref(target) => self.key_value(&target.value),
            _ => json!("ada"),
        }
    }

    /// The body of an action.
    pub(super) fn action_example(&self, resource: &Resource, fields: &[Field]) -> Option<Node> {
        let span = fields.first()?.name.span;
        let mut body = Map::new();
        for field in fields {
            body.insert(field.name.value.clone(), self.of_field(resource, field)?);
        }
        let example = from_pairs([("value", at(Value::Object(body), span))], span);
        Some(from_pairs([("example", example)], span))
    }

    /// Adds the examples of links to rows of another resource.
    pub(super) fn link_examples(&mut self, schema: &str, target: &Resource, span: Span) {
        let key = self.key_value(&target.name.value);
        if key.is_null() {
            return;
        }
        let input = json!({target.parameter(): key});
        let mut row = input.clone();
        row["created_at"] = json!(TIME);
        let meta = json!({"limit": 20, "has_next": false, "next_cursor": null});
        let page = json!({"items": [row], "meta": meta});
        for (name, value) in [("", row), ("New", input), ("Page", page)] {
            let name = match name {
                "New" => format!("New{schema}"),
                end => format!("{schema}{end}"),
            };
            let example = from_pairs([("value", at(value, span))], span);
            put(&mut self.examples, &name, example);
        }
    }

    /// A UUID that is the same in all examples.
    fn id(&self, resource: &Resource) -> String {
        let place = self.spec.find(&resource.name.value).unwrap_or_default();
        format!("019a4f2e-7c31-7b5d-8e60-{:012x}", place + 1)
    }

    /// The key of the example of a resource.
    fn key_value(&self, target: &str) -> Value {
        let found = self.spec.find(target);
        let Some(target) = found.map(|found| &self.spec.resources[found]) else {
            return Value::Null;
        };
        match &target.key.value {
            Key::Uuid => json!(self.id(target)),
            Key::Integer => json!(1),
            Key::Natural(name) => {
                let field = target.fields.iter().find(|field| field.name.value == *name);
                let seeded = || first(target)?.get(name).map(Node::to_json);
                let value = seeded().or_else(|| self.of_field(target, field?));
                value.unwrap_or(Value::Null)
            }
        }
    }

    fn of_field(&self, resource: &Resource, field: &Field) -> Option<Value> {
        let said = field.example.as_ref().or(field.default.as_ref());
        let said = said.map(Node::to_json);
        // What refers to a row of its own kind has an end somewhere.
        let is_own =
            matches!(&field.shape.ty, Type::Ref(target) if target.value == resource.name.value);
        said.or_else(|| match is_own && field.optional {
            true => None,
            false => self.of_shape(&resource.one(), &field.name.value, &field.shape),
        })
    }

    fn of_shape(&self, one: &str, name: &str, shape: &Shape) -> Option<Value> {
        match &shape.ty {
            _ if shape.rule("pattern").is_some() => None,
            Type::Scalar(scalar) => scalar_value(*scalar, one, name, shape),
            Type::Enum(choices) => choices.first().map(|choice| json!(choice.value)),
            Type::Ref(target) => Some(self.key_value(&target.value)).filter(|key| !key.is_null()),
            Type::Array(items) => {
                let least = bound(shape, "minItems").unwrap_or(1.0);
                let item = self.of_shape(one, &singular(name), items)?;
                (least <= 1.0).then(|| json!([item]))
            }
            Type::Map(values) => {
                let value = self.of_shape(one, name, values)?;
                let least = bound(shape, "minProperties").unwrap_or(1.0);
                (least <= 1.0).then(|| json!({"key": value}))
            }
            Type::Json => Some(json!({"any": "thing"})),
            Type::Object(fields) => {
                let mut object = Map::new();
                for field in fields {
                    let said = field.example.as_ref().or(field.default.as_ref());
                    let said = said.map(Node::to_json);
                    let made = || self.of_shape(one, &field.name.value, &field.shape);
                    match said.or_else(made) {
                        Some(value) => drop(object.insert(field.name.value.clone(), value)),
                        None if field.optional || field.default.is_some() => {}
                        None => return None,
                    }
                }
                Some(Value::Object(object))
            }
        }
    }
}

/// The first row of the seed.
fn first(resource: &Resource) -> Option<&Node> {
    resource.seed.as_ref()?.items().first()
}

fn bound(shape: &Shape, word: &str) -> Option<f64> {
    shape.rule(word)?.as_number()?.as_f64()
}

fn scalar_value(scalar: Scalar, one: &str, name: &str, shape: &Shape) -> Option<Value> {
    match scalar {
        Scalar::Boolean => Some(json!(true)),
        Scalar::Uuid => Some(json!("019a4f2e-7c31-7b5d-8e60-0000000000ff")),
        Scalar::Date => Some(json!("2026-05-04")),
        Scalar::DateTime => Some(json!(TIME)),
        Scalar::Duration => Some(json!("PT30M")),
        Scalar::Integer => number(shape, 3.0).map(|found| json!(found as i64)),
        Scalar::Number => number(shape, 2.5).map(|found| json!(found)),
        Scalar::Decimal => number(shape, 20.0).map(|found| json!(found)),
        Scalar::String | Scalar::Text | Scalar::Email | Scalar::Url => {
            text(scalar, one, name, shape).map(|found| json!(found))
        }
    }
}

/// The wanted number, or the bound that it is beyond; none where that is not enough.
fn number(shape: &Shape, wanted: f64) -> Option<f64> {
    let least = bound(shape, "minimum").unwrap_or(f64::MIN);
    let most = bound(shape, "maximum").unwrap_or(f64::MAX);
    let found = wanted.max(least).min(most);
    let steps = bound(shape, "multipleOf").filter(|_| found.fract() != 0.0);
    let strict = ["exclusiveMinimum", "exclusiveMaximum"];
    let is_plain = steps.is_none() && strict.iter().all(|word| shape.rule(word).is_none());
    is_plain.then_some(found)
}

fn text(scalar: Scalar, one: &str, name: &str, shape: &Shape) -> Option<String> {
    let found = match (scalar, name) {
        (Scalar::Email, _) => "ada@example.com".to_owned(),
        (Scalar::Url, _) => format!("https://example.com/{}", name.replace('_', "-")),
        (_, "name" | "title") => format!("First {one}"),
        (_, "city") => "Seoul".to_owned(),
        (_, "street") => "1 Main Street".to_owned(),
        (_, "phone") => "+82 2 123 4567".to_owned(),
        (Scalar::Text, _) => format!("All that there is to say of this {one}."),
        _ => words(name),
    };
    let count = found.chars().count() as f64;
    let least = bound(shape, "minLength").unwrap_or(0.0);
    let most = bound(shape, "maxLength").unwrap_or(f64::MAX);
    let plain = !matches!(scalar, Scalar::Email | Scalar::Url);
    match count {
        count if count < least => None,
        count if count > most => plain.then(|| found.chars().take(most as usize).collect()),
        _ => Some(found),
    }
}
