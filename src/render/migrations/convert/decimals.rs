//! Conversions from and into decimals. What would lose a digit has no value.

use super::{Kind, NUMBER};
use crate::model::decimal::Digits;

/// SQLite keeps whole numbers of the last place, where the places are known, and else text.
pub(super) fn sqlite(from: Kind, into: Kind, v: &str) -> Option<String> {
    Some(match (from, into) {
        (Kind::Decimal(None), Kind::Decimal(Some(_))) => sqlite(Kind::Text, into, v)?,
        (Kind::Decimal(None), Kind::Text) => v.to_owned(),
        (Kind::Decimal(None), Kind::Number) => format!("CAST({v} AS REAL)"),
        (Kind::Decimal(None), Kind::Integer) => sqlite(Kind::Text, Kind::Decimal(Some(0)), v)?,
        (Kind::Decimal(Some(from)), Kind::Decimal(Some(into))) if from <= into => {
            let factor = 10_i64.pow(into - from);
            let most = 10_i64.pow(Digits::KNOWN - (into - from));
            format!("CASE WHEN abs({v}) < {most} THEN {v} * {factor} END")
        }
        (Kind::Decimal(Some(from)), Kind::Decimal(Some(into))) => {
            let factor = 10_i64.pow(from - into);
            format!("CASE WHEN {v} % {factor} = 0 THEN {v} / {factor} END")
        }
        (Kind::Decimal(Some(places)), Kind::Integer) => {
            return sqlite(Kind::Decimal(Some(places)), Kind::Decimal(Some(0)), v);
        }
        (Kind::Decimal(Some(places)), Kind::Number) => {
            format!("{v} / {}.0", 10_i64.pow(places))
        }
        (Kind::Decimal(Some(0)), Kind::Text | Kind::Decimal(None)) => format!("CAST({v} AS TEXT)"),
        (Kind::Decimal(Some(places)), Kind::Text | Kind::Decimal(None)) => {
            let factor = 10_i64.pow(places);
            format!(
                "CASE WHEN {v} < 0 THEN '-' ELSE '' END || abs({v}) / {factor} || \
                 printf('.%0{places}d', abs({v}) % {factor})"
            )
        }
        (Kind::Integer, Kind::Decimal(Some(places))) => {
            return sqlite(Kind::Decimal(Some(0)), Kind::Decimal(Some(places)), v);
        }
        (Kind::Integer, Kind::Decimal(None)) => format!("CAST({v} AS TEXT)"),
        (Kind::Number, Kind::Decimal(Some(places))) => of_double(v, places),
        (Kind::Number, Kind::Decimal(None)) => super::sqlite_of_number(v),
        (Kind::Text | Kind::Json, Kind::Decimal(Some(places))) => {
            let double = match from {
                Kind::Json => format!("CAST(json_extract({v}, '$') AS REAL)"),
                _ => format!("CAST({v} AS REAL)"),
            };
            is_number(v, &of_double(&double, places))
        }
        (Kind::Text, Kind::Decimal(None)) => is_number(v, v),
        (Kind::Json, Kind::Decimal(None)) => is_number(v, &format!("CAST({v} AS TEXT)")),
        _ => return None,
    })
}

/// A double has the value where it is the nearest one to it.
fn of_double(v: &str, places: u32) -> String {
    let factor = 10_i64.pow(places);
    let most = 9_000_000_000_000_000 / factor;
    format!(
        "CASE WHEN abs({v}) < {most} AND round({v} * {factor}) / {factor} = {v} \
         THEN CAST(round({v} * {factor}) AS INTEGER) END"
    )
}

fn is_number(v: &str, then: &str) -> String {
    format!(
        "CASE WHEN json_valid({v}) THEN \
         CASE WHEN json_type({v}) IN ('integer', 'real') THEN {then} END END"
    )
}

/// PostgreSQL has decimals of its own.
pub(super) fn postgres(from: Kind, into: Kind, v: &str) -> Option<String> {
    let numeric = match (from, into) {
        (Kind::Decimal(_), Kind::Decimal(None)) => return Some(v.to_owned()),
        (Kind::Decimal(_), Kind::Number) => return Some(format!("{v}::double precision")),
        (Kind::Decimal(_), Kind::Integer) => {
            return Some(format!(
                "CASE WHEN {v} = trunc({v}) AND abs({v}) < 9e18 THEN {v}::bigint END"
            ));
        }
        (Kind::Decimal(_) | Kind::Integer, Kind::Decimal(_)) => format!("{v}::numeric"),
        // By its text: the cast of a double keeps fifteen digits.
        (Kind::Number, Kind::Decimal(_)) => format!("{v}::text::numeric"),
        (Kind::Text, Kind::Decimal(_)) => format!("{v}::numeric"),
        (Kind::Json, Kind::Decimal(_)) => format!("({v} #>> '{{}}')::numeric"),
        _ => return None,
    };
    let converted = match into {
        Kind::Decimal(Some(places)) => {
            let most = 10_i64.pow(Digits::KNOWN - places);
            format!(
                "CASE WHEN abs({numeric}) < {most} AND round({numeric}, {places}) = {numeric} \
                 THEN {numeric} END"
            )
        }
        _ => numeric,
    };
    Some(match from {
        Kind::Text => format!("CASE WHEN {v} ~ '{NUMBER}' THEN {converted} END"),
        Kind::Json => {
            format!("CASE WHEN jsonb_typeof({v}) = 'number' THEN {converted} END")
        }
        Kind::Number => format!("CASE WHEN abs({v}) < 1e28 THEN {converted} END"),
        _ => converted,
    })
}
