//! Response schemas in the small form that the runner checks bodies against.

use serde_json::{Map, Value, json};

use crate::model::{Additional, Format, Presence, Schema, Service, Type, TypeDef, TypeKind};

/// The named types that responses hold, as JSON.
pub(super) fn types(service: &Service) -> String {
    let encoded = service.types.iter().filter(|def| def.uses.encoded);
    let all: Map<String, Value> = encoded
        .map(|def| (def.name.clone(), named(service, def)))
        .collect();
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

/// A schema.
pub(super) fn shape(service: &Service, schema: &Schema) -> Value {
    let mut shape = match &schema.ty {
        Type::String(rules) => match rules.format {
            Format::Uuid => json!({ "is": "uuid" }),
            Format::DateTime => json!({ "is": "date-time" }),
            Format::Date => json!({ "is": "date" }),
            _ => json!({ "is": "string" }),
        },
        Type::Integer(..) => json!({ "is": "integer" }),
        Type::Number(_) => json!({ "is": "number" }),
        Type::Decimal(rules) if rules.text.is_some() => json!({ "is": "decimal text" }),
        Type::Decimal(_) => json!({ "is": "decimal" }),
        Type::Boolean => json!({ "is": "boolean" }),
        Type::Array { items, .. } => json!({ "is": "array", "items": shape(service, items) }),
        Type::Map { values, .. } => json!({ "is": "map", "values": shape(service, values) }),
        Type::Any { .. } => json!({ "is": "any" }),
        Type::Named(id) => json!({ "is": "type", "name": service[*id].name }),
    };
    if schema.nullable {
        shape["nullable"] = true.into();
    }
    shape
}

fn named(service: &Service, def: &TypeDef) -> Value {
    match &def.kind {
        TypeKind::Struct(object) => {
            let required = object
                .fields
                .iter()
                .filter(|f| f.presence == Presence::Required);
            let required: Vec<&str> = required.map(|field| field.api_name.as_str()).collect();
            let fields = object.fields.iter();
            let fields: Map<String, Value> = fields
                .map(|field| (field.api_name.clone(), shape(service, &field.schema)))
                .collect();
            let closed = matches!(object.additional, Additional::Deny);
            json!({ "is": "object", "required": required, "fields": fields, "closed": closed })
        }
        TypeKind::Enum(choice) => {
            let values: Vec<&Value> = choice.variants.iter().map(|v| &v.value).collect();
            json!({ "is": "one of", "values": values })
        }
        TypeKind::Union(union) => {
            let of = union
                .variants
                .iter()
                .map(|variant| shape(service, &variant.schema));
            json!({ "is": "union", "of": of.collect::<Vec<_>>() })
        }
        TypeKind::Newtype(schema) => shape(service, schema),
    }
}
