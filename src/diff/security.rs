//! What is different about who may call an operation.

use std::collections::{BTreeMap, BTreeSet};

use super::{At, Differ, key, operations::Operation, rules::Event, target, text};
use crate::{
    diagnostic::Span,
    spec::{Document, Member, Node},
};

/// The schemes that are needed together, each with its scopes.
type Credentials<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl<'a> Differ<'a> {
    /// Compares the alternatives: a client keeps getting in where one of the new ones asks for no more
    /// than it has.
    pub(super) fn security(&mut self, at: At<'a>, old: &Operation<'a>, new: &Operation<'a>) {
        let (before, was) = alternatives(old);
        let (after, is) = alternatives(new);
        let places = (was, is);
        let is_open = |all: &[Credentials<'a>]| all.iter().any(Credentials::is_empty);
        match (is_open(&before), is_open(&after)) {
            (true, true) => return,
            (true, false) => {
                let all: Vec<_> = after.iter().map(shown).collect();
                let message = format!("callers need {} now", all.join(" or "));
                return self.tell(at, Event::SecurityRequired, message, places);
            }
            (false, true) => {
                let message = "callers need no credentials any more";
                return self.tell(at, Event::SecurityOptional, message, places);
            }
            (false, false) => {}
        }
        let schemes = |one: &Credentials<'a>| one.keys().copied().collect::<Vec<_>>();
        for one in &before {
            let same = after.iter().find(|other| schemes(other) == schemes(one));
            if let Some(same) = same {
                self.scopes(at, one, same, places);
            } else if !after.iter().any(|other| does(one, other)) {
                let message = format!("{} no longer suffices", shown(one));
                self.tell(at, Event::SecurityRemoved, message, places);
            }
        }
        for one in &after {
            if !before.iter().any(|other| schemes(other) == schemes(one)) {
                let message = format!("{} suffices now", shown(one));
                self.tell(at, Event::SecurityAdded, message, places);
            }
        }
    }

    fn scopes(
        &mut self,
        at: At<'a>,
        old: &Credentials<'a>,
        new: &Credentials<'a>,
        places: (Span, Span),
    ) {
        for (scheme, scopes) in new {
            let before = &old[scheme];
            for scope in scopes.difference(before) {
                let message = format!("`{scheme}` must have the scope `{scope}`");
                self.tell(at, Event::ScopeAdded, message, places);
            }
            for scope in before.difference(scopes) {
                let message = format!("`{scheme}` may lack the scope `{scope}`");
                self.tell(at, Event::ScopeRemoved, message, places);
            }
        }
    }

    /// Compares the schemes that the documents define.
    pub(super) fn schemes(&mut self) {
        let (before, was) = schemes(self.old);
        let (after, is) = schemes(self.new);
        for (name, (node, span)) in &after {
            match before.get(name) {
                Some((known, _)) => self.scheme(name, known, node),
                None => {
                    let message = format!("the security scheme `{name}` is new");
                    self.tell(At::default(), Event::SchemeAdded, message, (was, *span));
                }
            }
        }
        for (name, (_, span)) in &before {
            if !after.contains_key(name) {
                let message = format!("the security scheme `{name}` is gone");
                self.tell(At::default(), Event::SchemeRemoved, message, (*span, is));
            }
        }
    }

    fn scheme(&mut self, name: &str, old: &'a Node, new: &'a Node) {
        for word in ["type", "scheme", "in", "name"] {
            let (was, is) = (text(old, word), text(new, word));
            let is_same = match word {
                "scheme" => was.eq_ignore_ascii_case(is),
                _ => was == is,
            };
            if !is_same {
                let message =
                    format!("the security scheme `{name}` has `{word}: {is}`, had `{was}`");
                let places = (key(old, word), key(new, word));
                return self.tell(At::default(), Event::SchemeChanged, message, places);
            }
        }
        let places = (key(old, "flows"), key(new, "flows"));
        if urls(old) != urls(new) {
            let message = format!("the security scheme `{name}` has other URLs");
            self.tell(At::default(), Event::SchemeUrlChanged, message, places);
        }
        let (before, after) = (scopes(old), scopes(new));
        for scope in after.difference(&before) {
            let message = format!("the security scheme `{name}` knows the scope `{scope}`");
            self.tell(At::default(), Event::SchemeScopeAdded, message, places);
        }
        for scope in before.difference(&after) {
            let message =
                format!("the security scheme `{name}` no longer knows the scope `{scope}`");
            self.tell(At::default(), Event::SchemeScopeRemoved, message, places);
        }
    }
}

/// What suffices to call an operation, and where that is said; none is open to all.
fn alternatives<'a>(operation: &Operation<'a>) -> (Vec<Credentials<'a>>, Span) {
    let root = &operation.document.root;
    let owner = match operation.node.get("security") {
        Some(_) => operation.node,
        None => root,
    };
    let Some(all) = owner.get("security") else {
        return (vec![Credentials::new()], operation.span);
    };
    let credentials = |node: &'a Node| {
        let scopes = |node: &'a Node| node.items().iter().filter_map(Node::as_str).collect();
        let one = |(name, member): (&'a str, &'a Member)| (name, scopes(&member.value));
        node.members().map(one).collect()
    };
    let mut found: Vec<Credentials<'a>> = all.items().iter().map(credentials).collect();
    if found.is_empty() {
        found.push(Credentials::new());
    }
    (found, key(owner, "security"))
}

/// Whether these credentials are all that the others ask for.
fn does(these: &Credentials<'_>, others: &Credentials<'_>) -> bool {
    let has = |(scheme, scopes): (&&str, &BTreeSet<&str>)| {
        these
            .get(scheme)
            .is_some_and(|known| scopes.is_subset(known))
    };
    others.iter().all(has)
}

fn shown(credentials: &Credentials<'_>) -> String {
    let one = |(scheme, scopes): (&&str, &BTreeSet<&str>)| {
        let scopes: Vec<_> = scopes.iter().copied().collect();
        match scopes.is_empty() {
            true => format!("`{scheme}`"),
            false => format!("`{scheme}` ({})", scopes.join(", ")),
        }
    };
    let all: Vec<_> = credentials.iter().map(one).collect();
    all.join(" with ")
}

fn schemes(document: &Document) -> (BTreeMap<&str, (&Node, Span)>, Span) {
    let owner = document.root.get("components");
    let schemes = owner.and_then(|owner| owner.get("securitySchemes"));
    let all = schemes.into_iter().flat_map(Node::members);
    let found = all.map(|(name, member)| (name, (target(document, &member.value), member.key)));
    let place = owner.map_or(document.root.span, |owner| key(owner, "securitySchemes"));
    (found.collect(), place)
}

/// The URLs of a scheme's flows, by flow and kind.
fn urls(scheme: &Node) -> BTreeMap<(&str, &str), &str> {
    let flows = scheme.get("flows").into_iter().flat_map(Node::members);
    flows
        .flat_map(|(flow, member)| {
            let members = member.value.members();
            members.filter_map(move |(name, member)| {
                let url = member.value.as_str().filter(|_| name.ends_with("Url"))?;
                Some(((flow, name), url))
            })
        })
        .collect()
}

fn scopes(scheme: &Node) -> BTreeSet<&str> {
    let flows = scheme.get("flows").into_iter().flat_map(Node::members);
    let scopes = flows.filter_map(|(_, flow)| flow.value.get("scopes"));
    scopes
        .flat_map(|scopes| scopes.members().map(|(name, _)| name))
        .collect()
}
