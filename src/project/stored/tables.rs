//! The tables of the last sync: what changed since, and what the database still has of them.

use super::Stored;
use crate::model::{Column, Resource, Service};

impl Stored {
    /// The tables as the database has them, as far as a newer model uses them.
    pub fn tables(&self, service: &Service) -> Vec<Resource> {
        let mut tables = self.resources.clone();
        let unused = missing(&self.retired, &service.resources);
        for mut retired in self.retired.clone() {
            let unused = unused.iter().find(|other| other.table == retired.table);
            let is_used = |name: &str| {
                !unused.is_some_and(|other| other.columns.iter().any(|c| c.name == name))
            };
            match tables.iter_mut().find(|table| table.table == retired.table) {
                Some(table) => {
                    retired.columns.retain(|column| is_used(&column.name));
                    table.columns.append(&mut retired.columns);
                }
                None if service
                    .resources
                    .iter()
                    .any(|new| new.table == retired.table) =>
                {
                    tables.push(retired);
                }
                None => {}
            }
        }
        tables
    }
}

/// What the database still has of the old tables and the new ones do not use.
pub(super) fn retired(old: &Stored, new: &[Resource]) -> Vec<Resource> {
    let mut retired = missing(&old.retired, new);
    for mut gone in missing(&old.resources, new) {
        let known = retired.iter().position(|old| old.table == gone.table);
        if let Some(known) = known {
            gone.columns.extend(retired.remove(known).columns);
        }
        retired.push(gone);
    }
    retired
}

/// Which tables and columns are new, in words.
pub(super) fn changes(old: &[Resource], new: &[Resource]) -> Vec<String> {
    let mut told = Vec::new();
    for resource in missing(new, old) {
        let table = &resource.table;
        if !old.iter().any(|old| old.table == *table) {
            told.push(format!("Table `{table}` is new"));
            continue;
        }
        let columns = resource.columns.iter();
        told.extend(columns.map(|column| format!("Column `{table}.{}` is new", column.name)));
    }
    told
}

/// The tables that the others lack, and of those that they have, the columns that they lack.
fn missing(these: &[Resource], others: &[Resource]) -> Vec<Resource> {
    let mut missing = Vec::new();
    for resource in these {
        let Some(other) = others.iter().find(|other| other.table == resource.table) else {
            missing.push(resource.clone());
            continue;
        };
        let lacks = |column: &&Column| other.columns.iter().all(|c| c.name != column.name);
        let columns: Vec<_> = resource.columns.iter().filter(lacks).cloned().collect();
        if !columns.is_empty() {
            missing.push(Resource {
                columns,
                ..resource.clone()
            });
        }
    }
    missing
}
