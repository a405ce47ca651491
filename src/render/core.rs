//! `src/core/` and `src/operations/security.rs`: infrastructure, cut to what the service needs.

use std::collections::BTreeSet;

use askama::Template;
use serde_json::Value;

use super::{
    doors::{self, rust_literal},
    files::{Entry, Project},
};
use crate::{
    config::{Config, Database},
    model::{
        Credential, ErrorBody, ErrorField, ErrorFormat, Field, Guard, Location, Operation, Schema,
        Scheme, SchemeKind, Service, Type, TypeKind,
    },
};

/// What a service needs of the infrastructure, and of its dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) database: bool,
    pub(super) sqlite: bool,
    /// Some text or key must match a pattern.
    pub(super) patterns: bool,
    /// Some operation is secured.
    pub(super) security: bool,
    pub(super) bearer: bool,
    pub(super) basic: bool,
    pub(super) api_key: bool,
    pub(super) unsupported: bool,
    /// Some operation takes an `Idempotency-Key`, and there is a database to keep it.
    pub(super) idempotency: bool,
}

impl Needs {
    pub(super) fn of(service: &Service, database: Database) -> Self {
        let has_database = database != Database::None;
        let has = |fits: fn(&SchemeKind) -> bool| service.schemes.iter().any(|s| fits(&s.kind));
        let operations = &service.operations;
        Self {
            database: has_database,
            sqlite: database == Database::Sqlite,
            patterns: has_patterns(service),
            security: !service.requirements.is_empty(),
            bearer: has(|kind| *kind == SchemeKind::Bearer),
            basic: has(|kind| *kind == SchemeKind::Basic),
            api_key: has(|kind| matches!(kind, SchemeKind::ApiKey { .. })),
            unsupported: has(|kind| *kind == SchemeKind::Unsupported),
            idempotency: has_database && operations.iter().any(|operation| operation.idempotent),
        }
    }
}

fn has_patterns(service: &Service) -> bool {
    let types = service.types.iter().any(|def| match &def.kind {
        TypeKind::Struct(item) => {
            let kept = match &item.additional {
                crate::model::Additional::Keep { values, .. } => has_pattern(values),
                _ => false,
            };
            kept || item
                .fields
                .iter()
                .any(|Field { schema, .. }| has_pattern(schema))
        }
        TypeKind::Union(union) => union.variants.iter().any(|v| has_pattern(&v.schema)),
        TypeKind::Newtype(schema) => has_pattern(schema),
        TypeKind::Enum(_) => false,
    });
    let takes = |operation: &Operation| {
        let parameters = operation.parameters.iter();
        parameters.map(|p| &p.schema).any(has_pattern)
            || operation.body.iter().any(|body| has_pattern(&body.schema))
    };
    types || service.operations.iter().any(takes)
}

fn has_pattern(schema: &Schema) -> bool {
    match &schema.ty {
        Type::String(rules) => rules.pattern.is_some(),
        Type::Array { items, .. } => has_pattern(items),
        Type::Map {
            values,
            key_pattern,
            ..
        } => key_pattern.is_some() || has_pattern(values),
        _ => false,
    }
}

/// The setting that lists the valid keys of a scheme; a project with one such scheme has a plain
/// name for it.
pub(super) fn key_setting(service: &Service, scheme: &Scheme) -> String {
    let is_key = |scheme: &&Scheme| matches!(scheme.kind, SchemeKind::ApiKey { .. });
    if service.schemes.iter().filter(is_key).count() == 1 {
        "API_KEYS".to_owned()
    } else {
        format!("{}_KEYS", scheme.constant)
    }
}

/// The settings of all API keys.
pub(super) fn key_settings(service: &Service) -> Vec<String> {
    let keys = service.schemes.iter();
    let keys = keys.filter(|scheme| matches!(scheme.kind, SchemeKind::ApiKey { .. }));
    keys.map(|scheme| key_setting(service, scheme)).collect()
}

/// The database's address where nothing else is set.
pub(super) fn database_url(service: &Service, config: &Config) -> String {
    let package = &service.package;
    match config.database {
        Database::Postgres => format!("postgres://{package}:{package}@127.0.0.1/{package}"),
        _ => format!("sqlite://{package}.db"),
    }
}

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident $file:literal { $($field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Template)]
        #[template(path = $file)]
        struct $name {
            $($field: $type,)*
        }
    )*};
}

