//! What the parts of a resource spec say of each other: every name that is used is one that exists.

use std::collections::{HashMap, HashSet};

use crate::{diagnostic::Span, spec::Kind};

use super::{
    blueprint::{At, Auth, Blueprint, Field, Key, Resource, Scalar, Shape, Standard, Type},
    reader::Reader,
};

/// How deep resources may nest in paths.
pub(super) const MAX_DEPTH: usize = 8;

/// A property that rows show.
pub(super) struct Property {
    pub(super) name: String,
    pub(super) shape: Shape,
}

/// What rows may be shown beside others.
pub(super) struct Includable {
    pub(super) name: String,
    /// The resource.
    pub(super) target: String,
    /// They refer to the row, and are not what it refers to.
    pub(super) is_many: bool,
}

impl Blueprint {
    /// The properties of a resource that its fields do not tell: those before them, and those after.
    pub(super) fn own(&self, resource: &Resource) -> [Vec<Property>; 2] {
        let span = resource.name.span;
        let property = |name: String, ty: Scalar, span: Span| Property {
            name,
            shape: Shape::of(Type::Scalar(ty), span),
        };
        let mut first = Vec::new();
        match &resource.key.value {
            Key::Uuid => first.push(property("id".to_owned(), Scalar::Uuid, resource.key.span)),
            Key::Integer => {
                first.push(property(
                    "id".to_owned(),
                    Scalar::Integer,
                    resource.key.span,
                ));
            }
            Key::Natural(_) => {}
        }
        if let (Some(parent), Some(word)) = (self.parent(resource), &resource.parent) {
            let shape = Shape::of(Type::Ref(word.clone()), word.span);
            let name = parent.parameter();
            first.push(Property { name, shape });
        }
        if let Some(owner) = &resource.owner {
            first.push(property(
                owner.value.field.clone(),
                Scalar::String,
                owner.span,
            ));
        }
        let mut last = Vec::new();
        if let Some(version) = &resource.version {
            last.push(property(
                version.value.clone(),
                Scalar::Integer,
                version.span,
            ));
        }
        if resource.timestamps {
            for name in ["created_at", "updated_at"] {
                last.push(property(name.to_owned(), Scalar::DateTime, span));
            }
        }
        [first, last]
    }

    /// The type of a property, whoever says it.
    pub(super) fn property(&self, resource: &Resource, name: &str) -> Option<Shape> {
        let [first, last] = self.own(resource);
        let mut own = first.into_iter().chain(last);
        let own = own.find(|property| property.name == name);
        let field = resource
            .fields
            .iter()
            .find(|field| field.name.value == name);
        own.map(|property| property.shape)
            .or_else(|| field.map(|field| field.shape.clone()))
    }

    /// The names of the properties that lists can speak of.
    pub(super) fn listable(&self, resource: &Resource) -> Vec<String> {
        let [first, last] = self.own(resource);
        let fields = resource.fields.iter();
        let fields = fields.filter(|field| is_plain(&field.shape) && field.write_only.is_none());
        let fields = fields.map(|field| field.name.value.clone());
        let names = |own: Vec<Property>| own.into_iter().map(|property| property.name);
        names(first).chain(fields).chain(names(last)).collect()
    }

    /// What a list may include: the references without their `_id`, with what they refer to, and
    /// the resources that are below it, or refer to it once.
    pub(super) fn includable(&self, resource: &Resource) -> Vec<Includable> {
        let fields = resource.fields.iter();
        let refs = fields.filter_map(|field| match &field.shape.ty {
            Type::Ref(target) => Some((field.name.value.clone(), target.value.clone())),
            _ => None,
        });
        let parent = self.parent(resource);
        let parent = parent.map(|parent| (parent.parameter(), parent.name.value.clone()));
        let all = parent.into_iter().chain(refs);
        let one = all.filter_map(|(field, target)| {
            Some(Includable {
                name: Resource::seen_as(&field)?.to_owned(),
                target,
                is_many: false,
            })
        });
        let many = self.resources.iter().filter(|other| {
            let parent = self.parent(other);
            let is_below = parent.is_some_and(|parent| parent.name.value == resource.name.value);
            let refers = |field: &&Field| matches!(&field.shape.ty, Type::Ref(target) if target.value == resource.name.value);
            let is_same_version = other.suffix == resource.suffix;
            is_same_version && (is_below || other.fields.iter().filter(refers).count() == 1)
        });
        let many = many.map(|other| Includable {
            name: other.name.value.clone(),
            target: other.name.value.clone(),
            is_many: true,
        });
        one.chain(many).collect()
    }
}

