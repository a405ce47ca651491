//! What a slice needs beside its paths: the components that these lead to, however far.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::{
    super::grammar::{Role, Shape, member, shape_at},
    Cut, PARTS, SECTIONS_20, Slicer, Unit, is_method, is_section, items, operations, target,
    tokens,
};

/// What a slice needs beside its paths.
#[derive(Default)]
pub(super) struct Reach<'a> {
    targets: HashSet<(String, Role)>,
    units: HashSet<Unit<'a>>,
    /// By their places.
    parts: BTreeMap<Vec<String>, &'a Value>,
    /// The references to them, as they are written.
    moved: HashSet<String>,
    /// What is used as something, at places of which the grammar does not know it.
    odd: Vec<(Vec<String>, Role)>,
}

impl<'a> Slicer<'a> {
    /// What the paths and the other members of the root lead to, however far.
    pub(super) fn reach(&self, root: &Map<String, Value>, cut: &Cut) -> Reach<'a> {
        let mut reach = Reach::default();
        let mut open: Vec<(String, Role)> = Vec::new();
        for (name, value) in root {
            references(value, member(Role::Root, name), &mut |target, role| {
                open.push((target.to_owned(), role));
            });
        }
        let section = match self.own.get("securityDefinitions") {
            Some(_) => "securityDefinitions",
            None => "securitySchemes",
        };
        let schemes = schemes(root).into_iter();
        let schemes = schemes.map(|name| target((section, &name)));
        open.extend(schemes.map(|target| (target, Role::SecurityScheme)));
        while let Some((place, role)) = open.pop() {
            if !reach.targets.insert((place.clone(), role)) {
                continue;
            }
            let tokens = tokens(&place);
            let Some(value) = self.at(&tokens) else {
                continue;
            };
            let unit = self.unit(&tokens);
            if let Some(unit) = unit.filter(|unit| reach.units.insert(*unit)) {
                let targets = self.components.get(&unit).into_iter().flatten();
                open.extend(targets.map(|(target, role)| ((*target).to_owned(), *role)));
                self.derived(unit, &mut open);
            }
            if unit.is_none() || place.starts_with('#') && shape_at(&place) == Shape::Opaque {
                reach.odd.push((tokens.clone(), role));
                references(value, Shape::One(role), &mut |target, role| {
                    open.push((target.to_owned(), role));
                });
            }
            if unit.is_none() && !is_kept(&tokens, root, cut) {
                reach.parts.insert(tokens, value);
                reach.moved.insert(place);
            }
        }
        reach
    }

    /// The schemas that may stand in the place of one that tells them apart, however far they derive.
    fn derived(&self, base: Unit<'a>, open: &mut Vec<(String, Role)>) {
        let value = self.at(&tokens(&target(base)));
        let is_base = value.is_some_and(|value| value.get("discriminator").is_some());
        let (mut seen, mut waiting) = (HashSet::new(), vec![base]);
        while let Some(unit) = waiting.pop().filter(|_| is_base) {
            for child in self.children.get(&unit).into_iter().flatten() {
                if seen.insert(*child) {
                    waiting.push(*child);
                    open.push((target(*child), Role::Schema));
                }
            }
        }
    }
}

impl Reach<'_> {
    /// Adds the components that are needed.
    pub(super) fn keep(&self, own: &Value, root: &mut Map<String, Value>, cut: &Cut) {
        for section in SECTIONS_20 {
            if let Some(place) = root.get_mut(section) {
                *place = self.section(own, section, cut);
            }
        }
        if let (Some(own), Some(place)) = (own.get("components"), root.get_mut("components")) {
            let mut components = Map::new();
            for (section, _) in own.as_object().into_iter().flatten() {
                components.insert(section.clone(), self.section(own, section, cut));
            }
            components.retain(|_, units| *units != Value::Object(Map::new()));
            *place = Value::Object(components);
        }
        let is_empty = |value: &Value| *value == Value::Object(Map::new());
        root.retain(|name, value| !(is_section(name) && is_empty(value)));
    }

    fn section(&self, sections: &Value, section: &str, cut: &Cut) -> Value {
        let units = sections.get(section).and_then(Value::as_object);
        let units = units.into_iter().flatten();
        let units = units.filter(|(name, _)| self.units.contains(&(section, name.as_str())));
        let mut units: Map<String, Value> = units.map(|(n, v)| (n.clone(), v.clone())).collect();
        let gains = cut.components.iter().filter(|((of, _), _)| *of == section);
        for ((_, name), gains) in gains {
            if let Some(unit) = units.get_mut(name).and_then(Value::as_object_mut) {
                unit.extend(gains.clone());
            }
        }
        Value::Object(units)
    }

    /// Adds what is referred to in places that the slice does not have.
    pub(super) fn keep_parts(&self, root: &mut Map<String, Value>) {
        if self.parts.is_empty() {
            return;
        }
        let mut parts = root
            .shift_remove(PARTS)
            .unwrap_or_else(|| Value::Object(Map::new()));
        // Outer ones come first in the order of the map: what is inside of them is there already.
        for (tokens, value) in &self.parts {
            let mut place = Some(&mut parts);
            for token in tokens {
                place = place.and_then(Value::as_object_mut).map(|members| {
                    let empty = || Value::Object(Map::new());
                    members.entry(token.clone()).or_insert_with(empty)
                });
            }
            if let Some(place) = place.filter(|place| **place == Value::Object(Map::new())) {
                *place = (*value).clone();
            }
        }
        root.insert(PARTS.to_owned(), parts);
        self.redirect(root);
    }

    /// Leads the references to what was moved there.
    fn redirect(&self, root: &mut Map<String, Value>) {
        let mut redirect = |target: &mut String| {
            if self.moved.contains(target) {
                target.insert_str(1, &format!("/{PARTS}"));
            }
        };
        for (name, value) in root.iter_mut() {
            references_mut(value, member(Role::Root, name), &mut redirect);
        }
        let parts = PARTS.to_owned();
        for (tokens, role) in &self.odd {
            let moved: Vec<_> = std::iter::once(&parts).chain(tokens).collect();
            for place in [tokens.iter().collect(), moved] {
                if let Some(value) = at_mut(root, &place) {
                    references_mut(value, Shape::One(*role), &mut redirect);
                }
            }
        }
    }
}

