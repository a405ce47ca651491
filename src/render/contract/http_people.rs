//! The people of `requests.http`: who registers and signs in, who may more, and who leaves.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{
    http::{Sheet, answered, name, sent},
    places::{self, escape},
    request::{self, Request},
};
use crate::{
    model::{
        AccountAction, Action, MediaKind, Operation, OperationId, Role, Seed, Supply, TokenAt,
    },
    render::doors,
};

/// Who registers, and who does so only to be deleted.
const USERS: [&str; 2] = ["user7001@example.com", "user7002@example.com"];

/// What users of the file register with, and change to.
const PASSWORDS: [&str; 2] = ["correct horse battery", "another battery staple"];

/// What the file calls the request that registers who leaves.
const LEAVER: &str = "leaver";

impl Sheet<'_> {
    /// What an answer gives to all that comes later; among the rows to begin with may be somebody
    /// who may more than those who register now.
    pub(super) fn after(&self, operation: &Operation) -> String {
        let Role::Account {
            action: AccountAction::Login {
                login, password, ..
            },
            success,
            ..
        } = &operation.role
        else {
            return String::new();
        };
        let token = places::place(self.service, &success.body, &|s| *s == Supply::AccessToken);
        let Some(token) = token else {
            return String::new();
        };
        let mut text = format!("\n###\n\n@token = {}\n", answered(operation, &token));
        if let Some((who, secret)) = self.chief() {
            let members =
                [(login, who), (password, secret)].map(|(name, v)| (name.clone(), v.into()));
            if let Some(request) = credentials(operation, members.into_iter().collect()) {
                let request = self.text(operation, request);
                let who = doors::one_line(who);
                let _ = write!(
                    text,
                    "\n### Sign in as {who}, who is there with SEED_ON_START=true and may more\n\
                     # @name chief\n{request}\n###\n\n@chief = {}\n",
                    answered(operation, &token).replacen(name(operation), "chief", 1)
                );
            }
        }
        text
    }

    /// Whose token is sent: rows are the business of who may most.
    pub(super) fn bearer(&self, operation: &Operation) -> String {
        let is_own = matches!(operation.role, Role::Account { .. });
        match is_own || self.chief().is_none() {
            true => "Bearer {{token}}".to_owned(),
            false => "Bearer {{chief}}".to_owned(),
        }
    }

    /// The first of the rows to begin with who may sign in and has the first role.
    fn chief(&self) -> Option<(&str, &str)> {
        let accounts = self.service.accounts.as_ref()?;
        let (first, roles) = (accounts.first.as_ref()?, accounts.roles?);
        let is_chief = |seed: &&Seed| {
            let has_role = match &seed.values[roles] {
                Value::Array(all) => all.iter().any(|role| role == first),
                role => role == first,
            };
            let (column, value) = accounts.active.unzip();
            let is_active = column.is_none_or(|column| seed.values[column].as_bool() == value);
            seed.resource == accounts.users && has_role && is_active
        };
        let mut seeds = self.service.seeds.iter().filter(is_chief);
        seeds.find_map(|seed| {
            let (_, password) = seed.password.as_ref()?;
            Some((seed.values[accounts.login].as_str()?, password.as_str()))
        })
    }

    /// Whether it deletes a user, who is somebody else than the one who calls.
    pub(super) fn is_farewell(&self, operation: &Operation) -> bool {
        let users = self
            .service
            .accounts
            .as_ref()
            .map(|accounts| accounts.users);
        match &operation.role {
            Role::Crud {
                resource,
                action: Action::Delete,
                ..
            } => users == Some(*resource),
            _ => false,
        }
    }

    /// Registers who leaves.
    pub(super) fn leaver(&self) -> Option<String> {
        let (id, operation) = self.register()?;
        let mut request = request::request(self.service, id, 7002)?;
        self.name_user(&mut request, USERS[1])?;
        let request = self.text(operation, request);
        Some(format!(
            "\n### Somebody who leaves\n# @name {LEAVER}\n{request}"
        ))
    }

    /// The key of a user, whom nothing but registering makes: of who leaves, where it is about that.
    pub(super) fn user(&self, operation: &Operation) -> Option<String> {
        let users = &self.service[self.service.accounts.as_ref()?.users];
        let key = users.columns[users.key].said()?;
        let (_, register) = self.register()?;
        let Role::Account { success, .. } = &register.role else {
            return None;
        };
        let row = places::row_pointer(self.service, &success.body)?;
        let key = answered(register, &format!("{row}/{}", escape(&key)));
        Some(match self.is_farewell(operation) {
            true => key.replacen(name(register), LEAVER, 1),
            false => key,
        })
    }

    fn register(&self) -> Option<(OperationId, &Operation)> {
        let is_it = |operation: &&Operation| {
            let Role::Account { action, .. } = &operation.role else {
                return false;
            };
            matches!(action, AccountAction::Register { .. })
        };
        let mut all = self.service.operations.iter().enumerate();
        let (index, found) = all.find(|(_, operation)| is_it(operation))?;
        Some((OperationId(index), found))
    }

    /// Says who registers.
    fn name_user(&self, request: &mut Request, who: &str) -> Option<()> {
        let accounts = self.service.accounts.as_ref()?;
        let login = self.service[accounts.users].columns[accounts.login].said()?;
        let (_, register) = self.register()?;
        let Role::Account {
            action: AccountAction::Register { password },
            ..
        } = &register.role
        else {
            return None;
        };
        let body = request.body.as_mut()?.as_object_mut()?;
        body.insert(login, who.into());
        body.insert(password.clone(), PASSWORDS[0].into());
        Some(())
    }

    pub(super) fn of_account(&self, id: OperationId, action: &AccountAction) -> Option<Request> {
        let operation = &self.service[id];
        let mut members = Map::new();
        match action {
            AccountAction::Register { .. } => {
                let mut request = request::request(self.service, id, 0)?;
                self.name_user(&mut request, USERS[0])?;
                return Some(request);
            }
            AccountAction::Login {
                login, password, ..
            } => {
                let user = self.registered()?;
                members.insert(login.clone(), user[0].clone().into());
                members.insert(password.clone(), user[1].clone().into());
            }
            AccountAction::Refresh(at) | AccountAction::Logout(at) => {
                members.extend(self.token(operation, at));
            }
            AccountAction::ChangePassword { current, new } => {
                members.insert(current.clone(), self.registered()?[1].clone().into());
                members.insert(new.clone(), PASSWORDS[1].into());
            }
            AccountAction::Me(_) => {
                let mut request = request::request(self.service, id, 0)?;
                self.renew(id, &mut request);
                return Some(request);
            }
        }
        credentials(operation, members)
    }

    /// The user who registered: by what they sign in, and the password.
    fn registered(&self) -> Option<[String; 2]> {
        let accounts = self.service.accounts.as_ref()?;
        let login = self.service[accounts.users].columns[accounts.login].said()?;
        let (_, register) = self.register()?;
        match &register.role {
            Role::Account {
                action: AccountAction::Register { password },
                ..
            } => Some([&login, password].map(|at| sent(register, &format!("/{}", escape(at))))),
            _ => None,
        }
    }

    /// The latest refresh token, in the body where that may be.
    fn token(&self, operation: &Operation, at: &TokenAt) -> Option<(String, Value)> {
        let name = at.body.clone()?;
        let mut latest = None;
        for other in &self.service.operations {
            if let Role::Account {
                action, success, ..
            } = &other.role
                && other.id != operation.id
                && matches!(
                    action,
                    AccountAction::Login { .. } | AccountAction::Refresh(_)
                )
                && let Some(at) =
                    places::place(self.service, &success.body, &|s| *s == Supply::RefreshToken)
            {
                let is_later = matches!(action, AccountAction::Refresh(_));
                if is_later || latest.is_none() {
                    latest = Some(answered(other, &at));
                }
            }
        }
        Some((name, latest?.into()))
    }
}

/// A request with these members, as a form where JSON is not taken.
fn credentials(operation: &Operation, members: Map<String, Value>) -> Option<Request> {
    let mut request = Request::default();
    let body = operation.body.as_ref()?;
    let is_json = |kind| kind == MediaKind::Json;
    let media = body
        .media
        .iter()
        .find(|media| is_json(media.kind))
        .or(body.media.first())?;
    request.media = Some(media.name.clone());
    request.body = Some(match media.kind {
        MediaKind::Form => {
            let pairs = members
                .iter()
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()));
            pairs.collect::<Vec<_>>().join("&").into()
        }
        _ => Value::Object(members),
    });
    Some(request)
}
