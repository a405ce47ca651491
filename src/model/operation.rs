//! Operations: what each takes, answers, and asks of its callers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Account, GroupId, Guard, Origin, Role, Schema, Transition};

/// A method on a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// The `operationId`, verbatim, or one made from method and path.
    pub id: String,
    /// The function and the file, such as `list_items`; unique in its group (the file stem too).
    pub name: String,
    /// What its types start with, such as `ListItems`: `ListItemsInput`, `ListItemsResponse`.
    pub type_name: String,
    /// Its tag.
    pub group: GroupId,
    /// The HTTP method.
    pub method: Method,
    /// The path template, verbatim, without the base path.
    pub path: String,
    /// The path template, taken apart.
    pub segments: Vec<Segment>,
    /// One line, verbatim.
    pub summary: Option<String>,
    /// Verbatim.
    pub description: Option<String>,
    /// `deprecated`
    pub deprecated: bool,
    /// What every answer says of its end, where the document tells that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retirement: Option<Retirement>,
    /// How often each caller may call it, where the document tells that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<super::Rate>,
    /// `Cache-Control` of its answers, where the document tells that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
    /// Path, query, header and cookie parameters, in the order of the document.
    pub parameters: Vec<Parameter>,
    /// The body, if it takes one.
    pub body: Option<RequestBody>,
    /// The variants of its response enum; never empty.
    pub responses: Vec<Response>,
    /// Every status that the document declares for it, errors too.
    pub declared: Vec<Status>,
    /// What a body that breaks the schema is answered with: 422 where declared, else 400 where
    /// declared, else 422.
    pub invalid_body_status: u16,
    /// Who may call it.
    pub guard: Guard,
    /// It declares an `Idempotency-Key` header.
    pub idempotent: bool,
    /// Why nothing is inferred for it, where the document says so by `x-apigen-stub`.
    pub stub: Option<String>,
    /// What it is for, where it is about the accounts of users.
    #[serde(default)]
    pub account: Option<Account>,
    /// What it makes of a row, where the document says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition<String>>,
    /// What it does unless the user overrides it.
    pub role: Role,
    /// Where it stands.
    pub origin: Origin,
}

impl Operation {
    /// The parameters of its path, in the order of the path.
    pub fn path_parameters(&self) -> Vec<&Parameter> {
        let names = self.segments.iter().flat_map(|segment| match segment {
            Segment::Literal(_) => Vec::new(),
            Segment::Parameter(name) => vec![name],
            Segment::Mixed(parts) => {
                let names = parts.iter().filter_map(|part| match part {
                    Part::Parameter(name) => Some(name),
                    Part::Literal(_) => None,
                });
                names.collect()
            }
        });
        names.filter_map(|name| self.path_parameter(name)).collect()
    }

    /// The parameter of its path with this name on the wire.
    pub fn path_parameter(&self, api_name: &str) -> Option<&Parameter> {
        let mut parameters = self.parameters.iter();
        parameters.find(|p| p.location == Location::Path && p.api_name == api_name)
    }

    /// The schemas of all that it takes and answers, always in the same order.
    pub fn schemas(&self) -> Vec<&Schema> {
        let parameters = self.parameters.iter().map(|p| &p.schema);
        let body = self.body.iter().map(|body| &body.schema);
        let responses = self.responses.iter().flat_map(|response| {
            let headers = response.headers.iter().map(|header| &header.schema);
            let body = match &response.body {
                ResponseBody::Json { schema, .. } | ResponseBody::Events { schema } => Some(schema),
                _ => None,
            };
            headers.chain(body)
        });
        parameters.chain(body).chain(responses).collect()
    }

    /// The same, for a change.
    pub fn schemas_mut(&mut self) -> Vec<&mut Schema> {
        let parameters = self.parameters.iter_mut().map(|p| &mut p.schema);
        let body = self.body.iter_mut().map(|body| &mut body.schema);
        let responses = self.responses.iter_mut().flat_map(|response| {
            let headers = response.headers.iter_mut().map(|header| &mut header.schema);
            let body = match &mut response.body {
                ResponseBody::Json { schema, .. } | ResponseBody::Events { schema } => Some(schema),
                _ => None,
            };
            headers.chain(body)
        });
        parameters.chain(body).chain(responses).collect()
    }
}

/// What every answer of an operation says of its end, as the values of headers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// `Deprecation` (RFC 9745), such as `@1780272000`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// `Sunset` (RFC 8594), such as `Fri, 01 Jan 2027 00:00:00 GMT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sunset: Option<String>,
    /// What to call in its place: an address, or a path with the parameters of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Where people read about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// An HTTP method that OpenAPI has an operation for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

impl Method {
    /// Upper case, as in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }
}

