//! From the parameters of a request to the keys of rows.

use super::super::sql::rust;
use crate::model::{
    Column, ColumnSource, ColumnType, IntegerKind, Operation, Parameter, Resource, Service,
};

/// The owners' keys as arguments, and what is left of the path's parameters.
pub(super) fn owners<'a>(
    service: &Service,
    resource: &Resource,
    operation: &'a Operation,
    missing: &str,
) -> Option<(Vec<String>, Vec<&'a Parameter>)> {
    let mut left = operation.path_parameters();
    let mut arguments = Vec::new();
    for index in resource.parent_columns() {
        let column = &resource.columns[index];
        let parameter = take_owner(column, &mut left)?;
        arguments.push(argument(service, parameter, column, missing)?);
    }
    Some((arguments, left))
}

/// The parameter that names an owner: by its name, or else the first that is left.
pub(super) fn take_owner<'a>(
    column: &Column,
    left: &mut Vec<&'a Parameter>,
) -> Option<&'a Parameter> {
    let ColumnSource::Parent { parameter, .. } = &column.source else {
        return None;
    };
    let place = left.iter().position(|p| p.api_name == *parameter);
    (!left.is_empty()).then(|| left.remove(place.unwrap_or(0)))
}

/// A parameter as the key of a column.
pub(super) fn argument(
    service: &Service,
    parameter: &Parameter,
    column: &Column,
    missing: &str,
) -> Option<String> {
    let from = rust::kept_as(service, &parameter.schema);
    key(
        &format!("input.{}", parameter.name),
        &from,
        &column.ty,
        missing,
    )
}

/// An expression as the key of a column; a text that cannot be a key names nothing.
pub(super) fn key(
    place: &str,
    from: &ColumnType,
    to: &ColumnType,
    missing: &str,
) -> Option<String> {
    use ColumnType::{Boolean, Date, DateTime, Decimal, Enum, Integer, Number, Text, Uuid};
    Some(match (from, to) {
        (Uuid, Uuid)
        | (Date, Date)
        | (DateTime, DateTime)
        | (Number, Number)
        | (Decimal(_), Decimal(_))
        | (Boolean, Boolean)
        | (Integer(IntegerKind::I64), Integer(_)) => place.to_owned(),
        (Integer(IntegerKind::U64), Integer(_)) => {
            format!("i64::try_from({place}).map_err(|_| {missing}())?")
        }
        (Integer(_), Integer(_)) => format!("i64::from({place})"),
        (Text, Text | Enum(_)) => format!("&{place}"),
        (Enum(_), Text | Enum(_)) => format!("{place}.as_str()"),
        (Uuid | Integer(_) | Date, Text) => format!("&{place}.to_string()"),
        (Text, Uuid | Integer(_) | Date | DateTime | Number) => {
            format!("{place}.parse().map_err(|_| {missing}())?")
        }
        _ => return None,
    })
}

/// Whether a field of the body differs from the parameter that says the same; `body` is where the
/// body is.
pub(super) fn differs(
    service: &Service,
    body: &str,
    field: &crate::model::Field,
    parameter: &Parameter,
) -> Option<String> {
    use ColumnType::{Date, DateTime, Enum, Integer, Text, Uuid};
    let types = (
        rust::kept_as(service, &field.schema),
        rust::kept_as(service, &parameter.schema),
    );
    let place = format!("{body}.{}", field.name);
    let named = format!("input.{}", parameter.name);
    let options = rust::options(field);
    // The value, and what its methods are called on.
    let (whole, given) = match options {
        0 => (place.as_str(), place.as_str()),
        _ => ("*value", "value"),
    };
    let comparison = match types {
        (Uuid, Uuid) | (Date, Date) | (DateTime, DateTime) | (Text, Text) => {
            format!("{whole} != {named}")
        }
        (Integer(a), Integer(b)) if a == b => format!("{whole} != {named}"),
        (Enum(_), Enum(_)) => format!("{given}.as_str() != {named}.as_str()"),
        (Enum(_), Text) => format!("{given}.as_str() != {named}"),
        (Text, Enum(_)) => format!("{whole} != {named}.as_str()"),
        (Uuid | Integer(_) | Date, Text) => format!("{given}.to_string() != {named}"),
        (Text, Uuid | Integer(_) | Date) => format!("{whole} != {named}.to_string()"),
        (Uuid | Integer(_) | Date, Uuid | Integer(_) | Date) => {
            format!("{given}.to_string() != {named}.to_string()")
        }
        _ => return None,
    };
    Some(match options {
        0 => comparison,
        1 => format!("{place}.as_ref().is_some_and(|value| {comparison})"),
        _ => format!("{place}.as_ref().and_then(Option::as_ref).is_some_and(|value| {comparison})"),
    })
}
