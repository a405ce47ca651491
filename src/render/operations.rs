//! `operations/`: what each operation takes and answers.

use askama::Template;

use crate::model::{
    BodyKind, Group, GroupId, Location, MediaKind, Operation, Parameter, RequestBody, Response,
    ResponseBody, ResponseHeader, Service, Status, Style, Type, TypeKind,
};

use super::{
    doors,
    reading::list,
    scope::{Pattern, Scope},
};

/// `operations/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/operations/mod.rs.j2")]
pub(super) struct Root<'a> {
    groups: &'a [Group],
    /// A Rust literal.
    base_path: String,
}

impl<'a> Root<'a> {
    pub(super) fn new(service: &'a Service) -> Self {
        Self {
            groups: &service.groups,
            base_path: doors::rust_literal(&service.base_path),
        }
    }
}

/// `operations/<group>/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/operations/group.rs.j2")]
pub(super) struct Modules<'a> {
    group: &'a Group,
    /// The files of its operations, sorted.
    files: Vec<&'a str>,
}

impl<'a> Modules<'a> {
    pub(super) fn new(service: &'a Service, id: GroupId) -> Self {
        let operations = service.operations_of(id);
        let mut files: Vec<&str> = operations
            .map(|(_, operation)| operation.name.as_str())
            .collect();
        files.sort_unstable();
        let group = &service[id];
        Self { group, files }
    }
}

/// `operations/<group>/<operation>.rs`
#[derive(Template)]
#[template(path = "layered/src/operations/operation.rs.j2")]
pub(super) struct File<'a> {
    comment: String,
    imports: Vec<&'static str>,
    patterns: Vec<Pattern>,
    name: &'a str,
    /// The variable that holds the request: no field has its name.
    input: &'static str,
    body: Option<String>,
    invalid_body: Option<String>,
    fields: Vec<FieldView<'a>>,
    variants: Vec<VariantView<'a>>,
}

struct FieldView<'a> {
    name: &'a str,
    comment: String,
    ty: String,
    /// What follows `input.`
    read: String,
    /// What follows `name?`
    value: String,
}

struct VariantView<'a> {
    name: &'a str,
    comment: String,
    /// Behind the name in the declaration: nothing, `(T)` or `{ … }`.
    fields: String,
    /// Behind the name in the pattern: nothing, `(body)` or `{ … }`.
    pattern: String,
    response: String,
}

impl<'a> File<'a> {
    pub(super) fn new(service: &'a Service, operation: &'a Operation) -> Self {
        let scope = Scope::of_others(service);
        scope.import("axum::response::IntoResponse");
        scope.import("axum::response::Response");
        scope.import("crate::core::input::Input");
        scope.import("crate::core::input::Read");
        let parameters = operation.parameters.iter();
        let mut fields: Vec<FieldView<'_>> = parameters
            .map(|parameter| parameter_field(&scope, parameter))
            .collect();
        fields.extend(operation.body.as_ref().map(|body| body_field(&scope, body)));
        let is_taken = fields.iter().any(|field| field.name == "input");
        let responses = operation.responses.iter();
        let invalid_body = operation.body.as_ref().and_then(|_| {
            let status = operation.invalid_body_status;
            (status != 422).then(|| status_code(&scope, status))
        });
        Self {
            comment: doors::module_comment(&describe(operation)),
            name: &operation.type_name,
            input: if is_taken { "input_" } else { "input" },
            body: operation
                .body
                .as_ref()
                .map(|body| body_constant(&scope, body)),
            invalid_body,
            fields,
            variants: responses
                .map(|response| variant(&scope, response))
                .collect(),
            patterns: scope.patterns(),
            imports: scope.imports(),
        }
    }
}

/// The comment of the file, in Markdown.
fn describe(operation: &Operation) -> String {
    let (method, path) = (operation.method.as_str(), &operation.path);
    let summary = operation
        .summary
        .iter()
        .filter(|summary| !summary.trim().is_empty());
    let summary: String = summary
        .map(|summary| format!(": {}", summary.trim()))
        .collect();
    let mut text = format!("`{method} {}`{summary}", path.replace('`', "'"));
    if let Some(part) = &operation.description {
        text += &format!("\n\n{part}");
    }
    if operation.deprecated {
        text += "\n\nDeprecated.";
    }
    text
}

