//! What an operation leaves behind: what was sent comes back, is read again, and collides.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    arrange, credentials, fresh,
    places::{self, escape},
    request::{self, Request},
    wire,
};
use crate::model::{
    Action, Column, ColumnSource, KeySource, Location, Operation, OperationId, Parameter, Role,
    Schema, Service, fits, sample,
};

/// A row that was made is read again.
#[derive(Debug, Serialize)]
pub(super) struct ReadBack {
    template: String,
    guard: Value,
    path: Map<String, Value>,
    key: places::KeyAt,
    parameter: String,
    made: String,
    read: String,
}

/// Makes the keys in a body equal to those in the path, as the service asks.
pub(super) fn align(service: &Service, operation: &Operation, request: &mut Request, seed: u64) {
    for (pointer, parameter) in keys_in_body(service, operation) {
        let Some(place) = request
            .body
            .as_mut()
            .and_then(|body| body.pointer_mut(&pointer))
        else {
            continue;
        };
        let bound = request
            .path
            .get(&parameter)
            .and_then(|value| value.get("step"));
        if let Some(step) = bound.and_then(Value::as_u64) {
            request.keys_at.push((pointer, step));
            continue;
        }
        let mut parameters = operation.parameters.iter();
        let in_path = |p: &&Parameter| p.location == Location::Path && p.api_name == parameter;
        match parameters.find(in_path) {
            Some(parameter) => {
                let value = request::parameter_sample(service, parameter, seed);
                let aligned = match value {
                    Some(Value::String(text)) if place.is_number() => text
                        .parse()
                        .map_or(Value::Null, |number: i64| number.into()),
                    Some(value) if place.is_string() && !value.is_string() => {
                        value.to_string().into()
                    }
                    value => value.unwrap_or_default(),
                };
                let types = &service.types;
                let body = operation.body.as_ref().map(|body| &body.schema);
                let member = body.and_then(|body| fresh::member(service, body, &pointer));
                let own = Value::from(wire::text(place));
                let is_stricter = member.is_some_and(|member| !fits::fits(&aligned, member, types))
                    && fits::fits(&own, &parameter.schema, types);
                if is_stricter {
                    let text = wire::path_text(parameter, &own);
                    request.path.insert(parameter.api_name.clone(), text.into());
                } else {
                    *place = aligned;
                }
            }
            // The body alone carries the key.
            None => request.keys_at.push((pointer, 0)),
        }
    }
}

/// Places in the body that hold a key which the path holds too, with the path's parameter.
pub(super) fn keys_in_body(service: &Service, operation: &Operation) -> Vec<(String, String)> {
    let Role::Crud {
        resource, action, ..
    } = &operation.role
    else {
        return Vec::new();
    };
    let wrapper = places::wrapper_pointer(&operation.role);
    let own = arrange::parameter_names(operation).last().copied();
    let columns = service[*resource].columns.iter();
    let place = |column: &Column| match &column.source {
        ColumnSource::Key {
            api_name: Some(name),
        } if arrange::works_on_a_row(action) => Some((name.clone(), own.unwrap_or("").to_owned())),
        ColumnSource::Parent {
            parameter,
            api_name: Some(name),
        } => Some((name.clone(), parameter.clone())),
        _ => None,
    };
    let places = columns.filter_map(place);
    places
        .map(|(name, parameter)| (format!("{wrapper}/{}", escape(&name)), parameter))
        .collect()
}

/// Has a new row a key that the paths of rows take, whose rules may be stricter than those of the body; `None`
/// where there is none.
pub(super) fn name_reachable(
    service: &Service,
    operation: &Operation,
    request: &mut Request,
    seed: u64,
) -> Option<()> {
    let Some((at, paths)) = key_and_paths(service, operation) else {
        return Some(());
    };
    let (Some(schema), Some(body)) = (operation.body.as_ref().map(|b| &b.schema), &request.body)
    else {
        return Some(());
    };
    let types = &service.types;
    let fits = |body: &Value| {
        let key = body.pointer(&at)?;
        let is_taken = |path: &&Schema| fits::fits_path(key, path, types);
        (fits::fits(body, schema, types) && paths.iter().all(is_taken)).then_some(())
    };
    if body.pointer(&at).is_none_or(Value::is_null) || fits(body).is_some() {
        return Some(());
    }
    let bodies = paths.iter().filter_map(|path| {
        let mut body = body.clone();
        *body.pointer_mut(&at)? = sample::sample(types, path, seed)?;
        fits(&body).map(|()| body)
    });
    request.body = Some(bodies.into_iter().next()?);
    Some(())
}

