//! What each kind of operation does, statement by statement.

use super::{
    super::{calls::Checks, doors, models, reading::list, sql::rust},
    Helpers, keys, lists, references,
    supply::{Answer, resource_of},
};
use crate::model::{
    Action, ColumnSource, ColumnType, ListPlan, Operation, Parameter, Resource, ResourceId,
    Service, Supply, TypeId,
};

struct Default<'a> {
    service: &'a Service,
    checks: &'a Checks,
    id: ResourceId,
    resource: &'a Resource,
    operation: &'a Operation,
    action: &'a Action,
    /// The function that makes the error for a missing row.
    missing: String,
    /// The owners' keys, as arguments.
    owners: Vec<String>,
    /// The parameters that name them.
    owner_parameters: Vec<&'a Parameter>,
    /// The path's parameters that name no owner.
    left: Vec<&'a Parameter>,
    /// The answer tells something of the row.
    tells_row: bool,
    out: Vec<String>,
}

/// The statements of an operation's default; `None` where the model says what we cannot print.
pub(super) fn statements(helpers: &Helpers<'_>, operation: &Operation) -> Option<Vec<String>> {
    let (id, action, success, unsupported) = resource_of(operation)?;
    let service = helpers.service;
    let resource = &service[id];
    let owner = resource.parent.as_ref().map(|parent| parent.resource);
    let missing = helpers.missing(id);
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
        owners,
        owner_parameters: Vec::new(),
        left,
        tells_row: answer.tells_row(),
        out: Vec::new(),
    };
    let all = operation.path_parameters();
    let is_left = |p: &&Parameter| default.left.iter().any(|left| left.api_name == p.api_name);
    default.owner_parameters = all.into_iter().filter(|p| !is_left(p)).collect();
    default.refuse(unsupported);
    let require = owner.map(|owner| helpers.require(owner));
    match action {
        Action::List(plan) => default.list(plan, require, &answer)?,
        Action::Create { .. } => default.create(require)?,
        Action::Get => {
            let key = default.key()?;
            default.row(&format!("get(cx.db().await?{})", default.arguments(&key)));
        }
        Action::Replace { .. } | Action::Update { .. } => default.change()?,
        Action::Delete => default.delete(&answer)?,
    }
    let mut out = default.out;
    out.extend(answer.statements()?);
    Some(out)
}

impl<'a> Default<'a> {
    /// Parameters that would change the answer, and that we do not know how.
    fn refuse(&mut self, unsupported: &[String]) {
        for name in unsupported {
            let mut parameters = self.operation.parameters.iter();
            let parameter = parameters.find(|p| p.api_name == *name && lists::options(p) > 0);
            if let Some(parameter) = parameter {
                let what = format!("{} with {name}", self.operation.id);
                self.out.push(format!(
                    "if input.{}.is_some() {{ return Err(Error::not_implemented({})); }}",
                    parameter.name,
                    doors::rust_literal(&what)
                ));
            }
        }
    }

    /// The row's own key, from the path.
    fn key(&self) -> Option<String> {
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

    fn row(&mut self, call: &str) {
        let (module, missing) = (&self.resource.module, &self.missing);
        self.out
            .push(format!("let row = models::{module}::{call}.await?;"));
        let found = if self.tells_row { "let row = " } else { "" };
        self.out.push(format!("{found}row.ok_or_else({missing})?;"));
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
        let order = lists::order(service, resource, operation, &plan.sort)?;
        let window = lists::window(service, operation, plan.pagination)?;
        let filter = lists::filter(service, self.id, operation, plan).ok()?;
        self.out.push(format!("let order = {order};"));
        self.out.push(format!("let window = {window};"));
        let owner = references::owner(self.checks, resource, &self.owners);
        self.out.extend(owner);
        self.require(require);
        let mut owners = self.owner_arguments();
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
        Some(())
    }

    /// Brings the body into reach: its expression, and its type.
    fn body(&mut self) -> Option<(String, TypeId)> {
        let body = self.operation.body.as_ref()?;
        let id = models::body_type(self.service, self.operation, self.action.wrapper())?;
        let is_optional = !body.required || body.schema.nullable;
        let mut place = "input.body".to_owned();
        if is_optional {
            let status = self.status();
            self.out.push(format!(
                "let body = input.body.ok_or_else(|| crud::missing_body({status}))?;"
            ));
            "body".clone_into(&mut place);
        }
        if let Some(wrapper) = self.action.wrapper() {
            let (_, outer) = rust::struct_of(self.service, &body.schema)?;
            let field = rust::field(outer, wrapper)?;
            if rust::options(field) > 0 || field.boxed {
                return None;
            }
            place = format!("{place}.{}", field.name);
        }
        Some((place, id))
    }

    /// The place of a property in the body, an expression.
    fn place(&self, property: &str) -> String {
        let names = self.action.wrapper().into_iter().chain([property]);
        format!("&[{}]", list(names.map(doors::rust_literal)))
    }

    fn status(&self) -> &'static str {
        match self.operation.invalid_body_status {
            400 => "StatusCode::BAD_REQUEST",
            _ => "StatusCode::UNPROCESSABLE_ENTITY",
        }
    }

