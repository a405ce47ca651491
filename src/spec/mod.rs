//! From files to one [`Document`]: a tree in the shape of OpenAPI 3.1, every node of which knows
//! where it came from.

mod check;
mod dialect;
mod file;
mod grammar;
pub mod node;
mod read;

use std::path::Path;

pub use self::{
    node::{Kind, Member, Node},
    read::{Format, MAX_BYTES, MAX_DEPTH},
};

use crate::diagnostic::{self, Diagnostic, Severity, Sources, Span};

use self::{
    check::references::References,
    grammar::{Role, Shape},
};

/// An API description, bundled, in the shape of OpenAPI 3.1 with JSON Schema 2020-12.
#[derive(Debug, Clone)]
pub struct Document {
    /// The files that it came from.
    pub sources: Sources,
    /// The root object.
    pub root: Node,
    /// What the document said that it is, such as `3.0.3`.
    pub version: String,
    /// The syntax of its root file.
    pub format: Format,
    /// The document in its own dialect, as JSON, for `/openapi.json` and `expand`.
    pub own: serde_json::Value,
}

/// Why there is no document.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The files as far as they were read, by which the diagnostics are shown.
    pub sources: Sources,
    /// All that is wrong, sorted by place; one of them is an error.
    pub diagnostics: Vec<Diagnostic>,
}

/// A document and the warnings about it, sorted by place.
pub type Loaded = Result<(Document, Vec<Diagnostic>), Refusal>;

/// Loads a document from a file; `-` is the standard input.
pub fn load(path: &Path) -> Loaded {
    load_as(path, file::name(path))
}

/// Loads a document from a file; `name` is what diagnostics and origins call it.
pub fn load_as(path: &Path, name: String) -> Loaded {
    match file::text(path, &name) {
        Ok(text) => parse(name, text),
        Err(problem) => Err(Refusal {
            sources: Sources::default(),
            diagnostics: vec![problem],
        }),
    }
}

/// Loads a document from a text; `name` is what diagnostics call it.
pub fn parse(name: impl Into<String>, text: impl Into<String>) -> Loaded {
    let mut sources = Sources::default();
    let file = sources.add(name, text);
    let (name, text) = sources.file(file);
    match document(name, text, file) {
        Ok((document, mut diagnostics)) => {
            diagnostic::sort(&mut diagnostics);
            Ok((
                Document {
                    sources,
                    ..document
                },
                diagnostics,
            ))
        }
        Err(mut diagnostics) => {
            diagnostic::sort(&mut diagnostics);
            Err(Refusal {
                sources,
                diagnostics,
            })
        }
    }
}

fn document(
    name: &str,
    text: &str,
    file: usize,
) -> Result<(Document, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut root, format) = read::read(name, text, file)?;
    let (dialect, version) = dialect::detect(&root).map_err(|problem| vec![problem])?;
    let mut diagnostics = Vec::new();
    let whole = Shape::One(Role::Root);
    check::kinds::check(&mut root, whole, &mut diagnostics);
    let own = root.to_json();
    dialect::adapt(&mut root, whole, dialect, &mut diagnostics);
    for (target, shape) in References::of(&root).into_opaque() {
        if let Some(node) = root.pointer_mut(&target[1..]) {
            dialect::adapt(node, shape, dialect, &mut diagnostics);
        }
    }
    let references = References::of(&root);
    references.dangling(&mut diagnostics);
    references.loops(&mut diagnostics);
    check::parameters::require(&mut root, &mut diagnostics);
    if diagnostics
        .iter()
        .any(|problem| problem.severity == Severity::Error)
    {
        return Err(diagnostics);
    }
    let document = Document {
        sources: Sources::default(),
        root,
        version,
        format,
        own,
    };
    Ok((document, diagnostics))
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
    /// The root file, byte for byte.
    pub fn raw(&self) -> &str {
        self.sources.file(self.root.span.file).1
    }

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
