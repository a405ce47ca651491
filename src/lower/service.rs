//! The service itself: its names, its address, its groups, and how the parts come together.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Lowering, accounts, errors, operations, outgoing, paths, paths::Route, prose, resources,
    schema::Finished, security,
};
use crate::{
    config::Config,
    model::{
        Group, GroupId, Operation, Segment, Service,
        name::{Case, Scope},
    },
    spec::Node,
};

/// Crates that generated code says by name; a module or package called so would shadow them.
const CRATES: [&str; 37] = [
    "alloc",
    "async_nats",
    "async_trait",
    "axum",
    "base64",
    "bytes",
    "chrono",
    "core",
    "dotenvy",
    "futures",
    "futures_util",
    "http",
    "http_body_util",
    "hyper",
    "hyper_util",
    "jsonwebtoken",
    "libc",
    "multer",
    "percent_encoding",
    "proc_macro",
    "rand",
    "regex",
    "serde",
    "serde_json",
    "sha2",
    "sqlx",
    "std",
    "subtle",
    "test",
    "tokio",
    "tokio_io_timeout",
    "tokio_stream",
    "tower",
    "tower_http",
    "tracing",
    "tracing_subscriber",
    "uuid",
];

/// Modules that stand beside those of groups.
const MODULES: [&str; 3] = ["security", "v1", "support"];

/// Names that code beside a group's struct says without a path.
const TYPES: [&str; 24] = [
    "App", "Arc", "Box", "Clone", "Context", "Copy", "Debug", "Default", "Drop", "Err", "Error",
    "Fn", "From", "Iterator", "None", "Ok", "Option", "Response", "Result", "Self", "Services",
    "Some", "String", "Vec",
];

/// What Cargo refuses as the name of a package, or a system as the name of its file.
const PACKAGES: [&str; 9] = [
    "aux",
    "build",
    "con",
    "deps",
    "examples",
    "incremental",
    "nul",
    "prn",
    "tests",
];

/// Lowers everything but the types, whose ids are provisional yet.
pub(super) fn lower(cx: &mut Lowering<'_>, config: &Config) -> Service {
    let root = &cx.document.root;
    let info = |name| root.get("info").and_then(|info| prose(info, name));
    let title = info("title").unwrap_or_else(|| "Service".to_owned());
    let package = package(cx, config, &title);
    let base_path = base_path(cx);
    let routes = paths::routes(cx);
    let errors = errors::choose(cx, &routes, config);
    let (groups, routes) = group(cx, routes);
    let lowered = operations::lower(cx, &routes, &errors);
    let (mut operations, demands): (Vec<Operation>, Vec<_>) = lowered.into_iter().unzip();
    let outgoing = outgoing::lower(cx, &groups, &routes, &operations);
    let security = security::settle(cx, &demands);
    for (operation, demand) in operations.iter_mut().zip(&demands) {
        operation.guard = security.guard(demand);
    }
    operations.sort_by_key(|operation| operation.group);
    Service {
        krate: package.replace('-', "_"),
        package,
        title,
        version: info("version").unwrap_or_default(),
        description: info("description"),
        base_path,
        groups,
        operations,
        outgoing,
        types: Vec::new(),
        schemes: security.schemes,
        requirements: security.requirements,
        errors: errors.format,
        resources: Vec::new(),
        events: None,
        said: resources::said::read(cx),
        is_expanded: cx.document.is_resource_spec,
        account_rules: accounts::rules(cx),
        accounts: None,
        seeds: Vec::new(),
    }
}

/// Gives the service its types, which it takes.
pub(super) fn finish(mut service: Service, finished: &mut Finished) -> Service {
    for operation in &mut service.operations {
        for schema in operation.schemas_mut() {
            finished.remap(schema);
        }
    }
    for outgoing in &mut service.outgoing {
        for schema in outgoing.operation.schemas_mut() {
            finished.remap(schema);
        }
    }
    service.types = std::mem::take(&mut finished.types);
    outgoing::finish(&mut service);
    service
}

/// The name that the user gave, or the title as one, by the rules of crates.io.
fn package(cx: &mut Lowering<'_>, config: &Config, title: &str) -> String {
    let given = config.name.as_str();
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let valid = given.starts_with(|c: char| c.is_ascii_alphabetic()) && given.chars().all(allowed);
    let name = match valid && given.len() <= 64 {
        true => given.to_owned(),
        false if given.is_empty() => slug(title),
        false => slug(given),
    };
    let krate = name.replace('-', "_").to_ascii_lowercase();
    let reserved = CRATES.contains(&krate.as_str()) || PACKAGES.contains(&krate.as_str());
    let keyword = Case::Value.name(&krate).starts_with("r#");
    let name = match reserved || keyword || Case::Module.name(&krate).ends_with('_') {
        true => format!("{name}-service"),
        false => name,
    };
    if !given.is_empty() && name != given {
        let message = format!("`{given}` cannot be a package's name; it is called `{name}`");
        cx.warn("package-name", cx.document.root.span, message);
    }
    name
}

/// `Shop API` is `shop-api`.
fn slug(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let slug = words.join("-");
    let slug = slug.get(..64).unwrap_or(&slug).trim_end_matches('-');
    match slug.chars().next() {
        Some('a'..='z') => slug.to_owned(),
        Some(_) => Case::Module.name(&text).replace('_', "-"),
        None => "service".to_owned(),
    }
}

