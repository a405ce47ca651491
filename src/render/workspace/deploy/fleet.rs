//! What runs: the services of a workspace and its gateway, with the names that they have outside
//! of Rust.

use sha2::{Digest, Sha256};

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};

use crate::{
    config::{Config, Database, State},
    model::{Service, name::setting_prefix},
    render::{
        core::{self, Needs},
        secrets::{self, Secret, SecretKind},
        shell,
        workspace::{Member, Workspace},
    },
};

/// What stands for a service where something is of what hands events on.
const BUS: &str = "events";

/// The probes that a service has.
const LIVE: &str = "/health/live";
const READY: &str = "/health/ready";

/// Everything that runs, and what is told of the contract.
#[derive(Debug, Clone)]
pub(super) struct Fleet {
    /// The workspace's name.
    pub(super) project: String,
    pub(super) title: String,
    /// The document's path.
    pub(super) spec: String,
    pub(super) base_path: String,
    /// Those of the first operation that wants some.
    pub(super) scopes: String,
    /// The gateway, and the services by name.
    pub(super) units: Vec<Unit>,
    /// The settings that need a secret.
    pub(super) secrets: Vec<Secret>,
    /// What `.env.example` has to tell of.
    pub(super) needs: Needs,
    pub(super) key_settings: Vec<String>,
}

/// A service or the gateway.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    /// Small letters, digits and `-`: the host of its address, too.
    pub(super) name: String,
    pub(super) package: String,
    /// From the workspace's.
    pub(super) folder: String,
    pub(super) database: Database,
    /// The settings with secrets that it reads.
    pub(super) secrets: Vec<String>,
    /// The services that it calls.
    pub(super) calls: Vec<String>,
    /// It tells others of events, or hears of them.
    pub(super) has_events: bool,
    /// Its replicas share state in Redis.
    pub(super) has_redis: bool,
    /// It sends webhooks or callbacks.
    pub(super) sends: bool,
    /// It asks who issued its tokens for the keys.
    asks_issuer: bool,
    /// Its probes, where they are no paths of the contract.
    pub(super) live: Option<&'static str>,
    pub(super) ready: Option<&'static str>,
    pub(super) is_gateway: bool,
    /// Its user and its database on PostgreSQL.
    pub(super) role: Role,
    /// Its container image.
    pub(super) image: String,
}

/// A user of PostgreSQL, and the database of the same name.
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) name: String,
    /// How the names of settings about it start: `ITEMS`.
    subject: String,
}

impl Fleet {
    /// What runs of a workspace.
    pub(super) fn of(workspace: Workspace<'_>) -> Self {
        let (config, whole) = (workspace.config, workspace.whole);
        let members = || {
            workspace
                .members
                .iter()
                .map(|member| (member, core_of(workspace, member)))
        };
        let units = members().map(|(member, core)| Unit::of(config, member, core));
        let cores: Vec<_> = members()
            .map(|(member, core)| (&*member.name, core, member.config.database))
            .collect();
        let settings = cores
            .iter()
            .flat_map(|(_, service, _)| core::key_settings(service));
        let settings: BTreeSet<_> = settings.collect();
        Self {
            project: config.name.clone(),
            title: whole.title.clone(),
            spec: config.spec.clone(),
            base_path: shell::url(&whole.base_path),
            scopes: shell::scopes(whole),
            units: iter::once(Unit::gateway(config, whole))
                .chain(units)
                .collect(),
            secrets: secrets(&cores),
            needs: Needs::of(whole, config.database).chosen(config),
            key_settings: settings.into_iter().collect(),
        }
    }

    pub(super) fn gateway(&self) -> &Unit {
        &self.units[0]
    }

    pub(super) fn services(&self) -> &[Unit] {
        &self.units[1..]
    }

    /// The services with a database on PostgreSQL.
    pub(super) fn on_postgres(&self) -> impl Iterator<Item = &Unit> {
        self.services().iter().filter(|unit| unit.is_on_postgres())
    }

    /// The services with a file of SQLite.
    pub(super) fn on_sqlite(&self) -> impl Iterator<Item = &Unit> {
        self.services().iter().filter(|unit| unit.is_on_sqlite())
    }

    pub(super) fn has_postgres(&self) -> bool {
        self.on_postgres().next().is_some()
    }

