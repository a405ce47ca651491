//! What a project is made from: the lock remembers it, so that a change can be told.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{
    config::{self, Config},
    project::lock::hash,
    spec::{Document, beside},
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

/// The path of a file of the document, once the document is not at `from` but at `to`.
pub(super) fn moved(path: &str, from: &str, to: &str) -> String {
    match path == from {
        true => to.to_owned(),
        false => {
            let folder = Path::new(from).parent().unwrap_or(Path::new(""));
            beside(to, &relative(folder, Path::new(path)))
        }
    }
}

/// A path as seen from a folder; both start at the same place.
pub(super) fn relative(folder: &Path, path: &Path) -> String {
    let both = folder.components().zip(path.components());
    let shared = both.take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| "..".into());
    let down = path.components().skip(shared);
    let down = down.map(|part| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}
