//! Reading with all problems collected, each at the exact word.

use crate::{
    diagnostic::{Diagnostic, Span},
    spec::{Kind, Node},
};

use super::blueprint::At;

/// The code of what is wrong in a resource spec.
const CODE: &str = "resource-spec";

/// The longest name of a resource or a field.
const MAX_NAME: usize = 60;

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Diagnostic::error(CODE, span, message));
    }

    pub(super) fn hinted(
        &mut self,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let problem = Diagnostic::error(CODE, span, message);
        self.problems.push(problem.hint(hint));
    }

    /// A problem with another place that belongs to it.
    pub(super) fn related(&mut self, span: Span, message: String, other: Span, why: &str) {
        let problem = Diagnostic::error(CODE, span, message);
        self.problems.push(problem.related(other, why));
    }

    /// What was not found among `known`; `what` is such as `key of a resource`.
    pub(super) fn unknown(&mut self, word: &At<String>, what: &str, known: &[&str]) {
        let message = format!("`{}` is no {what}", word.value);
        let hint = match nearest(&word.value, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => return self.error(word.span, message),
            None => format!("there is {}", listed(known)),
        };
        self.hinted(word.span, message, hint);
    }

    /// Says that something is not what it must be.
    pub(super) fn misfit(&mut self, node: &Node, name: &str, expected: &str) {
        let found = match &node.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "a boolean",
            Kind::Number(..) => "a number",
            Kind::String(_) => "a text",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "a mapping",
        };
        self.error(
            node.span,
            format!("`{name}` must be {expected}, not {found}"),
        );
    }

    /// Tells the keys of a mapping that are none of these, and whether it is a mapping.
    pub(super) fn keys(&mut self, node: &Node, name: &str, what: &str, known: &[&str]) -> bool {
        if node.as_object().is_none() {
            self.misfit(node, name, "a mapping");
            return false;
        }
        for (key, member) in node.members() {
            // What starts so is for tools, such as `x-apigen-lint`.
            if !known.contains(&key) && !key.starts_with("x-") {
                self.unknown(&At::new(key.to_owned(), member.key), what, known);
            }
        }
        true
    }

    /// A text, or a number or boolean that was meant as one.
    pub(super) fn text(&mut self, node: &Node, name: &str) -> Option<At<String>> {
        let text = node.as_text().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            match node.as_str() {
                Some(_) => self.error(node.span, format!("`{name}` must not be empty")),
                None => self.misfit(node, name, "a text"),
            }
        }
        text.map(|text| At::new(text, node.span))
    }

    /// A text of the owner's member, where it has one.
    pub(super) fn text_of(&mut self, owner: &Node, name: &str) -> Option<At<String>> {
        self.text(owner.get(name)?, name)
    }

    /// The owner's member, checked to be a text.
    pub(super) fn prose(&mut self, owner: &Node, name: &str) -> Option<Node> {
        let text = self.text_of(owner, name)?;
        Some(Node {
            kind: Kind::String(text.value),
            span: text.span,
        })
    }

    /// The place of the key of the owner's member, where it says `true`.
    pub(super) fn flag(&mut self, owner: &Node, name: &str) -> Option<Span> {
        let member = owner.as_object()?.get(name)?;
        match member.value.as_bool() {
            Some(true) => Some(member.key),
            Some(false) => None,
            None => {
                self.misfit(&member.value, name, "`true` or `false`");
                None
            }
        }
    }

    /// A list of texts, or a single one.
    pub(super) fn texts(&mut self, owner: &Node, name: &str) -> Vec<At<String>> {
        let Some(node) = owner.get(name) else {
            return Vec::new();
        };
        match &node.kind {
            Kind::Array(items) => {
                let texts = items.iter().filter_map(|item| self.text(item, name));
                texts.collect()
            }
            Kind::String(_) => self.text(node, name).into_iter().collect(),
            _ => {
                self.misfit(node, name, "a list of names");
                Vec::new()
            }
        }
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        word: &At<String>,
        name: &str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let found = choices.iter().find(|(choice, _)| *choice == word.value);
        if found.is_none() {
            let known: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
            let message = format!("`{name}` cannot be `{}`", word.value);
            let hint = match nearest(&word.value, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it is {}", alternatives(&known)),
            };
            self.hinted(word.span, message, hint);
        }
        found.map(|(_, value)| *value)
    }

    /// Whether a name is one that addresses, Rust and SQL can have; `what` is such as `a resource`.
    pub(super) fn named(&mut self, name: &At<String>, what: &str, hyphens: bool) -> bool {
        let text = &name.value;
        let lawful = |c: char| c.is_ascii_alphanumeric() || c == '_' || (hyphens && c == '-');
        if text.len() > MAX_NAME {
            self.error(
                name.span,
                format!("the name of {what} has at most {MAX_NAME} characters"),
            );
            return false;
        }
        if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(lawful) {
            return true;
        }
        self.hinted(
            name.span,
            format!("`{text}` cannot be the name of {what}"),
            "a name starts with a letter, and has letters, digits and `_`",
        );
        false
    }
}

/// The known word that is nearest to this one, where one is near enough.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    // Nobody misspells a name by a hundred letters, and comparing takes the square of the time.
    if word.len() > 2 * MAX_NAME {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    let wanted = plain(word);
    let distances = known.iter().map(|other| {
        let distance = strsim::damerau_levenshtein(&wanted, &plain(other));
        (distance, *other)
    });
    let (distance, near) = distances.min_by_key(|(distance, _)| *distance)?;
    let most = (wanted.chars().count() / 3).max(1);
    (distance <= most && distance < near.len()).then_some(near)
}

/// `a`, `b` and `c`
pub(super) fn listed(words: &[&str]) -> String {
    joined(words, "and")
}

/// `a`, `b` or `c`
pub(super) fn alternatives(words: &[&str]) -> String {
    joined(words, "or")
}

fn joined(words: &[&str], glue: &str) -> String {
    const MOST: usize = 24;
    let quoted = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        words.join(", ")
    };
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        words if words.len() > MOST => format!("{}, …", quoted(&words[..MOST])),
        [rest @ .., last] => format!("{} {glue} `{last}`", quoted(rest)),
    }
}
