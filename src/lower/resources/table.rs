//! The columns of a collection.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    bodies,
    candidates::{Candidate, Owner, Slot},
    columns::{Drawing, default, name_columns},
    keys, links, rules, said,
    shape::{self, Names},
    types::{as_struct, fits, may_be_absent, may_be_empty},
    words::{plain, says_unique},
};
use crate::model::{
    Column, ColumnSource, ColumnType, Elsewhere, Field, KeySource, Parent, Presence, Resource,
    ResourceId, Rules, Schema, Service, Struct, TypeId,
};

/// A table that is being inferred.
pub(super) struct Table<'a> {
    pub(super) service: &'a Service,
    pub(super) names: Names,
    /// The type that responses carry.
    pub(super) entity: TypeId,
    pub(super) columns: Vec<Column>,
    /// For each column, the schema of its values.
    pub(super) values: Vec<Schema>,
    /// The place of the key.
    pub(super) key: usize,
    /// Where a new key comes from, or why from nowhere.
    pub(super) key_source: Result<KeySource, String>,
    pub(super) parent: Option<Parent>,
    pub(super) elsewhere: Vec<Elsewhere>,
    pub(super) unique: Vec<Vec<usize>>,
    /// The indexes that the document asks for.
    pub(super) indexes: Vec<Vec<usize>>,
    pub(super) rules: Rules,
    /// What other versions of the API call properties, and what the row calls them.
    renamed: BTreeMap<String, String>,
}

