//! Operations: their names, and the parts that the other files lower.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Lowering, accounts, bodies, caches,
    errors::ErrorChoice,
    limits, parameters,
    paths::Route,
    prose, responses,
    retirement::Retirements,
    schema::{Direction, Place},
    security::{self, Demand, demand},
    transitions,
};
use crate::{
    diagnostic::Diagnostic,
    model::{
        GroupId, Guard, Location, Method, Operation, Role, Segment, Status,
        name::{Case, Scope},
    },
    spec::{Node, STUB},
};

/// What an operation is called.
struct Names {
    id: String,
    name: String,
    type_name: String,
}

/// The operations in the order of the routes, and what each asks of its callers.
pub(super) fn lower<'a>(
    cx: &mut Lowering<'a>,
    routes: &[(Route<'a>, GroupId)],
    errors: &ErrorChoice<'a>,
) -> Vec<(Operation, Demand)> {
    let names = names(cx, routes);
    let retirements = Retirements::read(cx, routes);
    let routes = routes.iter().zip(names);
    routes
        .map(|((route, group), names)| {
            let demand = demand(cx, route.operation);
            let mut operation = operation(cx, (route, *group), names, errors);
            let keys = security::query_keys(cx, &demand);
            parameters::leave_out_clashes(cx, &mut operation.parameters, &keys, route.span);
            operation.cache = caches::control(cx, route, !demand.is_public());
            operation.retirement = retirements.of(cx, route);
            operation.deprecated |= operation.retirement.is_some();
            (operation, demand)
        })
        .collect()
}

fn operation<'a>(
    cx: &mut Lowering<'a>,
    (route, group): (&Route<'a>, GroupId),
    names: Names,
    errors: &ErrorChoice<'a>,
) -> Operation {
    let node = route.operation;
    let Names {
        id,
        name,
        type_name,
    } = names;
    let place = Place {
        direction: Direction::Request,
        is_patch: false,
        module: name.clone(),
        type_name: type_name.clone(),
        api_name: id.clone(),
    };
    warn_of_servers(cx, route);
    let is_patch = route.method == Method::Patch;
    let parameters = parameters::lower(cx, route, &place);
    let body_place = Place::request(&place, is_patch);
    let body = bodies::lower(cx, node, &body_place);
    let declared = responses::declared(cx, node);
    let variants = responses::lower(cx, (route.method, &declared), errors, &place);
    let declared: Vec<Status> = declared.into_iter().map(|(status, _)| status).collect();
    let declares = |code| declared.contains(&Status::Code(code));
    Operation {
        invalid_body_status: if !declares(422) && declares(400) {
            400
        } else {
            422
        },
        idempotent: parameters.iter().any(|parameter| {
            parameter.location == Location::Header
                && parameter.api_name.eq_ignore_ascii_case("idempotency-key")
        }),
        id,
        name,
        type_name,
        group,
        method: route.method,
        path: route.path.clone(),
        segments: route.segments.clone(),
        summary: prose(node, "summary"),
        description: prose(node, "description"),
        deprecated: node.get("deprecated").and_then(Node::as_bool) == Some(true),
        retirement: None,
        rate_limit: limits::rate(cx, node),
        cache: None,
        parameters,
        body,
        responses: variants,
        declared,
        guard: Guard::Public,
        stub: prose(node, STUB),
        account: accounts::account(cx, node),
        transition: transitions::transition(cx, node),
        role: Role::Stub {
            reason: "nothing was inferred for it".to_owned(),
        },
        origin: cx.origin(route.span),
    }
}

/// One router serves everything below one path.
fn warn_of_servers(cx: &mut Lowering<'_>, route: &Route<'_>) {
    let mut owners = std::iter::once(route.operation).chain(route.items.iter().copied());
    let servers = owners.find_map(|owner| owner.get("servers"));
    if let Some(servers) = servers.filter(|servers| !servers.items().is_empty()) {
        let message = "servers of a path or an operation are ignored";
        cx.report(
            Diagnostic::warning("ignored-servers", servers.span, message)
                .hint("it is served below the path of the document's first server"),
        );
    }
}

/// Names that do not depend on the order of the document.
fn names(cx: &mut Lowering<'_>, routes: &[(Route<'_>, GroupId)]) -> Vec<Names> {
    let ids = ids(cx, routes);
    let mut groups: BTreeMap<GroupId, Vec<usize>> = BTreeMap::new();
    for (index, (_, group)) in routes.iter().enumerate() {
        groups.entry(*group).or_default().push(index);
    }
    let mut settled = vec![(String::new(), String::new()); routes.len()];
    for members in groups.into_values() {
        let texts: Vec<&str> = members.iter().map(|&index| ids[index].as_str()).collect();
        let names = Scope::default().settle(Case::Module, &texts);
        let types = Scope::default().settle(Case::Type, &texts);
        for ((index, name), type_name) in members.into_iter().zip(names).zip(types) {
            // It only starts the names of types, so `Self` is no keyword there.
            let type_name = type_name.trim_end_matches('_').to_owned();
            settled[index] = (name, type_name);
        }
    }
    let pairs = ids.into_iter().zip(settled);
    pairs
        .map(|(id, (name, type_name))| Names {
            id,
            name,
            type_name,
        })
        .collect()
}

/// The `operationId`s; where one is missing or taken, it is made from method and path.
fn ids(cx: &mut Lowering<'_>, routes: &[(Route<'_>, GroupId)]) -> Vec<String> {
    let mut ids = vec![String::new(); routes.len()];
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut order: Vec<usize> = (0..routes.len()).collect();
    order.sort_by_key(|&index| (&routes[index].0.path, routes[index].0.method));
    for &index in &order {
        let node = routes[index].0.operation.get("operationId");
        let id = node.and_then(|node| Some((node, node.as_text()?)));
        let Some((node, id)) = id.filter(|(_, id)| !id.trim().is_empty()) else {
            continue;
        };
        if let Some(&first) = taken.get(&id) {
            let message = format!("the operationId `{id}` is taken");
            cx.report(
                Diagnostic::warning("duplicate-operation-id", node.span, message)
                    .related(routes[first].0.span, "this operation keeps it")
                    .hint(format!("`{}` is used instead", made_up(&routes[index].0))),
            );
            continue;
        }
        taken.insert(id.clone(), index);
        ids[index] = id;
    }
    let mut taken: BTreeSet<String> = taken.into_keys().collect();
    for index in order
        .into_iter()
        .filter(|&index| ids[index].is_empty())
        .collect::<Vec<_>>()
    {
        let wanted = made_up(&routes[index].0);
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
        ids[index] = candidates
            .find(|id| taken.insert(id.clone()))
            .unwrap_or(wanted);
    }
    ids
}

/// `get_users_by_id`
fn made_up(route: &Route<'_>) -> String {
    let words = route.segments.iter().flat_map(|segment| match segment {
        Segment::Literal(text) => vec![text.clone()],
        Segment::Parameter(name) => vec![format!("by {name}")],
        Segment::Mixed(parts) => parts.iter().map(part_word).collect(),
    });
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    let method = route.method.as_str().to_ascii_lowercase();
    match words.is_empty() {
        true => format!("{method}_root"),
        false => Case::Module.name(&format!("{method} {}", words.join(" "))),
    }
}

fn part_word(part: &crate::model::Part) -> String {
    match part {
        crate::model::Part::Literal(text) => text.clone(),
        crate::model::Part::Parameter(name) => format!("by {name}"),
    }
}
