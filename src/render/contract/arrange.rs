//! What must be there before an operation can succeed: its owner, and the row that it works on.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    cases, credentials, fresh,
    request::{self, Request},
};
use crate::model::{
    Action, ColumnSource, Operation, OperationId, Parameter, Resource, ResourceId, Role, Segment,
    Service, Success, Supply, TypeKind,
};

/// A request that makes a row, and where its key is then found.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub operation: String,
    pub method: &'static str,
    pub template: String,
    pub request: Request,
    pub guard: Value,
    pub status: u16,
    pub key: KeyAt,
}

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

/// What an operation on a resource needs.
pub(super) struct Arrangement {
    pub steps: Vec<Step>,
    /// The path parameters that take keys, with the step that makes each.
    pub keys: Map<String, Value>,
}

/// The steps that an operation needs, or `None` where the API offers no way to make them.
pub(super) fn arrange(service: &Service, operation: &Operation) -> Option<Arrangement> {
    let mut arrangement = Arrangement {
        steps: Vec::new(),
        keys: Map::new(),
    };
    let Role::Crud {
        resource, action, ..
    } = &operation.role
    else {
        return Some(arrangement);
    };
    let owners = owners(service, *resource);
    let mut chain = owners.clone();
    if works_on_a_row(action) {
        chain.push(*resource);
    }
    for owner in &chain {
        let step = step(service, *owner, arrangement.steps.len())?;
        arrangement.steps.push(step);
    }
    arrangement.keys = key_parameters(operation, chain.len());
    Some(arrangement)
}

/// Whether the action is about one row that must exist.
pub(super) fn works_on_a_row(action: &Action) -> bool {
    !matches!(action, Action::List(_) | Action::Create { .. })
}

/// The last `count` path parameters, outermost first, each bound to the step of its place.
pub(super) fn key_parameters(operation: &Operation, count: usize) -> Map<String, Value> {
    let names = parameter_names(operation);
    let keys = names.iter().rev().take(count).rev().enumerate();
    keys.map(|(step, name)| ((*name).to_owned(), json!({ "step": step })))
        .collect()
}

/// The parameters of a path that fill a segment each, in order.
pub(super) fn parameter_names(operation: &Operation) -> Vec<&str> {
    let parameter = |segment: &'_ Segment| match segment {
        Segment::Parameter(name) => Some(name.clone()),
        _ => None,
    };
    let names: Vec<String> = operation.segments.iter().filter_map(parameter).collect();
    let parameters = operation
        .parameters
        .iter()
        .map(|parameter| parameter.api_name.as_str());
    let all: Vec<&str> = parameters.collect();
    let known = |name: &String| all.iter().copied().find(|known| known == name);
    names.iter().filter_map(known).collect()
}

/// The owners of a resource's rows, outermost first.
fn owners(service: &Service, resource: ResourceId) -> Vec<ResourceId> {
    let mut owners = Vec::new();
    let mut next = service[resource].parent.as_ref();
    while let Some(parent) = next.filter(|_| owners.len() < 16) {
        owners.insert(0, parent.resource);
        next = service[parent.resource].parent.as_ref();
    }
    owners
}

/// The step that makes a row; the owners' steps come before it.
fn step(service: &Service, resource: ResourceId, index: usize) -> Option<Step> {
    // Seeds far from those of the operation under test, so that unique keys differ.
    step_with(service, resource, index, 100 + index as u64)
}

/// The step that makes a row from a seed, below owners that so many steps made.
pub(super) fn step_with(
    service: &Service,
    resource: ResourceId,
    owners: usize,
    seed: u64,
) -> Option<Step> {
    let (id, create) = create_of(service, resource)?;
    let Role::Crud { success, .. } = &create.role else {
        return None;
    };
    let mut request = request::request(service, id, seed)?;
    // The operation under test looks for its rows where its own path leads.
    let path = request::request(service, id, 0)?.path;
    for column in &service[resource].columns {
        if let ColumnSource::Parent { parameter, .. } = &column.source
            && let Some(value) = path.get(parameter)
        {
            request.path.insert(parameter.clone(), value.clone());
        }
    }
    request.path.extend(key_parameters(create, owners));
    request.fresh = fresh::in_row(service, create, &request);
    Some(Step {
        operation: create.id.clone(),
        method: create.method.as_str(),
        template: request::template(service, create),
        key: key_of(service, &service[resource], create, success, &request)?,
        guard: credentials::guard(service, create.guard),
        status: cases::status_of(create, success)?,
        request,
    })
}

/// Where the key of a row is found that this operation makes.
pub(super) fn key_at(service: &Service, create: &Operation, request: &Request) -> Option<KeyAt> {
    let Role::Crud {
        resource, success, ..
    } = &create.role
    else {
        return None;
    };
    key_of(service, &service[*resource], create, success, request)
}

/// The operation that makes rows of a resource.
pub(super) fn create_of(
    service: &Service,
    resource: ResourceId,
) -> Option<(OperationId, &Operation)> {
    service[resource].operations.iter().find_map(|id| {
        let operation = &service[*id];
        match &operation.role {
            Role::Crud {
                action: Action::Create { .. },
                ..
            } => Some((*id, operation)),
            _ => None,
        }
    })
}

fn key_of(
    service: &Service,
    resource: &Resource,
    create: &Operation,
    success: &Success,
    request: &Request,
) -> Option<KeyAt> {
    let ColumnSource::Key { api_name } = &resource.columns[resource.key].source else {
        return None;
    };
    if let Some(name) = api_name {
        if let Some(at) = row_pointer(service, &success.body)
            && row_shows(service, &success.body, name)
        {
            return Some(KeyAt::Response(format!("{at}/{}", escape(name))));
        }
        let wrapper = wrapper_pointer(&create.role);
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

/// The parameters of an operation that some rule makes it send.
pub(super) fn is_sent(operation: &Operation, parameter: &Parameter) -> bool {
    let Role::Crud {
        action,
        unsupported,
        ..
    } = &operation.role
    else {
        return true;
    };
    parameter.required
        || !(matches!(action, Action::List(_)) || unsupported.contains(&parameter.api_name))
}
