//! Values that fit a schema: what contract tests send.

use std::cell::Cell;

use regex_syntax::hir::ClassUnicode;
use serde_json::{Map, Value, json};

use super::{
    Additional, DecimalRules, Field, Format, IntegerKind, NumberRules, Presence, Schema,
    StringRules, Struct, Type, TypeDef, TypeId, TypeKind, Union,
    decimal::Digits,
    fits,
    mend::mend,
    pattern::{self, Piece, pieces},
};

/// How deep optional parts are filled; below, only what is required.
const FULL_DEPTH: usize = 4;
/// How deep a value may be at all: a type that never ends has no sample.
const MAX_DEPTH: usize = 16;
/// How many values a sample may hold: a few schemas with a hundred properties each, one inside of the other, ask
/// for more than any memory holds.
pub(super) const MOST_VALUES: usize = 20_000;

/// A value that fits the schema, or `None` where none was found. Different seeds give different
/// values, as far as the schema has several; seed 0 prefers the document's own example.
pub fn sample(types: &[TypeDef], schema: &Schema, seed: u64) -> Option<Value> {
    let example = schema.example.iter().filter(|_| seed == 0).cloned();
    let of_depth =
        |depth| Sampler::new(types, seed, depth, &Cell::new(MOST_VALUES)).value(schema, 0);
    let full = || of_depth(FULL_DEPTH);
    let minimal = || of_depth(0);
    example
        .chain(std::iter::once_with(full).flatten())
        .chain(std::iter::once_with(minimal).flatten())
        .find(|value| fits::fits(value, schema, types))
}

/// A value that fits the schema with nothing in it that may be left out.
pub fn least(types: &[TypeDef], schema: &Schema) -> Option<Value> {
    let value = Sampler::new(types, 1, 0, &Cell::new(MOST_VALUES)).value(schema, 0)?;
    fits::fits(&value, schema, types).then_some(value)
}

struct Sampler<'a> {
    types: &'a [TypeDef],
    seed: u64,
    full_depth: usize,
    /// How many more values may be made.
    left: &'a Cell<usize>,
}

impl<'a> Sampler<'a> {
    fn new(types: &'a [TypeDef], seed: u64, full_depth: usize, left: &'a Cell<usize>) -> Self {
        Self {
            types,
            seed,
            full_depth,
            left,
        }
    }

    fn with_seed(&self, seed: u64) -> Self {
        Self { seed, ..*self }
    }

    fn value(&self, schema: &Schema, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.left.set(self.left.get().checked_sub(1)?);
        if let Some(example) = schema.example.as_ref().filter(|_| self.seed == 0)
            && fits::fits(example, schema, self.types)
        {
            return Some(example.clone());
        }
        let value = self.of_type(&schema.ty, depth)?;
        let mend = |value, keywords| mend(value, keywords, &|_| None);
        schema.keywords.iter().try_fold(value, mend)
    }

    fn of_type(&self, ty: &Type, depth: usize) -> Option<Value> {
        match ty {
            Type::String(rules) => text(rules, self.seed).map(Value::String),
            Type::Integer(kind, rules) => integer(*kind, rules, self.seed),
            Type::Number(rules) => number(rules, self.seed),
            Type::Decimal(rules) => decimal(rules, self.seed),
            Type::Boolean => Some(Value::Bool(self.seed.is_multiple_of(2))),
            Type::Array { items, min, .. } => {
                let items = (0..min.unwrap_or(1).clamp(u64::from(depth == 0), 20))
                    .map(|index| self.with_seed(self.seed + index).value(items, depth + 1));
                items.collect::<Option<Vec<_>>>().map(Value::Array)
            }
            Type::Map {
                values,
                min,
                key_pattern,
                ..
            } => self.map(
                values,
                min.unwrap_or(1).min(20),
                key_pattern.as_deref(),
                depth,
            ),
            Type::Any { one_of } if one_of.is_empty() => Some(json!({ "sample": self.seed })),
            Type::Any { one_of } => Some(one_of[index(self.seed, one_of.len())].clone()),
            Type::Named(id) => self.named(*id, depth),
        }
    }

