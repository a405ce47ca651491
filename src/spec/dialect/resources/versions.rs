//! Several versions of an API side by side: the newest is what `resources` tell, and each older one
//! tells what is otherwise in it. They have the same rows.

use chrono::{DateTime, NaiveDate};
use heck::ToUpperCamelCase as _;

use crate::spec::{Kind, Node};

use super::{
    blueprint::{At, Blueprint, Change, Field, Key, Resource, Standard, Version},
    reader::Reader,
};

const KEYS: [&str; 6] = [
    "deprecated",
    "sunset",
    "successor",
    "link",
    "without",
    "resources",
];
const CHANGE: [&str; 3] = ["without", "renamed", "operations"];

/// How many versions there may be.
const MOST: usize = 20;

impl Reader {
    /// The versions, the newest last.
    pub(super) fn versions(&mut self, root: &Node) -> Vec<Version> {
        let Some(node) = root.get("versions") else {
            return Vec::new();
        };
        let count = node.members().count();
        if node.as_object().is_none() || !(1..=MOST).contains(&count) {
            self.misfit(
                node,
                "versions",
                "a mapping such as `v1: { deprecated: 2026-06-01 }`",
            );
            return Vec::new();
        }
        let names: Vec<&str> = node.members().map(|(name, _)| name).collect();
        let mut versions: Vec<Version> = Vec::new();
        for (index, (name, member)) in node.members().enumerate() {
            let name = At::new(name.to_owned(), member.key);
            if self.named(&name, "a version", true) {
                let mut version = self.version_of(name, &member.value, &names);
                let next = names
                    .get(index + 1)
                    .filter(|_| version.deprecated.is_some());
                let next = next.map(|next| At::new((*next).to_owned(), member.key));
                version.successor = version.successor.or(next);
                versions.push(version);
            }
        }
        if let Some(newest) = versions.last() {
            let changes = newest.changes.iter().map(|change| &change.resource);
            if let Some(word) = newest.without.iter().chain(changes).next() {
                let message = format!("`{}` is the newest version", newest.name.value);
                let hint =
                    "what it has stands in `resources` of the root; older versions come before it";
                self.hinted(word.span, message, hint);
            }
        }
        versions
    }

    fn version_of(&mut self, name: At<String>, node: &Node, names: &[&str]) -> Version {
        let mut version = Version {
            name,
            deprecated: None,
            sunset: None,
            successor: None,
            link: None,
            without: Vec::new(),
            changes: Vec::new(),
        };
        let is_plain = matches!(node.kind, Kind::Null);
        let what = version.name.value.clone();
        if is_plain || !self.keys(node, &what, "key of a version", &KEYS) {
            return version;
        }
        version.deprecated = self.time(node, "deprecated");
        version.sunset = self.time(node, "sunset");
        let successor = self.text_of(node, "successor");
        version.successor = successor.filter(|word| self.follows(word, &what, names));
        version.link = self.text_of(node, "link");
        if let Some(link) = &version.link {
            self.is_address(link, "link", "https://example.com/changes");
        }
        version.without = self.texts(node, "without");
        version.changes = self.changes(node);
        version
    }

    /// Whether this is another version.
    fn follows(&mut self, word: &At<String>, own: &str, names: &[&str]) -> bool {
        let others: Vec<&str> = names.iter().copied().filter(|name| *name != own).collect();
        let is_known = others.contains(&word.value.as_str());
        if !is_known {
            self.unknown(word, "other version", &others);
        }
        is_known
    }

    fn time(&mut self, node: &Node, name: &str) -> Option<At<String>> {
        if let Some(Kind::Bool(true)) = node.get(name).map(|value| &value.kind) {
            let span = node.get(name)?.span;
            let message = format!("`{name}` is a date: headers tell it to callers");
            self.hinted(span, message, format!("such as `{name}: 2026-06-01`"));
            return None;
        }
        let word = self.text_of(node, name)?;
        let text = word.value.as_str();
        let is_time = NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
            || DateTime::parse_from_rfc3339(text).is_ok();
        if !is_time {
            let message = format!("`{text}` is neither a date nor a time");
            self.hinted(word.span, message, "such as `2026-06-01`");
        }
        is_time.then_some(word)
    }

    fn changes(&mut self, node: &Node) -> Vec<Change> {
        let Some(resources) = node.get("resources") else {
            return Vec::new();
        };
        if resources.as_object().is_none() {
            self.misfit(
                resources,
                "resources",
                "a mapping such as `items: { without: [color] }`",
            );
            return Vec::new();
        }
        let mut changes = Vec::new();
        for (name, member) in resources.members() {
            let resource = At::new(name.to_owned(), member.key);
            let node = &member.value;
            if !self.keys(node, name, "key of a resource in a version", &CHANGE) {
                continue;
            }
            let operations = node.get("operations").is_some();
            let operations = operations.then(|| self.operations(node, &resource));
            changes.push(Change {
                without: self.texts(node, "without"),
                renamed: self.renamed(node),
                operations,
                resource,
            });
        }
        changes
    }

    fn renamed(&mut self, node: &Node) -> Vec<(At<String>, At<String>)> {
        let Some(renamed) = node.get("renamed") else {
            return Vec::new();
        };
        if renamed.as_object().is_none() {
            self.misfit(renamed, "renamed", "a mapping such as `name: title`");
        }
        let mut found = Vec::new();
        for (name, member) in renamed.members() {
            let Some(word) = self.text(&member.value, name) else {
                continue;
            };
            if self.named(&word, "a field", false) {
                found.push((At::new(name.to_owned(), member.key), word));
            }
        }
        found
    }

