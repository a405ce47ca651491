//! The model as a line of text for each type.
//!
//! `a: T` is required, `a?: T` optional, `a?: T = v` defaulted, `a~: T` part of a PATCH.

use apigen::model::{
    Additional, Field, NumberRules, Presence, Schema, StringRules, Type, TypeDef, TypeKind,
    UnionMode,
};

pub(super) fn def_text(def: &TypeDef, types: &[TypeDef]) -> String {
    let (name, module) = (&def.name, &def.module);
    let mut text = match &def.kind {
        TypeKind::Struct(item) => {
            let fields: Vec<String> = item
                .fields
                .iter()
                .map(|field| field_text(field, types))
                .collect();
            let mut text = format!("{module}::{name} {{{}}}", fields.join(", "));
            match &item.additional {
                Additional::Ignore => {}
                Additional::Deny => text += " deny",
                Additional::Keep { name, values } => {
                    text += &format!(" {name}: {}", schema_text(values, types))
                }
            }
            text += &bounds("properties", item.min_properties, item.max_properties);
            if !item.ignored.is_empty() {
                text += &format!(" ignored {}", item.ignored.join(" "));
            }
            text
        }
        TypeKind::Enum(list) => {
            let variants = list
                .variants
                .iter()
                .map(|v| format!("{}={}", v.name, v.value));
            let default = list
                .default
                .map(|index| format!(" default {}", list.variants[index].name));
            let variants = variants.collect::<Vec<_>>().join(" ");
            format!("{module}::{name} {variants}{}", default.unwrap_or_default())
        }
        TypeKind::Union(union) => {
            let mode = if union.mode == UnionMode::OneOf {
                "oneOf"
            } else {
                "anyOf"
            };
            let tag = union.tag.as_ref().map(|tag| {
                format!(
                    " by {}{}",
                    tag.api_name,
                    if tag.declared { "" } else { " (undeclared)" }
                )
            });
            let variants = union.variants.iter().map(|v| {
                let tags = if v.tags.is_empty() {
                    String::new()
                } else {
                    format!(" {}", v.tags.join("/"))
                };
                let boxed = if v.boxed { "box " } else { "" };
                format!("{}{tags}: {boxed}{}", v.name, schema_text(&v.schema, types))
            });
            format!(
                "{module}::{name} {mode}{} {{{}}}",
                tag.unwrap_or_default(),
                variants.collect::<Vec<_>>().join(", ")
            )
        }
        TypeKind::Newtype(schema) => format!("{module}::{name} = {}", schema_text(schema, types)),
    };
    if let Some(keywords) = &def.keywords {
        text += &format!(" keeping {}", keywords.text());
    }
    if let Some(description) = &def.description {
        text += &format!(" // {description}");
    }
    text
}

fn field_text(field: &Field, types: &[TypeDef]) -> String {
    let sign = match field.presence {
        Presence::Required => "",
        Presence::Defaulted | Presence::Optional => "?",
        Presence::Patch => "~",
    };
    let boxed = if field.boxed { "box " } else { "" };
    let side = match (field.read_only, field.write_only) {
        (true, _) => "ro ",
        (_, true) => "wo ",
        _ => "",
    };
    let doc = field
        .description
        .as_ref()
        .map(|text| format!(" // {text}"))
        .unwrap_or_default();
    format!(
        "{side}{}{sign}: {boxed}{}{doc}",
        field.name,
        schema_text(&field.schema, types)
    )
}

pub(super) fn schema_text(schema: &Schema, types: &[TypeDef]) -> String {
    let mut text = match &schema.ty {
        Type::String(rules) => string_text(rules),
        Type::Integer(kind, rules) => format!("{kind:?}").to_lowercase() + &number_text(rules),
        Type::Number(rules) => "number".to_owned() + &number_text(rules),
        Type::Decimal(rules) => {
            let places = rules.places().map(|places| format!(" {places} places"));
            let text = rules
                .text
                .as_ref()
                .map(|rules| format!(" as {}", string_text(rules)));
            let rules = number_text(&rules.number);
            format!(
                "decimal{rules}{}{}",
                places.unwrap_or_default(),
                text.unwrap_or_default()
            )
        }
        Type::Boolean => "bool".to_owned(),
        Type::Array {
            items,
            min,
            max,
            unique,
        } => {
            let unique = if *unique { " unique" } else { "" };
            format!(
                "[{}]{}{unique}",
                schema_text(items, types),
                bounds("items", *min, *max)
            )
        }
        Type::Map {
            values,
            min,
            max,
            key_pattern,
        } => {
            let keys = key_pattern
                .as_ref()
                .map(|p| format!(" keys /{p}/"))
                .unwrap_or_default();
            format!(
                "{{{}}}{}{keys}",
                schema_text(values, types),
                bounds("properties", *min, *max)
            )
        }
        Type::Any { one_of } if one_of.is_empty() => "any".to_owned(),
        Type::Any { one_of } => format!("any of {}", serde_json::to_string(one_of).unwrap()),
        Type::Named(id) => types[id.0].name.clone(),
    };
    if schema.nullable {
        text += "|null";
    }
    for keywords in &schema.keywords {
        text += &format!(" keeping {}", keywords.text());
    }
    if let Some(default) = &schema.default {
        text += &format!(" = {default}");
    }
    if let Some(example) = &schema.example {
        text += &format!(" e.g. {example}");
    }
    text
}

fn string_text(rules: &StringRules) -> String {
    let format = match format!("{:?}", rules.format).to_lowercase() {
        format if format == "text" => "string".to_owned(),
        format => format,
    };
    let pattern = rules
        .pattern
        .as_ref()
        .map(|p| format!(" /{p}/"))
        .unwrap_or_default();
    format!("{format}{}{pattern}", bounds("chars", rules.min, rules.max))
}

fn number_text(rules: &NumberRules) -> String {
    let mut text = String::new();
    let signs = [
        (">=", &rules.min),
        ("<=", &rules.max),
        (">", &rules.above),
        ("<", &rules.below),
        ("%", &rules.multiple_of),
    ];
    for (sign, bound) in signs {
        if let Some(bound) = bound {
            text += &format!(" {sign}{bound}");
        }
    }
    if !rules.one_of.is_empty() {
        text += &format!(" of {}", serde_json::to_string(&rules.one_of).unwrap());
    }
    text
}

fn bounds(of: &str, min: Option<u64>, max: Option<u64>) -> String {
    let text = |bound: Option<u64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    match (min, max) {
        (None, None) => String::new(),
        _ => format!(" {}..{} {of}", text(min), text(max)),
    }
}
