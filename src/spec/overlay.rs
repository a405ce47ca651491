//! OpenAPI Overlay 1.0 and 1.1: changes of a document that is not its user's to edit, each at the places that a
//! JSONPath (RFC 9535) selects.

use std::{cmp::Ordering, path::PathBuf};

use indexmap::map::Entry;
use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::diagnostic::{Diagnostic, Sources, Span};

use super::{Kind, MAX_DEPTH, Node, escape, file, node::unescape, read};

const KEYS: [&str; 4] = ["overlay", "info", "extends", "actions"];
const ACTION_KEYS: [&str; 5] = ["target", "description", "update", "copy", "remove"];

/// How many nodes the updates of a document may add in all.
const MAX_ADDED: usize = 1_000_000;
/// How long a target may be.
const MAX_TARGET: usize = 2000;
/// How deep its brackets may nest: the time to parse filters doubles with each.
const MAX_NESTING: usize = 8;
/// How often it may look at all that is below: the time to do so is that of the document to this power.
const MAX_DESCENTS: usize = 3;

/// A file with changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Where it is.
    pub path: PathBuf,
    /// What diagnostics call it.
    pub name: String,
}

/// One change.
#[derive(Debug, Clone)]
pub(super) struct Action {
    target: JsonPath,
    /// Where the target is written.
    span: Span,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Update(Node),
    Copy(JsonPath),
    Remove,
}

/// Reads overlays, and tells which sources they are; `None` where one of them cannot be understood.
pub(super) fn load(
    overlays: &[Overlay],
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Vec<Action>, Vec<usize>)> {
    let mut problems = Vec::new();
    let mut actions = Vec::new();
    let mut files = Vec::new();
    for Overlay { path, name } in overlays {
        let text = match file::text(path, name) {
            Ok(text) => text,
            Err(problem) => {
                sources.look(path.clone(), None);
                let hint = "it is an overlay, by `overlays` in `apigen.toml` or by `--overlay`";
                problems.push(problem.hint(hint));
                continue;
            }
        };
        let file = sources.add(name.clone(), text);
        sources.look(path.clone(), Some(file));
        files.push(file);
        match read::read(name, sources.file(file).1, file) {
            Ok((overlay, _)) => actions.extend(read(&overlay, &mut problems)),
            Err(more) => problems.extend(more),
        }
    }
    let is_sound = problems.is_empty();
    diagnostics.extend(problems);
    is_sound.then_some((actions, files))
}

/// The changes of an overlay, and what is wrong with it.
fn read(overlay: &Node, problems: &mut Vec<Diagnostic>) -> Vec<Action> {
    let error =
        |span, message: &str, hint: &str| Diagnostic::error("overlay", span, message).hint(hint);
    let is_known = |text: &String| ["1.0", "1.1"].iter().any(|known| text.starts_with(known));
    let version = overlay.get("overlay");
    if !version
        .and_then(Node::as_text)
        .as_ref()
        .is_some_and(is_known)
    {
        let span = version.map_or(start(overlay.span), |node| node.span);
        let message = "this is no overlay of a version that is known";
        problems.push(error(
            span,
            message,
            "an overlay begins with `overlay: 1.0.0`",
        ));
        return Vec::new();
    }
    for (name, member) in overlay.members() {
        if !KEYS.contains(&name) && !name.starts_with("x-") {
            problems.push(no_member(name, member.key, "an overlay", &KEYS));
        }
    }
    let Some(actions) = overlay.get("actions").and_then(Node::as_array) else {
        let hint = "such as `actions: [{target: $.info, update: {title: Mine}}]`";
        let span = overlay
            .get("actions")
            .map_or(start(overlay.span), |node| node.span);
        problems.push(error(span, "`actions` must be a list of changes", hint));
        return Vec::new();
    };
    let read = |node| action(node).map_err(|problem| problems.push(problem)).ok();
    actions.iter().filter_map(read).collect()
}

fn start(span: Span) -> Span {
    Span {
        end: span.start,
        ..span
    }
}

fn no_member(name: &str, span: Span, of: &str, known: &[&str]) -> Diagnostic {
    let problem = Diagnostic::error("overlay", span, format!("{of} has no `{name}`"));
    match similar::get_close_matches(name, known, 1, 0.6).first() {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint(format!("it has `{}`", known.join("`, `"))),
    }
}

