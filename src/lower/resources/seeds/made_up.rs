//! Values of rows that nobody wrote out.

use serde_json::{Value, json};

use crate::model::{
    ColumnType, Format, ResourceId, Schema, Service, Type, fits::fits, sample::sample,
};

/// A value that reads as what it is: `Title 3`.
pub(super) fn value(
    service: &Service,
    schema: &Schema,
    name: &str,
    number: usize,
) -> Option<Value> {
    let seed = u64::try_from(number).ok()?;
    if number == 1 && schema.example.is_some() {
        return sample(&service.types, schema, 0);
    }
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    let texts = [
        format!("{}{} {number}", first.unwrap_or_default(), letters.as_str()),
        format!("{}-{number}", words.replace(' ', "-")),
    ];
    let is_text = matches!(&schema.ty, Type::String(rules) if rules.format == Format::Text);
    let texts = texts
        .into_iter()
        .filter(|_| is_text)
        .map(|text| json!(text));
    let mut texts = texts.filter(|text| fits(text, schema, &service.types));
    texts
        .next()
        .or_else(|| sample(&service.types, schema, seed))
}

/// What users must be so that they can sign in: the first may do what the first user may.
pub(super) fn of_user(
    service: &Service,
    id: ResourceId,
    index: usize,
    number: usize,
) -> Option<Value> {
    let accounts = service.accounts.as_ref().filter(|a| a.users == id)?;
    if let Some((_, value)) = accounts.active.filter(|(column, _)| *column == index) {
        return Some(json!(value));
    }
    let column = &service[id].columns[accounts.roles.filter(|column| *column == index)?];
    match (&accounts.first, &column.ty) {
        (Some(first), ColumnType::Json(_)) if number == 1 => Some(json!([first])),
        (Some(first), _) if number == 1 => Some(json!(first)),
        _ => Some(column.fill.clone().unwrap_or(Value::Null)),
    }
}
