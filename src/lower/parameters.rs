//! Parameters: path, query, header and cookie.

use std::collections::{BTreeSet, HashSet};

use super::{
    Lowering, is_token,
    media::contents,
    paths::{Route, variable},
    prose,
    schema::Place,
    text,
};
use crate::{
    diagnostic::{Diagnostic, Span},
    model::{
        Location, MediaKind, Parameter, Schema, Style, Type, TypeKind,
        name::{Case, Scope},
        operation::DEEPEST_PARAMETER,
    },
    spec::Node,
};

/// What the inputs of operations call something else.
const RESERVED: [&str; 2] = ["body", "input"];

/// A parameter as it stands in the document.
struct Declared<'a> {
    node: &'a Node,
    api_name: String,
    location: Location,
}

/// The parameters of an operation; `place` is where the operation stands.
pub(super) fn lower<'a>(cx: &mut Lowering<'a>, route: &Route<'a>, place: &Place) -> Vec<Parameter> {
    let declared = declared(cx, route);
    let mut parameters: Vec<Parameter> = declared
        .iter()
        .map(|declared| parameter(cx, declared, place))
        .collect();
    add_undeclared(cx, route, &mut parameters);
    name(&mut parameters);
    parameters
}

/// An object whose members stand in the query by themselves cannot have one that an API key there is called like.
pub(super) fn leave_out_clashes(
    cx: &mut Lowering<'_>,
    parameters: &mut Vec<Parameter>,
    keys: &[&str],
    span: Span,
) {
    parameters.retain(|parameter| {
        let is_spread = parameter.location == Location::Query
            && parameter.style == Style::Form
            && parameter.explode;
        let mut keys = keys.iter();
        let key = keys.find(|key| is_spread && takes(cx, &parameter.schema.ty, key, 0));
        if let Some(key) = key {
            let name = &parameter.api_name;
            let message = format!("the parameter `{name}` is left out: it takes `{key}` from the query, which is an API key");
            cx.warn("bad-parameter", span, message);
        }
        key.is_none()
    });
}

/// Whether an object of this type takes a member for its own, and could refuse it.
fn takes(cx: &Lowering<'_>, ty: &Type, member: &str, depth: usize) -> bool {
    match ty {
        Type::Map { values, .. } => !matches!(values.ty, Type::String(_) | Type::Any { .. }),
        Type::Any { one_of } => one_of.iter().any(|one| one.get(member).is_some()),
        Type::Named(id) if depth < DEEPEST_PARAMETER => match &cx.schemas.types()[id.0].kind {
            TypeKind::Struct(def) => def.fields.iter().any(|field| field.api_name == member),
            TypeKind::Newtype(schema) => takes(cx, &schema.ty, member, depth + 1),
            TypeKind::Union(union) => {
                let mut variants = union.variants.iter();
                variants.any(|variant| takes(cx, &variant.schema.ty, member, depth + 1))
            }
            TypeKind::Enum(_) => false,
        },
        _ => false,
    }
}

/// Those of the operation and those of its path, which the operation's own replace in place.
fn declared<'a>(cx: &mut Lowering<'a>, route: &Route<'a>) -> Vec<Declared<'a>> {
    let mut all: Vec<Declared<'a>> = Vec::new();
    for item in route.items.iter().rev().copied() {
        for new in list(cx, item, route) {
            replace_or_add(&mut all, new);
        }
    }
    for new in list(cx, route.operation, route) {
        replace_or_add(&mut all, new);
    }
    all
}

fn replace_or_add<'a>(all: &mut Vec<Declared<'a>>, new: Declared<'a>) {
    match all.iter_mut().find(|known| is_same(known, &new)) {
        Some(known) => *known = new,
        None => all.push(new),
    }
}

fn is_same(a: &Declared<'_>, b: &Declared<'_>) -> bool {
    a.location == b.location
        && match a.location {
            Location::Header => a.api_name.eq_ignore_ascii_case(&b.api_name),
            _ => a.api_name == b.api_name,
        }
}

