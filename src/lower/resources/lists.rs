//! What a list is filtered and ordered by.

use super::{
    answers::first,
    pages, parameters,
    table::Table,
    types::{column_type, enum_of, has_values},
    words::plain,
};
use crate::model::{
    Action, Column, ColumnSource, ColumnType, Enum, EnumRepr, ListPlan, Location, Operation,
    Pagination, Parameter, Sort, SortKey, Success, Supply,
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

/// What a listing comes to.
type Listing = (Action, Success, Vec<String>);

/// A list; `by` is the column that its path says it is filtered by.
pub(super) fn list(
    table: &Table<'_>,
    operation: &Operation,
    by: Option<&str>,
) -> Result<Listing, String> {
    let mut reason = None;
    for pagination in pages::ways(operation) {
        match cut(table, operation, pagination, by) {
            Ok(found) => return Ok(found),
            Err(why) => reason = Some(why),
        }
    }
    Err(reason.unwrap_or_default())
}

fn cut(
    table: &Table<'_>,
    operation: &Operation,
    pagination: Pagination,
    by: Option<&str>,
) -> Result<Listing, String> {
    let success = first(operation, &[200, 206], |response| {
        pages::answer(table, response, pagination)
    })?;
    let mut used = pages::used(pagination);
    let sort = sort(table, operation, &mut used);
    let filters = filters(table, operation, &mut used);
    if let Some(by) = by {
        let column = table.column_called(by);
        if column.is_none()
            || !filters
                .iter()
                .any(|(_, filtered)| Some(*filtered) == column)
        {
            return Err(format!(
                "no parameter tells the `{by}` that its path speaks of"
            ));
        }
    }
    let unsupported = parameters::unsupported(operation, &used)?;
    let told = std::iter::once(&success.body).chain(&success.headers);
    let total = |told: &Supply| matches!(told, Supply::Total | Supply::TotalPages);
    let counts = told.into_iter().any(|told| pages::any(told, &total));
    let plan = ListPlan {
        pagination,
        filters,
        sort,
        counts,
    };
    Ok((Action::List(plan), success, unsupported))
}

/// Query parameters that a column must equal.
fn filters(table: &Table<'_>, operation: &Operation, used: &mut Vec<usize>) -> Vec<(usize, usize)> {
    let mut filters: Vec<(usize, usize)> = Vec::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        if parameter.location != Location::Query || used.contains(&index) {
            continue;
        }
        let name = plain(&parameter.api_name);
        let exact = table
            .column(&parameter.api_name)
            .or_else(|| table.column_called(&name));
        let named = name
            .strip_prefix("filter_")
            .and_then(|name| table.column_called(name));
        if let Some(column) = exact
            .or(named)
            .filter(|column| can_filter(table, parameter, *column))
        {
            filters.push((index, column));
            used.push(index);
        }
    }
    filters
}

/// Equality with the parameter is all that it can mean.
fn can_filter(table: &Table<'_>, parameter: &Parameter, column: usize) -> bool {
    let asked = column_type(table.service, &parameter.schema);
    let choice = enum_of(table.service, &parameter.schema);
    match (asked, &table.columns[column].ty) {
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

/// The order: by a parameter whose every value names a column, else a fixed one.
fn sort(table: &Table<'_>, operation: &Operation, used: &mut Vec<usize>) -> Sort {
    let default = default_order(table);
    let query = operation
        .parameters
        .iter()
        .enumerate()
        .filter(|(_, p)| p.location == Location::Query);
    let named = |names: &[&str], parameter: &Parameter| {
        names.contains(&plain(&parameter.api_name).as_str())
    };
    let descending = query
        .clone()
        .filter(|(_, p)| named(DIRECTIONS, p))
        .any(|(_, parameter)| {
            let default = parameter
                .schema
                .default
                .as_ref()
                .and_then(|default| default.as_str());
            default.is_some_and(|default| default.to_lowercase().starts_with("desc"))
        });
    for (index, parameter) in query.filter(|(_, p)| named(SORTS, p)) {
        let choice =
            enum_of(table.service, &parameter.schema).filter(|e| e.repr == EnumRepr::String);
        let Some(choice) = choice.filter(|_| !parameter.schema.nullable) else {
            continue;
        };
        let values = choice.variants.iter().map(|variant| variant.value.as_str());
        let keys = values
            .map(|value| sort_key(table, value?, descending))
            .collect::<Option<Vec<_>>>();
        if let Some(keys) = keys.filter(|keys| !keys.is_empty()) {
            used.push(index);
            return Sort::Parameter {
                parameter: index,
                keys,
                default,
            };
        }
    }
    Sort::Fixed(default)
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

/// `-price`, `+price`, `price`, `price_desc`, `price:desc`, `price.asc`
fn sort_key(table: &Table<'_>, value: &str, descending: bool) -> Option<SortKey> {
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
    let found = &table.columns[column];
    let orders = !found.nullable && !matches!(found.ty, ColumnType::Json(_));
    orders.then_some(SortKey {
        column,
        descending: signed.or(said).unwrap_or(descending),
    })
}

/// What lists filter and sort by.
pub(super) fn indexes<'a>(
    table: &Table<'_>,
    plans: impl Iterator<Item = &'a ListPlan>,
) -> Vec<Vec<usize>> {
    let owners = |column: &Column| matches!(column.source, ColumnSource::Parent { .. });
    let depth = table.columns.iter().filter(|column| owners(column)).count();
    let mut indexes: Vec<Vec<usize>> = Vec::new();
    for plan in plans {
        let sorted: Vec<usize> = match &plan.sort {
            Sort::Fixed(key) => vec![key.column],
            Sort::Parameter { keys, default, .. } => {
                keys.iter().chain([default]).map(|key| key.column).collect()
            }
        };
        let filtered = plan.filters.iter().map(|(_, column)| *column);
        for column in sorted.into_iter().chain(filtered) {
            let index: Vec<usize> = (0..depth).chain([column]).collect();
            let known = indexes.contains(&index) || table.unique.contains(&index);
            if column >= depth && column != table.key && !known {
                indexes.push(index);
            }
        }
    }
    indexes
}
