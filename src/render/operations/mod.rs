//! `operations/`: what each operation takes and answers.

use askama::Template;

use bodies::{body_constant, body_field};
use parameters::parameter_field;
use responses::variant;
use status_codes::status_code;

use super::{
    doors, outgoing,
    scope::{Scope, Static},
};
use crate::model::{Group, GroupId, Operation, Service};

mod bodies;
mod parameters;
mod responses;
mod status_codes;

pub(super) use bodies::body_type;
pub(super) use parameters::parameter_type;
pub(super) use responses::{header_field, variant_fields};

/// `operations/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/operations/mod.rs.j2")]
pub(super) struct Root<'a> {
    groups: &'a [Group],
    /// The files of what the service sends.
    outgoing: Vec<outgoing::Module>,
    /// A Rust literal.
    base_path: String,
}

impl<'a> Root<'a> {
    pub(super) fn new(service: &'a Service) -> Self {
        Self {
            groups: &service.groups,
            outgoing: outgoing::Module::all(service),
            base_path: doors::rust_literal(&service.base_path),
        }
    }
}

/// `operations/<group>/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/operations/group.rs.j2")]
pub(super) struct Modules<'a> {
    group: &'a Group,
    /// The files of its operations, sorted.
    files: Vec<&'a str>,
}

impl<'a> Modules<'a> {
    pub(super) fn new(service: &'a Service, id: GroupId) -> Self {
        let operations = service.operations_of(id);
        let mut files: Vec<&str> = operations
            .map(|(_, operation)| operation.name.as_str())
            .collect();
        files.sort_unstable();
        let group = &service[id];
        Self { group, files }
    }
}

/// `operations/<group>/<operation>.rs`
#[derive(Template)]
#[template(path = "layered/src/operations/operation.rs.j2")]
pub(super) struct File<'a> {
    comment: String,
    imports: Vec<&'static str>,
    statics: Vec<Static>,
    name: &'a str,
    /// The variable that holds the request: no field has its name.
    input: &'static str,
    body: Option<String>,
    invalid_body: Option<String>,
    fields: Vec<FieldView<'a>>,
    variants: Vec<VariantView<'a>>,
}

struct FieldView<'a> {
    name: &'a str,
    comment: String,
    ty: String,
    /// What follows `input.`
    read: String,
    /// What follows `name?`
    value: String,
}

struct VariantView<'a> {
    name: &'a str,
    comment: String,
    /// Behind the name in the declaration: nothing, `(T)` or `{ … }`.
    fields: String,
    /// Behind the name in the pattern: nothing, `(body)` or `{ … }`.
    pattern: String,
    response: String,
}

impl<'a> File<'a> {
    pub(super) fn new(service: &'a Service, operation: &'a Operation) -> Self {
        let scope = Scope::of_others(service);
        scope.import("axum::response::IntoResponse");
        scope.import("axum::response::Response");
        scope.import("crate::core::input::Input");
        scope.import("crate::core::input::Read");
        let parameters = operation.parameters.iter();
        let mut fields: Vec<FieldView<'_>> = parameters
            .map(|parameter| parameter_field(&scope, parameter))
            .collect();
        fields.extend(operation.body.as_ref().map(|body| body_field(&scope, body)));
        let is_taken = fields.iter().any(|field| field.name == "input");
        let responses = operation.responses.iter();
        let invalid_body = operation.body.as_ref().and_then(|_| {
            let status = operation.invalid_body_status;
            (status != 422).then(|| status_code(&scope, status))
        });
        Self {
            comment: doors::module_comment(&describe(operation)),
            name: &operation.type_name,
            input: if is_taken { "input_" } else { "input" },
            body: operation
                .body
                .as_ref()
                .map(|body| body_constant(&scope, body)),
            invalid_body,
            fields,
            variants: responses
                .map(|response| variant(&scope, response))
                .collect(),
            statics: scope.statics(),
            imports: scope.imports(),
        }
    }
}

/// The comment of the file, in Markdown.
pub(super) fn describe(operation: &Operation) -> String {
    let (method, path) = (operation.method.as_str(), &operation.path);
    let summary = operation
        .summary
        .iter()
        .filter(|summary| !summary.trim().is_empty());
    let summary: String = summary
        .map(|summary| format!(": {}", summary.trim()))
        .collect();
    let mut text = format!("`{method} {}`{summary}", path.replace('`', "'"));
    if let Some(part) = &operation.description {
        text += &format!("\n\n{part}");
    }
    if operation.deprecated {
        text += "\n\nDeprecated.";
    }
    text
}
