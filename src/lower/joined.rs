//! What the gateway's `/openapi.json` has beside the user's document: the paths of
//! `[aggregate.<name>]`, in the document's own dialect.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    slices::Slices,
    written::{answer, parameter_nodes},
};
use crate::{
    config::{Aggregate, Call},
    model::{Location, Operation, Parameter},
    spec::Slicer,
};

/// How many alternatives of credentials are told.
const ALTERNATIVES: usize = 20;

/// The document with the paths that the gateway joins; `None` where there are none.
pub fn joined(slices: &Slices<'_>) -> Option<Value> {
    let aggregates = &slices.config.aggregates;
    if aggregates.is_empty() {
        return None;
    }
    let own = &slices.document.own;
    let mut whole = own.clone();
    for (name, aggregate) in aggregates {
        let item = json!({ "get": Joined::new(slices, aggregate).operation(name) });
        whole["paths"][&aggregate.path] = item;
    }
    Some(whole)
}

/// An aggregate beside the operations that it calls.
struct Joined<'a> {
    own: &'a Value,
    slicer: &'a Slicer<'a>,
    aggregate: &'a Aggregate,
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    name: &'a str,
    call: &'a Call,
    operation: &'a Operation,
    /// Its path, as the document writes it.
    key: &'a str,
}

impl<'a> Joined<'a> {
    fn new(slices: &'a Slices<'a>, aggregate: &'a Aggregate) -> Self {
        let parts = aggregate.calls.iter().filter_map(|(name, call)| {
            let operation = &slices.whole[slices.whole.named(&call.operation)?];
            let (key, _) = slices.place(operation)?;
            Some(Part {
                name,
                call,
                operation,
                key,
            })
        });
        Self {
            own: &slices.document.own,
            slicer: &slices.slicer,
            aggregate,
            parts: parts.collect(),
        }
    }

    fn is_swagger(&self) -> bool {
        self.own.get("swagger").is_some()
    }

    fn operation(&self, name: &str) -> Value {
        let ids = self
            .parts
            .iter()
            .map(|part| format!("`{}`", part.call.operation));
        let ids = ids.collect::<Vec<_>>().join(", ");
        let mut operation = json!({
            "operationId": self.id(name),
            "tags": ["gateway"],
            "summary": format!("Joins the answers of {ids}, which are asked at the same time"),
            "parameters": self.parameters(),
            "responses": self.responses(),
        });
        if let Some(security) = self.security() {
            operation["security"] = security;
        }
        operation
    }

    /// The aggregate's name, or one that no operation has.
    fn id(&self, name: &str) -> String {
        let text = self.own.to_string();
        let mut id = name.to_owned();
        while text.contains(&format!("\"operationId\":{}", json!(id))) {
            id = format!("joined-{id}");
        }
        id
    }

    fn parameters(&self) -> Vec<Value> {
        let mut found: BTreeMap<(&str, &str), Value> = BTreeMap::new();
        for part in &self.parts {
            let nodes = parameter_nodes(self.slicer, part.key, part.operation);
            let nodes = nodes.unwrap_or_default();
            for one in &part.operation.parameters {
                let place = match one.location {
                    Location::Path | Location::Query => &one.api_name,
                    Location::Header | Location::Cookie => continue,
                };
                let Some((place, from)) = self.aggregate.source(part.call, place) else {
                    continue;
                };
                let node = node_of(&nodes, one);
                let is_required = one.required && part.call.required || place == "path";
                let known = found.entry((place, from)).or_insert_with(|| {
                    let mut node = node.cloned().unwrap_or_else(|| self.text());
                    if node["in"] != place {
                        // How it is written there need not be possible here.
                        let written = ["style", "explode", "allowReserved", "collectionFormat"];
                        let members = node.as_object_mut().into_iter();
                        members.for_each(|node| node.retain(|name, _| !written.contains(&&**name)));
                    }
                    (node["in"], node["name"]) = (json!(place), json!(from));
                    node["required"] = json!(false);
                    node
                });
                if is_required {
                    known["required"] = json!(true);
                }
            }
        }
        for from in parameters_of(&self.aggregate.path) {
            found.entry(("path", from)).or_insert_with(|| {
                let mut node = self.text();
                (node["in"], node["name"]) = (json!("path"), json!(from));
                node["required"] = json!(true);
                node
            });
        }
        found.into_values().collect()
    }

