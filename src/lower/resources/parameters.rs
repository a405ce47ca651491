//! Parameters that no default uses: which matter, and which do not.

use super::words::plain;
use crate::model::{Location, Operation, Parameter};

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
