//! The documents that resource specs stand for.

use apigen::{
    config::Config,
    lower::lower,
    model::{ErrorBody, Role, Service},
    spec::{self, Document},
};
use serde_json::{Value, json};

/// Around the resources.
pub(crate) fn spec(resources: &str) -> String {
    format!("apigen: 1\nname: shop\nresources:\n{resources}")
}

pub(crate) fn load(text: &str) -> Document {
    let loaded = spec::parse("resources.yaml", text);
    let (document, warnings) = loaded.unwrap_or_else(|refusal| {
        let messages = refusal.diagnostics.iter().map(|d| d.message.clone());
        panic!("{text}\n{:#?}", messages.collect::<Vec<_>>())
    });
    assert!(warnings.is_empty(), "{text}\n{warnings:#?}");
    document
}

fn lowered(text: &str) -> Service {
    let document = load(text);
    let (service, problems) = lower(&document, &Config::default());
    assert!(problems.is_empty(), "{text}\n{problems:#?}");
    service.expect("a service")
}

/// The operations that are stubs, with the reasons.
pub(crate) fn stubs(service: &Service) -> Vec<(&str, &str)> {
    let stubs = service.operations.iter().filter_map(|op| match &op.role {
        Role::Stub { reason } => Some((op.id.as_str(), reason.as_str())),
        _ => None,
    });
    stubs.collect()
}

/// The schema of a field in the short or the long form.
fn field(said: &str) -> Value {
    let text = spec(&format!(
        "  users: {{ fields: {{ name: string }} }}\n  items:\n    fields:\n      name: string\n      it: {said}\n"
    ));
    let document = load(&text);
    document.own["components"]["schemas"]["Item"]["properties"]["it"].clone()
}

