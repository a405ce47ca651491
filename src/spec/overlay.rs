//! OpenAPI Overlay 1.0: changes of a document that is not its user's to edit, each at the places that a JSONPath
//! (RFC 9535) selects.

use indexmap::map::Entry;
use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::diagnostic::{Diagnostic, Span};

use super::{Kind, Node, escape};

const KEYS: [&str; 4] = ["overlay", "info", "extends", "actions"];
const ACTION_KEYS: [&str; 4] = ["target", "description", "update", "remove"];

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
    Remove,
}

/// The changes of an overlay, and what is wrong with it.
pub(super) fn read(overlay: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<Action> {
    let mut refuse = |span, message: &str, hint: &str| {
        let problem = Diagnostic::error("overlay", span, message);
        diagnostics.push(problem.hint(hint));
    };
    let version = overlay.get("overlay");
    let is_known = |node: &Node| node.as_text().is_some_and(|text| text.starts_with("1.0"));
    if !version.is_some_and(is_known) {
        let place = version.map_or(overlay.span, |node| node.span);
        let span = Span {
            end: place.start,
            ..place
        };
        refuse(span, "this is no overlay that can be read", "it says `overlay: 1.0.0` at its root");
        return Vec::new();
    }
    for (name, member) in overlay.members() {
        if !KEYS.contains(&name) && !name.starts_with("x-") {
            refuse(member.key, &format!("an overlay has no `{name}`"), "`actions` has what it does");
        }
    }
    let Some(actions) = overlay.get("actions").and_then(Node::as_array) else {
        let hint = "such as `actions: [{target: $.info, update: {title: Mine}}]`";
        refuse(overlay.span, "`actions` must be a list of changes", hint);
        return Vec::new();
    };
    let mut read = |node| match action(node) {
        Ok(action) => Some(action),
        Err(problem) => {
            diagnostics.push(problem);
            None
        }
    };
    actions.iter().filter_map(&mut read).collect()
}

fn action(node: &Node) -> Result<Action, Diagnostic> {
    let error = |span, message: String| Diagnostic::error("overlay", span, message);
    let unknown = |(name, _): &(&str, _)| !ACTION_KEYS.contains(name) && !name.starts_with("x-");
    if let Some((name, member)) = node.members().find(unknown) {
        let near = similar::get_close_matches(name, &ACTION_KEYS, 1, 0.6);
        let problem = error(member.key, format!("an action of an overlay has no `{name}`"));
        return Err(match near.first() {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem.hint("it has `target`, `description`, `update` and `remove`"),
        });
    }
    let Some((text, span)) = node.get("target").and_then(|target| Some((target.as_str()?, target.span))) else {
        let hint = "such as `target: $.paths['/items'].get`";
        return Err(error(node.span, "an action needs a `target`".to_owned()).hint(hint));
    };
    let target = JsonPath::parse(text).map_err(|cause| {
        error(span, format!("the target is no JSONPath: {cause}")).hint("RFC 9535; `$.paths['/items'].get`")
    })?;
    let removes = node.get("remove").and_then(Node::as_bool).unwrap_or_default();
    let change = match node.get("update") {
        _ if removes => Change::Remove,
        Some(update) => Change::Update(update.clone()),
        None => {
            let hint = "`update:` with what is merged into it, or `remove: true`";
            return Err(error(node.span, "the action does nothing".to_owned()).hint(hint));
        }
    };
    Ok(Action { target, span, change })
}

/// Changes a document in the order of the actions; those that found nothing are given back.
pub(super) fn apply(
    actions: Vec<Action>,
    root: &mut Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Action> {
    let mut value = root.to_json();
    let mut idle = Vec::new();
    for action in actions {
        let places = places(&action.target, &value);
        if places.is_empty() {
            idle.push(action);
            continue;
        }
        // What stands first keeps its place while what follows it in a list goes.
        for place in places.iter().rev() {
            let changed = match &action.change {
                Change::Update(update) => {
                    let target = root.pointer_mut(place);
                    let merged = target.map_or(Ok(()), |target| extend(target, update));
                    diagnostics.extend(merged.err().map(|message| {
                        Diagnostic::error("overlay", action.span, message).hint("select what has it, and update that")
                    }));
                    place.as_str()
                }
                Change::Remove => {
                    let (above, last) = place.rsplit_once('/').unwrap_or_default();
                    remove(root.pointer_mut(above), last);
                    above
                }
            };
            if let (Some(stale), Some(fresh)) = (at_mut(&mut value, changed), root.pointer(changed)) {
                *stale = fresh.to_json();
            }
        }
    }
    idle
}

/// That an action found nothing.
pub(super) fn idle(action: &Action) -> Diagnostic {
    let message = "the target of the overlay selects nothing";
    let hint = "see `apigen expand` for the document as it is, and remove the action where it is out of date";
    Diagnostic::warning("overlay-idle", action.span, message).hint(hint)
}

/// What a path selects, as pointers in the order of the document.
fn places(path: &JsonPath, value: &Value) -> Vec<String> {
    let token = |element: &PathElement| match element {
        PathElement::Name(name) => format!("/{}", escape(name)),
        PathElement::Index(index) => format!("/{index}"),
    };
    let located = path.query_located(value).dedup();
    located.iter().map(|node| node.location().iter().map(token).collect()).collect()
}

/// Objects are merged, lists get what is in the other, or the other itself; all else is replaced (section 4.4.3).
fn extend(target: &mut Node, update: &Node) -> Result<(), &'static str> {
    match (&mut target.kind, &update.kind) {
        (Kind::Object(_), Kind::Object(_)) => merge(target, update),
        (Kind::Array(items), _) => items.push(update.clone()),
        (Kind::Object(_), _) => return Err("an object can only be updated with an object"),
        _ => return Err("only objects and lists can be updated"),
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

fn remove(above: Option<&mut Node>, last: &str) {
    match above.map(|above| &mut above.kind) {
        Some(Kind::Object(members)) => drop(members.shift_remove(&*super::node::unescape(last))),
        Some(Kind::Array(items)) => {
            if let Some(index) = last.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

fn at_mut<'v>(value: &'v mut Value, pointer: &str) -> Option<&'v mut Value> {
    let tokens = pointer.split('/').skip(1).map(super::node::unescape);
    tokens.fold(Some(value), |value, token| match value? {
        Value::Object(members) => members.get_mut(&*token),
        Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
        _ => None,
    })
}