/// Where the body of a new row names its key, and the parameters that take it in the paths of rows.
pub(super) fn key_and_paths<'a>(
    service: &'a Service,
    operation: &Operation,
) -> Option<(String, Vec<&'a Schema>)> {
    let (Role::Crud { resource, .. }, action) = (&operation.role, operation.role.on_rows()?.1)
    else {
        return None;
    };
    let resource = &service[*resource];
    let name = sent_name(&resource.columns[resource.key], action)?;
    let at = format!(
        "{}/{}",
        places::wrapper_pointer(&operation.role),
        escape(name)
    );
    let rows = resource.operations.iter().map(|id| &service[*id]);
    let rows = rows.filter(|row| {
        let action = row.role.on_rows().map(|(_, action, _)| action);
        action.is_some_and(arrange::works_on_a_row)
    });
    let paths = rows.filter_map(|row| {
        let name = arrange::parameter_names(row).last().copied()?;
        Some(&row.path_parameter(name)?.schema)
    });
    Some((at, paths.collect()))
}

/// The seed of keys that no row has.
const NOWHERE: u64 = 7919;

/// The same path for a row that does not exist.
pub(super) fn missing(service: &Service, id: OperationId) -> Option<Request> {
    let operation = &service[id];
    let Role::Crud {
        resource, action, ..
    } = &operation.role
    else {
        return None;
    };
    let has_owner = service[*resource].parent.is_some();
    let is_keyed = arrange::works_on_a_row(action)
        && !matches!(
            action,
            Action::Replace {
                key_in_body: true,
                ..
            }
        );
    let mut request = (has_owner || is_keyed).then(|| request::request(service, id, NOWHERE))??;
    align(service, operation, &mut request, NOWHERE);
    request.fresh = fresh::in_path(service, operation, &request);
    Some(request)
}

/// A change that names as little as it may: what it does not name must stay.
pub(super) fn partial(
    service: &Service,
    operation: &Operation,
    happy: Option<&Request>,
) -> Option<Request> {
    let Role::Crud {
        action: Action::Update { .. },
        ..
    } = &operation.role
    else {
        return None;
    };
    let schema = &operation.body.as_ref()?.schema;
    let least = sample::least(&service.types, schema)?;
    let mut request = happy?.clone();
    let mut body = least.clone();
    take_over(&mut body, request.body.as_ref()?);
    if !fits::fits(&body, schema, &service.types) {
        body = least;
    }
    request
        .keys_at
        .retain(|(pointer, _)| body.pointer(pointer).is_some());
    request.body = Some(body);
    Some(request)
}

/// Gives what the change must name the values that were sent before, so that nothing changes.
fn take_over(least: &mut Value, sent: &Value) {
    match (least, sent) {
        (Value::Object(least), Value::Object(sent)) => {
            for (name, value) in least {
                if let Some(sent) = sent.get(name) {
                    take_over(value, sent);
                }
            }
        }
        (least, sent) => least.clone_from(sent),
    }
}

/// What was sent must come back.
pub(super) fn echoes(
    service: &Service,
    operation: &Operation,
    happy: Option<&Request>,
) -> Vec<(String, String)> {
    let (
        Some(body),
        Role::Crud {
            resource,
            action,
            success,
            ..
        },
    ) = (
        happy.and_then(|request| request.body.as_ref()),
        &operation.role,
    )
    else {
        return Vec::new();
    };
    let Some(row) = places::row_pointer(service, &success.body) else {
        return Vec::new();
    };
    if matches!(action, Action::List(_) | Action::Delete) {
        return Vec::new();
    }
    let wrapper = places::wrapper_pointer(&operation.role);
    let columns = service[*resource].columns.iter();
    let names = columns.filter_map(|column| sent_name(column, action));
    names
        .filter(|name| places::row_shows(service, &success.body, name))
        .map(|name| {
            (
                format!("{wrapper}/{}", escape(name)),
                format!("{row}/{}", escape(name)),
            )
        })
        .filter(|(sent, _)| body.pointer(sent).is_some())
        .collect()
}

