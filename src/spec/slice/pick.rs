//! A document of those operations alone that a user wants, and of what these reach.

use regex::Regex;
use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Span};

use super::{
    super::{Kind, Member, Node},
    Cut, PARTS, Slicer, is_method, items, text,
};

/// Operations, by what they have; nothing selects none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pick {
    /// One of their tags.
    pub tags: Vec<String>,
    /// Their path, as the document writes it; `*` stands for anything.
    pub paths: Vec<String>,
    /// Their `operationId`, or their method and path.
    pub operations: Vec<String>,
}

struct Operation<'a> {
    path: &'a str,
    method: String,
    /// Its `operationId`, and `GET /items`.
    names: Vec<String>,
    tags: Vec<String>,
}

impl Pick {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `patterns` are those of its paths.
    fn has(&self, operation: &Operation<'_>, patterns: &[Regex]) -> bool {
        let is_named =
            |names: &[String], own: &[String]| names.iter().any(|name| own.contains(name));
        is_named(&self.operations, &operation.names)
            || is_named(&self.tags, &operation.tags)
            || patterns
                .iter()
                .any(|pattern| pattern.is_match(operation.path))
    }

    /// What its paths stand for.
    fn patterns(&self) -> Vec<Regex> {
        let patterns = self.paths.iter();
        patterns.filter_map(|path| pattern(path)).collect()
    }

    /// Warns of what no operation has; `table` is what `apigen.toml` calls this.
    fn tell_idle(&self, table: &str, all: &[Operation<'_>], diagnostics: &mut Vec<Diagnostic>) {
        let all = all.iter();
        let paths: Vec<_> = all.clone().map(|operation| operation.path).collect();
        let names = |of: for<'o> fn(&'o Operation<'_>) -> &'o Vec<String>| -> Vec<&str> {
            let operations = all.as_slice().iter();
            operations
                .flat_map(|operation| of(operation).iter().map(String::as_str))
                .collect()
        };
        let known = [
            ("tags", &self.tags, names(|operation| &operation.tags)),
            ("paths", &self.paths, paths),
            (
                "operations",
                &self.operations,
                names(|operation| &operation.names),
            ),
        ];
        for (key, wanted, known) in known {
            let is_known = |name: &str| match key {
                "paths" => {
                    let pattern = pattern(name);
                    pattern.is_some_and(|pattern| known.iter().any(|path| pattern.is_match(path)))
                }
                _ => known.contains(&name),
            };
            for name in wanted.iter().filter(|name| !is_known(name)) {
                let message = format!(
                    "no operation has what `{table}.{key}` in `apigen.toml` names: `{name}`"
                );
                let near = similar::get_close_matches(name.as_str(), &known, 1, 0.6);
                let problem = Diagnostic {
                    span: None,
                    ..Diagnostic::warning("filter-idle", Span::default(), message)
                };
                diagnostics.push(match near.first() {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem.hint("it is written as the document writes it"),
                });
            }
        }
    }
}

/// What fits a path in which `*` stands for anything.
fn pattern(path: &str) -> Option<Regex> {
    let path = regex::escape(path).replace(r"\*", ".*");
    Regex::new(&format!("^(?s:{path})$")).ok()
}

/// Leaves out the operations that are not included or are excluded, webhooks, and what only these reach.
pub(in super::super) fn pick(
    include: &Pick,
    exclude: &Pick,
    root: &mut Node,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if include.is_empty() && exclude.is_empty() {
        return;
    }
    let own = root.to_json();
    let slicer = Slicer::new(&own);
    let paths = own
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let paths = paths.filter(|(path, _)| !path.starts_with("x-"));
    let all: Vec<_> = paths
        .flat_map(|(path, _)| operations(path, &slicer.flat(path)))
        .collect();
    include.tell_idle("include", &all, diagnostics);
    exclude.tell_idle("exclude", &all, diagnostics);
    let mut cut = Cut::default();
    let (included, excluded) = (include.patterns(), exclude.patterns());
    let is_wanted = |operation: &&Operation<'_>| {
        (include.is_empty() || include.has(operation, &included))
            && !exclude.has(operation, &excluded)
    };
    for Operation { path, method, .. } in all.iter().filter(is_wanted) {
        let kept = cut.operations.entry((*path).to_owned()).or_default();
        kept.insert(method.clone(), Map::new());
    }
    if cut.operations.is_empty() && !all.is_empty() {
        // A slip of the pen must not take a project away.
        let message = "`[include]` and `[exclude]` in `apigen.toml` leave no operation";
        diagnostics.push(Diagnostic {
            span: None,
            ..Diagnostic::error("no-operation-left", Span::default(), message)
        });
    }
    *root = dressed(&slicer.slice(&cut), Some(root), root, root.span);
}

fn operations<'a>(path: &'a str, item: &Map<String, Value>) -> Vec<Operation<'a>> {
    let operations = item.iter().filter(|(name, _)| is_method(name));
    let operation = |(method, operation): (&String, &Value)| Operation {
        path,
        method: method.clone(),
        names: text(operation, "operationId")
            .map(str::to_owned)
            .into_iter()
            .chain([format!("{} {path}", method.to_ascii_uppercase())])
            .collect(),
        tags: items(operation.get("tags"))
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    };
    operations.map(operation).collect()
}

/// A value with the places of what it was; what has none is at the nearest around it.
fn dressed(value: &Value, was: Option<&Node>, root: &Node, near: Span) -> Node {
    let span = was.map_or(near, |node| node.span);
    let kind = match value {
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let own = was.and_then(|was| was.as_object()?.get(name));
                let node = own
                    .map(|member| &member.value)
                    .or((name == PARTS).then_some(root));
                let value = dressed(value, node, root, span);
                let key = own.map_or(span, |member| member.key);
                (name.clone(), Member { key, value })
            };
            Kind::Object(members.iter().map(member).collect())
        }
        Value::Array(values) => {
            let own = was.map_or(&[][..], Node::items);
            let item = |(index, value): (usize, &Value)| {
                let same = || own.iter().find(|node| node.to_json() == *value);
                let node = own.get(index).filter(|_| own.len() == values.len());
                dressed(value, node.or_else(same), root, span)
            };
            Kind::Array(values.iter().enumerate().map(item).collect())
        }
        plain => match was.filter(|node| node.to_json() == *plain) {
            Some(node) => node.kind.clone(),
            None => match plain {
                Value::Bool(value) => Kind::Bool(*value),
                Value::Number(number) => Kind::Number(number.clone(), number.to_string()),
                Value::String(text) => Kind::String(text.clone()),
                _ => Kind::Null,
            },
        },
    };
    Node { kind, span }
}
