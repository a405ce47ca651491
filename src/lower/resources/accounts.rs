//! Operations on the accounts of users: which resource keeps the users, and whether bodies and
//! answers have what an account needs.

use std::collections::BTreeSet;

use super::{
    About, answers,
    bodies::{self, Body},
    candidates::{Candidate, title},
    parameters, said,
    shape::{self, Names},
    table::{Table, shown},
    types::{column_type, may_be_absent, may_be_empty},
    words::plain,
};
use crate::model::{
    Account, AccountAction, Accounts, Action, ColumnSource, ColumnType, Cookie, Field, Format,
    Guard, KeySource, Location, Method, Operation, OperationId, ResourceId, Response, Role,
    SchemeKind, Segment, Service, Struct, Success, Supply, TokenAt, Type,
};

/// What users sign in by, where the document does not say.
const LOGINS: [&str; 4] = ["email", "username", "login", "email_address"];
/// Columns that tell whether a user may sign in, with their value for those who may.
const ACTIVE: [(&str, bool); 6] = [
    ("active", true),
    ("is_active", true),
    ("enabled", true),
    ("disabled", false),
    ("is_disabled", false),
    ("blocked", false),
];
/// What a form of OAuth 2.0 says beside, and nobody needs to know here.
const BESIDE: [&str; 3] = ["grant_type", "client_id", "client_secret"];

/// The operations on accounts.
pub(super) fn operations(service: &Service) -> impl Iterator<Item = (OperationId, Account)> {
    let all = service.operations.iter().enumerate();
    all.filter_map(|(index, operation)| Some((OperationId(index), operation.account?)))
}

/// Why an operation on accounts is a stub, where no collection keeps the users.
pub(super) fn homeless(service: &Service) -> String {
    match &service.account_rules.users {
        Some(path) => {
            format!("the collection `{path}`, which should keep the users, keeps nothing")
        }
        None => "no collection keeps the users: `x-apigen-accounts` with `users` names its path"
            .to_owned(),
    }
}

/// A collection keeps the users: the document names it, or an account answers what it keeps.
pub(super) fn are_users(
    service: &Service,
    candidate: &Candidate<'_>,
    families: &BTreeSet<String>,
) -> bool {
    if let Some(path) = &service.account_rules.users {
        return operations(service).next().is_some() && said::blank(path) == candidate.shape;
    }
    let names = Names::new(candidate.word);
    let told = operations(service)
        .filter(|(_, account)| matches!(account, Account::Me | Account::Register));
    let mut entities = told.flat_map(|(id, _)| {
        let operation = &service[id];
        shape::successes(operation, &[201, 200])
            .filter_map(|index| shape::json(&operation.responses[index].body))
            .filter_map(|schema| shape::one(service, schema, &names))
            .collect::<Vec<_>>()
    });
    entities.any(|id| families.contains(&service[id].module))
}

