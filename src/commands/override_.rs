//! `apigen override`: puts a default into the user's service, as a starting point.

use std::{collections::BTreeSet, path::Path};

use anyhow::Context as _;
use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Item, ItemFn, ItemImpl, UseTree, spanned::Spanned as _};

use super::{
    Console, Failure, Outcome,
    open::{self, Project, Spec},
    overrides::Overrides,
    tools,
};
use crate::{config::unknown, model::Operation, project::Write, user::Source};

/// The attribute that lets a trait have `async fn`, and its crate.
const ASYNC_TRAIT: &str = "async_trait";

/// Runs it.
///
/// # Errors
/// There is no such operation, or the user's file has no place for it.
pub fn run(directory: &Path, id: &str, console: Console) -> anyhow::Result<Outcome> {
    let session = open::session(directory, console)?;
    let mut project = Project::find(directory)?;
    let spec = project.spec()?;
    let operation = find(&spec, id)?;
    let id = &operation.id;
    let overrides = Overrides::find(&project, &spec.service)?;
    if let Some(there) = overrides.of(&spec.service, operation) {
        let (path, line, column) = (&there.file, there.line, there.column);
        console.note(&format!("`{id}` is yours already: {path}:{line}:{column}"));
        return Ok(Outcome::Done);
    }
    let group = &spec.service[operation.group];
    let default = default(&project, &spec, operation)?;
    let path = format!("src/services/{}.rs", group.module);
    project.disk.read(&project.root, [&path])?;
    let Some(text) = project.disk.text(&path) else {
        let message = format!("there is no `{path}`");
        let base = crate::project::base(&path);
        let hint = format!(
            "you deleted it; bring it back from git, or as apigen wrote it from `{base}`, and try \
             again"
        );
        return Err(Failure::hinted(message, hint).into());
    };
    let new = insert(text, &group.trait_name, &default).map_err(|why| {
        let hint = format!("it must hold `impl {} for …`", group.trait_name);
        Failure::hinted(format!("cannot add to `{path}`: {why}"), hint)
    })?;
    let new = formatted(text, new);
    session.apply(&[Write::text(&path, new.as_str())], &project.disk)?;
    let file = Source {
        path: path.clone(),
        text: new,
    };
    let after = Overrides::of_files(&[file], &spec.service);
    let line = after
        .of(&spec.service, operation)
        .map_or(1, |place| place.line);
    console.note(&format!("`{id}` is yours now: {path}:{line}"));
    Ok(Outcome::Done)
}

fn find<'a>(spec: &'a Spec, id: &str) -> anyhow::Result<&'a Operation> {
    let all = &spec.service.operations;
    let found = all
        .iter()
        .find(|operation| operation.id == id || operation.name == id);
    found.ok_or_else(|| {
        let ids: Vec<_> = all.iter().map(|operation| operation.id.as_str()).collect();
        let hint = match similar::get_close_matches(id, &ids, 1, 0.5).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None if ids.len() < 20 => unknown(id, &ids),
            None => "`apigen explain stubs` lists those without a default".to_owned(),
        };
        Failure::hinted(format!("there is no operation `{id}`"), hint).into()
    })
}

/// A method for the user's service.
#[derive(Debug)]
struct Method {
    /// With its body, formatted, not indented.
    text: String,
    /// The imports that it needs, such as `crate::core::context::Context`, with the name of each.
    imports: Vec<(String, String)>,
}

fn default(project: &Project, spec: &Spec, operation: &Operation) -> anyhow::Result<Method> {
    let module = &spec.service[operation.group].module;
    let suffix = format!("src/crud/{module}.rs");
    let desired = project.desired(spec)?;
    let file = desired.iter().find(|file| file.path.ends_with(&suffix));
    let file = file.with_context(|| format!("there is no `{suffix}`: a bug"))?;
    default_of(&file.contents, module, &operation.name)
}

