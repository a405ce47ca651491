//! The row's fields, and what rows are made from and into.

use super::{
    super::{
        doors,
        sql::{convert, rust},
    },
    Key, function,
    sight::Subject,
};
use crate::{
    config::Database,
    model::{
        Additional, Column, ColumnSource, ColumnType, IntegerKind, KeySource, Resource, Service,
        TypeId, decimal::Digits,
    },
};

/// A field of the row's struct.
pub(super) struct RowField {
    pub(super) name: String,
    pub(super) ty: String,
    /// Reads it from the database's row.
    pub(super) read: String,
    /// What a query binds for it.
    pub(super) bind: String,
}

/// `ItemRow::new`
pub(super) struct Constructor {
    pub(super) name: String,
    pub(super) owners: Vec<Key>,
    /// The caller's subject, as a parameter.
    pub(super) subject: &'static str,
    /// The type of the body.
    pub(super) input: String,
    /// Values of the fields, in order.
    pub(super) values: Vec<(String, String)>,
    pub(super) is_fallible: bool,
    pub(super) has_time: bool,
    pub(super) has_input: bool,
}

/// `From<ItemRow> for Item`
pub(super) struct Conversion {
    pub(super) ty: String,
    pub(super) values: Vec<(String, String)>,
    pub(super) is_fallible: bool,
    pub(super) has_row: bool,
}

pub(super) fn fields(service: &Service, resource: &Resource, database: Database) -> Vec<RowField> {
    let columns = resource.row_columns();
    columns
        .map(|(_, column)| RowField::of(service, column, database))
        .collect()
}

impl RowField {
    fn of(service: &Service, column: &Column, database: Database) -> Self {
        let name = doors::rust_literal(&column.name);
        let optional = if column.nullable { "optional_" } else { "" };
        let read = match &column.ty {
            ColumnType::Integer(kind) if *kind != IntegerKind::I64 => {
                format!("column::{optional}integer(row, {name})?")
            }
            ColumnType::Enum(id) => {
                let values = rust::path(service, *id);
                format!("column::{optional}choice(row, {name}, &{values}::VALUES)?")
            }
            ColumnType::Json(_) => format!("column::{optional}json(row, {name})?"),
            ColumnType::Decimal(places) => {
                format!("column::{optional}decimal(row, {name}, {places:?})?")
            }
            _ => format!("row.try_get({name})?"),
        };
        let place = format!("row.{}", column.field);
        Self {
            name: column.field.clone(),
            ty: optional_type(rust::column_type(service, &column.ty), column.nullable),
            read,
            bind: convert::bind(&column.ty, &place, usize::from(column.nullable), database),
        }
    }
}

fn optional_type(ty: String, is_optional: bool) -> String {
    if is_optional {
        format!("Option<{ty}>")
    } else {
        ty
    }
}

pub(super) fn constructors(
    service: &Service,
    resource: &Resource,
    types: &[TypeId],
) -> Vec<Constructor> {
    let all = types.iter();
    all.map(|id| {
        let mut constructor = Constructor {
            name: function(service, "new", types, *id),
            owners: super::keys(resource),
            subject: match Subject::of(resource) {
                Some(Subject::Text) => "subject: &str, ",
                Some(Subject::Uuid) => "subject: Uuid, ",
                None => "",
            },
            input: rust::path(service, *id),
            values: Vec::new(),
            is_fallible: false,
            has_time: false,
            has_input: false,
        };
        constructor.owners.pop();
        for (index, column) in resource.row_columns() {
            let value = constructor.value(service, resource, index, *id);
            constructor.has_input |= value.contains("input.");
            constructor.has_time |= value == "now";
            constructor.values.push((column.field.clone(), value));
        }
        constructor
    })
    .collect()
}

