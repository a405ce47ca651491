//! The third door: comments, which rustdoc and editors render as Markdown.

use super::{one_line, prose, push_visible, write};

/// Doc comments for what follows, each line ended; empty for an empty text.
pub fn comment(text: &str, indent: usize) -> String {
    comment_lines(text, "///", indent)
}

/// Doc comments for the file, each line ended; empty for an empty text.
pub fn module_comment(text: &str) -> String {
    comment_lines(text, "//!", 0)
}

/// Text inside a line of Markdown of a doc comment.
pub fn inline_comment(text: &str) -> String {
    let mut out = String::new();
    push_markdown(&mut out, &one_line(&prose::markdown_of(text)), true);
    out
}

fn comment_lines(text: &str, marker: &str, indent: usize) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut is_blank_pending = false;
    for block in blocks(text) {
        let (lines, is_code) = match block {
            Block::Prose(text) => (prose::markdown_of(text), false),
            Block::Code(text) => (text.into(), true),
        };
        let has_table = lines.lines().any(is_table_rule);
        for line in lines.lines() {
            let line = line.trim_end();
            if line.is_empty() {
                is_blank_pending = !out.is_empty();
                continue;
            }
            if std::mem::take(&mut is_blank_pending) {
                write(&mut out, format_args!("{:indent$}{marker}\n", ""));
            }
            write(&mut out, format_args!("{:indent$}{marker} ", ""));
            if is_code {
                push_visible(&mut out, line);
            } else {
                push_markdown(&mut out, &narrow(line), has_table);
            }
            out.push('\n');
        }
    }
    out
}

/// A part of a description.
enum Block<'a> {
    Prose(&'a str),
    /// With fences that say that it is text, so that rustdoc does not run it. They stand at the start
    /// of the line, where no list or quote ends before they do.
    Code(String),
}

/// The description, and the code in it that has fences.
fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let (mut rest, mut at) = (text, 0);
    while let Some(line) = rest[at..].split_inclusive('\n').next() {
        let fenced = fenced(&rest[at..]);
        let Some((code, length)) = fenced else {
            at += line.len();
            continue;
        };
        blocks.push(Block::Prose(&rest[..at]));
        blocks.push(Block::Code(code));
        rest = &rest[at + length..];
        at = 0;
    }
    blocks.push(Block::Prose(rest));
    blocks
}

/// The code whose fence the text starts with, and how long that is.
fn fenced(text: &str) -> Option<(String, usize)> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    let opening = first.trim();
    let mark = opening.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let run = opening.len() - opening.trim_start_matches(mark).len();
    if run < 3 || opening[run..].contains('`') {
        return None;
    }
    let margin = first.len() - first.trim_start().len();
    let mut out = "```text\n".to_owned();
    let mut length = first.len();
    for line in lines {
        length += line.len();
        let word = line.trim();
        if word.len() >= run && word.chars().all(|c| c == mark) {
            return Some((out + "```\n", length));
        }
        // Another one opens before this ends: looking on for each would take a hostile text ages.
        if word.starts_with("```") || word.starts_with("~~~") {
            return None;
        }
        let spaces = line.len() - line.trim_start_matches([' ', '\t']).len();
        out.push_str(&line[spaces.min(margin)..].trim_end().replace('\t', "    "));
        out.push('\n');
    }
    None
}

/// The line with no more than three spaces in a row. Markdown takes four for code, wherever they
/// stand (behind a list's bullet, too), and rustdoc takes code for a test that it may run.
fn narrow(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut spaces = 0;
    for c in line.chars() {
        let is_space = c == ' ' || c == '\t';
        spaces = if is_space { spaces + 1 } else { 0 };
        if spaces <= 3 {
            out.push(if is_space { ' ' } else { c });
        }
    }
    out
}

/// A line as it is, but for what rustdoc would run, resolve, render or warn of: fences, HTML,
/// links that are none, bare addresses. Code ends in the line where it starts, so that what
/// follows can be told from it.
fn push_markdown(out: &mut String, line: &str, may_be_row: bool) {
    let may_hold_code = !line.contains("~~~");
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '`' | '~' => {
                let run = rest.chars().take_while(|other| *other == c).count();
                let code = if c == '`' && may_hold_code {
                    code(rest, run, may_be_row)
                } else {
                    0
                };
                push_visible(out, &rest[..code]);
                if code > 0 {
                    rest = &rest[code..];
                    continue;
                }
                let is_mark = c == '`' || run > 2;
                let escape = if is_mark { "\\" } else { "" };
                (0..run).for_each(|_| write(out, format_args!("{escape}{c}")));
                run
            }
            '\\' if rest[1..].starts_with(['\\', '`', '~', '<', '[']) => {
                out.push_str("\\\\");
                1
            }
            '<' if is_autolink(rest) => {
                let length = address(&rest[1..]) + 2;
                out.push_str(&rest[..length]);
                length
            }
            '<' => {
                out.push_str("\\<");
                1
            }
            '[' if !is_link(rest) => {
                out.push_str("\\[");
                1
            }
            'h' if address(rest) > 0 => {
                let length = address(rest);
                let is_target = out.ends_with("](");
                let (open, close) = if is_target { ("", "") } else { ("<", ">") };
                write(out, format_args!("{open}{}{close}", &rest[..length]));
                length
            }
            c => {
                push_visible(out, c.encode_utf8(&mut [0; 4]));
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
}

/// Whether this is the line below the head of a table, which makes it one.
fn is_table_rule(line: &str) -> bool {
    let is_part = |c: char| c.is_whitespace() || c.is_ascii_digit() || "|-:>*+.)".contains(c);
    line.contains('|') && line.contains('-') && line.chars().all(is_part)
}

/// The length of the code that this starts with, in `run` backticks; 0 if it does not end in its
/// line, and its cell where it may be a table's, or if so many would open a block.
pub(super) fn code(text: &str, run: usize, may_be_row: bool) -> usize {
    if run > 2 {
        return 0;
    }
    let mut end = run;
    let is_mark = |c: char| c == '`' || c == '\n' || (c == '|' && may_be_row);
    while let Some(start) = text[end..].find(is_mark) {
        let rest = &text[end + start..];
        let length = rest.len() - rest.trim_start_matches('`').len();
        end += start + length;
        if length == run {
            return end;
        }
        if length == 0 || length > 2 {
            return 0;
        }
    }
    0
}

/// Whether this starts with `[text](https://…)`.
fn is_link(text: &str) -> bool {
    let label = text[1..].find(['[', ']']);
    let target = label.and_then(|end| text[1 + end..].strip_prefix("]("));
    target.is_some_and(|target| address(target) > 0)
}

/// Whether this starts with `<https://…>`.
fn is_autolink(text: &str) -> bool {
    let length = address(&text[1..]);
    length > 0 && text[1 + length..].starts_with('>')
}

/// The length of the web address that this starts with, or 0.
pub(super) fn address(text: &str) -> usize {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return 0;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(c);
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text[..length]
        .trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_'])
        .len()
}
