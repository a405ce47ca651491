//! Where in requests and answers rows, their keys and properties stand.

use serde::Serialize;

use super::request::Request;
use crate::model::{
    Action, ColumnSource, Operation, ResourceId, Role, Service, Success, Supply, TypeKind,
};

/// Where the key of a new row is found.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum KeyAt {
    /// A pointer into the response's body.
    Response(String),
    /// A pointer into the request's body.
    Request(String),
    /// The last segment of `Location`.
    Location,
}

/// Where the key of the row is found that this operation makes, or makes something of.
pub(super) fn key_at(service: &Service, operation: &Operation, request: &Request) -> Option<KeyAt> {
    let (id, success) = resource_of(operation)?;
    let resource = &service[id];
    let ColumnSource::Key { api_name } = &resource.columns[resource.key].source else {
        return None;
    };
    if let Some(name) = api_name {
        if let Some(at) = row_pointer(service, &success.body)
            && row_shows(service, &success.body, name)
        {
            return Some(KeyAt::Response(format!("{at}/{}", escape(name))));
        }
        let wrapper = wrapper_pointer(&operation.role);
        let at = format!("{wrapper}/{}", escape(name));
        if request
            .body
            .as_ref()
            .is_some_and(|body| body.pointer(&at).is_some())
        {
            return Some(KeyAt::Request(at));
        }
    }
    success
        .headers
        .contains(&Supply::Location)
        .then_some(KeyAt::Location)
}

/// The resource of an operation, and how its success is made.
pub(super) fn resource_of(operation: &Operation) -> Option<(ResourceId, &Success)> {
    match &operation.role {
        Role::Crud {
            resource, success, ..
        } => Some((*resource, success)),
        Role::Stub { .. } | Role::Account { .. } => None,
    }
}

/// Where in a body the entity stands.
pub(super) fn wrapper_pointer(role: &Role) -> String {
    let Role::Crud { action, .. } = role else {
        return String::new();
    };
    match action {
        Action::Create {
            wrapper: Some(name),
        }
        | Action::Update {
            wrapper: Some(name),
        }
        | Action::Replace {
            wrapper: Some(name),
            ..
        } => format!("/{}", escape(name)),
        _ => String::new(),
    }
}

/// Where in an answer the row (or the list of rows) stands, as a JSON pointer.
pub(super) fn row_pointer(service: &Service, supply: &Supply) -> Option<String> {
    place(service, supply, &|supply| {
        matches!(supply, Supply::Row(_) | Supply::Rows(_))
    })
}

/// Where in an answer a supply stands, as a JSON pointer.
pub(super) fn place(
    service: &Service,
    supply: &Supply,
    wanted: &dyn Fn(&Supply) -> bool,
) -> Option<String> {
    if wanted(supply) {
        return Some(String::new());
    }
    let Supply::Struct(id, members) = supply else {
        return None;
    };
    let TypeKind::Struct(object) = &service[*id].kind else {
        return None;
    };
    object
        .fields
        .iter()
        .zip(members)
        .find_map(|(field, member)| {
            let below = place(service, member, wanted)?;
            Some(format!("/{}{below}", escape(&field.api_name)))
        })
}

/// Whether the row in an answer has this member.
pub(super) fn row_shows(service: &Service, supply: &Supply, api_name: &str) -> bool {
    match supply {
        Supply::Row(id) | Supply::Rows(id) => match &service[*id].kind {
            TypeKind::Struct(object) => object.fields.iter().any(|f| f.api_name == api_name),
            _ => false,
        },
        Supply::Struct(_, members) => members
            .iter()
            .any(|member| row_shows(service, member, api_name)),
        _ => false,
    }
}

/// A token of a JSON pointer (RFC 6901).
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
