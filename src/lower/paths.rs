//! Path items and path templates: what is routed where.

use std::collections::{BTreeMap, BTreeSet};

use super::Lowering;
use crate::{
    diagnostic::{Diagnostic, Span},
    model::{Method, Part, Segment},
    spec::{Node, node::percent_decode},
};

pub(super) const METHODS: [(&str, Method); 8] = [
    ("get", Method::Get),
    ("put", Method::Put),
    ("post", Method::Post),
    ("delete", Method::Delete),
    ("options", Method::Options),
    ("head", Method::Head),
    ("patch", Method::Patch),
    ("trace", Method::Trace),
];

/// An operation, and where it is routed.
pub(super) struct Route<'a> {
    pub(super) method: Method,
    /// The path as the document has it.
    pub(super) key: &'a str,
    /// The path template, repaired.
    pub(super) path: String,
    pub(super) segments: Vec<Segment>,
    /// The path items that its parameters may stand in, the nearest first.
    pub(super) items: Vec<&'a Node>,
    pub(super) operation: &'a Node,
    pub(super) span: Span,
}

impl Route<'_> {
    /// The parameters of the path template, in order.
    pub(super) fn path_parameters(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().flat_map(|segment| match segment {
            Segment::Literal(_) => Vec::new(),
            Segment::Parameter(name) => vec![name.as_str()],
            Segment::Mixed(parts) => parts.iter().filter_map(parameter).collect(),
        })
    }

    /// What tells it from other routes: names of parameters do not, nor does what is percent-encoded.
    fn shape(&self) -> (String, Method) {
        let hole = |part: &Part| match part {
            Part::Literal(text) => percent_decode(text),
            Part::Parameter(_) => "{}".to_owned(),
        };
        let shapes = self.segments.iter().map(|segment| match segment {
            Segment::Literal(text) => percent_decode(text),
            Segment::Parameter(_) => "{}".to_owned(),
            Segment::Mixed(parts) => parts.iter().map(hole).collect(),
        });
        (shapes.collect::<Vec<_>>().join("/"), self.method)
    }
}

fn parameter(part: &Part) -> Option<&str> {
    match part {
        Part::Literal(_) => None,
        Part::Parameter(name) => Some(name),
    }
}

/// Every operation that can be reached, in the order of the document.
pub(super) fn routes<'a>(cx: &mut Lowering<'a>) -> Vec<Route<'a>> {
    let document = cx.document;
    let mut routes = Vec::new();
    for (key, member) in document
        .root
        .get("paths")
        .into_iter()
        .flat_map(Node::members)
    {
        if key.starts_with("x-") {
            continue;
        }
        match template(key) {
            Ok(template) => path_item(cx, (key, &template), member.key, &member.value, &mut routes),
            Err(problem) => cx.warn(
                "path-template",
                member.key,
                format!("`{key}` is left out: {problem}"),
            ),
        }
    }
    if routes.is_empty() {
        let message = "the document has no operations";
        cx.warn("no-operations", document.root.span, message);
    }
    spell_alike(cx, &mut routes);
    drop_unreachable(cx, routes)
}

/// Paths that differ in nothing but what is percent-encoded are one path, spelled as the first of them.
fn spell_alike<'a>(cx: &mut Lowering<'a>, routes: &mut [Route<'a>]) {
    let mut first: BTreeMap<String, Vec<Segment>> = BTreeMap::new();
    for route in routes {
        let spelled = first.entry(route.shape().0);
        let spelled = spelled.or_insert_with(|| route.segments.clone());
        for (own, first) in route.segments.iter_mut().zip(spelled) {
            match (own, first) {
                (Segment::Literal(own), Segment::Literal(first)) => own.clone_from(first),
                (Segment::Mixed(own), Segment::Mixed(first)) => {
                    for (own, first) in own.iter_mut().zip(first) {
                        if matches!((&*own, &*first), (Part::Literal(_), Part::Literal(_))) {
                            own.clone_from(first);
                        }
                    }
                }
                _ => {}
            }
        }
        let path = whole(&route.segments);
        if path != route.path {
            let message = format!("the path `{}` is read as `{path}`", route.key);
            cx.warn("path-template", route.span, message);
            route.path = path;
        }
    }
}

fn path_item<'a>(
    cx: &mut Lowering<'a>,
    (key, (path, segments)): (&'a str, &(String, Vec<Segment>)),
    span: Span,
    node: &'a Node,
    routes: &mut Vec<Route<'a>>,
) {
    if path != key {
        let message = format!("the path `{key}` is read as `{path}`");
        cx.warn("path-template", span, message);
    }
    let mut items = vec![node];
    items.extend(cx.resolve(node).filter(|item| !std::ptr::eq(*item, node)));
    for (name, method) in METHODS {
        let found = items.iter().find_map(|item| item.as_object()?.get(name));
        let Some(member) = found else { continue };
        let operation = cx.resolve(&member.value);
        let Some(operation) = operation.filter(|node| node.as_object().is_some()) else {
            let message = format!("`{name} {key}` is no operation, so it is left out");
            cx.warn("bad-operation", member.value.span, message);
            continue;
        };
        routes.push(Route {
            method,
            key,
            path: path.clone(),
            segments: segments.clone(),
            items: items.clone(),
            operation,
            span: member.key,
        });
    }
    let newer = items.iter().flat_map(|item| item.members());
    let newer = newer.filter(|(name, _)| matches!(*name, "query" | "additionalOperations"));
    for (name, span) in newer
        .map(|(n, m)| (n.to_owned(), m.key))
        .collect::<Vec<_>>()
    {
        let message = format!("`{name}` is not supported yet, so it is left out");
        cx.warn("unsupported-method", span, message);
    }
}

