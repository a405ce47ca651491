//! Requests that break one rule each, and must be refused.

use serde::Serialize;
use serde_json::Value;

use super::{
    cases, credentials,
    request::{self, Request},
    wire,
};
use crate::model::{BodyKind, Location, Operation, Parameter, Service, fits, violations};

/// A request that must be refused.
#[derive(Debug, Serialize)]
pub(super) struct Reject {
    name: String,
    status: u16,
    field: String,
    request: Request,
}

impl Reject {
    pub(super) fn new(name: String, status: u16, field: String, request: Request) -> Self {
        Self {
            name,
            status,
            field,
            request,
        }
    }
}

/// Every rule of parameters and body, broken once each.
pub(super) fn rejects(service: &Service, operation: &Operation, happy: &Request) -> Vec<Reject> {
    let mut rejects = Vec::new();
    // A broken credential is refused for what it is.
    let judged = |parameter: &&Parameter| !credentials::fill(service, operation, parameter);
    for parameter in operation.parameters.iter().filter(judged) {
        parameter_rejects(service, parameter, happy, &mut rejects);
    }
    if let (Some(body), Some(valid)) = (&operation.body, &happy.body)
        && cases::reads_json(operation)
    {
        for violation in violations::violations(&service.types, &body.schema, valid, false) {
            let field = match violation.field.as_str() {
                "" => "body".to_owned(),
                field => field.to_owned(),
            };
            let mut request = happy.clone();
            request.body = Some(violation.value);
            rejects.push(Reject {
                name: format!("{field}: {}", violation.rule),
                status: operation.invalid_body_status,
                field,
                request,
            });
        }
    }
    if operation
        .body
        .as_ref()
        .is_some_and(|body| body.required && body.kind == BodyKind::Decoded)
    {
        let mut request = happy.clone();
        (request.media, request.body) = (None, None);
        rejects.push(Reject {
            name: "no body".to_owned(),
            status: 400,
            field: String::new(),
            request,
        });
    }
    rejects
}

fn parameter_rejects(
    service: &Service,
    parameter: &Parameter,
    happy: &Request,
    rejects: &mut Vec<Reject>,
) {
    let mut add = |rule: &str, field: String, request: Request| {
        rejects.push(Reject {
            name: format!(
                "{} parameter {}: {rule}",
                place_name(parameter.location),
                parameter.api_name
            ),
            status: 400,
            field,
            request,
        });
    };
    if parameter.required && parameter.location != Location::Path {
        let mut request = happy.clone();
        request.unset(parameter);
        add("required", parameter.api_name.clone(), request);
    }
    let Some(valid) = request::parameter_sample(service, parameter, 0) else {
        return;
    };
    if !parameter.schema.is_scalar(&service.types) {
        return;
    }
    for violation in violations::violations(&service.types, &parameter.schema, &valid, true) {
        if !is_told_from_valid(parameter, &violation.value, service) {
            continue;
        }
        let mut request = happy.clone();
        request.set(parameter, &violation.value);
        add(violation.rule, parameter.api_name.clone(), request);
    }
    let is_query = parameter.location == Location::Query;
    if is_query {
        let mut request = happy.clone();
        request.set(parameter, &valid);
        let twice = request
            .query
            .iter()
            .rfind(|pair| pair.starts_with(&wire::encode(&parameter.api_name)));
        if let Some(pair) = twice.cloned() {
            request.query.push(pair);
            add("once", parameter.api_name.clone(), request);
        }
    }
}

fn place_name(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

/// Whether the value, written as text, still breaks the rule and still is the same parameter.
fn is_told_from_valid(parameter: &Parameter, value: &Value, service: &Service) -> bool {
    let text = match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let fits_as_text = fits::fits(
        &Value::from(text.as_str()),
        &parameter.schema,
        &service.types,
    );
    let is_sendable = match parameter.location {
        Location::Path => !text.is_empty() && text != "." && text != "..",
        Location::Query => true,
        Location::Header | Location::Cookie => {
            !text.is_empty()
                && text.trim() == text
                && text
                    .bytes()
                    .all(|b| (0x21..0x7f).contains(&b) && b != b';' && b != b',')
        }
    };
    is_sendable && !fits_as_text
}