    fn map(&self, values: &Schema, count: u64, key: Option<&str>, depth: usize) -> Option<Value> {
        let mut map = Map::new();
        for index in 0..count {
            let seed = self.seed + index;
            let name = match key {
                Some(pattern) => matching(pattern, seed, 1)?,
                None => format!("key{seed}"),
            };
            map.insert(name, self.with_seed(seed).value(values, depth + 1)?);
        }
        Some(Value::Object(map))
    }

    fn named(&self, id: TypeId, depth: usize) -> Option<Value> {
        let def = &self.types[id.0];
        let value = self.of_kind(id, &def.kind, depth)?;
        let member = |name: &str| match &def.kind {
            TypeKind::Struct(object) => {
                let mut fields = object.fields.iter();
                self.field(fields.find(|field| field.api_name == name)?, depth)
            }
            _ => None,
        };
        match &def.keywords {
            Some(keywords) => mend(value, keywords, &member),
            None => Some(value),
        }
    }

    fn of_kind(&self, id: TypeId, kind: &TypeKind, depth: usize) -> Option<Value> {
        match kind {
            TypeKind::Struct(object) => self.object(object, depth),
            TypeKind::Enum(choice) => {
                let variant = choice
                    .variants
                    .get(index(self.seed, choice.variants.len()))?;
                Some(variant.value.clone())
            }
            TypeKind::Union(union) => {
                let schema = Schema::of(Type::Named(id));
                let mut values = self.alternatives(union, depth);
                values.find(|value| fits::fits(value, &schema, self.types))
            }
            TypeKind::Newtype(schema) => self.value(schema, depth + 1),
        }
    }

    fn object(&self, object: &Struct, depth: usize) -> Option<Value> {
        let mut members = Map::new();
        for field in &object.fields {
            let is_required = field.presence == Presence::Required;
            if !is_required && depth >= self.full_depth {
                continue;
            }
            match self.field(field, depth) {
                Some(value) => drop(members.insert(field.api_name.clone(), value)),
                None if is_required => return None,
                None => {}
            }
        }
        let wanted = usize::try_from(object.min_properties.unwrap_or(0)).ok()?;
        if let Additional::Keep { values, .. } = &object.additional {
            for index in members.len()..wanted.min(20) {
                members.insert(format!("extra{index}"), self.value(values, depth + 1)?);
            }
        }
        if let Some(most) = object.max_properties {
            let is_required = |name: &String| {
                let mut required = object
                    .fields
                    .iter()
                    .filter(|f| f.presence == Presence::Required);
                required.any(|field| field.api_name == *name)
            };
            while members.len() as u64 > most {
                let spare = members.keys().rfind(|name| !is_required(name))?.clone();
                members.shift_remove(&spare);
            }
        }
        Some(Value::Object(members))
    }

    fn field(&self, field: &Field, depth: usize) -> Option<Value> {
        self.value(&field.schema, depth + 1)
    }

    /// A value for each alternative, starting with the one of the seed.
    fn alternatives<'u>(&'u self, union: &'u Union, depth: usize) -> impl Iterator<Item = Value> {
        let (later, first) = union
            .variants
            .split_at(index(self.seed, union.variants.len()));
        first.iter().chain(later).filter_map(move |variant| {
            let mut value = self.value(&variant.schema, depth + 1)?;
            if let (Some(tag), Value::Object(members)) = (&union.tag, &mut value) {
                members.insert(tag.api_name.clone(), variant.tags.first()?.clone().into());
            }
            Some(value)
        })
    }
}

fn index(seed: u64, len: usize) -> usize {
    usize::try_from(seed).unwrap_or(0) % len.max(1)
}

