//! Documents made of a part of a document: some of its operations, and what these reach.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};

use super::{
    Document, Format,
    grammar::{Role, Shape, member, shape_at},
    node::unescape,
};

/// Where a slice keeps what other places of the document refer to in paths that it does not have.
pub const PARTS: &str = "x-apigen-parts";

const METHODS: [&str; 10] = [
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
    "query",
    "additionalOperations",
];

/// The sections of Swagger 2.0, which stand at the root.
const SECTIONS_20: [&str; 4] = [
    "definitions",
    "parameters",
    "responses",
    "securityDefinitions",
];

/// What a slice is made of.
#[derive(Debug, Clone, Default)]
pub struct Cut {
    /// The operations, by path (as the document writes it) and method (in small letters), with the
    /// members that they gain.
    pub operations: BTreeMap<String, BTreeMap<String, Map<String, Value>>>,
    /// The members that the root gains.
    pub members: Map<String, Value>,
    /// The members that components gain, by section and name.
    pub components: BTreeMap<(&'static str, String), Map<String, Value>>,
    /// What is added to the title.
    pub title: Option<String>,
}

/// A document of which slices are made, in its own dialect: it is looked through once.
#[derive(Debug)]
pub struct Slicer<'a> {
    own: &'a Value,
    /// What each component refers to.
    components: HashMap<Unit<'a>, Vec<Target<'a>>>,
    /// The schemas that derive from each by `allOf`.
    children: HashMap<Unit<'a>, Vec<Unit<'a>>>,
}

/// A component: its section, which stands at the root in Swagger 2.0, and its name.
type Unit<'a> = (&'a str, &'a str);

/// What a reference names, and what it is used as.
type Target<'a> = (&'a str, Role);

impl Document {
    /// Looks the document through, for slices of it.
    pub fn slicer(&self) -> Slicer<'_> {
        Slicer::new(&self.own)
    }
}

impl<'a> Slicer<'a> {
    fn new(own: &'a Value) -> Self {
        let mut slicer = Self {
            own,
            components: HashMap::new(),
            children: HashMap::new(),
        };
        for (unit, value) in units(own) {
            let mut targets = Vec::new();
            let pointer = match SECTIONS_20.contains(&unit.0) {
                true => format!("/{}/-", unit.0),
                false => format!("/components/{}/-", unit.0),
            };
            references(value, shape_at(&pointer), &mut |target, role| {
                targets.push((target, role));
            });
            slicer.components.insert(unit, targets);
            for base in items(value.get("allOf")).filter_map(|part| text(part, "$ref")) {
                if let Some(base) = slicer.unit(&tokens(base)) {
                    slicer.children.entry(base).or_default().push(unit);
                }
            }
        }
        slicer
    }

