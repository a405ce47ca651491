//! Decides what type a schema is.

use crate::{
    model::{Schema, Type, TypeDef, TypeId, TypeKind, Uses},
    spec::Node,
};

use super::{
    Body, DEEPEST, Draft, Found, Job, Key, Schemas, Way,
    facts::{Facts, Part, Types},
    fragment::Beyond,
    gather::gather,
    names::{Hint, NameId},
    reduce::{Notes, Target, reduce},
    unions::Outcome,
};

impl<'a> Schemas<'a> {
    /// Lowers what these schemas say together. The schema found has no default and no example:
    /// whoever asked knows what they are good for.
    pub(super) fn find(&mut self, parts: Vec<Part<'a>>, hint: &Hint<'_>, way: Way) -> Found<'a> {
        let target = reduce(&self.index, parts);
        let notes = target.notes;
        let mut found = self.find_target(target, hint, way);
        found.schema.nullable |= notes.nullable;
        found.notes = notes.before(&found.notes);
        found
    }

    fn find_target(&mut self, target: Target<'a>, hint: &Hint<'_>, way: Way) -> Found<'a> {
        let address = |part: &Part<'a>| (std::ptr::from_ref(part.node).addr(), part.bare);
        let key: Key = (target.parts.iter().map(address).collect(), way);
        if let Some(found) = self.known.get(&key) {
            return found.clone();
        }
        let component = target.component.map(Hint::Component);
        let hint = component.as_ref().unwrap_or(hint);
        if let Some((own, nullable)) = self.open.get(&key).copied() {
            let id = own.unwrap_or_else(|| self.announce(&key, hint, None, target.parts[0].node));
            self.open.insert(key, (Some(id), nullable));
            let schema = Schema {
                nullable,
                ..Schema::of(Type::Named(id))
            };
            let notes = Notes::default();
            return Found { schema, notes };
        }
        let facts = gather(&self.index, &target.parts);
        let is_union = target
            .parts
            .iter()
            .any(|part| !part.bare && self.index.is_base(part.node));
        if way == Way::Patch && (is_union || !facts.is_struct()) {
            return self.find_target(target, hint, Way::Request);
        }
        let mut notes = Notes::of(&facts);
        if self.open.len() >= DEEPEST {
            self.warn(
                "nested-too-deep",
                facts.span,
                "nested too deep: what is inside may be anything",
            );
            return Found {
                schema: self.any(facts.span, "nested too deep"),
                notes,
            };
        }
        let beyond = Beyond::of(&facts);
        let nullable = facts.nullable;
        self.open.insert(key.clone(), (None, nullable));
        let mut schema = self.decide(facts, &target, &key, hint);
        if let Some((Some(id), _)) = self.open.remove(&key) {
            let inside = std::mem::replace(&mut schema, Schema::of(Type::Named(id)));
            schema.nullable = inside.nullable;
            self.types[id.0].kind = TypeKind::Newtype(Schema {
                nullable: false,
                ..inside
            });
        }
        schema.nullable |= nullable;
        self.keep_keywords(&mut schema, &beyond, (&target.parts, &key));
        if matches!(schema.ty, Type::Named(_)) && target.component.is_some() {
            // The type itself tells it.
            notes.description = None;
        }
        let found = Found { schema, notes };
        self.known.insert(key, found.clone());
        found
    }

    fn decide(
        &mut self,
        facts: Facts<'a>,
        target: &Target<'a>,
        key: &Key,
        hint: &Hint<'_>,
    ) -> Schema {
        if facts.never {
            self.never(facts.span);
            return self.any(facts.span, "no value fits");
        }
        if let Some(values) = &facts.values {
            return self.closed_set(values, &facts, key, hint);
        }
        match self.plan(&facts, target, key.1) {
            Some(Outcome::Same(parts, nullable)) => {
                let mut schema = self.find(parts, hint, key.1).schema;
                schema.nullable |= nullable;
                return schema;
            }
            Some(Outcome::Values(values, nullable)) => {
                let mut schema = self.closed_set(&values, &facts, key, hint);
                schema.nullable |= nullable;
                return schema;
            }
            Some(Outcome::Union(plan)) => {
                let nullable = plan.nullable;
                let id = self.announce(key, hint, facts.description, target.parts[0].node);
                self.queue(id, hint, key.1, Body::Union(plan));
                return Schema {
                    nullable,
                    ..Schema::of(Type::Named(id))
                };
            }
            Some(Outcome::Null) => return only_null(),
            Some(Outcome::Any(nullable)) => {
                let why = "its alternatives say no one thing";
                return Schema {
                    nullable,
                    ..self.any(facts.span, why)
                };
            }
            Some(Outcome::Whole(nullable)) => {
                let why = "its alternatives say no one thing";
                let mut schema = self.any(facts.span, why);
                schema.nullable = nullable;
                self.keep_all(&mut schema, (&target.parts, key), facts.span);
                return schema;
            }
            None => {}
        }
        match facts.kinds().each()[..] {
            [] if facts.types.is_some() => only_null(),
            [] => self.any(facts.span, "nothing is said of its type"),
            [one] => self.simple(one, facts, key, hint),
            // All types, or all but one: nobody means a union by that.
            [_, _, _, _, ..] => self.any(facts.span, "it may be of any type"),
            ref several => {
                let plan = self.plan_types(several, &facts, key);
                let id = self.announce(key, hint, facts.description, target.parts[0].node);
                self.queue(id, hint, key.1, Body::Union(plan));
                Schema::of(Type::Named(id))
            }
        }
    }

    /// The type of facts that allow one JSON type.
    pub(super) fn simple(
        &mut self,
        types: Types,
        facts: Facts<'a>,
        key: &Key,
        hint: &Hint<'_>,
    ) -> Schema {
        let way = key.1;
        Schema::of(match types {
            Types::BOOLEAN => Type::Boolean,
            Types::STRING => self.text(&facts),
            Types::INTEGER => self.integer(&facts),
            Types::NUMBER => self.number(&facts),
            Types::ARRAY => self.array(&facts, hint, way),
            Types::OBJECT if facts.is_map() => self.map(&facts, hint, way),
            _ => {
                let id = self.announce_at(key, hint, facts.description, facts.span);
                self.queue(id, hint, way, Body::Struct(Box::new(facts)));
                Type::Named(id)
            }
        })
    }

    fn queue(&mut self, id: TypeId, hint: &Hint<'_>, way: Way, body: Body<'a>) {
        let name = self.names.id(hint);
        self.jobs.push_back(Job {
            id,
            name,
            way,
            body,
        });
    }

    fn array(&mut self, facts: &Facts<'a>, hint: &Hint<'_>, way: Way) -> Type {
        if facts.items.is_empty() {
            self.note_untyped(facts.span, "nothing is said of its items");
        }
        let items = self.inside(facts.items.clone(), &Hint::Items(hint), way);
        if let Type::Named(id) = items.ty {
            self.types[id.0].uses.hashed |= facts.unique;
        }
        let max = self.upper(facts.min_items, facts.max_items, "minItems", facts.span);
        Type::Array {
            items: Box::new(items),
            min: facts.min_items,
            max,
            unique: facts.unique,
        }
    }

    /// The schema of items or values: anything where nothing is said of them.
    pub(super) fn inside(&mut self, parts: Vec<Part<'a>>, hint: &Hint<'_>, way: Way) -> Schema {
        if parts.is_empty() {
            return Schema::any();
        }
        let found = self.find(parts, hint, way.inside());
        let mut schema = found.schema;
        if schema.id().is_none() {
            schema.example = self.example_of(&schema, found.notes.example);
        }
        schema
    }

    /// A type whose inside comes later.
    pub(super) fn announce(
        &mut self,
        key: &Key,
        hint: &Hint<'_>,
        description: Option<&str>,
        node: &Node,
    ) -> TypeId {
        self.announce_at(key, hint, description, node.span)
    }

    pub(super) fn announce_at(
        &mut self,
        key: &Key,
        hint: &Hint<'_>,
        description: Option<&str>,
        span: crate::diagnostic::Span,
    ) -> TypeId {
        let name: NameId = self.names.id(hint);
        self.drafts.push(Draft {
            key: key.clone(),
            name,
        });
        self.types.push(TypeDef {
            name: String::new(),
            module: String::new(),
            api_name: self.names.entries[name].api_name.clone(),
            description: description.map(str::to_owned),
            origin: self.index.document.sources.origin(span),
            uses: Uses {
                decoded: key.1 != Way::Response,
                encoded: key.1 == Way::Response,
                ..Uses::default()
            },
            kind: TypeKind::Newtype(Schema::any()),
            was: None,
            keywords: None,
        });
        TypeId(self.types.len() - 1)
    }
}

/// The schema that nothing but null fits.
pub(super) fn only_null() -> Schema {
    let one_of = vec![serde_json::Value::Null];
    Schema {
        nullable: true,
        ..Schema::of(Type::Any { one_of })
    }
}

impl Way {
    /// The way of what is inside: a PATCH merges its root only.
    pub(super) fn inside(self) -> Self {
        match self {
            Self::Patch => Self::Request,
            way => way,
        }
    }
}
