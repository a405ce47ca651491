//! Events between the services of a workspace: what each slice says of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{events::MEMBER, partition::Share, slices::Slices};
use crate::{
    config::{Database, EventChoice, Misfit, unknown},
    model::{Location, Operation, OperationId, Status},
};

/// What the services of a workspace tell each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exchange {
    /// What the document of each service gains, by the service's name.
    members: BTreeMap<String, Map<String, Value>>,
    /// What the user should know of it.
    pub notes: Vec<String>,
}

impl Exchange {
    /// No service has events.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// What the root of a service's document gains.
    pub fn member(&self, service: &str) -> Map<String, Value> {
        let events = self.members.get(service).cloned();
        let events = events.map(|events| (MEMBER.to_owned(), Value::Object(events)));
        events.into_iter().collect()
    }
}

/// Brings the events of `apigen.toml` to the services.
///
/// # Errors
/// What it says does not fit the document.
pub fn exchange(slices: &Slices<'_>) -> Result<Exchange, Vec<Misfit>> {
    let mut plan = Plan {
        slices,
        exchange: Exchange::default(),
        misfits: Vec::new(),
    };
    for (name, choice) in &slices.config.events {
        if let Err(misfit) = plan.event(name, choice) {
            plan.misfits.push(misfit);
        }
    }
    match plan.misfits.is_empty() {
        true => Ok(plan.exchange),
        false => Err(plan.misfits),
    }
}

struct Plan<'p> {
    slices: &'p Slices<'p>,
    exchange: Exchange,
    misfits: Vec<Misfit>,
}

/// Where in an event's table something is wrong.
type At = Option<(&'static str, usize)>;

impl<'p> Plan<'p> {
    fn event(&mut self, name: &str, choice: &EventChoice) -> Result<(), Misfit> {
        let misfit = |at: At, message: String, hint: Option<String>| Misfit {
            table: "events",
            name: name.to_owned(),
            at,
            message,
            hint,
        };
        let mut operations = Vec::new();
        for (index, id) in choice.from.iter().enumerate() {
            let at = Some(("from", index));
            operations.push(self.operation(id).ok_or_else(|| {
                let all = self.slices.whole.operations.iter();
                let all: Vec<&str> = all.map(|operation| operation.id.as_str()).collect();
                misfit(
                    at,
                    format!("there is no operation `{id}`"),
                    Some(unknown(id, &all)),
                )
            })?);
        }
        let publisher = self
            .publisher(choice, &operations)
            .map_err(|(message, hint)| misfit(None, message, hint))?;
        let payload = self
            .payload(choice, &operations)
            .map_err(|(message, hint)| misfit(None, message, hint))?;
        let (mut to, mut apart) = (Vec::new(), Vec::new());
        for (index, service) in choice.to.iter().enumerate() {
            let subscriber = self
                .service(service)
                .map_err(|(message, hint)| misfit(Some(("to", index)), message, hint))?;
            if subscriber.database != publisher.database {
                apart.push(format!("`{}`", subscriber.name));
            }
            to.push(format!("{}-{}", self.slices.config.name, subscriber.name));
            let heard = json!({ "payload": payload });
            self.add(&subscriber.name, "subscribes", name, heard);
        }
        if !apart.is_empty() {
            let (service, apart) = (&publisher.name, apart.join(", "));
            self.exchange.notes.push(format!(
                "`{name}` goes from `{service}` to {apart}, which keep their data in databases of \
                 another kind: only NATS carries it (`NATS_URL`)"
            ));
        }
        let mut published = json!({ "payload": payload, "to": to });
        if !operations.is_empty() {
            let whole = self.slices.whole;
            let ids = operations.iter().map(|id| whole[*id].id.as_str());
            published["operations"] = ids.collect();
        }
        if let Some(key) = &choice.key {
            published["key"] = key.as_str().into();
        }
        self.add(&publisher.name, "publishes", name, published);
        Ok(())
    }

    fn add(&mut self, service: &str, side: &str, event: &str, what: Value) {
        let members = self.exchange.members.entry(service.to_owned()).or_default();
        let side = members
            .entry(side)
            .or_insert_with(|| Value::Object(Map::new()));
        side[event] = what;
    }

    fn operation(&self, id: &str) -> Option<OperationId> {
        let mut operations = self.slices.whole.operations.iter();
        operations
            .position(|operation| operation.id == id)
            .map(OperationId)
    }

    /// A service that keeps data.
    fn service(&self, name: &str) -> Result<&'p Share, Wrong> {
        let Some(share) = self.slices.shares.iter().find(|share| share.name == name) else {
            let names: Vec<&str> = self
                .slices
                .shares
                .iter()
                .map(|share| share.name.as_str())
                .collect();
            return Err((
                format!("there is no service `{name}`"),
                Some(unknown(name, &names)),
            ));
        };
        match share.database {
            Database::None => Err((
                format!("the service `{name}` keeps no data, and so no events"),
                Some(format!("give `services.{name}` a `database`")),
            )),
            _ => Ok(share),
        }
    }

    fn publisher(
        &self,
        choice: &EventChoice,
        operations: &[OperationId],
    ) -> Result<&'p Share, Wrong> {
        let home = |id: &OperationId| {
            self.slices
                .shares
                .iter()
                .find(|share| share.operations.contains(id))
        };
        let mut homes = operations
            .iter()
            .filter_map(home)
            .map(|share| share.name.as_str());
        let named = choice.service.as_deref();
        let first = named.or_else(|| homes.next()).unwrap_or_default();
        match homes.find(|home| *home != first) {
            Some(other) => Err((
                format!("its operations are of the services `{first}` and `{other}`"),
                Some("one service publishes an event: make two of it".to_owned()),
            )),
            None => self.service(first),
        }
    }

    /// What an event carries, as the document says it.
    fn payload(&self, choice: &EventChoice, operations: &[OperationId]) -> Result<Value, Wrong> {
        let own = &self.slices.document.own;
        if let Some(schema) = &choice.payload {
            let sections = ["components/schemas", "definitions"];
            let section = sections.iter().find(|section| {
                let section = own.pointer(&format!("/{section}"));
                section.is_some_and(|section| section.get(schema).is_some())
            });
            let Some(section) = section else {
                return Err((format!("the document has no schema `{schema}`"), None));
            };
            return Ok(reference(&format!("/{section}/{}", token(schema))));
        }
        let Some(id) = operations.first() else {
            return Err(("nothing says what it carries".to_owned(), None));
        };
        let operation = &self.slices.whole[*id];
        let pointer = self.slices.pointer(operation).unwrap_or_default();
        let answer = answer(own, operation, &pointer);
        let made = || parameters(own, operation, &pointer);
        answer.or_else(made).ok_or_else(|| {
            let message = format!(
                "`{}` answers with no JSON, and its path has no parameters: nothing says what the \
                 event carries",
                operation.id
            );
            (
                message,
                Some("name a schema by `payload`, and publish it in your code".to_owned()),
            )
        })
    }
}