/// Who has accounts, by the table that keeps the users; or why nobody can.
pub(super) fn accounts(table: &Table<'_>, users: ResourceId) -> Result<Accounts, String> {
    let (service, rules) = (table.service, &table.service.account_rules);
    let entity = &service[table.entity].api_name;
    let is_login = |index: &usize| {
        let column = &table.columns[*index];
        let is_field = matches!(column.source, ColumnSource::Field { .. });
        is_field && column.ty == ColumnType::Text && !column.nullable
    };
    let login = match &rules.login {
        Some(name) => table.column(name),
        None => LOGINS.iter().find_map(|name| table.column_called(name)),
    };
    let login = login.filter(is_login).ok_or_else(|| {
        let wanted = rules.login.as_deref().unwrap_or("email");
        format!("`{entity}` has no required text `{wanted}` that users could sign in by")
    })?;
    let key = &table.columns[table.key].ty;
    if !matches!(
        key,
        ColumnType::Uuid | ColumnType::Text | ColumnType::Integer(_)
    ) || table.columns.iter().any(|c| {
        matches!(
            c.source,
            ColumnSource::Parent { .. } | ColumnSource::Caller { .. }
        )
    }) {
        return Err(format!(
            "`{entity}` belongs to something else, or has no plain key"
        ));
    }
    if !service
        .schemes
        .iter()
        .any(|scheme| scheme.kind == SchemeKind::Bearer)
    {
        return Err("no operation asks for a bearer token".to_owned());
    }
    let active = ACTIVE.iter().find_map(|(name, value)| {
        let index = table.column_called(name)?;
        let column = &table.columns[index];
        (column.ty == ColumnType::Boolean && !column.nullable).then_some((index, *value))
    });
    let roles = ["roles", "role"]
        .iter()
        .find_map(|name| table.column_called(name));
    let roles = roles.filter(|index| holds_roles(table, *index));
    if roles.is_none() && !rules.roles.is_empty() {
        return Err(format!(
            "`x-apigen-accounts` tells of roles, and `{entity}` has no `roles`: an array of texts"
        ));
    }
    let unknown = |role: &&String| !rules.roles.contains_key(*role);
    if let Some(role) = rules.first.as_ref().filter(unknown) {
        return Err(format!(
            "`x-apigen-accounts` knows no role `{role}` for the first user"
        ));
    }
    Ok(Accounts {
        users,
        login,
        active,
        roles: roles.filter(|_| !rules.roles.is_empty()),
        scopes: rules.roles.clone(),
        first: rules.first.clone(),
        cookie: cookie(service),
    })
}

/// A role, or an array of them.
fn holds_roles(table: &Table<'_>, index: usize) -> bool {
    let column = &table.columns[index];
    let is_text = |ty: &ColumnType| matches!(ty, ColumnType::Text | ColumnType::Enum(_));
    let is_list = match &column.ty {
        ColumnType::Json(schema) => match &schema.ty {
            Type::Array { items, .. } => {
                !items.nullable && is_text(&column_type(table.service, items))
            }
            _ => false,
        },
        ty => is_text(ty),
    };
    is_list && !column.nullable
}

/// The cookie that an operation takes refresh tokens from; it is sent below the path that all
/// operations which take it have in common.
fn cookie(service: &Service) -> Option<Cookie> {
    let takes = operations(service).filter_map(|(id, _)| {
        let operation = &service[id];
        let index = cookie_of(operation)?;
        let literal = |segment: &Segment| match segment {
            Segment::Literal(text) => Some(text.clone()),
            _ => None,
        };
        let path: Vec<String> = operation.segments.iter().map_while(literal).collect();
        Some((operation.parameters[index].api_name.clone(), path))
    });
    let takes: Vec<_> = takes.collect();
    let (name, first) = takes.first()?;
    let common = |path: &[String]| {
        let pairs = first.iter().zip(path);
        pairs.take_while(|(one, other)| one == other).count()
    };
    let shared = takes.iter().map(|(_, path)| common(path)).min()?;
    let path: String = first[..shared]
        .iter()
        .map(|word| format!("/{word}"))
        .collect();
    let path = format!("{}{path}", service.base_path);
    Some(Cookie {
        name: name.clone(),
        path: if path.is_empty() {
            "/".to_owned()
        } else {
            path
        },
    })
}

fn cookie_of(operation: &Operation) -> Option<usize> {
    let mut parameters = operation.parameters.iter();
    parameters.position(|p| {
        p.location == Location::Cookie && is_text(&p.schema.ty) && !p.schema.nullable && {
            let name = plain(&p.api_name);
            name.contains("refresh") || name.contains("session")
        }
    })
}