/// Single values, which can be compared.
pub(super) fn is_plain(shape: &Shape) -> bool {
    matches!(shape.ty, Type::Scalar(_) | Type::Enum(_) | Type::Ref(_))
}

impl Reader {
    /// Checks what the parts say of each other.
    pub(super) fn link(&mut self, spec: &Blueprint) {
        self.distinct(spec);
        if !self.parents(spec) {
            return;
        }
        for resource in &spec.resources {
            self.own_names(spec, resource);
            self.natural_key(resource);
            for field in &resource.fields {
                self.references(spec, field, &field.shape);
            }
            for action in &resource.actions {
                for field in &action.fields {
                    self.references(spec, field, &field.shape);
                }
            }
            self.many_to_many(spec, resource);
            self.sets_known(spec, resource);
            self.listing(spec, resource);
            self.access(spec, resource);
            self.seeds(resource);
        }
    }

    /// No two resources become one thing.
    fn distinct(&mut self, spec: &Blueprint) {
        let mut names: HashMap<String, &Resource> = HashMap::new();
        for resource in &spec.resources {
            if let Some(other) = names.insert(resource.schema(), resource) {
                let message = format!(
                    "`{}` and `{}` would both be called `{}`",
                    other.name.value,
                    resource.name.value,
                    resource.schema()
                );
                self.related(
                    resource.name.span,
                    message,
                    other.name.span,
                    "the other one",
                );
            }
        }
    }

    /// Every parent is there, and none stands below itself.
    fn parents(&mut self, spec: &Blueprint) -> bool {
        let before = self.problems.len();
        let names = names(spec);
        for resource in &spec.resources {
            let Some(parent) = &resource.parent else {
                continue;
            };
            if spec.find(&parent.value).is_none() {
                self.unknown(parent, "resource", &names);
                continue;
            }
            let mut above = resource;
            for depth in 0.. {
                let Some(next) = spec.parent(above) else {
                    break;
                };
                let is_loop = next.name.value == resource.name.value;
                if is_loop || depth == MAX_DEPTH {
                    let message = match is_loop {
                        true => format!("`{}` stands below itself", resource.name.value),
                        false => format!("resources nest at most {MAX_DEPTH} deep"),
                    };
                    self.error(parent.span, message);
                    break;
                }
                above = next;
            }
        }
        before == self.problems.len()
    }

    /// No field takes the name of what is there by itself.
    fn own_names(&mut self, spec: &Blueprint, resource: &Resource) {
        let own: Vec<String> = spec
            .own(resource)
            .into_iter()
            .flatten()
            .map(|property| property.name)
            .collect();
        let includes = spec.includable(resource);
        for field in &resource.fields {
            let name = &field.name.value;
            if own.contains(name) {
                let hint = match name.as_str() {
                    "created_at" | "updated_at" => "`timestamps: false` leaves both out",
                    "id" => "`key: integer` makes it a number",
                    _ => "leave the field out",
                };
                let message = format!("`{name}` is there by itself");
                self.hinted(field.name.span, message, hint);
            }
            let asked = resource.list.include.iter().any(|word| word.value == *name);
            if asked && includes.iter().any(|include| include.name == *name) {
                let message = format!("`include` shows other rows as `{name}`");
                self.hinted(field.name.span, message, "call the field something else");
            }
        }
        let mut seen = HashSet::new();
        for property in spec.own(resource).into_iter().flatten() {
            if !seen.insert(property.name.clone()) {
                let message = format!("two properties would be called `{}`", property.name);
                self.error(property.shape.span, message);
            }
        }
    }

    fn natural_key(&mut self, resource: &Resource) {
        let Key::Natural(name) = &resource.key.value else {
            return;
        };
        let word = At::new(name.clone(), resource.key.span);
        let Some(field) = resource.fields.iter().find(|f| f.name.value == *name) else {
            let known: Vec<&str> = resource
                .fields
                .iter()
                .map(|f| f.name.value.as_str())
                .collect();
            let known = [&["uuid", "integer"][..], &known].concat();
            return self.unknown(&word, "key", &known);
        };
        let plain = matches!(
            field.shape.ty,
            Type::Scalar(Scalar::String | Scalar::Integer | Scalar::Uuid)
        );
        let changes = field.optional || field.default.is_some() || field.read_only.is_some();
        if !plain || changes || field.write_only.is_some() {
            let message = format!("`{name}` cannot be the key");
            let hint = "a key is a `string`, an `integer` or a `uuid` that callers must give";
            self.hinted(resource.key.span, message, hint);
        }
    }

