//! Documents that commands are given or find: which one is meant, loaded, and lowered.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Console, Failure, roles::Asked};
use crate::{
    config::{self, Config, PickChoice},
    diagnostic::{self, Diagnostic, Severity},
    lower::lower,
    model::Service,
    project::disk,
    spec::{self, Document, Overlay, Pick, Reading},
};

/// A spec, understood.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The tree.
    pub document: Document,
    /// The whole API.
    pub service: Service,
    /// What was repaired or degraded.
    pub warnings: Vec<Diagnostic>,
    /// The operations that would do something else by default than at the last sync.
    pub asked: Vec<Asked>,
}

impl Spec {
    /// Lowers a document.
    ///
    /// # Errors
    /// It has errors.
    pub fn lower(
        document: Document,
        mut warnings: Vec<Diagnostic>,
        config: &Config,
    ) -> anyhow::Result<Self> {
        let (service, found) = lower(&document, config);
        warnings.extend(found);
        diagnostic::sort(&mut warnings);
        let is_error = |d: &Diagnostic| d.severity == Severity::Error;
        if warnings.iter().any(is_error) {
            return Err(Failure::Refused {
                sources: document.sources,
                diagnostics: warnings,
            }
            .into());
        }
        let service = service.context("the spec gave neither a service nor an error: a bug")?;
        Ok(Self {
            document,
            service,
            warnings,
            asked: Vec::new(),
        })
    }

    /// Where its files were looked for.
    pub fn looked(&self) -> Vec<PathBuf> {
        let looked = self.document.sources.looked().iter();
        looked.map(|(path, _)| path.clone()).collect()
    }

    /// Tells the warnings.
    pub fn warn(&self, console: Console) {
        console.diagnostics(&self.document.sources, &self.warnings);
    }
}

/// Loads a document; `name` is what diagnostics call it.
///
/// # Errors
/// It has errors.
pub fn load(
    path: &Path,
    name: String,
    reading: &Reading,
) -> anyhow::Result<(Document, Vec<Diagnostic>)> {
    Ok(spec::load_as(path, name, reading).map_err(refused)?)
}

/// How a project in this folder reads its contract.
pub fn reading(config: &Config, root: &Path) -> Reading {
    let overlays = config.overlays.iter().map(|name| Overlay {
        path: root.join(name),
        name: name.clone(),
    });
    let pick = |choice: &PickChoice| Pick {
        tags: choice.tags.clone(),
        paths: choice.paths.clone(),
        operations: choice.operations.clone(),
    };
    Reading {
        root: config.spec_root.as_ref().map(|path| root.join(path)),
        overlays: overlays.collect(),
        include: pick(&config.include),
        exclude: pick(&config.exclude),
    }
}

/// How a person wants a document read.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The folder below which it may refer to files.
    pub root: Option<PathBuf>,
    /// Overlays that change the document, in this order.
    pub overlays: Vec<PathBuf>,
}

/// How a document is read: as the project around here does, where that is its contract, and on these terms.
///
/// # Errors
/// There is no such overlay, or `apigen.toml` has errors.
pub fn read_on(terms: &Terms, spec: &Path) -> anyhow::Result<Reading> {
    let mut reading = around(spec)?;
    let Reading { root, overlays, .. } = alone(terms)?;
    reading.overlays.extend(overlays);
    reading.root = root.or(reading.root);
    Ok(reading)
}

/// How a document is read on these terms.
///
/// # Errors
/// There is no such overlay.
pub fn alone(terms: &Terms) -> anyhow::Result<Reading> {
    let overlay = |path: &PathBuf| {
        existing(path)?;
        Ok(Overlay {
            path: path.clone(),
            name: path.display().to_string(),
        })
    };
    let overlays = terms.overlays.iter().map(overlay);
    Ok(Reading {
        root: terms.root.clone(),
        overlays: overlays.collect::<anyhow::Result<_>>()?,
        ..Reading::default()
    })
}

fn around(spec: &Path) -> anyhow::Result<Reading> {
    let Some(root) = disk::find_upward(Path::new("."), config::FILE) else {
        return Ok(Reading::default());
    };
    let root = root.strip_prefix(".").unwrap_or(&root);
    let text = disk::read_text(&root.join(config::FILE))?.unwrap_or_default();
    let config = Config::parse(config::FILE, &text).map_err(Failure::from)?;
    let place = |path: &Path| path.canonicalize().ok();
    match place(spec).filter(|path| place(&root.join(&config.spec)).as_ref() == Some(path)) {
        Some(_) => Ok(reading(&config, root)),
        None => Ok(Reading::default()),
    }
}

/// What a refusal becomes.
pub fn refused(refusal: spec::Refusal) -> Failure {
    Failure::Refused {
        sources: refusal.sources,
        diagnostics: refusal.diagnostics,
    }
}

/// Refuses a document that is not there; the nearest one is named.
///
/// # Errors
/// It is not there.
pub fn existing(path: &Path) -> anyhow::Result<()> {
    if path.as_os_str() == "-" || path.exists() {
        return Ok(());
    }
    let message = format!("there is no file `{}`", path.display());
    if path.to_string_lossy().contains("://") {
        let hint = "nothing is fetched: download the document, or pipe it into `--spec -`";
        return Err(Failure::hinted(message, hint).into());
    }
    let hint = match nearest(path)? {
        Some(near) => format!("did you mean `{}`?", near.display()),
        None => "name the OpenAPI document, in YAML or JSON".to_owned(),
    };
    Err(Failure::hinted(message, hint).into())
}

/// The document whose name is nearest, or the only one there is, in the same folder or in the
/// first above it that exists.
pub fn nearest(path: &Path) -> anyhow::Result<Option<PathBuf>> {
    let mut folders = path.ancestors().skip(1);
    let folder = folders.find(|folder| folder.as_os_str().is_empty() || folder.is_dir());
    let folder = folder.unwrap_or(Path::new(""));
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    let names = disk::list(&Path::new(".").join(folder))?;
    let is_spec = |name: &&String| [".yaml", ".yml", ".json"].iter().any(|e| name.ends_with(e));
    let names: Vec<_> = names.iter().filter(is_spec).map(String::as_str).collect();
    let stem = |name: &str| {
        name.rsplit_once('.')
            .map_or(name, |(stem, _)| stem)
            .to_owned()
    };
    let stems: Vec<_> = names.iter().map(|name| stem(name)).collect();
    let stems: Vec<_> = stems.iter().map(String::as_str).collect();
    let wanted = stem(&wanted);
    let near = similar::get_close_matches(wanted.as_str(), &stems, 1, 0.6);
    let name = match names.as_slice() {
        [only] => Some(only),
        names => near.first().and_then(|near| {
            let place = stems.iter().position(|stem| stem == near)?;
            names.get(place)
        }),
    };
    Ok(name.map(|name| folder.join(name)))
}
