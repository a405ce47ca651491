//! Names that are written in one way.

use std::collections::BTreeMap;

use super::{Linter, rules::Advice, text, words::Style};
use crate::{
    diagnostic::Span,
    spec::{Node, Role},
};

/// The share of names from which a style is the document's.
const MOST: f64 = 0.6;

/// Names that standards write so.
const STANDARD: &[&str] = &[
    "access_token",
    "client_id",
    "client_secret",
    "code_challenge",
    "code_verifier",
    "error_description",
    "error_uri",
    "expires_in",
    "grant_type",
    "id_token",
    "oauth_token",
    "redirect_uri",
    "refresh_token",
    "request_id",
    "response_type",
    "token_type",
    "traceparent",
    "x-request-id",
];

impl<'a> Linter<'a> {
    pub(super) fn names(&mut self) {
        let (mut properties, mut parameters) = (Vec::new(), Vec::new());
        for (node, role) in &self.objects {
            match role {
                Role::Schema => {
                    let members = node.get("properties").into_iter().flat_map(Node::members);
                    properties.extend(members.map(|(name, member)| (name, member.key)));
                }
                Role::Parameter if matches!(text(node, "in"), "query" | "path") => {
                    let name = node.get("name").filter(|name| name.as_str().is_some());
                    parameters.extend(name.map(|name| (bare(text(node, "name")), name.span)));
                }
                _ => {}
            }
        }
        let operations = self.operations.iter();
        let ids = operations.filter_map(|operation| operation.node.get("operationId"));
        let ids = ids.filter_map(|id| Some((id.as_str()?, id.span))).collect();
        let schemas = self.document.root.pointer("/components/schemas");
        let schemas = schemas.into_iter().flat_map(Node::members);
        let schemas: Vec<(&'a str, Span)> = schemas.map(|(name, m)| (name, m.key)).collect();
        self.described(&schemas);
        self.alike(Advice::PropertyCase, "the property", properties);
        self.alike(Advice::ParameterCase, "the parameter", parameters);
        self.alike(Advice::OperationIdCase, "the `operationId`", ids);
        self.alike(Advice::SchemaCase, "the schema", schemas);
    }

    fn described(&mut self, schemas: &[(&str, Span)]) {
        for (name, at) in schemas {
            let schemas = self.document.root.pointer("/components/schemas");
            let schema = schemas.and_then(|schemas| schemas.get(name));
            let told = ["description", "title"];
            if !schema.is_some_and(|schema| told.iter().any(|told| super::says(schema, told))) {
                let message = format!("the schema `{name}` has neither `description` nor `title`");
                self.tell(Advice::SchemaDescription, *at, message, "");
            }
        }
    }

    /// Tells each name that is written otherwise than asked for, or than most of them.
    fn alike(&mut self, advice: Advice, what: &str, mut names: Vec<(&'a str, Span)>) {
        names.retain(|(name, _)| !STANDARD.contains(name));
        names.sort_by_key(|(_, span)| *span);
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for (name, span) in &names {
            first.entry(name).or_insert(*span);
        }
        let (style, why) = match self.settings.style_of(advice) {
            Some(style) => (style, "is"),
            None => match Style::of_most(first.keys().copied()) {
                Some((style, share)) if share >= MOST => (style, "most are"),
                Some((style, _)) => {
                    let odd = names.iter().find(|(name, _)| !style.fits(name));
                    if let Some((name, at)) = odd {
                        let message = format!(
                            "{what} `{name}` is not written as `{}`, and there is no style that most have",
                            style.sample()
                        );
                        let hint = "write all in one way, or choose a `style`";
                        self.tell(advice, *at, message, hint);
                    }
                    return;
                }
                None => return,
            },
        };
        for (name, at) in names.iter().filter(|(name, _)| !style.fits(name)) {
            let sample = style.sample();
            let message = match why {
                "is" => format!("{what} `{name}` is not written as `{sample}`"),
                _ => format!("{what} `{name}` is not written as `{sample}`, and {why}"),
            };
            let hint = format!("call it `{}`", style.write(name));
            self.tell_once(advice, name, *at, message, &hint);
        }
    }
}

/// `filter` of `filter[state]`.
fn bare(name: &str) -> &str {
    name.split('[').next().unwrap_or_default()
}
