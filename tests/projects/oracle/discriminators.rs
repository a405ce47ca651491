//! Discriminators in words that JSON Schema has: an alternative, and the values that name it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    collect::each_schema,
    joined::{component, parts_of, refer},
};

/// What a component is called without those that derive from it.
const ALONE: &str = " alone";

/// What says so little that a reference beside it is no more than a reference.
const NOTES: [&str; 9] = [
    "title",
    "description",
    "default",
    "example",
    "examples",
    "nullable",
    "deprecated",
    "externalDocs",
    "type",
];

/// The components of a document, and which of them derive from which by `allOf`.
pub(super) struct Discriminators {
    /// With those that are alone: what derives from a component means it without its alternatives.
    components: Map<String, Value>,
    children: BTreeMap<String, Vec<String>>,
}

impl Discriminators {
    pub(super) fn of(components: &Map<String, Value>) -> Self {
        let mut children = BTreeMap::<String, Vec<String>>::new();
        for (name, component) in components {
            for base in list(component, "allOf").iter().filter_map(name_of) {
                children.entry(base).or_default().push(name.clone());
            }
        }
        let mut all = Self {
            components: components.clone(),
            children,
        };
        let mut derived = Map::new();
        for (name, component) in components {
            let mut component = component.clone();
            let parts = component.get_mut("allOf").and_then(Value::as_array_mut);
            for part in parts.into_iter().flatten() {
                let base = name_of(part).filter(|base| all.is_base(base) || all.is_own(name, base));
                if let Some(base) = base {
                    let base = format!("{base}{ALONE}");
                    part["$ref"] = refer(&base);
                }
            }
            let mut alone = component.clone();
            for word in ["oneOf", "anyOf", "discriminator"] {
                alone
                    .as_object_mut()
                    .and_then(|members| members.remove(word));
            }
            derived.insert(name.clone(), component);
            derived.insert(format!("{name}{ALONE}"), alone);
        }
        all.components = derived;
        all
    }

    /// All components. One that others derive from is any of them.
    pub(super) fn components(&self) -> Map<String, Value> {
        let said = |(name, component): (&String, &Value)| {
            let mut component = match self.is_base(name) {
                true => self.with_descendants(name),
                false => component.clone(),
            };
            self.say(&mut component);
            (name.clone(), component)
        };
        self.components.iter().map(said).collect()
    }

    /// Says the discriminators of a schema, and of those inside of it.
    pub(super) fn say(&self, schema: &mut Value) {
        each_schema(schema, &mut |members| {
            let says_more = |word: &str| {
                let mut names = members.keys().map(String::as_str);
                names.any(|name| name != word && !NOTES.contains(&name))
            };
            let (beside, among) = (says_more("$ref"), says_more("allOf"));
            if let Some(reference) = members.get_mut("$ref").filter(|_| beside) {
                self.leave_alone_at(reference);
            }
            let parts = members.get_mut("allOf").and_then(Value::as_array_mut);
            for part in parts
                .into_iter()
                .filter(|parts| among || parts.len() > 1)
                .flatten()
            {
                self.leave_alone(part);
            }
            let Some(discriminator) = members.remove("discriminator") else {
                return;
            };
            for word in ["oneOf", "anyOf"] {
                let alternatives = members.get(word).and_then(Value::as_array);
                let named = alternatives.and_then(|all| self.named(all, &discriminator));
                if let Some(named) = named {
                    members.remove(word);
                    members.insert("anyOf".to_owned(), json!(named));
                }
            }
        });
    }

    fn is_base(&self, name: &str) -> bool {
        self.children.contains_key(name)
            && self.components.get(name).is_some_and(|one| {
                let says = |word| one.get(word).is_some();
                says("discriminator") && !says("oneOf") && !says("anyOf")
            })
    }

    fn leave_alone(&self, schema: &mut Value) {
        schema
            .get_mut("$ref")
            .into_iter()
            .for_each(|one| self.leave_alone_at(one));
    }

    fn leave_alone_at(&self, reference: &mut Value) {
        let name = component(reference).filter(|name| self.is_base(name));
        if let Some(name) = name {
            *reference = refer(&format!("{name}{ALONE}"));
        }
    }

    /// Whether a component derives from one whose alternatives it is among, or what derives from it.
    fn is_own(&self, name: &str, base: &str) -> bool {
        let line = self.line(name);
        let base = self.components.get(base).unwrap_or(&Value::Null);
        let mut alternatives = list(base, "oneOf").iter().chain(list(base, "anyOf"));
        alternatives.any(|one| name_of(one).is_some_and(|one| line.contains(&one)))
    }

    /// A component, and all that derive from it.
    fn line(&self, name: &str) -> Vec<String> {
        let mut found = vec![name.to_owned()];
        let mut next = 0;
        while let Some(parent) = found.get(next) {
            let children = self.children.get(parent).into_iter().flatten();
            let new: Vec<_> = children
                .filter(|name| !found.contains(name))
                .cloned()
                .collect();
            found.extend(new);
            next += 1;
        }
        found
    }

    /// A component, or what derives from it; a mapping that leaves it out means that it is none itself.
    fn with_descendants(&self, name: &str) -> Value {
        let discriminator = &self.components[name]["discriminator"];
        let mut found = self.line(name);
        let mut mapping = discriminator["mapping"].as_object().into_iter().flatten();
        if discriminator.get("mapping").is_some() && !mapping.any(|(_, one)| *one == refer(name)) {
            found.remove(0);
        }
        let alone = |name: String| match self.is_base(&name) {
            true => json!({ "$ref": refer(&format!("{name}{ALONE}")) }),
            false => json!({ "$ref": refer(&name) }),
        };
        let alternatives: Vec<Value> = found.into_iter().map(alone).collect();
        json!({ "oneOf": alternatives, "discriminator": discriminator })
    }

