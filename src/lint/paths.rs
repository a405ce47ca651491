//! Paths: nouns in plural, hyphens, no verbs, no depth.

use super::{
    Linter,
    api::{self, is_parameter, segments},
    rules::Advice,
    words::{Style, is_plural, plural, verb, words},
};
use crate::{diagnostic::Span, spec::Node};

/// Words that lead to a thing and name none: `/items/by-sku/{sku}`.
const PREPOSITIONS: &[&str] = &["at", "by", "for", "from", "in", "of", "on", "to", "with"];

impl Linter<'_> {
    pub(super) fn paths(&mut self) {
        let document = self.document;
        for (path, at, item) in api::paths(document) {
            self.form(path, at);
            self.depth(path, at, item);
            let all: Vec<_> = segments(path).collect();
            for (index, segment) in all.iter().enumerate() {
                let word = literal(segment);
                if is_parameter(segment) || word.is_empty() {
                    continue;
                }
                self.segment(path, word, at);
                if all.get(index + 1).is_some_and(|next| is_parameter(next)) {
                    self.collection(path, word, at);
                }
            }
        }
    }

    fn form(&mut self, path: &str, at: Span) {
        if path.contains(['?', '#']) {
            let message = format!("`{path}` is more than a path");
            let hint = "declare what follows in `parameters`, with `in: query`";
            self.tell(Advice::PathQuery, at, message, hint);
        }
        if path.len() > 1 && path.ends_with('/') {
            let message = format!("`{path}` ends in a slash");
            let hint = format!("call it `{}`", path.trim_end_matches('/'));
            self.tell(Advice::PathSlash, at, message, &hint);
        }
    }

    fn depth(&mut self, path: &str, at: Span, item: &Node) {
        let all: Vec<_> = segments(path).collect();
        let mut depth = 0;
        for (index, segment) in all.iter().enumerate() {
            let is_first = index == 0 || is_parameter(all[index - 1]);
            depth += usize::from(!is_parameter(segment) && is_first);
        }
        // An action is not a further level.
        let ends_in_word = all.last().is_some_and(|last| !is_parameter(last));
        depth -= usize::from(ends_in_word && depth > 0 && item.get("get").is_none());
        let max = self.settings.max_of(Advice::PathDepth);
        if depth > max {
            let message = format!("`{path}` nests {depth} levels of resources, and {max} are well");
            let hint =
                "give the inner resource a collection of its own, with a filter for its parent";
            self.tell(Advice::PathDepth, at, message, hint);
        }
    }

    fn segment(&mut self, path: &str, word: &str, at: Span) {
        let style = self
            .settings
            .style_of(Advice::PathCase)
            .unwrap_or(Style::Kebab);
        if !style.fits(word) {
            let message = format!(
                "`{word}` in `{path}` is not written as `{}`",
                style.sample()
            );
            let hint = format!("call it `{}`", style.write(word));
            self.tell_once(Advice::PathCase, word, at, message, &hint);
        }
        if let Some(verb) = verb(word).filter(|_| !self.settings.allows(Advice::PathVerb, word)) {
            let message = format!("`{word}` in `{path}` says what is done");
            let hint = match verb {
                "add" | "create" | "insert" | "post" => "`POST` to the collection says it",
                "delete" | "remove" => "`DELETE` of the resource says it",
                "put" | "upsert" => "`PUT` of the resource says it",
                "edit" | "modify" | "save" | "set" | "update" => {
                    "`PUT` or `PATCH` of the resource says it"
                }
                _ => "`GET` of the resource says it",
            };
            self.tell_once(Advice::PathVerb, word, at, message, hint);
        }
    }

    /// A word before a parameter.
    fn collection(&mut self, path: &str, word: &str, at: Span) {
        let words = words(word);
        let leads = words
            .first()
            .is_some_and(|first| PREPOSITIONS.contains(&first.as_str()));
        let is_well = leads || is_plural(word) || verb(word).is_some();
        if !is_well && !self.settings.allows(Advice::PathPlural, word) {
            let message = format!("`{word}` in `{path}` names a collection, and is not a plural");
            let hint = format!("call it `{}`", plural(word));
            self.tell_once(Advice::PathPlural, word, at, message, &hint);
        }
    }
}

/// A segment without the action behind it (`items:batch`) and an extension (`items.json`).
fn literal(segment: &str) -> &str {
    let word = segment.split([':', '(']).next().unwrap_or_default();
    word.split_once('.').map_or(word, |(word, _)| word)
}
