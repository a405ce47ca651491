//! The contract as the user's code can name it: every path that it offers.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    project::{Stored, stored::StoredOperation},
    render::surface::{Def, Fields, Shape, Variants},
};

/// The modules, traits, functions and types of a stored model, by their paths in the crate, such
/// as `operations::items::get_item::GetItemInput`.
#[derive(Debug, Default)]
pub struct Contract<'a> {
    modules: BTreeSet<String>,
    /// With the paths of what they answer.
    functions: BTreeMap<String, String>,
    /// With their methods.
    traits: BTreeMap<String, BTreeSet<&'a str>>,
    defs: BTreeMap<String, Members<'a>>,
    /// The paths of the types of `schemas/`, by name.
    names: BTreeMap<&'a str, String>,
}

/// The members of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members<'a> {
    /// A struct with named fields.
    Fields(&'a Fields),
    /// A struct around one value.
    Tuple(&'a str),
    /// An enum.
    Variants(&'a Variants),
}

/// The paths of an operation.
pub(super) struct Names {
    pub(super) method: String,
    pub(super) function: String,
    pub(super) module: String,
    pub(super) input: String,
    pub(super) response: String,
}

impl Names {
    pub(super) fn of(stored: &Stored, operation: &StoredOperation) -> Self {
        let StoredOperation {
            group,
            name,
            type_name,
            ..
        } = operation;
        let mut groups = stored.groups.iter();
        let is_own = groups.find(|known| known.module == *group);
        let trait_name = is_own.map_or("", |group| group.trait_name.as_str());
        let module = format!("operations::{group}::{name}");
        Self {
            method: format!("crud::{group}::{trait_name}::{name}"),
            function: format!("crud::{group}::{name}"),
            input: format!("{module}::{type_name}Input"),
            response: format!("{module}::{type_name}Response"),
            module,
        }
    }
}

impl<'a> Contract<'a> {
    /// That of a model.
    pub fn of(stored: &'a Stored) -> Self {
        let mut contract = Self::default();
        for group in &stored.groups {
            let module = &group.module;
            for layer in ["crud", "operations", "services"] {
                contract.modules.insert(format!("{layer}::{module}"));
            }
            let path = format!("crud::{module}::{}", group.trait_name);
            contract.traits.insert(path, BTreeSet::new());
        }
        for operation in &stored.operations {
            let names = Names::of(stored, operation);
            if let Some((path, name)) = names.method.rsplit_once("::")
                && let Some(methods) = contract.traits.get_mut(path)
                && name == operation.name
            {
                methods.insert(&operation.name);
            }
            let response = names.response.clone();
            contract.functions.insert(names.function, response);
            contract.modules.insert(names.module);
            let (input, responses) = (&operation.input, &operation.responses);
            contract.defs.insert(names.input, Members::Fields(input));
            let responses = Members::Variants(responses);
            contract.defs.insert(names.response, responses);
        }
        for known in &stored.types {
            let module = format!("schemas::{}", known.module);
            let path = format!("{module}::{}", known.name);
            contract.modules.insert(module);
            contract.names.insert(&known.name, path.clone());
            contract.defs.insert(path, Members::of(&known.def));
        }
        contract
    }

    /// The members of a type.
    pub fn def(&self, path: &str) -> Option<Members<'a>> {
        self.defs.get(path).copied()
    }

    /// The type of a member, which may stand in a variant.
    pub(super) fn type_of(&self, path: &str) -> Option<&'a str> {
        let (parent, name) = path.rsplit_once("::")?;
        let member = |path: &str, name: &str| {
            let list = self.def(path)?.list();
            let found = list.into_iter().find(|(known, _)| known == name);
            found.map(|(_, ty)| ty)
        };
        member(parent, name).or_else(|| {
            let (parent, variant) = parent.rsplit_once("::")?;
            member(parent, &format!("{variant}::{name}"))
        })
    }

    /// The path of a type of `schemas/`.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// The paths of all types.
    pub(super) fn defs(&self) -> impl Iterator<Item = (&str, Members<'a>)> {
        let defs = self.defs.iter();
        defs.map(|(path, members)| (path.as_str(), *members))
    }

    /// Whether a trait is there.
    pub fn has_trait(&self, path: &str) -> bool {
        self.traits.contains_key(path)
    }

    /// Whether a trait has a method.
    pub fn has_method(&self, path: &str, name: &str) -> bool {
        let methods = self.traits.get(path);
        methods.is_some_and(|methods| methods.contains(name))
    }

    /// The response of the operation whose default is this function.
    pub(super) fn response_of(&self, path: &str) -> Option<&str> {
        self.functions.get(path).map(String::as_str)
    }

    /// The only trait of this name.
    pub fn trait_named(&self, name: &str) -> Option<&str> {
        let is_so = |path: &&String| path.rsplit("::").next() == Some(name);
        self.traits.keys().find(is_so).map(String::as_str)
    }

    /// Whether something may stand behind a path: only what the contract would hold is missed.
    pub fn may_be(&self, path: &[String]) -> bool {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let module = |length: usize| self.modules.contains(&words[..length].join("::"));
        match words.as_slice() {
            ["schemas", _, rest @ ..] => module(2) && self.is_type(&words, 3, rest.len()),
            ["operations", _, _, rest @ ..] if module(2) => {
                module(3) && self.is_type(&words, 4, rest.len())
            }
            ["crud", _, _, method, ..] if self.has_trait(&words[..3].join("::")) => {
                self.has_method(&words[..3].join("::"), method)
            }
            _ => true,
        }
    }

    /// The first `length` words name a type, and the next one, where it starts with a capital,
    /// one of its variants; with `rest` words behind the module.
    fn is_type(&self, words: &[&str], length: usize, rest: usize) -> bool {
        if rest == 0 || matches!(words.get(length - 1), Some(&"*")) {
            return true;
        }
        let variant = words.get(length).filter(|word| is_capital(word));
        match (self.def(&words[..length].join("::")), variant) {
            (None, _) => false,
            (Some(Members::Variants(variants)), Some(variant)) => {
                *variant == "VALUES" || variants.contains_key(*variant)
            }
            _ => true,
        }
    }

    /// Whether exactly this is there, or the member of a type.
    pub(super) fn offers(&self, path: &str) -> bool {
        let parent = path.rsplit_once("::").map(|(parent, _)| parent);
        let outer = parent.and_then(|parent| parent.rsplit_once("::"));
        let is_member = [parent, outer.map(|(outer, _)| outer)]
            .iter()
            .flatten()
            .any(|owner| self.defs.contains_key(*owner));
        match is_member {
            true => self.type_of(path).is_some(),
            false => self.has(path),
        }
    }

    /// Whether exactly this is there; helpers of `crud` and code of the user are unknown.
    pub(super) fn has(&self, path: &str) -> bool {
        let words: Vec<String> = path.split("::").map(str::to_owned).collect();
        match words.first().map(String::as_str) {
            Some("crud" | "services") => {
                let is_known = self.modules.contains(path)
                    || self.functions.contains_key(path)
                    || self.has_trait(path);
                let method = path.rsplit_once("::");
                is_known || method.is_some_and(|(path, name)| self.has_method(path, name))
            }
            Some("operations") if words.len() == 2 => self.modules.contains(path),
            // What is below a module that went is not there either.
            Some("operations") => {
                let module = words.get(..2).map(|words| words.join("::"));
                module.is_none_or(|module| self.modules.contains(&module)) && self.may_be(&words)
            }
            _ => self.may_be(&words),
        }
    }
}

