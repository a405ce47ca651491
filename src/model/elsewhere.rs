//! Rows that other services of a workspace keep.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
    /// What owns the rows, where another service keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Abroad>,
    /// What properties name the keys of, where another service keeps it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<String, Abroad>,
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