/// A text that keeps the rules, if one was found.
pub fn text(rules: &StringRules, seed: u64) -> Option<String> {
    let least = usize::try_from(rules.min.unwrap_or(0)).ok()?.min(100_000);
    if let Some(pattern) = &rules.pattern {
        return (0..=least.min(64)).find_map(|length| {
            let text = matching(pattern, seed, length)?;
            let count = text.chars().count() as u64;
            (rules.min.unwrap_or(0)..=rules.max.unwrap_or(u64::MAX))
                .contains(&count)
                .then_some(text)
        });
    }
    let text = match rules.format {
        Format::Text => return Some(plain(least, rules.max, seed)),
        Format::Uuid => format!("00000000-0000-7000-8000-{:012x}", seed + 1),
        Format::DateTime => format!("2024-01-{:02}T{:02}:00:00Z", seed % 28 + 1, seed / 28 % 24),
        Format::Date => format!("2024-{:02}-{:02}", seed / 28 % 12 + 1, seed % 28 + 1),
        Format::Time => format!("{:02}:{:02}:00Z", seed % 24, seed / 24 % 60),
        Format::Duration => format!("PT{}M", seed + 1),
        Format::Email => format!("user{seed}@example.com"),
        Format::Uri => format!("https://example.com/{seed}"),
        Format::Byte => "c2FtcGxl".to_owned(),
        Format::Ipv4 => format!("192.0.2.{}", seed % 254 + 1),
        Format::Ipv6 => format!("2001:db8::{:x}", seed % 0xffff + 1),
        Format::Hostname => format!("host{seed}.example.com"),
    };
    Some(text)
}

fn plain(least: usize, most: Option<u64>, seed: u64) -> String {
    let text = format!("sample {seed}");
    let most = most.map_or(usize::MAX, |most| {
        usize::try_from(most).unwrap_or(usize::MAX)
    });
    if text.len() > most {
        // What differs stands at the end.
        let end = text[text.len() - most..].trim_start();
        return "x".repeat(least.saturating_sub(end.len())) + end;
    }
    let missing = least.saturating_sub(text.len());
    format!("{}{text}", "x".repeat(missing))
}

/// A text that matches the pattern, with about `length` repetitions where it has a choice.
pub fn matching(pattern: &str, seed: u64, length: usize) -> Option<String> {
    let mut text = String::new();
    pieces(pattern, (seed, length), &mut |piece| {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Class(class) => text.push(pick(class, seed + text.len() as u64)?),
        }
        Some(())
    })?;
    pattern::matches(pattern, &text).then_some(text)
}

/// A character of the class: a letter or digit where it has one.
fn pick(class: &ClassUnicode, seed: u64) -> Option<char> {
    let friendly = friendly(class);
    match friendly.len() {
        0 => class.ranges().first().map(|range| range.start()),
        len => Some(friendly[index(seed, len)]),
    }
}

/// The letters and digits of the class.
pub(super) fn friendly(class: &ClassUnicode) -> Vec<char> {
    let holds = |c: char| {
        class
            .ranges()
            .iter()
            .any(|r| (r.start()..=r.end()).contains(&c))
    };
    ('a'..='z')
        .chain('0'..='9')
        .chain('A'..='Z')
        .filter(|c| holds(*c))
        .collect()
}

fn integer(kind: IntegerKind, rules: &NumberRules, seed: u64) -> Option<Value> {
    if !rules.one_of.is_empty() {
        return Some(Value::Number(
            rules.one_of[index(seed, rules.one_of.len())].clone(),
        ));
    }
    let (least, most) = bounds(kind, rules);
    let number = |n: &Option<serde_json::Number>| n.as_ref().and_then(serde_json::Number::as_f64);
    let step = number(&rules.multiple_of)
        .map_or(1, |step| step.ceil() as i128)
        .max(1);
    let first = if least > 0 || most < 1 { least } else { 1 };
    let first = first.div_euclid(step) * step;
    let first = if first < least { first + step } else { first };
    let count = ((most - first) / step + 1).max(1);
    let value = first + i128::from(seed) % count * step;
    i64::try_from(value)
        .map(Value::from)
        .or_else(|_| u64::try_from(value).map(Value::from))
        .ok()
}

