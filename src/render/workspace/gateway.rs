//! `services/gateway/`: the server in front of all services.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    MemberDockerFile, Workspace,
    aggregate::{self, AggregateLine},
    package,
};
use crate::{
    config::{Database, GatewayChoice},
    model::{Method, Operation, name::address_setting},
    render::{
        Ownership,
        core::{self, Needs, is_free},
        dependencies::{self, Lines},
        doors::{self, rust_literal},
        files::{self, Entry},
        views::views,
    },
};

/// Its folder.
pub(super) const FOLDER: &str = "services/gateway/";

/// Where services listen on one's own machine: the first here, the others behind it.
pub(super) const FIRST_PORT: usize = 8081;

/// What a file may need to know.
#[derive(Clone)]
struct Gateway {
    package: String,
    krate: String,
    /// The crate that the services share, as Rust names it, and its package.
    common: Option<(String, String)>,
    has_live: bool,
    has_ready: bool,
    has_contract: bool,
    has_docs: bool,
    has_redoc: bool,
    has_aggregates: bool,
    needs: Needs,
}

/// A service behind the gateway.
struct ServiceLine {
    name: String,
    setting: String,
    address: String,
    policy: Policy,
}

/// What the gateway holds to with a service, in the units of `apigen.toml`.
struct Policy {
    connect_timeout_ms: u64,
    timeout_ms: u64,
    retries: u64,
    body_limit_bytes: u64,
    concurrency: u64,
    breaker_failures: u64,
    breaker_pause_ms: u64,
}

/// A line of the table of routes.
struct RouteLine {
    service: usize,
    method: &'static str,
    path: String,
    /// What it has beside: a chain of calls.
    rest: String,
}

views! {
    ManifestFile "services/services/gateway/Cargo.toml.j2" {
        package: String,
        dependencies: Lines,
        common: Option<String>,
    }
    ReadmeFile "services/services/gateway/README.md.j2" {
        title: String,
        package: String,
        services: Vec<ServiceLine>,
        policy: Policy,
        has_tls: bool,
    }
    LibFile "services/services/gateway/src/lib.rs.j2" { about: String, }
    MainFile "services/services/gateway/src/main.rs.j2" { krate: String, }
    ConfigFile "services/services/gateway/src/config.rs.j2" { has_tls: bool, }
    CoreFile "services/services/gateway/src/core/mod.rs.j2" { common: Option<String>, needs: Needs, }
    HealthFile "services/services/gateway/src/health.rs.j2" { has_live: bool, has_ready: bool, }
    RoutesFile "services/services/gateway/src/routes.rs.j2" {
        base: String,
        services: Vec<ServiceLine>,
        routes: Vec<RouteLine>,
        aggregates: Vec<AggregateLine>,
    }
    AggregateFile "services/services/gateway/src/proxy/aggregate.rs.j2" {}
    ProxyFile "services/services/gateway/src/proxy/mod.rs.j2" { has_aggregates: bool, }
    BodyFile "services/services/gateway/src/proxy/body.rs.j2" {}
    BreakerFile "services/services/gateway/src/proxy/breaker.rs.j2" {}
    HeadersFile "services/services/gateway/src/proxy/headers.rs.j2" {}
    TableFile "services/services/gateway/src/proxy/table.rs.j2" { has_aggregates: bool, }
    UpstreamFile "services/services/gateway/src/proxy/upstream.rs.j2" {}
    TestsFile "services/services/gateway/tests/gateway/main.rs.j2" { has_aggregates: bool, }
    BreakerTests "services/services/gateway/tests/gateway/breaker.rs.j2" { has_ready: bool, }
    ConnectionsTests "services/services/gateway/tests/gateway/connections.rs.j2" {}
    LimitsTests "services/services/gateway/tests/gateway/limits.rs.j2" { has_live: bool, }
    RequestsTests "services/services/gateway/tests/gateway/requests.rs.j2" {}
    RetriesTests "services/services/gateway/tests/gateway/retries.rs.j2" {}
    StreamsTests "services/services/gateway/tests/gateway/streams.rs.j2" {}
    JoinedTests "services/services/gateway/tests/gateway/joined.rs.j2" { krate: String, }
    SupportTests "services/services/gateway/tests/gateway/support.rs.j2" {
        krate: String,
        has_ready: bool,
        has_aggregates: bool,
        has_tls: bool,
    }
    WholeTests "services/services/gateway/tests/gateway/whole.rs.j2" {
        krate: String,
        has_contract: bool,
        has_docs: bool,
        has_redoc: bool,
    }
}

