//! Lists: what they are filtered by, ordered by, and cut into.

use super::{
    super::{
        doors,
        models::{constant, filter_type, filtered},
        reading::list,
        sql::rust,
    },
    includes::Place,
    keys,
};
use crate::model::{
    ColumnType, Direction, Filter, IntegerKind, ListPlan, Operation, Pagination, Parameter,
    Resource, ResourceId, Schema, Service, Sort, SortKey, Success, Supply, Type, TypeKind,
};

/// How many rows a page has unless the request says.
const USUAL: &str = "20";

/// How many `Option`s are around a parameter's value.
pub(super) fn options(parameter: &Parameter) -> usize {
    let is_present = parameter.required || parameter.schema.default.is_some();
    usize::from(parameter.schema.nullable || !is_present)
}

/// Leaves out of rows what a request does not ask for; the key is always sent, and what is to be
/// shown beside the row.
pub(super) fn only(
    service: &Service,
    resource: &Resource,
    operation: &Operation,
    success: &Success,
) -> Option<String> {
    let parameter = &operation.parameters[success.fields?];
    let key = rust::api_name(&resource.columns[resource.key]);
    let key = key.map(|name| format!(".chain([{}])", doors::rust_literal(name)));
    let place = list(
        place(service, &success.body)?
            .iter()
            .map(|name| doors::rust_literal(name)),
    );
    let shown = Place::of(service, resource, operation, success);
    let shown = shown.map(|shown| format!(".chain({})", shown.names()));
    let values = format!(
        "cx.only(&[{place}], fields.iter().map(|field| field.as_str()){}{}.collect());",
        key.unwrap_or_default(),
        shown.unwrap_or_default()
    );
    let name = &parameter.name;
    Some(match options(parameter) {
        0 => format!("let fields = &input.{name}; {values}"),
        _ => format!("if let Some(fields) = &input.{name} {{ {values} }}"),
    })
}

/// The properties that lead to the rows in a body.
fn place<'a>(service: &'a Service, supply: &Supply) -> Option<Vec<&'a str>> {
    match supply {
        Supply::Row(_) | Supply::Rows(_) => Some(Vec::new()),
        Supply::Struct(id, members) => {
            let fields = rust::as_struct(service, *id)?.fields.iter().zip(members);
            let mut found = fields.filter_map(|(field, member)| {
                let mut place = place(service, member)?;
                place.insert(0, field.api_name.as_str());
                Some(place)
            });
            found.next()
        }
        _ => None,
    }
}

/// The expression of the order.
pub(super) fn order(
    service: &Service,
    resource: &Resource,
    operation: &Operation,
    plan: &ListPlan,
) -> Option<String> {
    let order = match &plan.sort {
        Sort::Fixed(key) => order_by(resource, key),
        Sort::Parameter {
            parameter,
            several,
            keys,
            default,
            direction,
        } => {
            let parameter = &operation.parameters[*parameter];
            let keys: Vec<String> = keys.iter().map(|key| order_by(resource, key)).collect();
            let default = order_by(resource, default);
            let order = match several {
                true => several_of(service, parameter, &keys, &default)?,
                false => one_of(service, parameter, keys, default)?,
            };
            match direction {
                Some(direction) => directed(service, operation, direction, &order)?,
                None => order,
            }
        }
    };
    let names = plan.filters.iter().map(|filter| {
        let parameter = &operation.parameters[filter.parameter];
        doors::rust_literal(&parameter.api_name)
    });
    let names = list(names);
    let is_bound = matches!(plan.pagination, Pagination::Cursor { .. }) && !names.is_empty();
    Some(match is_bound {
        true => format!("{order}.within(&cx.uri, &[{names}])"),
        false => order,
    })
}

/// What each variant of a parameter's enum is matched with, but for `Some`.
pub(super) fn variants(service: &Service, schema: &Schema) -> Option<Vec<String>> {
    let Type::Named(id) = schema.ty else {
        return None;
    };
    let TypeKind::Enum(choice) = &service[id].kind else {
        return None;
    };
    let path = rust::path(service, id);
    let variants = choice.variants.iter();
    Some(
        variants
            .map(|variant| format!("{path}::{}", variant.name))
            .collect(),
    )
}

