//! `crud/clients.rs`: the other services that this one calls.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    doors::{self, rust_literal, toml_literal},
    files::{Entry, Project},
};
use crate::{
    config::{Check, ClientChoice},
    model::{
        Elsewhere,
        name::{Case, Scope, constant_name, module_name},
    },
};

#[derive(Template)]
#[template(path = "layered/src/crud/clients.rs.j2")]
struct ClientsFile {
    clients: Vec<Client>,
    checks: bool,
}

/// A function of the file.
struct Client {
    name: String,
    krate: String,
    /// The environment variable, a Rust literal.
    setting: String,
    shown_setting: String,
    /// A Rust literal.
    address: String,
    check: bool,
}

/// What makes sure that rows of other services are there: the module, and the function of each
/// service that is asked.
#[derive(Default)]
pub(super) struct Checks {
    module: String,
    functions: BTreeMap<String, (Check, String)>,
}

impl Checks {
    pub(super) fn of(project: Project<'_>) -> Self {
        let clients = project.config.clients.iter();
        let checked = clients.filter(|(_, choice)| choice.check != Check::None);
        let function = |(name, choice): (&String, &ClientChoice)| {
            let function = format!("require_{}", module_name(name));
            (name.clone(), (choice.check, function))
        };
        Self {
            module: module(project).unwrap_or_default(),
            functions: checked.map(function).collect(),
        }
    }

    /// The function that asks a service for what rows name of it, where it is to be asked.
    pub(super) fn function(&self, elsewhere: &Elsewhere) -> Option<String> {
        let (check, function) = self.functions.get(&elsewhere.service)?;
        if !elsewhere.owns && *check != Check::All {
            return None;
        }
        Some(format!("super::{}::{function}", self.module))
    }
}

/// A dependency, in TOML.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) path: String,
}

/// The module of `crud` with the clients, where there are some; no group is called so.
pub(super) fn module(project: Project<'_>) -> Option<String> {
    let groups = project.service.groups.iter();
    let mut taken = Scope::with(groups.map(|group| group.module.as_str()));
    let has_some = !project.config.clients.is_empty();
    has_some.then(|| taken.add(Case::Module, "clients"))
}

/// The file, where there are clients.
pub(super) fn table<'a>(project: Project<'a>) -> Option<Entry<'a>> {
    let path = format!("crud/{}.rs", module(project)?);
    let print = move || {
        let clients = project.config.clients.iter();
        let clients: Vec<_> = clients.map(|(name, choice)| client(name, choice)).collect();
        let checks = clients.iter().any(|client| client.check);
        ClientsFile { clients, checks }.render()
    };
    Some(Entry::layer(project, path, print))
}

fn client(name: &str, choice: &ClientChoice) -> Client {
    let setting = format!("{}_URL", constant_name(name));
    Client {
        name: module_name(name),
        krate: choice.package.replace('-', "_"),
        setting: rust_literal(&setting),
        shown_setting: setting,
        address: rust_literal(&choice.address),
        check: choice.check != Check::None,
    }
}

/// A call to show to people.
pub(super) struct Call {
    pub(super) module: String,
    pub(super) name: String,
    pub(super) service: String,
    pub(super) setting: String,
    pub(super) address: String,
}

/// One through the first of the clients.
pub(super) fn example(project: Project<'_>) -> Option<Call> {
    let (service, choice) = project.config.clients.first_key_value()?;
    let client = client(service, choice);
    Some(Call {
        module: module(project)?,
        name: client.name,
        service: doors::markdown(service),
        setting: client.shown_setting,
        address: doors::markdown(&choice.address),
    })
}

/// The dependencies on the clients; `up` leads to the project.
pub(super) fn lines(project: Project<'_>, up: &str) -> Vec<Line> {
    let clients = project.config.clients.values();
    let line = |choice: &ClientChoice| Line {
        name: choice.package.clone(),
        path: toml_literal(&format!("{up}{}", choice.path)),
    };
    clients.map(line).collect()
}
