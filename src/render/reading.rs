//! The expressions that read a value and hold it against its rules.

use std::fmt::Write;

use serde_json::Number;

use crate::model::{
    DecimalRules, Format, IntegerKind, NumberRules, Schema, StringRules, Type, decimal::Digits,
};

use super::{doors, scope::Scope, sql::rust};

impl Scope<'_> {
    /// An expression that reads the node `on`; `value` is what the schema is the value of.
    pub(super) fn read(&self, on: &str, schema: &Schema, is_boxed: bool, value: &str) -> String {
        if schema.nullable {
            let inner = self.read_present("v", schema, is_boxed, value);
            return format!("{on}.nullable(|v| {inner})");
        }
        self.read_present(on, schema, is_boxed, value)
    }

    fn read_present(&self, on: &str, schema: &Schema, is_boxed: bool, value: &str) -> String {
        let keeping = |on: &str, keywords| {
            let keywords = self.keywords(keywords, value);
            format!("{on}.keeping(&{keywords})")
        };
        let on = schema
            .keywords
            .iter()
            .fold(on.to_owned(), |on, one| keeping(&on, one));
        if is_boxed {
            return format!("{on}.boxed(|v| {})", self.read_type("v", &schema.ty, value));
        }
        self.read_type(&on, &schema.ty, value)
    }

    fn read_type(&self, on: &str, ty: &Type, value: &str) -> String {
        match ty {
            Type::String(rules) => self.read_text(on, rules, value),
            Type::Integer(kind, rules) => format!("{on}.integer(){}", integer_rules(*kind, rules)),
            Type::Number(rules) => format!("{on}.number(){}", number_rules(rules)),
            Type::Decimal(rules) => self.read_decimal(on, rules, value),
            Type::Boolean => format!("{on}.boolean()"),
            Type::Array {
                items,
                min,
                max,
                unique,
            } => {
                let items = self.read("v", items, false, value);
                let bounds = bounds("items", *min, *max);
                let unique = if *unique { ".unique()" } else { "" };
                format!("{on}.array(|v| {items}){bounds}{unique}")
            }
            Type::Map {
                values,
                min,
                max,
                key_pattern,
            } => {
                let values = self.read("v", values, false, value);
                let bounds = bounds("properties", *min, *max);
                let pattern = key_pattern.as_ref().map(|pattern| {
                    let pattern = self.pattern(pattern, &format!("{value}_keys"));
                    format!(".key_pattern(&{pattern})")
                });
                format!(
                    "{on}.map(|v| {values}){bounds}{}",
                    pattern.unwrap_or_default()
                )
            }
            Type::Any { one_of } if one_of.is_empty() => format!("{on}.any()"),
            Type::Any { one_of } => {
                let texts = one_of
                    .iter()
                    .map(|value| doors::rust_literal(&value.to_string()));
                format!("{on}.one_of_json(&[{}])", list(texts))
            }
            Type::Named(_) => format!("{on}.read()"),
        }
    }

    fn read_decimal(&self, on: &str, rules: &DecimalRules, value: &str) -> String {
        let mut read = match &rules.text {
            Some(text) if *text == StringRules::default() => format!("{on}.decimal_text()"),
            Some(text) => self.read_text(on, text, value) + ".decimal()",
            None => format!("{on}.decimal()"),
        };
        let literal = |number: &Number| Some(self.decimal(Digits::of(number)?, None));
        let number = &rules.number;
        let bounds = [
            ("minimum", &number.min),
            ("maximum", &number.max),
            ("exclusive_minimum", &number.above),
            ("exclusive_maximum", &number.below),
        ];
        for (method, bound) in bounds {
            if let Some(bound) = bound.as_ref().and_then(literal) {
                let _ = write!(read, ".{method}({bound})");
            }
        }
        let step = number.multiple_of.as_ref().and_then(Digits::of);
        let places = rules.places();
        // The places say it already where the step is one of the last.
        let is_last = |step: &Digits| step.number == 1 && places == Some(step.places);
        if let Some(step) = step.filter(|step| step.is_kept() && !is_last(step)) {
            let _ = write!(read, ".multiple_of({})", self.decimal(step, None));
        }
        if let Some(places) = places {
            let _ = write!(read, ".places({places})");
        }
        if !number.one_of.is_empty() {
            let allowed = number.one_of.iter().filter_map(literal);
            let _ = write!(read, ".one_of(&[{}])", list(allowed));
        }
        read
    }

    /// A decimal as an expression of Rust, of so many places if they are said.
    pub(super) fn decimal(&self, digits: Digits, places: Option<u32>) -> String {
        rust::decimal(self.import("rust_decimal::Decimal"), digits, places)
    }

    fn read_text(&self, on: &str, rules: &StringRules, value: &str) -> String {
        let method = match rules.format {
            Format::Text => "string",
            Format::Uuid => "uuid",
            Format::DateTime => "date_time",
            Format::Date => "date",
            Format::Time => "time",
            Format::Duration => "duration",
            Format::Email => "email",
            Format::Uri => "uri",
            Format::Byte => "byte",
            Format::Ipv4 => "ipv4",
            Format::Ipv6 => "ipv6",
            Format::Hostname => "hostname",
        };
        let mut read = format!("{on}.{method}()");
        if matches!(rules.format, Format::Uuid | Format::DateTime | Format::Date) {
            return read;
        }
        read += &match (rules.min, rules.max) {
            (None | Some(0), None) => String::new(),
            (None | Some(0), Some(max)) => format!(".max_length({max})"),
            (Some(min), None) => format!(".min_length({min})"),
            (Some(min), Some(max)) if min <= max => format!(".length({min}..={max})"),
            (Some(min), Some(max)) => format!(".min_length({min}).max_length({max})"),
        };
        if let Some(pattern) = &rules.pattern {
            let _ = write!(read, ".pattern(&{})", self.pattern(pattern, value));
        }
        read
    }
}

