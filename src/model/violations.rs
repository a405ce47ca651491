//! Values that break a schema in one way each: what contract tests expect to be refused.

use serde_json::{Map, Value, json};

use super::{
    Additional, DecimalRules, Format, NumberRules, Presence, Schema, StringRules, Struct, Type,
    TypeDef, TypeKind, fits, keywords::Keywords, mend, sample,
};

/// A value that breaks one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The whole value.
    pub value: Value,
    /// The place that is at fault, as errors name it: `payment.iban`, `tags[1]`; empty is the root.
    pub field: String,
    /// Which rule, in a few words.
    pub rule: &'static str,
}

/// How much JSON the values of one schema may come to, in nodes: each of them is whole, and schemas of
/// hundreds of fields are broken in thousands of ways.
const MOST_NODES: usize = 20_000;

/// Breaks every rule of the schema once, starting from a value that fits; where that would be too much,
/// some of them, at equal distances.
///
/// `is_text` tells that the value is written as text (a parameter), where `7` is a string too.
pub fn violations(
    types: &[TypeDef],
    schema: &Schema,
    valid: &Value,
    is_text: bool,
) -> Vec<Violation> {
    let mut breaker = Breaker {
        types,
        is_text,
        found: Vec::new(),
    };
    breaker.schema(schema, valid, &mut Vec::new());
    let most = MOST_NODES / nodes(valid).max(1);
    let step = breaker.found.len().div_ceil(most.max(1)).max(1);
    let broken = breaker.found.iter().step_by(step);
    let broken = broken.filter_map(|change| change.apply(valid));
    let breaks = |violation: &Violation| !fits::fits(&violation.value, schema, types);
    broken.filter(breaks).collect()
}

/// Values of the same kind that may break keywords: with less, with more, and with what these forbid.
fn others(valid: &Value, keywords: &Keywords) -> Vec<Value> {
    let schema = keywords.schema();
    let mut others: Vec<Value> = Vec::new();
    let forbidden = schema.get("not").and_then(|not| mend::draft(&schema, not));
    match valid {
        Value::Object(members) => {
            let with = |name: &str, value: Value| {
                let mut more = members.clone();
                more.insert(name.to_owned(), value);
                Value::Object(more)
            };
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.shift_remove(name);
                others.push(fewer.into());
            }
            others.push(with("noSuchField", json!(1)));
            let patterns = schema["patternProperties"].as_object();
            for pattern in patterns.into_iter().flat_map(Map::keys) {
                if let Some(name) = sample::matching(pattern, 0, 3) {
                    others.extend([json!("x"), json!(1), Value::Null].map(|one| with(&name, one)));
                }
            }
            if let Some(Value::Object(forbidden)) = forbidden {
                let mut more = members.clone();
                more.extend(forbidden);
                others.push(more.into());
            }
        }
        Value::Array(items) => {
            others.extend((0..items.len()).map(|count| json!(items[..count])));
            let more = items.iter().chain(items.first()).cloned();
            others.push(more.collect());
        }
        _ => others.extend(forbidden),
    }
    others
}

/// How many values a value is.
fn nodes(value: &Value) -> usize {
    let inner: usize = match value {
        Value::Array(items) => items.iter().map(nodes).sum(),
        Value::Object(members) => members.values().map(nodes).sum(),
        _ => 0,
    };
    inner + 1
}

/// Another value (or nothing) at a place.
struct Change {
    path: Vec<Step>,
    value: Option<Value>,
    /// From there to what is at fault.
    fault: Vec<Step>,
    rule: &'static str,
}