    /// A parameter of which nothing is known.
    fn text(&self) -> Value {
        match self.is_swagger() {
            true => json!({ "type": "string" }),
            false => json!({ "schema": { "type": "string" } }),
        }
    }

    fn responses(&self) -> Value {
        let mut properties = Map::new();
        for part in &self.parts {
            let schema = answer(self.slicer, part.key, part.operation);
            let schema = match (schema, part.call.required) {
                (None, _) => json!({}),
                (Some(schema), true) => schema,
                (Some(schema), false) => self.nullable(&schema),
            };
            properties.insert(part.name.to_owned(), schema);
        }
        let names: Vec<&str> = self.parts.iter().map(|part| part.name).collect();
        if self.parts.iter().any(|part| !part.call.required) {
            let status = json!({
                "type": "object", "required": ["status"],
                "properties": { "status": { "type": "integer" } },
            });
            let errors = json!({
                "type": "object", "additionalProperties": status,
                "description": "Which of the calls failed, and how: their members are null",
            });
            properties.insert("errors".to_owned(), errors);
        }
        let schema = json!({ "type": "object", "required": names, "properties": properties });
        let content = match self.is_swagger() {
            true => json!({ "description": "The answers, joined", "schema": schema }),
            false => json!({
                "description": "The answers, joined",
                "content": { "application/json": { "schema": schema } },
            }),
        };
        json!({
            "200": content,
            "default": { "description": "A call that must succeed failed: its answer, as it came" },
        })
    }

    fn nullable(&self, schema: &Value) -> Value {
        let version = self.own.get("openapi").and_then(Value::as_str);
        match version {
            None => json!({ "allOf": [schema], "x-nullable": true }),
            Some(version) if version.starts_with("3.0") => {
                json!({ "allOf": [schema], "nullable": true })
            }
            Some(_) => json!({ "anyOf": [schema, { "type": "null" }] }),
        }
    }

    /// The credentials that all calls together ask for: each has alternatives of some that go
    /// together. A call that may fail does without, too.
    fn security(&self) -> Option<Value> {
        let whole = self.own.get("security");
        let mut all = BTreeSet::from([BTreeMap::new()]);
        for part in &self.parts {
            let place = self
                .slicer
                .place(part.key, part.operation.method.as_str())?;
            let (own, _) = self.slicer.resolve(place)?;
            let own = own.get("security").or(whole);
            let mut alternatives = alternatives(own);
            if alternatives.is_empty() {
                continue;
            }
            if !part.call.required {
                alternatives.push(BTreeMap::new());
            }
            let pairs = all.iter().flat_map(|known: &Together<'_>| {
                alternatives.iter().map(|more| {
                    let mut both = known.clone();
                    for (scheme, scopes) in more {
                        both.entry(scheme).or_default().extend(scopes);
                    }
                    both
                })
            });
            all = pairs.take(ALTERNATIVES).collect();
        }
        match all.iter().all(BTreeMap::is_empty) {
            true => whole.map(|_| json!([])),
            false => Some(json!(all)),
        }
    }
}

/// Credentials that are shown together, with their scopes.
type Together<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn alternatives(security: Option<&Value>) -> Vec<Together<'_>> {
    let all = security.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_object)
        .map(|schemes| schemes.iter().map(scopes).collect())
        .collect()
}

fn scopes<'a>((scheme, scopes): (&'a String, &'a Value)) -> (&'a str, BTreeSet<&'a str>) {
    let scopes = scopes.as_array().into_iter().flatten();
    (scheme, scopes.filter_map(Value::as_str).collect())
}

/// What the document says of a parameter of a path or a query.
fn node_of<'n>(nodes: &'n [Value], parameter: &Parameter) -> Option<&'n Value> {
    let place = match parameter.location {
        Location::Path => "path",
        _ => "query",
    };
    let mut nodes = nodes.iter();
    nodes.find(|node| node["in"] == place && node["name"] == parameter.api_name.as_str())
}

/// The names in a path template.
fn parameters_of(path: &str) -> impl Iterator<Item = &str> {
    let pieces = path.split('/');
    pieces.filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'))
}
