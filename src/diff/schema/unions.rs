//! Alternatives: which came, which went, and which became another.

use super::{Aspect, Pair, Schemas, Step, View, values::same, view::Union};
use crate::{diagnostic::Span, spec::Node};

impl<'a> Schemas<'a> {
    /// Where one thing became alternatives, or alternatives one thing: the same thing is found among
    /// them, and nothing else is compared.
    pub(super) fn wrapped(&mut self, pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) -> bool {
        let is_bare = |view: &View<'a>| {
            !view.unions.is_empty()
                && view.all("properties").is_empty()
                && view.all("type").is_empty()
        };
        let says = |view: &View<'a>| view.place.is_some();
        let (single, union, is_new) = match (old.unions.as_slice(), new.unions.as_slice()) {
            ([], [union]) if is_bare(new) && says(old) => (old, union, true),
            ([union], []) if is_bare(old) && says(new) => (new, union, false),
            _ => return false,
        };
        let is_same = |node: &&&'a Node| match (pointer(node), single.pointer) {
            (Some(a), Some(b)) => last(a) == last(b),
            (None, None) => single.node.is_some_and(|known| same(known, node)),
            _ => false,
        };
        let Some(&kept) = union.alternatives.iter().find(is_same) else {
            let words = match is_new {
                true => "became one of alternatives, none of which it was",
                false => "is one thing, and was none of the alternatives that it had",
            };
            let span = Some(union.span);
            let (was, is) = if is_new { (None, span) } else { (span, None) };
            pair.tell(Aspect::UnionChanged, words.to_owned(), was, is);
            return true;
        };
        for other in union
            .alternatives
            .iter()
            .filter(|other| !std::ptr::eq(**other, kept))
        {
            alternative(pair, union, other, is_new);
        }
        true
    }

    /// Compares the unions of two schemas.
    pub(super) fn unions(&mut self, pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
        discriminator(pair, old, new);
        if old.unions.len() != new.unions.len() {
            let place = |view: &View<'a>| view.unions.first().map(|union| union.span);
            let words = "has other alternatives".to_owned();
            return pair.tell(Aspect::UnionChanged, words, place(old), place(new));
        }
        for (was, is) in old.unions.iter().zip(&new.unions) {
            let (matched, gone, come) = matched(was, is);
            for (old, new) in matched {
                let inner = self.pair_of(vec![old], vec![new]);
                pair.hold(Step::Alternative(name(is, new)), inner);
            }
            for node in gone {
                alternative(pair, was, node, false);
            }
            for node in come {
                alternative(pair, is, node, true);
            }
        }
    }
}

/// The alternatives that belong together, those that are gone, and those that are new: by their
/// component, by what they say, and by their places where as many are left of both.
#[allow(clippy::type_complexity, reason = "three lists")]
fn matched<'a>(
    old: &Union<'a>,
    new: &Union<'a>,
) -> (Vec<(&'a Node, &'a Node)>, Vec<&'a Node>, Vec<&'a Node>) {
    let mut gone = old.alternatives.clone();
    let mut come = new.alternatives.clone();
    let mut matched = Vec::new();
    let by: [fn(&Node, &Node) -> bool; 3] = [
        |a, b| pointer(a).is_some() && pointer(a).map(last) == pointer(b).map(last),
        |a, b| pointer(a).is_none() && same(a, b),
        |a, b| title(a).is_some() && title(a) == title(b),
    ];
    for is_same in by {
        gone.retain(|old| match come.iter().position(|new| is_same(old, new)) {
            Some(place) => {
                matched.push((*old, come.remove(place)));
                false
            }
            None => true,
        });
    }
    if gone.len() == come.len() {
        matched.extend(gone.drain(..).zip(come.drain(..)));
    }
    (matched, gone, come)
}

fn alternative<'a>(pair: &mut Pair<'a>, union: &Union<'a>, node: &'a Node, is_new: bool) {
    let aspect = match (union.is_one_of, is_new) {
        (true, true) => Aspect::OneOfAdded,
        (true, false) => Aspect::OneOfRemoved,
        (false, true) => Aspect::AnyOfAdded,
        (false, false) => Aspect::AnyOfRemoved,
    };
    let name = name(union, node);
    let (words, was, is) = match is_new {
        true => (format!("can be `{name}`"), None, Some(node.span)),
        false => (format!("can no longer be `{name}`"), Some(node.span), None),
    };
    pair.tell(aspect, words, was, is);
}

fn name(union: &Union<'_>, node: &Node) -> String {
    let place = union
        .alternatives
        .iter()
        .position(|one| std::ptr::eq(*one, node));
    let number = || format!("alternative {}", place.unwrap_or_default() + 1);
    let named = pointer(node).map(last).or(title(node));
    named.map_or_else(number, str::to_owned)
}

fn pointer(node: &Node) -> Option<&str> {
    node.get("$ref")?.as_str()
}

fn title(node: &Node) -> Option<&str> {
    node.get("title")?.as_str()
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}

fn discriminator<'a>(pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
    const WORD: &str = "discriminator";
    let (was, is) = (old.key(WORD), new.key(WORD));
    let mut tell = |aspect, words: String, old: Option<Span>, new: Option<Span>| {
        pair.tell(aspect, words, old.or(was), new.or(is));
    };
    let property = |node: &'a Node| {
        node.get("propertyName")
            .and_then(Node::as_str)
            .unwrap_or_default()
    };
    let (old, new) = match (old.first(WORD), new.first(WORD)) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => {
            let words = format!("names its alternatives by `{}`", property(new));
            return tell(Aspect::DiscriminatorAdded, words, None, None);
        }
        (Some(old), None) => {
            let words = format!("no longer names its alternatives by `{}`", property(old));
            return tell(Aspect::DiscriminatorRemoved, words, None, None);
        }
        (None, None) => return,
    };
    if property(old) != property(new) {
        let words = format!(
            "names its alternatives by `{}`, by `{}` before",
            property(new),
            property(old)
        );
        tell(Aspect::DiscriminatorName, words, None, None);
    }
    let mapping = |node: &'a Node| node.get("mapping").and_then(Node::as_object);
    let known = |node: &'a Node, name: &str| mapping(node).and_then(|all| all.get(name));
    for (name, member) in mapping(new).into_iter().flatten() {
        match known(old, name) {
            None => {
                let words = format!("may be named `{name}` in its discriminator");
                tell(Aspect::MappingAdded, words, None, Some(member.key));
            }
            Some(before) => {
                let means = |node: &'a Node| node.as_str().map(last);
                if means(&before.value) != means(&member.value) {
                    let words = format!("means another alternative by `{name}`");
                    tell(
                        Aspect::MappingChanged,
                        words,
                        Some(before.key),
                        Some(member.key),
                    );
                }
            }
        }
    }
    for (name, member) in mapping(old).into_iter().flatten() {
        if known(new, name).is_none() {
            let words = format!("may no longer be named `{name}` in its discriminator");
            tell(Aspect::MappingDeleted, words, Some(member.key), None);
        }
    }
}
