//! The form of errors: the document's own, where it has one.

mod constant;
mod fill;
mod sample;

use std::collections::BTreeMap;

use self::{constant::constant, fill::Filler};
use super::{
    Lowering,
    media::contents,
    paths::Route,
    responses::{declared, is_error},
    schema::{Direction, Place, Schemas},
};
use crate::{
    config::{Config, Errors},
    diagnostic::Span,
    model::{ErrorBody, ErrorField, ErrorFormat, MediaKind, Method, Status},
    spec::{ERRORS, Node},
};

/// The form that was chosen, and the schema that it follows.
pub(super) struct ErrorChoice<'a> {
    pub(super) format: ErrorFormat,
    /// A response that has it, where it was found by looking at all of them.
    pub(super) place: Option<ResponsePlace<'a>>,
    own: Option<Own<'a>>,
}

/// Where a response stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResponsePlace<'a> {
    /// The path as the document has it.
    pub(super) key: &'a str,
    pub(super) method: Method,
    pub(super) status: Status,
}

/// The schema that errors follow.
struct Own<'a> {
    node: &'a Node,
    json: serde_json::Value,
}

impl<'a> ErrorChoice<'a> {
    /// Whether a response of this schema is what every error looks like.
    pub(super) fn is_error(&self, cx: &Lowering<'a>, schema: &'a Node) -> bool {
        let other = bare(cx, schema);
        let same = |own: &Own<'a>| std::ptr::eq(own.node, other) || own.json == other.to_json();
        self.own.as_ref().is_some_and(same)
    }
}

/// A schema that error responses have.
struct Candidate<'a> {
    name: String,
    node: &'a Node,
    span: Span,
    /// How many error responses have it; none where the document names it.
    uses: usize,
    /// How often each media type carries it, and where it first does.
    media: BTreeMap<String, (usize, Option<ResponsePlace<'a>>)>,
}

/// Chooses the form of errors: the schema that most error responses have, if we can fill it.
pub(super) fn choose<'a>(
    cx: &mut Lowering<'a>,
    routes: &[Route<'a>],
    config: &Config,
) -> ErrorChoice<'a> {
    let mut schemas = Schemas::new(cx.document);
    let place = Place {
        direction: Direction::Response,
        is_patch: false,
        module: "error".to_owned(),
        type_name: "Error".to_owned(),
        api_name: "error".to_owned(),
    };
    let mut refused = Vec::new();
    for candidate in named(cx).into_iter().chain(candidates(cx, routes)) {
        let schema = schemas.lower(candidate.node, &place);
        let filler = Filler::new(schemas.types());
        match filler.fill(&schema) {
            Some(members) => return chosen(cx, &candidate, members, refused),
            None => refused.push(format!(
                "`{}` is {}, but nothing of it says what went wrong",
                candidate.name,
                candidate.origin()
            )),
        }
    }
    if refused.is_empty() {
        refused.push("no error response has a JSON object for its body".to_owned());
    }
    ErrorChoice {
        format: configured(config, refused),
        place: None,
        own: None,
    }
}

fn chosen<'a>(
    cx: &Lowering<'a>,
    candidate: &Candidate<'a>,
    members: Vec<(String, ErrorField)>,
    mut reasons: Vec<String>,
) -> ErrorChoice<'a> {
    let (name, origin) = (&candidate.name, candidate.origin());
    reasons.push(format!("`{name}` is {origin}: errors follow it"));
    explain(&members, "", &mut reasons);
    let media = candidate.media.iter().max_by_key(|(_, (uses, _))| *uses);
    let body = if is_envelope(&members) {
        ErrorBody::Envelope
    } else if is_problem(&members) {
        reasons.push("that is RFC 9457, so violations are listed in `errors`".to_owned());
        ErrorBody::Problem
    } else {
        ErrorBody::Object(members)
    };
    ErrorChoice {
        format: ErrorFormat {
            media_type: media
                .map_or("application/json", |(name, _)| name)
                .to_owned(),
            body,
            reasons,
            schema: Some((name.clone(), cx.origin(candidate.span))),
        },
        place: media.and_then(|(_, (_, place))| *place),
        own: Some(Own {
            node: candidate.node,
            json: candidate.node.to_json(),
        }),
    }
}

fn configured(config: &Config, reasons: Vec<String>) -> ErrorFormat {
    let (media_type, body) = match config.errors {
        Errors::Envelope => ("application/json", ErrorBody::Envelope),
        Errors::Problem => ("application/problem+json", ErrorBody::Problem),
    };
    ErrorFormat {
        media_type: media_type.to_owned(),
        body,
        reasons,
        schema: None,
    }
}

/// The schema of the response that the document names.
fn named<'a>(cx: &mut Lowering<'a>) -> Option<Candidate<'a>> {
    let node = cx.document.root.get(ERRORS)?;
    let response = cx.resolve(node)?;
    let mut found = BTreeMap::new();
    if let Some((content, schema)) = json(cx, response) {
        count(cx, &mut found, schema, (&content, None));
    } else {
        let message = format!("`{ERRORS}` must be a response with a JSON object for its body");
        cx.warn("errors-misfit", node.span, message);
    }
    let candidate = found.into_values().next()?;
    Some(Candidate {
        uses: 0,
        ..candidate
    })
}

