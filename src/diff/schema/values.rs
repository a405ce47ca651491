//! Listed values, patterns, and what is said about a schema.

use std::collections::BTreeSet;

use super::{Aspect, Pair, View};
use crate::{
    diagnostic::Span,
    spec::{Kind, Node},
};

/// Keywords that are compared as a whole.
const WHOLE: [&str; 13] = [
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
    "contentEncoding",
    "contentMediaType",
];

/// The longest value that is shown whole.
const SHOWN: usize = 60;

/// The values that a schema lists, without null.
pub(super) struct Values<'a> {
    pub(super) all: Vec<&'a Node>,
    span: Span,
    is_const: bool,
}

/// What `enum` and `const` leave.
pub(super) fn values<'a>(view: &View<'a>) -> Option<Values<'a>> {
    let listed = view.all("enum").iter().map(|member| Values {
        all: member.value.items().iter().collect(),
        span: member.key,
        is_const: false,
    });
    let fixed = view.all("const").iter().map(|member| Values {
        all: vec![&member.value],
        span: member.key,
        is_const: true,
    });
    let mut found = fixed.chain(listed).reduce(|mut all, more| {
        all.all.retain(|value| has(&more.all, value));
        all
    })?;
    found.all.retain(|value| value.kind != Kind::Null);
    Some(found)
}

/// Compares values, patterns and the rest of what constrains.
pub(super) fn compare<'a>(pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
    listed(pair, values(old), values(new));
    patterns(pair, old, new);
    let places = |word: &str| (old.key(word), new.key(word));
    let unique = match (old.flag("uniqueItems"), new.flag("uniqueItems")) {
        (false, true) => Some((Aspect::UniqueItemsAdded, "may no longer have an item twice")),
        (true, false) => Some((Aspect::UniqueItemsRemoved, "may have an item twice")),
        _ => None,
    };
    if let Some((aspect, words)) = unique {
        let (was, is) = places("uniqueItems");
        pair.tell(aspect, words.to_owned(), was, is);
    }
    for word in WHOLE {
        let said = |view: &View<'a>| -> Vec<_> {
            let all = view.all(word).iter();
            all.map(|member| member.value.to_json()).collect()
        };
        if said(old) != said(new) {
            let (was, is) = places(word);
            pair.tell(
                Aspect::KeywordChanged,
                format!("has another `{word}`"),
                was,
                is,
            );
        }
    }
}

fn listed<'a>(pair: &mut Pair<'a>, old: Option<Values<'a>>, new: Option<Values<'a>>) {
    let (old, new) = match (old, new) {
        (None, None) => return,
        (None, Some(is)) => {
            let (aspect, words) = match is.is_const {
                true => (Aspect::ConstAdded, "can only be"),
                false => (Aspect::BecameEnum, "can only be one of"),
            };
            let words = format!("{words} {}", listing(&is.all));
            return pair.tell(aspect, words, None, Some(is.span));
        }
        (Some(was), None) => {
            let (aspect, words) = match was.is_const {
                true => (Aspect::ConstRemoved, "can be something else than"),
                false => (Aspect::BecameNotEnum, "can be something else than"),
            };
            let words = format!("{words} {}", listing(&was.all));
            return pair.tell(aspect, words, Some(was.span), None);
        }
        (Some(old), Some(new)) => (old, new),
    };
    if old.is_const && new.is_const {
        if !has(&new.all, old.all.first().copied().unwrap_or(&NULL)) {
            let words = format!("is {}, was {}", listing(&new.all), listing(&old.all));
            pair.tell(Aspect::ConstChanged, words, Some(old.span), Some(new.span));
        }
        return;
    }
    for value in new.all.iter().filter(|value| !has(&old.all, value)) {
        let words = format!("can be {}", shown(value));
        pair.tell(Aspect::EnumAdded, words, Some(old.span), Some(value.span));
    }
    for value in old.all.iter().filter(|value| !has(&new.all, value)) {
        let words = format!("can no longer be {}", shown(value));
        pair.tell(Aspect::EnumRemoved, words, Some(value.span), Some(new.span));
    }
}