    /// Refuses a body that names another owner or another row than the path.
    fn agree(&mut self, place: &str, id: TypeId, names_row: bool) -> Option<()> {
        let object = rust::as_struct(self.service, id)?;
        let owners = self.resource.parent_columns();
        let owners = owners.into_iter().zip(self.owner_parameters.clone());
        let key = self.left.last().filter(|_| names_row).copied();
        let pairs: Vec<_> = owners.chain(key.map(|p| (self.resource.key, p))).collect();
        for (index, parameter) in pairs {
            let api_name = match &self.resource.columns[index].source {
                ColumnSource::Key { api_name } | ColumnSource::Parent { api_name, .. } => api_name,
                _ => continue,
            };
            let field = api_name
                .as_deref()
                .and_then(|name| rust::field(object, name));
            let Some(field) = field else { continue };
            let Some(differs) = keys::differs(self.service, place, field, parameter) else {
                continue;
            };
            let (status, place) = (self.status(), self.place(&field.api_name));
            self.out.push(format!(
                "if {differs} {{ return Err(crud::differs({status}, {place})); }}"
            ));
        }
        Some(())
    }

    fn create(&mut self, require: Option<String>) -> Option<()> {
        let (place, id) = self.body()?;
        self.agree(&place, id, false)?;
        let uses = models::Uses::of(self.service, self.id);
        let new = models::function(self.service, "new", &uses.creates, id);
        let (module, row) = (&self.resource.module, &self.resource.type_name);
        let question = if models::is_constructor_fallible(self.service, self.resource, id) {
            "?"
        } else {
            ""
        };
        let owners = self.owners.iter().map(|owner| format!("{owner}, "));
        let owners: String = owners.collect();
        self.out.push(format!(
            "let row = models::{module}::{row}::{new}({owners}{place}){question};"
        ));
        let missing = |property: &str| self.missing_row(property);
        let checks = references::checks(self.checks, self.resource, missing);
        // Others are asked before a connection is taken, and may be held up.
        self.out.extend(checks);
        self.require(require);
        let inserted = if self.tells_row { "let row = " } else { "" };
        self.out.push(format!(
            "{inserted}models::{module}::insert(cx.db().await?, row).await?;"
        ));
        Some(())
    }

    /// The error for a property that names a row which is not there.
    fn missing_row(&self, property: &str) -> String {
        let (status, place) = (self.status(), self.place(property));
        format!("crud::missing({status}, {place})")
    }

    fn change(&mut self) -> Option<()> {
        let (place, id) = self.body()?;
        let key_in_body = matches!(
            self.action,
            Action::Replace {
                key_in_body: true,
                ..
            }
        );
        self.agree(&place, id, !key_in_body)?;
        let key = if key_in_body {
            self.key_of_body(&place, id)?
        } else {
            self.key()?
        };
        let (service, resource, body) = (self.service, self.resource, (place.as_str(), id));
        let missing = |property: &str| self.missing_row(property);
        let checks = references::changes(self.checks, service, resource, body, missing);
        self.out.extend(checks);
        let uses = models::Uses::of(self.service, self.id);
        let (verb, types, borrow) = match self.action {
            Action::Update { .. } => ("patch", &uses.updates, ""),
            _ => ("replace", &uses.replaces, "&"),
        };
        let function = models::function(self.service, verb, types, id);
        let arguments = self.arguments(&key);
        self.row(&format!(
            "{function}(cx.db().await?{arguments}, {borrow}{place})"
        ));
        Some(())
    }

    fn key_of_body(&self, place: &str, id: TypeId) -> Option<String> {
        let column = &self.resource.columns[self.resource.key];
        let field = rust::field(rust::as_struct(self.service, id)?, rust::api_name(column)?)?;
        let from = rust::kept_as(self.service, &field.schema);
        let missing = &self.missing;
        let place = format!("{place}.{}", field.name);
        match (rust::options(field), &from, &column.ty) {
            (0, ..) => keys::key(&place, &from, &column.ty, missing),
            (1, ColumnType::Text, ColumnType::Text) => {
                Some(format!("{place}.as_deref().ok_or_else({missing})?"))
            }
            (1, ColumnType::Text, _) => {
                let present = format!("{place}.as_ref().ok_or_else({missing})?");
                keys::key(&present, &from, &column.ty, missing)
            }
            (1, ..) => {
                let present = format!("{place}.ok_or_else({missing})?");
                keys::key(&present, &from, &column.ty, missing)
            }
            _ => None,
        }
    }

    fn delete(&mut self, answer: &Answer<'_>) -> Option<()> {
        let key = self.key()?;
        let arguments = self.arguments(&key);
        if answer.has(|supply| matches!(supply, Supply::Row(_))) {
            self.row(&format!("get(cx.db().await?{arguments})"));
        }
        let (module, missing) = (&self.resource.module, &self.missing);
        self.out.push(format!(
            "if !models::{module}::delete(cx.db().await?{arguments}).await? {{ \
             return Err({missing}()); }}"
        ));
        Some(())
    }
}
