//! A constant that fits a schema, as plain as there is one.

use serde_json::{Map, Value, json};

use crate::model::{
    NumberRules, Presence, Schema, StringRules, Struct, Type, TypeDef, TypeKind, fits::fits,
};

/// How deep objects nest.
const DEEPEST: usize = 8;

/// A value that fits the schema, where one is found without searching.
pub(super) fn constant(schema: &Schema, types: &[TypeDef]) -> Option<Value> {
    make(schema, types, DEEPEST)
}

fn make(schema: &Schema, types: &[TypeDef], depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let null = schema.nullable.then_some(Value::Null);
    let declared = [&schema.default, &schema.example];
    let mut candidates: Vec<Value> = null.into_iter().chain(schema.default.clone()).collect();
    candidates.extend(plain(schema, types, depth));
    candidates.extend(declared.into_iter().flatten().cloned());
    candidates
        .into_iter()
        .find(|value| fits(value, schema, types))
}

fn plain(schema: &Schema, types: &[TypeDef], depth: usize) -> Vec<Value> {
    match &schema.ty {
        Type::String(rules) => texts(rules),
        Type::Integer(_, rules) | Type::Number(rules) => numbers(rules),
        Type::Decimal(rules) if rules.text.is_none() => numbers(&rules.number),
        Type::Decimal(rules) => {
            let texts = numbers(&rules.number).into_iter();
            texts.map(|number| number.to_string().into()).collect()
        }
        Type::Boolean => vec![json!(false), json!(true)],
        Type::Array { items, min, .. } => {
            let count = usize::try_from(min.unwrap_or(0)).unwrap_or(0).min(100);
            let item = (count > 0).then(|| make(items, types, depth)).flatten();
            vec![Value::Array(item.into_iter().cycle().take(count).collect())]
        }
        Type::Map { values, min, .. } => {
            let keys = (0..min.unwrap_or(0).min(100)).map(|number| format!("key{number}"));
            let value = make(values, types, depth).unwrap_or_default();
            vec![
                keys.map(|key| (key, value.clone()))
                    .collect::<Map<_, _>>()
                    .into(),
            ]
        }
        Type::Any { one_of } => {
            let all = one_of.iter().cloned();
            all.chain([Value::Null]).collect()
        }
        Type::Named(id) => match types.get(id.0).map(|def| &def.kind) {
            Some(TypeKind::Struct(item)) => object(item, types, depth).into_iter().collect(),
            Some(TypeKind::Enum(item)) => item.variants.iter().map(|v| v.value.clone()).collect(),
            Some(TypeKind::Union(item)) => {
                let all = item.variants.iter();
                all.filter_map(|variant| make(&variant.schema, types, depth))
                    .collect()
            }
            Some(TypeKind::Newtype(inner)) => make(inner, types, depth).into_iter().collect(),
            None => Vec::new(),
        },
    }
}

fn object(item: &Struct, types: &[TypeDef], depth: usize) -> Option<Value> {
    let required = item
        .fields
        .iter()
        .filter(|field| field.presence == Presence::Required);
    let members = required.map(|field| {
        let value = make(&field.schema, types, depth)?;
        Some((field.api_name.clone(), value))
    });
    Some(Value::Object(members.collect::<Option<Map<_, _>>>()?))
}

fn texts(rules: &StringRules) -> Vec<Value> {
    let plain = [
        "",
        "error",
        "E",
        "00000000-0000-0000-0000-000000000000",
        "1970-01-01T00:00:00Z",
        "1970-01-01",
        "00:00:00Z",
        "about:blank",
        "nobody@example.com",
        "0.0.0.0",
        "::",
        "example.com",
        "0",
    ];
    let long = rules.min.and_then(|min| usize::try_from(min).ok());
    let long = long.filter(|min| *min <= 10_000).map(|min| "-".repeat(min));
    let all = plain.into_iter().map(str::to_owned);
    all.chain(long).map(Value::from).collect()
}

fn numbers(rules: &NumberRules) -> Vec<Value> {
    let bounds = [&rules.min, &rules.max].into_iter().flatten().cloned();
    let step = rules.multiple_of.iter().cloned();
    let beside = [&rules.above, &rules.below].into_iter().flatten();
    let beside = beside.filter_map(serde_json::Number::as_i64);
    let beside = beside.flat_map(|n| [n.saturating_add(1), n.saturating_sub(1)]);
    let mut all = vec![json!(0)];
    all.extend(rules.one_of.iter().cloned().map(Value::Number));
    all.extend(bounds.chain(step).map(Value::Number));
    all.extend(beside.map(Value::from));
    all
}
