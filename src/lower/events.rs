//! Events: `x-apigen-events` at the root of a document.

use super::{
    Lowering,
    schema::{Direction, Finished, Place},
};
use crate::{
    config::event_name,
    diagnostic::Diagnostic,
    model::{
        Event, Events, Group, Location, OperationId, Published, ResponseBody, Schema, Service,
        Source, SourcePayload, Status, Type, TypeId, TypeKind,
        name::{Case, Scope},
    },
    spec::Node,
};

/// Where a document tells of its events.
pub(super) const MEMBER: &str = crate::spec::EVENTS;

/// Events whose types are provisional yet.
pub(super) struct Draft<'a> {
    published: Vec<Told<'a>>,
    heard: Vec<Told<'a>>,
}

struct Told<'a> {
    event: Event,
    schema: Schema,
    node: &'a Node,
}

/// Lowers the payloads; `None` where the document has no events.
pub(super) fn lower<'a>(cx: &mut Lowering<'a>) -> Option<Draft<'a>> {
    let root = &cx.document.root;
    let events = root.get(MEMBER)?;
    let (published, heard) = (events.get("publishes"), events.get("subscribes"));
    let draft = Draft {
        published: all(cx, published),
        heard: all(cx, heard),
    };
    (!draft.published.is_empty() || !draft.heard.is_empty()).then_some(draft)
}

fn all<'a>(cx: &mut Lowering<'a>, node: Option<&'a Node>) -> Vec<Told<'a>> {
    let mut members: Vec<_> = node.into_iter().flat_map(Node::members).collect();
    members.sort_by_key(|(name, _)| *name);
    let texts: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let names = Scope::with(["new"]).settle(Case::Module, &texts);
    let types = Scope::with(TYPES).settle(Case::Type, &texts);
    let mut told = Vec::new();
    for (((api_name, member), name), type_name) in members.into_iter().zip(names).zip(types) {
        let node = &member.value;
        let place = Place {
            direction: Direction::Response,
            is_patch: false,
            module: format!("{name}_payload"),
            type_name: format!("{type_name}Payload"),
            api_name: format!("{api_name}.payload"),
        };
        let Some(payload) = node.get("payload").filter(|_| event_name(api_name).is_ok()) else {
            let message = format!("`{api_name}` is no event with a payload, so it is left out");
            cx.warn("bad-event", member.key, message);
            continue;
        };
        let schema = cx.lower(payload, &place);
        let event = Event {
            api_name: api_name.to_owned(),
            name,
            type_name,
            payload: TypeId(0),
        };
        told.push(Told {
            event,
            schema,
            node,
        });
    }
    told
}

/// Names that the file of the events uses for other things.
const TYPES: [&str; 8] = [
    "Context", "Encode", "Error", "Event", "Publish", "Result", "Self", "String",
];

/// Gives the events their types and their operations; the ids of the service are final.
pub(super) fn finish(
    diagnostics: &mut Vec<Diagnostic>,
    service: &mut Service,
    draft: Draft<'_>,
    finished: &Finished,
) {
    let mut finish = Finish {
        service,
        finished,
        diagnostics,
    };
    let heard: Vec<Event> = draft
        .heard
        .into_iter()
        .filter_map(|told| finish.event(told).map(|(event, _)| event))
        .collect();
    let published: Vec<Published> = draft
        .published
        .into_iter()
        .filter_map(|told| finish.published(told))
        .collect();
    for event in &heard {
        decode(service, event.payload);
    }
    service.events = Some(Events {
        group: group(service),
        published,
        heard,
    });
}

struct Finish<'s> {
    service: &'s Service,
    finished: &'s Finished,
    diagnostics: &'s mut Vec<Diagnostic>,
}

