//! What a project is made from: the lock remembers it, so that a change can be told.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    config::{self, Config},
    project::lock::hash,
    spec::Document,
};

/// What apigen itself is called among them.
pub const APIGEN: &str = "apigen";

/// This apigen.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The files of the document and `choices`, the text of `apigen.toml`, with their hashes, and
/// apigen with its version.
pub fn of(
    document: &Document,
    config: &Config,
    choices: &str,
) -> BTreeMap<String, BTreeSet<String>> {
    let (root, _) = document.sources.file(document.root.span.file);
    let files = document.sources.files().enumerate();
    let files = files.map(|(index, (name, text))| {
        let overlay = document.overlays.iter().position(|file| *file == index);
        let overlay = overlay.and_then(|place| config.overlays.get(place));
        let path = overlay.cloned();
        let path = path.unwrap_or_else(|| moved(name, root, &config.spec));
        (path, hash(text.as_bytes()))
    });
    let others = [
        (config::FILE.to_owned(), hash(choices.as_bytes())),
        (APIGEN.to_owned(), VERSION.to_owned()),
    ];
    let facts = files.chain(others);
    facts
        .map(|(path, fact)| (path, BTreeSet::from([fact])))
        .collect()
}

/// The path of a file beside the document, once the document is not at `from` but at `to`.
fn moved(path: &str, from: &str, to: &str) -> String {
    let folder = |path: &str| path.rfind('/').map_or(0, |slash| slash + 1);
    match path.strip_prefix(&from[..folder(from)]) {
        _ if path == from => to.to_owned(),
        Some(below) => format!("{}{below}", &to[..folder(to)]),
        None => path.to_owned(),
    }
}
