//! The operations by which users register, sign in and are asked about themselves.

use serde_json::{Value, json};

use crate::spec::{ACCOUNT, ACCOUNTS, Node, dialect::tree::put};

use super::{
    super::accounts::{ROLE, USERS},
    Auth, Writer, at,
};

/// What nobody may say of himself.
const RIGHTS: [&str; 5] = [ROLE, "roles", "active", "enabled", "disabled"];
/// The answers that tell of what went wrong, by operation.
const PROBLEMS: [(&str, &str); 6] = [
    ("400", "BadRequest"),
    ("401", "Unauthorized"),
    ("409", "Conflict"),
    ("422", "UnprocessableEntity"),
    ("429", "TooManyRequests"),
    ("500", "InternalError"),
];

/// What the examples have for a password, and for a token.
const PASSWORD: &str = "correct horse battery";
const TOKEN: &str = "019a4f2e-7c31-7b5d-8e60-0000000000ff";

/// An operation on the sessions of users.
struct Session {
    path: &'static str,
    id: &'static str,
    account: &'static str,
    summary: &'static str,
    body: &'static str,
    is_required: bool,
    callers: Callers,
    cookie: Cookie,
    status: &'static str,
    /// What the answer says.
    done: &'static str,
}

/// Who may call it.
#[derive(Debug, Clone, Copy)]
enum Callers {
    Everybody,
    /// Those who are known, and others.
    Anybody,
    Users,
}

impl Callers {
    fn security(self) -> Option<Value> {
        match self {
            Self::Everybody => Some(json!([])),
            Self::Anybody => Some(json!([{}, {"bearerAuth": []}])),
            Self::Users => None,
        }
    }
}

/// What it has to do with the cookie of the refresh token.
#[derive(Debug, Clone, Copy)]
enum Cookie {
    None,
    /// The caller says whether there is one.
    Chosen,
    Read,
}

impl Cookie {
    fn parameter(self) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Chosen => Some(json!({
                "name": "cookie", "in": "query", "schema": {"type": "boolean"},
                "description": "Whether the refresh token is sent in a cookie, and not in the body",
            })),
            Self::Read => Some(json!({
                "name": "refresh_token", "in": "cookie",
                "schema": {"type": "string", "maxLength": 200},
                "description": "The refresh token, where it is in no body",
            })),
        }
    }
}

const SESSIONS: [Session; 5] = [
    Session {
        path: "/auth/register",
        id: "register",
        account: "register",
        summary: "Register",
        body: "Registration",
        is_required: true,
        callers: Callers::Everybody,
        cookie: Cookie::None,
        status: "201",
        done: "The user has registered",
    },
    Session {
        path: "/auth/login",
        id: "login",
        account: "login",
        summary: "Sign in",
        body: "Credentials",
        is_required: true,
        callers: Callers::Everybody,
        cookie: Cookie::Chosen,
        status: "200",
        done: "The user is signed in",
    },
    Session {
        path: "/auth/refresh",
        id: "refresh",
        account: "refresh",
        summary: "Stay signed in",
        body: "RefreshRequest",
        is_required: false,
        callers: Callers::Everybody,
        cookie: Cookie::Read,
        status: "200",
        done: "The user is signed in",
    },
    Session {
        path: "/auth/logout",
        id: "logout",
        account: "logout",
        summary: "Sign out",
        body: "RefreshRequest",
        is_required: false,
        callers: Callers::Anybody,
        cookie: Cookie::Read,
        status: "204",
        done: "The session has ended",
    },
    Session {
        path: "/auth/password",
        id: "changePassword",
        account: "change_password",
        summary: "Set another password",
        body: "PasswordChange",
        is_required: true,
        callers: Callers::Users,
        cookie: Cookie::None,
        status: "204",
        done: "The password is another one, and other sessions have ended",
    },
];