    pub(super) fn has_volumes(&self) -> bool {
        self.has_postgres() || self.on_sqlite().next().is_some()
    }

    /// Kubernetes has secrets that services share.
    pub(super) fn has_credentials(&self) -> bool {
        let reads = |unit: &Unit| unit.has_events || unit.has_redis || !unit.secrets.is_empty();
        self.services().iter().any(reads)
    }

    /// Some service reaches out of the cluster.
    pub(super) fn has_internet(&self) -> bool {
        self.services().iter().any(Unit::reaches_internet)
    }

    /// Those secrets, by the names of their settings.
    pub(super) fn credentials(&self) -> BTreeSet<String> {
        let services = self.services().iter();
        let mut credentials: BTreeSet<_> = services.flat_map(|unit| unit.secrets.clone()).collect();
        if self.needs.events {
            let carrier = if self.needs_nats() {
                "NATS_URL"
            } else {
                "EVENTS_URL"
            };
            credentials.insert(carrier.to_owned());
        }
        if self.needs.redis {
            credentials.insert("REDIS_URL".to_owned());
        }
        credentials
    }

    /// The database on PostgreSQL that hands events on; none where services keep their data
    /// elsewhere, which leaves that to NATS.
    pub(super) fn bus(&self) -> Option<Role> {
        let is_shared = self.needs.events && self.services().iter().all(Unit::is_on_postgres);
        is_shared.then(|| Role::new(&self.project, BUS))
    }

    /// What hands events on is NATS.
    pub(super) fn needs_nats(&self) -> bool {
        self.needs.events && self.bus().is_none()
    }

    /// The users that PostgreSQL gets, each with a database of its own.
    pub(super) fn roles(&self) -> Vec<Role> {
        let services = self.on_postgres().map(|unit| unit.role.clone());
        services.chain(self.bus()).collect()
    }

    /// How many connections they may want of one server, each with as many as it takes by default.
    pub(super) fn connections(&self) -> usize {
        100.max(20 * self.on_postgres().count())
    }

    /// The workspace's name as Kubernetes and registries want names.
    pub(super) fn namespace(&self) -> String {
        host(&self.project)
    }

    /// The same as a scalar of YAML.
    pub(super) fn word(&self) -> String {
        word(&self.namespace())
    }

    /// The name of a container beside those of the services, none of which has a `_`.
    pub(super) fn beside(&self, name: &str) -> String {
        match self.services().iter().any(|unit| unit.name == name) {
            true => format!("{name}_server"),
            false => name.to_owned(),
        }
    }

    /// A service to tell something by.
    pub(super) fn example(&self) -> String {
        self.services().first().unwrap_or(self.gateway()).word()
    }

    /// The package of the workspace's tasks.
    pub(super) fn xtask(&self) -> String {
        format!("{}-xtask", self.project)
    }
}

impl Unit {
    /// A service, whose settings and probes are those of this `core`.
    fn of(workspace: &Config, member: &Member, core: &Service) -> Self {
        let free = |path| core::is_free(core, path).then_some(path);
        let secrets = secrets::secrets(core).into_iter();
        let needs = Needs::of(core, member.config.database);
        Self {
            folder: member.folder.clone(),
            database: member.config.database,
            secrets: secrets.map(|secret| secret.variable).collect(),
            calls: member.config.clients.keys().cloned().collect(),
            has_events: needs.events,
            has_redis: member.config.state == State::Redis,
            sends: needs.sends,
            asks_issuer: needs.issuer,
            live: free(LIVE),
            ready: free(READY),
            ..Self::new(&workspace.name, &member.name)
        }
    }

