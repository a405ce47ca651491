//! For each operation: the happy path, what must be refused, and who may call it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    arrange::{self, Step, escape},
    shape,
    wire::{self, Request},
};
use crate::model::{
    Action, BodyKind, Column, ColumnSource, ErrorBody, KeySource, Location, MediaKind, Operation,
    OperationId, Pagination, Parameter, Part, Response, ResponseBody, Role, Schema, Segment,
    Service, Status, Success, Supply, sample, violations,
};

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
    rejects: Vec<Reject>,
    /// The accepted media types; empty without a body.
    accepts: Vec<&'a str>,
    /// A body that is not JSON is refused.
    reads_json: bool,
    /// The methods that the path has.
    allow: Vec<&'static str>,
    responses: Vec<ResponseCase<'a>>,
    /// Errors carry the violations by field.
    has_details: bool,
}

/// A request that must be refused.
#[derive(Debug, Serialize)]
struct Reject {
    name: String,
    status: u16,
    field: String,
    request: Request,
}

/// A row that was made is read again.
#[derive(Debug, Serialize)]
struct ReadBack {
    template: String,
    guard: Value,
    path: Map<String, Value>,
    key: arrange::KeyAt,
    parameter: String,
    made: String,
    read: String,
}

/// A list that is walked from page to page.
#[derive(Debug, Serialize)]
struct Walk {
    make: Vec<Step>,
    query: Vec<String>,
    rows: String,
    key: String,
    next: Next,
}

/// How the next page is found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Next {
    /// There is one page.
    Never,
    /// A pointer to the cursor, and the parameter that takes it.
    Cursor(String, String),
    /// A pointer to the URL.
    Url(String),
    /// The header that carries it.
    Header(String),
    /// The parameter that counts pages.
    Page(String),
    /// The parameter that counts rows, and the rows of a page.
    Offset(String, u64),
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
    let mut happy = request(service, id, 0);
    let keys = arrangement
        .as_ref()
        .map(|found| found.keys.clone())
        .unwrap_or_default();
    if let Some(request) = &mut happy {
        request.path.extend(keys);
        request.key_at = key_in_body(service, operation);
    }
    let (action, success) = match &operation.role {
        Role::Stub { .. } => ("stub", None),
        Role::Crud {
            action, success, ..
        } => (action_name(action), Some(success)),
    };
    Case {
        group: &service[operation.group].module,
        function: plain(&operation.name),
        method: operation.method.as_str(),
        template: template(service, operation),
        action,
        guard: wire::guard(service, operation.guard),
        rejects: happy
            .iter()
            .flat_map(|happy| rejects(service, operation, happy))
            .collect(),
        missing: missing(service, id),
        echoes: echoes(service, operation, happy.as_ref()),
        repeats_conflict: repeats_conflict(service, operation, happy.as_ref()),
        read_back: read_back(service, operation, happy.as_ref()),
        walk: walk(service, operation),
        status: success
            .and_then(|success| status_of(operation, success))
            .unwrap_or(501),
        arrange: arrangement.map(|found| found.steps),
        request: happy,
        accepts: accepts(operation),
        reads_json: reads_json(operation),
        allow: allow(service, operation),
        responses: operation
            .responses
            .iter()
            .map(|r| response_case(service, r))
            .collect(),
        has_details: service.errors.body == ErrorBody::Envelope,
    }
}

/// The path template with the base path; its literals are encoded, its parameters are not filled.
pub(super) fn template(service: &Service, operation: &Operation) -> String {
    let literal = |text: &str| {
        let keep = |c: char| c.is_ascii_alphanumeric() || "-._~:@!$&'()*+,;=".contains(c);
        let encoded = text.chars().map(|c| match keep(c) {
            true => c.to_string(),
            false => wire::encode(c.encode_utf8(&mut [0; 4])),
        });
        encoded.collect::<String>()
    };
    let part = |part: &Part| match part {
        Part::Literal(text) => literal(text),
        Part::Parameter(name) => format!("{{{name}}}"),
    };
    operation
        .segments
        .iter()
        .fold(service.base_path.clone(), |path, segment| {
            let text = match segment {
                Segment::Literal(text) => literal(text),
                Segment::Parameter(name) => format!("{{{name}}}"),
                Segment::Mixed(parts) => parts.iter().map(part).collect(),
            };
            format!("{path}/{text}")
        })
}

fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

fn action_name(action: &Action) -> &'static str {
    match action {
        Action::List(_) => "list",
        Action::Create { .. } => "create",
        Action::Get => "get",
        Action::Replace { .. } => "replace",
        Action::Update { .. } => "update",
        Action::Delete => "delete",
    }
}

pub(super) fn status_of(operation: &Operation, success: &Success) -> Option<u16> {
    match operation.responses.get(success.response)?.status {
        Status::Code(code) => Some(code),
        Status::Range(class) => Some(u16::from(class) * 100),
        Status::Default => Some(200),
    }
}

/// A valid request, or `None` where no valid one could be made up.
pub(super) fn request(service: &Service, id: OperationId, seed: u64) -> Option<Request> {
    let operation = &service[id];
    let mut request = Request::default();
    for parameter in &operation.parameters {
        if arrange::is_sent(operation, parameter) {
            match parameter_sample(service, parameter, seed) {
                Some(value) => request.set(parameter, &value),
                None if parameter.required => return None,
                None => {}
            }
        }
    }
    if let Some(body) = &operation.body {
        let media = body.media.first()?;
        // A wildcard stands for anything; `*` itself cannot be sent.
        request.media = Some(
            media
                .name
                .replace("*/*", "application/octet-stream")
                .replace('*', "x"),
        );
        let example = body.example.iter().filter(|_| seed == 0).cloned().next();
        request.body = Some(match body.kind {
            BodyKind::Decoded if media.kind == MediaKind::Form => return None,
            BodyKind::Decoded => match example {
                Some(example) => example,
                None => sample::sample(&service.types, &body.schema, seed)?,
            },
            BodyKind::Text | BodyKind::Bytes => Value::from("sample"),
        });
    }
    Some(request)
}

fn parameter_sample(service: &Service, parameter: &Parameter, seed: u64) -> Option<Value> {
    let example = parameter
        .example
        .iter()
        .filter(|_| seed == 0)
        .cloned()
        .next();
    let value = example.or_else(|| sample::sample(&service.types, &parameter.schema, seed))?;
    let is_sendable = match (&value, parameter.location) {
        (Value::String(text), Location::Path) => !text.is_empty() && text != "." && text != "..",
        (Value::String(text), Location::Header) => {
            text.bytes().all(|b| (0x20..0x7f).contains(&b)) && text.trim() == text
        }
        (Value::Null, _) => false,
        (Value::Array(items), _) => !items.is_empty(),
        _ => true,
    };
    is_sendable.then_some(value)
}

/// Where the key stands in a body that carries it instead of the path.
fn key_in_body(service: &Service, operation: &Operation) -> Option<(String, usize)> {
    let Role::Crud {
        resource, action, ..
    } = &operation.role
    else {
        return None;
    };
    let Action::Replace {
        key_in_body: true, ..
    } = action
    else {
        return None;
    };
    let resource = &service[*resource];
    let ColumnSource::Key {
        api_name: Some(name),
    } = &resource.columns[resource.key].source
    else {
        return None;
    };
    Some((
        format!(
            "{}/{}",
            arrange::wrapper_pointer(&operation.role),
            escape(name)
        ),
        0,
    ))
}

fn missing(service: &Service, id: OperationId) -> Option<Request> {
    let operation = &service[id];
    let Role::Crud {
        resource, action, ..
    } = &operation.role
    else {
        return None;
    };
    let has_owner = service[*resource].parent.is_some();
    let is_keyed = arrange::works_on_a_row(action) && key_in_body(service, operation).is_none();
    (has_owner || is_keyed).then(|| request(service, id, 7919))?
}