impl Change {
    fn apply(&self, root: &Value) -> Option<Violation> {
        let Self {
            path,
            value,
            fault,
            rule,
        } = self;
        let violation = |value| Violation {
            value,
            field: field(&[path.as_slice(), fault].concat()),
            rule,
        };
        let Some((last, parents)) = path.split_last() else {
            return value.clone().map(violation);
        };
        let mut changed = root.clone();
        let parent = parents
            .iter()
            .try_fold(&mut changed, |node, step| match step {
                Step::Key(name) => node.get_mut(name),
                Step::Index(index) => node.get_mut(index),
            });
        match (parent?, last, value.clone()) {
            (Value::Object(members), Step::Key(name), Some(value)) => {
                members.insert(name.clone(), value);
            }
            (Value::Object(members), Step::Key(name), None) => {
                members.shift_remove(name);
            }
            (Value::Array(items), Step::Index(index), Some(value)) => items[*index] = value,
            _ => return None,
        }
        Some(violation(changed))
    }
}

/// A way from a value to one inside of it.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

struct Breaker<'a> {
    types: &'a [TypeDef],
    is_text: bool,
    found: Vec<Change>,
}

impl Breaker<'_> {
    /// Puts another value (or nothing) at the place.
    fn put(&mut self, path: &[Step], value: Option<Value>, rule: &'static str) {
        self.found.push(Change {
            path: path.to_vec(),
            value,
            fault: Vec::new(),
            rule,
        });
    }

    /// Breaks what is asked beyond the type, where one sees how.
    fn keywords(&mut self, keywords: &Keywords, valid: &Value, path: &[Step]) {
        let mut others = others(valid, keywords).into_iter();
        let broken = others.find_map(|value| keywords.fault(&value).map(|fault| (value, fault)));
        if let Some((value, fault)) = broken.filter(|_| !self.is_text) {
            self.found.push(Change {
                path: path.to_vec(),
                value: Some(value),
                fault,
                rule: "keywords",
            });
        }
    }

    fn schema(&mut self, schema: &Schema, valid: &Value, path: &mut Vec<Step>) {
        if valid.is_null() || path.len() > 8 {
            return;
        }
        if !schema.nullable && !self.is_text {
            self.put(path, Some(Value::Null), "not null");
        }
        for keywords in &schema.keywords {
            self.keywords(keywords, valid, path);
        }
        match &schema.ty {
            Type::String(rules) => self.string(rules, path),
            Type::Integer(kind, rules) => {
                self.put(path, Some("x".into()), "type");
                self.put(path, Some(json!(1.5)), "integer");
                let (_, highest) = kind.range();
                if let Ok(above) = u64::try_from(highest + 1) {
                    self.put(path, Some(above.into()), "range");
                }
                self.number(rules, 1.0, Value::from, path);
            }
            Type::Number(rules) => {
                self.put(path, Some("x".into()), "type");
                self.number(rules, 0.5, Value::from, path);
            }
            Type::Decimal(rules) => self.decimal(rules, path),
            Type::Boolean => self.put(path, Some("x".into()), "type"),
            Type::Array {
                items,
                min,
                max,
                unique,
            } => {
                if let Value::Array(values) = valid {
                    self.array(items, (*min, *max, *unique), values, path);
                }
            }
            Type::Map { values, .. } => {
                self.put(path, Some("x".into()), "type");
                for (name, value) in valid.as_object().into_iter().flatten().take(1) {
                    path.push(Step::Key(name.clone()));
                    self.schema(values, value, path);
                    path.pop();
                }
            }
            Type::Any { .. } => self.put(path, Some(json!("no such value")), "one of"),
            Type::Named(id) => self.named(&self.types[id.0], valid, path),
        }
    }

    fn named(&mut self, def: &TypeDef, valid: &Value, path: &mut Vec<Step>) {
        if let Some(keywords) = &def.keywords {
            self.keywords(keywords, valid, path);
        }
        match &def.kind {
            TypeKind::Struct(object) => self.object(object, valid, path),
            TypeKind::Enum(_) => self.put(path, Some(json!("no such value")), "enum"),
            TypeKind::Newtype(schema) => self.schema(schema, valid, path),
            // Which alternative is at fault is the service's to say.
            TypeKind::Union(_) => self.put(path, Some(json!(0.25)), "one of"),
        }
    }

    fn object(&mut self, object: &Struct, valid: &Value, path: &mut Vec<Step>) {
        if !self.is_text {
            self.put(path, Some(json!(7)), "type");
        }
        for field in &object.fields {
            let is_required = field.presence == Presence::Required;
            path.push(Step::Key(field.api_name.clone()));
            match valid.get(&field.api_name) {
                Some(value) => {
                    if is_required {
                        self.put(path, None, "required");
                    }
                    self.schema(&field.schema, value, path);
                }
                None if is_required => {}
                None => {
                    if let Some(value) = sample::sample(self.types, &field.schema, 1) {
                        self.schema(&field.schema, &value, path);
                    }
                }
            }
            path.pop();
        }
        if matches!(object.additional, Additional::Deny) {
            path.push(Step::Key("noSuchField".to_owned()));
            self.put(path, Some(json!(1)), "no other field");
            path.pop();
        }
    }

    fn array(
        &mut self,
        items: &Schema,
        (min, max, unique): (Option<u64>, Option<u64>, bool),
        values: &[Value],
        path: &mut Vec<Step>,
    ) {
        if !self.is_text {
            self.put(path, Some(json!("x")), "type");
        }
        if let Some(min) = min.filter(|min| (1..=50).contains(min)) {
            let fewer = values.iter().take(min as usize - 1).cloned().collect();
            self.put(path, Some(Value::Array(fewer)), "minItems");
        }
        let many = |count: u64| {
            let seeds = 0..count;
            seeds
                .map(|seed| sample::sample(self.types, items, seed))
                .collect::<Option<Vec<_>>>()
        };
        if let Some(more) = max.filter(|max| *max <= 200).and_then(|max| many(max + 1)) {
            self.put(path, Some(Value::Array(more)), "maxItems");
        }
        if let Some(first) = values.first() {
            if unique {
                self.put(path, Some(json!([first, first])), "uniqueItems");
            }
            path.push(Step::Index(0));
            self.schema(items, first, path);
            path.pop();
        }
    }

    fn string(&mut self, rules: &StringRules, path: &[Step]) {
        if !self.is_text {
            self.put(path, Some(json!(7)), "type");
        }
        if let Some(min) = rules.min.filter(|min| *min > 0) {
            let short = "x".repeat(usize::try_from(min - 1).unwrap_or(0).min(100_000));
            self.put(path, Some(short.into()), "minLength");
        }
        if let Some(max) = rules.max.filter(|max| *max <= 10_000) {
            let long = "x".repeat(usize::try_from(max + 1).unwrap_or(0));
            self.put(path, Some(long.into()), "maxLength");
        }
        if rules.pattern.is_some() {
            for text in ["~", "", "x y", "\u{2603}"] {
                let schema = Schema::of(Type::String(rules.clone()));
                if !fits::fits(&json!(text), &schema, self.types) {
                    self.put(path, Some(text.into()), "pattern");
                    break;
                }
            }
        }
        if rules.format != Format::Text {
            self.put(path, Some("no such format".into()), "format");
        }
    }

    fn decimal(&mut self, rules: &DecimalRules, path: &[Step]) {
        self.put(path, Some("x".into()), "type");
        let written = match rules.text {
            None => Value::from,
            Some(_) => |number: serde_json::Number| Value::String(number.to_string()),
        };
        if rules.text.is_some() && !self.is_text {
            self.put(path, Some(json!(7.5)), "type");
        }
        self.number(&rules.number, 0.5, written, path);
        // One place more than there may be.
        let more = rules
            .places()
            .map(|places| 10f64.powi(-(places as i32) - 1));
        if let Some(more) = more.and_then(serde_json::Number::from_f64) {
            self.put(path, Some(written(more)), "places");
        }
    }

    fn number(
        &mut self,
        rules: &NumberRules,
        step: f64,
        written: fn(serde_json::Number) -> Value,
        path: &[Step],
    ) {
        let bounds = [
            (&rules.min, -step, "minimum"),
            (&rules.max, step, "maximum"),
            (&rules.above, 0.0, "exclusiveMinimum"),
            (&rules.below, 0.0, "exclusiveMaximum"),
            (&rules.multiple_of, step / 3.0, "multipleOf"),
        ];
        for (bound, change, rule) in bounds {
            let Some(value) = bound.as_ref().and_then(serde_json::Number::as_f64) else {
                continue;
            };
            let value = value + change;
            let number = match value.fract() == 0.0 && value.abs() < 9e15 {
                true => Some((value as i64).into()),
                false => serde_json::Number::from_f64(value),
            };
            self.put(path, number.map(written), rule);
        }
        if !rules.one_of.is_empty() {
            self.put(path, Some(json!(-7919)), "one of");
        }
    }
}

