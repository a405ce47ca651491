//! What surrounds the layers: `main.rs`, `lib.rs`, Docker, CI and the README.

use askama::Template;

use super::{
    Ownership, calls,
    core::{self, Needs},
    doors,
    files::{Entry, Project},
    manifest, outgoing, secrets,
    views::views,
    workspace::MemberDockerFile,
};
use crate::{
    config::{Config, State},
    model::Service,
};

views! {
    LayersFile "layered/contract/src/lib.rs.j2" { has_models: bool, }
    EnvFile "layered/.env.example.j2" {
        needs: Needs,
        key_settings: Vec<String>,
        database_url: String,
    }
    GitIgnoreFile "layered/.gitignore.j2" { needs: Needs, }
    GitAttributesFile "layered/.gitattributes.j2" { layers: &'static str, is_expanded: bool, }
    DockerIgnoreFile "layered/.dockerignore.j2" { needs: Needs, }
    DockerFile "layered/Dockerfile.j2" {
        is_member: bool,
        package: String,
        ready: Option<&'static str>,
    }
    ComposeFile "layered/compose.yaml.j2" { needs: Needs, name: String, package: String, }
    CiFile "layered/.github/workflows/ci.yml.j2" { needs: Needs, is_big: bool, }
    SystemdFile "layered/deploy/service.service.j2" { needs: Needs, package: String, }
    HookFile "layered/.githooks/pre-commit.j2" {}
    ReadmeFile "layered/README.md.j2" {
        is_member: bool,
        needs: Needs,
        is_big: bool,
        layers: &'static str,
        package: String,
        title: String,
        spec: String,
        base_path: String,
        has_secrets: bool,
        secrets: String,
        scopes: String,
        group: String,
        group_type: String,
        call: Option<calls::Call>,
        send: Option<String>,
    }
    TokenFile "layered/examples/token.rs.j2" { command: &'static str, }
    LibFile "layered/src/lib.rs.j2" { needs: Needs, about: String, layers: Option<String>, }
    MainFile "layered/src/main.rs.j2" {
        needs: Needs,
        krate: String,
        is_member: bool,
        has_redis: bool,
    }
}

/// What answers 200 when a service wants requests.
const READY: &str = "/health/ready";

/// The files around the layers.
pub(super) fn table<'a>(project: Project<'a>) -> Vec<Entry<'a>> {
    let (service, config) = (project.service, project.config);
    let needs = project.needs();
    let (is_big, layers) = (project.is_big(), project.layers());
    let package = || service.package.clone();
    let is_expanded = service.is_expanded;
    let mut files = Vec::new();
    macro_rules! file {
        ($path:literal, $ownership:ident, $view:expr) => {
            files.push(Entry::written($path, Ownership::$ownership, move || {
                $view.render()
            }))
        };
    }
    file!("Cargo.toml", Merged, manifest::of_package(project));
    file!("README.md", Scaffolded, readme_file(project, needs));
    file!("src/lib.rs", Scaffolded, lib_file(project, needs));
    file!("src/main.rs", Scaffolded, main_file(project, needs));
    let ready = core::is_free(project.sharing(), READY).then_some(READY);
    // What a repository has once: the workspace has it for all its services.
    if config.workspace.is_some() {
        let docker = move || MemberDockerFile::new(&service.package, ready);
        file!("Dockerfile", Scaffolded, docker());
    } else {
        file!(
            "Dockerfile",
            Scaffolded,
            DockerFile {
                is_member: false,
                package: package(),
                ready
            }
        );
        let print = move || {
            let package = package();
            SystemdFile { needs, package }.render()
        };
        files.push(Entry::written(
            format!("deploy/{}.service", service.package),
            Ownership::Scaffolded,
            print,
        ));
        file!(".env.example", Merged, env_file(service, config, needs));
        file!(".gitignore", Scaffolded, GitIgnoreFile { needs });
        file!(
            ".gitattributes",
            Scaffolded,
            GitAttributesFile {
                layers,
                is_expanded
            }
        );
        file!(".dockerignore", Scaffolded, DockerIgnoreFile { needs });
        file!("compose.yaml", Scaffolded, compose_file(service, needs));
        file!(
            ".github/workflows/ci.yml",
            Scaffolded,
            CiFile { needs, is_big }
        );
        file!(".githooks/pre-commit", Scaffolded, HookFile {});
    }
    if needs.bearer && config.workspace.is_none() {
        let print = || token_file("cargo run --example token --");
        files.push(Entry::written(
            "examples/token.rs",
            Ownership::Scaffolded,
            print,
        ));
    }
    if let Some(name) = project.layers_package() {
        let name = doors::toml_literal(&name);
        file!(
            "contract/Cargo.toml",
            Merged,
            manifest::of_layers(project, name.clone())
        );
        let has_models = needs.database;
        let print = move || LayersFile { has_models }.render();
        files.push(Entry::layer(project, "lib.rs", print));
    }
    files
}

