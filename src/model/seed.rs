//! Rows that a database may begin with.

use serde_json::{Map, Value};

use super::{Column, ColumnSource, Resource, ResourceId};

/// A row that is written into a new database where somebody asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seed {
    /// The table.
    pub resource: ResourceId,
    /// What it is known by, so that it is written once: the table, and what tells it apart.
    pub name: String,
    /// The rows that it names, by their names; they are written before.
    pub after: Vec<String>,
    /// For each column, its value as JSON of the type.
    pub values: Vec<Value>,
    /// What the user signs in with.
    pub password: Option<(String, String)>,
}

impl Seed {
    /// The row as a document may say it, with nothing left to be found out.
    pub fn told(&self, resource: &Resource) -> Map<String, Value> {
        let columns = resource.columns.iter().zip(&self.values);
        let members = columns.filter_map(|(column, value)| Some((column.said()?, value.clone())));
        members
            .chain(
                self.password
                    .clone()
                    .map(|(name, text)| (name, text.into())),
            )
            .collect()
    }
}

impl Column {
    /// What a row of a seed calls it by.
    pub fn said(&self) -> Option<String> {
        match &self.source {
            ColumnSource::Parent { parameter, .. } => Some(parameter.clone()),
            ColumnSource::Field { api_name }
            | ColumnSource::UpdatedAt { api_name }
            | ColumnSource::Caller { api_name }
            | ColumnSource::Version { api_name } => Some(api_name.clone()),
            ColumnSource::Key { api_name } | ColumnSource::CreatedAt { api_name } => {
                api_name.clone()
            }
            ColumnSource::DeletedAt => None,
        }
    }
}
