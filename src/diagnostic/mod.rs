//! What is wrong with a spec, and where.

mod show;

pub use show::{Format, show, summary, to_json};

use std::path::PathBuf;

use crate::model::Origin;

/// A stretch of a file's text, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// By its place in [`Sources`].
    pub file: usize,
    /// The first byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Something was repaired, left out or degraded.
    Warning,
    /// Good to know.
    Info,
}

/// One problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable, such as `dangling-ref`.
    pub code: &'static str,
    /// What is wrong: no full stop, spec text in backticks.
    pub message: String,
    /// Where; `None` only where there is no place.
    pub span: Option<Span>,
    /// Other places that belong to it, each with a word on why.
    pub related: Vec<(Span, String)>,
    /// What to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A problem that stops the run.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            span: Some(span),
            related: Vec::new(),
            hint: None,
        }
    }

    /// A problem that was repaired or degraded.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// The same as a warning, because it was repaired.
    pub fn into_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Adds what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds another place.
    pub fn related(mut self, span: Span, why: impl Into<String>) -> Self {
        self.related.push((span, why.into()));
        self
    }
}

/// Sorts diagnostics by place and drops those that say the same.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let key = |problem: &Diagnostic| (problem.span, problem.severity, problem.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup_by(|a, b| (a.span, a.code, &a.message) == (b.span, b.code, &b.message));
}

/// The files of a document, by which spans are shown.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    looked: Vec<(PathBuf, Option<usize>)>,
}

#[derive(Debug, Clone)]
struct SourceFile {
    name: String,
    text: String,
    /// The first byte of each line.
    lines: Vec<usize>,
}

impl Sources {
    /// Adds a file; its place is what spans call it by.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> usize {
        let text = text.into();
        let starts = text.match_indices('\n').map(|(index, _)| index + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        self.files.push(SourceFile {
            name: name.into(),
            text,
            lines,
        });
        self.files.len() - 1
    }

    /// Remembers where a file was looked for, and which it was; `None` where there is none.
    pub fn look(&mut self, path: PathBuf, file: Option<usize>) {
        let look = (path, file);
        if !self.looked.contains(&look) {
            self.looked.push(look);
        }
    }

    /// Where files were looked for, in this order.
    pub fn looked(&self) -> &[(PathBuf, Option<usize>)] {
        &self.looked
    }

    /// The name and the text of a file.
    pub fn file(&self, file: usize) -> (&str, &str) {
        (&self.files[file].name, &self.files[file].text)
    }

    /// The name and the text of every file, in their order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter();
        files.map(|file| (file.name.as_str(), file.text.as_str()))
    }

    /// The place that a person would look for.
    pub fn origin(&self, span: Span) -> Origin {
        let Some(file) = self.files.get(span.file) else {
            return Origin::default();
        };
        let (line, start) = self.line(span);
        let before = line.get(..span.start.saturating_sub(start)).unwrap_or(line);
        Origin {
            file: file.name.clone(),
            line: file
                .lines
                .partition_point(|start| *start <= span.start)
                .max(1),
            column: before.chars().count() + 1,
        }
    }

    /// The line that a span begins on, and the first byte of that line.
    fn line(&self, span: Span) -> (&str, usize) {
        let Some(file) = self.files.get(span.file) else {
            return ("", span.start);
        };
        let line = file
            .lines
            .partition_point(|start| *start <= span.start)
            .max(1)
            - 1;
        let start = file.lines[line];
        let rest = &file.text[start..];
        let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
        (line.strip_suffix('\r').unwrap_or(line), start)
    }
}