fn is_capital(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
}

impl<'a> Members<'a> {
    pub(super) fn of(def: &'a Def) -> Self {
        match def {
            Def::Struct(Shape::Fields(fields)) => Self::Fields(fields),
            Def::Struct(Shape::Tuple(ty)) => Self::Tuple(ty),
            Def::Struct(Shape::Unit) => Self::Tuple(""),
            Def::Enum(variants) => Self::Variants(variants),
        }
    }

    /// Every member with its path below the type, and its type; nothing for unit variants.
    pub(super) fn list(self) -> Vec<(String, &'a str)> {
        match self {
            Self::Fields(fields) => flat("", fields),
            Self::Tuple(ty) => vec![("0".to_owned(), ty)],
            Self::Variants(variants) => {
                let variant = |(name, shape): (&String, &'a Shape)| match shape {
                    Shape::Unit => vec![(name.clone(), "")],
                    Shape::Tuple(ty) => vec![(name.clone(), ty.as_str())],
                    Shape::Fields(fields) => flat(&format!("{name}::"), fields),
                };
                variants.iter().flat_map(variant).collect()
            }
        }
    }
}

fn flat<'a>(prefix: &str, fields: &'a Fields) -> Vec<(String, &'a str)> {
    let fields = fields.iter();
    fields
        .map(|(name, ty)| (format!("{prefix}{name}"), ty.as_str()))
        .collect()
}
