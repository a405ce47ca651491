//! Two models of the API: what is gone, called otherwise, or of another type in the newer one.

use std::collections::{BTreeMap, BTreeSet};

use super::contract::{Contract, Names};
use crate::{
    model::name::value_name,
    project::{
        Stored,
        stored::{StoredGroup, StoredOperation, Was, pairs},
    },
};

/// What became of an old model's names and types; sorted by path.
pub fn compare(old: &Stored, new: &Stored) -> Vec<Was> {
    let is_same =
        old.operations == new.operations && (&old.groups, &old.types) == (&new.groups, &new.types);
    if is_same {
        return Vec::new();
    }
    let pairs = pairs(&old.operations, &new.operations);
    let owner =
        |(was, now): &(&_, Option<&_>)| (Names::of(old, was).module, place(now.unwrap_or(was)));
    let mut comparison = Comparison {
        old,
        new,
        contracts: (Contract::of(old), Contract::of(new)),
        owners: pairs.iter().map(owner).collect(),
        pairs,
        types: BTreeMap::new(),
        found: BTreeMap::new(),
    };
    comparison.groups();
    comparison.operations();
    comparison.find_types();
    comparison.modules();
    comparison.members();
    comparison.found.into_values().collect()
}

struct Comparison<'a> {
    old: &'a Stored,
    new: &'a Stored,
    contracts: (Contract<'a>, Contract<'a>),
    pairs: Vec<(&'a StoredOperation, Option<&'a StoredOperation>)>,
    /// The places of the operations, by their modules.
    owners: BTreeMap<String, String>,
    /// From the path of an old type to that of the new one.
    types: BTreeMap<String, String>,
    found: BTreeMap<String, Was>,
}

/// The names of the parameters in a path template.
fn parameters(path: &str) -> Vec<String> {
    let pieces = path.split('{').skip(1);
    let names = pieces.filter_map(|piece| Some(piece.split_once('}')?.0));
    names.map(value_name).collect()
}

fn place(operation: &StoredOperation) -> String {
    format!("{} {}", operation.method, operation.path)
}

impl<'a> Comparison<'a> {
    fn tell(&mut self, path: &str, now: Option<&str>, of: &str) {
        let now = now.map(str::to_owned);
        if now.as_deref() != Some(path) {
            let path = path.to_owned();
            let (of, ty, code) = (of.to_owned(), None, BTreeSet::new());
            self.found.entry(path.clone()).or_insert(Was {
                path,
                now,
                of,
                ty,
                code,
            });
        }
    }

    /// Tags: a group is renamed when all of its operations are in one that was not there before.
    fn groups(&mut self) {
        let find = |stored: &'a Stored, module: &str| -> Option<&'a StoredGroup> {
            stored.groups.iter().find(|group| group.module == module)
        };
        for group in &self.old.groups {
            if find(self.new, &group.module).is_some_and(|now| now.trait_name == group.trait_name) {
                continue;
            }
            let own = self
                .pairs
                .iter()
                .filter(|(old, _)| old.group == group.module);
            let moved: BTreeSet<_> = own
                .filter_map(|(_, new)| Some(&new.as_ref()?.group))
                .collect();
            let mut moved = moved.into_iter();
            let only = moved.next().filter(|_| moved.next().is_none());
            let now =
                only.filter(|module| find(self.old, module).is_none() || **module == group.module);
            let now = now.and_then(|module| find(self.new, module));
            let of = format!("tag `{}`", group.tag);
            let path = |layer: &str, name: fn(&StoredGroup) -> &str| {
                let path =
                    |group: &StoredGroup| format!("{layer}::{}{}", group.module, name(group));
                (path(group), now.map(path))
            };
            let mut paths = vec![path("crud", |_| ""), path("operations", |_| "")];
            paths.push(path("services", |_| ""));
            let item = |layer: &str, name: fn(&StoredGroup) -> &String| {
                let path =
                    |group: &StoredGroup| format!("{layer}::{}::{}", group.module, name(group));
                (path(group), now.map(path))
            };
            paths.push(item("crud", |group| &group.trait_name));
            paths.push(item("services", |group| &group.type_name));
            for (path, now) in paths {
                self.tell(&path, now.as_deref(), &of);
            }
        }
    }

