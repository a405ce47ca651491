//! `crates/clients/`: a typed client for each service.

use rayon::prelude::*;

use super::{Member, Workspace};
use crate::{
    config::{Check, ClientChoice, Config},
    render::{
        File, Imprints, Known,
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
pub(super) fn files(
    workspace: Workspace<'_>,
    known: Known<'_>,
) -> anyhow::Result<Vec<(Vec<File>, Imprints)>> {
    let clients = workspace.members.par_iter();
    let clients = clients.map(|member| of(workspace.config, member, known));
    clients.collect()
}

/// The crate of one service, by paths from the folder of the workspace.
fn of(
    workspace: &Config,
    member: &Member,
    known: Known<'_>,
) -> anyhow::Result<(Vec<File>, Imprints)> {
    let choices = Choices {
        package: &package(workspace, &member.name),
        spec: &workspace.spec,
        command: "apigen sync",
        stands_alone: false,
    };
    let folder = format!("{FOLDER}/{}/", member.name);
    let own = known.below(&folder);
    let below = Known {
        imprints: &own,
        text: &|path| (known.text)(&format!("{folder}{path}")),
    };
    let (files, imprints) = client::render_again(&member.service, choices, below)?;
    let from_root = |path: &str| format!("{folder}{path}");
    let files = files.into_iter().map(|file| File {
        path: from_root(&file.path),
        ..file
    });
    let imprints = imprints.into_iter();
    let imprints = imprints.map(|(path, imprint)| (from_root(&path), imprint));
    Ok((files.collect(), imprints.collect()))
}
