//! What becomes of a document, in numbers.
#![allow(unreachable_pub, reason = "a benchmark and a test use it")]

use std::fmt;

use apigen::{config::Config, diagnostic::Severity, lower::report, model::Role};

use crate::shared::Document;

/// The codes of warnings that tell of something that is not served or not enforced. Others tell what
/// was repaired, or what the document says to nobody.
const DEGRADED: [&str; 18] = [
    "bad-header",
    "bad-media-type",
    "bad-operation",
    "bad-parameter",
    "bad-status",
    "bad-style",
    "discriminator-unclear",
    "dynamic-ref",
    "keyword-not-enforced",
    "left-out-media-type",
    "nested-too-deep",
    "never",
    "pattern-not-enforced",
    "union-too-complex",
    "unreachable-operation",
    "unsupported-method",
    "unsupported-security-scheme",
    "unknown-security-scheme",
];

/// The numbers that must not grow unnoticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    pub operations: usize,
    /// Operations that a person must write.
    pub stubs: usize,
    /// Places that end as any JSON value or raw bytes.
    pub untyped: usize,
    /// Warnings of what is not served or not enforced.
    pub degraded: usize,
    pub warnings: usize,
}

/// What stands above the columns of [`Counts`].
pub const COLUMNS: &str = "   ops  stubs untyped degraded warnings";

impl Counts {
    /// Of a document that loads, as a project of one service with the usual options.
    pub fn of(document: &Document) -> Self {
        let config = Config {
            name: "service".to_owned(),
            ..Config::default()
        };
        let (loaded, mut told) = document.load().unwrap_or_else(|refusal| {
            panic!("{} does not load: {:?}", document.name, refusal.diagnostics)
        });
        let lowered = report(&loaded, &config);
        told.extend(lowered.diagnostics);
        let operations = lowered
            .service
            .map_or(Vec::new(), |service| service.operations);
        let stub = |role: &Role| matches!(role, Role::Stub { .. });
        Self {
            operations: operations.len(),
            stubs: operations.iter().filter(|o| stub(&o.role)).count(),
            untyped: lowered.untyped.len(),
            degraded: told.iter().filter(|t| DEGRADED.contains(&t.code)).count(),
            warnings: told
                .iter()
                .filter(|t| t.severity == Severity::Warning)
                .count(),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operations,
            stubs,
            untyped,
            degraded,
            warnings,
        } = self;
        write!(
            f,
            "{operations:>6} {stubs:>6} {untyped:>7} {degraded:>8} {warnings:>8}"
        )
    }
}
