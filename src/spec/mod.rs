//! From files to one [`Document`]: a tree in the shape of OpenAPI 3.1, every node of which knows
//! where it came from.

mod anchors;
mod bundle;
mod check;
mod dialect;
mod file;
mod grammar;
pub mod node;
mod overlay;
mod read;
mod slice;

use std::path::{Path, PathBuf};

pub use self::{
    bundle::beside,
    grammar::Role,
    node::{Kind, Member, Node, escape},
    overlay::Overlay,
    read::{Format, MAX_BYTES, MAX_DEPTH},
    slice::{Cut, PARTS, Slicer, pick::Pick, text_of},
};

use crate::diagnostic::{self, Diagnostic, Severity, Sources, Span};

use self::{
    bundle::Place,
    check::references::References,
    dialect::{Dialect, resources},
    grammar::{Shape, walk},
};

/// The extension by which a schema or a property says what it was called before.
pub const WAS: &str = "x-apigen-was";
/// The extension of the root that names the response whose body every error has.
pub const ERRORS: &str = "x-apigen-errors";
/// The extension of the root that gives types their names.
pub const TYPES: &str = "x-apigen-types";
/// The extension of the root that tells of collections what cannot be inferred.
pub const RESOURCES: &str = "x-apigen-resources";
/// The extension of an operation for which nothing is to be inferred, with the reason.
pub const STUB: &str = "x-apigen-stub";
/// The property of the rows that a property is.
pub const KEPT_AS: &str = "x-apigen-kept-as";
/// Since when operations are deprecated, and what comes after them.
pub const DEPRECATION: &str = "x-apigen-deprecation";
/// What caches may keep of an operation's answers.
pub const CACHE: &str = "x-apigen-cache";
/// How often each caller may call an operation.
pub const RATE_LIMIT: &str = "x-apigen-rate-limit";
/// The extension of a security scheme that names the setting with its keys.
pub const SETTING: &str = "x-apigen-setting";

/// Who issues the tokens of a security scheme, and publishes the keys that check them.
pub const ISSUER: &str = "x-apigen-issuer";

/// The extension of an operation that is about the accounts of users, with what it does.
pub const ACCOUNT: &str = "x-apigen-account";
/// The extension of an operation that brings a row from one state into another, with what it changes.
pub const TRANSITION: &str = "x-apigen-transition";
/// The extension of the root that tells of accounts what cannot be inferred.
pub const ACCOUNTS: &str = "x-apigen-accounts";

/// The member of a document that tells which events it publishes, and which it hears of.
pub const EVENTS: &str = "x-apigen-events";

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
    /// The document in its own dialect, as JSON, for `/openapi.json` and `expand`; for a resource spec,
    /// the document that it stands for.
    pub own: serde_json::Value,
    /// It was written as a resource spec.
    pub is_resource_spec: bool,
    /// The overlays that changed it, by their places in the sources.
    pub overlays: Vec<usize>,
}

/// How a document is read: what it may refer to, and what is changed where it is not its user's to edit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The folder below which it may refer to files; without one, the git work tree, or else its own folder.
    pub root: Option<PathBuf>,
    /// Overlays, in the order in which they are applied.
    pub overlays: Vec<Overlay>,
    /// The operations that are wanted; all, where it selects nothing.
    pub include: Pick,
    /// Operations that are not wanted, of those.
    pub exclude: Pick,
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

/// Loads a document from a file, and what it refers to from others; `-` is the standard input.
pub fn load(path: &Path) -> Loaded {
    load_reading(path, &Reading::default())
}

/// The same, read like this.
pub fn load_reading(path: &Path, reading: &Reading) -> Loaded {
    load_as(path, file::name(path), reading)
}

/// The same; `name` is what diagnostics and origins call the document.
pub fn load_as(path: &Path, name: String, reading: &Reading) -> Loaded {
    let root = reading.root.as_deref();
    let loaded = file::text(path, &name).and_then(|text| Ok((text, file::place(path, root)?)));
    match loaded {
        Ok((text, place)) => {
            let mut sources = Sources::default();
            sources.look(path.to_owned(), Some(0));
            assemble(sources, name, text, place.as_ref(), reading)
        }
        Err(problem) => Err(Refusal {
            sources: Sources::default(),
            diagnostics: vec![problem],
        }),
    }
}

