//! What must be new in a request to a service whose database holds other rows: keys and unique
//! values, the key of an idempotent request, and the path of a row that does not exist.

use serde::Serialize;

use super::{
    effects, places,
    request::{self, Request},
    wire,
};
use crate::model::{
    Action, KeySource, Location, Operation, Parameter, Role, Schema, Service, Type, TypeKind,
    fresh::{self, Fresh},
};

/// A value that is made up when the test runs.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Renewed {
    /// Where it stands: pointers into the body, `{name}` of a path parameter, names of headers.
    at: Vec<String>,
    value: Fresh,
}

/// What must differ from every row, in a request that makes or changes one.
pub(super) fn in_row(service: &Service, operation: &Operation, request: &Request) -> Vec<Renewed> {
    let mut renewed = unique(service, operation, request);
    let header = |parameter: &&Parameter| {
        parameter.location == Location::Header
            && parameter.api_name.eq_ignore_ascii_case("idempotency-key")
            && request
                .headers
                .iter()
                .any(|(name, _)| *name == parameter.api_name)
    };
    if let Some(parameter) = operation.parameters.iter().find(header) {
        renewed.extend(value_of(
            service,
            &parameter.schema,
            vec![parameter.api_name.clone()],
        ));
    }
    renewed
}

/// The path of a row that does not exist, and the body's copy of its key.
pub(super) fn in_path(service: &Service, operation: &Operation, request: &Request) -> Vec<Renewed> {
    let in_body = effects::keys_in_body(service, operation);
    let in_path = operation.parameters.iter().filter(|parameter| {
        let sample = request::parameter_sample(service, parameter, 0);
        let is_plain = sample.is_some_and(|value| {
            wire::path_text(parameter, &value) == wire::encode(&wire::text(&value))
        });
        parameter.location == Location::Path && is_plain
    });
    let renewed = in_path.filter_map(|parameter| {
        let name = &parameter.api_name;
        let copies = in_body.iter().filter(|(_, parameter)| parameter == name);
        let copies: Vec<_> = copies.map(|(pointer, _)| pointer.clone()).collect();
        let body = operation.body.as_ref().map(|body| &body.schema);
        let in_body = copies.iter().filter_map(|at| member(service, body?, at));
        let schemas: Vec<_> = std::iter::once(&parameter.schema).chain(in_body).collect();
        let value = fresh::fresh_of_all(&service.types, &schemas)?;
        let own = std::iter::once(format!("{{{name}}}"));
        let at = own.chain(copies).collect();
        Some(Renewed { at, value })
    });
    let mut renewed: Vec<Renewed> = renewed.collect();
    renewed.extend(in_row(service, operation, request));
    renewed
}

/// The members of the body that are a key of their own, or unique.
fn unique(service: &Service, operation: &Operation, request: &Request) -> Vec<Renewed> {
    let (
        Role::Crud {
            resource, action, ..
        },
        Some(body),
    ) = (&operation.role, &request.body)
    else {
        return Vec::new();
    };
    let resource = &service[*resource];
    let names_key = matches!(action, Action::Create { .. })
        && !matches!(resource.key_source, KeySource::Uuid | KeySource::Integer);
    let mut columns: Vec<usize> = resource.unique.iter().flatten().copied().collect();
    columns.extend(names_key.then_some(resource.key));
    columns.sort_unstable();
    columns.dedup();
    let wrapper = places::wrapper_pointer(&operation.role);
    let names = columns.iter().filter_map(|column| {
        let name = effects::sent_name(&resource.columns[*column], action)?;
        let at = format!("{wrapper}/{}", places::escape(name));
        let is_sent = body.pointer(&at).is_some_and(|value| !value.is_null());
        let schema = operation.body.as_ref().map(|body| &body.schema)?;
        let schema = member(service, schema, &at).filter(|_| is_sent)?;
        let paths = effects::key_and_paths(service, operation).filter(|(key, _)| *key == at);
        let schemas = paths.map_or_else(Vec::new, |(_, paths)| paths).into_iter();
        let all: Vec<_> = std::iter::once(schema).chain(schemas).collect();
        let value = fresh::fresh_of_all(&service.types, &all)?;
        Some(Renewed {
            at: vec![at],
            value,
        })
    });
    names.collect()
}

/// A member of the body that any value may stand in for.
pub(super) fn member_at(service: &Service, operation: &Operation, at: &str) -> Option<Renewed> {
    let schema = member(service, &operation.body.as_ref()?.schema, at)?;
    value_of(service, schema, vec![at.to_owned()])
}

fn value_of(service: &Service, schema: &Schema, at: Vec<String>) -> Option<Renewed> {
    fresh::fresh(&service.types, schema).map(|value| Renewed { at, value })
}

/// The schema of the member that a pointer leads to, through structs only.
pub(super) fn member<'a>(
    service: &'a Service,
    schema: &'a Schema,
    pointer: &str,
) -> Option<&'a Schema> {
    let mut schema = schema;
    for name in pointer.split('/').skip(1) {
        while let Type::Named(id) = &schema.ty
            && let TypeKind::Newtype(inner) = &service[*id].kind
        {
            schema = inner;
        }
        let Type::Named(id) = &schema.ty else {
            return None;
        };
        let TypeKind::Struct(object) = &service[*id].kind else {
            return None;
        };
        let mut fields = object.fields.iter();
        schema = &fields
            .find(|field| places::escape(&field.api_name) == name)?
            .schema;
    }
    Some(schema)
}
