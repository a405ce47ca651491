//! `operations/security.rs`: what operations ask of their callers.

use std::fmt;

use askama::Template;

use crate::{
    model::{Credential, Guard, Location, Operation, Scheme, SchemeKind, Service},
    render::{
        doors::{self, rust_literal},
        reading::list,
        scope::Scope,
    },
};

#[derive(Template)]
#[template(path = "client/src/operations/security.rs.j2")]
pub(super) struct SecurityFile {
    keys: Vec<Key>,
    requirements: Vec<Requirement>,
}

/// An API key; it prints as the path of its constant.
pub(super) struct Key {
    constant: String,
    comment: String,
    /// A Rust literal.
    name: String,
    /// A variant of `Place`.
    place: &'static str,
}

struct Requirement {
    name: String,
    /// A Rust expression.
    value: String,
}

impl Key {
    /// Those of a service.
    pub(super) fn all(service: &Service) -> Vec<Self> {
        let key = |scheme: &Scheme| {
            let SchemeKind::ApiKey { location, name } = &scheme.kind else {
                return None;
            };
            let (place, noun) = match location {
                Location::Query => ("Query", "query parameter"),
                Location::Cookie => ("Cookie", "cookie"),
                Location::Header | Location::Path => ("Header", "header"),
            };
            let about = format!("`{}`: the {noun} `{name}`", scheme.api_name);
            Some(Self {
                constant: scheme.constant.clone(),
                comment: doors::comment(&about, 0),
                name: rust_literal(name),
                place,
            })
        };
        service.schemes.iter().filter_map(key).collect()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "crate::operations::security::{}", self.constant)
    }
}

impl SecurityFile {
    pub(super) fn new(service: &Service) -> Self {
        let requirement = |requirement: &crate::model::Requirement| {
            let alternatives = requirement.alternatives.iter().map(|all| {
                let schemes = all.iter().map(|one| scheme(service, one));
                format!("&[{}]", list(schemes))
            });
            Requirement {
                name: requirement.name.clone(),
                value: format!("&[{}]", list(alternatives)),
            }
        };
        Self {
            keys: Key::all(service),
            requirements: service.requirements.iter().map(requirement).collect(),
        }
    }
}

/// A scheme as a Rust expression.
fn scheme(service: &Service, credential: &Credential) -> String {
    let scheme = &service[credential.scheme];
    match &scheme.kind {
        SchemeKind::Bearer | SchemeKind::Basic => "Scheme::Authorization".to_owned(),
        SchemeKind::ApiKey { .. } => format!("Scheme::Key(super::{})", scheme.constant),
        SchemeKind::Unsupported => "Scheme::Other".to_owned(),
    }
}

/// What an operation asks for, as a Rust expression.
pub(super) fn security(scope: &Scope<'_>, operation: &Operation) -> String {
    match operation.guard {
        Guard::Public => "&[]".to_owned(),
        Guard::Secured(id) => {
            let wanted = scope.import("crate::operations::security::wanted");
            format!("{wanted}::{}", scope.service()[id].name)
        }
    }
}