views! {
    CheckFile "layered/src/core/check.rs.j2" { needs: Needs, }
    ColumnFile "layered/src/core/column.rs.j2" {}
    ConfigFile "layered/src/core/config.rs.j2" {
        needs: Needs,
        database_url: String,
        key_settings: Vec<String>,
    }
    ContextFile "layered/src/core/context.rs.j2" { needs: Needs, }
    CrudFile "layered/src/core/crud.rs.j2" {}
    CursorFile "layered/src/core/cursor.rs.j2" {}
    DbFile "layered/src/core/db.rs.j2" { needs: Needs, }
    DecodeFile "layered/src/core/decode.rs.j2" { is_problem: bool, }
    DocsFile "layered/src/core/docs.rs.j2" { has_docs: bool, has_contract: bool, page: String, }
    EncodeFile "layered/src/core/encode.rs.j2" {}
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
    MiddlewareFile "layered/src/core/middleware.rs.j2" { cors: Cors, }
    ModFile "layered/src/core/mod.rs.j2" { needs: Needs, }
    OutputFile "layered/src/core/output.rs.j2" {}
    PageFile "layered/src/core/page.rs.j2" {}
    PathFile "layered/src/core/path.rs.j2" {}
    RateLimitFile "layered/src/core/rate_limit.rs.j2" {}
    RouteFile "layered/src/core/route.rs.j2" {
        needs: Needs,
        methods: &'static [(&'static str, &'static str)],
    }
    SecurityFile "layered/src/core/security.rs.j2" { needs: Needs, }
    ServiceFile "layered/src/core/service.rs.j2" {}
    StyleFile "layered/src/core/style.rs.j2" {}
    TelemetryFile "layered/src/core/telemetry.rs.j2" {}
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

/// The files below `src/core/`, and `src/operations/security.rs`.
pub(super) fn table<'a>(project: Project<'a>) -> Vec<Entry<'a>> {
    let (service, config) = (project.service, project.config);
    let needs = Needs::of(service, config.database);
    let mut files = vec![Entry::arranged(project, "core/service.rs", || {
        ServiceFile {}.render()
    })];
    macro_rules! file {
        ($path:literal, $view:expr) => {
            files.push(Entry::arranged(project, $path, move || $view.render()))
        };
    }
    file!("core/check.rs", CheckFile { needs });
    file!("core/config.rs", config_file(service, config, needs));
    file!("core/context.rs", ContextFile { needs });
    file!("core/decode.rs", decode_file(&service.errors));
    file!("core/docs.rs", docs_file(service));
    file!("core/encode.rs", EncodeFile {});
    file!("core/error.rs", error_file(service, needs));
    file!("core/format.rs", FormatFile {});
    file!("core/health.rs", health_file(service, needs));
    file!("core/input.rs", InputFile {});
    file!(
        "core/middleware.rs",
        MiddlewareFile {
            cors: Cors::of(service)
        }
    );
    file!("core/mod.rs", ModFile { needs });
    file!("core/output.rs", OutputFile {});
    file!("core/path.rs", PathFile {});
    file!("core/rate_limit.rs", RateLimitFile {});
    file!(
        "core/route.rs",
        RouteFile {
            needs,
            methods: METHODS
        }
    );
    file!("core/style.rs", StyleFile {});
    file!("core/telemetry.rs", TelemetryFile {});
    let requirements = move || requirements_file(service, needs).render();
    files.push(Entry::layer(
        project,
        "operations/security.rs",
        requirements,
    ));
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
    if needs.security {
        file!("core/security.rs", SecurityFile { needs });
    }
    files
}

fn config_file(service: &Service, config: &Config, needs: Needs) -> ConfigFile {
    let key_settings = key_settings(service);
    ConfigFile {
        needs,
        database_url: rust_literal(&database_url(service, config)),
        key_settings: key_settings.iter().map(|name| rust_literal(name)).collect(),
    }
}

fn decode_file(errors: &ErrorFormat) -> DecodeFile {
    let is_problem = errors.body == ErrorBody::Problem;
    DecodeFile { is_problem }
}

