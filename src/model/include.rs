//! Rows of other tables that are shown beside those that refer to them.

use serde::{Deserialize, Serialize};

use super::{ResourceId, TypeId};

/// What a request may ask to be shown beside the rows of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Include {
    /// The parameter that asks, by its place in the operation's: an array of a named string enum.
    pub parameter: usize,
    /// For each variant of the enum that can be shown, in order.
    pub rows: Vec<Included>,
    /// The variants that cannot, verbatim: who asks for one gets 501.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
}

/// A row that another one refers to, or several that refer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Included {
    /// The property that shows it, verbatim, which is the variant's text too: it has no column, may
    /// be absent or null, and is of the entity's type, or an array of it.
    pub property: String,
    /// The columns that refer, the owners' first: these stand in the path. The last is a UUID, a
    /// text or an integer. They are those of the rows that are shown where there may be several.
    pub columns: Vec<usize>,
    /// Where it is.
    pub resource: ResourceId,
    /// What it is shown as: the type of some answer about such rows, as for [`super::Supply::Row`].
    pub entity: TypeId,
    /// There are several rows, of which each row shows so many at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u64>,
    /// What a caller must be granted to see it, beside what the operation asks of everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

impl Included {
    /// The column that refers.
    pub fn column(&self) -> usize {
        self.columns.last().copied().unwrap_or_default()
    }

    /// It is one row, which the row that shows it names.
    pub fn is_one(&self) -> bool {
        self.most.is_none()
    }
}
