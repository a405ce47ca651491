//! What surrounds the services of a workspace: its README, CI, containers, a cluster, and the one
//! command that runs everything.

mod fleet;

pub use self::fleet::secrets;

use std::sync::Arc;

use askama::Template;

use self::fleet::{Fleet, Unit};
use super::Workspace;
use crate::{
    config::Database,
    render::{
        Ownership::{self, Generated, Merged, Scaffolded},
        core::Needs,
        dependencies::{self, Lines},
        doors,
        files::Entry,
        shell,
        views::views,
    },
};

/// Declares views that read the fleet, and what else they need.
macro_rules! fleet_views {
    ($($name:ident $file:literal { $($field:ident: $type:ty,)* })*) => {$(
        #[derive(Template)]
        #[template(path = $file)]
        struct $name<'a> {
            fleet: &'a Fleet,
            $($field: $type,)*
        }
    )*};
}

fleet_views! {
    AliasFile "services/.cargo/config.toml.j2" {}
    CiFile "services/.github/workflows/ci.yml.j2" {}
    ClusterFile "services/kubernetes/base/kustomization.yaml.j2" {}
    ComposeFile "services/compose.yaml.j2" {}
    EnvFile "services/.env.example.j2" { needs: Needs, key_settings: Vec<String>, }
    IngressFile "services/kubernetes/base/ingress.yaml.j2" {}
    JustFile "services/justfile.j2" {}
    NamespaceFile "services/kubernetes/base/namespace.yaml.j2" {}
    ProductionFile "services/kubernetes/overlays/production/kustomization.yaml.j2" {
        example: String,
    }
    ReadmeFile "services/README.md.j2" {
        title: String,
        spec: String,
        base_path: String,
        scopes: String,
        example: String,
    }
    TaskServicesFile "services/crates/xtask/src/services.rs.j2" {}
    UnitFile "services/kubernetes/base/services/service.yaml.j2" {
        unit: &'a Unit,
        labels: String,
        live: String,
        ready: String,
        is_single: bool,
    }
}

views! {
    AffectedFile "services/.github/affected.sh.j2" { spec: String, }
    AttributesFile "services/.gitattributes.j2" {}
    DockerIgnoreFile "services/.dockerignore.j2" {}
    HookFile "layered/.githooks/pre-commit.j2" {}
    IgnoreFile "services/.gitignore.j2" {}
    OverrideFile "services/compose.override.yaml.j2" {}
    TaskCargoFile "services/crates/xtask/Cargo.toml.j2" {
        package: String,
        dev_dependencies: Lines,
    }
    TaskFile "services/crates/xtask/src/main.rs.j2" {}
    TaskProcessFile "services/crates/xtask/src/process.rs.j2" {}
    TaskSettingsFile "services/crates/xtask/src/settings.rs.j2" {}
    TaskUpFile "services/crates/xtask/src/up.rs.j2" {}
}

/// The Dockerfile of a service of a workspace.
#[derive(Template)]
#[template(path = "services/services/member/Dockerfile.j2")]
pub(in crate::render) struct MemberDockerFile {
    is_member: bool,
    package: String,
    ready: Option<&'static str>,
}

impl MemberDockerFile {
    /// That of a package, with what tells that it is ready.
    pub(in crate::render) fn new(package: &str, ready: Option<&'static str>) -> Self {
        let package = package.to_owned();
        Self {
            is_member: true,
            package,
            ready,
        }
    }
}

/// Prints a file.
type Print = fn(&Fleet) -> askama::Result<String>;