impl<'a> Table<'a> {
    /// The table of a collection, or why it is none.
    pub(super) fn of(
        service: &'a Service,
        candidate: &Candidate<'a>,
        owner: impl Fn(&Owner<'_>) -> Option<ResourceId>,
        resources: &[Resource],
    ) -> Result<Self, String> {
        let names = Names::new(candidate.word);
        let rows = row_types(service, candidate, &names)?;
        let rows: Vec<TypeId> = rows.into_iter().map(|(id, _)| id).collect();
        let entity = rows[0];
        let (def, found) = (
            &service[entity],
            as_struct(service, entity).ok_or("its answer is no object")?,
        );
        let key = keys::find(service, candidate, &names, def, found)?;
        let create = candidate
            .with(&Slot::Create)
            .find_map(|id| bodies::read(service, &service[id], &names).ok());
        let key_source = match &create {
            None if links::are_made(service, candidate) => Ok(KeySource::Client),
            create => keys::source(service, &key, create.as_ref()),
        };
        let said = said::of(&service.said, candidate);
        let drawing = Drawing {
            service,
            candidate,
            names: &names,
            rows: &rows,
            create: create.as_ref(),
            key,
            said,
        };
        let mut drafts = drawing.owners(&owner, resources)?;
        let depth = drafts.len();
        drawing.fields(found, &mut drafts);
        drawing.of_bodies(&mut drafts);
        drawing.hidden(&mut drafts);
        let columns = name_columns(service, &drafts);
        let is_key = |column: &Column| matches!(column.source, ColumnSource::Key { .. });
        let parent = candidate.owners.last().and_then(&owner);
        let mut table = Self {
            service,
            entity,
            key: columns.iter().position(is_key).unwrap_or(depth),
            key_source,
            parent: parent.map(|resource| Parent {
                resource,
                column: depth - 1,
            }),
            elsewhere: Vec::new(),
            unique: Vec::new(),
            indexes: Vec::new(),
            rules: Rules::default(),
            renamed: renamed(service, candidate, &names),
            values: drafts.into_iter().map(|draft| draft.value).collect(),
            columns,
            names,
        };
        table.unique = table.unique_keys(found, depth);
        table.rules = rules::of(&table, said);
        if let Some(said) = said {
            rules::keys(&mut table, said);
        }
        table.elsewhere = said.map_or_else(Vec::new, |said| said::elsewhere(said, &table, depth));
        Ok(table)
    }

    /// The column of a property.
    pub(super) fn column(&self, api_name: &str) -> Option<usize> {
        let find = |name: &str| {
            let mut columns = self.columns.iter();
            columns.position(|column| shown(&column.source) == Some(name))
        };
        find(api_name).or_else(|| find(self.renamed.get(api_name)?))
    }

    /// The column of a property that is called so, however it is spelt.
    pub(super) fn column_called(&self, plain_name: &str) -> Option<usize> {
        let called =
            |column: &Column| shown(&column.source).is_some_and(|name| plain(name) == plain_name);
        let mut renamed = self.renamed.keys();
        self.columns.iter().position(called).or_else(|| {
            let name = renamed.find(|name| plain(name) == plain_name)?;
            self.column(name)
        })
    }

    /// The document says what stands in for a value that nobody sends.
    pub(super) fn has_default(&self, column: usize) -> bool {
        default(self.service, &self.values[column]).is_some()
    }

    fn unique_keys(&self, entity: &Struct, depth: usize) -> Vec<Vec<usize>> {
        let said = entity.fields.iter().filter(|field| {
            let description = field.description.as_deref();
            description.is_some_and(|text| says_unique(text, depth > 0))
        });
        let scalar = |index: &usize| {
            let column = &self.columns[*index];
            let kind = matches!(
                column.ty,
                ColumnType::Text | ColumnType::Integer(_) | ColumnType::Uuid
            );
            kind && !column.nullable && matches!(column.source, ColumnSource::Field { .. })
        };
        let columns = said
            .filter_map(|field| self.column(&field.api_name))
            .filter(scalar);
        columns
            .map(|index| (0..depth).chain([index]).collect())
            .collect()
    }
}

/// The property that shows a column.
pub(in crate::lower) fn shown(source: &ColumnSource) -> Option<&str> {
    match source {
        ColumnSource::Field { api_name }
        | ColumnSource::UpdatedAt { api_name }
        | ColumnSource::Caller { api_name }
        | ColumnSource::Version { api_name } => Some(api_name),
        ColumnSource::DeletedAt => None,
        ColumnSource::Key { api_name }
        | ColumnSource::Parent { api_name, .. }
        | ColumnSource::CreatedAt { api_name } => api_name.as_deref(),
    }
}

/// What the rows of other versions call properties otherwise than these do.
fn renamed(
    service: &Service,
    candidate: &Candidate<'_>,
    names: &Names,
) -> BTreeMap<String, String> {
    let operations = candidate.operations.iter();
    let responses = operations.flat_map(|(id, _)| &service[*id].responses);
    let bodies = responses.filter_map(|response| shape::json(&response.body));
    let rows = bodies.filter_map(|schema| {
        let one = shape::one(service, schema, names);
        as_struct(
            service,
            one.or_else(|| shape::many(service, schema, names))?,
        )
    });
    let fields = rows.flat_map(|row| &row.fields);
    fields
        .filter_map(|field| Some((field.api_name.clone(), field.kept_as.clone()?)))
        .collect()
}

/// The modules of what a collection keeps: of the entity, and of what its list shows.
pub(super) fn families(service: &Service, candidate: &Candidate<'_>) -> BTreeSet<String> {
    let Ok(rows) = row_types(service, candidate, &Names::new(candidate.word)) else {
        return BTreeSet::new();
    };
    let kept = rows.iter().filter(|(_, is_kept)| *is_kept);
    kept.map(|(id, _)| service[*id].module.clone()).collect()
}

/// The types that answers carry rows as, the entity first, and whether they are the entity or what
/// lists show of it; an empty reason where there is none, for it differs by operation.
fn row_types(
    service: &Service,
    candidate: &Candidate<'_>,
    names: &Names,
) -> Result<Vec<(TypeId, bool)>, String> {
    type Read = fn(&Service, &Schema, &Names) -> Option<TypeId>;
    let answers = |slot: Slot, codes: &'static [u16], read: Read| {
        let bodies = candidate.with(&slot).flat_map(move |id| {
            let operation = &service[id];
            shape::successes(operation, codes).map(|index| &operation.responses[index].body)
        });
        bodies
            .filter_map(shape::json)
            .filter_map(|schema| read(service, schema, names))
            .next()
    };
    let get = answers(Slot::Get, &[200], shape::one);
    let create = answers(Slot::Create, &[201, 200, 202], shape::one);
    let list = answers(Slot::List, &[200], shape::many);
    let size = |id: &TypeId| as_struct(service, *id).map_or(0, |found| found.fields.len());
    let largest = create
        .into_iter()
        .chain(list)
        .reduce(|a, b| if size(&b) > size(&a) { b } else { a });
    let entity = get.or(largest);
    let mut seen = BTreeSet::new();
    let kept = entity.into_iter().chain(list).map(|id| (id, true));
    let all = kept.chain(create.map(|id| (id, false)));
    let all: Vec<_> = all.filter(|(id, _)| seen.insert(*id)).collect();
    if all.is_empty() {
        return Err(String::new());
    }
    Ok(all)
}

/// A field that a struct of rows needs, and no column can fill: why not.
pub(super) fn unfilled(table: &Table<'_>, field: &Field) -> Option<String> {
    let name = &field.api_name;
    let Some(index) = table.column(field.row_name()) else {
        let needed = field.presence == Presence::Defaulted || !may_be_empty(field);
        return needed
            .then(|| format!("`{name}` is required in the response and nothing supplies it"));
    };
    let column = &table.columns[index];
    if !fits(table.service, &table.values[index], &field.schema) {
        return Some(format!(
            "`{name}` is of another type in the response than in the row"
        ));
    }
    let filled = !column.nullable || field.schema.nullable || may_be_absent(field);
    (!filled).then(|| format!("`{name}` is required in the response, and rows may lack it"))
}
