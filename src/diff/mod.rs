//! From two [`Document`]s to what changed between them, and whether that breaks a client of the old one.

mod bodies;
mod operations;
mod outgoing;
mod parameters;
mod rules;
mod schema;
mod security;

pub use self::rules::{Level, OPERATIONS, Rule, rule, rules};

use crate::{
    diagnostic::Span,
    model::Origin,
    spec::{Document, Node},
};

use self::{
    rules::{Event, Site},
    schema::Schemas,
};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rule that names it.
    pub rule: &'static str,
    /// How much it matters.
    pub level: Level,
    /// The method of the operation, such as `GET`; empty where all operations are meant.
    pub method: &'static str,
    /// The path of the operation, as the newest document writes it that has it.
    pub path: String,
    /// What is different.
    pub message: String,
    /// Where it was, or what it should be in.
    pub old: Origin,
    /// Where it is, or what it was in.
    pub new: Origin,
}

impl Change {
    /// Whether it is about something that is gone, and nothing stands in its place.
    pub fn is_removal(&self) -> bool {
        let is_gone = ["-removed", "-unset", "-deleted"];
        let is_gone = is_gone.iter().any(|word| self.rule.contains(word));
        is_gone && self.rule != rules::ANOTHER_OPERATION_ID
    }
}

/// All changes, sorted by their places in the new document.
pub fn diff(old: &Document, new: &Document) -> Vec<Change> {
    let mut differ = Differ {
        old,
        new,
        schemas: Schemas::new(old, new),
        found: Vec::new(),
        uses: Vec::new(),
    };
    differ.compare();
    differ.finish()
}

/// The operation that a change belongs to.
#[derive(Debug, Clone, Copy, Default)]
struct At<'a> {
    method: &'static str,
    path: &'a str,
    /// The service sends it, as a webhook or a callback.
    is_outgoing: bool,
}

/// A change without its places resolved.
struct Found<'a> {
    at: At<'a>,
    rule: &'static Rule,
    message: String,
    old: Span,
    new: Span,
}

/// A pair of schemas that an operation uses, judged when all pairs are known.
struct Use<'a> {
    at: At<'a>,
    site: Site,
    /// What it is in, such as ``the parameter `limit` in query``.
    subject: String,
    /// Uses of the same number tell the same change once: the media types of one body.
    group: usize,
    pair: usize,
    /// Where it is, for what is written nowhere.
    places: (Span, Span),
}

struct Differ<'a> {
    old: &'a Document,
    new: &'a Document,
    schemas: Schemas<'a>,
    found: Vec<Found<'a>>,
    uses: Vec<Use<'a>>,
}

impl<'a> Differ<'a> {
    fn tell(&mut self, at: At<'a>, event: Event, message: impl Into<String>, places: (Span, Span)) {
        let (old, new) = places;
        self.found.push(Found {
            at,
            rule: event.rule(),
            message: message.into(),
            old,
            new,
        });
    }

    /// Compares two schemas; no schema is one that takes everything.
    fn schemas(
        &mut self,
        (at, site, group): (At<'a>, Site, usize),
        subject: String,
        (old, new): (Option<&'a Node>, Option<&'a Node>),
        places: (Span, Span),
    ) {
        let pair = self.schemas.pair(old, new);
        self.uses.push(Use {
            at,
            site,
            subject,
            group,
            pair,
            places,
        });
    }

    fn finish(mut self) -> Vec<Change> {
        self.schemas.spread();
        for group in self.uses.chunk_by(|a, b| a.group == b.group) {
            self.found.append(&mut self.schemas.told(group));
        }
        let mut found = self.found;
        found.sort_by(|a, b| {
            let key = |found: &Found<'a>| (found.new, found.at.path, found.at.method, found.old);
            let names = || a.rule.id.cmp(b.rule.id).then(a.message.cmp(&b.message));
            key(a).cmp(&key(b)).then_with(names)
        });
        let change = |found: Found<'a>| Change {
            rule: found.rule.id,
            level: found.rule.level,
            method: found.at.method,
            path: plain(found.at.path),
            message: plain(&found.message),
            old: self.old.sources.origin(found.old),
            new: self.new.sources.origin(found.new),
        };
        found.into_iter().map(change).collect()
    }
}

/// A document's text may hold what moves a cursor or ends a line.
fn plain(text: &str) -> String {
    let shown = |c: char| match c.is_control() {
        true => c.escape_default().collect(),
        false => String::from(c),
    };
    text.chars().map(shown).collect()
}

/// What stands behind the references; a reference that leads nowhere is itself.
fn target<'a>(document: &'a Document, node: &'a Node) -> &'a Node {
    document.resolve(node).map_or(node, |found| found.node)
}

/// The text of a member, or nothing.
fn text<'a>(node: &'a Node, name: &str) -> &'a str {
    node.get(name).and_then(Node::as_str).unwrap_or_default()
}

/// Whether a member is `true`.
fn flag(node: &Node, name: &str) -> bool {
    node.get(name).and_then(Node::as_bool) == Some(true)
}

/// Where the key of a member stands, or else its owner.
fn key(node: &Node, name: &str) -> Span {
    let member = node.as_object().and_then(|members| members.get(name));
    member.map_or(node.span, |member| member.key)
}
