//! `[diff]`: how a project judges what changes between two of its documents.

use std::collections::BTreeMap;

use toml_edit::{Item, Value};

use super::{
    reader::{Range, Reader, key_span},
    unknown,
};
use crate::diff::{Change, Level, rule, rules};

/// How changes are judged, where the project does not go by the rules alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judge {
    /// The levels of rules that have another one here.
    levels: BTreeMap<String, Level>,
    /// What is not told.
    ignored: Vec<Ignored>,
}

/// A rule that is not told: nowhere, or of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ignored {
    rule: String,
    operation: Option<(String, String)>,
}

const KEYS: &[&str] = &["ignore", "levels"];

impl Judge {
    /// The changes that are told, each with its level here.
    pub fn judge(&self, changes: Vec<Change>) -> Vec<Change> {
        let told = |change: &Change| !self.ignored.iter().any(|ignored| ignored.means(change));
        let level = |change: Change| Change {
            level: self
                .levels
                .get(change.rule)
                .copied()
                .unwrap_or(change.level),
            ..change
        };
        changes.into_iter().filter(told).map(level).collect()
    }
}

impl Ignored {
    /// Reads `rule`, or `GET /items rule`: a path may have spaces.
    fn parse(text: &str) -> Option<Self> {
        let Some((operation, rule)) = text.trim().rsplit_once(' ') else {
            let rule = text.trim().to_owned();
            return Some(Self {
                rule,
                operation: None,
            });
        };
        let (method, path) = operation.trim().split_once(' ')?;
        Some(Self {
            rule: rule.to_owned(),
            operation: Some((method.to_ascii_uppercase(), path.trim().to_owned())),
        })
    }

    fn means(&self, change: &Change) -> bool {
        let is_at = |(method, path): &(String, String)| {
            (change.method, &change.path) == (method.as_str(), path)
        };
        self.rule == change.rule && self.operation.as_ref().is_none_or(is_at)
    }
}

impl Reader {
    /// Reads the table.
    pub(super) fn diff(&mut self, item: &Item, at: Range) {
        let Some(table) = self.table("diff", item, at) else {
            return;
        };
        for (key, item) in table.iter() {
            let at = key_span(table, key);
            match key {
                "levels" => self.levels(item, at),
                "ignore" => self.ignored(item, at),
                _ => self.no_option(&format!("diff.{key}"), key, at, KEYS),
            }
        }
    }

    fn levels(&mut self, item: &Item, at: Range) {
        let Some(table) = item.as_table_like() else {
            let message = "`diff.levels` must be a table of rules and their levels".to_owned();
            return self.refuse("config-value", at, message);
        };
        for (id, item) in table.iter() {
            self.known(id, key_span(table, id));
            match item.as_str().and_then(Level::named) {
                Some(level) => {
                    self.config.diff.levels.insert(id.to_owned(), level);
                }
                None => {
                    let message = format!("this is no level for `{id}`");
                    self.refuse("config-value", item.span(), message);
                    self.hint(unknown(item.as_str().unwrap_or_default(), Level::NAMES));
                }
            }
        }
    }

    fn ignored(&mut self, item: &Item, at: Range) {
        let texts = item.as_array().map(|list| list.iter().collect::<Vec<_>>());
        let Some(texts) = texts.filter(|texts| texts.iter().all(|text| text.is_str())) else {
            let message = "`diff.ignore` must be a list of strings".to_owned();
            return self.refuse("config-value", at, message);
        };
        for text in texts {
            match text.as_str().and_then(Ignored::parse) {
                Some(ignored) => {
                    self.known(&ignored.rule, Value::span(text));
                    self.config.diff.ignored.push(ignored);
                }
                None => {
                    let message = "this names neither a rule nor a rule of an operation";
                    self.refuse("config-value", text.span(), message.to_owned());
                    self.hint("write `RULE`, or `GET /items RULE`".to_owned());
                }
            }
        }
    }

    fn known(&mut self, id: &str, at: Range) {
        if rule(id).is_none() {
            let ids: Vec<_> = rules().map(|rule| rule.id).collect();
            self.refuse("config-value", at, format!("there is no rule `{id}`"));
            let place = "`apigen diff` shows the rule of each change in brackets";
            self.hint(unknown(id, &ids).unwrap_or_else(|| place.to_owned()));
        }
    }
}
