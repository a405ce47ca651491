//! Swagger 2.0 → OpenAPI 3.0: bodies become request bodies, media types move into them, parameters get schemas.

use crate::diagnostic::Span;

use super::{
    super::{
        ERRORS, Kind, Member, Node,
        grammar::{Role, Shape, walk_mut},
        node::unescape,
    },
    tree::{Members, array, from_pairs, object, object_mut, put, take_array, take_object, text},
};

/// The members of a parameter or header that constrain its value.
const KEYWORDS: [&str; 18] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
    "x-example",
];

/// More media types than this are not copied into a body: each has a copy of the schema.
const MAX_MEDIA: usize = 50;

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Rewrites a document.
pub(super) fn adapt(root: &mut Node) {
    walk_mut(root, Shape::One(Role::Root), &mut |node, role| match role {
        Role::Schema => schema(node),
        _ => rename(node),
    });
    let span = root.span;
    let Kind::Object(root) = &mut root.kind else {
        return;
    };
    let shared = Shared {
        parameters: take_object(root, "parameters"),
        consumes: take_array(root, "consumes"),
        produces: take_array(root, "produces"),
    };
    let servers = server(root, span);
    put(root, "servers", servers);
    let mut components = Members::new();
    if let Some(schemas) = root.shift_remove("definitions") {
        components.insert("schemas".to_owned(), schemas);
    }
    if let Some(errors) = root.get_mut(ERRORS) {
        let own = object_mut(&mut errors.value).map(|own| take_array(own, "produces"));
        let produces = own_or(own.unwrap_or_default(), &shared.produces);
        response(&mut errors.value, &produces);
    }
    let mut responses = take_object(root, "responses");
    for response in responses.values_mut() {
        self::response(&mut response.value, &shared.produces);
    }
    put(&mut components, "responses", object(responses, span));
    if let Some(mut schemes) = root.shift_remove("securityDefinitions") {
        object_mut(&mut schemes.value)
            .into_iter()
            .flatten()
            .for_each(|(_, scheme)| security(scheme));
        components.insert("securitySchemes".to_owned(), schemes);
    }
    let paths = root
        .get_mut("paths")
        .and_then(|paths| object_mut(&mut paths.value));
    for (_, item) in paths
        .into_iter()
        .flatten()
        .filter(|(path, _)| !path.starts_with("x-"))
    {
        path_item(&mut item.value, &shared);
    }
    let mut parameters = shared.parameters;
    parameters.retain(|_, parameter| !is_body(&parameter.value));
    parameters
        .values_mut()
        .for_each(|member| parameter(&mut member.value));
    put(&mut components, "parameters", object(parameters, span));
    put(root, "components", object(components, span));
}

/// What the root says for all operations.
struct Shared {
    parameters: Members,
    consumes: Vec<Node>,
    produces: Vec<Node>,
}

impl Shared {
    /// A parameter behind its reference.
    fn resolve(&self, node: &Node) -> Node {
        let target = node.get("$ref").and_then(Node::as_str);
        let name = target.and_then(|target| target.strip_prefix("#/components/parameters/"));
        let found = name.and_then(|name| self.parameters.get(&*unescape(name)));
        found.map_or_else(|| node.clone(), |member| member.value.clone())
    }
}

fn path_item(item: &mut Node, shared: &Shared) {
    let Kind::Object(members) = &mut item.kind else {
        return;
    };
    let (bodies, others) = split(take_array(members, "parameters"), shared);
    if !others.is_empty() {
        put(members, "parameters", array(others, item.span));
    }
    for method in METHODS {
        if let Some(member) = members.get_mut(method) {
            operation(&mut member.value, &bodies, shared);
        }
    }
}

fn operation(operation: &mut Node, inherited: &[Node], shared: &Shared) {
    let span = operation.span;
    let Kind::Object(members) = &mut operation.kind else {
        return;
    };
    let consumes = own_or(take_array(members, "consumes"), &shared.consumes);
    let produces = own_or(take_array(members, "produces"), &shared.produces);
    let (mut bodies, others) = split(take_array(members, "parameters"), shared);
    for parameter in inherited {
        let known = |own: &Node| {
            own.get("name").and_then(Node::as_str) == parameter.get("name").and_then(Node::as_str)
        };
        if !bodies.iter().any(known) {
            bodies.push(parameter.clone());
        }
    }
    put(members, "parameters", array(others, span));
    match bodies.iter().position(|body| is_in(body, "body")) {
        Some(index) => put(
            members,
            "requestBody",
            body(bodies.swap_remove(index), &consumes),
        ),
        None if !bodies.is_empty() => put(members, "requestBody", form(bodies, &consumes, span)),
        None => {}
    }
    let responses = members
        .get_mut("responses")
        .and_then(|list| object_mut(&mut list.value));
    for (_, member) in responses
        .into_iter()
        .flatten()
        .filter(|(name, _)| !name.starts_with("x-"))
    {
        response(&mut member.value, &produces);
    }
}

