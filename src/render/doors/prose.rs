//! Descriptions that were written in HTML, as Markdown: comments are read in editors first.
//!
//! This is no door. What it answers is text of the spec still, and goes through one like any other.

use std::borrow::Cow;

use super::comments;

/// Tags within each other beyond this are text: nobody wrote them to be read.
const DEEPEST: usize = 50;

/// The text with its HTML as Markdown. Only what descriptions are formatted with is taken for HTML,
/// so that `<id>` and `Vec<u8>` stay, as does code in backticks. Links within a site, which lead
/// nowhere from here, are their texts.
pub(super) fn markdown_of(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&', '[']) {
        return Cow::Borrowed(text);
    }
    let mut writer = Writer::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '<' if rest.starts_with("<!--") => remark(rest),
            '<' => Tag::at(rest).map_or(0, |tag| writer.tag(&tag)),
            '[' => local_link(rest).map_or(0, |(label, length)| {
                writer.push(label);
                length
            }),
            '&' => writer.entity(rest),
            '`' => {
                let run = rest.len() - rest.trim_start_matches('`').len();
                let length = comments::code(rest, run, false).max(run);
                writer.push(&rest[..length]);
                length
            }
            c if c.is_whitespace() => {
                writer.space(c);
                c.len_utf8()
            }
            _ => 0,
        };
        if taken == 0 {
            writer.push(&rest[..c.len_utf8()]);
        }
        rest = &rest[taken.max(c.len_utf8())..];
    }
    Cow::Owned(writer.out)
}

/// The length of the remark that this starts with, which nobody was to read.
fn remark(text: &str) -> usize {
    let inner = text[4..].split("<!--").next().unwrap_or_default();
    inner.find("-->").map_or(0, |end| end + 7)
}

/// The text of the link within its site that this starts with, and how long that is.
fn local_link(text: &str) -> Option<(&str, usize)> {
    let end = 1 + text[1..].find(['[', ']', '\n'])?;
    let target = text[end..].strip_prefix("](")?;
    let length = target.find([')', '[', ' ', '\n'])?;
    let is_local = target.starts_with(['#', '/', '.']) && target[length..].starts_with(')');
    (is_local && end > 1).then(|| (&text[1..end], end + length + 3))
}

/// `<name …>` or `</name>`.
struct Tag<'a> {
    text: &'a str,
    name: String,
    is_end: bool,
}

impl<'a> Tag<'a> {
    /// The tag that the text starts with.
    fn at(text: &'a str) -> Option<Self> {
        let end = 1 + text[1..].find(['<', '>'])?;
        let inner = text[1..end].trim_end_matches('/');
        let is_end = inner.starts_with('/');
        let inner = inner.trim_start_matches('/');
        let name = inner.split(char::is_whitespace).next()?;
        (text[end..].starts_with('>')).then(|| Self {
            text: &text[..=end],
            name: name.to_ascii_lowercase(),
            is_end,
        })
    }

    /// The web address that it leads to.
    fn target(&self) -> Option<&'a str> {
        let (_, value) = self.text.split_once("href=")?;
        let value = value.trim_start_matches(['"', '\'']);
        let end = value.find(['"', '\'', '>', ' '])?;
        let is_address = comments::address(value) == end;
        (is_address && end > 0).then(|| &value[..end])
    }
}

/// A tag whose end was not seen yet: until then it is text, as in `/<a>/<b>`.
struct Open<'a> {
    name: String,
    target: Option<&'a str>,
    /// Where it starts, and where what it holds does.
    start: usize,
    inner: usize,
}

struct List {
    is_numbered: bool,
    items: usize,
}

#[derive(Default)]
struct Writer<'a> {
    out: String,
    /// The lines to break before the next word, and those that the text broke meanwhile.
    breaks: usize,
    seen: usize,
    /// Whether nothing stands behind the bullet yet.
    is_bullet: bool,
    /// Whether the space behind a tag was written within it.
    is_spaced: bool,
    lists: Vec<List>,
    open: Vec<Open<'a>>,
}

impl<'a> Writer<'a> {
    /// The bytes that were taken for a tag; none where it is text.
    fn tag(&mut self, tag: &Tag<'a>) -> usize {
        let is_nested = usize::from(!self.lists.is_empty());
        match tag.name.as_str() {
            "b" | "strong" | "i" | "em" | "code" | "tt" | "a" if tag.is_end => self.end(&tag.name),
            "b" | "strong" | "i" | "em" | "code" | "tt" | "a" if self.open.len() < DEEPEST => {
                self.start(tag);
            }
            "ul" | "ol" | "dl" if tag.is_end => {
                self.lists.pop();
                self.break_lines(2 - self.lists.len().min(1));
            }
            "ul" | "ol" | "dl" => {
                self.break_lines(2 - is_nested);
                let is_numbered = tag.name == "ol";
                self.lists.push(List {
                    is_numbered,
                    items: 0,
                });
            }
            "li" | "dt" if !tag.is_end => self.bullet(),
            "br" => self.break_lines((self.breaks + 1).min(2)),
            "li" | "dt" | "dd" | "tr" => self.break_lines(1),
            "td" | "th" if !tag.is_end && self.breaks == 0 => self.cell(),
            "p" | "div" | "pre" | "hr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table"
            | "blockquote" | "center" | "aside" | "section" | "details" | "note" | "important"
            | "fullname" => self.break_lines(2),
            "td" | "th" | "tbody" | "thead" | "span" | "font" | "u" | "small" | "nobr"
            | "summary" | "img" => {}
            _ => return 0,
        }
        tag.text.len()
    }

