//! What a schema says beyond any type, as a JSON Schema of its own.
//!
//! The type of a schema enforces most of it. What is left is taken out of it, of its `allOf` and of what
//! it refers to at once: there, a property that the type has is no more than its name. The schemas inside
//! of what is left are whole, with the schemas that they refer to in `$defs`.

use std::collections::{BTreeSet, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::{diagnostic::Span, model::keywords::Keywords, spec::Node};

use super::{
    Way,
    facts::{Facts, Part, only_asks},
    index::Index,
    pattern::translate,
    reduce::is_null,
};

/// How much text the keywords of one schema may come to, and how many schemas they may refer to: what
/// compiles them goes down a chain of references as far as it leads.
const MOST: usize = 64 * 1024;
const MOST_SCHEMAS: usize = 200;
/// How deep schemas are followed.
const DEEPEST: usize = 100;

/// The formats of texts that types enforce.
const FORMATS: [&str; 10] = [
    "uuid",
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "uri",
    "ipv4",
    "ipv6",
    "hostname",
];

/// What is left of a schema when it has its type.
pub(super) struct Beyond<'a> {
    /// The keywords, and their places.
    pub(super) named: Vec<(&'a str, Span)>,
    /// The pattern of its keys is a rule of the type.
    is_map: bool,
}

impl<'a> Beyond<'a> {
    pub(super) fn of(facts: &Facts<'a>) -> Self {
        Self {
            named: facts.beyond.clone(),
            is_map: facts.is_map(),
        }
    }
}

/// Writes it.
pub(super) struct Writer<'i, 'a> {
    index: &'i Index<'a>,
    /// What the other side sends alone.
    hidden: &'static str,
    /// By the nodes that are referred to, their names in `$defs`.
    names: IndexMap<*const Node, (String, &'a Node)>,
    /// Which of `$defs` judge the same value as others do.
    same: BTreeSet<(usize, usize)>,
    /// The one that is written.
    current: Option<usize>,
    seen: HashSet<*const Node>,
    trouble: Option<String>,
}

impl<'i, 'a> Writer<'i, 'a> {
    pub(super) fn new(index: &'i Index<'a>, way: Way) -> Self {
        Self {
            index,
            hidden: match way {
                Way::Response => "writeOnly",
                Way::Request | Way::Patch => "readOnly",
            },
            names: IndexMap::new(),
            same: BTreeSet::new(),
            current: None,
            seen: HashSet::new(),
            trouble: None,
        }
    }

    /// What is left of these parts, or why it cannot be judged.
    pub(super) fn left_of(
        mut self,
        parts: &[Part<'a>],
        beyond: &Beyond<'a>,
    ) -> Result<Option<Keywords>, String> {
        let mut named = beyond.named.iter();
        let evaluates = named.any(|(name, _)| name.starts_with("unevaluated"));
        let mut left = Vec::new();
        for part in parts {
            left.push(self.left(part.node, part.bare, beyond, evaluates, 0));
        }
        left.retain(|left| !left.is_empty());
        self.written(left.into_iter().map(Value::Object).collect())
    }

    /// All that these parts say, or why it cannot be judged.
    pub(super) fn all_of(mut self, parts: &[Part<'a>]) -> Result<Option<Keywords>, String> {
        let all = parts.iter().map(|part| self.copy(part.node, true, 0));
        let all = all.collect();
        self.written(all)
    }

    fn written(mut self, mut all: Vec<Value>) -> Result<Option<Keywords>, String> {
        let mut root = match all.len() {
            0 => return Ok(None),
            1 => all.remove(0),
            _ => json!({ "allOf": all }),
        };
        let mut defs = Map::new();
        while let Some((_, (name, node))) = self.names.get_index(defs.len()) {
            let (name, node) = (name.clone(), *node);
            if self.names.len() > MOST_SCHEMAS {
                return Err("it leads to too many schemas".to_owned());
            }
            self.current = Some(defs.len());
            let schema = self.copy(node, true, 0);
            defs.insert(name, schema);
        }
        if self.has_loop() {
            return Err("a schema in it is itself".to_owned());
        }
        if let (Value::Object(root), false) = (&mut root, defs.is_empty()) {
            root.insert("$defs".to_owned(), Value::Object(defs));
        }
        match self.trouble {
            Some(trouble) => Err(trouble),
            None if root.to_string().len() > MOST => Err("it leads to too many schemas".to_owned()),
            None => Keywords::new(&root).map(Some),
        }
    }

    fn fail(&mut self, why: impl Into<String>) {
        self.trouble.get_or_insert_with(|| why.into());
    }

    /// What the type leaves of a part.
    fn left(
        &mut self,
        node: &'a Node,
        is_bare: bool,
        beyond: &Beyond<'a>,
        evaluates: bool,
        depth: usize,
    ) -> Map<String, Value> {
        let mut left = Map::new();
        if depth > DEEPEST || !self.seen.insert(node) {
            return left;
        }
        let has = |name: &str| node.get(name).is_some();
        let has_patterns = has("patternProperties");
        let has_positions = has("prefixItems") || is_list(node.get("items"));
        let mut all = Vec::new();
        for (name, member) in node.members() {
            let value = &member.value;
            match name {
                "$ref" | "allOf" => {
                    let target = self.index.target(value);
                    for inner in target.into_iter().chain(value.items()) {
                        all.push(self.left(inner, is_bare, beyond, evaluates, depth + 1));
                    }
                }
                "oneOf" | "anyOf" if !evaluates && !value.items().iter().all(only_asks) => {}
                "properties" if evaluates || has_patterns => {
                    let names = value
                        .members()
                        .map(|(name, _)| (name.to_owned(), json!(true)));
                    left.insert(name.to_owned(), Value::Object(names.collect()));
                }
                "properties" => {}
                "additionalProperties" if has_patterns => {
                    self.keyword(node, name, value, true, &mut left, 0)
                }
                "items" if has_positions => self.keyword(node, name, value, true, &mut left, 0),
                "additionalProperties" | "items" => {
                    if evaluates {
                        left.insert(name.to_owned(), json!(true));
                    }
                }
                "propertyNames" if beyond.is_map && is_pattern(value) => {}
                "unevaluatedProperties" if value.as_bool().is_some() && !evaluates => {}
                "unevaluatedProperties" | "unevaluatedItems" if is_bare => {}
                name if is_rule(name) => {}
                "type" | "enum" | "const" | "nullable" => {}
                _ => self.keyword(node, name, value, true, &mut left, 0),
            }
        }
        all.retain(|one| !one.is_empty());
        match all.len() {
            0 => {}
            1 if left.is_empty() => return all.remove(0),
            _ => drop(left.insert("allOf".to_owned(), all.into())),
        }
        left
    }

    /// A schema as JSON Schema 2020-12 says it; `is_same` where it judges what its place judges.
    fn copy(&mut self, node: &'a Node, is_same: bool, depth: usize) -> Value {
        if let Some(all) = node.as_bool() {
            return json!(all);
        }
        if depth > DEEPEST {
            self.fail("it nests too deep");
            return json!(true);
        }
        let mut copy = Map::new();
        for (name, member) in node.members() {
            self.keyword(node, name, &member.value, is_same, &mut copy, depth);
        }
        let is_nullable = node.get("nullable").and_then(Node::as_bool) == Some(true);
        match is_nullable && !copy.is_empty() {
            true => json!({ "anyOf": [copy, { "type": "null" }] }),
            false => Value::Object(copy),
        }
    }

    fn keyword(
        &mut self,
        node: &'a Node,
        name: &str,
        value: &'a Node,
        is_same: bool,
        copy: &mut Map<String, Value>,
        depth: usize,
    ) {
        let depth = depth + 1;
        let written = match name {
            "$ref" => match self.index.target(value) {
                Some(target) => self.reference(target, is_same).into(),
                None => return,
            },
            "$dynamicRef" | "$recursiveRef" => return self.fail(format!("it has a `{name}`")),
            "not" | "if" | "then" | "else" => self.copy(value, is_same, depth),
            "allOf" => self.list(value, is_same, depth),
            "anyOf" | "oneOf" => {
                let mut list = self.list(value, is_same, depth);
                let nulls = value.items().iter().enumerate();
                for (index, _) in nulls.filter(|(_, node)| is_null(node)) {
                    list[index] = json!({ "type": "null" });
                }
                list
            }
            "items" if is_list(Some(value)) => {
                let items = self.list(value, false, depth);
                return drop(copy.insert("prefixItems".to_owned(), items));
            }
            "additionalItems" if is_list(node.get("items")) => {
                let items = self.copy(value, false, depth);
                return drop(copy.insert("items".to_owned(), items));
            }
            "items"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "contains"
            | "propertyNames" => self.copy(value, false, depth),
            "prefixItems" => self.list(value, false, depth),
            "dependentSchemas" => self.map(value, is_same, depth),
            "properties" | "patternProperties" => {
                let patterns = value.members().filter(|_| name == "patternProperties");
                for (pattern, _) in patterns {
                    self.pattern(pattern);
                }
                let mut map = self.map(value, false, depth);
                for (property, member) in value.members().filter(|_| name == "properties") {
                    if self.is_hidden(&member.value) {
                        map[property] = json!(true);
                    }
                }
                map
            }
            "dependencies" => return self.dependencies(value, is_same, copy, depth),
            "required" => {
                let is_asked = |name: &&Node| {
                    let property = node.get("properties").zip(name.as_str());
                    let property = property.and_then(|(all, name)| all.get(name));
                    !property.is_some_and(|property| self.is_hidden(property))
                };
                value
                    .items()
                    .iter()
                    .filter(is_asked)
                    .map(Node::to_json)
                    .collect()
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value.as_bool().is_some() => return,
            "minimum" | "maximum" => {
                let exclusive = match name {
                    "minimum" => "exclusiveMinimum",
                    _ => "exclusiveMaximum",
                };
                // OpenAPI 3.0 says by a boolean that a bound is exclusive.
                let is_exclusive = node.get(exclusive).and_then(Node::as_bool) == Some(true);
                let name = if is_exclusive { exclusive } else { name };
                return drop(copy.insert(name.to_owned(), value.to_json()));
            }
            "type" if value.as_str() == Some("file") => return,
            "format" if !value.as_str().is_some_and(|text| FORMATS.contains(&text)) => return,
            "pattern" => {
                self.pattern(value.as_str().unwrap_or_default());
                value.to_json()
            }
            "type" | "enum" | "const" | "format" | "dependentRequired" | "minContains"
            | "maxContains" => value.to_json(),
            name if is_rule(name) => value.to_json(),
            _ => return,
        };
        copy.insert(name.to_owned(), written);
    }

    fn list(&mut self, value: &'a Node, is_same: bool, depth: usize) -> Value {
        let items = value.items().iter();
        items.map(|one| self.copy(one, is_same, depth)).collect()
    }

    fn map(&mut self, value: &'a Node, is_same: bool, depth: usize) -> Value {
        let members = value.members();
        let members =
            members.map(|(name, one)| (name.to_owned(), self.copy(&one.value, is_same, depth)));
        Value::Object(members.collect())
    }

    /// Of older drafts: names or a schema.
    fn dependencies(
        &mut self,
        value: &'a Node,
        is_same: bool,
        copy: &mut Map<String, Value>,
        depth: usize,
    ) {
        for (name, member) in value.members() {
            let (keyword, written) = match member.value.as_array() {
                Some(_) => ("dependentRequired", member.value.to_json()),
                None => ("dependentSchemas", self.copy(&member.value, is_same, depth)),
            };
            let all = copy.entry(keyword).or_insert_with(|| json!({}));
            all[name] = written;
        }
    }

    fn pattern(&mut self, pattern: &str) {
        if let Err(why) = translate(pattern) {
            self.fail(format!("its pattern has {why}"));
        }
    }

    /// A reference to a schema of `$defs`.
    fn reference(&mut self, node: &'a Node, is_same: bool) -> String {
        let address = std::ptr::from_ref(node);
        let count = self.names.len();
        let known = self.names.get_index_of(&address);
        let to = known.unwrap_or_else(|| {
            let component = self.index.component(node);
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let plain = component.filter(|name| name.chars().all(is_plain));
            let name = plain.map_or_else(|| format!("schema-{count}"), str::to_owned);
            self.names.insert(address, (name, node));
            count
        });
        if let Some(from) = self.current.filter(|_| is_same) {
            self.same.insert((from, to));
        }
        format!("#/$defs/{}", self.names[to].0)
    }

    /// Whether judging a value would come to judging it by the same schema again.
    fn has_loop(&self) -> bool {
        let mut rest = self.same.clone();
        loop {
            let before = rest.len();
            let ends: BTreeSet<usize> = rest.iter().map(|(from, _)| *from).collect();
            rest.retain(|(_, to)| ends.contains(to));
            if rest.is_empty() || rest.len() == before {
                return !rest.is_empty();
            }
        }
    }

    /// Whether only the other side sends a property.
    fn is_hidden(&self, property: &'a Node) -> bool {
        let is = |node: &Node| node.get(self.hidden).and_then(Node::as_bool) == Some(true);
        let target = property.get("$ref").and_then(|to| self.index.target(to));
        is(property) || target.is_some_and(is)
    }
}

fn is_list(items: Option<&Node>) -> bool {
    items.is_some_and(|items| items.as_array().is_some())
}

/// Whether the names of properties keep a pattern, and no more is said of them.
pub(super) fn is_pattern(names: &Node) -> bool {
    let mut keywords = names.members().map(|(name, _)| name);
    names.get("pattern").is_some() && keywords.all(|name| matches!(name, "pattern" | "type"))
}

/// The bounds of a value, which types enforce.
fn is_rule(name: &str) -> bool {
    matches!(
        name,
        "required"
            | "minProperties"
            | "maxProperties"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
            | "minLength"
            | "maxLength"
            | "pattern"
            | "format"
            | "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "multipleOf"
    )
}
