//! What the lists of a resource are filtered and ordered by.

use super::super::{
    doors,
    sql::{identifier, rust},
};
use crate::{
    config::Database,
    model::{
        Action, Column, ColumnType, Comparison, IntegerKind, Resource, ResourceId, Role, Service,
        Type, TypeId,
    },
};

/// A column that lists are ordered by.
pub(super) struct SortColumn {
    /// `BY_NAME`
    pub(super) constant: String,
    /// The column as a literal of Rust.
    pub(super) sql: String,
    /// `Text`
    pub(super) kind: String,
    /// The row's value.
    pub(super) value: String,
    pub(super) is_nullable: bool,
}

/// A field of the filter.
pub(super) struct Filter {
    pub(super) name: String,
    pub(super) ty: String,
    /// ` AND currency = `, as a literal.
    pub(super) sql: String,
    /// What is bound for `value`; a `Key` where it is one of several that are allowed.
    pub(super) bind: String,
    pub(super) is_copy: bool,
    /// It has several values, each of which must differ.
    pub(super) is_each: bool,
    /// It has several values, of which one must be equal.
    pub(super) is_any: bool,
}

/// A comparison that lists of a resource make.
#[derive(Clone)]
pub(in crate::render) struct Compared {
    /// The column, by its place.
    pub(in crate::render) column: usize,
    pub(in crate::render) comparison: Comparison,
    /// The enum that all of its parameters are of, where there is one.
    pub(in crate::render) choice: Option<TypeId>,
    /// The field of the filter.
    pub(in crate::render) name: String,
}

/// How rows of several keys are read.
pub(super) struct Several {
    /// The type of a key.
    pub(super) ty: &'static str,
    /// Up to the owners' keys, or else to the keys, as a literal.
    pub(super) start: String,
    /// From there up to the keys, as a literal.
    pub(super) end: Option<String>,
    /// The `row`'s.
    pub(super) key: String,
}

impl Several {
    /// Where some operation shows the rows of a table beside others.
    pub(super) fn of(service: &Service, id: ResourceId) -> Option<Self> {
        let is_shown = |role: &Role| match role {
            Role::Crud {
                action: Action::List(_),
                success,
                ..
            } => {
                let mut rows = success.include.iter().flat_map(|include| &include.rows);
                rows.any(|row| row.resource == id && row.is_one())
            }
            _ => false,
        };
        let mut operations = service.operations.iter();
        let resource = operations
            .any(|o| is_shown(&o.role))
            .then(|| &service[id])?;
        let column = &resource.columns[resource.key];
        let (ty, key) = key_of(column);
        let (table, name) = (identifier(&resource.table), identifier(&column.name));
        let is_owned = !resource.parent_columns().is_empty();
        let start = format!("SELECT * FROM {table}");
        let end = format!("{} {name} IN (", if is_owned { " AND" } else { " WHERE" });
        let (start, end) = match is_owned {
            true => (start, Some(doors::rust_literal(&end))),
            false => (start + &end, None),
        };
        let start = doors::rust_literal(&start);
        Some(Self {
            ty,
            start,
            end,
            key,
        })
    }
}

/// The type of a key that rows are told apart by, and the `row`'s.
pub(in crate::render) fn key_of(column: &Column) -> (&'static str, String) {
    let place = format!("row.{}", column.field);
    match &column.ty {
        ColumnType::Uuid => ("Uuid", place),
        ColumnType::Integer(IntegerKind::I64) => ("i64", place),
        ColumnType::Integer(_) => ("i64", format!("i64::from({place})")),
        _ => ("String", format!("{place}.clone()")),
    }
}

