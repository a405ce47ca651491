//! `.apigen/model.json`: what the last sync knew of the API, one fact per line.

use serde::{Deserialize, Serialize};

use crate::model::{Action, Resource, Role, Service};

/// What the next sync must know of the last one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stored {
    /// In the order of the document.
    pub operations: Vec<StoredOperation>,
    /// Parents first.
    pub resources: Vec<Resource>,
}

/// An operation, as far as a rename or a changed role shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredOperation {
    /// The `operationId`.
    pub id: String,
    /// Such as `GET`.
    pub method: String,
    /// The path template.
    pub path: String,
    /// The module of its group.
    pub group: String,
    /// The method of the trait.
    pub name: String,
    /// `stub`, or what it does, such as `list items`.
    pub role: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fact {
    Operation(StoredOperation),
    Resource(Box<Resource>),
}

impl Stored {
    /// What there is to remember of a service.
    pub fn of(service: &Service) -> Self {
        let operation = |operation: &crate::model::Operation| StoredOperation {
            id: operation.id.clone(),
            method: operation.method.as_str().to_owned(),
            path: operation.path.clone(),
            group: service[operation.group].module.clone(),
            name: operation.name.clone(),
            role: role(service, &operation.role),
        };
        let resource = |resource: &Resource| Resource {
            operations: Vec::new(),
            reasons: Vec::new(),
            ..resource.clone()
        };
        Self {
            operations: service.operations.iter().map(operation).collect(),
            resources: service.resources.iter().map(resource).collect(),
        }
    }

    /// Reads it line by line; what a merge left behind is skipped.
    pub fn parse(text: &str) -> Self {
        let mut stored = Self::default();
        for line in text.lines() {
            match serde_json::from_str(line.trim_end_matches(',')) {
                Ok(Fact::Operation(operation)) => stored.operations.push(operation),
                Ok(Fact::Resource(resource)) => stored.resources.push(*resource),
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
        let facts = operations.chain(resources.map(Fact::Resource));
        let lines = facts.map(|fact| serde_json::to_string(&fact));
        let lines = lines.collect::<Result<Vec<_>, _>>()?.join(",\n");
        Ok(format!("[\n{lines}\n]\n"))
    }
}

impl Stored {
    /// What is different in a newer model, in words.
    pub fn changes(&self, new: &Self) -> Vec<String> {
        let mut told = Vec::new();
        let same =
            |a: &StoredOperation, b: &StoredOperation| a.method == b.method && a.path == b.path;
        for operation in &new.operations {
            let StoredOperation {
                id,
                method,
                path,
                role,
                ..
            } = operation;
            let place = format!("{method} {path}");
            match self.operations.iter().find(|old| same(old, operation)) {
                None => told.push(format!("Operation `{id}` ({place}) is new: {role}")),
                Some(old) => {
                    if old.id != *id {
                        told.push(format!("Operation `{}` ({place}) is now `{id}`", old.id));
                    }
                    if old.role != *role {
                        told.push(format!("Operation `{id}` was: {}; is: {role}", old.role));
                    }
                }
            }
        }
        for old in &self.operations {
            if !new.operations.iter().any(|operation| same(old, operation)) {
                told.push(format!(
                    "Operation `{}` ({} {}) is gone",
                    old.id, old.method, old.path
                ));
            }
        }
        told.extend(columns(&self.resources, &new.resources, "is gone"));
        told.extend(columns(&new.resources, &self.resources, "is new"));
        told
    }
}

/// The columns that only the first of two models has.
fn columns(these: &[Resource], others: &[Resource], word: &str) -> Vec<String> {
    let mut told = Vec::new();
    for resource in these {
        let table = &resource.table;
        let Some(other) = others.iter().find(|other| other.table == *table) else {
            told.push(format!("Table `{table}` {word}"));
            continue;
        };
        let known = |name: &str| other.columns.iter().any(|column| column.name == name);
        let missing = resource
            .columns
            .iter()
            .filter(|column| !known(&column.name));
        told.extend(missing.map(|column| format!("Column `{table}.{}` {word}", column.name)));
    }
    told
}

/// What an operation does by default, in two words.
pub fn role(service: &Service, role: &Role) -> String {
    let Role::Crud {
        resource, action, ..
    } = role
    else {
        return "stub".to_owned();
    };
    let verb = match action {
        Action::List(_) => "list",
        Action::Create { .. } => "create",
        Action::Get => "get",
        Action::Replace { .. } => "replace",
        Action::Update { .. } => "update",
        Action::Delete => "delete",
    };
    format!("{verb} {}", service[*resource].module)
}
