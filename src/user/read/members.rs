//! Fields and variants: what literals, patterns and expressions say of a type.

use proc_macro2::Span;
use syn::{ExprPath, Pat, spanned::Spanned as _};

use super::{Reader, words};
use crate::{
    render::surface::Shape,
    user::{
        contract::Members,
        misfit::{Edit, Found, Kind},
    },
};

impl<'a> Reader<'a> {
    /// Judges a member's type against the one that it had.
    pub(super) fn member_type(&mut self, path: &str, span: Span) {
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
    pub(super) fn member(&mut self, path: &str, ident: &syn::Ident, is_short: bool) {
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

    /// Judges the fields that a literal or a pattern names, and those that it leaves out.
    pub(super) fn fields(
        &mut self,
        path: &syn::Path,
        named: &[(&syn::Ident, bool, Span)],
        is_open: bool,
    ) {
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

    pub(super) fn tuple(&mut self, path: &syn::Path) {
        if let Some(current) = self.current(&words(path))
            && let Some(Shape::Unit | Shape::Fields(_)) = self.variant(&current)
        {
            self.form(path, &current);
        }
    }

    /// A `match` that names the variants of an enum one by one must name all of them.
    pub(super) fn exhausts(&mut self, expression: &syn::ExprMatch) {
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
}

const RETYPED: &str = "this stays told until you edit the function";

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
