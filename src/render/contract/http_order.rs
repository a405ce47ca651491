//! In which order the requests of `requests.http` stand: what they need is made before.

use super::arrange;
use crate::model::{AccountAction, Action, OperationId, ResourceId, Role, Service};

/// The operations in an order in which all can be sent.
pub(super) fn order(service: &Service) -> Vec<OperationId> {
    let resources = resources(service);
    let place = |id: ResourceId| resources.iter().position(|other| *other == id).unwrap_or(0);
    let rank = |id: &OperationId| match &service[*id].role {
        Role::Stub { .. } => (5, 0),
        Role::Crud {
            resource, action, ..
        } => match action {
            Action::Create { .. } => {
                let is_first =
                    arrange::create_of(service, *resource).is_some_and(|(c, _)| c == *id);
                (3, 2 * place(*resource) + usize::from(!is_first))
            }
            Action::Delete => (6, resources.len() - place(*resource)),
            _ => (4, place(*resource)),
        },
        Role::Account { action, .. } => match action {
            AccountAction::Register { .. } => (0, 0),
            AccountAction::Login { .. } => (1, 0),
            AccountAction::Refresh(_) => (2, 0),
            AccountAction::Me(Action::Delete) => (9, 0),
            AccountAction::Me(_) => (4, 0),
            AccountAction::ChangePassword { .. } => (7, 0),
            AccountAction::Logout(_) => (8, 0),
        },
    };
    let mut all: Vec<OperationId> = (0..service.operations.len()).map(OperationId).collect();
    all.sort_by_key(rank);
    all
}

/// The resources, each after those that its rows name.
fn resources(service: &Service) -> Vec<ResourceId> {
    let mut order = Vec::new();
    for index in 0..service.resources.len() {
        visit(service, ResourceId(index), &mut order, &mut Vec::new());
    }
    order
}

fn visit(
    service: &Service,
    id: ResourceId,
    order: &mut Vec<ResourceId>,
    under_way: &mut Vec<ResourceId>,
) {
    if order.contains(&id) || under_way.contains(&id) {
        return;
    }
    under_way.push(id);
    let resource = &service[id];
    let parent = resource.parent.iter().map(|parent| parent.resource);
    let references = resource.rules.references.iter().map(|r| r.resource);
    for other in parent.chain(references) {
        visit(service, other, order, under_way);
    }
    under_way.pop();
    order.push(id);
}