fn env_file(service: &Service, config: &Config, needs: Needs) -> EnvFile {
    EnvFile {
        needs,
        key_settings: core::key_settings(service),
        database_url: core::database_url(service, config),
    }
}

fn compose_file(service: &Service, needs: Needs) -> ComposeFile {
    // The names of what runs beside it: a project without a database may be called `database`.
    let name = match service.package.as_str() {
        "database" | "redis" => doors::yaml_literal("service"),
        package => doors::yaml_literal(package),
    };
    let package = service.package.clone();
    ComposeFile {
        needs,
        name,
        package,
    }
}

/// What makes a token, and how that is run.
pub(super) fn token_file(command: &'static str) -> askama::Result<String> {
    TokenFile { command }.render()
}

fn readme_file(project: Project<'_>, needs: Needs) -> ReadmeFile {
    let (service, config) = (project.service, project.config);
    let names: Vec<String> = secrets::secrets(service)
        .into_iter()
        .map(|s| s.variable)
        .collect();
    let group = service.groups.first();
    ReadmeFile {
        call: calls::example(project),
        send: outgoing::example(service),
        is_member: config.workspace.is_some(),
        needs,
        is_big: project.is_big(),
        layers: project.layers(),
        package: service.package.clone(),
        title: doors::markdown(&service.title),
        spec: doors::markdown(config.spec.rsplit('/').next().unwrap_or_default()),
        base_path: url(&service.base_path),
        has_secrets: !names.is_empty(),
        secrets: names.join(", "),
        scopes: scopes(service),
        group: group.map_or_else(String::new, |group| group.module.clone()),
        group_type: group.map_or_else(String::new, |group| group.type_name.clone()),
    }
}

/// The scopes of the first operation that wants some, as a shell reads them.
pub(super) fn scopes(service: &Service) -> String {
    let is_plain = |scope: &&String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || ":._/-".contains(c);
        !scope.is_empty() && scope.chars().all(plain)
    };
    let mut alternatives = service.requirements.iter().flat_map(|r| &r.alternatives);
    let scopes = alternatives.find_map(|credentials| {
        let scopes = credentials.iter().flat_map(|c| &c.scopes).filter(is_plain);
        let scopes: Vec<_> = scopes.map(String::as_str).collect();
        Some(scopes.join(" ")).filter(|scopes| !scopes.is_empty())
    });
    scopes.unwrap_or_default()
}

fn lib_file(project: Project<'_>, needs: Needs) -> LibFile {
    let layers = "A request passes through `core`, `api`, `services` and `crud`.";
    let about = format!("{}\n\n{layers}", doors::one_line(&project.service.title));
    LibFile {
        needs,
        about: doors::module_comment(&about),
        layers: project
            .is_big()
            .then(|| format!("{}_contract", project.service.krate)),
    }
}

fn main_file(project: Project<'_>, needs: Needs) -> MainFile {
    let (service, config) = (project.service, project.config);
    // The file is the user's: it stays right when the service has a core of its own, or shares one.
    let own = Needs::of(service, config.database);
    let needs = Needs {
        api_key: own.api_key,
        basic: own.basic,
        ..needs
    };
    MainFile {
        needs,
        krate: service.krate.clone(),
        is_member: needs.database && config.workspace.is_some(),
        has_redis: config.state == State::Redis,
    }
}

/// A path inside `<http://…>`: of the characters that such an address may have.
pub(super) fn url(path: &str) -> String {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/+!$&'()*,;=:@%".contains(&byte);
    let escape = |byte: u8| match is_part(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    path.bytes().map(escape).collect()
}
