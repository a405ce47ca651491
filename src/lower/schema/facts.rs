//! What a schema says: the keywords of all its parts.

use indexmap::IndexMap;
use serde_json::Number;

use crate::{diagnostic::Span, model::UnionMode, spec::Node};

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

    pub(super) fn of(name: &str) -> Self {
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

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
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
    /// The parts that say `additionalProperties: false`.
    pub(super) closing: Vec<&'a Node>,
    /// `unevaluatedProperties: false`
    pub(super) closed: Option<Span>,
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
    /// Keywords that no type can say, with their places.
    pub(super) beyond: Vec<(&'a str, Span)>,
}

impl<'a> Facts<'a> {
    pub(super) fn narrow_values(&mut self, values: Vec<&'a Node>) {
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
    pub(super) fn drop_requirements(&mut self) {
        let beyond = &mut self.beyond;
        self.groups.retain(|group| {
            let drop = group.alternatives.iter().all(only_asks);
            if drop {
                let name = if group.mode == UnionMode::OneOf {
                    "oneOf"
                } else {
                    "anyOf"
                };
                beyond.push((name, group.part.node.span));
            }
            !drop
        });
    }

    /// Where a part is closed to what other parts name. By the letter of JSON Schema no part knows that.
    pub(super) fn closed_part(&self) -> Option<Span> {
        let names_all = |part: &Node| {
            let own = part.get("properties");
            let mut names = self.properties.keys();
            names.all(|name| own.is_some_and(|own| own.get(name).is_some()))
        };
        let mut parts = self.closing.iter();
        let part =
            parts.find(|part| part.get("patternProperties").is_none() && !names_all(part))?;
        part.get("additionalProperties").map(|said| said.span)
    }

    /// Whether properties are described by patterns of their names.
    pub(super) fn has_key_patterns(&self) -> bool {
        self.has("patternProperties")
    }

    /// Whether items are described by their positions.
    pub(super) fn has_positions(&self) -> bool {
        self.has("prefixItems")
    }

    /// Whether it has such a keyword, which no type can say.
    pub(super) fn has(&self, keyword: &str) -> bool {
        self.beyond.iter().any(|(name, _)| *name == keyword)
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
            || self.has_positions();
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

/// Whether an alternative does no more than ask for properties.
pub(super) fn only_asks(node: &Node) -> bool {
    let mut names = node.members().map(|(name, _)| name);
    node.get("required").is_some()
        && names.all(|name| matches!(name, "required" | "not" | "title" | "description"))
}
