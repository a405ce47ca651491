//! `references.rs`: asks whether a row is there.

use askama::Template;

use super::{request, security::security};
use crate::{
    model::{Location, Method, Operation, Parameter, Service},
    render::{doors::rust_literal, reading::list, scope::Scope},
};

#[derive(Template)]
#[template(path = "client/src/references.rs.j2")]
pub(super) struct ReferencesFile {
    imports: Vec<&'static str>,
    reads: Vec<Read>,
}

/// An operation that reads one row.
struct Read {
    /// Its `operationId`, a Rust literal.
    id: String,
    /// The names of the keys.
    keys: String,
    path: String,
    security: String,
    steps: Vec<String>,
}

/// Whether it takes nothing but keys in its path.
fn is_read(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter();
    let is_key = |p: &Parameter| p.location == Location::Path || !p.required;
    operation.method == Method::Get
        && !operation.path_parameters().is_empty()
        && parameters.all(is_key)
}

/// Whether there is such an operation.
pub(super) fn are_there(service: &Service) -> bool {
    service.operations.iter().any(is_read)
}

impl ReferencesFile {
    pub(super) fn new(service: &Service) -> Self {
        let scope = Scope::of_others(service);
        let reads = service.operations.iter().filter(|o| is_read(o));
        let reads = reads.map(|operation| {
            let keys = operation.path_parameters();
            let place = |wanted: &Parameter| keys.iter().position(|p| p.name == wanted.name);
            let name = |p: &Parameter| format!("*key{}", place(p).unwrap_or_default() + 1);
            let (path, steps) = request::path(&scope, operation, name);
            let names = (1..=keys.len()).map(|place| format!("key{place}"));
            Read {
                id: rust_literal(&operation.id),
                keys: list(names),
                path,
                security: security(&scope, operation),
                steps,
            }
        });
        let reads = reads.collect();
        Self {
            reads,
            imports: scope.imports(),
        }
    }
}
