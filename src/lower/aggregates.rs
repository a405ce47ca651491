//! `[aggregate.<name>]` and `[gateway.operations]`: whether what they name is there.

use super::{Wrong, no_operation};
use crate::{
    config::{Aggregate, Call, Config, Misfit, unknown},
    model::{Location, Method, Operation, Service},
};

/// What does not fit the document.
pub fn check(service: &Service, config: &Config) -> Vec<Misfit> {
    let limited = config.gateway.operations.keys();
    let unknown = limited.filter(|id| service.named(id).is_none());
    let misfit = |id: &String| Misfit::new("gateway.operations", id, no_operation(id, service));
    let mut misfits: Vec<_> = unknown.map(misfit).collect();
    for (name, aggregate) in &config.aggregates {
        let mut misfit = |wrong: Wrong| misfits.push(Misfit::new("aggregate", name, wrong));
        let mut operations = service.operations.iter();
        if operations.any(|operation| operation.path == aggregate.path) {
            let message = format!("the document has the path `{}` itself", aggregate.path);
            misfit((message, None));
        }
        for (member, call) in &aggregate.calls {
            if let Err(wrong) = check_call(service, aggregate, call) {
                misfit((format!("`{member}`: {}", wrong.0), wrong.1));
            }
        }
    }
    misfits
}

fn check_call(service: &Service, aggregate: &Aggregate, call: &Call) -> Result<(), Wrong> {
    let id = &call.operation;
    let operation = service.named(id).ok_or_else(|| no_operation(id, service))?;
    let operation = &service[operation];
    if operation.method != Method::Get {
        let message = format!("`{id}` is no GET: only what changes nothing is joined");
        return Err((message, None));
    }
    let names: Vec<&str> = operation
        .parameters
        .iter()
        .map(|p| p.api_name.as_str())
        .collect();
    if let Some(name) = call
        .with
        .keys()
        .find(|name| !names.contains(&name.as_str()))
    {
        let message = format!("`{id}` has no parameter `{name}`");
        return Err((message, unknown(name, &names)));
    }
    missing(operation, aggregate, call).map_or(Ok(()), |name| {
        let hint = format!("write `with = {{ {name} = \"path.NAME\" }}`, or `query.NAME`");
        Err((
            format!("nothing says what the parameter `{name}` of `{id}` is"),
            Some(hint),
        ))
    })
}

/// A parameter that must be there, and of which nothing is said.
fn missing<'o>(operation: &'o Operation, aggregate: &Aggregate, call: &Call) -> Option<&'o str> {
    let places = [Location::Path, Location::Query];
    let mut required = operation.parameters.iter().filter(|p| p.required);
    let missing = required.find(|p| {
        let in_path = aggregate.path.contains(&format!("{{{}}}", p.api_name));
        places.contains(&p.location) && !call.with.contains_key(&p.api_name) && !in_path
    });
    missing.map(|parameter| parameter.api_name.as_str())
}
