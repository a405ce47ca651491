//! Responses: the variants of an operation's response enum.

use std::collections::BTreeSet;

use super::{
    Lowering,
    bodies::{describes_json, note_raw},
    errors::ErrorChoice,
    is_token,
    media::{Content, contents},
    prose,
    schema::{Direction, Place},
    text,
};
use crate::{
    model::{
        MediaKind, Method, Response, ResponseBody, ResponseHeader, Schema, Status, Type,
        name::{Case, Scope},
    },
    spec::Node,
};

/// The responses that an operation declares, by status, each once.
pub(super) fn declared<'a>(cx: &mut Lowering<'a>, operation: &'a Node) -> Vec<(Status, &'a Node)> {
    let mut declared: Vec<(Status, &'a Node)> = Vec::new();
    let members = operation
        .get("responses")
        .into_iter()
        .flat_map(Node::members);
    for (key, member) in members.filter(|(key, _)| !key.starts_with("x-")) {
        let Some(status) = status(key) else {
            let message = format!("`{key}` is no status, so this response is left out");
            cx.warn("bad-status", member.key, message);
            continue;
        };
        let known = declared.iter().any(|(known, _)| *known == status);
        let Some(node) = cx.resolve(&member.value).filter(|_| !known) else {
            continue;
        };
        declared.push((status, node));
    }
    declared.sort_by_key(|(status, _)| *status);
    declared
}

pub(super) fn status(key: &str) -> Option<Status> {
    if key == "default" {
        return Some(Status::Default);
    }
    let bytes = key.as_bytes();
    if bytes.len() != 3 || !(b'1'..=b'5').contains(&bytes[0]) {
        return None;
    }
    match &key[1..] {
        rest if rest.eq_ignore_ascii_case("xx") => Some(Status::Range(bytes[0] - b'0')),
        _ => key.parse().ok().map(Status::Code),
    }
}

/// Whether it tells of a failure; what `default` tells depends on what stands beside it.
pub(super) fn is_error(status: Status) -> bool {
    match status {
        Status::Code(code) => code >= 400,
        Status::Range(range) => range >= 4,
        Status::Default => true,
    }
}

/// The variants of an operation's response enum; `place` is where the operation stands.
pub(super) fn lower<'a>(
    cx: &mut Lowering<'a>,
    (method, declared): (Method, &[(Status, &'a Node)]),
    errors: &ErrorChoice<'a>,
    place: &Place,
) -> Vec<Response> {
    let alone = declared.len() == 1;
    let mut responses = Vec::new();
    for (status, node) in declared {
        let contents = contents(cx, node.get("content"));
        let is_success = !is_error(*status) || (alone && *status == Status::Default);
        if is_success || is_typed_error(cx, errors, &contents) {
            let name = name(*status);
            let place = Place::response(place, &name);
            responses.push(response(
                cx,
                (*status, method, name),
                node,
                (contents, &place),
            ));
        }
    }
    let is_success =
        |response: &Response| response.status == Status::Default || !is_error(response.status);
    if !responses.iter().any(is_success) {
        responses.push(raw());
    }
    responses
}

/// Stands for the success of which the document says nothing.
fn raw() -> Response {
    Response {
        name: "Raw".to_owned(),
        status: Status::Default,
        description: "Whatever the operation answers".to_owned(),
        headers: Vec::new(),
        body: ResponseBody::Raw,
        example: None,
    }
}

/// A failure whose JSON is not what every other failure has; the rest is `Err(Error)`.
fn is_typed_error<'a>(
    cx: &Lowering<'a>,
    errors: &ErrorChoice<'a>,
    contents: &[Content<'a>],
) -> bool {
    let json = contents
        .iter()
        .filter(|content| content.kind == MediaKind::Json);
    let mut schemas = json.filter_map(Content::schema);
    schemas
        .next()
        .is_some_and(|schema| !errors.is_error(cx, schema))
}

/// All the responses that are declared, whoever answers with them.
pub(super) fn all<'a>(
    cx: &mut Lowering<'a>,
    method: Method,
    declared: &[(Status, &'a Node)],
    place: &Place,
) -> Vec<Response> {
    let mut responses = Vec::new();
    for (status, node) in declared {
        let contents = contents(cx, node.get("content"));
        let name = name(*status);
        let place = Place::response(place, &name);
        let parts = (contents, &place);
        responses.push(response(cx, (*status, method, name), node, parts));
    }
    responses
}

fn response<'a>(
    cx: &mut Lowering<'a>,
    (status, method, name): (Status, Method, String),
    node: &'a Node,
    (contents, place): (Vec<Content<'a>>, &Place),
) -> Response {
    let bodiless = match status {
        Status::Code(code) => code < 200 || matches!(code, 204 | 205 | 304),
        Status::Range(range) => range == 1,
        Status::Default => false,
    };
    let mut example = None;
    let body = match best(cx, &contents) {
        _ if status == Status::Code(101) => ResponseBody::Raw,
        Some(content) if !bodiless && method != Method::Head => {
            let body = body(cx, content, place);
            if let ResponseBody::Json { schema, .. } = &body {
                example = cx.example(content.node, schema);
            }
            body
        }
        _ => ResponseBody::Empty,
    };
    Response {
        name,
        status,
        description: prose(node, "description").unwrap_or_default(),
        headers: match body {
            ResponseBody::Raw => Vec::new(),
            _ => headers(cx, node, place),
        },
        body,
        example,
    }
}

/// The media type that we answer with.
fn best<'c, 'a>(cx: &Lowering<'a>, contents: &'c [Content<'a>]) -> Option<&'c Content<'a>> {
    contents.iter().min_by_key(|content| match content.kind {
        MediaKind::Json => u8::from(content.name != "application/json"),
        _ if content.is_wildcard() && describes_json(cx, content) => 2,
        MediaKind::EventStream => 3,
        MediaKind::Text => 4,
        _ => 5,
    })
}

fn body<'a>(cx: &mut Lowering<'a>, content: &Content<'a>, place: &Place) -> ResponseBody {
    let wildcard = content.is_wildcard();
    let media_type = content.name.clone();
    match content.kind {
        MediaKind::Json => ResponseBody::Json {
            media_type,
            schema: json(cx, content, place),
        },
        _ if wildcard && describes_json(cx, content) => ResponseBody::Json {
            media_type: "application/json".to_owned(),
            schema: json(cx, content, place),
        },
        _ if wildcard && content.kind == MediaKind::Text => ResponseBody::Text {
            media_type: "text/plain".to_owned(),
        },
        _ if wildcard => ResponseBody::Bytes {
            media_type: "application/octet-stream".to_owned(),
        },
        MediaKind::EventStream => events(cx, content, place),
        MediaKind::Text => ResponseBody::Text { media_type },
        _ => {
            note_raw(cx, content);
            ResponseBody::Bytes { media_type }
        }
    }
}

fn json<'a>(cx: &mut Lowering<'a>, content: &Content<'a>, place: &Place) -> Schema {
    match content.schema() {
        Some(schema) => cx.lower(schema, place),
        None => cx.schemas.any(content.span, "nothing is said of its JSON"),
    }
}

/// Events of JSON: the schema is that of their data, or of events whose `data` holds it; a stream of which the document says no more than "text" is written as bytes.
fn events<'a>(cx: &mut Lowering<'a>, content: &Content<'a>, place: &Place) -> ResponseBody {
    let found = content.schema().or_else(|| content.node.get("itemSchema"));
    let data = found.and_then(|schema| {
        let data = cx.resolve(schema)?.get("properties")?.get("data")?;
        data.get("contentSchema")
    });
    let schema = data.or(found).map(|schema| cx.lower(schema, place));
    match schema {
        Some(schema) if !matches!(schema.ty, Type::String(_)) => ResponseBody::Events { schema },
        _ => ResponseBody::Bytes {
            media_type: content.name.clone(),
        },
    }
}

fn headers<'a>(cx: &mut Lowering<'a>, response: &'a Node, place: &Place) -> Vec<ResponseHeader> {
    let mut seen = BTreeSet::from(["content-type".to_owned()]);
    let mut headers = Vec::new();
    for (key, member) in response.get("headers").into_iter().flat_map(Node::members) {
        if !is_token(key) {
            let message = format!("`{key}` cannot be the name of a header, so it is left out");
            cx.warn("bad-header", member.key, message);
            continue;
        }
        let api_name = key.to_ascii_lowercase();
        let Some(node) = cx.resolve(&member.value) else {
            continue;
        };
        if !seen.insert(api_name.clone()) {
            continue;
        }
        let place = Place::header(place, key);
        let schema = node.get("schema").filter(|schema| is_scalar(cx, schema));
        let schema = schema.map(|schema| cx.lower(schema, &place));
        headers.push(ResponseHeader {
            name: String::new(),
            api_name,
            required: node.get("required").and_then(Node::as_bool) == Some(true),
            description: prose(node, "description"),
            schema: schema.unwrap_or_else(text),
        });
    }
    let keys: Vec<&str> = headers.iter().map(|h| h.api_name.as_str()).collect();
    let names = Scope::with(["body", "status"]).settle(Case::Value, &keys);
    for (header, name) in headers.iter_mut().zip(names) {
        header.name = name;
    }
    headers
}

/// What a header says as it is; all else, enums too, is a text there.
fn is_scalar<'a>(cx: &Lowering<'a>, schema: &'a Node) -> bool {
    let node = cx.resolve(schema);
    let ty = node.and_then(|node| node.get("type")?.as_str());
    let plain = |node: &Node| {
        ["enum", "const", "allOf", "oneOf", "anyOf"]
            .iter()
            .all(|name| node.get(name).is_none())
    };
    matches!(ty, Some("string" | "integer" | "number" | "boolean")) && node.is_some_and(plain)
}