/// What an operation on accounts does, or why it is a stub.
pub(super) fn role(
    table: &Table<'_>,
    accounts: &Accounts,
    operation: &Operation,
    account: Account,
) -> Result<Role, String> {
    guarded(table.service, operation, account)?;
    if operation.idempotent {
        return Err("an answer with tokens must not be kept for an `Idempotency-Key`".to_owned());
    }
    let mut used = Vec::new();
    let action = match account {
        Account::Register => register(table, accounts, operation)?,
        Account::Login => login(table, accounts, operation, &mut used)?,
        Account::Refresh => AccountAction::Refresh(token(table, operation, &mut used)?),
        Account::Logout => AccountAction::Logout(token(table, operation, &mut used)?),
        Account::Me => AccountAction::Me(me(table, accounts, operation)?),
        Account::ChangePassword => change_password(table, operation)?,
    };
    if action == AccountAction::Refresh(TokenAt::default()) {
        return Err("neither its body nor a cookie has a `refresh_token`".to_owned());
    }
    let about = match &action {
        AccountAction::Register { .. } => About::Created,
        AccountAction::Me(Action::Get) => About::Read,
        AccountAction::Me(Action::Delete) => About::Deleted,
        AccountAction::Me(_) => About::Changed,
        AccountAction::Login { .. } | AccountAction::Refresh(_) => {
            let success = tokens(table, operation)?;
            return finished(accounts, operation, action, success, &used);
        }
        _ => {
            let success = answers::first(operation, &[204, 200, 202], nothing)?;
            return finished(accounts, operation, action, success, &used);
        }
    };
    let success = answers::success(table, operation, about)?;
    finished(accounts, operation, action, success, &used)
}

fn finished(
    accounts: &Accounts,
    operation: &Operation,
    action: AccountAction,
    success: Success,
    used: &[usize],
) -> Result<Role, String> {
    if success.headers.contains(&Supply::SessionCookie) && accounts.cookie.is_none() {
        return Err("it sets a cookie, and no operation takes a cookie `refresh_token`".to_owned());
    }
    Ok(Role::Account {
        resource: accounts.users,
        action,
        success,
        unsupported: parameters::unsupported(operation, used)?,
    })
}

/// Who signs in has no token yet, and whoever is asked about himself has one.
fn guarded(service: &Service, operation: &Operation, account: Account) -> Result<(), String> {
    match (account, operation.guard) {
        (Account::Logout, _) => Ok(()),
        (Account::Register | Account::Login | Account::Refresh, Guard::Public) => Ok(()),
        (Account::Register | Account::Login | Account::Refresh, _) => Err(format!(
            "who calls {} has no token yet: give it `security: []`",
            title(operation)
        )),
        (_, Guard::Secured(id)) if !service[id].optional => {
            let is_bearer = |all: &Vec<crate::model::Credential>| {
                let mut kinds = all.iter().map(|one| &service[one.scheme].kind);
                kinds.next() == Some(&SchemeKind::Bearer)
            };
            match service[id].alternatives.iter().all(is_bearer) {
                true => Ok(()),
                false => Err("it may be called without a bearer token".to_owned()),
            }
        }
        _ => Err("it asks for no bearer token that tells who calls".to_owned()),
    }
}

fn body<'a>(table: &Table<'a>, operation: &Operation) -> Result<Body<'a>, String> {
    let body = bodies::read(table.service, operation, &table.names)?;
    match body.wrapper {
        None => Ok(body),
        Some(name) => Err(format!("its body is wrapped in `{name}`")),
    }
}

/// A body that must be there.
fn required<'a>(table: &Table<'a>, operation: &Operation) -> Result<Body<'a>, String> {
    let is_there = |body: &&crate::model::RequestBody| body.required && !body.schema.nullable;
    if operation.body.as_ref().filter(is_there).is_none() {
        return Err(format!("{} has no required body", title(operation)));
    }
    body(table, operation)
}

/// The property that is called by one of these, a required text.
fn text(found: &Struct, names: &[&str]) -> Result<String, String> {
    let field = names.iter().find_map(|name| called(found, name));
    let field = field.filter(|field| is_text(&field.schema.ty) && !may_be_empty(field));
    field.map(|field| field.api_name.clone()).ok_or_else(|| {
        format!(
            "its body has no required text `{}`",
            names.first().unwrap_or(&"")
        )
    })
}

