//! Which rows of other tables a request may ask to see beside those that refer to them, or that
//! they refer to.

mod many;
mod scopes;

use super::{
    bodies,
    candidates::{Slot, title},
    columns::{Draft, Drawing},
    fields, parameters, rules,
    table::{Table, shown},
    types::{as_struct, may_be_empty},
    words::plain,
};
use crate::model::{
    Action, Column, ColumnSource, ColumnType, Field, Include, Included, Location, OnDelete,
    Operation, Pagination, Resource, ResourceId, Role, Service, Struct, Success, Type, TypeId,
};
use scopes::scopes;

const INCLUDE: &[&str] = &["include", "includes", "expand", "embed"];

/// So many values a statement may bind, with some to spare: SQLite takes no more than 32,766.
const MOST_KEYS: f64 = 30_000.0;

/// The parameter that asks, and what its values name.
fn asks<'s>(service: &'s Service, operation: &'s Operation) -> Option<(usize, Vec<&'s str>)> {
    let mut parameters = operation.parameters.iter().enumerate();
    parameters.find_map(|(index, parameter)| {
        let may_ask = parameter.location == Location::Query && !parameter.required;
        let is_it = may_ask && INCLUDE.contains(&plain(&parameter.api_name).as_str());
        let names = parameters::choices(service, parameter).filter(|_| is_it)?;
        Some((index, names))
    })
}

/// The property is another row, or several, which nobody sends and a request may ask for: it has no
/// column.
pub(super) fn is_other_row(
    drawing: &Drawing<'_, '_>,
    entity: &Struct,
    drafts: &[Draft],
    field: &Field,
) -> bool {
    let service = drawing.service;
    let name = plain(&field.api_name);
    let names = drafts.iter().map(|draft| plain(&draft.text));
    let mut names = names.chain(entity.fields.iter().map(|field| plain(&field.api_name)));
    let is_asked = |(id, slot): &(_, Slot)| {
        let reads = matches!(slot, Slot::List | Slot::ListBy(_) | Slot::Get);
        let asked = asks(service, &service[*id]).filter(|_| reads);
        asked.is_some_and(|(_, names)| names.contains(&field.api_name.as_str()))
    };
    let is_sent = |(id, _): &(_, Slot)| {
        let body = bodies::read(service, &service[*id], drawing.names);
        body.is_ok_and(|body| {
            body.found
                .fields
                .iter()
                .any(|f| f.api_name == field.api_name)
        })
    };
    let mut operations = drawing.candidate.operations.iter();
    let is_one = row_type(service, field).is_some();
    may_be_empty(field)
        && (many::row_type(service, field).is_some()
            || is_one && names.any(|other| is_key_of(&name, &other)))
        && operations.clone().any(is_asked)
        && !operations.any(is_sent)
}

/// The type of the row that a property is.
fn row_type(service: &Service, field: &Field) -> Option<TypeId> {
    let Type::Named(id) = field.schema.ty else {
        return None;
    };
    as_struct(service, id).map(|_| id)
}

/// `author_id` names the `author`.
fn is_key_of(name: &str, other: &str) -> bool {
    let end = other.strip_prefix(name);
    matches!(end, Some("_id" | "_uuid" | "_guid"))
}

/// What an operation that reads rows may show beside them, as far as can be told before all tables
/// are known: what it shows is told by [`settle`].
pub(super) fn asked(
    table: &Table<'_>,
    operation: &Operation,
    success: &Success,
) -> Option<Include> {
    let (parameter, names) = asks(table.service, operation)?;
    let row = as_struct(table.service, fields::row(&success.body)?)?;
    let is_shown = |name: &&str| row.fields.iter().any(|field| field.api_name == **name);
    let is_other = |name: &&str| table.column(name).is_none() && is_shown(name);
    let found = Include {
        parameter,
        rows: Vec::new(),
        refused: Vec::new(),
    };
    names.iter().any(is_other).then_some(found)
}

