//! What is different about what an operation is sent and what it answers.

use indexmap::IndexMap;

use super::{
    At, Differ, flag, key,
    operations::{Operation, place},
    parameters::schema,
    rules::{Event, Site},
    target, text,
};
use crate::{
    diagnostic::Span,
    spec::{Document, Node},
};

/// A member behind its reference, with the place of its key.
type Found<'a> = (&'a Node, Span);

impl<'a> Differ<'a> {
    pub(super) fn request(&mut self, at: At<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        let places = (place(old, "requestBody"), place(new, "requestBody"));
        match (body(old), body(new)) {
            (Some(before), Some(after)) => self.body(at, before, after),
            (None, Some(after)) => {
                let (event, how) = match flag(after, "required") {
                    true => (Event::BodyAddedRequired, "required"),
                    false => (Event::BodyAdded, "optional"),
                };
                self.tell(
                    at,
                    event,
                    format!("the request body is new, and {how}"),
                    places,
                );
            }
            (Some(_), None) => {
                self.tell(at, Event::BodyRemoved, "the request body is gone", places);
            }
            (None, None) => {}
        }
    }

    fn body(&mut self, at: At<'a>, old: &'a Node, new: &'a Node) {
        let places = (key(old, "required"), key(new, "required"));
        match (flag(old, "required"), flag(new, "required")) {
            (false, true) => {
                let message = "the request body must be sent";
                self.tell(at, Event::BodyBecameRequired, message, places);
            }
            (true, false) => {
                let message = "the request body may be left out";
                self.tell(at, Event::BodyBecameOptional, message, places);
            }
            _ => {}
        }
        let events = (Event::BodyMediaAdded, Event::BodyMediaRemoved);
        self.content(
            at,
            Site::RequestBody,
            ("the request body", ""),
            events,
            (old, new),
        );
    }

    /// Compares what the service sends by itself, and what it is to be answered with.
    pub(super) fn outgoing(
        &mut self,
        at: At<'a>,
        whose: &str,
        old: &Operation<'a>,
        new: &Operation<'a>,
    ) {
        let whose = format!(" of {whose}");
        let places = (place(old, "requestBody"), place(new, "requestBody"));
        match (body(old), body(new)) {
            (Some(before), Some(after)) => {
                let events = (Event::ResponseMediaAdded, Event::ResponseMediaRemoved);
                let subject = ("the sent body", whose.as_str());
                self.content(at, Site::ResponseBody, subject, events, (before, after));
            }
            (None, Some(_)) => {
                let message = format!("a body{whose} is new");
                self.tell(at, Event::OutgoingBodyAdded, message, places);
            }
            (Some(_), None) => {
                let message = format!("the body{whose} is gone");
                self.tell(at, Event::OutgoingBodyRemoved, message, places);
            }
            (None, None) => {}
        }
        let before = responses(old);
        for (status, (node, _)) in responses(new) {
            if let Some((known, _)) = before.get(&status) {
                let events = (Event::BodyMediaAdded, Event::BodyMediaRemoved);
                let whose = format!("{whose}, of {status}");
                let subject = ("the awaited body", whose.as_str());
                self.content(at, Site::RequestBody, subject, events, (*known, node));
            }
        }
    }

    /// Compares the media types of a body.
    fn content(
        &mut self,
        at: At<'a>,
        site: Site,
        (subject, whose): (&str, &str),
        (added, removed): (Event, Event),
        (old, new): (&'a Node, &'a Node),
    ) {
        let (before, after) = (media(self.old, old), media(self.new, new));
        let group = self.uses.len();
        let is_one = before.len() == 1 && after.len() == 1;
        for (name, (node, span)) in &after {
            let Some((known, _)) = before.get(name) else {
                let message = format!("{subject}{whose} may be `{name}`");
                self.tell(at, added, message, (key(old, "content"), *span));
                continue;
            };
            let which = match is_one {
                true => whose.to_owned(),
                false => format!("{whose} as `{name}`"),
            };
            let encoding = |node: &'a Node| node.get("encoding").map(Node::to_json);
            if site.is_request() && encoding(known) != encoding(node) {
                let places = (key(known, "encoding"), key(node, "encoding"));
                let message = format!("{subject}{which} encodes its parts in another way");
                self.tell(at, Event::BodyEncoding, message, places);
            }
            let schemas = (known.get("schema"), node.get("schema"));
            let places = (known.span, node.span);
            self.schemas((at, site, group), which, schemas, places);
        }
        for (name, (_, span)) in &before {
            if !after.contains_key(name) {
                let message = format!("{subject}{whose} may no longer be `{name}`");
                self.tell(at, removed, message, (*span, key(new, "content")));
            }
        }
    }

