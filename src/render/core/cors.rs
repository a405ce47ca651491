//! What pages of other origins may do.

use std::collections::BTreeSet;

use super::rust_literal;
use crate::model::{Guard, Location, SchemeKind, Service};

/// What pages of other origins may send and read, as the values of headers.
pub(super) struct Cors {
    pub(super) methods: String,
    pub(super) request_headers: String,
    pub(super) response_headers: String,
    /// Cookies tell who calls.
    pub(super) credentials: bool,
}

impl Cors {
    pub(super) fn of(service: &Service) -> Self {
        let mut methods = BTreeSet::new();
        let mut sent = BTreeSet::from(["content-type".to_owned()]);
        let told = [
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "x-request-id",
        ];
        let mut read = BTreeSet::from(told.map(str::to_owned));
        for operation in &service.operations {
            methods.insert(operation.method.as_str().to_owned());
            let parameters = operation.parameters.iter();
            let headers = parameters.filter(|p| p.location == Location::Header);
            sent.extend(headers.map(|p| p.api_name.to_ascii_lowercase()));
            let headers = operation.responses.iter().flat_map(|r| &r.headers);
            read.extend(headers.map(|header| header.api_name.to_ascii_lowercase()));
            if operation.retirement.is_some() {
                read.extend(["deprecation", "link", "sunset"].map(str::to_owned));
            }
            if operation.guard != Guard::Public {
                read.insert("www-authenticate".to_owned());
            }
        }
        for scheme in &service.schemes {
            match &scheme.kind {
                SchemeKind::ApiKey {
                    location: Location::Header,
                    name,
                } => {
                    sent.insert(name.to_ascii_lowercase());
                }
                SchemeKind::Bearer | SchemeKind::Basic => {
                    sent.insert("authorization".to_owned());
                }
                SchemeKind::ApiKey { .. } | SchemeKind::Unsupported => {}
            }
        }
        let list = |names: BTreeSet<String>| {
            let names: Vec<String> = names.into_iter().filter(|name| is_token(name)).collect();
            rust_literal(&names.join(", "))
        };
        Self {
            methods: list(methods),
            request_headers: list(sent),
            response_headers: list(read),
            credentials: service.cookies().next().is_some(),
        }
    }
}

/// Whether this can be the name of a header (RFC 9110, section 5.6.2).
fn is_token(name: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(is_part)
}
