//! The default of an operation as a method for the user: its text, and what it imports.

use std::collections::BTreeSet;

use anyhow::Context as _;
use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Item, ItemFn};

use crate::user::imports::{Name, imports};

/// The attribute that lets a trait have `async fn`, and its crate.
pub(super) const ASYNC_TRAIT: &str = "async_trait";

/// A method for the user's service.
#[derive(Debug)]
pub(super) struct Method {
    /// With its body, formatted, not indented.
    pub(super) text: String,
    /// The imports that it needs, such as `crate::core::context::Context`, with the name of each.
    pub(super) imports: Vec<(String, String)>,
}

pub(super) fn default_of(crud: &str, module: &str, name: &str) -> anyhow::Result<Method> {
    let file = syn::parse_file(crud)?;
    let function = file.items.iter().find_map(|item| match item {
        Item::Fn(function) if function.sig.ident == name => Some(function),
        _ => None,
    });
    let function = function.with_context(|| format!("there is no default for `{name}`: a bug"))?;
    let mut function = function.clone();
    let locals: Vec<_> = file.items.iter().filter_map(local).collect();
    let mut used = BTreeSet::new();
    words(function.block.to_token_stream(), &mut used);
    let hidden = |(name, is_public): &(String, bool)| !is_public && used.contains(name);
    if locals.iter().any(hidden) {
        function = call(&function, module)?;
    }
    function.vis = syn::Visibility::Inherited;
    function
        .attrs
        .retain(|attribute| attribute.path().is_ident("doc"));
    name_the_unused(&mut function)?;
    function.sig.inputs.insert(0, syn::parse_quote!(&self));
    let mut used = BTreeSet::new();
    words(function.to_token_stream(), &mut used);
    let async_trait = format!("{ASYNC_TRAIT}::{ASYNC_TRAIT}");
    let mut imports = vec![(async_trait, ASYNC_TRAIT.to_owned())];
    let needed = imported(&file).into_iter();
    imports.extend(needed.filter(|(_, name)| used.contains(name) && name != ASYNC_TRAIT));
    let helpers = locals
        .iter()
        .map(|(name, _)| name)
        .filter(|local| *local != name);
    let helpers = helpers.filter(|local| used.contains(*local));
    imports.extend(helpers.map(|name| (format!("crate::crud::{module}::{name}"), name.clone())));
    let file: syn::File = syn::parse_quote!(#function);
    Ok(Method {
        text: prettyplease::unparse(&file),
        imports,
    })
}

/// The function with a call of the default as its body.
fn call(function: &ItemFn, module: &str) -> anyhow::Result<ItemFn> {
    let mut function = function.clone();
    let module: syn::Ident = syn::parse_str(module)?;
    let name = &function.sig.ident;
    function.block = syn::parse_quote!({ crate::crud::#module::#name(cx, input).await });
    for (argument, name) in function.sig.inputs.iter_mut().zip(["cx", "input"]) {
        if let syn::FnArg::Typed(argument) = argument {
            let name: syn::Ident = syn::parse_str(name)?;
            *argument.pat = syn::parse_quote!(#name);
        }
    }
    Ok(function)
}

/// Arguments that the default has no use for get the names that a person would give them.
fn name_the_unused(function: &mut ItemFn) -> anyhow::Result<()> {
    for (argument, name) in function.sig.inputs.iter_mut().zip(["_cx", "_input"]) {
        if let syn::FnArg::Typed(argument) = argument
            && let syn::Pat::Wild(_) = *argument.pat
        {
            let name: syn::Ident = syn::parse_str(name)?;
            *argument.pat = syn::parse_quote!(#name);
        }
    }
    Ok(())
}

/// The name of an item that the user's file does not see, and whether it could.
fn local(item: &Item) -> Option<(String, bool)> {
    let (name, visibility) = match item {
        Item::Fn(item) => (&item.sig.ident, &item.vis),
        Item::Const(item) => (&item.ident, &item.vis),
        Item::Static(item) => (&item.ident, &item.vis),
        Item::Struct(item) => (&item.ident, &item.vis),
        Item::Enum(item) => (&item.ident, &item.vis),
        Item::Type(item) => (&item.ident, &item.vis),
        _ => return None,
    };
    let is_public = matches!(visibility, syn::Visibility::Public(_));
    Some((name.to_string(), is_public))
}

/// Every identifier that starts a path, those inside of format strings too. What one colon
/// follows is the name of a field or of an argument.
fn words(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let mut before = String::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_colon = |next: &TokenTree| match next {
            TokenTree::Punct(punct) => punct.as_char() == ':' && punct.spacing() == Spacing::Alone,
            _ => false,
        };
        let is_label = tokens.peek().is_some_and(is_colon);
        match &token {
            TokenTree::Group(group) => words(group.stream(), found),
            TokenTree::Ident(ident) if !is_label && !before.ends_with("::") && before != "." => {
                found.insert(ident.to_string());
            }
            TokenTree::Literal(literal) => found.extend(formatted_words(&literal.to_string())),
            _ => {}
        }
        match &token {
            TokenTree::Punct(punct) => before.push(punct.as_char()),
            _ => before.clear(),
        }
    }
}

/// The `name` of each `{name}` and `{name:…}` in a literal.
fn formatted_words(literal: &str) -> impl Iterator<Item = String> {
    let inside = literal.split('{').skip(1);
    let names = inside.map(|rest| rest.split(['}', ':']).next().unwrap_or_default());
    let plain = |c: char| c.is_alphanumeric() || c == '_';
    let names = names.filter(move |name| !name.is_empty() && name.chars().all(plain));
    names.map(str::to_owned)
}

/// Every name that a file imports, with its whole path: `crate::models`, or `a::b as c`.
pub(super) fn imported(file: &syn::File) -> Vec<(String, String)> {
    let trees = file.items.iter().filter_map(|item| match item {
        Item::Use(item) => Some(&item.tree),
        _ => None,
    });
    let named = trees.flat_map(imports).filter_map(|import| {
        let words: Vec<_> = import.path.iter().map(ToString::to_string).collect();
        let path = words.join("::");
        match import.name {
            Name::Own(name) => Some((path, name.to_string())),
            Name::Alias(name) => Some((format!("{path} as {name}"), name.to_string())),
            Name::All => None,
        }
    });
    let mut seen = BTreeSet::new();
    named
        .filter(|(_, name)| seen.insert(name.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_no_import() {
        let mut found = BTreeSet::new();
        let body = quote::quote!(Page {
            items: rows,
            meta: page::meta(limit)
        });
        words(body, &mut found);
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["Page", "limit", "page", "rows"]);
    }
}
