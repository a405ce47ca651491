//! The OpenAPI document that a resource spec stands for: each node has the place of what it came from.

mod accounts;
mod answers;
mod components;
mod draft;
mod examples;
mod fields;
mod links;
mod lists;
mod operations;
mod said;
mod schemas;

use std::collections::{BTreeSet, HashMap};

use heck::ToUpperCamelCase as _;
use serde_json::{Value, json};

use crate::{
    diagnostic::{Diagnostic, Span},
    spec::{
        DEPRECATION, Kind, Node, RESOURCES,
        dialect::tree::{Members, array, from_pairs, object, put},
    },
};

use self::draft::Draft;
use super::blueprint::{At, Auth, Blueprint, Resource};

/// Writes the document; what would stand in it twice is told.
pub(super) fn write(spec: &Blueprint) -> Result<Node, Vec<Diagnostic>> {
    let mut writer = Writer::new(spec);
    for edition in std::iter::once(spec).chain(&spec.older) {
        writer.spec = edition;
        for resource in &edition.resources {
            writer.resource(resource);
        }
    }
    writer.spec = spec;
    match writer.problems.is_empty() {
        true => {
            let accounts = writer.accounts();
            Ok(writer.document(accounts))
        }
        false => Err(writer.problems),
    }
}

struct Writer<'b> {
    spec: &'b Blueprint,
    problems: Vec<Diagnostic>,
    paths: Members,
    schemas: Members,
    /// The parameters that name rows.
    parameters: Members,
    /// What rows, requests and pages look like.
    examples: Members,
    /// `x-apigen-resources`
    said: Members,
    /// The components that all resources share, by section and name, as far as they are used.
    used: BTreeSet<(&'static str, &'static str)>,
    /// Whose types have these names, so that each is one thing.
    names: HashMap<String, (String, String)>,
}

impl<'b> Writer<'b> {
    fn new(spec: &'b Blueprint) -> Self {
        let older = spec.older.iter().flat_map(|older| &older.resources);
        let reserved = spec.resources.iter().chain(older).flat_map(|resource| {
            let schema = resource.schema();
            ["", "Patch", "Page", "Part"].map(|end| format!("{schema}{end}"))
        });
        let shared = ["Error", "PageMeta", "Problem"].map(str::to_owned);
        let names = reserved.chain(shared);
        Self {
            spec,
            problems: Vec::new(),
            paths: Members::new(),
            schemas: Members::new(),
            parameters: Members::new(),
            examples: Members::new(),
            said: Members::new(),
            used: BTreeSet::new(),
            names: names.map(|name| (name, Default::default())).collect(),
        }
    }

    fn resource(&mut self, resource: &'b Resource) {
        self.key_parameter(resource);
        self.row_schemas(resource);
        self.examples(resource);
        self.said(resource);
        let path = self.spec.path(resource);
        let above = self.spec.ancestors(resource);
        let above: Vec<&Resource> = above.into_iter().collect();
        let whole = [&above[..], &[resource]].concat();
        let one = format!("{path}/{{{}}}", resource.parameter());
        let standard = self.standard(resource);
        let (collection, member): (Vec<_>, Vec<_>) = standard
            .into_iter()
            .partition(|(_, on_member, _)| !on_member);
        let span = resource.name.span;
        self.item(&path, &above, collection, span);
        self.item(&one, &whole, member, span);
        for action in &resource.actions {
            let (base, owners) = match action.on_collection {
                true => (&path, &above),
                false => (&one, &whole),
            };
            let segment = action.name.value.replace('_', "-");
            let path = format!("{base}/{segment}");
            let draft = self.action(resource, action);
            let draft = vec![(action.method, !action.on_collection, draft)];
            self.item(&path, owners, draft, action.name.span);
        }
        for target in &resource.many_to_many {
            self.linked(resource, target, &one, &whole);
        }
    }

