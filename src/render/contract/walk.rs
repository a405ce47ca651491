//! Lists that are walked from page to page.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    arrange::{self, Step},
    beside::{self, Beside},
    effects::sent_name,
    places::{self, escape},
    probes,
    request::{self, Request},
};
use crate::model::{
    Action, ColumnSource, Location, Operation, Pagination, Parameter, Role, Service, Success,
    Supply, fits,
};

/// A list that is walked from page to page.
#[derive(Debug, Serialize)]
pub(super) struct Walk {
    make: Vec<Step>,
    query: Vec<String>,
    rows: String,
    key: String,
    next: Next,
    /// The parameters that rows are filtered by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    filters: Vec<probes::Filter>,
    /// What it is ordered by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sorts: Vec<probes::Sort>,
    /// Rows that are made while others are read by a cursor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    later: Vec<Step>,
    /// What asks for one property of the rows, and the property.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<(String, String)>,
    /// What it shows beside the rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beside: Vec<Beside>,
    /// How a row is taken away meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<probes::Removal>,
}

/// How the next page is found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Next {
    /// There is one page.
    Never,
    /// A pointer to the cursor, and the parameter that takes it.
    Cursor(String, String),
    /// A pointer to the URL.
    Url(String),
    /// The header that carries it.
    Header(String),
    /// The parameter that counts pages.
    Page(String),
    /// The parameter that counts rows, and the rows of a page.
    Offset(String, u64),
}

/// How many rows a walk makes, and how many it asks for at once.
const ROWS: u64 = 5;
const PAGE: u64 = 2;

/// How many rows are made while others are read.
const LATER: u64 = 3;

pub(super) fn walk(service: &Service, operation: &Operation) -> Option<Walk> {
    let Role::Crud {
        resource,
        action: Action::List(plan),
        success,
        ..
    } = &operation.role
    else {
        return None;
    };
    // A filter that is always on would hide rows.
    let is_always_on = |parameter: &Parameter| {
        parameter.location == Location::Query
            && (parameter.required || parameter.schema.default.is_some())
    };
    let mut filters = plan
        .filters
        .iter()
        .map(|filter| &operation.parameters[filter.parameter]);
    if filters.any(is_always_on) {
        return None;
    }
    let mut arrangement = arrange::arrange(service, operation)?;
    let shown = arrange::shown(service, operation);
    let make: Option<Vec<Step>> = (0..ROWS + LATER)
        .map(|n| arrangement.step_naming(*resource, 200 + n, &shown))
        .collect();
    let mut make = make?;
    if let Some(last) = make.get_mut(ROWS as usize - 1) {
        probes::thin_out(service, *resource, &mut last.request);
    }
    if !are_distinct(service, operation, &make) {
        return None;
    }
    let mut later = make.split_off(ROWS as usize);
    let is_by_cursor = matches!(plan.pagination, Pagination::Cursor { .. });
    if !is_by_cursor {
        later.clear();
    }
    let remove = probes::removal(service, operation, &arrangement).filter(|_| is_by_cursor);
    let resource = &service[*resource];
    let ColumnSource::Key {
        api_name: Some(key),
    } = &resource.columns[resource.key].source
    else {
        return None;
    };
    if !places::row_shows(service, &success.body, key) {
        return None;
    }
    let name = |index: usize| operation.parameters[index].api_name.clone();
    let (limit, next) = match plan.pagination {
        Pagination::None => (None, Next::Never),
        Pagination::Limit { .. } => (None, Next::Never),
        Pagination::Cursor { cursor, limit } => {
            (limit, next_of(service, operation, success, &name(cursor))?)
        }
        Pagination::Page { page, size } => (size, Next::Page(name(page))),
        Pagination::Offset { offset, limit } => (limit, Next::Offset(name(offset), PAGE)),
    };
    let mut request = Request::default();
    let limit = limit.map(|index| &operation.parameters[index]);
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter.required)
    {
        if parameter.location != Location::Path {
            request.set(
                parameter,
                &request::parameter_sample(service, parameter, 0)?,
            );
        }
    }
    let next = match limit {
        Some(limit) if fits::fits(&json!(PAGE), &limit.schema, &service.types) => {
            request.set(limit, &json!(PAGE));
            next
        }
        _ => Next::Never,
    };
    Some(Walk {
        filters: probes::filters(service, operation, plan, success, &make),
        sorts: probes::sorts(service, operation, plan),
        fields: probes::fields(service, operation, success),
        beside: beside::beside(service, operation, success, (&mut arrangement, &make)),
        later,
        remove,
        make,
        query: request.query,
        rows: places::row_pointer(service, &success.body)?,
        key: format!("/{}", escape(key)),
        next,
    })
}

/// Whether the rows differ where they must.
pub(super) fn are_distinct(service: &Service, operation: &Operation, steps: &[Step]) -> bool {
    let Role::Crud { resource, .. } = &operation.role else {
        return false;
    };
    let resource = &service[*resource];
    let Some((_, create)) = (match &operation.role {
        Role::Crud { resource, .. } => arrange::create_of(service, *resource),
        Role::Stub { .. } | Role::Account { .. } => None,
    }) else {
        return false;
    };
    let wrapper = places::wrapper_pointer(&create.role);
    let differs = |column: &usize| {
        let Some(name) = sent_name(
            &resource.columns[*column],
            &Action::Create { wrapper: None },
        ) else {
            return matches!(resource.columns[*column].source, ColumnSource::Key { .. });
        };
        let at = format!("{wrapper}/{}", escape(name));
        if steps
            .iter()
            .any(|step| step.request.keys_at.iter().any(|(key, _)| *key == at))
        {
            return false;
        }
        let values = steps
            .iter()
            .filter_map(|step| step.request.body.as_ref()?.pointer(&at));
        let mut texts: Vec<String> = values.map(Value::to_string).collect();
        let count = texts.len();
        texts.sort();
        texts.dedup();
        texts.len() == count
    };
    let mut unique = resource.unique.iter();
    differs(&resource.key) && unique.all(|columns| columns.iter().any(differs))
}

fn next_of(
    service: &Service,
    operation: &Operation,
    success: &Success,
    cursor: &str,
) -> Option<Next> {
    let at = |wanted: Supply| places::place(service, &success.body, &|supply| *supply == wanted);
    if let Some(pointer) = at(Supply::NextCursor) {
        return Some(Next::Cursor(pointer, cursor.to_owned()));
    }
    if let Some(pointer) = at(Supply::NextUrl) {
        return Some(Next::Url(pointer));
    }
    let headers = &operation.responses.get(success.response)?.headers;
    let is_next = |supply: &Supply| matches!(supply, Supply::LinkHeader | Supply::NextUrl);
    let place = success.headers.iter().position(is_next)?;
    Some(Next::Header(headers.get(place)?.api_name.clone()))
}
