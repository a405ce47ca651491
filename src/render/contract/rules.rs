//! What the document says of rows, broken: by strangers, by changes that come too late, by keys of
//! no row, and by deleting what others refer to.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    super::{models, sql::rust::api_name},
    arrange::{self, Arrangement, Step},
    credentials, fresh,
    places::{self, escape},
    rejects::Reject,
    request::{self, Request},
};
use crate::model::{
    Action, Guard, Location, OnDelete, Operation, OperationId, Parameter, Referrer, Resource,
    ResourceId, Role, SchemeKind, Service, Status, fits,
};

/// What is tried of an operation whose rows have rules.
#[derive(Debug, Default, Serialize)]
pub(super) struct Rules {
    /// What another caller is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    stranger: Option<u16>,
    /// Another caller finds none of the rows of a list.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hides_from_stranger: bool,
    /// Changes are held to a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    lock: Option<Lock>,
    /// Bodies that name rows which are not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dangling: Vec<Reject>,
    /// Rows that refer to the one that is deleted, and the row itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left: Vec<Left>,
    /// How a row of a list is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    delete: Option<Delete>,
}

#[derive(Debug, Serialize)]
struct Lock {
    /// What a fresh row has.
    first: &'static str,
    /// What it never has.
    never: &'static str,
    /// A change that names none is refused.
    is_required: bool,
}

/// A row that is looked at after another was deleted.
#[derive(Debug, Default, Serialize)]
struct Left {
    /// What deleting does to it: `restrict`, `cascade`, `set_null`.
    rule: OnDelete,
    /// What makes it, if it is not the deleted row itself.
    make: Vec<Step>,
    /// What reads it; empty where nothing does.
    template: String,
    path: Map<String, Value>,
    guard: Value,
    /// The property that names the deleted row.
    at: String,
    /// The same row may be made again.
    is_made_again: bool,
}

#[derive(Debug, Serialize)]
struct Delete {
    template: String,
    path: Map<String, Value>,
    /// The parameter that names the row itself.
    parameter: String,
    headers: Vec<(String, String)>,
    guard: Value,
}

/// Names the version that is to be changed, where the operation asks for it.
pub(super) fn name_version(
    service: &Service,
    operation: &Operation,
    request: &mut Request,
    tag: &str,
) {
    if let Some(parameter) = if_match(service, operation) {
        let fits = fits::fits(&tag.into(), &parameter.schema, &service.types);
        let tag = if fits { tag } else { FIRST };
        request.unset(parameter);
        request
            .headers
            .push((parameter.api_name.clone(), tag.to_owned()));
    }
}

/// The tag of a fresh row.
const FIRST: &str = "\"1\"";

fn if_match<'a>(service: &Service, operation: &'a Operation) -> Option<&'a Parameter> {
    let (resource, _) = places::resource_of(operation)?;
    service[resource].rules.version?;
    let is_it = |parameter: &&Parameter| {
        parameter.location == Location::Header
            && parameter.api_name.eq_ignore_ascii_case("if-match")
    };
    operation.parameters.iter().find(is_it)
}

/// What is tried of an operation, with the rows that were arranged for it.
pub(super) fn rules(
    service: &Service,
    id: OperationId,
    arrangement: Option<&Arrangement<'_>>,
    happy: Option<&Request>,
) -> Rules {
    let operation = &service[id];
    let Role::Crud {
        resource, action, ..
    } = &operation.role
    else {
        return Rules::default();
    };
    let (Some(arrangement), Some(happy)) = (arrangement, happy) else {
        return Rules::default();
    };
    let can_be_other = is_by_token(service, operation.guard);
    let is_list = matches!(action, Action::List(_));
    let own = service[*resource].rules.caller.is_some();
    Rules {
        stranger: stranger(service, *resource, action).filter(|_| can_be_other),
        hides_from_stranger: is_list && own && can_be_other,
        lock: lock(service, operation, action),
        dangling: dangling(service, id, happy),
        left: match action {
            Action::Delete => left(service, *resource, arrangement),
            _ => Vec::new(),
        },
        delete: delete(service, *resource, action),
    }
}

/// A token tells who calls.
fn is_by_token(service: &Service, guard: Guard) -> bool {
    let Guard::Secured(id) = guard else {
        return false;
    };
    let first = service[id].alternatives.first();
    first.is_some_and(|all| {
        let mut kinds = all
            .iter()
            .map(|credential| &service[credential.scheme].kind);
        kinds.any(|kind| *kind == SchemeKind::Bearer)
    })
}

/// What another caller is told of the row that an operation works on, or of its owner.
fn stranger(service: &Service, id: ResourceId, action: &Action) -> Option<u16> {
    let asked = match arrange::works_on_a_row(action) {
        true => id,
        false => service[id].parent.as_ref()?.resource,
    };
    let owners = arrange::owners(service, asked).into_iter();
    let mut rows = owners.chain([asked]).map(|id| &service[id]);
    let is_own = rows.any(|row| row.rules.caller.is_some());
    let status = if models::forbids(service, &service[asked]) {
        403
    } else {
        404
    };
    is_own.then_some(status)
}

fn lock(service: &Service, operation: &Operation, action: &Action) -> Option<Lock> {
    let (resource, _) = places::resource_of(operation)?;
    service[resource].rules.version?;
    let changes = matches!(
        action,
        Action::Update { .. } | Action::Replace { .. } | Action::Delete | Action::Transition(_)
    );
    changes.then(|| Lock {
        first: FIRST,
        never: "\"999999\"",
        is_required: operation.declared.contains(&Status::Code(428)),
    })
}