fn called<'a>(found: &'a Struct, name: &str) -> Option<&'a Field> {
    found
        .fields
        .iter()
        .find(|field| plain(&field.api_name) == name)
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::String(rules)
        if !matches!(rules.format, Format::Uuid | Format::DateTime | Format::Date))
}

/// Properties beside those that are known would be lost.
fn no_others(found: &Struct, known: &[&str]) -> Result<(), String> {
    let is_known = |field: &&Field| {
        known.contains(&field.api_name.as_str())
            || BESIDE.contains(&plain(&field.api_name).as_str())
    };
    match found.fields.iter().find(|field| !is_known(field)) {
        None => Ok(()),
        Some(field) => Err(format!("it cannot tell what `{}` asks for", field.api_name)),
    }
}

fn register(
    table: &Table<'_>,
    accounts: &Accounts,
    operation: &Operation,
) -> Result<AccountAction, String> {
    let Body { wrapper, id, found } = required(table, operation)?;
    let password = text(found, &["password", "passphrase", "new_password"])?;
    let mut rest = found.clone();
    rest.fields.retain(|field| field.api_name != password);
    let rest = Body {
        wrapper,
        id,
        found: &rest,
    };
    bodies::create(table, &rest)?;
    no_rights(table, accounts, rest.found)?;
    let login = &table.columns[accounts.login];
    let names_login = |field: &Field| shown(&login.source) == Some(field.api_name.as_str());
    if !rest.found.fields.iter().any(names_login) {
        return Err(format!(
            "its body lacks `{}`, which users sign in by",
            login.name
        ));
    }
    if !matches!(table.key_source, Ok(KeySource::Uuid | KeySource::Integer)) {
        return Err("who registers must not choose the key".to_owned());
    }
    Ok(AccountAction::Register { password })
}

/// Nobody may give himself rights.
fn no_rights(table: &Table<'_>, accounts: &Accounts, found: &Struct) -> Result<(), String> {
    let active = accounts.active.map(|(index, _)| index);
    for index in accounts.roles.into_iter().chain(active) {
        let name = shown(&table.columns[index].source).unwrap_or_default();
        if found.fields.iter().any(|field| field.api_name == name) {
            return Err(format!(
                "by `{name}` of its body callers could give rights to themselves"
            ));
        }
    }
    Ok(())
}

fn login(
    table: &Table<'_>,
    accounts: &Accounts,
    operation: &Operation,
    used: &mut Vec<usize>,
) -> Result<AccountAction, String> {
    let found = required(table, operation)?.found;
    let own = plain(shown(&table.columns[accounts.login].source).unwrap_or_default());
    let login = text(
        found,
        &["username", &own, "email", "login", "user", "identifier"],
    )?;
    let password = text(found, &["password", "passphrase"])?;
    let scope = called(found, "scope").filter(|field| is_text(&field.schema.ty));
    let scope = scope.map(|field| field.api_name.clone());
    let mut known = vec![login.as_str(), password.as_str()];
    known.extend(scope.as_deref());
    no_others(found, &known)?;
    let in_cookie = operation.parameters.iter().position(|p| {
        p.location == Location::Query
            && plain(&p.api_name) == "cookie"
            && p.schema.ty == Type::Boolean
            && !p.schema.nullable
    });
    used.extend(in_cookie);
    Ok(AccountAction::Login {
        login,
        password,
        scope,
        in_cookie,
    })
}

/// Where a refresh token is found.
fn token(
    table: &Table<'_>,
    operation: &Operation,
    used: &mut Vec<usize>,
) -> Result<TokenAt, String> {
    let mut at = TokenAt {
        body: None,
        cookie: cookie_of(operation),
    };
    used.extend(at.cookie);
    if operation.body.is_none() {
        return Ok(at);
    }
    let found = body(table, operation)?.found;
    let field = called(found, "refresh_token").filter(|field| is_text(&field.schema.ty));
    at.body = field.map(|field| field.api_name.clone());
    no_others(
        found,
        &at.body.iter().map(String::as_str).collect::<Vec<_>>(),
    )?;
    Ok(at)
}