/// The type of a parameter's field.
pub(super) fn parameter_type(scope: &Scope<'_>, parameter: &Parameter) -> String {
    let schema = &parameter.schema;
    let ty = scope.rust_type(schema);
    match parameter.required || schema.default.is_some() || schema.nullable {
        true => ty,
        false => scope.option(&ty),
    }
}

fn parameter_field<'a>(scope: &Scope<'_>, parameter: &'a Parameter) -> FieldView<'a> {
    let schema = &parameter.schema;
    let ty = parameter_type(scope, parameter);
    let value = match parameter.required {
        true => String::new(),
        false if schema.default.is_some() => scope.or_default(schema, false, &parameter.name),
        false if schema.nullable => ".flatten()".to_owned(),
        false => String::new(),
    };
    FieldView {
        name: &parameter.name,
        comment: doors::comment(parameter.description.as_deref().unwrap_or(""), 0),
        ty,
        read: read_parameter(scope, parameter),
        value,
    }
}

fn read_parameter(scope: &Scope<'_>, parameter: &Parameter) -> String {
    let name = doors::rust_literal(&parameter.api_name);
    let read = scope.read("v", &parameter.schema, false, &parameter.name);
    let (location, plain) = match parameter.location {
        Location::Path => ("path", Style::Simple),
        Location::Query => ("query", Style::Form),
        Location::Header => ("header", Style::Simple),
        Location::Cookie => ("cookie", Style::Form),
    };
    let is_path = parameter.location == Location::Path;
    let suffix = if parameter.required && !is_path {
        "_required"
    } else {
        ""
    };
    let shape = shape(scope, &parameter.schema.ty, 0);
    if shape == Shape::Scalar && parameter.style == plain {
        return format!("{location}{suffix}({name}, |v| {read})");
    }
    let suffix = if parameter.required { "_required" } else { "" };
    let location = match parameter.location {
        Location::Path => "Path",
        Location::Query => "Query",
        Location::Header => "Header",
        Location::Cookie => "Cookie",
    };
    let style = match parameter.style {
        Style::Form => "Form",
        Style::Simple => "Simple",
        Style::Label => "Label",
        Style::Matrix => "Matrix",
        Style::SpaceDelimited => "SpaceDelimited",
        Style::PipeDelimited => "PipeDelimited",
        Style::DeepObject => "DeepObject",
        Style::Json => "Json",
    };
    let locations = scope.import("crate::core::input::Location");
    let styles = scope.import("crate::core::input::Style");
    let shapes = scope.import("crate::core::input::Shape");
    let shape = match shape {
        Shape::Scalar => "Scalar".to_owned(),
        Shape::List => "List".to_owned(),
        Shape::Object(names) => {
            let names = names.iter().map(|name| doors::rust_literal(name));
            format!("Object(&[{}])", list(names))
        }
    };
    let explode = parameter.explode;
    format!(
        "styled{suffix}({locations}::{location}, {name}, {styles}::{style}, {explode}, {shapes}::{shape}, |v| {read})"
    )
}

#[derive(PartialEq, Eq)]
enum Shape {
    Scalar,
    List,
    /// With the names of its properties.
    Object(Vec<String>),
}

/// How deep aliases and unions may nest in a parameter.
const DEEPEST: usize = 8;

fn shape(scope: &Scope<'_>, ty: &Type, depth: usize) -> Shape {
    match ty {
        Type::Array { .. } => Shape::List,
        Type::Map { .. } => Shape::Object(Vec::new()),
        Type::Named(id) if depth < DEEPEST => match &scope.service()[*id].kind {
            TypeKind::Struct(def) => {
                let names = def.fields.iter().map(|field| field.api_name.clone());
                Shape::Object(names.collect())
            }
            TypeKind::Enum(_) => Shape::Scalar,
            TypeKind::Newtype(schema) => shape(scope, &schema.ty, depth + 1),
            TypeKind::Union(union) => {
                let schemas = union.variants.iter().map(|variant| &variant.schema.ty);
                let shapes = schemas.map(|ty| shape(scope, ty, depth + 1));
                shapes.fold(Shape::Scalar, widest)
            }
        },
        _ => Shape::Scalar,
    }
}

