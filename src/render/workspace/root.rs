//! The workspace itself: its `Cargo.toml`, its `apigen.toml`, and what each service is made from.

use std::collections::BTreeSet;

use askama::Template;

use super::{Member, Workspace, clients, gateway};
use crate::{
    config::{Check, State, Traces},
    render::{
        Ownership, doors,
        files::{self, Entry},
        settings::{Ignored, Settings},
    },
};

#[derive(Template)]
#[template(path = "services/Cargo.toml.j2")]
struct Manifest {
    members: Vec<String>,
    /// What is built where nothing is named.
    built: Vec<String>,
    exclude: Vec<String>,
    has_passwords: bool,
}

#[derive(Template)]
#[template(path = "services/member.toml.j2")]
struct Choices {
    name: String,
    spec: String,
    database: String,
    errors: String,
    has_redis: bool,
    has_traces: bool,
    shared: &'static str,
    workspace: String,
    /// Names and values, in TOML.
    clients: Vec<(String, [String; 3], String)>,
}

/// The files, and for each service its part of the document and its `apigen.toml`.
pub(super) fn table<'a>(workspace: Workspace<'a>) -> Vec<Entry<'a>> {
    let config = workspace.config;
    let manifest = move || manifest(workspace).render();
    let mut files = vec![
        Entry::written("Cargo.toml", Ownership::Merged, manifest),
        Entry::written("apigen.toml", Ownership::Scaffolded, || {
            Settings::of(config).render()
        }),
        Entry::written(".apigen/.gitignore", Ownership::Generated, || {
            Ignored.render()
        }),
    ];
    files.extend(files::expanded(workspace.project("")));
    files.extend(files::spec_schema(workspace.project("")));
    files.extend(files::requests(workspace.project("")));
    for member in workspace.members {
        let path = |name: &str| format!("{}/{name}", member.folder);
        let contract = || Ok(member.contract.clone());
        files.push(Entry::generated(path(&member.config.spec), contract));
        let choices = || choices(member).render();
        files.push(Entry::generated(path("apigen.toml"), choices));
    }
    files
}

/// What Cargo finds the packages by. A pattern must fit something, and nothing but packages.
fn manifest(workspace: Workspace<'_>) -> Manifest {
    let mut above = BTreeSet::from(["crates", "services"]);
    let mut exclude = BTreeSet::new();
    for member in workspace.members {
        let folders = member.folder.match_indices('/');
        let folders = folders.map(|(end, _)| &member.folder[..end]);
        above.extend(folders.clone());
        exclude.extend(folders.skip(1));
    }
    let left = workspace.before.left.iter().map(String::as_str);
    let is_package = |folder: &str| {
        folder == gateway::FOLDER.trim_end_matches('/')
            || workspace.members.iter().any(|m| m.folder == folder)
    };
    exclude.extend(left.filter(|left| !is_package(left)));
    let built = above.iter().filter(|at| at.starts_with("services"));
    let built: Vec<_> = built.map(|at| format!("{at}/*")).collect();
    above.insert(clients::FOLDER);
    exclude.insert(clients::FOLDER);
    let quoted = |text: String| doors::toml_literal(&text);
    Manifest {
        members: above.iter().map(|at| quoted(format!("{at}/*"))).collect(),
        built: built.into_iter().map(quoted).collect(),
        exclude: exclude.iter().map(|at| quoted((*at).to_owned())).collect(),
        has_passwords: workspace
            .members
            .iter()
            .any(|m| m.service.keeps_passwords()),
    }
}

fn choices(member: &Member) -> Choices {
    let config = &member.config;
    let clients = config.clients.iter().map(|(name, client)| {
        let values = [&client.package, &client.path, &client.address];
        (
            name.clone(),
            values.map(|value| doors::toml_literal(value)),
            match client.check {
                Check::None => String::new(),
                check => doors::toml_literal(check.as_str()),
            },
        )
    });
    Choices {
        name: doors::toml_literal(&config.name),
        spec: doors::toml_literal(&config.spec),
        database: doors::toml_literal(config.database.as_str()),
        errors: doors::toml_literal(config.errors.as_str()),
        has_redis: config.state == State::Redis,
        has_traces: config.traces == Traces::Otlp,
        shared: config.shared.as_str(),
        workspace: doors::toml_literal(config.workspace.as_deref().unwrap_or("../..")),
        clients: clients.collect(),
    }
}