impl SortColumn {
    pub(super) fn of(resource: &Resource, index: usize) -> Self {
        let column = &resource.columns[index];
        let place = format!("self.{}", column.field);
        // What becomes of the row's `value`, and whether it must be cloned.
        let (kind, of, clone) = match &column.ty {
            ColumnType::Uuid => ("Uuid", "value", ""),
            ColumnType::Integer(IntegerKind::I64) => ("Integer", "value", ""),
            ColumnType::Integer(_) => ("Integer", "i64::from(value)", ""),
            ColumnType::Number => ("Number", "value", ""),
            ColumnType::Boolean => ("Boolean", "value", ""),
            ColumnType::DateTime => ("DateTime", "value", ""),
            ColumnType::Date => ("Date", "value", ""),
            ColumnType::Enum(_) => ("Text", "value.as_str().to_owned()", ""),
            ColumnType::Text | ColumnType::Json(_) => ("Text", "value", ".clone()"),
            ColumnType::Decimal(places) => return Self::of_decimal(column, *places),
        };
        let value = match (column.nullable, of) {
            (false, of) => format!("Key::{kind}({}{clone})", of.replace("value", &place)),
            (true, "value") => format!("{place}{clone}.map_or(Key::Null, Key::{kind})"),
            (true, of) => format!("{place}.map_or(Key::Null, |value| Key::{kind}({of}))"),
        };
        Self {
            constant: constant(&column.name),
            sql: doors::rust_literal(&identifier(&column.name)),
            kind: kind.to_owned(),
            value,
            is_nullable: column.nullable,
        }
    }

    fn of_decimal(column: &Column, places: Option<u32>) -> Self {
        let place = format!("self.{}", column.field);
        let key = |value: &str| format!("Key::Decimal({value}, {places:?})");
        Self {
            constant: constant(&column.name),
            sql: doors::rust_literal(&identifier(&column.name)),
            kind: format!("Decimal({places:?})"),
            value: match column.nullable {
                true => format!("{place}.map_or(Key::Null, |value| {})", key("value")),
                false => key(&place),
            },
            is_nullable: column.nullable,
        }
    }
}

/// `BY_NAME`
pub(in crate::render) fn constant(column: &str) -> String {
    format!("BY_{}", column.to_uppercase())
}

/// What the lists of a resource filter by.
pub(super) fn filters(service: &Service, id: ResourceId, database: Database) -> Vec<Filter> {
    let resource = &service[id];
    let compared = filtered(service, id);
    let filters = compared.into_iter().map(|found| {
        let column = &resource.columns[found.column];
        let is_any = found.comparison == Comparison::OneOf;
        let is_each = found.comparison == Comparison::NoneOf;
        let (ty, bind) = value(service, column, found.choice);
        Filter {
            ty: match found.comparison.is_of_many() {
                true => format!("Vec<{ty}>"),
                false => ty,
            },
            sql: doors::rust_literal(&condition(column, found.comparison)),
            bind: match (is_any, is_each, bind) {
                (true, ..) => key(column, found.choice),
                (_, is_each, "value") if is_kept(column, database) => {
                    sought(column, found.comparison, is_each)
                }
                (_, true, "value") => "*value".to_owned(),
                (.., bind) => bind.to_owned(),
            },
            is_copy: bind != "value.clone()",
            name: found.name,
            is_each,
            is_any,
        }
    });
    filters.collect()
}

/// The type of a filter's value, and what a query binds for it.
fn value(service: &Service, column: &Column, choice: Option<TypeId>) -> (String, &'static str) {
    match (&column.ty, choice) {
        (ColumnType::Enum(_), Some(id)) => (rust::path(service, id), "value.as_str()"),
        (ColumnType::Text | ColumnType::Enum(_) | ColumnType::Json(_), _) => {
            ("String".to_owned(), "value.clone()")
        }
        (ColumnType::Integer(_), _) => ("i64".to_owned(), "value"),
        (ty, _) => (rust::column_type(service, ty), "value"),
    }
}

/// The database has no decimals of its own.
fn is_kept(column: &Column, database: Database) -> bool {
    matches!(column.ty, ColumnType::Decimal(_)) && database != Database::Postgres
}

/// What a decimal is compared with where the column has whole numbers of its last place: the next
/// one where the value has more places.
fn sought(column: &Column, comparison: Comparison, is_each: bool) -> String {
    let value = if is_each { "*value" } else { "value" };
    let ColumnType::Decimal(Some(places)) = column.ty else {
        return format!("Kept({value}, None)");
    };
    let function = match comparison {
        Comparison::AtLeast | Comparison::Below => "ceiling",
        Comparison::Above | Comparison::AtMost => "floor",
        _ => "equal",
    };
    format!("decimal::{function}({value}, {places})")
}

