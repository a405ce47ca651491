//! The statements of a resource, with what they bind.

use super::{
    super::{
        doors,
        sql::{conditions, convert, identifier, identifiers, literal, rust},
    },
    function,
};
use crate::model::{
    Action, ColumnSource, ColumnType, IntegerKind, KeySource, Resource, ResourceId, Role, Service,
    Type, TypeId,
};

/// How a row is inserted.
pub(super) struct Insert {
    pub(super) exists: bool,
    /// The statement that names the key, unless the database always chooses it.
    pub(super) sql: Option<String>,
    pub(super) binds: Vec<String>,
    /// The statement that takes the next integer as the key.
    pub(super) numbered: Option<String>,
    pub(super) numbered_binds: Vec<String>,
    /// The row's field of the key.
    pub(super) key: String,
    /// What the key is read as.
    pub(super) key_value: String,
}

/// A column that lists are ordered by.
pub(super) struct SortColumn {
    /// `BY_NAME`
    pub(super) constant: String,
    /// The column as a literal of Rust.
    pub(super) sql: String,
    /// `Text`
    pub(super) kind: &'static str,
    /// The row's value.
    pub(super) value: String,
}

/// A column that lists are filtered by.
pub(super) struct Filter {
    pub(super) name: String,
    pub(super) ty: String,
    /// ` AND currency = `, as a literal.
    pub(super) sql: String,
    /// What is bound for `value`.
    pub(super) bind: String,
    pub(super) is_copy: bool,
}

/// `replace`
pub(super) struct Replace {
    pub(super) name: String,
    pub(super) input: String,
    /// `None` where the body sets nothing.
    pub(super) sql: Option<String>,
    pub(super) binds: Vec<String>,
    pub(super) has_input: bool,
}

/// `patch`
pub(super) struct Patch {
    pub(super) name: String,
    pub(super) input: String,
    /// How the statement starts, up to the first value or with all that it needs.
    pub(super) start: String,
    pub(super) sets_time: bool,
    pub(super) fields: Vec<PatchField>,
}

/// A field of a patch.
pub(super) struct PatchField {
    pub(super) name: String,
    /// `, name = `, as a literal.
    pub(super) sql: String,
    /// What is bound for `value`.
    pub(super) bind: String,
    /// It may be absent.
    pub(super) is_optional: bool,
}

impl Insert {
    pub(super) fn of(service: &Service, resource: &Resource, exists: bool) -> Self {
        let fields = super::columns::fields(service, resource);
        let binds: Vec<String> = fields.into_iter().map(|field| field.bind).collect();
        let all: Vec<usize> = (0..resource.columns.len()).collect();
        let columns = identifiers(resource, &all);
        let table = identifier(&resource.table);
        let values = numbers(1, all.len());
        let key = &resource.columns[resource.key];
        let kind = match &key.ty {
            ColumnType::Integer(kind) => *kind,
            _ => IntegerKind::I64,
        };
        let is_numbered = matches!(key.ty, ColumnType::Integer(_))
            && matches!(
                resource.key_source,
                KeySource::Integer | KeySource::ClientOrInteger
            );
        let is_named = !(is_numbered && resource.key_source == KeySource::Integer);
        let named = format!("INSERT INTO {table} ({columns}) VALUES ({values})");
        let mut numbered_binds = binds.clone();
        if is_numbered {
            numbered_binds.remove(resource.key);
        }
        Self {
            exists,
            sql: is_named.then(|| literal(&named)),
            binds,
            numbered: is_numbered.then(|| literal(&numbered(resource, &columns, kind))),
            numbered_binds,
            key: key.field.clone(),
            key_value: match kind {
                IntegerKind::I64 => "key".to_owned(),
                kind => format!("{}::try_from(key).unwrap_or_default()", kind.name()),
            },
        }
    }
}

