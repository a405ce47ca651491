//! What a list is asked beside its pages: rows that a filter finds and leaves out.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    super::sql::rust::api_name,
    arrange::{self, Arrangement, Step},
    credentials,
    effects::sent_name,
    places::{self, escape},
    request::{self, Request},
    wire,
};
use crate::model::{
    self, Action, Column, Comparison, ListPlan, Location, Operation, Parameter, ResourceId, Role,
    Schema, Service, SortKey, Style, Success, Type, TypeKind, fits, sample,
};

/// So many values of an order are tried.
const MOST_SORTS: usize = 16;

/// A parameter that rows are filtered by, tried with the values that rows have.
#[derive(Debug, Serialize)]
pub(super) struct Filter {
    /// `name=`, encoded.
    start: String,
    /// What stands between values, where there may be several.
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<String>,
    /// Where the row shows the value that is compared.
    at: String,
    comparison: Comparison,
}

/// An order, tried with what the rows show.
#[derive(Debug, Serialize)]
pub(super) struct Sort {
    /// The query that asks for it.
    query: Vec<String>,
    /// Where the row shows what it is ordered by, and whether the largest comes first.
    keys: Vec<(String, bool)>,
}

/// A row that goes while others are read.
#[derive(Debug, Serialize)]
pub(super) struct Removal {
    template: String,
    guard: Value,
    path: Map<String, Value>,
    /// The parameter that takes the key.
    parameter: String,
}

/// Takes what need not be sent out of a request, so that a row has no value where it may have none.
pub(super) fn thin_out(service: &Service, resource: ResourceId, request: &mut Request) {
    let Some((_, create)) = arrange::create_of(service, resource) else {
        return;
    };
    let least = create
        .body
        .as_ref()
        .and_then(|body| sample::least(&service.types, &body.schema));
    if let (Some(least), Some(body)) = (least, &mut request.body) {
        keep(body, &least);
        let body = &*body;
        request.keys_at.retain(|(at, _)| body.pointer(at).is_some());
    }
}

/// Leaves only the members that the least value has.
fn keep(value: &mut Value, least: &Value) {
    if let (Value::Object(members), Value::Object(least)) = (value, least) {
        members.retain(|name, _| least.contains_key(name));
        for (name, value) in members {
            keep(value, &least[name]);
        }
    }
}

/// What a list's filters are tried with.
pub(super) fn filters(
    service: &Service,
    operation: &Operation,
    plan: &ListPlan,
    success: &Success,
    make: &[Step],
) -> Vec<Filter> {
    let Some((resource, _)) = places::resource_of(operation) else {
        return Vec::new();
    };
    let found = plan.filters.iter().filter_map(|filter| {
        let parameter = &operation.parameters[filter.parameter];
        let column = &service[resource].columns[filter.column];
        let name = api_name(column)?;
        let is_plain = !matches!(parameter.style, Style::Json | Style::DeepObject);
        let shows = places::row_shows(service, &success.body, name);
        let asks = asks_for_all(service, resource, parameter, column, make);
        (is_plain && shows && asks).then(|| Filter {
            start: format!("{}=", wire::encode(&parameter.api_name)),
            between: filter.comparison.is_of_many().then(|| between(parameter)),
            at: format!("/{}", escape(name)),
            comparison: filter.comparison,
        })
    });
    found.collect()
}

/// The orders that a list is asked for: each by itself, and two at a time where there may be
/// several, the second in either direction.
pub(super) fn sorts(service: &Service, operation: &Operation, plan: &ListPlan) -> Vec<Sort> {
    let (
        Some((resource, success)),
        model::Sort::Parameter {
            parameter,
            several,
            keys,
            direction,
            ..
        },
    ) = (places::resource_of(operation), &plan.sort)
    else {
        return Vec::new();
    };
    let parameter = &operation.parameters[*parameter];
    let values = values(service, &parameter.schema).into_iter();
    let shown = |key: &SortKey| {
        let name = api_name(&service[resource].columns[key.column])?;
        let shows = places::row_shows(service, &success.body, name);
        shows.then(|| (format!("/{}", escape(name)), key.descending))
    };
    let all = values.zip(keys);
    let all = all.filter_map(|(value, key)| Some((value, shown(key)?)));
    let all: Vec<(Value, (String, bool))> = all.take(MOST_SORTS).collect();
    let ask = |values: Vec<&(Value, (String, bool))>| {
        let sent = values.iter().map(|(value, _)| value.clone()).collect();
        let sent = match several {
            true => Value::Array(sent),
            false => values[0].0.clone(),
        };
        Sort {
            query: wire::query_pairs(parameter, &sent),
            keys: values.into_iter().map(|(_, key)| key.clone()).collect(),
        }
    };
    let mut sorts: Vec<Sort> = all.iter().map(|one| ask(vec![one])).collect();
    if *several {
        let count = all.len();
        let pairs = (0..count).flat_map(|first| [(first, first + 1), (first, first + 2)]);
        let pairs = pairs.map(|(a, b)| (&all[a], &all[b % count]));
        sorts.extend(pairs.map(|(first, second)| ask(vec![first, second, first])));
    }
    if let Some(direction) = direction {
        let parameter = &operation.parameters[direction.parameter];
        let ways = values_of(service, parameter)
            .into_iter()
            .zip(&direction.descending);
        let turned = ways.flat_map(|(value, descending)| {
            let asked = wire::query_pairs(parameter, &value);
            sorts.iter().map(move |sort| Sort {
                query: sort.query.iter().chain(&asked).cloned().collect(),
                keys: sort
                    .keys
                    .iter()
                    .map(|(at, _)| (at.clone(), *descending))
                    .collect(),
            })
        });
        return turned.collect();
    }
    sorts
}

