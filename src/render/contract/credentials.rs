//! The credentials that requests carry.

use serde_json::{Value, json};

use super::super::{core, doors::rust_literal};
use crate::model::{Credential, Guard, Location, Operation, Parameter, SchemeKind, Service};

/// The key that the tests configure for every apiKey scheme.
const API_KEY: &str = "a-key-for-tests";

/// Who may call an operation, as the runner reads it: alternatives of credentials, or `null`.
pub(super) fn guard(service: &Service, guard: Guard) -> Value {
    let Guard::Secured(id) = guard else {
        return Value::Null;
    };
    let requirement = &service[id];
    let alternatives = requirement.alternatives.iter().map(|credentials| {
        let mut first = None;
        let all = credentials.iter().map(|credential| {
            let kind = &service[credential.scheme].kind;
            let is_it = match kind {
                SchemeKind::ApiKey { location, name } => {
                    *location == Location::Header && name.eq_ignore_ascii_case("authorization")
                }
                _ => matches!(kind, SchemeKind::Bearer | SchemeKind::Basic),
            };
            // A request has one `Authorization`: one token will do for two schemes, a password and a token will not.
            match is_it && *first.get_or_insert(kind) != kind {
                true => json!({ "kind": "unsupported" }),
                false => credential_json(service, credential),
            }
        });
        all.collect()
    });
    json!({
        "optional": requirement.optional,
        "alternatives": alternatives.collect::<Vec<Value>>(),
    })
}

fn credential_json(service: &Service, credential: &Credential) -> Value {
    let scheme = &service[credential.scheme];
    match &scheme.kind {
        SchemeKind::Bearer => json!({ "kind": "bearer", "scopes": credential.scopes }),
        SchemeKind::Basic => json!({ "kind": "basic" }),
        SchemeKind::ApiKey { location, name } => {
            let location = match location {
                Location::Query => "query",
                Location::Cookie => "cookie",
                Location::Header | Location::Path => "header",
            };
            json!({ "kind": "apiKey", "in": location, "name": name, "scheme": scheme.api_name })
        }
        SchemeKind::Unsupported => json!({ "kind": "unsupported" }),
    }
}

/// Whether a parameter is an API key that the operation is called with: its credentials say what is sent.
pub(super) fn fill(service: &Service, operation: &Operation, parameter: &Parameter) -> bool {
    let Guard::Secured(id) = operation.guard else {
        return false;
    };
    let mut credentials = service[id].alternatives.iter().flatten();
    credentials.any(|credential| match &service[credential.scheme].kind {
        SchemeKind::ApiKey { location, name } => {
            let is_same = match location {
                Location::Header => name.eq_ignore_ascii_case(&parameter.api_name),
                _ => *name == parameter.api_name,
            };
            is_same && *location == parameter.location
        }
        _ => false,
    })
}

/// Whether the contract knows credentials of this kind.
pub(super) fn has(service: &Service, kind: &SchemeKind) -> bool {
    service.schemes.iter().any(|scheme| scheme.kind == *kind)
}

/// The setting of each scheme whose keys are listed, both as literals.
pub(super) fn keys(service: &Service) -> Vec<(String, String)> {
    let keys = service.schemes.iter();
    let keys = keys.filter(|scheme| matches!(scheme.kind, SchemeKind::ApiKey { .. }));
    let literals = keys.map(|scheme| {
        let setting = scheme.setting.clone().unwrap_or_default();
        (rust_literal(&scheme.api_name), rust_literal(&setting))
    });
    literals.collect()
}

/// The settings under which every credential of the tests is accepted.
pub(super) fn settings(service: &Service) -> Vec<(String, String)> {
    let setting = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut settings = Vec::new();
    if has(service, &SchemeKind::Bearer) {
        settings.push(setting((
            "JWT_SECRET",
            "a secret that is long enough for tests",
        )));
    }
    if has(service, &SchemeKind::Basic) {
        settings.push(setting(("BASIC_USERS", "tester:a-password-for-tests")));
    }
    let keys = core::key_settings(service).into_iter();
    settings.extend(keys.map(|name| (name, API_KEY.to_owned())));
    settings
}
