//! What a formatter leaves of a text: two texts of the same words differ in nothing else.

use rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

/// The words of a text, comments included.
pub(super) fn words(path: &str, text: &str) -> Vec<String> {
    match path.rsplit_once('.') {
        Some((_, "rs")) => rust(text),
        Some((_, "json")) => vec![json(text)],
        _ => text
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect(),
    }
}

/// Without the blanks that stand outside of strings.
fn json(text: &str) -> String {
    let (mut is_string, mut is_escaped) = (false, false);
    let keeps = |c: &char| {
        (is_string, is_escaped) = match c {
            _ if is_escaped => (is_string, false),
            '"' => (!is_string, false),
            c => (is_string, is_string && *c == '\\'),
        };
        is_string || !c.is_ascii_whitespace()
    };
    text.chars().filter(keeps).collect()
}

/// Tokens without the commas and braces that formatters add, then the imports one by one and
/// sorted, then plain comments.
fn rust(text: &str) -> Vec<String> {
    let (tokens, comments) = tokens(text);
    let mut words = Words::default();
    words.push(&tokens);
    words.uses.sort();
    let kept = words.kept.into_iter().map(str::to_owned);
    let comments = comments.into_iter().map(str::to_owned);
    kept.chain(words.uses).chain(comments).collect()
}

/// The tokens of a text, and the lines of its plain comments.
fn tokens(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut tokens, mut comments) = (Vec::new(), Vec::new());
    let mut rest = text;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let (word, after) = rest.split_at(token.len as usize);
        rest = after;
        let lines = word.lines().map(str::trim).filter(|line| !line.is_empty());
        match token.kind {
            TokenKind::Whitespace => {}
            TokenKind::LineComment { doc_style: None }
            | TokenKind::BlockComment {
                doc_style: None, ..
            } => comments.extend(lines),
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => tokens.extend(lines),
            _ => tokens.push(word),
        }
    }
    (tokens, comments)
}

/// What is left of tokens.
#[derive(Default)]
struct Words<'a> {
    kept: Vec<&'a str>,
    uses: Vec<String>,
}

impl<'a> Words<'a> {
    fn push(&mut self, tokens: &[&'a str]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let rest = &tokens[at + 1..];
            at += 1;
            match *token {
                "use" if self.kept.last() != Some(&"+") => at += self.import(rest),
                "{" if let Some(length) = self.wrapped(rest) => {
                    let is_arm = self.kept.last() == Some(&">");
                    self.push(&rest[..length]);
                    at += length + 1;
                    if is_arm && tokens.get(at) != Some(&",") {
                        self.comma(tokens.get(at));
                    }
                }
                "," => self.comma(rest.first()),
                token => self.kept.push(token),
            }
        }
    }

    /// Formatters put a comma before a closing bracket, and behind the block of an arm.
    fn comma(&mut self, next: Option<&&str>) {
        let closes = next.is_none_or(|next| matches!(*next, ")" | "]" | "}" | ">"));
        if !closes && self.kept.last() != Some(&"}") {
            self.kept.push(",");
        }
    }

    /// The length of a body in braces that formatters add and take away: one expression of an arm
    /// or a closure.
    fn wrapped(&self, rest: &[&str]) -> Option<usize> {
        if !matches!(self.kept.as_slice(), [.., "=", ">"] | [.., "|"]) {
            return None;
        }
        let mut depth = 0_usize;
        for (length, token) in rest.iter().enumerate() {
            match *token {
                "}" if depth == 0 => return (length > 0).then_some(length),
                ";" if depth == 0 => return None,
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.checked_sub(1)?,
                _ => {}
            }
        }
        None
    }

    /// Takes the imports that follow; returns how many tokens they are.
    fn import(&mut self, rest: &[&str]) -> usize {
        let length = rest.iter().position(|token| *token == ";");
        let length = length.unwrap_or(rest.len());
        let start = self.kept.len();
        let visible = self.kept.iter().rposition(|token| *token == "pub");
        let visible = visible.filter(|at| {
            let behind = &self.kept[at + 1..];
            behind.is_empty() || (behind[0] == "(" && behind[behind.len() - 1] == ")")
        });
        let visible: String = self.kept.drain(visible.unwrap_or(start)..).collect();
        let mut tokens = rest[..length].iter();
        self.imports(&mut tokens, &format!("{visible} use "));
        (length + 1).min(rest.len())
    }

    /// One import for each name in a group.
    fn imports(&mut self, tokens: &mut std::slice::Iter<'_, &str>, prefix: &str) {
        let mut path = prefix.to_owned();
        while let Some(token) = tokens.next() {
            match *token {
                "{" => {
                    self.imports(tokens, &path);
                    prefix.clone_into(&mut path);
                }
                "," | "}" => {
                    if path != prefix {
                        self.uses
                            .push(std::mem::replace(&mut path, prefix.to_owned()));
                    }
                    if *token == "}" {
                        return;
                    }
                }
                token => {
                    path.push_str(token);
                    path.push(' ');
                }
            }
        }
        if path != prefix {
            self.uses.push(path);
        }
    }
}