/// The path of the first server, where it is plain.
fn base_path(cx: &mut Lowering<'_>) -> String {
    let root = &cx.document.root;
    let server = root
        .get("servers")
        .and_then(|servers| servers.items().first());
    let Some((server, url)) = server.and_then(|server| Some((server, server.get("url")?))) else {
        return String::new();
    };
    let mut text = url.as_text().unwrap_or_default();
    for (name, member) in server.get("variables").into_iter().flat_map(Node::members) {
        if let Some(default) = member.value.get("default").and_then(Node::as_text) {
            text = text.replace(&format!("{{{name}}}"), &default);
        }
    }
    let path = url_path(&text);
    if path.split('/').all(is_plain) {
        return path;
    }
    let message = format!("the path of the server `{text}` is not plain, so it is ignored");
    cx.warn("server-path", url.span, message);
    String::new()
}

/// The path of a URL, from its slash; relative ones are relative to the root.
fn url_path(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let path = match url.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
            rest.split_once('/').map_or("", |(_, path)| path)
        }
        _ => url,
    };
    let pieces = path
        .split('/')
        .filter(|piece| !piece.is_empty() && *piece != ".");
    pieces.map(|piece| format!("/{piece}")).collect()
}

fn is_plain(piece: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~+@,=".contains(c);
    piece != ".." && piece.chars().all(plain)
}

/// The groups, sorted by module, and the routes with theirs.
fn group<'a>(cx: &Lowering<'a>, routes: Vec<Route<'a>>) -> (Vec<Group>, Vec<(Route<'a>, GroupId)>) {
    let tags: Vec<String> = routes.iter().map(tag).collect();
    let mut members: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for tag in &tags {
        members.entry(module(tag)).or_default().insert(tag);
    }
    let texts: Vec<&String> = members.keys().collect();
    let modules = Scope::default().settle(Case::Module, &texts);
    let types = type_names(&modules);
    let mut groups = Vec::new();
    for ((names, module), type_name) in members.values().zip(&modules).zip(types) {
        let declared = declared_tags(cx).find(|(name, _)| names.contains(name.as_str()));
        let first = names.first().copied().unwrap_or_default();
        let (api_name, description) = declared.unwrap_or_else(|| (first.to_owned(), None));
        groups.push(Group {
            api_name,
            module: module.clone(),
            trait_name: format!("{type_name}Service"),
            type_name,
            description,
        });
    }
    groups.sort_by(|a, b| a.module.cmp(&b.module));
    let place = |module: &String| groups.iter().position(|group| group.module == *module);
    let places = modules
        .iter()
        .map(|module| GroupId(place(module).unwrap_or(0)));
    let places: BTreeMap<&str, GroupId> = texts.iter().map(|t| t.as_str()).zip(places).collect();
    let ids: Vec<GroupId> = tags.iter().map(|t| places[module(t).as_str()]).collect();
    (groups, routes.into_iter().zip(ids).collect())
}

/// The tags of the document's own list, with their descriptions.
fn declared_tags(cx: &Lowering<'_>) -> impl Iterator<Item = (String, Option<String>)> {
    let tags = cx.document.root.get("tags").map_or(&[][..], Node::items);
    tags.iter()
        .filter_map(|tag| Some((prose(tag, "name")?, prose(tag, "description"))))
}

/// The first tag, else the first piece of the path that says something.
fn tag(route: &Route<'_>) -> String {
    let tags = route.operation.get("tags").map_or(&[][..], Node::items);
    let mut tags = tags.iter().filter_map(Node::as_text);
    let literal = |segment: &Segment| match segment {
        Segment::Literal(text) if !text.is_empty() && !is_prefix(text) => Some(text.clone()),
        _ => None,
    };
    tags.find(|tag| !tag.trim().is_empty())
        .or_else(|| route.segments.iter().find_map(literal))
        .unwrap_or_else(|| "default".to_owned())
}

/// `api`, or a version such as `v1`, `v2.1` and `v1beta1`.
fn is_prefix(piece: &str) -> bool {
    let piece = piece.to_ascii_lowercase();
    let version = piece.strip_prefix('v').unwrap_or(&piece);
    let numbered = version.starts_with(|c: char| c.is_ascii_digit());
    let plain = version.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    piece == "api" || (numbered && matches!(plain, "" | "alpha" | "beta"))
}

/// The module of a tag; tags that differ in case and signs alone share it.
pub(super) fn module(tag: &str) -> String {
    let module = Case::Module.name(tag);
    match CRATES.contains(&module.as_str()) || MODULES.contains(&module.as_str()) {
        true => format!("{module}_api"),
        false => module,
    }
}

/// The structs of the groups: no two alike but for case, nor like another's trait.
fn type_names(modules: &[String]) -> Vec<String> {
    let mut order: Vec<usize> = (0..modules.len()).collect();
    order.sort_by_key(|&index| &modules[index]);
    let mut taken = BTreeSet::new();
    let mut names = vec![String::new(); modules.len()];
    for index in order {
        let bare = Case::Type.name(&modules[index]);
        let plain = bare.trim_end_matches('_');
        let bare = match TYPES.contains(&plain) {
            true => format!("{plain}Api"),
            false => bare,
        };
        let numbered = (2..).map(|number| format!("{bare}{number}"));
        let mut candidates = std::iter::once(bare.clone()).chain(numbered);
        let free = candidates.find(|name| {
            let lower = name.to_ascii_lowercase();
            let pair = [format!("{lower}service"), lower];
            let free = pair.iter().all(|name| !taken.contains(name));
            if free {
                taken.extend(pair);
            }
            free
        });
        names[index] = free.unwrap_or(bare);
    }
    names
}
