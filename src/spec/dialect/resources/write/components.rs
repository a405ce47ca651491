//! What all resources share: errors, headers, parameters, credentials.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::spec::{
    Node,
    dialect::tree::{Members, object, put},
};

use super::{
    super::blueprint::{Auth, Blueprint},
    at,
};

/// How many rows a page has by default, and at most, where nobody says.
const LIMITS: (u64, u64) = (20, 100);

/// The schemas of errors: our own form, and that of RFC 9457.
const ERROR: &str = "Error";
const PROBLEM: &str = "Problem";

/// The name of the scheme by which callers say who they are.
pub(super) fn scheme(auth: Auth) -> &'static str {
    match auth {
        Auth::ApiKeys => "apiKeyAuth",
        _ => "bearerAuth",
    }
}

/// What every operation asks of its callers.
pub(super) fn security(spec: &Blueprint) -> Option<Node> {
    let auth = spec.auth.value;
    (auth != Auth::None).then(|| at(json!([{scheme(auth): []}]), spec.auth.span))
}

/// The parameter that says how many rows a page may have.
pub(super) fn limit(usual: u64, most: u64) -> Value {
    json!({
        "name": "limit",
        "in": "query",
        "description": "The most that a page may hold",
        "schema": {"type": "integer", "minimum": 1, "maximum": most, "default": usual},
    })
}

pub(super) fn write(
    spec: &Blueprint,
    [schemas, parameters, examples]: [Members; 3],
    used: &BTreeSet<(&'static str, &'static str)>,
) -> Node {
    let span = spec.span;
    let mut components = Members::new();
    if let Some(scheme) = security_scheme(spec) {
        put(&mut components, "securitySchemes", scheme);
    }
    let sections = [
        ("parameters", parameters),
        ("headers", Members::new()),
        ("schemas", schemas),
        ("examples", examples),
        ("responses", Members::new()),
    ];
    for (section, mut members) in sections {
        let shared = shared(section, spec.problems).into_iter();
        let form = if spec.problems { PROBLEM } else { ERROR };
        let shared = shared.filter(|(name, _)| {
            used.contains(&(section, *name)) || (section, *name) == ("schemas", form)
        });
        for (name, value) in shared {
            put(&mut members, name, at(value, span));
        }
        if !members.is_empty() {
            put(&mut components, section, object(members, span));
        }
    }
    object(components, span)
}

