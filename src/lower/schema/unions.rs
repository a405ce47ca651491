//! `oneOf`, `anyOf` and lists of types.

use crate::{
    diagnostic::Span,
    model::{
        Schema, Tag, Union, UnionMode, UnionVariant,
        name::{Case, settle},
    },
    spec::{Kind, Node},
};

use super::{
    Key, Schemas, Way,
    facts::{Facts, Part, Types},
    gather::gather,
    names::Hint,
    reduce::{Target, is_null, reduce, with_base},
};

/// What alternatives come to; each with whether null is one of them.
pub(super) enum Outcome<'a> {
    /// One alternative.
    Same(Vec<Part<'a>>, bool),
    /// Closed sets, which are one.
    Values(Vec<&'a Node>, bool),
    /// A union.
    Union(Plan<'a>),
    /// Nothing but null.
    Null,
    /// Nothing can be said.
    Any(bool),
    /// More than a type can say.
    Whole(bool),
}

/// A union that is to be lowered.
pub(super) struct Plan<'a> {
    pub(super) mode: UnionMode,
    pub(super) alternatives: Vec<Alternative<'a>>,
    pub(super) tag: Option<Tag>,
    pub(super) nullable: bool,
}

/// An alternative, looked at from outside.
#[derive(Clone)]
pub(super) struct Alternative<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) facts: Facts<'a>,
    /// The component that the alternative names, and the one behind its wrappers.
    pub(super) component: Option<&'a str>,
    pub(super) schema: Option<&'a Node>,
    pub(super) tags: Vec<String>,
    /// Of the JSON types that a list names, the one that this is.
    only: Option<(Types, Key)>,
}

impl<'a> Schemas<'a> {
    /// What the alternatives of a schema come to; `None` where it has none.
    pub(super) fn plan(
        &mut self,
        facts: &Facts<'a>,
        target: &Target<'a>,
        way: Way,
    ) -> Option<Outcome<'a>> {
        if let [part] = target.parts[..]
            && facts.groups.is_empty()
            && !part.bare
            && self.index.is_base(part.node)
        {
            return Some(Outcome::Union(self.plan_children(part, facts, way)));
        }
        let group = match &facts.groups[..] {
            [] => return None,
            [group] => group,
            [_, second, ..] => return Some(self.too_complex(second.part.node.span, facts)),
        };
        // What nothing fits is no alternative.
        let fits = |node: &&Node| node.as_bool() != Some(false);
        let alternatives = group.alternatives.iter().filter(fits);
        let (null, rest): (Vec<_>, Vec<_>) = alternatives.partition(|node| is_null(node));
        let mut nullable = !null.is_empty();
        let has_rules = facts.has_rules();
        let mut alternatives: Vec<Alternative<'a>> = Vec::new();
        for node in rest {
            let Some(alternative) = self.alternative(node, facts, target, has_rules) else {
                return Some(self.too_complex(node.span, facts));
            };
            nullable |= alternative.facts.nullable;
            if group.mode == UnionMode::OneOf
                || !alternatives.iter().any(|other| other.is_same(&alternative))
            {
                alternatives.push(alternative);
            }
        }
        if alternatives.len() == 1 {
            return Some(Outcome::Same(alternatives.remove(0).parts, nullable));
        }
        if alternatives.is_empty() && nullable {
            return Some(Outcome::Null);
        }
        if alternatives.is_empty() {
            self.never(group.part.node.span);
            return Some(Outcome::Any(false));
        }
        if let Some(values) = all_values(&alternatives) {
            return Some(Outcome::Values(values, nullable));
        }
        let discriminator = group.part.node.get("discriminator").or(facts.discriminator);
        let tag = self.tag(&mut alternatives, discriminator, way);
        Some(Outcome::Union(Plan {
            mode: group.mode,
            alternatives,
            tag,
            nullable,
        }))
    }

    /// Says that no value fits.
    pub(super) fn never(&mut self, span: Span) {
        let message = "no value fits this schema: it is taken as any value";
        self.warn("never", span, message);
    }

    fn too_complex(&mut self, span: Span, facts: &Facts<'a>) -> Outcome<'a> {
        let message =
            "alternatives beside alternatives are beyond Rust's types: the value is kept as JSON";
        self.warn("union-too-complex", span, message);
        Outcome::Whole(facts.nullable)
    }

    fn alternative(
        &self,
        node: &'a Node,
        base: &Facts<'a>,
        target: &Target<'a>,
        has_rules: bool,
    ) -> Option<Alternative<'a>> {
        let part = Part::new(node);
        let says_type = ["type", "$ref", "allOf", "oneOf", "anyOf"]
            .iter()
            .any(|name| node.get(name).is_some());
        let needs_base = has_rules || (base.types.is_some() && !says_type);
        let named = node
            .get("$ref")
            .and_then(|reference| self.index.target(reference));
        let derives = |from: &Part<'a>| self.index.is_own(named.unwrap_or(node), from.node);
        let parts = match needs_base && !target.parts.iter().all(derives) {
            true => with_base(&target.parts, part)?,
            false => vec![part],
        };
        Some(self.look_at(parts, named))
    }

    fn look_at(&self, parts: Vec<Part<'a>>, named: Option<&'a Node>) -> Alternative<'a> {
        let target = reduce(&self.index, parts.clone());
        let schema = match target.parts[..] {
            [part] => Some(part.node),
            _ => named,
        };
        let mut facts = gather(&self.index, &target.parts);
        facts.nullable |= target.notes.nullable;
        facts.title = target.notes.title.or(facts.title);
        Alternative {
            component: named
                .and_then(|node| self.index.component(node))
                .or(target.component),
            schema,
            parts,
            facts,
            tags: Vec::new(),
            only: None,
        }
    }

    /// A base is any of its children; without a mapping it may be itself too.
    fn plan_children(&mut self, base: Part<'a>, facts: &Facts<'a>, way: Way) -> Plan<'a> {
        let discriminator = facts.discriminator;
        let mapping = discriminator.and_then(|node| node.get("mapping"));
        let names = self.index.descendants(base.node);
        let children: Vec<&Node> = names
            .iter()
            .filter_map(|name| self.index.schema(name))
            .collect();
        let mut alternatives = Vec::new();
        for node in children {
            let bare = self.index.is_base(node);
            alternatives.push(self.look_at(
                vec![Part {
                    bare,
                    ..Part::new(node)
                }],
                Some(node),
            ));
        }
        let itself = mapping.is_none_or(|mapping| {
            let mut targets = mapping.members().map(|(_, member)| &member.value);
            targets.any(|value| {
                self.mapped(value)
                    .is_some_and(|node| std::ptr::eq(node, base.node))
            })
        });
        if itself {
            alternatives.push(self.look_at(vec![Part { bare: true, ..base }], Some(base.node)));
        }
        let tag = self.tag(&mut alternatives, discriminator, way);
        Plan {
            mode: UnionMode::OneOf,
            alternatives,
            tag,
            nullable: facts.nullable,
        }
    }

    /// A union of JSON types.
    pub(super) fn plan_types(&mut self, types: &[Types], facts: &Facts<'a>, key: &Key) -> Plan<'a> {
        let own_key = |only: &Types| {
            let (mut parts, way) = (key.0.clone(), key.1.inside());
            parts.push((only.bits(), true));
            (*only, (parts, way))
        };
        let alternative = |only: &Types| Alternative {
            parts: Vec::new(),
            facts: Facts {
                types: Some(*only),
                nullable: false,
                ..facts.clone()
            },
            component: None,
            schema: None,
            tags: Vec::new(),
            only: Some(own_key(only)),
        };
        Plan {
            mode: UnionMode::AnyOf,
            alternatives: types.iter().map(alternative).collect(),
            tag: None,
            nullable: facts.nullable,
        }
    }

    pub(super) fn union(&mut self, plan: Plan<'a>, hint: &Hint<'_>, way: Way) -> Union {
        let texts = plan
            .alternatives
            .iter()
            .enumerate()
            .map(|(index, one)| one.title(index));
        let names = settle(Case::Variant, &texts.collect::<Vec<_>>());
        let mut variants = Vec::new();
        for (alternative, name) in plan.alternatives.into_iter().zip(names) {
            let is_base = alternative.parts.len() == 1 && alternative.parts[0].bare;
            let hint = Hint::Alternative(hint, if is_base { "Base" } else { &name });
            let schema = match alternative.only {
                Some((types, key)) => self.simple(types, alternative.facts, &key, &hint),
                None => self.find(alternative.parts, &hint, way.inside()).schema,
            };
            variants.push(UnionVariant {
                name,
                schema: Schema {
                    nullable: false,
                    ..schema
                },
                tags: alternative.tags,
                boxed: false,
            });
        }
        Union {
            mode: plan.mode,
            tag: plan.tag,
            variants,
        }
    }
}

