//! A project without its files: documents, what the last sync remembers, migrations, a database.

use std::collections::BTreeMap;

use apigen::{
    config::{Config, Database as Kind},
    lower::lower,
    model::{Column, ColumnType, Resource, Service},
    project::Stored,
    render::{
        Before, Ownership,
        migrations::{Change, next},
        render,
    },
    spec::{self, Document},
};

use super::database::{Database, Row};

pub(crate) struct Project {
    pub(crate) config: Config,
    pub(crate) database: Database,
    pub(crate) stored: Option<Stored>,
    pub(crate) migrations: BTreeMap<String, String>,
    pub(crate) service: Option<Service>,
    counter: usize,
    /// Every value that was ever stored, with the table and the key that it was stored under.
    kept: Vec<(String, String, Row)>,
}

/// What `sync` is allowed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Allowed {
    pub(crate) destructive: bool,
    pub(crate) renames: bool,
    /// As by an apigen that had the database count nothing.
    pub(crate) uncounted: bool,
}

impl Project {
    pub(crate) fn new(kind: Kind, name: &str) -> Self {
        Self {
            config: config(kind),
            database: Database::new(kind, name),
            stored: None,
            migrations: BTreeMap::new(),
            service: None,
            counter: 0,
            kept: Vec::new(),
        }
    }

    /// What `sync` does with a document, as far as the database goes; runs the migrations.
    pub(crate) fn sync(&mut self, document: &str, allowed: Allowed) -> Change {
        let (document, mut service, before) = self.read(document, allowed);
        for resource in &mut service.resources {
            resource.numbered_from.take_if(|_| allowed.uncounted);
        }
        let change = next(&service, &before, self.config.database).expect("SQL");
        let files = render(&service, &document.own, &self.config, &before).expect("files");
        for file in files {
            if file.ownership == Ownership::Appended {
                self.migrate(&file.path, &file.contents);
            }
        }
        let stored = Stored {
            retired: change.retired.clone(),
            ..Stored::of(&service)
        };
        self.stored = Some(Stored::parse(&stored.to_text().expect("a text")));
        self.service = Some(service);
        change
    }

    /// What a document would change.
    pub(crate) fn change(&self, document: &str) -> Change {
        let (_, service, before) = self.read(document, Allowed::default());
        next(&service, &before, self.config.database).expect("SQL")
    }

    fn read(&self, document: &str, allowed: Allowed) -> (Document, Service, Before) {
        let (document, _) = spec::parse("openapi.yaml", document).expect("a document");
        let (service, diagnostics) = lower(&document, &self.config);
        let service = service.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let stored = self.stored.as_ref();
        let before = Before {
            resources: stored.map(|stored| stored.resources.clone()),
            retired: stored.map_or_else(Vec::new, |stored| stored.retired.clone()),
            migrations: self.migrations.clone(),
            allow_destructive: allowed.destructive,
            apply_renames: allowed.renames,
            ..Before::default()
        };
        (document, service, before)
    }

    /// Runs a migration that is not there yet.
    pub(crate) fn migrate(&mut self, path: &str, sql: &str) {
        self.database.run(sql);
        let before = self.migrations.insert(path.to_owned(), sql.to_owned());
        assert_eq!(before, None, "{path} is written once");
    }

    /// Runs a migration that the user wrote.
    pub(crate) fn own(&mut self, sql: &str) {
        let number = self.migrations.len() + 1;
        let folder = self.config.database.as_str();
        self.migrate(&format!("migrations/{folder}/{number:04}_own.sql"), sql);
    }

    /// Stores a row in each table, with a value of its own in each column.
    pub(crate) fn insert(&mut self) {
        let service = self.service.clone().expect("a service");
        for table in &service.resources {
            self.counter += 1;
            let mut row = Row::new();
            let owner = table
                .parent
                .as_ref()
                .map(|parent| &service[parent.resource]);
            let owner = owner.map(|owner| (owner, self.database.rows(&owner.table)));
            for (index, column) in table.columns.iter().enumerate() {
                let place = table.parent_columns().iter().position(|i| *i == index);
                let value = match (&owner, place) {
                    (Some((owner, rows)), Some(place)) => {
                        let key = owner.primary_key()[place];
                        rows[self.counter % rows.len()][&owner.columns[key].name].clone()
                    }
                    _ => sample(column, self.counter),
                };
                row.insert(column.name.clone(), value);
            }
            self.store(table, row);
        }
    }

    /// Stores a row.
    pub(crate) fn store(&mut self, table: &Resource, row: Row) {
        let columns: Vec<String> = row.keys().map(|name| format!("\"{name}\"")).collect();
        let values = table.columns.iter().filter_map(|column| {
            let literal = self.literal(column, row.get(&column.name)?);
            Some((column.name.clone(), literal))
        });
        let values: BTreeMap<_, _> = values.collect();
        let values: Vec<String> = values.into_values().collect();
        self.database.run(&format!(
            "INSERT INTO \"{}\" ({}) VALUES ({});",
            table.table,
            columns.join(", "),
            values.join(", ")
        ));
        let key = key(table, &row);
        self.kept.push((table.table.clone(), key, row));
    }

