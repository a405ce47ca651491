//! `src/models/`: rows and the SQL of each resource.

mod below;
mod columns;
pub(super) mod credentials;
mod insert;
mod lists;
pub(super) mod seeds;
pub(super) mod sight;
mod statements;
mod transitions;

use std::collections::BTreeSet;

use askama::Template;

use self::{
    below::Below,
    columns::{Constructor, Conversion, RowField},
    insert::Insert,
    lists::{Filter, Several, SortColumn},
    sight::Sight,
    statements::{Delete, Patch, Replace},
    transitions::Move,
};
pub(super) use self::{
    below::function as below,
    lists::{constant, filtered, key_of},
    transitions::function as transition,
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
        Action, Column, ColumnType, Operation, Others, Resource, ResourceId, Service, Supply,
        TypeId,
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
    delete: Delete,
    /// What a list sees, as statements.
    sight: Option<String>,
    /// What is bound where one row is looked for, beside its key.
    sees: Vec<String>,
    /// The rows are told apart by who calls.
    has_caller: bool,
    /// Finds out whether a row is there that the caller may not see.
    exists: Option<String>,
    /// Changes are held to a version.
    has_version: bool,
    filters: Vec<Filter>,
    replaces: Vec<Replace>,
    patches: Vec<Patch>,
    moves: Vec<Move>,
    has_list: bool,
    has_count: bool,
    has_delete: bool,
    /// Rows of several keys are read at once.
    some: Option<Several>,
    /// Rows of several rows that they refer to are read at once.
    below: Vec<Below>,
    /// What makes a row of its keys, and what else is bound.
    link: Option<(String, Vec<String>)>,
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
    /// What is asked for are tables with their seeds, and not migrations alone.
    has_tables: bool,
    has_seeds: bool,
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
pub(super) fn resource(
    service: &Service,
    id: ResourceId,
    database: Database,
) -> askama::Result<String> {
    let resource = &service[id];
    let body = Model::of(service, id, database).render()?;
    let about = format!("//! The table `{}`.\n\n", resource.table);
    Ok(about + &imports(&body) + &body)
}

/// The file that lists the models and the migrations. `root` leads from it to the project's folder.
pub(super) fn index(
    service: &Service,
    before: &Before,
    (database, has_tables): (Database, bool),
    root: &str,
) -> askama::Result<String> {
    let has_seeds = !service.seeds.is_empty();
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
    modules.extend(service.accounts.as_ref().map(|_| "credentials"));
    modules.extend(has_seeds.then_some("seed_rows"));
    modules.sort_unstable();
    Index {
        has_tables,
        has_seeds,
        modules,
        migrations: migrations.collect(),
    }
    .render()
}

impl Model {
    fn of(service: &Service, id: ResourceId, database: Database) -> Self {
        let resource = &service[id];
        let table = identifier(&resource.table);
        let keys = resource.primary_key();
        let by_key = conditions(resource, &keys, 1);
        let seen = Sight::of(service, resource);
        let (sight, sees) = seen.fixed(keys.len() + 1);
        let (anybody, _) = Sight::of_anybody(service, resource).fixed(keys.len() + 1);
        let uses = Uses::of(service, id);
        let rows = uses
            .rows
            .iter()
            .map(|id| columns::conversion(service, resource, *id));
        let fields = columns::fields(service, resource, database);
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
            insert: Insert::of(service, resource, !uses.creates.is_empty(), database),
            select: literal(&format!("SELECT * FROM {table}")),
            select_one: literal(&format!("SELECT * FROM {table} WHERE {by_key}{sight}")),
            count: literal(&format!("SELECT COUNT(*) FROM {table}")),
            delete: Delete::of(service, id),
            sight: seen.pushed(),
            sees,
            has_caller: seen.knows_caller(),
            exists: forbids(service, resource).then(|| {
                let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {by_key}{anybody})");
                literal(&sql)
            }),
            has_version: resource.rules.version.is_some(),
            filters: lists::filters(service, id, database),
            replaces: statements::replaces(service, resource, &uses.replaces, database),
            patches: statements::patches(service, resource, &uses.updates, database),
            moves: transitions::moves(service, id),
            has_list: uses.has_list,
            has_count: uses.has_count,
            has_delete: uses.has_delete,
            some: Several::of(service, id),
            below: Below::of(service, id),
            link: uses.has_link.then(|| statements::link(resource)),
        }
    }

    /// `item_id: Uuid, `
    fn parameters(&self, keys: impl AsRef<[Key]>) -> String {
        let keys = keys.as_ref().iter();
        keys.map(|key| format!("{}: {}, ", key.name, key.ty))
            .collect()
    }

    /// Who calls, where that matters.
    fn caller(&self) -> &'static str {
        if self.has_caller {
            "caller: &Caller, "
        } else {
            ""
        }
    }

    /// The owners' keys.
    fn owners(&self) -> &[Key] {
        &self.keys[..self.keys.len().saturating_sub(1)]
    }
}

/// Others are told that a row is there, and not theirs: as the nearest table says whose rows are
/// callers' own.
pub(super) fn forbids(service: &Service, resource: &Resource) -> bool {
    let owners = sight::owners(service, resource).map(|id| &service[id]);
    let mut own = std::iter::once(resource)
        .chain(owners)
        .filter_map(|r| r.rules.caller);
    own.next()
        .is_some_and(|own| own.others == Others::Forbidden)
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
            "db", "sql", "row", "input", "patch", "filter", "order", "window", "now", "caller",
            "subject", "version", "keys", "most", "found",
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
            ColumnType::Decimal(_) => "Decimal",
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
    has_link: bool,
}

impl Uses {
    pub(super) fn of(service: &Service, id: ResourceId) -> Self {
        let mut uses = Self::default();
        push(&mut uses.rows, Some(service[id].entity));
        for operation in &service.operations {
            let Some((_, action, success)) = operation.role.on_rows().filter(|(of, ..)| *of == id)
            else {
                continue;
            };
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
                Action::Link => uses.has_link = true,
                Action::Get | Action::Transition(_) => {}
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
