//! The migrations: the first one from the model, each further one from what changed in it.

mod adopt;
mod columns;
mod convert;
mod counted;
mod fill;
mod foreign;
mod indexes;
mod keys;
pub mod makes;
mod next;
pub mod numbers;
mod own;
mod renames;
mod tables;

use askama::Template;

pub(super) use self::{counted::sequence, fill::literal};
use self::{next::Comparison, own::Own, tables::Tables};
use super::{
    Before,
    sql::{column_type, identifier},
};
use crate::{
    config::Database,
    model::{Accounts, ColumnType, Resource, Service},
};

/// What has to happen to the tables of a project because its model changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// What it does, in parts of a name: `create_orders`, `change_items`.
    pub slug: Vec<String>,
    /// The statements; empty where nothing can or need be done.
    pub sql: String,
    /// What the user should know of them.
    pub notes: Vec<String>,
    /// What would lose data, and was not done for want of consent.
    pub withheld: Vec<String>,
    /// What may be one thing that has another name, and is told as two.
    pub renames: Vec<String>,
    /// The tables and columns that the database has after it, and the service does not use.
    pub retired: Vec<Resource>,
}

/// A migration that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Migration {
    /// Such as `0001_initial.sql`.
    pub(super) file: String,
    pub(super) sql: String,
}

#[derive(Template)]
#[template(path = "layered/migrations/events.sql.j2")]
struct EventTables {
    position: &'static str,
    time: &'static str,
}

#[derive(Template)]
#[template(path = "layered/migrations/accounts.sql.j2")]
struct AccountTables {
    users: String,
    id: String,
    key: &'static str,
    login: String,
    uuid: &'static str,
    bytes: &'static str,
    time: &'static str,
}

#[derive(Template)]
#[template(path = "layered/migrations/idempotency_keys.sql.j2")]
struct IdempotencyKeys {
    json: &'static str,
    bytes: &'static str,
    time: &'static str,
}

/// The change from the tables of the last sync to those of the service.
///
/// # Errors
/// A template cannot be rendered, which is a bug of ours.
pub fn next(service: &Service, before: &Before, database: Database) -> askama::Result<Change> {
    if database == Database::None {
        return Ok(Change {
            retired: before.retired.clone(),
            ..Change::default()
        });
    }
    let mut comparison = Comparison {
        service,
        database,
        before,
        own: Own::read(before.migrations.values()),
        change: Change::default(),
        statements: Vec::new(),
        late: Vec::new(),
        last: Vec::new(),
        renamed: Vec::new(),
    };
    comparison.all()?;
    let Comparison {
        mut change,
        statements,
        ..
    } = comparison;
    if !statements.is_empty() {
        change.sql = statements.join("\n\n") + "\n";
    }
    Ok(change)
}

/// The folder of the migrations, and what is to be written to it, in order.
pub(super) fn planned(
    service: &Service,
    before: &Before,
    database: Database,
) -> askama::Result<Vec<Migration>> {
    let mut planned = Vec::new();
    let mut add = |slug: &str, sql: String| {
        let number = last_number(before) + planned.len() + 1;
        let file = format!("{number:04}_{slug}.sql");
        planned.push(Migration { file, sql });
    };
    if database == Database::None {
        return Ok(planned);
    }
    match &before.resources {
        Some(_) => {
            let change = next(service, before, database)?;
            if !change.sql.is_empty() {
                add(&slug(&change.slug), change.sql);
            }
        }
        None if service.resources.is_empty() => {}
        None => add("initial", initial(&service.resources, database)?),
    }
    let is_idempotent = service.operations.iter().any(|o| o.idempotent);
    let is_known = |end: &str| before.migrations.keys().any(|m| m.ends_with(end));
    if is_idempotent && !is_known("_idempotency_keys.sql") {
        add("idempotency_keys", idempotency_keys(database)?);
    }
    if service.events.is_some() && !is_known("_event_tables.sql") {
        add("event_tables", event_tables(database)?);
    }
    if let Some(accounts) = &service.accounts
        && !is_known("_account_tables.sql")
    {
        add(
            "account_tables",
            account_tables(service, accounts, database)?,
        );
    }
    Ok(planned)
}

/// All tables.
fn initial(resources: &[Resource], database: Database) -> askama::Result<String> {
    Tables::of(resources, resources, database).render()
}

/// Where [`idempotency_keys`] keeps the answers: apart from the model, because it follows another
/// question, and a file of its own tells whether it is there.
fn idempotency_keys(database: Database) -> askama::Result<String> {
    let is_postgres = database == Database::Postgres;
    let pick = |postgres, sqlite| if is_postgres { postgres } else { sqlite };
    IdempotencyKeys {
        json: pick("JSONB", "TEXT"),
        bytes: pick("BYTEA", "BLOB"),
        time: pick("TIMESTAMPTZ", "TEXT"),
    }
    .render()
}

/// The outbox and the inbox of the service's events.
fn event_tables(database: Database) -> askama::Result<String> {
    let (position, time) = match database {
        Database::Postgres => (
            "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            "TIMESTAMPTZ",
        ),
        Database::Sqlite | Database::None => ("INTEGER PRIMARY KEY AUTOINCREMENT", "TEXT"),
    };
    EventTables { position, time }.render()
}

/// The passwords and the sessions of users.
fn account_tables(
    service: &Service,
    accounts: &Accounts,
    database: Database,
) -> askama::Result<String> {
    let users = &service[accounts.users];
    let key = &users.columns[users.key];
    let kept_as = |ty: &ColumnType| column_type(ty, database);
    AccountTables {
        users: identifier(&users.table),
        id: identifier(&key.name),
        key: kept_as(&key.ty),
        login: identifier(&users.columns[accounts.login].name),
        uuid: kept_as(&ColumnType::Uuid),
        bytes: match database {
            Database::Postgres => "BYTEA",
            Database::Sqlite | Database::None => "BLOB",
        },
        time: kept_as(&ColumnType::DateTime),
    }
    .render()
}

/// `migrations/sqlite`
pub fn folder(database: Database) -> &'static str {
    match database {
        Database::Postgres => "migrations/postgres",
        Database::Sqlite | Database::None => "migrations/sqlite",
    }
}

/// The number of the last migration on disk.
fn last_number(before: &Before) -> usize {
    let paths = before.migrations.keys();
    let numbers = paths.filter_map(|path| numbers::number(path));
    numbers.max().unwrap_or(0)
}

/// One part as it is; of several, the first and how many more.
fn slug(parts: &[String]) -> String {
    match parts {
        [] => "change".to_owned(),
        [one] => super::sql::name(one.clone()),
        [first, rest @ ..] => super::sql::name(format!("{first}_and_{}_more", rest.len())),
    }
}
