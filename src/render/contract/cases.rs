//! For each operation: what the runner must know to try it.

use serde::Serialize;
use serde_json::Value;

use super::{
    arrange::{self, Step},
    credentials,
    effects::{self, ReadBack},
    fresh,
    rejects::{self, Reject},
    request::{self, Request},
    rules::{self, Rules},
    shape,
    transitions::{self, Moved},
    walk::{self, Walk},
};
use crate::model::{
    BodyKind, ErrorBody, MediaKind, Operation, OperationId, Part, Response, ResponseBody, Role,
    Schema, Segment, Service, Status, Success,
};
use crate::render::api::successor;

/// What the runner knows of an operation.
#[derive(Debug, Serialize)]
pub(super) struct Case<'a> {
    /// The user's file that may override it, and the method there.
    group: &'a str,
    function: &'a str,
    method: &'static str,
    template: String,
    action: &'static str,
    guard: Value,
    /// What must be there first; `null` where the API offers no way to make it.
    arrange: Option<Vec<Step>>,
    /// The happy path; `null` where no valid request could be made up.
    request: Option<Request>,
    /// What it answers by default.
    status: u16,
    /// Pointers into the request and the response that must hold the same.
    echoes: Vec<(String, String)>,
    /// A change after which the echoes must still hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<Request>,
    /// The same path for a row that does not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Request>,
    /// The same request again is a conflict.
    repeats_conflict: bool,
    /// Where the row is read back.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_back: Option<ReadBack>,
    #[serde(skip_serializing_if = "Option::is_none")]
    walk: Option<Walk>,
    rules: Rules,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<Moved>,
    rejects: Vec<Reject>,
    /// The accepted media types; empty without a body.
    accepts: Vec<&'a str>,
    /// A body that is not JSON is refused.
    reads_json: bool,
    /// The methods that the path has.
    allow: Vec<&'static str>,
    /// Methods of other templates that the path may fit too.
    elsewhere: Vec<&'static str>,
    responses: Vec<ResponseCase<'a>>,
    /// Headers that every answer has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<(&'static str, String)>,
    /// Errors carry the violations by field.
    has_details: bool,
}

/// A response that the document declares.
#[derive(Debug, Serialize)]
struct ResponseCase<'a> {
    /// `200`, `4XX`, or `default`.
    status: String,
    /// What `Content-Type` must say.
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<Value>,
}

/// Derives everything that is tested of an operation.
pub(super) fn case(service: &Service, id: OperationId) -> Case<'_> {
    let operation = &service[id];
    let arrangement = arrange::arrange(service, operation);
    let mut happy = request::request(service, id, 0);
    // What is refused is refused before any row is looked for, so these need no real keys.
    let rejects = happy
        .iter()
        .flat_map(|happy| rejects::rejects(service, operation, happy));
    let rejects = rejects.collect();
    let mut arrangement = arrangement;
    let keys = arrangement
        .as_ref()
        .map(|found| found.keys.clone())
        .unwrap_or_default();
    if let Some(request) = &mut happy {
        request.path.extend(keys);
        effects::align(service, operation, request, 0);
        arrangement = arrangement.and_then(|mut found| {
            found.refer(operation, request, None)?;
            transitions::prepare(service, operation, &mut found, request)?;
            Some(found)
        });
        request.fresh = fresh::in_row(service, operation, request);
    }
    let (action, success) = match &operation.role {
        Role::Stub { .. } => ("stub", None),
        Role::Crud {
            action, success, ..
        } => (action.name(), Some(success)),
        Role::Account { success, .. } => ("account", Some(success)),
    };
    Case {
        group: &service[operation.group].module,
        function: plain(&operation.name),
        method: operation.method.as_str(),
        template: request::template(service, operation),
        action,
        guard: credentials::guard(service, operation.guard),
        rejects,
        missing: effects::missing(service, id),
        partial: effects::partial(service, operation, happy.as_ref()),
        echoes: effects::echoes(service, operation, happy.as_ref()),
        repeats_conflict: effects::repeats_conflict(service, operation, happy.as_ref()),
        read_back: effects::read_back(service, operation, happy.as_ref()),
        walk: walk::walk(service, operation),
        moved: transitions::moved(service, operation),
        rules: rules::rules(service, id, arrangement.as_ref(), happy.as_ref()),
        status: success
            .and_then(|success| status_of(operation, success))
            .unwrap_or(501),
        // Accounts are tried together, in an order of their own.
        arrange: arrangement
            .map(|found| found.steps)
            .filter(|_| action != "account"),
        request: happy,
        accepts: accepts(operation),
        reads_json: reads_json(operation),
        allow: allow(service, operation),
        elsewhere: elsewhere(service, operation),
        responses: operation
            .responses
            .iter()
            .map(|r| response_case(service, r))
            .collect(),
        notices: notices(service, operation),
        has_details: service.errors.body == ErrorBody::Envelope,
    }
}

