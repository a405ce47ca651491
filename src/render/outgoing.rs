//! `operations/webhooks.rs` and `operations/callbacks.rs`: what the service sends by itself.

use askama::Template;

use super::{
    client::{
        request::{self, FieldView},
        response::{Answers, SENDER},
    },
    doors::{self, rust_literal},
    files::{Entry, Project},
    reading::list,
    scope::{Scope, Static},
};
use crate::model::{
    AddressPart, BodyKind, Cause, Format, Outgoing, RequestBody, Service, Status, Type,
    name::{self, Case},
};

#[derive(Template)]
#[template(path = "layered/src/operations/outgoing.rs.j2")]
struct File<'a> {
    about: &'static str,
    imports: Vec<&'static str>,
    statics: Vec<Static>,
    all: Vec<View<'a>>,
}

struct View<'a> {
    function: &'a str,
    type_name: &'a str,
    comment: String,
    /// The parameters that stand beside the body.
    fields: Vec<FieldView<'a>>,
    has_default: bool,
    answers: Answers<'a>,
    has_other: bool,
    /// Of the function, behind the sender.
    arguments: Vec<String>,
    method: &'static str,
    /// What the address begins with, as a Rust expression.
    address: String,
    /// What follows `Request::new(…).`
    steps: Vec<String>,
}

/// The styles of parameters that are sent.
const STYLES: &str = "crate::core::sender::Style";

/// A file of `operations`.
pub(super) struct Module {
    /// No group has its name.
    pub(super) name: String,
    about: &'static str,
    is_webhooks: bool,
}

impl Module {
    /// Those of a service that sends something.
    pub(super) fn all(service: &Service) -> Vec<Self> {
        let groups = service.groups.iter().map(|group| group.module.as_str());
        let mut taken = name::Scope::with(groups.chain(["security"]));
        let kinds = [
            (
                true,
                "webhooks",
                "Webhooks: what the service sends when something happens, to who subscribed to it.",
            ),
            (
                false,
                "callbacks",
                "Callbacks: what the service sends to who called an operation and asked for it.",
            ),
        ];
        let mut modules = Vec::new();
        for (is_webhooks, name, about) in kinds {
            let mut all = service.outgoing.iter();
            if all.any(|one| is_webhook(one) == is_webhooks) {
                modules.push(Self {
                    name: taken.add(Case::Module, name),
                    about,
                    is_webhooks,
                });
            }
        }
        modules
    }

    /// What is sent by its functions.
    pub(super) fn outgoing<'a>(&self, service: &'a Service) -> impl Iterator<Item = &'a Outgoing> {
        let is_webhooks = self.is_webhooks;
        let all = service.outgoing.iter();
        all.filter(move |one| is_webhook(one) == is_webhooks)
    }
}

fn is_webhook(outgoing: &Outgoing) -> bool {
    outgoing.cause == Cause::Webhook
}

/// The files, where there is something to send.
pub(super) fn table<'a>(project: Project<'a>) -> Vec<Entry<'a>> {
    let service = project.service;
    let entry = |module: Module| {
        let path = format!("operations/{}.rs", module.name);
        Entry::layer(project, path, move || file(service, &module).render())
    };
    Module::all(service).into_iter().map(entry).collect()
}

/// A call to show to people.
pub(super) fn example(service: &Service) -> Option<String> {
    let module = Module::all(service).into_iter().next()?;
    let outgoing = module.outgoing(service).next()?;
    let operation = &outgoing.operation;
    let mut arguments = vec!["&cx.sender".to_owned()];
    let (names, ..) = address(outgoing);
    let names = names.iter().filter_map(|name| name.split(':').next());
    arguments.extend(names.map(|name| format!("&{name}")));
    if !operation.parameters.is_empty() {
        arguments.push("&input".to_owned());
    }
    arguments.extend(operation.body.iter().map(|_| "&body".to_owned()));
    let arguments = list(arguments.into_iter());
    Some(format!("{}::{}({arguments})", module.name, operation.name))
}

fn file<'a>(service: &'a Service, module: &Module) -> File<'a> {
    let scope = Scope::of_others(service);
    for path in [
        "axum::http::Method",
        "crate::core::sender::Answer",
        "crate::core::sender::Delivery",
        "crate::core::sender::Receive",
        "crate::core::sender::Request",
        "crate::core::sender::Result",
        "crate::core::sender::Sender",
    ] {
        scope.import(path);
    }
    let all: Vec<View<'_>> = module.outgoing(service).map(|o| view(&scope, o)).collect();
    File {
        about: module.about,
        imports: scope.imports(),
        statics: scope.statics(),
        all,
    }
}

