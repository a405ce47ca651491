//! `src/models/`: rows and the SQL of each resource.

mod columns;
mod statements;

use std::collections::BTreeSet;

use askama::Template;

pub(super) use self::statements::{constant, filtered};
use self::{
    columns::{Constructor, Conversion, RowField},
    statements::{Filter, Insert, Patch, Replace, SortColumn},
};
use super::{
    Before, doors,
    imports::imports,
    migrations,
    sql::{conditions, identifier, literal, rust},
};
use crate::{
    config::Database,
    model::{
        Action, Column, ColumnType, Operation, Resource, ResourceId, Role, Service, Supply, TypeId,
    },
};

/// `src/models/items.rs`, but for its imports.
#[derive(Template)]
#[template(path = "layered/src/models/resource.rs.j2")]
struct Model {
    row: String,
    filter_type: String,
    fields: Vec<RowField>,
    constructors: Vec<Constructor>,
    conversions: Vec<Conversion>,
    /// The columns that lists are ordered by.
    sorts: Vec<SortColumn>,
    key: SortColumn,
    /// The owners' keys and the row's own.
    keys: Vec<Key>,
    insert: Insert,
    select: String,
    select_one: String,
    count: String,
    delete: String,
    filters: Vec<Filter>,
    replaces: Vec<Replace>,
    patches: Vec<Patch>,
    has_list: bool,
    has_count: bool,
    has_delete: bool,
    /// Lists are ordered by more than the key.
    has_other_sorts: bool,
    /// Some column is read as it is.
    has_plain_read: bool,
}

/// A key as the functions take it.
pub(super) struct Key {
    /// The parameter.
    pub(super) name: String,
    /// Its type, such as `Uuid` or `&str`.
    pub(super) ty: &'static str,
    /// The column.
    pub(super) sql: String,
}

/// `src/models/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/models/mod.rs.j2")]
struct Index<'a> {
    modules: Vec<&'a str>,
    migrations: Vec<MigrationFile>,
}

struct MigrationFile {
    version: usize,
    name: String,
    path: String,
}

/// The file of a resource.
///
/// # Errors
/// The template prints what is no Rust, which is a bug of ours.
pub(super) fn resource(service: &Service, id: ResourceId) -> askama::Result<String> {
    let resource = &service[id];
    let body = Model::of(service, id).render()?;
    let about = format!("//! The table `{}`.\n\n", resource.table);
    Ok(about + &imports(&body) + &body)
}

/// The file that lists the models and the migrations. `root` leads from it to the project's folder.
pub(super) fn index(
    service: &Service,
    before: &Before,
    database: Database,
    root: &str,
) -> askama::Result<String> {
    let folder = migrations::folder(database);
    let known = before
        .migrations
        .keys()
        .filter_map(|path| path.rsplit('/').next());
    let mut files: BTreeSet<String> = known.map(str::to_owned).collect();
    files.extend(
        migrations::planned(service, before, database)?
            .into_iter()
            .map(|m| m.file),
    );
    let migrations = files.iter().filter_map(|file| {
        let (version, name) = file.strip_suffix(".sql")?.split_once('_')?;
        Some(MigrationFile {
            version: version.parse().ok()?,
            name: doors::rust_literal(&name.replace('_', " ")),
            path: doors::rust_literal(&format!("{root}{folder}/{file}")),
        })
    });
    let mut modules: Vec<&str> = service
        .resources
        .iter()
        .map(|r| r.module.as_str())
        .collect();
    modules.sort_unstable();
    Index {
        modules,
        migrations: migrations.collect(),
    }
    .render()
}

impl Model {
    fn of(service: &Service, id: ResourceId) -> Self {
        let resource = &service[id];
        let table = identifier(&resource.table);
        let keys = resource.primary_key();
        let by_key = conditions(resource, &keys, 1);
        let uses = Uses::of(service, id);
        let rows = uses
            .rows
            .iter()
            .map(|id| columns::conversion(service, resource, *id));
        let fields = columns::fields(service, resource);
        Self {
            row: resource.type_name.clone(),
            has_plain_read: fields.iter().any(|field| field.read.starts_with("row.")),
            has_other_sorts: uses.sorts.iter().any(|index| *index != resource.key),
            filter_type: filter_type(resource),
            fields,
            constructors: columns::constructors(service, resource, &uses.creates),
            conversions: rows.collect(),
            sorts: uses
                .sorts
                .iter()
                .map(|index| SortColumn::of(resource, *index))
                .collect(),
            key: SortColumn::of(resource, resource.key),
            keys: self::keys(resource),
            insert: Insert::of(service, resource, !uses.creates.is_empty()),
            select: literal(&format!("SELECT * FROM {table}")),
            select_one: literal(&format!("SELECT * FROM {table} WHERE {by_key}")),
            count: literal(&format!("SELECT COUNT(*) FROM {table}")),
            delete: literal(&format!("DELETE FROM {table} WHERE {by_key}")),
            filters: statements::filters(service, id),
            replaces: statements::replaces(service, resource, &uses.replaces),
            patches: statements::patches(service, resource, &uses.updates),
            has_list: uses.has_list,
            has_count: uses.has_count,
            has_delete: uses.has_delete,
        }
    }

