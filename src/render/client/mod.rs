//! A typed client for a service: a crate of its own, of the same model and with the same types.

mod error;
mod operation;
mod references;
pub(super) mod request;
pub(super) mod response;
mod security;
pub(super) mod view;

use askama::Template;

use self::{
    error::error_file,
    operation::{Methods, OperationFile},
    references::ReferencesFile,
    security::{Key, SecurityFile},
};
use super::{
    Before, File, Imprints, Known, Ownership,
    core::{self, Needs},
    dependencies::{self, Lines},
    doors::{self, rust_literal, toml_literal},
    files::{Entry, Project},
    schemas,
    views::views,
};
use crate::{
    config::{Config, Database},
    model::{GroupId, SchemeKind, Service},
};

/// What is to be said of a client beside its service.
#[derive(Debug, Clone, Copy)]
pub struct Choices<'a> {
    /// The package's name, such as `shop-client`.
    pub package: &'a str,
    /// The document, as generated files name it.
    pub spec: &'a str,
    /// What brings the crate up to date.
    pub command: &'a str,
    /// The crate belongs to no workspace.
    pub stands_alone: bool,
}

views! {
    AnswerFile "client/src/core/answer.rs.j2" { needs: Needs, }
    BodyFile "client/src/core/body.rs.j2" {}
    CallFile "client/src/core/call.rs.j2" {}
    ChannelFile "client/src/core/channel.rs.j2" {}
    CoreFile "client/src/core/mod.rs.j2" { needs: Needs, }
    CredentialsFile "client/src/core/credentials.rs.j2" {}
    DecodeFile "client/src/core/decode.rs.j2" { needs: Needs, }
    RetryFile "client/src/core/retry.rs.j2" {}
    StreamFile "client/src/core/stream.rs.j2" { needs: Needs, }
    StyleFile "client/src/core/style.rs.j2" { is_sender: bool, }
    RequestFile "client/src/core/request.rs.j2" { needs: Needs, is_sender: bool, }
    CargoFile "client/Cargo.toml.j2" {
        package: String,
        dependencies: Lines,
        stands_alone: bool,
    }
    ClientFile "client/src/client.rs.j2" {
        title: String,
        base_path: String,
        shown_base: String,
        keys: Vec<Key>,
        has_bearer: bool,
        has_basic: bool,
    }
    GroupFile "client/src/operations/group.rs.j2" { module: String, files: Vec<String>, }
    IgnoreFile "client/.gitignore.j2" {}
    LibFile "client/src/lib.rs.j2" { comment: String, has_references: bool, }
    OperationsFile "client/src/operations/mod.rs.j2" { groups: Vec<(String, String)>, }
    ReadmeFile "client/README.md.j2" {
        title: String,
        package: String,
        krate: String,
        spec: String,
        command: String,
        example: Option<(String, String)>,
        has_bearer: bool,
    }
}

/// Renders every file of a client's crate, sorted by path.
///
/// # Errors
/// A generated Rust file does not parse: a bug of ours, told with the file and the place.
pub fn render(service: &Service, choices: Choices<'_>) -> anyhow::Result<Vec<File>> {
    let imprints = Imprints::new();
    let known = Known {
        imprints: &imprints,
        text: &|_| None,
    };
    render_again(service, choices, known).map(|(files, _)| files)
}

/// The same, but what is known is not formatted again; with what is known after it.
///
/// # Errors
/// As [`render`].
pub fn render_again(
    service: &Service,
    choices: Choices<'_>,
    known: Known<'_>,
) -> anyhow::Result<(Vec<File>, Imprints)> {
    let service = &view::client(service);
    let config = &Config {
        spec: choices.spec.to_owned(),
        ..Config::default()
    };
    let before = &Before {
        is_big: Some(false),
        ..Before::default()
    };
    let project = Project {
        service,
        own: &serde_json::Value::Null,
        config,
        before,
        folder: "",
        command: choices.command,
    };
    let methods = &Methods::of(service);
    let mut entries = shell(project, choices, methods);
    entries.extend(core_files(project));
    entries.extend(layers(project, methods));
    super::finish(entries, project, known)
}

/// `core/sender/request.rs` of a service that sends.
pub(super) fn sent_request_file(needs: Needs) -> impl Template {
    let is_sender = true;
    RequestFile { needs, is_sender }
}

/// `core/sender/style.rs` of a service that sends.
pub(super) fn sent_style_file() -> impl Template {
    StyleFile { is_sender: true }
}

