//! What identifies a row.

use serde_json::{Number, Value};

use super::{
    bodies::Body,
    candidates::Candidate,
    shape::Names,
    table::{Table, shown},
    types::{as_struct, column_type, may_be_empty},
    words::{is_id, plain},
};
use crate::model::{
    ColumnSource, ColumnType, Field, Format, KeySource, Operation, Schema, Segment, Service,
    Struct, Type, TypeDef, fits,
};

/// The key of a table.
pub(super) struct Key {
    /// The entity's property that shows it.
    pub(super) api_name: Option<String>,
    /// Its value.
    pub(super) value: Schema,
}

/// The parameter of an operation's path by its name.
pub(super) fn path_parameter<'a>(operation: &'a Operation, name: &str) -> Option<&'a Schema> {
    Some(&operation.path_parameter(name)?.schema)
}

/// The key that the members' paths name, or that the entity has.
pub(super) fn find(
    service: &Service,
    candidate: &Candidate<'_>,
    names: &Names,
    def: &TypeDef,
    entity: &Struct,
) -> Result<Key, String> {
    let singulars = singulars(names, def);
    let mut operations = candidate.operations.iter();
    match operations.find_map(|(id, _)| member(&service[*id])) {
        Some((parameter, schema)) => {
            of_members(service, parameter, schema, &singulars, def, entity)
        }
        None => of_entity(service, &singulars, entity)
            .ok_or_else(|| format!("`{}` has no `id`, and no path names one", def.api_name)),
    }
}

/// The words that a row is called by.
pub(super) fn singulars(names: &Names, def: &TypeDef) -> [String; 2] {
    [names.singular.clone(), plain(&def.api_name)]
}

/// The property that a parameter for a row names, where it is one that is told.
pub(super) fn named<'e>(
    parameter: &str,
    singulars: &[String],
    entity: &'e Struct,
) -> Option<&'e Field> {
    let wanted = plain(parameter);
    let called = |name: &str| {
        let mut fields = entity.fields.iter();
        fields.find(|field| plain(&field.api_name) == name)
    };
    let own = || {
        singulars
            .iter()
            .find_map(|word| called(&format!("{word}_id")))
    };
    let id = || called("id").or_else(|| called("uuid")).or_else(own);
    // `{secret_name}` of `/secrets` is the `name` of a secret.
    let rest = || {
        let mut words = singulars.iter();
        words.find_map(|word| wanted.strip_prefix(word)?.strip_prefix('_'))
    };
    called(&wanted).or_else(|| match names_row(&wanted, singulars) {
        true => id(),
        false => called(rest()?),
    })
}

/// A parameter says which row, and not by what.
fn names_row(wanted: &str, singulars: &[String]) -> bool {
    is_id(wanted) || singulars.iter().any(|word| word == wanted)
}

/// Holds the parameter of a member's path against the key: what is one by its place may name
/// another property.
pub(super) fn names_key(table: &Table<'_>, operation: &Operation) -> Result<(), String> {
    let Some((parameter, schema)) = member(operation) else {
        return Ok(());
    };
    let service = table.service;
    let def = &service[table.entity];
    let Some(entity) = as_struct(service, table.entity) else {
        return Ok(());
    };
    let singulars = singulars(&table.names, def);
    let found = of_members(service, parameter, schema, &singulars, def, entity)?;
    let key = shown(&table.columns[table.key].source);
    if found.api_name.as_deref() != key {
        return Err(format!(
            "`{{{parameter}}}` is not the key of `{}`, which is `{}`",
            def.api_name,
            key.unwrap_or(&table.columns[table.key].name)
        ));
    }
    match takes_made_up(table, schema) {
        true => Ok(()),
        false => Err(format!(
            "the rules of `{{{parameter}}}` allow no key that is made up for `{}`",
            def.api_name
        )),
    }
}

/// Whether a parameter takes the keys that the service makes up, where only it does.
fn takes_made_up(table: &Table<'_>, parameter: &Schema) -> bool {
    let made_up: Value = match table.key_source {
        Ok(KeySource::Uuid) => "01890a5d-ac96-774b-bcce-b302099a8057".into(),
        Ok(KeySource::Integer) => numbered_from(table).unwrap_or(1).into(),
        _ => return true,
    };
    fits::fits_path(&made_up, parameter, &table.service.types)
}

