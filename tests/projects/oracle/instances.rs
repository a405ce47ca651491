//! Values to be judged: what the document and the schema suggest, and each broken in many ways.

use std::collections::{BTreeSet, HashSet};

use apigen::model::sample::matching;
use serde_json::{Map, Value, json};

use super::collect::COMPONENTS;

/// How many schemas are looked through for what bounds values.
const MOST_SCHEMAS: usize = 300;
/// How deep what may be left out is filled, and how deep values are at all.
const FULL: usize = 5;
const DEEPEST: usize = 12;

/// What the keywords of a schema and of those inside suggest.
#[derive(Default)]
pub(super) struct Hints {
    numbers: Vec<f64>,
    lengths: BTreeSet<usize>,
    texts: Vec<Value>,
    pub(super) names: HashSet<String>,
    pub(super) defaults: Vec<Value>,
    examples: Vec<Value>,
}

/// Values for a schema, at most about so many, and always the same.
pub(super) fn instances(
    components: &Map<String, Value>,
    schema: &Value,
    most: usize,
) -> (Vec<Value>, Hints) {
    let hints = hints(components, schema);
    let maker = |seed, full| Maker {
        components,
        seed,
        full,
    };
    let made = (0..4).filter_map(|seed| maker(seed, FULL).value(schema, 0));
    let least = (0..3).filter_map(|seed| maker(seed, 0).value(schema, 0));
    let mut seeds: Vec<Value> = hints
        .examples
        .iter()
        .take(4)
        .cloned()
        .chain(made)
        .chain(least)
        .collect();
    let mut seen = HashSet::new();
    seeds.retain(|value| seen.insert(value.to_string()));
    let mut all = seeds.clone();
    all.extend(WRONG.map(|text| serde_json::from_str(text).expect("JSON")));
    for seed in seeds.iter().take(2 + most / 100) {
        let mut places = Vec::new();
        find_places(seed, String::new(), &mut places);
        let step = places.len().div_ceil(most / 5).max(1);
        for place in places.iter().step_by(step) {
            let old = seed.pointer(place).expect("a place");
            for new in changed(old, &hints) {
                let mut value = seed.clone();
                *value.pointer_mut(place).expect("a place") = new;
                all.push(value);
            }
        }
    }
    let mut seen = HashSet::new();
    all.retain(|value| seen.insert(value.to_string()));
    let step = all.len().div_ceil(most).max(1);
    let kept = all.into_iter().enumerate();
    let kept = kept.filter(|(index, _)| *index < most / 4 || index % step == 0);
    (kept.map(|(_, value)| value).collect(), hints)
}

/// A value of each type.
const WRONG: [&str; 9] = [
    "null", "true", "0", "1.5", "\"\"", "\"a\"", "[]", "[1]", "{}",
];

