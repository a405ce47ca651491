//! Every document of the corpus as a workspace: its services' slices are complete, and each alone
//! lowers to what it is in the whole.

#[path = "../support/shared.rs"]
mod shared;

mod homes;
mod small;

use std::collections::{BTreeMap, BTreeSet};

use apigen::{
    config::{Config, ServiceChoice},
    lower::{
        lower,
        partition::{Share, partition},
        slices::{Slice, Slices},
    },
    model::{Guard, Operation, Resource, Role, Schema, Service, TypeId},
    spec::Document,
};
use regex::Regex;
use serde_json::Map;
use shared::documents;

fn config() -> Config {
    Config {
        name: "shop".to_owned(),
        ..Config::default()
    }
}

/// What is not in a slice as it is in the whole.
struct Compared<'a> {
    whole: &'a Service,
    slice: &'a Service,
    types: BTreeMap<TypeId, TypeId>,
    told: Vec<String>,
    /// The ids of types and parents, which differ by nature.
    ids: Regex,
}

impl Compared<'_> {
    fn tell(&mut self, at: &str, what: &str, there: impl ToString, here: impl ToString) {
        let bare = |text: String| self.ids.replace_all(&text, "").into_owned();
        let (there, here) = (bare(there.to_string()), bare(here.to_string()));
        if there != here {
            self.told
                .push(format!("{at}: {what} `{there}` is `{here}`"));
        }
    }

    fn operation(&mut self, there: &Operation) {
        let same = |o: &&Operation| (o.method, &o.path) == (there.method, &there.path);
        let at = there.id.as_str();
        let Some(here) = self.slice.operations.iter().find(same) else {
            return self.told.push(format!("{at} is missing"));
        };
        let (whole, slice) = (self.whole, self.slice);
        self.tell(at, "id", &there.id, &here.id);
        self.tell(at, "name", &there.name, &here.name);
        self.tell(at, "type", &there.type_name, &here.type_name);
        let group = |service: &Service, o: &Operation| format!("{:?}", service[o.group]);
        self.tell(at, "group", group(whole, there), group(slice, here));
        self.tell(at, "guard", guard(whole, there), guard(slice, here));
        self.tell(at, "role", role(whole, there), role(slice, here));
        let (a, b) = (there.schemas(), here.schemas());
        self.tell(at, "count of schemas", a.len(), b.len());
        for (a, b) in a.into_iter().zip(b) {
            self.schema(at, a.clone(), b.clone());
        }
    }

    fn schema(&mut self, at: &str, mut there: Schema, mut here: Schema) {
        let (a, b) = (there.id(), here.id());
        for schema in [&mut there, &mut here] {
            schema.for_each_id(&mut |id| id.0 = 0);
        }
        self.tell(at, "schema", format!("{there:?}"), format!("{here:?}"));
        let (Some(a), Some(b)) = (a, b) else { return };
        match self.types.insert(a, b) {
            Some(other) if other == b => {}
            Some(_) => self
                .told
                .push(format!("{at}: `{}` is two types", self.whole[a].name)),
            None => {
                let (there, here) = (&self.whole[a], &self.slice[b]);
                let kind = |kind: &apigen::model::TypeKind| format!("{kind:?}");
                self.tell(at, "module", &there.module, &here.module);
                self.tell(at, "name", &there.name, &here.name);
                self.tell(at, "kind", kind(&there.kind), kind(&here.kind));
                let pairs = there.kind.schemas().into_iter().zip(here.kind.schemas());
                for (a, b) in pairs
                    .map(|(a, b)| (a.clone(), b.clone()))
                    .collect::<Vec<_>>()
                {
                    self.schema(at, a, b);
                }
            }
        }
    }
}

fn guard(service: &Service, operation: &Operation) -> String {
    match operation.guard {
        Guard::Public => "public".to_owned(),
        Guard::Secured(id) => service[id].name.clone(),
    }
}

