//! What each kind of operation does, statement by statement: here what all share, and what reads.

use super::{
    super::{
        calls::Checks,
        doors,
        models::{self, sight::Sight},
    },
    Helpers, accounts,
    includes::Place,
    keys, lists, references, relations,
    supply::Answer,
};
use crate::model::{Action, ListPlan, Operation, Parameter, Resource, ResourceId, Service, Supply};

mod bodies;
mod held;
mod links;

struct Default<'a> {
    service: &'a Service,
    checks: &'a Checks,
    id: ResourceId,
    resource: &'a Resource,
    operation: &'a Operation,
    action: &'a Action,
    /// The function that makes the error for a missing row.
    missing: String,
    /// The function that tells why a row is not seen, where others may know that it is there.
    refused: Option<String>,
    /// `, &caller`, where rows are told apart by who calls.
    caller: &'static str,
    /// The owners' keys, as arguments.
    owners: Vec<String>,
    /// The parameters that name them.
    owner_parameters: Vec<&'a Parameter>,
    /// The path's parameters that name no owner.
    left: Vec<&'a Parameter>,
    /// The key of the user who calls, where the row is that one's.
    me: Option<&'static str>,
    /// What it may show beside rows.
    include: Option<Place<'a>>,
    /// The answer tells something of the row.
    tells_row: bool,
    out: Vec<String>,
}

/// The statements of an operation's default; `None` where the model says what we cannot print.
pub(super) fn statements(helpers: &Helpers<'_>, operation: &Operation) -> Option<Vec<String>> {
    let (id, action, success) = operation.role.on_rows()?;
    let service = helpers.service;
    let resource = &service[id];
    let owner = resource.parent.as_ref().map(|parent| parent.resource);
    let me = accounts::caller(service, operation);
    let missing = match me {
        Some(_) => "accounts::gone".to_owned(),
        None => helpers.missing(id),
    };
    let missing_owner = owner.map(|owner| helpers.missing(owner));
    let named = missing_owner.as_ref().unwrap_or(&missing);
    let (owners, left) = keys::owners(service, resource, operation, named)?;
    let answer = Answer::new(service, resource, operation, success);
    let mut default = Default {
        service,
        checks: &helpers.checks,
        id,
        resource,
        operation,
        action,
        missing,
        refused: models::forbids(service, resource).then(|| helpers.refused(id)),
        caller: if Sight::of(service, resource).knows_caller() {
            ", &caller"
        } else {
            ""
        },
        owners,
        owner_parameters: Vec::new(),
        left,
        include: Place::of(service, resource, operation, success),
        me: me.as_ref().map(|(_, user)| *user),
        tells_row: answer.tells_row(),
        out: Vec::new(),
    };
    let all = operation.path_parameters();
    let is_left = |p: &&Parameter| default.left.iter().any(|left| left.api_name == p.api_name);
    default.owner_parameters = all.into_iter().filter(|p| !is_left(p)).collect();
    default.out = refused(operation, operation.role.unsupported());
    default.out.extend(me.map(|(find, _)| find));
    let only = lists::only(service, resource, operation, success);
    default.out.extend(only);
    let asks = default.include.as_ref().map(Place::asks);
    default.out.extend(asks.into_iter().flatten());
    default.caller();
    let require = owner.map(|owner| helpers.require(owner));
    match action {
        Action::List(plan) => default.list(plan, require, &answer)?,
        Action::Create { .. } => default.create(require)?,
        Action::Get => {
            let key = default.key()?;
            let arguments = default.arguments(&key);
            let (call, end) = (default.get(&arguments), default.unseen(&arguments, false));
            default.row(&call, &end);
            if let Some(include) = &default.include {
                let read = include.of_row(&default.owners)?;
                default.out.extend(read);
            }
        }
        Action::Replace { .. } | Action::Update { .. } => default.change()?,
        Action::Delete => default.delete(&answer)?,
        Action::Link => {
            let reference = default.linked()?;
            let missing = helpers.missing(reference.resource);
            default.link(reference, require, &missing)?;
        }
        Action::Transition(transition) => default.transition(transition)?,
    }
    let mut out = default.out;
    out.extend(answer.statements()?);
    Some(out)
}

/// Refuses parameters that would change the answer, and that we do not know how.
pub(super) fn refused(operation: &Operation, unsupported: &[String]) -> Vec<String> {
    let parameters = unsupported.iter().filter_map(|name| {
        let mut parameters = operation.parameters.iter();
        parameters.find(|p| p.api_name == *name && lists::options(p) > 0)
    });
    let refused = parameters.map(|parameter| {
        let what = format!("{} with {}", operation.id, parameter.api_name);
        format!(
            "if input.{}.is_some() {{ return Err(Error::not_implemented({})); }}",
            parameter.name,
            doors::rust_literal(&what)
        )
    });
    refused.collect()
}