fn security_scheme(spec: &Blueprint) -> Option<Node> {
    let scheme = match spec.auth.value {
        Auth::None => return None,
        Auth::Jwt if spec.issuer.is_some() => {
            let issuer = spec
                .issuer
                .iter()
                .map(|issuer| issuer.value.trim_end_matches('/'));
            let url = issuer.collect::<String>() + "/.well-known/openid-configuration";
            json!({ "bearerAuth": {"type": "openIdConnect", "openIdConnectUrl": url} })
        }
        Auth::Jwt | Auth::Accounts => json!({
            "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        }),
        Auth::ApiKeys => json!({
            "apiKeyAuth": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        }),
    };
    Some(at(scheme, spec.auth.span))
}

fn shared(section: &str, problems: bool) -> Vec<(&'static str, Value)> {
    match section {
        "parameters" => shared_parameters(),
        "headers" => shared_headers(),
        "schemas" => shared_schemas(),
        "examples" => Vec::new(),
        _ => shared_responses(problems),
    }
}

fn shared_parameters() -> Vec<(&'static str, Value)> {
    let header = |name: &str, words: &str, schema: Value| json!({"name": name, "in": "header", "description": words, "schema": schema});
    let query = |name: &str, words: &str, schema: Value| json!({"name": name, "in": "query", "description": words, "schema": schema});
    let text = || json!({"type": "string"});
    let (usual, most) = LIMITS;
    vec![
        ("Limit", limit(usual, most)),
        (
            "Cursor",
            query(
                "cursor",
                "Where the last page ended, from its `next_cursor`",
                text(),
            ),
        ),
        (
            "Page",
            query(
                "page",
                "Which page, from 1",
                json!({"type": "integer", "minimum": 1, "default": 1}),
            ),
        ),
        (
            "IdempotencyKey",
            header(
                "Idempotency-Key",
                "A request that repeats the key of an earlier one gets that one's answer again",
                json!({"type": "string", "minLength": 1, "maxLength": 255}),
            ),
        ),
        (
            "RequiredIdempotencyKey",
            json!({
                "name": "Idempotency-Key",
                "in": "header",
                "required": true,
                "description": "Names the request, so that it is done once however often it is sent",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }),
        ),
        (
            "IfNoneMatch",
            header(
                "If-None-Match",
                "The entity tags that the caller has copies of",
                text(),
            ),
        ),
        (
            "IfMatch",
            json!({
                "name": "If-Match",
                "in": "header",
                "required": true,
                "description": "The entity tag of what the caller means to change, so that no change of others is lost",
                "schema": text(),
            }),
        ),
    ]
}

fn shared_headers() -> Vec<(&'static str, Value)> {
    let header = |words: &str| json!({"description": words, "schema": {"type": "string"}});
    vec![
        ("ETag", header("Changes whenever the resource does")),
        (
            "Link",
            header("Leads to the next page, as `<url>; rel=\"next\"`"),
        ),
        (
            "Location",
            json!({
                "description": "The address of what was made",
                "schema": {"type": "string", "format": "uri-reference"},
            }),
        ),
    ]
}

fn shared_schemas() -> Vec<(&'static str, Value)> {
    let integer = || json!({"type": "integer"});
    vec![
        (
            "PageMeta",
            json!({
                "type": "object",
                "required": ["limit", "has_next", "next_cursor"],
                "properties": {
                    "limit": integer(),
                    "has_next": {"type": "boolean"},
                    "next_cursor": {"type": ["string", "null"]},
                },
            }),
        ),
        (
            "NumberedPageMeta",
            json!({
                "type": "object",
                "required": ["page", "limit", "total", "total_pages"],
                "properties": {
                    "page": integer(),
                    "limit": integer(),
                    "total": integer(),
                    "total_pages": integer(),
                },
            }),
        ),
        (ERROR, error()),
        (PROBLEM, problem()),
    ]
}

/// RFC 9457; what is wrong with fields stands beside that, as it allows.
fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri-reference",
                "default": "about:blank",
                "description": "The kind of the problem",
            },
            "title": {"type": "string", "description": "The kind, in words"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "What went wrong this time"},
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "details", "request_id"],
                "properties": {
                    "code": {"type": "string", "description": "For programs; it never changes"},
                    "message": {"type": "string", "description": "For people"},
                    "details": {
                        "type": "object",
                        "description": "For each field that is at fault, what is wrong with it",
                        "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    },
                    "request_id": {"type": "string", "description": "For the logs"},
                },
            },
        },
    })
}

fn shared_responses(problems: bool) -> Vec<(&'static str, Value)> {
    let (media, form) = match problems {
        true => ("application/problem+json", PROBLEM),
        false => ("application/json", ERROR),
    };
    let problem = |words: &str| {
        let schema = json!({"$ref": format!("#/components/schemas/{form}")});
        json!({"description": words, "content": {media: {"schema": schema}}})
    };
    let problems = [
        ("BadRequest", "The request cannot be understood"),
        (
            "Unauthorized",
            "No credentials came with the request, or they are not accepted",
        ),
        (
            "Forbidden",
            "The caller is known, but not allowed to do this",
        ),
        ("NotFound", "Nothing is at this address"),
        ("Conflict", "Another resource is in the way"),
        (
            "PreconditionFailed",
            "It was changed since the caller read it",
        ),
        (
            "PayloadTooLarge",
            "The body is longer than the service takes",
        ),
        ("UnsupportedMediaType", "The body is not JSON"),
        (
            "UnprocessableEntity",
            "The body is JSON, but breaks a rule of its schema",
        ),
        (
            "PreconditionRequired",
            "The request does not say by `If-Match` what it means to change",
        ),
        ("TooManyRequests", "The caller is too fast"),
        ("InternalError", "Something broke inside the service"),
        ("NotImplemented", "Nobody has written this operation yet"),
    ];
    problems.map(|(name, words)| (name, problem(words))).into()
}
