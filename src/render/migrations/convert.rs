//! How the values of a column become values of another type, in SQL.

mod decimals;

use super::super::{doors, sql::column_type};
use crate::{
    config::Database,
    model::{Column, ColumnType, IntegerKind, Schema, Type},
};

/// What becomes of the values of a column that changes its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Conversion {
    /// They stay as they are.
    None,
    /// Each becomes the value of this expression.
    Total(String),
    /// Each becomes the value of this expression, which is `NULL` for those that have none.
    Partial(String),
}

/// From an old column to a new one; `value` is the old one in SQL.
pub(super) fn conversion(old: &Column, new: &Column, value: &str, to: Database) -> Conversion {
    let types = [&old.ty, &new.ty].map(|ty| column_type(ty, to));
    let (from, into) = (Kind::of(&old.ty), Kind::of(&new.ty));
    let expression = match (from == into, types[0] == types[1]) {
        (true, true) => Some(value.to_owned()),
        _ => expression(&old.ty, &new.ty, value, to),
    };
    let Some(expression) = expression else {
        return Conversion::Partial("NULL".to_owned());
    };
    if let Some(guard) = guard(old, new, &expression) {
        return Conversion::Partial(format!("CASE WHEN {guard} THEN {expression} END"));
    }
    if from == into {
        Conversion::None
    } else if is_total(from, into) {
        Conversion::Total(expression)
    } else {
        Conversion::Partial(expression)
    }
}

/// Types whose values are kept alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Uuid,
    Text,
    Integer,
    Number,
    Decimal(Option<u32>),
    Boolean,
    Time,
    Date,
    Json,
}

impl Kind {
    fn of(ty: &ColumnType) -> Self {
        match ty {
            ColumnType::Uuid => Self::Uuid,
            ColumnType::Text | ColumnType::Enum(_) => Self::Text,
            ColumnType::Integer(_) => Self::Integer,
            ColumnType::Number => Self::Number,
            ColumnType::Decimal(places) => Self::Decimal(*places),
            ColumnType::Boolean => Self::Boolean,
            ColumnType::DateTime => Self::Time,
            ColumnType::Date => Self::Date,
            ColumnType::Json(_) => Self::Json,
        }
    }
}

/// What a retired column is called by: `price_was_text`.
pub(super) fn word(ty: &ColumnType) -> &'static str {
    match Kind::of(ty) {
        Kind::Uuid => "uuid",
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Decimal(_) => "decimal",
        Kind::Boolean => "boolean",
        Kind::Time => "time",
        Kind::Date => "date",
        Kind::Json => "json",
    }
}

/// Whether the columns hold values of one kind: a rename needs no conversion.
pub(super) fn is_alike(old: &Column, new: &Column) -> bool {
    Kind::of(&old.ty) == Kind::of(&new.ty) && guard(old, new, "").is_none()
}

/// Every value of the one has a value of the other that tells as much.
fn is_total(from: Kind, into: Kind) -> bool {
    matches!(
        (from, into),
        (_, Kind::Text | Kind::Json)
            | (Kind::Integer | Kind::Decimal(_), Kind::Number)
            | (Kind::Integer | Kind::Decimal(_), Kind::Decimal(None))
            | (Kind::Boolean, Kind::Integer)
            | (Kind::Date, Kind::Time)
    )
}

/// What must hold of a value beside its kind: it is one of an enum's, or within an integer's range.
fn guard(old: &Column, new: &Column, value: &str) -> Option<String> {
    let is_enum = matches!(new.ty, ColumnType::Enum(_)) && !new.choices.is_empty();
    if is_enum {
        // Projects that an older apigen wrote do not know what an enum held.
        let unknown = matches!(old.ty, ColumnType::Enum(_)) && old.choices.is_empty();
        let has = |choice: &String| new.choices.contains(choice);
        let fits = unknown || !old.choices.is_empty() && old.choices.iter().all(has);
        let choices = new.choices.iter().map(|choice| doors::sql_literal(choice));
        let choices: Vec<_> = choices.collect();
        return (!fits).then(|| format!("{value} IN ({})", choices.join(", ")));
    }
    let ColumnType::Integer(kind) = new.ty else {
        return None;
    };
    let wanted = range(kind);
    let known = match old.ty {
        ColumnType::Integer(kind) => range(kind),
        ColumnType::Boolean => (0, 1),
        _ => range(IntegerKind::I64),
    };
    let fits = wanted.0 <= known.0 && known.1 <= wanted.1;
    (!fits).then(|| format!("{value} BETWEEN {} AND {}", wanted.0, wanted.1))
}