/// What an operation does, and all of the table that it does it to.
fn role(service: &Service, operation: &Operation) -> String {
    match &operation.role {
        Role::Stub { .. } => "stub".to_owned(),
        Role::Account {
            action, success, ..
        } => format!("{action:?} {success:?}"),
        Role::Crud {
            resource,
            action,
            success,
            unsupported,
        } => {
            let table = Resource {
                operations: Vec::new(),
                reasons: Vec::new(),
                elsewhere: Vec::new(),
                parent: None,
                group: apigen::model::GroupId(0),
                ..service[*resource].clone()
            };
            format!("{action:?} {success:?} {unsupported:?} {table:?}")
        }
    }
}

/// What is not in a slice as it is in the whole.
fn differences(whole: &Service, share: &Share, slice: &Slice) -> Vec<String> {
    let mut compared = Compared {
        whole,
        slice: &slice.service,
        types: BTreeMap::new(),
        told: Vec::new(),
        ids: Regex::new(r"(TypeId|ResourceId|OperationId)\(\d+\)").expect("a pattern"),
    };
    for id in &share.operations {
        compared.operation(&whole[*id]);
    }
    let here = &slice.service;
    compared.tell(
        "errors",
        "body",
        format!("{:?}", whole.errors.body),
        format!("{:?}", here.errors.body),
    );
    compared.tell(
        "errors",
        "media type",
        &whole.errors.media_type,
        &here.errors.media_type,
    );
    compared.tell("server", "path", &whole.base_path, &here.base_path);
    for scheme in &here.schemes {
        let there = whole.schemes.iter().find(|s| s.api_name == scheme.api_name);
        compared.tell(
            "security",
            "scheme",
            format!("{there:?}"),
            format!("{:?}", Some(scheme)),
        );
    }
    compared.told
}

/// All that is wrong with the slices of a document: a service for each tag, and two that have the
/// tags by turns.
fn check(document: &shared::Document) -> Vec<String> {
    let (document, warnings) = document.load().unwrap_or_else(|refusal| {
        panic!("{}: {:?}", document.name, refusal.diagnostics);
    });
    let mut config = config();
    let (whole, more) = lower(&document, &config);
    let whole = whole.expect("it lowers");
    let known = warnings.into_iter().chain(more);
    let known = known.map(|w| (w.code, w.message)).collect();
    let mut told = sliced(&document, &known, &whole, &config);
    for (index, name) in ["even", "odd"].into_iter().enumerate() {
        let tags = whole.groups.iter().skip(index).step_by(2);
        let choice = ServiceChoice {
            tags: Some(tags.map(|group| group.api_name.clone()).collect()),
            ..ServiceChoice::default()
        };
        config.services.insert(name.to_owned(), choice);
    }
    told.extend(sliced(&document, &known, &whole, &config));
    told
}

fn sliced(
    document: &Document,
    known: &BTreeSet<(&'static str, String)>,
    whole: &Service,
    config: &Config,
) -> Vec<String> {
    let shares = partition(whole, config).expect("it fits").shares;
    let all = shares.iter().flat_map(|share| &share.operations);
    let all: Vec<_> = all.map(|id| id.0).collect();
    assert_eq!(all.len(), whole.operations.len());
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    let slices = Slices::new(document, whole, config, &shares);
    let mut told = Vec::new();
    for share in shares.iter().filter(|share| !share.operations.is_empty()) {
        let slice = slices
            .of(share, config, "openapi.yaml", &Map::new())
            .expect("a slice");
        assert_eq!(slice.service.operations.len(), share.operations.len());
        let warnings = slice.warnings.iter().map(|w| (w.code, w.message.clone()));
        let new = warnings.filter(|warning| !known.contains(warning));
        let new = new.map(|(code, message)| format!("{code}: {message}"));
        let found = differences(whole, share, &slice).into_iter().chain(new);
        told.extend(found.map(|line| format!("{}: {line}", share.name)));
    }
    told
}

#[test]
fn each_slice_is_as_in_the_whole() {
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut told = Vec::new();
    for document in documents("corpus") {
        let name = &document.name;
        if name.contains(&only) {
            let lines = check(&document).into_iter();
            told.extend(lines.map(|line| format!("{name}: {line}")));
        }
    }
    assert!(told.is_empty(), "\n{}", told.join("\n"));
}
