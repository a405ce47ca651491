//! Whether a JSON value keeps the rules of a schema, as the generated project judges it.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::{
    Additional, DecimalRules, Format, IntegerKind, NumberRules, Presence, Schema, StringRules,
    Struct, Type, TypeDef, TypeKind, Union, UnionMode, decimal::Digits, keywords::Keywords,
    pattern::matches,
};

/// How deep a value is followed; real ones are far from it.
const DEEPEST: usize = 200;

/// Whether the value fits the schema; `types` are those that the schema's ids speak of.
pub fn fits(value: &Value, schema: &Schema, types: &[TypeDef]) -> bool {
    Judge { types }.schema(value, schema, DEEPEST)
}

/// The same of a key in a path, where a number is a text, too.
pub fn fits_path(key: &Value, schema: &Schema, types: &[TypeDef]) -> bool {
    let as_text = || key.is_number() && fits(&key.to_string().into(), schema, types);
    fits(key, schema, types) || as_text()
}

struct Judge<'t> {
    types: &'t [TypeDef],
}

impl Judge<'_> {
    fn schema(&self, value: &Value, schema: &Schema, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        if schema.nullable && value.is_null() {
            return true;
        }
        if !keeps(value, &schema.keywords) {
            return false;
        }
        match (&schema.ty, value) {
            (Type::Any { one_of }, value) => {
                one_of.is_empty() || one_of.iter().any(|one| same(one, value))
            }
            (Type::String(rules), Value::String(text)) => string(text, rules),
            (Type::Integer(kind, rules), Value::Number(number)) => {
                integer(number, *kind) && self::number(number, rules)
            }
            (Type::Number(rules), Value::Number(number)) => self::number(number, rules),
            (Type::Decimal(rules), value) => decimal(value, rules),
            (Type::Boolean, Value::Bool(_)) => true,
            (
                Type::Array {
                    items,
                    min,
                    max,
                    unique,
                },
                Value::Array(values),
            ) => {
                within(values.len(), *min, *max)
                    && (!unique || distinct(values))
                    && values.iter().all(|value| self.schema(value, items, depth))
            }
            (
                Type::Map {
                    values,
                    min,
                    max,
                    key_pattern,
                },
                Value::Object(members),
            ) => {
                let key_fits =
                    |key: &String| key_pattern.as_deref().is_none_or(|p| matches(p, key));
                within(members.len(), *min, *max)
                    && members.keys().all(key_fits)
                    && members
                        .values()
                        .all(|value| self.schema(value, values, depth))
            }
            (Type::Named(id), value) => self.types.get(id.0).is_some_and(|def| {
                keeps(value, &def.keywords) && self.kind(value, &def.kind, depth)
            }),
            _ => false,
        }
    }

    fn kind(&self, value: &Value, kind: &TypeKind, depth: usize) -> bool {
        match (kind, value) {
            (TypeKind::Struct(item), Value::Object(members)) => self.item(members, item, depth),
            (TypeKind::Enum(list), value) => list.variants.iter().any(|v| same(&v.value, value)),
            (TypeKind::Union(union), value) => self.union(value, union, depth),
            (TypeKind::Newtype(schema), value) => self.schema(value, schema, depth),
            _ => false,
        }
    }

    fn item(&self, members: &Map<String, Value>, item: &Struct, depth: usize) -> bool {
        let known = |name: &String| {
            item.fields.iter().any(|field| field.api_name == *name) || item.ignored.contains(name)
        };
        let field_fits = |field: &super::Field| match members.get(&field.api_name) {
            Some(value) => self.schema(value, &field.schema, depth),
            None => field.presence != Presence::Required,
        };
        let mut others = members.iter().filter(|(name, _)| !known(name));
        let others_fit = match &item.additional {
            Additional::Ignore => true,
            Additional::Deny => others.next().is_none(),
            Additional::Keep { values, .. } => {
                others.all(|(_, value)| self.schema(value, values, depth))
            }
        };
        within(members.len(), item.min_properties, item.max_properties)
            && item.fields.iter().all(field_fits)
            && others_fit
    }

    fn union(&self, value: &Value, union: &Union, depth: usize) -> bool {
        let Some(tag) = &union.tag else {
            let fitting = union
                .variants
                .iter()
                .filter(|v| self.schema(value, &v.schema, depth));
            return match union.mode {
                UnionMode::OneOf => fitting.count() == 1,
                UnionMode::AnyOf => fitting.count() > 0,
            };
        };
        let Some(name) = value.get(&tag.api_name).and_then(Value::as_str) else {
            return false;
        };
        let variant = union
            .variants
            .iter()
            .find(|v| v.tags.iter().any(|tag| tag == name));
        let without_tag = (!tag.declared).then(|| {
            let mut value = value.clone();
            value
                .as_object_mut()
                .map(|members| members.remove(&tag.api_name));
            value
        });
        variant
            .is_some_and(|v| self.schema(without_tag.as_ref().unwrap_or(value), &v.schema, depth))
    }
}

