//! Events between the services of a workspace: what each slice says of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Wrong,
    events::MEMBER,
    no_operation, no_service,
    partition::Share,
    slices::Slices,
    written::{answer, parameter_nodes, reference},
};
use crate::{
    config::{Database, EventChoice, Misfit},
    model::{Location, Operation, OperationId, Parameter},
    spec::{Slicer, node::escape},
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

impl<'p> Plan<'p> {
    fn event(&mut self, name: &str, choice: &EventChoice) -> Result<(), Misfit> {
        let misfit = |wrong: Wrong| Misfit::new("events", name, wrong);
        let whole = self.slices.whole;
        let mut operations = Vec::new();
        for (index, id) in choice.from.iter().enumerate() {
            let wrong = || misfit(no_operation(id, whole)).at("from", index);
            operations.push(whole.named(id).ok_or_else(wrong)?);
        }
        let publisher = self.publisher(choice, &operations).map_err(misfit)?;
        let payload = self.payload(choice, &operations).map_err(misfit)?;
        let (mut to, mut apart) = (Vec::new(), Vec::new());
        for (index, service) in choice.to.iter().enumerate() {
            let subscriber = self.service(service);
            let subscriber = subscriber.map_err(|wrong| misfit(wrong).at("to", index))?;
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

    /// A service that keeps data.
    fn service(&self, name: &str) -> Result<&'p Share, Wrong> {
        let shares = self.slices.shares;
        let Some(share) = shares.iter().find(|share| share.name == name) else {
            let names: Vec<_> = shares.iter().map(|share| share.name.as_str()).collect();
            return Err(no_service(name, &names));
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
        let mut homes = operations.iter().filter_map(|id| self.slices.home(*id));
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
            return Ok(reference(&format!("#/{section}/{}", escape(schema))));
        }
        let Some(id) = operations.first() else {
            return Err(("nothing says what it carries".to_owned(), None));
        };
        let operation = &self.slices.whole[*id];
        let (key, _) = self.slices.place(operation).unwrap_or_default();
        let slicer = &self.slices.slicer;
        let answer = answer(slicer, key, operation);
        let made = || parameters(slicer, key, operation);
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

/// An object of the path's parameters.
fn parameters(slicer: &Slicer<'_>, key: &str, operation: &Operation) -> Option<Value> {
    let nodes = parameter_nodes(slicer, key, operation)?;
    let nodes: Vec<_> = nodes.iter().filter(|node| node["in"] == "path").collect();
    let mut properties = Map::new();
    let in_path = |parameter: &&Parameter| parameter.location == Location::Path;
    for parameter in operation.parameters.iter().filter(in_path) {
        let name = &parameter.api_name;
        let node = nodes.iter().find(|node| node["name"] == name.as_str())?;
        let schema = match node.get("schema") {
            Some(schema) => schema.clone(),
            None => {
                let rules = node.as_object()?.iter();
                let beside = ["name", "in", "required", "description"];
                let rules = rules.filter(|(name, _)| !beside.contains(&name.as_str()));
                Value::Object(rules.map(|(n, v)| (n.clone(), v.clone())).collect())
            }
        };
        properties.insert(name.clone(), schema);
    }
    let names: Vec<&String> = properties.keys().collect();
    (!properties.is_empty())
        .then(|| json!({ "type": "object", "required": names, "properties": properties }))
}
