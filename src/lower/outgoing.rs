//! Webhooks and callbacks: what the service sends.

use super::{
    Lowering, bodies, parameters,
    paths::{METHODS, Route},
    prose, responses,
    schema::{Direction, Place},
};
use crate::{
    diagnostic::{Diagnostic, Span},
    model::{
        AddressPart, BodyKind, Cause, Group, GroupId, Guard, Method, Operation, Outgoing,
        ResponseBody, Role, Service, Status, TypeId,
        name::{Case, Scope},
    },
    spec::{Node, node::unescape},
};

/// More parts than these are taken as one address.
const MOST_ARGUMENTS: usize = 4;

/// Arguments that generated functions have for other things.
const RESERVED: [&str; 4] = ["body", "input", "request", "sender"];

/// A request as it stands in the document.
struct Draft<'a> {
    cause: Cause,
    /// What it would like to be called.
    wanted: String,
    group: GroupId,
    address: Vec<AddressPart>,
    route: Route<'a>,
}

/// Webhooks, then the callbacks of the operations of these routes.
pub(super) fn lower<'a>(
    cx: &mut Lowering<'a>,
    groups: &[Group],
    routes: &[(Route<'a>, GroupId)],
    operations: &[Operation],
) -> Vec<Outgoing> {
    let mut webhooks = Vec::new();
    let document = cx.document;
    let named = document.root.get("webhooks").into_iter();
    for (name, member) in named.flat_map(Node::members) {
        let found = requests(cx, name, &member.value);
        let is_only = found.len() == 1;
        webhooks.extend(found.into_iter().map(|route| Draft {
            cause: Cause::Webhook,
            wanted: wanted(&route, &[name], is_only),
            group: group(groups, &route),
            address: whole(),
            route,
        }));
    }
    let mut callbacks = Vec::new();
    for ((route, _), operation) in routes.iter().zip(operations) {
        let named = route.operation.get("callbacks").into_iter();
        for (name, member) in named.flat_map(Node::members) {
            if let Some(node) = cx.resolve(&member.value) {
                callbacks.extend(callback(cx, operation, name, node));
            }
        }
    }
    let mut all = settled(cx, webhooks);
    all.extend(settled(cx, callbacks));
    all
}

/// The group of its first tag, if operations have that tag, or else the first.
fn group(groups: &[Group], route: &Route<'_>) -> GroupId {
    let tags = route.operation.get("tags").map_or(&[][..], Node::items);
    let tag = tags.iter().find_map(Node::as_text);
    let wanted = tag.map(|tag| super::service::module(&tag));
    let found = wanted.and_then(|module| groups.iter().position(|group| group.module == module));
    GroupId(found.unwrap_or(0))
}

fn callback<'a>(
    cx: &mut Lowering<'a>,
    operation: &Operation,
    name: &str,
    node: &'a Node,
) -> Vec<Draft<'a>> {
    let mut found = Vec::new();
    let members = node.members().filter(|(key, _)| !key.starts_with("x-"));
    for (key, member) in members.collect::<Vec<_>>() {
        let routes = requests(cx, key, &member.value);
        if routes.is_empty() {
            continue;
        }
        let address = address(key).unwrap_or_else(|| {
            let message = format!("no address can be made of `{key}`");
            cx.report(
                Diagnostic::warning("callback-expression", member.key, message)
                    .hint("the function that sends the callback takes the whole address"),
            );
            whole()
        });
        found.extend(routes.into_iter().map(|route| (address.clone(), route)));
    }
    let is_only = found.len() == 1;
    let id = operation.id.as_str();
    let draft = |(address, route): (Vec<AddressPart>, Route<'a>)| Draft {
        cause: Cause::Callback(id.to_owned()),
        wanted: match is_only {
            true => wanted(&route, &[id, name], true),
            false => wanted(&route, &[id, name, &words(&address)], false),
        },
        group: operation.group,
        address,
        route,
    };
    found.into_iter().map(draft).collect()
}