    /// Alternatives with the values that name them; `None` where values do not tell them apart.
    fn named(&self, alternatives: &[Value], discriminator: &Value) -> Option<Vec<Value>> {
        let property = discriminator["propertyName"].as_str()?;
        let is_null = |one: &&Value| one["type"] == "null" || **one == json!({ "nullable": true });
        let (null, objects): (Vec<&Value>, Vec<&Value>) = alternatives.iter().partition(is_null);
        let parts = objects.iter().map(|one| parts_of(&self.components, one));
        let parts: Vec<_> = parts.collect();
        let is_any = |one: &&Value| name_of(one).is_some_and(|name| self.is_base(&name));
        let declaring = parts.iter().filter(|one| declare(one, property)).count();
        if !parts.iter().all(|parts| is_object(parts))
            || objects.iter().any(is_any)
            || (declaring != 0 && declaring != parts.len())
        {
            return None;
        }
        let limits = parts.iter().map(|parts| self.limits(parts, property));
        let limits: Vec<_> = limits.collect();
        let mut taken: Vec<Value> = Vec::new();
        let mut named: Vec<Value> = null.into_iter().cloned().collect();
        for (index, alternative) in objects.into_iter().enumerate() {
            let mut values = names(alternative, discriminator, &limits, index);
            values.retain(|value| !taken.contains(value));
            // What the alternative rules out names nothing.
            let fits = |value: &Value| limits[index].iter().all(|limit| limit.contains(value));
            if !values.iter().any(fits) {
                return None;
            }
            taken.extend(values.clone());
            let tag = json!({
                "type": "object",
                "required": [property],
                "properties": { property: { "enum": values } },
            });
            named.push(json!({ "allOf": [tag, alternative] }));
        }
        let can_be_null = |one: &&Map<String, Value>| one.get("nullable") == Some(&json!(true));
        if parts.iter().flatten().any(can_be_null) {
            named.push(json!({ "type": "null" }));
        }
        Some(named)
    }

    /// The values that each of the parts limits a property to.
    fn limits(&self, parts: &[&Map<String, Value>], property: &str) -> Vec<Vec<Value>> {
        let schemas = parts
            .iter()
            .filter_map(|one| one.get("properties")?.get(property));
        let limits = schemas
            .flat_map(|schema| parts_of(&self.components, schema))
            .filter_map(|members| {
                let one = members.get("const").map(|one| vec![one.clone()]);
                one.or_else(|| members.get("enum")?.as_array().cloned())
            });
        limits.collect()
    }
}

/// The values that name an alternative: those of the mapping, else its constants where no other has
/// them, else the component's name.
fn names(
    alternative: &Value,
    discriminator: &Value,
    limits: &[Vec<Vec<Value>>],
    index: usize,
) -> Vec<Value> {
    let name = name_of(alternative);
    let name = name.as_deref().map(|name| name.trim_end_matches(ALONE));
    let mapping = discriminator["mapping"].as_object().into_iter().flatten();
    let is_it = |target: &Value| name.is_some() && component(target).as_deref() == name;
    let mapped = mapping
        .filter(|(_, target)| is_it(target))
        .map(|(value, _)| json!(value));
    let mapped: Vec<Value> = mapped.collect();
    if !mapped.is_empty() {
        return mapped;
    }
    let own = constants(&limits[index]);
    let mut others = limits
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != index);
    let is_shared = others.any(|(_, other)| constants(other).iter().any(|one| own.contains(one)));
    if own.is_empty() || is_shared {
        return name.map(|name| json!(name)).into_iter().collect();
    }
    own
}

/// The texts that all limits leave.
fn constants(limits: &[Vec<Value>]) -> Vec<Value> {
    let mut left = limits.first().cloned().unwrap_or_default();
    left.retain(|one| one.is_string() && limits.iter().all(|limit| limit.contains(one)));
    left
}

fn declare(parts: &[&Map<String, Value>], property: &str) -> bool {
    parts.iter().any(|one| {
        let properties = one.get("properties");
        properties.is_some_and(|all| all.get(property).is_some())
            || list_of(one, "required").contains(&json!(property))
    })
}

/// Whether these are one object with properties of its own.
fn is_object(parts: &[&Map<String, Value>]) -> bool {
    let says = |words: &[&str]| {
        words
            .iter()
            .any(|word| parts.iter().any(|one| one.contains_key(*word)))
    };
    let is_typed = |one: &&Map<String, Value>| {
        one.get("type")
            .is_none_or(|ty| *ty == "object" || *ty == json!(["object", "null"]))
    };
    parts.iter().all(is_typed)
        && says(&["properties", "required"])
        && !says(&["oneOf", "anyOf", "enum", "const"])
}

fn list<'v>(schema: &'v Value, word: &str) -> &'v [Value] {
    schema
        .as_object()
        .map(|one| list_of(one, word))
        .unwrap_or_default()
}

fn list_of<'v>(schema: &'v Map<String, Value>, word: &str) -> &'v [Value] {
    let list = schema.get(word).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// The component that a schema is no more than a reference to.
fn name_of(schema: &Value) -> Option<String> {
    component(schema.get("$ref")?)
}
