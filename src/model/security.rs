//! Who may call an operation.

use serde::{Deserialize, Serialize};

use super::{Location, RequirementId, SchemeId};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guard {
    /// Everybody: the document asks for nothing, or for nothing in one alternative.
    Public,
    /// Those who meet the requirement.
    Secured(RequirementId),
}

/// Alternatives, any of which is enough; each asks for all of its credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The constant, such as `ITEMS_WRITE_OR_API_KEY`; unique.
    pub name: String,
    /// Never empty, and no alternative is.
    pub alternatives: Vec<Vec<Credential>>,
    /// One alternative asks for nothing: a caller without credentials passes, with wrong ones not.
    pub optional: bool,
}

/// One credential that a requirement asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The scheme.
    pub scheme: SchemeId,
    /// The scopes that the token must carry, all of them.
    pub scopes: Vec<String>,
}

/// A security scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheme {
    /// Its name in the document, verbatim.
    pub api_name: String,
    /// Upper case, for environment variables and constants, such as `API_KEY_AUTH`; unique.
    pub constant: String,
    /// What it is.
    pub kind: SchemeKind,
    /// The setting that lists the valid keys of an [`SchemeKind::ApiKey`], such as `API_KEYS`.
    pub setting: Option<String>,
    /// Who issues the tokens of a [`SchemeKind::Bearer`] and publishes the keys that check them; empty
    /// where only the environment can tell.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The origins (RFC 6454) from which a page fetches tokens, such as `https://id.example.com`.
    #[serde(default)]
    pub token_origins: Vec<String>,
}

/// The kinds of security schemes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SchemeKind {
    /// A JWT in `Authorization: Bearer`: `http`/`bearer`, `oauth2`, `openIdConnect`.
    Bearer,
    /// RFC 7617.
    Basic,
    /// A key under this name.
    ApiKey {
        /// Header, query or cookie.
        location: Location,
        /// The header, parameter or cookie, verbatim.
        name: String,
    },
    /// Nothing that we can check (`mutualTLS`, `http`/`digest`): nobody passes.
    Unsupported,
}
