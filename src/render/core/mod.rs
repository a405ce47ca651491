//! `src/core/` and `src/operations/security.rs`: infrastructure, cut to what the service needs.

use std::collections::BTreeSet;

use askama::Template;
use cors::Cors;
use error::error_file;
pub(super) use needs::Needs;

use super::{
    doors::{self, rust_literal},
    events,
    files::{Entry, Project},
    reading::list,
    views::views,
};
use crate::{
    config::{Config, Database},
    model::{
        Credential, ErrorBody, ErrorFormat, Location, Operation, SchemeKind, Service,
        name::address_setting,
    },
};

mod cors;
mod error;
mod needs;

/// The settings of all API keys.
pub(super) fn key_settings(service: &Service) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let settings = service.schemes.iter().filter_map(|s| s.setting.clone());
    settings.filter(|name| seen.insert(name.clone())).collect()
}

/// The database's address where nothing else is set.
pub(super) fn database_url(service: &Service, config: &Config) -> String {
    let package = &service.package;
    match config.database {
        Database::Postgres => format!("postgres://{package}:{package}@127.0.0.1/{package}"),
        _ => format!("sqlite://{package}.db"),
    }
}

views! {
    CheckFile "layered/src/core/check.rs.j2" { needs: Needs, }
    ClientsFile "layered/src/core/clients.rs.j2" {}
    ColumnFile "layered/src/core/column.rs.j2" {}
    ConfigFile "layered/src/core/config.rs.j2" {
        needs: Needs,
        is_part: bool,
        database_url: String,
        key_settings: Vec<String>,
        addresses: String,
    }
    ContextFile "layered/src/core/context.rs.j2" { needs: Needs, calls: bool, }
    CrudFile "layered/src/core/crud.rs.j2" {}
    CursorFile "layered/src/core/cursor.rs.j2" {}
    DbFile "layered/src/core/db.rs.j2" { needs: Needs, }
    DecodeFile "layered/src/core/decode.rs.j2" { is_problem: bool, }
    DocsFile "layered/src/core/docs.rs.j2" { has_docs: bool, has_contract: bool, page: String, }
    EdgeFile "layered/src/core/edge.rs.j2" { cors: Cors, }
    ServerFile "layered/src/core/server.rs.j2" {}
    ErrorFile "layered/src/core/error.rs.j2" {
        needs: Needs,
        is_problem: bool,
        media_type: String,
        challenge: String,
        body: String,
        needs_summary: bool,
        uses_time: bool,
        uses_violations: bool,
        uses_constants: bool,
    }
    ETagFile "layered/src/core/etag.rs.j2" {}
    FormatFile "layered/src/core/format.rs.j2" {}
    HealthFile "layered/src/core/health.rs.j2" { needs: Needs, has_live: bool, has_ready: bool, }
    IdempotencyFile "layered/src/core/idempotency.rs.j2" { needs: Needs, }
    InputFile "layered/src/core/input.rs.j2" {}
    MiddlewareFile "layered/src/core/middleware.rs.j2" {}
    ModFile "layered/src/core/mod.rs.j2" { needs: Needs, calls: bool, }
    OutputFile "layered/src/core/output.rs.j2" {}
    PageFile "layered/src/core/page.rs.j2" {}
    PathFile "layered/src/core/path.rs.j2" {}
    RateLimitFile "layered/src/core/rate_limit.rs.j2" {}
    RouteFile "layered/src/core/route.rs.j2" {
        needs: Needs,
        methods: &'static [(&'static str, &'static str)],
    }
    SecurityFile "layered/src/core/security.rs.j2" { needs: Needs, }
    ServiceFile "layered/src/core/service.rs.j2" { is_shared: bool, }
    SourceFile "layered/src/core/source.rs.j2" {}
    StyleFile "layered/src/core/style.rs.j2" {}
    TelemetryFile "layered/src/core/telemetry.rs.j2" {}
    CommonFile "services/core.rs.j2" { krate: String, }
    RequirementsFile "layered/src/operations/security.rs.j2" {
        needs: Needs,
        requirements: Vec<RequirementLine>,
    }
}