fn action(node: &Node) -> Result<Action, Diagnostic> {
    let error =
        |span, message: &str, hint: &str| Diagnostic::error("overlay", span, message).hint(hint);
    let unknown = |(name, _): &(&str, _)| !ACTION_KEYS.contains(name) && !name.starts_with("x-");
    if let Some((name, member)) = node.members().find(unknown) {
        return Err(no_member(
            name,
            member.key,
            "an action of an overlay",
            &ACTION_KEYS,
        ));
    }
    let Some(target) = node.get("target") else {
        let hint = "such as `target: $.paths['/items'].get`";
        return Err(error(
            start(node.span),
            "an action of an overlay needs a `target`",
            hint,
        ));
    };
    let span = target.span;
    let target = path(target)?;
    let remove = node.get("remove");
    if let Some(other) = remove.filter(|node| node.as_bool().is_none()) {
        return Err(error(
            other.span,
            "`remove` must be `true` or `false`",
            "leave it out, or say `true`",
        ));
    }
    let change = match (node.get("copy"), node.get("update")) {
        _ if remove.and_then(Node::as_bool) == Some(true) => Change::Remove,
        (Some(source), _) => Change::Copy(path(source)?),
        (None, Some(update)) => Change::Update(update.clone()),
        (None, None) => {
            let hint = "`update:` with what is merged into it, or `remove: true`";
            return Err(error(span, "the action of the overlay does nothing", hint));
        }
    };
    Ok(Action {
        target,
        span,
        change,
    })
}