fn view<'a>(scope: &Scope<'_>, outgoing: &'a Outgoing) -> View<'a> {
    let operation = &outgoing.operation;
    let fields = request::parameter_fields(scope, operation);
    let answers = Answers::new(scope, operation, &SENDER);
    let mut statuses = operation.responses.iter().map(|response| response.status);
    let has_other = !statuses.any(|s| matches!(s, Status::Default | Status::Range(2)));
    if has_other {
        scope.import("axum::http::StatusCode");
    }
    let (mut arguments, address, mut steps) = address(outgoing);
    if !fields.is_empty() {
        arguments.push(format!("input: &{}Input", operation.type_name));
    }
    arguments.extend(operation.body.iter().map(|body| argument(scope, body)));
    steps.extend(request::parameters(scope, operation, STYLES));
    if let Some(body) = &operation.body {
        let place = match is_text(body) {
            true => "&body.to_owned()",
            false => "body",
        };
        let whole = match body.kind {
            BodyKind::Text => "body.to_owned()",
            _ => "body",
        };
        steps.push(request::content(scope, body, place, whole));
    }
    View {
        function: &operation.name,
        type_name: &operation.type_name,
        comment: comment(outgoing),
        has_default: fields.iter().all(|field| field.is_optional),
        fields,
        answers,
        has_other,
        arguments,
        method: operation.method.as_str(),
        address,
        steps,
    }
}

/// Whether the body is a JSON text, which functions take as `&str`.
fn is_text(body: &RequestBody) -> bool {
    let is_string = match &body.schema.ty {
        Type::String(rules) => {
            !matches!(rules.format, Format::Uuid | Format::DateTime | Format::Date)
        }
        _ => false,
    };
    body.kind == BodyKind::Decoded && is_string && !body.schema.nullable
}

fn argument(scope: &Scope<'_>, body: &RequestBody) -> String {
    let ty = match body.kind {
        BodyKind::Decoded if is_text(body) => "&str".to_owned(),
        BodyKind::Decoded => format!("&{}", scope.rust_type(&body.schema)),
        BodyKind::Text => "&str".to_owned(),
        BodyKind::Bytes => format!("impl Into<{}>", scope.import("axum::body::Bytes")),
    };
    format!("body: {ty}")
}

/// The arguments that an address is made of, what it begins with, and what follows.
fn address(outgoing: &Outgoing) -> (Vec<String>, String, Vec<String>) {
    let mut arguments = Vec::new();
    let (mut first, mut steps) = (None, Vec::new());
    for part in &outgoing.address {
        let (start, step) = match part {
            AddressPart::Text(text) => {
                let literal = rust_literal(text);
                (literal.clone(), format!("text({literal})"))
            }
            AddressPart::Argument { name, .. } => {
                let argument = format!("{name}: &str");
                if !arguments.contains(&argument) {
                    arguments.push(argument);
                }
                (name.clone(), format!("part({name})"))
            }
        };
        match first {
            None => first = Some(start),
            Some(_) => steps.push(step),
        }
    }
    (arguments, first.unwrap_or_default(), steps)
}

fn comment(outgoing: &Outgoing) -> String {
    let operation = &outgoing.operation;
    let code = |text: &str| format!("`{}`", text.replace('`', "'"));
    let method = operation.method.as_str();
    let what = match &outgoing.cause {
        Cause::Webhook => format!(
            "`{method}` to the address of a subscriber: {}",
            code(&operation.path)
        ),
        Cause::Callback(id) => {
            let to = code(&format!("{method} {}", operation.path));
            format!("{to}, asked for by {}", code(id))
        }
    };
    let mut paragraphs = Vec::new();
    let texts = [&operation.summary, &operation.description];
    let texts = texts
        .into_iter()
        .flatten()
        .map(|text| text.trim().to_owned());
    paragraphs.extend(texts.filter(|text| !text.is_empty()));
    paragraphs.push(format!("{what}."));
    let expressions = outgoing.address.iter().filter_map(|part| match part {
        AddressPart::Argument { name, expression } if !expression.is_empty() => {
            Some(format!("- `{name}`: {}", code(expression)))
        }
        _ => None,
    });
    let expressions: Vec<String> = expressions.collect();
    if !expressions.is_empty() {
        paragraphs.push(expressions.join("\n"));
    }
    if operation.deprecated {
        paragraphs.push("Deprecated.".to_owned());
    }
    doors::comment(&paragraphs.join("\n\n"), 0)
}
