//! Which type of the contract an expression has, as far as it shows without the compiler.

use std::collections::BTreeMap;

use syn::{Expr, ExprMethodCall, GenericArgument, Member, Pat, PathArguments, Type};

use super::{
    contract::Members,
    read::{Reader, words},
};
use crate::render::surface::Shape;

/// A type, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ty {
    /// A type of the contract, by its path.
    Def(String),
    /// Anything else, as the contract writes it: `Option<Vec<Item>>`.
    Text(String),
}

/// The variables at a place; what hides another without a known type is `None`.
#[derive(Debug, Default)]
pub(super) struct Variables {
    blocks: Vec<BTreeMap<String, Option<Ty>>>,
}

impl Variables {
    pub(super) fn push(&mut self) {
        self.blocks.push(BTreeMap::new());
    }

    pub(super) fn pop(&mut self) {
        self.blocks.pop();
    }

    pub(super) fn set(&mut self, name: String, ty: Option<Ty>) {
        if let Some(block) = self.blocks.last_mut() {
            block.insert(name, ty);
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Ty> {
        let mut blocks = self.blocks.iter().rev();
        blocks.find_map(|block| block.get(name))?.as_ref()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.blocks.iter().any(|block| block.contains_key(name))
    }
}

/// Wrappers whose inner type shows through some methods.
const WRAPPERS: [&str; 2] = ["Option", "Vec"];

/// Methods after which the type is the same, or what walks over it.
const KEEPING: &[&str] = &[
    "as_mut",
    "as_ref",
    "as_slice",
    "clone",
    "cloned",
    "copied",
    "drain",
    "filter",
    "inspect",
    "into_iter",
    "iter",
    "iter_mut",
    "or",
    "or_else",
    "rev",
    "skip",
    "take",
    "to_owned",
    "to_vec",
];

/// Methods of an `Option` that give what is inside.
const OPENING: &[&str] = &[
    "expect",
    "ok_or",
    "ok_or_else",
    "unwrap",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
];

/// Methods of a list that may give one of its items.
const PICKING: &[&str] = &[
    "find",
    "first",
    "get",
    "last",
    "max_by_key",
    "min_by_key",
    "next",
    "pop",
];

/// Methods whose closure is given what is inside.
const LENDING: &[&str] = &[
    "all",
    "and_then",
    "any",
    "filter",
    "filter_map",
    "find",
    "find_map",
    "flat_map",
    "for_each",
    "inspect",
    "is_none_or",
    "is_some_and",
    "map",
    "map_or",
    "map_or_else",
    "max_by_key",
    "min_by_key",
    "partition",
    "position",
    "retain",
    "sort_by_key",
];

/// The `T` of `Option<T>` and `Vec<T>`.
fn inside(ty: &Ty) -> Option<&str> {
    let Ty::Text(text) = ty else {
        return None;
    };
    let (wrapper, rest) = text.split_once('<')?;
    WRAPPERS
        .contains(&wrapper)
        .then_some(rest.strip_suffix('>')?)
}

impl Reader<'_> {
    /// A type as the contract writes it.
    pub(super) fn ty(&self, text: &str) -> Ty {
        let bare = text
            .strip_prefix("Box<")
            .and_then(|rest| rest.strip_suffix('>'));
        let bare = bare.unwrap_or(text);
        match self.contract.named(bare) {
            Some(path) => Ty::Def(path.to_owned()),
            None => Ty::Text(bare.to_owned()),
        }
    }

    /// A type as the user writes it.
    pub(super) fn written(&self, ty: &Type) -> Option<Ty> {
        let path = match ty {
            Type::Reference(ty) => return self.written(&ty.elem),
            Type::Paren(ty) => return self.written(&ty.elem),
            Type::Path(ty) => &ty.path,
            _ => return None,
        };
        let last = path.segments.last()?;
        if let PathArguments::AngleBracketed(arguments) = &last.arguments
            && let Some(GenericArgument::Type(inner)) = arguments.args.first()
        {
            let inner = self.written(inner)?;
            let Ty::Def(path) = &inner else {
                return None;
            };
            let name = path.rsplit("::").next().unwrap_or_default();
            return match last.ident.to_string().as_str() {
                "Box" | "Arc" | "Rc" => Some(inner),
                wrapper if WRAPPERS.contains(&wrapper) => {
                    Some(Ty::Text(format!("{wrapper}<{name}>")))
                }
                _ => None,
            };
        }
        let path = self.current(&words(path))?;
        self.contract.def(&path).map(|_| Ty::Def(path))
    }

    /// The type of an expression.
    pub(super) fn type_of(&self, expression: &Expr) -> Option<Ty> {
        match expression {
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) => self.variables.get(&name.to_string()).cloned(),
                None => None,
            },
            Expr::Field(field) => match (self.type_of(&field.base)?, &field.member) {
                (Ty::Def(path), Member::Named(name)) => self.field(&path, &name.to_string()),
                _ => None,
            },
            Expr::Struct(item) => {
                let path = self.current(&words(&item.path))?;
                self.contract.def(&path).map(|_| Ty::Def(path))
            }
            Expr::Reference(inner) => self.type_of(&inner.expr),
            Expr::Paren(inner) => self.type_of(&inner.expr),
            Expr::Unary(inner) => self.type_of(&inner.expr),
            Expr::Await(inner) => self.type_of(&inner.base),
            Expr::Try(inner) => {
                let ty = self.type_of(&inner.expr)?;
                match &ty {
                    Ty::Text(text) if text.starts_with("Option<") => Some(self.ty(inside(&ty)?)),
                    _ => Some(ty),
                }
            }
            Expr::Index(inner) => Some(self.ty(inside(&self.type_of(&inner.expr)?)?)),
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => self.answer(&self.current(&words(&path.path))?),
                _ => None,
            },
            Expr::MethodCall(call) => self.result(call),
            _ => None,
        }
    }

    fn result(&self, call: &ExprMethodCall) -> Option<Ty> {
        let on = self.type_of(&call.receiver)?;
        let name = call.method.to_string();
        let is_list = matches!(&on, Ty::Text(text) if text.starts_with("Vec<"));
        match name.as_str() {
            name if KEEPING.contains(&name) => Some(on),
            name if OPENING.contains(&name) && !is_list => Some(self.ty(inside(&on)?)),
            name if PICKING.contains(&name) && is_list => {
                Some(Ty::Text(format!("Option<{}>", inside(&on)?)))
            }
            _ => None,
        }
    }

    /// What the closures of a call are given.
    pub(super) fn lent(&self, call: &ExprMethodCall) -> Option<Ty> {
        let name = call.method.to_string();
        let on = self.type_of(&call.receiver)?;
        LENDING
            .contains(&name.as_str())
            .then_some(self.ty(inside(&on)?))
    }

    /// The items of what a loop runs over.
    pub(super) fn item_of(&self, list: &Expr) -> Option<Ty> {
        Some(self.ty(inside(&self.type_of(list)?)?))
    }

    /// The response behind the default of an operation.
    fn answer(&self, path: &str) -> Option<Ty> {
        let response = self.contract.response_of(path)?;
        Some(Ty::Def(response.to_owned()))
    }

    /// The type of a field of a type of the contract, also under its old name.
    fn field(&self, path: &str, name: &str) -> Option<Ty> {
        let Members::Fields(fields) = self.contract.def(path)? else {
            return None;
        };
        let renamed = self.history.member(&format!("{path}::{name}"));
        let now = renamed.and_then(|was| was.now.as_deref()?.rsplit("::").next());
        Some(self.ty(fields.get(name).or_else(|| fields.get(now?))?))
    }

    /// Gives the variables of a pattern their types.
    pub(super) fn bind(&mut self, pattern: &Pat, ty: Option<Ty>) {
        match pattern {
            Pat::Ident(pattern) => {
                let name = pattern.ident.to_string();
                if let Some((_, inner)) = &pattern.subpat {
                    self.bind(inner, ty.clone());
                }
                self.variables.set(name, ty);
            }
            Pat::Type(pattern) => {
                let ty = self.written(&pattern.ty);
                self.bind(&pattern.pat, ty);
            }
            Pat::Reference(pattern) => self.bind(&pattern.pat, ty),
            Pat::Paren(pattern) => self.bind(&pattern.pat, ty),
            Pat::Or(pattern) => {
                let cases = pattern.cases.iter();
                cases.for_each(|case| self.bind(case, ty.clone()));
            }
            Pat::Tuple(pattern) => pattern
                .elems
                .iter()
                .for_each(|inner| self.bind(inner, None)),
            Pat::Slice(pattern) => {
                let item = ty.as_ref().and_then(inside).map(|text| self.ty(text));
                let elements = pattern.elems.iter();
                elements.for_each(|inner| self.bind(inner, item.clone()));
            }
            Pat::TupleStruct(pattern) => {
                let inner = match pattern.path.get_ident() {
                    Some(name) if name == "Some" || name == "Ok" => {
                        ty.as_ref().and_then(inside).map(|text| self.ty(text))
                    }
                    _ => self.held(&words(&pattern.path)),
                };
                let elements = pattern.elems.iter();
                elements.for_each(|element| self.bind(element, inner.clone()));
            }
            Pat::Struct(pattern) => {
                let path = self.current(&words(&pattern.path));
                for field in &pattern.fields {
                    let ty = match (&path, &field.member) {
                        (Some(path), Member::Named(name)) => {
                            self.field_or_variant(path, &name.to_string())
                        }
                        _ => None,
                    };
                    self.bind(&field.pat, ty);
                }
            }
            _ => {}
        }
    }

    fn field_or_variant(&self, path: &str, name: &str) -> Option<Ty> {
        let field = self.field(path, name);
        field.or_else(|| match self.variant(path)? {
            Shape::Fields(fields) => Some(self.ty(fields.get(name)?)),
            _ => None,
        })
    }

    /// What a variant holds.
    fn held(&self, words: &[(String, proc_macro2::Span)]) -> Option<Ty> {
        match self.variant(&self.current(words)?)? {
            Shape::Tuple(ty) => Some(self.ty(ty)),
            _ => None,
        }
    }

    /// A variant of the contract.
    pub(super) fn variant(&self, path: &str) -> Option<&Shape> {
        let (parent, name) = path.rsplit_once("::")?;
        match self.contract.def(parent)? {
            Members::Variants(variants) => variants.get(name),
            _ => None,
        }
    }
}
