//! Responses: success that says what it is, failures that say how they look.

use std::collections::BTreeMap;

use super::{
    Linter,
    api::{Operation, is_parameter, segments},
    is_json, key,
    rules::Advice,
};
use crate::{diagnostic::Span, spec::Node};

/// How many bodies of failures it takes to speak of most.
const MANY: usize = 3;

impl<'a> Linter<'a> {
    pub(super) fn responses(&mut self) {
        for operation in self.operations.clone() {
            self.success(&operation);
            self.failure(&operation);
            for (status, at, response) in &operation.responses {
                self.bodies(&operation, status, *at, response);
            }
        }
        self.error_forms();
    }

    fn success(&mut self, operation: &Operation<'a>) {
        let has = ['1', '2', '3']
            .iter()
            .any(|class| operation.class(*class).next().is_some());
        if !has && !operation.declares(&[]) {
            let message = format!("`{}` declares no response of success", operation.headline());
            let hint = "declare what it answers when all is well, such as `200` or `204`";
            self.tell(Advice::OperationSuccess, operation.at, message, hint);
        }
    }

    fn failure(&mut self, operation: &Operation<'a>) {
        let headline = operation.headline();
        let has_body = operation.node.get("requestBody").is_some();
        let can_fail = has_body || !operation.parameters.is_empty() || operation.is_secured;
        let has_4xx = operation.class('4').next().is_some() || operation.declares(&[]);
        if !has_4xx {
            if can_fail {
                let message = format!("`{headline}` declares no 4xx response");
                let hint =
                    "declare how it refuses, such as `400`, `404` or `422`, or `4XX` for all";
                self.tell(Advice::OperationClientError, operation.at, message, hint);
            }
            return;
        }
        let ends_in_key = segments(operation.path).last().is_some_and(is_parameter);
        if ends_in_key && operation.method != "PUT" && !operation.declares(&["404", "410", "4XX"]) {
            let message =
                format!("`{headline}` does not say what it answers where there is no such row");
            self.tell(
                Advice::NotFoundResponse,
                operation.at,
                message,
                "declare `404`",
            );
        }
        if operation.is_secured && !operation.declares(&["401", "403", "4XX"]) {
            let message =
                format!("`{headline}` asks for credentials and declares neither 401 nor 403");
            self.tell(Advice::Unauthorized, operation.at, message, "declare `401`");
        }
    }

    fn bodies(&mut self, operation: &Operation<'a>, status: &str, at: Span, response: &'a Node) {
        let headline = operation.headline();
        let content = response.get("content").into_iter().flat_map(Node::members);
        let content: Vec<_> = content.collect();
        if content.is_empty() {
            let has_location = || {
                let headers = response.get("headers").into_iter().flat_map(Node::members);
                let mut names = headers.map(|(name, _)| name.to_ascii_lowercase());
                names.any(|name| name == "location")
            };
            let is_plain = status == "200" || status == "201" && !has_location();
            if is_plain && operation.method != "HEAD" {
                let message = format!("the {status} of `{headline}` describes no body");
                let hint = "answer `204` where there is none, else describe it in `content`";
                self.tell(Advice::EmptySuccess, at, message, hint);
            }
            return;
        }
        if matches!(status, "204" | "205" | "304") {
            let message =
                format!("the {status} of `{headline}` describes a body, and can have none");
            let hint = "remove `content`, or answer `200`";
            self.tell(
                Advice::NoContentBody,
                key(response, "content"),
                message,
                hint,
            );
            return;
        }
        for (media, member) in content {
            let described = ["schema", "itemSchema"]
                .iter()
                .any(|name| member.value.get(name).is_some());
            if status.starts_with('2') && is_json(media) && !described {
                let message = format!("the {status} of `{headline}` has JSON without a schema");
                self.tell(Advice::SuccessSchema, member.key, message, "add a `schema`");
            }
        }
    }

    /// Bodies of failures that are another than most.
    fn error_forms(&mut self) {
        let mut forms: BTreeMap<String, (String, Span, usize)> = BTreeMap::new();
        for operation in &self.operations {
            for (status, _, response) in operation.class('4').chain(operation.class('5')) {
                let content = response.get("content").into_iter().flat_map(Node::members);
                let json = content.filter(|(media, _)| is_json(media));
                for schema in json.filter_map(|(_, member)| member.value.get("schema")) {
                    let form = match self.document.resolve(schema) {
                        Ok(found) => found.pointer.map(str::to_owned),
                        Err(_) => continue,
                    };
                    let form = form.unwrap_or_else(|| schema.to_json().to_string());
                    let told = format!("the {status} of `{}`", operation.headline());
                    let form = forms.entry(form).or_insert((told, schema.span, 0));
                    form.2 += 1;
                }
            }
        }
        let total: usize = forms.values().map(|(.., count)| count).sum();
        let Some((most, (.., count))) = forms.iter().max_by_key(|(_, (.., count))| *count) else {
            return;
        };
        if total < MANY || count * 2 <= total {
            return;
        }
        let (most, count) = (most.clone(), *count);
        let name = most.strip_prefix("#/components/schemas/");
        let most_name = name.map_or_else(|| "most".to_owned(), |name| format!("`{name}`"));
        for (form, (told, at, uses)) in forms {
            if form == most {
                continue;
            }
            let places = if uses == 1 {
                String::new()
            } else {
                format!(" and {} more", uses - 1)
            };
            let message = format!(
                "{told}{places} has another body than {count} of the {total} responses of failure"
            );
            let hint = format!("describe failures as {most_name} does");
            self.tell(Advice::ErrorForm, at, message, hint.trim());
        }
    }
}
