//! `[aggregate.<name>]`: answers that are joined from those of several services.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use toml_edit::{Item, TableLike};

use super::reader::{Named, Range, Reader, key_span};

/// A path whose answer joins those of several operations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aggregate {
    /// Such as `/home/{user_id}`.
    pub path: String,
    /// How long all calls together may take.
    pub timeout: Option<Duration>,
    /// The operations, by the members of the answer.
    pub calls: BTreeMap<String, Call>,
}

/// An operation whose answer is a member of the joined one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its `operationId`.
    pub operation: String,
    /// What its parameters are: `path.NAME` or `query.NAME` of the request.
    pub with: BTreeMap<String, String>,
    /// Its failure is that of the whole; else the member is null.
    pub required: bool,
}

impl Aggregate {
    /// Whether the path has a parameter of this name.
    pub fn has(&self, parameter: &str) -> bool {
        self.path.contains(&format!("{{{parameter}}}"))
    }

    /// What a parameter of a call is: what is said, else its namesake in the path; as the place
    /// (`path` or `query`) and the name there.
    pub fn source<'a>(&'a self, call: &'a Call, parameter: &'a str) -> Option<(&'a str, &'a str)> {
        match call.with.get(parameter) {
            Some(said) => said.split_once('.'),
            None => self.has(parameter).then_some(("path", parameter)),
        }
    }
}

const KEYS: &[&str] = &["path", "timeout_ms", "calls"];
const CALL_KEYS: &[&str] = &["operation", "with", "required"];

/// A path of plain pieces and parameters.
fn path(text: &str) -> Result<String, String> {
    let word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_piece = |piece: &str| {
        let inner = piece
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        match inner {
            Some(inner) => name(inner),
            None => !piece.is_empty() && piece.chars().all(word) && piece != ".." && piece != ".",
        }
    };
    let mut pieces = text
        .strip_prefix('/')
        .into_iter()
        .flat_map(|rest| rest.split('/'));
    match text.len() > 1 && pieces.all(is_piece) && text.starts_with('/') {
        true => Ok(text.to_owned()),
        false => Err("it is a path such as `/home/{user_id}`".to_owned()),
    }
}

/// The name of a member.
fn member(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name == "errors" {
        return Err("`errors` tells which calls failed".to_owned());
    }
    match !name.is_empty() && name.len() <= 100 && name.chars().all(plain) {
        true => Ok(()),
        false => Err("it has letters, digits, `_` and `-`".to_owned()),
    }
}

fn source(text: &str) -> Result<String, String> {
    let name = text.strip_prefix("path.").or(text.strip_prefix("query."));
    match name.is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace)) {
        true => Ok(text.to_owned()),
        false => Err("it is `path.NAME` or `query.NAME`, of the request".to_owned()),
    }
}

const AGGREGATES: Named = Named {
    table: "aggregate",
    is: "a table, such as `[aggregate.home]`",
    what: "aggregate",
    name: member,
    such: None,
};

impl Reader {
    /// Reads the table of all aggregates.
    pub(super) fn aggregates(&mut self, item: &Item, at: Range) {
        self.config.aggregates = self.named(&AGGREGATES, item, at, Self::aggregate);
    }

    fn aggregate(&mut self, name: &str, table: &dyn TableLike, at: Range) -> Aggregate {
        let mut aggregate = Aggregate::default();
        for (key, item) in table.iter() {
            let at = key_span(table, key);
            let full = format!("aggregate.{name}.{key}");
            match key {
                "path" => aggregate.path = self.text(&full, item, path).unwrap_or_default(),
                "timeout_ms" => match item.as_integer().and_then(|ms| u64::try_from(ms).ok()) {
                    Some(ms) if ms > 0 => aggregate.timeout = Some(Duration::from_millis(ms)),
                    _ => {
                        let message = format!("`{full}` must be a number of milliseconds");
                        self.refuse("config-value", item.span(), message);
                    }
                },
                "calls" => aggregate.calls = self.calls(&full, item, at),
                _ => self.no_option(&full, key, at, KEYS),
            }
        }
        for key in ["path", "calls"] {
            if !table.contains_key(key) {
                let message = format!("`aggregate.{name}.{key}` is missing");
                self.refuse("config-key", at.clone(), message);
            }
        }
        aggregate
    }