/// Whether the contract has nothing at a path of ours.
fn is_free(service: &Service, path: &str) -> bool {
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

fn requirements_file(service: &Service, needs: Needs) -> RequirementsFile {
    let line = |requirement: &crate::model::Requirement| RequirementLine {
        name: requirement.name.clone(),
        alternatives: requirement
            .alternatives
            .iter()
            .map(|all| all.iter().map(|one| scheme(service, one)).collect())
            .collect(),
        optional: requirement.optional,
    };
    RequirementsFile {
        needs,
        requirements: service.requirements.iter().map(line).collect(),
    }
}

/// A scheme as a Rust expression.
fn scheme(service: &Service, credential: &Credential) -> String {
    let scheme = &service[credential.scheme];
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
                rust_literal(&key_setting(service, scheme)),
            );
            format!(
                "Scheme::ApiKey(&ApiKey {{ place: Place::{place}, name: {name}, setting: {setting} }})"
            )
        }
        SchemeKind::Unsupported => "Scheme::Unsupported".to_owned(),
    }
}

/// What pages of other origins may send and read, as the values of headers.
struct Cors {
    methods: String,
    request_headers: String,
    response_headers: String,
}

impl Cors {
    fn of(service: &Service) -> Self {
        let mut methods = BTreeSet::new();
        let mut sent = BTreeSet::from(["content-type".to_owned()]);
        let mut read = BTreeSet::from(["x-request-id".to_owned()]);
        for operation in &service.operations {
            methods.insert(operation.method.as_str().to_owned());
            let parameters = operation.parameters.iter();
            let headers = parameters.filter(|p| p.location == Location::Header);
            sent.extend(headers.map(|p| p.api_name.to_ascii_lowercase()));
            let headers = operation.responses.iter().flat_map(|r| &r.headers);
            read.extend(headers.map(|header| header.api_name.to_ascii_lowercase()));
            if operation.guard != Guard::Public {
                read.insert("www-authenticate".to_owned());
            }
        }
        for scheme in &service.schemes {
            match &scheme.kind {
                SchemeKind::ApiKey {
                    location: Location::Header,
                    name,
                } => {
                    sent.insert(name.to_ascii_lowercase());
                }
                SchemeKind::Bearer | SchemeKind::Basic => {
                    sent.insert("authorization".to_owned());
                }
                SchemeKind::ApiKey { .. } | SchemeKind::Unsupported => {}
            }
        }
        let list = |names: BTreeSet<String>| {
            let names: Vec<String> = names.into_iter().filter(|name| is_token(name)).collect();
            rust_literal(&names.join(", "))
        };
        Self {
            methods: list(methods),
            request_headers: list(sent),
            response_headers: list(read),
        }
    }
}

/// Whether this can be the name of a header (RFC 9110, section 5.6.2).
fn is_token(name: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(is_part)
}

fn error_file(service: &Service, needs: Needs) -> ErrorFile {
    let format = &service.errors;
    let fields = fields(&format.body);
    let carries = !carries_violations(&fields);
    let body = object(&fields, carries);
    let is_printable = |b: u8| (0x20..0x7f).contains(&b);
    let media_type = match format.media_type.bytes().all(is_printable) {
        true => format.media_type.as_str(),
        false => "application/json",
    };
    let challenge = match needs {
        Needs { bearer: true, .. } => "Bearer",
        Needs { basic: true, .. } => "Basic realm=\"api\", charset=\"UTF-8\"",
        Needs { api_key: true, .. } => "ApiKey",
        _ => "Bearer",
    };
    ErrorFile {
        needs,
        is_problem: format.body == ErrorBody::Problem,
        media_type: rust_literal(media_type),
        challenge: rust_literal(challenge),
        needs_summary: body.contains("self.summary()"),
        uses_time: body.contains("Utc::now()"),
        uses_violations: body.contains("violations("),
        uses_constants: body.contains("constant("),
        body: format!("json!({body})"),
    }
}