/// The shape that both fit, as far as there is one.
fn widest(left: Shape, right: Shape) -> Shape {
    match (left, right) {
        (Shape::Object(mut left), Shape::Object(right)) => {
            left.extend(right);
            left.sort_unstable();
            left.dedup();
            Shape::Object(left)
        }
        (object @ Shape::Object(_), _) | (_, object @ Shape::Object(_)) => object,
        (Shape::List, _) | (_, Shape::List) => Shape::List,
        (Shape::Scalar, Shape::Scalar) => Shape::Scalar,
    }
}

/// The type of the body's field.
pub(super) fn body_type(scope: &Scope<'_>, body: &RequestBody) -> String {
    let ty = match body.kind {
        BodyKind::Decoded => scope.rust_type(&body.schema),
        BodyKind::Text => scope.prelude("String").to_owned(),
        BodyKind::Bytes => "axum::body::Bytes".to_owned(),
    };
    let is_option = body.kind == BodyKind::Decoded && body.schema.nullable;
    match body.required || is_option {
        true => ty,
        false => scope.option(&ty),
    }
}

fn body_field<'a>(scope: &Scope<'_>, body: &'a RequestBody) -> FieldView<'a> {
    let method = match body.kind {
        BodyKind::Decoded => "body",
        BodyKind::Text => "text_body",
        BodyKind::Bytes => "bytes_body",
    };
    let is_decoded = body.kind == BodyKind::Decoded;
    let is_option = is_decoded && body.schema.nullable;
    let ty = body_type(scope, body);
    let optional = if body.required { "" } else { "optional_" };
    let read = match is_decoded {
        true => format!("|v| {}", scope.read("v", &body.schema, false, "body")),
        false => String::new(),
    };
    FieldView {
        name: "body",
        comment: doors::comment(body.description.as_deref().unwrap_or(""), 0),
        ty,
        read: format!("{optional}{method}({read})"),
        value: if is_option && !body.required {
            ".flatten()"
        } else {
            ""
        }
        .to_owned(),
    }
}

fn body_constant(scope: &Scope<'_>, body: &RequestBody) -> String {
    let bodies = scope.import("crate::core::input::Body");
    let syntaxes = scope.import("crate::core::input::Syntax");
    let media = body.media.iter().map(|media| {
        let syntax = match (body.kind, media.kind) {
            (BodyKind::Text, _) | (_, MediaKind::Text) => "Text",
            (_, MediaKind::Json) => "Json",
            (_, MediaKind::Form) => "Form",
            (_, MediaKind::Bytes | MediaKind::EventStream) => "Bytes",
        };
        format!(
            "({}, {syntaxes}::{syntax})",
            doors::rust_literal(&media.name)
        )
    });
    let required = body.required;
    format!(
        "{bodies}::Accepts {{ required: {required}, media: &[{}] }}",
        list(media)
    )
}