/// The parameters that make the body, resolved, and the others, rewritten.
fn split(parameters: Vec<Node>, shared: &Shared) -> (Vec<Node>, Vec<Node>) {
    let (mut bodies, mut others) = (Vec::new(), Vec::new());
    for mut node in parameters {
        let resolved = shared.resolve(&node);
        if is_body(&resolved) {
            bodies.push(resolved);
        } else {
            parameter(&mut node);
            others.push(node);
        }
    }
    (bodies, others)
}

fn is_in(node: &Node, location: &str) -> bool {
    node.get("in").and_then(Node::as_str) == Some(location)
}

fn is_body(node: &Node) -> bool {
    is_in(node, "body") || is_in(node, "formData")
}

/// Moves what constrains the value into `schema`, and the format of lists into `style`.
fn parameter(node: &mut Node) {
    let span = node.span;
    let Kind::Object(members) = &mut node.kind else {
        return;
    };
    if members.contains_key("$ref") {
        return;
    }
    let (style, explode) = style(members.shift_remove("collectionFormat").as_ref());
    let schema = value_schema(members, span);
    let is_query = members.get("in").and_then(|m| m.value.as_str()) == Some("query");
    if is_query && schema.get("type").and_then(Node::as_str) == Some("array") {
        put(members, "style", text(style, span));
        put(
            members,
            "explode",
            Node {
                kind: Kind::Bool(explode),
                span,
            },
        );
    }
    members.entry("schema".to_owned()).or_insert(Member {
        key: span,
        value: schema,
    });
}

fn style(format: Option<&Member>) -> (&'static str, bool) {
    match format.and_then(|member| member.value.as_str()) {
        Some("multi") => ("form", true),
        Some("ssv") => ("spaceDelimited", false),
        Some("pipes") => ("pipeDelimited", false),
        _ => ("form", false),
    }
}

/// Takes the keywords of a schema out of a parameter or header.
fn value_schema(members: &mut Members, span: Span) -> Node {
    let mut schema = Members::new();
    for keyword in KEYWORDS {
        if let Some(member) = members.shift_remove(keyword) {
            schema.insert(keyword.to_owned(), member);
        }
    }
    let mut schema = object(schema, span);
    self::schema(&mut schema);
    schema
}

fn body(mut parameter: Node, consumes: &[Node]) -> Node {
    let span = parameter.span;
    let Kind::Object(members) = &mut parameter.kind else {
        return parameter;
    };
    let schema = members.shift_remove("schema").map(|member| member.value);
    members.shift_remove("in");
    members.shift_remove("name");
    put(members, "content", content(schema, consumes, span));
    parameter
}

/// The fields of a form as the properties of one object.
fn form(fields: Vec<Node>, consumes: &[Node], span: Span) -> Node {
    let mut has_file = false;
    let (mut properties, mut encoding, mut required) = (Members::new(), Members::new(), Vec::new());
    let mut is_required = false;
    for mut field in fields {
        let span = field.span;
        let Kind::Object(members) = &mut field.kind else {
            continue;
        };
        let Some(name) = members.get("name").and_then(|m| m.value.as_text()) else {
            continue;
        };
        if members.get("required").and_then(|m| m.value.as_bool()) == Some(true) {
            required.push(text(&name, span));
            is_required = true;
        }
        has_file |= members.get("type").and_then(|m| m.value.as_str()) == Some("file");
        let (style, explode) = style(members.shift_remove("collectionFormat").as_ref());
        let mut schema = value_schema(members, span);
        if let (Some(description), Kind::Object(schema)) =
            (members.shift_remove("description"), &mut schema.kind)
        {
            schema.insert("description".to_owned(), description);
        }
        if schema.get("type").and_then(Node::as_str) == Some("array") {
            let explode = Node {
                kind: Kind::Bool(explode),
                span,
            };
            let pairs = [("style", text(style, span)), ("explode", explode)];
            put(&mut encoding, &name, from_pairs(pairs, span));
        }
        put(&mut properties, &name, schema);
    }
    let is_form = |media: &&Node| {
        let name = media.as_str().unwrap_or_default();
        name == "multipart/form-data" || (!has_file && name == "application/x-www-form-urlencoded")
    };
    let mut media: Vec<_> = consumes.iter().filter(is_form).cloned().collect();
    if media.is_empty() {
        let name = if has_file {
            "multipart/form-data"
        } else {
            "application/x-www-form-urlencoded"
        };
        media.push(text(name, span));
    }
    let schema = from_pairs(
        [
            ("type", text("object", span)),
            ("properties", object(properties, span)),
            ("required", array(required, span)),
        ],
        span,
    );
    let mut content = content(Some(schema), &media, span);
    if !encoding.is_empty() {
        for (_, media) in object_mut(&mut content).into_iter().flatten() {
            if let Kind::Object(members) = &mut media.value.kind {
                put(members, "encoding", object(encoding.clone(), span));
            }
        }
    }
    let is_required = Node {
        kind: Kind::Bool(is_required),
        span,
    };
    from_pairs([("required", is_required), ("content", content)], span)
}

