//! What a schema says, with its `allOf` and references merged: the keywords of all its parts.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Number;

use crate::{diagnostic::Span, model::UnionMode, spec::Node};

use super::index::Index;

/// How deep `allOf` and references are followed.
const DEEPEST: usize = 150;

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const OBJECT: Self = Self(4);
    pub(super) const ARRAY: Self = Self(8);
    pub(super) const STRING: Self = Self(16);
    pub(super) const INTEGER: Self = Self(32);
    /// Integers are numbers too.
    pub(super) const NUMBER: Self = Self(64 | 32);

    /// In the order in which a union tries them.
    pub(super) const EACH: [Self; 6] = [
        Self::BOOLEAN,
        Self::INTEGER,
        Self::NUMBER,
        Self::STRING,
        Self::ARRAY,
        Self::OBJECT,
    ];

    fn of(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "object" => Self::OBJECT,
            "array" => Self::ARRAY,
            "string" => Self::STRING,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            _ => Self::NONE,
        }
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn bits(self) -> usize {
        self.0.into()
    }

    pub(super) fn has(self, other: Self) -> bool {
        other.0 != 0 && self.0 & other.0 == other.0
    }

    pub(super) fn without_null(self) -> Self {
        Self(self.0 & !Self::NULL.0)
    }

    /// Its members but null, a number for an integer that may be any number.
    pub(super) fn each(self) -> Vec<Self> {
        let is_number = self.has(Self::NUMBER);
        let members = Self::EACH.into_iter().filter(|one| self.has(*one));
        members
            .filter(|one| !(is_number && *one == Self::INTEGER))
            .collect()
    }
}

/// A schema that takes part, and the component that `allOf` took it from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) node: &'a Node,
    pub(super) owner: Option<&'a str>,
    /// Its alternatives and its discriminator are left out: what uses it has seen to them.
    pub(super) bare: bool,
}

impl<'a> Part<'a> {
    pub(super) fn new(node: &'a Node) -> Self {
        Self {
            node,
            owner: None,
            bare: false,
        }
    }
}

/// What is said of properties that are not named.
#[derive(Debug, Clone, Default)]
pub(super) enum Extra<'a> {
    #[default]
    Unsaid,
    Allow,
    Deny,
    Schema(Vec<Part<'a>>),
}

/// A `oneOf` or an `anyOf`.
#[derive(Debug, Clone)]
pub(super) struct Group<'a> {
    pub(super) mode: UnionMode,
    /// The schema that has it.
    pub(super) part: Part<'a>,
    pub(super) alternatives: &'a [Node],
}

