//! What answers and bodies hold: an entity, a wrapped one, or many.

use super::{
    types::{as_struct, struct_of},
    words::{plain, singular},
};
use crate::model::{Operation, ResponseBody, Schema, Service, Status, Struct, Type, TypeId};

/// Names of the member that holds the entity, beside the entity's own.
const WRAPPERS: &[&str] = &[
    "data",
    "item",
    "result",
    "object",
    "entity",
    "resource",
    "record",
    "payload",
    "attributes",
];

/// Names of the members that stand beside a wrapped entity.
const BESIDE: &[&str] = &[
    "links",
    "meta",
    "metadata",
    "included",
    "jsonapi",
    "success",
    "ok",
    "status",
    "message",
    "messages",
    "code",
    "error",
    "errors",
    "request_id",
];

/// The words that a collection's entity may be called by in a wrapper.
pub(super) struct Names {
    /// `special_event`
    pub(super) singular: String,
    /// `special_events`
    pub(super) plural: String,
}

impl Names {
    pub(super) fn new(word: &str) -> Self {
        let plural = plain(word);
        Self {
            singular: singular(&plural),
            plural,
        }
    }
}

/// The JSON that a variant answers with.
pub(super) fn json(body: &ResponseBody) -> Option<&Schema> {
    match body {
        ResponseBody::Json { schema, .. } => Some(schema),
        _ => None,
    }
}

/// The variants for these statuses, the most wanted first.
pub(super) fn successes<'a>(
    operation: &'a Operation,
    codes: &'a [u16],
) -> impl Iterator<Item = usize> + 'a {
    let with = |code: u16| {
        operation
            .responses
            .iter()
            .position(move |r| r.status == Status::Code(code))
    };
    codes.iter().filter_map(move |code| with(*code))
}

/// The entity that a schema is, or that it wraps.
pub(super) fn one(service: &Service, schema: &Schema, names: &Names) -> Option<TypeId> {
    let (id, found) = struct_of(service, schema)?;
    match wrapped(service, found, names) {
        Some((_, inner)) => Some(inner),
        None => Some(id),
    }
}

/// The field of a struct that holds the entity, where the struct is but a wrapper around it.
pub(super) fn wrapped(
    service: &Service,
    wrapper: &Struct,
    names: &Names,
) -> Option<(usize, TypeId)> {
    let inner =
        |index: usize| struct_of(service, &wrapper.fields[index].schema).map(|(id, _)| (index, id));
    let named_for = |index: usize, id: TypeId| {
        let name = plain(&wrapper.fields[index].api_name);
        let own = plain(&service[id].api_name);
        WRAPPERS.contains(&name.as_str())
            || name == names.singular
            || name == names.plural
            || name == own
    };
    let holds = (0..wrapper.fields.len()).filter_map(inner);
    let mut holds = holds.filter(|(index, id)| named_for(*index, *id));
    let (index, id) = holds.next()?;
    let beside = wrapper
        .fields
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != index);
    let mut beside = beside.map(|(_, field)| plain(&field.api_name));
    beside
        .all(|name| BESIDE.contains(&name.as_str()))
        .then_some((index, id))
}

/// The entity that a schema holds many of.
pub(super) fn many(service: &Service, schema: &Schema, names: &Names) -> Option<TypeId> {
    if let Some(row) = rows(service, schema) {
        return Some(row);
    }
    let (_, page) = struct_of(service, schema)?;
    member_with_rows(service, page, names).map(|(_, row)| row)
}

/// The type of an array's items, where they are structs.
pub(super) fn rows(service: &Service, schema: &Schema) -> Option<TypeId> {
    match &schema.ty {
        Type::Array { items, .. } if !schema.nullable => {
            struct_of(service, items).map(|(id, _)| id)
        }
        _ => None,
    }
}

/// The only field of a page that holds rows, or of many the one that is called so.
pub(super) fn member_with_rows(
    service: &Service,
    page: &Struct,
    names: &Names,
) -> Option<(usize, TypeId)> {
    let all = page.fields.iter().enumerate();
    let found: Vec<_> = all
        .filter_map(|(index, field)| Some((index, rows(service, &field.schema)?)))
        .collect();
    let called = |index: usize| {
        let name = plain(&page.fields[index].api_name);
        matches!(
            name.as_str(),
            "items" | "data" | "results" | "records" | "rows" | "entries" | "values" | "content"
        ) || name == names.plural
            || name.ends_with(&format!("_{}", names.plural))
    };
    // An array beside an entity's own id is a part of that entity, not a page.
    let is_page = !page.fields.iter().any(|field| field.api_name == "id");
    match found.as_slice() {
        [only] if is_page || called(only.0) => Some(*only),
        _ => found
            .iter()
            .find(|(index, _)| called(*index))
            .copied()
            .filter(|_| is_page),
    }
}

/// A struct of the document's `links`: texts only, by the names that can be told.
pub(super) fn is_links(service: &Service, api_name: &str, schema: &Schema) -> bool {
    let Type::Named(id) = schema.ty else {
        return false;
    };
    let texts = |found: &Struct| {
        found
            .fields
            .iter()
            .all(|field| matches!(field.schema.ty, Type::String(_)))
    };
    plain(api_name) == "links" && as_struct(service, id).is_some_and(texts)
}