/// A piece of a path template between two slashes: literal text and parameters in turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Segment {
    /// Text, as it stands in the template.
    Literal(String),
    /// One parameter and nothing else: `{itemId}`.
    Parameter(String),
    /// A mix that the router cannot say: `{name}.json`, `{x}-{y}`. Literals and parameters in turn.
    Mixed(Vec<Part>),
}

/// A part of a mixed segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Text, as it stands in the template.
    Literal(String),
    /// A parameter, by its name in the template.
    Parameter(String),
}

/// How deep aliases and unions may nest in a parameter.
pub const DEEPEST_PARAMETER: usize = 8;

/// A parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The field of the input; unique among all parameters, and never `body`.
    pub name: String,
    /// The name on the wire, verbatim.
    pub api_name: String,
    /// Where it stands in a request.
    pub location: Location,
    /// How a value is written.
    pub style: Style,
    /// The array's items or the object's properties are each written on their own.
    pub explode: bool,
    /// `required`; always true in a path.
    pub required: bool,
    /// Its description, verbatim.
    pub description: Option<String>,
    /// Its value.
    pub schema: Schema,
    /// A sample from the document that fits the schema.
    pub example: Option<Value>,
    /// Where it stands in the document.
    pub origin: Origin,
}

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

/// How the value of a parameter is written (OpenAPI 3.1, section 4.8.12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of OpenAPI")]
pub enum Style {
    Form,
    Simple,
    Label,
    Matrix,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    /// `content`: JSON in the parameter.
    Json,
}

impl Style {
    /// What its variant is called, here and in generated code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "Form",
            Self::Simple => "Simple",
            Self::Label => "Label",
            Self::Matrix => "Matrix",
            Self::SpaceDelimited => "SpaceDelimited",
            Self::PipeDelimited => "PipeDelimited",
            Self::DeepObject => "DeepObject",
            Self::Json => "Json",
        }
    }
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestBody {
    /// Whether it must be there; else the input's field is an `Option`.
    pub required: bool,
    /// Its description, verbatim.
    pub description: Option<String>,
    /// How it is read.
    pub kind: BodyKind,
    /// What it holds; `Any` for raw bytes.
    pub schema: Schema,
    /// The media types that are accepted (lower case, without parameters, such as
    /// `application/json` or `image/*`), with how each is read.
    pub media: Vec<Media>,
    /// A sample from the document that fits the schema.
    pub example: Option<Value>,
}

/// How a body is read into the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BodyKind {
    /// Decoded by the schema, from JSON or a form.
    Decoded,
    /// `String`
    Text,
    /// `axum::body::Bytes`
    Bytes,
}

/// A media type, with how it is read or written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Lower case, without parameters.
    pub name: String,
    /// Its syntax.
    pub kind: MediaKind,
}

/// The syntax of a media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaKind {
    /// `application/json` and `+json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `text/*`
    Text,
    /// Anything else: bytes.
    Bytes,
    /// `text/event-stream` of JSON data; responses only.
    EventStream,
}

/// A variant of a response enum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The Rust variant, such as `Created`; unique in its enum.
    pub name: String,
    /// The status; a range or the default carries it as a field.
    pub status: Status,
    /// Its description, verbatim.
    pub description: String,
    /// The headers that the document declares.
    pub headers: Vec<ResponseHeader>,
    /// The body.
    pub body: ResponseBody,
    /// A sample of the body from the document that fits the schema.
    pub example: Option<Value>,
}

/// Which statuses a response stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// `200`
    Code(u16),
    /// `4XX` is 4.
    Range(u8),
    /// `default`
    Default,
}

/// The body of a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ResponseBody {
    /// None.
    Empty,
    /// JSON by a schema; `media_type` is what `Content-Type` says.
    Json {
        /// Such as `application/json` or `application/problem+json`.
        media_type: String,
        /// What it holds.
        schema: Schema,
    },
    /// `String`
    Text {
        /// Such as `text/plain`.
        media_type: String,
    },
    /// `axum::body::Body`, so that it may be streamed.
    Bytes {
        /// Such as `application/octet-stream`.
        media_type: String,
    },
    /// `EventStream<T>`
    Events {
        /// The JSON data of each event.
        schema: Schema,
    },
    /// A whole `axum::response::Response`: what the document says of it is beyond us.
    Raw,
}

/// A header of a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseHeader {
    /// The Rust field; unique in its variant, never `body` or `status`.
    pub name: String,
    /// The name on the wire, lower case, a valid header name.
    pub api_name: String,
    /// Whether it is always sent; else the field is an `Option`.
    pub required: bool,
    /// Its description, verbatim.
    pub description: Option<String>,
    /// Its value: texts, numbers and booleans; anything else was lowered to a text.
    pub schema: Schema,
}
