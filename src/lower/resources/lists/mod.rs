//! What a list is filtered and ordered by.

mod filters;
mod sorts;

use super::{answers::first, fields, includes, pages, parameters, table::Table};
use crate::model::{
    Action, Column, ColumnSource, Comparison, ListPlan, Operation, Pagination, Sort, Success,
    Supply,
};

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
    let mut success = first(operation, &[200, 206], |response| {
        pages::answer(table, response, pagination)
    })?;
    let mut used = pages::used(pagination);
    let sort = sorts::sort(table, operation, &mut used);
    let filters = filters::filters(table, operation, &mut used);
    if let Some(by) = by {
        let column = table.column_called(by);
        let tells = |column| {
            let mut filters = filters.iter();
            filters.any(|f| f.column == column && f.comparison == Comparison::Equal)
        };
        if !column.is_some_and(tells) {
            return Err(format!(
                "no parameter tells the `{by}` that its path speaks of"
            ));
        }
    }
    success.fields = fields::asked(table, operation, &success);
    used.extend(success.fields);
    success.include = includes::asked(table, operation, &success);
    used.extend(success.include.iter().map(|include| include.parameter));
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

/// What lists filter and sort by.
pub(super) fn indexes<'a>(
    table: &Table<'_>,
    plans: impl Iterator<Item = &'a ListPlan>,
) -> Vec<Vec<usize>> {
    let owners = |column: &Column| matches!(column.source, ColumnSource::Parent { .. });
    let depth = table.columns.iter().filter(|column| owners(column)).count();
    let mut indexes = table.indexes.clone();
    for plan in plans {
        let sorted: Vec<usize> = match &plan.sort {
            Sort::Fixed(key) => vec![key.column],
            Sort::Parameter { keys, default, .. } => {
                keys.iter().chain([default]).map(|key| key.column).collect()
            }
        };
        let filtered = plan.filters.iter().map(|filter| filter.column);
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
