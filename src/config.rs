//! `apigen.toml`: what the user chose for a project.

use serde::{Deserialize, Serialize};

/// The choices that shape a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// The package's name.
    pub name: String,
    /// The document, relative to the project's folder.
    pub spec: String,
    /// Where the service keeps its data.
    pub database: Database,
    /// The form of errors, where the document has none of its own.
    pub errors: Errors,
}

/// Where a service keeps its data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Database {
    /// A file, through SQLite inside the binary.
    #[default]
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
    /// Nowhere: every operation is a stub.
    None,
}

/// The form of errors, where the document has none of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Errors {
    /// `{"error": {code, message, details, request_id}}`
    #[default]
    Envelope,
    /// RFC 9457
    Problem,
}
