//! The short form of a field: `string(1..100)? = "none" unique`.

use serde_json::Number;

use crate::{
    diagnostic::Span,
    spec::{Kind, Node, read::number},
};

use super::{
    blueprint::{At, COMPOUND, Class, Field, Scalar, Shape, Type},
    reader::Reader,
};

/// How deep types may nest in the short form.
const MAX_DEPTH: usize = 8;

/// The words behind a type.
const WORDS: [&str; 4] = ["unique", "indexed", "readonly", "writeonly"];

/// How many places a decimal has where nobody says.
const PLACES: u64 = 2;

/// Reads the short form into a field.
pub(super) fn field(reader: &mut Reader, node: &Node, text: &str, field: &mut Field) {
    let mut scanner = Scanner {
        reader,
        node,
        text,
        at: 0,
    };
    if let Some(shape) = scanner.shape(0) {
        field.shape = shape;
        scanner.rest(field);
    }
}

struct Scanner<'a> {
    reader: &'a mut Reader,
    node: &'a Node,
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Where a stretch of the text stands in the file, as far as it was written as it is read.
    fn span(&self, start: usize, end: usize) -> Span {
        let whole = self.node.span;
        let quotes = match (whole.end - whole.start).checked_sub(self.text.len()) {
            Some(0) => 0,
            Some(2) => 1,
            _ => return whole,
        };
        Span {
            start: whole.start + quotes + start,
            end: whole.start + quotes + end.max(start + 1).min(self.text.len()),
            ..whole
        }
    }

    fn left(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip(&mut self) {
        self.at = self.text.len() - self.left().trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip();
        let found = self.left().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    /// A word, and what may be meant for one.
    fn word(&mut self) -> At<String> {
        self.skip();
        let start = self.at;
        let lawful = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let end = self.left().find(|c| !lawful(c)).map(|end| start + end);
        self.at = end.unwrap_or(self.text.len());
        At::new(
            self.text[start..self.at].to_owned(),
            self.span(start, self.at),
        )
    }

    fn shape(&mut self, depth: usize) -> Option<Shape> {
        let word = self.word();
        if depth > MAX_DEPTH {
            self.reader
                .error(word.span, "types nest too deep here: use the long form");
            return None;
        }
        let known: Vec<&str> = Scalar::ALL.iter().map(|(name, _)| *name).collect();
        let known = [&known[..], &COMPOUND].concat();
        if !known.contains(&word.value.as_str()) {
            match word.value.is_empty() {
                true => self.reader.hinted(
                    word.span,
                    "a field starts with its type",
                    "such as `string(1..100)`, `integer?` or `ref(users)`",
                ),
                false => self.reader.unknown(&word, "type", &known),
            }
            return None;
        }
        let arguments = self.arguments()?;
        let scalar = Scalar::ALL.iter().find(|(name, _)| *name == word.value);
        let mut shape = match scalar {
            Some((name, scalar)) => self.scalar(name, *scalar, word.span, arguments)?,
            None => Shape::of(self.compound(&word, arguments, depth)?, word.span),
        };
        for _ in 0..MAX_DEPTH {
            if !self.left().starts_with("[]") {
                return Some(shape);
            }
            let span = self.span(self.at, self.at + 2);
            self.at += 2;
            shape = Shape::of(Type::Array(Box::new(shape)), span);
            if let Some((range, at)) = self.arguments()? {
                self.range(&mut shape, range, at, ["minItems", "maxItems"], true)?;
            }
        }
        self.reader.error(word.span, "lists nest too deep here");
        None
    }

    /// What stands in parentheses, and where it begins; `None` where they do not end.
    #[expect(clippy::option_option, reason = "unclosed is told, absent is lawful")]
    fn arguments(&mut self) -> Option<Option<(&'a str, usize)>> {
        if !self.left().starts_with('(') {
            return Some(None);
        }
        let start = self.at + 1;
        let mut depth = 0_usize;
        for (index, c) in self.left().char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inner = &self.text[start..self.at + index];
                self.at += index + 1;
                return Some(Some((inner, start)));
            }
        }
        let span = self.span(self.at, self.at + 1);
        self.reader.hinted(
            span,
            "this parenthesis is not closed",
            "in `{ … }` and `[ … ]` a comma ends a value: put quotes around the field there",
        );
        None
    }

    fn scalar(
        &mut self,
        name: &str,
        scalar: Scalar,
        span: Span,
        arguments: Option<(&'a str, usize)>,
    ) -> Option<Shape> {
        let mut shape = Shape::of(Type::Scalar(scalar), span);
        let (mut range, at) = arguments.unwrap_or(("", 0));
        if scalar == Scalar::Decimal {
            let (bounds, places) = match range.split_once(',') {
                Some((bounds, places)) => (bounds, Some(places.trim())),
                None => (range, None),
            };
            let count = places.map_or(Some(PLACES), |places| places.parse().ok());
            let Some(step) = count.and_then(step) else {
                let span = self.span(at + bounds.len() + 1, at + range.len());
                self.reader
                    .error(span, "the places of a decimal are a number from 0 to 9");
                return None;
            };
            range = bounds;
            shape.rules.push(("multipleOf", self.number(step, span)));
        }
        let names = match scalar.class() {
            _ if arguments.is_none() || range.trim().is_empty() && scalar == Scalar::Decimal => {
                return Some(shape);
            }
            Class::Text => ["minLength", "maxLength"],
            Class::Number => ["minimum", "maximum"],
            Class::Flag | Class::Form => {
                let span = self.span(at, at + range.len());
                self.reader
                    .error(span, format!("`{name}` takes nothing in parentheses"));
                return None;
            }
        };
        let is_count = scalar.class() == Class::Text || scalar == Scalar::Integer;
        self.range(&mut shape, range, at, names, is_count)?;
        Some(shape)
    }

    fn compound(
        &mut self,
        word: &At<String>,
        arguments: Option<(&'a str, usize)>,
        depth: usize,
    ) -> Option<Type> {
        let (inner, at) = arguments.unwrap_or(("", 0));
        match word.value.as_str() {
            "enum" => Some(Type::Enum(self.choices(inner, at))),
            "ref" => {
                let name = inner.trim();
                let start = at + inner.len() - inner.trim_start().len();
                let span = match name.is_empty() {
                    true => word.span,
                    false => self.span(start, start + name.len()),
                };
                Some(Type::Ref(At::new(name.to_owned(), span)))
            }
            "array" | "map" => {
                let inner = match arguments {
                    Some(_) => self.inner(at, at + inner.len(), depth)?,
                    None if word.value == "map" => {
                        Shape::of(Type::Scalar(Scalar::String), word.span)
                    }
                    None => Shape::of(Type::Json, word.span),
                };
                Some(match word.value.as_str() {
                    "map" => Type::Map(Box::new(inner)),
                    _ => Type::Array(Box::new(inner)),
                })
            }
            _ if arguments.is_some() => {
                let span = self.span(at, at + inner.len());
                let message = format!("`{}` takes nothing in parentheses", word.value);
                self.reader.error(span, message);
                None
            }
            "object" => Some(Type::Object(Vec::new())),
            _ => Some(Type::Json),
        }
    }

    /// The type of items or values, which stands in parentheses.
    fn inner(&mut self, start: usize, end: usize, depth: usize) -> Option<Shape> {
        let mut scanner = Scanner {
            text: &self.text[..end],
            at: start,
            node: self.node,
            reader: &mut *self.reader,
        };
        // The place is told by the length of the whole text, which the inner one has not.
        let whole = Node {
            kind: Kind::Null,
            span: Span {
                end: self.node.span.end - (self.text.len() - end),
                ..self.node.span
            },
        };
        scanner.node = &whole;
        let shape = scanner.shape(depth + 1)?;
        scanner.skip();
        if !scanner.left().is_empty() {
            let span = scanner.span(scanner.at, end);
            let message = format!("`{}` is not understood here", scanner.left());
            scanner.reader.error(span, message);
            return None;
        }
        Some(shape)
    }

    fn choices(&mut self, inner: &str, at: usize) -> Vec<At<String>> {
        let mut start = at;
        let mut choices = Vec::new();
        for part in inner.split(',') {
            let text = part.trim();
            let from = start + part.len() - part.trim_start().len();
            if !text.is_empty() {
                let span = self.span(from, from + text.len());
                choices.push(At::new(unquoted(text).to_owned(), span));
            }
            start += part.len() + 1;
        }
        choices
    }

    /// `1..100`, `..100`, `1..`, `12`
    fn range(
        &mut self,
        shape: &mut Shape,
        range: &str,
        at: usize,
        [low, high]: [&'static str; 2],
        is_count: bool,
    ) -> Option<()> {
        let span = self.span(at, at + range.len());
        let (from, to) = range.split_once("..").unwrap_or((range, range));
        for (name, text) in [(low, from.trim()), (high, to.trim())] {
            if text.is_empty() && range.contains("..") {
                continue;
            }
            let is_length = low != "minimum";
            let found = number(text).filter(|number| match (is_length, is_count) {
                (true, _) => number.is_u64(),
                (_, true) => number.is_i64() || number.is_u64(),
                _ => true,
            });
            let Some(found) = found else {
                let message = format!("`{range}` is no range");
                let hint = "a range is written `1..100`, `1..` or `..100`";
                self.reader.hinted(span, message, hint);
                return None;
            };
            let is_idle = is_length && found.as_u64() == Some(0);
            if !is_idle {
                shape.rules.push((name, self.number(found, span)));
            }
        }
        Some(())
    }

    fn number(&self, number: Number, span: Span) -> Node {
        let raw = number.to_string();
        Node {
            kind: Kind::Number(number, raw),
            span,
        }
    }

    /// What stands behind the type.
    fn rest(&mut self, field: &mut Field) {
        loop {
            self.skip();
            if self.left().is_empty() {
                return;
            }
            if self.eat("?") {
                field.optional = true;
            } else if self.eat("=") {
                self.default(field);
            } else {
                let word = self.word();
                let place = Some(word.span);
                match word.value.as_str() {
                    "unique" => field.unique = place,
                    "indexed" => field.indexed = place,
                    "readonly" => field.read_only = place,
                    "writeonly" => field.write_only = place,
                    "" => {
                        let span = self.span(self.at, self.text.len());
                        let message = format!("`{}` is not understood here", self.left());
                        let hint = "behind a type come `[]`, `?`, `= DEFAULT`, `unique`, \
                                    `indexed`, `readonly` and `writeonly`";
                        return self.reader.hinted(span, message, hint);
                    }
                    _ => return self.reader.unknown(&word, "word of a field", &WORDS),
                }
            }
        }
    }

    fn default(&mut self, field: &mut Field) {
        self.skip();
        let start = self.at;
        let left = self.left();
        let closing = match left.chars().next() {
            Some(quote @ ('"' | '\'')) => left[1..].find(quote).map(|end| end + 2),
            Some('[') => left.find(']').map(|end| end + 1),
            _ => left.find(char::is_whitespace),
        };
        self.at = closing.map_or(self.text.len(), |end| start + end);
        let text = &self.text[start..self.at];
        let span = self.span(start, self.at);
        if text.is_empty() {
            return self.reader.error(span, "here the default is missing");
        }
        field.default = Some(value(&field.shape, text, span));
    }
}

/// A text as a value of a type, as far as it is one.
fn value(shape: &Shape, text: &str, span: Span) -> Node {
    let bare = unquoted(text);
    let kind = match &shape.ty {
        Type::Array(inner) if text.starts_with('[') && text.ends_with(']') => {
            let items = text[1..text.len() - 1].split(',').map(str::trim);
            let items = items.filter(|item| !item.is_empty());
            Kind::Array(items.map(|item| value(inner, item, span)).collect())
        }
        _ if bare.len() != text.len() => Kind::String(bare.to_owned()),
        Type::Scalar(scalar) => match (scalar.class(), text) {
            (Class::Flag, "true" | "false") => Kind::Bool(text == "true"),
            (Class::Number, _) => number(text).map_or(Kind::String(text.to_owned()), |found| {
                Kind::Number(found, text.to_owned())
            }),
            _ => Kind::String(text.to_owned()),
        },
        _ => Kind::String(text.to_owned()),
    };
    Node { kind, span }
}

/// A text without the quotes around it.
fn unquoted(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// The smallest step of a number with so many decimal places.
pub(super) fn step(places: u64) -> Option<Number> {
    let exponent = i32::try_from(places).ok().filter(|places| *places <= 9)?;
    match exponent {
        0 => Some(1.into()),
        _ => format!("1e-{exponent}")
            .parse::<f64>()
            .ok()
            .and_then(Number::from_f64),
    }
}