const METHODS: &[(&str, &str)] = &[
    ("get", "GET"),
    ("post", "POST"),
    ("put", "PUT"),
    ("patch", "PATCH"),
    ("delete", "DELETE"),
    ("head", "HEAD"),
    ("options", "OPTIONS"),
    ("trace", "TRACE"),
];

/// `core/encode.rs`
#[derive(Template)]
#[template(path = "layered/src/core/encode.rs.j2")]
pub(super) struct EncodeFile;

/// A constant of `operations/security.rs`; the schemes are Rust expressions.
struct RequirementLine {
    name: String,
    alternatives: Vec<Vec<String>>,
    optional: bool,
}

/// The files below `src/core/`, or what leads to them, and `src/operations/security.rs`.
pub(super) fn table<'a>(project: Project<'a>) -> Vec<Entry<'a>> {
    let requirements = move || requirements_file(project).render();
    let requirements = Entry::layer(project, "operations/security.rs", requirements);
    let mut files = match &project.before.common {
        None => layer(project),
        Some(common) => {
            let krate = common.package.replace('-', "_");
            let print = move || {
                CommonFile {
                    krate: krate.clone(),
                }
                .render()
            };
            vec![Entry::arranged(project, "core/mod.rs", print)]
        }
    };
    files.push(requirements);
    files
}

/// The files below `src/core/`.
pub(super) fn layer<'a>(project: Project<'a>) -> Vec<Entry<'a>> {
    let service = project.service;
    let needs = project.needs();
    let is_shared = !project.folder.is_empty();
    let calls = !project.config.clients.is_empty();
    let mut files = edge(project, needs);
    macro_rules! file {
        ($path:literal, $view:expr) => {
            files.push(Entry::arranged(project, $path, move || $view.render()))
        };
    }
    file!("core/check.rs", CheckFile { needs });
    file!("core/config.rs", config_file(project, needs));
    file!("core/context.rs", ContextFile { needs, calls });
    file!("core/decode.rs", decode_file(&service.errors));
    file!("core/encode.rs", EncodeFile);
    file!("core/format.rs", FormatFile {});
    file!("core/health.rs", health_file(service, needs));
    file!("core/input.rs", InputFile {});
    file!("core/middleware.rs", MiddlewareFile {});
    file!("core/mod.rs", ModFile { needs, calls });
    file!("core/output.rs", OutputFile {});
    file!(
        "core/route.rs",
        RouteFile {
            needs,
            methods: METHODS
        }
    );
    file!("core/service.rs", ServiceFile { is_shared });
    file!("core/style.rs", StyleFile {});
    if calls {
        file!("core/clients.rs", ClientsFile {});
    }
    if needs.database {
        file!("core/column.rs", ColumnFile {});
        file!("core/crud.rs", CrudFile {});
        file!("core/cursor.rs", CursorFile {});
        file!("core/db.rs", DbFile { needs });
        file!("core/etag.rs", ETagFile {});
        file!("core/page.rs", PageFile {});
    }
    if needs.idempotency {
        file!("core/idempotency.rs", IdempotencyFile { needs });
    }
    if needs.events {
        files.extend(events::core(project, needs));
    }
    if needs.security {
        file!("core/security.rs", SecurityFile { needs });
    }
    files
}

/// The files below `src/core/` that a server without operations of its own needs too.
pub(super) fn edge<'a>(project: Project<'a>, needs: Needs) -> Vec<Entry<'a>> {
    let service = project.service;
    let cors = move || Cors::of(service);
    let mut files = Vec::new();
    macro_rules! file {
        ($path:literal, $view:expr) => {
            files.push(Entry::arranged(project, $path, move || $view.render()))
        };
    }
    file!("core/docs.rs", docs_file(service));
    file!("core/edge.rs", EdgeFile { cors: cors() });
    file!("core/error.rs", error_file(service, needs));
    file!("core/path.rs", PathFile {});
    file!("core/rate_limit.rs", RateLimitFile {});
    file!("core/server.rs", ServerFile {});
    file!("core/source.rs", SourceFile {});
    file!("core/telemetry.rs", TelemetryFile {});
    files
}