    fn calls(&mut self, full: &str, item: &Item, at: Range) -> BTreeMap<String, Call> {
        let mut calls = BTreeMap::new();
        let Some(table) = item.as_table_like().filter(|table| !table.is_empty()) else {
            let message = format!("`{full}` must be a table of operations");
            self.refuse("config-value", at, message);
            self.hint("such as `{ user = \"getUser\" }`".to_owned());
            return calls;
        };
        for (name, item) in table.iter() {
            if let Err(why) = member(name) {
                let message = format!("no member of the answer can be called `{name}`");
                self.refuse("config-value", key_span(table, name), message);
                self.hint(why);
            }
            let full = format!("{full}.{name}");
            calls.extend(self.call(&full, item).map(|call| (name.to_owned(), call)));
        }
        calls
    }

    fn call(&mut self, full: &str, item: &Item) -> Option<Call> {
        let own = |text: &str| Ok(text.to_owned());
        let mut call = Call {
            operation: String::new(),
            with: BTreeMap::new(),
            required: true,
        };
        let Some(table) = item.as_table_like() else {
            call.operation = self.text(full, item, own)?;
            return Some(call);
        };
        for (key, item) in table.iter() {
            let full = format!("{full}.{key}");
            match (key, item.as_table_like(), item.as_bool()) {
                ("operation", ..) => call.operation = self.text(&full, item, own)?,
                ("required", _, Some(required)) => call.required = required,
                ("with", Some(with), _) => {
                    for (name, item) in with.iter() {
                        let read = self.text(&format!("{full}.{name}"), item, source);
                        call.with
                            .extend(read.map(|source| (name.to_owned(), source)));
                    }
                }
                ("required" | "with", ..) => {
                    let what = if key == "with" {
                        "a table"
                    } else {
                        "`true` or `false`"
                    };
                    let message = format!("`{full}` must be {what}");
                    self.refuse("config-value", item.span(), message);
                }
                _ => self.no_option(&full, key, key_span(table, key), CALL_KEYS),
            }
        }
        if call.operation.is_empty() {
            let message = format!("`{full}.operation` is missing");
            self.refuse("config-key", item.span(), message);
            return None;
        }
        Some(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, FILE, tests::problems};

    const SHOP: &str = "name = \"shop\"\nspec = \"a.yaml\"\nlayout = \"services\"\n";

    #[test]
    fn aggregates_are_read() {
        let text = "[aggregate.home]\npath = \"/home/{id}\"\ntimeout_ms = 500\n[aggregate.home.calls]\n\
                    user = \"getUser\"\n\
                    news = { operation = \"listNews\", with = { limit = \"query.n\" }, required = false }\n";
        let config = Config::parse(FILE, &format!("{SHOP}{text}")).expect("sound");
        let home = &config.aggregates["home"];
        assert_eq!(home.timeout, Some(Duration::from_millis(500)));
        assert!(home.calls["user"].required);
        let news = &home.calls["news"];
        assert_eq!(
            (news.required, news.with["limit"].as_str()),
            (false, "query.n")
        );
    }

    #[test]
    fn wrong_aggregates_are_told_at_their_places() {
        let text = "[aggregate.home]\npath = \"home\"\ncalls = { errors = \"a\", b = { with = { c = \"d\" } } }\n\
                    [aggregate.more]\npath = \"/more\"\ncall = {}\n";
        let told: Vec<String> = problems(&format!("{SHOP}{text}"))
            .into_iter()
            .map(|(told, _)| told)
            .collect();
        let expected = [
            "5:8 `aggregate.home.path` cannot be `home`",
            "6:11 no member of the answer can be called `errors`",
            "6:44 `aggregate.home.calls.b.with.c` cannot be `d`",
            "6:29 `aggregate.home.calls.b.operation` is missing",
            "9:1 there is no option `aggregate.more.call`",
            "7:12 `aggregate.more.calls` is missing",
        ];
        assert_eq!(told, expected);
    }
}