fn fields(body: &ErrorBody) -> Vec<(String, ErrorField)> {
    use ErrorField::{Code, Details, Field, Message, Object, RequestId, Status, Title, Violations};
    let all = |fields: Vec<(&str, ErrorField)>| -> Vec<(String, ErrorField)> {
        let own = |(name, field): (&str, ErrorField)| (name.to_owned(), field);
        fields.into_iter().map(own).collect()
    };
    match body {
        ErrorBody::Envelope => {
            let content = vec![
                ("code", Code),
                ("message", Message),
                ("details", Details),
                ("request_id", RequestId),
            ];
            all(vec![("error", Object(all(content)))])
        }
        ErrorBody::Problem => {
            let violation = all(vec![("detail", Message), (POINTER, Field)]);
            all(vec![
                ("type", ErrorField::Value("about:blank".into())),
                ("title", Title),
                ("status", Status),
                ("detail", Message),
                ("code", Code),
                ("request_id", RequestId),
                ("errors", Violations(violation)),
            ])
        }
        ErrorBody::Object(fields) => fields.clone(),
    }
}

/// RFC 9457 points into the body; a parameter at fault is named as such.
const POINTER: &str = "pointer";
const POINTER_OR_PARAMETER: &str =
    "(if field.starts_with('#') { \"pointer\" } else { \"parameter\" })";

fn carries_violations(fields: &[(String, ErrorField)]) -> bool {
    fields.iter().any(|(_, field)| match field {
        ErrorField::Details | ErrorField::Messages | ErrorField::Violations(_) => true,
        ErrorField::Object(fields) => carries_violations(fields),
        _ => false,
    })
}

/// An object as an argument of `json!`.
fn object(fields: &[(String, ErrorField)], in_brief: bool) -> String {
    let members = fields.iter().map(|(name, field)| {
        let value = expression(field, in_brief);
        format!("{}: {value}", rust_literal(name))
    });
    let members: Vec<String> = members.collect();
    format!("{{ {} }}", members.join(", "))
}

fn expression(field: &ErrorField, in_brief: bool) -> String {
    match field {
        ErrorField::Value(value) => constant(value),
        ErrorField::Code => "self.code".to_owned(),
        ErrorField::Status => "self.status.as_u16()".to_owned(),
        ErrorField::StatusText => "self.status.as_str()".to_owned(),
        ErrorField::Title => "self.status.canonical_reason().unwrap_or_default()".to_owned(),
        ErrorField::Message if in_brief => "self.summary()".to_owned(),
        ErrorField::Message => "self.message".to_owned(),
        ErrorField::RequestId => "super::telemetry::request_id()".to_owned(),
        ErrorField::Path => "super::telemetry::path()".to_owned(),
        ErrorField::Time => "Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)".to_owned(),
        ErrorField::Details => "self.details".to_owned(),
        ErrorField::Messages => {
            "self.details.iter().flat_map(|(field, messages)| messages.iter().map(move |message| \
             format!(\"{field}: {message}\"))).collect::<Vec<String>>()"
                .to_owned()
        }
        ErrorField::Violations(fields) => violations(fields),
        ErrorField::Field => "null".to_owned(),
        ErrorField::Object(fields) => object(fields, in_brief),
    }
}

/// In here, `Field` and `Message` speak of one violation.
fn violations(fields: &[(String, ErrorField)]) -> String {
    fn value(field: &ErrorField) -> String {
        match field {
            ErrorField::Field => "field".to_owned(),
            ErrorField::Message => "message".to_owned(),
            ErrorField::Object(fields) => members(fields),
            other => expression(other, false),
        }
    }
    fn members(fields: &[(String, ErrorField)]) -> String {
        let members = fields.iter();
        let members = members.map(|(name, field)| {
            let name = match (name.as_str(), field) {
                (POINTER, ErrorField::Field) => POINTER_OR_PARAMETER.to_owned(),
                _ => rust_literal(name),
            };
            format!("{name}: {}", value(field))
        });
        format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
    }
    fn speaks_of(fields: &[(String, ErrorField)], wanted: &ErrorField) -> bool {
        fields.iter().any(|(_, field)| match field {
            ErrorField::Object(fields) => speaks_of(fields, wanted),
            field => field == wanted,
        })
    }
    let object = members(fields);
    let name = |word, wanted| if speaks_of(fields, wanted) { word } else { "_" };
    let field = name("field", &ErrorField::Field);
    let message = name("message", &ErrorField::Message);
    format!("violations(&self.details, |{field}, {message}| json!({object}))")
}

fn constant(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::String(text) => rust_literal(text),
        other => format!("constant({})", rust_literal(&other.to_string())),
    }
}