fn keeps<'k>(value: &Value, keywords: impl IntoIterator<Item = &'k Keywords>) -> bool {
    let mut keywords = keywords.into_iter();
    keywords.all(|keywords| keywords.are_kept_by(value))
}

fn within(len: usize, min: Option<u64>, max: Option<u64>) -> bool {
    let len = len as u64;
    min.is_none_or(|min| len >= min) && max.is_none_or(|max| len <= max)
}

fn distinct(values: &[Value]) -> bool {
    let mut rest = values.iter().enumerate();
    rest.all(|(index, value)| !values[..index].iter().any(|other| same(other, value)))
}

/// Equal as JSON Schema says it: numbers by their value.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(a, b) == Some(Ordering::Equal),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let equal = |(name, a): (&String, &Value)| b.get(name).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(equal)
        }
        _ => a == b,
    }
}

/// Compares two numbers, integers exactly.
pub fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// The number as an integer, where it is one (`1.0` is).
pub fn whole(number: &Number) -> Option<i128> {
    if let Some(integer) = number.as_i128() {
        return Some(integer);
    }
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() < 1e30).then_some(float as i128)
}

fn integer(number: &Number, kind: IntegerKind) -> bool {
    let (low, high) = kind.range();
    whole(number).is_some_and(|integer| (low..=high).contains(&integer))
}

/// Whether each bound that there is holds: as it is compared, with the orders that it allows.
fn is_within(rules: &NumberRules, holds: impl Fn(&Number, &[Ordering]) -> bool) -> bool {
    let is = |bound: &Option<Number>, orders: &[Ordering]| {
        bound.as_ref().is_none_or(|bound| holds(bound, orders))
    };
    is(&rules.min, &[Ordering::Greater, Ordering::Equal])
        && is(&rules.max, &[Ordering::Less, Ordering::Equal])
        && is(&rules.above, &[Ordering::Greater])
        && is(&rules.below, &[Ordering::Less])
}

fn number(value: &Number, rules: &NumberRules) -> bool {
    let holds = |bound: &Number, orders: &[Ordering]| {
        compare(value, bound).is_some_and(|order| orders.contains(&order))
    };
    is_within(rules, holds)
        && rules
            .multiple_of
            .as_ref()
            .is_none_or(|step| is_multiple(value, step))
        && (rules.one_of.is_empty()
            || rules
                .one_of
                .iter()
                .any(|one| compare(one, value) == Some(Ordering::Equal)))
}

/// Whether a number is a multiple of another, by its decimal digits.
pub fn is_multiple(value: &Number, step: &Number) -> bool {
    let digits = Digits::of(value).zip(Digits::of(step));
    digits.is_none_or(|(value, step)| value.is_multiple_of(step))
}

fn decimal(value: &Value, rules: &DecimalRules) -> bool {
    let written = match (&rules.text, value) {
        (None, Value::Number(_)) => true,
        (Some(rules), Value::String(text)) => string(text, rules),
        _ => false,
    };
    let Some(digits) = Digits::of_value(value).filter(|digits| written && digits.is_kept()) else {
        return false;
    };
    let DecimalRules { number, .. } = rules;
    let holds = |bound: &Number, orders: &[Ordering]| {
        let order = |bound| digits.compare(bound).is_some_and(|o| orders.contains(&o));
        Digits::of(bound).is_none_or(order)
    };
    let has_room = |places: u32| {
        let number = digits.scaled(places);
        number.is_some_and(|number| number.abs() < 10i128.pow(Digits::KNOWN))
    };
    is_within(number, holds)
        && number
            .multiple_of
            .as_ref()
            .and_then(Digits::of)
            .is_none_or(|step| digits.is_multiple_of(step))
        && rules.places().is_none_or(has_room)
}

fn string(text: &str, rules: &StringRules) -> bool {
    within(text.chars().count(), rules.min, rules.max)
        && !text.contains('\0')
        && rules
            .pattern
            .as_deref()
            .is_none_or(|pattern| matches(pattern, text))
        && format(text, rules.format)
}

