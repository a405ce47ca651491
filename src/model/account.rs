//! Accounts: users who register, sign in and stay signed in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Action, ResourceId};

/// What an operation is for, as the document says by `x-apigen-account`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Account {
    Register,
    Login,
    Refresh,
    Logout,
    Me,
    ChangePassword,
}

impl Account {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Register,
        Self::Login,
        Self::Refresh,
        Self::Logout,
        Self::Me,
        Self::ChangePassword,
    ];

    /// As a document writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Login => "login",
            Self::Refresh => "refresh",
            Self::Logout => "logout",
            Self::Me => "me",
            Self::ChangePassword => "change_password",
        }
    }
}

/// What the document says of accounts by `x-apigen-accounts`, where it cannot be inferred.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountRules {
    /// The path of the collection that keeps the users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<String>,
    /// The property that users sign in by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The scopes of each role.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Vec<String>>,
    /// The role that the first user who registers gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
}

/// Who has accounts, and how they are known. Columns are told by their places in the resource's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// The resource that keeps the users.
    pub users: ResourceId,
    /// The text that users sign in by.
    pub login: usize,
    /// The boolean that says whether a user may sign in, and its value for those who may.
    pub active: Option<(usize, bool)>,
    /// The role or the roles of a user: a text, an enum of texts, or an array of either.
    pub roles: Option<usize>,
    /// The scopes of each role; without a column for roles, all scopes are everybody's.
    pub scopes: BTreeMap<String, Vec<String>>,
    /// The role of the first user.
    pub first: Option<String>,
    /// The cookie that carries refresh tokens, where operations take one.
    pub cookie: Option<Cookie>,
}

/// The cookie of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookie {
    /// Its name, verbatim.
    pub name: String,
    /// The path below which browsers send it.
    pub path: String,
}

/// What an operation on accounts does. Properties of its body are told by their names on the wire,
/// parameters by their places in the operation's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum AccountAction {
    /// Makes a user and keeps the password.
    Register {
        /// The property with the password.
        password: String,
    },
    /// Opens a session.
    Login {
        /// The property that names the user.
        login: String,
        /// The property with the password.
        password: String,
        /// The property with the scopes that are asked for.
        scope: Option<String>,
        /// The query parameter that asks for the refresh token in a cookie.
        in_cookie: Option<usize>,
    },
    /// Changes the refresh token of a session for a new one.
    Refresh(TokenAt),
    /// Ends a session.
    Logout(TokenAt),
    /// Reads, changes or deletes the user who calls.
    Me(Action),
    /// Sets another password.
    ChangePassword {
        /// The property with the one that holds.
        current: String,
        /// The property with the one to come.
        new: String,
    },
}

/// Where a refresh token is found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenAt {
    /// The property of the body.
    pub body: Option<String>,
    /// The cookie.
    pub cookie: Option<usize>,
}

impl AccountAction {
    /// What the document calls it.
    pub fn account(&self) -> Account {
        match self {
            Self::Register { .. } => Account::Register,
            Self::Login { .. } => Account::Login,
            Self::Refresh(_) => Account::Refresh,
            Self::Logout(_) => Account::Logout,
            Self::Me(_) => Account::Me,
            Self::ChangePassword { .. } => Account::ChangePassword,
        }
    }

    /// What it does with the row of a user.
    pub fn of_row(&self) -> &Action {
        match self {
            Self::Register { .. } => &Action::Create { wrapper: None },
            Self::Me(action) => action,
            _ => &Action::Get,
        }
    }

    /// The caller decides by the request whether the refresh token comes in a cookie.
    pub fn may_choose_cookie(&self) -> bool {
        match self {
            Self::Login { in_cookie, .. } => in_cookie.is_some(),
            Self::Refresh(at) => at.body.is_some() && at.cookie.is_some(),
            _ => false,
        }
    }
}
