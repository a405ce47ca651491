//! What a slice has of a small document, and what it is told.

use apigen::{
    config::{Config, EventChoice},
    lower::{
        exchange::exchange,
        lower,
        partition::{Share, partition},
        slices::{Slice, Slices},
    },
    model::{Resource, Role, Service},
    spec::{self, Format},
};
use serde_json::{Value, json};

use super::config;

const SHOP: &str = r##"
openapi: 3.0.3
info: {title: Shop, version: '1'}
servers: [{url: /v1}]
x-mine: {since: '1.10'}
tags: [{name: users}, {name: unused}, {name: items}]
paths:
  /items:
    parameters: [{$ref: '#/components/parameters/Trace'}]
    get:
      tags: [items]
      security: [{first: []}]
      parameters: [{name: sort, in: query, schema: {$ref: '#/components/schemas/Sort'}}]
      responses:
        '200':
          description: d
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Item'}}}}
        '404': {$ref: '#/components/responses/Gone'}
        '409': {$ref: '#/components/responses/Gone'}
    post:
      operationId: suggestItem
      tags: [users]
      security: [{second: []}]
      responses: {'204': {description: d}}
  /users:
    get:
      operationId: listUsers
      tags: [users]
      responses:
        '200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/User'}}}}}
    post:
      operationId: createUser
      tags: [users]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
      responses:
        '201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
        '400': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Other'}}}}
  /users/{id}:
    get:
      operationId: getUser
      tags: [users]
      parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
  /users/{id}/orders:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: listOrders
      tags: [orders]
      responses:
        '200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}}
  /recent:
    get:
      operationId: listRecent
      tags: [users]
      responses:
        '200':
          description: d
          content:
            application/json:
              schema: {$ref: '#/paths/~1items/get/responses/200/content/application~1json/schema'}
components:
  parameters:
    Trace: {name: X-Trace, in: header, schema: {type: string}}
  responses:
    Gone: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}
  securitySchemes:
    first: {type: apiKey, in: header, name: X-First}
    second: {type: apiKey, in: header, name: X-Second}
  schemas:
    Error: {type: object, required: [message], properties: {message: {type: string}}}
    Other: {type: object, required: [detail], properties: {detail: {type: string}}}
    Sort: {type: string, enum: [up, down]}
    Item:
      type: object
      discriminator: {propertyName: kind}
      required: [kind]
      properties: {kind: {type: string}}
    Book: {allOf: [{$ref: '#/components/schemas/Item'}, {type: object, properties: {pages: {type: integer}}}]}
    Novel: {allOf: [{$ref: '#/components/schemas/Book'}, {type: object, properties: {hero: {type: string}}}]}
    User: {type: object, required: [id, name], properties: {id: {type: string, format: uuid, readOnly: true}, name: {type: string}}}
    Order: {type: object, required: [id], properties: {id: {type: string, format: uuid}, total: {type: integer}, buyer_user: {type: string}}}
"##;

fn slices(text: &str) -> (Service, Vec<(String, Slice)>) {
    slices_by(text, config())
}

fn slices_by(text: &str, config: Config) -> (Service, Vec<(String, Slice)>) {
    let (document, warnings) = spec::parse("openapi.yaml", text).expect("it loads");
    assert_eq!(warnings, []);
    let (whole, diagnostics) = lower(&document, &config);
    assert_eq!(diagnostics, []);
    let whole = whole.expect("it lowers");
    let shares = partition(&whole, &config).expect("it is parted").shares;
    let slices = Slices::new(&document, &whole, &config, &shares);
    let exchange = exchange(&slices).unwrap_or_else(|misfits| panic!("{misfits:?}"));
    let slice = |share: &Share| {
        let gains = exchange.member(&share.name);
        slices
            .of(share, &config, "openapi.yaml", &gains)
            .expect("a slice")
    };
    let found = shares
        .iter()
        .map(|share| (share.name.clone(), slice(share)));
    let found = found.collect();
    (whole, found)
}

fn own<'s>(slices: &'s [(String, Slice)], name: &str) -> &'s Value {
    let found = slices.iter().find(|(own, _)| own == name);
    &found.expect("there is one").1.document.own
}

