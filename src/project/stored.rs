//! `.apigen/model.json`: what the last sync knew of the API, one fact per line.

use serde::{Deserialize, Serialize};

use crate::model::{Action, Column, Operation, Resource, Role, Service};

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
    Retired(Box<Resource>),
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
        for resource in missing(&new.resources, &self.resources) {
            let table = &resource.table;
            if !self.resources.iter().any(|old| old.table == *table) {
                told.push(format!("Table `{table}` is new"));
                continue;
            }
            let columns = resource.columns.iter();
            told.extend(columns.map(|column| format!("Column `{table}.{}` is new", column.name)));
        }
        told
    }

    /// What the next model must remember of this one: tables and columns that it does not use.
    #[must_use]
    pub fn succeeded_by(&self, mut new: Self) -> Self {
        new.retired = missing(&self.retired, &new.resources);
        for mut gone in missing(&self.resources, &new.resources) {
            let known = new.retired.iter().position(|old| old.table == gone.table);
            if let Some(known) = known {
                gone.columns.extend(new.retired.remove(known).columns);
            }
            new.retired.push(gone);
        }
        new
    }

    /// The tables as the database has them, as far as a newer model uses them.
    pub fn tables(&self, service: &Service) -> Vec<Resource> {
        let mut tables = self.resources.clone();
        let unused = missing(&self.retired, &service.resources);
        for mut retired in self.retired.clone() {
            let unused = unused.iter().find(|other| other.table == retired.table);
            let is_used = |name: &str| {
                !unused.is_some_and(|other| other.columns.iter().any(|c| c.name == name))
            };
            match tables.iter_mut().find(|table| table.table == retired.table) {
                Some(table) => {
                    retired.columns.retain(|column| is_used(&column.name));
                    table.columns.append(&mut retired.columns);
                }
                None if service
                    .resources
                    .iter()
                    .any(|new| new.table == retired.table) =>
                {
                    tables.push(retired);
                }
                None => {}
            }
        }
        tables
    }

    /// What the operation is called now that had this method in this group.
    pub fn renamed<'a>(&self, group: &str, name: &str, new: &'a Service) -> Option<&'a str> {
        let mut known = self.operations.iter();
        let old = known.find(|operation| operation.group == group && operation.name == name)?;
        let mut operations = new.operations.iter();
        let is_same = |operation: &&Operation| {
            operation.method.as_str() == old.method && operation.path == old.path
        };
        let now = operations.find(is_same)?;
        Some(now.name.as_str())
    }
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
