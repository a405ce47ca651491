//! `.apigen/model.json`: what the last sync knew of the API, one fact per line.

mod operations;
mod tables;
mod types;

use serde::{Deserialize, Serialize};

pub use self::{
    operations::{StoredOperation, pairs, role},
    tables::Elsewhere,
    types::{StoredGroup, StoredType, Was, with_was},
};
use crate::{
    model::{Resource, Service},
    render::surface::Surface,
};

/// What the next sync must know of the last one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stored {
    /// Sorted by module.
    pub groups: Vec<StoredGroup>,
    /// In the order of the document.
    pub operations: Vec<StoredOperation>,
    /// Parents first.
    pub resources: Vec<Resource>,
    /// Tables and columns that the service no longer uses, and the database still has.
    pub retired: Vec<Resource>,
    /// Which database has them; nothing where an older apigen wrote this.
    pub database: Option<String>,
    /// The tables of databases that the project used before this one.
    pub elsewhere: Vec<Elsewhere>,
    /// The types of `schemas/`, sorted by module and name.
    pub types: Vec<StoredType>,
    /// What code of the user still takes for what it was; sorted.
    pub was: Vec<Was>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fact {
    Operation(StoredOperation),
    Resource(Box<Resource>),
    Retired(Box<Resource>),
    Database(String),
    Elsewhere(Elsewhere),
    Group(StoredGroup),
    Type(StoredType),
    Was(Was),
}

impl Stored {
    /// What there is to remember of a service.
    pub fn of(service: &Service) -> Self {
        let surface = Surface::of(service);
        let operation = |operation| StoredOperation::of(&surface, service, operation);
        let resource = |resource: &Resource| Resource {
            path: String::new(),
            elsewhere: Vec::new(),
            operations: Vec::new(),
            reasons: Vec::new(),
            ..resource.clone()
        };
        Self {
            operations: service.operations.iter().map(operation).collect(),
            resources: service.resources.iter().map(resource).collect(),
            retired: Vec::new(),
            database: None,
            elsewhere: Vec::new(),
            groups: service.groups.iter().map(StoredGroup::of).collect(),
            types: service
                .types
                .iter()
                .map(|def| StoredType::of(&surface, def))
                .collect(),
            was: Vec::new(),
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
                Ok(Fact::Database(database)) => stored.database = Some(database),
                Ok(Fact::Elsewhere(known)) => stored.elsewhere.push(known),
                Ok(Fact::Group(group)) => stored.groups.push(group),
                Ok(Fact::Type(def)) => stored.types.push(def),
                Ok(Fact::Was(was)) => stored.was.push(was),
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
        let resource = |resource: &Resource| Box::new(resource.clone());
        let groups = self.groups.iter().cloned().map(Fact::Group);
        let operations = self.operations.iter().cloned().map(Fact::Operation);
        let resources = self.resources.iter().map(resource).map(Fact::Resource);
        let retired = self.retired.iter().map(resource).map(Fact::Retired);
        let database = self.database.iter().cloned().map(Fact::Database);
        let elsewhere = self.elsewhere.iter().cloned().map(Fact::Elsewhere);
        let types = self.types.iter().cloned().map(Fact::Type);
        let was = self.was.iter().cloned().map(Fact::Was);
        let api = groups.chain(operations).chain(types);
        let tables = database.chain(resources).chain(retired).chain(elsewhere);
        let facts = api.chain(tables).chain(was);
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
}
