//! The operations of the last sync: what changed since, and what a method is called now.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    model::{Operation, Role, Service},
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
    /// Why it is a stub.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
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
            reason: match &operation.role {
                Role::Stub { reason } => reason.clone(),
                Role::Crud { .. } | Role::Account { .. } => String::new(),
            },
            type_name: operation.type_name.clone(),
            input: surface.input(operation),
            responses: surface.responses(operation),
        }
    }
}

/// Each old operation with the one that it is now: the same method and path, else the same but
/// for the names of parameters, else the same `operationId`.
pub fn pairs<'a>(
    old: &'a [StoredOperation],
    new: &'a [StoredOperation],
) -> Vec<(&'a StoredOperation, Option<&'a StoredOperation>)> {
    type Key = fn(&StoredOperation) -> String;
    let keys: [Key; 3] = [
        |operation| format!("{} {}", operation.method, operation.path),
        |operation| format!("{} {}", operation.method, bare(&operation.path)),
        |operation| operation.id.clone(),
    ];
    let mut pairs: Vec<_> = old.iter().map(|old| (old, None)).collect();
    let mut free: Vec<_> = new.iter().collect();
    for key in keys {
        let mut by_key: BTreeMap<_, _> = free.iter().map(|new| (key(new), *new)).collect();
        let mut taken = BTreeSet::new();
        for (old, new) in pairs.iter_mut().filter(|(_, new)| new.is_none()) {
            // After a merge of two branches, an operation stands there as each of them knew it.
            let key = key(old);
            *new = by_key.get(&key).copied();
            taken.insert(key);
        }
        by_key.retain(|key, _| !taken.contains(key));
        free = by_key.into_values().collect();
    }
    pairs
}

/// A path template without the names of its parameters.
fn bare(path: &str) -> String {
    let mut pieces = path.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = |piece: &str| {
        piece
            .split_once('}')
            .map_or("", |(_, rest)| rest)
            .to_owned()
    };
    pieces.fold(first, |text, piece| text + "{}" + &rest(piece))
}

/// What became of the operations, in words.
pub(super) fn changes(old: &[StoredOperation], new: &[StoredOperation]) -> Vec<String> {
    let mut told = Vec::new();
    let pairs = pairs(old, new);
    let place = |operation: &StoredOperation| format!("{} {}", operation.method, operation.path);
    for operation in new {
        let StoredOperation { id, role, .. } = operation;
        let is_pair = |(_, new): &&(_, Option<&StoredOperation>)| {
            new.is_some_and(|new| std::ptr::eq(new, operation))
        };
        let Some((old, _)) = pairs.iter().find(is_pair) else {
            let place = place(operation);
            let start = match operation.reason.is_empty() {
                true => String::new(),
                false => format!("; `apigen override {id}` starts it"),
            };
            told.push(format!("Operation `{id}` ({place}) is new: {role}{start}"));
            continue;
        };
        let (was, now) = (place(old), place(operation));
        if old.id != *id {
            told.push(format!("Operation `{}` ({was}) is now `{id}`", old.id));
        }
        if was != now {
            told.push(format!("Operation `{id}` was {was}; is {now}"));
        }
        if old.role != *role {
            told.push(format!("Operation `{id}` was: {}; is: {role}", old.role));
        }
    }
    let gone = pairs.iter().filter(|(_, new)| new.is_none());
    told.extend(gone.map(|(old, _)| format!("Operation `{}` ({}) is gone", old.id, place(old))));
    told
}

/// What an operation does by default, in two words.
pub fn role(service: &Service, role: &Role) -> String {
    let (resource, does) = match role {
        Role::Stub { .. } => return "stub".to_owned(),
        Role::Crud {
            resource, action, ..
        } => (resource, action.name()),
        Role::Account {
            resource, action, ..
        } => (resource, action.account().name()),
    };
    format!("{does} {}", service[*resource].module)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(id: &str, path: &str, role: &str) -> StoredOperation {
        let text = format!(
            r#"{{"id":"{id}","method":"GET","path":"{path}","group":"g","name":"{id}","role":"{role}"}}"#
        );
        serde_json::from_str(&text).expect("an operation")
    }

    #[test]
    fn what_two_branches_knew_of_an_operation_is_one_operation() {
        let now = [
            operation("a", "/a/{id}", "stub"),
            operation("b", "/b", "stub"),
        ];
        let old = [
            operation("a", "/a/{id}", "stub"),
            operation("a", "/a/{id}", "list a"),
            operation("c", "/c", "stub"),
        ];
        let told = changes(&old, &now);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].contains("`b`") && told[1].contains("`c`"),
            "{told:?}"
        );
    }
}