fn list<'a>(cx: &mut Lowering<'a>, owner: &'a Node, route: &Route<'a>) -> Vec<Declared<'a>> {
    let mut list: Vec<Declared<'a>> = Vec::new();
    for node in owner.get("parameters").map_or(&[][..], Node::items) {
        let Some(node) = cx.resolve(node) else {
            continue;
        };
        match read(node, route) {
            Ok(Some(new)) if list.iter().any(|known| is_same(known, &new)) => {
                let message = format!("the parameter `{}` is declared twice", new.api_name);
                cx.warn("duplicate-parameter", node.span, message);
            }
            Ok(new) => list.extend(new),
            Err(problem) => cx.warn(
                "bad-parameter",
                node.span,
                format!("a parameter is left out: {problem}"),
            ),
        }
    }
    list
}

/// A parameter's name and location; none where OpenAPI says that it counts for nothing.
fn read<'a>(node: &'a Node, route: &Route<'a>) -> Result<Option<Declared<'a>>, String> {
    let api_name = node.get("name").and_then(Node::as_text);
    let api_name = api_name.ok_or("it has no `name`")?;
    let location = match node.get("in").and_then(Node::as_str) {
        Some("path") => Location::Path,
        Some("query") => Location::Query,
        Some("header") => Location::Header,
        Some("cookie") => Location::Cookie,
        Some(other) => return Err(format!("`{other}` is no location that we know")),
        None => return Err(format!("`{api_name}` has no `in`")),
    };
    let ignored = ["accept", "content-type", "authorization"];
    match location {
        Location::Header if ignored.contains(&api_name.to_ascii_lowercase().as_str()) => {
            return Ok(None);
        }
        Location::Header | Location::Cookie if !is_token(&api_name) => {
            return Err(format!(
                "`{api_name}` cannot be the name of a header or cookie"
            ));
        }
        Location::Path => {
            let mut names = route.path_parameters();
            let name = names.find(|name| *name == api_name || *name == variable(&api_name));
            let missing = || format!("the path `{}` has no `{{{api_name}}}`", route.key);
            let api_name = name.ok_or_else(missing)?.to_owned();
            return Ok(Some(Declared {
                node,
                api_name,
                location,
            }));
        }
        _ => {}
    }
    Ok(Some(Declared {
        node,
        api_name,
        location,
    }))
}

fn parameter<'a>(cx: &mut Lowering<'a>, declared: &Declared<'a>, place: &Place) -> Parameter {
    let Declared {
        node,
        api_name,
        location,
    } = declared;
    let mut style = style(cx, node, *location, api_name);
    let mut source = *node;
    let mut schema = node.get("schema");
    if let Some(content) = contents(cx, node.get("content")).into_iter().next() {
        source = content.node;
        schema = match content.kind {
            MediaKind::Json => {
                style = Style::Json;
                content.schema()
            }
            _ => None,
        };
    }
    let place = Place::parameter(place, api_name);
    let lowered = schema.map_or_else(text, |schema| cx.lower(schema, &place));
    let schema = match schema.is_some_and(|schema| is_shared(cx, schema)) {
        true => Schema {
            default: None,
            ..lowered
        },
        false => lowered,
    };
    if !holds(cx, style, &schema) {
        style = Style::Form;
    }
    let mut schema = schema;
    if style != Style::Json {
        cx.tell_unjudged(&schema, node.span);
        schema.keywords.clear();
    }
    let explode = node.get("explode").and_then(Node::as_bool);
    Parameter {
        name: String::new(),
        api_name: api_name.clone(),
        location: *location,
        style,
        explode: explode.unwrap_or(matches!(style, Style::Form | Style::DeepObject)),
        required: *location == Location::Path
            || node.get("required").and_then(Node::as_bool) == Some(true),
        description: prose(node, "description"),
        example: cx.example(source, &schema),
        schema,
        origin: cx.origin(node.span),
    }
}

/// Whether a schema is also that of a property: then its default tells what a new object gets,
/// not what a search is narrowed to.
fn is_shared(cx: &mut Lowering<'_>, schema: &Node) -> bool {
    let Some(target) = schema.get("$ref").and_then(Node::as_str) else {
        return false;
    };
    if schema.get("default").is_some() {
        return false;
    }
    let document = cx.document;
    let shared = cx.shared.get_or_insert_with(|| {
        let mut found = HashSet::new();
        let schemas = document
            .root
            .get("components")
            .and_then(|c| c.get("schemas"));
        if let Some(schemas) = schemas {
            collect_properties(schemas, &mut found);
        }
        found
    });
    shared.contains(target)
}