fn me(table: &Table<'_>, accounts: &Accounts, operation: &Operation) -> Result<Action, String> {
    if !operation.path_parameters().is_empty() {
        return Err("its path names another than the caller".to_owned());
    }
    let action = match operation.method {
        Method::Get if operation.body.is_none() => return Ok(Action::Get),
        Method::Delete if operation.body.is_none() => return Ok(Action::Delete),
        Method::Patch => bodies::update(table, &required_row(table, operation)?),
        Method::Put => bodies::replace(table, &required_row(table, operation)?, false),
        method => Err(format!("{} does nothing to an account", method.as_str())),
    }?;
    no_rights(table, accounts, required_row(table, operation)?.found)?;
    Ok(action)
}

fn required_row<'a>(table: &Table<'a>, operation: &Operation) -> Result<Body<'a>, String> {
    bodies::read(table.service, operation, &table.names)
}

fn change_password(table: &Table<'_>, operation: &Operation) -> Result<AccountAction, String> {
    let found = required(table, operation)?.found;
    let current = text(found, &["current_password", "old_password"])?;
    let new = text(found, &["new_password", "password"])?;
    no_others(found, &[&current, &new])?;
    Ok(AccountAction::ChangePassword { current, new })
}

/// An answer without a body, which may clear the cookie.
fn nothing(response: &Response) -> Result<(Vec<Supply>, Supply), String> {
    match response.body {
        crate::model::ResponseBody::Empty => Ok((headers(response)?, Supply::Absent)),
        _ => Err("its answer has a body".to_owned()),
    }
}

fn headers(response: &Response) -> Result<Vec<Supply>, String> {
    let headers = response
        .headers
        .iter()
        .map(|header| match header.api_name.as_str() {
            "set-cookie" if is_text(&header.schema.ty) => Ok(Supply::SessionCookie),
            "cache-control" if is_text(&header.schema.ty) => Ok(Supply::Value("no-store".into())),
            _ => answers::no_header(header),
        });
    headers.collect()
}

/// An answer with tokens, as RFC 6749 has it.
fn tokens(table: &Table<'_>, operation: &Operation) -> Result<Success, String> {
    answers::first(operation, &[200, 201], |response| {
        let found = shape::json(&response.body)
            .and_then(|schema| super::types::struct_of(table.service, schema));
        let (id, found) = found.ok_or("its answer is no object with properties of its own")?;
        let fields = found.fields.iter().map(|field| member(table, field));
        let fields: Vec<Supply> = fields.collect::<Result<_, _>>()?;
        if !fields.contains(&Supply::AccessToken) {
            return Err("its answer has no `access_token`".to_owned());
        }
        Ok((headers(response)?, Supply::Struct(id, fields)))
    })
}

fn member(table: &Table<'_>, field: &Field) -> Result<Supply, String> {
    let is_text = is_text(&field.schema.ty);
    let name = plain(&field.api_name);
    Ok(match name.as_str() {
        "access_token" | "token" if is_text => Supply::AccessToken,
        "refresh_token" if is_text => Supply::RefreshToken,
        "token_type" if is_text => Supply::Value("Bearer".into()),
        "expires_in" if matches!(field.schema.ty, Type::Integer(..)) => Supply::ExpiresIn,
        "scope" if is_text => Supply::Scope,
        _ => {
            let row = super::types::struct_of(table.service, &field.schema);
            match row.filter(|(id, _)| answers::row(table, *id).is_ok()) {
                Some((id, _)) if !may_be_absent(field) => Supply::Row(id),
                _ => answers::nothing(table.service, field)?,
            }
        }
    })
}
