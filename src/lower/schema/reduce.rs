//! Looks through references and wrappers, to the schema that says something.

use crate::spec::{Kind, Node};

use super::{
    facts::{Facts, Part},
    index::Index,
};

/// The longest chain of references and wrappers.
const LONGEST: usize = 100;

/// How many levels of alternatives beside keywords are merged.
const MOST_PARTS: usize = 5;

/// The schema behind wrappers.
#[derive(Debug, Clone)]
pub(super) struct Target<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// The component that it is, where it is one.
    pub(super) component: Option<&'a str>,
    pub(super) notes: Notes<'a>,
}

/// What the wrappers say; the outermost is heard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Notes<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    pub(super) default: Option<&'a Node>,
    pub(super) example: Option<&'a Node>,
    pub(super) nullable: bool,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) deprecated: bool,
}

/// Follows references, `allOf` of one and alternatives of one, while all else is annotation.
pub(super) fn reduce<'a>(index: &Index<'a>, parts: Vec<Part<'a>>) -> Target<'a> {
    let mut reduced = Target {
        parts,
        component: None,
        notes: Notes::default(),
    };
    for _ in 0..LONGEST {
        let [part] = reduced.parts[..] else { break };
        // What a component wraps is the component.
        let own = index.component(part.node).filter(|_| !part.bare);
        reduced.component = own.or(reduced.component);
        let Some(step) = step(index, part, &mut reduced) else {
            break;
        };
        reduced.notes.hear(part.node);
        let beside = part.node.get("allOf").map(Node::items);
        for node in beside.into_iter().flatten().filter(|node| is_note(node)) {
            reduced.notes.hear(node);
        }
        reduced.parts = vec![step];
    }
    reduced
}

fn step<'a>(index: &Index<'a>, part: Part<'a>, reduced: &mut Target<'a>) -> Option<Part<'a>> {
    let node = part.node;
    let applies = ["$ref", "allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| node.get(key).is_some());
    // `type: object` beside them is a habit that says nothing more.
    let is_habit = |name: &str| {
        name == "type" && applies && node.get("type").and_then(Node::as_str) == Some("object")
    };
    let names = node.members().map(|(name, _)| name);
    let mut keys = names.filter(|name| !is_annotation(name) && !is_habit(name));
    let key = keys.next().filter(|_| !part.bare)?;
    if keys.next().is_some() {
        return None;
    }
    let value = node.get(key)?;
    match key {
        "$ref" => index.target(value).map(Part::new),
        "allOf" => {
            let mut parts = value.items().iter().filter(|part| !is_note(part));
            let only = parts.next().filter(|_| parts.next().is_none())?;
            // A component that does no more than derive from a base is still one of its children.
            let base = only
                .get("$ref")
                .and_then(|reference| index.target(reference));
            let derives = base.is_some_and(|base| index.is_base(base) || index.is_own(node, base));
            let is_child = derives && index.component(node).is_some();
            (!is_child).then(|| Part::new(only))
        }
        "oneOf" | "anyOf" => {
            let mut rest = value.items().iter().filter(|one| !is_null(one));
            let only = rest.next().filter(|_| rest.next().is_none())?;
            reduced.notes.nullable |= value.items().len() > 1;
            Some(Part::new(only))
        }
        _ => None,
    }
}

/// `{type: null}`, or another schema that only null fits.
pub(super) fn is_null(node: &Node) -> bool {
    let is = |value: &Node| value.as_str() == Some("null");
    let by_type = node.get("type").is_some_and(|ty| match ty.as_array() {
        Some(list) => !list.is_empty() && list.iter().all(is),
        None => is(ty),
    });
    let null = |value: &Node| value.kind == Kind::Null;
    let by_enum = node
        .get("enum")
        .is_some_and(|list| list.items().len() == 1 && null(&list.items()[0]));
    // OpenAPI 3.0 has no better word for it.
    let by_flag = node.as_object().is_some_and(|members| members.len() == 1)
        && node.get("nullable").and_then(Node::as_bool) == Some(true);
    by_type || by_enum || by_flag || node.get("const").is_some_and(null)
}

/// A part of `allOf` that only describes what the others are.
fn is_note(node: &Node) -> bool {
    let mut names = node.members().map(|(name, _)| name);
    node.as_object().is_some() && names.all(|name| is_annotation(name) && name != "discriminator")
}

fn is_annotation(name: &str) -> bool {
    matches!(
        name,
        "title"
            | "description"
            | "default"
            | "example"
            | "examples"
            | "nullable"
            | "readOnly"
            | "writeOnly"
            | "deprecated"
            | "externalDocs"
            | "xml"
            | "$comment"
            | "summary"
            | "$id"
            | "$schema"
            | "$anchor"
            | "$defs"
            | "definitions"
            | "discriminator"
    ) || name.starts_with("x-")
}

impl<'a> Notes<'a> {
    /// What the schema itself says.
    pub(super) fn of(facts: &Facts<'a>) -> Self {
        Self {
            title: facts.title,
            description: facts.description,
            default: facts.default,
            example: facts.example,
            nullable: facts.nullable,
            read_only: facts.read_only,
            write_only: facts.write_only,
            deprecated: facts.deprecated,
        }
    }

    /// These, and where they are silent those.
    pub(super) fn before(self, inner: &Self) -> Self {
        Self {
            title: self.title.or(inner.title),
            description: self.description.or(inner.description),
            default: self.default.or(inner.default),
            example: self.example.or(inner.example),
            nullable: self.nullable || inner.nullable,
            read_only: self.read_only || inner.read_only,
            write_only: self.write_only || inner.write_only,
            deprecated: self.deprecated || inner.deprecated,
        }
    }

    fn hear(&mut self, node: &'a Node) {
        let is = |name| node.get(name).and_then(Node::as_bool) == Some(true);
        let text = |name| node.get(name).and_then(Node::as_str);
        let first = || node.get("examples").and_then(|list| list.items().first());
        self.title = self.title.or(text("title"));
        self.description = self.description.or(text("description"));
        self.default = self.default.or(node.get("default"));
        self.example = self.example.or(node.get("example")).or_else(first);
        self.nullable |= is("nullable");
        self.read_only |= is("readOnly");
        self.write_only |= is("writeOnly");
        self.deprecated |= is("deprecated");
    }
}

/// The parts of an alternative that stands beside other keywords: all of them hold. `None` where
/// alternatives within alternatives pile up.
pub(super) fn with_base<'a>(base: &[Part<'a>], alternative: Part<'a>) -> Option<Vec<Part<'a>>> {
    let mut parts: Vec<Part<'a>> = Vec::new();
    for part in base {
        if !parts
            .iter()
            .any(|other| std::ptr::eq(other.node, part.node))
        {
            parts.push(Part {
                bare: true,
                ..*part
            });
        }
    }
    parts.push(alternative);
    (parts.len() <= MOST_PARTS).then_some(parts)
}