/// Of routes that no request can tell apart, the first by alphabet is kept.
fn drop_unreachable<'a>(cx: &mut Lowering<'a>, routes: Vec<Route<'a>>) -> Vec<Route<'a>> {
    let mut winners: BTreeMap<(String, Method), (&'a str, Span)> = BTreeMap::new();
    for route in &routes {
        let candidate = (route.key, route.span);
        let winner = winners.entry(route.shape()).or_insert(candidate);
        if candidate < *winner {
            *winner = candidate;
        }
    }
    let mut kept = Vec::new();
    for route in routes {
        let (path, span) = winners[&route.shape()];
        if span == route.span && path == route.key {
            kept.push(route);
            continue;
        }
        let (method, own) = (route.method.as_str(), route.key);
        let message = format!("`{method} {own}` cannot be told from `{method} {path}`");
        cx.report(
            Diagnostic::warning("unreachable-operation", route.span, message)
                .related(span, "this one is kept")
                .hint("paths that differ only in the names of parameters, or in what is percent-encoded, are one path"),
        );
    }
    kept
}

/// The path, repaired, and its segments.
fn template(key: &str) -> Result<(String, Vec<Segment>), String> {
    let key = before_query(key);
    if key.chars().any(char::is_control) {
        return Err("it has control characters".to_owned());
    }
    let mut names = BTreeSet::new();
    let mut segments = vec![Vec::new()];
    let mut rest = key.strip_prefix('/').unwrap_or(key);
    while let Some(c) = rest.chars().next() {
        match c {
            '/' => {
                segments.push(Vec::new());
                rest = &rest[1..];
            }
            '{' => {
                let end = rest.find('}').ok_or("a `{` is not closed")?;
                if let Some(name) = expression(&rest[1..end], &mut names)? {
                    push(&mut segments, Part::Parameter(name))?;
                }
                rest = &rest[end + 1..];
            }
            '}' => return Err("a `}` has no `{`".to_owned()),
            _ => {
                let end = rest.find(['/', '{', '}']).unwrap_or(rest.len());
                push(&mut segments, Part::Literal(rest[..end].to_owned()))?;
                rest = &rest[end..];
            }
        }
    }
    let segments: Vec<Segment> = segments.into_iter().map(segment).collect();
    Ok((whole(&segments), segments))
}

/// The path of these segments.
fn whole(segments: &[Segment]) -> String {
    let each = segments.iter();
    each.map(|segment| format!("/{}", written(segment)))
        .collect()
}

/// Requests are routed by their paths alone: a query or fragment in a key does not count.
fn before_query(key: &str) -> &str {
    let mut depth = 0;
    let end = key.find(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0 && (c == '?' || c == '#')
    });
    &key[..end.unwrap_or(key.len())]
}

/// The parameter that an expression means: also RFC 6570 (`{+path}`, `{.path}`, `{;path*}`) and patterns
/// (`{id:[0-9]+}`); none where it adds a query.
fn expression(text: &str, names: &mut BTreeSet<String>) -> Result<Option<String>, String> {
    if text.starts_with(['?', '&', '#']) {
        return Ok(None);
    }
    let plain = variable(text);
    if plain.is_empty() || plain.contains(['/', '{', ',']) {
        return Err(format!("`{{{text}}}` is no parameter"));
    }
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    let mut wanted = std::iter::once(plain.to_owned()).chain(numbered);
    Ok(wanted.find(|name| names.insert(name.clone())))
}

/// The name in an expression; RFC 6570 and patterns add signs to it.
pub(super) fn variable(text: &str) -> &str {
    let plain = text.trim_start_matches(['+', '.', ';', '/', ' ']);
    let plain = plain.split(':').next().unwrap_or(plain);
    plain.trim_end_matches(['*', '+', ' '])
}

fn push(segments: &mut [Vec<Part>], part: Part) -> Result<(), String> {
    let Some(parts) = segments.last_mut() else {
        return Ok(());
    };
    match (parts.last_mut(), part) {
        (Some(Part::Parameter(_)), Part::Parameter(_)) => {
            return Err("nothing stands between two parameters".to_owned());
        }
        (Some(Part::Literal(text)), Part::Literal(more)) => text.push_str(&more),
        (_, part) => parts.push(part),
    }
    Ok(())
}

fn segment(mut parts: Vec<Part>) -> Segment {
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Segment::Literal(String::new()),
        (Some(Part::Literal(text)), true) => Segment::Literal(text),
        (Some(Part::Parameter(name)), true) => Segment::Parameter(name),
        (Some(last), false) => {
            parts.push(last);
            Segment::Mixed(parts)
        }
    }
}

fn written(segment: &Segment) -> String {
    let part = |part: &Part| match part {
        Part::Literal(text) => text.clone(),
        Part::Parameter(name) => format!("{{{name}}}"),
    };
    match segment {
        Segment::Literal(text) => text.clone(),
        Segment::Parameter(name) => format!("{{{name}}}"),
        Segment::Mixed(parts) => parts.iter().map(part).collect(),
    }
}