    fn operations(&mut self) {
        for (old, new) in self.pairs.clone() {
            let of = place(old);
            let was = Names::of(self.old, old);
            let Some(new) = new else {
                for path in [
                    was.method,
                    was.function,
                    was.module,
                    was.input,
                    was.response,
                ] {
                    self.tell(&path, None, &of);
                }
                continue;
            };
            let now = Names::of(self.new, new);
            // Where only the tag has another name, that is all there is to tell.
            let group = format!("crud::{}", old.group);
            let group = self.found.get(&group).filter(|group| {
                (&old.name, &old.type_name) == (&new.name, &new.type_name)
                    && group.now.as_ref() == Some(&format!("crud::{}", new.group))
            });
            let named = group.map_or(of.clone(), |group| group.of.clone());
            self.tell(&was.method, Some(&now.method), &named);
            self.tell(&was.function, Some(&now.function), &named);
            self.tell(&was.module, Some(&now.module), &named);
            if old.type_name.is_empty() {
                continue;
            }
            self.tell(&was.input, Some(&now.input), &named);
            self.tell(&was.response, Some(&now.response), &named);
            let parameters = parameters(&old.path).into_iter().zip(parameters(&new.path));
            for (name, renamed) in parameters {
                let is_one = name != renamed
                    && old.input.contains_key(&name)
                    && !new.input.contains_key(&name)
                    && new.input.contains_key(&renamed);
                if is_one {
                    let (path, now) = (&was.input, &now.input);
                    self.tell(
                        &format!("{path}::{name}"),
                        Some(&format!("{now}::{renamed}")),
                        &of,
                    );
                }
            }
            self.types.insert(was.input, now.input);
            self.types.insert(was.response, now.response);
        }
    }

    /// Schemas keep their path, or are what stands now wherever they stood.
    fn find_types(&mut self) {
        let is_schema = |(path, _): &(&str, _)| path.starts_with("schemas::");
        let (old, new) = &self.contracts;
        for (path, _) in old.defs().filter(is_schema) {
            if new.def(path).is_some() {
                self.types.insert(path.to_owned(), path.to_owned());
            }
        }
        // Types inside of renamed types show only once these are known.
        loop {
            let found = self.votes();
            if found.is_empty() {
                break;
            }
            self.types.extend(found);
        }
        let gone: Vec<_> = self.contracts.0.defs().filter(is_schema).collect();
        let gone: Vec<_> = gone.iter().map(|(path, _)| (*path).to_owned()).collect();
        for path in gone {
            let of = format!("schema `{}`", path.rsplit("::").next().unwrap_or_default());
            let now = self.types.get(&path).cloned();
            self.tell(&path, now.as_deref(), &of);
        }
    }

    /// The renamed types that all their users agree on.
    fn votes(&self) -> Vec<(String, String)> {
        let (old, new) = &self.contracts;
        let mut votes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (was, now) in &self.types {
            let (Some(was), Some(now)) = (old.def(was), new.def(now)) else {
                continue;
            };
            let now: BTreeMap<_, _> = now.list().into_iter().collect();
            for (member, was) in was.list() {
                let now = now.get(&member).copied().unwrap_or_default();
                for (was, now) in words(was).zip(words(now)) {
                    if let (Some(was), Some(now)) = (old.named(was), new.named(now)) {
                        votes.entry(was).or_default().insert(now);
                    }
                }
            }
        }
        let taken: BTreeSet<&String> = self.types.values().collect();
        let mut found: Vec<(String, String)> = Vec::new();
        for (was, now) in votes {
            let mut now = now.into_iter();
            if let (Some(now), None) = (now.next(), now.next())
                && !self.types.contains_key(was)
                && !taken.contains(&now.to_owned())
                && !found.iter().any(|(_, other)| other == now)
                && self.are_alike(was, now)
            {
                found.push((was.to_owned(), now.to_owned()));
            }
        }
        found
    }