fn find_places(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                find_places(value, format!("{at}/{name}"), places);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                find_places(value, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

/// What may stand in the place of a value.
fn changed(old: &Value, hints: &Hints) -> Vec<Value> {
    let mut new: Vec<Value> = vec![Value::Null];
    match old {
        Value::Object(members) => {
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.shift_remove(name);
                new.push(Value::Object(fewer));
            }
            for extra in [json!(1), json!("x"), Value::Null, json!({ "x": [1] })] {
                let mut more = members.clone();
                more.insert("an extra".to_owned(), extra);
                new.push(Value::Object(more));
            }
            new.extend([json!({}), json!([]), json!("x")]);
        }
        Value::Array(items) => {
            let more = |count: usize| {
                let all = items
                    .iter()
                    .cycle()
                    .take(if items.is_empty() { 0 } else { count });
                Value::Array(all.cloned().collect())
            };
            let lengths = hints.lengths.iter().filter(|length| **length <= 100);
            new.extend([json!([]), json!([{}]), json!({}), more(items.len() + 1)]);
            new.extend(lengths.map(|length| more(*length)));
        }
        Value::String(text) => {
            let lengths = hints.lengths.iter().filter(|length| **length <= 5000);
            new.extend(lengths.map(|length| {
                let long = text.chars().chain(std::iter::repeat('é')).take(*length);
                json!(long.collect::<String>())
            }));
            new.extend([json!(format!("{text}x")), json!(text.to_uppercase())]);
            new.extend(
                ["", " ", "a", "2024-02-30", "2024-02-29T10:00:00.5+02:00"].map(Value::from),
            );
            new.extend([json!(1), json!(false), json!([text]), json!({})]);
            new.extend(hints.texts.iter().take(6).cloned());
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            let near = |number: &f64| [*number - 1.0, *number, *number + 1.0, *number + 0.5];
            let bounds = hints.numbers.iter().take(12).flat_map(near);
            new.extend(near(&number).into_iter().chain(bounds).map(number_of));
            new.extend(["0", "-1", "1.0", "1e10", "0.01", "\"1\"", "true", "[]"].map(read));
        }
        Value::Bool(_) => new.extend([json!(true), json!(false), json!("true"), json!(0)]),
        Value::Null => new.extend(["1", "\"a\"", "{}", "[]"].map(read)),
    }
    new
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Whole numbers as they are usually written.
fn number_of(number: f64) -> Value {
    match number.fract() == 0.0 && number.abs() < 9e15 {
        true => json!(number as i64),
        false => json!(number),
    }
}

fn hints(components: &Map<String, Value>, schema: &Value) -> Hints {
    let mut hints = Hints::default();
    let mut seen = HashSet::new();
    let mut waiting = vec![schema];
    while let Some(next) = waiting.pop() {
        match next {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) if seen.len() < MOST_SCHEMAS => {
                let is_top = seen.is_empty();
                if let Some(target) =
                    target(components, members).filter(|t| seen.insert(std::ptr::from_ref(*t)))
                {
                    waiting.push(target);
                    if is_top {
                        hints.hear_examples(target);
                    }
                }
                seen.insert(std::ptr::from_ref(next));
                if is_top {
                    hints.hear_examples(next);
                }
                hints.hear(members);
                waiting.extend(members.values());
            }
            _ => {}
        }
    }
    hints
}

impl Hints {
    fn hear_examples(&mut self, schema: &Value) {
        self.examples.extend(schema.get("example").cloned());
        self.examples.extend(schema.get("default").cloned());
        let list = schema.get("examples").and_then(Value::as_array);
        self.examples.extend(list.into_iter().flatten().cloned());
    }

    fn hear(&mut self, members: &Map<String, Value>) {
        for (name, value) in members {
            match name.as_str() {
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                    self.numbers.extend(value.as_f64());
                }
                "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
                | "maxProperties" => {
                    let length = value.as_u64().and_then(|n| usize::try_from(n).ok());
                    if let Some(length) = length {
                        self.lengths
                            .extend([length.saturating_sub(1), length, length + 1]);
                    }
                }
                "enum" => self
                    .texts
                    .extend(value.as_array().into_iter().flatten().take(2).cloned()),
                "const" => self.texts.push(value.clone()),
                "default" => self.defaults.push(value.clone()),
                "properties" => {
                    let names = value.as_object().into_iter().flat_map(Map::keys);
                    self.names.extend(names.cloned());
                }
                "required" => {
                    let names = value.as_array().into_iter().flatten();
                    self.names
                        .extend(names.filter_map(Value::as_str).map(str::to_owned));
                }
                _ => {}
            }
        }
    }
}

pub(super) fn target<'c>(
    components: &'c Map<String, Value>,
    schema: &Map<String, Value>,
) -> Option<&'c Value> {
    let name = schema.get("$ref")?.as_str()?.strip_prefix(COMPONENTS)?;
    components.get(&name.replace("~1", "/").replace("~0", "~"))
}

/// Makes a value of a schema; not every one fits.
struct Maker<'c> {
    components: &'c Map<String, Value>,
    seed: usize,
    full: usize,
}

impl Maker<'_> {
    fn value(&self, schema: &Value, depth: usize) -> Option<Value> {
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
            Some(target) => Some(self.value(target, depth + 1)?),
            None => None,
        };
        for part in list("allOf").into_iter().flatten() {
            value = merged(value, self.value(part, depth + 1)?);
        }
        for group in ["oneOf", "anyOf"] {
            if let Some(chosen) = list(group).and_then(choose) {
                value = merged(value, self.value(&chosen, depth + 1)?);
            }
        }
        let own = self.own(members, depth);
        match (value, own) {
            (Some(value), Some(own @ Value::Object(_))) => merged(Some(value), own),
            (value, own) => value.or(own).or(Some(json!("anything"))),
        }
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
                match self.value(schema, depth + 1) {
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