    fn start(&mut self, tag: &Tag<'a>) {
        self.flush();
        let start = self.out.len();
        self.out.push_str(tag.text);
        self.open.push(Open {
            name: tag.name.clone(),
            target: tag.target(),
            start,
            inner: self.out.len(),
        });
    }

    /// What the tag held is marked as Markdown does, where it was open.
    fn end(&mut self, name: &str) {
        let at = self.open.iter().rposition(|open| open.name == name);
        let Some(open) = at.and_then(|at| self.open.drain(at..).next()) else {
            return;
        };
        let held = self.out.split_off(open.inner);
        self.out.truncate(open.start);
        let inner = held.trim();
        let is_in_code = self
            .open
            .iter()
            .any(|open| matches!(&*open.name, "code" | "tt"));
        let is_plain = inner.is_empty() || inner.contains('\n') || is_in_code;
        let marked = match (name, open.target) {
            _ if is_plain => inner.to_owned(),
            ("b" | "strong", _) if !inner.contains('*') => format!("**{inner}**"),
            ("i" | "em", _) if !inner.contains('*') => format!("*{inner}*"),
            ("code" | "tt", _) if !inner.contains('`') => format!("`{inner}`"),
            ("a", Some(target)) if inner != target && !inner.contains(['[', ']']) => {
                format!("[{inner}]({target})")
            }
            _ => inner.to_owned(),
        };
        let is_apart = self.out.is_empty() || self.out.ends_with(char::is_whitespace);
        if held.starts_with(char::is_whitespace) && !is_apart {
            self.out.push(' ');
        }
        self.out.push_str(&marked);
        if held.ends_with(char::is_whitespace) && !inner.is_empty() {
            self.out.push(' ');
            self.is_spaced = true;
        }
    }

    fn bullet(&mut self) {
        let depth = self.lists.len().saturating_sub(1);
        let number = self.lists.last_mut().map_or(1, |list| {
            list.items += 1;
            list.items
        });
        if number > 1 || self.breaks == 0 {
            self.breaks = 1;
        }
        self.flush_to(depth);
        match self.lists.last() {
            Some(list) if list.is_numbered => self.out.push_str(&format!("{number}. ")),
            _ => self.out.push_str("- "),
        }
        self.is_bullet = true;
    }

    /// The next cell of a row.
    fn cell(&mut self) {
        if !self.line().is_empty() {
            self.trim();
            self.push(" | ");
        }
    }

    /// The bytes that were taken for the name of a character.
    fn entity(&mut self, text: &str) -> usize {
        let names = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&#39;", "'"),
            ("&nbsp;", " "),
        ];
        let named = names.iter().find(|(name, _)| text.starts_with(name));
        named.map_or(0, |(name, c)| {
            self.push(c);
            name.len()
        })
    }

    fn push(&mut self, text: &str) {
        self.flush();
        self.out.push_str(text);
        self.is_bullet = false;
        self.is_spaced = false;
    }

    /// A space, where no tag has begun a line.
    fn space(&mut self, c: char) {
        let is_break = c == '\n';
        if self.breaks > 0 || self.is_bullet {
            self.seen += usize::from(is_break);
            self.breaks = self.breaks.max(self.seen.min(2));
        } else if is_break && !self.lists.is_empty() {
            self.breaks = 1;
        } else if is_break || !self.is_spaced {
            self.out.push(c);
        }
    }

    fn break_lines(&mut self, lines: usize) {
        if !self.is_bullet {
            self.breaks = self.breaks.max(lines);
        }
    }

    fn flush(&mut self) {
        self.flush_to(self.lists.len());
    }

    /// Breaks the lines that are to be broken. A row of a Markdown table stays one.
    fn flush_to(&mut self, depth: usize) {
        self.seen = 0;
        let breaks = std::mem::take(&mut self.breaks);
        if breaks == 0 || self.out.trim().is_empty() {
            return;
        }
        self.trim();
        if self.line().starts_with('|') {
            self.out.push(' ');
            return;
        }
        let there = self.out.len() - self.out.trim_end_matches('\n').len();
        self.out.extend((there..breaks).map(|_| '\n'));
        self.out.push_str(&"   "[..(2 * depth).min(3)]);
    }

    /// Takes the spaces at the end away.
    fn trim(&mut self) {
        let least = self.open.last().map_or(0, |open| open.inner);
        let length = self.out.trim_end_matches(' ').len();
        self.out.truncate(length.max(least));
    }

    /// The line that is being written.
    fn line(&self) -> &str {
        self.out
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .trim_start()
    }
}
