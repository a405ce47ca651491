//! Reads a file of the user's against the contract.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use sha2::{Digest as _, Sha256};
use syn::{
    Expr, ExprPath, FieldValue, File, ItemImpl, Macro, Member, Pat, Token, UseTree,
    parse::Parser as _,
    punctuated::Punctuated,
    spanned::Spanned as _,
    visit::{self, Visit},
};

use super::{
    contract::{Contract, Members},
    history::{History, Now},
    misfit::{Edit, Found, Kind},
    names::{Layer, Mention, Names},
    types::{Ty, Variables},
};
use crate::{project::stored::Was, render::surface::Shape};

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

    /// Judges a path that the file names.
    fn name(&mut self, words: &[(String, Span)]) {
        let Some(mention) = self.resolve(words) else {
            return;
        };
        let Some(span) = mention.spans.iter().rev().find_map(|span| *span) else {
            return;
        };
        let Some(fate) = self.fate(&mention.path) else {
            self.claim(&mention, &mention.path);
            self.member_type(&mention.path.join("::"), span);
            return;
        };
        let path = mention.path.join("::");
        let Some(now) = fate else {
            let message = format!("there is no `crate::{path}`");
            self.tell(Kind::Signature, span, message);
            return;
        };
        let Some(new) = now.path else {
            let of = &now.was.of;
            self.tell(
                Kind::Gone,
                span,
                format!("`crate::{path}` is gone with {of}"),
            );
            self.remember(now.was);
            return;
        };
        let edits = self.claim(&mention, &new);
        let pair = mention
            .path
            .iter()
            .zip(&new)
            .rev()
            .find(|(was, now)| was != now);
        let renamed = pair.map(|(was, now)| (was.clone(), now.clone()));
        let message = format!("`crate::{path}` is called `crate::{}` now", new.join("::"));
        self.tell(Kind::Renamed, span, message);
        self.remember(now.was);
        let taken = edits.iter().find(|edit| self.is_taken(&mention, edit));
        if let Some(Edit { text, .. }) = taken {
            let hint = format!("rename it by hand: `{text}` means something else in this file");
            return self.hint(hint);
        }
        if let Some(found) = self.found.last_mut() {
            found.renamed = renamed;
            found.is_editable = mention.path.len() == new.len();
            found.edits = edits;
        }
    }

    /// Whether an edit would bring a name that already means something here: that of an import or
    /// of an item, which is the last word, or the first of a longer path.
    fn is_taken(&self, mention: &Mention, edit: &Edit) -> bool {
        let bound = [
            mention.spans.last(),
            mention.spans.iter().find(|span| span.is_some()),
        ];
        let starts = bound
            .into_iter()
            .flatten()
            .flatten()
            .map(|span| span.byte_range().start);
        let is_bound = starts.into_iter().any(|start| start == edit.range.0);
        is_bound && self.names.is_taken(&edit.text)
    }

    /// Says what the written words of a path should be; gives the edits for that.
    fn claim(&mut self, mention: &Mention, path: &[String]) -> Vec<Edit> {
        let mut edits = Vec::new();
        let words = mention.path.iter().zip(&mention.spans).zip(path);
        for ((was, span), now) in words {
            if let Some(span) = span {
                let range = span.byte_range();
                self.claims.push((range.start, now.clone()));
                if was != now {
                    edits.push(Edit::replace(range, now));
                }
            }
        }
        edits
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

    /// Judges a member's type against the one that it had.
    fn member_type(&mut self, path: &str, span: Span) {
        let (Some(was), Some(ty)) = (self.history.retyped(path), self.contract.type_of(path))
        else {
            return;
        };
        let unit = self.unit.clone().unwrap_or_default();
        if !was.code.is_empty() && !was.code.contains(&unit) {
            return;
        }
        let name = short(path);
        let told = |ty: &str| match ty {
            "" => "nothing".to_owned(),
            ty => format!("`{ty}`"),
        };
        let (ty, old) = (told(ty), told(was.ty.as_deref().unwrap_or_default()));
        let message = format!("`{name}` is {ty} now, and was {old} ({})", was.of);
        self.tell(Kind::Signature, span, message);
        self.remember(was);
        if let Some(found) = self.found.last_mut() {
            found.unit = Some(unit);
            found.hint = Some(RETYPED.to_owned());
        }
    }

    /// Judges a field that the file names; `fields` are those that there are.
    fn member(&mut self, path: &str, ident: &syn::Ident, is_short: bool) {
        let fields = match (self.contract.def(path), self.variant(path)) {
            (Some(Members::Fields(fields)), _) | (_, Some(Shape::Fields(fields))) => fields,
            _ => return,
        };
        let name = ident.to_string();
        let full = format!("{path}::{name}");
        if fields.contains_key(&name) {
            return self.member_type(&full, ident.span());
        }
        let list: Vec<_> = fields.keys().map(|name| format!("`{name}`")).collect();
        let list = list.join(", ");
        let owner = short_type(path);
        let Some(was) = self.history.member(&full) else {
            let message = format!("`{owner}` has no field `{name}`");
            self.tell(Kind::Signature, ident.span(), message);
            self.hint(format!("it has {list}"));
            return;
        };
        match was.now.as_deref().and_then(|now| now.rsplit("::").next()) {
            Some(now) => {
                let message = format!("`{name}` of `{owner}` is called `{now}` now ({})", was.of);
                self.tell(Kind::Renamed, ident.span(), message);
                let range = ident.span().byte_range();
                let edit = match is_short {
                    true => Edit::insert(range.start, format!("{now}: ")),
                    false => Edit::replace(range, now),
                };
                if let Some(found) = self.found.last_mut() {
                    found.edits = vec![edit];
                    found.is_editable = true;
                    found.renamed = Some((name, now.to_owned()));
                    found.is_member = true;
                }
            }
            None => {
                let message = format!("`{owner}` has no field `{name}` any more ({})", was.of);
                self.tell(Kind::Signature, ident.span(), message);
                self.hint(format!("it has {list}"));
            }
        }
        self.remember(was);
    }

    fn hint(&mut self, hint: String) {
        if let Some(found) = self.found.last_mut() {
            found.hint = Some(hint);
        }
    }

    /// Judges the fields that a literal or a pattern names, and those that it leaves out.
    fn fields(&mut self, path: &syn::Path, named: &[(&syn::Ident, bool, Span)], is_open: bool) {
        let Some(current) = self.current(&words(path)) else {
            return;
        };
        let fields = match (self.contract.def(&current), self.variant(&current)) {
            (Some(Members::Fields(fields)), _) | (_, Some(Shape::Fields(fields))) => fields.clone(),
            (_, Some(_)) => return self.form(path, &current),
            _ => return,
        };
        for (ident, is_short, start) in named {
            let told = self.found.len();
            self.member(&current, ident, *is_short);
            // `ref id` becomes `item_id: ref id`.
            if let (true, Some(found)) = (*is_short, self.found.get_mut(told)) {
                for edit in &mut found.edits {
                    let start = start.byte_range().start;
                    edit.range = (start, start);
                }
            }
        }
        if is_open {
            return;
        }
        let known: Vec<String> = named
            .iter()
            .map(|(ident, ..)| {
                let name = ident.to_string();
                let renamed = self.history.member(&format!("{current}::{name}"));
                let now = renamed.and_then(|was| was.now.as_deref()?.rsplit("::").next());
                now.map_or(name, str::to_owned)
            })
            .collect();
        let lacking = fields.iter().filter(|(name, _)| !known.contains(name));
        let lacking: Vec<_> = lacking
            .map(|(name, ty)| format!("`{name}: {ty}`"))
            .collect();
        if !lacking.is_empty() {
            let owner = short_type(&current);
            let message = format!("`{owner}` has {} too", lacking.join(", "));
            let last = path
                .segments
                .last()
                .map_or_else(|| path.span(), |s| s.ident.span());
            self.tell(Kind::Signature, last, message);
        }
    }

    /// A variant is written in a form that it does not have.
    fn form(&mut self, path: &syn::Path, current: &str) {
        let (name, holds) = match self.variant(current) {
            Some(Shape::Unit) => (short_type(current), "nothing".to_owned()),
            Some(Shape::Tuple(ty)) => (short_type(current), format!("`({ty})`")),
            Some(Shape::Fields(fields)) => {
                let fields = fields.iter().map(|(name, ty)| format!("{name}: {ty}"));
                let fields: Vec<_> = fields.collect();
                (
                    short_type(current),
                    format!("`{{ {} }}`", fields.join(", ")),
                )
            }
            None => return,
        };
        let Some(segment) = path.segments.last() else {
            return;
        };
        let span = segment.ident.span();
        // What the variant was before says the same, and more.
        let start = span.start();
        let is_told = |f: &Found<'_>| f.line == start.line && f.column == start.column + 1;
        if !self.found.iter().any(is_told) {
            self.tell(Kind::Signature, span, format!("`{name}` holds {holds}"));
        }
    }

    fn tuple(&mut self, path: &syn::Path) {
        if let Some(current) = self.current(&words(path))
            && let Some(Shape::Unit | Shape::Fields(_)) = self.variant(&current)
        {
            self.form(path, &current);
        }
    }

    fn import(&mut self, tree: &UseTree, prefix: &mut Vec<(String, Span)>) {
        let ident = match tree {
            UseTree::Path(path) => {
                prefix.push((path.ident.to_string(), path.ident.span()));
                self.import(&path.tree, prefix);
                prefix.pop();
                return;
            }
            UseTree::Group(group) => {
                group
                    .items
                    .iter()
                    .for_each(|tree| self.import(tree, prefix));
                return;
            }
            UseTree::Glob(_) => return self.name(prefix),
            UseTree::Name(name) => &name.ident,
            UseTree::Rename(rename) => &rename.ident,
        };
        if ident == "self" {
            return self.name(prefix);
        }
        prefix.push((ident.to_string(), ident.span()));
        self.name(prefix);
        prefix.pop();
    }

    /// An item of the user's that the generated code names.
    fn definition(&mut self, ident: &syn::Ident) {
        let mut path = self.names.module();
        let mut spans = vec![None; path.len()];
        path.push(ident.to_string());
        spans.push(Some(ident.span()));
        if let Some(Some(now)) = self.fate(&path)
            && let Some(new) = now.path
            && path.last() != new.last()
        {
            let edits = self.claim(
                &Mention {
                    path: path.clone(),
                    spans,
                },
                &new,
            );
            let now_called = new.last().cloned().unwrap_or_default();
            let message = format!("`{ident}` is to be called `{now_called}` now");
            self.tell(Kind::Renamed, ident.span(), message);
            self.remember(now.was);
            let is_taken = self.names.is_taken(&now_called);
            if let Some(found) = self.found.last_mut() {
                found.renamed = Some((ident.to_string(), now_called));
                if !is_taken {
                    found.edits = edits;
                    found.is_editable = true;
                }
            }
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

    /// The trait of an impl: its path now, and as it was.
    fn implemented(&self, item: &ItemImpl) -> Option<(String, String)> {
        let (path, _) = item.trait_.as_ref()?;
        let words = words(path);
        let mention = self.resolve(&words).map(|mention| mention.path.join("::"));
        let mention = mention.filter(|path| path.starts_with("crud::"));
        let last = &words.last()?.0;
        let was = mention
            .or_else(|| self.contract.trait_named(last).map(str::to_owned))
            .or_else(|| self.history.trait_named(last).map(str::to_owned))?;
        let parts: Vec<String> = was.split("::").map(str::to_owned).collect();
        match self.fate(&parts) {
            None if self.contract.has_trait(&was) => Some((was.clone(), was)),
            Some(Some(now)) => Some((now.path.map_or(String::new(), |p| p.join("::")), was)),
            _ => None,
        }
    }

    /// Judges a method of an impl.
    fn method(&mut self, ident: &syn::Ident) {
        let Some((now, was)) = self.implemented.clone() else {
            return;
        };
        let name = ident.to_string();
        let name = name.trim_start_matches("r#");
        self.methods
            .push((now.clone(), name.to_owned(), ident.span()));
        if self.contract.has_method(&now, name) {
            return;
        }
        let path: Vec<String> = format!("{was}::{name}")
            .split("::")
            .map(str::to_owned)
            .collect();
        let moved = self
            .history
            .now(&path)
            .filter(|known| known.was.path == path.join("::"));
        let trait_name = now.rsplit("::").next().unwrap_or_default();
        let Some(moved) = moved else {
            let message = format!(
                "no operation belongs to `{name}` any more: `{trait_name}` has no such method"
            );
            self.tell(Kind::Removed, ident.span(), message);
            self.hint(REMOVED.to_owned());
            return;
        };
        let of = &moved.was.of;
        let new = moved.path.map(|path| path.join("::"));
        match new.as_deref().and_then(|path| path.rsplit_once("::")) {
            None => {
                let message = format!(
                    "no operation belongs to `{name}` any more ({of} is gone from the document)"
                );
                self.tell(Kind::Removed, ident.span(), message);
                self.hint(REMOVED.to_owned());
            }
            Some((path, new)) if path == now => {
                self.tell(
                    Kind::Renamed,
                    ident.span(),
                    format!("`{name}` is called `{new}` now ({of})"),
                );
                let is_taken = self.siblings.contains(new);
                if let Some(found) = self.found.last_mut() {
                    found.is_method = true;
                    match is_taken {
                        true => found.hint = Some(format!("remove it: `{new}` is there already")),
                        false => {
                            found.edits = vec![Edit::replace(ident.span().byte_range(), new)];
                            found.is_editable = true;
                        }
                    }
                }
            }
            Some((path, new)) => {
                let owner = path.rsplit("::").next().unwrap_or_default();
                let module = path.split("::").nth(1).unwrap_or_default();
                let message = format!("`{name}` belongs to `{owner}` now, as `{new}` ({of})");
                self.tell(Kind::Renamed, ident.span(), message);
                self.hint(format!(
                    "move it into `impl {owner} for …` in `src/services/{module}.rs`"
                ));
                if let Some(found) = self.found.last_mut() {
                    found.is_method = true;
                }
            }
        }
        self.remember(moved.was);
    }

    /// A `match` that names the variants of an enum one by one must name all of them.
    fn exhausts(&mut self, expression: &syn::ExprMatch) {
        let mut owner = None;
        let mut named = Vec::new();
        for arm in &expression.arms {
            let mut cases = vec![&arm.pat];
            while let Some(case) = cases.pop() {
                let path = match case {
                    Pat::Or(inner) => {
                        cases.extend(&inner.cases);
                        continue;
                    }
                    Pat::Paren(inner) => {
                        cases.push(&inner.pat);
                        continue;
                    }
                    Pat::Path(ExprPath { path, .. }) => path,
                    Pat::TupleStruct(inner) => &inner.path,
                    Pat::Struct(inner) => &inner.path,
                    _ => return,
                };
                let Some(path) = self.current(&words(path)) else {
                    return;
                };
                let Some((parent, name)) = path.rsplit_once("::") else {
                    return;
                };
                if owner.get_or_insert_with(|| parent.to_owned()) != parent {
                    return;
                }
                named.push(name.to_owned());
            }
        }
        let Some(owner) = owner else {
            return;
        };
        let Some(Members::Variants(variants)) = self.contract.def(&owner) else {
            return;
        };
        let lacking = variants.keys().filter(|name| !named.contains(name));
        let name = short(&owner);
        let name = name.rsplit("::").next().unwrap_or_default();
        let lacking: Vec<_> = lacking
            .map(|variant| format!("`{name}::{variant}`"))
            .collect();
        if !lacking.is_empty() {
            let message = format!("this `match` does not know {}", lacking.join(", "));
            self.tell(Kind::Signature, expression.match_token.span(), message);
        }
    }

    /// Tokens that are no list of expressions: plain paths and chains of fields are read.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut index = 0;
        while index < tokens.len() {
            match &tokens[index] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '$' => index += 1,
                TokenTree::Ident(_) => {
                    let end = chain(&tokens, index);
                    let piece: TokenStream = tokens[index..end].iter().cloned().collect();
                    if let Ok(expression) = syn::parse2::<Expr>(piece) {
                        self.visit_expr(&expression);
                    }
                    index = end - 1;
                }
                _ => {}
            }
            index += 1;
        }
    }
}

