//! The tables of the last sync: what changed since, and those of a database that was used before.

use serde::{Deserialize, Serialize};

use super::Stored;
use crate::model::{Column, Resource};

/// A table of a database that the project used before: who goes back to it goes on from there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// `sqlite`
    pub database: String,
    /// The service did not use it any more.
    pub retired: bool,
    /// The table, or the columns of it that were retired.
    pub table: Box<Resource>,
}

/// A project that keeps no data has no tables to go back to.
const NONE: &str = "none";

impl Stored {
    /// The tables that a database has, and those that are retired; `None` where it was never used.
    pub fn tables(&self, database: &str) -> Option<[Vec<Resource>; 2]> {
        if self.database.as_deref().unwrap_or(database) == database {
            return Some([self.resources.clone(), self.retired.clone()]);
        }
        let known = self.elsewhere.iter().filter(|e| e.database == database);
        let (retired, used): (Vec<_>, Vec<_>) = known.partition(|known| known.retired);
        let is_known = !retired.is_empty() || !used.is_empty();
        let tables = |known: Vec<&Elsewhere>| known.iter().map(|k| (*k.table).clone()).collect();
        is_known.then(|| [tables(used), tables(retired)])
    }

    /// What is to be remembered of all databases but one.
    pub fn elsewhere(&self, database: &str) -> Vec<Elsewhere> {
        let mut all = self.elsewhere.clone();
        if let Some(last) = self.database.as_ref().filter(|last| *last != database) {
            all.retain(|known| known.database != *last);
            let kinds = [(false, &self.resources), (true, &self.retired)];
            let tables = kinds.map(|(retired, tables)| {
                tables.iter().map(move |table| Elsewhere {
                    database: last.clone(),
                    retired,
                    table: Box::new(table.clone()),
                })
            });
            all.extend(tables.into_iter().flatten());
        }
        all.retain(|known| ![database, NONE].contains(&&*known.database));
        all
    }
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
