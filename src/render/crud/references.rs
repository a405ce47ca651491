//! A new row names only what is there in other services.

use crate::{
    model::{Elsewhere, Resource},
    render::{calls::Checks, doors::rust_literal, reading::list, sql::rust},
};

/// The statements that make sure of it, with `row` as it is to be; `missing` makes the error for
/// a property whose row is not there.
pub(super) fn checks(
    checks: &Checks,
    resource: &Resource,
    missing: impl Fn(&str) -> String,
) -> Vec<String> {
    let check = |elsewhere: &Elsewhere| {
        let function = checks.function(elsewhere)?;
        let reads = rust_literal(elsewhere.operation.as_deref()?);
        let columns = || {
            elsewhere
                .columns
                .iter()
                .map(|place| &resource.columns[*place])
        };
        let last = columns().next_back()?;
        // An owner that is not there is a path that is not; a property is at fault in the body.
        let missing = match rust::api_name(last).filter(|_| !elsewhere.owns) {
            Some(property) => missing(property),
            None => not_found(&last.name),
        };
        let keys = list(columns().map(|column| format!("&row.{}", column.field)));
        let check =
            format!("let check = {function}(cx, {reads}, &[{keys}], {missing}); check.await?;");
        let nullable = columns().filter(|column| column.nullable);
        let named: Vec<_> = nullable
            .map(|c| format!("row.{}.is_some()", c.field))
            .collect();
        Some(match named.is_empty() {
            true => format!("{{ {check} }}"),
            false => format!("if {} {{ {check} }}", named.join(" && ")),
        })
    };
    resource.elsewhere.iter().filter_map(check).collect()
}

/// The statement that makes sure of what owns the rows, with the arguments that name it.
pub(super) fn owner(checks: &Checks, resource: &Resource, owners: &[String]) -> Option<String> {
    let elsewhere = resource.elsewhere.iter().find(|one| one.owns)?;
    let function = checks.function(elsewhere)?;
    let reads = rust_literal(elsewhere.operation.as_deref()?);
    let last = &resource.columns[*elsewhere.columns.last()?];
    let missing = not_found(&last.name);
    let keys = list(
        owners
            .iter()
            .map(|owner| match owner.strip_suffix(".as_str()") {
                Some(text) => format!("&{text}"),
                None if owner.starts_with('&') => owner.clone(),
                None => format!("&{owner}"),
            }),
    );
    Some(format!(
        "{{ let check = {function}(cx, {reads}, &[{keys}], {missing}); check.await?; }}"
    ))
}

fn not_found(column: &str) -> String {
    let what = column.strip_suffix("_id").unwrap_or(column);
    format!("Error::not_found({})", rust_literal(what))
}