/// What was sent must come back.
fn echoes(
    service: &Service,
    operation: &Operation,
    happy: Option<&Request>,
) -> Vec<(String, String)> {
    let (
        Some(body),
        Role::Crud {
            resource,
            action,
            success,
            ..
        },
    ) = (
        happy.and_then(|request| request.body.as_ref()),
        &operation.role,
    )
    else {
        return Vec::new();
    };
    let Some(row) = arrange::row_pointer(service, &success.body) else {
        return Vec::new();
    };
    if matches!(action, Action::List(_) | Action::Delete) {
        return Vec::new();
    }
    let wrapper = arrange::wrapper_pointer(&operation.role);
    let columns = service[*resource].columns.iter();
    let names = columns.filter_map(|column| sent_name(column, action));
    names
        .filter(|name| arrange::row_shows(service, &success.body, name))
        .map(|name| {
            (
                format!("{wrapper}/{}", escape(name)),
                format!("{row}/{}", escape(name)),
            )
        })
        .filter(|(sent, _)| body.pointer(sent).is_some())
        .collect()
}

/// The property of a body that a column keeps.
fn sent_name<'a>(column: &'a Column, action: &Action) -> Option<&'a str> {
    match &column.source {
        ColumnSource::Field { api_name } => Some(api_name),
        ColumnSource::Key {
            api_name: Some(name),
        } if matches!(action, Action::Create { .. }) => Some(name),
        _ => None,
    }
}

fn repeats_conflict(service: &Service, operation: &Operation, happy: Option<&Request>) -> bool {
    let Role::Crud {
        resource,
        action: Action::Create { .. },
        ..
    } = &operation.role
    else {
        return false;
    };
    let resource = &service[*resource];
    let Some(body) = happy.and_then(|request| request.body.as_ref()) else {
        return false;
    };
    let wrapper = arrange::wrapper_pointer(&operation.role);
    let sends = |column: &Column| {
        let name = sent_name(column, &Action::Create { wrapper: None });
        let at = name.map(|name| format!("{wrapper}/{}", escape(name)));
        at.and_then(|at| body.pointer(&at))
            .is_some_and(|value| !value.is_null())
    };
    let names_key = matches!(
        resource.key_source,
        KeySource::Client | KeySource::ClientOrUuid | KeySource::ClientOrInteger
    ) && sends(&resource.columns[resource.key]);
    let unique = |columns: &Vec<usize>| {
        columns
            .iter()
            .all(|column| sends(&resource.columns[*column]))
    };
    // With a key of its own in an idempotent request, the same request gives the same answer.
    let is_idempotent = happy.is_some_and(|request| {
        let mut headers = request.headers.iter();
        operation.idempotent
            && headers.any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"))
    });
    !is_idempotent && (names_key || resource.unique.iter().any(unique))
}

/// The member that shows a row which was just made.
fn read_back(
    service: &Service,
    operation: &Operation,
    happy: Option<&Request>,
) -> Option<ReadBack> {
    let Role::Crud {
        resource,
        action: Action::Create { .. },
        success,
        ..
    } = &operation.role
    else {
        return None;
    };
    let get = service[*resource].operations.iter().find_map(|id| {
        let is_get = matches!(
            &service[*id].role,
            Role::Crud {
                action: Action::Get,
                ..
            }
        );
        is_get.then(|| &service[*id])
    })?;
    let Role::Crud { success: found, .. } = &get.role else {
        return None;
    };
    if get
        .parameters
        .iter()
        .any(|p| p.required && p.location != Location::Path)
    {
        return None;
    }
    let names = arrange::parameter_names(get);
    let (parameter, owners) = names.split_last()?;
    let made = &happy?.path;
    // The owners' parameters may be called differently there: they go by their order.
    let in_create = arrange::parameter_names(operation);
    let owner_path = owners.iter().rev().zip(in_create.iter().rev());
    let path: Option<Map<String, Value>> = owner_path
        .map(|(name, known)| Some(((*name).to_owned(), made.get(*known)?.clone())))
        .collect();
    let step = arrange::key_at(service, operation, happy?)?;
    Some(ReadBack {
        template: template(service, get),
        guard: wire::guard(service, get.guard),
        path: path?,
        key: step,
        parameter: (*parameter).to_owned(),
        made: arrange::row_pointer(service, &success.body)?,
        read: arrange::row_pointer(service, &found.body)?,
    })
}

/// How many rows a walk makes, and how many it asks for at once.
const ROWS: u64 = 5;
const PAGE: u64 = 2;

