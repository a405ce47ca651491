//! Links between rows of two collections: `PUT` without a body on the member that names both.

use super::{
    candidates::{Candidate, Slot, title},
    rules,
    table::{Table, shown},
    words::plain,
};
use crate::model::{
    Action, ColumnSource, KeySource, OnDelete, Operation, Reference, Resource, ResourceId, Role,
    Service,
};

/// Rows are made by a path that names what they link.
pub(super) fn are_made(service: &Service, candidate: &Candidate<'_>) -> bool {
    let mut operations = candidate.with(&Slot::Replace);
    operations.any(|id| service[id].body.is_none())
}

/// Whether all that a row says is in the path, or why it is not.
pub(super) fn link(table: &Table<'_>, operation: &Operation) -> Result<Action, String> {
    let is_told = |source: &ColumnSource| {
        matches!(
            source,
            ColumnSource::Parent { .. }
                | ColumnSource::Key { .. }
                | ColumnSource::CreatedAt { .. }
                | ColumnSource::UpdatedAt { .. }
        )
    };
    let mut columns = table.columns.iter();
    let untold = columns.find(|column| !is_told(&column.source) && !column.nullable);
    let hidden = table
        .columns
        .iter()
        .any(|column| column.source == ColumnSource::DeletedAt);
    match untold {
        Some(column) => Err(format!(
            "{} takes no body, and nothing else tells the `{}` of a row",
            title(operation),
            column.name
        )),
        None if hidden || !matches!(table.key_source, Ok(KeySource::Client)) => {
            Err(format!("{} takes no body", title(operation)))
        }
        None => Ok(Action::Link),
    }
}

/// Finds what links lead to: those that lead to nothing are stubs.
pub(super) fn settle(service: &mut Service) {
    for index in 0..service.operations.len() {
        let operation = &service.operations[index];
        let Role::Crud {
            resource,
            action: Action::Link,
            ..
        } = operation.role
        else {
            continue;
        };
        let leads = |reference: &Reference| reference.column() == service[resource].key;
        if service[resource].rules.references.iter().any(leads) {
            continue;
        }
        match by_name(service, &service[resource]) {
            Some(reference) => {
                let resource = &mut service.resources[resource.0];
                let index = vec![resource.key];
                if !resource.indexes.contains(&index) {
                    resource.indexes.push(index);
                }
                resource.rules.references.push(reference);
            }
            None => {
                let reason = format!(
                    "nothing says what it links: `references` of `{}` does",
                    service[resource].path
                );
                let told = format!("{} is a stub, because {reason}", title(operation));
                service.resources[resource.0].reasons.push(told);
                service.operations[index].role = Role::Stub { reason };
            }
        }
    }
}

/// `tag_id` leads to a `Tag`.
fn by_name(service: &Service, resource: &Resource) -> Option<Reference> {
    let key = &resource.columns[resource.key];
    let key = plain(shown(&key.source).unwrap_or(&key.name));
    let mut targets = (0..service.resources.len()).map(ResourceId);
    targets.find_map(|target| {
        let row = &service[target];
        let entity = plain(&service[row.entity].api_name);
        let own = &row.columns[row.key];
        let own = plain(shown(&own.source).unwrap_or(&own.name));
        let is_named = key.strip_prefix(&entity)?.strip_prefix('_')? == own;
        let reference =
            || rules::reference(service, resource, resource.key, target, OnDelete::Cascade);
        is_named.then(reference)?.ok()
    })
}
