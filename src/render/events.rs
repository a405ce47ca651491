//! Events: what a service publishes, and what it does with those that it hears of.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::{
    core::Needs,
    doors,
    files::{Entry, Project},
    imports::imports,
    reading::list,
    scope::Scope,
    views::views,
};
use crate::model::{
    Event, Events, Format, Group, Operation, OperationId, Presence, Published, Response,
    ResponseBody, Schema, Service, Source, SourcePayload, Status, Type, TypeDef, TypeKind,
    name::method_names,
};

views! {
    ModFile "layered/src/core/events/mod.rs.j2" { needs: Needs, }
    BusFile "layered/src/core/events/bus.rs.j2" { needs: Needs, }
    InboxFile "layered/src/core/events/inbox.rs.j2" { needs: Needs, }
    NatsFile "layered/src/core/events/nats.rs.j2" {}
    OutboxFile "layered/src/core/events/outbox.rs.j2" {}
}

/// `src/core/events/`
pub(super) fn core<'a>(project: Project<'a>, needs: Needs) -> Vec<Entry<'a>> {
    let file = |path, print: fn(Needs) -> askama::Result<String>| {
        Entry::arranged(project, path, move || print(needs))
    };
    vec![
        file("core/events/mod.rs", |needs| ModFile { needs }.render()),
        file("core/events/bus.rs", |needs| BusFile { needs }.render()),
        file("core/events/inbox.rs", |needs| InboxFile { needs }.render()),
        file("core/events/nats.rs", |_| NatsFile {}.render()),
        file("core/events/outbox.rs", |_| OutboxFile {}.render()),
    ]
}

/// `crud/events.rs` and `api/events.rs`, where the service has events.
pub(super) fn table<'a>(project: Project<'a>, events: &'a Events) -> Vec<Entry<'a>> {
    let service = project.service;
    let path = format!("crud/{}.rs", events.group.module);
    vec![
        Entry::layer(project, path, move || EventsFile::print(service, events)),
        Entry::layer(project, "api/events.rs", move || {
            DeliveryFile::print(service, events)
        }),
    ]
}

/// The group of operations that the events which the service hears of are like: a trait, a module
/// of the user's and a field of `Services`.
pub(super) fn group(service: &Service) -> Option<&Group> {
    let events = service.events.as_ref()?;
    (!events.heard.is_empty()).then_some(&events.group)
}

/// What `api/events.rs` has beside its publishers.
const OWN: [&str; 1] = ["start"];

/// The functions that publish what operations do, by operation.
pub(super) fn publishers(service: &Service) -> BTreeMap<OperationId, String> {
    let published = service.events.iter().flat_map(|events| &events.published);
    let sources = published.flat_map(|published| &published.sources);
    let names = method_names(service, &OWN);
    let named = sources.map(|source| (source.operation, names[source.operation.0].clone()));
    named.collect()
}

/// What `crud/events.rs` calls by these names, no payload is called there.
const TAKEN: [&str; 8] = [
    "Context", "Encode", "Event", "Option", "Publish", "Result", "Self", "String",
];

/// `crud/events.rs`
#[derive(Template)]
#[template(path = "layered/src/crud/events.rs.j2")]
struct EventsFile<'a> {
    group: &'a Group,
    /// The paths of payloads, which macros hide from the imports that are found.
    payloads: BTreeSet<String>,
    published: Vec<PublishedView<'a>>,
    heard: Vec<HeardView<'a>>,
}

struct PublishedView<'a> {
    event: &'a Event,
    comment: String,
    payload: String,
    /// Rust literals.
    name: String,
    subscribers: String,
    /// An expression.
    key: String,
}

struct HeardView<'a> {
    event: &'a Event,
    comment: String,
    payload: String,
    /// A Rust literal.
    name: String,
}

impl<'a> EventsFile<'a> {
    fn print(service: &'a Service, events: &'a Events) -> askama::Result<String> {
        let scope = Scope::of_others(service);
        let published = events.published.iter();
        let mut payloads = BTreeSet::new();
        let heard = events.heard.iter().map(|event| {
            let TypeDef { name, module, .. } = &service[event.payload];
            let is_free = !TAKEN.contains(&name.as_str());
            if is_free {
                payloads.insert(format!("crate::schemas::{module}::{name}"));
            }
            HeardView {
                event,
                comment: doors::comment(&format!("`{}`", event.api_name), 4),
                payload: if is_free {
                    name.clone()
                } else {
                    scope.named(event.payload)
                },
                name: doors::rust_literal(&event.api_name),
            }
        });
        let heard: Vec<HeardView<'_>> = heard.collect();
        let body = Self {
            group: &events.group,
            payloads,
            published: published.map(|p| PublishedView::new(&scope, p)).collect(),
            heard,
        }
        .render()?;
        let about =
            "//! What the service publishes, and what it does with the events of others.\n\n";
        Ok(format!("{about}{}{body}", imports(&body)))
    }
}

impl<'a> PublishedView<'a> {
    fn new(scope: &Scope<'_>, published: &'a Published) -> Self {
        let event = &published.event;
        let subscribers = published.subscribers.iter();
        Self {
            event,
            comment: doors::comment(&format!("`{}`", event.api_name), 0),
            payload: scope.named(event.payload),
            name: doors::rust_literal(&event.api_name),
            subscribers: list(subscribers.map(|name| doors::rust_literal(name))),
            key: key(scope.service(), published),
        }
    }
}

