//! What a service needs of the infrastructure.

use crate::{
    config::{Config, Database, State, Traces},
    model::{
        Additional, ColumnType, Field, Operation, Resource, Response, ResponseBody, Schema,
        SchemeKind, Service, Type, TypeKind,
    },
    render::streams,
};

/// What a service needs of the infrastructure, and of its dependencies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::render) struct Needs {
    pub(in crate::render) database: bool,
    pub(in crate::render) sqlite: bool,
    /// Some text or key must match a pattern.
    pub(in crate::render) patterns: bool,
    /// Requests are held to keywords that no type can say.
    pub(in crate::render) keywords: bool,
    /// Some number is an exact decimal.
    pub(in crate::render) decimals: bool,
    /// Some decimal is a number of JSON, where doubles would lose its digits.
    pub(in crate::render) long_numbers: bool,
    /// Some decimal is a text of JSON.
    pub(in crate::render) quoted: bool,
    /// Some operation is secured.
    pub(in crate::render) security: bool,
    pub(in crate::render) bearer: bool,
    /// The keys that tokens are checked with may come from who issues them.
    pub(in crate::render) issuer: bool,
    pub(in crate::render) basic: bool,
    pub(in crate::render) api_key: bool,
    pub(in crate::render) unsupported: bool,
    /// A cookie tells who calls.
    pub(in crate::render) cookies: bool,
    /// Some operation takes an `Idempotency-Key`, and there is a database to keep it.
    pub(in crate::render) idempotency: bool,
    /// It has events, and a database to keep them.
    pub(in crate::render) events: bool,
    /// Some rows count their changes.
    pub(in crate::render) versions: bool,
    /// Some rows are a caller's own, who is known by a UUID.
    pub(in crate::render) subjects: bool,
    /// Rows are shown beside others to who has scopes for them.
    pub(in crate::render) scopes: bool,
    /// Requests may name the properties of rows that they want.
    pub(in crate::render) selection: bool,
    /// The document says what caches may keep of some operation.
    pub(in crate::render) caching: bool,
    /// Some operation has a limit of its own on how often it is called.
    pub(in crate::render) rate_limits: bool,
    /// Replicas share state in Redis.
    pub(in crate::render) redis: bool,
    /// The spans of requests are sent to a collector.
    pub(in crate::render) traces: bool,
    /// The server can encrypt.
    pub(in crate::render) tls: bool,
    /// Some operation goes away, and says so.
    pub(in crate::render) retirement: bool,
    /// Users have accounts, and there is a database to keep them.
    pub(in crate::render) accounts: bool,
    /// There are rows to begin with, and a database to keep them.
    pub(in crate::render) seeds: bool,
    /// It sends webhooks or callbacks.
    pub(in crate::render) sends: bool,
    /// What is answered as a stream is kept when it ended.
    pub(in crate::render) kept: bool,
}

impl Needs {
    pub(in crate::render) fn of(service: &Service, database: Database) -> Self {
        let has_database = database != Database::None;
        let has = |fits: fn(&SchemeKind) -> bool| service.schemes.iter().any(|s| fits(&s.kind));
        let operations = &service.operations;
        Self {
            database: has_database,
            sqlite: database == Database::Sqlite,
            patterns: has_patterns(service),
            keywords: has_keywords(service),
            decimals: speaks_of(service, |ty| matches!(ty, Type::Decimal(_))),
            long_numbers: speaks_of(
                service,
                |ty| matches!(ty, Type::Decimal(rules) if rules.text.is_none()),
            ),
            quoted: speaks_of(
                service,
                |ty| matches!(ty, Type::Decimal(rules) if rules.text.is_some()),
            ),
            security: !service.requirements.is_empty(),
            bearer: has(|kind| *kind == SchemeKind::Bearer),
            issuer: service.accounts.is_none() && service.issuer().is_some(),
            basic: has(|kind| *kind == SchemeKind::Basic),
            api_key: has(|kind| matches!(kind, SchemeKind::ApiKey { .. })),
            cookies: service.cookies().next().is_some(),
            unsupported: has(|kind| *kind == SchemeKind::Unsupported),
            idempotency: has_database && operations.iter().any(|operation| operation.idempotent),
            events: has_database && service.events.is_some(),
            versions: has_database && service.resources.iter().any(|r| r.rules.version.is_some()),
            subjects: has_database && service.resources.iter().any(has_subjects),
            scopes: has_database && operations.iter().any(asks_scopes),
            selection: has_database && operations.iter().any(selects),
            caching: operations.iter().any(|o| o.cache.is_some()),
            // None of these is a matter of the document: see [`Self::chosen`].
            redis: false,
            traces: false,
            tls: false,
            rate_limits: operations.iter().any(|o| o.rate_limit.is_some()),
            retirement: operations.iter().any(|o| o.retirement.is_some()),
            accounts: has_database && service.accounts.is_some(),
            seeds: has_database && !service.seeds.is_empty(),
            sends: !service.outgoing.is_empty(),
            kept: has_database && streams::keeps(service),
        }
    }

