//! The settings that a service does not start without, and that nobody else should know.

use super::core::{self, Needs};
use crate::{config::Database, model::Service};

/// A setting that a new project needs a value for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The environment variable, such as `JWT_SECRET`.
    pub variable: String,
    /// What it holds.
    pub kind: SecretKind,
}

impl Secret {
    /// How its value starts, before what is random.
    pub fn start(&self) -> &'static str {
        match self.kind {
            SecretKind::Key => "",
            SecretKind::User => "admin:",
        }
    }
}

/// What the value of a secret looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// Random text of at least 32 bytes.
    Key,
    /// `user:password`, the password random.
    User,
}

/// The settings without which the service does not start.
pub fn secrets(service: &Service) -> Vec<Secret> {
    let needs = Needs::of(service, Database::None);
    let secret = |variable: String, kind| Secret { variable, kind };
    let mut secrets = Vec::new();
    if needs.bearer {
        secrets.push(secret("JWT_SECRET".to_owned(), SecretKind::Key));
    }
    let keys = core::key_settings(service).into_iter();
    secrets.extend(keys.map(|setting| secret(setting, SecretKind::Key)));
    if needs.basic {
        secrets.push(secret("BASIC_USERS".to_owned(), SecretKind::User));
    }
    secrets
}