fn collect_properties<'a>(node: &'a Node, found: &mut HashSet<&'a str>) {
    for (_, property) in node.get("properties").into_iter().flat_map(Node::members) {
        found.extend(property.value.get("$ref").and_then(Node::as_str));
    }
    for (_, member) in node.members() {
        collect_properties(&member.value, found);
    }
    for item in node.items() {
        collect_properties(item, found);
    }
}

fn style(cx: &mut Lowering<'_>, node: &Node, location: Location, api_name: &str) -> Style {
    let default = match location {
        Location::Path | Location::Header => Style::Simple,
        Location::Query | Location::Cookie => Style::Form,
    };
    let Some(named) = node.get("style") else {
        return default;
    };
    match (location, named.as_str()) {
        (Location::Path, Some("label")) => Style::Label,
        (Location::Path, Some("matrix")) => Style::Matrix,
        (Location::Path | Location::Header, Some("simple")) => Style::Simple,
        (Location::Query | Location::Cookie, Some("form")) => Style::Form,
        (Location::Query, Some("spaceDelimited")) => Style::SpaceDelimited,
        (Location::Query, Some("pipeDelimited")) => Style::PipeDelimited,
        (Location::Query, Some("deepObject")) => Style::DeepObject,
        // OpenAPI 3.2: `form` without the percent-encoding.
        (Location::Cookie, Some("cookie")) => Style::Form,
        _ => {
            let message = format!("`{api_name}` cannot have this style; the default is taken");
            cx.warn("bad-style", named.span, message);
            default
        }
    }
}

/// Whether a style can write values of this kind at all: some are for objects or arrays only.
fn holds(cx: &Lowering<'_>, style: Style, schema: &Schema) -> bool {
    let object = match &schema.ty {
        Type::Named(id) => !matches!(cx.schemas.types()[id.0].kind, TypeKind::Enum(_)),
        Type::Map { .. } | Type::Any { .. } => true,
        _ => false,
    };
    match style {
        Style::DeepObject => object,
        Style::SpaceDelimited | Style::PipeDelimited => {
            object || matches!(schema.ty, Type::Array { .. })
        }
        _ => true,
    }
}

/// A path parameter that nobody declares is a text.
fn add_undeclared(cx: &mut Lowering<'_>, route: &Route<'_>, parameters: &mut Vec<Parameter>) {
    let known: BTreeSet<String> = parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Path)
        .map(|parameter| parameter.api_name.clone())
        .collect();
    for api_name in route
        .path_parameters()
        .filter(|name| !known.contains(*name))
    {
        let message = format!("the path parameter `{api_name}` is not declared");
        cx.report(
            Diagnostic::warning("undeclared-parameter", route.span, message)
                .hint("it is taken as a text; declare it with `in: path`"),
        );
        parameters.push(Parameter {
            name: String::new(),
            api_name: api_name.to_owned(),
            location: Location::Path,
            style: Style::Simple,
            explode: false,
            required: true,
            description: None,
            schema: text(),
            example: None,
            origin: cx.origin(route.span),
        });
    }
}

/// Where two parameters share a name, all but the first location say theirs: `id`, `id_query`.
fn name(parameters: &mut [Parameter]) {
    let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
    let mut order: Vec<usize> = (0..parameters.len()).collect();
    order.sort_by_key(|&index| {
        let parameter = &parameters[index];
        let is_own = Case::Value.name(&parameter.api_name) == parameter.api_name;
        (parameter.location, !is_own, &parameter.api_name)
    });
    let texts = order.iter().map(|&index| {
        let Parameter {
            api_name, location, ..
        } = &parameters[index];
        match taken.insert(Case::Value.name(api_name)) {
            true => api_name.clone(),
            false => format!("{api_name} {}", word(*location)),
        }
    });
    let texts: Vec<String> = texts.collect();
    let names = Scope::with(RESERVED).settle(Case::Value, &texts);
    for (index, name) in order.into_iter().zip(names) {
        parameters[index].name = name;
    }
}

fn word(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

impl Place {
    /// A parameter of the operation that stands at `operation`.
    fn parameter(operation: &Self, api_name: &str) -> Self {
        Self {
            direction: operation.direction,
            is_patch: false,
            module: operation.module.clone(),
            type_name: format!("{}{}", operation.type_name, Case::Type.name(api_name)),
            api_name: format!("{}.{api_name}", operation.api_name),
        }
    }
}