/// The fields of a variant, each with its comment and its type; and whether the only one stands
/// in parentheses.
pub(super) fn variant_fields<'a>(
    scope: &Scope<'_>,
    response: &'a Response,
) -> (Vec<(&'a str, String, String)>, bool) {
    let body = match &response.body {
        ResponseBody::Empty => None,
        ResponseBody::Json { schema, .. } => Some(scope.rust_type(schema)),
        ResponseBody::Text { .. } => Some(scope.prelude("String").to_owned()),
        ResponseBody::Bytes { .. } => Some("axum::body::Body".to_owned()),
        ResponseBody::Events { schema } => {
            let stream = scope.import("crate::core::output::EventStream");
            Some(format!("{stream}<{}>", scope.rust_type(schema)))
        }
        ResponseBody::Raw => Some("Response".to_owned()),
    };
    let mut fields = Vec::new();
    if response.body != ResponseBody::Raw {
        if !matches!(response.status, Status::Code(_)) {
            let ty = scope.import("axum::http::StatusCode").to_owned();
            fields.push(("status", String::new(), ty));
        }
        let headers = response.headers.iter();
        fields.extend(headers.map(|header| header_field(scope, header)));
    }
    let is_tuple = fields.is_empty() && body.is_some();
    fields.extend(body.map(|ty| ("body", String::new(), ty)));
    (fields, is_tuple)
}

fn variant<'a>(scope: &Scope<'_>, response: &'a Response) -> VariantView<'a> {
    let comment = match response.status {
        Status::Code(code) => format!("{code}: {}", response.description),
        Status::Range(class) => format!("{class}XX: {}", response.description),
        Status::Default => format!("Any status: {}", response.description),
    };
    let is_raw = response.body == ResponseBody::Raw;
    let (fields, is_tuple) = variant_fields(scope, response);
    let (fields, pattern) = match fields.as_slice() {
        [] => (String::new(), String::new()),
        [(_, _, ty)] if is_tuple => (format!("({ty})"), "(body)".to_owned()),
        fields => {
            let names = fields.iter().map(|(name, ..)| (*name).to_owned());
            let typed = fields
                .iter()
                .map(|(name, doc, ty)| format!("{doc}{name}: {ty}"));
            (
                format!("{{ {} }}", list(typed)),
                format!("{{ {} }}", list(names)),
            )
        }
    };
    VariantView {
        name: &response.name,
        comment: doors::comment(comment.trim_end().trim_end_matches(':'), 0),
        fields,
        pattern,
        response: if is_raw {
            "body".to_owned()
        } else {
            respond(scope, response)
        },
    }
}

fn header_field<'a>(scope: &Scope<'_>, header: &'a ResponseHeader) -> (&'a str, String, String) {
    let ty = scope.rust_type_of(&header.schema.ty);
    let is_optional = !header.required || header.schema.nullable;
    let ty = if is_optional { scope.option(&ty) } else { ty };
    let description = header.description.as_deref().unwrap_or("");
    let comment = doors::comment(description, 0);
    let comment = if comment.is_empty() {
        comment
    } else {
        format!("\n{comment}")
    };
    (&header.name, comment, ty)
}

/// The expression that makes the response of its fields.
fn respond(scope: &Scope<'_>, response: &Response) -> String {
    let output = scope.import("crate::core::output::Output");
    let status = match response.status {
        Status::Code(code) => status_code(scope, code),
        Status::Range(_) | Status::Default => "status".to_owned(),
    };
    let headers: String = response
        .headers
        .iter()
        .map(|header| send_header(scope, header))
        .collect();
    let body = match &response.body {
        ResponseBody::Json { media_type, .. } => {
            format!("json({}, &body)", doors::rust_literal(media_type))
        }
        ResponseBody::Text { media_type } => {
            let has_charset = media_type.contains(';') || !media_type.starts_with("text/");
            let charset = if has_charset { "" } else { "; charset=utf-8" };
            format!(
                "body({}, body)",
                doors::rust_literal(&format!("{media_type}{charset}"))
            )
        }
        ResponseBody::Bytes { media_type } => {
            format!("body({}, body)", doors::rust_literal(media_type))
        }
        ResponseBody::Events { .. } => "events(body)".to_owned(),
        ResponseBody::Empty | ResponseBody::Raw => "empty()".to_owned(),
    };
    format!("{output}::new({status}){headers}.{body}")
}

