//! Values that nobody has used, as a recipe: what must differ from every row that a running
//! service already holds is made up when the test runs.

use serde::Serialize;
use serde_json::Value;

use super::{
    Format, IntegerKind, NumberRules, Schema, StringRules, Type, TypeDef, TypeKind, fits,
    pattern::{Piece, pieces},
    sample,
};

/// How a value is made up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fresh {
    /// Characters, and how many of them to draw; with none to draw, they are there as they are.
    Text(Vec<(String, usize)>),
    /// A number from the first to the last.
    Integer(i64, i64),
}

/// The lengths that are tried, longest first, where a pattern leaves a choice.
const LENGTHS: [usize; 5] = [16, 8, 4, 2, 1];
/// How many values must fit before a recipe is believed.
const TRIES: usize = 24;
/// The highest number: far from what a counter may reach, and exact in JSON.
const HIGHEST: i128 = 1 << 40;

/// The recipe of a schema's values, where it has one.
pub fn fresh(types: &[TypeDef], schema: &Schema) -> Option<Fresh> {
    match &schema.ty {
        Type::String(rules) => LENGTHS
            .iter()
            .filter_map(|length| text(rules, *length))
            .find(|parts| always_fits(types, schema, parts))
            .map(Fresh::Text),
        Type::Integer(kind, rules) => integer(*kind, rules),
        Type::Named(id) => match &types.get(id.0)?.kind {
            TypeKind::Newtype(schema) => fresh(types, schema),
            _ => None,
        },
        _ => None,
    }
}

/// The recipe of values that all of these schemas take, as they are or written as texts.
pub fn fresh_of_all(types: &[TypeDef], schemas: &[&Schema]) -> Option<Fresh> {
    let suits = |recipe: &Fresh| {
        let values: Vec<Value> = match recipe {
            Fresh::Text(parts) => (0..TRIES).map(|turn| drawn(parts, turn).into()).collect(),
            Fresh::Integer(first, last) => vec![(*first).into(), (*last).into()],
        };
        let mut all = schemas.iter();
        all.all(|schema| {
            values
                .iter()
                .all(|value| fits::fits_path(value, schema, types))
        })
    };
    let mut recipes = schemas.iter().filter_map(|schema| fresh(types, schema));
    recipes.find(suits)
}

fn integer(kind: IntegerKind, rules: &NumberRules) -> Option<Fresh> {
    if !rules.one_of.is_empty() || rules.multiple_of.is_some() {
        return None;
    }
    let (least, most) = sample::bounds(kind, rules);
    // Room above, for those that are counted on from the largest.
    let roomy = (most / 2).min(HIGHEST);
    let last = if roomy > least { roomy } else { most };
    let first = least.max(last / 1000);
    let [first, last] = [first, last].map(i64::try_from);
    Some(Fresh::Integer(first.ok()?, last.ok()?))
}

fn text(rules: &StringRules, length: usize) -> Option<Vec<(String, usize)>> {
    let bound = |bound: Option<u64>, otherwise| {
        bound.map_or(otherwise, |n| usize::try_from(n).unwrap_or(otherwise))
    };
    let (least, most) = (bound(rules.min, 0), bound(rules.max, usize::MAX));
    let pattern = match (&rules.pattern, rules.format) {
        (Some(pattern), _) => pattern.clone(),
        (None, Format::Text) => format!("[a-z0-9]{{{}}}", length.max(least).min(most).min(10_000)),
        (None, format) => of_format(format).to_owned(),
    };
    let parts = parts(&pattern, length)?;
    parts.iter().any(|(_, count)| *count > 0).then_some(parts)
}

/// A pattern whose texts all are of the format.
fn of_format(format: Format) -> &'static str {
    match format {
        Format::Text => "[a-z0-9]{16}",
        Format::Uuid => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        Format::DateTime => "2[0-9]{3}-0[1-9]-1[0-9]T1[0-9]:[0-5][0-9]:[0-5][0-9]Z",
        Format::Date => "2[0-9]{3}-0[1-9]-1[0-9]",
        Format::Time => "1[0-9]:[0-5][0-9]:[0-5][0-9]Z",
        Format::Duration => "PT[1-9][0-9]{8}S",
        Format::Email => "[a-z0-9]{16}@example\\.com",
        Format::Uri => "https://example\\.com/[a-z0-9]{16}",
        Format::Byte => "[a-z0-9]{16}",
        Format::Ipv4 => "10\\.[1-9][0-9]\\.[1-9][0-9]\\.[1-9][0-9]",
        Format::Ipv6 => "2001:db8:[1-9a-f]{4}:[1-9a-f]{4}::[1-9a-f]{4}",
        Format::Hostname => "[a-z]{16}\\.example\\.com",
    }
}

