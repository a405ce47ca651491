//! The `use` lines of a file: those that its text needs, and no other.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

/// What generated files may name without a path.
const NAMES: &[(&str, &str)] = &[
    ("BASE_PATH", "crate::operations::BASE_PATH"),
    ("BTreeMap", "std::collections::BTreeMap"),
    ("BTreeSet", "std::collections::BTreeSet"),
    ("Caller", "crate::core::security::Caller"),
    ("Connection", "crate::core::db::Connection"),
    ("Context", "crate::core::context::Context"),
    ("Database", "crate::core::db::Database"),
    ("DateTime", "chrono::DateTime"),
    ("Decimal", "rust_decimal::Decimal"),
    ("ETag", "crate::core::etag::ETag"),
    ("Error", "crate::core::error::Error"),
    ("FromRow", "sqlx::FromRow"),
    ("Json", "sqlx::types::Json"),
    ("Kept", "crate::core::decimal::Kept"),
    ("Key", "crate::core::page::Key"),
    ("Kind", "crate::core::page::Kind"),
    ("NaiveDate", "chrono::NaiveDate"),
    ("Order", "crate::core::page::Order"),
    ("Position", "crate::core::page::Position"),
    ("QueryBuilder", "sqlx::QueryBuilder"),
    ("RefreshToken", "crate::core::accounts::RefreshToken"),
    ("Row", "crate::core::db::Row"),
    ("StatusCode", "axum::http::StatusCode"),
    ("Utc", "chrono::Utc"),
    ("Uuid", "uuid::Uuid"),
    ("Value", "serde_json::Value"),
    ("Window", "crate::core::page::Window"),
    ("accounts", "crate::core::accounts"),
    ("cache", "crate::core::cache"),
    ("column", "crate::core::column"),
    ("db", "crate::core::db"),
    ("models", "crate::models"),
    ("decimal", "crate::core::decimal"),
    ("etag", "crate::core::etag"),
    ("operations", "crate::operations"),
    ("page", "crate::core::page"),
    ("crud", "crate::core::crud"),
    ("schemas", "crate::schemas"),
];

/// The `use` lines for a text.
pub(super) fn imports(body: &str) -> String {
    let Ok(tokens) = body.parse::<TokenStream>() else {
        return String::new();
    };
    let mut used = Used::default();
    used.read(tokens);
    if body.contains("{BASE_PATH}") {
        used.names.insert("BASE_PATH".to_owned());
    }
    // A type of the contract may be called like one of ours: then the body imports it.
    let is_own = |name: &str| {
        let end = format!("::{name};");
        let mut lines = body.lines();
        lines.any(|line| line.starts_with("use ") && line.ends_with(&end))
    };
    let lines = NAMES
        .iter()
        .filter(|(name, _)| used.is_used(name) && !is_own(name));
    let lines = lines.map(|(_, path)| format!("use {path};\n"));
    lines.collect::<String>() + "\n"
}

#[derive(Default)]
struct Used {
    /// Names that stand without a path before them.
    names: BTreeSet<String>,
    /// Names that a path starts with.
    roots: BTreeSet<String>,
}

impl Used {
    fn is_used(&self, name: &str) -> bool {
        // Modules are also called like variables.
        let is_module = name.starts_with(char::is_lowercase);
        let names = if is_module { &self.roots } else { &self.names };
        names.contains(name)
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_colon = |index: usize| matches!(tokens.get(index), Some(TokenTree::Punct(p)) if p.as_char() == ':');
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Ident(ident) => {
                    let follows_path = index >= 2 && is_colon(index - 1) && is_colon(index - 2);
                    let is_defined = index >= 1
                        && matches!(&tokens[index - 1], TokenTree::Ident(word) if word == "type");
                    if follows_path || is_defined {
                        continue;
                    }
                    if is_colon(index + 1) && is_colon(index + 2) {
                        self.roots.insert(ident.to_string());
                    }
                    self.names.insert(ident.to_string());
                }
                _ => {}
            }
        }
    }
}