/// The files that there are once, but for one of Rust that is formatted.
const FILES: &[(&str, Ownership, Print)] = &[
    (".cargo/config.toml", Scaffolded, |fleet| {
        AliasFile { fleet }.render()
    }),
    (".dockerignore", Scaffolded, |_| {
        DockerIgnoreFile {}.render()
    }),
    (".env.example", Merged, env_file),
    (".gitattributes", Scaffolded, |_| AttributesFile {}.render()),
    (".githooks/pre-commit", Scaffolded, |_| HookFile {}.render()),
    (".github/affected.sh", Scaffolded, affected_file),
    (".github/workflows/ci.yml", Scaffolded, |fleet| {
        CiFile { fleet }.render()
    }),
    (".gitignore", Scaffolded, |_| IgnoreFile {}.render()),
    ("README.md", Scaffolded, readme_file),
    ("compose.override.yaml", Scaffolded, |_| {
        OverrideFile {}.render()
    }),
    ("compose.yaml", Generated, |fleet| {
        ComposeFile { fleet }.render()
    }),
    ("crates/xtask/Cargo.toml", Merged, manifest),
    ("crates/xtask/src/main.rs", Scaffolded, |_| {
        TaskFile {}.render()
    }),
    ("crates/xtask/src/process.rs", Generated, |_| {
        TaskProcessFile {}.render()
    }),
    ("crates/xtask/src/settings.rs", Generated, |_| {
        TaskSettingsFile {}.render()
    }),
    ("crates/xtask/src/up.rs", Generated, |_| {
        TaskUpFile {}.render()
    }),
    ("justfile", Scaffolded, |fleet| JustFile { fleet }.render()),
    ("kubernetes/base/ingress.yaml", Generated, |fleet| {
        IngressFile { fleet }.render()
    }),
    ("kubernetes/base/kustomization.yaml", Generated, |fleet| {
        ClusterFile { fleet }.render()
    }),
    ("kubernetes/base/namespace.yaml", Generated, |fleet| {
        NamespaceFile { fleet }.render()
    }),
    (
        "kubernetes/overlays/production/kustomization.yaml",
        Scaffolded,
        production_file,
    ),
];

/// The files around the services.
pub(super) fn table<'a>(workspace: Workspace<'_>) -> Vec<Entry<'a>> {
    files(&Arc::new(Fleet::of(workspace)))
}

fn files<'a>(fleet: &Arc<Fleet>) -> Vec<Entry<'a>> {
    let entry = |(path, ownership, print): &(&str, Ownership, Print)| {
        let (fleet, print) = (Arc::clone(fleet), *print);
        let print = move || print(&fleet);
        match ownership {
            Generated => Entry::generated(*path, print),
            _ => Entry::written(*path, *ownership, print),
        }
    };
    let mut files: Vec<_> = FILES.iter().map(entry).collect();
    for index in 0..fleet.units.len() {
        let path = format!("kubernetes/base/services/{}.yaml", fleet.units[index].name);
        let fleet = Arc::clone(fleet);
        let print = move || unit_file(&fleet, &fleet.units[index]).render();
        files.push(Entry::generated(path, print));
    }
    if fleet.needs.bearer {
        let print = || shell::token_file("cargo token");
        files.push(Entry::written(
            "crates/xtask/examples/token.rs",
            Scaffolded,
            print,
        ));
    }
    let fleet = Arc::clone(fleet);
    let services = move || TaskServicesFile { fleet: &fleet }.render();
    files.push(Entry::formatted("crates/xtask/src/services.rs", services));
    files
}

fn unit_file<'a>(fleet: &'a Fleet, unit: &'a Unit) -> UnitFile<'a> {
    let probe = |path: Option<&str>| match path {
        Some(path) => format!("httpGet: {{ path: {path}, port: http }}"),
        None => "tcpSocket: { port: http }".to_owned(),
    };
    let (name, project) = (unit.word(), fleet.word());
    UnitFile {
        fleet,
        unit,
        labels: format!("app.kubernetes.io/name: {name}, app.kubernetes.io/part-of: {project}"),
        live: probe(unit.live),
        ready: probe(unit.ready),
        is_single: unit.is_on_sqlite(),
    }
}

fn affected_file(fleet: &Fleet) -> askama::Result<String> {
    let spec = doors::shell_literal(&fleet.spec);
    AffectedFile { spec }.render()
}

fn env_file(fleet: &Fleet) -> askama::Result<String> {
    let (needs, key_settings) = (fleet.needs, fleet.key_settings.clone());
    EnvFile {
        fleet,
        needs,
        key_settings,
    }
    .render()
}

fn manifest(fleet: &Fleet) -> askama::Result<String> {
    let package = doors::toml_literal(&fleet.xtask());
    let mut dev_dependencies = dependencies::service(fleet.needs, true);
    let of_token = ["chrono", "dotenvy", "jsonwebtoken", "serde_json"];
    dev_dependencies.retain(|(name, _)| fleet.needs.bearer && of_token.contains(name));
    TaskCargoFile {
        package,
        dev_dependencies,
    }
    .render()
}

fn production_file(fleet: &Fleet) -> askama::Result<String> {
    let example = fleet.example();
    ProductionFile { fleet, example }.render()
}

fn readme_file(fleet: &Fleet) -> askama::Result<String> {
    ReadmeFile {
        fleet,
        title: doors::markdown(&fleet.title),
        spec: doors::markdown(&fleet.spec),
        base_path: fleet.base_path.clone(),
        scopes: fleet.scopes.clone(),
        example: fleet.example(),
    }
    .render()
}
