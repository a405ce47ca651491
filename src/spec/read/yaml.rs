//! Reads YAML from the events of `saphyr-parser`.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use crate::diagnostic::{Diagnostic, Span};

use super::{
    super::{Kind, Node},
    build::{Builder, too_deep},
    scalar,
};

/// How often a text is mended and read again.
const MAX_MENDS: usize = 200;

/// Reads the text from `start` on.
pub(super) fn read(text: &str, start: usize, file: usize) -> Result<Node, Vec<Diagnostic>> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MAX_MENDS {
        let mut builder = Builder::new();
        match events(&text, start, file, &mut builder) {
            Ok(()) => return builder.finish(None),
            Err(Stop::Problem(problem)) => return builder.finish(Some(problem)),
            Err(Stop::Syntax(at, info)) => match mended(&text, at) {
                Some(mended) => text = Cow::Owned(mended),
                None => return builder.finish(Some(syntax(&info, &text, at, file))),
            },
        }
    }
    let span = Span {
        file,
        start,
        end: start,
    };
    Err(vec![Diagnostic::error(
        "yaml",
        span,
        "too many brackets close on lines that are not indented",
    )])
}

/// Why reading stopped.
enum Stop {
    Syntax(usize, String),
    Problem(Diagnostic),
}

impl From<Diagnostic> for Stop {
    fn from(problem: Diagnostic) -> Self {
        Self::Problem(problem)
    }
}

/// The text with the bracket at this place moved to the end of the line before: YAML wants it indented more than the key
/// that it belongs to, and nearly everyone else lets it stand below. All places stay where they are.
fn mended(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?.trim_end_matches(' ');
    let is_bracket = text[at..].starts_with(['}', ']']);
    let end = before.trim_end().len();
    let line = before[..end].lines().next_back()?;
    if !is_bracket || line.contains('#') || !before.ends_with('\n') {
        return None;
    }
    let mut mended = text.to_owned();
    mended.replace_range(end..before.len(), &" ".repeat(before.len() - end));
    Some(mended)
}

fn events(text: &str, start: usize, file: usize, builder: &mut Builder) -> Result<(), Stop> {
    let mut offsets = Offsets::new(&text[start..], start);
    let mut documents = 0;
    for event in Parser::new_from_str(&text[start..]) {
        let (event, place) = event.map_err(|error| {
            let at = offsets.byte(*error.marker()).min(text.len());
            Stop::Syntax(at, error.info().to_owned())
        })?;
        let begin = offsets.byte(place.start);
        let span = Span {
            file,
            start: begin,
            end: offsets.byte(place.end).max(begin),
        };
        if let Event::DocumentStart(_) = event {
            documents += 1;
            if documents > 1 {
                return Err(Stop::Problem(
                    Diagnostic::error("yaml", span, "a second YAML document begins here").hint(
                        "an API description is one document: remove it, or the `---` before it",
                    ),
                ));
            }
        }
        step(event, span, builder)?;
    }
    Ok(())
}

fn step(event: Event<'_>, span: Span, builder: &mut Builder) -> Result<(), Diagnostic> {
    let is_key = builder.expects_key();
    match event {
        Event::Scalar(text, style, anchor, tag) => {
            let node = Node {
                kind: value(&text, style, tag.as_deref()),
                span,
            };
            match is_key {
                true if text == "<<" && style == ScalarStyle::Plain => builder.merge_key(),
                true => {
                    builder.anchor(anchor, &node)?;
                    builder.key(text.into_owned(), span);
                }
                false => builder.value(node, anchor)?,
            }
        }
        Event::Alias(anchor) => {
            let node = builder.alias(anchor, span)?;
            match node.as_text() {
                Some(text) if is_key => builder.key(text, span),
                None if is_key => return Err(no_key(span)),
                _ => builder.value(node, 0)?,
            }
        }
        Event::SequenceStart(..) | Event::MappingStart(..) if is_key => return Err(no_key(span)),
        Event::SequenceStart(anchor, _) => builder.open_array(span, anchor)?,
        Event::MappingStart(anchor, _) => builder.open_object(span, anchor)?,
        Event::SequenceEnd | Event::MappingEnd => builder.close(span.end)?,
        _ => {}
    }
    Ok(())
}

fn no_key(span: Span) -> Diagnostic {
    Diagnostic::error("yaml", span, "a key must be a text, not a list or mapping")
}

fn value(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Kind {
    let core = tag.filter(|tag| tag.is_yaml_core_schema());
    match core.map(|tag| tag.suffix.as_str()) {
        Some("str" | "binary") => Kind::String(text.to_owned()),
        Some("int" | "float" | "bool" | "null") => scalar::plain(text),
        _ if style == ScalarStyle::Plain => scalar::plain(text),
        _ => Kind::String(text.to_owned()),
    }
}

fn syntax(info: &str, text: &str, start: usize, file: usize) -> Diagnostic {
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    let span = Span {
        file,
        start,
        end: start + width,
    };
    let problem = |message: &str| Diagnostic::error("yaml", span, message);
    match info {
        "invalid indentation in quoted scalar"
        | "while scanning a quoted scalar, found unexpected end of stream" => {
            problem("this quoted text does not end, or goes on in a line that is not indented")
                .hint("the closing quote may be missing")
        }
        "recursion limit exceeded" => too_deep(span),
        _ if info.starts_with("tabs disallowed") => {
            problem("a tab, where YAML wants spaces").hint("indent with spaces")
        }
        "mapping values are not allowed in this context" if text.trim_start().starts_with('<') => {
            problem("this is neither YAML nor JSON; it looks like HTML")
                .hint("save the document itself, not the page that shows it")
        }
        "mapping values are not allowed in this context" => problem("a `:` that makes no key here")
            .hint("quote a text that has `: ` in it, or check how its line is indented"),
        _ => problem(info),
    }
}

/// From the parser's characters to bytes. Events come nearly in order, so that walking from the last place is short.
struct Offsets<'a> {
    text: &'a str,
    base: usize,
    ascii: bool,
    character: usize,
    byte: usize,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str, base: usize) -> Self {
        Self {
            text,
            base,
            ascii: text.is_ascii(),
            character: 0,
            byte: 0,
        }
    }

    fn byte(&mut self, marker: Marker) -> usize {
        let target = marker.index();
        if self.ascii {
            return self.base + target.min(self.text.len());
        }
        if target < self.character {
            // Only marks of keys that turned out as such late lie behind.
            let back = self.text[..self.byte].char_indices().rev();
            (self.byte, self.character) = back
                .map(|(at, _)| at)
                .zip((0..self.character).rev())
                .find(|(_, character)| *character == target)
                .unwrap_or((0, 0));
        } else {
            let ahead = &self.text[self.byte..];
            for next in ahead.chars().take(target - self.character) {
                self.byte += next.len_utf8();
                self.character += 1;
            }
        }
        self.base + self.byte
    }
}