    /// Adds a path, unless it has no operations.
    fn item(
        &mut self,
        path: &str,
        owners: &[&Resource],
        drafts: Vec<(&'static str, bool, Draft)>,
        span: Span,
    ) {
        if drafts.is_empty() {
            return;
        }
        if let Some(other) = self.paths.get(path) {
            let message = format!("two things would be at the path `{path}`");
            let problem = Diagnostic::error("resource-spec", span, message);
            let problem = problem.related(other.key, "the other one");
            self.problems
                .push(problem.hint("`path:` of a resource gives it another segment"));
            return;
        }
        let mut members = Members::new();
        if !owners.is_empty() {
            let owners = owners.iter().map(|owner| {
                let name = owner.parameter().to_upper_camel_case();
                reference("parameters", &name, owner.name.span)
            });
            put(&mut members, "parameters", array(owners.collect(), span));
        }
        for (method, _, draft) in drafts {
            let operation = self.operation(draft);
            put(&mut members, method, operation);
        }
        put(&mut self.paths, path, object(members, span));
    }

    fn document(self, accounts: Option<(&str, Node)>) -> Node {
        let spec = self.spec;
        let span = spec.span;
        let mut root = Members::new();
        put(&mut root, "openapi", at(json!(super::OPENAPI), span));
        put(&mut root, "info", info(spec));
        let servers = spec.servers.iter();
        let servers = servers.map(|server| at(json!({"url": server.value}), server.span));
        put(&mut root, "servers", array(servers.collect(), span));
        if let Some(security) = components::security(spec) {
            put(&mut root, "security", security);
        }
        if let Some((name, said)) = accounts {
            put(&mut root, name, said);
        }
        if let Some(said) = deprecation(spec) {
            put(&mut root, DEPRECATION, said);
        }
        put(&mut root, "tags", self.tags());
        let Self {
            paths,
            schemas,
            parameters,
            mut examples,
            said,
            used,
            ..
        } = self;
        let paths = object(paths, span);
        let mut shown = BTreeSet::new();
        examples_of(&paths, &mut shown);
        examples.retain(|name, _| shown.contains(name));
        put(&mut root, "paths", paths);
        let components = components::write(spec, [schemas, parameters, examples], &used);
        put(&mut root, "components", components);
        if !said.is_empty() {
            put(&mut root, RESOURCES, object(said, span));
        }
        object(root, span)
    }

    fn tags(&self) -> Node {
        let editions = std::iter::once(self.spec).chain(&self.spec.older);
        let resources = editions.flat_map(|edition| &edition.resources);
        let tags = resources.map(|resource| {
            let span = resource.name.span;
            let mut tag = Members::new();
            put(&mut tag, "name", at(json!(resource.tag()), span));
            if let Some(description) = &resource.description {
                put(&mut tag, "description", description.clone());
            }
            object(tag, span)
        });
        let auth = &self.spec.auth;
        let people = (auth.value == Auth::Accounts).then(|| {
            at(
                json!({"name": "auth", "description": "Who users are"}),
                auth.span,
            )
        });
        array(people.into_iter().chain(tags).collect(), self.spec.span)
    }

    /// A reference to a component that all resources share, which is thereby used.
    fn shared(&mut self, section: &'static str, name: &'static str, span: Span) -> Node {
        self.used.insert((section, name));
        reference(section, name, span)
    }

    fn has_auth(&self) -> bool {
        self.spec.auth.value != Auth::None
    }
}

/// The names of the examples that are referred to.
fn examples_of(node: &Node, names: &mut BTreeSet<String>) {
    for (name, member) in node.members() {
        let target = member.value.as_str().filter(|_| name == "$ref");
        let example = target.and_then(|target| target.strip_prefix("#/components/examples/"));
        names.extend(example.map(str::to_owned));
        examples_of(&member.value, names);
    }
    for item in node.items() {
        examples_of(item, names);
    }
}

/// What is said of the ends of versions.
fn deprecation(spec: &Blueprint) -> Option<Node> {
    let mut said = Members::new();
    let editions = std::iter::once(spec).chain(&spec.older);
    for version in editions.filter_map(|edition| edition.edition.as_ref()) {
        let word = |name, word: &Option<At<String>>| {
            let word = word.as_ref()?;
            Some((name, at(json!(word.value), word.span)))
        };
        let successor = version.successor.clone();
        let successor = successor.map(|next| At::new(format!("/{}", next.value), next.span));
        let words = [
            word("since", &version.deprecated),
            word("sunset", &version.sunset),
            word("successor", &successor),
            word("link", &version.link),
        ];
        if version.deprecated.is_some() || version.sunset.is_some() {
            let span = version.name.span;
            let words = from_pairs(words.into_iter().flatten(), span);
            put(&mut said, &format!("/{}", version.name.value), words);
        }
    }
    (!said.is_empty()).then(|| object(said, spec.span))
}

fn info(spec: &Blueprint) -> Node {
    let text = |text: &At<String>| at(json!(text.value), text.span);
    let mut info = Members::new();
    put(&mut info, "title", text(&spec.title));
    put(&mut info, "version", text(&spec.version));
    if let Some(description) = &spec.description {
        put(&mut info, "description", description.clone());
    }
    object(info, spec.span)
}

/// A value all of which came from one place.
fn at(value: Value, span: Span) -> Node {
    let kind = match value {
        Value::Null => Kind::Null,
        Value::Bool(value) => Kind::Bool(value),
        Value::Number(number) => {
            let raw = number.to_string();
            Kind::Number(number, raw)
        }
        Value::String(text) => Kind::String(text),
        Value::Array(items) => Kind::Array(items.into_iter().map(|item| at(item, span)).collect()),
        Value::Object(members) => {
            let mut found = Members::new();
            for (name, value) in members {
                put(&mut found, &name, at(value, span));
            }
            Kind::Object(found)
        }
    };
    Node { kind, span }
}

/// `{ $ref: "#/components/…" }`
fn reference(section: &str, name: &str, span: Span) -> Node {
    at(
        json!({"$ref": format!("#/components/{section}/{name}")}),
        span,
    )
}

/// `{ application/json: { schema, examples } }`
fn content(schema: Node, examples: Option<Node>) -> Node {
    let span = schema.span;
    let examples = examples.map(|examples| ("examples", examples));
    let media = from_pairs([("schema", schema)].into_iter().chain(examples), span);
    from_pairs([("application/json", media)], span)
}
