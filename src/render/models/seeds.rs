//! `src/models/seed_rows.rs`: the rows to begin with.

use askama::Template;
use serde_json::Value;

use super::{
    super::{doors, migrations::literal as constant, reading::list},
    identifier,
    insert::counted_on,
};
use crate::{
    config::Database,
    model::{Column, ColumnType, Seed, Service},
};

#[derive(Template)]
#[template(path = "layered/src/models/seed_rows.rs.j2")]
struct File {
    seeds: Vec<Row>,
    has_accounts: bool,
}

/// A row, in Rust.
struct Row {
    name: String,
    after: String,
    sql: String,
    password: String,
}

/// The file.
///
/// # Errors
/// The template prints what is no Rust, which is a bug of ours.
pub(in crate::render) fn file(
    service: &Service,
    database: Database,
    has_accounts: bool,
) -> askama::Result<String> {
    let row = |seed: &Seed| Row {
        name: doors::rust_literal(&seed.name),
        after: list(seed.after.iter().map(|name| doors::rust_literal(name))),
        sql: insert(service, seed, database),
        password: password(service, seed, database),
    };
    let seeds = service.seeds.iter().map(row).collect();
    File {
        seeds,
        has_accounts,
    }
    .render()
}

/// The statement that writes a row, as a literal.
fn insert(service: &Service, seed: &Seed, database: Database) -> String {
    let resource = &service[seed.resource];
    let columns = resource.columns.iter().zip(&seed.values);
    let said: Vec<_> = columns.filter(|(_, value)| !value.is_null()).collect();
    let names: Vec<String> = said.iter().map(|(c, _)| identifier(&c.name)).collect();
    let values: Vec<String> = said
        .iter()
        .map(|(c, v)| constant_of(c, v, database))
        .collect();
    let table = identifier(&resource.table);
    let (names, values) = (names.join(", "), values.join(", "));
    // In one line: a literal that is broken between words loses spaces of the values.
    let sql = format!("INSERT INTO {table} ({names}) VALUES ({values})");
    doors::rust_literal(&counted_on(&sql, resource, None, database))
}

/// A time is kept in UTC, as the service itself writes it.
fn constant_of(column: &Column, value: &Value, database: Database) -> String {
    let text = constant(value, &column.ty, database);
    if column.ty != ColumnType::DateTime || database == Database::Postgres {
        return text;
    }
    match text.strip_suffix("Z'") {
        Some(time) => format!("{time}+00:00'"),
        None => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', {text})"),
    }
}

/// The statement that keeps a hash, and the password, as an expression.
fn password(service: &Service, seed: &Seed, database: Database) -> String {
    let Some((_, password)) = &seed.password else {
        return "None".to_owned();
    };
    let users = &service[seed.resource];
    let key = constant(
        &seed.values[users.key],
        &users.columns[users.key].ty,
        database,
    );
    let sql = format!("INSERT INTO account_credentials (user_id, password) VALUES ({key}, $1)");
    let (sql, password) = (doors::rust_literal(&sql), doors::rust_literal(password));
    format!("Some(({sql}, {password}))")
}
