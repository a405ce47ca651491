//! What the names of a Rust file mean: imports and local items, as far as they lead into the crate.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::Item;

use super::imports::{Import, Name, imports};

/// The words of a path of the crate, each with its place in the file where it is written there.
#[derive(Debug, Clone, Default)]
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) spans: Vec<Option<Span>>,
}

/// What a name stands for.
#[derive(Debug, Clone)]
struct Binding {
    /// As it was written.
    path: Vec<String>,
    /// `as`: the name is the user's own.
    is_alias: bool,
    /// An item of this module: the path is whole.
    is_item: bool,
}

/// The names of a module or of a block.
#[derive(Debug, Default)]
pub(super) struct Layer {
    /// Where a module starts, its path: names from outside do not reach in.
    module: Option<Vec<String>>,
    names: BTreeMap<String, Binding>,
    globs: Vec<Vec<String>>,
}

/// The names that are in scope at a place.
#[derive(Debug, Default)]
pub(super) struct Names {
    layers: Vec<Layer>,
    /// What the crate calls itself beside `crate`.
    crates: Vec<String>,
}

/// How deep imports may refer to imports.
const DEEPEST: usize = 8;

impl Layer {
    /// The names that items bring.
    pub(super) fn of<'i>(
        items: impl IntoIterator<Item = &'i Item>,
        module: Option<Vec<String>>,
    ) -> Self {
        let mut layer = Self {
            module,
            ..Self::default()
        };
        for item in items {
            match item {
                Item::Use(item) => imports(&item.tree)
                    .iter()
                    .for_each(|import| layer.import(import)),
                Item::Struct(item) => layer.define(&item.ident),
                Item::Enum(item) => layer.define(&item.ident),
                Item::Trait(item) => layer.define(&item.ident),
                Item::Type(item) => layer.define(&item.ident),
                Item::Fn(item) => layer.define(&item.sig.ident),
                Item::Mod(item) => layer.define(&item.ident),
                Item::Const(item) => layer.define(&item.ident),
                Item::Static(item) => layer.define(&item.ident),
                _ => {}
            }
        }
        layer
    }

    fn define(&mut self, ident: &syn::Ident) {
        let name = ident.to_string();
        let mut path = self.module.clone().unwrap_or_default();
        path.push(name.clone());
        let binding = Binding {
            path,
            is_alias: false,
            is_item: true,
        };
        self.names.insert(name, binding);
    }

    fn import(&mut self, import: &Import<'_>) {
        let path = import.path.iter().map(ToString::to_string).collect();
        let (name, is_alias) = match import.name {
            Name::All => return self.globs.push(path),
            Name::Own(name) => (name, false),
            Name::Alias(name) => (name, true),
        };
        let binding = Binding {
            path,
            is_alias,
            is_item: false,
        };
        self.names.insert(name.to_string(), binding);
    }
}

impl Names {
    /// No names yet; the crate is also called so.
    pub(super) fn new(crates: &[String]) -> Self {
        Self {
            layers: Vec::new(),
            crates: crates.to_vec(),
        }
    }

    pub(super) fn push(&mut self, layer: Layer) {
        self.layers.push(layer);
    }

    pub(super) fn pop(&mut self) {
        self.layers.pop();
    }

    /// The path of the module that is being read.
    pub(super) fn module(&self) -> Vec<String> {
        let mut modules = self.layers.iter().rev();
        modules
            .find_map(|layer| layer.module.clone())
            .unwrap_or_default()
    }

    /// Whether a name means something in the module that is being read.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.visible().any(|layer| layer.names.contains_key(name))
    }

    /// The layers that reach here, the nearest first.
    fn visible(&self) -> impl Iterator<Item = &Layer> {
        let mut is_inside = true;
        self.layers.iter().rev().take_while(move |layer| {
            let was_inside = is_inside;
            is_inside = is_inside && layer.module.is_none();
            was_inside
        })
    }

    /// The path in the crate behind words, where they lead into it; `is_there` tells which names
    /// a module has, for `*`.
    pub(super) fn resolve(
        &self,
        words: &[(String, Span)],
        is_there: &dyn Fn(&[String]) -> bool,
    ) -> Option<Mention> {
        let names: Vec<String> = words.iter().map(|(word, _)| word.clone()).collect();
        let (path, written) = self.lead(&names, is_there, 0)?;
        let known = path.len().saturating_sub(written);
        let from = words.len().saturating_sub(written);
        let spans = words[from..].iter().map(|(_, span)| Some(*span));
        let spans = std::iter::repeat_n(None, known).chain(spans).collect();
        Some(Mention { path, spans })
    }

    /// The path, and how many of its last words were written here.
    fn lead(
        &self,
        words: &[String],
        is_there: &dyn Fn(&[String]) -> bool,
        depth: usize,
    ) -> Option<(Vec<String>, usize)> {
        let (first, rest) = words.split_first()?;
        let mut base = self.module();
        match first.as_str() {
            "crate" => return Some((rest.to_vec(), rest.len())),
            "self" => return Some((self.below(base, rest), rest.len())),
            "super" => {
                let mut rest = words;
                while let Some(("super", more)) = rest.split_first().map(|(w, r)| (w.as_str(), r)) {
                    base.pop()?;
                    rest = more;
                }
                return Some((self.below(base, rest), rest.len()));
            }
            word if self.crates.iter().any(|known| known == word) => {
                return Some((rest.to_vec(), rest.len()));
            }
            _ if depth > DEEPEST => return None,
            _ => {}
        }
        for layer in self.visible() {
            if let Some(binding) = layer.names.get(first) {
                let mut path = match binding.is_item {
                    true => binding.path.clone(),
                    false if binding.path.first() == Some(first) && binding.path.len() == 1 => {
                        return None;
                    }
                    false => self.lead(&binding.path, is_there, depth + 1)?.0,
                };
                path.extend(rest.iter().cloned());
                let own = usize::from(!binding.is_alias);
                return Some((path, rest.len() + own));
            }
        }
        self.visible().find_map(|layer| {
            let lead = |glob: &Vec<String>| {
                let (module, _) = self.lead(glob, is_there, depth + 1)?;
                let path = self.below(module, std::slice::from_ref(first));
                is_there(&path).then_some(path)
            };
            let mut path = layer.globs.iter().find_map(lead)?;
            path.extend(rest.iter().cloned());
            Some((path, words.len()))
        })
    }

    /// A path from a module of this file, through its imports.
    fn below(&self, mut base: Vec<String>, rest: &[String]) -> Vec<String> {
        let layer = self
            .layers
            .iter()
            .find(|layer| layer.module.as_ref() == Some(&base));
        if let Some(first) = rest.first()
            && let Some(binding) = layer.and_then(|layer| layer.names.get(first))
            && binding.path.first().is_some_and(|word| word == "crate")
        {
            base = binding.path[1..].to_vec();
            base.extend(rest[1..].iter().cloned());
            return base;
        }
        base.extend(rest.iter().cloned());
        base
    }
}
