//! Lists that are walked from page to page.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    arrange::{self, Step, escape},
    effects::sent_name,
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
        .map(|(index, _)| &operation.parameters[*index]);
    if filters.any(is_always_on) {
        return None;
    }
    let owners = arrange::arrange(service, operation)?.steps.len();
    let make: Option<Vec<Step>> = (0..ROWS)
        .map(|n| arrange::step_with(service, *resource, owners, 200 + n))
        .collect();
    let make = make?;
    if !are_distinct(service, operation, &make) {
        return None;
    }
    let resource = &service[*resource];
    let ColumnSource::Key {
        api_name: Some(key),
    } = &resource.columns[resource.key].source
    else {
        return None;
    };
    if !arrange::row_shows(service, &success.body, key) {
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
        make,
        query: request.query,
        rows: arrange::row_pointer(service, &success.body)?,
        key: format!("/{}", escape(key)),
        next,
    })
}

/// Whether the rows differ where they must.
fn are_distinct(service: &Service, operation: &Operation, steps: &[Step]) -> bool {
    let Role::Crud { resource, .. } = &operation.role else {
        return false;
    };
    let resource = &service[*resource];
    let Some((_, create)) = (match &operation.role {
        Role::Crud { resource, .. } => arrange::create_of(service, *resource),
        Role::Stub { .. } => None,
    }) else {
        return false;
    };
    let wrapper = arrange::wrapper_pointer(&create.role);
    let must_differ = std::iter::once(resource.key).chain(
        resource
            .unique
            .iter()
            .filter_map(|columns| columns.first().copied()),
    );
    must_differ.into_iter().all(|column| {
        let Some(name) = sent_name(&resource.columns[column], &Action::Create { wrapper: None })
        else {
            return true;
        };
        let at = format!("{wrapper}/{}", escape(name));
        let values = steps
            .iter()
            .filter_map(|step| step.request.body.as_ref()?.pointer(&at));
        let mut texts: Vec<String> = values.map(Value::to_string).collect();
        let count = texts.len();
        texts.sort();
        texts.dedup();
        texts.len() == count
    })
}

fn next_of(
    service: &Service,
    operation: &Operation,
    success: &Success,
    cursor: &str,
) -> Option<Next> {
    let at = |wanted: Supply| arrange::place(service, &success.body, &|supply| *supply == wanted);
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
