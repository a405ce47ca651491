//! Reading `apigen.toml`: everything that is wrong with it is told, each at its place.

use std::collections::BTreeMap;

use toml_edit::{Document, Item, Key, TableLike, Value};

use super::{Config, KEYS, Refusal, unknown};
use crate::diagnostic::{Diagnostic, Sources, Span};

/// A place in the text.
pub(super) type Range = Option<std::ops::Range<usize>>;

/// A table of tables, each of which has a name.
pub(super) struct Named {
    /// Such as `services`.
    pub(super) table: &'static str,
    /// What it must be.
    pub(super) is: &'static str,
    /// What has the name.
    pub(super) what: &'static str,
    /// Whether it can have it.
    pub(super) name: fn(&str) -> Result<(), String>,
    /// What one of the tables looks like, where that is worth a hint.
    pub(super) such: Option<&'static str>,
}

/// Where the key of a table stands.
pub(super) fn key_span(table: &dyn TableLike, key: &str) -> Range {
    table.key(key).and_then(Key::span)
}

/// Reads an `apigen.toml`, and collects all that is wrong with it.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) config: Config,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn read(&mut self, text: &str) {
        let document = match Document::parse(text) {
            Ok(document) => document,
            Err(error) => {
                let message = error.message().trim().to_owned();
                return self.refuse("config-syntax", error.span(), message);
            }
        };
        for (key, item) in document.iter() {
            let key_span = document.key(key).and_then(toml_edit::Key::span);
            match key {
                _ if !KEYS.contains(&key) => self.no_option(key, key, key_span, KEYS),
                "overlays" => self.config.overlays = self.texts(key, item),
                "include" => self.config.include = self.pick(key, item, key_span),
                "exclude" => self.config.exclude = self.pick(key, item, key_span),
                "tls" => self.config.tls = self.truth(key, item),
                "diff" => self.diff(item, key_span),
                "lint" => self.lint(item, key_span),
                "services" => self.services(item, key_span),
                "gateway" => self.gateway(item, key_span),
                "operations" => self.operations(item, key_span),
                "tags" => self.tags(item, key_span),
                "resources" => self.resources(item, key_span),
                "clients" => self.clients(item, key_span),
                "events" => self.events(item, key_span),
                "aggregate" => self.aggregates(item, key_span),
                _ => self.plain(key, item, key_span),
            }
        }
        for key in ["name", "spec"] {
            if !document.contains_key(key) {
                self.refuse("config-key", Some(0..0), format!("`{key}` is missing"));
            }
        }
    }

    /// A key whose value is a string.
    fn plain(&mut self, key: &str, item: &Item, key_span: Range) {
        let Some(value) = item.as_str() else {
            let message = format!("`{key}` must be a string");
            return self.refuse("config-value", item.span().or(key_span), message);
        };
        if let Err(why) = self.config.set(key, value) {
            let message = format!("`{key}` cannot be `{value}`");
            self.refuse("config-value", item.span(), message);
            self.hint(why);
        }
    }

    /// What was read of a text, or all that is wrong with it; `name` is what diagnostics call it.
    pub(super) fn finish(self, name: &str, text: &str) -> Result<Config, Box<Refusal>> {
        match self.diagnostics.is_empty() {
            true => Ok(self.config),
            false => Err(self.refusal(name, text)),
        }
    }

    pub(super) fn refusal(self, name: &str, text: &str) -> Box<Refusal> {
        let mut sources = Sources::default();
        sources.add(name, text);
        Box::new(Refusal {
            sources,
            diagnostics: self.diagnostics,
        })
    }

    pub(super) fn refuse(&mut self, code: &'static str, span: Range, message: String) {
        let range = span.unwrap_or_default();
        let span = Span {
            file: 0,
            start: range.start,
            end: range.end,
        };
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }

    /// What to do about the last one.
    pub(super) fn hint(&mut self, hint: impl Into<Option<String>>) {
        if let Some(last) = self.diagnostics.last_mut() {
            last.hint = hint.into();
        }
    }

    /// A table of tables, read each by its own function.
    pub(super) fn named<T>(
        &mut self,
        of: &Named,
        item: &Item,
        at: Range,
        mut read: impl FnMut(&mut Self, &str, &dyn TableLike, Range) -> T,
    ) -> BTreeMap<String, T> {
        let mut all = BTreeMap::new();
        let Some(table) = item.as_table_like() else {
            let message = format!("`{}` must be {}", of.table, of.is);
            self.refuse("config-value", at, message);
            return all;
        };
        for (name, item) in table.iter() {
            let at = key_span(table, name);
            if let Err(why) = (of.name)(name) {
                let message = format!("no {} can be called `{name}`", of.what);
                self.refuse("config-value", at.clone(), message);
                self.hint(why);
            }
            let path = format!("{}.{name}", of.table);
            match self.table(&path, item, at.clone()) {
                Some(own) => drop(all.insert(name.to_owned(), read(self, name, own, at))),
                None => of
                    .such
                    .iter()
                    .for_each(|such| self.hint((*such).to_owned())),
            }
        }
        all
    }

    /// Refuses a key that stands in none of the lists.
    pub(super) fn no_option(&mut self, path: &str, key: &str, at: Range, possible: &[&str]) {
        self.refuse("config-key", at, format!("there is no option `{path}`"));
        self.hint(unknown(key, possible));
    }

    pub(super) fn table<'i>(
        &mut self,
        path: &str,
        item: &'i Item,
        at: Range,
    ) -> Option<&'i dyn TableLike> {
        let table = item.as_table_like();
        if table.is_none() {
            self.refuse("config-value", at, format!("`{path}` must be a table"));
        }
        table
    }

    pub(super) fn truth(&mut self, key: &str, item: &Item) -> bool {
        let truth = item.as_bool();
        if truth.is_none() {
            let message = format!("`{key}` must be `true` or `false`");
            self.refuse("config-value", item.span(), message);
        }
        truth.unwrap_or_default()
    }

    pub(super) fn text<T>(
        &mut self,
        key: &str,
        item: &Item,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let Some(text) = item.as_str() else {
            let message = format!("`{key}` must be a string");
            self.refuse("config-value", item.span(), message);
            return None;
        };
        let read = read(text);
        if let Err(why) = &read {
            let message = format!("`{key}` cannot be `{text}`");
            self.refuse("config-value", item.span(), message);
            self.hint(why.clone());
        }
        read.ok()
    }

    pub(super) fn texts(&mut self, key: &str, item: &Item) -> Vec<String> {
        let texts = item.as_array().map(|list| list.iter().map(Value::as_str));
        let texts = texts.and_then(Iterator::collect::<Option<Vec<_>>>);
        let Some(texts) = texts else {
            let message = format!("`{key}` must be a list of strings");
            self.refuse("config-value", item.span(), message);
            return Vec::new();
        };
        texts.into_iter().map(str::to_owned).collect()
    }
}
