//! What operations answer.

use crate::{
    diagnostic::Span,
    spec::{
        Node,
        dialect::tree::{Members, from_pairs, object, put, text},
    },
};

use super::{
    super::blueprint::{Page, Resource, Standard},
    Writer, content, reference,
};

/// The answers that tell of what went wrong.
const PROBLEMS: [(u16, &str); 13] = [
    (400, "BadRequest"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "NotFound"),
    (409, "Conflict"),
    (412, "PreconditionFailed"),
    (413, "PayloadTooLarge"),
    (415, "UnsupportedMediaType"),
    (422, "UnprocessableEntity"),
    (428, "PreconditionRequired"),
    (429, "TooManyRequests"),
    (500, "InternalError"),
    (501, "NotImplemented"),
];

impl<'b> Writer<'b> {
    pub(super) fn success(
        &mut self,
        resource: &Resource,
        standard: Standard,
        one: &str,
        span: Span,
    ) -> (u16, Node) {
        let all = resource.all();
        let schema = resource.schema();
        let row = || reference("schemas", &schema, span);
        let (code, words, headers, body) = match standard {
            Standard::List => {
                let listed = match resource.list.fields {
                    Some(_) => reference("schemas", &format!("{schema}Part"), span),
                    None => row(),
                };
                let body = match resource.list.page {
                    Page::None => {
                        from_pairs([("type", text("array", span)), ("items", listed)], span)
                    }
                    _ => reference("schemas", &format!("{schema}Page"), span),
                };
                let headers = match resource.list.page {
                    Page::None => vec![],
                    _ => vec!["Link"],
                };
                let words = match resource.list.page {
                    Page::None => format!("All {all}"),
                    _ => format!("One page of {all}"),
                };
                (200, words, headers, Some(body))
            }
            Standard::Create => {
                let headers = vec!["Location", "ETag"];
                (201, format!("The new {one}"), headers, Some(row()))
            }
            Standard::Get => (
                200,
                format!("The {one} that was asked for"),
                vec!["ETag"],
                Some(row()),
            ),
            Standard::Delete => (204, "It was deleted".to_owned(), vec![], None),
            _ => (
                200,
                format!("The {one} as it is now"),
                vec!["ETag"],
                Some(row()),
            ),
        };
        (code, self.answer(&words, &headers, body, span))
    }

    pub(super) fn not_modified(&mut self, span: Span) -> Node {
        self.answer("The caller's copy is still good", &["ETag"], None, span)
    }

    pub(super) fn answer(
        &mut self,
        words: &str,
        headers: &[&'static str],
        body: Option<Node>,
        span: Span,
    ) -> Node {
        let mut answer = Members::new();
        put(&mut answer, "description", text(words, span));
        let mut found = Members::new();
        for name in headers {
            let header = self.shared("headers", name, span);
            put(&mut found, name, header);
        }
        if !found.is_empty() {
            put(&mut answer, "headers", object(found, span));
        }
        if let Some(body) = body {
            let name = body.get("$ref").and_then(Node::as_str);
            let name = name.and_then(|target| target.rsplit('/').next());
            let examples = name.and_then(|name| self.example(name, span));
            put(&mut answer, "content", content(body, examples));
        }
        object(answer, span)
    }

    pub(super) fn problems(&mut self, codes: Vec<u16>, span: Span) -> Vec<(u16, Node)> {
        let found = PROBLEMS.iter().filter(|(code, _)| codes.contains(code));
        found
            .map(|(code, name)| (*code, self.shared("responses", name, span)))
            .collect()
    }
}