fn values_of(service: &Service, parameter: &Parameter) -> Vec<Value> {
    values(service, &parameter.schema)
}

/// The values of an enum, or of an array of them.
fn values(service: &Service, schema: &Schema) -> Vec<Value> {
    match schema.id().map(|id| &service[id].kind) {
        Some(TypeKind::Enum(choice)) => {
            let variants = choice.variants.iter();
            variants.map(|variant| variant.value.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// What rows are asked for by, one property at a time, with where the row shows it.
pub(super) fn fields(
    service: &Service,
    operation: &Operation,
    success: &Success,
) -> Vec<(String, String)> {
    let Some(parameter) = success.fields.map(|index| &operation.parameters[index]) else {
        return Vec::new();
    };
    let values = values(service, &parameter.schema).into_iter();
    let asked = values.filter_map(|value| {
        let query = wire::query_pairs(parameter, &Value::Array(vec![value.clone()]));
        Some((query.join("&"), value.as_str()?.to_owned()))
    });
    asked.collect()
}

/// How a row of the list is taken away, where the rows above it are those that were made for it.
pub(super) fn removal(
    service: &Service,
    operation: &Operation,
    arrangement: &Arrangement<'_>,
) -> Option<Removal> {
    let (resource, _) = places::resource_of(operation)?;
    let mut operations = service[resource].operations.iter().map(|id| &service[*id]);
    let delete = operations.find(|operation| {
        let deletes = matches!(
            operation.role,
            Role::Crud {
                action: Action::Delete,
                ..
            }
        );
        let mut parameters = operation.parameters.iter();
        deletes && parameters.all(|p| !p.required || p.location == Location::Path)
    })?;
    let names = arrange::parameter_names(delete);
    let (parameter, above) = names.split_last()?;
    let owners = arrange::owners(service, resource).into_iter().rev();
    let owners = owners.zip(above.iter().rev()).map(|(owner, name)| {
        let step = arrangement.step_of(owner)?;
        Some(((*name).to_owned(), json!({ "step": step })))
    });
    let path: Map<String, Value> = owners.collect::<Option<_>>()?;
    (path.len() == above.len()).then(|| Removal {
        template: request::template(service, delete),
        guard: credentials::guard(service, delete.guard),
        path,
        parameter: (*parameter).to_owned(),
    })
}

/// The parameter takes each value that was sent for the column.
fn asks_for_all(
    service: &Service,
    resource: ResourceId,
    parameter: &Parameter,
    column: &Column,
    make: &[Step],
) -> bool {
    let schema: &Schema = match &parameter.schema.ty {
        Type::Array { items, .. } => items,
        _ => &parameter.schema,
    };
    let Some((name, (_, create))) = sent_name(column, &Action::Create { wrapper: None })
        .zip(arrange::create_of(service, resource))
    else {
        return true;
    };
    let at = format!("{}/{}", places::wrapper_pointer(&create.role), escape(name));
    let mut sent = make
        .iter()
        .filter_map(|step| step.request.body.as_ref()?.pointer(&at));
    sent.all(|value| value.is_null() || fits::fits(value, schema, &service.types))
}

fn between(parameter: &Parameter) -> String {
    match (parameter.explode, parameter.style) {
        (true, _) => format!("&{}=", wire::encode(&parameter.api_name)),
        (false, Style::SpaceDelimited) => "%20".to_owned(),
        (false, Style::PipeDelimited) => "%7C".to_owned(),
        (false, _) => ",".to_owned(),
    }
}
