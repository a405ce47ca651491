//! The operations of the last sync: what changed since, and what a method is called now.

use serde::{Deserialize, Serialize};

use super::Stored;
use crate::{
    model::{Action, Operation, Role, Service},
    render::surface::{Fields, Surface, Variants},
};

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
    /// What its types start with; empty where an older apigen wrote the file.
    #[serde(default, skip_serializing_if = "String::is_empty", rename = "type")]
    pub type_name: String,
    /// The fields of its input.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub input: Fields,
    /// The variants of its response.
    #[serde(default, skip_serializing_if = "Variants::is_empty")]
    pub responses: Variants,
}

impl StoredOperation {
    pub(super) fn of(surface: &Surface<'_>, service: &Service, operation: &Operation) -> Self {
        Self {
            id: operation.id.clone(),
            method: operation.method.as_str().to_owned(),
            path: operation.path.clone(),
            group: service[operation.group].module.clone(),
            name: operation.name.clone(),
            role: role(service, &operation.role),
            type_name: operation.type_name.clone(),
            input: surface.input(operation),
            responses: surface.responses(operation),
        }
    }
}

impl Stored {
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

/// What became of the operations, in words.
pub(super) fn changes(old: &[StoredOperation], new: &[StoredOperation]) -> Vec<String> {
    let mut told = Vec::new();
    let same = |a: &StoredOperation, b: &StoredOperation| a.method == b.method && a.path == b.path;
    for operation in new {
        let StoredOperation {
            id,
            method,
            path,
            role,
            ..
        } = operation;
        let place = format!("{method} {path}");
        match old.iter().find(|old| same(old, operation)) {
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
    for old in old {
        if !new.iter().any(|operation| same(old, operation)) {
            told.push(format!(
                "Operation `{}` ({} {}) is gone",
                old.id, old.method, old.path
            ));
        }
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
