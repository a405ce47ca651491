//! Whether two texts differ in nothing but their formatting.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::words::words;

/// Whether a formatter may have made one of the other: nothing that a person wrote is in the
/// difference, comments included.
pub(super) fn same_code(path: &str, left: &str, right: &str) -> bool {
    words(path, left) == words(path, right)
}

/// Whether two texts of Rust are the same to the compiler, documentation aside. What is not Rust
/// means nothing to it.
pub(super) fn same_tokens(path: &str, left: &str, right: &str) -> bool {
    let words = |text: &str| {
        let tokens: TokenStream = text.parse().ok()?;
        let mut words = Vec::new();
        push_tokens(without_docs(tokens), &mut words);
        Some(words)
    };
    !path.ends_with(".rs") || words(left) == words(right)
}

/// Comments of documentation are attributes: `#![doc = …]`.
fn without_docs(tokens: TokenStream) -> TokenStream {
    let is_doc = |token: &TokenTree| match token {
        TokenTree::Group(group) => {
            let first = group.stream().into_iter().next();
            matches!(first, Some(TokenTree::Ident(word)) if word == "doc")
        }
        _ => false,
    };
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        if is_doc(&token) {
            let is_sign = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if matches!(p.as_char(), '#' | '!'));
            while kept.pop_if(|last| is_sign(last)).is_some() {}
        } else if let TokenTree::Group(group) = token {
            let inner = without_docs(group.stream());
            kept.push(proc_macro2::Group::new(group.delimiter(), inner).into());
        } else {
            kept.push(token);
        }
    }
    kept.into_iter().collect()
}

fn push_tokens(tokens: TokenStream, words: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                words.push(open.to_owned());
                push_tokens(group.stream(), words);
                words.push(close.to_owned());
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' && tokens.peek().is_none() => {}
            token => words.push(token.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::same_code;

    #[test]
    fn formatting_is_no_edit() {
        let ours = "// @generated\nuse b::{d, c};\nuse a::A;\n/// Doc\nfn f(x: u8,) {}\n";
        let same =
            "// @generated\nuse a::A;\nuse b::{c, d};\n\n/// Doc\nfn f(\n    x: u8\n) {\n}\n";
        assert!(same_code("x.rs", ours, same));
    }

    #[test]
    fn braces_around_one_expression_are_no_edit() {
        let ours = "fn f() { match g(|x| x + 1) { A => b(), C => { d(); e() } } }";
        let same = "fn f() { match g(|x| { x + 1 }) { A => { b() } C => { d(); e() } } }";
        assert!(same_code("x.rs", ours, same));
        let edited = "fn f() { match g(|x| { x + 1 }) { A => { b(); } C => { d(); e() } } }";
        assert!(!same_code("x.rs", ours, edited));
    }

    #[test]
    fn words_and_comments_are_edits() {
        let ours = "use a::A;\n/// Doc\nfn f() { g(\"a b\") }\n";
        for edited in [
            "use a::B;\n/// Doc\nfn f() { g(\"a b\") }\n",
            "use a::A;\n/// Docs\nfn f() { g(\"a b\") }\n",
            "use a::A;\n/// Doc\nfn f() { g(\"ab\") }\n",
            "use a::A;\n/// Doc\nfn f() { g(\"a b\") } // mine\n",
            "use a::A;\n/// Doc\nfn f() { /* mine */ g(\"a b\") }\n",
            "use a::A;\n/// Doc\nfn f() { g(\"a b\") \n",
        ] {
            assert!(!same_code("x.rs", ours, edited), "{edited}");
        }
    }
}
