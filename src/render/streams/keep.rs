//! Where a conversation has messages, what is asked and answered in it becomes two of them.

use serde_json::Value;

use super::{Get, copy, is_text};
use crate::{
    model::{
        Action, Field, Operation, Parameter, Presence, Resource, Role, Schema, Service, TypeDef,
        TypeKind, Variant,
    },
    render::sql::rust::{options, struct_of},
};

/// How messages are made.
pub(super) struct Keep<'a> {
    pub(super) create: &'a Operation,
    pub(super) module: &'a str,
    pub(super) body: &'a TypeDef,
    /// The fields of the input that are keys of the rows above, each with what copies it; and the rest.
    pub(super) keys: Vec<(&'a str, &'static str)>,
    pub(super) others: Vec<&'a str>,
    pub(super) text: &'a str,
    pub(super) author: &'a str,
    /// The two who speak, and what their variants are called.
    pub(super) authors: &'a TypeDef,
    pub(super) asks: &'a str,
    pub(super) answers: &'a str,
    /// The fields of the body that stay empty.
    pub(super) empty: Vec<&'a str>,
}

/// What the only rows below the one that a question is about are made by: rows of a text, which one
/// of two says.
pub(super) fn keep<'a>(service: &'a Service, asked: &Operation, get: &Get<'_>) -> Option<Keep<'a>> {
    let Role::Crud {
        resource: above, ..
    } = get.operation.role
    else {
        return None;
    };
    let is_below = |found: &&Resource| {
        let parent = found.parent.as_ref();
        parent.is_some_and(|parent| parent.resource == above)
    };
    let mut below = service.resources.iter().filter(is_below);
    let (Some(resource), None) = (below.next(), below.next()) else {
        return None;
    };
    let operations = resource.operations.iter().map(|id| &service[*id]);
    let create = operations.into_iter().find(|found| makes(found))?;
    let body = create.body.as_ref().filter(|body| body.required)?;
    let (id, fields) = struct_of(service, &body.schema)?;
    let text = fields.fields.iter().find(|field| is_endless(field))?;
    let speaks = |field: &'a Field| Some((field, speakers(service, &field.schema)?));
    let (author, (authors, [asks, answers])) = fields.fields.iter().find_map(speaks)?;
    let rest = fields.fields.iter();
    let rest = rest.filter(|field| field.name != text.name && field.name != author.name);
    let (keys, others) = keys(asked, create)?;
    let is_named = |name: &str| keys.iter().any(|(key, _)| *key == name);
    let is_free = rest.clone().all(|field| options(field) == 1)
        && author.presence == Presence::Defaulted
        && options(author) == 0
        && !is_named(&text.name)
        && !is_named(&author.name);
    is_free.then(|| Keep {
        create,
        module: &service[create.group].module,
        body: &service[id],
        keys,
        others,
        text: &text.name,
        author: &author.name,
        authors,
        asks: &asks.name,
        answers: &answers.name,
        empty: rest.map(|field| field.name.as_str()).collect(),
    })
}

fn makes(operation: &Operation) -> bool {
    matches!(
        operation.role,
        Role::Crud {
            action: Action::Create { wrapper: None },
            ..
        }
    )
}

/// What an answer is as long as it is fits in there.
fn is_endless(field: &Field) -> bool {
    is_text(field)
        && matches!(&field.schema.ty, crate::model::Type::String(rules) if rules.max.is_none())
}

/// Those of whom one says a row: who does where nobody is named, and the other.
fn speakers<'a>(service: &'a Service, schema: &Schema) -> Option<(&'a TypeDef, [&'a Variant; 2])> {
    let def = &service[schema.id()?];
    let TypeKind::Enum(choice) = &def.kind else {
        return None;
    };
    let [first, second] = choice.variants.as_slice() else {
        return None;
    };
    let default: &Value = schema.default.as_ref()?;
    let speakers = match first.value == *default {
        true => [first, second],
        false => [second, first],
    };
    Some((def, speakers))
}

/// The fields of a parameter, with what copies it.
type Keys<'a> = Vec<(&'a str, &'static str)>;

/// The keys, which the question has too, and what need not be said.
fn keys<'a>(asked: &Operation, create: &'a Operation) -> Option<(Keys<'a>, Vec<&'a str>)> {
    let has = |name: &str| asked.path_parameters().iter().any(|p| p.name == name);
    let (keys, others): (Vec<&Parameter>, Vec<_>) = super::by_path(create);
    let is_open = others
        .iter()
        .all(|p| !p.required && p.schema.default.is_none());
    let is_known = keys.iter().all(|key| has(&key.name));
    let names = |p: &&'a Parameter| p.name.as_str();
    (is_open && is_known).then(|| {
        let copies = keys.iter().map(|p| (p.name.as_str(), copy(&p.schema.ty)));
        (copies.collect(), others.iter().map(names).collect())
    })
}