/// Takes the largest key and one, below the same owner, unless somebody else took it meanwhile.
/// The bound keeps a client that chose the largest key of all from ending all numbering.
fn numbered(resource: &Resource, columns: &str, kind: IntegerKind) -> String {
    let table = identifier(&resource.table);
    let key = identifier(&resource.columns[resource.key].name);
    let mut next = 0;
    let mut owners = Vec::new();
    let values = resource.columns.iter().enumerate().map(|(index, column)| {
        if index == resource.key {
            return format!("COALESCE(MAX({key}), 0) + 1");
        }
        next += 1;
        if matches!(column.source, ColumnSource::Parent { .. }) {
            owners.push(format!("{} = ${next} AND ", identifier(&column.name)));
        }
        format!("${next}")
    });
    let values = values.collect::<Vec<_>>().join(", ");
    let owners = owners.concat();
    let primary = identifiers(resource, &resource.primary_key());
    format!(
        "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} \
         WHERE {owners}{key} < {} ON CONFLICT ({primary}) DO NOTHING RETURNING {key}",
        largest(kind)
    )
}

fn largest(kind: IntegerKind) -> i64 {
    match kind {
        IntegerKind::I8 => i8::MAX.into(),
        IntegerKind::I16 => i16::MAX.into(),
        IntegerKind::I32 => i32::MAX.into(),
        IntegerKind::U8 => u8::MAX.into(),
        IntegerKind::U16 => u16::MAX.into(),
        IntegerKind::U32 => u32::MAX.into(),
        IntegerKind::I64 | IntegerKind::U64 => i64::MAX,
    }
}

/// `$3, $4`
fn numbers(first: usize, count: usize) -> String {
    let numbers = (first..first + count).map(|number| format!("${number}"));
    numbers.collect::<Vec<_>>().join(", ")
}

impl SortColumn {
    pub(super) fn of(resource: &Resource, index: usize) -> Self {
        let column = &resource.columns[index];
        let place = format!("self.{}", column.field);
        let (kind, value) = match &column.ty {
            ColumnType::Uuid => ("Uuid", place),
            ColumnType::Integer(IntegerKind::I64) => ("Integer", place),
            ColumnType::Integer(_) => ("Integer", format!("i64::from({place})")),
            ColumnType::Number => ("Number", place),
            ColumnType::Boolean => ("Boolean", place),
            ColumnType::DateTime => ("DateTime", place),
            ColumnType::Date => ("Date", place),
            ColumnType::Enum(_) => ("Text", format!("{place}.as_str().to_owned()")),
            ColumnType::Text | ColumnType::Json(_) => ("Text", format!("{place}.clone()")),
        };
        Self {
            constant: constant(&column.name),
            sql: doors::rust_literal(&identifier(&column.name)),
            kind,
            value: format!("Key::{kind}({value})"),
        }
    }
}

/// `BY_NAME`
pub(in crate::render) fn constant(column: &str) -> String {
    format!("BY_{}", column.to_uppercase())
}

/// What the lists of a resource filter by.
pub(super) fn filters(service: &Service, id: ResourceId) -> Vec<Filter> {
    let resource = &service[id];
    let columns = filtered(service, id);
    let filters = columns.into_iter().map(|(index, choice)| {
        let column = &resource.columns[index];
        let (ty, bind) = match (&column.ty, choice) {
            (ColumnType::Text | ColumnType::Json(_), _) => ("String".to_owned(), "value.clone()"),
            (ColumnType::Enum(_), Some(id)) => (rust::path(service, id), "value.as_str()"),
            (ColumnType::Enum(_), None) => ("&'static str".to_owned(), "value"),
            (ColumnType::Integer(_), _) => ("i64".to_owned(), "value"),
            (ty, _) => (rust::column_type(service, ty), "value"),
        };
        let is_copy = bind != "value.clone()";
        Filter {
            name: column.field.clone(),
            ty,
            sql: doors::rust_literal(&format!(" AND {} = ", identifier(&column.name))),
            bind: bind.to_owned(),
            is_copy,
        }
    });
    filters.collect()
}

/// The columns that the lists of a resource filter by, each with the enum that all of its
/// parameters are of, where there is one.
pub(in crate::render) fn filtered(
    service: &Service,
    id: ResourceId,
) -> Vec<(usize, Option<TypeId>)> {
    let mut found: Vec<(usize, Option<TypeId>)> = Vec::new();
    for operation in &service.operations {
        let Role::Crud {
            resource,
            action: Action::List(plan),
            ..
        } = &operation.role
        else {
            continue;
        };
        for (parameter, column) in plan.filters.iter().filter(|_| *resource == id) {
            let choice = match operation.parameters[*parameter].schema.ty {
                Type::Named(id) => Some(id),
                _ => None,
            };
            match found.iter_mut().find(|(known, _)| known == column) {
                Some((_, known)) if *known != choice => *known = None,
                Some(_) => {}
                None => found.push((*column, choice)),
            }
        }
    }
    found.sort_unstable_by_key(|(column, _)| *column);
    found
}

