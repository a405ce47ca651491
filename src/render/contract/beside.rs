//! What a list shows beside its rows: the rows that they name, or that name them, where a request
//! asks for it.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::{models::sight::Sight, sql::rust::api_name},
    arrange::{self, Arrangement, Step},
    credentials,
    places::{self, escape},
    probes,
    request::{self, Request},
    walk, wire,
};
use crate::model::{Action, ColumnSource, Included, Operation, ResourceId, Role, Service, Success};

/// A row that is shown beside those of a list.
#[derive(Debug, Serialize)]
pub(super) struct Beside {
    /// What asks for it.
    query: Vec<String>,
    /// The property that shows it.
    property: String,
    /// Where a row names it; where it shows its own key, if others name it.
    at: String,
    /// Where it shows its own key.
    key: String,
    /// What rows name is there.
    is_there: bool,
    /// It is its caller's own, which the rows of the list are not.
    is_own: bool,
    /// What a caller must be granted to see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    /// What shows it beside a single row.
    #[serde(skip_serializing_if = "Option::is_none")]
    single: Option<Single>,
    /// It is several rows, which name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    below: Option<Below>,
}

/// Rows that name another, which is made as the step after all that leads to the list.
#[derive(Debug, Serialize)]
struct Below {
    make: Vec<Step>,
    /// So many are shown.
    most: u64,
    /// How one of them is taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<probes::Removal>,
}

/// How a single row is read.
#[derive(Debug, Serialize)]
struct Single {
    template: String,
    guard: Value,
    /// The parameter that takes the key, below the owners that the list's path names.
    parameter: String,
    query: Vec<String>,
}

/// What a list shows beside the rows that these steps make.
pub(super) fn beside(
    service: &Service,
    operation: &Operation,
    success: &Success,
    (arrangement, make): (&mut Arrangement<'_>, &[Step]),
) -> Vec<Beside> {
    let Some((id, _)) = places::resource_of(operation) else {
        return Vec::new();
    };
    let beside = arrange::beside(operation).filter_map(|included| {
        let (resource, target) = (&service[id], &service[included.resource]);
        let column = match included.is_one() {
            true => &resource.columns[included.column()],
            false => &resource.columns[resource.key],
        };
        let below = match included.is_one() {
            true => None,
            false => Some(below(service, id, included, arrangement)?),
        };
        let at = api_name(column).filter(|name| places::row_shows(service, &success.body, name))?;
        let at = format!("/{}", escape(at));
        let is_made = |step: &Step| {
            step.request
                .keys_at
                .iter()
                .any(|(key, _)| key.ends_with(&at))
        };
        let is_owner = matches!(column.source, ColumnSource::Parent { .. });
        let knows_caller = |id: ResourceId| Sight::of(service, &service[id]).knows_caller();
        Some(Beside {
            query: query(operation, success, included)?,
            property: included.property.clone(),
            key: format!("/{}", escape(api_name(&target.columns[target.key])?)),
            is_there: is_owner || !included.is_one() || make.iter().any(is_made),
            is_own: knows_caller(included.resource) && !knows_caller(id),
            scopes: included.scopes.clone(),
            single: single(service, id, included),
            below,
            at,
        })
    });
    beside.collect()
}

/// The rows that are made to be shown beside a row of a list.
fn below(
    service: &Service,
    id: ResourceId,
    included: &Included,
    arrangement: &mut Arrangement<'_>,
) -> Option<Below> {
    let mut make = arrangement.ahead(id, included)?;
    let (_, create) = arrange::create_of(service, included.resource)?;
    if !walk::are_distinct(service, create, &make) {
        make.truncate(1);
    }
    Some(Below {
        make,
        most: included.most?,
        remove: probes::removal(service, create, &arrangement.with_next(id)),
    })
}

fn query(operation: &Operation, success: &Success, included: &Included) -> Option<Vec<String>> {
    let parameter = &operation.parameters[success.include.as_ref()?.parameter];
    Some(wire::query_pairs(parameter, &json!([included.property])))
}

/// The operation that shows the same beside a single row.
fn single(service: &Service, id: ResourceId, included: &Included) -> Option<Single> {
    let mut operations = service[id].operations.iter().map(|id| &service[*id]);
    operations.find_map(|operation| {
        let Role::Crud {
            action: Action::Get,
            success,
            ..
        } = &operation.role
        else {
            return None;
        };
        let mut rows = success.include.iter().flat_map(|include| &include.rows);
        rows.find(|row| *row == included)?;
        let mut request = Request::default();
        let required = operation.parameters.iter().filter(|p| p.required);
        for parameter in required.filter(|p| p.location != crate::model::Location::Path) {
            request.set(
                parameter,
                &request::parameter_sample(service, parameter, 0)?,
            );
        }
        request.query.extend(query(operation, success, included)?);
        let names = arrange::parameter_names(operation);
        let parameter = names.last()?;
        Some(Single {
            template: request::template(service, operation),
            guard: credentials::guard(service, operation.guard),
            parameter: (*parameter).to_owned(),
            query: request.query,
        })
    })
}
