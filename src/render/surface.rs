//! What the user's code sees of the contract: the types, with their members, as they are rendered.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{operations, schemas, scope::Scope};
use crate::model::{Additional, Operation, Service, TypeDef, TypeKind};

/// Names with what they are, in the order of the declaration. Types go by their names alone,
/// which are unique: `Option<Vec<Item>>`.
pub type Fields = IndexMap<String, String>;

/// The variants of an enum.
pub type Variants = IndexMap<String, Shape>;

/// What a struct or a variant holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Shape {
    /// Nothing.
    Unit,
    /// `(T)`
    Tuple(String),
    /// `{ name: T }`
    Fields(Fields),
}

/// What a type is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Def {
    /// A struct.
    Struct(Shape),
    /// An enum, a union too.
    Enum(Variants),
}

/// Tells the members of types.
pub struct Surface<'a> {
    scope: Scope<'a>,
}

impl<'a> Surface<'a> {
    /// That of a service.
    pub fn of(service: &'a Service) -> Self {
        let scope = Scope::of_people(service);
        Self { scope }
    }

    /// The fields of an operation's input.
    pub fn input(&self, operation: &Operation) -> Fields {
        let scope = &self.scope;
        let field = |parameter| operations::parameter_type(scope, parameter);
        let parameters = operation.parameters.iter();
        let parameters = parameters.map(|parameter| (parameter.name.clone(), field(parameter)));
        let body = operation.body.iter();
        let body = body.map(|body| ("body".to_owned(), operations::body_type(scope, body)));
        parameters.chain(body).collect()
    }

    /// The variants of an operation's response.
    pub fn responses(&self, operation: &Operation) -> Variants {
        let shape = |response| {
            let (mut fields, is_tuple) = operations::variant_fields(&self.scope, response);
            match fields.pop() {
                None => Shape::Unit,
                Some((_, _, ty)) if is_tuple => Shape::Tuple(ty),
                Some(last) => {
                    let fields = fields.into_iter().chain([last]);
                    Shape::Fields(fields.map(|(name, _, ty)| (name.to_owned(), ty)).collect())
                }
            }
        };
        let responses = operation.responses.iter();
        responses
            .map(|response| (response.name.clone(), shape(response)))
            .collect()
    }

    /// What a type of `schemas/` is.
    pub fn def(&self, def: &TypeDef) -> Def {
        let scope = &self.scope;
        match &def.kind {
            TypeKind::Struct(ty) => {
                let fields = ty.fields.iter();
                let fields =
                    fields.map(|field| (field.name.clone(), schemas::field_type(scope, field)));
                let kept = match &ty.additional {
                    Additional::Keep { name, values } => {
                        Some((name.clone(), scope.map_type(values)))
                    }
                    _ => None,
                };
                Def::Struct(Shape::Fields(fields.chain(kept).collect()))
            }
            TypeKind::Newtype(schema) => Def::Struct(Shape::Tuple(scope.rust_type(schema))),
            TypeKind::Enum(def) => {
                let variants = def.variants.iter();
                Def::Enum(variants.map(|v| (v.name.clone(), Shape::Unit)).collect())
            }
            TypeKind::Union(union) => {
                let variants = union.variants.iter();
                let ty = |variant| Shape::Tuple(schemas::alternative_type(scope, variant));
                Def::Enum(variants.map(|v| (v.name.clone(), ty(v))).collect())
            }
        }
    }
}

impl std::fmt::Debug for Surface<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surface").finish_non_exhaustive()
    }
}
