//! Diagnostics as a person or an editor reads them.

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use super::{Diagnostic, Severity, Sources, Span};

/// How diagnostics are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With source lines and carets.
    Human {
        /// With ANSI colours.
        color: bool,
    },
    /// One object on each line.
    Json,
}

/// How many diagnostics a person is shown.
const MAX_SHOWN: usize = 200;
/// How much of a long source line is shown, in characters.
const MAX_WIDTH: usize = 100;

/// Shows diagnostics in their order, each ended by a line break; nothing where there are none.
pub fn show(diagnostics: &[Diagnostic], sources: &Sources, format: Format) -> String {
    let mut text = String::new();
    let shown = match format {
        Format::Human { .. } => diagnostics.len().min(MAX_SHOWN),
        Format::Json => diagnostics.len(),
    };
    for problem in &diagnostics[..shown] {
        match format {
            Format::Human { color } => {
                text.push_str(&human(problem, sources, color));
                text.push_str("\n\n");
            }
            Format::Json => {
                text.push_str(&json(problem, sources));
                text.push('\n');
            }
        }
    }
    if shown < diagnostics.len() {
        let _ = writeln!(text, "… and {} more\n", diagnostics.len() - shown);
    }
    text
}

/// How many there are, such as `2 errors, 1 warning, 3 notes`; `None` where there are none.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let count = |severity, name: &str| {
        let count = diagnostics
            .iter()
            .filter(|problem| problem.severity == severity)
            .count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {name}{plural}"))
    };
    let counts = [
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
        count(Severity::Info, "note"),
    ];
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn human(problem: &Diagnostic, sources: &Sources, color: bool) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let title = level
        .primary_title(harmless(&problem.message))
        .id(problem.code);
    let mut group = Group::with_title(title);
    let primary = problem.span.map(|span| (span, AnnotationKind::Primary, ""));
    let related = problem.related.iter();
    let related = related.map(|(span, why)| (*span, AnnotationKind::Context, why.as_str()));
    for (span, kind, label) in primary.into_iter().chain(related) {
        for element in excerpt(span, kind, label, sources) {
            group = group.element(element);
        }
    }
    if let Some(hint) = &problem.hint {
        group = group.element(Level::HELP.with_name("hint").message(harmless(hint)));
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let text = renderer.render(&[group]);
    // A snippet that has its place told before it is still led in by an empty `:::`.
    let lines: Vec<_> = text
        .lines()
        .filter(|line| bare(line).trim() != ":::")
        .collect();
    lines.join("\n")
}

/// A line without its ANSI colours.
fn bare(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once('m').map_or(part, |(_, rest)| rest));
    std::iter::once(first).chain(rest).collect()
}

/// The place in words, and the line it is on with a mark.
fn excerpt<'a>(
    span: Span,
    kind: AnnotationKind,
    label: &str,
    sources: &Sources,
) -> [Element<'a>; 2] {
    let place = sources.origin(span);
    let (line, start) = sources.line(span);
    let (text, mark) = cut(line, span.start - start, span.end - span.start);
    let annotation = kind.span(mark);
    let annotation = match label {
        "" => annotation,
        _ => annotation.label(harmless(label)),
    };
    let origin = Origin::path(harmless(&place.file))
        .line(place.line)
        .char_column(place.column);
    let snippet = Snippet::source(text)
        .line_start(place.line)
        .annotation(annotation);
    [origin.into(), snippet.into()]
}

/// A stretch of the line around the mark, made harmless, and where the mark is in it.
fn cut(line: &str, start: usize, length: usize) -> (String, std::ops::Range<usize>) {
    let marked = line.get(start..).unwrap_or("");
    let marked = marked.get(..length).unwrap_or(marked);
    let (before, after) = (
        &line[..start.min(line.len())],
        line.get(start + marked.len()..),
    );
    let keep = if line.chars().count() > MAX_WIDTH {
        MAX_WIDTH / 3
    } else {
        MAX_WIDTH
    };
    let skip = before.chars().count().saturating_sub(keep);
    let before: String = before.chars().skip(skip).collect();
    let room = MAX_WIDTH.saturating_sub(before.chars().count());
    let marked: String = marked.chars().take(room).collect();
    let room = room.saturating_sub(marked.chars().count());
    let after: String = after.unwrap_or("").chars().take(room).collect();
    let head = if skip > 0 { "…" } else { "" };
    let head = format!("{head}{}", harmless(&before));
    let marked = harmless(&marked);
    let mark = head.len()..head.len() + marked.len();
    (head + &marked + &harmless(&after), mark)
}

/// The text on one line, without what would steer a terminal.
fn harmless(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => plain.push(' '),
            _ if c.is_control() || is_invisible(c) => {
                let _ = write!(plain, "\\u{{{:x}}}", u32::from(c));
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// Line separators, byte order marks, and what turns the writing direction or has no width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn json(problem: &Diagnostic, sources: &Sources) -> String {
    to_json(problem, sources).to_string()
}

/// A diagnostic as editors and other tools read it.
pub fn to_json(problem: &Diagnostic, sources: &Sources) -> serde_json::Value {
    #[derive(Serialize)]
    struct Line<'a> {
        severity: &'a str,
        code: &'a str,
        message: &'a str,
        file: Option<&'a str>,
        line: Option<usize>,
        column: Option<usize>,
        hint: Option<&'a str>,
        related: Vec<Related<'a>>,
    }
    #[derive(Serialize)]
    struct Related<'a> {
        message: &'a str,
        file: String,
        line: usize,
        column: usize,
    }
    let place = problem.span.map(|span| sources.origin(span));
    let related = problem.related.iter().map(|(span, message)| {
        let place = sources.origin(*span);
        Related {
            message,
            file: place.file,
            line: place.line,
            column: place.column,
        }
    });
    let line = Line {
        severity: match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        },
        code: problem.code,
        message: &problem.message,
        file: place.as_ref().map(|place| place.file.as_str()),
        line: place.as_ref().map(|place| place.line),
        column: place.as_ref().map(|place| place.column),
        hint: problem.hint.as_deref(),
        related: related.collect(),
    };
    serde_json::to_value(&line).unwrap_or_default()
}
