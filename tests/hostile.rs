//! A document in which every text is an attack gives the same code as one in which they are words.
//!
//! Each text of the shop becomes itself with an attack behind it, and in a second document itself with
//! the words of that attack. Names are made of words alone, so both projects must have the same files with
//! the same syntax, name for name; only literals and comments may differ.

use std::sync::LazyLock;

use apigen::{
    config::{Config, Database, Errors},
    render::{Before, File, render},
};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use rayon::prelude::*;
use regex::Regex;
use serde_json::{Map, Value, json};

mod hostile {
    pub(crate) mod document;
}
use hostile::document::{ATTACKS, KINDS, Kind, document};

#[test]
fn each_kind_of_text_is_only_text() {
    let kinds = KINDS.par_iter();
    kinds.for_each(|&kind| same(&[kind], 17));
}

#[test]
fn all_texts_at_once_are_only_text() {
    let turns: Vec<usize> = (0..ATTACKS.len()).collect();
    turns.par_iter().for_each(|&turn| same(KINDS, turn));
}

/// Patterns that are none, paths with attacks on their templates, and a package named by an attack
/// lose what cannot be kept; the rest must be sound.
#[test]
fn what_cannot_be_kept_does_no_harm() {
    let turns: Vec<usize> = (0..ATTACKS.len()).collect();
    turns.par_iter().for_each(|&turn| {
        let cases = [
            (&[Kind::RawPath][..], "shop"),
            (&[Kind::RawPattern, Kind::Title], ATTACKS[turn]),
        ];
        for (kinds, name) in cases {
            let files = files(&document(kinds, turn, str::to_owned), name);
            files.iter().for_each(|file| drop(shape(file)));
        }
    });
}

/// The words of a text, as names are made of them.
fn words(text: &str) -> String {
    let spelled = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c if c.is_ascii() => " ".to_owned(),
        c => format!(" u{:x} ", u32::from(c)),
    };
    let spelled: String = text.chars().map(spelled).collect();
    spelled.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn same(kinds: &[Kind], turn: usize) {
    let benign = files(&document(kinds, turn, words), "shop");
    let hostile = files(&document(kinds, turn, str::to_owned), "shop");
    let paths = |files: &[File]| files.iter().map(|f| unhashed(&f.path)).collect::<Vec<_>>();
    assert_eq!(paths(&benign), paths(&hostile), "{kinds:?} {turn}");
    let is_operation = |file: &&File| file.path.starts_with("src/operations/items");
    assert!(hostile.iter().filter(is_operation).count() > 5);
    for (benign, hostile) in benign.iter().zip(&hostile) {
        let (expected, found) = (shape(benign), shape(hostile));
        let differs = expected.iter().zip(&found).position(|(a, b)| a != b);
        let at = differs.unwrap_or(expected.len().min(found.len()));
        let near = |shape: &[String]| {
            shape[at.saturating_sub(8)..]
                .iter()
                .take(16)
                .cloned()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert!(
            expected == found,
            "{kinds:?} {turn} {}:\n{}\nhas become\n{}",
            hostile.path,
            near(&expected),
            near(&found),
        );
    }
}

fn files(document: &Value, name: &str) -> Vec<File> {
    let config = Config {
        name: name.to_owned(),
        spec: "openapi.json".to_owned(),
        database: Database::Sqlite,
        errors: Errors::Envelope,
        ..Config::default()
    };
    let loaded = apigen::spec::parse("openapi.json", document.to_string());
    let (document, _) = loaded.unwrap_or_else(|refusal| panic!("{:#?}", refusal.diagnostics));
    let (service, diagnostics) = apigen::lower::lower(&document, &config);
    let service = service.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    render(&service, &document.own, &config, &Before::default()).expect("files")
}

/// What must not depend on texts, after what must hold of any file.
fn shape(file: &File) -> Vec<String> {
    let (path, text) = (&file.path, &file.contents);
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    assert!(
        path.chars().all(allowed) && !path.starts_with('/'),
        "{path}"
    );
    let mut pieces = path.split('/');
    assert!(
        pieces.all(|piece| !["", ".", ".."].contains(&piece)),
        "{path}"
    );
    let name = path.rsplit('/').next().unwrap_or_default();
    let kind = name.rsplit('.').next().unwrap_or_default();
    let hidden = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{2028}".contains(c);
    let at = text
        .find(hidden)
        .filter(|_| !matches!(kind, "json" | "sql"));
    assert_eq!(at, None, "{path} holds what nobody sees:\n{text}");
    match kind {
        "rs" => {
            syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
            let mut shape = Vec::new();
            tokens(text.parse().expect("tokens"), &mut shape);
            shape
        }
        "toml" => {
            let table: toml::Table = text
                .parse()
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            vec![blank(&json!(table)).to_string()]
        }
        "yaml" | "yml" => {
            let value: Value =
                serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            vec![blank(&value).to_string()]
        }
        "json" => {
            let value: Value =
                serde_json::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            vec![value.is_object().to_string()]
        }
        "sql" => statements(text),
        "http" => requests(path, text),
        "md" | "html" => {
            assert!(
                !text.replace("\\<", "").contains("<script"),
                "{path}:\n{text}"
            );
            vec![text.lines().count().to_string()]
        }
        _ => text.lines().map(str::to_owned).collect(),
    }
}

/// Names and signs. Not doc comments, nor the commas and braces that depend on the length of a line.
fn tokens(stream: TokenStream, out: &mut Vec<String>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(ident) => out.push(unhashed(&ident.to_string())),
            TokenTree::Literal(literal) => {
                let literal = literal.to_string();
                let is_number = literal.starts_with(|c: char| c.is_ascii_digit());
                out.push(if is_number { "1" } else { "\"\"" }.to_owned());
            }
            TokenTree::Punct(sign) => match sign.as_char() {
                ',' => {}
                '#' => {
                    let is_inner =
                        matches!(trees.peek(), Some(TokenTree::Punct(p)) if p.as_char() == '!');
                    if is_inner {
                        trees.next();
                    }
                    let Some(TokenTree::Group(group)) = trees.next() else {
                        continue;
                    };
                    let is_doc = matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc");
                    if !is_doc {
                        out.push("#".to_owned());
                        tokens(group.stream(), out);
                    }
                }
                sign => out.push(sign.to_string()),
            },
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                tokens(group.stream(), out);
            }
            TokenTree::Group(group) => {
                out.push("(".to_owned());
                tokens(group.stream(), out);
                out.push(")".to_owned());
            }
        }
    }
}

