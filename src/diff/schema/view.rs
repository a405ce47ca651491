//! What a schema says, with all that it refers to and all of `allOf` merged into it.

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use crate::{
    diagnostic::Span,
    spec::{Document, Kind, Member, Node},
};

use super::super::target;

/// Alternatives.
#[derive(Debug)]
pub(super) struct Union<'a> {
    pub(super) is_one_of: bool,
    pub(super) alternatives: Vec<&'a Node>,
    pub(super) span: Span,
}

/// A schema in one piece.
#[derive(Debug, Default)]
pub(super) struct View<'a> {
    /// Where it stands; nothing stands anywhere.
    pub(super) place: Option<Span>,
    /// The one schema that it is made of.
    pub(super) node: Option<&'a Node>,
    /// The pointer that led to it, where it is a component.
    pub(super) pointer: Option<&'a str>,
    /// No value fits.
    pub(super) is_never: bool,
    /// It is one thing or null.
    pub(super) has_null: bool,
    /// Unions of more than one thing that is not null.
    pub(super) unions: Vec<Union<'a>>,
    /// Each keyword with all that is said of it, the outermost first.
    said: HashMap<&'a str, Vec<&'a Member>>,
}

impl<'a> View<'a> {
    /// All that is said of a keyword.
    pub(super) fn all(&self, keyword: &str) -> &[&'a Member] {
        self.said.get(keyword).map_or(&[], Vec::as_slice)
    }

    /// What is said first.
    pub(super) fn first(&self, keyword: &str) -> Option<&'a Node> {
        self.all(keyword).first().map(|member| &member.value)
    }

    /// Where that is said.
    pub(super) fn key(&self, keyword: &str) -> Option<Span> {
        self.all(keyword).first().map(|member| member.key)
    }

    /// Whether that is `true` anywhere.
    pub(super) fn flag(&self, keyword: &str) -> bool {
        let is_true = |member: &&Member| member.value.as_bool() == Some(true);
        self.all(keyword).iter().any(is_true)
    }
}

/// The views of one document, each made once.
pub(super) struct Views<'a> {
    pub(super) document: &'a Document,
    known: HashMap<Vec<*const Node>, usize>,
    views: Vec<Rc<View<'a>>>,
}

impl<'a> Views<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self {
            document,
            known: HashMap::new(),
            views: Vec::new(),
        }
    }

    /// The view of what all of these say together, and its number.
    pub(super) fn view(&mut self, nodes: Vec<&'a Node>) -> (usize, Rc<View<'a>>) {
        let direct: Vec<_> = nodes.iter().map(|node| self.behind(node)).collect();
        let name = direct
            .iter()
            .map(|node| std::ptr::from_ref(*node))
            .collect();
        if let Some(known) = self.known.get(&name) {
            return (*known, Rc::clone(&self.views[*known]));
        }
        let mut view = View {
            place: direct.first().map(|node| node.span),
            node: direct.first().copied().filter(|_| direct.len() == 1),
            pointer: nodes.first().and_then(|node| node.get("$ref")?.as_str()),
            ..View::default()
        };
        let mut seen = HashSet::new();
        for node in direct {
            self.gather(&mut view, node, &mut seen);
        }
        let view = Rc::new(view);
        self.views.push(Rc::clone(&view));
        self.known.insert(name, self.views.len() - 1);
        (self.views.len() - 1, view)
    }

    /// The schema itself, where a reference says nothing else.
    fn behind(&self, node: &'a Node) -> &'a Node {
        match node.as_object() {
            Some(members) if members.len() == 1 && members.contains_key("$ref") => {
                let found = target(self.document, node);
                if std::ptr::eq(found, node) {
                    node
                } else {
                    found
                }
            }
            _ => node,
        }
    }

    fn gather(&self, view: &mut View<'a>, node: &'a Node, seen: &mut HashSet<*const Node>) {
        if node.as_bool() == Some(false) {
            view.is_never = true;
        }
        let Some(members) = node.as_object().filter(|_| seen.insert(node)) else {
            return;
        };
        for (name, member) in members {
            match name.as_str() {
                "$ref" | "allOf" | "oneOf" | "anyOf" => {}
                name => view.said.entry(name).or_default().push(member),
            }
        }
        if let Some(pointer) = members.get("$ref").and_then(|member| member.value.as_str()) {
            let found = target(self.document, node);
            view.pointer = view.pointer.or(Some(pointer));
            if !std::ptr::eq(found, node) {
                self.gather(view, found, seen);
            }
        }
        for branch in node.get("allOf").map_or(&[][..], Node::items) {
            self.gather(view, branch, seen);
        }
        for (keyword, is_one_of) in [("oneOf", true), ("anyOf", false)] {
            if let Some(member) = members.get(keyword) {
                self.union(view, member, is_one_of, seen);
            }
        }
    }

    /// One thing or null is that thing.
    fn union(
        &self,
        view: &mut View<'a>,
        member: &'a Member,
        is_one_of: bool,
        seen: &mut HashSet<*const Node>,
    ) {
        let all = member.value.items();
        let others: Vec<_> = all.iter().filter(|node| !self.is_null(node)).collect();
        view.has_null |= others.len() < all.len();
        match others.as_slice() {
            [] => {}
            [only] => self.gather(view, only, seen),
            _ => view.unions.push(Union {
                is_one_of,
                alternatives: others,
                span: member.key,
            }),
        }
    }

    fn is_null(&self, node: &'a Node) -> bool {
        let node = target(self.document, node);
        let says_null = |kind: &Kind| matches!(kind, Kind::String(name) if name == "null");
        let of = |node: &Node| match &node.kind {
            Kind::Array(items) => items.iter().all(|item| says_null(&item.kind)),
            kind => says_null(kind),
        };
        let constant = node
            .get("const")
            .is_some_and(|value| value.kind == Kind::Null);
        let only = |values: &Node| {
            let values = values.items();
            !values.is_empty() && values.iter().all(|value| value.kind == Kind::Null)
        };
        constant || node.get("type").is_some_and(of) || node.get("enum").is_some_and(only)
    }
}
