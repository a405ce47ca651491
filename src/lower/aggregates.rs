//! `[aggregate.<name>]` and `[gateway.operations]`: whether what they name is there.

use super::{Wrong, events::is_success, no_operation};
use crate::{
    config::{Aggregate, Call, Config, Misfit, unknown},
    model::{Location, Method, Operation, Response, ResponseBody, Service, Status},
};

/// What the gateway answers itself.
const OWN: [&str; 4] = ["/health/live", "/health/ready", "/openapi.json", "/docs"];

/// What does not fit the document.
pub fn check(service: &Service, config: &Config) -> Vec<Misfit> {
    let limited = config.gateway.operations.keys();
    let unknown = limited.filter(|id| service.named(id).is_none());
    let misfit = |id: &String| Misfit::new("gateway.operations", id, no_operation(id, service));
    let mut misfits: Vec<_> = unknown.map(misfit).collect();
    for (name, aggregate) in &config.aggregates {
        let misfit = |wrong: Wrong| Misfit::new("aggregate", name, wrong);
        let path = check_path(service, config, name, aggregate).map_err(misfit);
        let calls = aggregate.calls.iter().map(|(member, call)| {
            check_call(service, aggregate, call).map_err(|(message, hint)| {
                misfit((format!("`{member}`: {message}"), hint)).of("calls", member)
            })
        });
        misfits.extend([path].into_iter().chain(calls).filter_map(Result::err));
    }
    misfits
}

/// Nothing else answers the path.
fn check_path(
    service: &Service,
    config: &Config,
    name: &str,
    aggregate: &Aggregate,
) -> Result<(), Wrong> {
    let path = &aggregate.path;
    let is_alike = |other: &str| shape(other) == shape(path);
    let mut operations = service.operations.iter();
    if let Some(operation) = operations.find(|operation| is_alike(&operation.path)) {
        let other = &operation.path;
        return Err((format!("the document has the path `{other}` itself"), None));
    }
    let mut before = config.aggregates.range(..name.to_owned());
    if let Some((other, _)) = before.find(|(_, other)| is_alike(&other.path)) {
        return Err((format!("`aggregate.{other}` has this path already"), None));
    }
    let full = format!("{}{path}", service.base_path);
    match OWN.contains(&full.as_str()) || full.starts_with("/docs/") {
        true => Err((format!("the gateway answers `{full}` itself"), None)),
        false => Ok(()),
    }
}

/// A path template, whatever its parameters are called.
fn shape(path: &str) -> Vec<&str> {
    let shape = |piece| match piece {
        piece if str::starts_with(piece, '{') && piece.ends_with('}') => "{}",
        piece => piece,
    };
    path.split('/').map(shape).collect()
}

fn check_call(service: &Service, aggregate: &Aggregate, call: &Call) -> Result<(), Wrong> {
    let id = &call.operation;
    let operation = service.named(id).ok_or_else(|| no_operation(id, service))?;
    let operation = &service[operation];
    if operation.method != Method::Get {
        let message = format!("`{id}` is no GET: only what changes nothing is joined");
        return Err((message, None));
    }
    if !operation.responses.iter().any(may_be_json) {
        let message = format!("`{id}` answers with no JSON: only that is joined");
        return Err((message, None));
    }
    let names: Vec<&str> = operation
        .parameters
        .iter()
        .map(|p| p.api_name.as_str())
        .collect();
    for (name, source) in &call.with {
        if !names.contains(&name.as_str()) {
            let message = format!("`{id}` has no parameter `{name}`");
            return Err((message, unknown(name, &names)));
        }
        if let Some(from) = source.strip_prefix("path.")
            && !aggregate.has(from)
        {
            let message = format!("the path `{}` has no `{{{from}}}`", aggregate.path);
            return Err((message, None));
        }
    }
    missing(operation, aggregate, call).map_or(Ok(()), |name| {
        let hint = format!("write `with = {{ {name} = \"path.NAME\" }}`, or `query.NAME`");
        Err((
            format!("nothing says what the parameter `{name}` of `{id}` is"),
            Some(hint),
        ))
    })
}

/// Whether a response may be a success with JSON.
fn may_be_json(response: &Response) -> bool {
    let is_json = matches!(response.body, ResponseBody::Json { .. } | ResponseBody::Raw);
    is_json && (is_success(response.status) || response.status == Status::Default)
}

/// A parameter that must be there, and of which nothing is said.
fn missing<'o>(operation: &'o Operation, aggregate: &Aggregate, call: &Call) -> Option<&'o str> {
    let places = [Location::Path, Location::Query];
    let mut required = operation.parameters.iter().filter(|p| p.required);
    let missing = required
        .find(|p| places.contains(&p.location) && aggregate.source(call, &p.api_name).is_none());
    missing.map(|parameter| parameter.api_name.as_str())
}