/// Every file of the gateway.
pub(super) fn table<'a>(workspace: Workspace<'a>) -> Vec<Entry<'a>> {
    let gateway = Gateway::of(workspace);
    let mut files = shell(workspace, &gateway);
    files.extend(sources(workspace, &gateway));
    files.extend(tests(&gateway));
    if gateway.common.is_none() {
        files.extend(core::edge(workspace.project(FOLDER), gateway.needs));
    }
    files
}

impl Gateway {
    fn of(workspace: Workspace<'_>) -> Self {
        let whole = workspace.whole;
        let package_name = format!("{}-gateway", workspace.config.name);
        let mut members = workspace.members.iter();
        let is_shared = members.any(|member| workspace.common(member).is_some());
        let common = || {
            let package = package(workspace.config);
            (package.replace('-', "_"), package)
        };
        let has_contract = is_free(whole, "/openapi.json");
        Self {
            krate: package_name.replace('-', "_"),
            package: package_name,
            common: is_shared.then(common),
            has_live: is_free(whole, "/health/live"),
            has_ready: is_free(whole, "/health/ready"),
            has_contract,
            has_docs: has_contract && is_free(whole, "/docs"),
            has_redoc: has_contract && is_free(whole, "/redoc"),
            has_aggregates: !workspace.config.aggregates.is_empty(),
            // It counts by itself.
            needs: Needs {
                redis: false,
                ..Needs::of(whole, Database::None).chosen(workspace.config)
            },
        }
    }
}

/// What surrounds the code: the first of these is the user's.
fn shell<'a>(workspace: Workspace<'a>, gateway: &Gateway) -> Vec<Entry<'a>> {
    let mut files = Vec::new();
    macro_rules! file {
        ($path:literal, $ownership:ident, $view:expr) => {{
            let gateway = gateway.clone();
            let print = move || $view(&gateway).render();
            let path = format!("{FOLDER}{}", $path);
            files.push(Entry::written(path, Ownership::$ownership, print))
        }};
    }
    let about = move |_: &Gateway| {
        let title = doors::one_line(&workspace.whole.title);
        let way = "A request passes through `core` and `proxy`, and `routes` names its service.";
        let about = format!("{title}: the gateway in front of its services.\n\n{way}");
        LibFile {
            about: doors::module_comment(&about),
        }
    };
    file!("Cargo.toml", Merged, manifest);
    file!("Dockerfile", Scaffolded, |gateway: &Gateway| {
        MemberDockerFile::new(&gateway.package, gateway.has_live.then_some("/health/live"))
    });
    file!("README.md", Scaffolded, |gateway: &Gateway| ReadmeFile {
        title: doors::markdown(&workspace.whole.title),
        package: gateway.package.clone(),
        services: services(workspace),
        policy: Policy::of(&GatewayChoice::default(), ""),
        has_tls: gateway.needs.tls,
    });
    file!("src/lib.rs", Scaffolded, about);
    file!("src/main.rs", Scaffolded, |gateway: &Gateway| MainFile {
        krate: gateway.krate.clone()
    });
    files
}

/// The code that is apigen's.
fn sources<'a>(workspace: Workspace<'a>, gateway: &Gateway) -> Vec<Entry<'a>> {
    let project = workspace.project(FOLDER);
    let (has_live, has_ready) = (gateway.has_live, gateway.has_ready);
    let has_aggregates = gateway.has_aggregates;
    let mut files = Vec::new();
    macro_rules! file {
        ($path:literal, $view:expr) => {
            files.push(Entry::arranged(project, $path, move || $view.render()))
        };
    }
    let needs = gateway.needs;
    let has_tls = needs.tls;
    file!("config.rs", ConfigFile { has_tls });
    file!(
        "health.rs",
        HealthFile {
            has_live,
            has_ready
        }
    );
    file!("proxy/body.rs", BodyFile {});
    file!("proxy/breaker.rs", BreakerFile {});
    file!("proxy/headers.rs", HeadersFile {});
    if has_aggregates {
        file!("proxy/aggregate.rs", AggregateFile {});
    }
    file!("proxy/mod.rs", ProxyFile { has_aggregates });
    file!("proxy/table.rs", TableFile { has_aggregates });
    file!("proxy/upstream.rs", UpstreamFile {});
    let common = gateway.common.as_ref().map(|(krate, _)| krate.clone());
    let core = move || {
        let common = common.clone();
        CoreFile { common, needs }.render()
    };
    files.push(Entry::layer(project, "core/mod.rs", core));
    let routes = move || routes_file(workspace).render();
    files.push(Entry::layer(project, "routes.rs", routes));
    let contract = move || files::openapi(project);
    files.push(Entry::layer(project, "openapi.json", contract));
    files
}

