//! From the tables that are to the tables that should be.

use serde_json::{Map, Value};

use super::{
    super::{
        doors,
        sql::{column_type, identifier, identifiers, index_name, name},
    },
    Change,
    tables::{self, Tables},
};
use crate::{
    config::Database,
    model::{
        Column, ColumnSource, ColumnType, Presence, Resource, Schema, Service, Type, TypeId,
        TypeKind,
    },
};

/// How deep a value may nest that nobody gave.
const DEPTH: usize = 8;

pub(super) struct Comparison<'a> {
    pub(super) service: &'a Service,
    pub(super) database: Database,
    pub(super) change: Change,
    /// One statement each, with the comments before it.
    pub(super) statements: Vec<String>,
}

impl Comparison<'_> {
    /// The tables that are new, and those that are gone.
    pub(super) fn tables(&mut self, old: &[Resource]) -> askama::Result<()> {
        let all = &self.service.resources;
        let is_new = |r: &&Resource| old.iter().all(|o| o.table != r.table);
        let added: Vec<&Resource> = all.iter().filter(is_new).collect();
        if !added.is_empty() {
            let tables = Tables::of(added.iter().copied(), all, self.database);
            let sql = askama::Template::render(&tables)?;
            self.statements.push(sql.trim_end().to_owned());
        }
        for resource in added {
            self.change.slug.push(format!("create_{}", resource.table));
        }
        let gone = old
            .iter()
            .filter(|o| all.iter().all(|r| r.table != o.table));
        for resource in gone {
            let table = identifier(&resource.table);
            self.change.problems.push(format!(
                "the table `{}` is no longer in the model; it stays, with its rows. \
                 To lose them: DROP TABLE {table};",
                resource.table
            ));
        }
        Ok(())
    }

    /// The columns and indexes of a table that stays.
    pub(super) fn table(&mut self, old: &Resource, new: &Resource) {
        let before = self.statements.len();
        for (index, column) in new.columns.iter().enumerate() {
            match old.columns.iter().find(|c| c.name == column.name) {
                Some(known) => self.column(new, known, column),
                None => self.add_column(new, index, column),
            }
        }
        for column in &old.columns {
            if new.columns.iter().all(|c| c.name != column.name) {
                self.drop_column(new, column);
            }
        }
        if names(old, &old.primary_key()) != names(new, &new.primary_key()) {
            self.problem(new, "its primary key changes");
        }
        self.indexes(old, new);
        if self.statements.len() > before {
            self.change.slug.push(format!("change_{}", new.table));
        }
    }

    fn column(&mut self, table: &Resource, old: &Column, new: &Column) {
        let types = [&old.ty, &new.ty].map(|ty| column_type(ty, self.database));
        let is_same_kind = kind(&old.ty) == kind(&new.ty);
        if types[0] != types[1] || !is_same_kind {
            let problem = match types[0] == types[1] {
                true => format!("its column `{}` changes its type", new.name),
                false => format!(
                    "its column `{}` changes its type from {} to {}",
                    new.name, types[0], types[1]
                ),
            };
            return self.problem(table, &problem);
        }
        match (old.nullable, new.nullable) {
            (false, true) if self.database == Database::Postgres => {
                let (table, column) = (identifier(&table.table), identifier(&new.name));
                self.statements.push(format!(
                    "ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;"
                ));
            }
            (false, true) => {
                let problem = format!("its column `{}` may be NULL from now on", new.name);
                self.problem(table, &problem);
            }
            (true, false) if self.database == Database::Postgres => self.forbid_null(table, new),
            (true, false) => {
                let problem = format!("its column `{}` may no longer be NULL", new.name);
                self.problem(table, &problem);
            }
            _ => {}
        }
    }

    fn forbid_null(&mut self, table: &Resource, column: &Column) {
        let (table, name) = (identifier(&table.table), identifier(&column.name));
        let fill = self.fill(column);
        self.statements.push(format!(
            "-- Rows without a value get {fill}.\n\
             UPDATE {table} SET {name} = {fill} WHERE {name} IS NULL;\n\
             ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL;"
        ));
    }

    fn add_column(&mut self, resource: &Resource, index: usize, column: &Column) {
        if resource.primary_key().contains(&index) {
            return self.problem(resource, "its primary key changes");
        }
        let (table, name) = (identifier(&resource.table), identifier(&column.name));
        let ty = column_type(&column.ty, self.database);
        let add = format!("ALTER TABLE {table} ADD COLUMN {name} {ty}");
        let is_time = matches!(
            column.source,
            ColumnSource::CreatedAt { .. } | ColumnSource::UpdatedAt { .. }
        );
        let statement = if column.nullable && column.fill.is_none() {
            format!("{add};")
        } else if is_time && self.database == Database::Postgres {
            format!(
                "-- Rows that exist get the time of this migration.\n{add} NOT NULL DEFAULT CURRENT_TIMESTAMP;"
            )
        } else if is_time {
            format!(
                "-- Rows that exist get the time of this migration.\n\
                 {add} NOT NULL DEFAULT '1970-01-01T00:00:00+00:00';\n\
                 UPDATE {table} SET {name} = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now');"
            )
        } else {
            let fill = self.fill(column);
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!("-- Rows that exist get this value.\n{add}{null} DEFAULT {fill};")
        };
        self.statements.push(statement);
    }

    fn drop_column(&mut self, resource: &Resource, column: &Column) {
        let (table, name) = (identifier(&resource.table), identifier(&column.name));
        if column.nullable {
            self.change.notes.push(format!(
                "the column `{}` of `{}` is no longer used; it stays, with its values",
                column.name, resource.table
            ));
        } else {
            let problem = format!(
                "its column `{}` is no longer in the model, but NOT NULL. \
                 To lose its values: ALTER TABLE {table} DROP COLUMN {name};",
                column.name
            );
            self.problem(resource, &problem);
        }
    }

    fn indexes(&mut self, old: &Resource, new: &Resource) {
        let is_in = |r: &Resource, all: &[Vec<usize>], wanted: &[String]| {
            all.iter().any(|columns| names(r, columns) == wanted)
        };
        for columns in &old.indexes {
            if !is_in(new, &new.indexes, &names(old, columns)) {
                let name = identifier(&index_name(old, columns));
                self.statements
                    .push(format!("DROP INDEX IF EXISTS {name};"));
            }
        }
        for columns in &new.indexes {
            if !is_in(old, &old.indexes, &names(new, columns)) {
                self.statements.push(tables::index(new, columns));
            }
        }
        for columns in &new.unique {
            if !is_in(old, &old.unique, &names(new, columns)) {
                self.add_unique(new, columns);
            }
        }
        for columns in &old.unique {
            let columns = names(old, columns);
            if !is_in(new, &new.unique, &columns) {
                let problem = format!("`{}` need no longer be unique", columns.join("`, `"));
                self.problem(new, &problem);
            }
        }
    }

    fn add_unique(&mut self, resource: &Resource, columns: &[usize]) {
        let key = name(format!("{}_key", index_name(resource, columns)));
        let (name, table) = (identifier(&key), identifier(&resource.table));
        let columns = identifiers(resource, columns);
        self.statements.push(format!(
            "-- Fails where rows that exist are equal.\n\
             CREATE UNIQUE INDEX {name} ON {table} ({columns});"
        ));
    }

    fn problem(&mut self, resource: &Resource, what: &str) {
        let problem = format!("the table `{}`: {what}", resource.table);
        if !self.change.problems.contains(&problem) {
            self.change.problems.push(problem);
        }
    }

    /// What rows that exist get.
    fn fill(&self, column: &Column) -> String {
        let value = column.fill.clone();
        let value = value.unwrap_or_else(|| self.zero_of_column(&column.ty));
        literal(&value, &column.ty, self.database)
    }

    fn zero_of_column(&self, ty: &ColumnType) -> Value {
        match ty {
            ColumnType::Uuid => "00000000-0000-0000-0000-000000000000".into(),
            ColumnType::Text => "".into(),
            ColumnType::Integer(_) | ColumnType::Number => 0.into(),
            ColumnType::Boolean => false.into(),
            ColumnType::DateTime => "1970-01-01T00:00:00+00:00".into(),
            ColumnType::Date => "1970-01-01".into(),
            ColumnType::Enum(id) => self.zero_of_type(*id, DEPTH),
            ColumnType::Json(schema) => self.zero(schema, DEPTH),
        }
    }

    /// The least value that the schema's Rust type can be read from.
    fn zero(&self, schema: &Schema, depth: usize) -> Value {
        if let Some(default) = &schema.default {
            return default.clone();
        }
        if schema.nullable || depth == 0 {
            return Value::Null;
        }
        match &schema.ty {
            Type::String(rules) => match rules.format {
                crate::model::Format::Uuid => self.zero_of_column(&ColumnType::Uuid),
                crate::model::Format::DateTime => self.zero_of_column(&ColumnType::DateTime),
                crate::model::Format::Date => self.zero_of_column(&ColumnType::Date),
                _ => "".into(),
            },
            Type::Integer(..) | Type::Number(_) => 0.into(),
            Type::Boolean => false.into(),
            Type::Array { .. } => Value::Array(Vec::new()),
            Type::Map { .. } => Value::Object(Map::new()),
            Type::Any { one_of } => one_of.first().cloned().unwrap_or_default(),
            Type::Named(id) => self.zero_of_type(*id, depth - 1),
        }
    }

    fn zero_of_type(&self, id: TypeId, depth: usize) -> Value {
        let Some(def) = self.service.types.get(id.0) else {
            return Value::Null;
        };
        match &def.kind {
            TypeKind::Enum(choice) => {
                let value = choice.variants.get(choice.default.unwrap_or(0));
                value.map_or(Value::Null, |variant| variant.value.clone())
            }
            TypeKind::Newtype(schema) => self.zero(schema, depth),
            TypeKind::Union(union) => {
                let Some(first) = union.variants.first() else {
                    return Value::Null;
                };
                let mut value = self.zero(&first.schema, depth);
                if let (Some(tag), Value::Object(members)) = (&union.tag, &mut value) {
                    let name = first.tags.first().cloned().unwrap_or_default();
                    members.insert(tag.api_name.clone(), name.into());
                }
                value
            }
            TypeKind::Struct(object) => {
                let fields = object.fields.iter();
                let needed = fields
                    .filter(|f| matches!(f.presence, Presence::Required | Presence::Defaulted));
                let members = needed.map(|f| (f.api_name.clone(), self.zero(&f.schema, depth)));
                Value::Object(members.collect())
            }
        }
    }
}

