//! What holds of the rows of a table beside the types of its columns.

use serde::{Deserialize, Serialize};

use super::{ColumnSource, Resource, ResourceId, Service};

/// What a document says of a table by `x-apigen-resources`, resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// The foreign keys beside the one that leads to the parent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// What deleting the parent's row does to these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<OnDelete>,
    /// Each row is a caller's own: the column is a [`ColumnSource::Caller`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<Own>,
    /// The column that counts changes, a [`ColumnSource::Version`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<usize>,
    /// The column that hides deleted rows, a [`ColumnSource::DeletedAt`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<usize>,
}

/// A column that names a row of another table, or of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The columns that hold the key: where the other rows have owners, these own the rows of both
    /// tables, and the last column is the one that refers.
    pub columns: Vec<usize>,
    /// Where the row is.
    pub resource: ResourceId,
    /// The table that this is: ids are of one model alone.
    pub table: String,
    /// The columns of its key, by name.
    pub key: Vec<String>,
    /// What deleting that row does to these.
    pub on_delete: OnDelete,
}

/// What deleting a row does to those that refer to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// They are deleted too.
    Cascade,
    /// It is refused.
    #[default]
    Restrict,
    /// They refer to nothing.
    SetNull,
}

/// Whose rows are whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// The column that holds the caller's subject.
    pub column: usize,
    /// What others are told.
    pub others: Others,
}

/// What callers are told of a row that is another's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// 404: there is none.
    #[default]
    NotFound,
    /// 403: there is one, and it is not theirs.
    Forbidden,
}

impl OnDelete {
    /// In SQL.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Cascade => "CASCADE",
            // What is deleted in the same statement, on another way down, is not in the way.
            Self::Restrict => "NO ACTION",
            Self::SetNull => "SET NULL",
        }
    }
}

impl Reference {
    /// The column that refers.
    pub fn column(&self) -> usize {
        self.columns.last().copied().unwrap_or_default()
    }
}

impl Rules {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Resource {
    /// What deleting the parent's row does to these.
    pub fn on_delete(&self) -> OnDelete {
        self.rules.on_delete.unwrap_or(OnDelete::Cascade)
    }

    /// Deleted rows stay, unseen.
    pub fn hides(&self) -> bool {
        self.rules.deleted_at.is_some()
    }

    /// The columns that the row's type has: what the service itself never reads is not in it.
    pub fn row_columns(&self) -> impl Iterator<Item = (usize, &super::Column)> {
        let columns = self.columns.iter().enumerate();
        columns.filter(|(_, column)| column.source != ColumnSource::DeletedAt)
    }
}

/// Rows that refer to those of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// Their table.
    pub resource: ResourceId,
    /// The columns that hold the key of the row that they refer to.
    pub columns: Vec<usize>,
    /// What deleting it does to them.
    pub on_delete: OnDelete,
    /// It owns them.
    pub is_owned: bool,
}

impl Service {
    /// What refers to the rows of a table: those that they own, and foreign keys.
    pub fn referrers(&self, id: ResourceId) -> Vec<Referrer> {
        let mut found = Vec::new();
        for (index, resource) in self.resources.iter().enumerate() {
            let parent = resource.parent.as_ref().filter(|p| p.resource == id);
            found.extend(parent.map(|_| Referrer {
                resource: ResourceId(index),
                columns: resource.parent_columns(),
                on_delete: resource.on_delete(),
                is_owned: true,
            }));
            let references = resource
                .rules
                .references
                .iter()
                .filter(|r| r.resource == id);
            found.extend(references.map(|reference| Referrer {
                resource: ResourceId(index),
                columns: reference.columns.clone(),
                on_delete: reference.on_delete,
                is_owned: false,
            }));
        }
        found
    }
}