fn field(path: &[Step]) -> String {
    path.iter().fold(String::new(), |field, step| match step {
        Step::Key(name) if field.is_empty() => name.clone(),
        Step::Key(name) => format!("{field}.{name}"),
        Step::Index(index) if field.is_empty() => format!("body[{index}]"),
        Step::Index(index) => format!("{field}[{index}]"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Violation, nodes, violations};
    use crate::{
        config::Config,
        lower::lower,
        model::{Service, sample::sample},
        spec,
    };

    /// A service of one operation that takes a body of this schema, with these schemas behind it.
    fn service(schema: &str, schemas: &str) -> Service {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{put: {{requestBody: {{content: \
             {{application/json: {{schema: {schema}}}}}}}, responses: {{'204': {{description: d}}}}}}}}}}\n\
             components: {{schemas: {{{schemas}}}}}\n"
        );
        let (document, _) = spec::parse("openapi.yaml", text).expect("a document");
        lower(&document, &Config::default()).0.expect("a service")
    }

    /// An object with so many fields, all of them required.
    fn object(width: usize, field: &str) -> String {
        let names: Vec<String> = (0..width).map(|n| format!("f{n}")).collect();
        let fields = names.iter().map(|name| format!("{name}: {field}"));
        let (fields, required) = (fields.collect::<Vec<_>>().join(", "), names.join(", "));
        format!("{{type: object, required: [{required}], properties: {{{fields}}}}}")
    }

    /// The violations of an object with so many fields, all of them required texts.
    fn broken(width: usize) -> Vec<Violation> {
        let service = service(&object(width, "{type: string}"), "");
        let body = service.operations[0].body.as_ref().expect("a body");
        let valid = sample(&service.types, &body.schema, 0).expect("a value");
        violations(&service.types, &body.schema, &valid, false)
    }

    /// Four schemas of thirty fields each, one inside of the other, are 810,000 values.
    #[test]
    fn what_is_endless_has_no_sample() {
        let texts = object(30, "{type: string}");
        let schemas = (1..4).map(|n| {
            let inner = object(30, &format!("{{$ref: '#/components/schemas/A{}'}}", n - 1));
            format!(", A{n}: {inner}")
        });
        let schemas = format!("A0: {texts}{}", schemas.collect::<String>());
        let whole = "{$ref: '#/components/schemas/A3'}";
        for schema in [
            whole.to_owned(),
            format!("{{type: array, contains: {whole}}}"),
            format!("{{type: array, minItems: 1, items: {whole}}}"),
        ] {
            let service = service(&schema, &schemas);
            let body = service.operations[0].body.as_ref().expect("a body");
            assert_eq!(sample(&service.types, &body.schema, 0), None, "{schema}");
        }
    }

    #[test]
    fn what_is_large_is_broken_in_some_ways() {
        // Null, no object; and each field is missing, null or no text.
        assert_eq!(broken(2).len(), 2 + 2 * 3);
        let found = broken(600);
        let size: usize = found.iter().map(|found| nodes(&found.value)).sum();
        assert!((10_000..25_000).contains(&size), "{size}");
        let last = &found.last().expect("some").field;
        assert!(last.starts_with("f5"), "{last}");
    }
}
