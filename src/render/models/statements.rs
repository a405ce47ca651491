//! The statements of a resource, with what they bind.

use super::{
    super::{
        crud::relations::has_effects,
        doors,
        sql::{conditions, convert, identifier, identifiers, literal, rust},
    },
    function,
    sight::Sight,
};
use crate::{
    config::Database,
    model::{
        Column, ColumnSource, ColumnType, OnDelete, Referrer, Resource, ResourceId, Schema,
        Service, TypeId,
    },
};

/// How a row is deleted.
pub(super) struct Delete {
    pub(super) sql: String,
    /// What is bound beside the key.
    pub(super) binds: Vec<String>,
    /// What happens to rows that refer to it.
    pub(super) effects: Vec<Effect>,
}

/// A statement about rows that refer to one that is deleted.
pub(super) struct Effect {
    pub(super) sql: String,
    /// The time is bound behind the key.
    pub(super) has_time: bool,
}

/// `replace`
pub(super) struct Replace {
    pub(super) name: String,
    pub(super) input: String,
    /// `None` where the body sets nothing.
    pub(super) sql: Option<String>,
    pub(super) binds: Vec<String>,
    pub(super) has_input: bool,
}

/// `patch`
pub(super) struct Patch {
    pub(super) name: String,
    pub(super) input: String,
    /// How the statement starts, up to the first value or with all that it needs.
    pub(super) start: String,
    pub(super) sets_time: bool,
    /// ` AND version = `, as a literal, where a version may be expected.
    pub(super) held: Option<String>,
    pub(super) fields: Vec<PatchField>,
}

/// A field of a patch.
pub(super) struct PatchField {
    pub(super) name: String,
    /// `, name = `, as a literal.
    pub(super) sql: String,
    /// What is bound for `value`.
    pub(super) bind: String,
    /// It may be absent.
    pub(super) is_optional: bool,
}

/// Makes a row of its keys, and the time, unless there is one.
pub(super) fn link(resource: &Resource) -> (String, Vec<String>) {
    let keys = resource.primary_key();
    let is_time = |source: &ColumnSource| {
        matches!(
            source,
            ColumnSource::CreatedAt { .. } | ColumnSource::UpdatedAt { .. }
        )
    };
    let columns = resource.columns.iter().enumerate();
    let times = columns.filter(|(_, column)| is_time(&column.source));
    let times: Vec<usize> = times.map(|(index, _)| index).collect();
    let all: Vec<usize> = keys.iter().chain(&times).copied().collect();
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO NOTHING",
        identifier(&resource.table),
        identifiers(resource, &all),
        numbers(1, all.len()),
        identifiers(resource, &keys),
    );
    (literal(&sql), vec!["db::now()".to_owned(); times.len()])
}

impl Delete {
    pub(super) fn of(service: &Service, id: ResourceId) -> Self {
        let resource = &service[id];
        let keys = resource.primary_key();
        let table = identifier(&resource.table);
        let hidden = resource
            .rules
            .deleted_at
            .map(|i| identifier(&resource.columns[i].name));
        let next = keys.len() + usize::from(hidden.is_some()) + 1;
        let (sight, mut binds) = Sight::of(service, resource).fixed(next);
        let start = match &hidden {
            Some(hidden) => format!("UPDATE {table} SET {hidden} = ${}", keys.len() + 1),
            None => format!("DELETE FROM {table}"),
        };
        let held = held(resource, next + binds.len());
        if hidden.is_some() {
            binds.insert(0, "db::now()".to_owned());
        }
        binds.extend(held.as_ref().map(|_| "version".to_owned()));
        let by_key = conditions(resource, &keys, 1);
        let held = held.unwrap_or_default();
        let unused = hidden.map_or_else(String::new, |_| unused(service, id));
        Self {
            sql: literal(&format!("{start} WHERE {by_key}{sight}{unused}{held}")),
            binds,
            effects: effects(service, id),
        }
    }
}

