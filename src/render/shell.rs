//! What surrounds the layers: `Cargo.toml`, `main.rs`, `lib.rs`, Docker, CI and the README.

use askama::Template;

use super::{
    Ownership, calls,
    core::{self, Needs},
    doors,
    files::{Entry, Project},
    views::views,
    workspace::MemberDockerFile,
};
use crate::{
    config::{Config, Database},
    model::Service,
};

/// A setting that a new project needs a value for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The environment variable, such as `JWT_SECRET`.
    pub variable: String,
    /// What it holds.
    pub kind: SecretKind,
}

impl Secret {
    /// How its value starts, before what is random.
    pub fn start(&self) -> &'static str {
        match self.kind {
            SecretKind::Key => "",
            SecretKind::User => "admin:",
        }
    }
}

/// What the value of a secret looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// Random text of at least 32 bytes.
    Key,
    /// `user:password`, the password random.
    User,
}

/// The settings without which the service does not start.
pub fn secrets(service: &Service) -> Vec<Secret> {
    let needs = Needs::of(service, Database::None);
    let secret = |variable: String, kind| Secret { variable, kind };
    let mut secrets = Vec::new();
    if needs.bearer {
        secrets.push(secret("JWT_SECRET".to_owned(), SecretKind::Key));
    }
    let keys = core::key_settings(service).into_iter();
    secrets.extend(keys.map(|setting| secret(setting, SecretKind::Key)));
    if needs.basic {
        secrets.push(secret("BASIC_USERS".to_owned(), SecretKind::User));
    }
    secrets
}