/// The columns that a body sets, beside the keys.
fn settable(resource: &Resource) -> impl Iterator<Item = usize> + '_ {
    let columns = resource.columns.iter().enumerate();
    columns.filter_map(|(index, column)| {
        matches!(column.source, ColumnSource::Field { .. }).then_some(index)
    })
}

fn updated_at(resource: &Resource) -> Option<String> {
    let is_time = |c: &&crate::model::Column| matches!(c.source, ColumnSource::UpdatedAt { .. });
    resource
        .columns
        .iter()
        .find(is_time)
        .map(|column| identifier(&column.name))
}

pub(super) fn replaces(service: &Service, resource: &Resource, types: &[TypeId]) -> Vec<Replace> {
    types
        .iter()
        .map(|id| Replace::of(service, resource, types, *id))
        .collect()
}

impl Replace {
    fn of(service: &Service, resource: &Resource, types: &[TypeId], id: TypeId) -> Self {
        let keys = resource.primary_key();
        let mut sets = Vec::new();
        let mut binds = Vec::new();
        for index in settable(resource) {
            let column = &resource.columns[index];
            let field = rust::as_struct(service, id)
                .zip(rust::api_name(column))
                .and_then(|(object, name)| rust::field(object, name));
            let Some(field) = field else { continue };
            let name = identifier(&column.name);
            let number = keys.len() + binds.len() + 1;
            let options = rust::options(field);
            sets.push(if options > 0 && !column.nullable {
                format!("{name} = COALESCE(${number}, {name})")
            } else {
                format!("{name} = ${number}")
            });
            let place = match (field.boxed, options) {
                (true, 0) => format!("*input.{}", field.name),
                (false, 2) => format!("input.{}.clone().flatten()", field.name),
                _ => format!("input.{}", field.name),
            };
            binds.push(convert::bind(
                &rust::kept_as(service, &field.schema),
                &place,
                options,
            ));
        }
        if let Some(name) = updated_at(resource) {
            sets.push(format!("{name} = ${}", keys.len() + binds.len() + 1));
            binds.push("db::now()".to_owned());
        }
        let sql = format!(
            "UPDATE {} SET {} WHERE {} RETURNING *",
            identifier(&resource.table),
            sets.join(", "),
            conditions(resource, &keys, 1)
        );
        Self {
            has_input: binds.iter().any(|bind| bind.contains("input.")),
            name: function(service, "replace", types, id),
            input: rust::path(service, id),
            sql: (!sets.is_empty()).then(|| literal(&sql)),
            binds,
        }
    }
}

pub(super) fn patches(service: &Service, resource: &Resource, types: &[TypeId]) -> Vec<Patch> {
    types
        .iter()
        .map(|id| Patch::of(service, resource, types, *id))
        .collect()
}

impl Patch {
    fn of(service: &Service, resource: &Resource, types: &[TypeId], id: TypeId) -> Self {
        let table = identifier(&resource.table);
        let key = identifier(&resource.columns[resource.key].name);
        let updated_at = updated_at(resource);
        let start = match &updated_at {
            Some(name) => format!("UPDATE {table} SET {name} = "),
            // Something must be set, and this changes nothing.
            None => format!("UPDATE {table} SET {key} = {key}"),
        };
        let fields = settable(resource).filter_map(|index| {
            let column = &resource.columns[index];
            let field = rust::field(rust::as_struct(service, id)?, rust::api_name(column)?)?;
            let ty = rust::kept_as(service, &field.schema);
            let options = rust::options(field);
            let is_optional = options == 2 || (options == 1 && !field.schema.nullable);
            let inner = options - usize::from(is_optional);
            Some(PatchField {
                name: field.name.clone(),
                sql: doors::rust_literal(&format!(", {} = ", identifier(&column.name))),
                bind: convert::bind_owned(&ty, "value", inner),
                is_optional,
            })
        });
        Self {
            name: function(service, "patch", types, id),
            input: rust::path(service, id),
            start: doors::rust_literal(&start),
            sets_time: updated_at.is_some(),
            fields: fields.collect(),
        }
    }
}
