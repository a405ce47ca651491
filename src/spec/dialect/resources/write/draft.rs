//! Operations before they are written, and who may call them.

use serde_json::json;

use crate::{
    diagnostic::Span,
    spec::{
        Node,
        dialect::tree::{Members, array, from_pairs, object, put, text},
    },
};

use super::{
    super::blueprint::{At, Resource},
    Writer, at,
    components::scheme,
    content,
};

/// An operation before it is written.
pub(super) struct Draft {
    pub(super) span: Span,
    pub(super) id: String,
    pub(super) tag: String,
    pub(super) summary: String,
    pub(super) description: Option<Node>,
    pub(super) security: Option<Node>,
    pub(super) parameters: Vec<Node>,
    pub(super) body: Option<Node>,
    /// What the body looks like.
    pub(super) example: Option<Node>,
    /// The answers by status; in the document's order by number.
    pub(super) answers: Vec<(u16, Node)>,
    pub(super) stub: Option<&'static str>,
    /// What it makes of a row.
    pub(super) transition: Option<Node>,
    /// What caches may keep of its answers, and how often it may be called.
    pub(super) cache: Option<Node>,
    pub(super) rate_limit: Option<Node>,
}

/// What each operation of a resource says for itself.
pub(super) struct Start<'s> {
    pub(super) span: Span,
    pub(super) id: String,
    pub(super) summary: String,
    /// What `scopes` and `public` call it.
    pub(super) name: &'s str,
    /// It leaves everything as it is.
    pub(super) reads: bool,
    pub(super) success: (u16, Node),
    /// The statuses of what may go wrong, beside those of callers.
    pub(super) codes: Vec<u16>,
}

impl<'b> Writer<'b> {
    /// An operation with what all of a resource's have.
    pub(super) fn start(&mut self, resource: &Resource, start: Start<'_>) -> Draft {
        let Start {
            span, mut codes, ..
        } = start;
        let (security, denied) = self.security(resource, start.name, start.reads, span);
        codes.extend(denied);
        let mut answers = vec![start.success];
        answers.extend(self.problems(codes, span));
        Draft {
            span,
            id: start.id,
            tag: resource.tag(),
            summary: start.summary,
            description: None,
            security,
            parameters: Vec::new(),
            body: None,
            example: None,
            answers,
            stub: None,
            transition: None,
            cache: said(&resource.cache, start.name, start.reads),
            rate_limit: said(&resource.rate_limit, start.name, start.reads),
        }
    }

    /// The security of an operation, where it differs from that of the whole, and what callers may
    /// be denied with.
    fn security(
        &self,
        resource: &Resource,
        name: &str,
        reads: bool,
        span: Span,
    ) -> (Option<Node>, Vec<u16>) {
        let kind = kind(reads);
        if !self.has_auth() {
            return (None, Vec::new());
        }
        let is_public = |word: &At<String>| word.value == name || word.value == kind;
        if resource.public.iter().any(is_public) {
            return (Some(array(Vec::new(), span)), Vec::new());
        }
        let mut codes = vec![401];
        let scope = found(&resource.scopes, name, reads);
        let forbids = resource
            .owner
            .as_ref()
            .is_some_and(|owner| owner.value.others == "forbidden");
        if scope.is_some() || forbids {
            codes.push(403);
        }
        let security = scope.map(|scope| {
            let scopes = array(vec![text(&scope.value, scope.span)], scope.span);
            let demand = from_pairs([(scheme(self.spec.auth.value), scopes)], scope.span);
            array(vec![demand], scope.span)
        });
        (security, codes)
    }

    /// An operation, written.
    pub(super) fn operation(&mut self, draft: Draft) -> Node {
        let span = draft.span;
        let mut operation = Members::new();
        put(&mut operation, "operationId", text(&draft.id, span));
        put(&mut operation, "tags", at(json!([draft.tag]), span));
        put(&mut operation, "summary", text(&draft.summary, span));
        if let Some(description) = draft.description {
            put(&mut operation, "description", description);
        }
        if let Some(security) = draft.security {
            put(&mut operation, "security", security);
        }
        if !draft.parameters.is_empty() {
            put(&mut operation, "parameters", array(draft.parameters, span));
        }
        if let Some(body) = draft.body {
            let required = at(json!(true), span);
            let body = from_pairs(
                [
                    ("required", required),
                    ("content", content(body, draft.example)),
                ],
                span,
            );
            put(&mut operation, "requestBody", body);
        }
        let mut answers = Members::new();
        for (code, answer) in draft.answers {
            put(&mut answers, &code.to_string(), answer);
        }
        put(&mut operation, "responses", object(answers, span));
        if let Some(transition) = draft.transition {
            put(&mut operation, crate::spec::TRANSITION, transition);
        }
        if let Some(cache) = draft.cache {
            put(&mut operation, crate::spec::CACHE, cache);
        }
        if let Some(rate) = draft.rate_limit {
            put(&mut operation, crate::spec::RATE_LIMIT, rate);
        }
        if let Some(stub) = draft.stub {
            put(&mut operation, crate::spec::STUB, text(stub, span));
        }
        object(operation, span)
    }
}

fn kind(reads: bool) -> &'static str {
    if reads { "read" } else { "write" }
}

/// What is said of an operation, or of all of its kind.
fn found<'s>(
    said: &'s [(At<String>, At<String>)],
    name: &str,
    reads: bool,
) -> Option<&'s At<String>> {
    let of = |wanted: &str| said.iter().find(|(operation, _)| operation.value == wanted);
    let found = of(name).or_else(|| of(kind(reads)));
    found.map(|(_, said)| said)
}

fn said(said: &[(At<String>, At<String>)], name: &str, reads: bool) -> Option<Node> {
    let said = found(said, name, reads)?;
    Some(text(&said.value, said.span))
}