fn tests<'a>(gateway: &Gateway) -> Vec<Entry<'a>> {
    let (has_live, has_ready) = (gateway.has_live, gateway.has_ready);
    let has_aggregates = gateway.has_aggregates;
    let mut files = Vec::new();
    macro_rules! file {
        ($name:literal, $view:expr) => {{
            let gateway = gateway.clone();
            let print = move || $view(&gateway).render();
            let path = format!("{FOLDER}tests/gateway/{}.rs", $name);
            files.push(Entry::generated(path, print))
        }};
    }
    file!("main", |_: &Gateway| TestsFile { has_aggregates });
    file!("breaker", |_: &Gateway| BreakerTests { has_ready });
    file!("connections", |_: &Gateway| ConnectionsTests {});
    file!("limits", |_: &Gateway| LimitsTests { has_live });
    file!("requests", |_: &Gateway| RequestsTests {});
    file!("retries", |_: &Gateway| RetriesTests {});
    file!("streams", |_: &Gateway| StreamsTests {});
    file!("support", |gateway: &Gateway| SupportTests {
        krate: gateway.krate.clone(),
        has_ready,
        has_aggregates,
        has_tls: gateway.needs.tls,
    });
    if has_aggregates {
        file!("joined", |gateway: &Gateway| JoinedTests {
            krate: gateway.krate.clone(),
        });
    }
    file!("whole", |gateway: &Gateway| WholeTests {
        krate: gateway.krate.clone(),
        has_contract: gateway.has_contract,
        has_docs: gateway.has_docs,
        has_redoc: gateway.has_redoc,
    });
    files
}

fn manifest(gateway: &Gateway) -> ManifestFile {
    let has_core = gateway.common.is_none();
    ManifestFile {
        package: doors::toml_literal(&gateway.package),
        dependencies: dependencies::program(dependencies::gateway(
            has_core,
            gateway.has_aggregates,
            gateway.needs,
        )),
        common: gateway.common.as_ref().map(|(_, package)| package.clone()),
    }
}

fn services(workspace: Workspace<'_>) -> Vec<ServiceLine> {
    let line = |(index, member): (usize, &super::Member)| ServiceLine {
        name: member.name.clone(),
        setting: address_setting(&member.name),
        address: format!("http://127.0.0.1:{}", FIRST_PORT + index),
        policy: Policy::of(&workspace.config.gateway, &member.name),
    };
    workspace.members.iter().enumerate().map(line).collect()
}

impl Policy {
    fn of(gateway: &GatewayChoice, service: &str) -> Self {
        let number = |name| gateway.of_service(service, name);
        Self {
            connect_timeout_ms: number("connect_timeout_ms"),
            timeout_ms: number("timeout_ms"),
            retries: number("retries"),
            body_limit_bytes: number("body_limit_bytes"),
            concurrency: number("concurrency"),
            breaker_failures: number("breaker_failures"),
            breaker_pause_ms: number("breaker_pause_ms"),
        }
    }
}

/// The routes, in the order of the whole document's own table.
fn routes_file(workspace: Workspace<'_>) -> RoutesFile {
    let members = workspace.members.iter().enumerate();
    let owners = members.flat_map(|(index, member)| {
        let operations = member.service.operations.iter();
        operations.map(move |operation| (place(operation), index))
    });
    let owners: BTreeMap<_, _> = owners.collect();
    let operations = workspace.whole.operations.iter();
    let operations = operations.filter(|operation| owners.contains_key(&place(operation)));
    let table: Vec<&Operation> = operations.collect();
    let routes = table.iter().filter_map(|operation| {
        Some(RouteLine {
            service: *owners.get(&place(operation))?,
            method: operation.method.as_str(),
            path: rust_literal(&operation.path),
            rest: rest(&workspace.config.gateway, operation),
        })
    });
    RoutesFile {
        base: rust_literal(&workspace.whole.base_path),
        services: services(workspace),
        routes: routes.collect(),
        aggregates: aggregate::lines(workspace.config, &table),
    }
}

/// Method and path, of which a document has each pair once.
fn place(operation: &Operation) -> (Method, &str) {
    (operation.method, &operation.path)
}

/// What a route has that its service has not: a chain of calls.
fn rest(gateway: &GatewayChoice, operation: &Operation) -> String {
    let number = |name| gateway.of_operation(&operation.id, name);
    let idempotent = operation.idempotent.then(|| ".idempotent()".to_owned());
    let timeout = number("timeout_ms").map(|ms| format!(".timeout(Duration::from_millis({ms}))"));
    let retries = number("retries").map(|retries| format!(".retries({retries})"));
    let body = number("body_limit_bytes").map(|bytes| format!(".body_limit({bytes})"));
    let rate = number("rate_limit_per_minute").map(|rate| format!(".rate_limit({rate})"));
    [idempotent, timeout, retries, body, rate]
        .into_iter()
        .flatten()
        .collect()
}
