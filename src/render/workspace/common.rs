//! `crates/common/`: the `core` layer of all services.

use askama::Template;

use super::{Workspace, package};
use crate::render::{
    Ownership, core, dependencies, doors, files::Entry, manifest::LayersCargoFile,
};

#[derive(Template)]
#[template(path = "services/crates/common/src/lib.rs.j2")]
struct Library;

/// The crate, where some service uses it.
pub(super) fn table<'a>(workspace: Workspace<'a>) -> Vec<Entry<'a>> {
    let mut members = workspace.members.iter();
    if !members.any(|member| workspace.common(member).is_some()) {
        return Vec::new();
    }
    let project = workspace.project("crates/common/");
    let manifest = move || {
        LayersCargoFile {
            name: doors::toml_literal(&package(workspace.config)),
            dependencies: dependencies::core(project.needs()),
            common: None,
            clients: Vec::new(),
        }
        .render()
    };
    let mut files = core::layer(project);
    files.push(Entry::layer(project, "lib.rs", || Library.render()));
    let path = "crates/common/Cargo.toml";
    files.push(Entry::written(path, Ownership::Merged, manifest));
    files
}
