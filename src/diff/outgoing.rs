//! What is different about what a service sends: webhooks, and the callbacks of operations. Who wrote a client of the
//! old document reads it, so that its bodies are judged as those of responses, and the answers to it as requests.

use indexmap::IndexMap;

use super::{
    At, Differ, key,
    operations::{Operation, of_item, place},
    rules::Event,
    target,
};
use crate::{
    diagnostic::Span,
    spec::{Document, Node},
};

/// A request that the service makes.
struct Outgoing<'a> {
    /// How people say which one is meant.
    name: String,
    at: At<'a>,
    request: Operation<'a>,
}

/// By what they have in both documents: for callbacks their operation, their name and their address.
type All<'a> = IndexMap<Vec<&'a str>, Outgoing<'a>>;

impl<'a> Differ<'a> {
    pub(super) fn webhooks(&mut self) {
        let places = (
            key(&self.old.root, "webhooks"),
            key(&self.new.root, "webhooks"),
        );
        self.all(&webhooks(self.old), &webhooks(self.new), places);
    }

    pub(super) fn callbacks(&mut self, at: At<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        let places = (place(old, "callbacks"), place(new, "callbacks"));
        self.all(&callbacks(at, old), &callbacks(at, new), places);
    }

    /// The places are those that what came and went should be in.
    fn all(&mut self, before: &All<'a>, after: &All<'a>, places: (Span, Span)) {
        for (key, new) in after {
            match before.get(key) {
                Some(old) => {
                    self.outgoing(new.at, &new.name, &old.request, &new.request);
                }
                None => {
                    let places = (places.0, new.request.span);
                    let message = format!("{} is new", new.name);
                    self.tell(new.at, Event::OutgoingAdded, message, places);
                }
            }
        }
        for (key, old) in before {
            if !after.contains_key(key) {
                let places = (old.request.span, places.1);
                let message = format!("{} is no longer sent", old.name);
                self.tell(old.at, Event::OutgoingRemoved, message, places);
            }
        }
    }
}

fn webhooks(document: &Document) -> All<'_> {
    let mut all = All::new();
    let named = document.root.get("webhooks").into_iter();
    for (path, member) in named.flat_map(Node::members) {
        for (method, request) in of_item(document, path, &member.value) {
            let at = At {
                method,
                path,
                is_outgoing: true,
            };
            let name = "the webhook".to_owned();
            all.insert(vec![path, method], Outgoing { name, at, request });
        }
    }
    all
}

fn callbacks<'a>(at: At<'a>, operation: &Operation<'a>) -> All<'a> {
    let mut all = All::new();
    let document = operation.document;
    let named = operation.node.get("callbacks").into_iter();
    for (name, member) in named.flat_map(Node::members) {
        let members = target(document, &member.value).members();
        for (address, member) in members.filter(|(address, _)| !address.starts_with("x-")) {
            for (method, request) in of_item(document, address, &member.value) {
                let at = At {
                    is_outgoing: true,
                    ..at
                };
                let outgoing = Outgoing {
                    name: format!("the callback `{name}`"),
                    at,
                    request,
                };
                all.insert(vec![name, address, method], outgoing);
            }
        }
    }
    all
}
