//! Schemas of documents, gathered into one document whose one body has a member for each.

use std::path::Path;

use apigen::spec;
use serde_json::{Map, Value, json};

/// Where components are.
pub(super) const COMPONENTS: &str = "#/components/schemas/";

/// What the component is called that has a member for each schema.
pub(super) const BODY: &str = "Judged";

/// The keywords that hold schemas by names, and those that hold one or a list of them.
pub(super) const BY_NAME: [&str; 4] = [
    "properties",
    "patternProperties",
    "$defs",
    "dependentSchemas",
];
pub(super) const INSIDE: [&str; 15] = [
    "allOf",
    "anyOf",
    "oneOf",
    "prefixItems",
    "items",
    "additionalItems",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
];

/// Schemas that are judged, and what they refer to.
#[derive(Default)]
pub(super) struct Collection {
    pub(super) components: Map<String, Value>,
    pub(super) judged: Vec<Judged>,
}

/// A schema that is judged.
#[derive(Clone)]
pub(super) struct Judged {
    /// Whose it is: a document, or a file of the suite.
    pub(super) of: String,
    /// Its name, or its place.
    pub(super) label: String,
    pub(super) schema: Value,
}

/// Does a thing to a schema and to all schemas inside it, those outside first.
pub(super) fn each_schema(schema: &mut Value, act: &mut impl FnMut(&mut Map<String, Value>)) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    act(members);
    for (name, value) in members {
        match value {
            Value::Object(inner) if BY_NAME.contains(&name.as_str()) => {
                inner.values_mut().for_each(|one| each_schema(one, act));
            }
            Value::Array(inner) if INSIDE.contains(&name.as_str()) => {
                inner.iter_mut().for_each(|one| each_schema(one, act));
            }
            one if INSIDE.contains(&name.as_str()) => each_schema(one, act),
            _ => {}
        }
    }
}

impl Collection {
    /// Adds all schemas of a document: its components, and those that stand where they are used.
    pub(super) fn add_document(&mut self, path: &Path) {
        let of = path.file_name().expect("a name").to_string_lossy();
        // What cannot be read has no schemas.
        let Ok((document, _)) = spec::load(path) else {
            return;
        };
        let root = document.root.to_json();
        let prefix = format!("D{}", self.components.len());
        let components = root["components"]["schemas"].as_object();
        let names: Vec<&String> = components.into_iter().flat_map(Map::keys).collect();
        let mut found: Vec<(String, Value)> = Vec::new();
        for name in names {
            let reference = format!("{COMPONENTS}{}", escaped(name));
            found.push((name.clone(), json!({ "$ref": reference })));
        }
        used(&root["paths"], "", &mut found);
        for (label, mut schema) in found {
            self.adopt(&root, &prefix, &mut schema);
            let of = of.to_string();
            self.judged.push(Judged { of, label, schema });
        }
    }

    /// Adds a schema that is a document of its own, if it refers to nothing but itself.
    pub(super) fn add_schema(&mut self, of: &str, label: &str, schema: &Value) -> bool {
        let mut is_whole = true;
        each_schema(&mut schema.clone(), &mut |members| {
            let reference = members.get("$ref").and_then(Value::as_str);
            let leads = |text: &str| {
                let pointer = text.strip_prefix('#');
                pointer.is_some_and(|pointer| schema.pointer(pointer).is_some())
            };
            is_whole &= reference.is_none_or(leads) && !members.contains_key("$id");
        });
        if is_whole {
            let prefix = format!("D{}_", self.judged.len());
            let mut own = schema.clone();
            self.adopt(schema, &prefix, &mut own);
            self.judged.push(Judged {
                of: of.to_owned(),
                label: label.to_owned(),
                schema: own,
            });
        }
        is_whole
    }

    /// Makes the references of a schema lead to components of this collection.
    fn adopt(&mut self, root: &Value, prefix: &str, schema: &mut Value) {
        let mut wanted: Vec<(String, Value)> = Vec::new();
        let mut lead = |reference: &mut Value| {
            let Some(pointer) = reference.as_str().and_then(|text| text.strip_prefix('#')) else {
                return;
            };
            let name = match pointer.strip_prefix("/components/schemas/") {
                Some(name) if !name.contains('/') => format!("{prefix}{name}"),
                _ => format!(
                    "{prefix}{}",
                    pointer.replace(['/', '~', '%', '{', '}'], "_")
                ),
            };
            let target = root.pointer(pointer).cloned();
            *reference = json!(format!("{COMPONENTS}{name}"));
            wanted.push((name, target.unwrap_or_default()));
        };
        each_schema(schema, &mut |schema| {
            // What only one side sends is told elsewhere: here all is read, and all is written.
            schema.retain(|name, _| {
                !["readOnly", "writeOnly", "xml"].contains(&name.as_str())
                    && !name.starts_with("x-")
            });
            schema.get_mut("$ref").into_iter().for_each(&mut lead);
            let mapping = schema.get_mut("discriminator");
            let mapping = mapping.and_then(|one| one.get_mut("mapping")?.as_object_mut());
            for target in mapping.into_iter().flat_map(Map::values_mut) {
                if let Some(name) = target.as_str().filter(|text| !text.contains(['/', '#'])) {
                    *target = json!(format!("{COMPONENTS}{name}"));
                }
                lead(target);
            }
        });
        for (name, mut target) in wanted {
            let name = name.replace("~1", "/").replace("~0", "~");
            if !self.components.contains_key(&name) {
                self.components.insert(name.clone(), Value::Null);
                self.adopt(root, prefix, &mut target);
                self.components.insert(name, target);
            }
        }
    }

    /// The document: one operation that is sent all, and answers with it.
    pub(super) fn document(&self) -> Value {
        let content = json!({
            "application/json": { "schema": { "$ref": format!("{COMPONENTS}{BODY}") } },
        });
        let mut components = self.components.clone();
        components.insert(BODY.to_owned(), self.whole());
        json!({
            "openapi": "3.1.0",
            "info": { "title": "Oracle", "version": "1" },
            "paths": { "/judge": { "post": {
                "operationId": "judge",
                "tags": ["oracle"],
                "requestBody": { "required": true, "content": content },
                "responses": { "200": { "description": "The same", "content": content } },
            } } },
            "components": { "schemas": components },
        })
    }

    /// The body: a member for each schema that is judged.
    fn whole(&self) -> Value {
        let judged = self.judged.iter().enumerate();
        let members: Map<String, Value> = judged
            .map(|(index, one)| (member(index), one.schema.clone()))
            .collect();
        json!({ "type": "object", "properties": members })
    }
}

/// What the body calls a schema.
pub(super) fn member(index: usize) -> String {
    format!("s{index}")
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The schemas of media types and parameters that have no name.
fn used(node: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    let below = |name: &str| format!("{at}/{name}");
    match node {
        Value::Object(members) => {
            for (name, value) in members {
                let is_example = ["example", "examples", "default", "enum", "const"];
                match name.as_str() {
                    "schema" if value.get("$ref").is_none() && value.is_object() => {
                        found.push((below(name), value.clone()));
                    }
                    "schema" => {}
                    name if is_example.contains(&name) || name.starts_with("x-") => {}
                    name => used(value, &below(name), found),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                used(item, &below(&index.to_string()), found);
            }
        }
        _ => {}
    }
}
