//! `src/core/` and `src/operations/security.rs`: infrastructure, cut to what the service needs.

use std::collections::BTreeSet;

use askama::Template;
use cors::Cors;
use error::error_file;
pub(super) use needs::Needs;

use super::{
    client,
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
    AccountsFile "layered/src/core/accounts.rs.j2" {
        needs: Needs,
        has_cookie: bool,
        cookie_name: String,
        cookie_path: String,
    }
    AuditFile "layered/src/core/audit.rs.j2" { needs: Needs, }
    CacheFile "layered/src/core/cache.rs.j2" { needs: Needs, }
    CheckFile "layered/src/core/check.rs.j2" { needs: Needs, }
    ClientsFile "layered/src/core/clients.rs.j2" {}
    ColumnFile "layered/src/core/column.rs.j2" { needs: Needs, }
    ConfigFile "layered/src/core/config.rs.j2" {
        needs: Needs,
        is_part: bool,
        has_tls: bool,
        package: String,
        database_url: String,
        key_settings: Vec<String>,
        addresses: String,
        issuer: String,
    }
    ContextFile "layered/src/core/context.rs.j2" { needs: Needs, calls: bool, }
    CrudFile "layered/src/core/crud.rs.j2" {}
    CsrfFile "layered/src/core/csrf.rs.j2" { cookies: String, }
    CursorFile "layered/src/core/cursor.rs.j2" {}
    DbFile "layered/src/core/db.rs.j2" { needs: Needs, }
    DecimalFile "layered/src/core/decimal.rs.j2" { needs: Needs, }
    DecodeFile "layered/src/core/decode.rs.j2" { needs: Needs, is_problem: bool, }
    EncodeFile "layered/src/core/encode.rs.j2" { needs: Needs, }
    DocsFile "layered/src/core/docs.rs.j2" {
        has_docs: bool,
        has_redoc: bool,
        has_contract: bool,
        page: String,
        redoc: String,
        base: String,
        tokens: String,
    }
    EdgeFile "layered/src/core/edge.rs.j2" { cors: Cors, }
    SenderFile "layered/src/core/sender/mod.rs.j2" { needs: Needs, }
    SenderAnswerFile "layered/src/core/sender/answer.rs.j2" { needs: Needs, }
    SenderErrorFile "layered/src/core/sender/error.rs.j2" {}
    SenderGuardFile "layered/src/core/sender/guard.rs.j2" {}
    SenderSignatureFile "layered/src/core/sender/signature.rs.j2" {}
    SeedsFile "layered/src/core/seeds.rs.j2" { needs: Needs, }
    ServerFile "layered/src/core/server.rs.j2" { needs: Needs, }
    ErrorFile "layered/src/core/error.rs.j2" {
        needs: Needs,
        is_problem: bool,
        media_type: String,
        challenge: String,
        body: String,
        needs_summary: bool,
        uses_time: bool,
        uses_details: bool,
        uses_faults: bool,
        tells_in_list: bool,
        uses_constants: bool,
    }
    ETagFile "layered/src/core/etag.rs.j2" { needs: Needs, }
    LimitsFile "layered/src/core/limits.rs.j2" { needs: Needs, }
    FormatFile "layered/src/core/format.rs.j2" {}
    HealthFile "layered/src/core/health.rs.j2" {
        needs: Needs,
        has_health: bool,
        has_live: bool,
        has_ready: bool,
    }
    IdempotencyFile "layered/src/core/idempotency.rs.j2" { needs: Needs, }
    InputFile "layered/src/core/input.rs.j2" { needs: Needs, }
    IssuerFile "layered/src/core/issuer.rs.j2" {}
    KeywordsFile "layered/src/core/keywords.rs.j2" {}
    LeaseFile "layered/src/core/lease.rs.j2" { needs: Needs, }
    LogFile "layered/src/core/log.rs.j2" {}
    MaskFile "layered/src/core/mask.rs.j2" {}
    MessageFile "layered/src/core/message.rs.j2" {}
    MetricsFile "layered/src/core/metrics.rs.j2" {}
    MiddlewareFile "layered/src/core/middleware.rs.j2" {}
    ModFile "layered/src/core/mod.rs.j2" { needs: Needs, calls: bool, }
    OffThreadFile "layered/src/core/off_thread.rs.j2" {}
    OtelFile "layered/src/core/otel.rs.j2" {}
    OutputFile "layered/src/core/output.rs.j2" { needs: Needs, }
    PageFile "layered/src/core/page.rs.j2" { needs: Needs, }
    PathFile "layered/src/core/path.rs.j2" {}
    ProxiesFile "layered/src/core/proxies.rs.j2" {}
    RateLimitFile "layered/src/core/rate_limit.rs.j2" { needs: Needs, }
    RouteFile "layered/src/core/route.rs.j2" {
        needs: Needs,
        methods: &'static [(&'static str, &'static str)],
    }
    SecretsFile "layered/src/core/secrets.rs.j2" { needs: Needs, }
    SecurityFile "layered/src/core/security/mod.rs.j2" { needs: Needs, }
    SecurityApiKeyFile "layered/src/core/security/api_key.rs.j2" {}
    SecurityBasicFile "layered/src/core/security/basic.rs.j2" {}
    SecurityBearerFile "layered/src/core/security/bearer.rs.j2" { needs: Needs, }
    SecurityCallerFile "layered/src/core/security/caller.rs.j2" { needs: Needs, }
    SecurityChallengeFile "layered/src/core/security/challenge.rs.j2" { needs: Needs, }
    SharedFile "layered/src/core/shared.rs.j2" {}
    ServiceFile "layered/src/core/service.rs.j2" { is_shared: bool, }
    SourceFile "layered/src/core/source.rs.j2" {}
    StyleFile "layered/src/core/style.rs.j2" {}
    TelemetryFile "layered/src/core/telemetry.rs.j2" { needs: Needs, }
    TlsFile "layered/src/core/tls.rs.j2" {}
    TraceFile "layered/src/core/trace.rs.j2" {}
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
    file!("core/audit.rs", AuditFile { needs });
    file!("core/cache.rs", CacheFile { needs });
    file!("core/check.rs", CheckFile { needs });
    file!("core/config.rs", config_file(project, needs));
    file!("core/context.rs", ContextFile { needs, calls });
    file!("core/decode.rs", decode_file(&service.errors, needs));
    file!("core/encode.rs", EncodeFile { needs });
    file!("core/format.rs", FormatFile {});
    file!("core/health.rs", health_file(service, needs));
    file!("core/input.rs", InputFile { needs });
    file!("core/limits.rs", LimitsFile { needs });
    file!("core/middleware.rs", MiddlewareFile {});
    file!("core/mod.rs", ModFile { needs, calls });
    file!("core/off_thread.rs", OffThreadFile {});
    file!("core/output.rs", OutputFile { needs });
    file!(
        "core/route.rs",
        RouteFile {
            needs,
            methods: METHODS
        }
    );
    file!("core/service.rs", ServiceFile { is_shared });
    file!("core/style.rs", StyleFile {});
    if needs.decimals {
        file!("core/decimal.rs", DecimalFile { needs });
    }
    if needs.keywords {
        file!("core/keywords.rs", KeywordsFile {});
    }
    if calls {
        file!("core/clients.rs", ClientsFile {});
    }
    if needs.database {
        file!("core/column.rs", ColumnFile { needs });
        file!("core/crud.rs", CrudFile {});
        file!("core/cursor.rs", CursorFile {});
        file!("core/db.rs", DbFile { needs });
        file!("core/etag.rs", ETagFile { needs });
        file!("core/lease.rs", LeaseFile { needs });
        file!("core/page.rs", PageFile { needs });
    }
    if needs.accounts {
        file!("core/accounts.rs", accounts_file(service, needs));
    }
    if needs.idempotency {
        file!("core/idempotency.rs", IdempotencyFile { needs });
    }
    if needs.events {
        files.extend(events::core(project, needs));
    }
    if needs.issuer {
        file!("core/issuer.rs", IssuerFile {});
    }
    if needs.seeds {
        file!("core/seeds.rs", SeedsFile { needs });
    }
    if needs.sends {
        file!("core/sender/answer.rs", SenderAnswerFile { needs });
        file!("core/sender/error.rs", SenderErrorFile {});
        file!("core/sender/guard.rs", SenderGuardFile {});
        file!("core/sender/mod.rs", SenderFile { needs });
        file!("core/sender/request.rs", client::sent_request_file(needs));
        file!("core/sender/signature.rs", SenderSignatureFile {});
        file!("core/sender/style.rs", client::sent_style_file());
    }
    if needs.redis {
        file!("core/shared.rs", SharedFile {});
    }
    if needs.cookies {
        file!("core/csrf.rs", csrf_file(service));
    }
    if needs.api_key || needs.basic {
        file!("core/secrets.rs", SecretsFile { needs });
    }
    if needs.security {
        file!("core/security/mod.rs", SecurityFile { needs });
        file!("core/security/caller.rs", SecurityCallerFile { needs });
        file!(
            "core/security/challenge.rs",
            SecurityChallengeFile { needs }
        );
    }
    if needs.api_key {
        file!("core/security/api_key.rs", SecurityApiKeyFile {});
    }
    if needs.basic {
        file!("core/security/basic.rs", SecurityBasicFile {});
    }
    if needs.bearer {
        file!("core/security/bearer.rs", SecurityBearerFile { needs });
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
    file!("core/log.rs", LogFile {});
    file!("core/mask.rs", MaskFile {});
    file!("core/message.rs", MessageFile {});
    file!("core/metrics.rs", MetricsFile {});
    file!("core/path.rs", PathFile {});
    file!("core/proxies.rs", ProxiesFile {});
    file!("core/rate_limit.rs", RateLimitFile { needs });
    file!("core/server.rs", ServerFile { needs });
    file!("core/source.rs", SourceFile {});
    file!("core/telemetry.rs", TelemetryFile { needs });
    file!("core/trace.rs", TraceFile {});
    if needs.traces {
        file!("core/otel.rs", OtelFile {});
    }
    if needs.tls {
        file!("core/tls.rs", TlsFile {});
    }
    files
}

fn config_file(project: Project<'_>, needs: Needs) -> ConfigFile {
    let (service, config) = (project.service, project.config);
    let key_settings = key_settings(service);
    let addresses = config.clients.keys().map(|name| address_setting(name));
    let is_part = config.workspace.is_some() || !project.folder.is_empty();
    ConfigFile {
        needs,
        is_part,
        // In a workspace, clients connect to the gateway.
        has_tls: needs.tls && !is_part,
        package: rust_literal(&service.package),
        database_url: rust_literal(&database_url(service, config)),
        key_settings: key_settings.iter().map(|name| rust_literal(name)).collect(),
        issuer: rust_literal(service.issuer().unwrap_or_default()),
        addresses: list(addresses.map(|name| rust_literal(&name))),
    }
}

fn accounts_file(service: &Service, needs: Needs) -> AccountsFile {
    let accounts = service.accounts.as_ref();
    let cookie = accounts.and_then(|accounts| accounts.cookie.clone());
    let literal = |text: Option<&String>| rust_literal(text.map_or("", String::as_str));
    AccountsFile {
        needs,
        has_cookie: cookie.is_some(),
        cookie_name: literal(cookie.as_ref().map(|cookie| &cookie.name)),
        cookie_path: literal(cookie.as_ref().map(|cookie| &cookie.path)),
    }
}

fn csrf_file(service: &Service) -> CsrfFile {
    CsrfFile {
        cookies: list(service.cookies().map(rust_literal)),
    }
}

/// `core/decimal.rs`, which clients have too.
pub(super) fn decimal_file(needs: Needs) -> impl Template {
    DecimalFile { needs }
}

/// `core/encode.rs`, which clients have too.
pub(super) fn encode_file(needs: Needs) -> impl Template {
    EncodeFile { needs }
}

fn decode_file(errors: &ErrorFormat, needs: Needs) -> DecodeFile {
    let is_problem = errors.body == ErrorBody::Problem;
    DecodeFile { needs, is_problem }
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
    let page = |head: &str, body: &str| {
        format!(
            "<!doctype html>
<html lang=\"en\">
  <head>
    <meta charset=\"utf-8\" />
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />
    <link rel=\"icon\" href=\"data:,\" />
    <title>{title}</title>
    {head}
  </head>
  <body>
    {body}
  </body>
</html>
"
        )
    };
    let swagger = page(
        r#"<link rel="stylesheet" href="/docs/assets/swagger-ui.css" />"#,
        r#"<div id="swagger-ui"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>"#,
    );
    let redoc = page(
        "<style>body { margin: 0; }</style>",
        r#"<div id="redoc-container"></div>
    <script src="/redoc/redoc.js"></script>"#,
    );
    let has_contract = is_free(service, "/openapi.json");
    let origins = service
        .schemes
        .iter()
        .flat_map(|scheme| &scheme.token_origins);
    let origins: BTreeSet<&str> = origins.map(String::as_str).collect();
    DocsFile {
        has_docs: is_free(service, "/docs") && has_contract,
        has_redoc: is_free(service, "/redoc") && has_contract,
        has_contract,
        page: rust_literal(&swagger),
        redoc: rust_literal(&redoc),
        base: match service.base_path.as_str() {
            "" => "/".to_owned(),
            base => base.to_owned(),
        },
        tokens: origins
            .into_iter()
            .map(|origin| format!(" {origin}"))
            .collect(),
    }
}

fn health_file(service: &Service, needs: Needs) -> HealthFile {
    HealthFile {
        needs,
        has_health: is_free(service, "/health"),
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
