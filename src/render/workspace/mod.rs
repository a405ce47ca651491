//! A workspace of services: what surrounds them, and what they share.

mod aggregate;
pub mod clients;
mod common;
mod deploy;
mod gateway;
mod root;

pub(super) use self::deploy::MemberDockerFile;
pub use self::deploy::secrets;

use std::sync::Arc;

use super::{
    Before, Common, File, Imprints, Known,
    files::{Entry, Project},
};
use crate::{
    config::{Config, Shared},
    model::Service,
};

/// A workspace: one document, and the services that it is divided into.
#[derive(Debug, Clone, Copy)]
pub struct Workspace<'a> {
    /// `apigen.toml` of the workspace.
    pub config: &'a Config,
    /// The whole API.
    pub whole: &'a Arc<Service>,
    /// The whole document: what `/openapi.json` answers.
    pub own: &'a serde_json::Value,
    /// The services, sorted by name.
    pub members: &'a [Member],
    /// The workspace as it stands.
    pub before: &'a Before,
}

/// A service of a workspace: a project of its own.
#[derive(Debug, Clone)]
pub struct Member {
    /// Such as `items`.
    pub name: String,
    /// Its folder, from that of the workspace, such as `services/items`.
    pub folder: String,
    /// Its own `apigen.toml`.
    pub config: Config,
    /// Its part of the API.
    pub service: Service,
    /// Its part of the document, as text.
    pub contract: String,
}

impl Workspace<'_> {
    /// The crate that a service has its `core` layer from; `None` where it has its own, because the
    /// workspace says so, or because the service keeps its data in another database.
    pub fn common(&self, member: &Member) -> Option<Common> {
        common(self.config, self.whole, &member.config, &member.folder)
    }
}

/// The same, of a service by its choices and its folder.
pub fn common(
    workspace: &Config,
    whole: &Arc<Service>,
    member: &Config,
    folder: &str,
) -> Option<Common> {
    let shares = workspace.shared == Shared::Common && workspace.database == member.database;
    shares.then(|| Common {
        package: package(workspace),
        path: format!("{}crates/common", "../".repeat(folder.split('/').count())),
        service: Arc::clone(whole),
    })
}

/// The package that services share.
fn package(workspace: &Config) -> String {
    format!("{}-common", workspace.name)
}

/// Renders what surrounds the services, and their parts of the document; sorted by path. What is
/// known is not formatted again.
///
/// # Errors
/// A generated Rust file does not parse: a bug of ours, told with the file and the place.
pub fn render(workspace: Workspace<'_>, known: Known<'_>) -> anyhow::Result<(Vec<File>, Imprints)> {
    let (mut files, mut imprints) = super::finish(table(workspace), workspace.project(""), known)?;
    for (more, known) in clients::files(workspace, known)? {
        files.extend(more);
        imprints.extend(known);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((files, imprints))
}

/// Every file outside the services' own; one line for each part.
fn table<'a>(workspace: Workspace<'a>) -> Vec<Entry<'a>> {
    let mut files = root::table(workspace);
    files.extend(common::table(workspace));
    files.extend(deploy::table(workspace));
    files.extend(gateway::table(workspace));
    files
}

impl<'a> Workspace<'a> {
    /// The whole API, as that of the package in a folder (with its slash).
    fn project(self, folder: &'a str) -> Project<'a> {
        Project {
            service: self.whole,
            own: self.own,
            config: self.config,
            before: self.before,
            folder,
            command: "apigen sync",
        }
    }
}
