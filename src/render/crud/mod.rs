//! `src/crud/`: the service traits beside their defaults.

mod accounts;
mod actions;
mod includes;
mod keys;
mod lists;
mod references;
pub(super) mod relations;
mod supply;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::{
    calls, doors,
    files::Project,
    imports::imports,
    models::{self, sight::Sight},
};
use crate::{
    config::Database,
    model::{Action, Group, GroupId, Operation, Resource, ResourceId, Role, Service},
};

/// `src/crud/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/crud/mod.rs.j2")]
pub(super) struct Index<'a> {
    modules: Vec<String>,
    groups: Vec<&'a Group>,
}

impl<'a> Index<'a> {
    pub(super) fn new(project: Project<'a>) -> Self {
        let groups = project.services();
        let events = project.service.events.as_ref();
        let events = events.filter(|_| project.has_events());
        let mut modules: Vec<String> = groups.iter().map(|group| group.module.clone()).collect();
        modules.extend(events.map(|events| events.group.module.clone()));
        modules.extend(calls::module(project));
        modules.sort_unstable();
        modules.dedup();
        Self { modules, groups }
    }
}

/// `src/crud/items.rs`, but for its imports.
#[derive(Template)]
#[template(path = "layered/src/crud/group.rs.j2")]
struct File<'a> {
    group: &'a Group,
    operations: Vec<OperationView<'a>>,
    owners: Vec<Owner>,
    refused: Vec<Refused>,
    missing: Vec<Missing>,
}

struct OperationView<'a> {
    name: &'a str,
    module: &'a str,
    type_name: &'a str,
    comment: String,
    /// The parameters, or `_` where the function does not use them.
    cx: &'static str,
    input: &'static str,
    statements: Vec<String>,
}

/// A function that fails where an owner is missing.
struct Owner {
    require: String,
    module: String,
    parameters: String,
    arguments: String,
    missing: String,
    /// Rows are told apart by who calls.
    has_caller: bool,
    /// The function that tells why a row is not seen.
    refused: Option<String>,
}

/// A function that tells why a row is not seen.
struct Refused {
    name: String,
    module: String,
    parameters: String,
    arguments: String,
    /// What a caller is told whose row it is not.
    what: String,
    missing: String,
}

/// A function that makes the error for what is missing.
struct Missing {
    name: String,
    what: String,
}

/// The functions of a file beside the defaults, by resource.
pub(super) struct Helpers<'a> {
    service: &'a Service,
    /// What the group's operations are called, so that no helper is.
    taken: Vec<&'a str>,
    /// Which other services are asked for what new rows name.
    checks: calls::Checks,
}

/// The file of a group.
///
/// # Errors
/// The template prints what is no Rust, which is a bug of ours.
pub(super) fn group(project: Project<'_>, id: GroupId) -> askama::Result<String> {
    let (service, database) = (project.service, project.config.database);
    let all = service.operations_of(id).map(|(_, operation)| operation);
    let taken = all.map(|operation| operation.name.as_str()).collect();
    let checks = calls::Checks::of(project);
    let helpers = Helpers {
        service,
        taken,
        checks,
    };
    let all = service.operations_of(id).map(|(_, operation)| operation);
    let operations: Vec<OperationView<'_>> = all
        .map(|operation| OperationView::of(&helpers, operation, database))
        .collect();
    let text: String = operations
        .iter()
        .map(|operation| operation.statements.concat())
        .collect();
    let calls = |name: &str| text.contains(&format!("{name}("));
    let mut owners = Vec::new();
    let mut refused = Vec::new();
    let mut missing = BTreeMap::new();
    for id in involved(service, id) {
        let resource = &service[id];
        let is_required = calls(&helpers.require(id));
        if is_required {
            owners.push(helpers.owner(id, resource));
        }
        let name = helpers.missing(id);
        let is_refused = calls(&helpers.refused(id)) || is_required;
        let row = is_refused.then(|| helpers.refusal(id, resource)).flatten();
        let is_told = row.is_some();
        refused.extend(row);
        if is_required
            || is_told
            || [")", "()"]
                .iter()
                .any(|end| text.contains(&format!("{name}{end}")))
        {
            let what = doors::rust_literal(&resource.singular);
            missing.insert(name.clone(), Missing { name, what });
        }
    }
    let body = File {
        group: &service[id],
        operations,
        owners,
        refused,
        missing: missing.into_values().collect(),
    }
    .render()?;
    Ok(imports(&body) + &body)
}