/// The manifest of a crate that holds generated layers.
#[derive(Template)]
#[template(path = "layered/contract/Cargo.toml.j2")]
pub(super) struct LayersCargoFile {
    pub(super) name: String,
    pub(super) dependencies: Vec<(&'static str, String)>,
    pub(super) common: Option<CommonLine>,
    pub(super) clients: Vec<calls::Line>,
}

views! {
    CargoFile "layered/Cargo.toml.j2" {
        package: String,
        dependencies: Vec<(&'static str, String)>,
        layers: Option<String>,
        common: Option<CommonLine>,
        clients: Vec<calls::Line>,
        is_member: bool,
    }
    LayersFile "layered/contract/src/lib.rs.j2" { has_models: bool, }
    EnvFile "layered/.env.example.j2" {
        needs: Needs,
        key_settings: Vec<String>,
        database_url: String,
    }
    GitIgnoreFile "layered/.gitignore.j2" { needs: Needs, }
    GitAttributesFile "layered/.gitattributes.j2" { layers: &'static str, }
    DockerIgnoreFile "layered/.dockerignore.j2" { needs: Needs, }
    DockerFile "layered/Dockerfile.j2" { package: String, }
    ComposeFile "layered/compose.yaml.j2" { needs: Needs, name: String, package: String, }
    CiFile "layered/.github/workflows/ci.yml.j2" { needs: Needs, is_big: bool, }
    HookFile "layered/.githooks/pre-commit.j2" {}
    ReadmeFile "layered/README.md.j2" {
        is_member: bool,
        needs: Needs,
        is_big: bool,
        layers: &'static str,
        title: String,
        spec: String,
        base_path: String,
        has_secrets: bool,
        secrets: String,
        scopes: String,
        group: String,
        group_type: String,
        call: Option<calls::Call>,
    }
    TokenFile "layered/examples/token.rs.j2" { command: &'static str, }
    LibFile "layered/src/lib.rs.j2" { needs: Needs, about: String, layers: Option<String>, }
    MainFile "layered/src/main.rs.j2" {
        needs: Needs,
        krate: String,
        is_member: bool,
    }
}

/// The dependency on the crate that services share, in TOML.
#[derive(Clone)]
pub(super) struct CommonLine {
    name: String,
    path: String,
}

/// What answers 200 when a service wants requests.
const READY: &str = "/health/ready";

/// The files around the layers.
pub(super) fn table<'a>(project: Project<'a>) -> Vec<Entry<'a>> {
    let (service, config) = (project.service, project.config);
    let needs = project.needs();
    let (is_big, layers) = (project.is_big(), project.layers());
    let package = || service.package.clone();
    let mut files = Vec::new();
    macro_rules! file {
        ($path:literal, $ownership:ident, $view:expr) => {
            files.push(Entry::written($path, Ownership::$ownership, move || {
                $view.render()
            }))
        };
    }
    file!("Cargo.toml", Merged, cargo_file(project));
    file!("README.md", Scaffolded, readme_file(project, needs));
    file!("src/lib.rs", Scaffolded, lib_file(project, needs));
    file!("src/main.rs", Scaffolded, main_file(project, needs));
    // What a repository has once: the workspace has it for all its services.
    if config.workspace.is_some() {
        let ready = core::is_free(project.sharing(), READY).then_some(READY);
        let docker = move || MemberDockerFile::new(&service.package, ready);
        file!("Dockerfile", Scaffolded, docker());
    } else {
        file!("Dockerfile", Scaffolded, DockerFile { package: package() });
        file!(".env.example", Merged, env_file(service, config, needs));
        file!(".gitignore", Scaffolded, GitIgnoreFile { needs });
        file!(".gitattributes", Scaffolded, GitAttributesFile { layers });
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
            layers_file(project, name.clone())
        );
        let has_models = needs.database;
        let print = move || LayersFile { has_models }.render();
        files.push(Entry::layer(project, "lib.rs", print));
    }
    files
}

fn cargo_file(project: Project<'_>) -> CargoFile {
    CargoFile {
        package: doors::toml_literal(&project.service.package),
        dependencies: dependencies_of(project),
        layers: project.layers_package(),
        common: common_line(project, ""),
        clients: calls::lines(project, ""),
        is_member: project.config.workspace.is_some(),
    }
}

fn layers_file(project: Project<'_>, name: String) -> LayersCargoFile {
    let mut dependencies = dependencies_of(project);
    dependencies.retain(|(name, _)| *name != "async-trait"); // services need it
    LayersCargoFile {
        name,
        dependencies,
        common: common_line(project, "../"),
        clients: calls::lines(project, "../"),
    }
}

/// The dependency on the crate that has `core`, where that is shared; `up` leads to the service.
fn common_line(project: Project<'_>, up: &str) -> Option<CommonLine> {
    let common = project.before.common.as_ref()?;
    Some(CommonLine {
        name: common.package.clone(),
        path: doors::toml_literal(&format!("{up}{}", common.path)),
    })
}

/// The dependencies of the project's own code, sorted, with their values in TOML.
fn dependencies_of(project: Project<'_>) -> Vec<(&'static str, String)> {
    let mut all = dependencies(Needs::of(project.service, project.config.database));
    if project.before.common.is_some() {
        all.retain(|(name, _)| !CORE_ONLY.contains(name));
    }
    all
}

/// What only `core` depends on.
const CORE_ONLY: [&str; 13] = [
    "async-nats",
    "base64",
    "form_urlencoded",
    "futures-util",
    "hyper",
    "hyper-util",
    "percent-encoding",
    "sha2",
    "swagger-ui-dist",
    "tokio-io-timeout",
    "tower",
    "tower-http",
    "tracing-subscriber",
];

/// The dependencies of `core`, sorted, with their values in TOML.
pub(super) fn core_dependencies(needs: Needs) -> Vec<(&'static str, String)> {
    let mut all = dependencies(needs);
    all.retain(|(name, _)| !["async-trait", "dotenvy"].contains(name));
    all
}

/// The dependencies of the generated code, sorted, with their values in TOML.
pub(super) fn dependencies(needs: Needs) -> Vec<(&'static str, String)> {
    let plain = |version: &str| doors::toml_literal(version);
    let features = |version: &str, features: &[&str]| {
        let features: Vec<String> = features.iter().map(|f| doors::toml_literal(f)).collect();
        format!(
            "{{ version = \"{version}\", features = [{}] }}",
            features.join(", ")
        )
    };
    let only = |version: &str, names: &[&str]| {
        let all = features(version, names);
        all.replacen(", features", ", default-features = false, features", 1)
    };
    let database = match needs.sqlite {
        true => vec![
            "chrono",
            "json",
            "migrate",
            "runtime-tokio",
            "sqlite-bundled",
            "uuid",
        ],
        false => {
            vec![
                "chrono",
                "json",
                "migrate",
                "postgres",
                "runtime-tokio",
                "tls-rustls",
                "uuid",
            ]
        }
    };
    let tokio = ["macros", "net", "rt-multi-thread", "signal", "sync", "time"];
    let digests = needs.database || needs.api_key || needs.basic;
    let all = [
        (needs.events, "async-nats", only("0.51", &["ring"])),
        (true, "async-trait", plain("0.1")),
        (true, "axum", plain("0.8")),
        (needs.database || needs.basic, "base64", plain("0.22")),
        (true, "chrono", only("0.4", &["now", "serde"])),
        (true, "dotenvy", plain("0.15")),
        (needs.database, "form_urlencoded", plain("1.2")),
        (
            true,
            "futures-util",
            "{ version = \"0.3\", default-features = false }".to_owned(),
        ),
        (true, "hyper", features("1", &["http1", "server"])),
        (true, "hyper-util", features("0.1", &["service", "tokio"])),
        (
            needs.bearer,
            "jsonwebtoken",
            only("11", &["rust_crypto", "use_pem"]),
        ),
        (true, "percent-encoding", plain("2.3")),
        (needs.patterns, "regex", plain("1")),
        (true, "serde", features("1", &["derive"])),
        (true, "serde_json", features("1", &["float_roundtrip"])),
        (digests, "sha2", plain("0.10")),
        (needs.database, "sqlx", only("0.9", &database)),
        (true, "swagger-ui-dist", plain("5")),
        (true, "tokio", features("1", &tokio)),
        (true, "tokio-io-timeout", plain("1.2")),
        (true, "tower", plain("0.5")),
        (
            true,
            "tower-http",
            features("0.7", &["catch-panic", "compression-gzip"]),
        ),
        (true, "tracing", plain("0.1")),
        (
            true,
            "tracing-subscriber",
            features("0.3", &["env-filter", "json"]),
        ),
        (true, "uuid", features("1", &["serde", "v7"])),
    ];
    let needed = all.into_iter().filter(|(is_needed, ..)| *is_needed);
    needed.map(|(_, name, value)| (name, value)).collect()
}

fn env_file(service: &Service, config: &Config, needs: Needs) -> EnvFile {
    EnvFile {
        needs,
        key_settings: core::key_settings(service),
        database_url: core::database_url(service, config),
    }
}

fn compose_file(service: &Service, needs: Needs) -> ComposeFile {
    // A project without a database of its own may be called `database` itself.
    let name = match service.package.as_str() {
        "database" => doors::yaml_literal("service"),
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
    let names: Vec<String> = secrets(service).into_iter().map(|s| s.variable).collect();
    let group = service.groups.first();
    ReadmeFile {
        call: calls::example(project),
        is_member: config.workspace.is_some(),
        needs,
        is_big: project.is_big(),
        layers: project.layers(),
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
    MainFile {
        needs,
        krate: service.krate.clone(),
        is_member: needs.database && config.workspace.is_some(),
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
