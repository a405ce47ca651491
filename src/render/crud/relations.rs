//! Rows name only what is there, and what the caller may see, in other tables of the service.

use crate::{
    model::{
        Action, ColumnSource, ColumnType, OnDelete, Operation, Reference, Resource, ResourceId,
        Service, Status, TypeId,
    },
    render::{
        doors::rust_literal,
        models::{body_type, sight::Sight},
        sql::{convert::is_alike, rust},
    },
};

/// The references that a body sets.
pub(super) fn of_body<'r>(
    service: &Service,
    resource: &'r Resource,
    operation: &Operation,
    action: &Action,
) -> Vec<&'r Reference> {
    let Some(id) = body_type(service, operation, action.wrapper()) else {
        return Vec::new();
    };
    let references = resource.rules.references.iter();
    references
        .filter(|reference| field(service, resource, reference, id).is_some())
        .collect()
}

/// The body's field for a reference.
fn field<'s>(
    service: &'s Service,
    resource: &Resource,
    reference: &Reference,
    body: TypeId,
) -> Option<&'s crate::model::Field> {
    let column = &resource.columns[reference.column()];
    let is_told = matches!(
        column.source,
        ColumnSource::Field { .. } | ColumnSource::Key { .. }
    );
    if !is_told {
        return None;
    }
    let field = rust::field(rust::as_struct(service, body)?, rust::api_name(column)?)?;
    let kept = rust::kept_as(service, &field.schema);
    (is_alike(&kept, &column.ty) && !field.boxed).then_some(field)
}

/// The statements that look for the rows that a new `row` names.
pub(super) fn rows(
    service: &Service,
    resource: &Resource,
    operation: &Operation,
    (wrapper, body): (Option<&str>, TypeId),
) -> Vec<String> {
    let look = |reference: &Reference| {
        let field = field(service, resource, reference, body)?;
        let names = reference.columns.iter();
        let mut keys: Vec<String> = names
            .map(|index| {
                key(
                    &resource.columns[*index].ty,
                    &format!("row.{}", resource.columns[*index].field),
                )
            })
            .collect();
        let column = &resource.columns[reference.column()];
        let place = format!("row.{}", column.field);
        let is_text = column.ty == ColumnType::Text;
        if column.nullable {
            keys.pop();
            keys.push(held_key(&column.ty));
        }
        let look = look(
            service,
            reference,
            &keys,
            &missing(operation, wrapper, &field.api_name),
        );
        Some(match (column.nullable, is_text) {
            (false, _) => look,
            (true, true) => format!("if let Some(key) = &{place} {{ {look} }}"),
            (true, false) => format!("if let Some(key) = {place} {{ {look} }}"),
        })
    };
    resource.rules.references.iter().filter_map(look).collect()
}

/// The same where a body, at a place, changes a row: what it does not name stays.
pub(super) fn changes(
    service: &Service,
    resource: &Resource,
    operation: &Operation,
    (place, wrapper, body): (&str, Option<&str>, TypeId),
    owners: &[String],
) -> Vec<String> {
    let look = |reference: &Reference| {
        let field = field(service, resource, reference, body)?;
        let column = &resource.columns[reference.column()];
        if matches!(column.source, ColumnSource::Key { .. }) {
            // It is the row's own key, which no change changes.
            return None;
        }
        let place = format!("{place}.{}", field.name);
        let above = reference.columns.len() - 1;
        let mut keys: Vec<String> = owners.iter().take(above).cloned().collect();
        let options = rust::options(field);
        keys.push(match options {
            0 => key(&column.ty, &place),
            _ => held_key(&column.ty),
        });
        let look = look(
            service,
            reference,
            &keys,
            &missing(operation, wrapper, &field.api_name),
        );
        let borrow = if column.ty == ColumnType::Text {
            "&"
        } else {
            ""
        };
        Some(match options {
            0 => look,
            1 => format!("if let Some(key) = {borrow}{place} {{ {look} }}"),
            _ => format!("if let Some(Some(key)) = {borrow}{place} {{ {look} }}"),
        })
    };
    resource.rules.references.iter().filter_map(look).collect()
}

fn look(service: &Service, reference: &Reference, keys: &[String], missing: &str) -> String {
    let row = &service[reference.resource];
    let caller = match Sight::of(service, row).knows_caller() {
        true => ", &caller",
        false => "",
    };
    let module = &row.module;
    let keys = keys.join(", ");
    format!(
        "let found = models::{module}::get(cx.db().await?{caller}, {keys}).await?; \
         found.ok_or_else(|| {missing})?;"
    )
}

/// A value of a column as the key that functions take.
pub(super) fn key(ty: &ColumnType, place: &str) -> String {
    match ty {
        ColumnType::Text => format!("&{place}"),
        ColumnType::Integer(crate::model::IntegerKind::I64) => place.to_owned(),
        ColumnType::Integer(_) => format!("i64::from({place})"),
        _ => place.to_owned(),
    }
}

/// The same of one that was taken out of its `Option` as `key`.
pub(super) fn held_key(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Text => "key".to_owned(),
        ty => key(ty, "key"),
    }
}

/// What a body is answered with that names a row which is not there: 422, or 409 where that is
/// what the document knows.
pub(in crate::render) fn status(operation: &Operation) -> u16 {
    let declares = |code| operation.declared.contains(&Status::Code(code));
    match declares(409) && !declares(422) {
        true => 409,
        false => operation.invalid_body_status,
    }
}

/// The error for such a property.
fn missing(operation: &Operation, wrapper: Option<&str>, property: &str) -> String {
    let status = match status(operation) {
        409 => "StatusCode::CONFLICT",
        400 => "StatusCode::BAD_REQUEST",
        _ => "StatusCode::UNPROCESSABLE_ENTITY",
    };
    let names = wrapper.into_iter().chain([property]).map(rust_literal);
    let names: Vec<String> = names.collect();
    format!("crud::missing({status}, &[{}])", names.join(", "))
}

/// Deleting a row changes rows of other tables, and the database does not do it by itself.
pub(in crate::render) fn has_effects(service: &Service, id: ResourceId) -> bool {
    service[id].hides()
        && service
            .referrers(id)
            .iter()
            .any(|r| !r.is_owned && r.on_delete != OnDelete::Restrict)
}
