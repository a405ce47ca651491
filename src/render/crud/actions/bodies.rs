//! What makes a row of a body, or changes one.

use super::{
    super::{
        super::{
            doors,
            models::{self, sight::Subject},
            reading::list,
            sql::rust,
        },
        accounts, keys, references, relations,
    },
    Default,
};
use crate::model::{Action, ColumnSource, ColumnType, TypeId};

impl Default<'_> {
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

    pub(super) fn create(&mut self, require: Option<String>) -> Option<()> {
        let (place, id) = self.body()?;
        self.agree(&place, id, false)?;
        let before = accounts::before_insert(self.service, self.operation);
        self.out.extend(before.into_iter().flatten());
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
        let subject = match Subject::of(self.resource) {
            Some(Subject::Text) => "&caller.subject, ",
            Some(Subject::Uuid) => "caller.own_uuid()?, ",
            None => "",
        };
        self.out.push(format!(
            "let row = models::{module}::{row}::{new}({subject}{owners}{place}){question};"
        ));
        let missing = |property: &str| self.missing_row(property);
        let checks = references::checks(self.checks, self.resource, missing);
        // Others are asked before a connection is taken, and may be held up.
        self.out.extend(checks);
        self.require(require);
        let body = (self.action.wrapper(), id);
        let named = relations::rows(self.service, self.resource, self.operation, body);
        self.out.extend(named);
        let after = accounts::after_insert(self.service, self.operation);
        let is_told = self.tells_row || after.is_some();
        let inserted = if is_told { "let row = " } else { "" };
        self.out.push(format!(
            "{inserted}models::{module}::insert(cx.db().await?, row).await?;"
        ));
        self.out.extend(after.into_iter().flatten());
        Some(())
    }

    /// The error for a property that names a row which is not there.
    fn missing_row(&self, property: &str) -> String {
        let (status, place) = (self.status(), self.place(property));
        format!("crud::missing({status}, {place})")
    }

    pub(super) fn change(&mut self) -> Option<()> {
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
        let owners = &self.owners;
        let body = (place.as_str(), self.action.wrapper(), id);
        let named = relations::changes(service, resource, self.operation, body, owners);
        let arguments = self.arguments(&key);
        let is_read = !named.is_empty();
        if is_read {
            // A row that is not there comes before what the body names.
            self.out.push(if resource.rules.version.is_some() {
                self.look(&arguments)
            } else {
                let (get, unseen) = (self.get(&arguments), self.unseen(&arguments, false));
                let module = &resource.module;
                format!("if models::{module}::{get}.await?.is_none() {{ return Err({unseen}); }}")
            });
        }
        self.out.extend(named);
        let uses = models::Uses::of(self.service, self.id);
        let (verb, types, borrow) = match self.action {
            Action::Update { .. } => ("patch", &uses.updates, ""),
            _ => ("replace", &uses.replaces, "&"),
        };
        let function = models::function(self.service, verb, types, id);
        let version = self.hold(&arguments, is_read);
        let (caller, unseen) = (self.caller, self.unseen(&arguments, true));
        self.row(
            &format!("{function}(cx.db().await?{caller}{arguments}, {borrow}{place}{version})"),
            &unseen,
        );
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
}
