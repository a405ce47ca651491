//! Lists: what they are filtered by, ordered by, and cut into.

use super::{
    super::{
        doors,
        models::{constant, filter_type, filtered},
        sql::rust,
    },
    keys,
};
use crate::model::{
    ColumnType, IntegerKind, ListPlan, Operation, Pagination, Parameter, Resource, ResourceId,
    Service, Sort, SortKey, Type, TypeKind,
};

/// How many rows a page has unless the request says.
const USUAL: &str = "20";

/// How many `Option`s are around a parameter's value.
pub(super) fn options(parameter: &Parameter) -> usize {
    let is_present = parameter.required || parameter.schema.default.is_some();
    usize::from(parameter.schema.nullable || !is_present)
}

/// The expression of the order.
pub(super) fn order(
    service: &Service,
    resource: &Resource,
    operation: &Operation,
    sort: &Sort,
) -> Option<String> {
    let (parameter, keys, default) = match sort {
        Sort::Fixed(key) => return Some(order_by(resource, key)),
        Sort::Parameter {
            parameter,
            keys,
            default,
        } => (&operation.parameters[*parameter], keys, default),
    };
    let Type::Named(id) = parameter.schema.ty else {
        return None;
    };
    let TypeKind::Enum(choice) = &service[id].kind else {
        return None;
    };
    let path = rust::path(service, id);
    let is_optional = options(parameter) > 0;
    let arms = choice.variants.iter().zip(keys).map(|(variant, key)| {
        let order = order_by(resource, key);
        match is_optional {
            true => format!("Some({path}::{}) => {order},", variant.name),
            false => format!("{path}::{} => {order},", variant.name),
        }
    });
    let mut arms: String = arms.collect();
    if is_optional {
        arms += &format!("None => {},", order_by(resource, default));
    }
    Some(format!("match input.{} {{ {arms} }}", parameter.name))
}

fn order_by(resource: &Resource, key: &SortKey) -> String {
    let column = constant(&resource.columns[key.column].name);
    let descending = if key.descending { ".descending()" } else { "" };
    format!("models::{}::{column}{descending}", resource.module)
}

/// The expression of the window, and whether it needs the order.
pub(super) fn window(
    service: &Service,
    operation: &Operation,
    pagination: Pagination,
) -> Option<String> {
    let parameter = |index: usize| &operation.parameters[index];
    let limit = |limit: Option<usize>| match limit {
        Some(index) => size(service, parameter(index)),
        None => Some(USUAL.to_owned()),
    };
    let name = |index: usize| doors::rust_literal(&parameter(index).api_name);
    Some(match pagination {
        Pagination::None => "Window::all()".to_owned(),
        Pagination::Limit { limit } => {
            format!("Window::first({})", size(service, parameter(limit))?)
        }
        Pagination::Cursor {
            cursor,
            limit: size,
        } => {
            let place = format!("input.{}", parameter(cursor).name);
            if rust::kept_as(service, &parameter(cursor).schema) != ColumnType::Text {
                return None;
            }
            let text = match options(parameter(cursor)) {
                0 => format!("Some({place}.as_str())"),
                _ => format!("{place}.as_deref()"),
            };
            let limit = limit(size)?;
            format!("Window::after({}, {text}, order, {limit})?", name(cursor))
        }
        Pagination::Page { page, size } => {
            let number = integer(service, parameter(page), "1")?;
            format!("Window::page({}, {number}, {})", name(page), limit(size)?)
        }
        Pagination::Offset {
            offset,
            limit: size,
        } => {
            let skipped = integer(service, parameter(offset), "0")?;
            format!(
                "Window::offset({}, {skipped}, {})",
                name(offset),
                limit(size)?
            )
        }
    })
}

/// How many rows a page has: never more than the document allows, or else than we do.
fn size(service: &Service, parameter: &Parameter) -> Option<String> {
    let size = integer(service, parameter, USUAL)?;
    let is_bounded = match &parameter.schema.ty {
        Type::Integer(_, rules) | Type::Number(rules) => {
            rules.max.is_some() || rules.below.is_some()
        }
        _ => false,
    };
    Some(if is_bounded {
        size
    } else {
        format!("{size}.min(page::MOST)")
    })
}