    /// The component that a pointer leads into.
    fn unit(&self, tokens: &[String]) -> Option<Unit<'a>> {
        let (sections, rest) = match tokens {
            [first, rest @ ..] if first == "components" => (self.own.get("components")?, rest),
            [first, ..] if SECTIONS_20.contains(&first.as_str()) => (self.own, tokens),
            _ => return None,
        };
        let [section, name, ..] = rest else {
            return None;
        };
        let (section, units) = sections.as_object()?.get_key_value(section)?;
        let (name, _) = units.as_object()?.get_key_value(name)?;
        Some((section, name))
    }

    /// A document of its own, in the dialect of the whole and in its order.
    pub fn slice(&self, cut: &Cut) -> Value {
        let mut root = Map::new();
        let members = self.own.as_object().into_iter().flatten();
        for (name, value) in members.filter(|(name, _)| *name != "webhooks") {
            let value = match name.as_str() {
                "paths" => self.paths(value, cut),
                "info" => info(value, cut),
                name if is_section(name) => Value::Null,
                _ => value.clone(),
            };
            root.insert(name.clone(), value);
        }
        root.extend(cut.members.clone());
        let reach = self.reach(&root, cut);
        reach.keep(self.own, &mut root, cut);
        reach.keep_parts(&mut root);
        keep_tags(&mut root);
        Value::Object(root)
    }

    /// An operation, behind the references of its path item.
    pub fn operation(&self, path: &str, method: &str) -> Option<Value> {
        let mut item = self.flat(self.own.get("paths")?.get(path)?);
        item.shift_remove(&method.to_ascii_lowercase())
    }

    fn paths(&self, paths: &Value, cut: &Cut) -> Value {
        let mut kept = Map::new();
        for (key, item) in paths.as_object().into_iter().flatten() {
            if key.starts_with("x-") {
                kept.insert(key.clone(), item.clone());
            } else if let Some(operations) = cut.operations.get(key) {
                let mut item = self.flat(item);
                item.retain(|name, _| !is_method(name) || operations.contains_key(name));
                for (method, gains) in operations {
                    if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                        operation.extend(gains.clone());
                    }
                }
                kept.insert(key.clone(), Value::Object(item));
            }
        }
        Value::Object(kept)
    }

    /// A path item with the members of the one that it refers to; its own win.
    fn flat(&self, item: &Value) -> Map<String, Value> {
        let mut flat = Map::new();
        let mut item = Some(item);
        for _ in 0..50 {
            let Some(members) = item.and_then(Value::as_object) else {
                break;
            };
            for (name, value) in members.iter().filter(|(name, _)| *name != "$ref") {
                match (flat.get_mut(name), value) {
                    (Some(Value::Array(own)), Value::Array(more)) if name == "parameters" => {
                        own.extend(more.iter().cloned());
                    }
                    (Some(_), _) => {}
                    (None, _) => {
                        flat.insert(name.clone(), value.clone());
                    }
                }
            }
            let target = members.get("$ref").and_then(Value::as_str);
            item = target.and_then(|target| self.at(&tokens(target)));
        }
        flat
    }

    fn at(&self, tokens: &[String]) -> Option<&'a Value> {
        tokens
            .iter()
            .try_fold(self.own, |value, token| match value {
                Value::Object(members) => members.get(token),
                Value::Array(items) => items.get(token.parse::<usize>().ok()?),
                _ => None,
            })
    }

    /// What the paths and the other members of the root lead to, however far.
    fn reach(&self, root: &Map<String, Value>, cut: &Cut) -> Reach<'a> {
        let mut reach = Reach::default();
        let mut open: Vec<(String, Role)> = Vec::new();
        for (name, value) in root {
            references(value, member(Role::Root, name), &mut |target, role| {
                open.push((target.to_owned(), role));
            });
        }
        let section = match self.own.get("securityDefinitions") {
            Some(_) => "securityDefinitions",
            None => "components/securitySchemes",
        };
        let schemes = schemes(root).into_iter();
        let schemes = schemes.map(|name| format!("#/{section}/{}", escape(name)));
        open.extend(schemes.map(|target| (target, Role::SecurityScheme)));
        while let Some((target, role)) = open.pop() {
            if !reach.targets.insert((target.clone(), role)) {
                continue;
            }
            let tokens = tokens(&target);
            let Some(value) = self.at(&tokens) else {
                continue;
            };
            let unit = self.unit(&tokens);
            if let Some(unit) = unit.filter(|unit| reach.units.insert(*unit)) {
                let targets = self.components.get(&unit).into_iter().flatten();
                open.extend(targets.map(|(target, role)| ((*target).to_owned(), *role)));
                self.derived(unit, &mut open);
            }
            let is_opaque = |pointer| shape_at(pointer) == Shape::Opaque;
            if unit.is_none() || target.strip_prefix('#').is_some_and(is_opaque) {
                references(value, Shape::One(role), &mut |target, role| {
                    open.push((target.to_owned(), role));
                });
            }
            if unit.is_none() && !is_kept(&tokens, root, cut) {
                reach.parts.insert(tokens, value);
                reach.moved.insert(target);
            }
        }
        reach
    }

    /// The schemas that may stand in the place of one that tells them apart, however far they derive.
    fn derived(&self, base: Unit<'a>, open: &mut Vec<(String, Role)>) {
        let is_base =
            value_of(self.own, base).is_some_and(|value| value.get("discriminator").is_some());
        let (mut seen, mut waiting) = (HashSet::new(), vec![base]);
        while let Some(unit) = waiting.pop().filter(|_| is_base) {
            for child in self.children.get(&unit).into_iter().flatten() {
                if seen.insert(*child) {
                    waiting.push(*child);
                    let (section, name) = child;
                    let above = match SECTIONS_20.contains(section) {
                        true => "",
                        false => "components/",
                    };
                    let target = format!("#/{above}{section}/{}", escape(name));
                    open.push((target, Role::Schema));
                }
            }
        }
    }
}

/// What a slice needs beside its paths.
#[derive(Default)]
struct Reach<'a> {
    targets: HashSet<(String, Role)>,
    units: HashSet<Unit<'a>>,
    /// By their places.
    parts: BTreeMap<Vec<String>, &'a Value>,
    /// The references to them, as they are written.
    moved: HashSet<String>,
}