/// What every answer says of the operation's end; the successor where it is known for sure.
fn notices(service: &Service, operation: &Operation) -> Vec<(&'static str, String)> {
    let Some(said) = &operation.retirement else {
        return Vec::new();
    };
    let link = |address: String, relation| format!("<{address}>; rel=\"{relation}\"");
    let successor = successor(service, said).filter(|next| !next.contains('{'));
    let notices = [
        ("deprecation", said.since.clone()),
        ("sunset", said.sunset.clone()),
        (
            "link",
            said.link
                .clone()
                .map(|address| link(address, "deprecation")),
        ),
        (
            "link",
            successor.map(|next| link(next, "successor-version")),
        ),
    ];
    let notices = notices.into_iter();
    notices
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

pub(super) fn status_of(operation: &Operation, success: &Success) -> Option<u16> {
    match operation.responses.get(success.response)?.status {
        Status::Code(code) => Some(code),
        Status::Range(class) => Some(u16::from(class) * 100),
        Status::Default => Some(200),
    }
}

/// The media types of the body that may be sent.
fn accepts(operation: &Operation) -> Vec<&str> {
    let media = operation.body.iter().flat_map(|body| &body.media);
    media.map(|media| media.name.as_str()).collect()
}

pub(super) fn reads_json(operation: &Operation) -> bool {
    operation.body.as_ref().is_some_and(|body| {
        let first = body.media.first().map(|media| media.kind);
        body.kind == BodyKind::Decoded && first == Some(MediaKind::Json)
    })
}

/// The methods of the operation's path, and HEAD where there is GET.
fn allow(service: &Service, operation: &Operation) -> Vec<&'static str> {
    methods(service, |other| is_same(other, operation))
}

/// Those of other paths that a request to this one may be to as well.
fn elsewhere(service: &Service, operation: &Operation) -> Vec<&'static str> {
    methods(service, |other| {
        may_meet(other, operation) && !is_same(other, operation)
    })
}

/// Whether the paths of two operations differ in no more than the names of parameters.
fn is_same(one: &Operation, other: &Operation) -> bool {
    let part = |(one, other): (&Part, &Part)| match (one, other) {
        (Part::Literal(one), Part::Literal(other)) => one == other,
        (Part::Parameter(_), Part::Parameter(_)) => true,
        _ => false,
    };
    let segment = |(one, other): (&Segment, &Segment)| match (one, other) {
        (Segment::Literal(one), Segment::Literal(other)) => one == other,
        (Segment::Parameter(_), Segment::Parameter(_)) => true,
        (Segment::Mixed(one), Segment::Mixed(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(part)
        }
        _ => false,
    };
    pairs(one, other).is_some_and(|mut pairs| pairs.all(segment))
}

/// Whether one request may fit the paths of both.
fn may_meet(one: &Operation, other: &Operation) -> bool {
    let segment = |pair: (&Segment, &Segment)| match pair {
        (Segment::Literal(one), Segment::Literal(other)) => one == other,
        _ => true,
    };
    pairs(one, other).is_some_and(|mut pairs| pairs.all(segment))
}

/// The segments of two paths, side by side; `None` where one path is longer.
fn pairs<'o>(
    one: &'o Operation,
    other: &'o Operation,
) -> Option<impl Iterator<Item = (&'o Segment, &'o Segment)>> {
    let (one, other) = (&one.segments, &other.segments);
    (one.len() == other.len()).then(|| one.iter().zip(other))
}

fn methods(service: &Service, fits: impl Fn(&Operation) -> bool) -> Vec<&'static str> {
    let fitting = service.operations.iter().filter(|other| fits(other));
    let mut methods: Vec<&str> = fitting.map(|other| other.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.dedup();
    methods
}

fn response_case<'a>(service: &Service, response: &'a Response) -> ResponseCase<'a> {
    let status = match response.status {
        Status::Code(code) => code.to_string(),
        Status::Range(class) => format!("{class}XX"),
        Status::Default => "default".to_owned(),
    };
    let (media, schema): (Option<&str>, Option<&Schema>) = match &response.body {
        ResponseBody::Json { media_type, schema } => (Some(media_type), Some(schema)),
        ResponseBody::Text { media_type } => (Some(media_type), None),
        ResponseBody::Events { schema } => (Some("text/event-stream"), Some(schema)),
        ResponseBody::Bytes { .. } | ResponseBody::Empty | ResponseBody::Raw => (None, None),
    };
    ResponseCase {
        status,
        media: media.filter(|media| !media.contains('*')),
        shape: schema.map(|schema| shape::shape(service, schema)),
    }
}
