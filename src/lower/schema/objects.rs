//! Objects: structs and maps.

use serde_json::Value;

use crate::{
    model::{
        Additional, Field, Presence, Schema, Struct, Type, TypeId,
        name::{Case, Scope},
    },
    spec::Node,
};

use super::{
    Check, Found, Schemas, Way,
    facts::{Extra, Facts, Part},
    names::Hint,
    reduce::Notes,
};

/// How many schemas are looked at to see whether a property is read-only.
const MOST_PARTS: usize = 100;

impl<'a> Schemas<'a> {
    pub(super) fn map(&mut self, facts: &Facts<'a>, hint: &Hint<'_>, way: Way) -> Type {
        let values = match &facts.extra {
            Extra::Schema(parts) if !facts.has_key_patterns() => parts.clone(),
            _ => Vec::new(),
        };
        if values.is_empty() {
            self.note_untyped(facts.span, "nothing is said of its members");
        }
        let max = self.upper(
            facts.min_properties,
            facts.max_properties,
            "minProperties",
            facts.span,
        );
        Type::Map {
            values: Box::new(self.inside(values, &Hint::Values(hint), way)),
            min: facts.min_properties,
            max,
            key_pattern: facts.key_pattern.and_then(|node| self.pattern(node)),
        }
    }

    pub(super) fn item(
        &mut self,
        facts: &Facts<'a>,
        id: TypeId,
        hint: &Hint<'_>,
        way: Way,
    ) -> Struct {
        let max = self.upper(
            facts.min_properties,
            facts.max_properties,
            "minProperties",
            facts.span,
        );
        let mut item = Struct {
            fields: Vec::new(),
            additional: Additional::Ignore,
            min_properties: facts.min_properties,
            max_properties: max,
            ignored: Vec::new(),
            is_patch: way == Way::Patch,
        };
        if let Some(span) = facts.closed_part() {
            let message = "a part is closed to the properties of others: all parts are read as one object, closed to what none of them names";
            self.warn("closed-part", span, message);
        }
        for (name, parts) in &facts.properties {
            let (read_only, write_only) = self.sides(parts);
            if read_only && way != Way::Response {
                item.ignored.push((*name).to_owned());
            } else if !(write_only && way == Way::Response) {
                let is_required = facts.required.contains(name);
                self.add_field(&mut item, id, (name, parts, is_required), hint, way);
            }
        }
        let others = match &facts.extra {
            Extra::Schema(parts) => parts.as_slice(),
            _ => &[],
        };
        for name in facts
            .required
            .iter()
            .filter(|name| !facts.properties.contains_key(*name))
        {
            self.add_field(&mut item, id, (name, others, true), hint, way);
        }
        item.additional = match &facts.extra {
            Extra::Unsaid => Additional::Ignore,
            // Whether a property has one of the names that patterns allow is not looked at.
            Extra::Deny | Extra::Schema(_) if facts.has_key_patterns() => keep(Schema::any()),
            Extra::Deny => Additional::Deny,
            Extra::Allow => keep(Schema::any()),
            Extra::Schema(parts) => keep(self.inside(parts.clone(), &Hint::Values(hint), way)),
        };
        name_fields(&mut item);
        item
    }

    fn add_field(
        &mut self,
        item: &mut Struct,
        id: TypeId,
        (name, parts, is_required): (&str, &[Part<'a>], bool),
        hint: &Hint<'_>,
        way: Way,
    ) {
        let owner = match parts {
            [
                Part {
                    owner: Some(owner), ..
                },
            ] => Some(Hint::Component(owner)),
            _ => None,
        };
        let hint = Hint::Property(owner.as_ref().unwrap_or(hint), name);
        let found = match parts {
            [] => Found {
                schema: Schema::any(),
                notes: Notes::default(),
            },
            parts => self.find(parts.to_vec(), &hint, way.inside()),
        };
        let (default, example) = (found.notes.default, found.notes.example);
        if default.is_some() || example.is_some() {
            self.checks.push(Check {
                id,
                field: item.fields.len(),
                default,
                example,
            });
        }
        let told = |name: &str| {
            let mut told = parts.iter().filter_map(|part| part.node.get(name));
            told.find_map(Node::as_str).map(str::to_owned)
        };
        let (was, kept_as) = (told(crate::spec::WAS), told(crate::spec::KEPT_AS));
        item.fields.push(Field {
            name: String::new(),
            api_name: name.to_owned(),
            description: found.notes.description.map(str::to_owned),
            schema: found.schema,
            presence: match is_required {
                true => Presence::Required,
                false if item.is_patch => Presence::Patch,
                false => Presence::Optional,
            },
            boxed: false,
            read_only: found.notes.read_only,
            write_only: found.notes.write_only,
            deprecated: found.notes.deprecated,
            was,
            kept_as,
        });
    }

    /// Whether a property is read-only, and whether it is write-only.
    pub(super) fn sides(&self, parts: &[Part<'a>]) -> (bool, bool) {
        let mut sides = (false, false);
        let mut waiting: Vec<&Node> = parts.iter().map(|part| part.node).collect();
        let mut seen = 0;
        while let Some(node) = waiting.pop().filter(|_| seen < MOST_PARTS) {
            seen += 1;
            let is = |name| node.get(name).and_then(Node::as_bool) == Some(true);
            sides.0 |= is("readOnly");
            sides.1 |= is("writeOnly");
            waiting.extend(
                node.get("$ref")
                    .and_then(|reference| self.index.target(reference)),
            );
            waiting.extend(node.get("allOf").map(Node::items).unwrap_or_default());
        }
        sides
    }
}

/// Gives a field the default of the document, which fits.
pub(super) fn set_default(field: &mut Field, is_patch: bool, default: Option<Value>) {
    if is_patch {
        return;
    }
    if default.is_some() && field.presence == Presence::Optional {
        field.presence = Presence::Defaulted;
    }
    field.schema.default = default;
}

fn keep(values: Schema) -> Additional {
    Additional::Keep {
        name: String::new(),
        values: Box::new(values),
    }
}

fn name_fields(item: &mut Struct) {
    let mut scope = Scope::default();
    let texts: Vec<&str> = item
        .fields
        .iter()
        .map(|field| field.api_name.as_str())
        .collect();
    let names = scope.settle(Case::Value, &texts);
    for (field, name) in item.fields.iter_mut().zip(names) {
        field.name = name;
    }
    if let Additional::Keep { name, .. } = &mut item.additional {
        *name = scope.add(Case::Value, "additional");
    }
}
