//! From a [`Service`] to the files of a project, in memory.

mod api;
mod calls;
pub mod client;
mod contract;
mod core;
mod crud;
mod defaults;
mod dependencies;

pub mod doors;
mod events;
mod files;
mod format;
mod imports;
mod known;
mod manifest;
pub mod migrations;
mod models;
mod operations;
mod outgoing;
mod purpose;
mod reading;
mod schemas;
mod scope;
pub mod secrets;
pub mod settings;
mod shell;
mod sql;
mod streams;
pub mod surface;
mod template;
mod views;
pub mod workspace;

pub use self::{
    purpose::purpose,
    template::{Within, template},
};

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rayon::prelude::*;

pub use self::known::{Imprint, Imprints, Known};

use self::files::{Entry, Project};
pub use self::files::{LAYERS, SPEC_SCHEMA, SPEC_SCHEMA_TEXT, is_big};
use crate::{
    config::Config,
    model::{Resource, Service},
};

/// A file of the generated project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative to the project's folder, with `/`.
    pub path: String,
    /// The text.
    pub contents: String,
    /// Who may change it.
    pub ownership: Ownership,
}

/// Who may change a file (DESIGN, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ownership {
    /// apigen's: regenerated on every sync.
    Generated,
    /// Written once, then the user's.
    Scaffolded,
    /// It was generated; now it is the user's, and apigen merges what it changes into it.
    Ejected,
    /// Numbered migrations: written once, never changed by anybody.
    Appended,
    /// `Cargo.toml`, `.env.example`: apigen adds what its code needs, by key.
    Merged,
    /// The contract itself: the user's; copied in by `new`.
    Contract,
}

/// What rendering must know of the project as it stands; empty for a new one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Before {
    /// The scaffolded files that the user deleted, by path: no other file may need them. For a
    /// deleted `src/services/items.rs`, `src/services/mod.rs` supplies the empty service.
    pub deleted: BTreeSet<String>,
    /// The generated layers are in a crate of their own; else that is as the service asks for it.
    pub is_big: Option<bool>,
    /// The migrations on disk, by path, with their texts: a new one gets the next number.
    pub migrations: BTreeMap<String, String>,
    /// The resources of the last sync, parents first; `None` where the database is new.
    pub resources: Option<Vec<Resource>>,
    /// Tables and columns of earlier syncs that the database still has.
    pub retired: Vec<Resource>,
    /// Migrations may drop what the service no longer uses.
    pub allow_destructive: bool,
    /// A column or table that is gone, and a new one that is like it, are one that is renamed.
    pub apply_renames: bool,
    /// The crate that has the `core` layer, where it is shared with other services.
    pub common: Option<Common>,
    /// Folders among the services of a workspace that are none, and hold something.
    pub left: Vec<String>,
}

/// A crate with the `core` layer of several services.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// Its package, such as `shop-common`.
    pub package: String,
    /// Its folder, from the one of the service.
    pub path: String,
    /// All those services as one: `core` has what any of them needs.
    pub service: Arc<Service>,
}

/// Renders every file of the project but the contract, sorted by path; `own` is the document for
/// `/openapi.json`.
///
/// # Errors
/// A generated Rust file does not parse: a bug of ours, told with the file and the place.
pub fn render(
    service: &Service,
    own: &serde_json::Value,
    config: &Config,
    before: &Before,
) -> anyhow::Result<Vec<File>> {
    let imprints = Imprints::new();
    let known = Known {
        imprints: &imprints,
        text: &|_| None,
    };
    let (files, _) = render_again(service, own, config, before, known)?;
    Ok(files)
}

/// The same, but what is known is not formatted again; with what is known after it.
///
/// # Errors
/// As [`render`].
pub fn render_again(
    service: &Service,
    own: &serde_json::Value,
    config: &Config,
    before: &Before,
    known: Known<'_>,
) -> anyhow::Result<(Vec<File>, Imprints)> {
    let project = Project {
        service,
        own,
        config,
        before,
        folder: "",
        command: "apigen sync",
    };
    finish(files::table(project)?, project, known)
}

/// Prints, formats and sorts.
fn finish(
    entries: Vec<Entry<'_>>,
    project: Project<'_>,
    known: Known<'_>,
) -> anyhow::Result<(Vec<File>, Imprints)> {
    let entries = entries.into_par_iter();
    let files = entries.map(|entry| entry.file(project, known));
    let mut files = files.collect::<anyhow::Result<Vec<(File, Option<Imprint>)>>>()?;
    files.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    let imprint =
        |(file, imprint): &(File, Option<Imprint>)| Some((file.path.clone(), imprint.clone()?));
    let imprints = files.iter().filter_map(imprint).collect();
    Ok((files.into_iter().map(|(file, _)| file).collect(), imprints))
}
