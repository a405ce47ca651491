//! The tables of the last sync: what changed since.

use crate::model::{Column, Resource};

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
