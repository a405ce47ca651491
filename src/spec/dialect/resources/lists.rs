//! How a collection is listed.

use crate::spec::{Kind, Node};

use super::{
    blueprint::{At, Filter, List, Page},
    reader::Reader,
};

const KEYS: [&str; 6] = ["filters", "sort", "include", "fields", "page", "limit"];

/// The comparisons that a filter may have.
const OPERATORS: [(&str, &str); 7] = [
    ("eq", "eq"),
    ("ne", "ne"),
    ("gt", "gt"),
    ("gte", "gte"),
    ("lt", "lt"),
    ("lte", "lte"),
    ("in", "in"),
];

const PAGES: [(&str, Page); 3] = [
    ("cursor", Page::Cursor),
    ("number", Page::Number),
    ("none", Page::None),
];

/// The most rows that a page may ever have.
const MAX_LIMIT: u64 = 10_000;

impl Reader {
    pub(super) fn list(&mut self, resource: &Node) -> List {
        let mut list = List::default();
        let Some(node) = resource.get("list") else {
            return list;
        };
        if !self.keys(node, "list", "key of a `list`", &KEYS) {
            return list;
        }
        list.filters = self.filters(node);
        list.sort = self.texts(node, "sort");
        list.include = self.texts(node, "include");
        list.fields = self.flag(node, "fields");
        let page = self.text_of(node, "page");
        let page = page.and_then(|word| self.choice(&word, "page", &PAGES));
        list.page = page.unwrap_or_default();
        list.limit = self.limit(node);
        list
    }

    fn limit(&mut self, list: &Node) -> Option<At<(u64, u64)>> {
        let word = self.text_of(list, "limit")?;
        let (usual, most) = word.value.split_once("..").unwrap_or((&word.value, ""));
        let usual: Option<u64> = usual.trim().parse().ok();
        let most: Option<u64> = match most.trim() {
            "" => usual,
            most => most.parse().ok(),
        };
        let limits = usual.zip(most);
        let limits = limits.filter(|(usual, most)| (1..=*most).contains(usual));
        match limits.filter(|(_, most)| *most <= MAX_LIMIT) {
            Some(limits) => Some(At::new(limits, word.span)),
            None => {
                let message = format!("`{}` is no limit of pages", word.value);
                let hint = format!(
                    "`20..100`: how many rows a page has by default, and at most (up to {MAX_LIMIT})"
                );
                self.hinted(word.span, message, hint);
                None
            }
        }
    }

    /// `[state, due: [gte, lt]]`, or a mapping of the same.
    fn filters(&mut self, list: &Node) -> Vec<Filter> {
        let Some(node) = list.get("filters") else {
            return Vec::new();
        };
        let mut filters = Vec::new();
        match &node.kind {
            Kind::Object(_) => self.compared(node, &mut filters),
            Kind::Array(items) => {
                for item in items {
                    match item.kind {
                        Kind::Object(_) => self.compared(item, &mut filters),
                        _ => filters.extend(self.text(item, "filters").map(|field| Filter {
                            field,
                            operators: Vec::new(),
                        })),
                    }
                }
            }
            _ => self.misfit(node, "filters", "a list of fields"),
        }
        filters
    }

    fn compared(&mut self, node: &Node, filters: &mut Vec<Filter>) {
        for (name, member) in node.members() {
            let mut operators: Vec<At<&'static str>> = Vec::new();
            for word in self.texts(node, name) {
                let range = ["gte", "lte"];
                match word.value.as_str() {
                    "range" => {
                        operators.extend(range.map(|word_| At::new(word_, word.span)));
                    }
                    _ => {
                        let found = self.choice(&word, name, &OPERATORS);
                        operators.extend(found.map(|found| At::new(found, word.span)));
                    }
                }
            }
            let field = At::new(name.to_owned(), member.key);
            filters.push(Filter { field, operators });
        }
    }
}
