//! Parameters that no default uses: which matter, and which do not.

use super::{table::Table, types::enum_of, words::plain};
use crate::model::{EnumRepr, Location, Operation, Parameter, Service, Type};

/// Headers that say nothing about what is answered, or that the layers around take care of.
const CONVENTIONAL: &[&str] = &[
    "accept",
    "accept_charset",
    "accept_encoding",
    "accept_language",
    "authorization",
    "content_length",
    "content_type",
    "host",
    "idempotency_key",
    "origin",
    "referer",
    "traceparent",
    "tracestate",
    "user_agent",
    "x_correlation_id",
    "x_idempotency_key",
    "x_request_id",
    "x_trace_id",
];

/// The parameter that names the version which is to be changed.
pub(super) fn if_match(operation: &Operation) -> Option<usize> {
    let is_it = |p: &Parameter| p.location == Location::Header && plain(&p.api_name) == "if_match";
    operation.parameters.iter().position(is_it)
}

/// The header that holds a change to a version, where the table has one.
pub(super) fn held(table: &Table<'_>, operation: &Operation) -> Option<usize> {
    table.rules.version.and_then(|_| if_match(operation))
}

/// The texts that the values of a parameter are among, where it takes several.
pub(super) fn choices<'s>(service: &'s Service, parameter: &Parameter) -> Option<Vec<&'s str>> {
    let Type::Array { items, .. } = &parameter.schema.ty else {
        return None;
    };
    let choice = enum_of(service, items).filter(|found| found.repr == EnumRepr::String)?;
    let texts = choice.variants.iter().map(|variant| variant.value.as_str());
    let texts = texts.collect::<Option<Vec<_>>>();
    texts.filter(|texts| !texts.is_empty() && !items.nullable)
}

/// The optional parameters that cannot be honoured, after those at `used`; an error where one is
/// required.
pub(super) fn unsupported(operation: &Operation, used: &[usize]) -> Result<Vec<String>, String> {
    let mut unsupported = Vec::new();
    for (index, parameter) in operation.parameters.iter().enumerate() {
        if used.contains(&index) || is_understood(parameter) {
            continue;
        }
        if parameter.required {
            return Err(format!(
                "it cannot tell what the required parameter `{}` asks for",
                parameter.api_name
            ));
        }
        unsupported.push(parameter.api_name.clone());
    }
    Ok(unsupported)
}

fn is_understood(parameter: &Parameter) -> bool {
    let name = plain(&parameter.api_name);
    match parameter.location {
        Location::Path => true,
        // Without an entity tag to compare, the whole answer is what RFC 9110 asks for.
        Location::Header => name == "if_none_match" || CONVENTIONAL.contains(&name.as_str()),
        Location::Query | Location::Cookie => false,
    }
}
