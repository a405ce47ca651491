//! What a new project is made from: where it has its document, with the files that this refers to, and overlays.

use std::path::{Path, PathBuf};

use super::Options;
use crate::{
    commands::inputs::{moved, relative},
    config::Config,
    spec::{Document, Format},
};

/// The folder of a document of several files.
const FOLDER: &str = "openapi";

/// Where a project has what it is made from, as `apigen.toml` says it.
pub(super) struct Place {
    pub(super) spec: String,
    pub(super) root: Option<String>,
    pub(super) overlays: Vec<String>,
}

/// Where a project has them: where they are, or copies. One file gets the name of what it is; several keep
/// their names, and stand to each other as they did.
///
/// # Errors
/// There is no file to link.
pub(super) fn place(options: &Options, spec: &Path, document: &Document) -> anyhow::Result<Place> {
    if options.link {
        let link = |path: &PathBuf| link(&options.path, path);
        let terms = &options.terms;
        return Ok(Place {
            spec: link(&spec.to_owned())?,
            root: terms.root.as_ref().map(link).transpose()?,
            overlays: terms.overlays.iter().map(link).collect::<Result<_, _>>()?,
        });
    }
    let overlays = document.overlays.iter().enumerate();
    let overlays = overlays.map(|(index, file)| {
        let is_json = document.sources.file(*file).1.trim_start().starts_with('{');
        let extension = if is_json { "json" } else { "yaml" };
        match index {
            0 => format!("overlay.{extension}"),
            _ => format!("overlay-{}.{extension}", index + 1),
        }
    });
    let name = match (document.is_resource_spec, document.format) {
        (true, Format::Json) => "resources.json",
        (true, Format::Yaml) => "resources.yaml",
        (false, Format::Json) => "openapi.json",
        (false, Format::Yaml) => "openapi.yaml",
    };
    let (spec, root) = match others(document).count() {
        0 => (name.to_owned(), None),
        _ => among_others(spec, document)?,
    };
    Ok(Place {
        spec,
        root,
        overlays: overlays.collect(),
    })
}

/// Where a project has the document among its files, and their folder, unless the document stands in it itself.
fn among_others(spec: &Path, document: &Document) -> anyhow::Result<(String, Option<String>)> {
    let others = others(document).map(|(name, _)| moved(name, root(document), ""));
    let up = others.map(|path| path.split('/').take_while(|part| *part == "..").count());
    let up = up.max().unwrap_or_default();
    let path = spec.canonicalize()?;
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let below = parts[parts.len().saturating_sub(up + 1)..].join("/");
    let root = (up > 0).then(|| FOLDER.to_owned());
    Ok((format!("{FOLDER}/{below}"), root))
}

/// What diagnostics call the document.
fn root(document: &Document) -> &str {
    document.sources.file(document.root.span.file).0
}

/// The files that the document refers to, by what diagnostics call them.
fn others(document: &Document) -> impl Iterator<Item = (&str, &str)> {
    let files = document.sources.files().enumerate();
    let is_other =
        |index: &usize| *index != document.root.span.file && !document.overlays.contains(index);
    let files = files.filter(move |(index, _)| is_other(index));
    files.map(|(_, file)| file)
}

/// What the project gets of them, each with its path there.
pub(super) fn files<'a>(document: &'a Document, config: &Config) -> Vec<(String, &'a str)> {
    let overlays = config.overlays.iter().cloned().zip(&document.overlays);
    let overlays = overlays.map(|(path, file)| (path, document.sources.file(*file).1));
    let others =
        others(document).map(|(name, text)| (moved(name, root(document), &config.spec), text));
    let document = std::iter::once((config.spec.clone(), document.raw()));
    document.chain(others).chain(overlays).collect()
}

/// A file as seen from the project.
fn link(project: &Path, file: &Path) -> anyhow::Result<String> {
    anyhow::ensure!(
        file.as_os_str() != "-",
        "`--link` needs a file, and `--spec -` is none"
    );
    let [from, to] = [project, file].map(std::path::absolute);
    Ok(relative(&from?, &to?))
}