    fn literal(&self, column: &Column, value: &str) -> String {
        let quoted = format!("'{}'", value.replace('\'', "''"));
        match (&column.ty, self.config.database) {
            (ColumnType::Uuid, Kind::Sqlite) => format!("x'{}'", value.replace('-', "")),
            (ColumnType::Integer(_) | ColumnType::Number | ColumnType::Boolean, _) => {
                value.to_owned()
            }
            _ => quoted,
        }
    }

    /// Rows that were stored in one table are in another one now.
    pub(crate) fn moved(&mut self, from: &str, to: &str) {
        for (table, ..) in &mut self.kept {
            if table == from {
                to.clone_into(table);
            }
        }
    }

    /// Every row that was stored is there, and every value of it in one of its columns.
    pub(crate) fn loses_nothing(&self) {
        for (table, key, values) in &self.kept {
            let rows = self.database.rows(table);
            let holds = |row: &&Row| row.values().any(|value| like(value) == like(key));
            let row = rows.iter().find(holds);
            let row = row.unwrap_or_else(|| panic!("{table} has lost the row {key}: {rows:#?}"));
            for (name, value) in values {
                let is_there = row.values().any(|found| like(found) == like(value));
                assert!(is_there, "{table}.{name} has lost `{value}`: {row:#?}");
            }
        }
    }
}

fn key(table: &Resource, row: &Row) -> String {
    row[&table.columns[table.key].name].clone()
}

/// A value in a form that all types share.
fn like(value: &str) -> String {
    let plain = value.replace(['-', ' '], "").to_lowercase();
    if plain.len() < 32
        && let Ok(number) = value.parse::<f64>()
    {
        return number.to_string();
    }
    match plain.split_once('t') {
        Some((day, time)) if day.len() == 8 && time.len() >= 8 => format!("{day}t{}", &time[..8]),
        _ => plain,
    }
}

/// A value that a column takes, another one for each number.
fn sample(column: &Column, number: usize) -> String {
    match &column.ty {
        ColumnType::Uuid => format!("00000000-0000-4000-8000-{number:012}"),
        ColumnType::Text if column.name == "price" && number.is_multiple_of(2) => {
            format!("{number}.25")
        }
        ColumnType::Text => format!("{} {number}'s", column.name),
        ColumnType::Integer(_) => number.to_string(),
        ColumnType::Number | ColumnType::Decimal(_) => format!("{number}.5"),
        ColumnType::Boolean => ["TRUE", "FALSE"][number % 2].to_owned(),
        ColumnType::DateTime => format!("2026-01-01T00:00:{:02}+00:00", number % 60),
        ColumnType::Date => format!("2026-01-{:02}", number % 28 + 1),
        ColumnType::Enum(_) => column.choices[number % column.choices.len()].clone(),
        ColumnType::Json(_) => format!("[\"{number}\"]"),
    }
}

pub(crate) fn config(database: Kind) -> Config {
    let text = format!(
        "name = \"shop\"\nspec = \"openapi.yaml\"\ndatabase = \"{}\"\n",
        database.as_str()
    );
    Config::parse("apigen.toml", &text)
        .unwrap_or_else(|refusal| panic!("{:?}", refusal.diagnostics))
}

/// A document with these collections (a path, the parameter of a member, its schema), and schemas
/// in YAML, indented by four.
pub(crate) fn document(collections: &[(&str, &str, &str)], schemas: &str) -> String {
    let mut paths = String::new();
    for (path, member, schema) in collections {
        let content =
            |schema: &str| format!("{{ content: {{ application/json: {{ schema: {schema} }} }}");
        let one = content(&format!("{{ $ref: \"#/components/schemas/{schema}\" }}"));
        let all = content(&format!(
            "{{ type: array, items: {{ $ref: \"#/components/schemas/{schema}\" }} }}"
        ));
        let id = |what: &str| format!("{what}{}", path.replace(['/', '{', '}'], "_"));
        let parameters = |path: &str| {
            let names = path
                .split('{')
                .skip(1)
                .filter_map(|part| part.split('}').next());
            let all: Vec<String> = names
                .map(|name| {
                    format!(
                        "{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}"
                    )
                })
                .collect();
            all.join(", ")
        };
        let member = format!("{path}/{{{member}}}");
        paths += &format!(
            "  {path}:
    parameters: [{}]
    get: {{ operationId: {}, responses: {{ 200: {all}, description: All }} }} }}
    post: {{ operationId: {}, requestBody: {one} }}, responses: {{ 201: {one}, description: One }} }} }}
  {member}:
    parameters: [{}]
    get: {{ operationId: {}, responses: {{ 200: {one}, description: One }} }} }}
    delete: {{ operationId: {}, responses: {{ 204: {{ description: Gone }} }} }}
",
            parameters(path),
            id("list"),
            id("create"),
            parameters(&member),
            id("get"),
            id("delete"),
        );
    }
    format!(
        "openapi: 3.1.0\ninfo: {{ title: Shop, version: \"1\" }}\npaths:\n{paths}components:\n  schemas:\n{schemas}"
    )
}
