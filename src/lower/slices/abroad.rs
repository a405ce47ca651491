//! The rows of other services that those of a table belong to or speak of.

use std::collections::{BTreeMap, HashMap};

use super::Slices;
use crate::{
    lower::{
        partition::Share,
        resources::{said::key_name, words},
    },
    model::{Abroad, Action, ColumnSource, ColumnType, Resource, Role, Service},
};

/// What owns the rows, where another service keeps it.
pub(super) fn owner(slices: &Slices<'_>, share: &Share, resource: &Resource) -> Option<Abroad> {
    let owner = &slices.whole[resource.parent.as_ref()?.resource];
    let service = slices.keeper(owner).filter(|name| *name != share.name)?;
    let keys = resource.parent_columns().into_iter();
    let keys = keys.filter_map(|column| key_name(&resource.columns[column].ty));
    Some(Abroad {
        service: service.to_owned(),
        operation: reads(slices.whole, owner),
        keys: keys.map(str::to_owned).collect(),
    })
}

/// What `product_id` names, where another service keeps the products and lets them be read.
pub(super) fn references(
    slices: &Slices<'_>,
    share: &Share,
    resource: &Resource,
) -> BTreeMap<String, Abroad> {
    let mut found = BTreeMap::new();
    for column in &resource.columns {
        let ColumnSource::Field { api_name } = &column.source else {
            continue;
        };
        let named = words::plain(api_name);
        let Some(word) = named.strip_suffix("_id") else {
            continue;
        };
        let called = slices.words.get(word).into_iter().flatten();
        let mut rows = called.copied().filter(|other| {
            other.parent_columns().is_empty()
                && is_same_kind(&other.columns[other.key].ty, &column.ty)
        });
        // Where two tables are called so, neither is meant for sure.
        let (Some(row), None) = (rows.next(), rows.next()) else {
            continue;
        };
        let service = slices.keeper(row).filter(|name| *name != share.name);
        if let (Some(service), Some(operation)) = (service, reads(slices.whole, row)) {
            let abroad = Abroad {
                service: service.to_owned(),
                operation: Some(operation),
                keys: Vec::new(),
            };
            found.insert(api_name.clone(), abroad);
        }
    }
    found
}

/// A row, where another service keeps it.
pub(super) fn row(slices: &Slices<'_>, share: &Share, row: &Resource) -> Option<Abroad> {
    let service = slices.keeper(row).filter(|name| *name != share.name)?;
    Some(Abroad {
        service: service.to_owned(),
        operation: reads(slices.whole, row),
        keys: Vec::new(),
    })
}

/// The tables, by what one of their rows is called.
pub(super) fn words(whole: &Service) -> HashMap<String, Vec<&Resource>> {
    let mut words: HashMap<String, Vec<&Resource>> = HashMap::new();
    for resource in &whole.resources {
        words.entry(last_word(resource)).or_default().push(resource);
    }
    words
}

/// One of a collection's members, by the last word of its path.
fn last_word(resource: &Resource) -> String {
    let word = resource.path.rsplit('/').next().unwrap_or_default();
    words::singular(&words::plain(word))
}

/// The operation that reads a row.
fn reads(service: &Service, resource: &Resource) -> Option<String> {
    let mut operations = resource.operations.iter().map(|id| &service[*id]);
    let read = operations.find(|operation| {
        let action = match &operation.role {
            Role::Crud { action, .. } => Some(action),
            Role::Stub { .. } | Role::Account { .. } => None,
        };
        action == Some(&Action::Get)
    });
    read.map(|operation| operation.id.clone())
}

fn is_same_kind(a: &ColumnType, b: &ColumnType) -> bool {
    matches!(
        (a, b),
        (ColumnType::Uuid, ColumnType::Uuid)
            | (ColumnType::Text, ColumnType::Text)
            | (ColumnType::Integer(_), ColumnType::Integer(_))
    )
}
