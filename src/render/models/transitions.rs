//! The statements that bring a row from one state into another.

use serde_json::Value;

use super::{
    super::{
        doors,
        sql::{conditions, identifier, literal},
    },
    sight::Sight,
    statements::{counted, held, updated_at},
};
use crate::model::{
    Action, Column, ColumnType, Operation, Resource, ResourceId, Service, Transition,
};

/// One of them.
pub(super) struct Move {
    pub(super) name: String,
    pub(super) sql: String,
    pub(super) binds: Vec<String>,
}

/// The function for an operation that is one.
pub(in crate::render) fn function(operation: &Operation) -> String {
    format!("apply_{}", operation.name.trim_start_matches("r#"))
}

/// Those of a resource.
pub(super) fn moves(service: &Service, id: ResourceId) -> Vec<Move> {
    let all = service.operations.iter();
    let moves = all.filter_map(|operation| match operation.role.on_rows()? {
        (of, Action::Transition(transition), _) if of == id => {
            Some(Move::of(service, &service[id], operation, transition))
        }
        _ => None,
    });
    moves.collect()
}

impl Move {
    fn of(
        service: &Service,
        resource: &Resource,
        operation: &Operation,
        transition: &Transition<usize>,
    ) -> Self {
        let keys = resource.primary_key();
        let mut binds = Vec::new();
        let mut bound = |value: String| {
            binds.push(value);
            format!("${}", keys.len() + binds.len())
        };
        let mut sets = Vec::new();
        for (index, value) in &transition.set {
            let column = &resource.columns[*index];
            let value = match value {
                Value::Null => "NULL".to_owned(),
                value => bound(constant(column, value)),
            };
            sets.push(format!("{} = {value}", identifier(&column.name)));
        }
        if let Some(name) = updated_at(resource) {
            sets.push(format!("{name} = {}", bound("db::now()".to_owned())));
        }
        sets.extend(counted(resource));
        let mut when = String::new();
        for (index, values) in &transition.when {
            when += &condition(&resource.columns[*index], values, &mut bound);
        }
        let (sight, sees) = Sight::of(service, resource).fixed(keys.len() + binds.len() + 1);
        binds.extend(sees);
        let held = held(resource, keys.len() + binds.len() + 1);
        binds.extend(held.as_ref().map(|_| "version".to_owned()));
        let sql = format!(
            "UPDATE {} SET {} WHERE {}{when}{sight}{} RETURNING *",
            identifier(&resource.table),
            sets.join(", "),
            conditions(resource, &keys, 1),
            held.unwrap_or_default()
        );
        Self {
            name: function(operation),
            sql: literal(&sql),
            binds,
        }
    }
}

/// That a column has one of these values, as the end of a statement.
fn condition(
    column: &Column,
    values: &[Value],
    bound: &mut impl FnMut(String) -> String,
) -> String {
    let name = identifier(&column.name);
    let known = values.iter().filter(|value| !value.is_null());
    let numbers: Vec<String> = known.map(|value| bound(constant(column, value))).collect();
    let some = match numbers.as_slice() {
        [] => None,
        [one] => Some(format!("{name} = {one}")),
        _ => Some(format!("{name} IN ({})", numbers.join(", "))),
    };
    match (some, values.contains(&Value::Null)) {
        (Some(some), false) => format!(" AND {some}"),
        (Some(some), true) => format!(" AND ({some} OR {name} IS NULL)"),
        (None, _) => format!(" AND {name} IS NULL"),
    }
}

/// A value of the document as what is bound for a column.
fn constant(column: &Column, value: &Value) -> String {
    match (&column.ty, value) {
        (ColumnType::DateTime, _) => "db::now()".to_owned(),
        (_, Value::String(text)) => doors::rust_literal(text),
        (_, Value::Number(number)) => format!("{number}_i64"),
        (_, value) => value.to_string(),
    }
}
