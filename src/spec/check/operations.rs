//! Paths, their parameters and the names of their operations: what is at odds is told and repaired.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Span};

use super::super::{
    Kind, Member, Node,
    grammar::{Role, Shape, member, walk_mut},
};

/// Checks and repairs all operations below `paths`.
pub(in super::super) fn check(root: &mut Node, diagnostics: &mut Vec<Diagnostic>) {
    require_path_parameters(root, diagnostics);
    let edits = edits(root, diagnostics);
    let Some(paths) = object_mut(root).and_then(|root| root.get_mut("paths")) else {
        return;
    };
    let Some(paths) = object_mut(&mut paths.value) else {
        return;
    };
    for edit in edits {
        let Some(item) = paths.get_mut(&edit.path) else {
            continue;
        };
        let owner = match &edit.method {
            Some(method) => object_mut(&mut item.value).and_then(|item| item.get_mut(method)),
            None => Some(item),
        };
        if let Some(members) = owner.and_then(|owner| object_mut(&mut owner.value)) {
            edit.change.apply(members);
        }
    }
}

/// `required: true` on each path parameter: a path cannot be without it.
fn require_path_parameters(root: &mut Node, diagnostics: &mut Vec<Diagnostic>) {
    walk_mut(root, Shape::One(Role::Root), &mut |node, role| {
        if role != Role::Parameter || node.get("in").and_then(Node::as_str) != Some("path") {
            return;
        }
        let required = node.get("required");
        if required.and_then(Node::as_bool) == Some(true) {
            return;
        }
        let span = required.map_or(node.span, |required| required.span);
        let name = node.get("name").and_then(Node::as_str).unwrap_or_default();
        let message =
            format!("the path parameter `{name}` is not `required: true`; it is taken as such");
        diagnostics.push(Diagnostic::warning(
            "path-parameter-not-required",
            span,
            message,
        ));
        let value = Node {
            kind: Kind::Bool(true),
            span,
        };
        if let Some(members) = object_mut(node) {
            members.insert("required".to_owned(), Member { key: span, value });
        }
    });
}

/// A repair of a path item or of one of its operations.
struct Edit {
    path: String,
    method: Option<String>,
    change: Change,
}

enum Change {
    /// Its name is given to another operation already.
    Unname,
    /// These elements of `parameters` are nowhere in the path.
    Drop(Vec<usize>),
    /// These names of the path are declared nowhere.
    Declare(Vec<String>, Span),
}

impl Change {
    fn apply(self, members: &mut IndexMap<String, Member>) {
        match self {
            Self::Unname => {
                members.shift_remove("operationId");
            }
            Self::Drop(indices) => {
                let list = members
                    .get_mut("parameters")
                    .map(|list| &mut list.value.kind);
                if let Some(Kind::Array(items)) = list {
                    let mut index = 0;
                    items.retain(|_| {
                        index += 1;
                        !indices.contains(&(index - 1))
                    });
                }
            }
            Self::Declare(names, span) => {
                let empty = Node {
                    kind: Kind::Array(Vec::new()),
                    span,
                };
                let list = members.entry("parameters".to_owned());
                let list = list.or_insert(Member {
                    key: span,
                    value: empty,
                });
                if let Kind::Array(items) = &mut list.value.kind {
                    items.extend(names.iter().map(|name| parameter(name, span)));
                }
            }
        }
    }
}

/// A parameter that takes any text.
fn parameter(name: &str, span: Span) -> Node {
    let node = |kind| Node { kind, span };
    let text = |text: &str| node(Kind::String(text.to_owned()));
    let object = |members: [(&str, Node); 1]| pairs(members.to_vec(), span);
    pairs(
        vec![
            ("name", text(name)),
            ("in", text("path")),
            ("required", node(Kind::Bool(true))),
            ("schema", object([("type", text("string"))])),
        ],
        span,
    )
}

fn pairs(members: Vec<(&str, Node)>, span: Span) -> Node {
    let members = members.into_iter();
    let members = members.map(|(name, value)| (name.to_owned(), Member { key: span, value }));
    Node {
        kind: Kind::Object(members.collect()),
        span,
    }
}

