//! Puts a method into the user's file, and reprints none of it.

use syn::{Item, ItemImpl, spanned::Spanned as _};

use super::method::{ASYNC_TRAIT, Method, imported};

/// Inserts a method at the end of the user's impl, and the imports that are missing.
pub(super) fn insert(text: &str, trait_wanted: &str, default: &Method) -> Result<String, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let implementation = file.items.iter().find_map(|item| match item {
        Item::Impl(item) if trait_name(item).as_deref() == Some(trait_wanted) => Some(item),
        _ => None,
    });
    let implementation = implementation.ok_or("it has no such impl")?;
    let present = imported(&file);
    let mut edits = vec![method_edit(text, implementation, &default.text)];
    let is_async = |attribute: &syn::Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|segment| segment.ident == ASYNC_TRAIT)
    };
    let has_attribute = implementation.attrs.iter().any(is_async);
    if !has_attribute {
        edits.push((start(implementation), format!("#[{ASYNC_TRAIT}]\n")));
    }
    let mut missing = Vec::new();
    for (path, name) in &default.imports {
        if has_attribute && name == ASYNC_TRAIT {
            continue;
        }
        match present.iter().find(|(_, known)| known == name) {
            Some((known, _)) if known == path => {}
            Some((known, _)) => {
                return Err(format!(
                    "it imports `{known}` where the default means `{path}`"
                ));
            }
            None => missing.push(path.as_str()),
        }
    }
    edits.push((import_place(text, &file), uses(missing)));
    edits.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    let mut text = text.to_owned();
    for (place, new) in edits {
        text.insert_str(place, &new);
    }
    Ok(text)
}

/// The last word of the trait that is implemented.
fn trait_name(item: &ItemImpl) -> Option<String> {
    let (path, _) = item.trait_.as_ref()?;
    Some(path.segments.last()?.ident.to_string())
}

/// Import lines, one for each module.
fn uses(mut paths: Vec<&str>) -> String {
    paths.sort_unstable();
    let modules = paths.chunk_by(|a, b| !module_of(a).is_empty() && module_of(a) == module_of(b));
    let line = |paths: &[&str]| match paths {
        [path] => format!("use {path};\n"),
        paths => {
            let module = module_of(paths[0]);
            let names: Vec<_> = paths.iter().map(|path| &path[module.len() + 2..]).collect();
            format!("use {module}::{{{}}};\n", names.join(", "))
        }
    };
    modules.map(line).collect()
}

/// What stands before the last `::`.
fn module_of(path: &str) -> &str {
    path.rsplit_once("::").map_or("", |(module, _)| module)
}

fn start(implementation: &ItemImpl) -> usize {
    implementation.span().byte_range().start
}

/// Behind the last import, else before the first item.
fn import_place(text: &str, file: &syn::File) -> usize {
    let mut uses = file
        .items
        .iter()
        .filter(|item| matches!(item, Item::Use(_)));
    match (uses.next_back(), file.items.first()) {
        (Some(last), _) => {
            let end = last.span().byte_range().end;
            text[end..]
                .find('\n')
                .map_or(text.len(), |line| end + line + 1)
        }
        (None, Some(first)) => first.span().byte_range().start,
        (None, None) => 0,
    }
}

fn method_edit(text: &str, implementation: &ItemImpl, method: &str) -> (usize, String) {
    let close = implementation.brace_token.span.close().byte_range().start;
    let indented = method.trim_end().lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("    {line}\n"),
    });
    let indented: String = indented.collect();
    let gap = match (
        implementation.items.is_empty(),
        text[..close].ends_with('\n'),
    ) {
        (true, false) => "\n",
        (true, true) => "",
        (false, true) => "\n",
        (false, false) => "\n\n",
    };
    (close, format!("{gap}{indented}"))
}