fn names(value: &Value) -> Vec<&str> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_slice_has_what_its_operations_reach() {
    let (_, slices) = slices(SHOP);
    for (name, slice) in &slices {
        assert_eq!(slice.warnings, [], "{name}");
        assert!(
            slice
                .text
                .starts_with("openapi: 3.0.3\ninfo:\n  title: 'Shop: "),
            "{}",
            slice.text
        );
    }
    let users = own(&slices, "users");
    assert_eq!(
        names(&users["paths"]),
        ["/items", "/users", "/users/{id}", "/recent"]
    );
    assert_eq!(names(&users["paths"]["/items"]), ["parameters", "post"]);
    assert_eq!(users["tags"], json!([{"name": "users"}]));
    assert_eq!(users["x-mine"], json!({"since": "1.10"}));
    assert_eq!(names(&users["components"]["parameters"]), ["Trace"]);
    assert_eq!(names(&users["components"]["securitySchemes"]), ["second"]);
    let schemas = names(&users["components"]["schemas"]);
    assert_eq!(schemas, ["Error", "Other", "Item", "Book", "Novel", "User"]);
    let schema = "/x-apigen-parts/paths/~1items/get/responses/200/content/application~1json/schema";
    let moved = json!({"type": "array", "items": {"$ref": "#/components/schemas/Item"}});
    assert_eq!(users.pointer(schema), Some(&moved));
    let items = own(&slices, "items");
    assert_eq!(
        names(&items["components"]["schemas"]),
        ["Error", "Sort", "Item", "Book", "Novel"]
    );
    assert_eq!(items.get("x-apigen-parts"), None);
}

#[test]
fn a_slice_is_told_what_the_whole_decided() {
    let (_, slices) = slices(SHOP);
    let (users, orders, items) = (
        own(&slices, "users"),
        own(&slices, "orders"),
        own(&slices, "items"),
    );
    let gone = json!({"$ref": "#/components/responses/Gone"});
    assert_eq!(
        [&users["x-apigen-errors"], &orders["x-apigen-errors"]],
        [&gone, &gone]
    );
    let second = &users["components"]["securitySchemes"]["second"];
    assert_eq!(second["x-apigen-setting"], "SECOND_KEYS");
    assert_eq!(items["paths"]["/items"]["get"]["operationId"], "get_items");
    let owner = json!({"service": "users", "operation": "getUser", "keys": ["uuid"]});
    let said = &orders["x-apigen-resources"]["/users/{id}/orders"];
    assert_eq!(*said, json!({"owner": owner}));
}

fn table<'s>(service: &'s Service, id: &str) -> &'s Resource {
    let operation = service
        .operations
        .iter()
        .find(|operation| operation.id == id);
    match &operation.expect("an operation").role {
        Role::Crud { resource, .. } | Role::Account { resource, .. } => &service[*resource],
        Role::Stub { reason } => panic!("{id} is a stub: {reason}"),
    }
}

#[test]
fn what_owns_rows_in_another_service_is_known() {
    let (whole, slices) = slices(SHOP);
    assert!(table(&whole, "listOrders").parent.is_some());
    let orders = slices
        .iter()
        .find(|(name, _)| name == "orders")
        .expect("a slice");
    let table = table(&orders.1.service, "listOrders");
    assert_eq!(table.parent, None);
    let [owner] = &table.elsewhere[..] else {
        panic!("{:?}", table.elsewhere)
    };
    assert!(owner.owns);
    assert_eq!(
        (&*owner.service, owner.operation.as_deref()),
        ("users", Some("getUser"))
    );
    assert_eq!(owner.columns, [0]);
}

#[test]
fn a_reference_to_another_service_is_known() {
    let text = SHOP.replace(
        "buyer_user: {type: string}",
        "user_id: {type: string, format: uuid}",
    );
    let text = text.replace("/users/{id}/orders", "/orders").replace(
        "    parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n    get:\n      operationId: listOrders",
        "    get:\n      operationId: listOrders",
    );
    let (_, slices) = slices(&text);
    let orders = slices
        .iter()
        .find(|(name, _)| name == "orders")
        .expect("a slice");
    let table = table(&orders.1.service, "listOrders");
    let [row] = &table.elsewhere[..] else {
        panic!("{:?}", table.elsewhere)
    };
    assert!(!row.owns);
    assert_eq!(
        (&*row.service, row.operation.as_deref()),
        ("users", Some("getUser"))
    );
    assert_eq!(table.columns[row.columns[0]].name, "user_id");
}

#[test]
fn json_stays_json_and_swagger_stays_swagger() {
    let text = json!({
        "swagger": "2.0", "info": {"title": "Old", "version": "1"}, "produces": ["application/json"],
        "paths": {
            "/a": {"get": {"tags": ["a"], "responses": {"200": {"description": "d", "schema": {"$ref": "#/definitions/A"}}}}},
            "/b": {"get": {"tags": ["b"], "responses": {"200": {"description": "d", "schema": {"$ref": "#/definitions/B"}}}}},
        },
        "definitions": {"A": {"type": "object"}, "B": {"type": "object"}},
    });
    let (_, slices) = slices(&text.to_string());
    let a = &slices[0].1;
    assert_eq!(
        (a.document.format, a.document.version.as_str()),
        (Format::Json, "2.0")
    );
    assert_eq!(names(&a.document.own["definitions"]), ["A"]);
}