    fn references(&mut self, spec: &Blueprint, field: &Field, shape: &Shape) {
        match &shape.ty {
            Type::Ref(target) if target.value.is_empty() => {
                let hint = "such as `ref(users)`";
                self.hinted(target.span, "a `ref` names a resource", hint);
            }
            Type::Ref(target) if spec.find(&target.value).is_none() => {
                self.unknown(target, "resource", &names(spec));
            }
            Type::Array(inner) | Type::Map(inner) => self.references(spec, field, inner),
            Type::Object(fields) => {
                for field in fields {
                    self.references(spec, field, &field.shape);
                }
            }
            _ => {}
        }
        let empties = field
            .on_delete
            .as_ref()
            .filter(|word| word.value == "set_null");
        if let Some(word) = empties.filter(|_| !field.optional) {
            let message = format!("`{}` can never be null", field.name.value);
            self.hinted(word.span, message, "`?` behind the type lets it be empty");
        }
    }

    fn many_to_many(&mut self, spec: &Blueprint, resource: &Resource) {
        for target in &resource.many_to_many {
            if spec.find(&target.value).is_none() {
                self.unknown(target, "resource", &names(spec));
            } else if target.value == resource.name.value {
                let message = "a resource cannot be linked to itself yet";
                self.error(target.span, message);
            }
        }
    }

    fn sets_known(&mut self, spec: &Blueprint, resource: &Resource) {
        let known = spec.listable(resource);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        for word in resource.unique.iter().chain(&resource.indexes).flatten() {
            if !known.contains(&word.value.as_str()) {
                self.unknown(word, "field that is a single value", &known);
            }
        }
    }

    fn listing(&mut self, spec: &Blueprint, resource: &Resource) {
        let known = spec.listable(resource);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let list = &resource.list;
        let filters = list.filters.iter().map(|filter| &filter.field);
        for (what, words) in [
            ("field to filter by", filters.collect::<Vec<_>>()),
            ("field to sort by", list.sort.iter().collect()),
        ] {
            let mut seen = HashSet::new();
            for word in words {
                if !known.contains(&word.value.as_str()) {
                    self.unknown(word, what, &known);
                } else if !seen.insert(&word.value) {
                    self.error(word.span, format!("`{}` stands twice", word.value));
                }
            }
        }
        let includes = spec.includable(resource);
        let known: Vec<&str> = includes.iter().map(|one| one.name.as_str()).collect();
        for word in &list.include {
            if !known.contains(&word.value.as_str()) {
                self.unknown(word, "reference or resource below it to include", &known);
            }
        }
    }

    /// Who may do what needs somebody who is known.
    fn access(&mut self, spec: &Blueprint, resource: &Resource) {
        let actions = resource.actions.iter().map(|a| a.name.value.as_str());
        let standard = Standard::ALL.iter().map(|standard| standard.name());
        let known: Vec<&str> = ["read", "write"]
            .into_iter()
            .chain(standard)
            .chain(actions)
            .collect();
        let said = [&resource.scopes, &resource.cache, &resource.rate_limit];
        let said = said.into_iter().flatten().map(|(name, _)| name);
        for word in said.chain(&resource.public) {
            if !known.contains(&word.value.as_str()) {
                self.unknown(word, "operation", &known);
            }
        }
        if spec.auth.value != Auth::None {
            return;
        }
        let owner = resource.owner.as_ref().map(|owner| (owner.span, "owner"));
        let scopes = resource.scopes.first();
        let scopes = scopes.map(|(name, _)| (name.span, "scopes"));
        for (span, word) in owner.into_iter().chain(scopes) {
            let message = format!("`{word}` needs callers that are known");
            self.hinted(span, message, "say `auth: jwt` at the root");
        }
    }

    /// What else rows may say (keys, owners, passwords) is looked at with the tables.
    fn seeds(&mut self, resource: &Resource) {
        for row in resource.seed.iter().flat_map(|seed| seed.items()) {
            for field in &resource.fields {
                let value = row.get(&field.name.value);
                let is_said = value.filter(|value| !(field.optional && value.kind == Kind::Null));
                if let Some(value) = is_said {
                    self.value(&field.shape, value, "value");
                }
            }
        }
    }
}

fn names(spec: &Blueprint) -> Vec<&str> {
    let resources = spec.resources.iter();
    resources
        .map(|resource| resource.name.value.as_str())
        .collect()
}
