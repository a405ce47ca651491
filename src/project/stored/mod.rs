//! `.apigen/model.json`: what the last sync knew of the API, one fact per line.

mod operations;
mod tables;

use serde::{Deserialize, Serialize};

pub use self::operations::{StoredOperation, role};
use crate::model::{Resource, Service};

/// What the next sync must know of the last one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stored {
    /// In the order of the document.
    pub operations: Vec<StoredOperation>,
    /// Parents first.
    pub resources: Vec<Resource>,
    /// Tables and columns that the service no longer uses, and the database still has.
    pub retired: Vec<Resource>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fact {
    Operation(StoredOperation),
    Resource(Box<Resource>),
    Retired(Box<Resource>),
}

impl Stored {
    /// What there is to remember of a service.
    pub fn of(service: &Service) -> Self {
        let operation = |operation| StoredOperation::of(service, operation);
        let resource = |resource: &Resource| Resource {
            operations: Vec::new(),
            reasons: Vec::new(),
            ..resource.clone()
        };
        Self {
            operations: service.operations.iter().map(operation).collect(),
            resources: service.resources.iter().map(resource).collect(),
            retired: Vec::new(),
        }
    }

    /// Reads it line by line; what a merge left behind is skipped.
    pub fn parse(text: &str) -> Self {
        let mut stored = Self::default();
        for line in text.lines() {
            match serde_json::from_str(line.trim_end_matches(',')) {
                Ok(Fact::Operation(operation)) => stored.operations.push(operation),
                Ok(Fact::Resource(resource)) => stored.resources.push(*resource),
                Ok(Fact::Retired(resource)) => stored.retired.push(*resource),
                Err(_) => {}
            }
        }
        stored
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never with a model that lowering made: its keys are texts.
    pub fn to_text(&self) -> anyhow::Result<String> {
        let operations = self.operations.iter().cloned().map(Fact::Operation);
        let resources = self.resources.iter().cloned().map(Box::new);
        let retired = self.retired.iter().cloned().map(Box::new);
        let resources = resources.map(Fact::Resource);
        let retired = retired.map(Fact::Retired);
        let facts = operations.chain(resources).chain(retired);
        let lines = facts.map(|fact| serde_json::to_string(&fact));
        let lines = lines.collect::<Result<Vec<_>, _>>()?.join(",\n");
        Ok(format!("[\n{lines}\n]\n"))
    }

    /// What is different in a newer model, in words.
    pub fn changes(&self, new: &Self) -> Vec<String> {
        let mut told = operations::changes(&self.operations, &new.operations);
        told.extend(tables::changes(&self.resources, &new.resources));
        told
    }

    /// What the next model must remember of this one: tables and columns that it does not use.
    #[must_use]
    pub fn succeeded_by(&self, mut new: Self) -> Self {
        new.retired = tables::retired(self, &new.resources);
        new
    }
}