/// A text is no request, variable, file or script of its own. (Whether a request has an example may
/// depend on texts: some are no headers.)
fn requests(path: &str, text: &str) -> Vec<String> {
    static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
        let own =
            r"^(\$guid|host|token|basic|key|[a-z0-9_]+\.(request|response)\.body\.\$[^}]*)\}\}";
        Regex::new(own).expect("a pattern")
    });
    static HEADER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^([A-Z]+ \{\{host\}\}/\S*|[A-Za-z0-9-]+: .*)$").expect("a pattern")
    });
    let (requests, said) = text.split_once("\n\n###").unwrap_or((text, ""));
    assert!(
        requests
            .lines()
            .skip(1)
            .all(|line| line.starts_with(['#', '@']) || line.is_empty())
    );
    for request in format!("###{said}")
        .split("\n###")
        .map(|text| text.trim_start_matches("###"))
    {
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let mut head = head
            .lines()
            .skip(1)
            .skip_while(|line| line.starts_with('#'));
        assert!(head.all(|line| HEADER.is_match(line)), "{path}:\n{request}");
        let is_line = |line: &str| !line.starts_with(['#', '<', '>', '@', '/', '?']);
        let is_token = |line: &str| line.starts_with("@token = {{");
        assert!(
            body.lines().all(|line| is_line(line) || is_token(line)),
            "{path}:\n{request}"
        );
        let sent = request
            .lines()
            .filter(|line| !line.starts_with('#'))
            .skip(1);
        let mut variables = sent.flat_map(|line| line.split("{{").skip(1));
        assert!(
            variables.all(|rest| VARIABLE.is_match(rest)),
            "{path}:\n{request}"
        );
    }
    Vec::new()
}

/// Statements without their literals and comments.
fn statements(sql: &str) -> Vec<String> {
    let mut code = String::new();
    let mut rest = sql;
    while let Some(at) = rest.find(['\'', '-']) {
        code.push_str(&rest[..at]);
        let is_text = rest[at..].starts_with('\'');
        let is_comment = rest[at..].starts_with("--");
        rest = &rest[at + 1..];
        if is_text || is_comment {
            let end = rest
                .find(if is_text { '\'' } else { '\n' })
                .expect("it ends");
            rest = &rest[end + 1..];
        } else {
            code.push('-');
        }
    }
    code.push_str(rest);
    code.split(';')
        .map(|statement| words(&unhashed(statement)))
        .collect()
}

/// The value without its texts.
fn blank(value: &Value) -> Value {
    match value {
        Value::String(_) => json!(""),
        Value::Array(items) => items.iter().map(blank).collect(),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, value)| (key.clone(), blank(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// Long names end in a hash of their text.
fn unhashed(text: &str) -> String {
    static HASH: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("(_?[xX])[0-9a-fA-F]{8}").expect("a pattern"));
    HASH.replace_all(text, "$1").into_owned()
}