impl<'a> Default<'a> {
    /// Brings the caller into reach, where some statement asks who that is.
    fn caller(&mut self) {
        let refers = relations::of_body(self.service, self.resource, self.operation, self.action);
        let linked = self.linked();
        let mut named = refers.iter().copied().chain(linked);
        let asks = named.any(|reference| {
            let row = &self.service[reference.resource];
            Sight::of(self.service, row).knows_caller()
        });
        let is_link = *self.action == Action::Link;
        let makes = matches!(self.action, Action::Create { .. }) || (is_link && !self.tells_row);
        let is_own = makes && self.resource.rules.caller.is_some();
        let sees = !makes && !self.caller.is_empty();
        let shows = self.include.as_ref().is_some_and(Place::asks_caller);
        if asks || is_own || sees || shows {
            self.out
                .push("let caller = cx.caller()?.clone();".to_owned());
        }
    }

    /// The call that reads a row.
    fn get(&self, arguments: &str) -> String {
        format!("get(cx.db().await?{}{arguments})", self.caller)
    }

    /// The error for a row that is not seen, or was not changed: an expression.
    fn unseen(&self, arguments: &str, is_held: bool) -> String {
        let missing = match &self.refused {
            Some(refused) => format!("{refused}(cx{arguments}).await?"),
            None => format!("{}()", self.missing),
        };
        match is_held && self.resource.rules.version.is_some() {
            true if self.refused.is_none() => {
                format!("etag::unchanged(version, {})", self.missing)
            }
            true => format!(
                "match version {{ Some(_) => Error::precondition_failed(), None => {missing} }}"
            ),
            false => missing,
        }
    }

    /// The row's own key, from the path.
    fn key(&self) -> Option<String> {
        if let Some(user) = self.me {
            return Some(user.to_owned());
        }
        let column = &self.resource.columns[self.resource.key];
        keys::argument(self.service, self.left.last()?, column, &self.missing)
    }

    /// `, owner, key`
    fn arguments(&self, key: &str) -> String {
        let all = self.owners.iter().map(String::as_str).chain([key]);
        all.map(|argument| format!(", {argument}")).collect()
    }

    fn owner_arguments(&self) -> String {
        self.owners
            .iter()
            .map(|owner| format!(", {owner}"))
            .collect()
    }

    /// The row that a call gives, or the error where it gives none.
    fn row(&mut self, call: &str, unseen: &str) {
        let module = &self.resource.module;
        self.out
            .push(format!("let row = models::{module}::{call}.await?;"));
        self.out
            .push(match (self.tells_row, unseen.strip_suffix("()")) {
                (true, Some(missing)) => format!("let row = row.ok_or_else({missing})?;"),
                (false, Some(missing)) => format!("row.ok_or_else({missing})?;"),
                (true, None) => format!("let Some(row) = row else {{ return Err({unseen}); }};"),
                (false, None) => format!("if row.is_none() {{ return Err({unseen}); }}"),
            });
    }

    fn require(&mut self, require: Option<String>) {
        if let Some(require) = require {
            let owners = self.owner_arguments();
            self.out.push(format!("{require}(cx{owners}).await?;"));
        }
    }

    fn list(
        &mut self,
        plan: &ListPlan,
        require: Option<String>,
        answer: &Answer<'_>,
    ) -> Option<()> {
        let Self {
            service,
            resource,
            operation,
            ..
        } = *self;
        let order = lists::order(service, resource, operation, plan)?;
        let window = lists::window(service, operation, plan.pagination)?;
        let filter = lists::filter(service, self.id, operation, plan).ok()?;
        self.out.push(format!("let order = {order};"));
        self.out.push(format!("let window = {window};"));
        let owner = references::owner(self.checks, resource, &self.owners);
        self.out.extend(owner);
        self.require(require);
        let mut owners = format!("{}{}", self.caller, self.owner_arguments());
        if let Some(filter) = filter {
            self.out.push(format!("let filter = {filter};"));
            owners += ", &filter";
        }
        let module = &resource.module;
        let total = if plan.counts {
            self.out.push(format!(
                "let total = models::{module}::count(cx.db().await?{owners}).await?;"
            ));
            "Some(total)"
        } else {
            "None"
        };
        self.out.push(format!(
            "let mut rows = models::{module}::page(cx.db().await?{owners}, order, &window).await?;"
        ));
        let tells = answer.has(|supply| {
            !matches!(
                supply,
                Supply::Absent
                    | Supply::Null
                    | Supply::Value(_)
                    | Supply::Row(_)
                    | Supply::Rows(_)
                    | Supply::Struct(..)
                    | Supply::SelfUrl
            )
        });
        let page = if tells { "let page = " } else { "" };
        let row = &resource.type_name;
        self.out.push(format!(
            "{page}window.cut(&mut rows, {total}, order, models::{module}::{row}::position);"
        ));
        if let Some(include) = &self.include {
            let read = include.of_rows(&self.owners)?;
            self.out.extend(read);
        }
        Some(())
    }
}
