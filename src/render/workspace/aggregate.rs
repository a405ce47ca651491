//! The answers that the gateway joins.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    config::{Aggregate, Config},
    model::{Location, Operation},
    render::doors::rust_literal,
};

/// How long the calls of an aggregate may take where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A path whose answer joins those of operations.
pub(super) struct AggregateLine {
    pub(super) path: String,
    pub(super) timeout_ms: u128,
    pub(super) calls: Vec<CallLine>,
}

/// An operation whose answer is a member; the texts are Rust expressions.
pub(super) struct CallLine {
    pub(super) name: String,
    pub(super) route: usize,
    pub(super) is_required: bool,
    pub(super) path: Vec<String>,
    pub(super) query: Vec<String>,
}

/// The aggregates of a workspace; the operations are those of the gateway's table, by its order.
pub(super) fn lines(config: &Config, table: &[&Operation]) -> Vec<AggregateLine> {
    let places = table.iter().enumerate();
    let places: BTreeMap<&str, (usize, &Operation)> = places
        .map(|(place, operation)| (operation.id.as_str(), (place, *operation)))
        .collect();
    let line = |aggregate: &Aggregate| AggregateLine {
        path: rust_literal(&aggregate.path),
        timeout_ms: aggregate.timeout.unwrap_or(TIMEOUT).as_millis(),
        calls: calls(aggregate, &places),
    };
    config.aggregates.values().map(line).collect()
}

fn calls(aggregate: &Aggregate, places: &BTreeMap<&str, (usize, &Operation)>) -> Vec<CallLine> {
    let calls = aggregate.calls.iter().filter_map(|(name, call)| {
        let (route, operation) = places.get(call.operation.as_str())?;
        let sources = |location: Location| {
            let parameters = operation.parameters.iter();
            let parameters = parameters.filter(|parameter| parameter.location == location);
            let sources = parameters.filter_map(|parameter| {
                let name = &parameter.api_name;
                let (place, from) = aggregate.source(call, name)?;
                let place = if place == "path" { "Path" } else { "Query" };
                let (name, from) = (rust_literal(name), rust_literal(from));
                Some(format!("({name}, Source::{place}({from}))"))
            });
            sources.collect()
        };
        Some(CallLine {
            name: rust_literal(name),
            route: *route,
            is_required: call.required,
            path: sources(Location::Path),
            query: sources(Location::Query),
        })
    });
    calls.collect()
}
