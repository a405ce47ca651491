//! Operations: what they are called, and what is told of them.

use super::{Linter, api::segments, rules::Advice, says};
use crate::spec::{self, Node};

/// Parts of paths where those call who have no credentials yet.
const ENTRANCES: &[&str] = &[
    "auth",
    "authorize",
    "callback",
    "connect",
    "login",
    "oauth",
    "password",
    "register",
    "session",
    "sessions",
    "signin",
    "signup",
    "sign-in",
    "sign-up",
    "token",
    "tokens",
    "verify",
    "webhook",
    "webhooks",
];

impl Linter<'_> {
    pub(super) fn operations(&mut self) {
        let has = |name| {
            self.operations
                .iter()
                .any(|operation| operation.node.get(name).is_some())
        };
        let (some_ids, some_tags) = (has("operationId"), has("tags"));
        // Where no operation has it, that is told once.
        let key = |some: bool, headline: &str| {
            if some {
                headline.to_owned()
            } else {
                String::new()
            }
        };
        for operation in self.operations.clone() {
            let (at, node) = (operation.at, operation.node);
            let headline = operation.headline();
            if !says(node, "operationId") {
                let message = format!("`{headline}` has no `operationId`");
                let hint = "name it as a function, such as `listItems`";
                self.tell_once(
                    Advice::OperationId,
                    &key(some_ids, &headline),
                    at,
                    message,
                    hint,
                );
            }
            let tags = node.get("tags").map_or(&[][..], Node::items);
            if tags.is_empty() {
                let message = format!("`{headline}` has no tag");
                let hint = "`tags: [items]` groups it with others";
                self.tell_once(
                    Advice::OperationTags,
                    &key(some_tags, &headline),
                    at,
                    message,
                    hint,
                );
            }
            let is_told = says(node, "summary") || says(node, "description");
            if !is_told && !says(operation.item, "summary") && !says(operation.item, "description")
            {
                let message = format!("`{headline}` has neither `summary` nor `description`");
                self.tell(Advice::OperationSummary, at, message, "");
            }
            if let ("GET" | "HEAD", Some(_)) = (operation.method, node.get("requestBody")) {
                let message = format!("`{headline}` has a request body");
                let hint = "send it as query parameters, or make it a `POST`";
                self.tell(
                    Advice::GetBody,
                    super::key(node, "requestBody"),
                    message,
                    hint,
                );
            }
        }
        self.open_writes();
    }

    /// Whether a resource spec says who calls, be it that all may.
    fn says_auth(&self) -> bool {
        let document = self.document;
        let written = document
            .is_resource_spec
            .then(|| spec::tree("resources.yaml", document.raw()));
        written.is_some_and(|root| root.is_ok_and(|root| root.get("auth").is_some()))
    }

    /// What changes something, and asks for no credentials.
    fn open_writes(&mut self) {
        if !self.asks(Advice::SecurityMissing) || self.says_auth() {
            return;
        }
        let is_open = |node: &Node| {
            node.get("security").is_none() && self.document.root.get("security").is_none()
        };
        let writes = self.operations.iter().filter(|operation| {
            let enters = segments(operation.path).any(|part| ENTRANCES.contains(&part));
            let writes = matches!(operation.method, "POST" | "PUT" | "PATCH" | "DELETE");
            writes && !enters && is_open(operation.node)
        });
        let writes: Vec<_> = writes.map(|o| (o.at, o.headline())).collect();
        let schemes = self.document.root.pointer("/components/securitySchemes");
        let has_schemes = schemes.is_some_and(|schemes| schemes.members().next().is_some());
        let hint = "name a scheme in `security`, or say `security: []` where all may";
        for (at, headline) in writes {
            // Without any scheme, it is one decision for the whole document.
            let key = if has_schemes { headline.as_str() } else { "" };
            let message = format!("`{headline}` changes something, and asks for no credentials");
            self.tell_once(Advice::SecurityMissing, key, at, message, hint);
        }
    }
}
