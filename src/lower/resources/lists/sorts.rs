//! What a list is ordered by.

use std::collections::BTreeSet;

use super::super::{table::Table, types::enum_of, words::plain};
use crate::model::{
    ColumnSource, ColumnType, Direction, EnumRepr, Location, Operation, Parameter, Schema, Sort,
    SortKey, Type,
};

const SORTS: &[&str] = &[
    "sort",
    "sort_by",
    "sort_order",
    "order",
    "order_by",
    "ordering",
    "sort_field",
    "orderby",
];
const DIRECTIONS: &[&str] = &[
    "direction",
    "order",
    "sort_order",
    "sort_direction",
    "order_direction",
    "dir",
    "sort_dir",
];

/// Generated orders have room for so many columns.
const MOST_COLUMNS: usize = 8;

/// The order: by a parameter whose every value names a column, else a fixed one.
pub(super) fn sort(table: &Table<'_>, operation: &Operation, used: &mut Vec<usize>) -> Sort {
    let default = default_order(table);
    let named = |names: &'static [&'static str]| {
        let parameters = operation.parameters.iter().enumerate();
        parameters.filter(move |(_, parameter)| {
            let is_named = names.contains(&plain(&parameter.api_name).as_str());
            parameter.location == Location::Query && is_named
        })
    };
    let descending = named(DIRECTIONS).any(|(_, parameter)| {
        let default = parameter.schema.default.as_ref();
        let default = default.and_then(|default| default.as_str());
        default.is_some_and(|default| default.to_lowercase().starts_with("desc"))
    });
    for (index, parameter) in named(SORTS) {
        let Some((found, several)) = keys(table, &parameter.schema, descending) else {
            continue;
        };
        used.push(index);
        let is_plain = found.iter().all(|(_, is_signed)| !is_signed);
        let direction = named(DIRECTIONS)
            .filter(|(other, _)| is_plain && *other != index)
            .find_map(|(index, parameter)| direction(table, index, parameter));
        used.extend(direction.as_ref().map(|direction| direction.parameter));
        return Sort::Parameter {
            parameter: index,
            several,
            keys: found.into_iter().map(|(key, _)| key).collect(),
            default,
            direction,
        };
    }
    Sort::Fixed(default)
}

/// What each value of the parameter orders by and whether it says how, and whether there may be
/// several values.
fn keys(
    table: &Table<'_>,
    schema: &Schema,
    descending: bool,
) -> Option<(Vec<(SortKey, bool)>, bool)> {
    let (value, several) = match &schema.ty {
        Type::Array { items, .. } => (&**items, true),
        _ => (schema, false),
    };
    let choice = enum_of(table.service, value)?;
    let values = choice.variants.iter().map(|variant| variant.value.as_str());
    let keys = values.map(|value| sort_key(table, value?, descending));
    let keys = keys.collect::<Option<Vec<_>>>()?;
    let columns: BTreeSet<usize> = keys.iter().map(|(key, _)| key.column).collect();
    let has_room = !several || columns.len() <= MOST_COLUMNS;
    let fits = !keys.is_empty() && has_room;
    let is_text = choice.repr == EnumRepr::String && !value.nullable && !schema.nullable;
    (fits && is_text).then_some((keys, several))
}

/// `asc` and `desc`, however they are written.
fn direction(table: &Table<'_>, index: usize, parameter: &Parameter) -> Option<Direction> {
    let choice = enum_of(table.service, &parameter.schema)?;
    let values = choice.variants.iter().map(|variant| {
        let value = variant.value.as_str()?.to_lowercase();
        match value.as_str() {
            "asc" | "ascending" => Some(false),
            "desc" | "descending" => Some(true),
            _ => None,
        }
    });
    let descending = values.collect::<Option<Vec<bool>>>()?;
    (!parameter.schema.nullable).then_some(Direction {
        parameter: index,
        descending,
    })
}

/// Newest first, where rows tell when they were made; else by key.
fn default_order(table: &Table<'_>) -> SortKey {
    let created = |source: &ColumnSource| matches!(source, ColumnSource::CreatedAt { .. });
    match table
        .columns
        .iter()
        .position(|column| created(&column.source))
    {
        Some(column) => SortKey {
            column,
            descending: true,
        },
        None => SortKey {
            column: table.key,
            descending: false,
        },
    }
}

/// `-price`, `+price`, `price`, `price_desc`, `price:desc`, `price.asc`; and whether it says how.
fn sort_key(table: &Table<'_>, value: &str, descending: bool) -> Option<(SortKey, bool)> {
    let (text, signed) = match value.strip_prefix('-') {
        Some(text) => (plain(text), Some(true)),
        None => (plain(value), value.starts_with('+').then_some(false)),
    };
    let (text, said) = match (text.strip_suffix("_desc"), text.strip_suffix("_asc")) {
        (Some(text), _) => (text, Some(true)),
        (None, Some(text)) => (text, Some(false)),
        (None, None) => (text.as_str(), None),
    };
    let column = table
        .column_called(text)
        .or_else(|| table.column_called(&format!("{text}_at")))?;
    let orders = !matches!(table.columns[column].ty, ColumnType::Json(_));
    let said = signed.or(said);
    let key = SortKey {
        column,
        descending: said.unwrap_or(descending),
    };
    orders.then_some((key, said.is_some()))
}