/// Where a new row's key comes from.
pub(super) fn source(
    service: &Service,
    key: &Key,
    body: Option<&Body<'_>>,
) -> Result<KeySource, String> {
    let in_body = key.api_name.as_ref().and_then(|name| {
        let mut fields = body.into_iter().flat_map(|body| &body.found.fields);
        fields.find(|field| &field.api_name == name)
    });
    if in_body.is_some_and(|field| !may_be_empty(field)) {
        return Ok(KeySource::Client);
    }
    let integer = matches!(column_type(service, &key.value), ColumnType::Integer(_));
    let natural = key
        .api_name
        .as_ref()
        .is_some_and(|name| !is_id(&plain(name)));
    match (integer, in_body) {
        (true, Some(_)) => Ok(KeySource::ClientOrInteger),
        (true, None) => Ok(KeySource::Integer),
        (false, None) if body.is_none() && natural => Ok(KeySource::Client),
        (false, _) if !holds_uuid(&key.value) => {
            Err("no key can be made up that its rules allow".to_owned())
        }
        (false, Some(_)) => Ok(KeySource::ClientOrUuid),
        (false, None) => Ok(KeySource::Uuid),
    }
}

/// What the database numbers rows from, where it does: the least number that the key may be. Rows
/// below an owner are numbered by the service, each owner's from 1.
pub(super) fn numbered_from(table: &Table<'_>) -> Option<i64> {
    let is_counted = matches!(
        table.key_source,
        Ok(KeySource::Integer | KeySource::ClientOrInteger)
    );
    let mut sources = table.columns.iter().map(|column| &column.source);
    let is_below = sources.any(|source| matches!(source, ColumnSource::Parent { .. }));
    match &table.values[table.key].ty {
        Type::Integer(_, rules) if is_counted && !is_below => {
            let least = rules.min.as_ref().and_then(Number::as_i64);
            let above = rules.above.as_ref().and_then(Number::as_i64);
            let above = above.map(|above| above.saturating_add(1));
            Some(least.max(above).unwrap_or(1).max(1))
        }
        _ => None,
    }
}

fn holds_uuid(value: &Schema) -> bool {
    match &value.ty {
        Type::String(rules) if rules.format == Format::Uuid => true,
        Type::String(rules) => {
            rules.format == Format::Text
                && rules.pattern.is_none()
                && rules.max.is_none_or(|max| max >= 36)
        }
        _ => false,
    }
}

/// The last parameter of a member's path, and its schema.
fn member(operation: &Operation) -> Option<(&str, &Schema)> {
    let is_empty = |s: &&Segment| matches!(s, Segment::Literal(text) if text.is_empty());
    let mut segments = operation.segments.iter();
    match segments.rfind(|segment| !is_empty(segment))? {
        Segment::Parameter(name) => Some((name, path_parameter(operation, name)?)),
        _ => None,
    }
}

fn of_members(
    service: &Service,
    parameter: &str,
    schema: &Schema,
    singulars: &[String],
    def: &TypeDef,
    entity: &Struct,
) -> Result<Key, String> {
    let wanted = plain(parameter);
    let Some(field) = named(parameter, singulars, entity) else {
        if names_row(&wanted, singulars) && is_key(service, schema) {
            return Ok(Key {
                api_name: None,
                value: bare(schema),
            });
        }
        return Err(format!(
            "nothing in `{}` is what `{{{parameter}}}` names",
            def.api_name
        ));
    };
    let exact = plain(&field.api_name) == wanted || is_id(&wanted);
    let fits = match (
        column_type(service, schema),
        column_type(service, &field.schema),
    ) {
        (ColumnType::Text, ColumnType::Text) | (ColumnType::Uuid, ColumnType::Uuid) => true,
        (ColumnType::Integer(_), ColumnType::Integer(_)) => true,
        (ColumnType::Text, ColumnType::Uuid | ColumnType::Integer(_)) => exact,
        (ColumnType::Uuid | ColumnType::Integer(_), ColumnType::Text) => exact,
        _ => false,
    };
    if !fits {
        return Err(format!(
            "`{{{parameter}}}` is of another type than `{}` in `{}`",
            field.api_name, def.api_name
        ));
    }
    Ok(Key {
        api_name: Some(field.api_name.clone()),
        value: bare(&field.schema),
    })
}

fn of_entity(service: &Service, singulars: &[String], entity: &Struct) -> Option<Key> {
    let own = singulars.iter().map(|word| format!("{word}_id"));
    let mut names = ["id".to_owned(), "uuid".to_owned()].into_iter().chain(own);
    names.find_map(|name| {
        let field = entity
            .fields
            .iter()
            .find(|field| plain(&field.api_name) == name)?;
        is_key(service, &field.schema).then(|| Key {
            api_name: Some(field.api_name.clone()),
            value: bare(&field.schema),
        })
    })
}

fn is_key(service: &Service, schema: &Schema) -> bool {
    matches!(
        column_type(service, schema),
        ColumnType::Text | ColumnType::Uuid | ColumnType::Integer(_)
    )
}

/// A key is never null.
fn bare(schema: &Schema) -> Schema {
    Schema {
        nullable: false,
        ..schema.clone()
    }
}