    /// The older versions, as specs of their own.
    pub(super) fn older(
        &mut self,
        newest: &Blueprint,
        mut versions: Vec<Version>,
    ) -> Vec<Blueprint> {
        versions.pop();
        let versions = versions.into_iter();
        versions
            .map(|version| self.edition(newest, version))
            .collect()
    }

    fn edition(&mut self, newest: &Blueprint, version: Version) -> Blueprint {
        let mut spec = newest.clone();
        spec.newest = newest
            .edition
            .as_ref()
            .map(|newest| newest.name.value.clone());
        let names: Vec<&str> = newest
            .resources
            .iter()
            .map(|r| r.name.value.as_str())
            .collect();
        let changed = version.changes.iter().map(|change| &change.resource);
        for word in version.without.iter().chain(changed) {
            if !names.contains(&word.value.as_str()) {
                self.unknown(word, "resource", &names);
            }
        }
        let lacks = |name: &str| version.without.iter().find(|word| word.value == name);
        spec.resources
            .retain(|resource| lacks(&resource.name.value).is_none());
        for resource in &mut spec.resources {
            resource.suffix = version.name.value.to_upper_camel_case();
            resource.was = None;
            resource
                .many_to_many
                .retain(|target| lacks(&target.value).is_none());
            let mut changes = version.changes.iter();
            if let Some(change) = changes.find(|c| c.resource.value == resource.name.value) {
                self.change(resource, change, &version.name.value);
            }
            if let Some(word) = resource
                .parent
                .as_ref()
                .and_then(|parent| lacks(&parent.value))
            {
                let message = format!("`{}` stands below `{}`", resource.name.value, word.value);
                self.hinted(
                    word.span,
                    message,
                    format!("leave `{}` out too", resource.name.value),
                );
            }
            for field in &mut resource.fields {
                field.was = None;
            }
        }
        let shown: Vec<Vec<String>> = spec
            .resources
            .iter()
            .map(|resource| {
                let known = spec.includable(resource).into_iter();
                let known = known.filter(|known| spec.find(&known.target).is_some());
                known.map(|known| known.name).collect()
            })
            .collect();
        for (resource, shown) in spec.resources.iter_mut().zip(shown) {
            let include = &mut resource.list.include;
            include.retain(|word| shown.contains(&word.value));
        }
        spec.edition = Some(version);
        spec
    }

    /// Makes a resource what it is in an older version.
    fn change(&mut self, resource: &mut Resource, change: &Change, version: &str) {
        if let Some(operations) = &change.operations {
            resource.operations.clone_from(operations);
        }
        for word in &change.without {
            if let Some(index) = self.changeable(resource, word) {
                let field = resource.fields.remove(index);
                self.made_without(resource, &field, word, version);
                resource
                    .list
                    .filters
                    .retain(|filter| filter.field.value != word.value);
                resource.list.sort.retain(|sort| sort.value != word.value);
            }
        }
        for (word, name) in &change.renamed {
            let Some(index) = self.changeable(resource, word) else {
                continue;
            };
            if let Some(other) = resource.fields.iter().find(|f| f.name.value == name.value) {
                let message = format!("`{}` of `{}` is called so", name.value, resource.name.value);
                self.related(name.span, message, other.name.span, "this field");
                continue;
            }
            let field = &mut resource.fields[index];
            field.kept_as = Some(std::mem::replace(&mut field.name, name.clone()));
            rename(resource, &word.value, &name.value);
        }
    }

    /// The place of a field that versions may differ in.
    fn changeable(&mut self, resource: &Resource, word: &At<String>) -> Option<usize> {
        let known: Vec<&str> = resource
            .fields
            .iter()
            .map(|f| f.name.value.as_str())
            .collect();
        let found = known.iter().position(|name| *name == word.value);
        if found.is_none() {
            self.unknown(word, &format!("field of `{}`", resource.name.value), &known);
        }
        let is_key = matches!(&resource.key.value, Key::Natural(key) if *key == word.value);
        if is_key {
            let message = format!("`{}` is the key, which all versions share", word.value);
            self.error(word.span, message);
        }
        found.filter(|_| !is_key)
    }

    /// A row that is made in a version without a field must have a value for it.
    fn made_without(
        &mut self,
        resource: &Resource,
        field: &Field,
        word: &At<String>,
        version: &str,
    ) {
        let makes = resource
            .operations
            .iter()
            .any(|o| o.value == Standard::Create);
        let is_filled = field.optional || field.default.is_some();
        if makes && !is_filled {
            let message = format!(
                "`{version}` could make no {}: nothing tells its `{}`",
                resource.one(),
                word.value
            );
            let hint = format!(
                "give `{}` a default or `?`, or leave `create` out of `operations` there",
                word.value
            );
            self.hinted(word.span, message, hint);
        }
    }
}

/// Calls a field by its name in an older version wherever the resource speaks of it.
fn rename(resource: &mut Resource, from: &str, to: &str) {
    let list = &mut resource.list;
    let filters = list.filters.iter_mut().map(|filter| &mut filter.field);
    let sets = resource
        .unique
        .iter_mut()
        .chain(&mut resource.indexes)
        .flatten();
    for word in filters.chain(&mut list.sort).chain(sets) {
        if word.value == from {
            to.clone_into(&mut word.value);
        }
    }
    let rows = match resource.seed.as_mut().map(|seed| &mut seed.kind) {
        Some(Kind::Array(rows)) => rows.as_mut_slice(),
        _ => &mut [],
    };
    for row in rows {
        if let Kind::Object(members) = &mut row.kind
            && let Some(member) = members.shift_remove(from)
        {
            members.insert(to.to_owned(), member);
        }
    }
}
