//! Gathers the keywords of a schema, its `allOf` and its references.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Number;

use crate::{
    diagnostic::Span,
    model::{UnionMode, fits::whole},
    spec::Node,
};

use super::{
    facts::{Extra, Facts, Group, Part, Types},
    fragment::is_pattern,
    index::Index,
};

/// How deep `allOf` and references are followed.
const DEEPEST: usize = 150;

/// Gathers what these schemas say together.
pub(super) fn gather<'a>(index: &Index<'a>, parts: &[Part<'a>]) -> Facts<'a> {
    let mut gatherer = Gatherer {
        index,
        facts: Facts::default(),
        seen: HashSet::new(),
        depth: 0,
    };
    if let Some(first) = parts.first() {
        gatherer.facts.span = first.node.span;
    }
    for part in parts {
        gatherer.add(Part {
            owner: None,
            ..*part
        });
    }
    let mut facts = gatherer.facts;
    facts.nullable |= facts.types.is_some_and(|types| types.has(Types::NULL));
    facts.types = facts.types.map(Types::without_null);
    facts.drop_requirements();
    // What a part says of all other properties evaluates them.
    if let Some(span) = facts
        .closed
        .filter(|_| matches!(facts.extra, Extra::Unsaid))
    {
        // What depends on the value is judged beside the type.
        let depends = [
            "if",
            "patternProperties",
            "dependentSchemas",
            "dependencies",
        ];
        facts.extra = match depends.iter().any(|name| facts.has(name)) {
            true => {
                facts.beyond.push(("unevaluatedProperties", span));
                Extra::Allow
            }
            false => Extra::Deny,
        };
    }
    if facts.has_positions() {
        facts.items.clear();
    }
    if let Some(pattern) = facts.key_pattern.filter(|_| !facts.is_map()) {
        facts.beyond.push(("propertyNames", pattern.span));
    }
    facts
}

struct Gatherer<'i, 'a> {
    index: &'i Index<'a>,
    facts: Facts<'a>,
    /// The parts that were read: saying a thing twice adds nothing, and a loop ends.
    seen: HashSet<(*const Node, bool)>,
    depth: usize,
}

impl<'a> Gatherer<'_, 'a> {
    fn add(&mut self, part: Part<'a>) {
        let address = std::ptr::from_ref(part.node);
        let is_news = self.depth == 0 || self.seen.insert((address, part.bare));
        if self.depth >= DEEPEST || !is_news {
            return;
        }
        self.depth += 1;
        self.facts.never |= part.node.as_bool() == Some(false);
        let others = part.node.get("additionalProperties");
        if others.and_then(Node::as_bool) == Some(false) {
            self.facts.closing.push(part.node);
        }
        self.types(part.node);
        for (name, member) in part.node.members() {
            let _ = self.structure(part, name, &member.value)
                || self.rule(part.node, name, &member.value)
                || self.note(name, &member.value, part)
                || self.beyond(name, &member.value, member.key);
        }
        self.depth -= 1;
    }

    fn types(&mut self, node: &'a Node) {
        let said = match node.get("type") {
            Some(list) if list.as_array().is_some() => {
                let each = list.items().iter().filter_map(Node::as_str).map(Types::of);
                each.fold(Types::NONE, Types::or)
            }
            Some(one) => one.as_str().map_or(Types::NONE, Types::of),
            None => Types::NONE,
        };
        let nullable = node.get("nullable").and_then(Node::as_bool) == Some(true);
        if said == Types::NONE {
            self.facts.nullable |= nullable;
            return;
        }
        let said = if nullable { said.or(Types::NULL) } else { said };
        let both = self.facts.types.map_or(said, |types| types.and(said));
        self.facts.never |= both == Types::NONE;
        self.facts.types = Some(both);
    }

    /// Keywords that hold other schemas.
    fn structure(&mut self, part: Part<'a>, name: &str, value: &'a Node) -> bool {
        let inner = |node| Part { node, ..part };
        let own = |node| Part {
            owner: part.owner,
            ..Part::new(node)
        };
        match name {
            "$ref" => {
                if let Some(node) = self.index.target(value) {
                    let component = self.index.component(node);
                    self.add(Part {
                        node,
                        owner: component.or(part.owner),
                        bare: part.bare,
                    });
                }
            }
            "allOf" => {
                for node in value.items() {
                    let base = node.get("$ref").and_then(|to| self.index.target(to));
                    let is_own = base.is_some_and(|base| self.index.is_own(part.node, base));
                    let bare = part.bare || is_own;
                    self.add(Part {
                        bare,
                        ..inner(node)
                    });
                }
            }
            "oneOf" | "anyOf" => {
                let mode = if name == "oneOf" {
                    UnionMode::OneOf
                } else {
                    UnionMode::AnyOf
                };
                if !part.bare && !value.items().is_empty() {
                    self.facts.groups.push(Group {
                        mode,
                        part,
                        alternatives: value.items(),
                    });
                }
            }
            "properties" => {
                for (name, member) in value.members() {
                    let parts = self.facts.properties.entry(name).or_default();
                    push(parts, own(&member.value));
                }
            }
            "items" if value.as_array().is_none() => {
                push(&mut self.facts.items, Part::new(value));
            }
            "additionalProperties" => self.extra(Part::new(value)),
            "unevaluatedProperties" if value.as_bool() == Some(true) => {
                self.extra(Part::new(value));
            }
            "unevaluatedProperties" if value.as_bool() == Some(false) => {
                self.facts.closed = Some(value.span);
            }
            _ => return false,
        }
        true
    }

    fn extra(&mut self, part: Part<'a>) {
        let is_open = part.node.as_object().is_some_and(IndexMap::is_empty);
        match (part.node.as_bool(), &mut self.facts.extra) {
            (Some(false), extra) => *extra = Extra::Deny,
            (_, Extra::Deny) => {}
            (Some(true), extra @ Extra::Unsaid) => *extra = Extra::Allow,
            (None, extra @ Extra::Unsaid) if is_open => *extra = Extra::Allow,
            (None, Extra::Schema(parts)) => push(parts, part),
            (None, extra) if !is_open => *extra = Extra::Schema(vec![part]),
            _ => {}
        }
    }

    /// Keywords that bound values; of two bounds the narrower holds.
    fn rule(&mut self, node: &Node, name: &str, value: &'a Node) -> bool {
        let facts = &mut self.facts;
        // OpenAPI 3.0 says by a boolean that a bound is exclusive.
        let exclusive = |name| node.get(name).and_then(Node::as_bool) == Some(true);
        match name {
            "required" => {
                for name in value.items().iter().filter_map(Node::as_str) {
                    if !facts.required.contains(&name) {
                        facts.required.push(name);
                    }
                }
            }
            "enum" => facts.narrow_values(value.items().iter().collect()),
            "const" => facts.narrow_values(vec![value]),
            "minProperties" => raise(&mut facts.min_properties, value),
            "maxProperties" => lower(&mut facts.max_properties, value),
            "minItems" => raise(&mut facts.min_items, value),
            "maxItems" => lower(&mut facts.max_items, value),
            "minLength" => raise(&mut facts.min_length, value),
            "maxLength" => lower(&mut facts.max_length, value),
            "uniqueItems" => facts.unique |= value.as_bool() == Some(true),
            "minimum" if exclusive("exclusiveMinimum") => {
                keep_larger(&mut facts.above, value.as_number());
            }
            "maximum" if exclusive("exclusiveMaximum") => {
                keep_smaller(&mut facts.below, value.as_number());
            }
            "minimum" => keep_larger(&mut facts.min, value.as_number()),
            "maximum" => keep_smaller(&mut facts.max, value.as_number()),
            "exclusiveMinimum" => keep_larger(&mut facts.above, value.as_number()),
            "exclusiveMaximum" => keep_smaller(&mut facts.below, value.as_number()),
            "multipleOf" => {
                let step = value.as_number().filter(|step| step.as_f64() > Some(0.0));
                facts.multiple_of = step.cloned().or(facts.multiple_of.take());
            }
            "pattern" => facts.pattern = facts.pattern.or(Some(value)),
            "format" => facts.format = facts.format.or(value.as_str()),
            "contentEncoding" if value.as_str() == Some("base64") => {
                facts.format = facts.format.or(Some("byte"));
            }
            "propertyNames" if is_pattern(value) => {
                facts.key_pattern = value.get("pattern");
            }
            _ => return false,
        }
        true
    }

    /// Keywords that say something about a value, without bounding it. Those of `allOf` speak of
    /// a part only.
    fn note(&mut self, name: &str, value: &'a Node, part: Part<'a>) -> bool {
        let facts = &mut self.facts;
        let is_whole = self.depth == 1;
        let is_true = value.as_bool() == Some(true);
        match name {
            "title" if is_whole => facts.title = facts.title.or(value.as_str()),
            "description" if is_whole => facts.description = facts.description.or(value.as_str()),
            "default" if is_whole => facts.default = Some(value),
            "default" => facts.default = facts.default.or(Some(value)),
            "example" if is_whole => facts.example = facts.example.or(Some(value)),
            "examples" if is_whole => facts.example = facts.example.or(value.items().first()),
            "deprecated" if is_whole => facts.deprecated |= is_true,
            "discriminator" if is_whole && !part.bare => facts.discriminator = Some(value),
            "readOnly" => facts.read_only |= is_true,
            "writeOnly" => facts.write_only |= is_true,
            _ => return false,
        }
        true
    }

    /// Keywords that no type can say.
    fn beyond(&mut self, name: &'a str, value: &'a Node, key: Span) -> bool {
        let is_known = matches!(
            name,
            "not"
                | "if"
                | "then"
                | "else"
                | "patternProperties"
                | "propertyNames"
                | "dependentRequired"
                | "dependentSchemas"
                | "dependencies"
                | "contains"
                | "minContains"
                | "maxContains"
                | "unevaluatedProperties"
                | "unevaluatedItems"
                | "prefixItems"
                | "additionalItems"
                | "items"
                | "$dynamicRef"
                | "$recursiveRef"
        );
        if is_known {
            // Of older drafts.
            let is_list = name == "items" && value.as_array().is_some();
            let name = if is_list { "prefixItems" } else { name };
            self.facts.beyond.push((name, key));
        }
        is_known
    }
}

