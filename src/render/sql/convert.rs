//! From a value of one Rust type to the same value of another.

use super::rust::{path, schema_type};
use crate::{
    config::Database,
    model::{ColumnType, IntegerKind, Service, TypeId, TypeKind},
};

/// A conversion of a value that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) enum Conversion {
    /// It is of that type.
    None,
    /// A function by its path.
    Path(String),
    /// An expression with `value`.
    Of(String),
    /// As `Of`, and a `Result`.
    Try(String),
}

/// Whether values of the two are written alike where they are keys.
pub(in crate::render) fn is_alike(a: &ColumnType, b: &ColumnType) -> bool {
    matches!(
        (a, b),
        (ColumnType::Uuid, ColumnType::Uuid)
            | (ColumnType::Text, ColumnType::Text)
            | (ColumnType::Integer(_), ColumnType::Integer(_))
    )
}

/// How to make `to` of `from`, where the model says that it fits.
pub(in crate::render) fn conversion(
    service: &Service,
    from: &ColumnType,
    to: &ColumnType,
) -> Conversion {
    match (from, to) {
        (ColumnType::Integer(from), ColumnType::Integer(to)) if from != to => {
            let to = to.name();
            Conversion::Path(format!("{to}::from"))
        }
        (ColumnType::Enum(from), ColumnType::Enum(to)) if from != to => {
            Conversion::Of(variants(service, *from, *to))
        }
        (ColumnType::Enum(_), ColumnType::Text) => {
            Conversion::Of("value.as_str().to_owned()".to_owned())
        }
        (ColumnType::Uuid | ColumnType::Integer(_), ColumnType::Text) => {
            Conversion::Of("value.to_string()".to_owned())
        }
        (ColumnType::Json(from), ColumnType::Json(to))
            if schema_type(service, from) != schema_type(service, to) =>
        {
            Conversion::Try("column::recast(&value)".to_owned())
        }
        _ => Conversion::None,
    }
}

/// The same value of another enum.
fn variants(service: &Service, from: TypeId, to: TypeId) -> String {
    let (TypeKind::Enum(source), TypeKind::Enum(target)) = (&service[from].kind, &service[to].kind)
    else {
        return "value".to_owned();
    };
    let (from, to) = (path(service, from), path(service, to));
    let mut arms = String::new();
    for variant in &source.variants {
        if let Some(same) = target.variants.iter().find(|v| v.value == variant.value) {
            arms += &format!("{from}::{} => {to}::{},", variant.name, same.name);
        }
    }
    format!("match value {{ {arms} }}")
}

impl Conversion {
    /// Applies it to an expression with so many `Option`s around the value, where so many are
    /// wanted: 0 or 1, and 2 of a patch.
    pub(in crate::render) fn apply(&self, expr: &str, have: usize, want: usize) -> String {
        let flat = if have == 2 && want < 2 {
            format!("{expr}.flatten()")
        } else {
            expr.to_owned()
        };
        let have = have.min(want.max(1));
        let converted = match (self, have) {
            (Self::None, _) => flat,
            (Self::Path(path), 0) => format!("{path}({flat})"),
            (Self::Path(path), _) => format!("{flat}.map({path})"),
            (Self::Of(of), 0) => format!("{{ let value = {flat}; {of} }}"),
            (Self::Of(of), _) => format!("{flat}.map(|value| {of})"),
            (Self::Try(of), 0) => format!("{{ let value = {flat}; {of}? }}"),
            (Self::Try(of), _) => format!("{flat}.map(|value| {of}).transpose()?"),
        };
        match want.saturating_sub(have) {
            0 => converted,
            1 => format!("Some({converted})"),
            _ => format!("Some(Some({converted}))"),
        }
    }

    /// It may fail, so that it needs a function that returns a `Result`.
    pub(in crate::render) fn is_fallible(&self) -> bool {
        matches!(self, Self::Try(_))
    }
}

/// What a query binds for a field: `place` is an expression that may be borrowed.
pub(in crate::render) fn bind(
    ty: &ColumnType,
    place: &str,
    options: usize,
    database: Database,
) -> String {
    match (ty, options) {
        (ColumnType::Decimal(_), _) if database == Database::Postgres => place.to_owned(),
        (ColumnType::Decimal(places), 0) => format!("Kept({place}, {places:?})"),
        (ColumnType::Decimal(places), _) => {
            format!("{place}.map(|value| Kept(value, {places:?}))")
        }
        (ColumnType::Text, _) => format!("&{place}"),
        (ColumnType::Integer(IntegerKind::I64), _) => place.to_owned(),
        (ColumnType::Integer(_), 0) => format!("i64::from({place})"),
        (ColumnType::Integer(_), _) => format!("{place}.map(i64::from)"),
        (ColumnType::Enum(_), 0) => format!("{place}.as_str()"),
        (ColumnType::Enum(_), _) => format!("{place}.map(|value| value.as_str())"),
        (ColumnType::Json(_), 0) => format!("Json(&{place})"),
        (ColumnType::Json(_), _) => format!("{place}.as_ref().map(Json)"),
        _ => place.to_owned(),
    }
}

/// What a query binds for a value that is owned.
pub(in crate::render) fn bind_owned(
    ty: &ColumnType,
    value: &str,
    options: usize,
    database: Database,
) -> String {
    match (ty, options) {
        (ColumnType::Text, _) => value.to_owned(),
        (ColumnType::Json(_), 0) => format!("Json({value})"),
        (ColumnType::Json(_), _) => format!("{value}.map(Json)"),
        _ => bind(ty, value, options, database),
    }
}
