//! How a row gets into its table, and its key.

use super::{
    super::{
        doors::sql_literal,
        migrations::sequence,
        sql::{conditions, identifier, identifiers, literal},
    },
    statements::numbers,
};
use crate::{
    config::Database,
    model::{ColumnSource, ColumnType, IntegerKind, KeySource, Resource, Service},
};

/// How a row is inserted.
pub(super) struct Insert {
    pub(super) exists: bool,
    /// Makes room for a key that a deleted row has, and what is bound.
    pub(super) purge: Option<(String, Vec<String>)>,
    /// The statement that names the key, unless the database always chooses it.
    pub(super) sql: Option<String>,
    pub(super) binds: Vec<String>,
    /// The statement that takes the next integer as the key.
    pub(super) numbered: Option<String>,
    /// It takes one that somebody else may take meanwhile.
    pub(super) is_contested: bool,
    pub(super) numbered_binds: Vec<String>,
    /// The row's field of the key.
    pub(super) key: String,
    /// What the key is read as.
    pub(super) key_value: String,
}

impl Insert {
    pub(super) fn of(
        service: &Service,
        resource: &Resource,
        exists: bool,
        database: Database,
    ) -> Self {
        let fields = super::columns::fields(service, resource, database);
        let binds: Vec<String> = fields.into_iter().map(|field| field.bind).collect();
        let all: Vec<usize> = resource.row_columns().map(|(index, _)| index).collect();
        let columns = identifiers(resource, &all);
        let table = identifier(&resource.table);
        let values = numbers(1, all.len());
        let key = &resource.columns[resource.key];
        let kind = match &key.ty {
            ColumnType::Integer(kind) => *kind,
            _ => IntegerKind::I64,
        };
        let is_numbered = matches!(key.ty, ColumnType::Integer(_))
            && matches!(
                resource.key_source,
                KeySource::Integer | KeySource::ClientOrInteger
            );
        let is_named = !(is_numbered && resource.key_source == KeySource::Integer);
        let named = format!("INSERT INTO {table} ({columns}) VALUES ({values})");
        let named = match is_numbered {
            true => counted_on(&named, resource, Some(largest(kind)), database),
            false => named,
        };
        let is_contested =
            resource.numbered_from.is_none() || resource.key_source != KeySource::Integer;
        // SQLite could not go on behind the largest key of all, which a client may choose.
        let next = match (resource.numbered_from, is_contested, database) {
            (Some(_), false, _) | (Some(_), _, Database::Postgres) => {
                counted_by_database(resource, is_contested)
            }
            _ => numbered(resource, &columns, kind),
        };
        let mut numbered_binds = binds.clone();
        if is_numbered {
            numbered_binds.remove(resource.key);
        }
        Self {
            exists,
            purge: purge(service, resource, database).filter(|_| is_named),
            sql: is_named.then(|| literal(&named)),
            binds,
            numbered: is_numbered.then(|| literal(&next)),
            is_contested,
            numbered_binds,
            key: key.field.clone(),
            key_value: match kind {
                IntegerKind::I64 => "key".to_owned(),
                kind => format!(
                    "{}::try_from(key).map_err(|error| sqlx::Error::Decode(error.into()))?",
                    kind.name()
                ),
            },
        }
    }
}

/// A client may use the key of a deleted row again.
fn purge(
    service: &Service,
    resource: &Resource,
    database: Database,
) -> Option<(String, Vec<String>)> {
    let hidden = &resource.columns[resource.rules.deleted_at?];
    if matches!(resource.key_source, KeySource::Uuid | KeySource::Integer) {
        return None;
    }
    let keys = resource.primary_key();
    let fields = super::columns::fields(service, resource, database);
    let binds = keys.iter().map(|index| fields[*index].bind.clone());
    let sql = format!(
        "DELETE FROM {} WHERE {} AND {} IS NOT NULL",
        identifier(&resource.table),
        conditions(resource, &keys, 1),
        identifier(&hidden.name)
    );
    Some((literal(&sql), binds.collect()))
}

/// Has the identity of PostgreSQL go on behind a key that a row is given; below `end`, where there
/// is one. SQLite does so by itself.
pub(super) fn counted_on(
    insert: &str,
    resource: &Resource,
    end: Option<i64>,
    database: Database,
) -> String {
    if resource.numbered_from.is_none() || database != Database::Postgres {
        return insert.to_owned();
    }
    let key = identifier(&resource.columns[resource.key].name);
    let sequence = sequence(resource);
    let end = end.map_or_else(String::new, |end| format!("{key} < {end} AND "));
    format!(
        "WITH named AS ({insert} RETURNING {key}) SELECT setval({sequence}, {key}) FROM named \
         WHERE {end}nextval({sequence}) < {key}"
    )
}

/// Leaves the key to the database. PostgreSQL may give one that a client took before it was told.
fn counted_by_database(resource: &Resource, is_contested: bool) -> String {
    let table = identifier(&resource.table);
    let others = resource.row_columns().map(|(index, _)| index);
    let others: Vec<usize> = others.filter(|index| *index != resource.key).collect();
    let key = identifiers(resource, &[resource.key]);
    let row = match others.len() {
        0 => "DEFAULT VALUES".to_owned(),
        count => format!(
            "({}) VALUES ({})",
            identifiers(resource, &others),
            numbers(1, count)
        ),
    };
    let conflict = match is_contested {
        true => format!(" ON CONFLICT ({key}) DO NOTHING"),
        false => String::new(),
    };
    format!("INSERT INTO {table} {row}{conflict} RETURNING {key}")
}

/// Takes the largest key and one, below the same owner, unless somebody else took it meanwhile.
/// The bound keeps a client that chose the largest key of all from ending all numbering.
fn numbered(resource: &Resource, columns: &str, kind: IntegerKind) -> String {
    let table = identifier(&resource.table);
    let key = identifier(&resource.columns[resource.key].name);
    let largest = largest(kind);
    let mut next = 0;
    let mut owners = Vec::new();
    let values = resource.row_columns().map(|(index, column)| {
        if index == resource.key {
            // What SQLite remembers of rows that are gone.
            let gone = resource.numbered_from.map(|_| {
                let name = sql_literal(&resource.table);
                format!("(SELECT seq FROM sqlite_sequence WHERE name = {name} AND seq < {largest})")
            });
            let last = format!("COALESCE(MAX({key}), 0)");
            return match gone {
                Some(gone) => format!("MAX({last}, COALESCE({gone}, 0)) + 1"),
                None => format!("{last} + 1"),
            };
        }
        next += 1;
        if matches!(column.source, ColumnSource::Parent { .. }) {
            owners.push(format!("{} = ${next} AND ", identifier(&column.name)));
        }
        format!("${next}")
    });
    let values = values.collect::<Vec<_>>().join(", ");
    let owners = owners.concat();
    let primary = identifiers(resource, &resource.primary_key());
    format!(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} \
         WHERE {owners}{key} < {largest} ON CONFLICT ({primary}) DO NOTHING RETURNING {key}"
    )
}

fn largest(kind: IntegerKind) -> i64 {
    match kind {
        IntegerKind::I8 => i8::MAX.into(),
        IntegerKind::I16 => i16::MAX.into(),
        IntegerKind::I32 => i32::MAX.into(),
        IntegerKind::U8 => u8::MAX.into(),
        IntegerKind::U16 => u16::MAX.into(),
        IntegerKind::U32 => u32::MAX.into(),
        IntegerKind::I64 | IntegerKind::U64 => i64::MAX,
    }
}
