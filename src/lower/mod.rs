//! From a [`Document`] to a [`Service`], with every diagnostic found on the way.
//!
//! *Architecture invariant:* nothing here knows text or paths of output files. Webhooks and
//! callbacks describe requests that the service sends, not what it serves: they are no operations.

mod accounts;
pub mod aggregates;
mod bodies;
mod caches;
pub mod choices;
mod errors;
mod events;
pub mod exchange;
pub mod joined;
mod limits;
mod media;
mod operations;
mod outgoing;
mod parameters;
pub mod partition;
mod paths;
mod resources;
mod responses;
mod retirement;
pub mod schema;
mod security;
mod service;
pub mod slices;
mod transitions;
mod written;

use std::collections::HashSet;

pub use self::resources::{Held, Hold};
use self::schema::{Place, Schemas};
use crate::{
    config::{Config, unknown},
    diagnostic::{self, Diagnostic, Severity, Span},
    model::{Origin, Schema, Service, StringRules, Type, fits::fits},
    spec::{Document, Node, WAS},
};

/// Lowers a document.
///
/// The service is `None` where a diagnostic is an error.
pub fn lower(document: &Document, config: &Config) -> (Option<Service>, Vec<Diagnostic>) {
    let lowered = report(document, config);
    (lowered.service, lowered.diagnostics)
}

/// What a document was lowered to.
pub struct Lowered {
    /// `None` where a diagnostic is an error.
    pub service: Option<Service>,
    /// What was told on the way.
    pub diagnostics: Vec<Diagnostic>,
    /// What ends untyped, each place once: JSON values of any kind, and bodies of raw bytes that have a structure.
    pub untyped: Vec<Diagnostic>,
    /// By what `x-apigen-types` gives each type another name.
    keys: Vec<String>,
}

/// Lowers a document, and tells what became of it.
pub fn report(document: &Document, config: &Config) -> Lowered {
    let mut cx = Lowering {
        document,
        schemas: Schemas::new(document),
        diagnostics: Vec::new(),
        shared: None,
    };
    let parts = service::lower(&mut cx, config);
    let events = events::lower(&mut cx);
    let mut finished = cx.schemas.finish();
    let mut diagnostics = cx.diagnostics;
    diagnostics.append(&mut finished.diagnostics);
    let mut service = service::finish(parts, &mut finished);
    if let Some(events) = events {
        events::finish(&mut diagnostics, &mut service, events, &finished);
    }
    remember_names(document, &mut service);
    // What does not fit is told by the commands, at its place in `apigen.toml`.
    choices::apply(&mut service, config);
    choices::own(&mut service, config);
    let problems = resources::infer(&mut service, config, &Held::default());
    let problems = problems.iter();
    let problems = problems.filter_map(|problem| problem.told(document, config));
    diagnostics.extend(problems);
    diagnostic::sort(&mut diagnostics);
    let broken = diagnostics.iter().any(|d| d.severity == Severity::Error);
    Lowered {
        service: (!broken).then_some(service),
        diagnostics,
        untyped: finished.untyped,
        keys: finished.keys,
    }
}

/// What schemas were called before.
fn remember_names(document: &Document, service: &mut Service) {
    let components = document.root.get("components");
    let Some(schemas) = components.and_then(|node| node.get("schemas")) else {
        return;
    };
    for def in &mut service.types {
        let was = schemas
            .get(&def.api_name)
            .and_then(|schema| schema.get(WAS));
        def.was = was.and_then(Node::as_str).map(str::to_owned);
    }
}

/// Infers tables and roles anew; what is held stays as it was, where the document still lets it.
pub fn hold(service: &mut Service, config: &Config, held: &Held<'_>) {
    for def in &mut service.types {
        def.uses.stored = false;
    }
    resources::infer(service, config, held);
}

/// What lowering carries along.
struct Lowering<'a> {
    document: &'a Document,
    schemas: Schemas<'a>,
    diagnostics: Vec<Diagnostic>,
    /// The schemas that properties refer to; found when first asked for.
    shared: Option<HashSet<&'a str>>,
}

impl<'a> Lowering<'a> {
    /// The node behind its references; `None` where one dangles, which loading has reported.
    fn resolve(&self, node: &'a Node) -> Option<&'a Node> {
        Some(self.document.resolve(node).ok()?.node)
    }

    /// Tells that values which are written as plain texts are held to their types alone.
    fn tell_unjudged(&mut self, schema: &Schema, span: Span) {
        if self.schemas.asks_beyond_types(schema) {
            let message = "what the schema asks beyond its type is not enforced: \
                           plain texts have no type of JSON";
            self.diagnostics
                .push(Diagnostic::warning("keyword-not-enforced", span, message));
        }
    }

    fn lower(&mut self, node: &'a Node, place: &Place) -> Schema {
        self.schemas.lower(node, place)
    }

    fn origin(&self, span: Span) -> Origin {
        self.document.sources.origin(span)
    }

    fn warn(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::warning(code, span, message));
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The first example of a parameter, header or media type that fits its schema.
    fn example(&self, node: &'a Node, schema: &Schema) -> Option<serde_json::Value> {
        let values = node.get("examples").into_iter().flat_map(Node::members);
        let values = values.filter_map(|(_, member)| self.resolve(&member.value)?.get("value"));
        let mut all = node.get("example").into_iter().chain(values);
        all.find_map(|value| {
            let value = value.to_json();
            let fit = !value.is_null() && fits(&value, schema, self.schemas.types());
            fit.then_some(value)
        })
        .or_else(|| schema.example.clone())
    }
}

/// What is wrong with a choice, and what to do.
type Wrong = (String, Option<String>);

fn no_operation(id: &str, service: &Service) -> Wrong {
    let ids: Vec<&str> = service.operations.iter().map(|o| o.id.as_str()).collect();
    (format!("there is no operation `{id}`"), unknown(id, &ids))
}

fn no_service(name: &str, others: &[&str]) -> Wrong {
    let message = format!("there is no service `{name}`");
    (message, unknown(name, others))
}

/// A description, or whatever else is prose: absent where it is empty.
fn prose(node: &Node, name: &str) -> Option<String> {
    let text = node.get(name)?.as_text()?;
    (!text.trim().is_empty()).then_some(text)
}

/// Any text.
fn text() -> Schema {
    Schema::of(Type::String(StringRules::default()))
}

/// RFC 9110 `token`: header names, cookie names, the halves of a media type.
fn is_token(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(allowed)
}
