//! What the templates rely on, checked of any service.

use std::collections::BTreeSet;

use apigen::model::{
    Action, ColumnSource, ColumnType, KeySource, Presence, Resource, ResponseBody, Schema, Service,
    Sort, Status, Struct, Supply, Type, TypeId, TypeKind,
};

/// Panics where something inferred does not hold.
pub(crate) fn check(service: &Service) {
    let mut tables = BTreeSet::new();
    let mut modules = BTreeSet::new();
    for (index, resource) in service.resources.iter().enumerate() {
        assert!(
            tables.insert(&resource.table) && modules.insert(&resource.module),
            "{}",
            resource.table
        );
        check_columns(service, resource, index);
        assert!(
            !resource.operations.is_empty(),
            "{} is used",
            resource.table
        );
    }
    for operation in &service.operations {
        let Some((resource, action, success)) = operation.role.on_rows() else {
            continue;
        };
        let resource = &service[resource];
        let response = &operation.responses[success.response];
        assert!(
            matches!(response.status, Status::Code(200..=299)),
            "{}",
            operation.id
        );
        assert_eq!(
            success.headers.len(),
            response.headers.len(),
            "{}",
            operation.id
        );
        for (header, told) in response.headers.iter().zip(&success.headers) {
            assert!(
                !header.required || *told != Supply::Absent,
                "{}: {}",
                operation.id,
                header.api_name
            );
        }
        match &response.body {
            ResponseBody::Empty => assert_eq!(success.body, Supply::Absent, "{}", operation.id),
            ResponseBody::Json { schema, .. } => {
                check_supply(service, resource, schema, false, &success.body)
            }
            _ => panic!("{} answers no JSON", operation.id),
        }
        if let Action::List(plan) = action {
            let Sort::Parameter {
                parameter, keys, ..
            } = &plan.sort
            else {
                continue;
            };
            let found = enum_len(service, &operation.parameters[*parameter].schema);
            assert_eq!(found, Some(keys.len()), "{}", operation.id);
        }
    }
}

fn check_columns(service: &Service, resource: &Resource, index: usize) {
    let owners = resource
        .columns
        .iter()
        .take_while(|c| matches!(c.source, ColumnSource::Parent { .. }))
        .count();
    assert_eq!(resource.key, owners, "owners come first, then the key");
    let key = &resource.columns[resource.key];
    assert!(matches!(key.source, ColumnSource::Key { .. }) && !key.nullable);
    let kinds = matches!(
        key.ty,
        ColumnType::Text | ColumnType::Uuid | ColumnType::Integer(_)
    );
    assert!(kinds, "{}: {:?}", resource.table, key.ty);
    let counted = matches!(
        resource.key_source,
        KeySource::Integer | KeySource::ClientOrInteger
    );
    assert!(
        !counted || matches!(key.ty, ColumnType::Integer(_)),
        "{}",
        resource.table
    );
    let names: BTreeSet<&str> = resource
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let fields: BTreeSet<&str> = resource
        .columns
        .iter()
        .map(|column| column.field.as_str())
        .collect();
    assert_eq!(
        (names.len(), fields.len()),
        (resource.columns.len(), resource.columns.len())
    );
    assert!(names.iter().all(|n| {
        n.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    }));
    if let Some(parent) = &resource.parent {
        assert!(
            parent.resource.0 < index,
            "{} comes after its owner",
            resource.table
        );
        let owner = &service[parent.resource];
        assert_eq!(
            (owner.key + 1, parent.column),
            (owners, owners - 1),
            "{}",
            resource.table
        );
        let types = |of: &Resource| {
            of.columns[..owners]
                .iter()
                .map(|c| c.ty.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(types(owner), types(resource), "{}", resource.table);
    }
}

fn check_supply(
    service: &Service,
    resource: &Resource,
    schema: &Schema,
    optional: bool,
    supply: &Supply,
) {
    match supply {
        Supply::Absent => assert!(optional),
        Supply::Value(_) => assert!(!optional && !schema.nullable),
        Supply::Null => assert!(schema.nullable),
        Supply::Row(id) => {
            assert_eq!(schema.ty, Type::Named(*id));
            check_row(service, resource, *id);
        }
        Supply::Rows(id) => {
            let Type::Array { items, .. } = &schema.ty else {
                panic!("rows need an array");
            };
            assert_eq!(items.ty, Type::Named(*id));
            check_row(service, resource, *id);
        }
        Supply::Struct(id, members) => {
            assert_eq!(schema.ty, Type::Named(*id));
            let fields = &as_struct(service, *id).fields;
            assert_eq!(fields.len(), members.len());
            for (field, member) in fields.iter().zip(members) {
                let optional = matches!(field.presence, Presence::Optional | Presence::Patch);
                check_supply(service, resource, &field.schema, optional, member);
            }
        }
        Supply::HasNext | Supply::HasPrevious => assert_eq!(schema.ty, Type::Boolean),
        Supply::NextCursor | Supply::NextUrl | Supply::PreviousUrl => {
            assert!(matches!(schema.ty, Type::String(_)) && (optional || schema.nullable));
        }
        Supply::SelfUrl => assert!(matches!(schema.ty, Type::String(_))),
        Supply::Limit
        | Supply::Page
        | Supply::Offset
        | Supply::Count
        | Supply::Total
        | Supply::TotalPages => {
            assert!(matches!(schema.ty, Type::Integer(..)));
        }
        Supply::AccessToken | Supply::RefreshToken | Supply::Scope => {
            assert!(matches!(schema.ty, Type::String(_)));
        }
        Supply::ExpiresIn => assert!(matches!(schema.ty, Type::Integer(..))),
        Supply::LinkHeader
        | Supply::Location
        | Supply::ETag
        | Supply::LastModified
        | Supply::SessionCookie => {
            panic!("a header in a body")
        }
    }
}

/// Each field has a column, or may be empty; none is `NULL` where a value must be.
fn check_row(service: &Service, resource: &Resource, id: TypeId) {
    for field in &as_struct(service, id).fields {
        let optional =
            field.schema.nullable || matches!(field.presence, Presence::Optional | Presence::Patch);
        let column = resource.columns.iter().find(|column| match &column.source {
            ColumnSource::Field { api_name }
            | ColumnSource::UpdatedAt { api_name }
            | ColumnSource::Caller { api_name }
            | ColumnSource::Version { api_name } => api_name == field.row_name(),
            ColumnSource::Key { api_name }
            | ColumnSource::Parent { api_name, .. }
            | ColumnSource::CreatedAt { api_name } => api_name.as_deref() == Some(field.row_name()),
            ColumnSource::DeletedAt => false,
        });
        let filled = column.is_some_and(|column| !column.nullable);
        assert!(
            filled || optional,
            "`{}` of `{}`",
            field.api_name,
            service[id].name
        );
    }
}

fn as_struct(service: &Service, id: TypeId) -> &Struct {
    match &service[id].kind {
        TypeKind::Struct(found) => found,
        other => panic!("{other:?} is no struct"),
    }
}

fn enum_len(service: &Service, schema: &Schema) -> Option<usize> {
    match &service[schema.id()?].kind {
        TypeKind::Enum(found) => Some(found.variants.len()),
        _ => None,
    }
}
