//! What a service needs of the infrastructure.

use crate::{
    config::Database,
    model::{Additional, Field, Operation, Schema, SchemeKind, Service, Type, TypeKind},
};

/// What a service needs of the infrastructure, and of its dependencies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::render) struct Needs {
    pub(in crate::render) database: bool,
    pub(in crate::render) sqlite: bool,
    /// Some text or key must match a pattern.
    pub(in crate::render) patterns: bool,
    /// Some operation is secured.
    pub(in crate::render) security: bool,
    pub(in crate::render) bearer: bool,
    pub(in crate::render) basic: bool,
    pub(in crate::render) api_key: bool,
    pub(in crate::render) unsupported: bool,
    /// Some operation takes an `Idempotency-Key`, and there is a database to keep it.
    pub(in crate::render) idempotency: bool,
    /// It has events, and a database to keep them.
    pub(in crate::render) events: bool,
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
            security: !service.requirements.is_empty(),
            bearer: has(|kind| *kind == SchemeKind::Bearer),
            basic: has(|kind| *kind == SchemeKind::Basic),
            api_key: has(|kind| matches!(kind, SchemeKind::ApiKey { .. })),
            unsupported: has(|kind| *kind == SchemeKind::Unsupported),
            idempotency: has_database && operations.iter().any(|operation| operation.idempotent),
            events: has_database && service.events.is_some(),
        }
    }
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