impl Reach<'_> {
    /// Adds the components that are needed.
    fn keep(&self, own: &Value, root: &mut Map<String, Value>, cut: &Cut) {
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
    fn keep_parts(&self, root: &mut Map<String, Value>) {
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
        root.values_mut()
            .for_each(|value| redirect(value, &self.moved));
    }
}

fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
}

/// Whether a member of the root holds components.
fn is_section(name: &str) -> bool {
    name == "components" || SECTIONS_20.contains(&name)
}

fn units(own: &Value) -> impl Iterator<Item = (Unit<'_>, &Value)> {
    let of_root = SECTIONS_20
        .iter()
        .filter_map(|name| own.as_object()?.get_key_value(*name));
    let components = own.get("components").and_then(Value::as_object);
    let sections = of_root.chain(components.into_iter().flatten());
    sections.flat_map(|(section, units)| {
        let units = units.as_object().into_iter().flatten();
        units.map(move |(name, value)| ((section.as_str(), name.as_str()), value))
    })
}

fn value_of<'a>(own: &'a Value, (section, name): Unit<'_>) -> Option<&'a Value> {
    let sections = match SECTIONS_20.contains(&section) {
        true => own,
        false => own.get("components")?,
    };
    sections.get(section)?.get(name)
}

/// Visits what is referred to in a value of this shape.
fn references<'v>(value: &'v Value, shape: Shape, visit: &mut impl FnMut(&'v str, Role)) {
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

/// The names along a reference; a bare one is that of a schema (in a discriminator's mapping).
fn tokens(target: &str) -> Vec<String> {
    match target.strip_prefix('#') {
        Some(pointer) => {
            let tokens = pointer.split('/').skip(1);
            tokens.map(|token| unescape(token).into_owned()).collect()
        }
        None => ["components", "schemas", target].map(str::to_owned).into(),
    }
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

fn operations(root: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let paths = root.get("paths").and_then(Value::as_object);
    let items = paths
        .into_iter()
        .flatten()
        .filter_map(|(_, item)| item.as_object());
    let members = items.flatten();
    members.filter_map(|(name, value)| is_method(name).then_some(value))
}

/// Leaves out the tags that no operation has; what they stand below stays (OpenAPI 3.2).
fn keep_tags(root: &mut Map<String, Value>) {
    let tags = operations(root).flat_map(|operation| items(operation.get("tags")));
    let mut used: BTreeSet<String> = tags.filter_map(Value::as_str).map(str::to_owned).collect();
    let Some(Value::Array(tags)) = root.get_mut("tags") else {
        return;
    };
    let name = |tag: &Value| text(tag, "name").unwrap_or_default().to_owned();
    for _ in 0..tags.len() {
        let above = tags.iter().filter(|tag| used.contains(&name(tag)));
        let above: Vec<String> = above
            .filter_map(|tag| text(tag, "parent"))
            .map(str::to_owned)
            .collect();
        let before = used.len();
        used.extend(above);
        if used.len() == before {
            break;
        }
    }
    tags.retain(|tag| used.contains(&name(tag)));
    if tags.is_empty() {
        root.shift_remove("tags");
    }
}

fn info(info: &Value, cut: &Cut) -> Value {
    let mut info = info.clone();
    if let (Some(addition), Some(title)) = (&cut.title, text(&info, "title")) {
        info["title"] = Value::String(format!("{title}: {addition}"));
    }
    info
}

/// A name as a token of a reference.
fn escape(name: impl AsRef<str>) -> String {
    let name = name.as_ref().replace('%', "%25").replace('~', "~0");
    name.replace('/', "~1")
}

fn redirect(value: &mut Value, moved: &HashSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                match inner {
                    Value::String(target) if name == "$ref" && moved.contains(target) => {
                        target.insert_str(1, &format!("/{PARTS}"));
                    }
                    _ => redirect(inner, moved),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, moved)),
        _ => {}
    }
}

/// A document's text in its format, as [`super::parse`] reads it.
///
/// # Errors
/// It cannot be written.
pub fn text_of(document: &Value, format: Format) -> Result<String, String> {
    match format {
        Format::Json => serde_json::to_string_pretty(document)
            .map(|text| text + "\n")
            .map_err(|error| error.to_string()),
        Format::Yaml => serde_yaml::to_string(document).map_err(|error| error.to_string()),
    }
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}
