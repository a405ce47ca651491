//! `CREATE TABLE` for resources, with their indexes.

use askama::Template;

use super::{
    super::sql::{column_type, identifier, identifiers},
    counted,
    foreign::Foreign,
    indexes::Index,
};
use crate::{
    config::Database,
    model::{Column, Resource},
};

/// The tables of some resources.
#[derive(Template)]
#[template(path = "layered/migrations/tables.sql.j2")]
pub(super) struct Tables {
    tables: Vec<Table>,
    /// What needs all of them.
    late: Vec<String>,
}

struct Table {
    name: String,
    /// Columns and constraints.
    lines: Vec<String>,
    /// Whole statements: where its numbers begin, and its indexes.
    indexes: Vec<String>,
}

impl Tables {
    /// The tables of `these`, which are among `all`.
    pub(super) fn of<'a>(
        these: impl IntoIterator<Item = &'a Resource>,
        all: &[Resource],
        database: Database,
    ) -> Self {
        let these: Vec<&Resource> = these.into_iter().collect();
        let tables = these.iter().map(|r| Table::of(r, all, database));
        let add = |r: &&Resource| {
            let foreign = Foreign::all(r).into_iter();
            let table = r.table.clone();
            foreign
                .map(move |foreign| foreign.add(&table))
                .collect::<Vec<_>>()
        };
        let late = match database {
            Database::Postgres => these.iter().flat_map(add).collect(),
            _ => Vec::new(),
        };
        Self {
            tables: tables.collect(),
            late,
        }
    }

    /// Without what needs all tables.
    pub(super) fn apart(self) -> Self {
        Self {
            late: Vec::new(),
            ..self
        }
    }
}

impl Table {
    fn of(resource: &Resource, all: &[Resource], database: Database) -> Self {
        let names = resource.columns.iter().map(|c| identifier(&c.name));
        let width = names.map(|name| name.len()).max().unwrap_or(0);
        let columns = resource.columns.iter().enumerate();
        let mut lines: Vec<String> = columns
            .map(|(index, column)| {
                let rest = definition(resource, index, column, all, database);
                format!("{:width$} {rest}", identifier(&column.name))
            })
            .collect();
        let key = resource.primary_key();
        if key.len() > 1 {
            lines.push(format!("PRIMARY KEY ({})", identifiers(resource, &key)));
        }
        let owned = resource.parent_columns();
        if owned.len() > 1 {
            let columns = identifiers(resource, &owned);
            lines.extend(references(resource, all).map(|r| format!("FOREIGN KEY ({columns}) {r}")));
        }
        if database != Database::Postgres {
            let foreign = Foreign::all(resource).into_iter();
            let foreign = foreign.filter(|foreign| foreign.columns.len() > 1);
            lines.extend(foreign.map(|foreign| foreign.clause()));
        }
        let indexes = Index::all(resource);
        let indexes = indexes.iter().map(|i| i.create(&resource.table));
        Self {
            name: identifier(&resource.table),
            lines,
            indexes: counted::begin(resource, database)
                .into_iter()
                .chain(indexes)
                .collect(),
        }
    }
}

/// `TEXT NOT NULL UNIQUE`
fn definition(
    resource: &Resource,
    index: usize,
    column: &Column,
    all: &[Resource],
    database: Database,
) -> String {
    let mut words = vec![column_type(&column.ty, database).to_owned()];
    let is_primary = resource.primary_key() == [index];
    let is_postgres = database == Database::Postgres;
    let counted = resource.numbered_from.filter(|_| is_primary);
    if is_postgres {
        words.extend(counted.map(counted::identity));
    }
    if is_primary {
        words.push("PRIMARY KEY".to_owned());
    }
    if counted.is_some() && !is_postgres {
        words.push("AUTOINCREMENT".to_owned());
    }
    // SQLite takes NULL for a primary key unless it is told otherwise.
    let is_implied = is_primary && is_postgres;
    if !column.nullable && !is_implied {
        words.push("NOT NULL".to_owned());
    }
    if resource.parent_columns() == [index] {
        words.extend(references(resource, all));
    }
    if database != Database::Postgres {
        words.extend(Foreign::of(resource, &column.name).map(|foreign| foreign.references()));
    }
    words.join(" ")
}

/// `REFERENCES items (id) ON DELETE CASCADE`
fn references(resource: &Resource, all: &[Resource]) -> Option<String> {
    let owner = all.get(resource.parent.as_ref()?.resource.0)?;
    let table = identifier(&owner.table);
    let key = identifiers(owner, &owner.primary_key());
    let on_delete = resource.on_delete().sql();
    Some(format!("REFERENCES {table} ({key}) ON DELETE {on_delete}"))
}