impl Constructor {
    fn value(
        &mut self,
        service: &Service,
        resource: &Resource,
        index: usize,
        id: TypeId,
    ) -> String {
        let column = &resource.columns[index];
        let want = usize::from(column.nullable);
        match &column.source {
            ColumnSource::CreatedAt { .. } | ColumnSource::UpdatedAt { .. } if column.nullable => {
                self.has_time = true;
                "Some(now)".to_owned()
            }
            ColumnSource::CreatedAt { .. } | ColumnSource::UpdatedAt { .. } => "now".to_owned(),
            ColumnSource::Parent { .. } => {
                let owners = resource.parent_columns();
                let place = owners.iter().position(|owner| *owner == index);
                place
                    .and_then(|place| self.owners.get(place))
                    .map_or_else(String::new, |key| owner_value(&key.name, &column.ty))
            }
            ColumnSource::Caller { .. } => owner_value("subject", &column.ty),
            ColumnSource::Version { .. } => "1".to_owned(),
            ColumnSource::DeletedAt => "None".to_owned(),
            ColumnSource::Key { .. } => self.key(service, resource, column, id),
            ColumnSource::Field { .. } => match self.body(service, column, id) {
                Some((value, have)) => self.converted(service, column, id, &value, have, want),
                None => self.fill(service, column),
            },
        }
    }

    /// The body's field for a column, and how many options are around it.
    fn body(&self, service: &Service, column: &Column, id: TypeId) -> Option<(String, usize)> {
        let field = rust::field(rust::as_struct(service, id)?, rust::api_name(column)?)?;
        let place = format!("input.{}", field.name);
        let value = match (field.boxed, rust::options(field)) {
            (false, _) => place,
            (true, 0) => format!("*{place}"),
            (true, _) => format!("{place}.map(|value| *value)"),
        };
        Some((value, rust::options(field)))
    }

    fn converted(
        &mut self,
        service: &Service,
        column: &Column,
        id: TypeId,
        value: &str,
        have: usize,
        want: usize,
    ) -> String {
        let field = rust::as_struct(service, id)
            .zip(rust::api_name(column))
            .and_then(|(object, name)| rust::field(object, name));
        let Some(field) = field else {
            return value.to_owned();
        };
        let from = rust::kept_as(service, &field.schema);
        let conversion = convert::conversion(service, &from, &column.ty);
        self.is_fallible |= conversion.is_fallible();
        let converted = conversion.apply(value, have, want);
        if have > want {
            format!("{converted}.unwrap_or_default()")
        } else {
            converted
        }
    }

    fn key(
        &mut self,
        service: &Service,
        resource: &Resource,
        column: &Column,
        id: TypeId,
    ) -> String {
        let new_uuid = match column.ty {
            ColumnType::Uuid => "Uuid::now_v7()",
            _ => "Uuid::now_v7().to_string()",
        };
        let body = self.body(service, column, id);
        let body = body.map(|(value, have)| {
            let field = rust::as_struct(service, id)
                .zip(rust::api_name(column))
                .and_then(|(object, name)| rust::field(object, name));
            let from = field.map(|field| rust::kept_as(service, &field.schema));
            let conversion = from.map_or(convert::Conversion::None, |from| {
                convert::conversion(service, &from, &column.ty)
            });
            (conversion.apply(&value, have, have.min(1)), have)
        });
        match (resource.key_source, body) {
            (KeySource::Uuid, _) | (KeySource::ClientOrUuid, None) => new_uuid.to_owned(),
            (KeySource::ClientOrUuid, Some((value, 1..))) if new_uuid.ends_with("v7()") => {
                format!("{value}.unwrap_or_else(Uuid::now_v7)")
            }
            (KeySource::ClientOrUuid, Some((value, 1..))) => {
                format!("{value}.unwrap_or_else(|| {new_uuid})")
            }
            (KeySource::Integer, _) => "0".to_owned(),
            (_, Some((value, 0))) => value,
            (_, Some((value, _))) => format!("{value}.unwrap_or_default()"),
            (_, None) => "Default::default()".to_owned(),
        }
    }

