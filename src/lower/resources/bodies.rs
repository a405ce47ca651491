//! What bodies may say of a row.

use super::{
    candidates::title,
    shape::{Names, wrapped},
    table::Table,
    types::{fits, may_be_absent, may_be_empty, struct_of},
    words::{is_secret, plain},
};
use crate::model::{
    Action, Additional, BodyKind, Column, ColumnSource, ColumnType, Field, Operation, Presence,
    Service, Struct, TypeId,
};

/// The body of an operation, unwrapped.
pub(super) struct Body<'a> {
    /// The property that holds it, where it is wrapped.
    pub(super) wrapper: Option<String>,
    /// Its type.
    pub(super) id: TypeId,
    /// Its fields.
    pub(super) found: &'a Struct,
}

/// The struct that a body is, or that its only property holds.
pub(super) fn read<'a>(
    service: &'a Service,
    operation: &Operation,
    names: &Names,
) -> Result<Body<'a>, String> {
    let Some(body) = &operation.body else {
        return Err(format!("{} is an action", title(operation)));
    };
    let found = struct_of(service, &body.schema).filter(|_| body.kind == BodyKind::Decoded);
    let (id, found) = found.ok_or_else(|| {
        format!(
            "the body of {} is no JSON object with properties",
            title(operation)
        )
    })?;
    let wrapper = found.fields.first().filter(|_| found.fields.len() == 1);
    let wrapper = wrapper.filter(|field| field.presence == Presence::Required);
    let inner = wrapper.and_then(|_| wrapped(service, found, names));
    let inner = inner.and_then(|(index, _)| struct_of(service, &found.fields[index].schema));
    Ok(match (wrapper, inner) {
        (Some(field), Some((id, found))) => Body {
            wrapper: Some(field.api_name.clone()),
            id,
            found,
        },
        _ => Body {
            wrapper: None,
            id,
            found,
        },
    })
}

/// A body that makes a row.
pub(super) fn create(table: &Table<'_>, body: &Body<'_>) -> Result<Action, String> {
    for field in &body.found.fields {
        let column = known_column(table, field)?;
        let own = matches!(column.source, ColumnSource::Field { .. });
        if may_be_empty(field) && !column.nullable && own {
            return Err(format!(
                "`{}` is required in the response, and the body may lack it",
                field.api_name
            ));
        }
    }
    if let Err(reason) = &table.key_source {
        return Err(reason.clone());
    }
    for (index, column) in table.columns.iter().enumerate() {
        let ColumnSource::Field { api_name } = &column.source else {
            continue;
        };
        let named = body
            .found
            .fields
            .iter()
            .any(|field| field.row_name() == api_name);
        if !named && !column.nullable && !table.has_default(index) {
            return Err(format!(
                "`{api_name}` is required in the response and nothing supplies it"
            ));
        }
    }
    keeps_all(body)?;
    Ok(Action::Create {
        wrapper: body.wrapper.clone(),
    })
}

/// A body of PUT: it replaces the row, or changes it where absence can only mean to keep.
pub(super) fn replace(
    table: &Table<'_>,
    body: &Body<'_>,
    key_in_body: bool,
) -> Result<Action, String> {
    let mut partial = None;
    for field in &body.found.fields {
        let column = known_column(table, field)?;
        if may_be_empty(field)
            && !column.nullable
            && matches!(column.source, ColumnSource::Field { .. })
        {
            partial = Some(field);
        }
    }
    keeps_all(body)?;
    let key = body
        .found
        .fields
        .iter()
        .any(|field| table.column(field.row_name()) == Some(table.key));
    if key_in_body && !key {
        return Err("neither the path nor the body names the key".to_owned());
    }
    let wrapper = body.wrapper.clone();
    match partial {
        None => Ok(Action::Replace {
            wrapper,
            key_in_body,
        }),
        Some(field) if key_in_body || field.schema.nullable => Err(format!(
            "`{}` is required in the response, and the body may lack it",
            field.api_name
        )),
        Some(_) => update(table, body),
    }
}

/// A body of PATCH.
pub(super) fn update(table: &Table<'_>, body: &Body<'_>) -> Result<Action, String> {
    for field in &body.found.fields {
        let column = known_column(table, field)?;
        let name = &field.api_name;
        if field.schema.nullable && !column.nullable {
            return Err(format!(
                "`{name}` may be null in the body, and the response requires it"
            ));
        }
        if field.schema.nullable && field.presence == Presence::Optional {
            return Err(format!("an absent `{name}` cannot be told from null"));
        }
        if field.presence == Presence::Defaulted {
            return Err(format!(
                "an absent `{name}` could mean its default or what is stored"
            ));
        }
        if may_be_absent(field)
            && field.presence != Presence::Patch
            && column.nullable
            && !body.found.is_patch
        {
            return Err(format!(
                "an absent `{name}` could mean to keep it or to clear it"
            ));
        }
    }
    keeps_all(body)?;
    Ok(Action::Update {
        wrapper: body.wrapper.clone(),
    })
}

/// The column that a property of a body is kept in.
fn known_column<'t>(table: &'t Table<'_>, field: &Field) -> Result<&'t Column, String> {
    let name = &field.api_name;
    let Some(index) = table.column(field.row_name()) else {
        if is_secret(&plain(name)) {
            return Err(format!(
                "`{name}` is a secret, which must not be stored in clear"
            ));
        }
        let entity = &table.service[table.entity].api_name;
        return Err(format!(
            "`{name}` of the body is not part of `{entity}` and would be lost"
        ));
    };
    let column = &table.columns[index];
    if matches!(
        column.source,
        ColumnSource::CreatedAt { .. }
            | ColumnSource::UpdatedAt { .. }
            | ColumnSource::Caller { .. }
            | ColumnSource::Version { .. }
    ) {
        return Err(format!(
            "`{name}` is set by the service, and the body names it"
        ));
    }
    if !fits(table.service, &field.schema, &table.values[index]) {
        return Err(match column.ty {
            ColumnType::Json(_) => {
                format!("`{name}` of the body is not what `{name}` of the response is")
            }
            _ => format!("`{name}` is of another type in the body than in the response"),
        });
    }
    Ok(column)
}

fn keeps_all(body: &Body<'_>) -> Result<(), String> {
    match body.found.additional {
        Additional::Keep { .. } => {
            Err("no column can hold the other properties that its body allows".to_owned())
        }
        _ => Ok(()),
    }
}
