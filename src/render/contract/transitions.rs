//! Transitions: what leads to the state that one starts from, and what is tried of it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{
    super::sql::rust::api_name,
    arrange::{self, Arrangement, Step},
    places::{self, escape},
    request::{self, Request},
    rules,
};
use crate::model::{Action, Operation, OperationId, ResourceId, Service, Success, Transition};

/// How many transitions may lead to the state that another starts from.
const MOST: usize = 4;

/// What must hold after a transition.
#[derive(Debug, Serialize)]
pub(super) struct Moved {
    /// Places in the answer, and what they then hold.
    shows: Vec<(String, Value)>,
    /// The row is in no state any more that allows it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    only_once: bool,
}

/// The values of a row, by columns; those that no transition speaks of are left out.
type State = BTreeMap<usize, Value>;

/// The transition of an operation.
fn of(operation: &Operation) -> Option<(ResourceId, &Transition<usize>, &Success)> {
    match operation.role.on_rows()? {
        (id, Action::Transition(transition), success) => Some((id, transition, success)),
        _ => None,
    }
}

/// What is tried of an operation, if it is one.
pub(super) fn moved(service: &Service, operation: &Operation) -> Option<Moved> {
    let (id, transition, success) = of(operation)?;
    let resource = &service[id];
    let row = places::row_pointer(service, &success.body);
    let shown = transition.set.iter().filter_map(|(column, value)| {
        let name = api_name(&resource.columns[*column])?;
        let is_known = value != "now" && places::row_shows(service, &success.body, name);
        let at = format!("{}/{}", row.as_ref().filter(|_| is_known)?, escape(name));
        Some((at, value.clone()))
    });
    Some(Moved {
        shows: shown.collect(),
        only_once: !transition.is_repeatable(),
    })
}

/// Brings the arranged row into a state that the operation starts from; `None` where nothing does.
pub(super) fn prepare(
    service: &Service,
    operation: &Operation,
    arrangement: &mut Arrangement<'_>,
    happy: &mut Request,
) -> Option<()> {
    let Some((id, transition, _)) = of(operation) else {
        return Some(());
    };
    let row = arrangement.step_of(id)?;
    let state = made(service, id, &arrangement.steps[row])?;
    let way = way(service, id, transition, state)?;
    if !way.is_empty() {
        rules::name_version(service, operation, happy, "*");
    }
    for id in way {
        let step = step(service, id, &happy.path)?;
        arrangement.steps.push(step);
    }
    Some(())
}

/// Which values a new row has.
fn made(service: &Service, id: ResourceId, step: &Step) -> Option<State> {
    let (_, create) = arrange::create_of(service, id)?;
    let wrapper = places::wrapper_pointer(&create.role);
    let columns = service[id].columns.iter().enumerate();
    let values = columns.map(|(index, column)| {
        let at = api_name(column).map(|name| format!("{wrapper}/{}", escape(name)));
        let body = step.request.body.as_ref();
        let sent = at.and_then(|at| body?.pointer(&at));
        let value = sent.or(column.fill.as_ref()).cloned();
        (index, value.unwrap_or_default())
    });
    Some(values.collect())
}

/// The transitions that lead from a state to one that another starts from: the fewest.
fn way(
    service: &Service,
    id: ResourceId,
    wanted: &Transition<usize>,
    state: State,
) -> Option<Vec<OperationId>> {
    let starts = |transition: &Transition<usize>, state: &State| {
        transition.starts_from(|column| state.get(column).cloned().unwrap_or_default())
    };
    let mut ways = vec![(Vec::new(), state)];
    for _ in 0..=MOST {
        if let Some((way, _)) = ways.iter().find(|(_, state)| starts(wanted, state)) {
            return Some(way.clone());
        }
        let mut longer = Vec::new();
        for (way, state) in &ways {
            for next in &service[id].operations {
                let Some((_, transition, _)) = of(&service[*next]) else {
                    continue;
                };
                if way.contains(next) || !starts(transition, state) {
                    continue;
                }
                let mut state = state.clone();
                state.extend(transition.set.iter().cloned());
                longer.push(([&way[..], &[*next]].concat(), state));
            }
        }
        ways = longer;
    }
    None
}

/// The request of a transition about the row that is arranged.
fn step(service: &Service, id: OperationId, path: &serde_json::Map<String, Value>) -> Option<Step> {
    let operation = &service[id];
    let mut request = request::request(service, id, 0)?;
    rules::name_version(service, operation, &mut request, "*");
    for name in arrange::parameter_names(operation) {
        request
            .path
            .insert(name.to_owned(), path.get(name)?.clone());
    }
    Step::of(service, operation, request)
}