    /// What a column holds that the body says nothing of.
    fn fill(&mut self, service: &Service, column: &Column) -> String {
        let Some(fill) = &column.fill else {
            return if column.nullable {
                "None"
            } else {
                "Default::default()"
            }
            .to_owned();
        };
        if fill.is_null() && column.nullable {
            return "None".to_owned();
        }
        let value = match (&column.ty, fill.as_str()) {
            (ColumnType::Text, Some(text)) => format!("{}.to_owned()", doors::rust_literal(text)),
            (ColumnType::Integer(_) | ColumnType::Boolean, _) => fill.to_string(),
            (ColumnType::Decimal(places), _) => decimal(fill, *places),
            (ColumnType::Number, _) => format!("{}_f64", fill.as_f64().unwrap_or_default()),
            (ColumnType::Enum(id), _) => match variant(service, *id, fill) {
                Some(variant) => variant,
                None => "Default::default()".to_owned(),
            },
            _ => {
                self.is_fallible = true;
                format!(
                    "column::constant({})?",
                    doors::rust_literal(&fill.to_string())
                )
            }
        };
        if column.nullable {
            format!("Some({value})")
        } else {
            value
        }
    }
}

/// A decimal as an expression, of so many places if they are known.
fn decimal(value: &serde_json::Value, places: Option<u32>) -> String {
    let digits = Digits::of_value(value).filter(|digits| digits.is_kept());
    let Some(digits) = digits else {
        return "Decimal::ZERO".to_owned();
    };
    rust::decimal("Decimal", digits, places)
}

fn variant(service: &Service, id: TypeId, value: &serde_json::Value) -> Option<String> {
    let crate::model::TypeKind::Enum(choice) = &service[id].kind else {
        return None;
    };
    let variant = choice
        .variants
        .iter()
        .find(|variant| variant.value == *value)?;
    Some(format!("{}::{}", rust::path(service, id), variant.name))
}

/// The row's value for an owner's key.
fn owner_value(name: &str, ty: &ColumnType) -> String {
    match ty {
        ColumnType::Integer(kind) if *kind != IntegerKind::I64 => {
            format!("{}::try_from({name}).unwrap_or_default()", kind.name())
        }
        ColumnType::Text | ColumnType::Json(_) | ColumnType::Enum(_) => {
            format!("{name}.to_owned()")
        }
        _ => name.to_owned(),
    }
}

/// How a row becomes a type of the answers.
pub(super) fn conversion(service: &Service, resource: &Resource, id: TypeId) -> Conversion {
    let mut out = Conversion {
        ty: rust::path(service, id),
        values: Vec::new(),
        is_fallible: false,
        has_row: false,
    };
    let Some(object) = rust::as_struct(service, id) else {
        return out;
    };
    for field in &object.fields {
        let shows = |column: &&Column| rust::api_name(column) == Some(field.row_name());
        let want = rust::options(field);
        let value = match resource.columns.iter().find(shows) {
            Some(column) => {
                let to = rust::kept_as(service, &field.schema);
                let conversion = convert::conversion(service, &column.ty, &to);
                out.is_fallible |= conversion.is_fallible();
                let have = usize::from(column.nullable);
                let place = format!("row.{}", column.field);
                let value = conversion.apply(&place, have, if field.boxed { have } else { want });
                match (field.boxed, have, want) {
                    (false, ..) => value,
                    (true, 0, 0) => format!("Box::new({value})"),
                    (true, 0, _) => format!("Some(Box::new({value}))"),
                    (true, _, _) => format!("{value}.map(Box::new)"),
                }
            }
            None if want > 0 => "None".to_owned(),
            None => "Default::default()".to_owned(),
        };
        out.has_row |= value.contains("row.");
        out.values.push((field.name.clone(), value));
    }
    if let Additional::Keep { name, .. } = &object.additional {
        out.values
            .push((name.clone(), "BTreeMap::new()".to_owned()));
    }
    out
}
