//! The user's Rust on its way into another package: bytes are replaced, nothing is printed anew.

use std::ops::Range;

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

/// The modules that a text declares in files of their own, each with its lines.
fn modules(text: &str) -> Vec<(String, Range<usize>)> {
    let items = syn::parse_file(text).map(|file| file.items);
    let items = items.unwrap_or_default();
    let declared = items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() => Some((
            module.ident.to_string(),
            lines(text, item.span().byte_range()),
        )),
        _ => None,
    });
    declared.collect()
}

/// The whole lines that something stands on.
fn lines(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..].find('\n');
    start..end.map_or(text.len(), |at| range.end + at + 1)
}

/// The text without its `mod name;`.
pub(super) fn without_module(text: &str, name: &str) -> String {
    let mut text = text.to_owned();
    if let Some((_, range)) = modules(&text).into_iter().find(|(own, _)| own == name) {
        text.replace_range(range, "");
    }
    text
}

/// The text with the `mod name;` that another one has, in the order that rustfmt gives modules.
pub(super) fn with_module(text: &str, other: &str, name: &str) -> String {
    let own = modules(text);
    let declared = modules(other).into_iter().find(|(its, _)| its == name);
    let Some((_, range)) = declared.filter(|_| own.iter().all(|(its, _)| its != name)) else {
        return text.to_owned();
    };
    let later = own.iter().find(|(its, _)| its.as_str() > name);
    let at = match (later, own.last()) {
        (Some((_, later)), _) => later.start,
        (None, Some((_, last))) => last.end,
        (None, None) => text.len(),
    };
    let line_end = if text[..at].is_empty() || text[..at].ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("{}{line_end}{}{}", &text[..at], &other[range], &text[at..])
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
        let range = lines(&text, range);
        let blank = text[..range.start].ends_with("\n\n");
        text.replace_range(range.start - usize::from(blank)..range.end, "");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{with_module, without_module};

    #[test]
    fn a_declaration_goes_where_rustfmt_puts_it() {
        let other = "//! Other.\n\n#[cfg(unix)]\npub mod pricing;\npub mod services;\n";
        let with = |text: &str| with_module(text, other, "pricing");
        let own = "//! Own.\n\nmod crud;\npub(crate) mod services;\n\nfn f() {}\n";
        let both = "//! Own.\n\nmod crud;\n#[cfg(unix)]\npub mod pricing;\npub(crate) mod services;\n\nfn f() {}\n";
        assert_eq!(with(own), both);
        assert_eq!(with(both), both);
        assert_eq!(
            with("//! Own.\nmod crud;"),
            "//! Own.\nmod crud;\n#[cfg(unix)]\npub mod pricing;\n"
        );
        assert_eq!(without_module(both, "pricing"), own);
    }
}