/// The variant for a status.
fn name(status: Status) -> String {
    let name = match status {
        Status::Code(code) => match reason(code) {
            Some(reason) => return reason.to_owned(),
            None => return format!("Status{code}"),
        },
        Status::Range(1) => "Informational1xx",
        Status::Range(2) => "Success2xx",
        Status::Range(3) => "Redirection3xx",
        Status::Range(4) => "ClientError4xx",
        Status::Range(_) => "ServerError5xx",
        Status::Default => "Default",
    };
    name.to_owned()
}

/// The reason phrase of the IANA registry, as a variant.
fn reason(code: u16) -> Option<&'static str> {
    Some(match code {
        100 => "Continue",
        101 => "SwitchingProtocols",
        102 => "Processing",
        103 => "EarlyHints",
        200 => "Ok",
        201 => "Created",
        202 => "Accepted",
        203 => "NonAuthoritativeInformation",
        204 => "NoContent",
        205 => "ResetContent",
        206 => "PartialContent",
        207 => "MultiStatus",
        208 => "AlreadyReported",
        226 => "ImUsed",
        300 => "MultipleChoices",
        301 => "MovedPermanently",
        302 => "Found",
        303 => "SeeOther",
        304 => "NotModified",
        305 => "UseProxy",
        307 => "TemporaryRedirect",
        308 => "PermanentRedirect",
        400 => "BadRequest",
        401 => "Unauthorized",
        402 => "PaymentRequired",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        407 => "ProxyAuthenticationRequired",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "LengthRequired",
        412 => "PreconditionFailed",
        413 => "ContentTooLarge",
        414 => "UriTooLong",
        415 => "UnsupportedMediaType",
        416 => "RangeNotSatisfiable",
        417 => "ExpectationFailed",
        418 => "ImATeapot",
        421 => "MisdirectedRequest",
        422 => "UnprocessableContent",
        423 => "Locked",
        424 => "FailedDependency",
        425 => "TooEarly",
        426 => "UpgradeRequired",
        428 => "PreconditionRequired",
        429 => "TooManyRequests",
        431 => "RequestHeaderFieldsTooLarge",
        451 => "UnavailableForLegalReasons",
        500 => "InternalServerError",
        501 => "NotImplemented",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        505 => "HttpVersionNotSupported",
        506 => "VariantAlsoNegotiates",
        507 => "InsufficientStorage",
        508 => "LoopDetected",
        511 => "NetworkAuthenticationRequired",
        _ => return None,
    })
}

impl Place {
    /// A response of the operation that stands at `operation`.
    fn response(operation: &Self, variant: &str) -> Self {
        Self {
            direction: Direction::Response,
            is_patch: false,
            module: operation.module.clone(),
            type_name: format!("{}{variant}", operation.type_name),
            api_name: format!("{}.{variant}", operation.api_name),
        }
    }

    /// A header of the response that stands at `response`.
    fn header(response: &Self, name: &str) -> Self {
        Self {
            type_name: format!("{}{}", response.type_name, Case::Type.name(name)),
            api_name: format!("{}.{name}", response.api_name),
            ..response.clone()
        }
    }
}
