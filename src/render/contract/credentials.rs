//! The credentials that requests carry.

use serde_json::{Value, json};

use super::super::core;
use crate::model::{Credential, Guard, Location, SchemeKind, Service};

/// The key that the tests configure for every apiKey scheme.
const API_KEY: &str = "a-key-for-tests";

/// Who may call an operation, as the runner reads it: alternatives of credentials, or `null`.
pub(super) fn guard(service: &Service, guard: Guard) -> Value {
    let Guard::Secured(id) = guard else {
        return Value::Null;
    };
    let requirement = &service[id];
    let alternatives = requirement.alternatives.iter().map(|credentials| {
        credentials
            .iter()
            .map(|credential| credential_json(service, credential))
            .collect()
    });
    json!({
        "optional": requirement.optional,
        "alternatives": alternatives.collect::<Vec<Value>>(),
    })
}

fn credential_json(service: &Service, credential: &Credential) -> Value {
    match &service[credential.scheme].kind {
        SchemeKind::Bearer => json!({ "kind": "bearer", "scopes": credential.scopes }),
        SchemeKind::Basic => json!({ "kind": "basic" }),
        SchemeKind::ApiKey { location, name } => {
            let location = match location {
                Location::Query => "query",
                Location::Cookie => "cookie",
                Location::Header | Location::Path => "header",
            };
            json!({ "kind": "apiKey", "in": location, "name": name, "key": API_KEY })
        }
        SchemeKind::Unsupported => json!({ "kind": "unsupported" }),
    }
}

pub(super) fn has_bearer(service: &Service) -> bool {
    let mut schemes = service.schemes.iter();
    schemes.any(|scheme| scheme.kind == SchemeKind::Bearer)
}

/// The settings under which every credential of the tests is accepted.
pub(super) fn settings(service: &Service) -> Vec<(String, String)> {
    let setting = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let has =
        |wanted: fn(&SchemeKind) -> bool| service.schemes.iter().any(|scheme| wanted(&scheme.kind));
    let mut settings = Vec::new();
    if has_bearer(service) {
        settings.push(setting((
            "JWT_SECRET",
            "a secret that is long enough for tests",
        )));
    }
    if has(|kind| *kind == SchemeKind::Basic) {
        settings.push(setting(("BASIC_USERS", "tester:a-password-for-tests")));
    }
    let keys = core::key_settings(service).into_iter();
    settings.extend(keys.map(|name| (name, API_KEY.to_owned())));
    settings
}
