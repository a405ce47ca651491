//! What must be there before an operation can succeed: its owner, and the row that it works on.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    super::sql::rust::api_name,
    cases, credentials, fresh,
    places::{KeyAt, escape, key_at, resource_of, wrapper_pointer},
    request::{self, Request},
};
use crate::model::{
    Action, ColumnSource, Included, OnDelete, Operation, OperationId, Parameter, Reference,
    ResourceId, Role, Segment, Service, fits,
};

/// A request that makes a row, and where its key is then found.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Step {
    pub operation: String,
    pub method: &'static str,
    pub template: String,
    pub request: Request,
    pub guard: Value,
    pub status: u16,
    pub key: KeyAt,
}

impl Step {
    /// An operation that makes a row, or makes something of one, by this request.
    pub(super) fn of(service: &Service, operation: &Operation, request: Request) -> Option<Self> {
        let (_, success) = resource_of(operation)?;
        Some(Self {
            operation: operation.id.clone(),
            method: operation.method.as_str(),
            template: request::template(service, operation),
            key: key_at(service, operation, &request)?,
            guard: credentials::guard(service, operation.guard),
            status: cases::status_of(operation, success)?,
            request,
        })
    }
}

/// Makes what operations need: each row once, after those that it belongs to or refers to.
#[derive(Clone)]
pub(super) struct Arrangement<'a> {
    service: &'a Service,
    pub steps: Vec<Step>,
    /// The path parameters that take keys, with the step that makes each.
    pub keys: Map<String, Value>,
    /// The step that makes a row of each resource.
    made: BTreeMap<ResourceId, usize>,
    /// The resources that rows are being made of: what refers to these again is left out.
    under_way: Vec<ResourceId>,
}

/// The steps that an operation needs, or `None` where the API offers no way to make them.
pub(super) fn arrange<'a>(service: &'a Service, operation: &Operation) -> Option<Arrangement<'a>> {
    let mut arrangement = Arrangement {
        service,
        steps: Vec::new(),
        keys: Map::new(),
        made: BTreeMap::new(),
        under_way: Vec::new(),
    };
    let Role::Crud {
        resource, action, ..
    } = &operation.role
    else {
        return Some(arrangement);
    };
    let mut rows = owners(service, *resource);
    let row = &service[*resource];
    let mut references = row.rules.references.iter();
    match references.find(|reference| reference.column() == row.key) {
        Some(linked) if *action == Action::Link => rows.push(linked.resource),
        _ if works_on_a_row(action) => rows.push(*resource),
        _ => {}
    }
    let rows: Option<Vec<usize>> = rows.into_iter().map(|id| arrangement.row(id)).collect();
    arrangement.keys = key_parameters(operation, &rows?);
    if matches!(action, Action::List(_)) && create_of(service, *resource).is_some() {
        // What the rows of the list will need.
        arrangement.step_naming(*resource, 0, &shown(service, operation));
        for included in beside(operation).filter(|row| !row.is_one()) {
            arrangement.ahead(*resource, included);
        }
    }
    Some(arrangement)
}

