//! Reads a file of the user's against the contract.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream};
use sha2::{Digest as _, Sha256};
use syn::{File, visit};

use super::{
    contract::Contract,
    history::{History, Now},
    misfit::{Found, Kind},
    names::{Layer, Mention, Names},
    types::{Ty, Variables},
};
use crate::project::stored::Was;

mod macros;
mod members;
mod methods;
mod paths;
mod walk;

/// Walks over a file.
pub(super) struct Reader<'a> {
    pub(super) contract: &'a Contract<'a>,
    pub(super) history: &'a History<'a>,
    pub(super) names: Names,
    pub(super) variables: Variables,
    /// The function that is being read, by the hash of its tokens.
    unit: Option<String>,
    /// The functions that were read.
    pub(super) units: Vec<String>,
    pub(super) found: Vec<Found<'a>>,
    /// What each written name should be, as far as it is known: byte, and text.
    pub(super) claims: Vec<(usize, String)>,
    /// The methods that the user implements: trait, name, and where.
    pub(super) methods: Vec<(String, String, Span)>,
    /// The trait whose impl is being read: its path now, and as it was.
    implemented: Option<(String, String)>,
    /// The methods of that impl.
    siblings: BTreeSet<String>,
    /// What the closures of the call that is being read are given.
    lent: Option<Ty>,
}

/// The words of a path, with their places.
pub(super) fn words(path: &syn::Path) -> Vec<(String, Span)> {
    if path.leading_colon.is_some() {
        return Vec::new();
    }
    let segments = path.segments.iter();
    segments
        .map(|segment| (segment.ident.to_string(), segment.ident.span()))
        .collect()
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        contract: &'a Contract<'a>,
        history: &'a History<'a>,
        crates: &[String],
    ) -> Self {
        Self {
            contract,
            history,
            names: Names::new(crates),
            variables: Variables::default(),
            unit: None,
            units: Vec::new(),
            found: Vec::new(),
            claims: Vec::new(),
            methods: Vec::new(),
            implemented: None,
            siblings: BTreeSet::new(),
            lent: None,
        }
    }

    /// Reads a whole file, which is this module.
    pub(super) fn file(&mut self, file: &File, module: Vec<String>) {
        self.names.push(Layer::of(&file.items, Some(module)));
        visit::visit_file(self, file);
        self.names.pop();
    }

    fn resolve(&self, words: &[(String, Span)]) -> Option<Mention> {
        if let [(only, _)] = words
            && self.variables.has(only)
        {
            return None;
        }
        let is_there = |path: &[String]| {
            let path = path.join("::");
            self.contract.has(&path) || self.history.is_known(&path)
        };
        self.names.resolve(words, &is_there)
    }

    /// The path of the contract behind words, as it is called now.
    pub(super) fn current(&self, words: &[(String, Span)]) -> Option<String> {
        let mention = self.resolve(words)?;
        match self.fate(&mention.path) {
            None => Some(mention.path.join("::")),
            Some(now) => Some(now?.path?.join("::")),
        }
    }

    /// What became of a path: `None` where it is as it was, `Some(None)` where nobody knows.
    fn fate(&self, path: &[String]) -> Option<Option<Now<'a>>> {
        let now = || self.history.now(path);
        match self.contract.may_be(path) {
            false => Some(now().filter(|now| {
                let path = now.path.as_deref();
                path.is_none_or(|path| self.contract.may_be(path))
            })),
            true if self.contract.has(&path.join("::")) => None,
            true => now().map(Some),
        }
    }

    pub(super) fn tell(&mut self, kind: Kind, span: Span, message: String) {
        let start = span.start();
        self.found.push(Found {
            line: start.line,
            column: start.column + 1,
            message,
            ..Found::new(kind)
        });
    }

    fn remember(&mut self, was: &'a Was) {
        let unit = self.unit.clone();
        if let Some(found) = self.found.last_mut() {
            found.was = Some(was);
            found.unit = unit.filter(|_| was.ty.is_some());
        }
    }

    fn hint(&mut self, hint: String) {
        if let Some(found) = self.found.last_mut() {
            found.hint = Some(hint);
        }
    }

    /// A function of the user's; its hash tells whether it was touched.
    fn unit(&mut self, tokens: TokenStream, read: impl FnOnce(&mut Self)) {
        let is_outer = self.unit.is_none();
        if is_outer {
            let digest = Sha256::digest(tokens.to_string());
            let hash: String = digest
                .iter()
                .take(6)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            self.units.push(hash.clone());
            self.unit = Some(hash);
        }
        self.variables.push();
        read(self);
        self.variables.pop();
        if is_outer {
            self.unit = None;
        }
    }

    fn signature(&mut self, signature: &syn::Signature) {
        for input in &signature.inputs {
            if let syn::FnArg::Typed(input) = input {
                let ty = self.written(&input.ty);
                self.bind(&input.pat, ty);
            }
        }
    }
}
