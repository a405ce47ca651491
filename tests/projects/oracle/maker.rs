//! Makes values of a schema, as its keywords suggest.

use apigen::model::sample::matching;
use serde_json::{Map, Value, json};

use super::{
    collect::COMPONENTS,
    instances::{number_of, target},
};

/// How deep values are.
const DEEPEST: usize = 12;

/// Makes a value of a schema; not every one fits.
pub(super) struct Maker<'c> {
    pub(super) components: &'c Map<String, Value>,
    pub(super) seed: usize,
    /// How deep what may be left out is filled.
    pub(super) full: usize,
    /// Whether the value is a part of one that derives from its schema.
    pub(super) is_part: bool,
}

impl Maker<'_> {
    pub(super) fn value(&self, schema: &Value, depth: usize) -> Option<Value> {
        let Some(members) = schema.as_object() else {
            return Some(json!("anything"));
        };
        if depth > DEEPEST {
            return None;
        }
        let list = |name: &str| members.get(name).and_then(Value::as_array);
        let choose = |list: &'_ Vec<Value>| list.get(self.seed % list.len().max(1)).cloned();
        if let Some(value) = members
            .get("const")
            .cloned()
            .or_else(|| list("enum").and_then(choose))
        {
            return Some(value);
        }
        let mut value = match target(self.components, members) {
            Some(target) => Some(match self.child(members, target) {
                Some(child) => {
                    let part = Self {
                        is_part: true,
                        ..*self
                    };
                    self.named(part.value(&child, depth + 1)?, target, &child)
                }
                None => self.value(target, depth + 1)?,
            }),
            None => None,
        };
        for part in list("allOf").into_iter().flatten() {
            value = merged(value, self.value(part, depth + 1)?);
        }
        for group in ["oneOf", "anyOf"].into_iter().filter(|_| !self.is_part) {
            if let Some(chosen) = list(group).and_then(choose) {
                value = merged(value, self.value(&chosen, depth + 1)?);
                value = value.map(|value| self.named(value, schema, &chosen));
            }
        }
        let own = self.own(members, depth);
        match (value, own) {
            (Some(value), Some(own @ Value::Object(_))) => merged(Some(value), own),
            (value, own) => value.or(own).or(Some(json!("anything"))),
        }
    }

    /// One of those that derive from a schema with a discriminator, or that schema.
    fn child(&self, reference: &Map<String, Value>, base: &Value) -> Option<Value> {
        let tells = base.get("discriminator").is_some() && base.get("oneOf").is_none();
        let own = Value::Object(reference.clone());
        let is_child = |one: &&String| {
            let parts = self.components[*one].get("allOf").and_then(Value::as_array);
            parts.is_some_and(|parts| parts.iter().any(|part| part["$ref"] == own["$ref"]))
        };
        let names = self.components.keys().filter(is_child);
        let children = names.map(|name| json!({ "$ref": format!("{COMPONENTS}{name}") }));
        let all: Vec<Value> = children.chain([own.clone()]).collect();
        let chosen = all[self.seed % all.len()].clone();
        (tells && !self.is_part && all.len() > 1).then_some(chosen)
    }

    /// Names the alternative that a value was made of: by a mapping, or by the component's name if
    /// it does not do so itself.
    fn named(&self, mut value: Value, union: &Value, alternative: &Value) -> Value {
        let discriminator = union.get("discriminator").unwrap_or(&Value::Null);
        let (Some(members), Some(property), Some(target)) = (
            value.as_object_mut(),
            discriminator["propertyName"].as_str(),
            alternative["$ref"].as_str(),
        ) else {
            return value;
        };
        let mapping = discriminator["mapping"].as_object().into_iter().flatten();
        let names = mapping
            .filter(|(_, one)| *one == target)
            .map(|(name, _)| name.as_str());
        let names: Vec<&str> = names.collect();
        let turn = self.seed / 2 % 2;
        let implied = target.strip_prefix(COMPONENTS).filter(|_| turn == 0);
        let name = names.get(turn % names.len().max(1)).copied().or(implied);
        members.extend(name.map(|name| (property.to_owned(), json!(name))));
        value
    }

    fn own(&self, members: &Map<String, Value>, depth: usize) -> Option<Value> {
        let kinds: Vec<&str> = match members.get("type") {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(one) => one.as_str().into_iter().collect(),
            None if members.contains_key("properties") => vec!["object"],
            None if members.contains_key("items") => vec!["array"],
            None => return None,
        };
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let number = |name: &str| members.get(name).and_then(Value::as_f64);
        let count = |name: &str| number(name).map(|n| n.max(0.0) as usize);
        Some(match *kinds.get(self.seed % kinds.len().max(1))? {
            "null" => Value::Null,
            "boolean" => json!(self.seed.is_multiple_of(2)),
            kind @ ("integer" | "number") => {
                let least = number("minimum").or(number("exclusiveMinimum").map(|n| n + 1.0));
                let most = number("maximum").or(number("exclusiveMaximum").map(|n| n - 1.0));
                let step = number("multipleOf").unwrap_or(1.0);
                let start = least.or(most).unwrap_or(1.0);
                let value = (start / step).ceil() * step + self.seed as f64 * step;
                let value = most.map_or(value, |most| value.min(most));
                match kind {
                    "number" if step == 1.0 && most.is_none() => json!(value + 0.25),
                    _ => number_of(value),
                }
            }
            "string" => match (text("pattern"), text("format")) {
                (Some(pattern), _) => {
                    json!(matching(pattern, self.seed as u64, self.seed + 1).unwrap_or_default())
                }
                (_, Some(format)) => json!(formatted(format, self.seed)),
                _ => {
                    let text = ["text", "Ärger \"x\"\n", "a", "0"][self.seed % 4];
                    let (least, most) = (count("minLength"), count("maxLength"));
                    let text = text.chars().chain(std::iter::repeat('x'));
                    let length = 4.max(least.unwrap_or(0)).min(most.unwrap_or(usize::MAX));
                    json!(text.take(length).collect::<String>())
                }
            },
            "array" => {
                let length = count("minItems")
                    .unwrap_or(0)
                    .max(usize::from(depth < self.full) * (1 + self.seed % 2));
                let items = members.get("items").unwrap_or(&Value::Null);
                let one = |index| {
                    Self {
                        seed: self.seed + index,
                        ..*self
                    }
                    .value(items, depth + 1)
                };
                Value::Array((0..length.min(50)).map_while(one).collect())
            }
            _ => self.object(members, depth)?,
        })
    }

    fn object(&self, members: &Map<String, Value>, depth: usize) -> Option<Value> {
        let mut made = Map::new();
        let required: Vec<&str> = members
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = members.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            if is_required || depth < self.full {
                let whole = Self {
                    is_part: false,
                    ..*self
                };
                match whole.value(schema, depth + 1) {
                    Some(value) => drop(made.insert(name.clone(), value)),
                    None if is_required => return None,
                    None => {}
                }
            }
        }
        for name in required {
            made.entry(name).or_insert_with(|| json!("required"));
        }
        if let Some(values) = members
            .get("additionalProperties")
            .filter(|v| **v != json!(false))
            && depth < self.full
        {
            made.extend(
                self.value(values, depth + 1)
                    .map(|value| ("more".to_owned(), value)),
            );
        }
        Some(Value::Object(made))
    }
}