    /// `item_id: Uuid, `
    fn parameters(&self, keys: impl AsRef<[Key]>) -> String {
        let keys = keys.as_ref().iter();
        keys.map(|key| format!("{}: {}, ", key.name, key.ty))
            .collect()
    }

    /// The owners' keys.
    fn owners(&self) -> &[Key] {
        &self.keys[..self.keys.len().saturating_sub(1)]
    }
}

/// `ItemFilter`
pub(super) fn filter_type(resource: &Resource) -> String {
    let name = resource.type_name.strip_suffix("Row");
    format!("{}Filter", name.unwrap_or(&resource.type_name))
}

/// The keys that the functions of a resource take, the owners' first.
pub(super) fn keys(resource: &Resource) -> Vec<Key> {
    let columns = resource
        .primary_key()
        .into_iter()
        .filter_map(|i| resource.columns.get(i));
    columns.map(Key::of).collect()
}

impl Key {
    fn of(column: &Column) -> Self {
        let taken = [
            "db", "sql", "row", "input", "patch", "filter", "order", "window", "now",
        ];
        let name = if taken.contains(&column.field.as_str()) {
            format!("{}_key", column.field)
        } else {
            column.field.clone()
        };
        let ty = match &column.ty {
            ColumnType::Uuid => "Uuid",
            ColumnType::Integer(_) => "i64",
            ColumnType::Number => "f64",
            ColumnType::Boolean => "bool",
            ColumnType::DateTime => "DateTime<Utc>",
            ColumnType::Date => "NaiveDate",
            ColumnType::Text | ColumnType::Enum(_) | ColumnType::Json(_) => "&str",
        };
        Self {
            name,
            ty,
            sql: identifier(&column.name),
        }
    }
}

impl Key {
    /// ` WHERE item_id = `, as a literal.
    fn condition(&self, is_first: &bool) -> String {
        let word = if *is_first { "WHERE" } else { "AND" };
        doors::rust_literal(&format!(" {word} {} = ", self.sql))
    }

    /// What is bound for it where the query outlives the call.
    fn bound(&self) -> String {
        match self.ty {
            "&str" => format!("{}.to_owned()", self.name),
            _ => self.name.clone(),
        }
    }
}

/// What the operations ask of a resource.
#[derive(Default)]
pub(super) struct Uses {
    /// The types that bodies create rows from, in the order of the operations.
    pub(super) creates: Vec<TypeId>,
    pub(super) replaces: Vec<TypeId>,
    pub(super) updates: Vec<TypeId>,
    /// The types that answers show rows as; the entity first.
    rows: Vec<TypeId>,
    /// The columns that lists are ordered by.
    sorts: BTreeSet<usize>,
    has_list: bool,
    has_count: bool,
    has_delete: bool,
}

impl Uses {
    pub(super) fn of(service: &Service, id: ResourceId) -> Self {
        let mut uses = Self::default();
        push(&mut uses.rows, Some(service[id].entity));
        for operation in &service.operations {
            let Role::Crud {
                resource,
                action,
                success,
                ..
            } = &operation.role
            else {
                continue;
            };
            if *resource != id {
                continue;
            }
            success.body.for_each(&mut |supply| {
                if let Supply::Row(id) | Supply::Rows(id) = supply {
                    push(&mut uses.rows, Some(*id));
                }
            });
            let body = body_type(service, operation, action.wrapper());
            match action {
                Action::List(plan) => {
                    uses.has_list = true;
                    uses.has_count |= plan.counts;
                    uses.sorts.extend(plan.sort.keys().map(|key| key.column));
                }
                Action::Create { .. } => push(&mut uses.creates, body),
                Action::Replace { .. } => push(&mut uses.replaces, body),
                Action::Update { .. } => push(&mut uses.updates, body),
                Action::Delete => uses.has_delete = true,
                Action::Get => {}
            }
        }
        uses
    }
}

fn push(types: &mut Vec<TypeId>, id: Option<TypeId>) {
    types.extend(id.filter(|id| !types.contains(id)));
}

/// The type of an operation's body, unwrapped.
pub(super) fn body_type(
    service: &Service,
    operation: &Operation,
    wrapper: Option<&str>,
) -> Option<TypeId> {
    let (id, object) = rust::struct_of(service, &operation.body.as_ref()?.schema)?;
    match wrapper {
        Some(name) => {
            let inner = rust::field(object, name)?;
            rust::struct_of(service, &inner.schema).map(|(id, _)| id)
        }
        None => Some(id),
    }
}

/// The name of the function for the body at this place: `new`, and `new_from_item_draft`.
pub(super) fn function(service: &Service, name: &str, types: &[TypeId], id: TypeId) -> String {
    if types.first() == Some(&id) {
        return name.to_owned();
    }
    let from = crate::model::name::module_name(&service[id].name);
    format!("{name}_from_{}", from.trim_end_matches('_'))
}

/// Whether rows become this type with a `Result`.
pub(super) fn is_fallible(service: &Service, resource: &Resource, id: TypeId) -> bool {
    columns::conversion(service, resource, id).is_fallible
}

/// Whether a body of this type becomes a row with a `Result`.
pub(super) fn is_constructor_fallible(service: &Service, resource: &Resource, id: TypeId) -> bool {
    let all = columns::constructors(service, resource, &[id]);
    all.iter().any(|constructor| constructor.is_fallible)
}