/// A row that is only hidden is not hidden while rows refer to it that would be in the way of
/// deleting it.
fn unused(service: &Service, id: ResourceId) -> String {
    let row = &service[id];
    let referrers = service.referrers(id).into_iter();
    let restricted = referrers.filter(|r| r.on_delete == OnDelete::Restrict);
    let parts = restricted.map(|referrer| {
        let others = &service[referrer.resource];
        // A table may refer to itself.
        let (table, known) = (identifier(&row.table), "referrer");
        let pairs = referrer.columns.iter().zip(row.primary_key());
        let equal = pairs.map(|(column, key)| {
            let column = identifier(&others.columns[*column].name);
            let key = identifier(&row.columns[key].name);
            format!("{known}.{column} = {table}.{key}")
        });
        let hidden = others.rules.deleted_at.map(|column| {
            let column = identifier(&others.columns[column].name);
            format!("{known}.{column} IS NULL")
        });
        let conditions: Vec<String> = equal.chain(hidden).collect();
        format!(
            " AND NOT EXISTS (SELECT 1 FROM {} AS {known} WHERE {})",
            identifier(&others.table),
            conditions.join(" AND ")
        )
    });
    parts.collect()
}

/// What the database does when a row is deleted, done where it is only hidden.
fn effects(service: &Service, id: ResourceId) -> Vec<Effect> {
    if !has_effects(service, id) {
        return Vec::new();
    }
    let referrers = service.referrers(id).into_iter().filter(|r| !r.is_owned);
    let effect = |referrer: Referrer| {
        let others = &service[referrer.resource];
        let table = identifier(&others.table);
        let count = referrer.columns.len();
        let by_key = conditions(others, &referrer.columns, 1);
        let column = |index: usize| identifier(&others.columns[index].name);
        let (sql, has_time) = match (referrer.on_delete, others.rules.deleted_at) {
            (OnDelete::Restrict, _) => return None,
            (OnDelete::SetNull, _) => {
                let column = column(*referrer.columns.last()?);
                (
                    format!("UPDATE {table} SET {column} = NULL WHERE {by_key}"),
                    false,
                )
            }
            (OnDelete::Cascade, None) => (format!("DELETE FROM {table} WHERE {by_key}"), false),
            (OnDelete::Cascade, Some(hidden)) => {
                let hidden = column(hidden);
                let set = format!("UPDATE {table} SET {hidden} = ${}", count + 1);
                (format!("{set} WHERE {by_key} AND {hidden} IS NULL"), true)
            }
        };
        Some(Effect {
            sql: literal(&sql),
            has_time,
        })
    };
    referrers.filter_map(effect).collect()
}

/// The version that a change expects, where it expects one.
pub(super) fn held(resource: &Resource, number: usize) -> Option<String> {
    let name = identifier(&resource.columns[resource.rules.version?].name);
    Some(format!(" AND {name} = COALESCE(${number}, {name})"))
}

/// What counts a change.
pub(super) fn counted(resource: &Resource) -> Option<String> {
    let name = identifier(&resource.columns[resource.rules.version?].name);
    Some(format!("{name} = {name} + 1"))
}

/// `$3, $4`
pub(super) fn numbers(first: usize, count: usize) -> String {
    let numbers = (first..first + count).map(|number| format!("${number}"));
    numbers.collect::<Vec<_>>().join(", ")
}

/// The columns that a body sets, beside the keys.
fn settable(resource: &Resource) -> impl Iterator<Item = usize> + '_ {
    let columns = resource.columns.iter().enumerate();
    columns.filter_map(|(index, column)| {
        matches!(column.source, ColumnSource::Field { .. }).then_some(index)
    })
}

/// What a body's value is bound as: a decimal in the places of its column.
fn bound_as(service: &Service, column: &Column, schema: &Schema) -> ColumnType {
    match &column.ty {
        places @ ColumnType::Decimal(_) => places.clone(),
        _ => rust::kept_as(service, schema),
    }
}

pub(super) fn updated_at(resource: &Resource) -> Option<String> {
    let is_time = |c: &&crate::model::Column| matches!(c.source, ColumnSource::UpdatedAt { .. });
    resource
        .columns
        .iter()
        .find(is_time)
        .map(|column| identifier(&column.name))
}

pub(super) fn replaces(
    service: &Service,
    resource: &Resource,
    types: &[TypeId],
    database: Database,
) -> Vec<Replace> {
    types
        .iter()
        .map(|id| Replace::of(service, resource, types, *id, database))
        .collect()
}

