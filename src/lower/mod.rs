//! From a [`Document`] to a [`Service`], with every diagnostic found on the way.

pub mod schema;

use crate::{config::Config, diagnostic::Diagnostic, model::Service, spec::Document};

/// Lowers a document.
///
/// The service is `None` where a diagnostic is an error.
pub fn lower(_document: &Document, _config: &Config) -> (Option<Service>, Vec<Diagnostic>) {
    (None, Vec::new())
}