const FAR: &str = r##"
openapi: 3.1.0
info: {title: Far, version: '1'}
paths:
  /a/{id}: {$ref: '#/components/pathItems/A%20B'}
  /b/{id}:
    $ref: '#/components/pathItems/A%20B'
    put:
      operationId: putB
      tags: [b]
      responses: {'2xx': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
components:
  pathItems:
    A B:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      get:
        operationId: getA
        tags: [a]
        responses: {'200': {description: d, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}}
      delete:
        operationId: deleteA
        tags: [a]
        responses: {'204': {description: d}}
  schemas:
    A: {type: object, properties: {id: {type: string}}}
"##;

/// An event of an operation, however its path item and its responses are written.
#[test]
fn an_event_finds_what_its_operation_answers() {
    let text = FAR.replacen("  /b/{id}:\n    $ref: '#/components/pathItems/A%20B'\n", "  /b/{id}:\n    $ref: '#/components/pathItems/None'\n    parameters: [{$ref: '#/components/parameters/id'}]\n", 1);
    let text = text.replace("  schemas:\n    A:", "    None: {}\n  parameters: {id: {name: id, in: path, required: true, schema: {type: string}}}\n  schemas:\n    A:");
    let mut config = config();
    for (event, from) in [("a.read", "getA"), ("a.gone", "deleteA"), ("b.put", "putB")] {
        let from = vec![from.to_owned()];
        let choice = EventChoice {
            from,
            ..EventChoice::default()
        };
        config.events.insert(event.to_owned(), choice);
    }
    let (_, slices) = slices_by(&text, config);
    for (name, slice) in &slices {
        assert_eq!(slice.warnings, [], "{name}");
    }
    let payload = |service, event: &str| {
        own(&slices, service)["x-apigen-events"]["publishes"][event]["payload"].clone()
    };
    let read = "#/components/pathItems/A%20B/get/responses/200/content/application~1json/schema";
    assert_eq!(payload("a", "a.read"), json!({ "$ref": read }));
    let gone =
        json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}});
    assert_eq!(payload("a", "a.gone"), gone);
    let put = json!({"$ref": "#/components/schemas/A"});
    assert_eq!(payload("b", "b.put"), put);
    let published = slices.iter().map(|(_, slice)| {
        let events = slice.service.events.as_ref().expect("events");
        events
            .published
            .iter()
            .map(|event| event.sources.len())
            .collect::<Vec<_>>()
    });
    assert_eq!(published.collect::<Vec<_>>(), [vec![1, 1], vec![1]]);
}

/// What a part of the document is needed for in another service leads there, and nothing else does.
#[test]
fn references_to_other_paths_are_led_to_the_parts() {
    let far = "#/paths/~1a/get/responses/200/content/application~1json/schema";
    let deep = "#/paths/~1a/get/responses/201/content/application~1json/schema";
    let json = |schema: Value| json!({"description": "d", "content": {"application/json": {"schema": schema}}});
    let pet = json!({
        "type": "object", "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "more": {"$ref": deep}},
        "example": {"$ref": far},
    });
    let either = json!({
        "oneOf": [{"$ref": far}, {"$ref": "#/components/schemas/Y"}],
        "discriminator": {"propertyName": "kind", "mapping": {"x": far, "y": "Y"}},
    });
    let text = json!({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": {
            "/a": {"get": {"tags": ["a"], "responses": {
                "200": json(pet),
                "201": json(json!({"type": "object", "properties": {"pet": {"$ref": far}}})),
            }}},
            "/b": {"get": {"tags": ["b"], "responses": {"200": json(either)}}},
        },
        "components": {"schemas": {"Y": {
            "type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
            "default": {"$ref": far},
        }}},
    });
    let (_, slices) = slices(&text.to_string());
    let b = own(&slices, "b");
    let moved = |target: &str| json!(target.replace("#/", "#/x-apigen-parts/"));
    let either =
        &b["paths"]["/b"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(either["oneOf"][0]["$ref"], moved(far));
    assert_eq!(
        either["discriminator"]["mapping"],
        json!({"x": moved(far), "y": "Y"})
    );
    let part = |target: &str| {
        b.pointer(&moved(target).as_str().expect("it")[1..])
            .expect("a part")
    };
    assert_eq!(part(far)["properties"]["more"]["$ref"], moved(deep));
    assert_eq!(part(deep)["properties"]["pet"]["$ref"], moved(far));
    assert_eq!(part(far)["example"], json!({"$ref": far}));
    assert_eq!(
        b["components"]["schemas"]["Y"]["default"],
        json!({"$ref": far})
    );
}
