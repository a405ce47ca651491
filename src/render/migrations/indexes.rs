//! Indexes and unique keys. Each is a statement of its own, because both databases can drop an
//! index, and SQLite no constraint.

use super::super::sql::{identifier, index_name, name};
use crate::model::Resource;

/// An index as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) is_unique: bool,
    /// By name.
    pub(super) columns: Vec<String>,
    /// The rows that a unique key leaves out have a value here: the deleted ones.
    pub(super) hidden: Option<String>,
}

impl Index {
    /// All of a table.
    pub(super) fn all(resource: &Resource) -> Vec<Self> {
        let plain = resource.indexes.iter().map(|columns| {
            let mut indexed = columns.clone();
            // The key makes it serve the order of lists.
            if !indexed.contains(&resource.key) {
                indexed.push(resource.key);
            }
            Self {
                name: index_name(resource, columns),
                is_unique: false,
                columns: names(resource, &indexed),
                hidden: None,
            }
        });
        let unique = resource.unique.iter().map(|columns| Self {
            name: name(format!("{}_key", index_name(resource, columns))),
            is_unique: true,
            columns: names(resource, columns),
            hidden: resource
                .rules
                .deleted_at
                .map(|column| resource.columns[column].name.clone()),
        });
        unique.chain(plain).collect()
    }

    /// `CREATE INDEX items_by_name ON items (name, id);`
    pub(super) fn create(&self, table: &str) -> String {
        let unique = if self.is_unique { "UNIQUE " } else { "" };
        let columns: Vec<String> = self.columns.iter().map(|c| identifier(c)).collect();
        let hidden = self.hidden.as_ref();
        let hidden = hidden.map(|column| format!(" WHERE {} IS NULL", identifier(column)));
        format!(
            "CREATE {unique}INDEX {} ON {} ({}){};",
            identifier(&self.name),
            identifier(table),
            columns.join(", "),
            hidden.unwrap_or_default()
        )
    }

    pub(super) fn drop(&self) -> String {
        format!("DROP INDEX IF EXISTS {};", identifier(&self.name))
    }

    pub(super) fn touches(&self, columns: &[String]) -> bool {
        self.columns.iter().any(|column| columns.contains(column))
    }
}

pub(super) fn names(resource: &Resource, columns: &[usize]) -> Vec<String> {
    let columns = columns.iter().filter_map(|i| resource.columns.get(*i));
    columns.map(|column| column.name.clone()).collect()
}
