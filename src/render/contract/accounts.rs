//! What the tests of accounts must know of the operations: where they are, and what their bodies
//! call things.

use serde_json::{Map, Value, json};

use super::{super::sql::rust, request};
use crate::model::{
    AccountAction, Accounts, Action, Format, MediaKind, Operation, OperationId, ResponseBody, Role,
    Service, Supply, TokenAt, Type,
};

/// The operations by what they are for.
pub(super) fn operations(service: &Service, accounts: &Accounts) -> Value {
    let mut all = Map::new();
    for (index, operation) in service.operations.iter().enumerate() {
        let Role::Account { action, .. } = &operation.role else {
            continue;
        };
        let name = match action {
            AccountAction::Me(Action::Get) => "me",
            AccountAction::Me(Action::Delete) => "delete_me",
            AccountAction::Me(_) => continue,
            other => other.account().name(),
        };
        let told = told(service, accounts, (OperationId(index), operation), action);
        if let Some(Value::Object(mut told)) = told {
            told.insert("method".to_owned(), json!(operation.method.as_str()));
            told.insert(
                "path".to_owned(),
                json!(request::template(service, operation)),
            );
            all.entry(name).or_insert(Value::Object(told));
        }
    }
    Value::Object(all)
}

fn told(
    service: &Service,
    accounts: &Accounts,
    (id, operation): (OperationId, &Operation),
    action: &AccountAction,
) -> Option<Value> {
    let media = |kind| {
        let mut media = operation.body.iter().flat_map(|body| &body.media);
        media.any(|media| media.kind == kind)
    };
    let tokens = |at: &TokenAt| {
        let cookie = at.cookie.map(|index| &operation.parameters[index].api_name);
        json!({ "token": at.body, "cookie": cookie })
    };
    Some(match action {
        AccountAction::Register { password } => {
            let users = &service[accounts.users];
            let login = rust::api_name(&users.columns[accounts.login])?;
            let (_, object) = rust::struct_of(service, &operation.body.as_ref()?.schema)?;
            let Type::String(rules) = &rust::field(object, login)?.schema.ty else {
                return None;
            };
            // No name could be made up that fits.
            if rules.pattern.is_some()
                || rules.max.is_some_and(|max| max < 44) && rules.format == Format::Email
            {
                return None;
            }
            json!({
                "body": request::request(service, id, 0)?.body?,
                "login": login,
                "password": password,
                "is_email": rules.format == Format::Email,
                "invalid": operation.invalid_body_status,
            })
        }
        AccountAction::Login {
            login,
            password,
            in_cookie,
            ..
        } => {
            let asks = in_cookie.map(|index| &operation.parameters[index].api_name);
            let mut told = json!({
                "login": login,
                "password": password,
                "in_cookie": asks,
                "json": media(MediaKind::Json),
                "form": media(MediaKind::Form),
            });
            extend(&mut told, &answer(service, operation)?);
            told
        }
        AccountAction::Refresh(at) => {
            let mut told = tokens(at);
            extend(&mut told, &answer(service, operation)?);
            told
        }
        AccountAction::Logout(at) => tokens(at),
        AccountAction::ChangePassword { current, new } => json!({ "current": current, "new": new }),
        AccountAction::Me(_) => json!({}),
    })
}

fn extend(one: &mut Value, other: &Value) {
    for (name, value) in other.as_object().into_iter().flatten() {
        one[name] = value.clone();
    }
}

/// What the answer calls its tokens.
fn answer(service: &Service, operation: &Operation) -> Option<Value> {
    let Role::Account { success, .. } = &operation.role else {
        return None;
    };
    let Supply::Struct(id, members) = &success.body else {
        return None;
    };
    let ResponseBody::Json { .. } = operation.responses[success.response].body else {
        return None;
    };
    let fields = &rust::as_struct(service, *id)?.fields;
    let name = |wanted: Supply| {
        let place = members.iter().position(|member| *member == wanted)?;
        Some(fields.get(place)?.api_name.as_str())
    };
    Some(json!({
        "access": name(Supply::AccessToken),
        "refresh": name(Supply::RefreshToken),
    }))
}