/// What an integer may be, as far as the database keeps it.
fn range(kind: IntegerKind) -> (i64, i64) {
    let signed = |bits: u32| (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1);
    match kind {
        IntegerKind::I8 => signed(8),
        IntegerKind::I16 => signed(16),
        IntegerKind::I32 => signed(32),
        IntegerKind::I64 => (i64::MIN, i64::MAX),
        IntegerKind::U8 => (0, (1 << 8) - 1),
        IntegerKind::U16 => (0, (1 << 16) - 1),
        IntegerKind::U32 => (0, (1 << 32) - 1),
        IntegerKind::U64 => (0, i64::MAX),
    }
}

/// The new value, or `NULL` where the old one has none; `None` where no value has one.
fn expression(from: &ColumnType, into: &ColumnType, v: &str, to: Database) -> Option<String> {
    match to {
        Database::Postgres => postgres(Kind::of(from), into, v),
        Database::Sqlite | Database::None => sqlite(Kind::of(from), into, v),
    }
}

fn sqlite(from: Kind, into: &ColumnType, v: &str) -> Option<String> {
    if let Some(expression) = decimals::sqlite(from, Kind::of(into), v) {
        return Some(expression);
    }
    let json = |types: &str, then: &str| {
        format!(
            "CASE WHEN json_valid({v}) THEN CASE WHEN json_type({v}) IN ({types}) THEN {then} END END"
        )
    };
    Some(match (from, Kind::of(into)) {
        (Kind::Uuid, Kind::Text) => {
            let part = |from: u8, length: u8| format!("substr(hex({v}), {from}, {length})");
            let parts = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)];
            let parts: Vec<_> = parts.map(|(from, length)| part(from, length)).into();
            format!("lower({})", parts.join(" || '-' || "))
        }
        (Kind::Number, Kind::Text) => sqlite_of_number(v),
        (Kind::Integer, Kind::Text) => format!("CAST({v} AS TEXT)"),
        (Kind::Boolean, Kind::Text) => {
            format!("CASE WHEN {v} THEN 'true' WHEN NOT {v} THEN 'false' END")
        }
        (Kind::Time | Kind::Date, Kind::Text) => v.to_owned(),
        (Kind::Json, Kind::Text) => {
            format!("CASE json_type({v}) WHEN 'text' THEN json_extract({v}, '$') ELSE {v} END")
        }
        (Kind::Text, Kind::Integer) => format!(
            "CASE WHEN CAST(CAST({v} AS INTEGER) AS TEXT) = {v} THEN CAST({v} AS INTEGER) END"
        ),
        (Kind::Text, Kind::Number) => json("'integer', 'real'", &format!("CAST({v} AS REAL)")),
        (Kind::Json, Kind::Integer) => json("'integer'", &format!("json_extract({v}, '$')")),
        (Kind::Json, Kind::Number) => json(
            "'integer', 'real'",
            &format!("CAST(json_extract({v}, '$') AS REAL)"),
        ),
        (Kind::Text, Kind::Uuid) => {
            format!("CASE WHEN length({v}) = 36 THEN unhex(replace({v}, '-', '')) END")
        }
        (Kind::Text, Kind::Time) => format!(
            "CASE WHEN {v} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9]*' \
             THEN strftime('%Y-%m-%dT%H:%M:%f+00:00', {v}) END"
        ),
        (Kind::Text, Kind::Date) => format!("CASE WHEN date({v}) = {v} THEN {v} END"),
        (Kind::Integer | Kind::Boolean, Kind::Number) => format!("CAST({v} AS REAL)"),
        (Kind::Number, Kind::Integer) => {
            format!("CASE WHEN CAST({v} AS INTEGER) = {v} THEN CAST({v} AS INTEGER) END")
        }
        (Kind::Boolean, Kind::Integer) => format!("CAST({v} AS INTEGER)"),
        (Kind::Time, Kind::Date) => format!("substr({v}, 1, 10)"),
        (Kind::Date, Kind::Time) => format!("{v} || 'T00:00:00+00:00'"),
        (Kind::Boolean, Kind::Json) if is_any(into) => {
            format!("CASE WHEN {v} THEN 'true' WHEN NOT {v} THEN 'false' END")
        }
        (Kind::Integer | Kind::Number, Kind::Json) if is_any(into) => {
            format!("CAST({v} AS TEXT)")
        }
        (Kind::Text | Kind::Time | Kind::Date, Kind::Json) if is_any(into) => {
            format!("CASE WHEN {v} IS NOT NULL THEN json_quote({v}) END")
        }
        _ => return common(from, Kind::of(into), v),
    })
}