    /// The same with what `apigen.toml` asks for beside the document.
    pub(in crate::render) fn chosen(self, config: &Config) -> Self {
        Self {
            redis: config.state == State::Redis,
            traces: config.traces == Traces::Otlp,
            tls: config.tls,
            ..self
        }
    }
}

fn selects(operation: &Operation) -> bool {
    let success = operation.role.on_rows().map(|(.., success)| success);
    success.is_some_and(|success| success.fields.is_some())
}

fn asks_scopes(operation: &Operation) -> bool {
    let include = operation
        .role
        .on_rows()
        .and_then(|(.., success)| success.include.as_ref());
    include.is_some_and(|include| include.rows.iter().any(|row| !row.scopes.is_empty()))
}

fn has_subjects(resource: &Resource) -> bool {
    let own = resource.rules.caller;
    own.is_some_and(|own| resource.columns[own.column].ty == ColumnType::Uuid)
}

/// Whether such a type stands anywhere in the contract.
fn speaks_of(service: &Service, fits: impl Fn(&Type) -> bool) -> bool {
    let has = |schema: &Schema| schema.has(&fits);
    let answers = |response: &Response| {
        let body = match &response.body {
            ResponseBody::Json { schema, .. } | ResponseBody::Events { schema } => has(schema),
            _ => false,
        };
        body || response.headers.iter().any(|header| has(&header.schema))
    };
    let takes = |operation: &Operation| {
        operation.parameters.iter().any(|p| has(&p.schema))
            || operation.body.iter().any(|body| has(&body.schema))
            || operation.responses.iter().any(answers)
    };
    let types = &mut service.types.iter().flat_map(|def| def.kind.schemas());
    let outgoing = service.outgoing.iter().map(|outgoing| &outgoing.operation);
    types.any(has) || service.operations.iter().chain(outgoing).any(takes)
}

fn has_patterns(service: &Service) -> bool {
    let types = service.types.iter().any(|def| match &def.kind {
        TypeKind::Struct(item) => {
            let kept = match &item.additional {
                Additional::Keep { values, .. } => has_pattern(values),
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
    let outgoing = service.outgoing.iter().map(|outgoing| &outgoing.operation);
    types
        || service.operations.iter().any(takes)
        || outgoing.flat_map(Operation::schemas).any(has_pattern)
}

fn has_pattern(schema: &Schema) -> bool {
    match &schema.ty {
        Type::String(rules) => rules.pattern.is_some(),
        Type::Decimal(rules) => {
            let text = rules.text.as_ref();
            text.is_some_and(|text| text.pattern.is_some())
        }
        Type::Array { items, .. } => has_pattern(items),
        Type::Map {
            values,
            key_pattern,
            ..
        } => key_pattern.is_some() || has_pattern(values),
        _ => false,
    }
}

fn has_keywords(service: &Service) -> bool {
    let read = service.types.iter().filter(|def| def.uses.decoded);
    let takes = |operation: &Operation| {
        let parameters = operation.parameters.iter().map(|p| &p.schema);
        let bodies = operation.body.iter().map(|body| &body.schema);
        parameters.chain(bodies).any(asks_keywords)
    };
    let mut types =
        read.map(|def| def.keywords.is_some() || def.kind.schemas().into_iter().any(asks_keywords));
    types.any(|asks| asks) || service.operations.iter().any(takes)
}

fn asks_keywords(schema: &Schema) -> bool {
    let inner = match &schema.ty {
        Type::Array { items: inner, .. } | Type::Map { values: inner, .. } => asks_keywords(inner),
        _ => false,
    };
    inner || !schema.keywords.is_empty()
}
