//! What is different about what a service sends: webhooks, and the callbacks of operations. Who wrote a client of the
//! old document reads it, so that its bodies are judged as those of responses, and the answers to it as requests.

use indexmap::IndexMap;

use super::{
    At, Differ, key,
    operations::{METHODS, Operation, place},
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
        let (mut before, mut after) = (All::new(), All::new());
        for (document, all) in [(self.old, &mut before), (self.new, &mut after)] {
            for (name, member) in document
                .root
                .get("webhooks")
                .into_iter()
                .flat_map(Node::members)
            {
                for (method, request) in requests(document, name, &member.value) {
                    let name = "the webhook".to_owned();
                    let at = At {
                        method,
                        path: request.path,
                        is_outgoing: true,
                    };
                    all.insert(vec![request.path, method], Outgoing { name, at, request });
                }
            }
        }
        let places = (
            key(&self.old.root, "webhooks"),
            key(&self.new.root, "webhooks"),
        );
        self.all(&before, &after, places);
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

fn callbacks<'a>(at: At<'a>, operation: &Operation<'a>) -> All<'a> {
    let mut all = All::new();
    let document = operation.document;
    for (name, member) in operation
        .node
        .get("callbacks")
        .into_iter()
        .flat_map(Node::members)
    {
        let members = target(document, &member.value).members();
        for (address, member) in members.filter(|(address, _)| !address.starts_with("x-")) {
            for (method, request) in requests(document, address, &member.value) {
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

fn requests<'a>(
    document: &'a Document,
    path: &'a str,
    item: &'a Node,
) -> impl Iterator<Item = (&'static str, Operation<'a>)> {
    let item = target(document, item);
    METHODS.into_iter().filter_map(move |(word, method)| {
        let found = item.as_object()?.get(word)?;
        let request = Operation {
            document,
            node: &found.value,
            item,
            path,
            span: found.key,
        };
        Some((method, request))
    })
}
