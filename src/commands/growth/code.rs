//! The user's Rust on its way into another package: bytes are replaced, nothing is printed anew.

use syn::{Item, spanned::Spanned as _};

/// The text with another name of the crate in its paths.
pub(super) fn recrated(text: &str, was: &str, now: &str) -> String {
    let path = format!("{was}::");
    let mut new = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&path) {
        let before = rest[..at].chars().next_back();
        let is_whole = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        new.push_str(&rest[..at]);
        new.push_str(if is_whole { now } else { was });
        new.push_str("::");
        rest = &rest[at + path.len()..];
    }
    new + rest
}

/// Whether a word stands in a text.
pub(super) fn names(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// The text without its `mod name;`.
pub(super) fn without_module(text: &str, name: &str) -> String {
    let Ok(file) = syn::parse_file(text) else {
        return text.to_owned();
    };
    let is_it = |item: &&Item| matches!(item, Item::Mod(module) if module.ident == name && module.content.is_none());
    let Some(item) = file.items.iter().find(is_it) else {
        return text.to_owned();
    };
    let range = item.span().byte_range();
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..].find('\n');
    let end = end.map_or(text.len(), |at| range.end + at + 1);
    format!("{}{}", &text[..start], &text[end..])
}

/// The text with the `mod name;` that another one has.
pub(super) fn with_module(text: &str, other: &str, name: &str) -> String {
    let is_here = |text: &str| without_module(text, name) != text;
    if is_here(text) || !is_here(other) {
        return text.to_owned();
    }
    let rest = without_module(other, name);
    let same = other
        .bytes()
        .zip(rest.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let start = other[..other.floor_char_boundary(same)]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let declaration = &other[start..start + other.len() - rest.len()];
    let at = text.find("pub mod services;").unwrap_or(0);
    format!("{}{declaration}{}", &text[..at], &text[at..])
}

/// The text without these methods of an impl of this trait.
pub(super) fn without_methods(text: &str, of: &str, gone: &[String]) -> String {
    let Ok(file) = syn::parse_file(text) else {
        return text.to_owned();
    };
    let mut ranges = Vec::new();
    for item in &file.items {
        let Item::Impl(item) = item else {
            continue;
        };
        let path = item.trait_.as_ref().map(|(path, _)| path);
        let last = path.and_then(|path| path.segments.last());
        if last.is_none_or(|segment| segment.ident != of) {
            continue;
        }
        for member in &item.items {
            if let syn::ImplItem::Fn(method) = member
                && gone.iter().any(|name| method.sig.ident == name)
            {
                ranges.push(method.span().byte_range());
            }
        }
    }
    let mut text = text.to_owned();
    for range in ranges.into_iter().rev() {
        let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[range.end..].find('\n');
        let end = end.map_or(text.len(), |at| range.end + at + 1);
        let blank = text[..start].ends_with("\n\n");
        text.replace_range(start - usize::from(blank)..end, "");
    }
    text
}