/// By what one value says.
fn one_of(
    service: &Service,
    parameter: &Parameter,
    mut orders: Vec<String>,
    default: String,
) -> Option<String> {
    let mut patterns = variants(service, &parameter.schema)?;
    if options(parameter) > 0 {
        patterns = patterns
            .iter()
            .map(|pattern| format!("Some({pattern})"))
            .collect();
        patterns.push("None".to_owned());
        orders.push(default);
    }
    let arms = patterns.iter().zip(&orders);
    let arms: String = arms
        .map(|(pattern, order)| format!("{pattern} => {order},"))
        .collect();
    Some(format!("match input.{} {{ {arms} }}", parameter.name))
}

/// By the first of several values, and by the next where rows tie.
fn several_of(
    service: &Service,
    parameter: &Parameter,
    orders: &[String],
    default: &str,
) -> Option<String> {
    let Type::Array { items, .. } = &parameter.schema.ty else {
        return None;
    };
    let patterns = variants(service, items)?;
    let arms: String = patterns
        .iter()
        .zip(orders)
        .map(|(pattern, order)| format!("{pattern} => {order},"))
        .collect();
    let values = match options(parameter) {
        0 => "iter()",
        _ => "iter().flatten()",
    };
    Some(format!(
        "input.{}.{values}.map(|key| match key {{ {arms} }})\
         .reduce(Order::then).unwrap_or({default})",
        parameter.name
    ))
}

/// The order in the direction that a parameter names, if it does.
fn directed(
    service: &Service,
    operation: &Operation,
    direction: &Direction,
    order: &str,
) -> Option<String> {
    let parameter = &operation.parameters[direction.parameter];
    let patterns = variants(service, &parameter.schema)?;
    let place = format!("input.{}", parameter.name);
    let is_optional = options(parameter) > 0;
    let wanted = patterns.iter().zip(&direction.descending);
    let descending = wanted.filter(|(_, descending)| **descending);
    let descending: Vec<&str> = descending.map(|(pattern, _)| pattern.as_str()).collect();
    let descending = descending.join(" | ");
    Some(match (descending.as_str(), is_optional) {
        ("", false) => format!("{order}.directed(false)"),
        ("", true) => return None,
        (descending, false) => {
            format!("{order}.directed(matches!({place}, {descending}))")
        }
        (descending, true) => format!(
            "{{ let order = {order}; match {place} {{ \
             Some(direction) => order.directed(matches!(direction, {descending})), \
             None => order }} }}"
        ),
    })
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
    for compared in &all {
        let same = |f: &&Filter| (f.column, f.comparison) == (compared.column, compared.comparison);
        let Some(filter) = plan.filters.iter().find(same) else {
            continue;
        };
        let column = &resource.columns[filter.column].ty;
        let parameter = &operation.parameters[filter.parameter];
        let is_typed = compared.choice.is_some();
        let value = filter_value(service, parameter, column, is_typed).ok_or(())?;
        fields += &format!("{}: {value},", compared.name);
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
    let place = format!("input.{}", parameter.name);
    let is_present = options(parameter) == 0;
    let (value, is_list) = match &parameter.schema.ty {
        Type::Array { items, .. } => (&**items, true),
        _ => (&parameter.schema, false),
    };
    let convert = conversion(&rust::kept_as(service, value), column, is_typed)?;
    let map = match convert {
        "i64::from(value)" => "map(i64::from)".to_owned(),
        convert => format!("map(|value| {convert})"),
    };
    Some(match (convert, is_list) {
        ("", _) if is_present => format!("Some({place})"),
        ("", _) => place,
        (_, true) if is_present => format!("Some({place}.into_iter().{map}.collect())"),
        (_, true) => format!("{place}.map(|values| values.into_iter().{map}.collect())"),
        (convert, false) if is_present => format!("Some({})", convert.replace("value", &place)),
        (_, false) => format!("{place}.{map}"),
    })
}

/// What becomes of `value` for the filter; empty where it is of its type.
fn conversion(from: &ColumnType, column: &ColumnType, is_typed: bool) -> Option<&'static str> {
    use ColumnType::{Enum, Integer, Text};
    Some(match (from, column) {
        (Enum(_), Enum(_)) if is_typed => "",
        (Enum(_), Enum(_) | Text) => "value.as_str().to_owned()",
        (Text, Enum(_)) if !is_typed => "",
        (Integer(IntegerKind::I64), Integer(_)) => "",
        (Integer(IntegerKind::U64), Integer(_)) => "i64::try_from(value).unwrap_or(i64::MAX)",
        (Integer(_), Integer(_)) => "i64::from(value)",
        (ColumnType::Uuid, Text) => "value.to_string()",
        (ColumnType::Decimal(_), ColumnType::Decimal(_)) => "",
        (from, column) if from == column && keys::key("", from, column, "").is_some() => "",
        _ => return None,
    })
}