/// Finds the tables of what may be shown, and gives up what cannot be.
pub(super) fn settle(service: &mut Service) {
    for index in 0..service.operations.len() {
        let operation = &service.operations[index];
        let Some((id, all)) = resolved(service, operation) else {
            continue;
        };
        let parameter = asks(service, operation).map_or(0, |(parameter, _)| parameter);
        let name = operation.parameters[parameter].api_name.clone();
        let reasons = told(service, operation, (id, &name), &all);
        service.resources[id.0].reasons.extend(reasons);
        let refused = all.iter().filter(|(_, row)| row.is_err());
        let refused = refused.map(|(name, _)| name.clone()).collect();
        let rows: Vec<Included> = all.into_iter().filter_map(|(_, row)| row.ok()).collect();
        if let Role::Crud {
            success,
            unsupported,
            ..
        } = &mut service.operations[index].role
        {
            success.include = (!rows.is_empty()).then_some(Include {
                parameter,
                rows,
                refused,
            });
            unsupported.extend(success.include.is_none().then_some(name));
        }
    }
}

/// What a value of the parameter shows, or why it shows nothing.
type Shown = (String, Result<Included, String>);

/// What is told of the parameter with this name.
fn told(
    service: &Service,
    operation: &Operation,
    (id, name): (ResourceId, &str),
    all: &[Shown],
) -> Vec<String> {
    let title = title(operation);
    let shown = all.iter().filter_map(|(_, row)| row.as_ref().ok());
    let shown: Vec<String> = shown.map(|row| told_of(service, id, row)).collect();
    let shown = (!shown.is_empty()).then(|| {
        let shown = shown.join(", ");
        format!("{title} shows what `{name}` names beside a row: {shown}")
    });
    let refused = all.iter().filter_map(|(value, row)| {
        let reason = row.as_ref().err()?;
        Some(format!(
            "{title} asked for `{name}={value}` answers 501, because {reason}"
        ))
    });
    shown.into_iter().chain(refused).collect()
}

fn told_of(service: &Service, id: ResourceId, row: &Included) -> String {
    let other = &service[row.resource];
    let (property, table) = (&row.property, &other.table);
    let rows = match row.most {
        None => {
            let key = &service[id].columns[row.column()].name;
            format!("`{property}`, the row of `{table}` that `{key}` names")
        }
        Some(most) => {
            let key = &other.columns[row.column()].name;
            format!("`{property}`, up to {most} rows of `{table}` that name it by `{key}`")
        }
    };
    match row.scopes.is_empty() {
        true => rows,
        false => format!("{rows}, to who has `{}`", row.scopes.join("`, `")),
    }
}

/// What an operation may show, or why it cannot, by each value that asks.
fn resolved(service: &Service, operation: &Operation) -> Option<(ResourceId, Vec<Shown>)> {
    let Role::Crud {
        resource,
        action,
        success,
        ..
    } = &operation.role
    else {
        return None;
    };
    success.include.as_ref()?;
    let (_, names) = asks(service, operation)?;
    let row = as_struct(service, fields::row(&success.body)?)?;
    let is_bounded = is_bounded(operation, action);
    let rows = names.into_iter().map(|name| {
        let mut fields = row.fields.iter();
        let field = fields.find(|field| field.api_name == name);
        let found = match field {
            _ if !is_bounded => {
                Err("a page may have more rows than a statement has room for".to_owned())
            }
            None => Err(format!("rows have no `{name}`")),
            Some(field) => beside(service, operation, *resource, field),
        };
        (name.to_owned(), found)
    });
    Some((*resource, rows.collect()))
}

/// What a property shows, or why it cannot.
fn beside(
    service: &Service,
    operation: &Operation,
    id: ResourceId,
    field: &Field,
) -> Result<Included, String> {
    let name = &field.api_name;
    let has_column = |column: &Column| shown(&column.source) == Some(name);
    if service[id].columns.iter().any(has_column) {
        return Err(format!("`{name}` is a property of the rows themselves"));
    }
    match (row_type(service, field), many::row_type(service, field)) {
        (Some(entity), _) => included(service, operation, id, name, entity),
        (_, Some(entity)) => many::included(service, operation, id, field, entity),
        _ => Err(format!("`{name}` is no row")),
    }
}