/// A parameter as `i64`.
fn integer(service: &Service, parameter: &Parameter, usual: &str) -> Option<String> {
    let place = format!("input.{}", parameter.name);
    let is_optional = options(parameter) > 0;
    Some(
        match (rust::kept_as(service, &parameter.schema), is_optional) {
            (ColumnType::Integer(IntegerKind::I64), false) => place,
            (ColumnType::Integer(IntegerKind::I64), true) => format!("{place}.unwrap_or({usual})"),
            (ColumnType::Integer(IntegerKind::U64), false) => {
                format!("i64::try_from({place}).unwrap_or(i64::MAX)")
            }
            (ColumnType::Integer(IntegerKind::U64), true) => {
                format!("{place}.map_or({usual}, |value| i64::try_from(value).unwrap_or(i64::MAX))")
            }
            (ColumnType::Integer(_), false) => format!("i64::from({place})"),
            (ColumnType::Integer(_), true) => format!("{place}.map_or({usual}, i64::from)"),
            (ColumnType::Number, false) => format!("({place} as i64)"),
            (ColumnType::Number, true) => format!("{place}.map_or({usual}, |value| value as i64)"),
            _ => return None,
        },
    )
}

/// The filter; `None` where the resource's lists have none, an error where it cannot be said.
pub(super) fn filter(
    service: &Service,
    id: ResourceId,
    operation: &Operation,
    plan: &ListPlan,
) -> Result<Option<String>, ()> {
    let resource = &service[id];
    let all = filtered(service, id);
    if all.is_empty() {
        return Ok(None);
    }
    let path = format!("models::{}::{}", resource.module, filter_type(resource));
    let mut fields = String::new();
    let mut count = 0;
    for (index, choice) in &all {
        let Some((parameter, _)) = plan.filters.iter().find(|(_, column)| column == index) else {
            continue;
        };
        let column = &resource.columns[*index];
        let parameter = &operation.parameters[*parameter];
        let value = filter_value(service, parameter, &column.ty, choice.is_some()).ok_or(())?;
        fields += &format!("{}: {value},", column.field);
        count += 1;
    }
    if count == 0 {
        return Ok(Some(format!("{path}::default()")));
    }
    let rest = if count < all.len() {
        format!("..{path}::default()")
    } else {
        String::new()
    };
    Ok(Some(format!("{path} {{ {fields} {rest} }}")))
}

fn filter_value(
    service: &Service,
    parameter: &Parameter,
    column: &ColumnType,
    is_typed: bool,
) -> Option<String> {
    use ColumnType::{Enum, Integer, Text};
    let place = format!("input.{}", parameter.name);
    let from = rust::kept_as(service, &parameter.schema);
    let convert = match (&from, column) {
        (Enum(_), Enum(_)) if is_typed => None,
        (Enum(_), Enum(_)) => Some("value.as_str()"),
        (Enum(_), Text) => Some("value.as_str().to_owned()"),
        (Integer(IntegerKind::I64), Integer(_)) => None,
        (Integer(IntegerKind::U64), Integer(_)) => Some("i64::try_from(value).unwrap_or(i64::MAX)"),
        (Integer(_), Integer(_)) => Some("i64::from(value)"),
        (ColumnType::Uuid, Text) => Some("value.to_string()"),
        (from, column) if from == column && keys::key("", from, column, "").is_some() => None,
        _ => return None,
    };
    Some(match (convert, options(parameter)) {
        (None, 0) => format!("Some({place})"),
        (None, _) => place,
        (Some("i64::from(value)"), 1) => format!("{place}.map(i64::from)"),
        (Some(convert), 0) => format!("Some({})", convert.replace("value", &place)),
        (Some(convert), _) => format!("{place}.map(|value| {convert})"),
    })
}