/// The resources of a group's operations, their owners, and what links lead to.
fn involved(service: &Service, group: GroupId) -> BTreeSet<ResourceId> {
    let mut involved = BTreeSet::new();
    for (_, operation) in service.operations_of(group) {
        let mut next = operation.role.resource();
        while let Some(id) = next.filter(|id| involved.insert(*id)) {
            next = service[id].parent.as_ref().map(|parent| parent.resource);
        }
        if let Some((id, Action::Link, _)) = operation.role.on_rows() {
            let references = service[id].rules.references.iter();
            involved.extend(references.map(|reference| reference.resource));
        }
    }
    involved
}

impl<'a> OperationView<'a> {
    fn of(helpers: &Helpers<'a>, operation: &'a Operation, database: Database) -> Self {
        let statements = match &operation.role {
            Role::Crud { .. } if database != Database::None => {
                actions::statements(helpers, operation)
            }
            Role::Account { .. } if database != Database::None => {
                accounts::statements(helpers, operation)
            }
            _ => None,
        };
        let statements = statements.unwrap_or_else(|| {
            let id = doors::rust_literal(&operation.id);
            vec![format!("Err(Error::not_implemented({id}))")]
        });
        let text = statements.concat();
        let named = |used: bool, name| if used { name } else { "_" };
        Self {
            name: &operation.name,
            module: &operation.name,
            type_name: &operation.type_name,
            comment: doors::comment(operation.summary.as_deref().unwrap_or_default(), 0),
            cx: named(
                ["cx.", "(cx,", "&cx"]
                    .iter()
                    .any(|use_| text.contains(use_)),
                "cx",
            ),
            input: named(text.contains("input."), "input"),
            statements,
        }
    }
}

impl Helpers<'_> {
    /// `require_item`
    pub(super) fn require(&self, id: ResourceId) -> String {
        self.free("require", id)
    }

    /// `no_item`
    pub(super) fn missing(&self, id: ResourceId) -> String {
        self.free("no", id)
    }

    /// `refused_item`
    pub(super) fn refused(&self, id: ResourceId) -> String {
        self.free("refused", id)
    }

    fn free(&self, verb: &str, id: ResourceId) -> String {
        let resource = &self.service[id];
        let others = self.service.resources.iter().enumerate();
        let is_shared = others
            .filter(|(index, _)| *index != id.0)
            .any(|(_, other)| other.singular == resource.singular);
        let noun = if is_shared {
            resource.module.clone()
        } else {
            crate::model::name::module_name(&resource.singular)
        };
        let mut name = format!("{verb}_{}", noun.trim_end_matches('_'));
        while self.taken.contains(&name.as_str()) {
            name.push('_');
        }
        name
    }

    fn owner(&self, id: ResourceId, resource: &Resource) -> Owner {
        let keys = models::keys(resource);
        let parameters = keys.iter().map(|key| format!("{}: {}, ", key.name, key.ty));
        let arguments = keys.iter().map(|key| format!(", {}", key.name));
        Owner {
            require: self.require(id),
            module: resource.module.clone(),
            parameters: parameters.collect(),
            arguments: arguments.collect(),
            missing: self.missing(id),
            has_caller: Sight::of(self.service, resource).knows_caller(),
            refused: models::forbids(self.service, resource).then(|| self.refused(id)),
        }
    }

    fn refusal(&self, id: ResourceId, resource: &Resource) -> Option<Refused> {
        let owner = self.owner(id, resource);
        let what = format!("the {} is another's", resource.singular.replace('_', " "));
        Some(Refused {
            name: owner.refused?,
            module: owner.module,
            parameters: owner.parameters,
            arguments: owner.arguments,
            what: doors::rust_literal(&what),
            missing: owner.missing,
        })
    }
}
