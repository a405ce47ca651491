//! `[operations.<operationId>]` and `[tags.<tag>]`: what is said of operations beside the document.

use serde::{Deserialize, Serialize};
use toml_edit::{Item, TableLike};

use super::reader::{Named, Range, Reader, key_span};

/// What is said of an operation, or of all operations with a tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationChoice {
    /// What caches may keep of its answers, in the words of `Cache-Control`.
    pub cache: Option<String>,
    /// How often each caller may call it, such as `10/minute`.
    pub rate_limit: Option<String>,
}

const KEYS: &[&str] = &["cache", "rate_limit"];

/// What the document calls them is up to the document.
const fn named(table: &'static str, is: &'static str, what: &'static str) -> Named {
    Named {
        table,
        is,
        what,
        name: |_| Ok(()),
        such: None,
    }
}

const OPERATIONS: Named = named(
    "operations",
    "a table, such as `[operations.listItems]`",
    "operation",
);
const TAGS: Named = named("tags", "a table, such as `[tags.items]`", "tag");

impl Reader {
    /// Reads the table of operations.
    pub(super) fn operations(&mut self, item: &Item, at: Range) {
        self.config.operations = self.named(&OPERATIONS, item, at, |reader, id, table, _| {
            reader.operation("operations", id, table)
        });
    }

    /// Reads the table of tags.
    pub(super) fn tags(&mut self, item: &Item, at: Range) {
        self.config.tags = self.named(&TAGS, item, at, |reader, tag, table, _| {
            reader.operation("tags", tag, table)
        });
    }

    fn operation(&mut self, of: &str, name: &str, table: &dyn TableLike) -> OperationChoice {
        let mut choice = OperationChoice::default();
        for (key, item) in table.iter() {
            let path = format!("{of}.{name}.{key}");
            let own = |text: &str| Ok(text.to_owned());
            match key {
                "cache" => choice.cache = self.text(&path, item, own),
                "rate_limit" => choice.rate_limit = self.text(&path, item, own),
                _ => self.no_option(&path, key, key_span(table, key), KEYS),
            }
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, FILE, tests::problems};

    const HEAD: &str = "name = \"a\"\nspec = \"a.yaml\"\n";

    #[test]
    fn operations_and_tags_are_read() {
        let text = format!(
            "{HEAD}[operations.listItems]\ncache = \"max-age=60\"\n[tags.\"the items\"]\nrate_limit = \"9/day\"\n"
        );
        let config = Config::parse(FILE, &text).expect("a config");
        let list = &config.operations["listItems"];
        assert_eq!(list.cache.as_deref(), Some("max-age=60"));
        let tag = &config.tags["the items"];
        assert_eq!(tag.rate_limit.as_deref(), Some("9/day"));
    }

    #[test]
    fn what_they_cannot_say_is_told() {
        let text =
            format!("{HEAD}[operations.listItems]\nrate-limit = \"9/day\"\n[tags]\nitems = 1\n");
        let expected = [
            (
                "4:1 there is no option `operations.listItems.rate-limit`",
                "did you mean `rate_limit`?",
            ),
            ("6:1 `tags.items` must be a table", ""),
        ];
        let expected = expected.map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(problems(&text), expected);
    }
}
