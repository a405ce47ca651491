//! Types are called by their names alone, where nothing else in the file is called so. Templates
//! print their whole paths, which are always right: a schema may be called `Option`.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    File, ItemMod, Path,
    visit::{self, Visit},
    visit_mut::{self, VisitMut},
};

use super::uses::Uses;

/// The layers that types are called from by `layer::module::Type`.
const LAYERS: [&str; 3] = ["models", "schemas", "super"];

/// What means something in every file.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
    "alloc",
    "bool",
    "char",
    "core",
    "f64",
    "i16",
    "i32",
    "i64",
    "i8",
    "self",
    "std",
    "str",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// Shortens the paths of types and of modules in a file, and imports what they start with.
pub(super) fn paths(file: &mut File, uses: &mut Uses) {
    let mut seen = Seen::default();
    seen.visit_file(file);
    if seen.paths.is_empty() || seen.has_qualified {
        return;
    }
    seen.taken.extend(uses.names());
    seen.taken
        .extend(PRELUDE.iter().map(|&name| name.to_owned()));
    let mut short = Short {
        imports: seen.imports(),
        is_used: BTreeSet::new(),
    };
    short.visit_file_mut(file);
    for path in short.imports.values() {
        let whole = path.iter().map(String::as_str);
        let is_own = path[0] != "super";
        let whole: Vec<&str> = is_own.then_some("crate").into_iter().chain(whole).collect();
        uses.add(
            &whole
                .iter()
                .map(|&part| part.to_owned())
                .collect::<Vec<_>>(),
        );
    }
    for layer in LAYERS {
        if !short.is_used.contains(layer) && !seen.tokens.contains(layer) {
            uses.remove(&["crate", layer]);
        }
    }
}

/// What the paths of a file say.
#[derive(Default)]
struct Seen {
    /// Paths into a layer, up to the type, or to the module of a function.
    paths: BTreeSet<Vec<String>>,
    /// Names that mean something else.
    taken: BTreeSet<String>,
    /// All words in macros.
    tokens: BTreeSet<String>,
    /// Some path starts with `<Type as …>` and a long path, whose segments are counted.
    has_qualified: bool,
}

impl Seen {
    /// By their last names, the paths that can be called so.
    fn imports(&self) -> BTreeMap<String, Vec<String>> {
        let mut imports: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut clashes = BTreeSet::new();
        for path in &self.paths {
            let name = &path[path.len() - 1];
            let is_taken = self.taken.contains(name) || self.tokens.contains(name);
            let other = imports.insert(name.clone(), path.clone());
            if is_taken || other.is_some() {
                clashes.insert(name.clone());
            }
        }
        imports.retain(|name, _| !clashes.contains(name));
        imports
    }

    fn read(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Ident(ident) => {
                    self.tokens.insert(ident.to_string());
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Seen {
    fn visit_qself(&mut self, qself: &'ast syn::QSelf) {
        self.has_qualified |= qself.position > 2;
        visit::visit_qself(self, qself);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        match target(path) {
            Some((path, _)) => {
                self.paths.insert(path);
            }
            None => self
                .taken
                .extend(path.segments.first().map(|first| first.ident.to_string())),
        }
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, _: &'ast ItemMod) {
        // It has names of its own.
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.read(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.read(list.tokens.clone());
        }
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let name = match item {
            syn::Item::Const(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Mod(item) => Some(&item.ident),
            syn::Item::Static(item) => Some(&item.ident),
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        self.taken.extend(name.map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut uses = Uses::default();
        let private = syn::ItemUse {
            attrs: Vec::new(),
            vis: syn::Visibility::Inherited,
            ..item.clone()
        };
        uses.take(&syn::Item::Use(private));
        self.taken.extend(uses.names());
    }

    fn visit_type_param(&mut self, item: &'ast syn::TypeParam) {
        self.taken.insert(item.ident.to_string());
        visit::visit_type_param(self, item);
    }
}

struct Short {
    imports: BTreeMap<String, Vec<String>>,
    /// The layers that are still called by their names.
    is_used: BTreeSet<String>,
}

impl VisitMut for Short {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let first = path.segments.first().map(|first| first.ident.to_string());
        match target(path) {
            Some((whole, skipped)) if self.imports.get(&whole[whole.len() - 1]) == Some(&whole) => {
                let segments = std::mem::take(&mut path.segments);
                path.segments = segments.into_iter().skip(skipped).collect();
            }
            _ => self.is_used.extend(first),
        }
    }

    fn visit_item_mod_mut(&mut self, _: &mut ItemMod) {}
}

/// What to import for a path into a layer, and how many of its segments that makes needless.
fn target(path: &Path) -> Option<(Vec<String>, usize)> {
    if path.leading_colon.is_some() || path.segments.len() < 3 {
        return None;
    }
    let names = path.segments.iter().take(3).map(|s| s.ident.to_string());
    let mut names: Vec<String> = names.collect();
    let is_plain = |index: usize| path.segments[index].arguments.is_none();
    if !LAYERS.contains(&names[0].as_str()) || !is_plain(0) || !is_plain(1) {
        return None;
    }
    let is_type = names[2].starts_with(char::is_uppercase) && names[2].contains(char::is_lowercase);
    if !is_type {
        names.pop();
    }
    let skipped = names.len() - 1;
    Some((names, skipped))
}

#[cfg(test)]
mod tests {
    fn short(source: &str) -> String {
        crate::render::format::rust("src/x.rs", source).expect("Rust")
    }

    #[test]
    fn types_are_imported() {
        let source = "use crate::{models, schemas};
            fn f(id: schemas::a::A1) -> Vec<schemas::b::Bee> { models::a::get(id) }";
        let wanted = "use crate::{models::a, schemas::b::Bee};

fn f(id: a::A1) -> Vec<Bee> {
    a::get(id)
}
";
        // `A1` has no small letter: a constant is called through its module.
        let source = source.replace("schemas::a::A1", "models::a::A1");
        assert_eq!(short(&source), wanted);
    }

    #[test]
    fn names_that_mean_something_else_keep_their_paths() {
        for taken in [
            "struct Bee;",
            "use other::Bee;",
            "pub use other::Bee;",
            "fn f<Bee>() {}",
            "fn f() { print!(Bee); }",
            "fn f() -> Bee {}",
            "fn f() -> schemas::c::Bee {}",
        ] {
            let source = format!("use crate::schemas; {taken} type B = schemas::b::Bee;");
            let text = short(&source);
            assert!(text.contains("type B = schemas::b::Bee;"), "{text}");
            assert!(text.contains("use crate::schemas;"), "{text}");
        }
        let text = short("use crate::schemas; type B = schemas::option::Option;");
        assert!(text.contains("= schemas::option::Option;"), "{text}");
    }

    #[test]
    fn modules_and_macros_see_their_own_names() {
        let source = "use crate::schemas;
            mod m { type B = super::schemas::b::Bee; }
            fn f() { call!(schemas::b::Bee); }
            type C = schemas::c::Cow;";
        let text = short(source);
        assert!(
            text.contains("use crate::schemas::{self, c::Cow};"),
            "{text}"
        );
        assert!(text.contains("type B = super::schemas::b::Bee;"), "{text}");
    }
}