impl Arrangement<'_> {
    /// The step that makes a row.
    fn row(&mut self, resource: ResourceId) -> Option<usize> {
        if let Some(step) = self.made.get(&resource) {
            return Some(*step);
        }
        let before = self.steps.len();
        let mut step = self.step(resource, 100 + before as u64)?;
        if self.steps.len() > before {
            // Seeds far from those of the operation under test, so that unique keys differ.
            step = self.step(resource, 100 + self.steps.len() as u64)?;
        }
        self.steps.push(step);
        self.made.insert(resource, self.steps.len() - 1);
        Some(self.steps.len() - 1)
    }

    /// A step that makes a row from a seed, with what it needs before it; it is not among the
    /// steps yet.
    pub(super) fn step(&mut self, resource: ResourceId, seed: u64) -> Option<Step> {
        self.step_naming(resource, seed, &[])
    }

    /// The step that makes a row which belongs to one that is there, or names it by a reference.
    pub(super) fn referring(
        &mut self,
        resource: ResourceId,
        wanted: Option<&Reference>,
    ) -> Option<Step> {
        let seed = 300 + self.steps.len() as u64;
        let names: Vec<Reference> = wanted.into_iter().cloned().collect();
        let step = self.step_naming(resource, seed, &names)?;
        let named = wanted.and_then(|reference| {
            let column = &self.service[resource].columns[reference.column()];
            let row = *self.made.get(&reference.resource)? as u64;
            let name = format!("/{}", escape(api_name(column)?));
            let mut keys = step.request.keys_at.iter();
            Some(keys.any(|(at, step)| at.ends_with(&name) && *step == row))
        });
        (wanted.is_none() || named == Some(true)).then_some(step)
    }

    /// The step that made a row.
    pub(super) fn step_of(&self, resource: ResourceId) -> Option<usize> {
        self.made.get(&resource).copied()
    }

    /// The same, naming rows that it need not name.
    pub(super) fn step_naming(
        &mut self,
        resource: ResourceId,
        seed: u64,
        wanted: &[Reference],
    ) -> Option<Step> {
        if self.under_way.contains(&resource) {
            return None;
        }
        self.under_way.push(resource);
        let owners = owners(self.service, resource).into_iter();
        let owners: Option<Vec<usize>> = owners.map(|id| self.row(id)).collect();
        let step = owners.and_then(|owners| {
            let mut step = step_with(self.service, resource, &owners, seed)?;
            let (_, create) = create_of(self.service, resource)?;
            self.refer(create, &mut step.request, Some(wanted))?;
            Some(step)
        });
        self.under_way.pop();
        step
    }

    /// The same with a row that is made as the step after all.
    pub(super) fn with_next(&self, resource: ResourceId) -> Self {
        let mut next = self.clone();
        next.made.insert(resource, self.steps.len());
        next
    }

    /// The steps that make two rows which name a row of a list. That one is made as the step after
    /// all of these, so nothing else may need it.
    pub(super) fn ahead(&mut self, list: ResourceId, included: &Included) -> Option<Vec<Step>> {
        const AHEAD: usize = u32::MAX as usize;
        let mut trial = self.clone();
        let known = trial.made.insert(list, AHEAD);
        let wanted = [reference(self.service, (included.resource, included), list)];
        let steps = (400..402).map(|seed| trial.step_naming(included.resource, seed, &wanted));
        let mut steps: Vec<Step> = steps.collect::<Option<_>>()?;
        let names = |step: &Step| {
            let ahead = json!({ "step": AHEAD });
            let mut path = step.request.path.values();
            let mut keys_at = step.request.keys_at.iter();
            path.any(|key| *key == ahead) || keys_at.any(|(_, step)| *step == AHEAD as u64)
        };
        if trial.steps[self.steps.len()..].iter().any(names) || !steps.iter().all(names) {
            return None;
        }
        trial.made.remove(&list);
        trial.made.extend(known.map(|known| (list, known)));
        *self = trial;
        let next = self.steps.len();
        for step in &mut steps {
            let mut path = step.request.path.values_mut();
            while let Some(key) = path.find(|key| **key == json!({ "step": AHEAD })) {
                *key = json!({ "step": next });
            }
            for (_, key) in &mut step.request.keys_at {
                if *key == AHEAD as u64 {
                    *key = next as u64;
                }
            }
        }
        Some(steps)
    }

    /// Has a request name rows that are there: those that it must and those that are wanted, or all
    /// that it can.
    pub(super) fn refer(
        &mut self,
        operation: &Operation,
        request: &mut Request,
        wanted: Option<&[Reference]>,
    ) -> Option<()> {
        let Some((resource, _)) = resource_of(operation) else {
            return Some(());
        };
        let known = &self.service[resource].rules.references;
        let wanted_too = wanted
            .into_iter()
            .flatten()
            .filter(|one| !known.contains(one));
        for reference in known.iter().chain(wanted_too) {
            let column = &self.service[resource].columns[reference.column()];
            let Some(name) = api_name(column) else {
                continue;
            };
            if matches!(column.source, ColumnSource::Caller { .. }) {
                // Who calls is no row that a test could make.
                return None;
            }
            let at = format!("{}/{}", wrapper_pointer(&operation.role), escape(name));
            let sent = request.body.as_ref().and_then(|body| body.pointer(&at));
            if sent.is_none_or(Value::is_null) {
                continue;
            }
            let thinner = thinner(self.service, operation, request, &at);
            let is_wanted = wanted.is_none_or(|wanted| wanted.contains(reference));
            let row = match (is_wanted, &thinner) {
                (false, Some(_)) => None,
                _ => self.row(reference.resource),
            };
            match (row, thinner) {
                (Some(step), _) => request.keys_at.push((at, step as u64)),
                (None, Some(body)) => request.body = Some(body),
                (None, None) => return None,
            }
        }
        Some(())
    }
}

/// What the rows of a list name that it shows beside them; where no two may name the same, they
/// need not.
pub(super) fn shown(service: &Service, operation: &Operation) -> Vec<Reference> {
    let Some((id, _)) = resource_of(operation) else {
        return Vec::new();
    };
    let resource = &service[id];
    let rows = beside(operation).filter(|row| row.is_one()).filter(|row| {
        let column = row.column();
        let is_owner = matches!(resource.columns[column].source, ColumnSource::Parent { .. });
        !is_owner
            && !resource
                .unique
                .iter()
                .any(|unique| unique.contains(&column))
    });
    rows.map(|row| reference(service, (id, row), row.resource))
        .collect()
}

/// What an operation may show beside rows.
pub(super) fn beside(operation: &Operation) -> impl Iterator<Item = &Included> {
    let include = operation.role.on_rows();
    let include = include.and_then(|(.., success)| success.include.as_ref());
    include.into_iter().flat_map(|include| &include.rows)
}