/// What surrounds the layers.
fn shell<'a>(project: Project<'a>, choices: Choices<'a>, methods: &'a Methods) -> Vec<Entry<'a>> {
    let service = project.service;
    let cargo = move || {
        CargoFile {
            package: toml_literal(choices.package),
            dependencies: dependencies::client(Needs::of(service, Database::None)),
            stands_alone: choices.stands_alone,
        }
        .render()
    };
    // Only services keep each other's keys.
    let has_references = !choices.stands_alone && references::are_there(service);
    let mut files = vec![
        Entry::written("Cargo.toml", Ownership::Merged, cargo),
        Entry::written("README.md", Ownership::Scaffolded, move || {
            readme(service, choices, methods).render()
        }),
        Entry::generated("src/lib.rs", move || {
            lib_file(service, has_references).render()
        }),
        Entry::layer(project, "client.rs", move || client_file(service).render()),
    ];
    if has_references {
        let print = || ReferencesFile::new(service).render();
        files.push(Entry::layer(project, "references.rs", print));
    }
    if choices.stands_alone {
        let ignore = || IgnoreFile {}.render();
        files.push(Entry::written(".gitignore", Ownership::Scaffolded, ignore));
    }
    files
}

/// The files below `src/core/`.
fn core_files(project: Project<'_>) -> Vec<Entry<'_>> {
    macro_rules! files {
        ($($path:literal: $view:expr,)*) => {
            vec![$(Entry::arranged(project, $path, move || $view.render())),*]
        };
    }
    let needs = Needs::of(project.service, Database::None);
    let mut files = files! {
        "core/answer.rs": AnswerFile { needs },
        "core/body.rs": BodyFile {},
        "core/call.rs": CallFile {},
        "core/channel.rs": ChannelFile {},
        "core/credentials.rs": CredentialsFile {},
        "core/decode.rs": DecodeFile { needs },
        "core/encode.rs": core::encode_file(needs),
        "core/error.rs": error_file(&project.service.errors),
        "core/mod.rs": CoreFile { needs },
        "core/request.rs": RequestFile { needs, is_sender: false },
        "core/retry.rs": RetryFile {},
        "core/stream.rs": StreamFile { needs },
        "core/style.rs": StyleFile { is_sender: false },
    };
    if needs.decimals {
        let print = move || core::decimal_file(needs).render();
        files.push(Entry::arranged(project, "core/decimal.rs", print));
    }
    files
}

/// `schemas` and `operations`.
fn layers<'a>(project: Project<'a>, methods: &'a Methods) -> Vec<Entry<'a>> {
    let service = project.service;
    let mut files = vec![
        Entry::layer(project, "schemas/mod.rs", || {
            schemas::Modules::new(service).render()
        }),
        Entry::layer(project, "operations/mod.rs", || {
            operations_file(service).render()
        }),
        Entry::layer(project, "operations/security.rs", || {
            SecurityFile::new(service).render()
        }),
    ];
    for types in service.types.chunk_by(|a, b| a.module == b.module) {
        let path = format!("schemas/{}.rs", types[0].module);
        let print = || schemas::File::new(service, types)?.render();
        files.push(Entry::layer(project, path, print));
    }
    for (index, group) in service.groups.iter().enumerate() {
        let id = GroupId(index);
        let path = format!("operations/{}/mod.rs", group.module);
        let print = move || group_file(service, id).render();
        files.push(Entry::layer(project, path, print));
        for (operation_id, operation) in service.operations_of(id) {
            let path = format!("operations/{}/{}.rs", group.module, operation.name);
            let method = methods.name(operation_id);
            let print = move || OperationFile::new(service, operation, method).render();
            files.push(Entry::layer(project, path, print));
        }
    }
    files
}

fn lib_file(service: &Service, has_references: bool) -> LibFile {
    let about = format!("A typed client for {}.", doors::one_line(&service.title));
    LibFile {
        comment: doors::module_comment(&about),
        has_references,
    }
}

fn client_file(service: &Service) -> ClientFile {
    let has = |kind: SchemeKind| service.schemes.iter().any(|scheme| scheme.kind == kind);
    let base = service.base_path.as_str();
    ClientFile {
        title: doors::comment(&format!("A client for {}.", service.title), 0),
        base_path: rust_literal(base),
        shown_base: doors::one_line(base),
        keys: Key::all(service),
        has_bearer: has(SchemeKind::Bearer),
        has_basic: has(SchemeKind::Basic),
    }
}

fn operations_file(service: &Service) -> OperationsFile {
    let groups = service.groups.iter().map(|group| {
        let about = group.description.as_deref().unwrap_or(&group.api_name);
        (group.module.clone(), doors::comment(about, 0))
    });
    OperationsFile {
        groups: groups.collect(),
    }
}

fn group_file(service: &Service, id: GroupId) -> GroupFile {
    let operations = service.operations_of(id);
    let mut files: Vec<_> = operations
        .map(|(_, operation)| operation.name.clone())
        .collect();
    files.sort_unstable();
    GroupFile {
        module: service[id].module.clone(),
        files,
    }
}

fn readme(service: &Service, choices: Choices<'_>, methods: &Methods) -> ReadmeFile {
    ReadmeFile {
        title: doors::markdown(&service.title),
        package: choices.package.to_owned(),
        krate: choices.package.replace('-', "_"),
        spec: doors::markdown(choices.spec),
        command: choices.command.to_owned(),
        example: methods.example(service),
        has_bearer: service.schemes.iter().any(|s| s.kind == SchemeKind::Bearer),
    }
}
