//! How lists are cut into pages, and how the answer tells of them.

use super::{
    answers::{links, no_header, nothing, row},
    shape::{self, json},
    table::Table,
    types::{may_be_empty, struct_of},
    words::plain,
};
use crate::model::{
    Additional, Field, Format, Location, Operation, Pagination, Parameter, Response, ResponseBody,
    ResponseHeader, Schema, Supply, Type,
};

const LIMITS: &[&str] = &[
    "limit",
    "size",
    "per_page",
    "page_size",
    "page_limit",
    "max_results",
    "max_items",
    "count",
    "top",
    "take",
    "first",
    "max_page_size",
    "results_per_page",
    "items_per_page",
];
const PAGES: &[&str] = &["page", "page_number", "page_no", "page_num", "current_page"];
const OFFSETS: &[&str] = &["offset", "skip", "page_offset", "start_index"];
const CURSORS: &[&str] = &[
    "cursor",
    "after",
    "page_token",
    "starting_after",
    "next_token",
    "next_page_token",
    "continuation_token",
    "marker",
    "page_cursor",
    "page_after",
    "start_cursor",
    "after_cursor",
];
const TOTALS: &[&str] = &["total", "total_size", "total_hits", "total_rows"];
const TOTAL_PAGES: &[&str] = &[
    "total_pages",
    "page_count",
    "pages",
    "last_page",
    "num_pages",
    "number_of_pages",
];
const HAS_NEXT: &[&str] = &[
    "has_next",
    "has_more",
    "has_next_page",
    "more",
    "has_more_pages",
    "has_more_items",
];
const HAS_PREVIOUS: &[&str] = &[
    "has_previous",
    "has_prev",
    "has_previous_page",
    "has_prev_page",
];
const NEXT_CURSORS: &[&str] = &[
    "next_cursor",
    "next_page_token",
    "next_token",
    "cursor",
    "after",
    "end_cursor",
    "next_page_cursor",
    "continuation_token",
    "next_marker",
    "next_page",
];
const NEXT_URLS: &[&str] = &[
    "next",
    "next_url",
    "next_link",
    "next_page_url",
    "next_page_link",
    "next_href",
];
const PREVIOUS_URLS: &[&str] = &[
    "prev",
    "previous",
    "prev_url",
    "previous_url",
    "prev_link",
    "previous_link",
    "prev_page_url",
    "previous_page_url",
];
const NESTED: &[&str] = &[
    "meta",
    "metadata",
    "pagination",
    "paging",
    "page",
    "page_info",
    "cursors",
    "info",
    "links",
];

/// The ways that the parameters offer to cut a list into pages, the best first.
pub(super) fn ways(operation: &Operation) -> Vec<Pagination> {
    let find = |names: &[&str], fits: fn(&Type) -> bool| {
        operation
            .parameters
            .iter()
            .position(|parameter| is_named(parameter, names, fits))
    };
    let integer = |ty: &Type| matches!(ty, Type::Integer(..));
    let text = |ty: &Type| matches!(ty, Type::String(rules) if rules.format == Format::Text);
    let limit = find(LIMITS, integer);
    let cursor = find(CURSORS, text).map(|cursor| Pagination::Cursor { cursor, limit });
    let page = find(PAGES, integer).map(|page| Pagination::Page { page, size: limit });
    let offset = find(OFFSETS, integer).map(|offset| Pagination::Offset { offset, limit });
    let limit = limit.map(|limit| Pagination::Limit { limit });
    [cursor, page, offset, limit, Some(Pagination::None)]
        .into_iter()
        .flatten()
        .collect()
}

/// The parameters that a way uses.
pub(super) fn used(pagination: Pagination) -> Vec<usize> {
    let (place, limit) = match pagination {
        Pagination::None => (None, None),
        Pagination::Limit { limit } => (None, Some(limit)),
        Pagination::Cursor { cursor, limit } => (Some(cursor), limit),
        Pagination::Page { page, size } => (Some(page), size),
        Pagination::Offset { offset, limit } => (Some(offset), limit),
    };
    place.into_iter().chain(limit).collect()
}

