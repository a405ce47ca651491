//! Values that break a schema in one way each: what contract tests expect to be refused.

use serde_json::{Value, json};

use super::{
    Additional, DecimalRules, Format, NumberRules, Presence, Schema, StringRules, Struct, Type,
    TypeDef, TypeKind, fits, sample,
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

/// Breaks every rule of the schema once, starting from a value that fits.
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
        root: valid,
        is_text,
        found: Vec::new(),
    };
    breaker.schema(schema, valid, &mut Vec::new());
    let breaks = |violation: &Violation| !fits::fits(&violation.value, schema, types);
    breaker.found.into_iter().filter(breaks).collect()
}

#[derive(Clone)]
enum Step {
    Key(String),
    Index(usize),
}

struct Breaker<'a> {
    types: &'a [TypeDef],
    root: &'a Value,
    is_text: bool,
    found: Vec<Violation>,
}

impl Breaker<'_> {
    /// Puts another value (or nothing) at the place.
    fn put(&mut self, path: &[Step], value: Option<Value>, rule: &'static str) {
        let mut changed = self.root.clone();
        let Some((last, parents)) = path.split_last() else {
            let field = String::new();
            self.found
                .extend(value.map(|value| Violation { value, field, rule }));
            return;
        };
        let parent = parents
            .iter()
            .try_fold(&mut changed, |node, step| match step {
                Step::Key(name) => node.get_mut(name),
                Step::Index(index) => node.get_mut(index),
            });
        match (parent, last, value) {
            (Some(Value::Object(members)), Step::Key(name), Some(value)) => {
                members.insert(name.clone(), value);
            }
            (Some(Value::Object(members)), Step::Key(name), None) => {
                members.shift_remove(name);
            }
            (Some(Value::Array(items)), Step::Index(index), Some(value)) => {
                items[*index] = value;
            }
            _ => return,
        }
        self.found.push(Violation {
            value: changed,
            field: field(path),
            rule,
        });
    }

    fn schema(&mut self, schema: &Schema, valid: &Value, path: &mut Vec<Step>) {
        if valid.is_null() || path.len() > 8 {
            return;
        }
        if !schema.nullable && !self.is_text {
            self.put(path, Some(Value::Null), "not null");
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
