//! From a [`Document`] to advice on its design: what is well-formed, and could be better.

mod api;
mod ignore;
mod lists;
mod names;
mod operations;
mod parameters;
mod paths;
mod responses;
mod rules;
mod schemas;
mod settings;
mod unused;
mod whole;
mod words;

use std::collections::BTreeMap;

pub use self::{
    rules::{Choice, Level, Rule, rule, rules},
    settings::Settings,
    words::{is_plural, plural},
};

use self::{api::Operation, ignore::Ignored, rules::Advice};
use crate::{
    diagnostic::{self, Diagnostic, Span},
    spec::{Document, Node, Role},
};

/// The extension that lets a part of a document be as it is.
pub const EXTENSION: &str = "x-apigen-lint";

/// All advice on a document, sorted by place.
pub fn lint(document: &Document, settings: &Settings) -> Vec<Diagnostic> {
    let mut linter = Linter {
        document,
        settings,
        operations: api::operations(document),
        objects: document.objects(),
        ignored: Vec::new(),
        found: Vec::new(),
        repeated: BTreeMap::new(),
    };
    linter.ignore();
    linter.paths();
    linter.operations();
    linter.responses();
    linter.lists();
    linter.parameters();
    linter.schemas();
    linter.names();
    linter.whole();
    linter.unused();
    linter.finish()
}

struct Linter<'a> {
    document: &'a Document,
    settings: &'a Settings,
    operations: Vec<Operation<'a>>,
    objects: Vec<(&'a Node, Role)>,
    ignored: Vec<Ignored>,
    found: Vec<Diagnostic>,
    /// What is told once, though it is in several places.
    repeated: BTreeMap<(Advice, String), Repeated>,
}

/// The first of several, and how many there are beside it.
struct Repeated {
    first: Diagnostic,
    more: usize,
}

impl<'a> Linter<'a> {
    /// Gives advice on a place.
    fn tell(&mut self, advice: Advice, at: Span, message: impl Into<String>, hint: &str) {
        self.found
            .extend(self.diagnostic(advice, at, message, hint));
    }

    /// Gives the same advice on several places once.
    fn tell_once(&mut self, advice: Advice, key: &str, at: Span, message: String, hint: &str) {
        let Some(first) = self.diagnostic(advice, at, message, hint) else {
            return;
        };
        let repeated = self.repeated.entry((advice, key.to_owned()));
        repeated
            .and_modify(|repeated| repeated.more += 1)
            .or_insert(Repeated { first, more: 0 });
    }

    fn diagnostic(
        &self,
        advice: Advice,
        at: Span,
        message: impl Into<String>,
        hint: &str,
    ) -> Option<Diagnostic> {
        let rule = advice.rule();
        let severity = self.settings.level_of(rule).severity()?;
        let hint = match self.document.is_resource_spec {
            true => in_resource_spec(advice).unwrap_or(hint),
            false => hint,
        };
        (!self.is_ignored(rule.id, at)).then(|| Diagnostic {
            severity,
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
            ..Diagnostic::error(rule.id, at, message)
        })
    }

    /// Whether advice is asked for at all.
    fn asks(&self, advice: Advice) -> bool {
        self.settings.level_of(advice.rule()) > Level::Off
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        for Repeated { mut first, more } in self.repeated.into_values() {
            match more {
                0 => {}
                1 => first.message.push_str(" (and in 1 other place)"),
                more => first
                    .message
                    .push_str(&format!(" (and in {more} other places)")),
            }
            self.found.push(first);
        }
        diagnostic::sort(&mut self.found);
        self.found
    }

    /// What stands behind the references; a reference that leads nowhere is itself.
    fn target(&self, node: &'a Node) -> &'a Node {
        self.document.resolve(node).map_or(node, |found| found.node)
    }

    /// The member of this name, behind its references.
    fn member(&self, node: &'a Node, name: &str) -> Option<&'a Node> {
        node.get(name).map(|node| self.target(node))
    }
}

/// What to do where a resource spec says it in words of its own.
fn in_resource_spec(advice: Advice) -> Option<&'static str> {
    Some(match advice {
        Advice::Example => "add `example` to a field: `{ type: string, example: Tea }`",
        Advice::InfoDescription => "add `description` at the root",
        Advice::ListPagination => "say `list: { page: cursor }`",
        Advice::SecurityMissing => "add `auth: jwt` at the root, or `auth: none` where all may",
        Advice::TagDescription => "add `description` to the resource",
        _ => return None,
    })
}

/// The text of a member, or nothing.
fn text<'a>(node: &'a Node, name: &str) -> &'a str {
    node.get(name).and_then(Node::as_str).unwrap_or_default()
}

/// Whether a text is there that says something.
fn says(node: &Node, name: &str) -> bool {
    !text(node, name).trim().is_empty()
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

/// Whether a media type is JSON.
fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim();
    let media = media.to_ascii_lowercase();
    media == "application/json" || media.ends_with("+json")
}
