//! `operations/<group>/<operation>.rs`: what an operation takes, what it answers, and its method.

use askama::Template;

use super::{
    request::{self, FieldView},
    response::{Answers, CLIENT},
    security::security,
};
use crate::{
    model::{Operation, OperationId, Service, name::method_names},
    render::{doors, scope::Scope},
};

/// What a client has beside its operations.
const OWN: [&str; 13] = [
    "clone",
    "exists",
    "fmt",
    "new",
    "on_behalf_of",
    "with_api_key",
    "with_basic",
    "with_bearer",
    "with_body_limit",
    "with_header",
    "with_retries",
    "with_timeout",
    "within",
];

/// The methods of the client, by operation.
pub(super) struct Methods(Vec<String>);

impl Methods {
    pub(super) fn of(service: &Service) -> Self {
        Self(method_names(service, &OWN))
    }

    pub(super) fn name(&self, id: OperationId) -> &str {
        &self.0[id.0]
    }

    /// A method to show, with its argument: one that reads, where there is one.
    pub(super) fn example(&self, service: &Service) -> Option<(String, String)> {
        let all = || service.operations.iter().zip(&self.0);
        let is_read = |(operation, _): &(&Operation, &String)| operation.method.as_str() == "GET";
        let (operation, method) = all().find(is_read).or_else(|| all().next())?;
        let takes = !operation.parameters.is_empty() || operation.body.is_some();
        let module = &service[operation.group].module;
        let input = format!(
            "operations::{module}::{}::{}Input",
            operation.name, operation.type_name
        );
        Some((method.clone(), if takes { input } else { String::new() }))
    }
}

#[derive(Template)]
#[template(path = "client/src/operations/operation.rs.j2")]
pub(super) struct OperationFile<'a> {
    comment: String,
    imports: Vec<&'static str>,
    name: &'a str,
    method: &'a str,
    /// The comment of the method.
    summary: String,
    fields: Vec<FieldView<'a>>,
    is_clone: bool,
    has_default: bool,
    answers: Answers<'a>,
    /// The constant of the method, such as `GET`.
    http_method: &'static str,
    /// The text that the path begins with, a Rust literal.
    path: String,
    security: String,
    /// What follows `Request::new(…).`
    steps: Vec<String>,
    /// The statement that adds the body.
    body: Option<String>,
}

impl<'a> OperationFile<'a> {
    pub(super) fn new(service: &'a Service, operation: &'a Operation, method: &'a str) -> Self {
        let scope = Scope::of_others(service);
        for path in [
            "crate::Client",
            "crate::core::answer::Answer",
            "crate::core::answer::Receive",
            "crate::core::call::Call",
            "crate::core::error::Result",
            "crate::core::request::Request",
            "hyper::Method",
        ] {
            scope.import(path);
        }
        let fields = request::fields(&scope, operation);
        let (path, mut steps) = request::path(&scope, operation, request::field);
        steps.extend(request::parameters(&scope, operation, request::STYLES));
        steps.push(request::accept(service, operation));
        let is_raw = request::is_raw(operation);
        Self {
            comment: doors::module_comment(&crate::render::operations::describe(operation)),
            name: &operation.type_name,
            method,
            summary: summary(operation),
            is_clone: !is_raw,
            has_default: fields.iter().all(|field| field.is_optional),
            answers: Answers::new(&scope, operation, &CLIENT),
            http_method: operation.method.as_str(),
            path,
            security: security(&scope, operation),
            steps,
            body: operation
                .body
                .as_ref()
                .map(|body| request::body(&scope, body)),
            fields,
            imports: scope.imports(),
        }
    }
}

fn summary(operation: &Operation) -> String {
    let (method, path) = (operation.method.as_str(), &operation.path);
    let call = format!("`{method} {}`", path.replace('`', "'"));
    let mut text = match operation.summary.as_deref().map(str::trim) {
        Some(summary) if !summary.is_empty() => format!("{summary}\n\n{call}"),
        _ => call,
    };
    if operation.deprecated {
        text += "\n\nDeprecated.";
    }
    doors::comment(&text, 1)
}