fn response(node: &mut Node, produces: &[Node]) {
    let span = node.span;
    let Kind::Object(members) = &mut node.kind else {
        return;
    };
    if members.contains_key("$ref") {
        return;
    }
    let examples = members.shift_remove("examples");
    let schema = members.shift_remove("schema");
    if let Some(schema) = schema {
        let mut content = content(Some(schema.value), produces, span);
        for (media, member) in object_mut(&mut content).into_iter().flatten() {
            let example = examples
                .as_ref()
                .and_then(|examples| examples.value.get(media));
            if let (Some(example), Kind::Object(members)) = (example, &mut member.value.kind) {
                put(members, "example", example.clone());
            }
        }
        put(members, "content", content);
    }
    let headers = members
        .get_mut("headers")
        .and_then(|headers| object_mut(&mut headers.value));
    for (_, header) in headers.into_iter().flatten() {
        let span = header.value.span;
        if let Kind::Object(members) = &mut header.value.kind {
            members.shift_remove("collectionFormat");
            let schema = value_schema(members, span);
            put(members, "schema", schema);
        }
    }
}

/// The same schema for each media type.
fn content(schema: Option<Node>, media: &[Node], span: Span) -> Node {
    let json = [text("application/json", span)];
    let media = if media.is_empty() { &json[..] } else { media };
    let mut content = Members::new();
    for name in media.iter().take(MAX_MEDIA) {
        let Some(text) = name.as_str() else { continue };
        let schema = schema.clone().map(|schema| ("schema", schema));
        content.insert(
            text.to_owned(),
            Member {
                key: name.span,
                value: from_pairs(schema, span),
            },
        );
    }
    object(content, span)
}

fn security(scheme: &mut Member) {
    let span = scheme.value.span;
    let Kind::Object(members) = &mut scheme.value.kind else {
        return;
    };
    match members.get("type").and_then(|m| m.value.as_str()) {
        Some("basic") => {
            put(members, "type", text("http", span));
            put(members, "scheme", text("basic", span));
        }
        Some("oauth2") => {
            let name = members.shift_remove("flow");
            let name = match name.as_ref().and_then(|m| m.value.as_str()) {
                Some("application") => "clientCredentials",
                Some("password") => "password",
                Some("implicit") => "implicit",
                _ => "authorizationCode",
            };
            let mut flow = Members::new();
            for part in ["authorizationUrl", "tokenUrl", "scopes"] {
                flow.extend(members.shift_remove_entry(part));
            }
            let flows = from_pairs([(name, object(flow, span))], span);
            put(members, "flows", flows);
        }
        _ => {}
    }
}

/// One server: only its path decides what is served.
fn server(root: &mut Members, span: Span) -> Node {
    let mut take = |name: &str| {
        root.shift_remove(name)
            .and_then(|member| member.value.as_text())
    };
    let (host, base) = (take("host"), take("basePath").unwrap_or_default());
    root.shift_remove("schemes");
    let url = match host {
        Some(host) => format!("https://{host}{base}"),
        None if base.is_empty() => "/".to_owned(),
        None => base,
    };
    array(vec![from_pairs([("url", text(&url, span))], span)], span)
}

fn schema(node: &mut Node) {
    rename(node);
    let span = node.span;
    let Kind::Object(members) = &mut node.kind else {
        return;
    };
    if let Some(nullable) = members.shift_remove("x-nullable") {
        members.insert("nullable".to_owned(), nullable);
    }
    if members.get("type").and_then(|m| m.value.as_str()) == Some("file") {
        put(members, "type", text("string", span));
        put(members, "format", text("binary", span));
    }
}

/// The new place of what a reference means.
fn rename(node: &mut Node) {
    let Kind::Object(members) = &mut node.kind else {
        return;
    };
    let Some(Kind::String(target)) = members.get_mut("$ref").map(|m| &mut m.value.kind) else {
        return;
    };
    let places = [
        ("#/definitions/", "#/components/schemas/"),
        ("#/parameters/", "#/components/parameters/"),
        ("#/responses/", "#/components/responses/"),
    ];
    for (old, new) in places {
        if let Some(name) = target.strip_prefix(old) {
            *target = format!("{new}{name}");
            return;
        }
    }
}

fn own_or(own: Vec<Node>, inherited: &[Node]) -> Vec<Node> {
    if own.is_empty() {
        inherited.to_vec()
    } else {
        own
    }
}
