//! What stands inside of macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, visit::Visit as _};

use super::Reader;

impl Reader<'_> {
    /// Tokens that are no list of expressions: plain paths and chains of fields are read.
    pub(super) fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut index = 0;
        while index < tokens.len() {
            match &tokens[index] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '$' => index += 1,
                TokenTree::Ident(_) => {
                    let end = chain(&tokens, index);
                    let piece: TokenStream = tokens[index..end].iter().cloned().collect();
                    if let Ok(expression) = syn::parse2::<Expr>(piece) {
                        self.visit_expr(&expression);
                    }
                    index = end - 1;
                }
                _ => {}
            }
            index += 1;
        }
    }
}

/// Where a path or a chain of fields that starts at a token ends.
fn chain(tokens: &[TokenTree], start: usize) -> usize {
    let sign = |index: usize, sign: char| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let word = |index: usize| matches!(tokens.get(index), Some(TokenTree::Ident(_)));
    let mut end = start + 1;
    loop {
        if sign(end, ':') && sign(end + 1, ':') && word(end + 2) {
            end += 3;
        } else if sign(end, '.') && word(end + 1) {
            end += 2;
        } else {
            return end;
        }
    }
}
