//! From bytes to one spanned tree: YAML 1.2 (core schema, merge keys) or strict JSON.
//!
//! Both readers feed one [`Builder`](build::Builder), which holds the bounds: nesting, alias expansion, and
//! keys that stand twice. Neither recurses, so that no document can exhaust the stack.

mod build;
mod json;
mod scalar;
mod yaml;

use crate::diagnostic::{Diagnostic, Span};

pub(super) use scalar::number;

use super::Node;

/// The most bytes that a file may have.
pub const MAX_BYTES: usize = 32 << 20;
/// How deep lists and mappings may nest.
pub const MAX_DEPTH: usize = 200;

/// The syntax of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2
    Yaml,
    /// JSON, without comments or trailing commas
    Json,
}

/// Reads a text into a tree; `file` is its place in the sources.
pub(super) fn read(name: &str, text: &str, file: usize) -> Result<(Node, Format), Vec<Diagnostic>> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let is_comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if text[start..].lines().all(is_comment) {
        let message = format!("the file `{name}` is empty");
        return Err(vec![Diagnostic::error(
            "empty",
            Span {
                file,
                start: 0,
                end: 0,
            },
            message,
        )]);
    }
    let unmerged = conflicts(text, file);
    if !unmerged.is_empty() {
        return Err(unmerged);
    }
    let lower = name.to_ascii_lowercase();
    let is_yaml = lower.ends_with(".yaml") || lower.ends_with(".yml");
    match looks_like_json(&text[start..]) {
        // A mapping in braces is lawful YAML even where it is no JSON.
        true if is_yaml => json::read(text, start, file)
            .map(|root| (root, Format::Json))
            .or_else(|_| Ok((yaml::read(text, start, file)?, Format::Yaml))),
        true => Ok((json::read(text, start, file)?, Format::Json)),
        false => Ok((yaml::read(text, start, file)?, Format::Yaml)),
    }
}

/// The places where git could not merge; no lawful document has lines that start like this.
fn conflicts(text: &str, file: usize) -> Vec<Diagnostic> {
    let mut conflicts = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        if line.starts_with("<<<<<<< ") {
            let message = "here begins a merge conflict that nobody has resolved";
            let span = Span { file, start, end };
            conflicts.push(Diagnostic::error("merge-conflict", span, message));
        }
        start += line.len();
    }
    conflicts
}

/// Whether a text opens as a JSON object does: `{` and then `"` or `}`; `{openapi: 3.1.0}` is YAML.
fn looks_like_json(text: &str) -> bool {
    let inside = text.trim_start().strip_prefix('{').map(str::trim_start);
    inside.is_some_and(|rest| rest.is_empty() || rest.starts_with(['"', '}', '/', '\'']))
}
