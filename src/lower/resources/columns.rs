//! The columns that a collection's paths, answers and bodies ask for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    bodies::{self, Body},
    candidates::{Candidate, Owner, Slot},
    includes,
    keys::{Key, path_parameter},
    said::key_type,
    shape::{self, Names},
    table::shown,
    types::{as_struct, column_type, enum_of, may_be_empty},
    words::{is_created, is_secret, is_updated, plain, singular},
};
use crate::model::{
    Column, ColumnSource, ColumnType, Field, Format, NumberRules, Resource, ResourceId, Said,
    Schema, Service, StringRules, Struct, Type, TypeId,
    name::{Case, Scope},
};

/// Columns that PostgreSQL has of its own.
const SYSTEM_COLUMNS: &[&str] = &[
    "oid", "tableoid", "xmin", "xmax", "cmin", "cmax", "ctid", "rowid",
];

/// A column without its names.
pub(super) struct Draft {
    /// What it is called by.
    pub(super) text: String,
    pub(super) source: ColumnSource,
    pub(super) value: Schema,
    pub(super) nullable: bool,
    /// What the property was called before.
    pub(super) was: Option<String>,
}

/// What the columns are drawn from.
pub(super) struct Drawing<'a, 'b> {
    pub(super) service: &'a Service,
    pub(super) candidate: &'b Candidate<'a>,
    pub(super) names: &'b Names,
    pub(super) rows: &'b [TypeId],
    pub(super) create: Option<&'b Body<'a>>,
    pub(super) key: Key,
    /// What the document says of the collection.
    pub(super) said: Option<&'b Said>,
}

impl<'a> Drawing<'a, '_> {
    /// The columns for the parameters of the path.
    pub(super) fn owners(
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
            let abroad = || key_type(self.said?.owner.as_ref()?.keys.get(index)?);
            let key = key.or_else(abroad);
            let kind = key
                .clone()
                .unwrap_or_else(|| column_type(self.service, schema));
            if matches!(kind, ColumnType::Json(_) | ColumnType::Decimal(_)) {
                return Err(format!("`{{{parameter}}}` is no key"));
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
                was: None,
            });
        }
        Ok(drafts)
    }

    /// The columns for the entity's properties.
    pub(super) fn fields(&self, entity: &Struct, drafts: &mut Vec<Draft>) {
        let text = self.key.api_name.clone().unwrap_or_else(|| "id".to_owned());
        let source = ColumnSource::Key {
            api_name: self.key.api_name.clone(),
        };
        drafts.push(Draft {
            text,
            source,
            value: self.key.value.clone(),
            nullable: false,
            was: None,
        });
        for field in &entity.fields {
            let has_column = drafts
                .iter()
                .any(|draft| shown(&draft.source) == Some(&field.api_name));
            let is_links = shape::is_links(self.service, &field.api_name, &field.schema);
            if has_column || is_links || includes::is_other_row(self, entity, drafts, field) {
                continue;
            }
            let source = self.source(field);
            let own = matches!(source, ColumnSource::Field { .. });
            drafts.push(Draft {
                text: field.api_name.clone(),
                nullable: own && !self.is_required(&field.api_name),
                was: field.was.clone(),
                source,
                value: field.schema.clone(),
            });
        }
    }

    /// The columns for what bodies of the same schema hold beside that: write-only properties.
    pub(super) fn of_bodies(&self, drafts: &mut Vec<Draft>) {
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
                    was: field.was.clone(),
                    value: field.schema.clone(),
                });
            }
        }
    }

    /// The columns that nothing shows.
    pub(super) fn hidden(&self, drafts: &mut Vec<Draft>) {
        if self.said.is_some_and(|said| said.soft_delete) {
            drafts.push(Draft {
                text: "deleted_at".to_owned(),
                source: ColumnSource::DeletedAt,
                value: Schema::of(Type::String(StringRules {
                    format: Format::DateTime,
                    ..StringRules::default()
                })),
                nullable: true,
                was: None,
            });
        }
    }

    /// What the document says that the service itself writes.
    fn said_source(&self, field: &Field) -> Option<ColumnSource> {
        let (said, api_name) = (self.said?, field.api_name.clone());
        let caller = said.caller.as_ref().map(|caller| &caller.property);
        let mut sent = self.create.iter().flat_map(|body| &body.found.fields);
        if sent.any(|sent| sent.api_name == api_name) {
            return None;
        }
        match column_type(self.service, &field.schema) {
            ColumnType::Text | ColumnType::Uuid if caller == Some(&api_name) => {
                Some(ColumnSource::Caller { api_name })
            }
            ColumnType::Integer(_) if said.version.as_ref() == Some(&api_name) => {
                Some(ColumnSource::Version { api_name })
            }
            _ => None,
        }
    }

    fn source(&self, field: &Field) -> ColumnSource {
        if let Some(said) = self.said_source(field) {
            return said;
        }
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

pub(super) fn name_columns(service: &Service, drafts: &[Draft]) -> Vec<Column> {
    let texts: Vec<&str> = drafts.iter().map(|draft| draft.text.as_str()).collect();
    let fields = Scope::with(SYSTEM_COLUMNS.iter().copied()).settle(Case::Value, &texts);
    let columns = drafts.iter().zip(fields).map(|(draft, field)| Column {
        name: field.trim_start_matches("r#").to_owned(),
        field,
        ty: column_type(service, &draft.value),
        nullable: draft.nullable,
        source: draft.source.clone(),
        choices: choices(service, &draft.value),
        was: draft.was.clone(),
        fill: if draft.nullable {
            None
        } else {
            fill(service, &draft.value)
        },
    });
    columns.collect()
}

/// The texts that an enum allows.
fn choices(service: &Service, value: &Schema) -> Vec<String> {
    let variants = enum_of(service, value).map(|found| found.variants.iter());
    let texts = variants.into_iter().flatten();
    let texts = texts.filter_map(|variant| variant.value.as_str());
    texts.map(str::to_owned).collect()
}

/// What the document says stands in for a value that nobody sends.
pub(super) fn default(service: &Service, value: &Schema) -> Option<Value> {
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
        (ColumnType::Decimal(_), Type::Decimal(rules)) if rules.text.is_some() => json!("0"),
        (ColumnType::Decimal(_), _) => json!(0),
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
