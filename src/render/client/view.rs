//! A service as its clients see it: what it reads is what they write.

use crate::model::{
    Additional, Format, NumberRules, Presence, ResponseBody, Schema, Service, StringRules, Struct,
    Type, TypeKind,
};

/// The same names and types with their conversions turned round. Constraints are the service's to
/// keep: a client that held answers against them would break where they are loosened.
pub(super) fn client(service: &Service) -> Service {
    let mut client = service.clone();
    for def in &mut client.types {
        let uses = &mut def.uses;
        (uses.decoded, uses.encoded) = (uses.encoded, uses.decoded);
        uses.stored = false;
        def.keywords = None;
        let is_only_sent = uses.encoded && !uses.decoded;
        if let TypeKind::Struct(item) = &mut def.kind {
            loosen(item, is_only_sent);
        }
        def.kind.schemas_mut().into_iter().for_each(unbind);
    }
    for operation in &mut client.operations {
        let parameters = operation.parameters.iter_mut().map(|p| &mut p.schema);
        let bodies = operation.body.iter_mut().map(|body| &mut body.schema);
        parameters.chain(bodies).for_each(unbind);
        for response in &mut operation.responses {
            let headers = response.headers.iter_mut();
            headers.for_each(|header| unbind(&mut header.schema));
            if let ResponseBody::Json { schema, .. } | ResponseBody::Events { schema } =
                &mut response.body
            {
                unbind(schema);
            }
        }
    }
    client
}

/// Whatever may be absent in a request is an `Option`: the service knows its own defaults.
fn loosen(item: &mut Struct, is_only_sent: bool) {
    item.min_properties = None;
    item.max_properties = None;
    item.ignored.clear();
    if matches!(item.additional, Additional::Deny) {
        item.additional = Additional::Ignore;
    }
    for field in item.fields.iter_mut().filter(|_| is_only_sent) {
        if field.presence != Presence::Required {
            field.presence = Presence::Patch;
        }
    }
}

/// Takes the rules from a schema that do not tell its type.
pub(in crate::render) fn unbind(schema: &mut Schema) {
    schema.keywords.clear();
    match &mut schema.ty {
        Type::String(rules) => {
            let format = match rules.format {
                kept @ (Format::Uuid | Format::DateTime | Format::Date) => kept,
                _ => Format::Text,
            };
            *rules = StringRules {
                format,
                ..StringRules::default()
            };
        }
        Type::Integer(_, rules) | Type::Number(rules) => *rules = NumberRules::default(),
        Type::Decimal(rules) => {
            rules.number = NumberRules::default();
            rules.text = rules.text.take().map(|_| StringRules::default());
        }
        Type::Array {
            items,
            min,
            max,
            unique,
        } => {
            (*min, *max, *unique) = (None, None, false);
            unbind(items);
        }
        Type::Map {
            values,
            min,
            max,
            key_pattern,
        } => {
            (*min, *max, *key_pattern) = (None, None, None);
            unbind(values);
        }
        Type::Any { one_of } => one_of.clear(),
        Type::Boolean | Type::Named(_) => {}
    }
}