    /// Half of the members have the same names.
    fn are_alike(&self, was: &str, now: &str) -> bool {
        let (old, new) = &self.contracts;
        let (Some(was), Some(now)) = (old.def(was), new.def(now)) else {
            return false;
        };
        if std::mem::discriminant(&was) != std::mem::discriminant(&now) {
            return false;
        }
        let names = |list: Vec<(String, &str)>| -> BTreeSet<String> {
            list.into_iter().map(|(name, _)| name).collect()
        };
        let (was, now) = (names(was.list()), names(now.list()));
        was.intersection(&now).count() * 2 >= was.len().max(now.len())
    }

    /// Files of `schemas/` all of whose types are in another one.
    fn modules(&mut self) {
        let mut moved: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
        let module = |path: &str| path.rsplit_once("::").map(|(module, _)| module.to_owned());
        for (path, _) in self.contracts.0.defs() {
            if let Some(known) = module(path).filter(|path| path.starts_with("schemas::")) {
                let now = self.types.get(path).and_then(|path| module(path));
                moved.entry(known).or_default().insert(now);
            }
        }
        for (path, now) in moved {
            let mut now = now.into_iter().flatten();
            let (now, other) = (now.next(), now.next());
            if !self.contracts.1.has(&path) {
                let of = format!("schema file `{path}`");
                self.tell(&path, now.filter(|_| other.is_none()).as_deref(), &of);
            }
        }
    }

    /// Fields and variants that are gone, or of another type.
    fn members(&mut self) {
        for (was, now) in self.types.clone() {
            let (old, new) = &self.contracts;
            let (Some(old), Some(new)) = (old.def(&was), new.def(&now)) else {
                continue;
            };
            let of = self.owner(&was);
            let new: BTreeMap<_, _> = new.list().into_iter().collect();
            for (name, ty) in old.list() {
                let path = format!("{was}::{name}");
                let renamed = self.found.get(&path).and_then(|was| was.now.clone());
                let last = renamed.as_deref().and_then(|now| now.rsplit("::").next());
                let Some(new) = new.get(last.unwrap_or(&name)) else {
                    self.tell(&path, None, &of);
                    continue;
                };
                if !self.is_same(ty, new) {
                    let now = renamed.unwrap_or_else(|| format!("{now}::{name}"));
                    let was = self.found.entry(path.clone()).or_insert_with(|| Was {
                        path,
                        now: Some(now),
                        of: of.clone(),
                        ..Was::default()
                    });
                    was.ty = Some(ty.to_owned());
                }
            }
        }
    }

    /// What a type belongs to, in words.
    fn owner(&self, path: &str) -> String {
        let (module, name) = path.rsplit_once("::").unwrap_or_default();
        match self.owners.get(module) {
            Some(place) => place.clone(),
            None => format!("schema `{name}`"),
        }
    }

    /// Whether two types differ in nothing but names that were changed.
    fn is_same(&self, was: &str, now: &str) -> bool {
        let (old, new) = &self.contracts;
        let signs = |text: &str| text.replace(|c: char| c.is_alphanumeric() || c == '_', "");
        let same = |(was, now): (&str, &str)| match (old.named(was), new.named(now)) {
            (Some(was), Some(now)) => self.types.get(was).is_some_and(|known| known == now),
            _ => was == now,
        };
        signs(was) == signs(now) && words(was).zip(words(now)).all(same)
    }
}

/// The identifiers of a type.
fn words(ty: &str) -> impl Iterator<Item = &str> {
    let words = ty.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty())
}