/// The expression of what orders the events.
fn key(service: &Service, published: &Published) -> String {
    let field = published
        .key
        .and_then(|index| match &service[published.event.payload].kind {
            TypeKind::Struct(payload) => payload.fields.get(index),
            _ => None,
        });
    let Some(field) = field else {
        return "String::new()".to_owned();
    };
    let name = &field.name;
    let is_absent = field.schema.nullable || is_optional(field.presence);
    let is_text = matches!(&field.schema.ty, Type::String(rules) if !is_value(rules.format));
    match (is_absent, is_text) {
        (true, true) => format!("self.0.{name}.clone().unwrap_or_default()"),
        (true, false) => {
            format!("self.0.{name}.map_or_else(String::new, |key| key.to_string())")
        }
        (false, true) => format!("self.0.{name}.clone()"),
        (false, false) => format!("self.0.{name}.to_string()"),
    }
}

fn is_optional(presence: Presence) -> bool {
    matches!(presence, Presence::Optional | Presence::Patch)
}

/// `api/events.rs`
#[derive(Template)]
#[template(path = "layered/src/api/events.rs.j2")]
struct DeliveryFile<'a> {
    group: &'a Group,
    /// Rust literals.
    service: String,
    subscribers: String,
    publishers: Vec<PublisherView<'a>>,
    heard: Vec<HeardView<'a>>,
}

/// An operation that publishes.
struct PublisherView<'a> {
    name: String,
    operation: &'a Operation,
    group: &'a Group,
    comment: String,
    events: Vec<SourceView<'a>>,
}

struct SourceView<'a> {
    event: &'a Event,
    /// Where the payload is made of parameters: its type, and its fields.
    made: Option<(String, String)>,
    /// What the patterns of the successes are.
    patterns: String,
    /// There is no other response.
    is_always: bool,
}

impl<'a> DeliveryFile<'a> {
    fn print(service: &'a Service, events: &'a Events) -> askama::Result<String> {
        let scope = Scope::of_others(service);
        let subscribers = events.published.iter().flat_map(|p| &p.subscribers);
        let mut subscribers: Vec<String> = subscribers.map(|s| doors::rust_literal(s)).collect();
        subscribers.sort_unstable();
        subscribers.dedup();
        let mut sources: BTreeMap<OperationId, Vec<SourceView<'_>>> = BTreeMap::new();
        for published in &events.published {
            for source in &published.sources {
                let view = SourceView::new(&scope, &published.event, source);
                sources.entry(source.operation).or_default().push(view);
            }
        }
        let mut names = publishers(service);
        let publishers = sources.into_iter().filter_map(|(id, events)| {
            let operation = &service[id];
            let route = format!("`{} {}`", operation.method.as_str(), operation.path);
            Some(PublisherView {
                name: names.remove(&id)?,
                operation,
                group: &service[operation.group],
                comment: doors::comment(&route, 0),
                events,
            })
        });
        let heard = events.heard.iter().map(|event| HeardView {
            event,
            comment: String::new(),
            payload: scope.named(event.payload),
            name: doors::rust_literal(&event.api_name),
        });
        let body = Self {
            group: &events.group,
            service: doors::rust_literal(&service.package),
            subscribers: list(subscribers.into_iter()),
            publishers: publishers.collect(),
            heard: heard.collect(),
        }
        .render()?;
        let about =
            "//! Which operations publish events, and who handles those of other services.\n\n";
        Ok(format!("{about}{}{body}", imports(&body)))
    }
}

impl<'a> SourceView<'a> {
    fn new(scope: &Scope<'_>, event: &'a Event, source: &Source) -> Self {
        let operation = &scope.service()[source.operation];
        let responses = source
            .responses
            .iter()
            .map(|index| &operation.responses[*index]);
        let is_body = source.payload == SourcePayload::Body;
        let patterns = responses.map(|response| pattern(operation, response, is_body));
        let patterns = patterns.collect::<Vec<String>>().join(" | ");
        let made = match &source.payload {
            SourcePayload::Body => None,
            SourcePayload::Parameters(places) => Some((
                scope.named(event.payload),
                made(scope, event, operation, places),
            )),
        };
        Self {
            event,
            made,
            patterns,
            is_always: source.responses.len() == operation.responses.len(),
        }
    }
}

/// The fields of a payload from the parameters at these places.
fn made(scope: &Scope<'_>, event: &Event, operation: &Operation, places: &[usize]) -> String {
    let TypeKind::Struct(payload) = &scope.service()[event.payload].kind else {
        return String::new();
    };
    let fields = payload.fields.iter().zip(places).map(|(field, place)| {
        let parameter = &operation.parameters[*place];
        let value = match is_copy(scope.service(), &parameter.schema) {
            true => format!("input.{}", parameter.name),
            false => format!("input.{}.clone()", parameter.name),
        };
        let value = match is_optional(field.presence) && !field.schema.nullable {
            true => format!("Some({value})"),
            false => value,
        };
        format!("{}: {value}", field.name)
    });
    list(fields)
}

fn is_copy(service: &Service, schema: &Schema) -> bool {
    match &schema.ty {
        Type::String(rules) => is_value(rules.format),
        Type::Boolean | Type::Integer(..) | Type::Number(_) => true,
        Type::Named(id) => matches!(service[*id].kind, TypeKind::Enum(_)),
        _ => false,
    }
}

/// A text that is no `String`.
fn is_value(format: Format) -> bool {
    matches!(format, Format::Uuid | Format::DateTime | Format::Date)
}

/// What a success looks like; with its body, or whatever it holds.
fn pattern(operation: &Operation, response: &Response, with_body: bool) -> String {
    let (ty, name) = (&operation.type_name, &response.name);
    let is_plain = response.headers.is_empty() && matches!(response.status, Status::Code(_));
    let rest = match (with_body, &response.body, is_plain) {
        (true, _, true) => "(body)",
        (true, _, false) => " { body, .. }",
        (false, ResponseBody::Empty, true) => "",
        (false, _, true) => "(_)",
        (false, ..) => " { .. }",
    };
    format!("{ty}Response::{name}{rest}")
}