fn bounds(noun: &str, min: Option<u64>, max: Option<u64>) -> String {
    let bound = |word: &str, bound: Option<u64>| {
        let bound = bound.map(|bound| format!(".{word}_{noun}({bound})"));
        bound.unwrap_or_default()
    };
    bound("min", min.filter(|min| *min > 0)) + &bound("max", max)
}

fn number_rules(rules: &NumberRules) -> String {
    let rule = |method: &str, bound: &Option<Number>| {
        let bound = bound.as_ref().and_then(float);
        let call = bound.map(|bound| format!(".{method}({bound})"));
        call.unwrap_or_default()
    };
    let mut out = rule("minimum", &rules.min);
    out += &rule("maximum", &rules.max);
    out += &rule("exclusive_minimum", &rules.above);
    out += &rule("exclusive_maximum", &rules.below);
    out += &rule("multiple_of", &rules.multiple_of);
    if !rules.one_of.is_empty() {
        let _ = write!(
            out,
            ".one_of(&[{}])",
            list(rules.one_of.iter().filter_map(float))
        );
    }
    out
}

/// A float literal.
fn float(number: &Number) -> Option<String> {
    let number = number.as_f64().filter(|number| number.is_finite())?;
    Some(format!("{number:?}"))
}

/// The rules of an integer as its type can say them: bounds beyond the type's own say nothing.
fn integer_rules(kind: IntegerKind, rules: &NumberRules) -> String {
    let (least, most) = range(kind);
    let inclusive = |bound: &Option<Number>, round: fn(f64) -> f64| {
        bound.as_ref().and_then(|bound| whole(bound, round))
    };
    let above = inclusive(&rules.above, f64::floor).map(|bound| bound.saturating_add(1));
    let below = inclusive(&rules.below, f64::ceil).map(|bound| bound.saturating_sub(1));
    let is_written_exclusive = |bound: &Option<Number>| bound.as_ref().is_some_and(is_whole);
    let mut out = String::new();
    if let Some(min) = inclusive(&rules.min, f64::ceil).filter(|min| *min > least) {
        let _ = write!(out, ".minimum({})", min.min(most));
    }
    if let Some(max) = inclusive(&rules.max, f64::floor).filter(|max| *max < most) {
        let _ = write!(out, ".maximum({})", max.max(least));
    }
    if let Some(min) = above.filter(|min| *min > least) {
        let _ = match is_written_exclusive(&rules.above) && min <= most {
            true => write!(out, ".exclusive_minimum({})", min - 1),
            false => write!(out, ".minimum({})", min.min(most)),
        };
    }
    if let Some(max) = below.filter(|max| *max < most) {
        let _ = match is_written_exclusive(&rules.below) && max >= least {
            true => write!(out, ".exclusive_maximum({})", max + 1),
            false => write!(out, ".maximum({})", max.max(least)),
        };
    }
    let step = rules.multiple_of.as_ref().filter(|step| is_whole(step));
    let step = step.and_then(|step| whole(step, f64::round));
    if let Some(step) = step.filter(|step| (2..=most).contains(step)) {
        let _ = write!(out, ".multiple_of({step})");
    }
    if !rules.one_of.is_empty() {
        let allowed = rules.one_of.iter().filter(|number| is_whole(number));
        let allowed = allowed.filter_map(|number| whole(number, f64::round));
        let allowed = allowed.filter(|number| (least..=most).contains(number));
        let _ = write!(
            out,
            ".one_of(&[{}])",
            list(allowed.map(|number| number.to_string()))
        );
    }
    out
}

fn is_whole(number: &Number) -> bool {
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|n| n.fract() == 0.0)
}

fn whole(number: &Number, round: fn(f64) -> f64) -> Option<i128> {
    let exact = number.as_i128();
    exact.or_else(|| number.as_f64().map(|number| round(number) as i128))
}

fn range(kind: IntegerKind) -> (i128, i128) {
    match kind {
        IntegerKind::I8 => (i8::MIN.into(), i8::MAX.into()),
        IntegerKind::I16 => (i16::MIN.into(), i16::MAX.into()),
        IntegerKind::I32 => (i32::MIN.into(), i32::MAX.into()),
        IntegerKind::I64 => (i64::MIN.into(), i64::MAX.into()),
        IntegerKind::U8 => (0, u8::MAX.into()),
        IntegerKind::U16 => (0, u16::MAX.into()),
        IntegerKind::U32 => (0, u32::MAX.into()),
        IntegerKind::U64 => (0, u64::MAX.into()),
    }
}

/// Separated by commas.
pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
