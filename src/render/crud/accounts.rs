//! What operations on the accounts of users do, statement by statement.

use super::{
    super::{doors, models::credentials, sql::rust},
    Helpers, actions, lists,
    supply::Answer,
};
use crate::model::{
    AccountAction, Accounts, ColumnType, Operation, Parameter, Resource, Role, Service, Struct,
    Supply, TokenAt, Type,
};

/// The length of passwords, where the document says nothing.
const LENGTH: (u64, u64) = (8, 128);

/// The statements of an operation's default; `None` where the model says what we cannot print.
pub(super) fn statements(helpers: &Helpers<'_>, operation: &Operation) -> Option<Vec<String>> {
    let Role::Account {
        resource,
        action,
        success,
        unsupported,
    } = &operation.role
    else {
        return None;
    };
    let service = helpers.service;
    let accounts = service.accounts.as_ref()?;
    let users = &service[*resource];
    if matches!(
        action,
        AccountAction::Me(_) | AccountAction::Register { .. }
    ) {
        return actions::statements(helpers, operation);
    }
    let answer = Answer::new(service, users, operation, success);
    let account = Account {
        service,
        accounts,
        users,
        operation,
    };
    let mut out = actions::refused(operation, unsupported);
    match action {
        AccountAction::Login { .. } => account.login(action, &answer, &mut out)?,
        AccountAction::Refresh(at) => account.refresh(at, &answer, &mut out)?,
        AccountAction::Logout(at) => account.logout(at, &mut out)?,
        AccountAction::ChangePassword { current, new } => {
            account.change_password(current, new, &mut out)?;
        }
        AccountAction::Register { .. } | AccountAction::Me(_) => return None,
    }
    out.extend(answer.statements()?);
    Some(out)
}

/// What is done before the row of a new user is made.
pub(super) fn before_insert(service: &Service, operation: &Operation) -> Option<Vec<String>> {
    let (accounts, password) = registered(service, operation)?;
    let users = &service[accounts.users];
    let object = body_of(service, operation)?;
    let login = rust::field(object, rust::api_name(&users.columns[accounts.login])?)?;
    let place = format!("input.body.{}", rust::field(object, password)?.name);
    let check = check_password(
        operation,
        object,
        password,
        &format!("&input.body.{}", login.name),
    );
    Some(vec![
        "cx.accounts.attempt(cx.peer, None).await?;".to_owned(),
        check?,
        format!("let password = cx.accounts.hash({place}.clone()).await?;"),
        "cx.begin().await?;".to_owned(),
    ])
}

/// What is done after that.
pub(super) fn after_insert(service: &Service, operation: &Operation) -> Option<Vec<String>> {
    let (accounts, _) = registered(service, operation)?;
    let key = credentials::key_of_row(&service[accounts.users]);
    let mut out = vec![format!(
        "models::credentials::insert(cx.db().await?, {key}, &password).await?;"
    )];
    if accounts.first.is_some() {
        let row = "models::credentials::promote_first(cx.db().await?, row)";
        out.push(format!("let row = {row}.await?;"));
    }
    Some(out)
}

fn registered<'a>(
    service: &'a Service,
    operation: &'a Operation,
) -> Option<(&'a Accounts, &'a str)> {
    match &operation.role {
        Role::Account {
            action: AccountAction::Register { password },
            ..
        } => Some((service.accounts.as_ref()?, password)),
        _ => None,
    }
}

/// The key of the user who calls: the statement that finds it, and an expression.
pub(super) fn caller(service: &Service, operation: &Operation) -> Option<(String, &'static str)> {
    let Role::Account {
        resource, action, ..
    } = &operation.role
    else {
        return None;
    };
    let is_about_caller = matches!(
        action,
        AccountAction::Me(_) | AccountAction::ChangePassword { .. }
    );
    is_about_caller.then(|| user(&service[*resource]))
}

fn user(users: &Resource) -> (String, &'static str) {
    match users.columns[users.key].ty {
        ColumnType::Text => (
            "let user: String = accounts::user(cx)?;".to_owned(),
            "&user",
        ),
        _ => ("let user = accounts::user(cx)?;".to_owned(), "user"),
    }
}

fn body_of<'a>(service: &'a Service, operation: &Operation) -> Option<&'a Struct> {
    Some(rust::struct_of(service, &operation.body.as_ref()?.schema)?.1)
}

