//! Discriminators: what tells the alternatives of a union apart.

use crate::{model::Tag, spec::Node};

use super::{
    Schemas, Way,
    facts::{Facts, Part, Types},
    gather::gather,
    unions::Alternative,
};

impl<'a> Schemas<'a> {
    /// The discriminator of a union, and in each alternative the values that mean it; `None`
    /// where the alternatives must be tried.
    pub(super) fn tag(
        &mut self,
        alternatives: &mut Vec<Alternative<'a>>,
        discriminator: Option<&'a Node>,
        way: Way,
    ) -> Option<Tag> {
        // A base is a union itself, unless it is taken without its children.
        let is_union = |one: &Alternative<'a>| {
            one.parts.iter().any(|part| !part.bare)
                && one.schema.is_some_and(|node| self.index.is_base(node))
        };
        if !alternatives
            .iter()
            .all(|one| one.facts.is_struct() && !is_union(one))
        {
            return None;
        }
        let Some(discriminator) = discriminator else {
            return self.implied_tag(alternatives);
        };
        let property = discriminator.get("propertyName").and_then(Node::as_str)?;
        let declaring = alternatives
            .iter()
            .filter(|one| self.declares(&one.facts, property, way))
            .count();
        if declaring != 0 && declaring != alternatives.len() {
            let message = format!(
                "not every alternative has the property `{property}`: they are told apart by trying"
            );
            self.warn("discriminator-undeclared", discriminator.span, message);
            return None;
        }
        let mapping = discriminator.get("mapping");
        let own: Vec<Vec<String>> = alternatives
            .iter()
            .map(|one| self.constants(&one.facts, property))
            .collect();
        let mut tags: Vec<Vec<String>> = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let mapped = self.mapped_tags(mapping, alternative);
            let is_clear = |value: &String| {
                own.iter()
                    .enumerate()
                    .all(|(other, values)| other == index || !values.contains(value))
            };
            let implied = alternative.component.map(str::to_owned);
            tags.push(match &own[index] {
                _ if !mapped.is_empty() => mapped,
                values if !values.is_empty() && values.iter().all(is_clear) => values.clone(),
                _ => implied.into_iter().collect(),
            });
        }
        for index in 1..tags.len() {
            let (before, rest) = tags.split_at_mut(index);
            rest[0].retain(|tag| !before.iter().any(|tags| tags.contains(tag)));
        }
        let mut each = alternatives.iter().zip(&tags);
        if each.any(|(one, tags)| {
            !tags
                .iter()
                .any(|tag| self.may_be(&one.facts, property, tag))
        }) {
            let message = "an alternative has no discriminator value of its own: they are told apart by trying";
            self.warn("discriminator-unclear", discriminator.span, message);
            return None;
        }
        for (alternative, tags) in alternatives.iter_mut().zip(tags) {
            alternative.tags = tags;
        }
        if declaring == 0 {
            // Nothing but the variant knows by which of its names it was called.
            *alternatives = alternatives
                .drain(..)
                .flat_map(Alternative::by_tag)
                .collect();
        }
        Some(Tag {
            api_name: property.to_owned(),
            declared: declaring > 0,
        })
    }

    /// A property that every alternative requires, with constants that no two share.
    fn implied_tag(&self, alternatives: &mut [Alternative<'a>]) -> Option<Tag> {
        let first = &alternatives.first()?.facts;
        let clear = |property: &str| {
            let mut tags: Vec<Vec<String>> = Vec::new();
            for alternative in alternatives.iter() {
                let values = self.constants(&alternative.facts, property);
                let is_taken = values
                    .iter()
                    .any(|value| tags.iter().any(|tags| tags.contains(value)));
                let is_required = alternative.facts.required.contains(&property);
                if values.is_empty() || is_taken || !is_required {
                    return None;
                }
                tags.push(values);
            }
            Some(tags)
        };
        let mut names = first.properties.keys();
        let (property, tags) = names.find_map(|name| Some((*name, clear(name)?)))?;
        for (alternative, tags) in alternatives.iter_mut().zip(tags) {
            alternative.tags = tags;
        }
        Some(Tag {
            api_name: property.to_owned(),
            declared: true,
        })
    }

    fn declares(&self, facts: &Facts<'a>, property: &str, way: Way) -> bool {
        let Some(parts) = facts.properties.get(property) else {
            return facts.required.contains(&property);
        };
        let (read_only, write_only) = self.sides(parts);
        !(if way == Way::Response {
            write_only
        } else {
            read_only
        })
    }

    /// The texts that a property is limited to; none where it is not.
    fn constants(&self, facts: &Facts<'a>, property: &str) -> Vec<String> {
        let Some(parts) = facts.properties.get(property) else {
            return Vec::new();
        };
        let parts: Vec<Part<'a>> = parts.clone();
        let values = gather(&self.index, &parts).values.unwrap_or_default();
        let texts = values.iter().map(|node| node.as_str().map(str::to_owned));
        texts.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// Whether a property may be this text.
    fn may_be(&self, facts: &Facts<'a>, property: &str, text: &str) -> bool {
        let Some(parts) = facts.properties.get(property) else {
            return true;
        };
        let facts = gather(&self.index, parts);
        let is_text = facts.types.is_none_or(|types| types.has(Types::STRING));
        let is_it = |values: &Vec<&Node>| values.iter().any(|one| one.as_str() == Some(text));
        is_text && facts.values.as_ref().is_none_or(is_it)
    }

    fn mapped_tags(&self, mapping: Option<&'a Node>, alternative: &Alternative<'a>) -> Vec<String> {
        let mut tags = Vec::new();
        for (tag, member) in mapping.into_iter().flat_map(Node::members) {
            let node = self.mapped(&member.value);
            let is_it = match (node, alternative.schema) {
                (Some(a), Some(b)) if std::ptr::eq(a, b) => true,
                (Some(a), _) => {
                    alternative.component.is_some()
                        && self.index.component(a) == alternative.component
                }
                _ => false,
            };
            if is_it {
                tags.push(tag.to_owned());
            }
        }
        tags
    }

    /// The schema that a mapping names, by reference or by the component's name.
    pub(super) fn mapped(&self, value: &Node) -> Option<&'a Node> {
        let text = value.as_str()?;
        self.index.target(value).or_else(|| self.index.schema(text))
    }
}
