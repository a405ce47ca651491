//! From JSON Schema to types.

mod pattern;

use crate::{
    diagnostic::Diagnostic,
    model::{Schema, Type, TypeDef, TypeId},
    spec::{Document, Node},
};

/// Which way values travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From clients: without what is read-only.
    Request,
    /// To clients: without what is write-only.
    Response,
}

/// Where a schema is used, and what an inline type there would be called.
#[derive(Debug, Clone)]
pub struct Place {
    /// Which way its values travel.
    pub direction: Direction,
    /// It is the body of a PATCH: an absent property is kept.
    pub is_patch: bool,
    /// The module of an inline type, such as `list_items`.
    pub module: String,
    /// The name of an inline type, such as `ListItemsSort`.
    pub type_name: String,
    /// The path to it, for people: `listItems.sort`.
    pub api_name: String,
}

/// Lowers the schemas of a document; each becomes one type, however often it is used.
pub struct Schemas<'a> {
    _document: &'a Document,
    types: Vec<TypeDef>,
}

/// What all the lowering came to.
pub struct Finished {
    /// Named, sorted, final.
    pub types: Vec<TypeDef>,
    /// In no order; each once.
    pub diagnostics: Vec<Diagnostic>,
    /// The final place of each provisional type.
    places: Vec<TypeId>,
}

impl<'a> Schemas<'a> {
    /// Nothing lowered yet.
    pub fn new(document: &'a Document) -> Self {
        Self {
            _document: document,
            types: Vec::new(),
        }
    }

    /// Lowers a schema; its type ids are provisional until [`Finished::remap`].
    pub fn lower(&mut self, _node: &'a Node, _place: &Place) -> Schema {
        Schema {
            ty: Type::Any { one_of: Vec::new() },
            nullable: false,
            default: None,
            example: None,
        }
    }

    /// The types so far, by provisional id, without their names: their kinds are complete.
    pub fn types(&self) -> &[TypeDef] {
        &self.types
    }

    /// Names, merges and sorts the types.
    pub fn finish(self) -> Finished {
        Finished {
            types: self.types,
            diagnostics: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl Finished {
    /// Gives a schema that [`Schemas::lower`] returned its final type ids.
    pub fn remap(&self, schema: &mut Schema) {
        schema.for_each_id(&mut |id| *id = self.places[id.0]);
    }
}
