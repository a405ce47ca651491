//! Values to be judged: what the document and the schema suggest, and each broken in many ways.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use super::{joined::component, maker::Maker};

/// How many schemas are looked through for what bounds values; their names are heard in all.
const MOST_SCHEMAS: usize = 300;
/// How deep what may be left out is filled.
const FULL: usize = 5;

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
        is_part: false,
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
pub(super) fn number_of(number: f64) -> Value {
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
            Value::Object(members) => {
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
                hints.hear_names(members);
                if seen.len() < MOST_SCHEMAS {
                    hints.hear(members);
                }
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

    /// What may appear, and what must not get lost: of all schemas.
    fn hear_names(&mut self, members: &Map<String, Value>) {
        for (name, value) in members {
            match name.as_str() {
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
                "mapping" => {
                    let names = value.as_object().into_iter().flat_map(Map::keys);
                    self.texts.extend(names.take(3).map(|name| json!(name)));
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
    components.get(&component(schema.get("$ref")?)?)
}