#[test]
fn fields_are_schemas() {
    let cases = [
        ("string", json!({"type": "string", "maxLength": 255})),
        (
            "string(1..100)",
            json!({"type": "string", "minLength": 1, "maxLength": 100}),
        ),
        ("string(..9)", json!({"type": "string", "maxLength": 9})),
        (
            "string(3)",
            json!({"type": "string", "minLength": 3, "maxLength": 3}),
        ),
        ("text?", json!({"type": ["string", "null"]})),
        (
            "integer(0..)",
            json!({"type": "integer", "format": "int64", "minimum": 0}),
        ),
        (
            "integer(-5..5) = -1",
            json!({"type": "integer", "format": "int64", "minimum": -5, "maximum": 5, "default": -1}),
        ),
        (
            "number(0.5..1e3)",
            json!({"type": "number", "format": "double", "minimum": 0.5, "maximum": 1000.0}),
        ),
        (
            "boolean = true",
            json!({"type": "boolean", "default": true}),
        ),
        ("uuid", json!({"type": "string", "format": "uuid"})),
        (
            "date?",
            json!({"type": ["string", "null"], "format": "date"}),
        ),
        ("datetime", json!({"type": "string", "format": "date-time"})),
        ("duration", json!({"type": "string", "format": "duration"})),
        ("email", json!({"type": "string", "format": "email"})),
        (
            "url(..200)",
            json!({"type": "string", "format": "uri", "maxLength": 200}),
        ),
        ("json", json!({})),
        (
            "map",
            json!({"type": "object", "additionalProperties": {"type": "string", "maxLength": 255}}),
        ),
        (
            "map(integer)",
            json!({"type": "object", "additionalProperties": {"type": "integer", "format": "int64"}}),
        ),
        ("ref(users)", json!({"type": "string", "format": "uuid"})),
        (
            "ref(users)?",
            json!({"type": ["string", "null"], "format": "uuid"}),
        ),
        (
            "integer[](1..3)",
            json!({"type": "array", "items": {"type": "integer", "format": "int64"}, "minItems": 1, "maxItems": 3}),
        ),
        (
            "string readonly = x",
            json!({"type": "string", "maxLength": 255, "readOnly": true, "default": "x"}),
        ),
        (
            "string writeonly",
            json!({"type": "string", "maxLength": 255, "writeOnly": true}),
        ),
        (
            r#"string = "two words" indexed"#,
            json!({"type": "string", "maxLength": 255, "default": "two words"}),
        ),
        (
            "enum(a, b) = a",
            json!({"$ref": "#/components/schemas/ItemIt", "default": "a"}),
        ),
        (
            "{ type: string, pattern: '^[a-z]+$', description: Some words, example: abc }",
            json!({"type": "string", "pattern": "^[a-z]+$", "description": "Some words", "examples": ["abc"]}),
        ),
        (
            "{ type: integer?, exclusiveMinimum: 0, multipleOf: 5, was: old }",
            json!({"type": ["integer", "null"], "format": "int64", "exclusiveMinimum": 0, "multipleOf": 5, "x-apigen-was": "old"}),
        ),
        (
            "{ items: string(1..9), uniqueItems: true, default: [] }",
            json!({"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 9}, "uniqueItems": true, "default": []}),
        ),
        (
            "{ fields: { street: string(1..9), no: integer? } }",
            json!({"$ref": "#/components/schemas/ItemIt"}),
        ),
    ];
    for (said, expected) in cases {
        assert_eq!(field(said), expected, "{said}");
    }
}

#[test]
fn collections_work_at_once() {
    let cases = [
        "  items: { fields: { name: string } }\n",
        "  items: { key: integer, timestamps: false, fields: { name: string? } }\n",
        "  items: { key: code, fields: { code: 'string(1..9)', name: text } }\n",
        "  items: { operations: [get, list], fields: { name: text } }\n",
        "  items: { list: { page: number }, fields: { name: text } }\n",
        "  items: { list: { page: none }, fields: { name: text } }\n",
        "  items: { list: { filters: [name], sort: [name], limit: 5..10 }, fields: { name: string } }\n",
        "  order_lines: { fields: { tags: 'string[]?', at: { fields: { x: number } }, kind: 'enum(a, b)?' } }\n",
        "  a_b: { fields: { name: text } }\n  lines: { parent: a_b, fields: { name: text } }\n  parts: { parent: lines, key: integer, fields: { name: text } }\n",
    ];
    for resources in cases {
        let service = lowered(&spec(resources));
        assert_eq!(stubs(&service), [], "{resources}");
    }
}

#[test]
fn versions_have_the_same_rows() {
    let text = "apigen: 1\nname: shop\nerrors: problem\nversions:\n  v1: { deprecated: 2026-06-01, sunset: 2027-01-01, resources: { items: { without: [color], renamed: { name: title } } } }\n  v2:\nresources:\n  items:\n    fields: { name: string, kind: 'enum(a, b)', color: string? }\n    many_to_many: [tags]\n    list: { filters: [name, kind], sort: [name, color], include: [parts] }\n  parts: { parent: items, fields: { name: string }, list: { include: [item] } }\n  tags: { fields: { name: string unique } }\n";
    let service = lowered(text);
    assert_eq!(stubs(&service), [], "{text}");
    let tables: Vec<&str> = service
        .resources
        .iter()
        .map(|found| found.table.as_str())
        .collect();
    assert_eq!(tables, ["items", "tags", "item_tags", "parts"]);
    let both: Vec<&str> = service.operations.iter().map(|op| op.id.as_str()).collect();
    assert!(
        both.contains(&"listItems") && both.contains(&"addItemTagV1"),
        "{both:?}"
    );
    for operation in &service.operations {
        let said = operation.retirement.clone().unwrap_or_default();
        let successor = operation
            .path
            .strip_prefix("/v1")
            .map(|rest| format!("/v2{rest}"));
        assert_eq!(
            said.since.is_some(),
            successor.is_some(),
            "{}",
            operation.path
        );
        assert_eq!(said.successor, successor, "{}", operation.path);
    }
    let shown = service.operations.iter().filter_map(|operation| {
        let (_, _, success) = operation.role.on_rows()?;
        let row = success.include.as_ref()?.rows.first()?;
        Some((operation.id.as_str(), service[row.entity].api_name.as_str()))
    });
    let shown: Vec<_> = shown.filter(|(id, _)| id.starts_with("list")).collect();
    assert_eq!(
        shown,
        [
            ("listItems", "Part"),
            ("listItemsV1", "PartV1"),
            ("listParts", "Item"),
            ("listPartsV1", "ItemV1"),
        ]
    );
    assert_eq!(service.base_path, "/api");
    assert_eq!(service.errors.body, ErrorBody::Problem);
    assert_eq!(service.errors.media_type, "application/problem+json");
}

#[test]
fn what_is_added_has_examples() {
    let text = "apigen: 1\nname: club\nauth: accounts\nresources:\n  users: { fields: { email: email } }\n  posts: { many_to_many: [tags], actions: { send: { fields: { at: datetime } } }, fields: { title: string } }\n  tags: { fields: { name: string } }\n";
    let (document, own) = (load(text), Config::default());
    let advice = apigen::lint::lint(&document, &own.lint);
    let examples = advice.iter().filter(|advice| advice.code == "example");
    assert_eq!(examples.count(), 0);
    let (service, _) = lower(&document, &own);
    let login = service.expect("a service").operations;
    let login = login
        .iter()
        .find(|operation| operation.id == "login")
        .expect("login");
    let body = login.body.as_ref().and_then(|body| body.example.as_ref());
    assert_eq!(body.expect("an example")["username"], "ada@example.com");
}

#[test]
fn actions_are_yours_to_write() {
    let text = spec(
        "  items: { actions: { publish: POST, recount: { on: collection }, \
         move: { method: PUT, fields: { to: string } }, look: GET }, fields: { name: string } }\n",
    );
    let service = lowered(&text);
    let found = stubs(&service);
    let names: Vec<_> = found.iter().map(|(id, _)| *id).collect();
    assert_eq!(
        names,
        ["publishItem", "recountItems", "moveItem", "lookItem"]
    );
}

#[test]
fn tokens_come_from_an_issuer() {
    let head = "apigen: 1\nname: shop\nauth: jwt\n";
    let resources = "resources: { items: { fields: { name: string } } }\n";
    let with = format!("{head}issuer: https://login.example.com/\n{resources}");
    assert_eq!(lowered(&with).issuer(), Some("https://login.example.com"));
    assert_eq!(lowered(&format!("{head}{resources}")).issuer(), None);
}

#[test]
fn the_same_twice_is_the_same() {
    let text = include_str!("../../fixtures/tracker.yaml");
    assert_eq!(load(text).own, load(text).own);
}

#[test]
fn what_is_expanded_is_a_document_of_its_own() {
    let text = include_str!("../../fixtures/tracker.yaml");
    let written = load(text);
    let yaml = spec::text_of(&written.own, spec::Format::Yaml).expect("YAML");
    let again = load(&yaml);
    assert_eq!(again.own, written.own);
    assert!(written.is_resource_spec && !again.is_resource_spec);
}

#[test]
fn caches_and_limits_are_said_by_operation() {
    let text = spec(
        "  items:\n    fields: { name: string }\n    actions: { count: { method: GET, on: collection } }\n    \
         cache: { read: max-age=60, get: no-store }\n    rate_limit: { write: 10/minute, count: 1/day }\n",
    );
    let service = lowered(&text);
    let said = |id: &str| {
        let operation = &service[service.named(id).expect("an operation")];
        let rate = operation.rate_limit.map(|rate| rate.to_string());
        (operation.cache.clone(), rate)
    };
    let (text, day) = (|text: &str| Some(text.to_owned()), "1/day");
    assert_eq!(said("listItems"), (text("public, max-age=60"), None));
    assert_eq!(said("getItem"), (text("no-store"), None));
    assert_eq!(said("countItems"), (text("public, max-age=60"), text(day)));
    assert_eq!(said("deleteItem"), (None, text("10/minute")));
}
