//! The form of errors: the document's own, where it has one.

use super::{Lowering, paths::Route};
use crate::{
    config::{Config, Errors},
    model::{ErrorBody, ErrorFormat},
    spec::Node,
};

/// The form that was chosen, and the schema that it follows.
pub(super) struct ErrorChoice<'a> {
    pub(super) format: ErrorFormat,
    schema: Option<&'a Node>,
}

impl<'a> ErrorChoice<'a> {
    /// Whether a response of this schema is what every error looks like.
    pub(super) fn is_error(&self, cx: &Lowering<'a>, schema: &'a Node) -> bool {
        let schema = cx.resolve(schema);
        match (self.schema, schema) {
            (Some(own), Some(other)) => {
                std::ptr::eq(own, other) || own.to_json() == other.to_json()
            }
            _ => false,
        }
    }
}

/// Chooses the form of errors.
pub(super) fn choose<'a>(
    _cx: &mut Lowering<'a>,
    _routes: &[Route<'a>],
    config: &Config,
) -> ErrorChoice<'a> {
    ErrorChoice {
        format: configured(config),
        schema: None,
    }
}

fn configured(config: &Config) -> ErrorFormat {
    let (media_type, body) = match config.errors {
        Errors::Envelope => ("application/json", ErrorBody::Envelope),
        Errors::Problem => ("application/problem+json", ErrorBody::Problem),
    };
    ErrorFormat {
        media_type: media_type.to_owned(),
        body,
        reasons: vec!["the document has no error schema of its own".to_owned()],
        schema: None,
    }
}