fn path(node: &Node) -> Result<JsonPath, Diagnostic> {
    let error = |message: String| {
        let hint = "as in `$.paths['/items'].get`: what is more than letters, digits and `_` stands in brackets and quotes";
        Diagnostic::error("overlay", node.span, message).hint(hint)
    };
    let text = node
        .as_str()
        .ok_or_else(|| error("a JSONPath is a text".to_owned()))?;
    let (mut open, mut deepest) = (0_usize, 0);
    for c in text.chars() {
        match c {
            '(' | '[' => open += 1,
            ')' | ']' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    let descents = text.matches("..").count();
    if text.len() > MAX_TARGET || deepest > MAX_NESTING || descents > MAX_DESCENTS {
        return Err(error(
            "this JSONPath is too long, or looks too deep".to_owned(),
        ));
    }
    JsonPath::parse(text).map_err(|cause| error(format!("this is no JSONPath: {cause}")))
}

/// Changes a document in the order of the actions; those that found nothing are given back.
pub(super) fn apply(
    actions: Vec<Action>,
    root: &mut Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Action> {
    if actions.is_empty() {
        return actions;
    }
    let mut value = root.to_json();
    let mut idle = Vec::new();
    let mut added = 0;
    for action in actions {
        let places = places(&action.target, &value);
        if places.is_empty() {
            idle.push(action);
            continue;
        }
        if let Err(message) = act(&action, &places, root, &mut value, &mut added) {
            let problem = Diagnostic::error("overlay", action.span, message);
            diagnostics.push(problem.hint("`apigen expand` shows the document as it is"));
            if added > MAX_ADDED {
                break;
            }
        }
    }
    idle
}

/// Does it at each of the places; `value` is what the document is as JSON.
fn act(
    action: &Action,
    places: &[String],
    root: &mut Node,
    value: &mut Value,
    added: &mut usize,
) -> Result<(), &'static str> {
    let copied;
    let update = match &action.change {
        Change::Remove => None,
        Change::Update(update) => Some(update),
        Change::Copy(source) => {
            let [place] = &*self::places(source, value) else {
                return Err("`copy` must select one place of the document");
            };
            copied = root.pointer(place).cloned();
            copied.as_ref()
        }
    };
    let (size, depth) = update.map_or((0, 0), measure);
    // From the end: what stands first in a list keeps its place while what follows it goes.
    for place in places.iter().rev() {
        let changed = match update {
            Some(update) => {
                *added += size;
                let depth = depth + place.matches('/').count();
                if *added > MAX_ADDED || depth > MAX_DEPTH {
                    return Err(
                        "the overlay makes the document larger or deeper than a sane one is",
                    );
                }
                root.pointer_mut(place)
                    .map_or(Ok(()), |target| extend(target, update))?;
                place
            }
            None => {
                let Some((above, last)) = place.rsplit_once('/') else {
                    return Err("the whole document cannot be removed");
                };
                root.pointer_mut(above)
                    .into_iter()
                    .for_each(|above| remove(above, last));
                above
            }
        };
        if let (Some(stale), Some(fresh)) = (at_mut(value, changed), root.pointer(changed)) {
            *stale = fresh.to_json();
        }
    }
    Ok(())
}

/// That an action found nothing.
pub(super) fn idle(action: &Action) -> Diagnostic {
    let message = "the target of the overlay selects nothing";
    let hint = "`apigen expand` shows the document as it is; leave the action out where it has had its day";
    Diagnostic::warning("overlay-idle", action.span, message).hint(hint)
}

/// What a path selects, as pointers: what stands further in, or further down a list, comes later.
fn places(path: &JsonPath, value: &Value) -> Vec<String> {
    let token = |element: &PathElement<'_>| match element {
        PathElement::Name(name) => format!("/{}", escape(name)),
        PathElement::Index(index) => format!("/{index}"),
    };
    let found = path.query_located(value).dedup();
    let mut found: Vec<_> = found.locations().collect();
    found.sort_by(|one, other| one.partial_cmp(other).unwrap_or(Ordering::Equal));
    let pointer =
        |location: &&serde_json_path::NormalizedPath<'_>| location.iter().map(token).collect();
    found.iter().map(pointer).collect()
}

/// How many nodes it is, and how deep.
fn measure(node: &Node) -> (usize, usize) {
    let inner: Vec<_> = match &node.kind {
        Kind::Array(items) => items.iter().map(measure).collect(),
        Kind::Object(members) => members
            .values()
            .map(|member| measure(&member.value))
            .collect(),
        _ => Vec::new(),
    };
    let sum = inner.iter().map(|(size, _)| size).sum::<usize>();
    let depth = inner.iter().map(|(_, depth)| depth + 1).max();
    (sum + 1, depth.unwrap_or_default())
}

/// An object is merged with an object, a list gets an item or those of a list, and all else is replaced by its like.
fn extend(target: &mut Node, update: &Node) -> Result<(), &'static str> {
    let is_plain = |node: &Node| !matches!(node.kind, Kind::Object(_) | Kind::Array(_));
    match (&mut target.kind, &update.kind) {
        (Kind::Array(items), kind) if !matches!(kind, Kind::Array(_)) => items.push(update.clone()),
        (Kind::Object(_), Kind::Object(_)) | (Kind::Array(_), _) => merge(target, update),
        (Kind::Object(_), _) => {
            return Err("the target is an object, which only an object can update");
        }
        _ if is_plain(update) => *target = update.clone(),
        _ => return Err("the target is a single value, which only a single value can update"),
    }
    Ok(())
}

fn merge(target: &mut Node, update: &Node) {
    match (&mut target.kind, &update.kind) {
        (Kind::Object(members), Kind::Object(updates)) => {
            for (name, update) in updates {
                match members.entry(name.clone()) {
                    Entry::Occupied(mut own) => merge(&mut own.get_mut().value, &update.value),
                    Entry::Vacant(place) => drop(place.insert(update.clone())),
                }
            }
        }
        (Kind::Array(items), Kind::Array(more)) => items.extend(more.iter().cloned()),
        _ => *target = update.clone(),
    }
}

fn remove(above: &mut Node, last: &str) {
    match &mut above.kind {
        Kind::Object(members) => drop(members.shift_remove(&*unescape(last))),
        Kind::Array(items) => {
            let index = last.parse().ok().filter(|index| *index < items.len());
            index
                .into_iter()
                .for_each(|index| drop(items.remove(index)));
        }
        _ => {}
    }
}

fn at_mut<'v>(value: &'v mut Value, pointer: &str) -> Option<&'v mut Value> {
    let mut tokens = pointer.split('/').skip(1).map(unescape);
    tokens.try_fold(value, |value, token| match value {
        Value::Object(members) => members.get_mut(&*token),
        Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
        _ => None,
    })
}
