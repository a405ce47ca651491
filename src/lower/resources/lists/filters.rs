//! What rows are compared with.

use super::super::{
    table::Table,
    types::{column_type, enum_of, has_values},
    words::{plain, singular},
};
use crate::model::{
    ColumnType, Comparison, Enum, Filter, Location, Operation, Parameter, Schema, Type,
};

/// What names end with that say how to compare, the longer before their own ends.
const ENDS: &[(&str, Comparison)] = &[
    ("_not_in", Comparison::NoneOf),
    ("_nin", Comparison::NoneOf),
    ("_in", Comparison::OneOf),
    ("_not_eq", Comparison::Differs),
    ("_not", Comparison::Differs),
    ("_neq", Comparison::Differs),
    ("_ne", Comparison::Differs),
    ("_eq", Comparison::Equal),
    ("_gte", Comparison::AtLeast),
    ("_ge", Comparison::AtLeast),
    ("_min", Comparison::AtLeast),
    ("_gt", Comparison::Above),
    ("_lte", Comparison::AtMost),
    ("_le", Comparison::AtMost),
    ("_max", Comparison::AtMost),
    ("_lt", Comparison::Below),
];

/// The same of times and days.
const TIME_ENDS: &[(&str, Comparison)] = &[
    ("_after", Comparison::Above),
    ("_since", Comparison::AtLeast),
    ("_from", Comparison::AtLeast),
    ("_before", Comparison::Below),
    ("_until", Comparison::AtMost),
    ("_to", Comparison::AtMost),
];

/// What names start with.
const STARTS: &[(&str, Comparison)] = &[
    ("min_", Comparison::AtLeast),
    ("minimum_", Comparison::AtLeast),
    ("max_", Comparison::AtMost),
    ("maximum_", Comparison::AtMost),
];

/// Query parameters that a column is compared with. Where two mean the same, the second is left.
pub(super) fn filters(
    table: &Table<'_>,
    operation: &Operation,
    used: &mut Vec<usize>,
) -> Vec<Filter> {
    let mut filters: Vec<Filter> = Vec::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        if parameter.location != Location::Query || used.contains(&index) {
            continue;
        }
        let Some((column, comparison)) = meaning(table, parameter) else {
            continue;
        };
        let same = |known: &Filter| (known.column, known.comparison) == (column, comparison);
        if !filters.iter().any(same) {
            filters.push(Filter {
                parameter: index,
                column,
                comparison,
            });
            used.push(index);
        }
    }
    filters
}

/// The column that a parameter names, and how it is compared.
fn meaning(table: &Table<'_>, parameter: &Parameter) -> Option<(usize, Comparison)> {
    let name = plain(&parameter.api_name);
    let bare = ["filter_", "filters_"]
        .iter()
        .find_map(|start| name.strip_prefix(start));
    let named = table
        .column(&parameter.api_name)
        .or_else(|| table.column_called(&name))
        .or_else(|| table.column_called(bare?));
    let is_list = matches!(parameter.schema.ty, Type::Array { .. });
    let fits = |(column, comparison): &(usize, Comparison)| {
        can_compare(table, parameter, *column, *comparison)
    };
    let whole = match is_list {
        true => Comparison::OneOf,
        false => Comparison::Equal,
    };
    let names = [Some(name.as_str()), bare];
    let names = || names.iter().flatten().copied();
    let several = || {
        let mut columns = names().map(|name| table.column_called(&singular(name)));
        columns.find_map(|column| column.filter(|_| is_list))
    };
    let in_words = || names().find_map(|name| worded(table, parameter, name, is_list));
    let plainly = named.or_else(several).map(|column| (column, whole));
    plainly.filter(fits).or_else(|| in_words().filter(fits))
}