/// The headers and the body of a page.
pub(super) fn answer(
    table: &Table<'_>,
    response: &Response,
    pagination: Pagination,
) -> Result<(Vec<Supply>, Supply), String> {
    let headers = response
        .headers
        .iter()
        .map(|found| header(found, pagination));
    let headers = headers.collect::<Result<Vec<_>, _>>()?;
    let body = match &response.body {
        ResponseBody::Empty => return Err("its answer is empty".to_owned()),
        body => json(body).ok_or("its answer is no JSON")?,
    };
    let body = self::body(table, body, pagination)?;
    let tells = |told: &Supply| tells_next(told);
    if matches!(pagination, Pagination::Cursor { .. })
        && !tells(&body)
        && !headers.iter().any(tells)
    {
        return Err("its answer does not tell the next cursor".to_owned());
    }
    Ok((headers, body))
}

/// Something in an answer that this holds for.
pub(super) fn any(supply: &Supply, holds: &impl Fn(&Supply) -> bool) -> bool {
    holds(supply)
        || matches!(supply, Supply::Struct(_, members) if members.iter().any(|member| any(member, holds)))
}

fn tells_next(supply: &Supply) -> bool {
    any(supply, &|told| {
        matches!(
            told,
            Supply::NextCursor | Supply::NextUrl | Supply::LinkHeader
        )
    })
}

fn is_named(parameter: &Parameter, names: &[&str], fits: fn(&Type) -> bool) -> bool {
    let name = plain(&parameter.api_name);
    parameter.location == Location::Query
        && names.contains(&name.as_str())
        && fits(&parameter.schema.ty)
}

fn is_paged(pagination: Pagination) -> bool {
    !matches!(pagination, Pagination::None | Pagination::Limit { .. })
}

fn body(table: &Table<'_>, schema: &Schema, pagination: Pagination) -> Result<Supply, String> {
    if let Some(id) = shape::rows(table.service, schema) {
        return row(table, id).map(|()| Supply::Rows(id));
    }
    let (id, page) = struct_of(table.service, schema).ok_or("its answer is no list of objects")?;
    let Some((rows, row_type)) = shape::member_with_rows(table.service, page, &table.names) else {
        return Err(format!(
            "`{}` is no list of rows",
            table.service[id].api_name
        ));
    };
    row(table, row_type)?;
    let has_total = page
        .fields
        .iter()
        .any(|field| is_total(&plain(&field.api_name)) && field.api_name != "count");
    let members = page
        .fields
        .iter()
        .enumerate()
        .map(|(index, field)| match index == rows {
            true => Ok(Supply::Rows(row_type)),
            false => member(table, field, pagination, has_total, 0),
        });
    Ok(Supply::Struct(id, members.collect::<Result<_, _>>()?))
}

/// A member of a page beside its rows.
fn member(
    table: &Table<'_>,
    field: &Field,
    pagination: Pagination,
    has_total: bool,
    depth: usize,
) -> Result<Supply, String> {
    let name = plain(&field.api_name);
    if NESTED.contains(&name.as_str()) && depth < 3 {
        if name == "links" {
            let found = links(table, field, &|name| link(name, pagination));
            return found.map_or_else(|| nothing(table.service, field), Ok);
        }
        if let Some((id, nested)) = struct_of(table.service, &field.schema) {
            let total = has_total
                || nested
                    .fields
                    .iter()
                    .any(|f| is_total(&plain(&f.api_name)) && f.api_name != "count");
            let inner = nested
                .fields
                .iter()
                .map(|field| member(table, field, pagination, total, depth + 1));
            let inner: Result<Vec<_>, _> = inner.collect();
            return match inner {
                Ok(inner) if !matches!(nested.additional, Additional::Keep { .. }) => {
                    Ok(Supply::Struct(id, inner))
                }
                Ok(_) => nothing(table.service, field),
                Err(reason) => nothing(table.service, field).map_err(|_| reason),
            };
        }
    }
    let told = match &field.schema.ty {
        Type::Integer(..) => number(&name, pagination, has_total),
        Type::Boolean => flag(&name, pagination),
        Type::String(rules) => text(&name, rules.format, pagination, field),
        _ => None,
    };
    told.map_or_else(|| nothing(table.service, field), Ok)
}

fn is_total(name: &str) -> bool {
    TOTALS.contains(&name)
        || name.starts_with("total_") && !TOTAL_PAGES.contains(&name)
        || name.ends_with("_count") && !TOTAL_PAGES.contains(&name)
}

