//! What stands in for a value that is absent, as a Rust expression.

use serde_json::Value;

use crate::model::{EnumRepr, Format, Schema, Type, TypeKind, decimal::Digits};

use super::{doors, reading::list, scope::Scope};

impl Scope<'_> {
    /// What follows `name?`, an `Option` of what was read, so that the default takes the place of
    /// `None`. What is no plain expression is read from JSON, like a value that a client sent.
    pub(super) fn or_default(&self, schema: &Schema, is_boxed: bool, value: &str) -> String {
        let default = schema.default.as_ref().unwrap_or(&Value::Null);
        if default.is_null() && schema.nullable {
            return ".flatten()".to_owned();
        }
        let expression = self.expression(&schema.ty, default);
        match expression.filter(|_| !is_boxed) {
            Some(_) if !schema.nullable && self.is_rust_default(&schema.ty, default) => {
                ".unwrap_or_default()".to_owned()
            }
            Some(expression) => {
                let is_built = expression.ends_with([')', ']']);
                let expression = match schema.nullable {
                    true => format!("{}({expression})", self.prelude("Some")),
                    false => expression,
                };
                match is_built {
                    true => format!(".unwrap_or_else(|| {expression})"),
                    false => format!(".unwrap_or({expression})"),
                }
            }
            None => {
                let json = doors::rust_literal(&default.to_string());
                let read = self.read("v", schema, is_boxed, value);
                format!(".or_else(|| crate::core::decode::literal({json}, |v| {read}))?")
            }
        }
    }

    fn expression(&self, ty: &Type, value: &Value) -> Option<String> {
        match ty {
            Type::String(rules) => {
                let is_string =
                    !matches!(rules.format, Format::Uuid | Format::DateTime | Format::Date);
                let text = value.as_str().filter(|_| is_string)?;
                let literal = doors::rust_literal(text);
                // The trait of `to_owned` is out of scope where a type has its name.
                Some(match self.defines("ToOwned") {
                    true => format!("::std::borrow::ToOwned::to_owned({literal})"),
                    false => format!("{literal}.to_owned()"),
                })
            }
            Type::Integer(..) => {
                let whole = value
                    .as_i64()
                    .map(i128::from)
                    .or(value.as_u64().map(i128::from));
                let float = || {
                    value
                        .as_f64()
                        .filter(|n| n.fract() == 0.0)
                        .map(|n| n as i128)
                };
                whole.or_else(float).map(|number| number.to_string())
            }
            Type::Number(_) => value.as_f64().map(|number| format!("{number:?}")),
            Type::Decimal(rules) => {
                let digits = Digits::of_value(value)?;
                Some(self.decimal(digits, rules.places()))
            }
            Type::Boolean => value.as_bool().map(|truth| truth.to_string()),
            Type::Array { items, .. } if !items.nullable => {
                let values = value.as_array()?.iter();
                let items: Option<Vec<String>> = values
                    .map(|value| self.expression(&items.ty, value))
                    .collect();
                Some(format!("vec![{}]", list(items?.into_iter())))
            }
            Type::Map { .. } => None,
            Type::Named(id) => {
                let TypeKind::Enum(def) = &self.service()[*id].kind else {
                    return None;
                };
                let variant = def.variants.iter().find(|variant| match def.repr {
                    EnumRepr::String => variant.value == *value,
                    EnumRepr::Integer => variant.value.as_f64() == value.as_f64(),
                })?;
                Some(format!("{}::{}", self.named(*id), variant.name))
            }
            Type::Array { .. } | Type::Any { .. } => None,
        }
    }

    /// It is what `Default` gives, which clippy wants to see said so.
    fn is_rust_default(&self, ty: &Type, value: &Value) -> bool {
        match ty {
            Type::String(_) => value == "",
            Type::Array { .. } => value.as_array().is_some_and(Vec::is_empty),
            Type::Named(id) => match &self.service()[*id].kind {
                TypeKind::Enum(def) => def
                    .default
                    .is_some_and(|index| def.variants[index].value == *value),
                _ => false,
            },
            _ => false,
        }
    }
}