/// The pattern as characters to draw from, with about `length` repetitions where it has a choice.
fn parts(pattern: &str, length: usize) -> Option<Vec<(String, usize)>> {
    let mut parts: Vec<(String, usize)> = Vec::new();
    pieces(pattern, (0, length), &mut |piece| {
        let (characters, count) = match piece {
            Piece::Literal(text) => (text.to_owned(), 0),
            Piece::Class(class) => match sample::friendly(class) {
                all if all.is_empty() => (class.ranges().first()?.start().into(), 0),
                all => (all.into_iter().collect(), 1),
            },
        };
        match parts.last_mut() {
            Some((last, before)) if *last == characters && count > 0 && *before > 0 => {
                *before += count;
            }
            Some((last, 0)) if count == 0 => last.push_str(&characters),
            _ => parts.push((characters, count)),
        }
        Some(())
    })?;
    Some(parts)
}

fn always_fits(types: &[TypeDef], schema: &Schema, parts: &[(String, usize)]) -> bool {
    (0..TRIES).all(|turn| fits::fits(&Value::from(drawn(parts, turn)), schema, types))
}

/// One of the texts.
fn drawn(parts: &[(String, usize)], turn: usize) -> String {
    let mut text = String::new();
    for (characters, count) in parts {
        let all: Vec<char> = characters.chars().collect();
        match count {
            0 => text.push_str(characters),
            count => text.extend((0..*count).map(|place| all[(turn * 7 + place * 3) % all.len()])),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{super::IntegerKind, *};

    fn of(rules: StringRules) -> Option<Fresh> {
        fresh(&[], &Schema::of(Type::String(rules)))
    }

    #[test]
    fn patterns_are_drawn_within_the_length() {
        let rules = |pattern: &str, max| StringRules {
            pattern: Some(pattern.to_owned()),
            max,
            ..StringRules::default()
        };
        let parts = |parts: &[(&str, usize)]| {
            let parts = parts.iter().map(|(all, count)| ((*all).to_owned(), *count));
            Some(Fresh::Text(parts.collect()))
        };
        let sku = parts(&[("ABC", 2), ("-", 0), ("0123456789", 4)]);
        assert_eq!(of(rules("^[A-C]{2}-[0-9]{4}$", None)), sku);
        let short = parts(&[("x", 0), ("0123456789", 4)]);
        assert_eq!(of(rules("^x[0-9]+$", Some(7))), short);
        assert_eq!(of(rules("^(red|blue)$", None)), None);
        let stars = format!("^{}[a-c]*{}$", "(".repeat(8), ")*".repeat(8));
        assert_eq!(of(rules(&stars, None)), parts(&[("abc", 512)]));
        assert_eq!(of(rules("^(([a-c]{1000}){1000}){1000}$", None)), None);
    }

    #[test]
    fn every_format_has_values() {
        use Format::{
            Byte, Date, DateTime, Duration, Email, Hostname, Ipv4, Ipv6, Text, Time, Uri, Uuid,
        };
        for format in [
            Byte, Date, DateTime, Duration, Email, Hostname, Ipv4, Ipv6, Text, Time, Uri, Uuid,
        ] {
            let rules = StringRules {
                format,
                ..StringRules::default()
            };
            assert!(of(rules).is_some(), "{format:?}");
        }
    }

    #[test]
    fn numbers_leave_room_above() {
        let number = |kind| integer(kind, &NumberRules::default());
        assert_eq!(
            number(IntegerKind::I32),
            Some(Fresh::Integer(1_073_741, 1_073_741_823))
        );
        assert_eq!(
            number(IntegerKind::I64),
            Some(Fresh::Integer(1_099_511_627, 1 << 40))
        );
    }
}