fn merged(one: Option<Value>, other: Value) -> Option<Value> {
    match (one, other) {
        (Some(Value::Object(mut one)), Value::Object(other)) => {
            one.extend(other);
            Some(Value::Object(one))
        }
        (Some(one), _) => Some(one),
        (None, other) => Some(other),
    }
}

fn formatted(format: &str, seed: usize) -> String {
    let each = match format {
        "uuid" => [
            "6F9619FF-8B86-4011-B42D-00CF4FC964FF",
            "6f9619ff-8b86-4011-b42d-00cf4fc964ff",
        ],
        "date-time" => ["2024-02-29T12:30:00Z", "2024-02-29T12:30:00.250+02:00"],
        "date" => ["2024-02-29", "1999-12-31"],
        "time" => ["12:30:00Z", "23:59:59.5+02:00"],
        "duration" => ["P1DT2H", "PT0S"],
        "email" => ["a.b@example.com", "x@localhost"],
        "uri" => ["https://example.com/a?b=c#d", "urn:isbn:0451450523"],
        "byte" => ["c2FtcGxl", ""],
        "ipv4" => ["192.0.2.1", "255.255.255.255"],
        "ipv6" => ["2001:db8::1", "::"],
        "hostname" => ["example.com", "a-1.example"],
        _ => ["text", "other text"],
    };
    each[seed % 2].to_owned()
}