fn format(text: &str, format: Format) -> bool {
    match format {
        Format::Text => true,
        Format::Uuid => is_uuid(text),
        Format::DateTime => is_date_time(text),
        Format::Date => is_date(text),
        Format::Time => is_time(text),
        Format::Duration => is_duration(text),
        Format::Email => is_email(text),
        Format::Uri => is_uri(text),
        Format::Byte => is_base64(text),
        Format::Ipv4 => text.parse::<std::net::Ipv4Addr>().is_ok(),
        Format::Ipv6 => text.parse::<std::net::Ipv6Addr>().is_ok(),
        Format::Hostname => is_hostname(text),
    }
}

fn is_uuid(text: &str) -> bool {
    let dash = |index| matches!(index, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| {
            if dash(index) {
                byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

/// A number of exactly so many digits.
fn digits(text: Option<&str>, len: usize) -> Option<u32> {
    let text = text.filter(|text| text.len() == len && text.bytes().all(|b| b.is_ascii_digit()))?;
    text.parse().ok()
}

fn is_date(text: &str) -> bool {
    let parse = || {
        let year = digits(text.get(..4), 4)?;
        let month = digits(text.get(5..7), 2)?;
        let day = digits(text.get(8..), 2)?;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            1..=12 => 31,
            _ => 0,
        };
        let dashes = text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        Some(dashes && (1..=last).contains(&day))
    };
    parse() == Some(true)
}

fn is_time(text: &str) -> bool {
    let parse = || {
        let (hour, minute) = (digits(text.get(..2), 2)?, digits(text.get(3..5), 2)?);
        let second = digits(text.get(6..8), 2)?;
        let colons = text.as_bytes()[2] == b':' && text.as_bytes()[5] == b':';
        let mut rest = text.get(8..)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (rest.len() < fraction.len()).then_some(())?;
        }
        let offset = match rest.as_bytes() {
            [b'Z' | b'z'] => true,
            [b'+' | b'-', _, _, b':', _, _] => {
                digits(rest.get(1..3), 2)? < 24 && digits(rest.get(4..), 2)? < 60
            }
            _ => false,
        };
        Some(colons && hour < 24 && minute < 60 && second <= 60 && offset)
    };
    parse() == Some(true)
}

/// ISO 8601: `P1DT2H30M`, `PT0.5S`, `P3W`.
fn is_duration(text: &str) -> bool {
    let Some(text) = text.strip_prefix('P') else {
        return false;
    };
    match text.split_once('T') {
        Some(("", time)) => has_units(time, "HMS"),
        Some((date, time)) => has_units(date, "YMD") && has_units(time, "HMS"),
        None => has_units(text, "YMD") || has_units(text, "W"),
    }
}

/// Numbers with these units, each at most once, in this order; seconds may have a fraction.
fn has_units(text: &str, mut units: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut follows = |part: &str| {
        let (Some(unit), number) = (part.chars().last(), &part[..part.len() - 1]) else {
            return false;
        };
        let Some((_, later)) = units.split_once(unit) else {
            return false;
        };
        units = later;
        match number.split_once('.') {
            Some((whole, fraction)) => unit == 'S' && is_number(whole) && is_number(fraction),
            None => is_number(number),
        }
    };
    let mut parts = text.split_inclusive(|c: char| !c.is_ascii_digit() && c != '.');
    text.is_ascii() && !text.is_empty() && parts.all(&mut follows)
}

fn is_date_time(text: &str) -> bool {
    let divider = text.as_bytes().get(10);
    matches!(divider, Some(b'T' | b't' | b' '))
        && text.get(..10).is_some_and(is_date)
        && text.get(11..).is_some_and(is_time)
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(c);
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(plain)
        && !dots
        && is_hostname(domain)
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let first = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let scheme_fits = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let rest_fits = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
    first && scheme.chars().all(scheme_fits) && rest.chars().all(rest_fits)
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    text.len().is_multiple_of(4) && text.len() - body.len() <= 2 && body.bytes().all(plain)
}

fn is_hostname(text: &str) -> bool {
    let label_fits = |label: &str| {
        let plain = label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let ends = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && plain && !ends
    };
    text.len() <= 253 && text.split('.').all(label_fits)
}

impl IntegerKind {
    /// The smallest and the largest value.
    pub fn range(self) -> (i128, i128) {
        match self {
            Self::I8 => (i8::MIN.into(), i8::MAX.into()),
            Self::I16 => (i16::MIN.into(), i16::MAX.into()),
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::I64 => (i64::MIN.into(), i64::MAX.into()),
            Self::U8 => (0, u8::MAX.into()),
            Self::U16 => (0, u16::MAX.into()),
            Self::U32 => (0, u32::MAX.into()),
            Self::U64 => (0, u64::MAX.into()),
        }
    }
}
