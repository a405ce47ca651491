//! `[resources."/items"]`: what is said of the rows of a collection beside the document.

use serde::{Deserialize, Serialize};
use toml_edit::{Item, TableLike};

use super::reader::{Named, Range, Reader, key_span};

/// What is said of the rows of a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceChoice {
    /// The property with the caller who made a row: each row is its caller's.
    pub owner: Option<String>,
    /// Others are told that there is such a row, by 403, and not 404.
    pub is_forbidden: bool,
}

const KEYS: &[&str] = &["owner", "others"];

const RESOURCES: Named = Named {
    table: "resources",
    is: "a table, such as `[resources.\"/items\"]`",
    what: "collection",
    name: |path| match path.starts_with('/') {
        true => Ok(()),
        false => Err(format!("write its path: `[resources.\"/{path}\"]`")),
    },
    such: None,
};

impl Reader {
    /// Reads the table of collections.
    pub(super) fn resources(&mut self, item: &Item, at: Range) {
        self.config.resources = self.named(&RESOURCES, item, at, Self::resource);
    }

    fn resource(&mut self, path: &str, table: &dyn TableLike, _: Range) -> ResourceChoice {
        let mut choice = ResourceChoice::default();
        for (key, item) in table.iter() {
            let full = format!("resources.\"{path}\".{key}");
            match key {
                "owner" => choice.owner = self.text(&full, item, |text| Ok(text.to_owned())),
                "others" => {
                    let forbidden = |text: &str| match text {
                        "forbidden" => Ok(true),
                        "not_found" => Ok(false),
                        _ => Err("`not_found` or `forbidden`".to_owned()),
                    };
                    let is_forbidden = self.text(&full, item, forbidden);
                    choice.is_forbidden = is_forbidden.unwrap_or_default();
                    if !table.contains_key("owner") {
                        let message = format!("`{full}` needs an `owner`");
                        self.refuse("config-value", key_span(table, key), message);
                    }
                }
                _ => self.no_option(&full, key, key_span(table, key), KEYS),
            }
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Config, FILE, tests::problems},
        ResourceChoice,
    };

    const HEAD: &str = "name = \"a\"\nspec = \"a.yaml\"\n";

    #[test]
    fn resources_are_read() {
        let text =
            format!("{HEAD}[resources.\"/items\"]\nowner = \"owner_id\"\nothers = \"forbidden\"\n");
        let config = Config::parse(FILE, &text).expect("a config");
        let expected = ResourceChoice {
            owner: Some("owner_id".to_owned()),
            is_forbidden: true,
        };
        assert_eq!(config.resources["/items"], expected);
    }

    #[test]
    fn what_they_cannot_say_is_told() {
        let text = format!(
            "{HEAD}[resources]\nitems = {{}}\n[resources.\"/a\"]\nonwer = \"b\"\nothers = \"none\"\n"
        );
        let expected = [
            (
                "4:1 no collection can be called `items`",
                "write its path: `[resources.\"/items\"]`",
            ),
            (
                "6:1 there is no option `resources.\"/a\".onwer`",
                "did you mean `owner`?",
            ),
            (
                "7:10 `resources.\"/a\".others` cannot be `none`",
                "`not_found` or `forbidden`",
            ),
            ("7:1 `resources.\"/a\".others` needs an `owner`", ""),
        ];
        let expected = expected.map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(problems(&text), expected);
    }
}