fn config_file(project: Project<'_>, needs: Needs) -> ConfigFile {
    let (service, config) = (project.service, project.config);
    let key_settings = key_settings(service);
    let addresses = config.clients.keys().map(|name| address_setting(name));
    ConfigFile {
        needs,
        is_part: config.workspace.is_some() || !project.folder.is_empty(),
        database_url: rust_literal(&database_url(service, config)),
        key_settings: key_settings.iter().map(|name| rust_literal(name)).collect(),
        addresses: list(addresses.map(|name| rust_literal(&name))),
    }
}

fn decode_file(errors: &ErrorFormat) -> DecodeFile {
    let is_problem = errors.body == ErrorBody::Problem;
    DecodeFile { is_problem }
}

/// Whether the contract has nothing at a path of ours.
pub(super) fn is_free(service: &Service, path: &str) -> bool {
    let taken = |operation: &Operation| {
        let rest = path.strip_prefix(service.base_path.as_str());
        rest == Some(operation.path.as_str())
    };
    !service.operations.iter().any(taken)
}

fn docs_file(service: &Service) -> DocsFile {
    let title = doors::html(&service.title);
    let page = format!(
        "<!doctype html>
<html lang=\"en\">
  <head>
    <meta charset=\"utf-8\" />
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />
    <title>{title}</title>
    <link rel=\"stylesheet\" href=\"/docs/assets/swagger-ui.css\" />
  </head>
  <body>
    <div id=\"swagger-ui\"></div>
    <script src=\"/docs/assets/swagger-ui-bundle.js\"></script>
    <script src=\"/docs/start.js\"></script>
  </body>
</html>
"
    );
    DocsFile {
        has_docs: is_free(service, "/docs") && is_free(service, "/openapi.json"),
        has_contract: is_free(service, "/openapi.json"),
        page: rust_literal(&page),
    }
}

fn health_file(service: &Service, needs: Needs) -> HealthFile {
    HealthFile {
        needs,
        has_live: is_free(service, "/health/live"),
        has_ready: is_free(service, "/health/ready"),
    }
}

fn requirements_file(project: Project<'_>) -> RequirementsFile {
    let (service, needs) = (project.service, Needs::of(project.service, Database::None));
    let scheme = |one: &Credential| scheme(project, one);
    let line = |requirement: &crate::model::Requirement| RequirementLine {
        name: requirement.name.clone(),
        alternatives: requirement
            .alternatives
            .iter()
            .map(|all| all.iter().map(scheme).collect())
            .collect(),
        optional: requirement.optional,
    };
    RequirementsFile {
        needs,
        requirements: service.requirements.iter().map(line).collect(),
    }
}

/// A scheme as a Rust expression.
fn scheme(project: Project<'_>, credential: &Credential) -> String {
    let scheme = &project.service[credential.scheme];
    match &scheme.kind {
        SchemeKind::Bearer => {
            let scopes: Vec<String> = credential.scopes.iter().map(|s| rust_literal(s)).collect();
            format!("Scheme::Bearer(&[{}])", scopes.join(", "))
        }
        SchemeKind::Basic => "Scheme::Basic".to_owned(),
        SchemeKind::ApiKey { location, name } => {
            let place = match location {
                Location::Query => "Query",
                Location::Cookie => "Cookie",
                Location::Header | Location::Path => "Header",
            };
            let (name, setting) = (
                rust_literal(name),
                rust_literal(scheme.setting.as_deref().unwrap_or_default()),
            );
            format!(
                "Scheme::ApiKey(&ApiKey {{ place: Place::{place}, name: {name}, setting: {setting} }})"
            )
        }
        SchemeKind::Unsupported => "Scheme::Unsupported".to_owned(),
    }
}
