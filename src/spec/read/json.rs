//! Reads strict JSON.

use crate::diagnostic::{Diagnostic, Span};

use super::{
    super::{Kind, Node},
    build::Builder,
    scalar,
};

/// Reads the text from `start` on.
pub(super) fn read(text: &str, start: usize, file: usize) -> Result<Node, Vec<Diagnostic>> {
    let mut builder = Builder::new();
    let mut reader = Reader {
        text,
        at: start,
        file,
    };
    let stopped = reader.document(&mut builder).err();
    builder.finish(stopped)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    file: usize,
}

impl Reader<'_> {
    fn document(&mut self, builder: &mut Builder) -> Result<(), Diagnostic> {
        loop {
            // A value, or the opening of one; afterwards `at` stands behind it.
            match self.peek() {
                Some(b'{') => {
                    builder.open_object(self.advance(1), 0)?;
                    if self.peek() != Some(b'}') {
                        self.key(builder)?;
                        continue;
                    }
                }
                Some(b'[') => {
                    builder.open_array(self.advance(1), 0)?;
                    if self.peek() != Some(b']') {
                        continue;
                    }
                }
                _ => {
                    let node = self.scalar()?;
                    builder.value(node, 0)?;
                }
            }
            if self.after_value(builder)? {
                return Ok(());
            }
        }
    }

    /// Closes what ends here and goes to the next value; says whether the document is complete.
    fn after_value(&mut self, builder: &mut Builder) -> Result<bool, Diagnostic> {
        while let Some(in_array) = builder.in_array() {
            let end = if in_array { b']' } else { b'}' };
            match self.peek() {
                Some(byte) if byte == end => {
                    let end = self.advance(1).end;
                    builder.close(end)?;
                }
                Some(b',') => {
                    let comma = self.advance(1);
                    if self.peek() == Some(end) {
                        return Err(Diagnostic::error(
                            "json",
                            comma,
                            "a comma behind the last element",
                        ));
                    }
                    if !in_array {
                        self.key(builder)?;
                    }
                    return Ok(false);
                }
                _ => return Err(self.unexpected(&format!("`,` or `{}`", char::from(end)))),
            }
        }
        match self.peek() {
            None => Ok(true),
            Some(_) => Err(self.unexpected("the end of the file")),
        }
    }

    fn key(&mut self, builder: &mut Builder) -> Result<(), Diagnostic> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let (name, span) = self.string()?;
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.advance(1);
        builder.key(name, span);
        Ok(())
    }

    fn scalar(&mut self) -> Result<Node, Diagnostic> {
        if self.peek() == Some(b'"') {
            let (text, span) = self.string()?;
            return Ok(Node {
                kind: Kind::String(text),
                span,
            });
        }
        let rest = &self.text[self.at..];
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_');
        let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
        let kind = match word {
            "null" => Kind::Null,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            _ if is_number(word) => match scalar::number(word) {
                Some(number) => Kind::Number(number, word.to_owned()),
                None => return Err(self.unexpected("a value")),
            },
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node {
            kind,
            span: self.advance(word.len()),
        })
    }

    fn string(&mut self) -> Result<(String, Span), Diagnostic> {
        let bytes = self.text.as_bytes();
        let mut end = self.at + 1;
        let mut escaped = false;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    end += 2;
                }
                Some(0x20..) => end += 1,
                Some(_) => {
                    let place = Span {
                        file: self.file,
                        start: end,
                        end: end + 1,
                    };
                    return Err(Diagnostic::error(
                        "json",
                        place,
                        "a line break or control character in a string",
                    )
                    .hint("the closing `\"` may be missing; otherwise escape it (`\\n`)"));
                }
                None => {
                    let message = "this string has no end";
                    return Err(Diagnostic::error("json", self.here(1), message));
                }
            }
        }
        let span = self.advance(end + 1 - self.at);
        let inside = &self.text[span.start + 1..end];
        if !escaped {
            return Ok((inside.to_owned(), span));
        }
        match serde_json::from_str(&self.text[span.start..span.end]) {
            Ok(text) => Ok((text, span)),
            Err(_) => Err(Diagnostic::error(
                "json",
                span,
                "this string has an escape that means nothing",
            )),
        }
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn advance(&mut self, length: usize) -> Span {
        let span = self.here(length);
        self.at = span.end;
        span
    }

    fn here(&self, length: usize) -> Span {
        Span {
            file: self.file,
            start: self.at,
            end: self.at + length,
        }
    }

    fn unexpected(&self, expected: &str) -> Diagnostic {
        let Some(found) = self.text[self.at..].chars().next() else {
            let message = format!("the file ends where {expected} must stand");
            return Diagnostic::error("json", self.here(0), message);
        };
        let message = format!("expected {expected}, found `{}`", found.escape_debug());
        let problem = Diagnostic::error("json", self.here(found.len_utf8()), message);
        match found {
            '/' | '#' => problem.hint("JSON has no comments"),
            '\'' => problem.hint("JSON quotes with `\"`"),
            _ => problem,
        }
    }
}

/// What JSON has no word for, the core schema of YAML may have: `+1`, `.5`, `007`, `0x1`.
fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word).as_bytes();
    let whole = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let fraction = digits.get(whole + 1).is_some_and(u8::is_ascii_digit);
    match digits.get(whole) {
        _ if whole == 0 || (whole > 1 && digits[0] == b'0') => false,
        Some(b'.') => fraction,
        next => !matches!(next, Some(b'o' | b'x')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_json() {
        for text in ["0", "-1", "10", "1.5", "-0.5e+3", "1E9", "0.0"] {
            assert!(read(text, 0, 0).is_ok(), "{text}");
        }
        for text in [
            "01", "+1", ".5", "5.", "0x1", "0o7", "-", "1.e3", "1e", "NaN", ".inf", "1 2",
        ] {
            assert!(read(text, 0, 0).is_err(), "{text}");
        }
    }
}
