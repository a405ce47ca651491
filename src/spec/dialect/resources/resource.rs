//! One resource: its fields, and what can be done with it.

use heck::ToSnakeCase as _;

use crate::{
    model::plural::singular,
    spec::{Kind, Node},
};

use super::{
    blueprint::{At, Key, Owner, Resource, Standard},
    fields::ON_DELETE,
    reader::Reader,
};

const KEYS: [&str; 26] = [
    "fields",
    "parent",
    "on_delete",
    "key",
    "timestamps",
    "owner",
    "soft_delete",
    "version",
    "idempotent",
    "unique",
    "indexes",
    "many_to_many",
    "operations",
    "actions",
    "list",
    "scopes",
    "cache",
    "rate_limit",
    "public",
    "description",
    "singular",
    "path",
    "was",
    "seed",
    "sort",
    "filters",
];

const OTHERS: [(&str, &str); 2] = [("not_found", "not_found"), ("forbidden", "forbidden")];

impl Reader {
    pub(super) fn resource(&mut self, name: At<String>, node: &Node) -> Resource {
        let known = &KEYS[..KEYS.len() - 2];
        let what = format!("`{}`", name.value);
        if self.keys(node, name.value.as_str(), "key of a resource", known) {
            self.moved(node, &what);
        }
        let fields = match node.get("fields") {
            Some(fields) => self.fields(fields, 0),
            None if node.as_object().is_some() => {
                let message = format!("the resource {what} has no `fields`");
                self.hinted(name.span, message, "`fields: { title: string(1..200) }`");
                Vec::new()
            }
            None => Vec::new(),
        };
        let plain = name.value.to_snake_case();
        let one = self.text_of(node, "singular");
        let one = one.filter(|one| self.named(one, "a resource", true));
        let path = self.text_of(node, "path");
        let path = path.filter(|path| self.named(path, "a path", true));
        Resource {
            singular: one.map_or_else(|| singular(&plain), |one| one.value.to_snake_case()),
            path: path.map_or_else(|| plain.replace('_', "-"), |path| path.value),
            description: self.prose(node, "description"),
            key: self.key(node, &name),
            timestamps: !matches!(self.is(node, "timestamps"), Some(false)),
            parent: self.text_of(node, "parent"),
            on_delete: self.on_delete(node),
            owner: self.owner(node),
            soft_delete: self.flag(node, "soft_delete"),
            idempotent: self.flag(node, "idempotent"),
            version: self.version(node),
            unique: self.sets(node, "unique"),
            indexes: self.sets(node, "indexes"),
            many_to_many: self.texts(node, "many_to_many"),
            operations: self.operations(node, &name),
            actions: self.actions(node, &fields),
            list: self.list(node),
            scopes: self.scopes(node),
            cache: self.by_operation(node, "cache", "a mapping such as `list: max-age=60`"),
            rate_limit: self.by_operation(
                node,
                "rate_limit",
                "a mapping such as `create: 10/minute`",
            ),
            public: self.texts(node, "public"),
            was: self.prose(node, "was"),
            seed: self.seed(node),
            fields,
            name,
            suffix: String::new(),
        }
    }

    /// Words of the list that stand beside it.
    fn moved(&mut self, node: &Node, what: &str) {
        for (key, member) in node.members() {
            if matches!(key, "filters" | "sort") {
                let last = self.problems.pop_if(|p| p.span == Some(member.key));
                if last.is_some() {
                    let message = format!("`{key}` of {what} is said of its `list`");
                    self.hinted(member.key, message, format!("`list: {{ {key}: … }}`"));
                }
            }
        }
    }

    /// `true` or `false`, where it is said.
    fn is(&mut self, node: &Node, name: &str) -> Option<bool> {
        self.flag(node, name);
        node.get(name)?.as_bool()
    }

    fn key(&mut self, node: &Node, name: &At<String>) -> At<Key> {
        let Some(word) = self.text_of(node, "key") else {
            return At::new(Key::Uuid, name.span);
        };
        let key = match word.value.as_str() {
            "uuid" => Key::Uuid,
            "integer" => Key::Integer,
            _ => Key::Natural(word.value),
        };
        At::new(key, word.span)
    }

    fn on_delete(&mut self, node: &Node) -> Option<At<String>> {
        let word = self.text_of(node, "on_delete")?;
        self.choice(&word, "on_delete", &ON_DELETE[..2])?;
        if node.get("parent").is_none() {
            let message = "`on_delete` of a resource tells what deleting its `parent` does";
            self.hinted(
                word.span,
                message,
                "of a reference, it is said of the field",
            );
            return None;
        }
        Some(word)
    }

