//! `apigen expand`: the document as it is served, in one piece and in its own dialect.

use std::path::PathBuf;

use crate::{
    diagnostic::Diagnostic,
    spec::{self, Document, Reading, Refusal},
};

/// What `expand` takes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The document; `-` is the standard input.
    pub spec: PathBuf,
    /// How it is read.
    pub reading: Reading,
}

/// What `expand` found.
#[derive(Debug)]
pub enum Outcome {
    /// The document, the text for the standard output, and the warnings.
    Expanded(Box<Document>, String, Vec<Diagnostic>),
    /// There is none.
    Refused(Refusal),
}

/// Loads the document and prints it in the syntax that it was written in.
///
/// # Errors
/// The document cannot be printed.
pub fn run(options: &Options) -> anyhow::Result<Outcome> {
    let Options { spec, reading } = options;
    let loaded = spec::load_reading(spec, reading);
    let (document, diagnostics) = match loaded {
        Ok(loaded) => loaded,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let text = spec::text_of(&document.own, document.format);
    let text = text.map_err(anyhow::Error::msg)?;
    Ok(Outcome::Expanded(Box::new(document), text, diagnostics))
}
