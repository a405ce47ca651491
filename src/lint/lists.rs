//! Lists: pages, and how much one of them may hold.

use super::{
    Linter,
    api::{Operation, is_parameter, segments},
    is_json,
    rules::Advice,
    text,
};
use crate::spec::Node;

/// Parts of the names of parameters that ask for a page.
const PARTS: &[&str] = &["cursor", "limit", "offset", "page", "perpage"];

/// Names of parameters that ask for a page, or for a stretch of the list.
const NAMES: &[&str] = &[
    "after",
    "before",
    "beginafter",
    "continue",
    "count",
    "end",
    "endingbefore",
    "first",
    "from",
    "ids",
    "last",
    "marker",
    "max",
    "maxitems",
    "maxresults",
    "range",
    "rows",
    "since",
    "size",
    "skip",
    "start",
    "startafter",
    "startat",
    "startindex",
    "startingafter",
    "take",
    "to",
    "top",
    "until",
];

/// Names of parameters that say how much a page holds.
const SIZES: &[&str] = &[
    "count",
    "limit",
    "maxresults",
    "pagelimit",
    "pagesize",
    "perpage",
    "size",
    "take",
    "top",
];

/// Properties that hold the rows of a page.
const ROWS: &[&str] = &[
    "content", "data", "entries", "hits", "items", "list", "objects", "records", "results", "rows",
    "values",
];

impl<'a> Linter<'a> {
    pub(super) fn lists(&mut self) {
        for operation in self.operations.clone() {
            if operation.method != "GET" {
                continue;
            }
            let last = segments(operation.path).last();
            let is_collection = last.is_some_and(|last| !is_parameter(last));
            if is_collection && self.is_list(&operation) && !has_pages(&operation) {
                let message = format!("`{}` answers a list without pages", operation.headline());
                let hint =
                    "add `limit` and `cursor`, or `page`; `maxItems` says that it stays short";
                self.tell(Advice::ListPagination, operation.at, message, hint);
            }
            for parameter in operation.parameters_in("query") {
                self.size(parameter);
            }
        }
    }

    fn is_list(&self, operation: &Operation<'a>) -> bool {
        let path = plain(segments(operation.path).last().unwrap_or_default());
        let content = operation
            .class('2')
            .filter_map(|(.., response)| response.get("content"));
        let json = content
            .flat_map(Node::members)
            .filter(|(media, _)| is_json(media));
        let mut schemas = json.filter_map(|(_, member)| self.member(&member.value, "schema"));
        schemas.any(|schema| {
            let is_rows = |name: &str| {
                let name = plain(name);
                name == path || ROWS.contains(&name.as_str())
            };
            let properties = || schema.get("properties").into_iter().flat_map(Node::members);
            let rows = || properties().filter(|(name, _)| is_rows(name));
            self.is_array(schema)
                || rows().any(|(_, member)| self.is_array(self.target(&member.value)))
        })
    }

    /// Whether it is an array of objects that may grow.
    fn is_array(&self, schema: &'a Node) -> bool {
        let Some(items) = self.member(schema, "items") else {
            return false;
        };
        let is_object = ["properties", "allOf"]
            .iter()
            .any(|name| items.get(name).is_some());
        text(schema, "type") == "array" && schema.get("maxItems").is_none() && is_object
    }

    fn size(&mut self, parameter: &'a Node) {
        let name = text(parameter, "name");
        let Some(schema) = self.member(parameter, "schema") else {
            return;
        };
        let is_number = matches!(text(schema, "type"), "integer" | "number");
        let bounds = ["maximum", "exclusiveMaximum", "enum", "const"];
        let is_bound = bounds.iter().any(|bound| schema.get(bound).is_some());
        if is_number && !is_bound && SIZES.contains(&plain(name).as_str()) {
            let message = format!("`{name}` has no `maximum`");
            let hint = "say how much one page may hold, such as `maximum: 100`";
            self.tell(Advice::ListLimit, parameter.span, message, hint);
        }
    }
}

/// Whether a part of the list can be asked for.
fn has_pages(operation: &Operation<'_>) -> bool {
    let names = operation
        .parameters
        .iter()
        .map(|parameter| plain(text(parameter, "name")));
    let mut names = names;
    let headers = || {
        let responses = operation
            .class('2')
            .filter_map(|(.., response)| response.get("headers"));
        let mut names = responses
            .flat_map(Node::members)
            .map(|(name, _)| plain(name));
        names.any(|name| name == "link")
    };
    names.any(|name| NAMES.contains(&name.as_str()) || PARTS.iter().any(|part| name.contains(part)))
        || headers()
}

/// A name without what its style puts between words.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_ascii_lowercase()
}