/// The schema of a response's JSON, and its media type.
fn json<'a>(cx: &mut Lowering<'a>, response: &'a Node) -> Option<(String, &'a Node)> {
    let contents = contents(cx, response.get("content"));
    let mut json = contents.iter().filter(|c| c.kind == MediaKind::Json);
    json.find_map(|content| Some((content.name.clone(), content.schema()?)))
}

/// The schemas of error responses, the most used first.
fn candidates<'a>(cx: &mut Lowering<'a>, routes: &[Route<'a>]) -> Vec<Candidate<'a>> {
    let mut found: BTreeMap<String, Candidate<'a>> = BTreeMap::new();
    for route in routes {
        let declared = declared(cx, route.operation);
        let alone = declared.len() == 1;
        for (status, response) in declared {
            if !is_error(status) || (alone && status == Status::Default) {
                continue;
            }
            let place = ResponsePlace {
                key: route.key,
                method: route.method,
                status,
            };
            if let Some((media, schema)) = json(cx, response) {
                count(cx, &mut found, schema, (&media, Some(place)));
            }
        }
    }
    let mut candidates: Vec<Candidate<'a>> = found.into_values().collect();
    candidates.sort_by(|a, b| (b.uses, &a.name).cmp(&(a.uses, &b.name)));
    candidates
}

fn count<'a>(
    cx: &Lowering<'a>,
    found: &mut BTreeMap<String, Candidate<'a>>,
    schema: &'a Node,
    (media, place): (&str, Option<ResponsePlace<'a>>),
) {
    let node = bare(cx, schema);
    let key = match cx.document.resolve(schema).ok().and_then(|r| r.pointer) {
        Some(pointer) => pointer.to_owned(),
        None => node.to_json().to_string(),
    };
    let candidate = found.entry(key.clone()).or_insert_with(|| Candidate {
        name: match key.starts_with('#') {
            true => key.rsplit('/').next().unwrap_or_default().to_owned(),
            false => "inline schema".to_owned(),
        },
        node,
        span: node.span,
        uses: 0,
        media: BTreeMap::new(),
    });
    candidate.uses += 1;
    let media = candidate.media.entry(media.to_owned());
    media.or_insert((0, place)).0 += 1;
}

/// The schema behind references and wrappers that hold nothing else.
fn bare<'a>(cx: &Lowering<'a>, schema: &'a Node) -> &'a Node {
    let mut node = schema;
    for _ in 0..20 {
        node = cx.resolve(node).unwrap_or(node);
        let Some(members) = node.as_object().filter(|members| members.len() == 1) else {
            break;
        };
        let wrapper = ["allOf", "oneOf", "anyOf"]
            .iter()
            .find_map(|name| members.get(*name));
        match wrapper.and_then(|member| member.value.as_array()) {
            Some([only]) => node = only,
            _ => break,
        }
    }
    node
}

fn is_envelope(members: &[(String, ErrorField)]) -> bool {
    let [(name, ErrorField::Object(inner))] = members else {
        return false;
    };
    let wanted = [
        ("code", ErrorField::Code),
        ("message", ErrorField::Message),
        ("details", ErrorField::Details),
        ("request_id", ErrorField::RequestId),
    ];
    let has = |(name, field): &(&str, ErrorField)| {
        inner
            .iter()
            .any(|(own, filled)| own == name && filled == field)
    };
    name == "error" && inner.len() == wanted.len() && wanted.iter().all(has)
}

/// The members of RFC 9457, and no other.
fn is_problem(members: &[(String, ErrorField)]) -> bool {
    let about = ErrorField::Value("about:blank".into());
    let known = |(name, field): &(String, ErrorField)| match name.as_str() {
        "type" => *field == about,
        "title" => *field == ErrorField::Title,
        "status" => *field == ErrorField::Status,
        "detail" => *field == ErrorField::Message,
        "instance" => *field == ErrorField::Path,
        _ => false,
    };
    let has = |wanted: &str| members.iter().any(|(name, _)| name == wanted);
    members.iter().all(known) && has("title") && has("status") && (has("type") || has("detail"))
}

fn explain(members: &[(String, ErrorField)], path: &str, reasons: &mut Vec<String>) {
    for (name, field) in members {
        let place = format!("{path}{name}");
        let what = match field {
            ErrorField::Object(inner) => {
                explain(inner, &format!("{place}."), reasons);
                continue;
            }
            ErrorField::Violations(inner) => {
                reasons.push(format!("`{place}` has an object for each violation"));
                explain(inner, &format!("{place}[]."), reasons);
                continue;
            }
            ErrorField::Value(value) => format!("is always `{value}`, which the schema asks for"),
            ErrorField::Code => "carries the stable code".to_owned(),
            ErrorField::Status | ErrorField::StatusText => "carries the status".to_owned(),
            ErrorField::Title => "carries the name of the status".to_owned(),
            ErrorField::Message => "carries the message".to_owned(),
            ErrorField::RequestId => "carries the request's id".to_owned(),
            ErrorField::Path => "carries the path of the request".to_owned(),
            ErrorField::Time => "carries the time".to_owned(),
            ErrorField::Details => "maps each field to what is wrong with it".to_owned(),
            ErrorField::Messages => "lists what is wrong".to_owned(),
            ErrorField::Field => "names the field at fault".to_owned(),
        };
        reasons.push(format!("`{place}` {what}"));
    }
}

impl Candidate<'_> {
    fn origin(&self) -> String {
        match self.uses {
            0 => format!("the body of `{ERRORS}`"),
            1 => "the body of 1 error response".to_owned(),
            uses => format!("the body of {uses} error responses"),
        }
    }
}