impl Writer<'_> {
    /// Adds them, where the spec asks for accounts; gives what the root says of roles.
    pub(super) fn accounts(&mut self) -> Option<(&'static str, Node)> {
        let users = self.spec.resources.iter().find(|r| r.name.value == USERS);
        let users = users.filter(|_| self.spec.auth.value == Auth::Accounts)?;
        let span = self.spec.auth.span;
        let (schema, path) = (users.schema(), self.spec.path(users));
        let mut registration = self.without_rights(&schema)?;
        let secret =
            json!({"type": "string", "minLength": 8, "maxLength": 128, "format": "password"});
        registration["properties"]["password"] = secret.clone();
        match registration["required"].as_array_mut() {
            Some(required) => required.push(json!("password")),
            None => registration["required"] = json!(["password"]),
        }
        for (name, value) in [
            ("Registration", registration),
            ("Credentials", credentials()),
            ("Tokens", tokens()),
            ("RefreshRequest", refresh()),
            (
                "PasswordChange",
                json!({
                    "type": "object",
                    "required": ["current_password", "new_password"],
                    "properties": {"current_password": {"type": "string", "maxLength": 128}, "new_password": secret},
                }),
            ),
        ] {
            put(&mut self.schemas, name, at(value, span));
        }
        let user = json!({"$ref": format!("#/components/schemas/{schema}")});
        for (path, item) in self.sessions(&user) {
            put(&mut self.paths, path, at(item, span));
        }
        let patch = self.without_rights(&format!("{schema}Patch"));
        let me = self.me(&user, patch);
        put(&mut self.paths, &format!("{path}/me"), at(me, span));
        let roles = self.spec.roles.iter().map(|role| {
            let scopes: Vec<&str> = role.scopes.iter().map(|s| s.value.as_str()).collect();
            (role.name.value.clone(), json!(scopes))
        });
        let roles: serde_json::Map<_, _> = roles.collect();
        let first = self.spec.roles.first().map(|role| &role.name.value);
        let said = json!({"users": path, "login": "email", "roles": roles, "first": first});
        Some((ACCOUNTS, at(said, span)))
    }

    /// A schema of the users' own without what nobody may say of himself.
    fn without_rights(&self, name: &str) -> Option<Value> {
        let mut schema = self.schemas.get(name)?.value.to_json();
        let mut left = Vec::new();
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.retain(|name, property| {
                !RIGHTS.contains(&name.as_str()) && property["readOnly"] != true
            });
            left.extend(properties.keys().cloned());
        }
        if let Some(required) = schema["required"].as_array_mut() {
            required.retain(|name| left.iter().any(|left| name == left));
        }
        Some(schema)
    }

    fn sessions(&mut self, user: &Value) -> Vec<(&'static str, Value)> {
        let all = SESSIONS.iter();
        all.map(|session| {
            let mut operation = json!({
                "operationId": session.id,
                "tags": ["auth"],
                "summary": session.summary,
                ACCOUNT: session.account,
            });
            if let Some(security) = session.callers.security() {
                operation["security"] = security;
            }
            if let Some(parameter) = session.cookie.parameter() {
                operation["parameters"] = json!([parameter]);
            }
            let body = self.content(session.body);
            operation["requestBody"] = json!({"required": session.is_required, "content": body});
            if session.account == "login" {
                let form = json!({"schema": reference(session.body)});
                operation["requestBody"]["content"]["application/x-www-form-urlencoded"] = form;
            }
            let answer = self.answered(session, user);
            operation["responses"] = self.answers(session.status, answer);
            (session.path, json!({"post": operation}))
        })
        .collect()
    }

    fn answered(&self, session: &Session, user: &Value) -> Value {
        let sets = json!({"schema": {"type": "string"}});
        let mut answer = json!({"description": session.done});
        match session.account {
            "register" => answer["content"] = self.user(user),
            "login" | "refresh" => {
                let uncached = json!({"required": true, "schema": {"type": "string"}});
                answer["headers"] = json!({"Set-Cookie": sets, "Cache-Control": uncached});
                answer["content"] = self.content("Tokens");
            }
            "logout" => answer["headers"] = json!({"Set-Cookie": sets}),
            _ => {}
        }
        answer
    }

    fn me(&mut self, user: &Value, patch: Option<Value>) -> Value {
        let own = json!({"description": "The user who calls", "content": self.user(user)});
        let operation = |id: &str, summary: &str| json!({"operationId": id, "tags": [USERS], "summary": summary, ACCOUNT: "me"});
        let mut get = operation("getMe", "Read the user who calls");
        get["responses"] = self.answers("200", own.clone());
        let mut delete = operation("deleteMe", "Delete the user who calls");
        delete["responses"] = self.answers("204", json!({"description": "The user is gone"}));
        let mut me = json!({"get": get, "delete": delete});
        if let Some(patch) = patch {
            let mut update = operation("updateMe", "Change the user who calls");
            let mut content = content(&patch);
            let example = self.sample(&patch);
            content["application/json"]["example"] = example;
            update["requestBody"] = json!({"required": true, "content": content});
            update["responses"] = self.answers("200", own);
            me["patch"] = update;
        }
        me
    }

    /// The user, as the examples show one.
    fn user(&self, user: &Value) -> Value {
        let mut content = content(user);
        let name = user["$ref"]
            .as_str()
            .and_then(|name| name.rsplit('/').next());
        if let Some(name) = name.filter(|name| self.examples.contains_key(*name)) {
            let example = json!({"$ref": format!("#/components/examples/{name}")});
            content["application/json"]["examples"] = json!({"example": example});
        }
        content
    }

    /// A body of one of the schemas that accounts add, with what it looks like.
    fn content(&self, name: &str) -> Value {
        let mut content = content(&reference(name));
        let example = match name {
            "Registration" => {
                let schema = self.schemas.get(name).map(|member| member.value.to_json());
                let mut example = self.sample(&schema.unwrap_or_default());
                example["password"] = json!(PASSWORD);
                example
            }
            "Credentials" => json!({"username": "ada@example.com", "password": PASSWORD}),
            "PasswordChange" => {
                json!({"current_password": PASSWORD, "new_password": "a quiet river at night"})
            }
            "RefreshRequest" => json!({"refresh_token": TOKEN}),
            _ => json!({
                "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
                "token_type": "Bearer",
                "expires_in": 900,
                "refresh_token": TOKEN,
                "scope": "",
            }),
        };
        content["application/json"]["example"] = example;
        content
    }

    /// What of the example of a new user a schema has.
    fn sample(&self, schema: &Value) -> Value {
        let users = self.spec.resources.iter().find(|r| r.name.value == USERS);
        let name = users.map(|users| format!("New{}", users.schema()));
        let example = name.and_then(|name| self.examples.get(&name));
        let example = example.and_then(|member| member.value.get("value"));
        let mut example = example.map_or_else(|| json!({}), |value| value.to_json());
        if let Some(members) = example.as_object_mut() {
            members.retain(|name, _| schema["properties"].get(name).is_some());
        }
        example
    }

    fn answers(&mut self, status: &str, answer: Value) -> Value {
        let mut answers = json!({status: answer});
        for (status, name) in PROBLEMS {
            self.used.insert(("responses", name));
            answers[status] = json!({"$ref": format!("#/components/responses/{name}")});
        }
        answers
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn content(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn credentials() -> Value {
    json!({
        "type": "object",
        "required": ["username", "password"],
        "properties": {
            "grant_type": {"type": "string"},
            "username": {"type": "string", "maxLength": 254, "description": "The user's email"},
            "password": {"type": "string", "maxLength": 128, "format": "password"},
            "scope": {"type": "string", "description": "The scopes that are asked for; without, all that the user may have"},
        },
    })
}

fn tokens() -> Value {
    json!({
        "type": "object",
        "required": ["access_token", "token_type", "expires_in"],
        "properties": {
            "access_token": {"type": "string"},
            "token_type": {"type": "string"},
            "expires_in": {"type": "integer", "description": "In seconds"},
            "refresh_token": {"type": "string"},
            "scope": {"type": "string"},
        },
    })
}

fn refresh() -> Value {
    json!({
        "type": "object",
        "properties": {"refresh_token": {"type": "string", "maxLength": 200}},
    })
}