fn walk(service: &Service, operation: &Operation) -> Option<Walk> {
    let Role::Crud {
        resource,
        action: Action::List(plan),
        success,
        ..
    } = &operation.role
    else {
        return None;
    };
    let owners = arrange::arrange(service, operation)?.steps.len();
    let make: Option<Vec<Step>> = (0..ROWS)
        .map(|n| arrange::step_with(service, *resource, owners, 200 + n))
        .collect();
    let make = make?;
    if !are_distinct(service, operation, &make) {
        return None;
    }
    let resource = &service[*resource];
    let ColumnSource::Key {
        api_name: Some(key),
    } = &resource.columns[resource.key].source
    else {
        return None;
    };
    if !arrange::row_shows(service, &success.body, key) {
        return None;
    }
    let name = |index: usize| operation.parameters[index].api_name.clone();
    let (limit, next) = match plan.pagination {
        Pagination::None => (None, Next::Never),
        Pagination::Limit { .. } => (None, Next::Never),
        Pagination::Cursor { cursor, limit } => {
            (limit, next_of(service, operation, success, &name(cursor))?)
        }
        Pagination::Page { page, size } => (size, Next::Page(name(page))),
        Pagination::Offset { offset, limit } => (limit, Next::Offset(name(offset), PAGE)),
    };
    let mut request = Request::default();
    let limit = limit.map(|index| &operation.parameters[index]);
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter.required)
    {
        if parameter.location != Location::Path {
            request.set(parameter, &parameter_sample(service, parameter, 0)?);
        }
    }
    let next = match limit {
        Some(limit) if crate::model::fits::fits(&json!(PAGE), &limit.schema, &service.types) => {
            request.set(limit, &json!(PAGE));
            next
        }
        _ => Next::Never,
    };
    Some(Walk {
        make,
        query: request.query,
        rows: arrange::row_pointer(service, &success.body)?,
        key: format!("/{}", escape(key)),
        next,
    })
}

/// Whether the rows differ where they must.
fn are_distinct(service: &Service, operation: &Operation, steps: &[Step]) -> bool {
    let Role::Crud { resource, .. } = &operation.role else {
        return false;
    };
    let resource = &service[*resource];
    let Some((_, create)) = (match &operation.role {
        Role::Crud { resource, .. } => arrange::create_of(service, *resource),
        Role::Stub { .. } => None,
    }) else {
        return false;
    };
    let wrapper = arrange::wrapper_pointer(&create.role);
    let must_differ = std::iter::once(resource.key).chain(
        resource
            .unique
            .iter()
            .filter_map(|columns| columns.first().copied()),
    );
    must_differ.into_iter().all(|column| {
        let Some(name) = sent_name(&resource.columns[column], &Action::Create { wrapper: None })
        else {
            return true;
        };
        let at = format!("{wrapper}/{}", escape(name));
        let values = steps
            .iter()
            .filter_map(|step| step.request.body.as_ref()?.pointer(&at));
        let mut texts: Vec<String> = values.map(Value::to_string).collect();
        let count = texts.len();
        texts.sort();
        texts.dedup();
        texts.len() == count
    })
}

fn next_of(
    service: &Service,
    operation: &Operation,
    success: &Success,
    cursor: &str,
) -> Option<Next> {
    let at = |wanted: Supply| arrange::place(service, &success.body, &|supply| *supply == wanted);
    if let Some(pointer) = at(Supply::NextCursor) {
        return Some(Next::Cursor(pointer, cursor.to_owned()));
    }
    if let Some(pointer) = at(Supply::NextUrl) {
        return Some(Next::Url(pointer));
    }
    let headers = &operation.responses.get(success.response)?.headers;
    let is_next = |supply: &Supply| matches!(supply, Supply::LinkHeader | Supply::NextUrl);
    let place = success.headers.iter().position(is_next)?;
    Some(Next::Header(headers.get(place)?.api_name.clone()))
}

/// The media types of the body that may be sent.
fn accepts(operation: &Operation) -> Vec<&str> {
    let media = operation.body.iter().flat_map(|body| &body.media);
    media.map(|media| media.name.as_str()).collect()
}

fn reads_json(operation: &Operation) -> bool {
    operation.body.as_ref().is_some_and(|body| {
        let first = body.media.first().map(|media| media.kind);
        body.kind == BodyKind::Decoded && first == Some(MediaKind::Json)
    })
}

