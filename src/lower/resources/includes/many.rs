//! Rows that are shown beside the one that they refer to: an order has its lines.

use super::{
    super::{
        rules,
        table::shown,
        types::{as_struct, may_be_empty},
        words::plain,
    },
    is_key_of, kept, scopes,
};
use crate::model::{
    ColumnType, Field, Included, OnDelete, Operation, Resource, ResourceId, Service, Type, TypeId,
};

/// So many rows are shown beside each one, where the document says no number.
const MOST: u64 = 100;

/// The type of the rows that a property lists.
pub(super) fn row_type(service: &Service, field: &Field) -> Option<TypeId> {
    let Type::Array { items, .. } = &field.schema.ty else {
        return None;
    };
    match items.ty {
        Type::Named(id) if !items.nullable => as_struct(service, id).map(|_| id),
        _ => None,
    }
}

/// The rows that a property lists, or why it cannot.
pub(super) fn included(
    service: &Service,
    operation: &Operation,
    id: ResourceId,
    field: &Field,
    entity: TypeId,
) -> Result<Included, String> {
    let name = &field.api_name;
    if !may_be_empty(field) {
        return Err(format!("`{name}` is always there, asked for or not"));
    }
    let mut found = Err(String::new());
    for rows in kept(service, entity)? {
        found = found.or_else(|_: String| Ok((rows, columns(service, id, &service[rows])?)));
    }
    let (target, columns) = found?;
    let most = match field.schema.ty {
        Type::Array { max, .. } => max.unwrap_or(MOST),
        _ => MOST,
    };
    Ok(Included {
        property: name.to_owned(),
        columns,
        resource: target,
        entity,
        most: Some(most.min(i32::MAX as u64)),
        scopes: scopes(service, operation.guard, target, true)?,
    })
}

/// The columns of rows that hold the key of the row which shows them: the rows are below it, or one
/// property refers to it.
fn columns(service: &Service, id: ResourceId, rows: &Resource) -> Result<Vec<usize>, String> {
    let (row, path) = (&service[id], &rows.path);
    let is_key = matches!(
        row.columns[row.key].ty,
        ColumnType::Uuid | ColumnType::Text | ColumnType::Integer(_)
    );
    if !is_key {
        return Err("its own key is of an unusual type".to_owned());
    }
    let owners = rows.parent_columns();
    let own = row.primary_key().len();
    if rules::ancestor(service, rows, own) == Some(id) {
        return Ok(owners.into_iter().take(own).collect());
    }
    let references = rows.rules.references.iter();
    let mut references = references.filter(|reference| reference.resource == id);
    match (references.next(), references.next()) {
        (Some(reference), None) => Ok(reference.columns.clone()),
        (Some(_), Some(_)) => Err(format!(
            "more than one property of the rows of `{path}` names it"
        )),
        (None, _) => {
            by_name(service, id, rows).ok_or_else(|| format!("the rows of `{path}` do not name it"))
        }
    }
}

/// `author_id` names an `Author`.
fn by_name(service: &Service, id: ResourceId, rows: &Resource) -> Option<Vec<usize>> {
    let name = plain(&service[service[id].entity].api_name);
    let mut columns = rows.columns.iter().enumerate();
    let (place, _) = columns.find(|(_, column)| {
        let column = shown(&column.source).unwrap_or(&column.name);
        is_key_of(&name, &plain(column))
    })?;
    let reference = rules::reference(service, rows, place, id, OnDelete::Restrict);
    reference.ok().map(|reference| reference.columns)
}