/// Loads a document from a text alone; `name` is what diagnostics call it.
pub fn parse(name: impl Into<String>, text: impl Into<String>) -> Loaded {
    let reading = Reading::default();
    assemble(Sources::default(), name.into(), text.into(), None, &reading)
}

/// Reads a text into a tree as it is written, whatever it says; `name` is what diagnostics call it.
///
/// # Errors
/// It is neither YAML nor JSON.
pub fn tree(name: &str, text: &str) -> Result<Node, Vec<Diagnostic>> {
    read::read(name, text, 0).map(|(root, _)| root)
}

fn assemble(
    mut sources: Sources,
    name: String,
    text: String,
    place: Option<&Place>,
    reading: &Reading,
) -> Loaded {
    let file = sources.add(&*name, text);
    let mut diagnostics = Vec::new();
    let root = root(file, place, reading, &mut sources, &mut diagnostics);
    diagnostic::sort(&mut diagnostics);
    let is_sound = diagnostics
        .iter()
        .all(|problem| problem.severity != Severity::Error);
    match root {
        Some(Root {
            node: root,
            version,
            format,
            own,
            is_resource_spec,
            overlays,
        }) if is_sound => Ok((
            Document {
                sources,
                root,
                version,
                format,
                own,
                is_resource_spec,
                overlays,
            },
            diagnostics,
        )),
        _ => Err(Refusal {
            sources,
            diagnostics,
        }),
    }
}

/// A document without its sources.
struct Root {
    node: Node,
    version: String,
    format: Format,
    own: serde_json::Value,
    is_resource_spec: bool,
    overlays: Vec<usize>,
}

/// Reads, changes, bundles, checks and adapts; `None` where no more than a part of that could be done.
fn root(
    file: usize,
    place: Option<&Place>,
    reading: &Reading,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Root> {
    let (name, text) = sources.file(file);
    let read = read::read(name, text, file).map_err(|problems| diagnostics.extend(problems));
    let (mut node, format) = read.ok()?;
    let is_resource_spec = matches!(dialect::detect(&node), Ok((Dialect::Resources, _)));
    if is_resource_spec {
        node = resources::expand(&node, diagnostics)?;
    }
    let (actions, overlays) = overlay::load(&reading.overlays, sources, diagnostics)?;
    let mut idle = overlay::apply(actions, &mut node, diagnostics);
    let detected = dialect::detect(&node).map_err(|problem| diagnostics.push(problem));
    let (dialect, version) = detected.ok()?;
    let files = sources.files().count();
    anchors::resolve(&mut node, sources.file(file).1, diagnostics);
    bundle::bundle(&mut node, dialect, place, sources, diagnostics);
    if !idle.is_empty() && sources.files().count() > files {
        // What is in other files is in the document now; and what is added may refer to more of them.
        idle = overlay::apply(idle, &mut node, diagnostics);
        bundle::bundle(&mut node, dialect, place, sources, diagnostics);
    }
    diagnostics.extend(idle.iter().map(overlay::idle));
    let Reading {
        include, exclude, ..
    } = reading;
    slice::pick::pick(include, exclude, &mut node, diagnostics);
    check::kinds::check(&mut node, Shape::One(Role::Root), diagnostics);
    let own = node.to_json();
    let references = References::of(&node);
    references.dangling(diagnostics);
    references.loops(diagnostics);
    check::references::drop_own_alternatives(&mut node, diagnostics);
    dialect::adapt(&mut node, dialect, diagnostics);
    check::parameters::require(&mut node, diagnostics);
    Some(Root {
        node,
        version,
        format,
        own,
        is_resource_spec,
        overlays,
    })
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

    /// Every object of the document with what it is, outer ones first.
    pub fn objects(&self) -> Vec<(&Node, Role)> {
        let mut objects = Vec::new();
        let mut visit = |node, role| objects.push((node, role));
        walk(&self.root, Shape::One(Role::Root), &mut visit);
        objects
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
