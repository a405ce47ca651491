//! What is different about the parameters of an operation.

use indexmap::IndexMap;

use super::{
    At, Differ, flag, key,
    operations::{Operation, names, place},
    rules::{Aspect, Event, Site},
    target, text,
};
use crate::spec::Node;

/// By location, and by name or, in the path, by place.
type Parameters<'a> = IndexMap<(&'a str, String), &'a Node>;

impl<'a> Differ<'a> {
    pub(super) fn parameters(&mut self, at: At<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        let (before, after) = (parameters(old), parameters(new));
        for (name, parameter) in &after {
            match before.get(name) {
                Some(known) => self.parameter(at, known, parameter),
                None => {
                    let places = (place(old, "parameters"), parameter.span);
                    let (event, how) = match is_required(parameter) {
                        true => (Event::ParameterAddedRequired, "required"),
                        false => (Event::ParameterAdded, "optional"),
                    };
                    let message = format!("{} is new, and {how}", subject(parameter));
                    self.tell(at, event, message, places);
                }
            }
        }
        for (name, parameter) in &before {
            if !after.contains_key(name) {
                let places = (parameter.span, place(new, "parameters"));
                let message = format!("{} is gone", subject(parameter));
                self.tell(at, Event::ParameterRemoved, message, places);
            }
        }
    }

    fn parameter(&mut self, at: At<'a>, old: &'a Node, new: &'a Node) {
        let subject = subject(new);
        let places = |name| (key(old, name), key(new, name));
        let (was, is) = (text(old, "name"), text(new, "name"));
        if was != is && text(new, "in") == "path" {
            let message = format!("the path parameter `{is}` was called `{was}`");
            self.tell(at, Event::PathParameterRenamed, message, places("name"));
        }
        match (is_required(old), is_required(new)) {
            (false, true) => {
                let message = format!("{subject} must be sent");
                self.tell(
                    at,
                    Event::ParameterBecameRequired,
                    message,
                    places("required"),
                );
            }
            (true, false) => {
                let message = format!("{subject} may be left out");
                self.tell(
                    at,
                    Event::ParameterBecameOptional,
                    message,
                    places("required"),
                );
            }
            _ => {}
        }
        self.style(at, &subject, old, new);
        self.words(at, Site::Parameter, &subject, (old, new));
        let schemas = (schema(old), schema(new));
        let group = self.uses.len();
        self.schemas(
            (at, Site::Parameter, group),
            subject,
            schemas,
            (old.span, new.span),
        );
    }

    fn style(&mut self, at: At<'a>, subject: &str, old: &'a Node, new: &'a Node) {
        let (was, is) = (style(old), style(new));
        let explodes = |node: &Node, style| {
            let said = node.get("explode").and_then(Node::as_bool);
            said.unwrap_or(style == "form")
        };
        let places = |name| (key(old, name), key(new, name));
        if was != is {
            let message = format!("{subject} is written in the style `{is}`, was in `{was}`");
            return self.tell(at, Event::ParameterStyle, message, places("style"));
        }
        let (did, does) = (explodes(old, was), explodes(new, is));
        if did != does && !(self.is_scalar(self.old, old) && self.is_scalar(self.new, new)) {
            let message = format!("{subject} has `explode: {does}`, had `{did}`");
            self.tell(at, Event::ParameterExplode, message, places("explode"));
        }
        match (flag(old, "allowReserved"), flag(new, "allowReserved")) {
            (false, true) => {
                let message = format!("{subject} may hold reserved characters as they are");
                self.tell(
                    at,
                    Event::ParameterReserved,
                    message,
                    places("allowReserved"),
                );
            }
            (true, false) => {
                let message = format!("{subject} must encode reserved characters");
                self.tell(
                    at,
                    Event::ParameterNotReserved,
                    message,
                    places("allowReserved"),
                );
            }
            _ => {}
        }
    }

    /// One value, for which `explode` makes no difference.
    fn is_scalar(&self, document: &'a crate::spec::Document, parameter: &'a Node) -> bool {
        let schema = parameter
            .get("schema")
            .map(|schema| target(document, schema));
        let types = schema.and_then(|schema| schema.get("type"));
        let is_one = |node: &Node| matches!(node.as_str(), Some(name) if name != "array" && name != "object");
        match types {
            Some(node) if node.as_array().is_some() => node.items().iter().all(is_one),
            Some(node) => is_one(node),
            None => false,
        }
    }

    /// What is said about a parameter or a header, beside its schema.
    pub(super) fn words(
        &mut self,
        at: At<'a>,
        site: Site,
        subject: &str,
        (old, new): (&'a Node, &'a Node),
    ) {
        let mut tell = |aspect: Aspect, name: &str, words: &str| {
            self.found.push(super::Found {
                at,
                rule: aspect.rule(site, false),
                message: format!("{subject} {words}"),
                old: key(old, name),
                new: key(new, name),
            });
        };
        match (flag(old, "deprecated"), flag(new, "deprecated")) {
            (false, true) => tell(Aspect::Deprecated, "deprecated", "is deprecated"),
            (true, false) => tell(Aspect::Reactivated, "deprecated", "is no longer deprecated"),
            _ => {}
        }
        if text(old, "description") != text(new, "description") {
            tell(
                Aspect::DescriptionChanged,
                "description",
                "has another description",
            );
        }
        for name in ["example", "examples"] {
            let said = |node: &Node| node.get(name).map(Node::to_json);
            if said(old) != said(new) {
                tell(Aspect::ExampleChanged, name, "has another example");
            }
        }
    }
}

fn parameters<'a>(operation: &Operation<'a>) -> Parameters<'a> {
    let path: Vec<_> = names(operation.path).collect();
    let mut parameters = Parameters::new();
    for owner in [operation.node, operation.item] {
        for node in owner.get("parameters").map_or(&[][..], Node::items) {
            let node = target(operation.document, node);
            let (location, name) = (text(node, "in"), text(node, "name"));
            let name = match location {
                "header" => name.to_ascii_lowercase(),
                "path" => match path.iter().position(|known| *known == name) {
                    Some(place) => place.to_string(),
                    None => continue,
                },
                _ => name.to_owned(),
            };
            parameters.entry((location, name)).or_insert(node);
        }
    }
    parameters
}

fn subject(parameter: &Node) -> String {
    let (location, name) = (text(parameter, "in"), text(parameter, "name"));
    format!("the {location} parameter `{name}`")
}

fn is_required(parameter: &Node) -> bool {
    flag(parameter, "required")
}

fn style(parameter: &Node) -> &str {
    match (text(parameter, "style"), text(parameter, "in")) {
        ("", "query" | "cookie") => "form",
        ("", _) => "simple",
        (style, _) => style,
    }
}

/// The schema of a parameter or a header, or that of the one media type of its content.
pub(super) fn schema(node: &Node) -> Option<&Node> {
    node.get("schema").or_else(|| {
        let (_, media) = node.get("content")?.members().next()?;
        media.value.get("schema")
    })
}