/// The keywords of a schema and of all that it is made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts<'a> {
    pub(super) types: Option<Types>,
    pub(super) nullable: bool,
    pub(super) never: bool,
    pub(super) span: Span,
    pub(super) title: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    pub(super) default: Option<&'a Node>,
    pub(super) example: Option<&'a Node>,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) deprecated: bool,
    pub(super) values: Option<Vec<&'a Node>>,
    pub(super) groups: Vec<Group<'a>>,
    pub(super) discriminator: Option<&'a Node>,
    pub(super) properties: IndexMap<&'a str, Vec<Part<'a>>>,
    pub(super) required: Vec<&'a str>,
    pub(super) extra: Extra<'a>,
    pub(super) min_properties: Option<u64>,
    pub(super) max_properties: Option<u64>,
    pub(super) key_pattern: Option<&'a Node>,
    pub(super) items: Vec<Part<'a>>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) unique: bool,
    pub(super) format: Option<&'a str>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) pattern: Option<&'a Node>,
    pub(super) min: Option<Number>,
    pub(super) max: Option<Number>,
    pub(super) above: Option<Number>,
    pub(super) below: Option<Number>,
    pub(super) multiple_of: Option<Number>,
    /// Keywords that nothing checks, with their places.
    pub(super) unenforced: Vec<(&'a str, Span)>,
}

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
        self.types(part.node);
        for (name, member) in part.node.members() {
            let _ = self.structure(part, name, &member.value)
                || self.rule(part.node, name, &member.value)
                || self.note(name, &member.value, part)
                || self.unenforced(name, &member.value, member.key);
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
            "allOf" => value.items().iter().for_each(|node| self.add(inner(node))),
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
            "items" => push(&mut self.facts.items, Part::new(value)),
            "additionalProperties" => self.extra(Part::new(value)),
            "unevaluatedProperties" if value.as_bool().is_some() => {
                self.extra(Part::new(value));
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
            "propertyNames" if value.get("pattern").is_some() => {
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

    /// Keywords that mean something and are not checked.
    fn unenforced(&mut self, name: &'a str, _value: &'a Node, key: Span) -> bool {
        let is_known = matches!(
            name,
            "not"
                | "if"
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
                | "$dynamicRef"
        );
        if is_known {
            self.facts.unenforced.push((name, key));
        }
        is_known
    }
}

impl<'a> Facts<'a> {
    fn narrow_values(&mut self, values: Vec<&'a Node>) {
        self.values = Some(match self.values.take() {
            None => values,
            Some(before) => {
                let json: Vec<_> = values.iter().map(|value| value.to_json()).collect();
                before
                    .into_iter()
                    .filter(|value| json.contains(&value.to_json()))
                    .collect()
            }
        });
    }

    /// Alternatives that only ask for properties (`anyOf: [{required: [a]}, {required: [b]}]`)
    /// choose no type.
    fn drop_requirements(&mut self) {
        let only_asks = |node: &Node| {
            let mut names = node.members().map(|(name, _)| name);
            node.get("required").is_some()
                && names.all(|name| matches!(name, "required" | "not" | "title" | "description"))
        };
        let unenforced = &mut self.unenforced;
        self.groups.retain(|group| {
            let drop = group.alternatives.iter().all(only_asks);
            if drop {
                let name = if group.mode == UnionMode::OneOf {
                    "oneOf"
                } else {
                    "anyOf"
                };
                unenforced.push((name, group.part.node.span));
            }
            !drop
        });
    }

    /// Whether properties are described by patterns of their names.
    pub(super) fn has_key_patterns(&self) -> bool {
        self.unenforced
            .iter()
            .any(|(name, _)| *name == "patternProperties")
    }

    /// Whether it is an object without properties of its own.
    pub(super) fn is_map(&self) -> bool {
        self.properties.is_empty()
            && self.required.is_empty()
            && (!matches!(self.extra, Extra::Deny) || self.has_key_patterns())
    }

    /// Whether it becomes a struct.
    pub(super) fn is_struct(&self) -> bool {
        self.values.is_none()
            && self.groups.is_empty()
            && !self.never
            && !self.is_map()
            && self.kinds() == Types::OBJECT
    }

    /// Whether it says anything that an alternative must keep too.
    pub(super) fn has_rules(&self) -> bool {
        let untyped = Self {
            types: None,
            ..self.clone()
        };
        untyped.kinds() != Types::NONE || self.format.is_some()
    }

    /// The types that a value may have, guessed from the keywords where none is said; none where
    /// any will do.
    pub(super) fn kinds(&self) -> Types {
        let is_object = !self.properties.is_empty()
            || !self.required.is_empty()
            || !matches!(self.extra, Extra::Unsaid)
            || self.min_properties.is_some()
            || self.max_properties.is_some()
            || self.key_pattern.is_some()
            || self.has_key_patterns();
        let is_array = !self.items.is_empty()
            || self.min_items.is_some()
            || self.max_items.is_some()
            || self.unique
            || self
                .unenforced
                .iter()
                .any(|(name, _)| *name == "prefixItems");
        let is_string =
            self.min_length.is_some() || self.max_length.is_some() || self.pattern.is_some();
        let is_number = self.min.is_some()
            || self.max.is_some()
            || self.above.is_some()
            || self.below.is_some()
            || self.multiple_of.is_some();
        match self.types {
            Some(types) => types,
            None if is_object => Types::OBJECT,
            None if is_array => Types::ARRAY,
            None if is_string => Types::STRING,
            None => match self.format {
                Some("int32" | "int64") => Types::INTEGER,
                Some("float" | "double") => Types::NUMBER,
                _ if is_number => Types::NUMBER,
                Some(
                    "uuid" | "date-time" | "date" | "email" | "uri" | "byte" | "binary"
                    | "password",
                ) => Types::STRING,
                _ => Types::NONE,
            },
        }
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
        .or_else(|| u64::try_from(crate::model::fits::whole(number)?).ok())
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