/// The operations of a path item that no router knows.
fn requests<'a>(cx: &mut Lowering<'a>, key: &'a str, node: &'a Node) -> Vec<Route<'a>> {
    let mut items = vec![node];
    items.extend(cx.resolve(node).filter(|item| !std::ptr::eq(*item, node)));
    let mut routes = Vec::new();
    for (name, method) in METHODS {
        let found = items.iter().find_map(|item| item.as_object()?.get(name));
        let Some(member) = found else { continue };
        let operation = cx.resolve(&member.value);
        match operation.filter(|node| node.as_object().is_some()) {
            Some(operation) => routes.push(route(key, method, &items, operation, member.key)),
            None => {
                let message = format!("`{name} {key}` is no operation, so it is left out");
                cx.warn("bad-operation", member.value.span, message);
            }
        }
    }
    routes
}

fn route<'a>(
    key: &'a str,
    method: Method,
    items: &[&'a Node],
    operation: &'a Node,
    span: Span,
) -> Route<'a> {
    Route {
        method,
        key,
        path: key.to_owned(),
        segments: Vec::new(),
        items: items.to_vec(),
        operation,
        span,
    }
}

/// The `operationId`, else words that do not depend on what else there is.
fn wanted(route: &Route<'_>, words: &[&str], is_only: bool) -> String {
    let id = route.operation.get("operationId").and_then(Node::as_text);
    id.filter(|id| !id.trim().is_empty()).unwrap_or_else(|| {
        let words = words.join(" ");
        match is_only {
            true => words,
            false => format!("{words} {}", route.method.as_str().to_ascii_lowercase()),
        }
    })
}

fn settled<'a>(cx: &mut Lowering<'a>, drafts: Vec<Draft<'a>>) -> Vec<Outgoing> {
    let texts: Vec<&str> = drafts.iter().map(|draft| draft.wanted.as_str()).collect();
    let names = Scope::default().settle(Case::Module, &texts);
    let types = Scope::default().settle(Case::Type, &texts);
    let named = drafts.into_iter().zip(names.into_iter().zip(types));
    let mut all: Vec<Outgoing> = named.map(|(draft, names)| one(cx, draft, names)).collect();
    all.sort_by(|a, b| a.operation.name.cmp(&b.operation.name));
    all
}

fn one<'a>(
    cx: &mut Lowering<'a>,
    draft: Draft<'a>,
    (name, type_name): (String, String),
) -> Outgoing {
    let Draft {
        cause,
        wanted: id,
        group,
        address,
        route,
    } = draft;
    let node = route.operation;
    // It only starts the names of types, so `Self` is no keyword there.
    let type_name = type_name.trim_end_matches('_').to_owned();
    let place = Place {
        direction: Direction::Response,
        is_patch: false,
        module: name.clone(),
        type_name: type_name.clone(),
        api_name: id.clone(),
    };
    let parameters = parameters::lower(cx, &route, &place);
    let body_place = Place {
        direction: Direction::Response,
        ..Place::request(&place, false)
    };
    let body = bodies::lower(cx, node, &body_place);
    if let Some(body) = body.as_ref().filter(|body| body.kind == BodyKind::Bytes)
        && let Some(named) = node.get("requestBody")
    {
        let names: Vec<_> = body.media.iter().map(|m| format!("`{}`", m.name)).collect();
        let message = format!(
            "bodies of {} are sent as the bytes they are",
            names.join(", ")
        );
        cx.warn("raw-payload", named.span, message);
    }
    let declared = responses::declared(cx, node);
    let mut responses = responses::all(cx, route.method, &declared, &place);
    for response in &mut responses {
        // Nobody listens to what a subscriber has to say.
        if matches!(
            response.body,
            ResponseBody::Events { .. } | ResponseBody::Raw
        ) {
            response.body = ResponseBody::Empty;
        }
    }
    let statuses: Vec<Status> = declared.into_iter().map(|(status, _)| status).collect();
    let operation = Operation {
        invalid_body_status: 422,
        idempotent: false,
        id,
        name,
        type_name,
        group,
        method: route.method,
        path: route.path.clone(),
        segments: Vec::new(),
        summary: prose(node, "summary"),
        description: prose(node, "description"),
        deprecated: node.get("deprecated").and_then(Node::as_bool) == Some(true),
        retirement: None,
        rate_limit: None,
        cache: None,
        parameters,
        body,
        responses,
        declared: statuses,
        guard: Guard::Public,
        stub: None,
        account: None,
        transition: None,
        role: Role::Stub {
            reason: "the service sends it".to_owned(),
        },
        origin: cx.origin(route.span),
    };
    Outgoing {
        cause,
        address,
        operation,
    }
}