/// The property of a body that a column keeps.
pub(super) fn sent_name<'a>(column: &'a Column, action: &Action) -> Option<&'a str> {
    match &column.source {
        ColumnSource::Field { api_name } => Some(api_name),
        ColumnSource::Key {
            api_name: Some(name),
        } if matches!(action, Action::Create { .. }) => Some(name),
        _ => None,
    }
}

pub(super) fn repeats_conflict(
    service: &Service,
    operation: &Operation,
    happy: Option<&Request>,
) -> bool {
    let Role::Crud {
        resource,
        action: Action::Create { .. },
        ..
    } = &operation.role
    else {
        return false;
    };
    let resource = &service[*resource];
    let Some(body) = happy.and_then(|request| request.body.as_ref()) else {
        return false;
    };
    let wrapper = places::wrapper_pointer(&operation.role);
    let sends = |column: &Column| {
        let name = sent_name(column, &Action::Create { wrapper: None });
        let at = name.map(|name| format!("{wrapper}/{}", escape(name)));
        at.and_then(|at| body.pointer(&at))
            .is_some_and(|value| !value.is_null())
    };
    let names_key = matches!(
        resource.key_source,
        KeySource::Client | KeySource::ClientOrUuid | KeySource::ClientOrInteger
    ) && sends(&resource.columns[resource.key]);
    // The same path has the same owners, and the same caller is the same.
    let same = |column: &Column| {
        let source = &column.source;
        matches!(
            source,
            ColumnSource::Parent { .. } | ColumnSource::Caller { .. }
        )
    };
    let unique = |columns: &Vec<usize>| {
        let mut columns = columns.iter().map(|column| &resource.columns[*column]);
        columns.all(|column| same(column) || sends(column))
    };
    // With a key of its own in an idempotent request, the same request gives the same answer.
    let is_idempotent = happy.is_some_and(|request| {
        let mut headers = request.headers.iter();
        operation.idempotent
            && headers.any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"))
    });
    !is_idempotent && (names_key || resource.unique.iter().any(unique))
}

/// The member that shows a row which was just made.
pub(super) fn read_back(
    service: &Service,
    operation: &Operation,
    happy: Option<&Request>,
) -> Option<ReadBack> {
    let Role::Crud {
        resource,
        action: Action::Create { .. },
        success,
        ..
    } = &operation.role
    else {
        return None;
    };
    let get = service[*resource].operations.iter().find_map(|id| {
        let is_get = matches!(
            &service[*id].role,
            Role::Crud {
                action: Action::Get,
                ..
            }
        );
        is_get.then(|| &service[*id])
    })?;
    let Role::Crud { success: found, .. } = &get.role else {
        return None;
    };
    if get
        .parameters
        .iter()
        .any(|p| p.required && p.location != Location::Path)
    {
        return None;
    }
    let names = arrange::parameter_names(get);
    let (parameter, owners) = names.split_last()?;
    let made = &happy?.path;
    // The owners' parameters may be called differently there: they go by their order.
    let in_create = arrange::parameter_names(operation);
    let owner_path = owners.iter().rev().zip(in_create.iter().rev());
    let path: Option<Map<String, Value>> = owner_path
        .map(|(name, known)| Some(((*name).to_owned(), made.get(*known)?.clone())))
        .collect();
    let step = places::key_at(service, operation, happy?)?;
    Some(ReadBack {
        template: request::template(service, get),
        guard: credentials::guard(service, get.guard),
        path: path?,
        key: step,
        parameter: (*parameter).to_owned(),
        made: places::row_pointer(service, &success.body)?,
        read: places::row_pointer(service, &found.body)?,
    })
}
