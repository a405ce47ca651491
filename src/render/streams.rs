//! `services/<group>.rs` of operations that answer with events: the trait that their events come
//! from, and what stands in for it.

mod keep;

use askama::Template;

use self::keep::Keep;
use super::{
    api, doors,
    files::Project,
    format,
    sql::rust::{options, struct_of},
};
use crate::model::{
    Action, Additional, Field, Format, Group, Location, Operation, Parameter, Presence, Resource,
    ResponseBody, Role, Service, Status, StringRules, Struct, Type, TypeDef,
};

/// `services/<group>.rs`, with what the group streams.
#[derive(Template)]
#[template(path = "layered/src/services/stream.rs.j2")]
struct Scaffold<'a> {
    group: &'a Group,
    streams: Vec<Stream<'a>>,
}

/// An operation that answers a question with events of words.
struct Stream<'a> {
    operation: &'a Operation,
    /// The operation, as a comment may name it.
    shown: String,
    /// The variant of its response.
    variant: &'a str,
    event: &'a TypeDef,
    /// The field of the body that is said again.
    question: &'a str,
    /// The field of the event that holds a word, and those that hold nothing.
    word: &'a str,
    others: Vec<&'a str>,
    get: Option<Get<'a>>,
    keep: Option<Keep<'a>>,
}

/// The operation that reads the row which the question is about: it knows who may.
struct Get<'a> {
    operation: &'a Operation,
    module: &'a str,
    /// The fields of its input that are keys of rows, as those of the question, each with what
    /// copies it; and the rest.
    keys: Vec<(&'a str, &'static str)>,
    others: Vec<&'a str>,
}

/// The scaffold of a group, where it streams; else it is the one that every group has.
pub(super) fn scaffold(project: Project<'_>, group: &Group) -> askama::Result<Option<String>> {
    let service = project.service;
    let operations = service.operations.iter();
    let own = operations.filter(|operation| service[operation.group] == *group);
    let streams: Vec<Stream<'_>> = own.filter_map(|found| stream(service, found)).collect();
    if streams.is_empty() {
        return Ok(None);
    }
    let text = Scaffold { group, streams }.render()?;
    format::rust(&api::path(group), &text)
        .map(Some)
        .map_err(|error| askama::Error::Custom(error.into()))
}

/// Whether what some operation answers is kept.
pub(super) fn keeps(service: &Service) -> bool {
    let mut streams = service.operations.iter();
    streams.any(|found| stream(service, found).is_some_and(|stream| stream.keep.is_some()))
}

fn stream<'a>(service: &'a Service, operation: &'a Operation) -> Option<Stream<'a>> {
    if !matches!(operation.role, Role::Stub { .. }) {
        return None;
    }
    let events = operation.responses.iter().find_map(|response| {
        let is_plain = response.status == Status::Code(200) && response.headers.is_empty();
        match &response.body {
            ResponseBody::Events { schema } if is_plain && !schema.nullable => {
                Some((response, schema))
            }
            _ => None,
        }
    });
    let (response, schema) = events?;
    let (id, event) = struct_of(service, schema)?;
    let word = sole_text(event)?;
    let body = operation.body.as_ref().filter(|body| body.required)?;
    let (_, body) = struct_of(service, &body.schema)?;
    let question = body.fields.iter().find(|field| is_text(field))?;
    let others = event.fields.iter().filter(|field| field.name != word.name);
    let get = get(service, operation);
    Some(Stream {
        keep: get
            .as_ref()
            .and_then(|get| keep::keep(service, operation, get)),
        operation,
        shown: doors::one_line(&operation.id),
        variant: &response.name,
        event: &service[id],
        question: &question.name,
        word: &word.name,
        others: others.map(|field| field.name.as_str()).collect(),
        get,
    })
}

/// The only property that events must have, where it is a text.
fn sole_text(event: &Struct) -> Option<&Field> {
    let is_kept = matches!(event.additional, Additional::Keep { .. });
    let must: Vec<_> = event.fields.iter().filter(|f| options(f) == 0).collect();
    match must.as_slice() {
        [word] if is_text(word) && !is_kept => Some(word),
        _ => None,
    }
}

/// Any text may stand there.
fn is_text(field: &Field) -> bool {
    let is_free = |rules: &StringRules| {
        let bounds = (rules.min.unwrap_or(0) <= 1, &rules.pattern);
        rules.format == Format::Text && bounds == (true, &None)
    };
    matches!(&field.schema.ty, Type::String(rules) if is_free(rules))
        && field.presence == Presence::Required
        && options(field) == 0
        && !field.boxed
}

/// The read of the row below whose path the operation is, if its input is made of the keys.
fn get<'a>(service: &'a Service, operation: &'a Operation) -> Option<Get<'a>> {
    let is_above = |resource: &&Resource| {
        let rest = operation.path.strip_prefix(&resource.path);
        rest.is_some_and(|rest| rest.starts_with("/{") && rest.matches('/').count() == 2)
    };
    let resource = service.resources.iter().find(is_above)?;
    let reads = |found: &&Operation| match &found.role {
        Role::Crud {
            resource: id,
            action: Action::Get,
            ..
        } => service[*id].path == resource.path,
        _ => false,
    };
    let read = service.operations.iter().find(reads)?;
    let (keys, others) = by_path(read);
    let is_same = |name: &str| operation.path_parameters().iter().any(|p| p.name == name);
    let is_open = others
        .iter()
        .all(|p| !p.required && p.schema.default.is_none());
    (is_open && read.body.is_none() && keys.iter().all(|key| is_same(&key.name))).then(|| Get {
        operation: read,
        module: &service[read.group].module,
        keys: keys
            .iter()
            .map(|p| (p.name.as_str(), copy(&p.schema.ty)))
            .collect(),
        others: others.iter().map(|p| p.name.as_str()).collect(),
    })
}

/// The parameters in the path, and the others.
fn by_path(operation: &Operation) -> (Vec<&Parameter>, Vec<&Parameter>) {
    let parameters = operation.parameters.iter();
    parameters.partition(|parameter| parameter.location == Location::Path)
}

/// What follows a value that is needed twice.
fn copy(ty: &Type) -> &'static str {
    match ty {
        Type::String(rules) => match rules.format {
            Format::Uuid | Format::DateTime | Format::Date => "",
            _ => ".clone()",
        },
        Type::Integer(..) | Type::Number(_) | Type::Boolean => "",
        _ => ".clone()",
    }
}