fn default_of(crud: &str, module: &str, name: &str) -> anyhow::Result<Method> {
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
    for item in &file.items {
        if let Item::Use(item) = item {
            leaves(&item.tree, "", &mut imports, &|name| used.contains(name));
        }
    }
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

/// The imports of a tree whose names are used, each with its whole path.
fn leaves(
    tree: &UseTree,
    prefix: &str,
    imports: &mut Vec<(String, String)>,
    is_used: &dyn Fn(&str) -> bool,
) {
    let (path, name) = match tree {
        UseTree::Path(path) => {
            let prefix = format!("{prefix}{}::", path.ident);
            return leaves(&path.tree, &prefix, imports, is_used);
        }
        UseTree::Group(group) => {
            return group
                .items
                .iter()
                .for_each(|tree| leaves(tree, prefix, imports, is_used));
        }
        UseTree::Name(name) if name.ident == "self" => {
            let path = prefix.trim_end_matches("::");
            (
                path.to_owned(),
                path.rsplit("::").next().unwrap_or(path).to_owned(),
            )
        }
        UseTree::Name(name) => (format!("{prefix}{}", name.ident), name.ident.to_string()),
        UseTree::Rename(rename) => {
            let path = format!("{prefix}{} as {}", rename.ident, rename.rename);
            (path, rename.rename.to_string())
        }
        UseTree::Glob(_) => return,
    };
    if is_used(&name) && !imports.iter().any(|(_, known)| *known == name) {
        imports.push((path, name));
    }
}

/// The last word of the trait that is implemented.
fn trait_name(item: &ItemImpl) -> Option<String> {
    let (path, _) = item.trait_.as_ref()?;
    Some(path.segments.last()?.ident.to_string())
}

/// Inserts a method at the end of the user's impl, and the imports that are missing.
fn insert(text: &str, trait_wanted: &str, default: &Method) -> Result<String, String> {
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let implementation = file.items.iter().find_map(|item| match item {
        Item::Impl(item) if trait_name(item).as_deref() == Some(trait_wanted) => Some(item),
        _ => None,
    });
    let implementation = implementation.ok_or("it has no such impl")?;
    let present = present(&file);
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

/// Every name that the file imports, with its path.
fn present(file: &syn::File) -> Vec<(String, String)> {
    let mut present = Vec::new();
    for item in &file.items {
        if let Item::Use(item) = item {
            leaves(&item.tree, "", &mut present, &|_| true);
        }
    }
    present
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

/// The new text as `cargo fmt` wants it, where the old one was.
fn formatted(old: &str, new: String) -> String {
    match tools::rustfmt(old) {
        Some(same) if same == old => tools::rustfmt(&new).unwrap_or(new),
        _ => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRUD: &str = r#"
use async_trait::async_trait;
use crate::core::{context::Context, error::{Error, Result}};
use crate::models;
use crate::operations::BASE_PATH;
use crate::operations::items::get_item::{GetItemInput, GetItemResponse};
use crate::operations::items::sell_item::{SellItemInput, SellItemResponse};
#[async_trait]
pub trait ItemsService: Send + Sync {}
/// Sell it
pub async fn sell_item(_: &mut Context, _: SellItemInput) -> Result<SellItemResponse> {
    Err(Error::not_implemented("sellItem"))
}
pub async fn get_item(cx: &mut Context, input: GetItemInput) -> Result<GetItemResponse> {
    let row = models::get_item::get(cx.db().await?, format!("{BASE_PATH}/{0}")).await?;
    Ok(GetItemResponse::Ok(row.ok_or_else(no_item)?.into()))
}
fn no_item() -> Error {
    Error::not_found("item")
}
"#;

    const USER: &str = "//! Mine.

use crate::crud::items::ItemsService; // mine

#[derive(Default)]
pub struct Items;

impl ItemsService for Items {}
";

    fn overridden(user: &str, name: &str) -> String {
        let method = default_of(CRUD, "items", name).expect("a default");
        let text = insert(user, "ItemsService", &method).expect("a place");
        formatted(user, text)
    }

    #[test]
    fn a_body_comes_with_its_imports() {
        let expected = "//! Mine.

use crate::core::context::Context;
use crate::core::error::{Error, Result};
use crate::crud::items::ItemsService; // mine
use crate::operations::items::sell_item::{SellItemInput, SellItemResponse};
use async_trait::async_trait;

#[derive(Default)]
pub struct Items;

#[async_trait]
impl ItemsService for Items {
    /// Sell it
    async fn sell_item(
        &self,
        _cx: &mut Context,
        _input: SellItemInput,
    ) -> Result<SellItemResponse> {
        Err(Error::not_implemented(\"sellItem\"))
    }
}
";
        let lines = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let text = overridden(USER, "sell_item");
        assert_eq!(lines(&text), lines(expected), "{text}");
    }

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

    #[test]
    fn a_body_with_private_helpers_becomes_a_call() {
        let text = overridden(&overridden(USER, "sell_item"), "get_item");
        assert!(
            text.contains("crate::crud::items::get_item(cx, input).await"),
            "{text}"
        );
        assert!(
            !text.contains("no_item") && !text.contains("use crate::models"),
            "{text}"
        );
        assert_eq!(text.matches("#[async_trait]").count(), 1, "{text}");
        assert_eq!(text.matches("async fn").count(), 2, "{text}");
        assert_eq!(text.matches("// mine").count(), 1, "{text}");
    }

    #[test]
    fn a_body_with_public_helpers_imports_them() {
        let crud = CRUD.replace("fn no_item", "pub fn no_item");
        let method = default_of(&crud, "items", "get_item").expect("a default");
        let text = insert(USER, "ItemsService", &method).expect("a place");
        for line in [
            "use crate::crud::items::no_item;",
            "use crate::operations::BASE_PATH;",
            "use crate::models;",
            "row.ok_or_else(no_item)?",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("error::{Error"), "{text}");
    }

    #[test]
    fn a_name_that_means_something_else_is_told() {
        let user = USER.replace("#[derive", "use std::io::Result;\n#[derive");
        let method = default_of(CRUD, "items", "get_item").expect("a default");
        let told = insert(&user, "ItemsService", &method).expect_err("refused");
        assert!(told.contains("`std::io::Result`"), "{told}");
    }
}