const REMOVED: &str = "remove the method, or keep it as a plain function outside of the trait";
const RETYPED: &str = "this stays told until you edit the function";

/// Where a path or a chain of fields that starts at a token ends.
fn chain(tokens: &[TokenTree], start: usize) -> usize {
    let sign = |index: usize, sign: char| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let word = |index: usize| matches!(tokens.get(index), Some(TokenTree::Ident(_)));
    let mut end = start + 1;
    loop {
        if sign(end, ':') && sign(end + 1, ':') && word(end + 2) {
            end += 3;
        } else if sign(end, '.') && word(end + 1) {
            end += 2;
        } else {
            return end;
        }
    }
}

/// The last two words of a member's path.
fn short(path: &str) -> String {
    let words: Vec<&str> = path.rsplit("::").take(2).collect();
    match words.as_slice() {
        [name, owner] if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
            format!("{owner}::{name}")
        }
        [name, owner] => format!("{owner}.{name}"),
        _ => path.to_owned(),
    }
}

/// A type by its name, a variant with its enum.
fn short_type(path: &str) -> String {
    let words: Vec<&str> = path.rsplit("::").take(2).collect();
    match words.as_slice() {
        [name, owner] if owner.starts_with(|c: char| c.is_ascii_uppercase()) => {
            format!("{owner}::{name}")
        }
        [name, ..] => (*name).to_owned(),
        [] => String::new(),
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Some((_, items)) = &item.content {
            let mut module = self.names.module();
            module.push(item.ident.to_string());
            self.names.push(Layer::of(items, Some(module)));
            visit::visit_item_mod(self, item);
            self.names.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&item.tree, &mut Vec::new());
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.definition(&item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.definition(&item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.definition(&item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.unit(item.to_token_stream(), |reader| {
            reader.signature(&item.sig);
            visit::visit_item_fn(reader, item);
        });
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let methods = item.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(item) => Some(item.sig.ident.to_string()),
            _ => None,
        });
        let implemented = self.implemented(item);
        let outer = (
            std::mem::replace(&mut self.implemented, implemented),
            std::mem::replace(&mut self.siblings, methods.collect()),
        );
        visit::visit_item_impl(self, item);
        (self.implemented, self.siblings) = outer;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.unit(item.to_token_stream(), |reader| {
            reader.method(&item.sig.ident);
            reader.signature(&item.sig);
            visit::visit_impl_item_fn(reader, item);
        });
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.name(&words(path));
        visit::visit_path(self, path);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let items = block.stmts.iter().filter_map(|statement| match statement {
            syn::Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.names.push(Layer::of(items, None));
        self.variables.push();
        visit::visit_block(self, block);
        self.variables.pop();
        self.names.pop();
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        let ty = local
            .init
            .as_ref()
            .and_then(|init| self.type_of(&init.expr));
        self.bind(&local.pat, ty);
    }

    fn visit_expr_let(&mut self, expression: &'ast syn::ExprLet) {
        visit::visit_expr_let(self, expression);
        let ty = self.type_of(&expression.expr);
        self.bind(&expression.pat, ty);
    }

    fn visit_expr_if(&mut self, expression: &'ast syn::ExprIf) {
        self.variables.push();
        self.visit_expr(&expression.cond);
        self.visit_block(&expression.then_branch);
        self.variables.pop();
        if let Some((_, otherwise)) = &expression.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, expression: &'ast syn::ExprWhile) {
        self.variables.push();
        visit::visit_expr_while(self, expression);
        self.variables.pop();
    }

    fn visit_expr_for_loop(&mut self, expression: &'ast syn::ExprForLoop) {
        self.visit_expr(&expression.expr);
        let item = self.item_of(&expression.expr);
        self.variables.push();
        self.bind(&expression.pat, item);
        self.visit_pat(&expression.pat);
        self.visit_block(&expression.body);
        self.variables.pop();
    }

    fn visit_expr_match(&mut self, expression: &'ast syn::ExprMatch) {
        self.visit_expr(&expression.expr);
        let ty = self.type_of(&expression.expr);
        for arm in &expression.arms {
            self.variables.push();
            self.bind(&arm.pat, ty.clone());
            self.visit_arm(arm);
            self.variables.pop();
        }
        self.exhausts(expression);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        let lent = self.lent.take();
        self.variables.push();
        for (index, input) in closure.inputs.iter().enumerate() {
            let ty = lent.clone().filter(|_| index == 0);
            self.bind(input, ty);
        }
        visit::visit_expr_closure(self, closure);
        self.variables.pop();
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        self.call_of_self(call);
        let lent = self.lent(call);
        for argument in &call.args {
            self.lent = lent
                .clone()
                .filter(|_| matches!(argument, Expr::Closure(_)));
            self.visit_expr(argument);
        }
        self.lent = None;
    }

    fn visit_expr_field(&mut self, expression: &'ast syn::ExprField) {
        visit::visit_expr_field(self, expression);
        if let Member::Named(name) = &expression.member
            && let Some(Ty::Def(path)) = self.type_of(&expression.base)
        {
            self.member(&path, name, false);
        }
    }

    fn visit_expr_struct(&mut self, expression: &'ast syn::ExprStruct) {
        visit::visit_expr_struct(self, expression);
        let named: Vec<_> = expression.fields.iter().filter_map(named_value).collect();
        self.fields(&expression.path, &named, expression.dot2_token.is_some());
    }

    fn visit_pat_struct(&mut self, pattern: &'ast syn::PatStruct) {
        visit::visit_pat_struct(self, pattern);
        let named = pattern
            .fields
            .iter()
            .filter_map(|field| match &field.member {
                Member::Named(name) => Some((name, field.colon_token.is_none(), field.pat.span())),
                Member::Unnamed(_) => None,
            });
        let named: Vec<_> = named.collect();
        self.fields(&pattern.path, &named, pattern.rest.is_some());
    }

    fn visit_pat_tuple_struct(&mut self, pattern: &'ast syn::PatTupleStruct) {
        visit::visit_pat_tuple_struct(self, pattern);
        self.tuple(&pattern.path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        visit::visit_expr_call(self, call);
        if let Expr::Path(path) = &*call.func {
            self.tuple(&path.path);
        }
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        if item.path.is_ident("macro_rules") {
            return;
        }
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        match parser.parse2(item.tokens.clone()) {
            Ok(list) => list
                .iter()
                .for_each(|expression| self.visit_expr(expression)),
            Err(_) => self.tokens(item.tokens.clone()),
        }
    }
}

impl Reader<'_> {
    /// `self.list_items(…)` inside of the trait's impl.
    fn call_of_self(&mut self, call: &syn::ExprMethodCall) {
        let (Expr::Path(on), Some((now, was))) = (&*call.receiver, self.implemented.clone()) else {
            return;
        };
        let name = call.method.to_string();
        if !on.path.is_ident("self") || self.contract.has_method(&now, &name) {
            return;
        }
        let path: Vec<String> = format!("{was}::{name}")
            .split("::")
            .map(str::to_owned)
            .collect();
        let Some(known) = self
            .history
            .now(&path)
            .filter(|n| n.was.path == path.join("::"))
        else {
            return;
        };
        let new = known.path.map(|path| path.join("::"));
        if let Some((path, new)) = new.as_deref().and_then(|path| path.rsplit_once("::"))
            && path == now
        {
            let span = call.method.span();
            let message = format!("`{name}` is called `{new}` now ({})", known.was.of);
            self.tell(Kind::Renamed, span, message);
            self.remember(known.was);
            if let Some(found) = self.found.last_mut() {
                found.edits = vec![Edit::replace(span.byte_range(), new)];
                found.is_editable = true;
            }
        }
    }
}

fn named_value(field: &FieldValue) -> Option<(&syn::Ident, bool, Span)> {
    match &field.member {
        Member::Named(name) => Some((name, field.colon_token.is_none(), name.span())),
        Member::Unnamed(_) => None,
    }
}
