//! From files to one [`Document`]: a tree in the shape of OpenAPI 3.1, every node of which knows
//! where it came from.

pub mod node;

pub use node::{Kind, Member, Node};

use crate::diagnostic::{Diagnostic, Sources, Span};

/// An API description, bundled, in the shape of OpenAPI 3.1 with JSON Schema 2020-12.
#[derive(Debug, Clone)]
pub struct Document {
    /// The files that it came from.
    pub sources: Sources,
    /// The root object.
    pub root: Node,
    /// What the document said that it is, such as `3.0.3`.
    pub version: String,
    /// The document in its own dialect, as JSON, for `/openapi.json` and `expand`.
    pub own: serde_json::Value,
}

/// A node behind its references.
#[derive(Debug, Clone, Copy)]
pub struct Resolved<'a> {
    /// The node that is no reference.
    pub node: &'a Node,
    /// The last pointer followed, such as `#/components/schemas/Item`; `None` without a reference.
    pub pointer: Option<&'a str>,
}

impl Document {
    /// Follows `$ref` until there is none.
    ///
    /// # Errors
    /// The target is missing (with "did you mean"), the chain is a loop, or the reference is
    /// remote. Spec loading reports these for the whole document, so lowering may drop them.
    pub fn resolve<'a>(&'a self, node: &'a Node) -> Result<Resolved<'a>, Diagnostic> {
        let mut pointer = None;
        let mut node = node;
        for _ in 0..100 {
            let Some(target) = node.get("$ref").and_then(Node::as_str) else {
                return Ok(Resolved { node, pointer });
            };
            let found = target.strip_prefix('#').and_then(|p| self.root.pointer(p));
            let missing = || {
                Diagnostic::error(
                    "dangling-ref",
                    node.span,
                    format!("`{target}` does not exist"),
                )
            };
            node = found.ok_or_else(missing)?;
            pointer = Some(target);
        }
        Err(Diagnostic::error(
            "ref-loop",
            Span::default(),
            "the references form a loop",
        ))
    }
}
