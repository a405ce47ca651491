//! The doors: the only ways for text of a spec into a generated file.
//!
//! A spec is untrusted, and what we write is source code. Its text becomes an identifier (chosen in
//! `model::name`), a literal of the file's language, or a comment; never anything else. Characters
//! that a reader cannot see, or that reorder what he sees, are escaped wherever the language can.

mod prose;

use std::fmt::Write;

/// A Rust string literal with this value.
pub fn rust_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A raw string of Rust with this JSON, whose strings say by their escapes what one does not see.
pub fn rust_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            c if is_hidden(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write(&mut text, format_args!("\\u{unit:04x}"));
                }
            }
            c => text.push(c),
        }
    }
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// A string literal of SQL. U+0000, which no database keeps, becomes U+FFFD.
pub fn sql_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', "\u{fffd}"))
}

/// A basic string of TOML.
pub fn toml_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) && c <= '\u{ffff}' => {
                write(&mut out, format_args!("\\u{:04X}", c as u32))
            }
            c if is_hidden(c) => write(&mut out, format_args!("\\U{:08X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A double-quoted scalar of YAML, whose escapes include those of TOML.
pub fn yaml_literal(text: &str) -> String {
    toml_literal(text)
}

/// A string of JSON.
pub fn json_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if is_hidden(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write(&mut out, format_args!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A word of a shell's command line, in single quotes; one line, without U+0000.
pub fn shell_literal(text: &str) -> String {
    format!("'{}'", one_line(text).replace('\'', "'\\''"))
}

/// Text or an attribute's value in HTML.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\0' => out.push('\u{fffd}'),
            c if is_hidden(c) => write(&mut out, format_args!("&#{};", c as u32)),
            c => out.push(c),
        }
    }
    out
}

/// One line of plain text in Markdown.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if c.is_ascii_punctuation() && !matches!(c, ',' | '.' | ':' | ';' | '?' | '/' | '\'' | '%')
        {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// One line of text, for where the language has comments of one line only: `// …`, `# …`.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        push_visible(&mut out, word);
    }
    out
}

/// Text of one line in a file of HTTP requests: no comment, no file, no script, and no variable.
pub fn http_line(text: &str) -> String {
    let line = one_line(text).replace("{{", "{ {");
    let is_plain = !line.starts_with(['#', '<', '>', '@', '/', '?']);
    if is_plain { line } else { format!("\\{line}") }
}

/// JSON in a file of HTTP requests, in which only values of other requests (`{{name.response.body…}}`)
/// are variables.
pub fn http_json(value: &serde_json::Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_variable = || text[..at].ends_with('{') && !names_a_request(&text[at + 1..]);
        match c {
            '{' if is_variable() => out.push_str("\\u007b"),
            c if c != '\n' && is_hidden(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write(&mut out, format_args!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// What follows on `{{` is a value that another request sent or was answered with.
fn names_a_request(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let rest = text.trim_start_matches(is_name);
    let parts = [".response.body.$", ".request.body.$"];
    rest.len() < text.len() && parts.iter().any(|part| rest.starts_with(part))
}

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
    push_markdown(&mut out, &one_line(&prose::markdown_of(text)));
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
                push_markdown(&mut out, &narrow(line));
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
        if word.starts_with("```") {
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
fn push_markdown(out: &mut String, line: &str) {
    let may_hold_code = !line.contains("~~~");
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '`' | '~' => {
                let run = rest.chars().take_while(|other| *other == c).count();
                let code = if c == '`' && may_hold_code {
                    code(rest, run)
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

/// The length of the code that this starts with, in `run` backticks; 0 if it does not end in its
/// line and its cell of a table, or if so many would open a block.
fn code(text: &str, run: usize) -> usize {
    if run > 2 {
        return 0;
    }
    let mut end = run;
    while let Some(start) = text[end..].find(['`', '|', '\n']) {
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
fn address(text: &str) -> usize {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return 0;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(c);
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    text[..length]
        .trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_'])
        .len()
}

fn push_visible(out: &mut String, text: &str) {
    for c in text.chars() {
        if is_hidden(c) {
            out.push('\\');
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
}

/// Characters that nobody sees, or that reorder what one sees.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Writing to a string cannot fail.
fn write(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(arguments);
}
