//! Whether two texts differ in nothing but their formatting.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Arm, Expr, ExprBlock, ExprClosure, Item, Stmt, UseTree,
    visit_mut::{self, VisitMut},
};

/// Whether a formatter may have made one of the other: nothing that a person wrote is in the
/// difference, comments included.
pub(super) fn same_code(path: &str, left: &str, right: &str) -> bool {
    let (left, right) = match path.rsplit_once('.') {
        Some((_, "rs")) => (rust(left), rust(right)),
        Some((_, "json")) => (json(left), json(right)),
        _ => (Some(trimmed(left)), Some(trimmed(right))),
    };
    left.is_some() && left == right
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

fn trimmed(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

fn json(text: &str) -> Option<Vec<String>> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(vec![value.to_string()])
}

/// Tokens without trailing commas, imports one by one and sorted, and plain comments.
fn rust(text: &str) -> Option<Vec<String>> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut file: syn::File = syn::parse2(tokens.clone()).ok()?;
    Unwrap.visit_file_mut(&mut file);
    let mut uses = Vec::new();
    let mut words = Vec::new();
    for attribute in &file.attrs {
        push_tokens(quoted(attribute), &mut words);
    }
    for item in &file.items {
        match item {
            Item::Use(item) => push_use(item, &mut uses),
            _ => push_tokens(quoted(item), &mut words),
        }
    }
    uses.sort();
    words.extend(uses);
    push_comments(text, tokens, &mut words);
    Some(words)
}

/// Formatters put braces around the body of an arm or a closure that is too long for its line, and
/// take them away where it is not.
struct Unwrap;

impl VisitMut for Unwrap {
    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        visit_mut::visit_arm_mut(self, arm);
        unwrap(&mut arm.body);
        arm.comma = Some(Default::default());
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        visit_mut::visit_expr_closure_mut(self, closure);
        if matches!(closure.output, syn::ReturnType::Default) {
            unwrap(&mut closure.body);
        }
    }
}

fn unwrap(body: &mut Expr) {
    if let Expr::Block(ExprBlock {
        attrs,
        label: None,
        block,
    }) = body
        && let [Stmt::Expr(inner, None)] = block.stmts.as_slice()
        && attrs.is_empty()
    {
        *body = inner.clone();
    }
}

fn quoted(item: &impl quote::ToTokens) -> TokenStream {
    item.to_token_stream()
}

fn push_use(item: &syn::ItemUse, uses: &mut Vec<String>) {
    let mut prefix = Vec::new();
    item.attrs
        .iter()
        .for_each(|a| push_tokens(quoted(a), &mut prefix));
    push_tokens(quoted(&item.vis), &mut prefix);
    prefix.extend(item.leading_colon.map(|_| "::".to_owned()));
    push_use_tree(&item.tree, &prefix.join(" "), uses);
}

fn push_use_tree(tree: &UseTree, prefix: &str, uses: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => {
            push_use_tree(&path.tree, &format!("{prefix} {}::", path.ident), uses);
        }
        UseTree::Group(group) => {
            group
                .items
                .iter()
                .for_each(|tree| push_use_tree(tree, prefix, uses));
        }
        leaf => uses.push(format!("{prefix} {}", quoted(leaf))),
    }
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

/// What stands between the tokens and is not blank is a comment.
fn push_comments(text: &str, tokens: TokenStream, words: &mut Vec<String>) {
    let mut end = 0;
    push_gaps(text, tokens, &mut end, words);
    push_gap(text.get(end..), words);
}

fn push_gaps(text: &str, tokens: TokenStream, end: &mut usize, words: &mut Vec<String>) {
    for token in tokens {
        let (open, close) = match &token {
            TokenTree::Group(group) => (group.span_open(), group.span_close()),
            token => (token.span(), token.span()),
        };
        push_gap(text.get(*end..open.byte_range().start), words);
        *end = open.byte_range().end.max(*end);
        if let TokenTree::Group(group) = token {
            push_gaps(text, group.stream(), end, words);
            push_gap(text.get(*end..close.byte_range().start), words);
            *end = close.byte_range().end.max(*end);
        }
    }
}

fn push_gap(gap: Option<&str>, words: &mut Vec<String>) {
    let lines = gap.unwrap_or_default().lines().map(str::trim);
    words.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
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