/// One of several values that a column may have.
fn key(column: &Column, choice: Option<TypeId>) -> String {
    let (kind, value) = match (&column.ty, choice) {
        (ColumnType::Decimal(places), _) => return format!("Key::Decimal(*value, {places:?})"),
        (ColumnType::Uuid, _) => ("Uuid", "*value"),
        (ColumnType::Integer(_), _) => ("Integer", "*value"),
        (ColumnType::Number, _) => ("Number", "*value"),
        (ColumnType::Boolean, _) => ("Boolean", "*value"),
        (ColumnType::DateTime, _) => ("DateTime", "*value"),
        (ColumnType::Date, _) => ("Date", "*value"),
        (ColumnType::Enum(_), Some(_)) => ("Text", "value.as_str().to_owned()"),
        (ColumnType::Text | ColumnType::Enum(_) | ColumnType::Json(_), _) => {
            ("Text", "value.clone()")
        }
    };
    format!("Key::{kind}({value})")
}

/// ` AND price >= `, up to the value.
fn condition(column: &Column, comparison: Comparison) -> String {
    let operator = match comparison {
        Comparison::Equal => "=",
        // Where there is no value, there is another one.
        Comparison::Differs | Comparison::NoneOf if column.nullable => "IS DISTINCT FROM",
        Comparison::Differs | Comparison::NoneOf => "<>",
        Comparison::Above => ">",
        Comparison::AtLeast => ">=",
        Comparison::Below => "<",
        Comparison::AtMost => "<=",
        Comparison::OneOf => "IN",
    };
    format!(" AND {} {operator} ", identifier(&column.name))
}

/// The comparisons that the lists of a resource make.
pub(in crate::render) fn filtered(service: &Service, id: ResourceId) -> Vec<Compared> {
    let mut found: Vec<Compared> = Vec::new();
    for operation in &service.operations {
        let Role::Crud {
            resource,
            action: Action::List(plan),
            ..
        } = &operation.role
        else {
            continue;
        };
        for filter in plan.filters.iter().filter(|_| *resource == id) {
            let choice = match operation.parameters[filter.parameter].schema.ty {
                Type::Named(id) => Some(id),
                Type::Array { ref items, .. } => items.id(),
                _ => None,
            };
            let choice = choice.filter(|id| rust::is_text_enum(service, *id));
            let same = |known: &&mut Compared| {
                (known.column, known.comparison) == (filter.column, filter.comparison)
            };
            match found.iter_mut().find(same) {
                Some(known) if known.choice != choice => known.choice = None,
                Some(_) => {}
                None => found.push(Compared {
                    column: filter.column,
                    comparison: filter.comparison,
                    choice,
                    name: String::new(),
                }),
            }
        }
    }
    found.sort_unstable_by_key(|compared| (compared.column, compared.comparison));
    name(&service[id], &mut found);
    found
}

/// The fields of the filter: `price`, and `price_at_least` beside it.
fn name(resource: &Resource, found: &mut [Compared]) {
    let mut taken: Vec<String> = Vec::new();
    let (plain, worded): (Vec<_>, Vec<_>) = found
        .iter_mut()
        .partition(|compared| compared.comparison == Comparison::Equal);
    for compared in plain.into_iter().chain(worded) {
        let field = &resource.columns[compared.column].field;
        let words = match compared.comparison {
            Comparison::Equal => "",
            Comparison::Differs => "_not",
            Comparison::Above => "_above",
            Comparison::AtLeast => "_at_least",
            Comparison::Below => "_below",
            Comparison::AtMost => "_at_most",
            Comparison::OneOf => "_in",
            Comparison::NoneOf => "_not_in",
        };
        compared.name = match words {
            "" => field.clone(),
            words => format!("{}{words}", field.trim_start_matches("r#")),
        };
        while taken.contains(&compared.name) {
            compared.name.push('_');
        }
        taken.push(compared.name.clone());
    }
}
