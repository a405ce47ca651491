//! How the rows are read that belong to each of several others.

use std::collections::BTreeMap;

use super::{super::doors, super::sql::identifier, Key, lists::key_of};
use crate::model::{
    Action, ColumnType, Included, IntegerKind, ListPlan, Operation, Resource, ResourceId, Role,
    Service, Sort, SortKey, TypeKind,
};

/// The function that reads them.
pub(super) struct Below {
    /// `by_order_id`
    pub(super) name: String,
    /// The type of a key.
    pub(super) ty: &'static str,
    /// The keys above that one, which are the same for all.
    pub(super) owners: Vec<Key>,
    /// Up to the owners' keys, or else to the keys, as a literal.
    pub(super) start: String,
    /// From there up to the keys, as a literal.
    pub(super) end: Option<String>,
    /// From the keys up to how many of each, and what follows, as literals.
    pub(super) most: String,
    pub(super) order: String,
    /// The `row`'s, which may have none.
    pub(super) key: String,
    pub(super) is_nullable: bool,
}

impl Below {
    /// All that some operation shows beside other rows.
    pub(super) fn of(service: &Service, id: ResourceId) -> Vec<Self> {
        let operations = service.operations.iter();
        let include = operations.filter_map(|operation| match &operation.role {
            Role::Crud { success, .. } => success.include.as_ref(),
            _ => None,
        });
        let rows = include.flat_map(|include| &include.rows);
        let rows = rows.filter(|row| row.resource == id && !row.is_one());
        let distinct: BTreeMap<usize, &Included> = rows.map(|row| (row.column(), row)).collect();
        let rows = distinct.into_values();
        rows.map(|row| Self::by(service, id, row)).collect()
    }

    fn by(service: &Service, id: ResourceId, included: &Included) -> Self {
        let resource = &service[id];
        let column = &resource.columns[included.column()];
        let owners = included
            .columns
            .split_last()
            .map_or(&[][..], |(_, own)| own);
        let owners: Vec<Key> = owners
            .iter()
            .map(|owner| Key::of(&resource.columns[*owner]))
            .collect();
        let [table, name] = [&resource.table, &column.name].map(|name| identifier(name));
        let place = place(resource);
        let start = format!(
            "SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY {name} ORDER BY {}) AS {place} \
             FROM {table}",
            order(service, id)
        );
        let end = |word| format!(" {word} {name} IN (");
        let (start, end) = match owners.is_empty() {
            true => (start + &end("WHERE"), None),
            false => (start, Some(doors::rust_literal(&end("AND")))),
        };
        let (ty, key) = key_of(column);
        Self {
            name: function(resource, included),
            ty,
            owners,
            start: doors::rust_literal(&start),
            end,
            most: doors::rust_literal(&format!(") AS ranked WHERE {place} <= ")),
            order: doors::rust_literal(&format!(" ORDER BY {place}")),
            key: match (column.nullable, &column.ty) {
                (true, ColumnType::Integer(kind)) if *kind != IntegerKind::I64 => {
                    format!("row.{}.map(i64::from)", column.field)
                }
                _ => key,
            },
            is_nullable: column.nullable,
        }
    }
}

/// `by_order_id`
pub(in crate::render) fn function(resource: &Resource, included: &Included) -> String {
    let field = &resource.columns[included.column()].field;
    format!("by_{}", field.trim_start_matches("r#"))
}

/// What the rows are numbered by: the order of their own list.
fn order(service: &Service, id: ResourceId) -> String {
    let resource = &service[id];
    let mut operations = resource.operations.iter().map(|id| &service[*id]);
    let usual = operations.find_map(|operation| match &operation.role {
        Role::Crud {
            action: Action::List(plan),
            ..
        } => usual(service, operation, plan),
        _ => None,
    });
    let key = SortKey {
        column: resource.key,
        descending: usual.is_some_and(|usual| usual.descending),
    };
    let keys = usual.iter().filter(|usual| usual.column != key.column);
    let by = |key: &SortKey| {
        let column = &resource.columns[key.column];
        let direction = if key.descending { "DESC" } else { "ASC" };
        let last = if column.nullable { " NULLS LAST" } else { "" };
        format!("{} {direction}{last}", identifier(&column.name))
    };
    let keys: Vec<String> = keys.chain([&key]).map(by).collect();
    keys.join(", ")
}

/// The order of a list where nobody asks for one.
fn usual(service: &Service, operation: &Operation, plan: &ListPlan) -> Option<SortKey> {
    let Sort::Parameter {
        parameter, keys, ..
    } = &plan.sort
    else {
        return plan.sort.keys().last().copied();
    };
    let schema = &operation.parameters[*parameter].schema;
    let said = schema.default.as_ref().and_then(|default| {
        let first = default
            .as_array()
            .map_or(Some(default), |all| all.first())?;
        let TypeKind::Enum(choice) = &service[schema.id()?].kind else {
            return None;
        };
        let mut variants = choice.variants.iter();
        keys.get(variants.position(|variant| variant.value == *first)?)
    });
    said.or(plan.sort.keys().last()).copied()
}

/// The column that numbers rows: none of theirs.
fn place(resource: &Resource) -> String {
    let mut place = "place".to_owned();
    while resource.columns.iter().any(|column| column.name == place) {
        place.push('_');
    }
    place
}
