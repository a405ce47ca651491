//! The doors: the only ways for text of a spec into a generated file.
//!
//! A spec is untrusted, and what we write is source code. Its text becomes an identifier (chosen in
//! `model::name`), a literal of the file's language, or a comment; never anything else. Characters
//! that a reader cannot see, or that reorder what he sees, are escaped wherever the language can.

mod comments;
mod prose;

use std::fmt::Write;

pub use comments::{comment, inline_comment, module_comment};

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
