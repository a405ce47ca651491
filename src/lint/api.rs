//! The operations of a document, with all that is said of them elsewhere.

use crate::{
    diagnostic::Span,
    spec::{Document, Node},
};

const METHODS: [(&str, &str); 7] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("query", "QUERY"),
];

/// An operation.
#[derive(Debug, Clone)]
pub(super) struct Operation<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    /// Where the method stands.
    pub(super) at: Span,
    pub(super) node: &'a Node,
    /// What is said of all operations of its path.
    pub(super) item: &'a Node,
    /// Its own and those of its path, behind their references.
    pub(super) parameters: Vec<&'a Node>,
    /// By status, behind their references, with the place of the status.
    pub(super) responses: Vec<(&'a str, Span, &'a Node)>,
    /// Nobody gets in without credentials.
    pub(super) is_secured: bool,
}

impl<'a> Operation<'a> {
    /// `GET /items`
    pub(super) fn headline(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether one of these statuses is declared, by itself, its range or `default`.
    pub(super) fn declares(&self, statuses: &[&str]) -> bool {
        self.responses.iter().any(|(status, ..)| {
            let status = status.to_ascii_uppercase();
            status == "DEFAULT" || statuses.contains(&status.as_str())
        })
    }

    /// The responses of a class such as `2`.
    pub(super) fn class(&self, class: char) -> impl Iterator<Item = &(&'a str, Span, &'a Node)> {
        let all = self.responses.iter();
        all.filter(move |(status, ..)| status.starts_with(class))
    }

    pub(super) fn parameters_in(&self, location: &str) -> impl Iterator<Item = &'a Node> {
        let all = self.parameters.iter().copied();
        all.filter(move |parameter| super::text(parameter, "in") == location)
    }
}

/// The segments of a path.
pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.split('/').filter(|segment| !segment.is_empty())
}

/// Whether a segment of a path has a parameter in it.
pub(super) fn is_parameter(segment: &str) -> bool {
    segment.contains('{')
}

/// The members of `paths` that are paths.
pub(super) fn paths(document: &Document) -> impl Iterator<Item = (&str, Span, &Node)> {
    let paths = document.root.get("paths").into_iter();
    let paths = paths.flat_map(Node::members);
    let paths = paths.filter(|(path, _)| !path.starts_with("x-"));
    paths.map(|(path, member)| {
        let item = document.resolve(&member.value);
        (
            path,
            member.key,
            item.map_or(&member.value, |found| found.node),
        )
    })
}

/// All operations, in their order.
pub(super) fn operations(document: &Document) -> Vec<Operation<'_>> {
    let mut all = Vec::new();
    for (path, _, item) in paths(document) {
        for (name, member) in item.members() {
            let Some((_, method)) = METHODS.iter().find(|(known, _)| *known == name) else {
                continue;
            };
            let node = &member.value;
            all.push(Operation {
                method,
                path,
                at: member.key,
                node,
                item,
                parameters: parameters(document, item, node),
                responses: responses(document, node),
                is_secured: is_secured(document, node),
            });
        }
    }
    all
}

fn target<'a>(document: &'a Document, node: &'a Node) -> &'a Node {
    document.resolve(node).map_or(node, |found| found.node)
}

fn parameters<'a>(document: &'a Document, item: &'a Node, node: &'a Node) -> Vec<&'a Node> {
    let list = |node: &'a Node| node.get("parameters").map_or(&[][..], Node::items);
    let mut all: Vec<&'a Node> = Vec::new();
    let name = |node: &'a Node| (super::text(node, "name"), super::text(node, "in"));
    for parameter in list(node).iter().chain(list(item)) {
        let parameter = target(document, parameter);
        if !all.iter().any(|known| name(known) == name(parameter)) {
            all.push(parameter);
        }
    }
    all
}

fn responses<'a>(document: &'a Document, node: &'a Node) -> Vec<(&'a str, Span, &'a Node)> {
    let all = node.get("responses").into_iter().flat_map(Node::members);
    let all = all.filter(|(status, _)| !status.starts_with("x-"));
    all.map(|(status, member)| (status, member.key, target(document, &member.value)))
        .collect()
}

fn is_secured(document: &Document, node: &Node) -> bool {
    let security = node
        .get("security")
        .or_else(|| document.root.get("security"));
    let alternatives = security.map_or(&[][..], Node::items);
    let is_open = |alternative: &Node| alternative.members().next().is_none();
    !alternatives.is_empty() && !alternatives.iter().any(is_open)
}