/// Fifteen digits read best, where they are the whole number.
fn sqlite_of_number(v: &str) -> String {
    format!(
        "CASE WHEN CAST(CAST({v} AS TEXT) AS REAL) = {v} THEN CAST({v} AS TEXT) ELSE printf('%!.17g', {v}) END"
    )
}

fn postgres(from: Kind, into: &ColumnType, v: &str) -> Option<String> {
    if let Some(expression) = decimals::postgres(from, Kind::of(into), v) {
        return Some(expression);
    }
    let like = |pattern: &str, then: String| format!("CASE WHEN {v} ~ '{pattern}' THEN {then} END");
    let text = format!("({v} #>> '{{}}')");
    Some(match (from, Kind::of(into)) {
        (Kind::Time, Kind::Text) => {
            format!("to_char({v} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        }
        (Kind::Date, Kind::Text) => format!("to_char({v}, 'YYYY-MM-DD')"),
        (Kind::Json, Kind::Text) => text,
        (_, Kind::Text) => format!("{v}::text"),
        (Kind::Text, Kind::Integer) => like("^-?(0|[1-9][0-9]{0,17})$", format!("{v}::bigint")),
        (Kind::Text, Kind::Number) => like(NUMBER, format!("{v}::double precision")),
        (Kind::Json, Kind::Integer) => format!(
            "CASE WHEN jsonb_typeof({v}) = 'number' AND {text} ~ '^-?[0-9]{{1,18}}$' THEN {text}::bigint END"
        ),
        (Kind::Json, Kind::Number) => format!(
            "CASE WHEN jsonb_typeof({v}) = 'number' AND {text} ~ '{NUMBER}' THEN {text}::double precision END"
        ),
        (Kind::Text, Kind::Uuid) => like(
            "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            format!("{v}::uuid"),
        ),
        (Kind::Text, Kind::Time) => like(TIME, on_a_day(v, &format!("{v}::timestamptz"))),
        (Kind::Text, Kind::Date) => like(DAY, on_a_day(v, &format!("{v}::date"))),
        (Kind::Integer, Kind::Number) => format!("{v}::double precision"),
        (Kind::Boolean, Kind::Number) => format!("{v}::int::double precision"),
        (Kind::Number, Kind::Integer) => {
            format!("CASE WHEN {v} = trunc({v}) AND abs({v}) < 9e18 THEN {v}::bigint END")
        }
        (Kind::Boolean, Kind::Integer) => format!("{v}::int::bigint"),
        (Kind::Time, Kind::Date) => format!("({v} AT TIME ZONE 'UTC')::date"),
        (Kind::Date, Kind::Time) => format!("{v}::timestamp AT TIME ZONE 'UTC'"),
        (_, Kind::Json) if is_any(into) => format!("to_jsonb({v})"),
        _ => return common(from, Kind::of(into), v),
    })
}

/// A number that a double can hold.
const NUMBER: &str = "^-?[0-9]{1,200}(\\.[0-9]{1,200})?([eE][-+]?[0-9]{1,2})?$";
const DAY: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
const TIME: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?(Z|[-+](0[0-9]|1[0-4]):[0-5][0-9])$";

/// PostgreSQL refuses the whole statement for one 30th of February: such a text has no value.
fn on_a_day(v: &str, then: &str) -> String {
    format!(
        "CASE WHEN substr({v}, 1, 4) > '0000' AND substr({v}, 9, 2)::int <= extract(day FROM (substr({v}, 1, 7) || '-01')::date + interval '1 month - 1 day') \
         THEN {then} END"
    )
}

/// What both databases say alike.
fn common(from: Kind, into: Kind, v: &str) -> Option<String> {
    match (from, into) {
        (Kind::Text, Kind::Boolean) => Some(format!(
            "CASE {v} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
        )),
        (Kind::Integer | Kind::Number, Kind::Boolean) => {
            Some(format!("CASE {v} WHEN 1 THEN TRUE WHEN 0 THEN FALSE END"))
        }
        _ => None,
    }
}

/// The schema takes every value.
fn is_any(ty: &ColumnType) -> bool {
    matches!(ty, ColumnType::Json(Schema { ty: Type::Any { one_of }, .. }) if one_of.is_empty())
}
