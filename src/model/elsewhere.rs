//! Rows that other services of a workspace keep.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OnDelete, Others};

/// Rows of another service, of which those of a table speak: no foreign key can hold them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The service that keeps them, such as `users`.
    pub service: String,
    /// The operation there that reads one of them, by its `operationId`, if there is one: the
    /// parameters of its path, in order, are the values of `columns`.
    pub operation: Option<String>,
    /// The columns that hold the key, by their places in the table's.
    pub columns: Vec<usize>,
    /// They own the rows of the table: the columns are its [`super::ColumnSource::Parent`] ones.
    pub owns: bool,
}

/// What a document says of a collection by `x-apigen-resources`, where it cannot be inferred.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Said {
    /// What the table is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The path of the collection whose rows these are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows_of: Option<String>,
    /// What owns the rows, where another service keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Abroad>,
    /// What properties name the keys of.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<String, SaidReference>,
    /// Sets of properties in which no two rows are equal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<Vec<String>>,
    /// Sets of properties that rows are looked for by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Vec<String>>,
    /// What deleting the owner does to the rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<OnDelete>,
    /// Each row is the caller's who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<SaidCaller>,
    /// Deleted rows stay, unseen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub soft_delete: bool,
    /// The property that counts changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The rows to begin with, or how many of them are to be made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<Value>,
}

impl Said {
    /// More is said than what another service or collection keeps, and what the table is called.
    pub fn speaks_of_rows(&self) -> bool {
        let Self {
            name,
            rows_of,
            owner,
            references,
            ..
        } = self;
        let all = Self {
            name: name.clone(),
            rows_of: rows_of.clone(),
            owner: owner.clone(),
            references: references.clone(),
            ..Self::default()
        };
        *self != all || references.values().any(|row| row.resource.is_some())
    }
}

/// A property that names a row: of a collection of this service, or of another service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaidReference {
    /// The path of the collection, where this service keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What deleting the row does to those that refer to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<OnDelete>,
    /// The other service that keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The operation there that reads a row, by its `operationId`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
}

impl From<Abroad> for SaidReference {
    fn from(row: Abroad) -> Self {
        Self {
            service: Some(row.service),
            operation: row.operation,
            ..Self::default()
        }
    }
}

/// The property that holds the caller's subject.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaidCaller {
    /// Verbatim.
    pub property: String,
    /// What others are told.
    #[serde(default)]
    pub others: Others,
}

/// A table that another service keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abroad {
    /// The service, such as `users`.
    pub service: String,
    /// The operation there that reads a row, by its `operationId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The types of its key's columns, the owners' first: `uuid`, `text`, `i64` and so on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}
