//! `[include]` and `[exclude]`: which operations of the document the project has.

use serde::{Deserialize, Serialize};
use toml_edit::Item;

use super::reader::{Range, Reader, key_span};

/// Operations, by what they have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickChoice {
    /// One of their tags.
    pub tags: Vec<String>,
    /// Their path, as the document writes it; `*` stands for anything.
    pub paths: Vec<String>,
    /// Their `operationId`, or their method and path.
    pub operations: Vec<String>,
}

const KEYS: &[&str] = &["tags", "paths", "operations"];

impl Reader {
    /// Reads one of the two tables.
    pub(super) fn pick(&mut self, name: &str, item: &Item, at: Range) -> PickChoice {
        let mut choice = PickChoice::default();
        let table = self.table(name, item, at);
        for (key, item) in table.iter().flat_map(|table| table.iter()) {
            let full = format!("{name}.{key}");
            match key {
                "tags" => choice.tags = self.texts(&full, item),
                "paths" => choice.paths = self.texts(&full, item),
                "operations" => choice.operations = self.texts(&full, item),
                _ => {
                    let at = table.and_then(|table| key_span(table, key));
                    self.no_option(&full, key, at, KEYS);
                }
            }
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, FILE, tests::problems};

    #[test]
    fn picks_are_read() {
        let head = "name = \"a\"\nspec = \"a.yaml\"\n";
        let text = format!("{head}include = {{ tags = [\"a\"] }}\n[exclude]\npaths = [\"/b*\"]\n");
        let config = Config::parse(FILE, &text).expect("a config");
        assert_eq!(
            (config.include.tags, config.exclude.paths),
            (vec!["a".to_owned()], vec!["/b*".to_owned()])
        );
        let told = problems(&format!(
            "{head}include = 1\n[exclude]\ntag = [\"a\"]\ntags = \"a\"\n"
        ));
        let told: Vec<_> = told.iter().map(|(problem, _)| problem.as_str()).collect();
        let expected = [
            "3:1 `include` must be a table",
            "5:1 there is no option `exclude.tag`",
            "6:8 `exclude.tags` must be a list of strings",
        ];
        assert_eq!(told, expected);
    }
}