/// What names rows of a target, by the columns of a resource that a row is shown by.
fn reference(
    service: &Service,
    (resource, row): (ResourceId, &Included),
    target: ResourceId,
) -> Reference {
    let mut known = service[resource].rules.references.iter();
    let known = known.find(|reference| reference.column() == row.column());
    known.cloned().unwrap_or_else(|| Reference {
        columns: row.columns.clone(),
        resource: target,
        table: service[target].table.clone(),
        key: Vec::new(),
        on_delete: OnDelete::Restrict,
    })
}

/// The body without a member, or with none in its place, where it may be so.
pub(super) fn thinner(
    service: &Service,
    operation: &Operation,
    request: &Request,
    at: &str,
) -> Option<Value> {
    let (above, _) = at.rsplit_once('/')?;
    let name = at.rsplit('/').next()?.replace("~1", "/").replace("~0", "~");
    let schema = &operation.body.as_ref()?.schema;
    let body = request.body.as_ref()?;
    let mut without = body.clone();
    without.pointer_mut(above)?.as_object_mut()?.remove(&name);
    let mut empty = body.clone();
    *empty.pointer_mut(at)? = Value::Null;
    let mut thinner = [without, empty].into_iter();
    thinner.find(|body| fits::fits(body, schema, &service.types))
}

/// Whether the action is about one row that must exist.
pub(super) fn works_on_a_row(action: &Action) -> bool {
    !matches!(action, Action::List(_) | Action::Create { .. })
}

/// The last path parameters, outermost first, each bound to the step that makes its row.
pub(super) fn key_parameters(operation: &Operation, steps: &[usize]) -> Map<String, Value> {
    let names = parameter_names(operation);
    let keys = names.iter().rev().take(steps.len()).rev().zip(steps);
    keys.map(|(name, step)| ((*name).to_owned(), json!({ "step": step })))
        .collect()
}

/// The parameters of a path that fill a segment each, in order.
pub(super) fn parameter_names(operation: &Operation) -> Vec<&str> {
    let parameter = |segment: &'_ Segment| match segment {
        Segment::Parameter(name) => Some(name.clone()),
        _ => None,
    };
    let names: Vec<String> = operation.segments.iter().filter_map(parameter).collect();
    let parameters = operation
        .parameters
        .iter()
        .map(|parameter| parameter.api_name.as_str());
    let all: Vec<&str> = parameters.collect();
    let known = |name: &String| all.iter().copied().find(|known| known == name);
    names.iter().filter_map(known).collect()
}

/// The owners of a resource's rows, outermost first.
pub(super) fn owners(service: &Service, resource: ResourceId) -> Vec<ResourceId> {
    let mut owners = Vec::new();
    let mut next = service[resource].parent.as_ref();
    while let Some(parent) = next.filter(|_| owners.len() < 16) {
        owners.insert(0, parent.resource);
        next = service[parent.resource].parent.as_ref();
    }
    owners
}

/// The step that makes a row from a seed, below owners that these steps made.
fn step_with(service: &Service, resource: ResourceId, owners: &[usize], seed: u64) -> Option<Step> {
    let (id, create) = create_of(service, resource)?;
    let mut request = request::request(service, id, seed)?;
    // The operation under test looks for its rows where its own path leads.
    let path = request::request(service, id, 0)?.path;
    for column in &service[resource].columns {
        if let ColumnSource::Parent { parameter, .. } = &column.source
            && let Some(value) = path.get(parameter)
        {
            request.path.insert(parameter.clone(), value.clone());
        }
    }
    request.path.extend(key_parameters(create, owners));
    request.fresh = fresh::in_row(service, create, &request);
    Step::of(service, create, request)
}

/// The operation that makes rows of a resource.
pub(super) fn create_of(
    service: &Service,
    resource: ResourceId,
) -> Option<(OperationId, &Operation)> {
    service[resource].operations.iter().find_map(|id| {
        let operation = &service[*id];
        match &operation.role {
            Role::Crud {
                action: Action::Create { .. },
                ..
            } => Some((*id, operation)),
            _ => None,
        }
    })
}

/// The parameters of an operation that some rule makes it send.
pub(super) fn is_sent(operation: &Operation, parameter: &Parameter) -> bool {
    let Role::Crud {
        action,
        unsupported,
        success,
        ..
    } = &operation.role
    else {
        return true;
    };
    // What leaves out properties of the answer is tried by itself.
    let is_selection = success
        .fields
        .is_some_and(|index| operation.parameters[index] == *parameter);
    // Of what it asks for, some is answered with 501.
    let is_refused = success.include.as_ref().is_some_and(|include| {
        !include.refused.is_empty() && operation.parameters[include.parameter] == *parameter
    });
    parameter.required
        || !(matches!(action, Action::List(_))
            || is_selection
            || is_refused
            || unsupported.contains(&parameter.api_name))
}
