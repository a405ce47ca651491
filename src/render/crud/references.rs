//! Rows name only what is there in other services.

use crate::{
    model::{Column, Elsewhere, Resource, Service, TypeId},
    render::{
        calls::Checks,
        doors::rust_literal,
        reading::list,
        sql::{convert::is_alike, rust},
    },
};

/// The statements that make sure of it, with `row` as it is to be; `missing` makes the error for
/// a property whose row is not there.
pub(super) fn checks(
    checks: &Checks,
    resource: &Resource,
    missing: impl Fn(&str) -> String,
) -> Vec<String> {
    let check = |elsewhere: &Elsewhere| {
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
        let check = ask(checks, elsewhere, &keys, &missing)?;
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

/// The same where a body of a type, at a place, changes a row: what it does not name stays.
pub(super) fn changes(
    checks: &Checks,
    service: &Service,
    resource: &Resource,
    (place, body): (&str, TypeId),
    missing: impl Fn(&str) -> String,
) -> Vec<String> {
    let check = |elsewhere: &Elsewhere| {
        let column = property(resource, elsewhere)?;
        let field = rust::field(rust::as_struct(service, body)?, rust::api_name(column)?)?;
        if !is_alike(&rust::kept_as(service, &field.schema), &column.ty) {
            return None;
        }
        let place = format!("&{place}.{}", field.name);
        let is_plain = rust::options(field) == 0;
        let key = if is_plain { &place } else { "key" };
        let check = ask(checks, elsewhere, key, &missing(&field.api_name))?;
        Some(match rust::options(field) {
            0 => format!("{{ {check} }}"),
            1 => format!("if let Some(key) = {place} {{ {check} }}"),
            _ => format!("if let Some(Some(key)) = {place} {{ {check} }}"),
        })
    };
    resource.elsewhere.iter().filter_map(check).collect()
}

/// The column that names another service's row; what owns the rows stands in the path.
fn property<'r>(resource: &'r Resource, elsewhere: &Elsewhere) -> Option<&'r Column> {
    match elsewhere.columns.as_slice() {
        [column] if !elsewhere.owns => resource.columns.get(*column),
        _ => None,
    }
}

/// The statements that ask whether what the keys name is there, where that is to be asked.
fn ask(checks: &Checks, elsewhere: &Elsewhere, keys: &str, missing: &str) -> Option<String> {
    let function = checks.function(elsewhere)?;
    let reads = rust_literal(elsewhere.operation.as_deref()?);
    Some(format!(
        "let check = {function}(cx, {reads}, &[{keys}], {missing}); check.await?;"
    ))
}

/// The statement that makes sure of what owns the rows, with the arguments that name it.
pub(super) fn owner(checks: &Checks, resource: &Resource, owners: &[String]) -> Option<String> {
    let elsewhere = resource.elsewhere.iter().find(|one| one.owns)?;
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
    let check = ask(checks, elsewhere, &keys, &missing)?;
    Some(format!("{{ {check} }}"))
}

fn not_found(column: &str) -> String {
    let what = column.strip_suffix("_id").unwrap_or(column);
    format!("Error::not_found({})", rust_literal(what))
}
