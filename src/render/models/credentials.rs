//! `src/models/credentials.rs`: the passwords of users, and who is signed in.

use std::collections::BTreeSet;

use askama::Template;

use super::{
    super::{doors, imports::imports},
    Key, identifier, literal,
};
use crate::{
    config::Database,
    model::{Accounts, ColumnType, IntegerKind, Resource, Service, Type},
};

#[derive(Template)]
#[template(path = "layered/src/models/credentials.rs.j2")]
struct File {
    module: String,
    row: String,
    /// A user's key as functions take it, and as they return it.
    key: &'static str,
    owned: &'static str,
    find: String,
    has_roles: bool,
    /// The names of a row's roles: an iterator over texts.
    names: String,
    /// Literals.
    roles: Vec<(String, String)>,
    all_scopes: String,
    /// An expression.
    active: Option<String>,
    first: Option<First>,
}

/// How the first user gets a role.
struct First {
    /// Where several may register at once: takes the turn of the first, which one at a time has.
    turn: Option<String>,
    sql: String,
    value: String,
    key: String,
}

/// The file.
///
/// # Errors
/// The template prints what is no Rust, which is a bug of ours.
pub(in crate::render) fn file(
    service: &Service,
    accounts: &Accounts,
    database: Database,
) -> askama::Result<String> {
    let users = &service[accounts.users];
    let key = Key::of(&users.columns[users.key]);
    let (table, id) = (identifier(&users.table), &key.sql);
    let login = identifier(&users.columns[accounts.login].name);
    let find = format!(
        "SELECT c.user_id, c.password FROM account_credentials c JOIN {table} u \
         ON u.{id} = c.user_id WHERE lower(u.{login}) = lower($1)"
    );
    let roles = accounts.scopes.iter();
    let body = File {
        module: users.module.clone(),
        row: users.type_name.clone(),
        key: key.ty,
        owned: if key.ty == "&str" { "String" } else { key.ty },
        find: literal(&find),
        has_roles: accounts.roles.is_some(),
        names: accounts
            .roles
            .map_or_else(String::new, |index| names(users, index)),
        roles: roles
            .map(|(role, scopes)| (doors::rust_literal(role), listed(scopes)))
            .collect(),
        all_scopes: listed(&all_scopes(service)),
        active: accounts.active.map(|(index, value)| {
            let not = if value { "" } else { "!" };
            format!("{not}row.{}", users.columns[index].field)
        }),
        first: first(service, accounts, database),
    }
    .render()?;
    let (about, body) = body.split_at(body.find("use ").unwrap_or(0));
    Ok(about.to_owned() + &imports(body) + body)
}

fn listed(texts: &[String]) -> String {
    let literals = texts.iter().map(|text| doors::rust_literal(text));
    literals.collect::<Vec<_>>().join(", ")
}

/// Every scope that some operation asks for.
fn all_scopes(service: &Service) -> Vec<String> {
    let credentials = service
        .requirements
        .iter()
        .flat_map(|r| r.alternatives.iter().flatten());
    let scopes: BTreeSet<&String> = credentials.flat_map(|one| &one.scopes).collect();
    scopes.into_iter().cloned().collect()
}

/// The names of a row's roles.
fn names(users: &Resource, index: usize) -> String {
    let column = &users.columns[index];
    let place = format!("row.{}", column.field);
    match &column.ty {
        ColumnType::Json(schema) => {
            let is_plain = match &schema.ty {
                Type::Array { items, .. } => matches!(items.ty, Type::String(_)),
                _ => false,
            };
            match is_plain {
                true => format!("{place}.iter().map(String::as_str)"),
                false => format!("{place}.iter().map(|role| role.as_str())"),
            }
        }
        _ => format!("std::iter::once({place}.as_str())"),
    }
}

fn first(service: &Service, accounts: &Accounts, database: Database) -> Option<First> {
    let (role, index) = (accounts.first.as_ref()?, accounts.roles?);
    let users = &service[accounts.users];
    let column = &users.columns[index];
    let (table, id) = (
        identifier(&users.table),
        identifier(&users.columns[users.key].name),
    );
    let name = identifier(&column.name);
    let role = doors::rust_literal(role);
    let alone = |this: &str| format!("NOT EXISTS (SELECT 1 FROM {table} WHERE {id} <> {this})");
    let turn = format!(
        "SELECT pg_advisory_xact_lock(hashtext(current_schema() || ' first user')) WHERE {}",
        alone("$1")
    );
    Some(First {
        turn: (database == Database::Postgres).then(|| literal(&turn)),
        sql: literal(&format!(
            "UPDATE {table} SET {name} = $1 WHERE {id} = $2 AND {} RETURNING *",
            alone("$2")
        )),
        value: match column.ty {
            ColumnType::Json(_) => format!("Json([{role}])"),
            _ => role,
        },
        key: key_of_row(users),
    })
}

/// The key of a row, as functions take it.
pub(in crate::render) fn key_of_row(users: &Resource) -> String {
    let column = &users.columns[users.key];
    let place = format!("row.{}", column.field);
    match &column.ty {
        ColumnType::Text => format!("&{place}"),
        ColumnType::Integer(kind) if *kind != IntegerKind::I64 => format!("i64::from({place})"),
        _ => place,
    }
}