/// What is wrong, and what to do.
type Wrong = (String, Option<String>);

fn reference(pointer: &str) -> Value {
    json!({ "$ref": format!("#{pointer}") })
}

/// A name as a token of a reference.
fn token(name: &str) -> String {
    name.replace('%', "%25")
        .replace('~', "~0")
        .replace('/', "~1")
}

/// A name as a token of a pointer.
fn plain_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What stands at a pointer behind its references, and where that is.
fn resolve(own: &Value, pointer: String) -> Option<(&Value, String)> {
    let mut pointer = pointer;
    for _ in 0..50 {
        let value = own.pointer(&pointer)?;
        match value.get("$ref").and_then(Value::as_str) {
            Some(target) => pointer = target.strip_prefix('#')?.to_owned(),
            None => return Some((value, pointer)),
        }
    }
    None
}

/// The schema of the JSON that a success answers with: by its name, or by its place.
fn answer(own: &Value, operation: &Operation, pointer: &str) -> Option<Value> {
    let responses = operation.responses.iter();
    let mut statuses = responses.filter_map(|response| match response.status {
        Status::Code(code @ 200..=299) => Some(code.to_string()),
        Status::Range(2) => Some("2XX".to_owned()),
        _ => None,
    });
    statuses.find_map(|status| {
        let (response, at) = resolve(own, format!("{pointer}/responses/{status}"))?;
        let (schema, at) = match response.get("schema") {
            Some(schema) => (schema, format!("{at}/schema")),
            None => {
                let mut media = response.get("content")?.as_object()?.iter();
                let (name, media) = media.find(|(name, _)| name.contains("json"))?;
                let at = format!("{at}/content/{}/schema", plain_token(name));
                (media.get("schema")?, at)
            }
        };
        Some(match schema.get("$ref") {
            Some(target) => json!({ "$ref": target }),
            None => reference(&at.replace('%', "%25")),
        })
    })
}

/// An object of the path's parameters.
fn parameters(own: &Value, operation: &Operation, pointer: &str) -> Option<Value> {
    let mut properties = Map::new();
    let (item, _) = pointer.rsplit_once('/')?;
    for parameter in operation
        .parameters
        .iter()
        .filter(|p| p.location == Location::Path)
    {
        let lists = [pointer, item].map(|at| format!("{at}/parameters"));
        let node = lists.iter().find_map(|list| {
            let count = own.pointer(list)?.as_array()?.len();
            let mut all = (0..count).filter_map(|index| resolve(own, format!("{list}/{index}")));
            all.find(|(node, _)| {
                node["in"] == "path" && node["name"] == parameter.api_name.as_str()
            })
        });
        let (node, _) = node?;
        let schema = match node.get("schema") {
            Some(schema) => schema.clone(),
            None => {
                let rules = node.as_object()?.iter();
                let beside = ["name", "in", "required", "description"];
                let rules = rules.filter(|(name, _)| !beside.contains(&name.as_str()));
                Value::Object(rules.map(|(n, v)| (n.clone(), v.clone())).collect())
            }
        };
        properties.insert(parameter.api_name.clone(), schema);
    }
    let names: Vec<&String> = properties.keys().collect();
    (!properties.is_empty())
        .then(|| json!({ "type": "object", "required": names, "properties": properties }))
}
