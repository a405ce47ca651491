//! Templates print what is to be said, this module how it looks: the same bytes on any machine.

mod fit;
mod shorten;
mod uses;

use anyhow::anyhow;
use syn::{Item, spanned::Spanned};

use self::uses::Uses;

/// Formats a Rust file. Parsing it is the gate: what is no Rust is never written.
///
/// # Errors
/// It does not parse, which is a bug of ours: told with the line in question.
pub(super) fn rust(path: &str, source: &str) -> anyhow::Result<String> {
    let mut tree = parse(path, source)?;
    let mut uses = Uses::default();
    let items = std::mem::take(&mut tree.items);
    tree.items = items.into_iter().filter(|i| !uses.take(i)).collect();
    shorten::paths(&mut tree, &mut uses);
    // Spans live in a store of the thread, and nobody asks for them again.
    proc_macro2::extra::invalidate_current_thread_spans();

    let items = std::mem::take(&mut tree.items);
    let mut out = prettyplease::unparse(&tree);
    let mut last = (!out.is_empty()).then_some(Kind::Other);
    let mut uses = Some(uses.print()).filter(|uses| !uses.is_empty());
    for item in items {
        let kind = Kind::of(&item);
        if kind != Kind::Module
            && let Some(uses) = uses.take()
        {
            push(&mut out, &mut last, Kind::Other, &uses);
        }
        let text = print(item);
        let is_short = kind == Kind::Short && text.lines().count() > 1;
        let kind = if is_short { Kind::Other } else { kind };
        push(&mut out, &mut last, kind, &text);
    }
    if let Some(uses) = uses {
        push(&mut out, &mut last, Kind::Other, &uses);
    }
    Ok(out)
}

fn print(item: Item) -> String {
    let (macro_name, item) = match wrapped(&item) {
        Some((name, inner)) => (Some(name), inner),
        None => (None, item),
    };
    let text = prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![item],
    });
    let Some(name) = macro_name else {
        return fit::lines(&text);
    };
    let indented: String = text.lines().map(|line| format!("    {line}\n")).collect();
    format!("{name}! {{\n{}}}\n", fit::lines(&indented))
}

/// The trait that a macro makes more of.
fn wrapped(item: &Item) -> Option<(syn::Ident, Item)> {
    let Item::Macro(item) = item else { return None };
    let name = item.mac.path.get_ident()?;
    let item: syn::ItemTrait = item.mac.parse_body().ok()?;
    Some((name.clone(), Item::Trait(item)))
}

/// Items of one line stand together, all others apart.
fn push(out: &mut String, last: &mut Option<Kind>, kind: Kind, text: &str) {
    let is_together = kind != Kind::Other && *last == Some(kind);
    if last.is_some() && !is_together {
        out.push('\n');
    }
    *last = Some(kind);
    *out += text;
}

/// Arranges the imports of a Rust file whose template prints all else as it should look.
///
/// # Errors
/// As [`rust`].
pub(super) fn imports(path: &str, source: &str) -> anyhow::Result<String> {
    let tree = parse(path, source)?;
    let mut uses = Uses::default();
    let is_import = |item: &&Item| uses.take(item);
    let imports: Vec<_> = tree.items.iter().filter(is_import).collect();
    let lines: Vec<_> = imports.iter().map(|import| import.span()).collect();
    let lines: Vec<_> = lines
        .iter()
        .map(|span| span.start().line - 1..span.end().line)
        .collect();
    proc_macro2::extra::invalidate_current_thread_spans();
    let Some(first) = lines.first().map(|lines| lines.start) else {
        return Ok(source.to_owned());
    };
    let end = lines.last().map_or(first, |lines| lines.end);
    let mut out = String::with_capacity(source.len());
    for (index, line) in source.lines().enumerate() {
        if index == first {
            out += &uses.print();
        }
        let is_gap = (first..end).contains(&index) && line.is_empty();
        if !is_gap && !lines.iter().any(|lines| lines.contains(&index)) {
            out += line;
            out.push('\n');
        }
    }
    Ok(out)
}

/// Checks a Rust file whose template prints it as `rustfmt` would.
///
/// # Errors
/// As [`rust`].
pub(super) fn check(path: &str, source: &str) -> anyhow::Result<()> {
    let tree = parse(path, source).map(drop);
    proc_macro2::extra::invalidate_current_thread_spans();
    tree
}

fn parse(path: &str, source: &str) -> anyhow::Result<syn::File> {
    syn::parse_file(source).map_err(|error| {
        let line = error.span().start().line;
        let text = source.lines().nth(line.saturating_sub(1)).unwrap_or("");
        anyhow!(
            "{path}: apigen wrote Rust that does not parse, which is a bug in apigen: {error} in `{}`",
            text.trim()
        )
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Module,
    /// A constant, if it fits in a line.
    Short,
    Other,
}

impl Kind {
    fn of(item: &Item) -> Self {
        match item {
            Item::Mod(item) if item.content.is_none() => Self::Module,
            Item::Const(_) | Item::Type(_) => Self::Short,
            _ => Self::Other,
        }
    }
}
