//! What was decided over the whole document, and must be told to a slice.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Slices, abroad, same, table};
use crate::{
    config::Database,
    lower::{
        partition::Share,
        resources::{said::blank, shown},
    },
    model::{Operation, OperationId, Role, Said, Schema, Service, TypeId},
    spec::{RESOURCES, SETTING, TYPES},
};

/// What a slice is told.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Pins {
    /// The names of types, by their places.
    types: BTreeMap<String, String>,
    /// Why operations are stubs.
    stubs: BTreeMap<OperationId, String>,
    /// By the paths of collections.
    resources: BTreeMap<String, Said>,
    /// The settings of security schemes.
    settings: BTreeMap<String, String>,
    /// The members of the whole document that must not be taken over as they are.
    own: Vec<&'static str>,
}

impl Pins {
    /// What is known without looking at the slice.
    pub(super) fn new(slices: &Slices<'_>, share: &Share) -> Self {
        let whole = slices.whole;
        let own = [TYPES, RESOURCES].into_iter();
        let mut pins = Self {
            own: own
                .filter(|name| slices.document.root.get(name).is_some())
                .collect(),
            ..Self::default()
        };
        for resource in &whole.resources {
            if slices.keeper(resource) != Some(share.name.as_str()) {
                continue;
            }
            let given = whole.said.get(&blank(&resource.path)).cloned();
            let mut said = given.unwrap_or_default();
            said.owner = abroad::owner(slices, share, resource).or(said.owner);
            for reference in &resource.rules.references {
                let column = &resource.columns[reference.column()];
                let row = abroad::row(slices, share, &whole[reference.resource]);
                if let (Some(name), Some(row)) = (shown(&column.source), row) {
                    said.references.insert(name.to_owned(), row.into());
                }
            }
            let guessed = abroad::references(slices, share, resource);
            for (name, row) in guessed {
                said.references.entry(name).or_insert_with(|| row.into());
            }
            let rows = whole
                .seeds
                .iter()
                .filter(|seed| whole[seed.resource].path == resource.path);
            let rows: Vec<Value> = rows
                .map(|seed| Value::Object(seed.told(resource)))
                .collect();
            said.seed = (!rows.is_empty()).then(|| Value::Array(rows));
            if said != Said::default() {
                pins.resources.insert(resource.path.clone(), said);
            }
            let shape = blank(&resource.path);
            let same = whole.said.iter().filter(|(_, said)| {
                let keeper = said.rows_of.as_deref().map(blank);
                keeper.as_ref() == Some(&shape)
            });
            let same = same.map(|(path, said)| (path.clone(), said.clone()));
            pins.resources.extend(same);
        }
        for id in &share.operations {
            let resource = table(whole, &whole[*id]);
            let keeper = resource.and_then(|resource| slices.keeper(resource));
            if let (Some(resource), Some(keeper)) = (resource, keeper.filter(|k| *k != share.name))
            {
                let reason = format!(
                    "the service `{keeper}` keeps its table `{}`",
                    resource.table
                );
                pins.stubs.insert(*id, reason);
            }
        }
        pins
    }

    /// Adds what a slice says otherwise than the whole.
    pub(super) fn compare(
        &mut self,
        slices: &Slices<'_>,
        share: &Share,
        (slice, keys): (&Service, &[String]),
    ) {
        let whole = slices.whole;
        let mut pairs = Pairs {
            whole,
            slice,
            known: BTreeMap::new(),
        };
        for id in &share.operations {
            let there = &whole[*id];
            let Some(here) = same(slice, there) else {
                continue;
            };
            pairs.operations(there, here);
            self.role((slices, *id), (slice, here));
        }
        for (here, there) in pairs.known {
            let (here, key, there) = (&slice[here], &keys[here.0], &whole[there]);
            if (&here.module, &here.name) != (&there.module, &there.name) {
                let path = format!("{}::{}", there.module, there.name);
                self.types.insert(key.clone(), path);
            }
        }
        for scheme in &whole.schemes {
            let mut here = slice.schemes.iter();
            let here = here.find(|here| here.api_name == scheme.api_name);
            if let (Some(setting), Some(here)) = (&scheme.setting, here)
                && here.setting != scheme.setting
            {
                self.settings
                    .insert(scheme.api_name.clone(), setting.clone());
            }
        }
    }

    fn role(
        &mut self,
        (slices, id): (&Slices<'_>, OperationId),
        (slice, here): (&Service, &Operation),
    ) {
        let whole = slices.whole;
        let Some(kept) = table(slice, here) else {
            return;
        };
        match &whole[id].role {
            Role::Stub { reason } if slices.config.database != Database::None => {
                self.stubs.insert(id, reason.clone());
            }
            Role::Stub { .. } => {}
            Role::Crud { resource, .. } | Role::Account { resource, .. } => {
                let there = &whole[*resource];
                if (&there.table, &there.module) != (&kept.table, &kept.module) {
                    let said = self.resources.entry(there.path.clone()).or_default();
                    said.name = Some(there.table.clone());
                }
            }
        }
    }

    /// Why an operation is a stub.
    pub(super) fn stub(&self, id: OperationId) -> Option<&str> {
        self.stubs.get(&id).map(String::as_str)
    }

    /// The members of the slice's root.
    pub(super) fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        for name in &self.own {
            members.insert((*name).to_owned(), json!({}));
        }
        if !self.types.is_empty() {
            members.insert(TYPES.to_owned(), json!(self.types));
        }
        if !self.resources.is_empty() {
            members.insert(RESOURCES.to_owned(), json!(self.resources));
        }
        members
    }

    /// What the slice's security schemes gain, by their places.
    pub(super) fn schemes(
        &self,
        is_swagger: bool,
    ) -> BTreeMap<(&'static str, String), Map<String, Value>> {
        let section = match is_swagger {
            true => "securityDefinitions",
            false => "securitySchemes",
        };
        let gains = self.settings.iter().map(|(name, setting)| {
            let gain = Map::from_iter([(SETTING.to_owned(), json!(setting))]);
            ((section, name.clone()), gain)
        });
        gains.collect()
    }
}

/// The types of a slice, each with what it is in the whole.
struct Pairs<'a> {
    whole: &'a Service,
    slice: &'a Service,
    known: BTreeMap<TypeId, TypeId>,
}

impl Pairs<'_> {
    fn operations(&mut self, there: &Operation, here: &Operation) {
        for (there, here) in there.schemas().into_iter().zip(here.schemas()) {
            self.schemas(there, here);
        }
    }

    fn schemas(&mut self, there: &Schema, here: &Schema) {
        let mut open = vec![(there.id(), here.id())];
        while let Some(pair) = open.pop() {
            let (Some(there), Some(here)) = pair else {
                continue;
            };
            if self.known.insert(here, there).is_none() {
                let inner = self.whole[there].kind.schemas().into_iter();
                let pairs = inner.zip(self.slice[here].kind.schemas());
                open.extend(pairs.map(|(there, here)| (there.id(), here.id())));
            }
        }
    }
}
