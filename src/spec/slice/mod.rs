//! Documents made of a part of a document: some of its operations, and what these reach.

pub(super) mod pick;
mod reach;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use self::reach::references;
use super::{
    Document, Format,
    grammar::{Role, Shape, member, shape_at},
    node::{escape, unescape},
};

/// Where a slice keeps what other places of the document refer to in paths that it does not have.
pub const PARTS: &str = "x-apigen-parts";

/// The sections of Swagger 2.0, which stand at the root.
const SECTIONS_20: [&str; 4] = [
    "definitions",
    "parameters",
    "responses",
    "securityDefinitions",
];

/// How many references are followed from one place.
const MAX_STEPS: usize = 50;

/// What a slice is made of.
#[derive(Debug, Clone, Default)]
pub struct Cut {
    /// The operations, by path (as the document writes it) and method (in small letters), with the
    /// members that they gain.
    pub operations: BTreeMap<String, BTreeMap<String, Map<String, Value>>>,
    /// The webhooks, by their names.
    pub webhooks: BTreeSet<String>,
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
            references(value, shape_at(&target(unit)), &mut |target, role| {
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
        for (name, value) in members {
            let value = match name.as_str() {
                "webhooks" => match webhooks(value, cut) {
                    Some(kept) => kept,
                    None => continue,
                },
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

    /// Where an operation stands: in its path's own item, or in the nearest that this refers to.
    pub fn place(&self, path: &str, method: &str) -> Option<String> {
        let method = method.to_ascii_lowercase();
        let mut items = self.path_items(path).into_iter();
        let (at, _) = items.find(|(_, item)| item.contains_key(&method))?;
        Some(format!("{at}/{method}"))
    }

    /// What stands at a place (`#/paths/~1items/get`), behind its references, and where that is.
    pub fn resolve(&self, place: String) -> Option<(&'a Value, String)> {
        let mut place = place;
        for _ in 0..MAX_STEPS {
            let value = self.at(&tokens(&place))?;
            match text(value, "$ref") {
                Some(target) => target.clone_into(&mut place),
                None => return Some((value, place)),
            }
        }
        None
    }

    /// The path items that a path has, each with its place, the nearest first.
    fn path_items(&self, path: &str) -> Vec<(String, &'a Map<String, Value>)> {
        let mut items = Vec::new();
        let mut next = Some(format!("#/paths/{}", escape(path)));
        while let Some(place) = next.filter(|_| items.len() < MAX_STEPS) {
            let item = self.at(&tokens(&place)).and_then(Value::as_object);
            next = item.and_then(|item| item.get("$ref")?.as_str().map(str::to_owned));
            items.extend(item.map(|item| (place, item)));
        }
        items
    }

    fn paths(&self, paths: &Value, cut: &Cut) -> Value {
        let mut kept = Map::new();
        for (key, item) in paths.as_object().into_iter().flatten() {
            if key.starts_with("x-") {
                kept.insert(key.clone(), item.clone());
            } else if let Some(operations) = cut.operations.get(key) {
                let mut item = self.flat(key);
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

    /// The path item of a path with the members of those that it refers to; its own win.
    pub fn flat(&self, path: &str) -> Map<String, Value> {
        let mut flat = Map::new();
        for (_, item) in self.path_items(path) {
            for (name, value) in item.iter().filter(|(name, _)| *name != "$ref") {
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
}

/// Whether a member of a path item is an operation, or several.
fn is_method(name: &str) -> bool {
    matches!(
        member(Role::PathItem, name),
        Shape::One(Role::Operation) | Shape::Map(Role::Operation)
    )
}

/// Whether a member of the root holds components.
fn is_section(name: &str) -> bool {
    name == "components" || SECTIONS_20.contains(&name)
}

/// The reference to a component.
fn target((section, name): Unit<'_>) -> String {
    let above = match SECTIONS_20.contains(&section) {
        true => "",
        false => "components/",
    };
    format!("#/{above}{section}/{}", escape(name))
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

/// Those that are wanted; `None` where that is none.
fn webhooks(webhooks: &Value, cut: &Cut) -> Option<Value> {
    let mut kept = webhooks.as_object()?.clone();
    kept.retain(|name, _| cut.webhooks.contains(name));
    (!kept.is_empty()).then_some(Value::Object(kept))
}

fn info(info: &Value, cut: &Cut) -> Value {
    let mut info = info.clone();
    if let (Some(addition), Some(title)) = (&cut.title, text(&info, "title")) {
        info["title"] = Value::String(format!("{title}: {addition}"));
    }
    info
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
