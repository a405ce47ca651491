//! How answers about one row are filled.

use super::{
    columns::default,
    shape::{self, is_links, json},
    table::{Table, unfilled},
    types::{as_struct, column_type, may_be_empty, struct_of},
    words::plain,
};
use crate::model::{
    Additional, Column, ColumnType, Field, Operation, Presence, Response, ResponseBody,
    ResponseHeader, Schema, Service, Status, Success, Supply, TypeId,
};

/// What an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// A row that was made.
    Created,
    /// A row that was read.
    Read,
    /// A row that was changed.
    Changed,
    /// A row that is gone.
    Deleted,
}

impl About {
    fn codes(self) -> &'static [u16] {
        match self {
            Self::Created => &[201, 200, 202, 204],
            Self::Read => &[200],
            Self::Changed => &[200, 201, 204, 202],
            Self::Deleted => &[204, 200, 202],
        }
    }
}

/// The first declared success that can be filled; else why the first cannot.
pub(super) fn success(
    table: &Table<'_>,
    operation: &Operation,
    about: About,
) -> Result<Success, String> {
    first(operation, about.codes(), |response| {
        let body = body(table, &response.body, about)?;
        let holds_row = body != Supply::Absent || table.rules.version.is_some();
        let headers = response
            .headers
            .iter()
            .map(|found| header(table, found, about, holds_row));
        Ok((headers.collect::<Result<_, _>>()?, body))
    })
    .map(|found| Success {
        not_modified: not_modified(operation, &found, about),
        ..found
    })
}

/// The first of these variants that can be filled; else why the first cannot.
pub(super) fn first(
    operation: &Operation,
    codes: &[u16],
    fill: impl Fn(&Response) -> Result<(Vec<Supply>, Supply), String>,
) -> Result<Success, String> {
    let mut reason = None;
    for index in shape::successes(operation, codes) {
        match fill(&operation.responses[index]) {
            Ok((headers, body)) => {
                return Ok(Success {
                    response: index,
                    headers,
                    body,
                    not_modified: None,
                    fields: None,
                    include: None,
                });
            }
            Err(why) => reason = reason.or(Some(why)),
        }
    }
    Err(reason.unwrap_or_else(|| "the document declares no status for its success".to_owned()))
}

fn body(table: &Table<'_>, body: &ResponseBody, about: About) -> Result<Supply, String> {
    match (body, json(body)) {
        (ResponseBody::Empty, _) if about != About::Read => Ok(Supply::Absent),
        (_, Some(schema)) => entity(table, schema),
        _ => Err("its answer is no JSON".to_owned()),
    }
}

/// A row, as it is or wrapped.
fn entity(table: &Table<'_>, schema: &Schema) -> Result<Supply, String> {
    let (id, found) = struct_of(table.service, schema)
        .ok_or("its answer is no object with properties of its own")?;
    let Some((inner, row)) = shape::wrapped(table.service, found, &table.names) else {
        return self::row(table, id).map(|()| Supply::Row(id));
    };
    let fields = found.fields.iter().enumerate().map(|(index, field)| {
        if index != inner {
            return beside(table, field);
        }
        self::row(table, row).map(|()| Supply::Row(row))
    });
    Ok(Supply::Struct(id, fields.collect::<Result<_, _>>()?))
}

/// Checks that rows fill a type.
pub(super) fn row(table: &Table<'_>, id: TypeId) -> Result<(), String> {
    let (service, name) = (table.service, &table.service[id].api_name);
    let found = as_struct(service, id).ok_or_else(|| format!("`{name}` is no object"))?;
    let shown = found
        .fields
        .iter()
        .filter(|field| table.column(field.row_name()).is_some())
        .count();
    let key = found
        .fields
        .iter()
        .any(|field| table.column(field.row_name()) == Some(table.key));
    if !key && shown * 2 < found.fields.len() || shown == 0 {
        return Err(format!(
            "it answers `{name}`, which is no `{}`",
            service[table.entity].api_name
        ));
    }
    match found.fields.iter().find_map(|field| unfilled(table, field)) {
        Some(reason) => Err(reason),
        None => Ok(()),
    }
}

