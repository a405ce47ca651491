//! The columns of a collection.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    bodies::{self, Body},
    candidates::{Candidate, Owner, Slot},
    keys::{self, Key, path_parameter},
    shape::{self, Names},
    types::{as_struct, column_type, enum_of, fits, may_be_absent, may_be_empty},
    words::{is_created, is_secret, is_updated, plain, says_unique, singular},
};
use crate::model::{
    Column, ColumnSource, ColumnType, Field, Format, KeySource, NumberRules, Parent, Presence,
    Resource, ResourceId, Schema, Service, StringRules, Struct, Type, TypeId,
    name::{Case, Scope},
};

/// Columns that PostgreSQL has of its own.
const SYSTEM_COLUMNS: &[&str] = &[
    "oid", "tableoid", "xmin", "xmax", "cmin", "cmax", "ctid", "rowid",
];

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
    pub(super) unique: Vec<Vec<usize>>,
}

/// A column without its names.
struct Draft {
    /// What it is called by.
    text: String,
    source: ColumnSource,
    value: Schema,
    nullable: bool,
}

/// What the columns are drawn from.
struct Drawing<'a, 'b> {
    service: &'a Service,
    candidate: &'b Candidate<'a>,
    names: &'b Names,
    rows: &'b [TypeId],
    create: Option<&'b Body<'a>>,
    key: Key,
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
        let key_source = keys::source(service, &key, create.as_ref());
        let drawing = Drawing {
            service,
            candidate,
            names: &names,
            rows: &rows,
            create: create.as_ref(),
            key,
        };
        let mut drafts = drawing.owners(&owner, resources)?;
        let depth = drafts.len();
        drawing.fields(found, &mut drafts);
        drawing.of_bodies(&mut drafts);
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
            unique: Vec::new(),
            values: drafts.into_iter().map(|draft| draft.value).collect(),
            columns,
            names,
        };
        table.unique = table.unique_keys(found, depth);
        Ok(table)
    }

    /// The column of a property.
    pub(super) fn column(&self, api_name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| shown(&column.source) == Some(api_name))
    }

    /// The column of a property that is called so, however it is spelt.
    pub(super) fn column_called(&self, plain_name: &str) -> Option<usize> {
        let called =
            |column: &Column| shown(&column.source).is_some_and(|name| plain(name) == plain_name);
        self.columns.iter().position(called)
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
pub(super) fn shown(source: &ColumnSource) -> Option<&str> {
    match source {
        ColumnSource::Field { api_name } | ColumnSource::UpdatedAt { api_name } => Some(api_name),
        ColumnSource::Key { api_name }
        | ColumnSource::Parent { api_name, .. }
        | ColumnSource::CreatedAt { api_name } => api_name.as_deref(),
    }
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

impl<'a> Drawing<'a, '_> {
    /// The columns for the parameters of the path.
    fn owners(
        &self,
        owner: &impl Fn(&Owner<'_>) -> Option<ResourceId>,
        resources: &[Resource],
    ) -> Result<Vec<Draft>, String> {
        let mut drafts: Vec<Draft> = Vec::new();
        let parent = self.candidate.owners.last().and_then(owner);
        let parent = parent.map(|id| &resources[id.0]);
        for (index, found) in self.candidate.owners.iter().enumerate() {
            let parameter = found.parameter;
            let operations = self.candidate.operations.iter();
            let mut schemas =
                operations.filter_map(|(id, _)| path_parameter(&self.service[*id], parameter));
            let schema = schemas
                .next()
                .ok_or_else(|| format!("`{{{parameter}}}` is not declared"))?;
            let known = owner(found).map(|id| &resources[id.0]);
            // The owner's own columns are in the same order, and a foreign key takes them all.
            let key = parent.map(|parent| parent.columns[index].ty.clone());
            let key = key.or_else(|| known.map(|known| known.columns[known.key].ty.clone()));
            let kind = key
                .clone()
                .unwrap_or_else(|| column_type(self.service, schema));
            if matches!(kind, ColumnType::Json(_)) {
                return Err(format!("`{{{parameter}}}` is no scalar"));
            }
            let word = singular(&plain(found.word));
            let wanted = plain(parameter);
            let generic = matches!(wanted.as_str(), "id" | "uuid" | "name" | "key" | "slug");
            let long = if generic {
                format!("{word}_{wanted}")
            } else {
                wanted
            };
            let taken = |name: &str| {
                drafts
                    .iter()
                    .any(|draft| shown(&draft.source) == Some(name))
            };
            let shows = |field: &&Field| {
                plain(&field.api_name) == long
                    && !taken(&field.api_name)
                    && self.key.api_name.as_ref() != Some(&field.api_name)
                    && same_kind(&column_type(self.service, &field.schema), &kind)
            };
            let entity = as_struct(self.service, self.rows[0]);
            let field = entity.and_then(|entity| entity.fields.iter().find(shows));
            let source = ColumnSource::Parent {
                parameter: parameter.to_owned(),
                api_name: field.map(|field| field.api_name.clone()),
            };
            let value = field.map_or(schema, |field| &field.schema);
            let value = if key.is_some() && field.is_none() {
                of_key(&kind, schema)
            } else {
                value.clone()
            };
            drafts.push(Draft {
                text: long,
                source,
                value,
                nullable: false,
            });
        }
        Ok(drafts)
    }

    /// The columns for the entity's properties.
    fn fields(&self, entity: &Struct, drafts: &mut Vec<Draft>) {
        let text = self.key.api_name.clone().unwrap_or_else(|| "id".to_owned());
        let source = ColumnSource::Key {
            api_name: self.key.api_name.clone(),
        };
        drafts.push(Draft {
            text,
            source,
            value: self.key.value.clone(),
            nullable: false,
        });
        for field in &entity.fields {
            let has_column = drafts
                .iter()
                .any(|draft| shown(&draft.source) == Some(&field.api_name));
            if has_column || shape::is_links(self.service, &field.api_name, &field.schema) {
                continue;
            }
            let source = self.source(field);
            let own = matches!(source, ColumnSource::Field { .. });
            drafts.push(Draft {
                text: field.api_name.clone(),
                nullable: own && !self.is_required(&field.api_name),
                source,
                value: field.schema.clone(),
            });
        }
    }

    /// The columns for what bodies of the same schema hold beside that: write-only properties.
    fn of_bodies(&self, drafts: &mut Vec<Draft>) {
        let families: BTreeSet<&str> = self
            .rows
            .iter()
            .map(|id| self.service[*id].module.as_str())
            .collect();
        for (id, slot) in &self.candidate.operations {
            if !matches!(
                slot,
                Slot::Create | Slot::Replace | Slot::ReplaceByBody | Slot::Update
            ) {
                continue;
            }
            let Ok(body) = bodies::read(self.service, &self.service[*id], self.names) else {
                continue;
            };
            if !families.contains(self.service[body.id].module.as_str()) {
                continue;
            }
            for field in &body.found.fields {
                let has_column = drafts
                    .iter()
                    .any(|draft| shown(&draft.source) == Some(&field.api_name));
                if has_column || is_secret(&plain(&field.api_name)) {
                    continue;
                }
                drafts.push(Draft {
                    text: field.api_name.clone(),
                    source: ColumnSource::Field {
                        api_name: field.api_name.clone(),
                    },
                    nullable: *slot != Slot::Create || may_be_empty(field),
                    value: field.schema.clone(),
                });
            }
        }
    }

    fn source(&self, field: &Field) -> ColumnSource {
        let api_name = field.api_name.clone();
        let name = plain(&api_name);
        let sent = self
            .create
            .is_some_and(|body| body.found.fields.iter().any(|f| f.api_name == api_name));
        let time = column_type(self.service, &field.schema) == ColumnType::DateTime;
        match time && !sent {
            true if is_created(&name) => ColumnSource::CreatedAt {
                api_name: Some(api_name),
            },
            true if is_updated(&name) => ColumnSource::UpdatedAt { api_name },
            _ => ColumnSource::Field { api_name },
        }
    }

    /// Some answer must have a value for it.
    fn is_required(&self, api_name: &str) -> bool {
        let structs = self
            .rows
            .iter()
            .filter_map(|id| as_struct(self.service, *id));
        let mut fields = structs
            .flat_map(|found| &found.fields)
            .filter(|field| field.api_name == api_name);
        fields.any(|field| !may_be_empty(field))
    }
}

fn name_columns(service: &Service, drafts: &[Draft]) -> Vec<Column> {
    let texts: Vec<&str> = drafts.iter().map(|draft| draft.text.as_str()).collect();
    let fields = Scope::with(SYSTEM_COLUMNS.iter().copied()).settle(Case::Value, &texts);
    let columns = drafts.iter().zip(fields).map(|(draft, field)| Column {
        name: field.trim_start_matches("r#").to_owned(),
        field,
        ty: column_type(service, &draft.value),
        nullable: draft.nullable,
        source: draft.source.clone(),
        fill: if draft.nullable {
            None
        } else {
            fill(service, &draft.value)
        },
    });
    columns.collect()
}

/// What the document says stands in for a value that nobody sends.
fn default(service: &Service, value: &Schema) -> Option<Value> {
    let only = enum_of(service, value).filter(|found| found.variants.len() == 1);
    let only = only.map(|found| found.variants[0].value.clone());
    value
        .default
        .clone()
        .filter(|default| !default.is_null())
        .or(only)
}

/// That, or else a neutral value.
fn fill(service: &Service, value: &Schema) -> Option<Value> {
    let neutral = match (column_type(service, value), &value.ty) {
        (ColumnType::Text, _) => json!(""),
        (ColumnType::Integer(_), _) => json!(0),
        (ColumnType::Number, _) => json!(0.0),
        (ColumnType::Boolean, _) => json!(false),
        (ColumnType::Uuid, _) => json!("00000000-0000-0000-0000-000000000000"),
        (ColumnType::DateTime, _) => json!("1970-01-01T00:00:00Z"),
        (ColumnType::Date, _) => json!("1970-01-01"),
        (ColumnType::Enum(_), _) => {
            let first = enum_of(service, value).and_then(|found| found.variants.first());
            first.map_or(Value::Null, |variant| variant.value.clone())
        }
        (ColumnType::Json(_), Type::Array { .. }) => json!([]),
        (ColumnType::Json(_), Type::Map { .. }) => json!({}),
        (ColumnType::Json(_), _) => Value::Null,
    };
    default(service, value)
        .or(Some(neutral))
        .filter(|value| !value.is_null())
}

/// The schema of an owner's key, which a path may write as a text.
fn of_key(kind: &ColumnType, parameter: &Schema) -> Schema {
    let text = |format| {
        Type::String(StringRules {
            format,
            ..StringRules::default()
        })
    };
    Schema::of(match kind {
        ColumnType::Uuid => text(Format::Uuid),
        ColumnType::Text => text(Format::Text),
        ColumnType::Integer(kind) => Type::Integer(*kind, NumberRules::default()),
        _ => return parameter.clone(),
    })
}

fn same_kind(a: &ColumnType, b: &ColumnType) -> bool {
    match (a, b) {
        (ColumnType::Integer(_), ColumnType::Integer(_)) => true,
        _ => a == b,
    }
}

/// A field that a struct of rows needs, and no column can fill: why not.
pub(super) fn unfilled(table: &Table<'_>, field: &Field) -> Option<String> {
    let name = &field.api_name;
    let Some(index) = table.column(name) else {
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