    pub(super) fn responses(&mut self, at: At<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        let (before, after) = (responses(old), responses(new));
        for (status, (node, span)) in &after {
            let Some((known, _)) = before.get(status) else {
                let event = match is_success(status) {
                    true => Event::StatusAdded,
                    false => Event::ErrorAdded,
                };
                let places = (place(old, "responses"), *span);
                self.tell(at, event, format!("{} is new", answer(status)), places);
                continue;
            };
            self.response(at, status, known, node);
        }
        for (status, (_, span)) in &before {
            if !after.contains_key(status) {
                let event = match is_success(status) {
                    true => Event::StatusRemoved,
                    false => Event::ErrorRemoved,
                };
                let places = (*span, place(new, "responses"));
                self.tell(at, event, format!("{} is gone", answer(status)), places);
            }
        }
    }

    fn response(&mut self, at: At<'a>, status: &str, old: &'a Node, new: &'a Node) {
        if text(old, "description") != text(new, "description") {
            let places = (key(old, "description"), key(new, "description"));
            let message = format!("{} has another description", answer(status));
            self.tell(at, Event::ResponseDescription, message, places);
        }
        self.headers(at, status, old, new);
        let events = (Event::ResponseMediaAdded, Event::ResponseMediaRemoved);
        let whose = format!(" of {status}");
        let subject = ("the response body", whose.as_str());
        self.content(at, Site::ResponseBody, subject, events, (old, new));
    }

    fn headers(&mut self, at: At<'a>, status: &str, old: &'a Node, new: &'a Node) {
        let (before, after) = (headers(self.old, old), headers(self.new, new));
        let subject = |name: &str| format!("the response header `{name}` of {status}");
        for (name, (node, span)) in &after {
            let subject = subject(name);
            let Some((known, before)) = before.get(name) else {
                let places = (key(old, "headers"), *span);
                self.tell(at, Event::HeaderAdded, format!("{subject} is new"), places);
                continue;
            };
            match (flag(known, "required"), flag(node, "required")) {
                (true, false) => {
                    let message = format!("{subject} may be absent");
                    self.tell(at, Event::HeaderBecameOptional, message, (*before, *span));
                }
                (false, true) => {
                    let message = format!("{subject} is always there");
                    self.tell(at, Event::HeaderBecameRequired, message, (*before, *span));
                }
                _ => {}
            }
            self.words(at, Site::Header, &subject, (known, node));
            let group = self.uses.len();
            let schemas = (schema(known), schema(node));
            self.schemas(
                (at, Site::Header, group),
                subject,
                schemas,
                (*before, *span),
            );
        }
        for (name, (node, span)) in &before {
            if !after.contains_key(name) {
                let event = match flag(node, "required") {
                    true => Event::HeaderRemovedRequired,
                    false => Event::HeaderRemoved,
                };
                let places = (*span, key(new, "headers"));
                self.tell(at, event, format!("{} is gone", subject(name)), places);
            }
        }
    }
}

fn body<'a>(operation: &Operation<'a>) -> Option<&'a Node> {
    let body = operation.node.get("requestBody")?;
    Some(target(operation.document, body))
}

fn responses<'a>(operation: &Operation<'a>) -> IndexMap<String, Found<'a>> {
    let all = operation
        .node
        .get("responses")
        .into_iter()
        .flat_map(Node::members);
    all.filter(|(status, _)| !status.starts_with("x-"))
        .map(|(status, member)| {
            let node = target(operation.document, &member.value);
            (status_name(status), (node, member.key))
        })
        .collect()
}

/// Header names come in any case, and `Content-Type` is said by the media types.
fn headers<'a>(document: &'a Document, response: &'a Node) -> IndexMap<String, Found<'a>> {
    let all = response.get("headers").into_iter().flat_map(Node::members);
    all.map(|(name, member)| {
        let node = target(document, &member.value);
        (name.to_ascii_lowercase(), (node, member.key))
    })
    .filter(|(name, _)| name != "content-type")
    .collect()
}

/// The media types of a body, without their character set and in lower case.
fn media<'a>(document: &'a Document, body: &'a Node) -> IndexMap<String, Found<'a>> {
    let all = body.get("content").into_iter().flat_map(Node::members);
    all.map(|(name, member)| {
        let mut parts = name.split(';').map(str::trim);
        let first = parts.next().unwrap_or_default().to_ascii_lowercase();
        let rest = parts.filter(|part| !part.to_ascii_lowercase().starts_with("charset="));
        let name = rest.fold(first, |name, part| format!("{name}; {part}"));
        (name, (target(document, &member.value), member.key))
    })
    .collect()
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// How people say which answer is meant.
fn answer(status: &str) -> String {
    match status {
        "default" => "the answer `default`".to_owned(),
        _ => format!("the answer {status}"),
    }
}

/// `2xx` and `2XX` are one range.
fn status_name(status: &str) -> String {
    match status.eq_ignore_ascii_case("default") {
        true => "default".to_owned(),
        false => status.to_ascii_uppercase(),
    }
}
