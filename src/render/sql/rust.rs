//! Rust types and values beside their columns.

use crate::model::{
    Column, ColumnSource, ColumnType, EnumRepr, Field, Format, Presence, Schema, Service, Struct,
    Type, TypeId, TypeKind, decimal::Digits,
};

/// `schemas::item::Item`
pub(in crate::render) fn path(service: &Service, id: TypeId) -> String {
    let def = &service[id];
    format!("schemas::{}::{}", def.module, def.name)
}

/// The type of a value, null included.
pub(in crate::render) fn schema_type(service: &Service, schema: &Schema) -> String {
    let ty = value_type(service, &schema.ty);
    if schema.nullable {
        format!("Option<{ty}>")
    } else {
        ty
    }
}

fn value_type(service: &Service, ty: &Type) -> String {
    match ty {
        Type::String(rules) => match rules.format {
            Format::Uuid => "Uuid",
            Format::DateTime => "DateTime<Utc>",
            Format::Date => "NaiveDate",
            _ => "String",
        }
        .to_owned(),
        Type::Integer(kind, _) => kind.name().to_owned(),
        Type::Number(_) => "f64".to_owned(),
        Type::Decimal(_) => "Decimal".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Array { items, .. } => format!("Vec<{}>", schema_type(service, items)),
        Type::Map { values, .. } => format!("BTreeMap<String, {}>", schema_type(service, values)),
        Type::Any { .. } => "Value".to_owned(),
        Type::Named(id) => path(service, *id),
    }
}

/// The type of a row's field, `NULL` left out.
pub(in crate::render) fn column_type(service: &Service, ty: &ColumnType) -> String {
    match ty {
        ColumnType::Uuid => "Uuid".to_owned(),
        ColumnType::Text => "String".to_owned(),
        ColumnType::Integer(kind) => kind.name().to_owned(),
        ColumnType::Number => "f64".to_owned(),
        ColumnType::Decimal(_) => "Decimal".to_owned(),
        ColumnType::Boolean => "bool".to_owned(),
        ColumnType::DateTime => "DateTime<Utc>".to_owned(),
        ColumnType::Date => "NaiveDate".to_owned(),
        ColumnType::Enum(id) => path(service, *id),
        ColumnType::Json(schema) => schema_type(service, schema),
    }
}

/// A decimal as an expression, of so many places if they are said; `ty` is what the type is called.
pub(in crate::render) fn decimal(ty: &str, digits: Digits, places: Option<u32>) -> String {
    let scaled = places.and_then(|places| Some((digits.scaled(places)?, places)));
    let (number, places) = scaled.unwrap_or((digits.number, digits.places));
    match (i64::try_from(number), places) {
        (Ok(0), 0) => format!("{ty}::ZERO"),
        (Ok(number), places) => format!("{ty}::new({number}, {places})"),
        (Err(_), places) => format!("{ty}::from_i128_with_scale({number}, {places})"),
    }
}

/// How a schema's value would be kept: what tells two Rust types apart here.
pub(in crate::render) fn kept_as(service: &Service, schema: &Schema) -> ColumnType {
    match &schema.ty {
        Type::String(rules) => match rules.format {
            Format::Uuid => ColumnType::Uuid,
            Format::DateTime => ColumnType::DateTime,
            Format::Date => ColumnType::Date,
            _ => ColumnType::Text,
        },
        Type::Integer(kind, _) => ColumnType::Integer(*kind),
        Type::Number(_) => ColumnType::Number,
        Type::Decimal(rules) => ColumnType::Decimal(rules.places()),
        Type::Boolean => ColumnType::Boolean,
        Type::Named(id) if is_text_enum(service, *id) => ColumnType::Enum(*id),
        _ => ColumnType::Json(Schema {
            nullable: false,
            ..schema.clone()
        }),
    }
}

/// Whether a type is an enum of texts.
pub(in crate::render) fn is_text_enum(service: &Service, id: TypeId) -> bool {
    matches!(&service[id].kind, TypeKind::Enum(choice) if choice.repr == EnumRepr::String)
}

/// The struct that a type is.
pub(in crate::render) fn as_struct(service: &Service, id: TypeId) -> Option<&Struct> {
    match &service.types.get(id.0)?.kind {
        TypeKind::Struct(object) => Some(object),
        _ => None,
    }
}

/// The struct that a schema names, with its type.
pub(in crate::render) fn struct_of<'a>(
    service: &'a Service,
    schema: &Schema,
) -> Option<(TypeId, &'a Struct)> {
    match schema.ty {
        Type::Named(id) => as_struct(service, id).map(|object| (id, object)),
        _ => None,
    }
}

/// The field for a property.
pub(in crate::render) fn field<'a>(object: &'a Struct, api_name: &str) -> Option<&'a Field> {
    object.fields.iter().find(|f| f.row_name() == api_name)
}

/// How many `Option`s are around a field's value.
pub(in crate::render) fn options(field: &Field) -> usize {
    let nullable = usize::from(field.schema.nullable);
    match field.presence {
        Presence::Required | Presence::Defaulted => nullable,
        Presence::Optional => 1,
        Presence::Patch => 1 + nullable,
    }
}

/// The property of the entity that shows a column.
pub(in crate::render) fn api_name(column: &Column) -> Option<&str> {
    match &column.source {
        ColumnSource::Key { api_name }
        | ColumnSource::Parent { api_name, .. }
        | ColumnSource::CreatedAt { api_name } => api_name.as_deref(),
        ColumnSource::Field { api_name }
        | ColumnSource::UpdatedAt { api_name }
        | ColumnSource::Caller { api_name }
        | ColumnSource::Version { api_name } => Some(api_name),
        ColumnSource::DeletedAt => None,
    }
}