fn edits(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut named: HashMap<&str, Span> = HashMap::new();
    let paths = root.get("paths").into_iter().flat_map(Node::members);
    for (path, item) in paths.filter(|(path, _)| !path.starts_with("x-")) {
        let edit = |method: Option<&str>, change| Edit {
            path: path.to_owned(),
            method: method.map(str::to_owned),
            change,
        };
        let template = names(path);
        let shared = Declared::of(root, &item.value);
        let unknown = shared.unknown(&template, path, diagnostics);
        if !unknown.is_empty() {
            edits.push(edit(None, Change::Drop(unknown)));
        }
        let methods = item.value.members();
        for (method, operation) in
            methods.filter(|(name, _)| member(Role::PathItem, name) == Shape::One(Role::Operation))
        {
            let place = operation.key;
            let operation = &operation.value;
            if let Some(id) = operation
                .get("operationId")
                .filter(|id| id.as_str().is_some())
            {
                let name = id.as_str().unwrap_or_default();
                if let Some(first) = named.get(name) {
                    let message = format!(
                        "the operationId `{name}` is taken; this operation is named by its method and path"
                    );
                    diagnostics.push(
                        Diagnostic::warning("duplicate-operation-id", id.span, message)
                            .related(*first, "it stands here first")
                            .hint("give each operation an operationId of its own"),
                    );
                    edits.push(edit(Some(method), Change::Unname));
                } else {
                    named.insert(name, id.span);
                }
            }
            let own = Declared::of(root, operation);
            let unknown = own.unknown(&template, path, diagnostics);
            if !unknown.is_empty() {
                edits.push(edit(Some(method), Change::Drop(unknown)));
            }
            let is_missing = |name: &&str| !shared.has(name) && !own.has(name);
            let missing: Vec<_> = template.iter().copied().filter(is_missing).collect();
            for name in &missing {
                let message = format!(
                    "`{{{name}}}` of `{path}` is declared nowhere; it is taken as a required text"
                );
                diagnostics.push(
                    Diagnostic::warning("undeclared-path-parameter", place, message)
                        .related(item.key, "the path")
                        .hint(format!(
                            "declare it: `{{name: {name}, in: path, required: true, schema: …}}`"
                        )),
                );
            }
            if !missing.is_empty() {
                let missing = missing.into_iter().map(str::to_owned).collect();
                edits.push(edit(Some(method), Change::Declare(missing, place)));
            }
        }
    }
    edits
}

/// The path parameters of a list: which element, its name and place.
struct Declared<'a>(Vec<(usize, &'a str, Span)>);

impl<'a> Declared<'a> {
    fn of(root: &'a Node, owner: &'a Node) -> Self {
        let list = owner.get("parameters").map_or(&[][..], Node::items);
        let declared = list.iter().enumerate().filter_map(|(index, written)| {
            let node = behind(root, written)?;
            let is_path = node.get("in")?.as_str()? == "path";
            is_path.then_some((index, node.get("name")?.as_str()?, written.span))
        });
        Self(declared.collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(_, declared, _)| *declared == name)
    }

    /// The elements that the path does not name.
    fn unknown(
        &self,
        template: &[&str],
        path: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<usize> {
        let unknown = self
            .0
            .iter()
            .filter(|(_, name, _)| !template.contains(name));
        let tell = |(index, name, span): &(usize, &str, Span)| {
            let message = format!("the path parameter `{name}` is not in `{path}`; it is left out");
            let problem = Diagnostic::warning("unknown-path-parameter", *span, message);
            diagnostics.push(problem.hint(format!(
                "add `{{{name}}}` to the path, or `in: query` to the parameter"
            )));
            *index
        };
        unknown.map(tell).collect()
    }
}

/// The node behind references; loops and dangling ones are told elsewhere.
fn behind<'a>(root: &'a Node, node: &'a Node) -> Option<&'a Node> {
    (0..100)
        .try_fold(node, |node, _| {
            match node.get("$ref").and_then(Node::as_str) {
                Some(target) => Ok(target
                    .strip_prefix('#')
                    .and_then(|pointer| root.pointer(pointer))
                    .ok_or(None)?),
                None => Err(Some(node)),
            }
        })
        .err()?
}

/// The names between braces in a path.
fn names(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect()
}

fn object_mut(node: &mut Node) -> Option<&mut IndexMap<String, Member>> {
    match &mut node.kind {
        Kind::Object(members) => Some(members),
        _ => None,
    }
}