impl Finish<'_> {
    fn warn(&mut self, node: &Node, message: String) {
        self.diagnostics
            .push(Diagnostic::warning("bad-event", node.span, message));
    }

    fn event<'a>(&mut self, told: Told<'a>) -> Option<(Event, &'a Node)> {
        let mut schema = told.schema;
        self.finished.remap(&mut schema);
        let name = &told.event.api_name;
        match schema.ty {
            Type::Named(payload) if !schema.nullable => {
                let event = Event {
                    payload,
                    ..told.event
                };
                Some((event, told.node))
            }
            _ => {
                let message = format!(
                    "the payload of `{name}` is no object with properties, so it is left out"
                );
                self.warn(told.node, message);
                None
            }
        }
    }

    fn published(&mut self, told: Told<'_>) -> Option<Published> {
        let (event, node) = self.event(told)?;
        let texts = |name| {
            let items = node.get(name).map_or(&[][..], Node::items);
            items
                .iter()
                .filter_map(Node::as_text)
                .collect::<Vec<String>>()
        };
        let mut sources = Vec::new();
        for id in texts("operations") {
            match self.source(&id, event.payload) {
                Some(source) => sources.push(source),
                None => {
                    let name = &event.api_name;
                    let message = format!(
                        "`{id}` cannot publish `{name}`: no success of it answers with the payload, \
                         and its path does not name all of the payload's properties"
                    );
                    self.warn(node, message);
                }
            }
        }
        let key = node.get("key").and_then(Node::as_str);
        Some(Published {
            key: self.key(event.payload, key),
            subscribers: texts("to"),
            event,
            sources,
        })
    }

    fn source(&self, id: &str, payload: TypeId) -> Option<Source> {
        let operation = self.service.named(id)?;
        let responses = || self.service[operation].responses.iter().enumerate();
        let carrying = responses().filter(|(_, response)| match &response.body {
            ResponseBody::Json { schema, .. } => {
                !schema.nullable && schema.ty == Type::Named(payload) && is_success(response.status)
            }
            _ => false,
        });
        let carrying: Vec<usize> = carrying.map(|(index, _)| index).collect();
        if !carrying.is_empty() {
            return Some(Source {
                operation,
                responses: carrying,
                payload: SourcePayload::Body,
            });
        }
        let successes = responses().filter(|(_, response)| is_success(response.status));
        let successes: Vec<usize> = successes.map(|(index, _)| index).collect();
        let parameters = self.parameters(operation, payload)?;
        (!successes.is_empty()).then_some(Source {
            operation,
            responses: successes,
            payload: SourcePayload::Parameters(parameters),
        })
    }

    /// The parameters of the path that are the payload's fields.
    fn parameters(&self, operation: OperationId, payload: TypeId) -> Option<Vec<usize>> {
        let TypeKind::Struct(payload) = &self.service[payload].kind else {
            return None;
        };
        let parameters = &self.service[operation].parameters;
        let place = |api_name: &str, schema: &Schema| {
            parameters.iter().position(|parameter| {
                parameter.location == Location::Path
                    && parameter.api_name == api_name
                    && is_same_type(&parameter.schema, schema)
            })
        };
        let fields = payload.fields.iter();
        fields
            .map(|field| place(&field.api_name, &field.schema))
            .collect()
    }

    /// The member that the document names, else `id`, else the last of those that are texts.
    fn key(&self, payload: TypeId, named: Option<&str>) -> Option<usize> {
        let TypeKind::Struct(payload) = &self.service[payload].kind else {
            return None;
        };
        let is_key = |schema: &Schema| matches!(schema.ty, Type::String(_) | Type::Integer(..));
        let place = |name: &str| {
            let mut fields = payload.fields.iter();
            fields.position(|field| field.api_name == name && is_key(&field.schema))
        };
        let last = || {
            let is_all = payload.fields.iter().all(|field| is_key(&field.schema));
            payload.fields.len().checked_sub(1).filter(|_| is_all)
        };
        match named {
            Some(name) => place(name),
            None => place("id").or_else(last),
        }
    }
}

pub(super) fn is_success(status: Status) -> bool {
    matches!(status, Status::Code(200..=299) | Status::Range(2))
}

/// Whether the two have one Rust type; rules and samples make no odds.
fn is_same_type(left: &Schema, right: &Schema) -> bool {
    left.nullable == right.nullable
        && match (&left.ty, &right.ty) {
            (Type::String(left), Type::String(right)) => left.format == right.format,
            (Type::Integer(left, _), Type::Integer(right, _)) => left == right,
            (Type::Named(left), Type::Named(right)) => left == right,
            _ => false,
        }
}

/// What is heard is read, though answers are only written.
pub(super) fn decode(service: &mut Service, payload: TypeId) {
    let mut open = vec![payload];
    while let Some(id) = open.pop() {
        let def = &mut service.types[id.0];
        if !std::mem::replace(&mut def.uses.decoded, true) {
            open.extend(def.kind.schemas().iter().filter_map(|schema| schema.id()));
        }
    }
}

/// `Events` and its kin, or what no group of operations is called.
fn group(service: &Service) -> Group {
    let is_free = |module: &str, type_name: &str| {
        service.groups.iter().all(|group| {
            let taken = [&group.type_name, &group.trait_name];
            group.module != module && !taken.iter().any(|name| name.starts_with(type_name))
        })
    };
    let candidates = (1..).map(|number| match number {
        1 => ("events".to_owned(), "Events".to_owned()),
        2 => ("heard_events".to_owned(), "HeardEvents".to_owned()),
        _ => (
            format!("heard_events_{number}"),
            format!("HeardEvents{number}"),
        ),
    });
    let mut free = candidates.filter(|(module, type_name)| is_free(module, type_name));
    let (module, type_name) = free.next().unwrap_or_default();
    Group {
        api_name: "events of other services".to_owned(),
        trait_name: format!("{type_name}Service"),
        module,
        type_name,
        description: None,
    }
}