/// What tells two columns apart beyond their types in SQL.
fn kind(ty: &ColumnType) -> u8 {
    match ty {
        ColumnType::Uuid => 0,
        ColumnType::Text | ColumnType::Enum(_) => 1,
        ColumnType::Integer(_) => 2,
        ColumnType::Number => 3,
        ColumnType::Boolean => 4,
        ColumnType::DateTime => 5,
        ColumnType::Date => 6,
        ColumnType::Json(_) => 7,
    }
}

fn names(resource: &Resource, columns: &[usize]) -> Vec<String> {
    let columns = columns.iter().filter_map(|i| resource.columns.get(*i));
    columns.map(|column| column.name.clone()).collect()
}

/// A JSON value as SQL for a column.
fn literal(value: &Value, ty: &ColumnType, database: Database) -> String {
    let is_sqlite = database != Database::Postgres;
    match (ty, value) {
        (ColumnType::Json(_), value) => doors::sql_literal(&value.to_string()),
        (_, Value::Null) => "NULL".to_owned(),
        (ColumnType::Uuid, Value::String(text)) if is_sqlite => {
            let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
            format!("x'{digits}'")
        }
        (ColumnType::Integer(_) | ColumnType::Number, Value::Number(number)) => number.to_string(),
        (ColumnType::Boolean, Value::Bool(flag)) => flag.to_string().to_uppercase(),
        (_, Value::String(text)) => doors::sql_literal(text),
        (_, value) => doors::sql_literal(&value.to_string()),
    }
}
