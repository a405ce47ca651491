//! Which operations of a document go into which service of a workspace.

use std::collections::{BTreeMap, HashSet};

use super::{no_operation, no_service, service::module};
use crate::{
    config::{Config, Database, LONGEST_SERVICE, Misfit, ServiceChoice, service_name, unknown},
    model::{
        Action, GroupId, OperationId, Resource, Role, Service,
        name::{Case, Scope, shorten_to},
    },
};

/// A service of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Such as `items`.
    pub name: String,
    /// Its folder from that of the workspace, such as `services/items`.
    pub folder: String,
    /// Where it keeps its data.
    pub database: Database,
    /// Its operations, in the order of the whole service.
    pub operations: Vec<OperationId>,
}

/// The services of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partition {
    /// By name.
    pub shares: Vec<Share>,
    /// What is not as the tags alone would have it.
    pub notes: Vec<String>,
}

/// Which service each operation is in: the one that `apigen.toml` names for it, else the one that
/// keeps the table that it works on, else the one of its tag.
///
/// # Errors
/// What `apigen.toml` says does not fit the document.
pub fn partition(service: &Service, config: &Config) -> Result<Partition, Vec<Misfit>> {
    let (partition, misfits) = parted(service, config);
    match misfits.is_empty() {
        true => Ok(partition),
        false => Err(misfits),
    }
}

/// The same, as far as it can be told, and what does not fit.
pub fn parted(service: &Service, config: &Config) -> (Partition, Vec<Misfit>) {
    let mut parts = Parts {
        service,
        config,
        homes: vec![String::new(); service.operations.len()],
        misfits: Vec::new(),
        notes: Vec::new(),
    };
    let groups = parts.groups();
    for (home, operation) in parts.homes.iter_mut().zip(&service.operations) {
        home.clone_from(&groups[operation.group.0]);
    }
    let named = parts.named();
    for (id, name) in &named {
        parts.homes[id.0].clone_from(name);
    }
    parts.tables(&named);
    let shares = parts.shares();
    parts.uses(&shares);
    parts.places(&shares);
    let notes = parts.notes;
    (Partition { shares, notes }, parts.misfits)
}

struct Parts<'a> {
    service: &'a Service,
    config: &'a Config,
    /// The service of each operation.
    homes: Vec<String>,
    misfits: Vec<Misfit>,
    notes: Vec<String>,
}