impl Alternative<'_> {
    fn is_same(&self, other: &Self) -> bool {
        match (self.schema, other.schema) {
            (Some(a), Some(b)) => std::ptr::eq(a, b) && self.parts.len() == other.parts.len(),
            _ => false,
        }
    }

    /// One for each of its tags.
    pub(super) fn by_tag(self) -> Vec<Self> {
        let [_, _, ..] = self.tags[..] else {
            return vec![self];
        };
        let tags = self.tags.iter().map(|tag| Self {
            component: None,
            facts: Facts {
                title: None,
                ..self.facts.clone()
            },
            tags: vec![tag.clone()],
            ..self.clone()
        });
        tags.collect()
    }

    /// What it is called.
    fn title(&self, index: usize) -> String {
        let text = self.component.or(self.facts.title).map(str::to_owned);
        let kind = || {
            Some(match self.facts.kinds().each()[..] {
                [Types::STRING] => "String",
                [Types::INTEGER] => "Integer",
                [Types::NUMBER] => "Number",
                [Types::BOOLEAN] => "Boolean",
                [Types::ARRAY] => "List",
                [Types::OBJECT] => "Object",
                _ => return None,
            })
        };
        let short = text.filter(|text| (1..=40).contains(&text.chars().count()));
        let short = short
            .or_else(|| self.tags.first().cloned())
            .or_else(|| kind().map(str::to_owned));
        short.unwrap_or_else(|| format!("Option{}", index + 1))
    }
}

/// The values of all alternatives, where each is a closed set of scalars.
fn all_values<'a>(alternatives: &[Alternative<'a>]) -> Option<Vec<&'a Node>> {
    let is_scalar = |node: &&Node| !matches!(node.kind, Kind::Array(_) | Kind::Object(_));
    let mut all = Vec::new();
    for alternative in alternatives {
        let values = alternative
            .facts
            .values
            .as_ref()
            .filter(|_| alternative.facts.groups.is_empty())?;
        all.extend(values.iter().copied().filter(is_scalar));
    }
    Some(all)
}
