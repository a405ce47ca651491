//! `tests/contract/sent.rs`: webhooks and callbacks arrive as they were sent.

use askama::Template;
use serde_json::Value;

use super::{Entry, Project};
use crate::{
    model::{
        AddressPart, BodyKind, Outgoing, Parameter, RequestBody, Response, ResponseBody, Schema,
        Service, Status, sample::sample,
    },
    render::{
        client::{request::media_type, view::unbind},
        doors::rust_literal,
        outgoing::Module,
        reading::list,
        scope::Scope,
    },
};

#[derive(Template)]
#[template(path = "layered/tests/contract/sent.rs.j2")]
struct SentFile<'a> {
    krate: &'a str,
    modules: String,
    reads: bool,
    compares: bool,
    tests: &'a [Sent],
}

/// A request that is sent.
struct Sent {
    name: String,
    /// Statements that make what it sends.
    before: Vec<String>,
    /// The function, and what it takes behind the sender.
    function: String,
    arguments: String,
    method: &'static str,
    media_type: Option<String>,
    expected: Option<&'static str>,
    /// What the subscriber answers.
    status: u16,
    answer: String,
    is_answered: bool,
}

/// The file, where something is sent to addresses that are wholly said by others.
pub(super) fn table<'a>(project: Project<'a>) -> Option<Entry<'a>> {
    let service = project.service;
    let modules = Module::all(service);
    let all = modules.iter().flat_map(|module| {
        let outgoing = module.outgoing(service);
        outgoing.filter_map(|one| sent(service, &module.name, one))
    });
    let tests: Vec<Sent> = all.collect();
    let is_there = !tests.is_empty();
    let print = move || {
        let modules = modules.iter().map(|module| module.name.clone());
        let is_used = |name: &String| {
            let start = format!("{name}::");
            tests.iter().any(|test| test.function.starts_with(&start))
        };
        let is_read = |line: &String| line.contains("literal(");
        let is_json = |expected: &str| expected.starts_with("to_json");
        SentFile {
            krate: &service.krate,
            modules: list(modules.filter(is_used)),
            reads: tests.iter().any(|test| test.before.iter().any(is_read)),
            compares: tests.iter().any(|test| test.expected.is_some_and(is_json)),
            tests: &tests,
        }
        .render()
    };
    is_there.then(|| Entry::formatted("tests/contract/sent.rs", print))
}

fn sent(service: &Service, module: &str, outgoing: &Outgoing) -> Option<Sent> {
    let operation = &outgoing.operation;
    let (mut before, mut arguments) = (Vec::new(), Vec::new());
    let mut parts = outgoing.address.iter();
    let Some(AddressPart::Argument { name: first, .. }) = parts.next() else {
        return None;
    };
    arguments.push("&url".to_owned());
    let mut known = vec![first];
    for part in parts {
        if let AddressPart::Argument { name, .. } = part
            && !known.contains(&name)
        {
            known.push(name);
            arguments.push("\"sample\"".to_owned());
        }
    }
    if !operation.parameters.is_empty() {
        let fields = operation.parameters.iter().map(|p| field(service, p));
        let fields = list(fields.collect::<Option<Vec<_>>>()?.into_iter());
        let input = format!("{module}::{}Input", operation.type_name);
        before.push(format!("let input = {input} {{ {fields} }};"));
        arguments.push("&input".to_owned());
    }
    let mut expected = None;
    if let Some(body) = &operation.body {
        let (value, argument) = payload(service, body)?;
        before.push(format!("let body = {value};"));
        arguments.push(argument.to_owned());
        expected = match body.kind {
            BodyKind::Decoded if body.schema.is_quoted() || is_form(body) => None,
            BodyKind::Decoded => Some("to_json(&body)"),
            BodyKind::Text | BodyKind::Bytes => Some("body"),
        };
    }
    let (status, answer, is_answered) = answer(service, &operation.responses);
    let media_type = operation.body.as_ref().and_then(media_type);
    Some(Sent {
        name: format!("{module}_{}", operation.name.trim_start_matches("r#")),
        before,
        function: format!("{module}::{}", operation.name),
        arguments: list(arguments.into_iter()),
        method: operation.method.as_str(),
        media_type: media_type.map(|name| rust_literal(&name)),
        expected,
        status,
        answer,
        is_answered,
    })
}

fn is_form(body: &RequestBody) -> bool {
    media_type(body).is_some_and(|name| name == "application/x-www-form-urlencoded")
}

/// The expression of a payload, and how it is handed over.
fn payload(service: &Service, body: &RequestBody) -> Option<(String, &'static str)> {
    Some(match body.kind {
        BodyKind::Decoded => {
            let known = body.example.clone();
            let value = known.or_else(|| sample(&service.types, &body.schema, 0))?;
            (read(service, &body.schema, &value), "&body")
        }
        BodyKind::Text => ("\"sample\"".to_owned(), "body"),
        BodyKind::Bytes => ("Bytes::from_static(b\"sample\")".to_owned(), "body.clone()"),
    })
}

fn field(service: &Service, parameter: &Parameter) -> Option<String> {
    let name = &parameter.name;
    if !parameter.required {
        return Some(format!("{name}: None"));
    }
    let known = parameter.example.clone();
    let value = known.or_else(|| sample(&service.types, &parameter.schema, 0))?;
    Some(format!(
        "{name}: {}",
        read(service, &parameter.schema, &value)
    ))
}

/// A value as the type of its schema, whose rules it is known to keep.
fn read(service: &Service, schema: &Schema, value: &Value) -> String {
    let mut schema = schema.clone();
    unbind(&mut schema);
    let read = Scope::of_others(service).read("v", &schema, false, "sample");
    let json = rust_literal(&value.to_string());
    format!("literal({json}, |v| {read}).expect(\"a sample\")")
}

/// What a subscriber answers who is content; and whether that is an answer of the contract.
fn answer(service: &Service, responses: &[Response]) -> (u16, String, bool) {
    let none = || "None".to_owned();
    let is_success = |response: &&Response| {
        matches!(
            response.status,
            Status::Code(200..=299) | Status::Range(2) | Status::Default
        )
    };
    let Some(response) = responses.iter().find(is_success) else {
        return (200, none(), true);
    };
    let status = match response.status {
        Status::Code(code) => code,
        Status::Range(_) | Status::Default => 200,
    };
    let (answer, is_sound) = match &response.body {
        ResponseBody::Json { schema, .. } => {
            let known = response.example.clone();
            match known.or_else(|| sample(&service.types, schema, 0)) {
                Some(value) => (format!("Some({})", rust_literal(&value.to_string())), true),
                None => (none(), false),
            }
        }
        _ => (none(), true),
    };
    let asks = response.headers.iter().any(|header| header.required);
    (status, answer, is_sound && !asks)
}