    fn owner(&mut self, node: &Node) -> Option<At<Owner>> {
        let member = node.as_object()?.get("owner")?;
        let mut owner = Owner {
            field: "owner_id".to_owned(),
            others: "not_found",
        };
        match &member.value.kind {
            Kind::Bool(true) => {}
            Kind::Bool(false) => return None,
            Kind::String(field) => field.clone_into(&mut owner.field),
            Kind::Object(_) => {
                let inner = &member.value;
                self.keys(inner, "owner", "key of an `owner`", &["field", "others"]);
                if let Some(field) = self.text_of(inner, "field") {
                    owner.field = field.value;
                }
                let others = self.text_of(inner, "others");
                let others = others.and_then(|word| self.choice(&word, "others", &OTHERS));
                owner.others = others.unwrap_or(owner.others);
            }
            _ => {
                self.misfit(&member.value, "owner", "`true`, or the name of a field");
                return None;
            }
        }
        let field = At::new(owner.field.clone(), member.value.span);
        let lawful = self.named(&field, "a field", false);
        lawful.then(|| At::new(owner, member.key))
    }

    fn version(&mut self, node: &Node) -> Option<At<String>> {
        let member = node.as_object()?.get("version")?;
        let name = match &member.value.kind {
            Kind::Bool(true) => "version".to_owned(),
            Kind::Bool(false) => return None,
            Kind::String(name) => name.clone(),
            _ => {
                self.misfit(&member.value, "version", "`true`, or the name of a field");
                return None;
            }
        };
        let name = At::new(name, member.key);
        self.named(&name, "a field", false).then_some(name)
    }

    /// Sets of fields: `[slug]`, `[[project_id, title]]`.
    fn sets(&mut self, node: &Node, name: &str) -> Vec<Vec<At<String>>> {
        let Some(list) = node.get(name) else {
            return Vec::new();
        };
        let Some(items) = list.as_array() else {
            self.misfit(list, name, "a list of fields, or of lists of fields");
            return Vec::new();
        };
        let mut sets = Vec::new();
        for item in items {
            let set: Vec<At<String>> = match item.as_array() {
                Some(items) => items.iter().filter_map(|i| self.text(i, name)).collect(),
                None => self.text(item, name).into_iter().collect(),
            };
            if !set.is_empty() {
                sets.push(set);
            }
        }
        sets
    }

    pub(super) fn operations(&mut self, node: &Node, name: &At<String>) -> Vec<At<Standard>> {
        if node.get("operations").is_none() {
            let all = Standard::ALL.into_iter();
            return all.map(|standard| At::new(standard, name.span)).collect();
        }
        let known = Standard::ALL.map(|standard| (standard.name(), standard));
        let mut found: Vec<At<Standard>> = Vec::new();
        for word in self.texts(node, "operations") {
            let Some(standard) = known.iter().find(|(name, _)| *name == word.value) else {
                let names = known.map(|(name, _)| name);
                self.unknown(&word, "operation", &names);
                continue;
            };
            match found.iter().any(|known| known.value == standard.1) {
                true => self.error(word.span, format!("`{}` stands twice", word.value)),
                false => found.push(At::new(standard.1, word.span)),
            }
        }
        found.sort_by_key(|standard| standard.value);
        found
    }

    fn scopes(&mut self, node: &Node) -> Vec<(At<String>, At<String>)> {
        let mut scopes =
            self.by_operation(node, "scopes", "a mapping such as `write: tasks:write`");
        scopes.retain(|(_, scope)| {
            let lawful = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
            let is_scope = scope.value.chars().all(lawful);
            if !is_scope {
                let message = format!("`{}` cannot be a scope", scope.value);
                self.hinted(scope.span, message, "such as `tasks:write`");
            }
            is_scope
        });
        scopes
    }

    /// What is said of operations, or of all that read or write.
    fn by_operation(&mut self, node: &Node, key: &str, is: &str) -> Vec<(At<String>, At<String>)> {
        let Some(said) = node.get(key) else {
            return Vec::new();
        };
        if said.as_object().is_none() {
            self.misfit(said, key, is);
            return Vec::new();
        }
        let each = said.members().filter_map(|(name, member)| {
            let text = self.text(&member.value, name)?;
            Some((At::new(name.to_owned(), member.key), text))
        });
        each.collect()
    }

    /// Rows, or how many: what is in them is looked at with all that rows have.
    fn seed(&mut self, node: &Node) -> Option<Node> {
        let seed = node.get("seed")?;
        let is_known = seed.as_array().is_some() || seed.as_number().is_some();
        if !is_known {
            self.misfit(seed, "seed", "a list of rows, or how many to make up");
        }
        for row in seed.items().iter().filter(|row| row.as_object().is_none()) {
            self.misfit(row, "a row of the seed", "a mapping");
        }
        is_known.then(|| seed.clone())
    }
}
