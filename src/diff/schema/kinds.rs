//! The kinds of values that schemas take: types with their formats, and null.

use std::collections::BTreeSet;

use super::{Aspect, Own, Pair, View, What, values};
use crate::spec::{Kind, Node};

/// A type and its format.
type Type<'a> = (&'a str, &'a str);

/// What becomes of one set of kinds beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Same,
    Wider,
    Narrower,
    Other,
}

impl Relation {
    fn aspect(self) -> Option<Aspect> {
        match self {
            Self::Same => None,
            Self::Wider => Some(Aspect::TypeGeneralized),
            Self::Narrower => Some(Aspect::TypeSpecialized),
            Self::Other => Some(Aspect::TypeChanged),
        }
    }
}

/// Compares the kinds; where they have nothing in common, no more can be compared.
pub(super) fn compare<'a>(pair: &mut Pair<'a>, old: &View<'a>, new: &View<'a>) -> bool {
    let (was, is) = (types(old), types(new));
    let json = relation(&was, &is, false);
    if json != Relation::Same {
        let what = What::Kind(json.aspect(), relation(&was, &is, true).aspect());
        let place = |view: &View<'a>| view.key("type").or(view.key("format"));
        pair.own.push(Own {
            what,
            step: None,
            words: format!("is {}, was {}", shown(&is), shown(&was)),
            old: place(old),
            new: place(new),
        });
    }
    if json == Relation::Other {
        return false;
    }
    let null = match (is_nullable(old), is_nullable(new)) {
        (Some(false), Some(true)) => Some((Aspect::BecameNullable, "may be null")),
        (Some(true), Some(false)) => Some((Aspect::BecameNotNullable, "may no longer be null")),
        _ => None,
    };
    if let Some((aspect, words)) = null {
        pair.tell(aspect, words.to_owned(), old.key("type"), new.key("type"));
    }
    true
}

/// The types without null; `None` is any.
fn types<'a>(view: &View<'a>) -> Option<BTreeSet<Type<'a>>> {
    if view.is_never {
        return Some(BTreeSet::new());
    }
    let format = view.first("format").and_then(Node::as_str);
    let mut found: Option<BTreeSet<&'a str>> = None;
    for member in view.all("type") {
        let names = names(&member.value);
        found = Some(match found {
            Some(known) => known.intersection(&names).copied().collect(),
            None => names,
        });
    }
    let found = found.or_else(|| implied(view))?;
    let with_format = |name: &'a str| match name {
        "string" | "number" | "integer" => (name, format.unwrap_or_default()),
        _ => (name, ""),
    };
    let is_value = |name: &&str| *name != "null";
    Some(
        found
            .into_iter()
            .filter(is_value)
            .map(with_format)
            .collect(),
    )
}

fn names(node: &Node) -> BTreeSet<&str> {
    let one = node.as_str().into_iter();
    one.chain(node.items().iter().filter_map(Node::as_str))
        .collect()
}

/// The types that a schema without `type` means.
fn implied<'a>(view: &View<'a>) -> Option<BTreeSet<&'a str>> {
    let says = |keywords: &[&str]| keywords.iter().any(|name| view.first(name).is_some());
    if let Some(values) = values::values(view) {
        return Some(values.all.iter().map(|value| type_of(value)).collect());
    }
    if says(&["properties", "additionalProperties"]) {
        return Some(BTreeSet::from(["object"]));
    }
    says(&["items", "prefixItems"]).then(|| BTreeSet::from(["array"]))
}

fn type_of(value: &Node) -> &'static str {
    match &value.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "boolean",
        Kind::Number(number, _) if number.is_f64() => "number",
        Kind::Number(..) => "integer",
        Kind::String(_) => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
    }
}

/// Whether null is one of the values, where the schema says what its values are.
fn is_nullable(view: &View<'_>) -> Option<bool> {
    let types = view.all("type");
    if !types.is_empty() {
        let says_null = types
            .iter()
            .all(|member| names(&member.value).contains("null"));
        return Some(says_null || view.has_null);
    }
    let says = view.has_null || !view.unions.is_empty() || implied(view).is_some();
    says.then_some(view.has_null)
}

fn relation(
    old: &Option<BTreeSet<Type<'_>>>,
    new: &Option<BTreeSet<Type<'_>>>,
    is_text: bool,
) -> Relation {
    let within = |these: &BTreeSet<Type<'_>>, those: &BTreeSet<Type<'_>>| {
        let is_covered = |one: &Type<'_>| those.iter().any(|other| covers(*other, *one, is_text));
        these.iter().all(is_covered)
    };
    match (old, new) {
        (None, None) => Relation::Same,
        (None, Some(_)) => Relation::Narrower,
        (Some(_), None) => Relation::Wider,
        (Some(old), Some(new)) => match (within(old, new), within(new, old)) {
            (true, true) => Relation::Same,
            (true, false) => Relation::Wider,
            (false, true) => Relation::Narrower,
            (false, false) => Relation::Other,
        },
    }
}

/// Whether every value of the one is one of the other.
fn covers(wide: Type<'_>, narrow: Type<'_>, is_text: bool) -> bool {
    let is_scalar = ["string", "number", "integer", "boolean"].contains(&narrow.0);
    match (wide, narrow) {
        _ if wide == narrow => true,
        (("string", ""), _) if is_text && is_scalar => true,
        (("string", "binary" | "byte"), ("string", _)) => false,
        (("string", ""), ("string", format)) => format != "binary" && format != "byte",
        (("number", "" | "double"), ("number" | "integer", _)) => true,
        (("integer", ""), ("integer", _)) => true,
        (("integer", "int64"), ("integer", "int32")) => true,
        _ => false,
    }
}

fn shown(types: &Option<BTreeSet<Type<'_>>>) -> String {
    let Some(types) = types else {
        return "anything".to_owned();
    };
    let one = |(name, format): &Type<'_>| match *format {
        "" => format!("`{name}`"),
        format => format!("`{name}/{format}`"),
    };
    let all: Vec<_> = types.iter().map(one).collect();
    match all.is_empty() {
        true => "nothing".to_owned(),
        false => all.join(" or "),
    }
}