impl<'a> Parts<'a> {
    fn misfit(
        &mut self,
        service: &str,
        at: Option<(&'static str, usize)>,
        message: String,
        hint: impl Into<Option<String>>,
    ) {
        let misfit = Misfit::new("services", service, (message, hint.into()));
        self.misfits.push(match at {
            Some((option, index)) => misfit.at(option, index),
            None => misfit,
        });
    }

    /// The service of each group: the one that lists its tag, else the one of its name.
    fn groups(&mut self) -> Vec<String> {
        let config = self.config;
        let tags: Vec<&str> = self.service.groups.iter().map(|g| &*g.api_name).collect();
        let mut homes: BTreeMap<GroupId, &str> = BTreeMap::new();
        for (name, choice) in &config.services {
            for (index, tag) in choice.tags.iter().flatten().enumerate() {
                let at = Some(("tags", index));
                let Some(group) = self.group(tag) else {
                    let message = format!("no operation has the tag `{tag}`");
                    self.misfit(name, at, message, unknown(tag, &tags));
                    continue;
                };
                if let Some(other) = homes.insert(group, name) {
                    let message = format!("the tag `{tag}` is of the service `{other}` already");
                    self.misfit(name, at, message, None);
                }
            }
        }
        for (name, _) in config.services.iter().filter(|(_, c)| c.tags.is_none()) {
            if let Some(group) = self.group(name) {
                homes.entry(group).or_insert(name);
            }
        }
        let groups = 0..self.service.groups.len();
        let names = self.default_names();
        let mut named = Vec::new();
        for (group, default) in groups.map(GroupId).zip(names) {
            let home = homes.get(&group).map_or(default.as_str(), |name| name);
            if !homes.contains_key(&group) && config.services.contains_key(&default) {
                let tag = &self.service[group].api_name;
                let message = format!("the tag `{tag}` is of no service, and this is not its own");
                let hint = format!("add `\"{tag}\"` to the `tags` of a service");
                self.misfit(&default, None, message, hint);
            }
            named.push(home.to_owned());
        }
        named
    }

    /// The group that a tag or a name means.
    fn group(&self, tag: &str) -> Option<GroupId> {
        let groups = &self.service.groups;
        let exact = groups.iter().position(|group| group.api_name == tag);
        let similar = || {
            let module = module(tag);
            groups.iter().position(|group| group.module == module)
        };
        exact.or_else(similar).map(GroupId)
    }

    /// What the service of each group is called where nothing else is said.
    fn default_names(&self) -> Vec<String> {
        let groups = self.service.groups.iter();
        let modules: Vec<_> = groups.map(|group| group.module.trim_matches('_')).collect();
        let all: HashSet<&str> = modules.iter().copied().collect();
        let wanted = modules.iter().map(|module| {
            let stem = module.strip_suffix("_client");
            let is_client = stem.is_some_and(|stem| all.contains(stem));
            let short = |name| shorten_to(LONGEST_SERVICE, name, module);
            let plain = short((*module).to_owned());
            let name = match service_name(&plain.replace('_', "-")) {
                Ok(()) if !is_client => plain,
                _ => short(format!("{module}_service")),
            };
            ((*module).to_owned(), name)
        });
        let wanted: Vec<_> = wanted.collect();
        let names = Scope::default().settle_wanted(Case::Module, &wanted);
        let names = names.iter().map(|name| name.trim_end_matches('_'));
        names.map(|name| name.replace('_', "-")).collect()
    }

    /// The operations that `apigen.toml` gives a service by their ids.
    fn named(&mut self) -> BTreeMap<OperationId, String> {
        let mut named: BTreeMap<OperationId, String> = BTreeMap::new();
        for (name, choice) in &self.config.services {
            for (index, id) in choice.operations.iter().enumerate() {
                let at = Some(("operations", index));
                let Some(operation) = self.service.named(id) else {
                    let (message, hint) = no_operation(id, self.service);
                    self.misfit(name, at, message, hint);
                    continue;
                };
                if let Some(other) = named.insert(operation, name.clone()) {
                    let message = format!("`{id}` is of the service `{other}` already");
                    self.misfit(name, at, message, None);
                }
            }
        }
        named
    }

    /// Brings the operations of each table to its owner.
    fn tables(&mut self, named: &BTreeMap<OperationId, String>) {
        let service = self.service;
        for resource in &service.resources {
            let keeper = keeper(service, resource);
            let Some(owner) = owner(service, keeper).or_else(|| owner(service, resource)) else {
                continue;
            };
            let home = self.homes[owner.0].clone();
            for id in &resource.operations {
                let (operation, table) = (&service[*id].id, &resource.table);
                let here = &mut self.homes[id.0];
                if *here == home {
                    continue;
                }
                self.notes.push(match named.get(id) {
                    Some(here) => format!(
                        "`{operation}` is in `{here}`, and the table `{table}` that it works on in \
                         `{home}`: it is yours to write"
                    ),
                    None => format!(
                        "`{operation}` goes to `{home}`, which keeps the table `{table}`, and not \
                         to `{here}`"
                    ),
                });
                if !named.contains_key(id) {
                    here.clone_from(&home);
                }
            }
        }
    }

    fn shares(&mut self) -> Vec<Share> {
        let mut operations: BTreeMap<&str, Vec<OperationId>> = BTreeMap::new();
        for name in self.config.services.keys() {
            operations.insert(name, Vec::new());
        }
        for (index, home) in self.homes.iter().enumerate() {
            operations.entry(home).or_default().push(OperationId(index));
        }
        let shares = operations.into_iter().map(|(name, operations)| {
            let choice = self.config.services.get(name);
            let path = choice.and_then(|choice| choice.path.as_deref());
            Share {
                name: name.to_owned(),
                folder: format!("services/{}", path.unwrap_or(name)),
                database: choice
                    .and_then(|choice: &ServiceChoice| choice.database)
                    .unwrap_or(self.config.database),
                operations,
            }
        });
        let shares: Vec<Share> = shares.collect();
        for share in shares.iter().filter(|share| share.operations.is_empty()) {
            self.notes.push(format!(
                "`{}` has no operations: tags or operations in `apigen.toml` give it some",
                share.name
            ));
        }
        shares
    }

    /// What a service calls is another one, and what the gateway limits is one.
    fn uses(&mut self, shares: &[Share]) {
        for (name, choice) in &self.config.services {
            for (index, used) in choice.uses.iter().enumerate() {
                let at = Some(("uses", index));
                let others = shares.iter().filter(|share| share.name != *name);
                let others: Vec<_> = others.map(|share| share.name.as_str()).collect();
                if used == name {
                    let message = format!("`{name}` needs no client to call itself");
                    self.misfit(name, at, message, "take it out".to_owned());
                } else if !others.contains(&used.as_str()) {
                    let (message, hint) = no_service(used, &others);
                    self.misfit(name, at, message, hint);
                }
            }
        }
        let all: Vec<_> = shares.iter().map(|share| share.name.as_str()).collect();
        let limited = self.config.gateway.services.keys();
        for name in limited.filter(|name| !all.contains(&name.as_str())) {
            let wrong = no_service(name, &all);
            self.misfits
                .push(Misfit::new("gateway.services", name, wrong));
        }
    }

    /// No service stands in another's folder, and none has the name of another's client.
    fn places(&mut self, shares: &[Share]) {
        for share in shares
            .iter()
            .filter(|share| self.config.services.contains_key(&share.name))
        {
            let own = share.folder.to_ascii_lowercase() + "/";
            let inside = |folder: &str| own.starts_with(&(folder.to_ascii_lowercase() + "/"));
            let others = shares.iter().filter(|other| other.name != share.name);
            if let Some(other) = others.clone().find(|other| inside(&other.folder)) {
                let (folder, other) = (&share.folder, &other.name);
                let message = format!("`{folder}` is in the folder of the service `{other}`");
                let hint = "`path` gives it another folder".to_owned();
                self.misfit(&share.name, None, message, hint);
            } else if inside("services/gateway") {
                let message = format!("`{}` is in the folder of the gateway", share.folder);
                let hint = "`path` gives it another folder".to_owned();
                self.misfit(&share.name, None, message, hint);
            }
            let stem = share.name.strip_suffix("-client");
            if let Some(other) = others.clone().find(|other| Some(&*other.name) == stem) {
                let message = format!("`{}` is the client of `{}`", share.name, other.name);
                let hint = "give it another name".to_owned();
                self.misfit(&share.name, None, message, hint);
            }
        }
    }
}

/// The resource whose service keeps a resource's table: itself, or the outermost of its owners that not
/// everybody sees, because only the statement that reads both tables can tell whose rows these are.
fn keeper<'a>(service: &'a Service, resource: &'a Resource) -> &'a Resource {
    let (mut keeper, mut at) = (resource, resource);
    while let Some(parent) = &at.parent {
        at = &service[parent.resource];
        if at.rules.caller.is_some() || at.rules.deleted_at.is_some() {
            keeper = at;
        }
    }
    keeper
}

/// The operation whose service keeps the table: the one that makes rows, else the one that lists
/// them, else the first.
pub(super) fn owner(service: &Service, resource: &Resource) -> Option<OperationId> {
    let does = |wanted: fn(&Action) -> bool| {
        resource
            .operations
            .iter()
            .find(|id| matches!(&service[**id].role, Role::Crud { action, .. } if wanted(action)))
    };
    let makes = does(|action| matches!(action, Action::Create { .. }));
    let lists = || does(|action| matches!(action, Action::List(_)));
    makes
        .or_else(lists)
        .or(resource.operations.first())
        .copied()
}