/// The same body with the key of no row, for each that names one.
fn dangling(service: &Service, id: OperationId, happy: &Request) -> Vec<Reject> {
    let operation = &service[id];
    let Some((resource, _)) = places::resource_of(operation) else {
        return Vec::new();
    };
    let resource = &service[resource];
    let other = request::request(service, id, 7919).and_then(|request| request.body);
    let reject = |column: usize| {
        let name = api_name(&resource.columns[column])?;
        let wrapper = places::wrapper_pointer(&operation.role);
        let at = format!("{wrapper}/{}", escape(name));
        let mut request = happy.clone();
        request.keys_at.retain(|(known, _)| *known != at);
        if request.keys_at.len() == happy.keys_at.len() {
            return None;
        }
        let value = match request.body.as_ref()?.pointer(&at)? {
            Value::Number(_) => json!(999_999),
            _ => {
                // Beside the rows of others, one may be there by chance.
                request
                    .fresh
                    .extend(fresh::member_at(service, operation, &at));
                other.as_ref()?.pointer(&at)?.clone()
            }
        };
        *request.body.as_mut()?.pointer_mut(&at)? = value;
        let body = operation.body.as_ref()?;
        let is_valid = fits::fits(request.body.as_ref()?, &body.schema, &service.types);
        let field = at.trim_start_matches('/').replace('/', ".");
        let status = super::super::crud::relations::status(operation);
        let name = format!("{field}: names no row");
        is_valid.then(|| Reject::new(name, status, field, request))
    };
    let references = resource.rules.references.iter();
    references
        .filter_map(|reference| reject(reference.column()))
        .collect()
}

/// What is looked at after a row was deleted.
fn left(service: &Service, id: ResourceId, arrangement: &Arrangement<'_>) -> Vec<Left> {
    let referrers = service.referrers(id);
    let mut all: Vec<Left> = referrers
        .iter()
        .filter_map(|referrer| referring(service, id, referrer, arrangement.clone()))
        .collect();
    let own = arrangement.steps.len().checked_sub(1);
    let itself = own.and_then(|step| read(service, id, arrangement, step, String::new()));
    all.extend(itself.map(|itself| Left {
        is_made_again: service[id].hides(),
        ..itself
    }));
    all
}

/// A row that refers to the one that is deleted.
fn referring(
    service: &Service,
    id: ResourceId,
    referrer: &Referrer,
    mut arrangement: Arrangement<'_>,
) -> Option<Left> {
    let others = &service[referrer.resource];
    let before = arrangement.steps.len();
    let mut references = others.rules.references.iter();
    let column = *referrer.columns.last()?;
    let wanted =
        references.find(|r| !referrer.is_owned && r.resource == id && r.column() == column);
    let step = arrangement.referring(referrer.resource, wanted)?;
    arrangement.steps.push(step);
    let name = match referrer.is_owned {
        true => String::new(),
        false => escape(api_name(&others.columns[column])?),
    };
    let step = arrangement.steps.len() - 1;
    let read = read(service, referrer.resource, &arrangement, step, name);
    // What keeps the row from being deleted need not be read.
    let unread = || (referrer.on_delete == OnDelete::Restrict).then(Left::default);
    let mut left = read.or_else(unread)?;
    left.rule = referrer.on_delete;
    left.make = arrangement.steps.split_off(before);
    Some(left)
}

/// The operation that reads the row which a step made.
fn read(
    service: &Service,
    id: ResourceId,
    arrangement: &Arrangement<'_>,
    step: usize,
    name: String,
) -> Option<Left> {
    let get = of_action(service, &service[id], |action| *action == Action::Get)?;
    let steps: Option<Vec<usize>> = arrange::owners(service, id)
        .into_iter()
        .map(|owner| arrangement.step_of(owner))
        .chain([Some(step)])
        .collect();
    let steps = steps?;
    // What another service's rows are called by, no step tells.
    if arrange::parameter_names(get).len() > steps.len() {
        return None;
    }
    let (_, success) = places::resource_of(get)?;
    let row = places::row_pointer(service, &success.body)?;
    Some(Left {
        rule: OnDelete::Cascade,
        make: Vec::new(),
        template: request::template(service, get),
        path: arrange::key_parameters(get, &steps),
        guard: credentials::guard(service, get.guard),
        at: format!("{row}/{name}"),
        is_made_again: false,
    })
}

/// How a row of a list is deleted that stays, unseen: the list must not show it.
fn delete(service: &Service, id: ResourceId, action: &Action) -> Option<Delete> {
    let resource = &service[id];
    if !resource.hides() || !matches!(action, Action::List(_)) {
        return None;
    }
    let delete = of_action(service, resource, |action| *action == Action::Delete)?;
    let mut request = Request::default();
    name_version(service, delete, &mut request, "*");
    let mut path = arrange::arrange(service, delete)?.keys;
    let parameter = arrange::parameter_names(delete).last()?.to_string();
    path.remove(&parameter);
    Some(Delete {
        template: request::template(service, delete),
        path,
        parameter,
        headers: request.headers,
        guard: credentials::guard(service, delete.guard),
    })
}

fn of_action<'a>(
    service: &'a Service,
    resource: &Resource,
    wanted: fn(&Action) -> bool,
) -> Option<&'a Operation> {
    let mut operations = resource.operations.iter().map(|id| &service[*id]);
    operations
        .find(|operation| matches!(&operation.role, Role::Crud { action, .. } if wanted(action)))
}