impl Replace {
    fn of(
        service: &Service,
        resource: &Resource,
        types: &[TypeId],
        id: TypeId,
        database: Database,
    ) -> Self {
        let keys = resource.primary_key();
        let mut sets = Vec::new();
        let mut binds = Vec::new();
        for index in settable(resource) {
            let column = &resource.columns[index];
            let field = rust::as_struct(service, id)
                .zip(rust::api_name(column))
                .and_then(|(object, name)| rust::field(object, name));
            let Some(field) = field else { continue };
            let name = identifier(&column.name);
            let number = keys.len() + binds.len() + 1;
            let options = rust::options(field);
            sets.push(if options > 0 && !column.nullable {
                format!("{name} = COALESCE(${number}, {name})")
            } else {
                format!("{name} = ${number}")
            });
            let place = match (field.boxed, options) {
                (true, 0) => format!("*input.{}", field.name),
                (false, 2) => format!("input.{}.clone().flatten()", field.name),
                _ => format!("input.{}", field.name),
            };
            binds.push(convert::bind(
                &bound_as(service, column, &field.schema),
                &place,
                options,
                database,
            ));
        }
        if let Some(name) = updated_at(resource) {
            sets.push(format!("{name} = ${}", keys.len() + binds.len() + 1));
            binds.push("db::now()".to_owned());
        }
        sets.extend(counted(resource));
        let has_input = binds.iter().any(|bind| bind.contains("input."));
        let (sight, sees) = Sight::of(service, resource).fixed(keys.len() + binds.len() + 1);
        binds.extend(sees);
        let held = held(resource, keys.len() + binds.len() + 1);
        binds.extend(held.as_ref().map(|_| "version".to_owned()));
        let sql = format!(
            "UPDATE {} SET {} WHERE {}{sight}{} RETURNING *",
            identifier(&resource.table),
            sets.join(", "),
            conditions(resource, &keys, 1),
            held.unwrap_or_default()
        );
        Self {
            has_input,
            name: function(service, "replace", types, id),
            input: rust::path(service, id),
            sql: (!sets.is_empty()).then(|| literal(&sql)),
            binds,
        }
    }
}

pub(super) fn patches(
    service: &Service,
    resource: &Resource,
    types: &[TypeId],
    database: Database,
) -> Vec<Patch> {
    types
        .iter()
        .map(|id| Patch::of(service, resource, types, *id, database))
        .collect()
}

impl Patch {
    fn of(
        service: &Service,
        resource: &Resource,
        types: &[TypeId],
        id: TypeId,
        database: Database,
    ) -> Self {
        let table = identifier(&resource.table);
        let key = identifier(&resource.columns[resource.key].name);
        let updated_at = updated_at(resource);
        let start = match (&updated_at, counted(resource)) {
            (Some(name), None) => format!("UPDATE {table} SET {name} = "),
            (Some(name), Some(counted)) => format!("UPDATE {table} SET {counted}, {name} = "),
            (None, Some(counted)) => format!("UPDATE {table} SET {counted}"),
            // Something must be set, and this changes nothing.
            (None, None) => format!("UPDATE {table} SET {key} = {key}"),
        };
        let fields = settable(resource).filter_map(|index| {
            let column = &resource.columns[index];
            let field = rust::field(rust::as_struct(service, id)?, rust::api_name(column)?)?;
            let ty = bound_as(service, column, &field.schema);
            let options = rust::options(field);
            let is_optional = options == 2 || (options == 1 && !field.schema.nullable);
            let inner = options - usize::from(is_optional);
            Some(PatchField {
                name: field.name.clone(),
                sql: doors::rust_literal(&format!(", {} = ", identifier(&column.name))),
                bind: convert::bind_owned(&ty, "value", inner, database),
                is_optional,
            })
        });
        Self {
            name: function(service, "patch", types, id),
            input: rust::path(service, id),
            start: doors::rust_literal(&start),
            sets_time: updated_at.is_some(),
            held: resource.rules.version.map(|version| {
                let name = identifier(&resource.columns[version].name);
                doors::rust_literal(&format!(" AND {name} = "))
            }),
            fields: fields.collect(),
        }
    }
}
