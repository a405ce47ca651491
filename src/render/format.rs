//! Templates print what is to be said, `prettyplease` how it looks: the same bytes on any machine.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use syn::{Item, UseTree, Visibility};

/// Formats a Rust file. Parsing it is the gate: what is no Rust is never written.
///
/// # Errors
/// It does not parse, which is a bug of ours: told with the line in question.
pub(super) fn rust(path: &str, source: &str) -> anyhow::Result<String> {
    let mut tree = parse(path, source)?;
    let items = with_sorted_imports(std::mem::take(&mut tree.items));
    let mut blocks = vec![];
    if !tree.attrs.is_empty() {
        blocks.push((Kind::Other, prettyplease::unparse(&tree)));
    }
    for item in items {
        let kind = Kind::of(&item);
        blocks.push((kind, unparse(item)));
    }
    let mut out = String::new();
    for (index, (kind, text)) in blocks.iter().enumerate() {
        if index > 0 && !(kind.is_line() && blocks[index - 1].0 == *kind) {
            out.push('\n');
        }
        out += text;
    }
    Ok(out)
}

fn unparse(item: Item) -> String {
    if let Some((name, item)) = wrapped(&item) {
        let text = unparse(item);
        let indented = text.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("    {line}\n"),
        });
        return format!("{name}! {{\n{}}}\n", indented.collect::<String>());
    }
    let kind = Kind::of(&item);
    let text = prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![item],
    });
    match kind {
        Kind::Members => with_air(&text),
        _ => text,
    }
}

/// The trait that a macro makes more of.
fn wrapped(item: &Item) -> Option<(&syn::Ident, Item)> {
    let Item::Macro(item) = item else { return None };
    let name = item.mac.path.get_ident()?;
    let item: syn::ItemTrait = item.mac.parse_body().ok()?;
    Some((name, Item::Trait(item)))
}

/// Checks a Rust file whose template prints it as `rustfmt` would.
///
/// # Errors
/// As [`rust`].
pub(super) fn check(path: &str, source: &str) -> anyhow::Result<()> {
    parse(path, source).map(drop)
}

fn parse(path: &str, source: &str) -> anyhow::Result<syn::File> {
    let tree = syn::parse_file(source).map_err(|error| {
        let line = error.span().start().line;
        let text = source.lines().nth(line.saturating_sub(1)).unwrap_or("");
        anyhow!(
            "{path}: apigen wrote Rust that does not parse, which is a bug in apigen: {error} in `{}`",
            text.trim()
        )
    });
    // Spans live in a store of the thread, and nobody asks for them again.
    proc_macro2::extra::invalidate_current_thread_spans();
    tree
}

/// Items of one line stand together, all others apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An import, with the rank of its group.
    Use(usize),
    Module,
    /// `impl` and `trait`
    Members,
    Other,
}

impl Kind {
    fn of(item: &Item) -> Self {
        match item {
            Item::Use(item) => Self::Use(first_segment(&item.tree).map_or(1, |name| rank(&name))),
            Item::Mod(item) if item.content.is_none() => Self::Module,
            Item::Impl(_) | Item::Trait(_) => Self::Members,
            _ => Self::Other,
        }
    }

    fn is_line(self) -> bool {
        matches!(self, Self::Use(_) | Self::Module)
    }
}

fn first_segment(tree: &UseTree) -> Option<String> {
    match tree {
        UseTree::Path(path) => Some(path.ident.to_string()),
        _ => None,
    }
}

/// The standard library, then other crates, then our own.
fn rank(segment: &str) -> usize {
    match segment {
        "std" => 0,
        "crate" | "super" | "self" => 2,
        _ => 1,
    }
}

/// The private imports first: one for each parent, sorted.
fn with_sorted_imports(items: Vec<Item>) -> Vec<Item> {
    let is_plain = |item: &Item| matches!(item, Item::Use(item) if item.attrs.is_empty() && matches!(item.vis, Visibility::Inherited));
    let (imports, others): (Vec<Item>, Vec<Item>) = items.into_iter().partition(is_plain);
    let mut parents: BTreeMap<(usize, String), BTreeSet<String>> = BTreeMap::new();
    for import in &imports {
        if let Item::Use(import) = import {
            leaves(&import.tree, "", &mut parents);
        }
    }
    let merged: String = parents
        .iter()
        .map(|((_, parent), names)| {
            let list: Vec<&str> = names.iter().map(String::as_str).collect();
            match list.as_slice() {
                ["self"] => format!("use {parent};\n"),
                [name] => format!("use {parent}::{name};\n"),
                names => format!("use {parent}::{{{}}};\n", names.join(", ")),
            }
        })
        .collect();
    // It parses, since it was taken from what parsed; if not, it stays as it was.
    let mut sorted = syn::parse_file(&merged).map_or(imports, |file| file.items);
    let modules = others
        .iter()
        .take_while(|item| Kind::of(item) == Kind::Module)
        .count();
    let mut items = others;
    sorted.extend(items.split_off(modules));
    items.extend(sorted);
    items
}

fn leaves(tree: &UseTree, parent: &str, parents: &mut BTreeMap<(usize, String), BTreeSet<String>>) {
    let mut leaf = |name: String| {
        let first = parent.split("::").next().unwrap_or(parent);
        parents
            .entry((rank(first), parent.to_owned()))
            .or_default()
            .insert(name);
    };
    match tree {
        UseTree::Path(path) => {
            let glue = if parent.is_empty() { "" } else { "::" };
            leaves(
                &path.tree,
                &format!("{parent}{glue}{}", path.ident),
                parents,
            );
        }
        UseTree::Name(name) => leaf(name.ident.to_string()),
        UseTree::Rename(rename) => leaf(format!("{} as {}", rename.ident, rename.rename)),
        UseTree::Glob(_) => leaf("*".to_owned()),
        UseTree::Group(group) => {
            for tree in &group.items {
                leaves(tree, parent, parents);
            }
        }
    }
}

/// With a line between the members of an `impl` or a `trait`.
fn with_air(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut is_ended = false;
    for line in text.lines() {
        let member = line
            .strip_prefix("    ")
            .filter(|rest| !rest.starts_with([' ', '}', ')', ']']));
        if is_ended && member.is_some_and(|rest| !rest.starts_with("where")) {
            out.push('\n');
        }
        let is_short = member.is_some_and(|rest| rest.ends_with(';'));
        let is_close = line.starts_with("    )") && line.ends_with(';');
        is_ended = line == "    }" || is_short || line == "    ];" || is_close;
        out += line;
        out.push('\n');
    }
    out
}