/// Visits what is referred to in a value of this shape.
pub(super) fn references<'v>(
    value: &'v Value,
    shape: Shape,
    visit: &mut impl FnMut(&'v str, Role),
) {
    match (shape, value) {
        (Shape::One(role), Value::Object(members)) => {
            if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                visit(target, role);
            }
            if let (Role::Discriminator, Some(mapping)) = (role, members.get("mapping")) {
                let values = mapping.as_object().into_iter().flatten();
                for target in values.filter_map(|(_, value)| value.as_str()) {
                    visit(target, Role::Schema);
                }
            }
            for (name, inner) in members {
                references(inner, member(role, name), visit);
            }
        }
        (Shape::Map(role) | Shape::Extensible(role), Value::Object(members)) => {
            for (name, inner) in members {
                if !(shape == Shape::Extensible(role) && name.starts_with("x-")) {
                    references(inner, Shape::One(role), visit);
                }
            }
        }
        (Shape::List(role), Value::Array(items)) => {
            for item in items {
                references(item, Shape::One(role), visit);
            }
        }
        _ => {}
    }
}

/// The same, for a change.
fn references_mut(value: &mut Value, shape: Shape, visit: &mut impl FnMut(&mut String)) {
    match (shape, value) {
        (Shape::One(role), Value::Object(members)) => {
            if let Some(Value::String(target)) = members.get_mut("$ref") {
                visit(target);
            }
            if let (Role::Discriminator, Some(mapping)) = (role, members.get_mut("mapping")) {
                let values = mapping.as_object_mut().into_iter().flatten();
                for (_, value) in values {
                    if let Value::String(target) = value {
                        visit(target);
                    }
                }
            }
            for (name, inner) in members {
                references_mut(inner, member(role, name), visit);
            }
        }
        (Shape::Map(role) | Shape::Extensible(role), Value::Object(members)) => {
            for (name, inner) in members {
                if !(shape == Shape::Extensible(role) && name.starts_with("x-")) {
                    references_mut(inner, Shape::One(role), visit);
                }
            }
        }
        (Shape::List(role), Value::Array(items)) => {
            for item in items {
                references_mut(item, Shape::One(role), visit);
            }
        }
        _ => {}
    }
}

fn at_mut<'v>(root: &'v mut Map<String, Value>, tokens: &[&String]) -> Option<&'v mut Value> {
    let (first, rest) = tokens.split_first()?;
    let first = root.get_mut(*first)?;
    rest.iter().try_fold(first, |value, token| match value {
        Value::Object(members) => members.get_mut(*token),
        Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Whether a place that is in no component is in the slice as it is in the document.
fn is_kept(tokens: &[String], root: &Map<String, Value>, cut: &Cut) -> bool {
    match tokens {
        [first, key, rest @ ..] if first == "paths" => {
            let kept = cut.operations.get(key);
            let method = rest.first().filter(|name| is_method(name));
            kept.is_some_and(|kept| method.is_none_or(|method| kept.contains_key(method)))
        }
        [first, ..] => !is_section(first) && root.contains_key(first),
        [] => true,
    }
}

/// The names of the security schemes that the root and the operations ask for.
fn schemes(root: &Map<String, Value>) -> BTreeSet<String> {
    let of_operations = operations(root).filter_map(|operation| operation.get("security"));
    let lists = root.get("security").into_iter().chain(of_operations);
    let alternatives = lists.flat_map(|list| items(Some(list)));
    let names = alternatives.flat_map(|schemes| schemes.as_object().into_iter().flatten());
    names.map(|(name, _)| name.clone()).collect()
}
