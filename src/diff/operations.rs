//! Which operation of the old document is which of the new one, and what is different about them.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{At, Differ, flag, key, rules::Event, target, text};
use crate::{
    diagnostic::Span,
    spec::{Document, Node},
};

const METHODS: [(&str, &str); 9] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("trace", "TRACE"),
    ("query", "QUERY"),
];

/// An operation in its document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) document: &'a Document,
    pub(super) node: &'a Node,
    /// What is said of all operations of its path.
    pub(super) item: &'a Node,
    pub(super) path: &'a str,
    /// Where its method stands.
    pub(super) span: Span,
}

/// By the path without the names of its parameters, and the method.
type Operations<'a> = IndexMap<(String, &'static str), Operation<'a>>;

impl<'a> Differ<'a> {
    pub(super) fn compare(&mut self) {
        self.info();
        self.schemes();
        let (old, new) = self.paired();
        for (name, operation) in &new {
            let at = at(name.1, operation);
            match old.get(name) {
                Some(before) => self.operation(at, before, operation),
                None => {
                    let place = (key(&self.old.root, "paths"), operation.span);
                    self.tell(at, Event::EndpointAdded, "the operation is new", place);
                }
            }
        }
        for (name, operation) in &old {
            if !new.contains_key(name) {
                let others = new.keys().any(|other| other.0 == name.0);
                self.removed(at(name.1, operation), operation, others);
            }
        }
        self.webhooks();
    }

    fn info(&mut self) {
        let (old, new) = (self.old.root.get("info"), self.new.root.get("info"));
        let (Some(old), Some(new)) = (old, new) else {
            return;
        };
        for name in ["title", "version", "summary", "description"] {
            let (was, is) = (text(old, name), text(new, name));
            if was != is {
                let message = match name {
                    "title" | "version" => format!("the {name} is `{is}`, was `{was}`"),
                    _ => format!("the {name} of the API is another"),
                };
                let places = (key(old, name), key(new, name));
                self.tell(At::default(), Event::InfoChanged, message, places);
            }
        }
    }

    /// The operations of both documents. A path below the first server's is the same as one that says
    /// it all, where that finds more of them.
    fn paired(&mut self) -> (Operations<'a>, Operations<'a>) {
        let (old, new) = (self.old, self.new);
        let (was, is) = self.servers();
        let whole = (operations(old, &was), operations(new, &is));
        if was == is {
            return whole;
        }
        let bare = (operations(old, ""), operations(new, ""));
        let common = |(old, new): &(Operations<'_>, Operations<'_>)| {
            old.keys().filter(|name| new.contains_key(*name)).count()
        };
        if common(&whole) >= common(&bare) && common(&whole) > 0 {
            return whole;
        }
        let message = format!(
            "all operations are below `{}`, were below `{}`",
            slash(&is),
            slash(&was)
        );
        let places = (key(&old.root, "servers"), key(&new.root, "servers"));
        self.tell(At::default(), Event::BasePathChanged, message, places);
        bare
    }

    /// The paths of the first servers; tells which servers came and went.
    fn servers(&mut self) -> (String, String) {
        let urls = |document: &'a Document| -> BTreeMap<&'a str, Span> {
            let servers = document.root.get("servers").map_or(&[][..], Node::items);
            let url = |server: &'a Node| (text(server, "url"), server.span);
            servers.iter().map(url).collect()
        };
        let (old, new) = (urls(self.old), urls(self.new));
        for (url, span) in new.iter().filter(|(url, _)| !old.contains_key(*url)) {
            let places = (key(&self.old.root, "servers"), *span);
            let message = format!("the server `{url}` is new");
            self.tell(At::default(), Event::ServerAdded, message, places);
        }
        for (url, span) in old.iter().filter(|(url, _)| !new.contains_key(*url)) {
            let places = (*span, key(&self.new.root, "servers"));
            let message = format!("the server `{url}` is no longer named");
            self.tell(At::default(), Event::ServerRemoved, message, places);
        }
        (base(self.old), base(self.new))
    }

    fn removed(&mut self, at: At<'a>, operation: &Operation<'a>, path_is_left: bool) {
        let node = operation.node;
        let event = match (path_is_left, flag(node, "deprecated")) {
            (true, true) => Event::RemovedDeprecated,
            (true, false) => Event::Removed,
            (false, true) => Event::PathRemovedDeprecated,
            (false, false) => Event::PathRemoved,
        };
        let message = match (flag(node, "deprecated"), sunset(node)) {
            (true, Some(day)) => {
                format!("the operation is gone; it was deprecated, to end on {day}")
            }
            (true, None) => "the operation is gone; it was deprecated".to_owned(),
            (false, _) => "the operation is gone".to_owned(),
        };
        let places = (operation.span, key(&self.new.root, "paths"));
        self.tell(at, event, message, places);
    }