/// No page has more rows than a statement may name.
fn is_bounded(operation: &Operation, action: &Action) -> bool {
    let Action::List(plan) = action else {
        return true;
    };
    let limit = match plan.pagination {
        Pagination::None => None,
        Pagination::Limit { limit } => Some(limit),
        Pagination::Cursor { limit, .. } | Pagination::Offset { limit, .. } => limit,
        Pagination::Page { size, .. } => size,
    };
    let most = limit.and_then(|limit| match &operation.parameters[limit].schema.ty {
        Type::Integer(_, rules) | Type::Number(rules) => {
            rules.max.as_ref().or(rules.below.as_ref())
        }
        _ => None,
    });
    most.is_none_or(|most| most.as_f64().is_some_and(|most| most <= MOST_KEYS))
}

/// The row that a property shows, or why it cannot.
fn included(
    service: &Service,
    operation: &Operation,
    id: ResourceId,
    name: &str,
    entity: TypeId,
) -> Result<Included, String> {
    let resource = &service[id];
    let target = kept(service, entity)?[0];
    let place = key(resource, name).ok_or_else(|| format!("nothing names the `{name}`"))?;
    let columns = columns(service, resource, place, target)?;
    let ty = &resource.columns[place].ty;
    if !matches!(
        ty,
        ColumnType::Uuid | ColumnType::Text | ColumnType::Integer(_)
    ) {
        return Err(format!("the `{name}` has a key of an unusual type"));
    }
    Ok(Included {
        property: name.to_owned(),
        columns,
        resource: target,
        entity,
        most: None,
        scopes: scopes(service, operation.guard, target, false)?,
    })
}

/// The tables whose rows are shown as this type, be it in an older version: first those that keep it.
fn kept(service: &Service, entity: TypeId) -> Result<Vec<ResourceId>, String> {
    let shows = |id: &ResourceId| {
        let mut answers = service.operations.iter().filter_map(|o| o.role.on_rows());
        service[*id].entity == entity
            || answers
                .any(|(of, _, success)| of == *id && fields::row(&success.body) == Some(entity))
    };
    let all = (0..service.resources.len()).map(ResourceId);
    let mut kept: Vec<ResourceId> = all.filter(shows).collect();
    kept.sort_by_key(|id| service[*id].entity != entity);
    match kept.is_empty() {
        false => Ok(kept),
        true => {
            let entity = &service[entity].api_name;
            Err(format!("no rows are kept that are a `{entity}`"))
        }
    }
}

/// The column that names what a property shows.
fn key(resource: &Resource, name: &str) -> Option<usize> {
    let name = plain(name);
    let called = |column: &Column| plain(shown(&column.source).unwrap_or(&column.name));
    let is_key = |column: &Column| is_key_of(&name, &called(column));
    resource.columns.iter().position(is_key)
}

/// The columns that hold the key of another row, the last of them at this place.
fn columns(
    service: &Service,
    resource: &Resource,
    place: usize,
    target: ResourceId,
) -> Result<Vec<usize>, String> {
    let name = &resource.columns[place].name;
    let other = || format!("`{name}` names no row of `{}`", service[target].path);
    if let ColumnSource::Parent { .. } = resource.columns[place].source {
        let owners = resource.parent_columns().into_iter();
        let columns: Vec<usize> = owners.take_while(|column| *column <= place).collect();
        let owner = rules::ancestor(service, resource, columns.len());
        return (owner == Some(target)).then_some(columns).ok_or_else(other);
    }
    let mut references = resource.rules.references.iter();
    match references.find(|reference| reference.column() == place) {
        Some(reference) if reference.resource == target => Ok(reference.columns.clone()),
        Some(_) => Err(other()),
        None => rules::reference(service, resource, place, target, OnDelete::Restrict)
            .map(|reference| reference.columns),
    }
}