/// The methods of the operation's path, and HEAD where there is GET.
fn allow(service: &Service, operation: &Operation) -> Vec<&'static str> {
    let shape = |operation: &Operation| -> Vec<String> {
        let parts = operation.segments.iter().map(|segment| match segment {
            Segment::Literal(text) => text.clone(),
            _ => "{}".to_owned(),
        });
        parts.collect()
    };
    let same = service
        .operations
        .iter()
        .filter(|other| shape(other) == shape(operation));
    let mut methods: Vec<&str> = same.map(|other| other.method.as_str()).collect();
    if methods.contains(&"GET") && !methods.contains(&"HEAD") {
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
        ResponseBody::Events { .. } => (Some("text/event-stream"), None),
        ResponseBody::Bytes { .. } | ResponseBody::Empty | ResponseBody::Raw => (None, None),
    };
    ResponseCase {
        status,
        media: media.filter(|media| !media.contains('*')),
        shape: schema.map(|schema| shape::shape(service, schema)),
    }
}

/// Every rule of parameters and body, broken once each.
fn rejects(service: &Service, operation: &Operation, happy: &Request) -> Vec<Reject> {
    let mut rejects = Vec::new();
    for parameter in &operation.parameters {
        parameter_rejects(service, operation, parameter, happy, &mut rejects);
    }
    if let (Some(body), Some(valid)) = (&operation.body, &happy.body)
        && reads_json(operation)
    {
        for violation in violations::violations(&service.types, &body.schema, valid, false) {
            let field = match violation.field.as_str() {
                "" => "body".to_owned(),
                field => field.to_owned(),
            };
            let mut request = happy.clone();
            request.body = Some(violation.value);
            request.key_at = None;
            rejects.push(Reject {
                name: format!("{field}: {}", violation.rule),
                status: operation.invalid_body_status,
                field,
                request,
            });
        }
    }
    rejects
}

fn parameter_rejects(
    service: &Service,
    operation: &Operation,
    parameter: &Parameter,
    happy: &Request,
    rejects: &mut Vec<Reject>,
) {
    let mut add = |rule: &str, field: String, request: Request| {
        rejects.push(Reject {
            name: format!(
                "{} parameter {}: {rule}",
                place_name(parameter.location),
                parameter.api_name
            ),
            status: 400,
            field,
            request,
        });
    };
    if parameter.required && parameter.location != Location::Path {
        let mut request = happy.clone();
        request.unset(parameter);
        add("required", parameter.api_name.clone(), request);
    }
    let Some(valid) = parameter_sample(service, parameter, 0) else {
        return;
    };
    if !parameter.schema.is_scalar(&service.types) {
        return;
    }
    for violation in violations::violations(&service.types, &parameter.schema, &valid, true) {
        if !is_told_from_valid(parameter, &violation.value, service) {
            continue;
        }
        let mut request = happy.clone();
        request.set(parameter, &violation.value);
        add(violation.rule, parameter.api_name.clone(), request);
    }
    let is_query = parameter.location == Location::Query;
    if is_query && matches!(operation.role, Role::Crud { .. } | Role::Stub { .. }) {
        let mut request = happy.clone();
        request.set(parameter, &valid);
        let twice = request
            .query
            .iter()
            .rfind(|pair| pair.starts_with(&wire::encode(&parameter.api_name)));
        if let Some(pair) = twice.cloned() {
            request.query.push(pair);
            add("once", parameter.api_name.clone(), request);
        }
    }
}

fn place_name(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

/// Whether the value, written as text, still breaks the rule and still is the same parameter.
fn is_told_from_valid(parameter: &Parameter, value: &Value, service: &Service) -> bool {
    let text = match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let fits_as_text = crate::model::fits::fits(
        &Value::from(text.as_str()),
        &parameter.schema,
        &service.types,
    );
    let is_sendable = match parameter.location {
        Location::Path => !text.is_empty() && text != "." && text != "..",
        Location::Query => true,
        Location::Header | Location::Cookie => {
            !text.is_empty()
                && text.trim() == text
                && text
                    .bytes()
                    .all(|b| (0x21..0x7f).contains(&b) && b != b';' && b != b',')
        }
    };
    is_sendable && !fits_as_text
}