fn number(name: &str, pagination: Pagination, has_total: bool) -> Option<Supply> {
    match (name, pagination) {
        ("count", _) if has_total => Some(Supply::Count),
        ("count", _) => Some(Supply::Total),
        _ if PAGES.contains(&name) || name == "number" => match pagination {
            Pagination::Page { .. } => Some(Supply::Page),
            _ => None,
        },
        _ if OFFSETS.contains(&name) => match pagination {
            Pagination::Offset { .. } => Some(Supply::Offset),
            _ => None,
        },
        _ if LIMITS.contains(&name) => Some(Supply::Limit),
        _ if TOTAL_PAGES.contains(&name) => match pagination {
            Pagination::Page { .. } => Some(Supply::TotalPages),
            _ => None,
        },
        _ if is_total(name) => Some(Supply::Total),
        _ => None,
    }
}

fn flag(name: &str, pagination: Pagination) -> Option<Supply> {
    if HAS_NEXT.contains(&name) {
        return Some(Supply::HasNext);
    }
    let counted = matches!(
        pagination,
        Pagination::Page { .. } | Pagination::Offset { .. }
    );
    (HAS_PREVIOUS.contains(&name) && counted).then_some(Supply::HasPrevious)
}

/// A text: it must be able to say that there is no such page.
fn text(name: &str, format: Format, pagination: Pagination, field: &Field) -> Option<Supply> {
    let url = format == Format::Uri || !matches!(pagination, Pagination::Cursor { .. });
    let told = match name {
        "self" => Some(Supply::SelfUrl),
        _ if PREVIOUS_URLS.contains(&name) => link("prev", pagination),
        _ if NEXT_URLS.contains(&name) && (url || name != "next" || says_url(field)) => {
            link("next", pagination)
        }
        _ if NEXT_CURSORS.contains(&name) || name == "next" => match pagination {
            Pagination::Cursor { .. } if format == Format::Text => Some(Supply::NextCursor),
            _ => None,
        },
        _ => None,
    };
    let fits = matches!(format, Format::Text | Format::Uri);
    told.filter(|told| fits && (*told == Supply::SelfUrl || may_be_empty(field)))
}

fn says_url(field: &Field) -> bool {
    let description = field.description.as_deref().unwrap_or("").to_lowercase();
    ["url", "uri", "link", "href"]
        .iter()
        .any(|word| description.contains(word))
}

fn link(name: &str, pagination: Pagination) -> Option<Supply> {
    let counted = matches!(
        pagination,
        Pagination::Page { .. } | Pagination::Offset { .. }
    );
    match name {
        "self" => Some(Supply::SelfUrl),
        "next" if is_paged(pagination) => Some(Supply::NextUrl),
        "prev" | "previous" if counted => Some(Supply::PreviousUrl),
        _ => None,
    }
}

fn header(header: &ResponseHeader, pagination: Pagination) -> Result<Supply, String> {
    let name = plain(&header.api_name);
    let name = name.strip_prefix("x_").unwrap_or(&name);
    let name = name.strip_prefix("pagination_").unwrap_or(name);
    let counts = matches!(header.schema.ty, Type::Integer(..));
    let told = match header.schema.ty {
        Type::String(_) if name == "link" && is_paged(pagination) => Some(Supply::LinkHeader),
        Type::String(_) if matches!(name, "next_cursor" | "next_page_token" | "next_token") => {
            match pagination {
                Pagination::Cursor { .. } => Some(Supply::NextCursor),
                _ => None,
            }
        }
        Type::String(_) if NEXT_URLS.contains(&name) => link("next", pagination),
        Type::String(_) if PREVIOUS_URLS.contains(&name) => link("prev", pagination),
        Type::Boolean => flag(name, pagination),
        _ if counts => number(name, pagination, name == "count"),
        _ => None,
    };
    let always = told.as_ref().is_some_and(|told| {
        !matches!(
            told,
            Supply::LinkHeader | Supply::NextUrl | Supply::NextCursor | Supply::PreviousUrl
        )
    });
    match told {
        Some(told) if always || !header.required => Ok(told),
        _ => no_header(header),
    }
}