    /// A service without a database, by the name of its workspace and its own.
    pub(super) fn new(workspace: &str, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            package: format!("{workspace}-{name}"),
            folder: format!("services/{name}"),
            database: Database::None,
            secrets: Vec::new(),
            calls: Vec::new(),
            has_events: false,
            has_redis: false,
            sends: false,
            asks_issuer: false,
            live: Some(LIVE),
            ready: Some(READY),
            is_gateway: false,
            role: Role::new(workspace, name),
            image: format!("{}-{name}", host(workspace)),
        }
    }

    fn gateway(config: &Config, whole: &Service) -> Self {
        let live = Some(LIVE).filter(|path| core::is_free(whole, path));
        Self {
            live,
            // A service that is not ready costs its own routes only.
            ready: live,
            is_gateway: true,
            ..Self::new(&config.name, "gateway")
        }
    }

    /// How the names of settings about it start: `ITEMS_URL`.
    pub(super) fn variable(&self) -> String {
        setting_prefix(&self.name)
    }

    /// The name as a scalar of YAML.
    pub(super) fn word(&self) -> String {
        word(&self.name)
    }

    pub(super) fn is_on_postgres(&self) -> bool {
        self.database == Database::Postgres
    }

    pub(super) fn has_database(&self) -> bool {
        self.database != Database::None
    }

    /// Kubernetes gives it settings that are secrets.
    pub(super) fn has_environment(&self) -> bool {
        let is_told = self.has_events || self.has_redis || self.sends;
        self.is_on_postgres() || is_told || !self.secrets.is_empty()
    }

    /// It sends requests out of the cluster.
    pub(super) fn reaches_internet(&self) -> bool {
        self.sends || self.asks_issuer
    }

    pub(super) fn is_on_sqlite(&self) -> bool {
        self.database == Database::Sqlite
    }
}

impl Role {
    /// That of a service. PostgreSQL keeps names that start with `pg_` for itself.
    fn new(project: &str, service: &str) -> Self {
        let name = format!("{}_{service}", host(project)).replace('-', "_");
        let name = match name.starts_with("pg_") {
            true => format!("db_{name}"),
            false => name,
        };
        Self {
            name: fit(&name, 63),
            subject: setting_prefix(service),
        }
    }

    /// The setting with its password.
    pub(super) fn variable(&self) -> String {
        format!("{}_DATABASE_PASSWORD", self.subject)
    }

    /// Its password, as Compose reads it.
    pub(super) fn password(&self) -> String {
        format!("${{{}:?run cargo xtask env}}", self.variable())
    }

    /// The address of its database, as Compose reads it.
    pub(super) fn address(&self, server: &str) -> String {
        let (name, password) = (&self.name, self.password());
        format!("postgres://{name}:{password}@{server}/{name}")
    }
}

/// The service that the `core` layer of a member is made for: the whole, where it is shared.
fn core_of<'a>(workspace: Workspace<'a>, member: &'a Member) -> &'a Service {
    match workspace.common(member) {
        Some(_) => workspace.whole,
        None => &member.service,
    }
}

/// The settings without which some service does not start, by name; services are given by name, and
/// with where they keep their data.
pub fn secrets(services: &[(&str, &Service, Database)]) -> Vec<Secret> {
    let key = |variable| Secret {
        variable,
        kind: SecretKind::Key,
    };
    let is_there = |(_, _, database): &&(_, _, Database)| *database == Database::Postgres;
    let has_events =
        |(_, service, database): &(_, &Service, _)| Needs::of(service, *database).events;
    let on_postgres: Vec<_> = services.iter().filter(is_there).collect();
    let mut roles: Vec<_> = on_postgres.iter().map(|(name, ..)| *name).collect();
    if on_postgres.len() == services.len() && services.iter().any(has_events) {
        roles.push(BUS);
    }
    let roles = roles.into_iter().map(|name| Role::new("", name).variable());
    let superuser = (!on_postgres.is_empty()).then(|| "POSTGRES_PASSWORD".to_owned());
    let passwords = roles.chain(superuser).map(key);
    let of_services = services
        .iter()
        .flat_map(|(_, service, _)| secrets::secrets(service));
    let all = of_services.chain(passwords);
    let all: BTreeMap<_, _> = all
        .map(|secret| (secret.variable.clone(), secret))
        .collect();
    all.into_values().collect()
}

/// A name as a scalar of YAML, some versions of which take `on` for a truth value.
fn word(name: &str) -> String {
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    match reserved.contains(&name) {
        true => format!("\"{name}\""),
        false => name.to_owned(),
    }
}

/// A package's name as a label of DNS.
fn host(package: &str) -> String {
    let name = package.to_ascii_lowercase().replace('_', "-");
    fit(name.trim_end_matches('-'), 63)
}

/// A name that is cut where it is too long, and told apart by a hash.
fn fit(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    let hash = Sha256::digest(name.as_bytes());
    let tail: String = hash.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let head = name[..longest - 9].trim_end_matches(['-', '_']);
    let glue = if name.contains('_') { '_' } else { '-' };
    format!("{head}{glue}{tail}")
}