fn send_header(scope: &Scope<'_>, header: &ResponseHeader) -> String {
    let (name, api_name) = (&header.name, doors::rust_literal(&header.api_name));
    let convert = match &header.schema.ty {
        Type::String(rules) if rules.format == crate::model::Format::DateTime => ".to_rfc3339()",
        Type::Named(id) => match &scope.service()[*id].kind {
            TypeKind::Enum(def) if def.repr == crate::model::EnumRepr::String => ".as_str()",
            _ => ".as_i64()",
        },
        _ => "",
    };
    match (header.required && !header.schema.nullable, convert) {
        (true, _) => format!(".header({api_name}, &{name}{convert})"),
        (false, "") => format!(".optional_header({api_name}, {name})"),
        (false, _) => format!(".optional_header({api_name}, {name}.map(|v| v{convert}))"),
    }
}

fn status_code(scope: &Scope<'_>, code: u16) -> String {
    let codes = scope.import("axum::http::StatusCode");
    match STATUS_CODES.binary_search_by_key(&code, |(code, _)| *code) {
        Ok(index) => format!("{codes}::{}", STATUS_CODES[index].1),
        Err(_) => format!("{codes}::from_u16({code}).unwrap_or_default()"),
    }
}

/// The statuses that the `http` crate has a name for, sorted.
const STATUS_CODES: [(u16, &str); 60] = [
    (100, "CONTINUE"),
    (101, "SWITCHING_PROTOCOLS"),
    (102, "PROCESSING"),
    (103, "EARLY_HINTS"),
    (200, "OK"),
    (201, "CREATED"),
    (202, "ACCEPTED"),
    (203, "NON_AUTHORITATIVE_INFORMATION"),
    (204, "NO_CONTENT"),
    (205, "RESET_CONTENT"),
    (206, "PARTIAL_CONTENT"),
    (207, "MULTI_STATUS"),
    (208, "ALREADY_REPORTED"),
    (226, "IM_USED"),
    (300, "MULTIPLE_CHOICES"),
    (301, "MOVED_PERMANENTLY"),
    (302, "FOUND"),
    (303, "SEE_OTHER"),
    (304, "NOT_MODIFIED"),
    (305, "USE_PROXY"),
    (307, "TEMPORARY_REDIRECT"),
    (308, "PERMANENT_REDIRECT"),
    (400, "BAD_REQUEST"),
    (401, "UNAUTHORIZED"),
    (402, "PAYMENT_REQUIRED"),
    (403, "FORBIDDEN"),
    (404, "NOT_FOUND"),
    (405, "METHOD_NOT_ALLOWED"),
    (406, "NOT_ACCEPTABLE"),
    (407, "PROXY_AUTHENTICATION_REQUIRED"),
    (408, "REQUEST_TIMEOUT"),
    (409, "CONFLICT"),
    (410, "GONE"),
    (411, "LENGTH_REQUIRED"),
    (412, "PRECONDITION_FAILED"),
    (413, "PAYLOAD_TOO_LARGE"),
    (414, "URI_TOO_LONG"),
    (415, "UNSUPPORTED_MEDIA_TYPE"),
    (416, "RANGE_NOT_SATISFIABLE"),
    (417, "EXPECTATION_FAILED"),
    (418, "IM_A_TEAPOT"),
    (421, "MISDIRECTED_REQUEST"),
    (422, "UNPROCESSABLE_ENTITY"),
    (423, "LOCKED"),
    (424, "FAILED_DEPENDENCY"),
    (425, "TOO_EARLY"),
    (426, "UPGRADE_REQUIRED"),
    (428, "PRECONDITION_REQUIRED"),
    (429, "TOO_MANY_REQUESTS"),
    (431, "REQUEST_HEADER_FIELDS_TOO_LARGE"),
    (451, "UNAVAILABLE_FOR_LEGAL_REASONS"),
    (500, "INTERNAL_SERVER_ERROR"),
    (501, "NOT_IMPLEMENTED"),
    (502, "BAD_GATEWAY"),
    (503, "SERVICE_UNAVAILABLE"),
    (504, "GATEWAY_TIMEOUT"),
    (505, "HTTP_VERSION_NOT_SUPPORTED"),
    (506, "VARIANT_ALSO_NEGOTIATES"),
    (507, "INSUFFICIENT_STORAGE"),
    (508, "LOOP_DETECTED"),
];
