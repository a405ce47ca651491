//! A new row names only what is there in other services.

use crate::{
    model::{Elsewhere, ErrorBody, Operation, Resource},
    render::{calls::Checks, doors::rust_literal, reading::list},
};

/// The statements that make sure of it, with `row` as it is to be; `errors` is the form of errors.
pub(super) fn checks(
    checks: &Checks,
    resource: &Resource,
    operation: &Operation,
    errors: &ErrorBody,
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
        let keys = list(columns().map(|column| format!("&row.{}", column.field)));
        let missing = missing(elsewhere, &last.name, operation, errors);
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

/// An owner that is not there is a path that is not; a property is at fault in the body.
fn missing(
    elsewhere: &Elsewhere,
    column: &str,
    operation: &Operation,
    errors: &ErrorBody,
) -> String {
    if elsewhere.owns {
        return not_found(column);
    }
    let field = match errors {
        ErrorBody::Problem => format!("#/{column}"),
        _ => column.to_owned(),
    };
    let status = operation.invalid_body_status;
    format!(
        "Error::invalid_body(StatusCode::from_u16({status}).unwrap_or_default(), \
         [({}.to_owned(), vec![\"must name one that is there\".to_owned()])].into())",
        rust_literal(&field)
    )
}