/// `Some("…")` of a text that may be left out.
fn optional(place: &str, options: usize) -> String {
    match options {
        0 => format!("Some({place}.as_str())"),
        _ => format!("{place}.as_deref()"),
    }
}

fn status(operation: &Operation) -> &'static str {
    match operation.invalid_body_status {
        400 => "StatusCode::BAD_REQUEST",
        _ => "StatusCode::UNPROCESSABLE_ENTITY",
    }
}

/// Refuses a new password that is easy to guess. `login` is how the user is called.
fn check_password(
    operation: &Operation,
    object: &Struct,
    property: &str,
    login: &str,
) -> Option<String> {
    let field = rust::field(object, property)?;
    let Type::String(rules) = &field.schema.ty else {
        return None;
    };
    let min = rules.min.unwrap_or(LENGTH.0);
    let max = rules.max.unwrap_or(LENGTH.1.max(min));
    Some(format!(
        "accounts::check_password(({}, {}), &input.body.{}, {min}..={max}, {login})?;",
        status(operation),
        doors::rust_literal(property),
        field.name
    ))
}

/// The first of these texts that is there, as a token.
fn parsed(sent: &[String]) -> Option<String> {
    let (first, rest) = sent.split_first()?;
    let rest: String = rest.iter().map(|other| format!(".or({other})")).collect();
    Some(format!("{first}{rest}.and_then(RefreshToken::parse)"))
}

struct Account<'a> {
    service: &'a Service,
    accounts: &'a Accounts,
    users: &'a Resource,
    operation: &'a Operation,
}

