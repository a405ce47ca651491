//! What operations make of a row, as the document says by `x-apigen-transition`.

use serde_json::Value;

use super::{
    Crud,
    answers::{self, About},
    candidates::{Candidate, shape, title},
    no_body, parameters,
    table::{Table, shown},
};
use crate::model::{
    Action, Column, ColumnSource, ColumnType, Method, Operation, OperationId, Segment, Service,
    Transition,
};

/// Why such an operation is a stub where nothing keeps the row.
pub(super) const HOMELESS: &str =
    "no collection keeps what its path names: a transition is below the path of one row";

/// All of them.
pub(super) fn operations(
    service: &Service,
) -> impl Iterator<Item = (OperationId, &Transition<String>)> {
    let all = service.operations.iter().enumerate();
    all.filter_map(|(index, operation)| Some((OperationId(index), operation.transition.as_ref()?)))
}

/// Those whose path is that of a member of the collection, or words below it.
pub(super) fn below<'a>(
    service: &'a Service,
    candidate: &Candidate<'_>,
) -> Vec<(OperationId, &'a Transition<String>)> {
    let is_below = |operation: &Operation| {
        let mut path: Vec<&Segment> = operation.segments.iter().collect();
        while matches!(path.last(), Some(Segment::Literal(_))) {
            path.pop();
        }
        let known = candidate.also.iter().chain([&candidate.shape]);
        let members: Vec<String> = known.map(|shape| format!("{shape}/{{}}")).collect();
        members.contains(&shape(&path))
    };
    operations(service)
        .filter(|(id, _)| is_below(&service[*id]))
        .collect()
}

/// What such an operation does, or why it is a stub.
pub(super) fn crud(
    table: &Table<'_>,
    operation: &Operation,
    said: &Transition<String>,
) -> Result<Crud, String> {
    no_body(operation)?;
    if matches!(
        operation.method,
        Method::Get | Method::Head | Method::Options | Method::Trace
    ) {
        return Err(format!("{} must not change anything", title(operation)));
    }
    let property = |name: &str| {
        table.column(name).ok_or_else(|| {
            let entity = &table.service[table.entity].api_name;
            format!("`{entity}` has no property `{name}`")
        })
    };
    let mut when = Vec::new();
    for (name, values) in &said.when {
        let column = property(name)?;
        if values.is_empty() {
            return Err(format!("no value of `{name}` allows it"));
        }
        for value in values {
            is_kept(table, column, value)?;
        }
        when.push((column, values.clone()));
    }
    let mut set = Vec::new();
    for (name, value) in &said.set {
        let column = property(name)?;
        let Column { source, ty, .. } = &table.columns[column];
        if !matches!(source, ColumnSource::Field { .. }) {
            return Err(format!("`{name}` is set by the service itself"));
        }
        if !(*ty == ColumnType::DateTime && value == "now") {
            is_kept(table, column, value)?;
        }
        set.push((column, value.clone()));
    }
    let success = answers::success(table, operation, About::Changed)?;
    let held: Vec<usize> = parameters::held(table, operation).into_iter().collect();
    let unsupported = parameters::unsupported(operation, &held)?;
    let action = Action::Transition(Transition { when, set });
    Ok((action, success, unsupported))
}

/// A value is one that the column may have, and that SQL is told as a constant.
fn is_kept(table: &Table<'_>, column: usize, value: &Value) -> Result<(), String> {
    let column = &table.columns[column];
    let fits = match (&column.ty, value) {
        (_, Value::Null) => column.nullable,
        (ColumnType::Boolean, Value::Bool(_)) => true,
        (ColumnType::Integer(_), Value::Number(number)) => number.is_i64(),
        (ColumnType::Text, Value::String(_)) => true,
        (ColumnType::Enum(_), Value::String(text)) => column.choices.contains(text),
        _ => false,
    };
    match fits {
        true => Ok(()),
        false => {
            let name = shown(&column.source).unwrap_or(&column.name);
            Err(format!("`{name}` cannot be {value} by a transition"))
        }
    }
}
