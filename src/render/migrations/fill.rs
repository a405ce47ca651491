//! What rows that exist get for a value that nobody gave.

use serde_json::{Map, Value};

use super::super::doors;
use crate::{
    config::Database,
    model::{
        Column, ColumnSource, ColumnType, Format, Presence, Schema, Service, Type, TypeId,
        TypeKind, decimal::Digits,
    },
};

/// How deep a value may nest that nobody gave.
const DEPTH: usize = 8;

/// The value of a column for rows that lack one, in SQL.
pub(super) struct Fill {
    /// A constant, as a default must be.
    pub(super) constant: String,
    /// What an `UPDATE` sets.
    pub(super) value: String,
    /// In words, for a comment.
    pub(super) told: &'static str,
}

impl Fill {
    pub(super) fn of(service: &Service, column: &Column, database: Database) -> Self {
        let is_time = matches!(
            column.source,
            ColumnSource::CreatedAt { .. } | ColumnSource::UpdatedAt { .. }
        );
        let now = match database {
            Database::Postgres => "CURRENT_TIMESTAMP",
            _ => "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
        };
        let given = column.fill.clone();
        let given = given.unwrap_or_else(|| Zero { service }.of_column(&column.ty));
        let constant = literal(&given, &column.ty, database);
        match is_time {
            true => Self {
                constant: match database {
                    Database::Postgres => now.to_owned(),
                    _ => "'1970-01-01T00:00:00+00:00'".to_owned(),
                },
                value: now.to_owned(),
                told: "the time of this migration",
            },
            false => Self {
                value: constant.clone(),
                constant,
                told: "this value",
            },
        }
    }
}

/// Neutral values.
struct Zero<'a> {
    service: &'a Service,
}

impl Zero<'_> {
    fn of_column(&self, ty: &ColumnType) -> Value {
        match ty {
            ColumnType::Uuid => "00000000-0000-0000-0000-000000000000".into(),
            ColumnType::Text => "".into(),
            ColumnType::Integer(_) | ColumnType::Number | ColumnType::Decimal(_) => 0.into(),
            ColumnType::Boolean => false.into(),
            ColumnType::DateTime => "1970-01-01T00:00:00+00:00".into(),
            ColumnType::Date => "1970-01-01".into(),
            ColumnType::Enum(id) => self.of_type(*id, DEPTH),
            ColumnType::Json(schema) => self.of_schema(schema, DEPTH),
        }
    }

    /// The least value that the schema's Rust type can be read from.
    fn of_schema(&self, schema: &Schema, depth: usize) -> Value {
        if let Some(default) = &schema.default {
            return default.clone();
        }
        if schema.nullable || depth == 0 {
            return Value::Null;
        }
        match &schema.ty {
            Type::String(rules) => match rules.format {
                Format::Uuid => self.of_column(&ColumnType::Uuid),
                Format::DateTime => self.of_column(&ColumnType::DateTime),
                Format::Date => self.of_column(&ColumnType::Date),
                _ => "".into(),
            },
            Type::Integer(..) | Type::Number(_) | Type::Decimal(_) => 0.into(),
            Type::Boolean => false.into(),
            Type::Array { .. } => Value::Array(Vec::new()),
            Type::Map { .. } => Value::Object(Map::new()),
            Type::Any { one_of } => one_of.first().cloned().unwrap_or_default(),
            Type::Named(id) => self.of_type(*id, depth - 1),
        }
    }

    fn of_type(&self, id: TypeId, depth: usize) -> Value {
        let Some(def) = self.service.types.get(id.0) else {
            return Value::Null;
        };
        match &def.kind {
            TypeKind::Enum(choice) => {
                let value = choice.variants.get(choice.default.unwrap_or(0));
                value.map_or(Value::Null, |variant| variant.value.clone())
            }
            TypeKind::Newtype(schema) => self.of_schema(schema, depth),
            TypeKind::Union(union) => {
                let Some(first) = union.variants.first() else {
                    return Value::Null;
                };
                let mut value = self.of_schema(&first.schema, depth);
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
                let members =
                    needed.map(|f| (f.api_name.clone(), self.of_schema(&f.schema, depth)));
                Value::Object(members.collect())
            }
        }
    }
}

/// A decimal as SQL: a number, or how SQLite keeps it.
fn decimal(value: &Value, places: Option<u32>, is_sqlite: bool) -> String {
    let Some(digits) = Digits::of_value(value) else {
        return "NULL".to_owned();
    };
    let scaled = places.map(|places| digits.scaled(places).unwrap_or_default());
    match (is_sqlite, scaled) {
        (false, _) => digits.to_string(),
        (true, Some(scaled)) => scaled.to_string(),
        (true, None) => doors::sql_literal(&digits.to_string()),
    }
}

/// A JSON value as SQL for a column.
pub(in crate::render) fn literal(value: &Value, ty: &ColumnType, database: Database) -> String {
    let is_sqlite = database != Database::Postgres;
    match (ty, value) {
        (ColumnType::Json(_), value) => doors::sql_literal(&value.to_string()),
        (_, Value::Null) => "NULL".to_owned(),
        (ColumnType::Uuid, Value::String(text)) if is_sqlite => {
            let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
            format!("x'{digits}'")
        }
        (ColumnType::Decimal(places), value) => decimal(value, *places, is_sqlite),
        (ColumnType::Integer(_) | ColumnType::Number, Value::Number(number)) => number.to_string(),
        (ColumnType::Boolean, Value::Bool(flag)) => flag.to_string().to_uppercase(),
        (_, Value::String(text)) => doors::sql_literal(text),
        (_, value) => doors::sql_literal(&value.to_string()),
    }
}