    fn operation(&mut self, at: At<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        self.identity(at, old, new);
        self.deprecation(at, old, new);
        for name in ["summary", "description"] {
            let said = |operation: &Operation<'a>| {
                let inner = text(operation.node, name);
                if inner.is_empty() {
                    text(operation.item, name)
                } else {
                    inner
                }
            };
            if said(old) != said(new) {
                let places = (place(old, name), place(new, name));
                let message = format!("the {name} is another");
                self.tell(at, Event::DescriptionChanged, message, places);
            }
        }
        self.security(at, old, new);
        self.parameters(at, old, new);
        self.request(at, old, new);
        self.responses(at, old, new);
        self.callbacks(at, old, new);
    }

    fn identity(&mut self, at: At<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        let (was, is) = (text(old.node, "operationId"), text(new.node, "operationId"));
        let places = (place(old, "operationId"), place(new, "operationId"));
        match (was, is) {
            _ if was == is => {}
            ("", _) => {
                let message = format!("the operation is called `{is}` now");
                self.tell(at, Event::OperationIdAdded, message, places);
            }
            (_, "") => {
                let message = format!("the operation is no longer called `{was}`");
                self.tell(at, Event::OperationIdRemoved, message, places);
            }
            _ => {
                let message = format!("the operation is called `{is}`, was called `{was}`");
                self.tell(at, Event::OperationIdRemoved, message, places);
            }
        }
        let tags =
            |operation: &Operation<'a>| operation.node.get("tags").map_or(&[][..], Node::items);
        let has = |tags: &[Node], tag: &Node| tags.iter().any(|other| other.kind == tag.kind);
        for tag in tags(new).iter().filter(|tag| !has(tags(old), tag)) {
            let message = format!("the tag `{}` is new", tag.as_str().unwrap_or_default());
            self.tell(at, Event::TagAdded, message, (place(old, "tags"), tag.span));
        }
        for tag in tags(old).iter().filter(|tag| !has(tags(new), tag)) {
            let message = format!("the tag `{}` is gone", tag.as_str().unwrap_or_default());
            self.tell(
                at,
                Event::TagRemoved,
                message,
                (tag.span, place(new, "tags")),
            );
        }
    }

    fn deprecation(&mut self, at: At<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        let places = |name| (place(old, name), place(new, name));
        let (was, is) = (flag(old.node, "deprecated"), flag(new.node, "deprecated"));
        match (was, is, sunset(old.node), sunset(new.node)) {
            (false, true, _, Some(day)) => {
                let message = format!("the operation is deprecated, and ends on {day}");
                self.tell(
                    at,
                    Event::DeprecatedWithSunset,
                    message,
                    places("deprecated"),
                );
            }
            (false, true, ..) => {
                self.tell(
                    at,
                    Event::Deprecated,
                    "the operation is deprecated",
                    places("deprecated"),
                );
            }
            (true, false, ..) => {
                let message = "the operation is no longer deprecated";
                self.tell(at, Event::Reactivated, message, places("deprecated"));
            }
            (true, true, Some(day), None) => {
                let message = format!("the operation no longer says that it ends on {day}");
                self.tell(at, Event::SunsetDeleted, message, places("x-sunset"));
            }
            (true, true, Some(before), Some(day)) if before != day => {
                let event = match day < before {
                    true => Event::SunsetEarlier,
                    false => Event::SunsetLater,
                };
                let message = format!("the operation ends on {day}, was to end on {before}");
                self.tell(at, event, message, places("x-sunset"));
            }
            (true, true, None, Some(day)) => {
                let message = format!("the operation is deprecated, and ends on {day}");
                self.tell(at, Event::DeprecatedWithSunset, message, places("x-sunset"));
            }
            _ => {}
        }
    }
}

fn at<'a>(method: &'static str, operation: &Operation<'a>) -> At<'a> {
    At {
        method,
        path: operation.path,
        is_outgoing: false,
    }
}

/// Where a member of an operation stands, or else the operation.
pub(super) fn place(operation: &Operation<'_>, name: &str) -> Span {
    let member = operation.node.as_object().and_then(|node| node.get(name));
    member.map_or(operation.span, |member| member.key)
}

/// The day after which it is gone. Days written alike are in the order of their texts.
fn sunset(node: &Node) -> Option<&str> {
    Some(text(node, "x-sunset")).filter(|day| !day.is_empty())
}

fn operations<'a>(document: &'a Document, base: &str) -> Operations<'a> {
    let mut operations = Operations::new();
    let paths = document
        .root
        .get("paths")
        .into_iter()
        .flat_map(Node::members);
    for (path, member) in paths.filter(|(path, _)| path.starts_with('/')) {
        for (method, operation) in of_item(document, path, &member.value) {
            let name = (format!("{base}{}", nameless(path)), method);
            operations.entry(name).or_insert(operation);
        }
    }
    operations
}

/// The operations of a path item, by their methods.
pub(super) fn of_item<'a>(
    document: &'a Document,
    path: &'a str,
    item: &'a Node,
) -> impl Iterator<Item = (&'static str, Operation<'a>)> {
    let item = target(document, item);
    METHODS.into_iter().filter_map(move |(word, method)| {
        let found = item.as_object()?.get(word)?;
        let operation = Operation {
            document,
            node: &found.value,
            item,
            path,
            span: found.key,
        };
        Some((method, operation))
    })
}

/// `/items/{id}` → `/items/{}`: what a parameter is called does not show in a URL.
fn nameless(path: &str) -> String {
    let mut bare = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else {
            break;
        };
        bare.push_str(before);
        bare.push_str("{}");
        rest = after;
    }
    bare + rest
}

/// The names of a path's parameters, in order.
pub(super) fn names(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| Some(part.split_once('}')?.0))
}

/// The path of the first server, without a slash behind it.
fn base(document: &Document) -> String {
    let servers = document.root.get("servers").map_or(&[][..], Node::items);
    let url = servers.first().map_or("", |server| text(server, "url"));
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url,
    };
    match path.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    }
}

fn slash(base: &str) -> &str {
    if base.is_empty() { "/" } else { base }
}
