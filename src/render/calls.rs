//! `crud/clients.rs`: the other services that this one calls.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    doors::{self, rust_literal, toml_literal},
    files::{Entry, Project},
};
use crate::{
    config::{Check, ClientChoice, Config},
    model::{
        Elsewhere, Service,
        name::{Case, Scope, address_setting, module_name},
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
    service: String,
    /// The function that asks for a row.
    require: String,
    krate: String,
    /// The environment variable, a Rust literal.
    setting: String,
    shown_setting: String,
    /// A Rust literal.
    address: String,
    check: bool,
}

/// What a service that is called goes by.
struct ClientNames {
    /// The function that gives its client.
    function: String,
    /// The function that asks it for a row.
    require: String,
    /// The environment variable with its address.
    setting: String,
}

/// What functions of the file, and what is inside of them, are called.
const OWN: [&str; 10] = [
    "call",
    "cx",
    "error",
    "is_refusal",
    "is_set",
    "keys",
    "missing",
    "only_reads",
    "operation",
    "unavailable",
];

impl ClientNames {
    /// Those of all services that are called, in their order.
    fn all(config: &Config) -> Vec<Self> {
        let services = || config.clients.keys();
        let functions = services().map(|service| (String::new(), module_name(service)));
        // A client keeps its service's name; `~` stands behind all of these.
        let requires = services().map(|service| {
            let require = format!("require_{}", module_name(service));
            (format!("~{service}"), require)
        });
        let wanted: Vec<_> = functions.chain(requires).collect();
        let mut settled = Scope::with(OWN).settle_wanted(Case::Module, &wanted);
        let requires = settled.split_off(config.clients.len());
        let both = settled.into_iter().zip(requires).zip(services());
        let names = both.map(|((function, require), service)| Self {
            function,
            require,
            setting: address_setting(service),
        });
        names.collect()
    }
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
        let named = clients.zip(ClientNames::all(project.config));
        let checked = named.filter(|((_, choice), _)| choice.check != Check::None);
        let functions =
            checked.map(|((name, choice), names)| (name.clone(), (choice.check, names.require)));
        Self {
            module: module(project).unwrap_or_default(),
            functions: functions.collect(),
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
        let clients = clients(project);
        let checks = clients.iter().any(|client| client.check);
        ClientsFile { clients, checks }.render()
    };
    Some(Entry::layer(project, path, print))
}

fn clients(project: Project<'_>) -> Vec<Client> {
    let Project {
        config,
        service: own,
        ..
    } = project;
    let names = ClientNames::all(config).into_iter();
    let client = |((service, choice), names): ((&String, &ClientChoice), ClientNames)| Client {
        name: names.function,
        service: doors::markdown(service),
        require: names.require,
        krate: choice.package.replace('-', "_"),
        setting: rust_literal(&names.setting),
        shown_setting: names.setting,
        address: rust_literal(&choice.address),
        check: is_asked(own, service, choice.check),
    };
    config.clients.iter().zip(names).map(client).collect()
}

/// Whether rows name some of another service that must be there.
fn is_asked(service: &Service, other: &str, check: Check) -> bool {
    let mut elsewhere = service.resources.iter().flat_map(|r| &r.elsewhere);
    let is_wanted = |owns: bool| check == Check::All || owns && check == Check::Owners;
    elsewhere.any(|one| one.service == other && one.operation.is_some() && is_wanted(one.owns))
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
    let client = clients(project).into_iter().next()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_services_do_not_meet() {
        let mut config = Config::default();
        for service in ["call", "is-refusal", "require-users", "type", "users"] {
            let choice = ClientChoice::default();
            config.clients.insert(service.to_owned(), choice);
        }
        let names = ClientNames::all(&config);
        let both = names.iter().map(|names| [&names.function, &names.require]);
        let names: Vec<_> = both.collect();
        let expected = [
            ["call_2", "require_call"],
            ["is_refusal_2", "require_is_refusal"],
            ["require_users", "require_require_users"],
            ["type_", "require_type_"],
            ["users", "require_users_2"],
        ];
        assert_eq!(names, expected);
    }
}