const NULL: Node = Node {
    kind: Kind::Null,
    span: Span {
        file: 0,
        start: 0,
        end: 0,
    },
};

fn has(all: &[&Node], value: &Node) -> bool {
    all.iter().any(|other| same(other, value))
}

/// The same value, wherever it stands.
pub(super) fn same(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::String(a), Kind::String(b)) => a == b,
        _ => a.to_json() == b.to_json(),
    }
}

fn listing(all: &[&Node]) -> String {
    let values: Vec<_> = all.iter().take(5).map(|value| shown(value)).collect();
    match all.len().saturating_sub(5) {
        0 => values.join(", "),
        more => format!("{} and {more} more", values.join(", ")),
    }
}

fn shown(value: &Node) -> String {
    let text = match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_json().to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

fn patterns<'a>(pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
    let patterns = |view: &View<'a>| -> BTreeSet<&'a str> {
        let all = view.all("pattern").iter();
        let texts = all.filter_map(|member| member.value.as_str());
        texts
            .filter(|text| !["", ".*", "^.*$"].contains(text))
            .collect()
    };
    let shown = |all: &BTreeSet<&str>| {
        let all: Vec<_> = all.iter().map(|pattern| format!("`{pattern}`")).collect();
        all.join(" and ")
    };
    let (was, is) = (patterns(old), patterns(new));
    if was == is {
        return;
    }
    let added: BTreeSet<_> = is.difference(&was).copied().collect();
    let removed: BTreeSet<_> = was.difference(&is).copied().collect();
    let (aspect, words) = match (added.is_empty(), removed.is_empty()) {
        (false, true) => (
            Aspect::PatternAdded,
            format!("must match {}", shown(&added)),
        ),
        (true, false) => (
            Aspect::PatternRemoved,
            format!("need not match {}", shown(&removed)),
        ),
        _ => {
            let words = format!("must match {}, had to match {}", shown(&is), shown(&was));
            (Aspect::PatternChanged, words)
        }
    };
    pair.tell(aspect, words, old.key("pattern"), new.key("pattern"));
}

/// Compares what is said about a schema.
pub(super) fn words<'a>(pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) {
    let places = |word: &str| (old.key(word), new.key(word));
    let (was, is) = places("default");
    let default = match (old.first("default"), new.first("default")) {
        (None, Some(is)) => Some((
            Aspect::DefaultAdded,
            format!("has the default {}", shown(is)),
        )),
        (Some(was), None) => {
            let words = format!("no longer has the default {}", shown(was));
            Some((Aspect::DefaultRemoved, words))
        }
        (Some(was), Some(is)) if !same(was, is) => {
            let words = format!("has the default {}, had {}", shown(is), shown(was));
            Some((Aspect::DefaultChanged, words))
        }
        _ => None,
    };
    if let Some((aspect, words)) = default {
        pair.tell(aspect, words, was, is);
    }
    let deprecated = match (old.flag("deprecated"), new.flag("deprecated")) {
        (false, true) => Some((Aspect::Deprecated, "is deprecated")),
        (true, false) => Some((Aspect::Reactivated, "is no longer deprecated")),
        _ => None,
    };
    if let Some((aspect, words)) = deprecated {
        let (was, is) = places("deprecated");
        pair.tell(aspect, words.to_owned(), was, is);
    }
    let cosmetic = [
        (Aspect::DescriptionChanged, "title"),
        (Aspect::DescriptionChanged, "description"),
        (Aspect::ExampleChanged, "example"),
        (Aspect::ExampleChanged, "examples"),
    ];
    for (aspect, word) in cosmetic {
        let is_same = match (old.first(word), new.first(word)) {
            (Some(old), Some(new)) => same(old, new),
            (old, new) => old.is_none() && new.is_none(),
        };
        if !is_same {
            let (was, is) = places(word);
            pair.tell(
                aspect,
                format!("has another {}", word.trim_end_matches('s')),
                was,
                is,
            );
        }
    }
}
