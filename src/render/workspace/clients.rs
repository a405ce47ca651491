//! `crates/clients/`: a typed client for each service.

use rayon::prelude::*;

use super::{Member, Workspace};
use crate::{
    config::{Check, ClientChoice, Config},
    render::{
        File,
        client::{self, Choices},
    },
};

/// The folder of the clients.
pub(super) const FOLDER: &str = "crates/clients";

/// Where the first of the services listens when all of them run on one machine.
const FIRST_PORT: usize = 8081;

/// The client of a service, as another one in a folder finds it; `index` is the service's place
/// among all, by name.
pub fn choice(workspace: &Config, name: &str, index: usize, folder: &str) -> ClientChoice {
    let up = "../".repeat(folder.split('/').count());
    ClientChoice {
        package: package(workspace, name),
        path: format!("{up}{FOLDER}/{name}"),
        address: format!("http://127.0.0.1:{}", FIRST_PORT + index),
        check: Check::None,
    }
}

fn package(workspace: &Config, name: &str) -> String {
    format!("{}-{name}-client", workspace.name)
}

/// The crates of all clients.
///
/// # Errors
/// A generated Rust file does not parse: a bug of ours.
pub(super) fn files(workspace: Workspace<'_>) -> anyhow::Result<Vec<File>> {
    let clients = workspace.members.par_iter().map(|member| {
        let files = of(workspace.config, member)?.into_iter();
        let moved = files.map(|file| File {
            path: format!("{FOLDER}/{}/{}", member.name, file.path),
            ..file
        });
        Ok(moved.collect())
    });
    let clients = clients.collect::<anyhow::Result<Vec<Vec<File>>>>()?;
    Ok(clients.into_iter().flatten().collect())
}

fn of(workspace: &Config, member: &Member) -> anyhow::Result<Vec<File>> {
    let choices = Choices {
        package: &package(workspace, &member.name),
        spec: &workspace.spec,
        command: "apigen sync",
        stands_alone: false,
    };
    client::render(&member.service, choices)
}