impl Account<'_> {
    fn login(
        &self,
        action: &AccountAction,
        answer: &Answer<'_>,
        out: &mut Vec<String>,
    ) -> Option<()> {
        let AccountAction::Login {
            login,
            password,
            scope,
            in_cookie,
        } = action
        else {
            return None;
        };
        let object = body_of(self.service, self.operation)?;
        let place = |name: &str| Some(format!("input.body.{}", rust::field(object, name)?.name));
        let (login, password) = (place(login)?, place(password)?);
        let scope = match scope {
            Some(name) => optional(&place(name)?, rust::options(rust::field(object, name)?)),
            None => "None".to_owned(),
        };
        let module = &self.users.module;
        out.push(format!(
            "cx.accounts.attempt(cx.peer, Some(&{login})).await?;"
        ));
        out.push(format!(
            "let found = models::credentials::find(cx.db().await?, &{login}).await?;"
        ));
        out.push("cx.release();".to_owned());
        out.push(format!(
            "let user = cx.accounts.check(found, {password}).await?.ok_or_else(accounts::refused)?;"
        ));
        let user = self.borrowed("user");
        out.push(format!(
            "let row = models::{module}::get(cx.db().await?, {user}).await?;"
        ));
        out.push(format!(
            "let row = row{}.ok_or_else(accounts::refused)?;",
            self.active()
        ));
        if let Some(index) = in_cookie.filter(|_| answer.has(|s| *s == Supply::SessionCookie)) {
            let parameter = self.operation.parameters.get(index)?;
            let value = match lists::options(parameter) {
                0 => "",
                _ => ".unwrap_or_default()",
            };
            out.push(format!("let in_cookie = input.{}{value};", parameter.name));
        }
        out.push(format!("let scope = {scope};"));
        out.push("let token = RefreshToken::new()?;".to_owned());
        out.push("let end = cx.accounts.session_end();".to_owned());
        out.push(format!(
            "models::credentials::open(cx.db().await?, {user}, &token, scope, end).await?;"
        ));
        out.push(format!("let scope = {};", self.granted("scope")));
        out.push(format!(
            "let tokens = cx.accounts.tokens({user}, &token, scope)?;"
        ));
        Some(())
    }

    fn refresh(&self, at: &TokenAt, answer: &Answer<'_>, out: &mut Vec<String>) -> Option<()> {
        let mut sent = self.tokens(at)?;
        if sent.len() > 1 && answer.has(|s| *s == Supply::SessionCookie) {
            let body = std::mem::replace(&mut sent[0], "sent".to_owned());
            out.push(format!("let sent = {body};"));
            out.push("let in_cookie = sent.is_none();".to_owned());
        }
        out.push(format!("let token = {};", parsed(&sent)?));
        out.push("let token = token.ok_or_else(accounts::no_session)?;".to_owned());
        out.push("let (next, end) = (token.next()?, cx.accounts.session_end());".to_owned());
        out.push(
            "let renewed = models::credentials::renew(cx.db().await?, &token, &next, end).await?;"
                .to_owned(),
        );
        out.push("let (user, asked) = renewed.ok_or_else(accounts::no_session)?;".to_owned());
        let (module, user) = (&self.users.module, self.borrowed("user"));
        let active = self.active();
        out.push(format!(
            "let row = models::{module}::get(cx.db().await?, {user}).await?{active};"
        ));
        out.push(format!(
            "let Some({}) = row else {{ \
             models::credentials::close(cx.db().await?, token.session).await?; \
             return Err(accounts::no_session()); }};",
            match self.accounts.roles.is_some() || answer.has(|s| matches!(s, Supply::Row(_))) {
                true => "row",
                false => "_",
            }
        ));
        out.push(format!("let scope = {};", self.granted("asked.as_deref()")));
        out.push(format!(
            "let tokens = cx.accounts.tokens({user}, &next, scope)?;"
        ));
        Some(())
    }

    fn logout(&self, at: &TokenAt, out: &mut Vec<String>) -> Option<()> {
        let sent = self.tokens(at)?;
        let own = "accounts::session(cx)";
        let session = match parsed(&sent) {
            None => own.to_owned(),
            Some(token) => format!("{token}.map(|token| token.session).or_else(|| {own})"),
        };
        out.push(format!("let session = {session};"));
        out.push(
            "if let Some(session) = session { \
             models::credentials::close(cx.db().await?, session).await?; }"
                .to_owned(),
        );
        Some(())
    }

    fn change_password(&self, current: &str, new: &str, out: &mut Vec<String>) -> Option<()> {
        let object = body_of(self.service, self.operation)?;
        let place = |name: &str| Some(format!("input.body.{}", rust::field(object, name)?.name));
        let (find, user) = caller(self.service, self.operation)?;
        out.push(find);
        out.push("cx.accounts.attempt(cx.peer, Some(&cx.caller()?.subject)).await?;".to_owned());
        out.push(check_password(self.operation, object, new, "\"\"")?);
        out.push(format!(
            "let found = models::credentials::get(cx.db().await?, {user}).await?;"
        ));
        out.push("cx.release();".to_owned());
        let wrong = format!(
            "crud::wrong({}, &[{}])",
            status(self.operation),
            doors::rust_literal(current)
        );
        out.push(format!(
            "if cx.accounts.check(found, {}).await?.is_none() {{ return Err({wrong}); }}",
            place(current)?
        ));
        out.push(format!(
            "let password = cx.accounts.hash({}).await?;",
            place(new)?
        ));
        out.push("let session = accounts::session(cx);".to_owned());
        out.push("cx.begin().await?;".to_owned());
        out.push(format!(
            "models::credentials::change(cx.db().await?, {user}, &password, session).await?;"
        ));
        Some(())
    }

    /// A variable with a user's key, as functions take it.
    fn borrowed(&self, name: &str) -> String {
        match self.users.columns[self.users.key].ty {
            ColumnType::Text => format!("&{name}"),
            _ => name.to_owned(),
        }
    }

    fn active(&self) -> &'static str {
        match self.accounts.active {
            Some(_) => ".filter(models::credentials::is_active)",
            None => "",
        }
    }

    fn granted(&self, asked: &str) -> String {
        let allowed = match self.accounts.roles {
            Some(_) => "&models::credentials::scopes(&row)",
            None => "models::credentials::SCOPES",
        };
        format!("accounts::granted({allowed}, {asked})")
    }

    /// The places of refresh tokens, each an optional text.
    fn tokens(&self, at: &TokenAt) -> Option<Vec<String>> {
        let mut places = Vec::new();
        if let Some(name) = &at.body {
            let body = self.operation.body.as_ref()?;
            let field = rust::field(body_of(self.service, self.operation)?, name)?;
            let options = rust::options(field);
            places.push(match body.required && !body.schema.nullable {
                true => optional(&format!("input.body.{}", field.name), options),
                false => {
                    let map = if options == 0 { "map" } else { "and_then" };
                    let place = format!("body.{}", field.name);
                    let value = match options {
                        0 => format!("{place}.as_str()"),
                        _ => format!("{place}.as_deref()"),
                    };
                    format!("input.body.as_ref().{map}(|body| {value})")
                }
            });
        }
        if let Some(index) = at.cookie {
            let parameter: &Parameter = self.operation.parameters.get(index)?;
            let place = format!("input.{}", parameter.name);
            places.push(optional(&place, lists::options(parameter)));
        }
        Some(places)
    }
}