/// A member beside a wrapped row.
fn beside(table: &Table<'_>, field: &Field) -> Result<Supply, String> {
    let tell = |name: &str| (name == "self").then_some(Supply::SelfUrl);
    let is_links = is_links(table.service, &field.api_name, &field.schema);
    let links = links(table, field, &tell).filter(|_| is_links);
    links.map_or_else(|| nothing(table.service, field), Ok)
}

/// An object of links; `None` where one of them is required and cannot be told.
pub(super) fn links(
    table: &Table<'_>,
    field: &Field,
    tell: &dyn Fn(&str) -> Option<Supply>,
) -> Option<Supply> {
    let (id, found) = struct_of(table.service, &field.schema)?;
    let members = found.fields.iter().map(|field| {
        let told = tell(&plain(&field.api_name))
            .filter(|told| *told == Supply::SelfUrl || may_be_empty(field));
        told.or_else(|| nothing(table.service, field).ok())
    });
    let plainly = !matches!(found.additional, Additional::Keep { .. });
    let members = members.collect::<Option<Vec<_>>>().filter(|_| plainly)?;
    members
        .iter()
        .any(|told| !matches!(told, Supply::Absent | Supply::Null))
        .then_some(Supply::Struct(id, members))
}

/// Left out, or null, or the constant that the document itself puts there.
pub(super) fn nothing(service: &Service, field: &Field) -> Result<Supply, String> {
    let constant = || {
        let kind = column_type(service, &field.schema);
        let is_plain = matches!(
            kind,
            ColumnType::Text | ColumnType::Integer(_) | ColumnType::Boolean | ColumnType::Enum(_)
        );
        default(service, &field.schema).filter(|_| is_plain)
    };
    match field.presence {
        Presence::Optional | Presence::Patch => Ok(Supply::Absent),
        _ if field.schema.nullable => Ok(Supply::Null),
        _ => constant().map(Supply::Value).ok_or_else(|| {
            let name = &field.api_name;
            format!("`{name}` is required in the response and nothing supplies it")
        }),
    }
}

fn header(
    table: &Table<'_>,
    header: &ResponseHeader,
    about: About,
    holds_row: bool,
) -> Result<Supply, String> {
    match (header.api_name.as_str(), about) {
        ("etag", About::Read | About::Created | About::Changed) if holds_row => Ok(Supply::ETag),
        ("last-modified", About::Read | About::Created | About::Changed)
            if holds_row && !header.required && knows_change(table, header) =>
        {
            Ok(Supply::LastModified)
        }
        ("location", About::Created) => Ok(Supply::Location),
        _ => no_header(header),
    }
}

/// Whether the row has the time of its last change, and the header is a text that tells it.
fn knows_change(table: &Table<'_>, header: &ResponseHeader) -> bool {
    let is_text = column_type(table.service, &header.schema) == ColumnType::Text;
    is_text && table.columns.iter().any(Column::tells_change)
}

/// A header that is left out.
pub(super) fn no_header(header: &ResponseHeader) -> Result<Supply, String> {
    if header.required {
        return Err(format!(
            "the header `{}` is required in the response and nothing supplies it",
            header.api_name
        ));
    }
    Ok(Supply::Absent)
}

/// The variant for 304, where the answer tells a tag and the request may name one.
fn not_modified(operation: &Operation, found: &Success, about: About) -> Option<usize> {
    let asks = operation
        .parameters
        .iter()
        .any(|p| p.api_name.eq_ignore_ascii_case("if-none-match"));
    let variant = operation
        .responses
        .iter()
        .position(|r| r.status == Status::Code(304))?;
    let response = &operation.responses[variant];
    let plain = response.body == ResponseBody::Empty
        && response
            .headers
            .iter()
            .all(|header| header.api_name == "etag" || !header.required);
    (asks && about == About::Read && found.headers.contains(&Supply::ETag) && plain)
        .then_some(variant)
}