/// `price_gte`, `min_price`, `created_after`: a column, and words that say how it is compared.
fn worded(
    table: &Table<'_>,
    parameter: &Parameter,
    name: &str,
    is_list: bool,
) -> Option<(usize, Comparison)> {
    let is_time = |column: &usize| {
        let ty = &table.columns[*column].ty;
        matches!(ty, ColumnType::DateTime | ColumnType::Date)
    };
    let column = |stem: &str| {
        let mut ends = ["at", "on", "date", "time"].iter();
        let timed = || {
            ends.find_map(|end| {
                let column = table.column_called(&format!("{stem}_{end}"));
                column.filter(is_time)
            })
        };
        table.column_called(stem).or_else(timed)
    };
    let ends = |words: &[(&str, Comparison)]| {
        let mut found = words.iter().filter_map(|(end, how)| {
            let column = column(name.strip_suffix(end)?)?;
            Some((column, *how))
        });
        found.next()
    };
    let starts = || {
        let mut found = STARTS.iter().filter_map(|(start, how)| {
            let column = column(name.strip_prefix(start)?)?;
            Some((column, *how))
        });
        found.next()
    };
    let (column, comparison) = ends(ENDS)
        .or_else(|| ends(TIME_ENDS).filter(|(column, _)| is_time(column)))
        .or_else(starts)?;
    let comparison = match (comparison, is_list) {
        (Comparison::Differs, true) => Comparison::NoneOf,
        (comparison, _) => as_described(comparison, parameter),
    };
    Some((column, comparison))
}

/// Whether the bound itself is in: `after` says no, unless the description says `on or after`.
fn as_described(comparison: Comparison, parameter: &Parameter) -> Comparison {
    let description = parameter.description.as_deref().unwrap_or_default();
    let text = description.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_out = says(&["exclusive", "non-inclusive", "not inclusive", "exclude"]);
    let is_in = !is_out && says(&["inclusive", "or after", "or before", "at or ", "or equal"]);
    match comparison {
        Comparison::Above if is_in => Comparison::AtLeast,
        Comparison::Below if is_in => Comparison::AtMost,
        Comparison::AtLeast if is_out => Comparison::Above,
        Comparison::AtMost if is_out => Comparison::Below,
        comparison => comparison,
    }
}

/// Whether the parameter's values can be compared with the column's.
fn can_compare(
    table: &Table<'_>,
    parameter: &Parameter,
    column: usize,
    comparison: Comparison,
) -> bool {
    let value = match &parameter.schema.ty {
        Type::Array { items, .. } if comparison.is_of_many() && !items.nullable => items,
        Type::Array { .. } => return false,
        _ if comparison.is_of_many() => return false,
        _ => &parameter.schema,
    };
    let has_order = matches!(
        table.columns[column].ty,
        ColumnType::Integer(_)
            | ColumnType::Number
            | ColumnType::Decimal(_)
            | ColumnType::DateTime
            | ColumnType::Date
    );
    let is_bound = matches!(
        comparison,
        Comparison::Above | Comparison::AtLeast | Comparison::Below | Comparison::AtMost
    );
    (has_order || !is_bound) && can_equal(table, value, column)
}

/// Values of this schema may be values of the column.
fn can_equal(table: &Table<'_>, asked: &Schema, column: usize) -> bool {
    let choice = enum_of(table.service, asked);
    match (column_type(table.service, asked), &table.columns[column].ty) {
        (ColumnType::Enum(_), ColumnType::Enum(_)) => {
            let kept = enum_of(table.service, &table.values[column]);
            choice
                .zip(kept)
                .is_some_and(|(asked, kept)| has_values(asked, kept))
        }
        (ColumnType::Enum(_), ColumnType::Text) => {
            choice.is_some_and(|choice| !has_catch_all(choice))
        }
        (ColumnType::Text, ColumnType::Text | ColumnType::Enum(_)) => true,
        (ColumnType::Integer(_), ColumnType::Integer(_)) => true,
        (ColumnType::Uuid, ColumnType::Uuid | ColumnType::Text) => true,
        (ColumnType::Number, ColumnType::Number) | (ColumnType::Boolean, ColumnType::Boolean) => {
            true
        }
        (ColumnType::Decimal(_), ColumnType::Decimal(_)) => true,
        (ColumnType::DateTime, ColumnType::DateTime) | (ColumnType::Date, ColumnType::Date) => true,
        _ => false,
    }
}

/// A value that no row has, such as `all`.
fn has_catch_all(choice: &Enum) -> bool {
    let catch_all =
        |value: &str| matches!(plain(value).as_str(), "all" | "any" | "none" | "both" | "");
    choice
        .variants
        .iter()
        .any(|variant| variant.value.as_str().is_some_and(catch_all))
}