/// The least and the greatest integer that the rules allow.
pub(super) fn bounds(kind: IntegerKind, rules: &NumberRules) -> (i128, i128) {
    let (lowest, highest) = kind.range();
    let number = |n: &Option<serde_json::Number>| n.as_ref().and_then(serde_json::Number::as_f64);
    let least = [
        number(&rules.min),
        number(&rules.above).map(|n| (n + 1.0).floor()),
    ];
    let most = [
        number(&rules.max),
        number(&rules.below).map(|n| (n - 1.0).ceil()),
    ];
    let least = least
        .into_iter()
        .flatten()
        .map(|n| n.ceil() as i128)
        .fold(lowest, i128::max);
    let most = most
        .into_iter()
        .flatten()
        .map(|n| n.floor() as i128)
        .fold(highest, i128::min);
    (least, most)
}

/// A whole number of JSON that a double cannot be.
const BEYOND_DOUBLES: i64 = (1 << 53) + 1;

/// One that does not survive as a double, where the rules have such a one.
fn decimal(rules: &DecimalRules, seed: u64) -> Option<Value> {
    let written = |value: Value| match rules.text.as_ref() {
        None => Some(value),
        Some(_) => Digits::of_value(&value).map(|digits| Value::String(digits.to_string())),
    };
    let schema = Schema::of(Type::Decimal(Box::new(rules.clone())));
    let large = i64::try_from(seed)
        .ok()
        .map(|seed| BEYOND_DOUBLES + 2 * seed);
    let patterned = || {
        let rules = rules
            .text
            .as_ref()
            .filter(|rules| rules.pattern.is_some())?;
        text(rules, seed).map(Value::String)
    };
    let usual = || number(&rules.number, seed).and_then(written);
    large
        .and_then(|large| written(large.into()))
        .into_iter()
        .chain(std::iter::once_with(usual).flatten())
        .chain(std::iter::once_with(patterned).flatten())
        .find(|value| fits::fits(value, &schema, &[]))
}

fn number(rules: &NumberRules, seed: u64) -> Option<Value> {
    if !rules.one_of.is_empty() {
        return Some(Value::Number(
            rules.one_of[index(seed, rules.one_of.len())].clone(),
        ));
    }
    let bound = |n: &Option<serde_json::Number>| n.as_ref().and_then(serde_json::Number::as_f64);
    let least = bound(&rules.min)
        .into_iter()
        .chain(bound(&rules.above))
        .reduce(f64::max);
    let most = bound(&rules.max)
        .into_iter()
        .chain(bound(&rules.below))
        .reduce(f64::min);
    let value = match (least, most, bound(&rules.multiple_of)) {
        (least, most, Some(step)) => {
            let first = least.or(most.map(|m| m - 10.0 * step)).unwrap_or(step);
            // Through decimal text: multiples of 0.01 have no exact `f64`.
            let decimals = step
                .to_string()
                .split_once('.')
                .map_or(0, |(_, digits)| digits.len());
            let steps = (first / step).floor() + 1.0 + seed as f64;
            format!("{:.decimals$}", steps * step).parse().ok()?
        }
        (Some(least), Some(most), None) => {
            let part = (seed % 8 + 1) as f64 / 10.0;
            least + (most - least) * part
        }
        (Some(least), None, None) => least.floor() + 1.5 + seed as f64,
        (None, Some(most), None) => most.ceil() - 1.5 - seed as f64,
        (None, None, None) => 1.5 + seed as f64,
    };
    serde_json::Number::from_f64(value).map(Value::Number)
}