/// An address that is given as a whole.
fn whole() -> Vec<AddressPart> {
    vec![AddressPart::Argument {
        name: "url".to_owned(),
        expression: String::new(),
    }]
}

/// The parts of a callback's key, by the names of what it takes of requests and answers; `None` where it is
/// no address, or is put together of what we do not know.
fn address(key: &str) -> Option<Vec<AddressPart>> {
    let mut parts = Vec::new();
    let mut rest = key.trim();
    if rest.starts_with('$') && !rest.contains(['{', '}']) {
        parts.push((true, rest));
        rest = "";
    }
    while !rest.is_empty() {
        match rest.strip_prefix('{') {
            Some(inner) => {
                let (expression, after) = inner.split_once('}')?;
                parts.push((true, expression.trim()));
                rest = after;
            }
            None => {
                let end = rest.find('{').unwrap_or(rest.len());
                parts.push((false, &rest[..end]));
                rest = &rest[end..];
            }
        }
    }
    let is_whole = |text: &str| text.starts_with("http://") || text.starts_with("https://");
    match parts.first()? {
        (true, "$method" | "$statusCode") => return None,
        (false, text) if !is_whole(text) || text.chars().any(char::is_control) => return None,
        _ => {}
    }
    let mut expressions: Vec<&str> = Vec::new();
    let mut texts = Vec::new();
    for (_, expression) in parts.iter().filter(|(is_expression, _)| *is_expression) {
        let name = argument(expression)?;
        if !expressions.contains(expression) {
            expressions.push(expression);
            texts.push(name);
        }
    }
    if expressions.len() > MOST_ARGUMENTS {
        return None;
    }
    let names = Scope::with(RESERVED).settle(Case::Value, &texts);
    let part = |(is_expression, text): (bool, &str)| {
        let found = expressions
            .iter()
            .position(|known| is_expression && *known == text);
        match found {
            Some(index) => AddressPart::Argument {
                name: names[index].clone(),
                expression: text.to_owned(),
            },
            None => AddressPart::Text(text.to_owned()),
        }
    };
    Some(parts.into_iter().map(part).collect())
}

/// What a runtime expression (OpenAPI 3.1, section 4.8.20.4) would call its value.
fn argument(expression: &str) -> Option<String> {
    let source = match expression {
        "$url" => return Some("url".to_owned()),
        "$method" => return Some("method".to_owned()),
        "$statusCode" => return Some("status code".to_owned()),
        _ => ["$request.", "$response."]
            .iter()
            .find_map(|start| expression.strip_prefix(start))?,
    };
    if source == "body" {
        return Some("url".to_owned());
    }
    let name = match source.strip_prefix("body#") {
        Some(pointer) => unescape(pointer.rsplit('/').next()?).into_owned(),
        None => {
            let (place, name) = source.split_once('.')?;
            ["header", "path", "query"]
                .contains(&place)
                .then_some(name)?
                .to_owned()
        }
    };
    (!name.is_empty()).then_some(name)
}

fn words(address: &[AddressPart]) -> String {
    let names = address.iter().filter_map(|part| match part {
        AddressPart::Argument { name, .. } => Some(name.as_str()),
        AddressPart::Text(_) => None,
    });
    names.collect::<Vec<_>>().join(" ")
}

/// What is sent can be read too: a payload may be kept as JSON, to be sent later. So is what is answered.
pub(super) fn finish(service: &mut Service) {
    let outgoing = service.outgoing.iter();
    let schemas = outgoing.flat_map(|outgoing| outgoing.operation.schemas());
    let ids: Vec<TypeId> = schemas.filter_map(crate::model::Schema::id).collect();
    for id in ids {
        super::events::decode(service, id);
    }
}