/// Adds a part, once.
fn push<'a>(parts: &mut Vec<Part<'a>>, part: Part<'a>) {
    if !parts
        .iter()
        .any(|other| std::ptr::eq(other.node, part.node))
    {
        parts.push(part);
    }
}

fn count(value: &Node) -> Option<u64> {
    let number = value.as_number()?;
    number
        .as_u64()
        .or_else(|| u64::try_from(whole(number)?).ok())
}

fn raise(bound: &mut Option<u64>, value: &Node) {
    *bound = count(value).max(*bound);
}

fn lower(bound: &mut Option<u64>, value: &Node) {
    *bound = match (count(value), *bound) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}

fn keep_larger(bound: &mut Option<Number>, value: Option<&Number>) {
    narrow(bound, value, |new, old| new > old);
}

fn keep_smaller(bound: &mut Option<Number>, value: Option<&Number>) {
    narrow(bound, value, |new, old| new < old);
}

fn narrow(bound: &mut Option<Number>, value: Option<&Number>, better: fn(f64, f64) -> bool) {
    let Some(value) = value else { return };
    let of = |number: &Number| number.as_f64().unwrap_or_default();
    if bound
        .as_ref()
        .is_none_or(|bound| better(of(value), of(bound)))
    {
        *bound = Some(value.clone());
    }
}
