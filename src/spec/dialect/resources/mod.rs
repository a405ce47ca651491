//! The resource spec: a compact YAML that is rewritten into an OpenAPI document.
//!
//! It is read into a [`Blueprint`](blueprint::Blueprint) with all problems collected, checked as a whole, and
//! written as a tree in the shape of OpenAPI 3.1, each node of which has the place of what it came from: so
//! whatever is said later of the document points into the user's own lines.

mod accounts;
mod actions;
mod blueprint;
mod fields;
mod head;
mod links;
mod lists;
mod names;
mod reader;
mod resource;
mod short;
mod versions;
mod write;

use crate::{diagnostic::Diagnostic, spec::Node};

use self::reader::Reader;

/// What the document that is written says that it is.
pub(in super::super) const OPENAPI: &str = "3.1.0";

/// The OpenAPI document that a resource spec stands for; `None` where something is wrong with it.
pub(in super::super) fn expand(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut reader = Reader::default();
    let blueprint = reader.blueprint(root);
    reader.link(&blueprint);
    let problems = reader.problems;
    if !problems.is_empty() {
        diagnostics.extend(problems);
        return None;
    }
    write::write(&blueprint)
        .map_err(|problems| diagnostics.extend(problems))
        .ok()
}
