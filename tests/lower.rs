//! Lowering: small documents, and what becomes of them.

#[path = "support/shared.rs"]
mod shared;

use apigen::{
    config::{Config, Database, Errors},
    diagnostic::Diagnostic,
    lower::{choices, lower},
    model::{AddressPart, ErrorBody, Guard, Operation, ResponseBody, Service, Status},
    spec,
};
use shared::documents;

fn config(name: &str) -> Config {
    Config {
        name: name.to_owned(),
        spec: "openapi.yaml".to_owned(),
        database: Database::default(),
        errors: Errors::default(),
        ..Config::default()
    }
}

fn lowered(text: &str) -> (Service, Vec<Diagnostic>) {
    lowered_as("", text)
}

fn lowered_as(name: &str, text: &str) -> (Service, Vec<Diagnostic>) {
    let loaded = spec::parse("openapi.yaml", text);
    let (document, _) = loaded.unwrap_or_else(|refusal| {
        panic!("{text}\ndoes not load: {:?}", refusal.diagnostics);
    });
    let (service, diagnostics) = lower(&document, &config(name));
    let service = service.unwrap_or_else(|| panic!("{text}\ndoes not lower: {diagnostics:?}"));
    (service, diagnostics)
}

/// A document of these lines below `paths`, and whatever else follows at its root.
fn paths(paths: &str) -> String {
    format!("openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}\n")
}

/// The only operation of a document whose path item is this.
fn operation(item: &str) -> (Operation, Service, Vec<&'static str>) {
    let (mut service, diagnostics) = lowered(&paths(item));
    let codes = diagnostics.iter().map(|problem| problem.code).collect();
    assert_eq!(service.operations.len(), 1, "{item}");
    (service.operations.remove(0), service, codes)
}

/// What the service of a fixture sends: names, addresses, and the type of what is sent.
#[test]
fn webhooks_and_callbacks_are_requests_of_the_service() {
    let (service, diagnostics) = lowered(include_str!("../fixtures/issuer.yaml"));
    let codes: Vec<_> = diagnostics.iter().map(|problem| problem.code).collect();
    let expected = ["callback-expression", "left-out-media-type", "raw-payload"];
    assert_eq!(codes, expected, "{diagnostics:?}");
    let address = |parts: &[AddressPart]| {
        let part = |part: &AddressPart| match part {
            AddressPart::Text(text) => text.clone(),
            AddressPart::Argument { name, .. } => format!("<{name}>"),
        };
        parts.iter().map(part).collect::<String>()
    };
    let told = service.outgoing.iter().map(|outgoing| {
        let operation = &outgoing.operation;
        let (method, name) = (operation.method.as_str(), &operation.name);
        format!("{method} {name} {}", address(&outgoing.address))
    });
    let expected = [
        "POST new <url>",
        "POST note_made <url>",
        "POST notes_counted <url>",
        "PUT notes_listed <url>",
        "POST notes_printed <url>",
        "PUT create_note_note_kept <callback_url>/notes?of=<id>",
        "DELETE create_note_note_read_hook_url_delete <hook_url>",
        "POST create_note_note_read_hook_url_post <hook_url>",
        "POST note_lost <url>",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    // The payload is what answers carry: with what is read-only.
    let made = &service.outgoing[1].operation;
    let body = made.body.as_ref().expect("a body");
    let mut served = service.operations.iter();
    let create = served.find(|operation| operation.id == "createNote");
    let answer = &create.expect("an operation").responses[0].body;
    assert!(matches!(answer, ResponseBody::Json { schema, .. } if schema.ty == body.schema.ty));
    assert_eq!(service.operations.len(), 4, "none of them is served");
}

fn shop() -> Service {
    let (service, diagnostics) = lowered(include_str!("../fixtures/shop.yaml"));
    assert_eq!(diagnostics, [], "the shop has no problem");
    service
}

#[test]
fn the_shop_is_named_as_a_person_would() {
    let shop = shop();
    assert_eq!((&*shop.package, &*shop.krate), ("shop-api", "shop_api"));
    assert_eq!(shop.base_path, "/api/v1");
    let groups = shop.groups.iter().map(|g| (&*g.module, &*g.trait_name));
    let wanted = [("items", "ItemsService"), ("reviews", "ReviewsService")];
    assert_eq!(groups.collect::<Vec<_>>(), wanted);
    let operations: Vec<&str> = shop.operations.iter().map(|o| &*o.name).collect();
    assert_eq!(operations[..3], ["list_items", "create_item", "get_item"]);
    let requirements: Vec<&str> = shop.requirements.iter().map(|r| &*r.name).collect();
    assert_eq!(requirements, ["ITEMS_WRITE", "ITEMS_WRITE_OR_API_KEY"]);
    assert_eq!(shop.operations[0].guard, Guard::Public);
    assert_eq!(shop.errors.body, ErrorBody::Envelope);
    assert!(shop.operations[1].idempotent && !shop.operations[0].idempotent);
}

#[test]
fn a_default_of_a_shared_type_narrows_no_search() {
    let shop = shop();
    let list = &shop.operations[0];
    let default = |name: &str| {
        let found = list.parameters.iter().find(|p| p.api_name == name);
        found.and_then(|p| p.schema.default.clone())
    };
    assert_eq!(default("currency"), None);
    assert_eq!(default("limit"), Some(20.into()));
    assert_eq!(default("sort"), Some("-created_at".into()));
}

#[test]
fn path_templates() {
    for (key, path, segments) in [
        ("/", "/", r#"[Literal("")]"#),
        ("/a/", "/a/", r#"[Literal("a"), Literal("")]"#),
        ("pets", "/pets", r#"[Literal("pets")]"#),
        ("/{x}", "/{x}", r#"[Parameter("x")]"#),
        (
            "/{x}.json",
            "/{x}.json",
            r#"[Mixed([Parameter("x"), Literal(".json")])]"#,
        ),
        (
            "/{x}-{y}",
            "/{x}-{y}",
            r#"[Mixed([Parameter("x"), Literal("-"), Parameter("y")])]"#,
        ),
        (
            "/{x}:run",
            "/{x}:run",
            r#"[Mixed([Parameter("x"), Literal(":run")])]"#,
        ),
        ("/{x*}", "/{x}", r#"[Parameter("x")]"#),
        ("/{;x*}", "/{x}", r#"[Parameter("x")]"#),
        ("/{x:[0-9]+}", "/{x}", r#"[Parameter("x")]"#),
        ("/a?b={x}", "/a", r#"[Literal("a")]"#),
        ("/a{?b,c}", "/a", r#"[Literal("a")]"#),
        (
            "/{x}/{x}",
            "/{x}/{x_2}",
            r#"[Parameter("x"), Parameter("x_2")]"#,
        ),
    ] {
        let item = format!("  '{key}': {{get: {{responses: {{'204': {{description: d}}}}}}}}");
        let (operation, ..) = operation(&item);
        assert_eq!(operation.path, path, "{key}");
        assert_eq!(format!("{:?}", operation.segments), segments, "{key}");
        let parameters = operation.parameters.iter().filter(|p| p.required);
        assert_eq!(
            parameters.count(),
            segments.matches("Parameter(").count(),
            "{key}"
        );
    }
    for key in ["/{x", "/x}", "/{x}{y}", "/{}", "/{a/b}", "/a\\u0000b"] {
        let item = format!("  \"{key}\": {{get: {{responses: {{}}}}}}");
        let (service, diagnostics) = lowered(&paths(&item));
        assert!(service.operations.is_empty(), "{key}");
        assert!(
            diagnostics.iter().any(|d| d.code == "path-template"),
            "{key}"
        );
    }
}

#[test]
fn paths_that_differ_in_what_is_encoded_are_one_path() {
    let item = |method| format!("{{{method}: {{responses: {{'204': {{description: d}}}}}}}}");
    let [get, put] = [item("get"), item("put")];
    let text = format!("  /a b/{{x}}: {get}\n  /a%20b/{{y}}: {put}\n  /%61%20b/{{x}}: {get}");
    let (service, told) = lowered(&paths(&text));
    let routes: Vec<String> = service
        .operations
        .iter()
        .map(|o| format!("{} {}", o.method.as_str(), o.path))
        .collect();
    assert_eq!(routes, ["PUT /a b/{y}", "GET /a b/{x}"]);
    let told = told.iter().map(|one| one.code);
    let told: Vec<&str> = told
        .filter(|code| *code != "undeclared-parameter")
        .collect();
    assert_eq!(
        told,
        ["unreachable-operation", "path-template", "path-template"]
    );
}

#[test]
fn objects_in_the_query_leave_api_keys_alone() {
    for (schema, count) in [
        ("{type: object, properties: {token: {type: string}}}", 0),
        ("{type: object, additionalProperties: {type: integer}}", 0),
        ("{type: object, additionalProperties: {type: string}}", 1),
        ("{type: object, properties: {other: {type: string}}}", 1),
        ("{type: string}", 1),
    ] {
        let get = format!(
            "{{parameters: [{{name: p, in: query, schema: {schema}}}], security: [{{key: []}}], responses: {{'204': {{description: d}}}}}}"
        );
        let scheme = "components: {securitySchemes: {key: {type: apiKey, in: query, name: token}}}";
        let text = paths(&format!("  /a: {{get: {get}}}\n{scheme}"));
        let (service, told) = lowered(&text);
        assert_eq!(service.operations[0].parameters.len(), count, "{schema}");
        let codes: Vec<&str> = told.iter().map(|one| one.code).collect();
        assert_eq!(codes, vec!["bad-parameter"; 1 - count], "{schema}");
    }
}

#[test]
fn routes_that_no_request_can_tell_apart() {
    let get = "{get: {responses: {'204': {description: d}}}}";
    for order in [["/a/{y}", "/a/{x}"], ["/a/{x}", "/a/{y}"]] {
        let item = order.map(|path| format!("  '{path}': {get}")).join("\n");
        let (service, diagnostics) = lowered(&paths(&item));
        assert_eq!(service.operations.len(), 1);
        assert_eq!(service.operations[0].path, "/a/{x}");
        assert!(
            diagnostics
                .iter()
                .any(|d| d.code == "unreachable-operation")
        );
    }
}

#[test]
fn parameters_of_path_and_operation_merge() {
    let (operation, _, codes) = operation(
        "
  /a/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: integer}}
      - {name: x, in: query, schema: {type: string}}
      - {name: X-Key, in: header, schema: {type: string}}
    get:
      parameters:
        - {name: id, in: query, schema: {type: string}, example: hello}
        - {name: x-key, in: header, required: true, schema: {type: integer}}
        - {name: body, in: query, style: spaceDelimited, schema: {type: array, items: {type: string}}}
        - {name: Accept, in: header, schema: {type: string}}
        - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: c, in: cookie, explode: false, schema: {type: array, items: {type: string}}}
        - {name: \"a\\r\\nb\", in: header, schema: {type: string}}
        - {name: q, in: querystring, schema: {type: string}}
        - {name: s, in: query, style: deepObject, schema: {type: string}}
      responses: {'204': {description: d}}",
    );
    let told = operation.parameters.iter().map(|p| {
        let (location, style) = (p.location, p.style);
        let explode = if p.explode { " explode" } else { "" };
        let required = if p.required { " required" } else { "" };
        format!("{} {location:?} {style:?}{explode}{required}", p.name)
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "id Path Simple required",
            "x Query Form explode",
            "x_key Header Simple required",
            "id_query Query Form explode",
            "body_query Query SpaceDelimited",
            "filter Query Json",
            "c Cookie Form",
            "s Query Form explode",
        ]
    );
    assert_eq!(operation.parameters[3].example, Some("hello".into()));
    assert_eq!(codes, ["bad-parameter", "bad-parameter"]);
}

#[test]
fn bodies() {
    let object = "{schema: {type: object, properties: {a: {type: string}}}}";
    let other = "{schema: {type: object, properties: {b: {type: string}}}}";
    for (content, wanted) in [
        (
            format!("application/json: {object}"),
            "Decoded application/json:Json",
        ),
        (
            format!("application/json; charset=utf-8: {object}"),
            "Decoded application/json:Json",
        ),
        (
            format!(
                "application/xml: {object}, application/json: {object}, application/x-www-form-urlencoded: {object}"
            ),
            "Decoded application/json:Json application/x-www-form-urlencoded:Form !",
        ),
        (
            format!("application/x-www-form-urlencoded: {object}, application/json: {other}"),
            "Decoded application/json:Json !",
        ),
        (
            "text/plain: {schema: {type: string}}".to_owned(),
            "Text text/plain:Text",
        ),
        (
            format!("multipart/form-data: {object}"),
            "Bytes multipart/form-data:Bytes",
        ),
        ("image/*: {}".to_owned(), "Bytes image/*:Bytes"),
        (
            "'*/*': {schema: {type: string, format: binary}}".to_owned(),
            "Bytes */*:Bytes",
        ),
        (format!("'*/*': {object}"), "Decoded */*:Json"),
        ("\"a b\": {}".to_owned(), "Bytes */*:Bytes !"),
    ] {
        let item = format!(
            "  /a: {{delete: {{requestBody: {{content: {{{content}}}}}, responses: {{'204': {{description: d}}}}}}}}"
        );
        let (operation, _, codes) = operation(&item);
        let body = operation.body.expect("it has a body");
        let media = body
            .media
            .iter()
            .map(|m| format!(" {}:{:?}", m.name, m.kind));
        let warned = if codes.is_empty() { "" } else { " !" };
        let told = format!("{:?}{}{warned}", body.kind, media.collect::<String>());
        assert_eq!(told, wanted, "{content}");
        assert!(!body.required);
    }
}

fn told(operation: &Operation) -> String {
    let responses = operation.responses.iter().map(|response| {
        let body = match &response.body {
            ResponseBody::Json { media_type, .. } => format!("json {media_type}"),
            ResponseBody::Text { media_type } => format!("text {media_type}"),
            ResponseBody::Bytes { media_type } => format!("bytes {media_type}"),
            ResponseBody::Events { .. } => "events".to_owned(),
            ResponseBody::Empty => "empty".to_owned(),
            ResponseBody::Raw => "raw".to_owned(),
        };
        let headers = response.headers.iter().map(|h| format!(" +{}", h.name));
        format!("{} {body}{}", response.name, headers.collect::<String>())
    });
    responses.collect::<Vec<_>>().join(", ")
}

#[test]
fn plain_texts_are_held_to_types_alone() {
    let schema = "{type: object, properties: {n: {type: string, not: {const: a}}}}";
    let cases = [
        ("application/json", "json", 0),
        ("application/x-www-form-urlencoded", "form", 1),
    ];
    for (media, name, count) in cases {
        let body = format!("requestBody: {{content: {{{media}: {{schema: {schema}}}}}}}");
        let text = format!("  /a: {{post: {{{body}, responses: {{'204': {{description: d}}}}}}}}");
        assert_eq!(
            operation(&text).2,
            vec!["keyword-not-enforced"; count],
            "{name}"
        );
    }
    let query = "{name: q, in: query, schema: {type: string, not: {const: a}}}";
    let text = format!(
        "  /a: {{get: {{parameters: [{query}], responses: {{'204': {{description: d}}}}}}}}"
    );
    let (operation, _, codes) = operation(&text);
    assert_eq!(codes, ["keyword-not-enforced"]);
    assert!(operation.parameters[0].schema.keywords.is_empty());
}

#[test]
fn responses() {
    let error = "{description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Error'}}}}";
    let other = "{description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Other'}}}}";
    let text = "{description: d, content: {text/plain: {}}}";
    let none = "{description: d}";
    for (responses, wanted) in [
        (format!("'200': {other}, '404': {error}, '500': {error}"), "Ok json application/json"),
        (format!("'204': {other}, '409': {none}, default: {error}"), "NoContent empty"),
        (
            format!("'200': {none}, '409': {other}, '404': {error}, 5XX: {error}"),
            "Ok empty, Conflict json application/json",
        ),
        (format!("2XX: {text}, default: {error}"), "Success2xx text text/plain"),
        (format!("default: {other}"), "Default json application/json"),
        (format!("default: {error}"), "Default json application/json"),
        (format!("'404': {error}, '500': {error}"), "Raw raw"),
        (format!("'404': {other}"), "NotFound json application/json, Raw raw"),
        ("'101': {description: d}".to_owned(), "SwitchingProtocols raw"),
        ("".to_owned(), "Raw raw"),
        ("'299': {description: d}, abc: {description: d}".to_owned(), "Status299 empty"),
        (
            "'200': {description: d, headers: {A: {schema: {type: string, enum: [x]}}}}".to_owned(),
            "Ok empty +a",
        ),
        (
            "'200': {description: d, content: {'*/*': {}}}".to_owned(),
            "Ok bytes application/octet-stream",
        ),
        (
            "'200': {description: d, content: {'*/*': {schema: {$ref: '#/components/schemas/Other'}}}}".to_owned(),
            "Ok json application/json",
        ),
        (
            "'200': {description: d, content: {text/event-stream: {schema: {$ref: '#/components/schemas/Other'}}}}".to_owned(),
            "Ok events",
        ),
        (
            "'200': {description: d, content: {text/event-stream: {schema: {type: string}}}}".to_owned(),
            "Ok bytes text/event-stream",
        ),
        (
            "'200': {description: d, content: {image/png: {}, text/csv: {}, application/hal+json: {}}}".to_owned(),
            "Ok json application/hal+json",
        ),
        (
            "'200': {description: d, headers: {X-Rate: {schema: {type: integer}}, x-rate: {}, Content-Type: {}, body: {}, \"a\\r\\nb\": {}}}".to_owned(),
            "Ok empty +x_rate +body_2",
        ),
    ] {
        let item = format!(
            "  /a: {{get: {{responses: {{{responses}}}}}}}
  /b: {{get: {{responses: {{'204': {none}, '400': {error}, '404': {error}}}}}}}
components:
  schemas:
    Error: {{type: object, properties: {{message: {{type: string}}}}}}
    Other: {{type: object, properties: {{message: {{type: string}}, other: {{type: integer}}}}}}"
        );
        let (service, _) = lowered(&paths(&item));
        assert_eq!(told(&service.operations[0]), wanted, "{responses}");
        let unused = |def: &&apigen::model::TypeDef| def.name != "Other" && def.name != "Error";
        assert_eq!(service.types.iter().find(unused), None, "{responses}");
    }
}

#[test]
fn what_operations_say_of_their_end() {
    // What an operation has, the headers, and how many warnings there are.
    let cases = [
        ("deprecated: true", "", 0),
        ("x-apigen-deprecation: 2026-06-01", "@1780272000", 0),
        ("x-sunset: '2027-02-20'", "Sat, 20 Feb 2027 00:00:00 GMT", 0),
        ("x-sunset: soon", "", 0),
        (
            "x-apigen-deprecation: { since: 2026-06-01T09:00:00+09:00, sunset: 2026-06-02 }",
            "@1780272000 Tue, 02 Jun 2026 00:00:00 GMT",
            0,
        ),
        (
            "x-apigen-deprecation: { successor: '/v2/{id}', link: 'https://a.example/b' }",
            "/v2/{id} https://a.example/b",
            0,
        ),
        (
            "x-apigen-deprecation: { successor: 'https://a.example/v9' }",
            "https://a.example/v9",
            0,
        ),
        (
            "x-apigen-deprecation: { successor: '/v2/{key}', link: 'a b' }",
            "",
            2,
        ),
        (
            "x-apigen-deprecation: { successor: v3, sinse: 2026-06-01 }",
            "",
            2,
        ),
        ("x-apigen-deprecation: 2026-02-30", "", 1),
        (
            "x-apigen-deprecation: { since: 1969-12-31, sunset: [] }",
            "",
            2,
        ),
    ];
    for (said, expected, warned) in cases {
        let item =
            |said: &str| format!("get: {{ {said}responses: {{ '200': {{ description: It }} }} }}");
        let text = format!(
            "  /v1/{{id}}: {{ {} }}\n  /v2/{{id}}: {{ {} }}",
            item(&format!("{said}, ")),
            item("")
        );
        let (service, told) = lowered(&paths(&text));
        let told = told
            .iter()
            .filter(|told| told.code == "bad-deprecation")
            .count();
        assert_eq!(
            (ends(&service.operations[0]).as_str(), told),
            (expected, warned),
            "{said}"
        );
        assert_eq!(service.operations[1].retirement, None, "{said}");
    }
}

#[test]
fn what_operations_say_of_caches_and_limits() {
    let read = |method: &str, said: &str| {
        let text = format!(
            "  /a: {{ {method}: {{ {said}, responses: {{ '200': {{ description: It }} }} }} }}\n\
             components: {{ securitySchemes: {{ key: {{ type: http, scheme: basic }} }} }}"
        );
        let (service, told) = lowered(&paths(&text));
        let operation = &service.operations[0];
        let codes = told.iter().map(|told| told.code);
        let codes: Vec<_> = codes.filter(|code| code.starts_with("bad-")).collect();
        let rate = operation.rate_limit.map(|rate| rate.to_string());
        let said = operation.cache.clone().or(rate).unwrap_or_default();
        format!("{said}{}", codes.join(" "))
    };
    const OWN: &str = "security: [{ key: [] }], ";
    for (said, public, own) in [
        ("max-age=60", "public, max-age=60", "private, max-age=60"),
        (
            "'Max-Age=60, immutable'",
            "public, max-age=60, immutable",
            "private, max-age=60, immutable",
        ),
        ("no-store", "no-store", "no-store"),
        ("'public, s-maxage=5'", "public, s-maxage=5", "bad-cache"),
        ("s-maxage=5", "public, s-maxage=5", "bad-cache"),
        ("max-age", "bad-cache", "bad-cache"),
        ("max-age=-1", "bad-cache", "bad-cache"),
        ("no-store=1", "bad-cache", "bad-cache"),
        ("maxage=1", "bad-cache", "bad-cache"),
        ("[max-age=1]", "bad-cache", "bad-cache"),
        ("''", "bad-cache", "bad-cache"),
    ] {
        let said = format!("x-apigen-cache: {said}");
        assert_eq!(read("get", &said), public, "{said}");
        assert_eq!(read("get", &format!("{OWN}{said}")), own, "{said}");
        assert_eq!(read("post", &said), "bad-cache", "{said}");
    }
    for (said, expected) in [
        ("10/minute", "10/minute"),
        ("1 / day", "1/day"),
        ("0/minute", "bad-rate-limit"),
        ("10", "bad-rate-limit"),
        ("{ count: 1 }", "bad-rate-limit"),
    ] {
        let said = format!("x-apigen-rate-limit: {said}");
        assert_eq!(read("post", &said), expected, "{said}");
    }
}

#[test]
fn the_configuration_says_it_of_documents_of_others() {
    let text = "  /a:
    get: { operationId: listA, tags: [As], responses: { '200': { description: It } } }
    post: { operationId: makeA, tags: [As], x-apigen-rate-limit: 1/day, responses: { '200': { description: It } } }
  /b:
    get: { operationId: listB, tags: [Bs], x-apigen-cache: no-store, responses: { '200': { description: It } } }
";
    let document = spec::parse("openapi.yaml", paths(text))
        .expect("a document")
        .0;
    let lowered = |choices: &str| {
        let head = "name = \"a\"\nspec = \"openapi.yaml\"\n";
        let config = Config::parse("apigen.toml", &format!("{head}{choices}")).expect("a config");
        let service = lower(&document, &config).0.expect("a service");
        let said = service.operations.iter().map(|operation| {
            let rate = operation.rate_limit.map(|rate| rate.to_string());
            let said = operation.cache.clone().into_iter().chain(rate);
            format!("{}: {}", operation.id, said.collect::<Vec<_>>().join(" "))
        });
        let misfits = choices::check(&service, &config).into_iter();
        let misfits = misfits.map(|misfit| (misfit.message, misfit.hint.unwrap_or_default()));
        (said.collect::<Vec<_>>(), misfits.collect::<Vec<_>>())
    };
    let (said, misfits) = lowered(
        "[operations.listB]\ncache = \"max-age=9\"\n[tags.As]\ncache = \"no-cache\"\nrate_limit = \"5/hour\"\n\
         [tags.Bs]\ncache = \"max-age=1\"\n",
    );
    let expected = [
        "listA: public, no-cache 5/hour",
        "makeA: 1/day",
        "listB: public, max-age=9",
    ];
    assert_eq!(
        (said, misfits),
        (expected.map(str::to_owned).into(), Vec::new())
    );
    for (choices, message, hint) in [
        (
            "[operations.lisA]\ncache = \"max-age=9\"",
            "there is no operation `lisA`",
            "did you mean `listA`?",
        ),
        (
            "[tags.as]\ncache = \"max-age=9\"",
            "there is no tag `as`",
            "there are `As` and `Bs`",
        ),
        (
            "[tags.As]\ncache = \"max-age\"",
            "`Cache-Control` of an answer cannot say `max-age`",
            "it takes seconds: `max-age=60`",
        ),
        (
            "[operations.makeA]\ncache = \"max-age=9\"",
            "`cache` is for readings, and this is no GET",
            "",
        ),
        (
            "[operations.makeA]\nrate_limit = \"often\"",
            "`rate_limit` must say how often in which time",
            "such as `10/minute`; it may be `second`, `minute`, `hour` or `day`",
        ),
    ] {
        let (_, misfits) = lowered(choices);
        assert_eq!(
            misfits,
            [(message.to_owned(), hint.to_owned())],
            "{choices}"
        );
    }
}

#[test]
fn whose_rows_are_whose_is_said_beside_the_document() {
    let text = "  /notes:
    get: { operationId: listNotes, responses: { '200': { description: All, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Note' } } } } } } }
    post: { operationId: createNote, requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }, responses: { '201': { description: One, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } } } }
  /notes/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }]
    get: { operationId: getNote, responses: { '200': { description: One, content: { application/json: { schema: { $ref: '#/components/schemas/Note' } } } }, '403': { description: No }, '404': { description: None } } }
security: [{ token: [] }]
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Note:
      type: object
      required: [id, owner_id, text]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        owner_id: { type: string, readOnly: true }
        text: { type: string }
";
    let lowered = |said: &str, choices: &str| {
        let text = format!("{text}{said}");
        let document = spec::parse("openapi.yaml", paths(&text)).expect("a document");
        let head = "name = \"a\"\nspec = \"openapi.yaml\"\n";
        let config = Config::parse("apigen.toml", &format!("{head}{choices}")).expect("a config");
        let (service, diagnostics) = lower(&document.0, &config);
        let service = service.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let misfits = choices::check(&service, &config).into_iter();
        let misfits = misfits.map(|misfit| (misfit.message, misfit.hint.unwrap_or_default()));
        (service.resources, misfits.collect::<Vec<_>>(), diagnostics)
    };
    let said =
        "x-apigen-resources: { /notes: { caller: { property: owner_id, others: forbidden } } }\n";
    let beside = "[resources.\"/notes\"]\nowner = \"owner_id\"\nothers = \"forbidden\"\n";
    let expected = lowered(said, "");
    assert!(expected.0[0].rules.caller.is_some(), "{expected:?}");
    assert_eq!(lowered("", beside), expected);
    // The word in `apigen.toml` holds.
    let other = said.replace("forbidden", "not_found");
    assert_eq!(lowered(&other, beside), expected);
    for (choices, message, hint) in [
        (
            "[resources.\"/note\"]\nowner = \"owner_id\"",
            "no rows are kept of `/note`",
            "did you mean `/notes`?",
        ),
        (
            "[resources.\"/notes\"]\nowner = \"owner\"",
            "rows of `/notes` have no property `owner`",
            "did you mean `owner_id`?",
        ),
        (
            "[resources.\"/notes\"]\nowner = \"text\"",
            "`text` must be a text or a UUID that is `readOnly`",
            "",
        ),
    ] {
        let (_, misfits, _) = lowered("", choices);
        assert_eq!(
            misfits,
            [(message.to_owned(), hint.to_owned())],
            "{choices}"
        );
    }
    // Who is nobody owns nothing: the operation is told where it stands.
    let public = "security: []\n";
    let document = text.replace("security: [{ token: [] }]\n", public);
    let document = spec::parse("openapi.yaml", paths(&document)).expect("a document");
    let config = format!("name = \"a\"\nspec = \"openapi.yaml\"\n{beside}");
    let config = Config::parse("apigen.toml", &config).expect("a config");
    let (_, diagnostics) = lower(&document.0, &config);
    assert!(!diagnostics.is_empty());
    let told = |d: &apigen::diagnostic::Diagnostic| d.message.contains("is public, and its rows");
    assert!(diagnostics.iter().all(told), "{diagnostics:?}");
}

#[test]
fn what_a_whole_version_says_of_its_end() {
    let item = "{ get: { responses: { '200': { description: It } } } }";
    let text = ["/v1/items", "/v1/items/{id}", "/v10/items", "/v2/items"]
        .map(|path| format!("  {path}: {item}\n"))
        .concat();
    let root = "x-apigen-deprecation:\n  /v1: { since: 2026-06-01, successor: /v2/ }\n  /v1/items: 2026-06-02\n  /v3: 2026-06-01\n";
    let (service, told) = lowered(&(paths(&text) + root));
    let all: Vec<String> = service.operations.iter().map(ends).collect();
    assert_eq!(all, ["@1780358400", "@1780358400", "", ""]);
    let (last, told) = (told.last().map(|told| told.message.clone()), told);
    assert!(
        last.is_some_and(|last| last == "no operation is below `/v3`"),
        "{told:?}"
    );
    let root = root.replace("  /v1/items: 2026-06-02\n", "");
    let (service, _) = lowered(&(paths(&text) + &root));
    let all: Vec<String> = service.operations.iter().map(ends).collect();
    assert_eq!(all, ["@1780272000 /v2/items", "@1780272000", "", ""]);
    assert!(service.operations[0].deprecated && !service.operations[3].deprecated);
}

/// What an operation says of its end.
fn ends(operation: &Operation) -> String {
    let said = operation.retirement.clone().unwrap_or_default();
    let said = [said.since, said.sunset, said.successor, said.link];
    said.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_a_bad_body_is_answered_with() {
    for (statuses, wanted) in [("400 422", 422), ("400", 400), ("422", 422), ("404", 422)] {
        let responses = statuses
            .split(' ')
            .map(|s| format!("'{s}': {{description: d}}, "));
        let responses: String = responses.collect();
        let item = format!("  /a: {{post: {{responses: {{{responses}}}}}}}");
        let (operation, ..) = operation(&item);
        assert_eq!(operation.invalid_body_status, wanted, "{statuses}");
        assert!(
            operation
                .declared
                .iter()
                .all(|s| matches!(s, Status::Code(_)))
        );
    }
}

#[test]
fn guards() {
    for (security, wanted) in [
        ("[]", "public"),
        ("[{}]", "public"),
        ("[{bearerAuth: []}]", "BEARER: bearerAuth"),
        ("[{bearerAuth: ['items:write']}]", "ITEMS_WRITE: bearerAuth"),
        (
            "[{bearerAuth: []}, {}]",
            "OPTIONAL_BEARER: bearerAuth optional",
        ),
        (
            "[{bearerAuth: [a, b], key: [x]}]",
            "A_AND_B_AND_KEY: bearerAuth & key",
        ),
        ("[{basic: []}, {key: []}]", "BASIC_OR_KEY: basic | key"),
        ("[{nobody: []}]", "NOBODY: nobody !"),
        ("[{digest: []}]", "DIGEST: digest !"),
        (
            "[{oauth: ['https://example.com/auth/items.read']}]",
            "ITEMS_READ: oauth",
        ),
    ] {
        let item = format!(
            "  /a: {{get: {{security: {security}, responses: {{'204': {{description: d}}}}}}}}
security: [{{key: []}}]
components:
  securitySchemes:
    bearerAuth: {{type: http, scheme: Bearer}}
    basic: {{type: http, scheme: basic}}
    digest: {{type: http, scheme: digest}}
    key: {{type: apiKey, in: header, name: X-Key}}
    oauth: {{type: oauth2, flows: {{}}}}"
        );
        let (operation, service, codes) = operation(&item);
        let mut told = match operation.guard {
            Guard::Public => "public".to_owned(),
            Guard::Secured(id) => {
                let requirement = &service[id];
                let alternatives = requirement.alternatives.iter().map(|all| {
                    let schemes = all.iter().map(|one| &*service[one.scheme].api_name);
                    schemes.collect::<Vec<_>>().join(" & ")
                });
                let alternatives = alternatives.collect::<Vec<_>>().join(" | ");
                let optional = if requirement.optional {
                    " optional"
                } else {
                    ""
                };
                format!("{}: {alternatives}{optional}", requirement.name)
            }
        };
        if !codes.is_empty() {
            told += " !";
        }
        assert_eq!(told, wanted, "{security}");
    }
}

#[test]
fn tokens_have_one_issuer() {
    let found = "openIdConnectUrl: 'https://a.example/x/.well-known/openid-configuration'";
    for (schemes, wanted) in [
        ("a: {type: http, scheme: bearer}", "None"),
        ("a: {type: oauth2, flows: {}}", "None"),
        (
            "a: {type: http, scheme: bearer, x-apigen-issuer: 'https://a.example'}",
            "Some(\"https://a.example\")",
        ),
        (
            &format!("a: {{type: openIdConnect, {found}}}"),
            "Some(\"https://a.example/x\")",
        ),
        (
            "a: {type: openIdConnect, openIdConnectUrl: /here}",
            "Some(\"\")",
        ),
        (
            &format!("a: {{type: openIdConnect}}\n    b: {{type: openIdConnect, {found}}}"),
            "Some(\"https://a.example/x\")",
        ),
        (
            &format!(
                "a: {{type: openIdConnect, {found}}}\n    \
                 b: {{type: http, scheme: bearer, x-apigen-issuer: 'https://b.example'}}"
            ),
            "Some(\"https://a.example/x\") !",
        ),
    ] {
        let second = if schemes.contains("    b:") {
            ", {b: []}"
        } else {
            ""
        };
        let item = format!(
            "  /a: {{get: {{security: [{{a: []}}{second}], responses: {{'204': {{description: d}}}}}}}}
components:
  securitySchemes:
    {schemes}"
        );
        let (_, service, codes) = operation(&item);
        let mut told = format!("{:?}", service.issuer());
        if !codes.is_empty() {
            assert_eq!(codes, ["second-issuer"], "{schemes}");
            told += " !";
        }
        assert_eq!(told, wanted, "{schemes}");
    }
}

#[test]
fn what_ends_untyped_is_told_with_its_reason() {
    for (schema, wanted) in [
        ("{type: string}", ""),
        ("{type: object, properties: {a: {type: string}}}", ""),
        ("{}", "nothing is said of its type"),
        ("{type: object}", "nothing is said of its members"),
        ("{type: object, additionalProperties: {type: string}}", ""),
        ("{type: array}", "nothing is said of its items"),
        ("{type: array, items: {}}", "nothing is said of its type"),
        (
            "{enum: [a, 1, {}]}",
            "the values it lists are neither texts nor numbers",
        ),
        ("{type: [string, integer]}", ""),
        (
            "{type: [string, number, boolean, array, object]}",
            "it may be of any type",
        ),
        ("false", "no value fits"),
        (
            "{anyOf: [{type: string}, {type: integer}], oneOf: [{minimum: 1}, {maxLength: 3}]}",
            "its alternatives say no one thing",
        ),
    ] {
        let told = untyped(&format!("application/json: {{schema: {schema}}}"));
        assert_eq!(told, wanted, "{schema}");
    }
    let item = "{schema: {type: object, properties: {a: {type: string}}}}";
    for (content, wanted) in [
        ("application/json: {}", "nothing is said of its JSON"),
        (
            &format!("application/xml: {item}"),
            "`application/xml` is raw bytes",
        ),
        (
            "application/octet-stream: {schema: {type: string, format: binary}}",
            "",
        ),
        ("text/plain: {schema: {type: string}}", ""),
    ] {
        assert_eq!(untyped(content), wanted, "{content}");
    }
}

/// Why what an operation answers with ends untyped.
fn untyped(content: &str) -> String {
    let answer = format!("{{description: d, content: {{{content}}}}}");
    let text = paths(&format!(
        "  /a: {{get: {{responses: {{'200': {answer}}}}}}}"
    ));
    let (document, _) = spec::parse("openapi.yaml", &text).expect("a document");
    let told = apigen::lower::report(&document, &config("")).untyped;
    let told: Vec<String> = told.into_iter().map(|note| note.message).collect();
    told.join(", ")
}

/// They reach a header of the documentation's page.
#[test]
fn origins_of_tokens_are_plain() {
    for (url, wanted) in [
        (
            "https://id.example:8443/token?x#y",
            "https://id.example:8443",
        ),
        ("http://[::1]", "http://[::1]"),
        ("/token", ""),
        ("ftp://id.example/token", ""),
        ("https://", ""),
        ("https://me@id.example/", ""),
        ("https://id.example; script-src */", ""),
        ("https://id.example\\\"/", ""),
    ] {
        let item = format!(
            "  /a: {{get: {{security: [{{a: []}}], responses: {{'204': {{description: d}}}}}}}}
components:
  securitySchemes:
    a: {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: \"{url}\", scopes: {{}}}}}}}}"
        );
        let (_, service, _) = operation(&item);
        assert_eq!(service.schemes[0].token_origins.concat(), wanted, "{url}");
    }
}

#[test]
fn errors_follow_the_documents_own_schema() {
    let envelope =
        "{error: {type: object, required: [code, message, details, request_id], properties: {
        code: {type: string}, message: {type: string}, request_id: {type: string},
        details: {type: object, additionalProperties: {type: array, items: {type: string}}}}}}";
    for (properties, required, wanted) in [
        (envelope, "[error]", "Envelope"),
        (
            "{type: {type: string, format: uri}, title: {type: string}, status: {type: integer}, detail: {type: string}}",
            "[]",
            "Problem",
        ),
        (
            "{code: {type: integer, format: int32}, message: {type: string}}",
            "[code, message]",
            r#"Object([("code", Status), ("message", Message)])"#,
        ),
        (
            "{timestamp: {type: string, format: date-time}, status: {type: integer}, error: {type: string}, message: {type: string}, path: {type: string}}",
            "[]",
            r#"Object([("timestamp", Time), ("status", Status), ("error", Title), ("message", Message), ("path", Path)])"#,
        ),
        (
            "{error: {type: string}, error_description: {type: string}}",
            "[]",
            r#"Object([("error", Code), ("error_description", Message)])"#,
        ),
        (
            "{errors: {type: array, items: {type: string}}}",
            "[errors]",
            r#"Object([("errors", Messages)])"#,
        ),
        (
            "{detail: {type: array, items: {type: object, required: [msg, type, loc], properties: {loc: {type: array, items: {type: integer}}, msg: {type: string}, type: {type: string}}}}}",
            "[]",
            r#"Object([("detail", Violations([("loc", Value(Array [])), ("msg", Message), ("type", Code)]))])"#,
        ),
        (
            "{success: {type: boolean}, kind: {type: string, enum: [odd]}, level: {type: string, minLength: 3}, count: {type: integer, minimum: 4}, message: {type: string}, more: {type: number}}",
            "[success, kind, level, count]",
            r#"Object([("success", Value(Bool(false))), ("kind", Value(String("odd"))), ("level", Value(String("error"))), ("count", Value(Number(4))), ("message", Message)])"#,
        ),
        // Nothing tells what went wrong, or what we would say does not fit.
        ("{id: {type: string}}", "[id]", "none"),
        ("{message: {type: string, maxLength: 10}}", "[]", "none"),
        ("{message: {type: string, enum: [a, b]}}", "[]", "none"),
        (
            "{message: {type: string}, never: {type: string, pattern: '^q{4}$'}}",
            "[never]",
            "none",
        ),
    ] {
        let item = format!(
            "  /a: {{get: {{responses: {{'204': {{description: d}}, '400': {{description: d, content: {{application/problem+json: {{schema: {{$ref: '#/components/schemas/Failure'}}}}}}}}}}}}}}
components: {{schemas: {{Failure: {{type: object, required: {required}, properties: {properties}}}}}}}"
        );
        let (operation, service, _) = operation(&item);
        match wanted {
            "none" => {
                assert_eq!(service.errors.schema, None, "{properties}");
                assert_eq!(operation.responses.len(), 2, "{properties}");
            }
            _ => {
                assert_eq!(format!("{:?}", service.errors.body), wanted, "{properties}");
                assert_eq!(service.errors.media_type, "application/problem+json");
                assert_eq!(operation.responses.len(), 1, "{properties}");
            }
        }
    }
}

#[test]
fn packages() {
    for (name, title, wanted) in [
        ("", "Shop API", "shop-api"),
        ("my_shop", "Shop API", "my_shop"),
        ("", "serde", "serde-service"),
        ("", "Test", "test-service"),
        ("", "Type", "type-service"),
        ("", "!!!", "service"),
        ("", "2 Go", "n2-go"),
        ("../x", "Shop API", "x"),
        ("axum", "Shop API", "axum-service"),
    ] {
        let text =
            format!("openapi: 3.1.0\ninfo: {{title: '{title}', version: '1'}}\npaths: {{}}\n");
        let (service, _) = lowered_as(name, &text);
        assert_eq!(service.package, wanted, "{name} {title}");
        assert!(!service.krate.contains('-'));
    }
}

#[test]
fn base_paths() {
    for (server, wanted) in [
        ("{url: /api/v1}", "/api/v1"),
        ("{url: 'https://example.com/v1/'}", "/v1"),
        ("{url: 'https://example.com'}", ""),
        ("{url: '//example.com/v1?x#y'}", "/v1"),
        ("{url: ./v1}", "/v1"),
        (
            "{url: '{scheme}://h/{v}', variables: {scheme: {default: https}, v: {default: v2}}}",
            "/v2",
        ),
        ("{url: 'https://h/{v}'}", ""),
        ("{url: '/a\"b'}", ""),
        ("{url: /../x}", ""),
    ] {
        let text = paths("  {}\n") + &format!("servers: [{server}]\n");
        let (service, _) = lowered(&text);
        assert_eq!(service.base_path, wanted, "{server}");
    }
}

#[test]
fn groups() {
    for (path, tags, wanted) in [
        ("/x", "[Pet Store]", "pet_store PetStore PetStoreService"),
        ("/api/v2.1/users/{id}", "[]", "users Users UsersService"),
        ("/{id}", "[]", "default DefaultApi DefaultApiService"),
        ("/x", "[Option]", "option OptionApi OptionApiService"),
        ("/x", "[Self]", "self_ SelfApi SelfApiService"),
        (
            "/x",
            "[security]",
            "security_api SecurityApi SecurityApiService",
        ),
        ("/x", "[std]", "std_ Std StdService"),
        ("/x", "[mod]", "mod_ Mod ModService"),
    ] {
        let item = format!("  '{path}': {{get: {{tags: {tags}, responses: {{}}}}}}");
        let (service, _) = lowered(&paths(&item));
        let group = &service.groups[0];
        let told = format!("{} {} {}", group.module, group.type_name, group.trait_name);
        assert_eq!(told, wanted, "{path} {tags}");
    }
}

#[test]
fn names_do_not_depend_on_the_order_of_the_document() {
    let operation = |id: &str, tag: &str| {
        format!("{{get: {{{id} tags: [{tag}], responses: {{'204': {{description: d}}}}}}}}")
    };
    let mut items = [
        format!("  /a: {}", operation("operationId: getUser,", "Users")),
        format!("  /b: {}", operation("operationId: get-user,", "users")),
        format!("  /c: {}", operation("operationId: getUser,", "Users")),
        format!("  /no-id/{{a}}: {}", operation("", "AB")),
        format!("  /no_id/{{a}}: {}", operation("", "a b")),
        format!("  /d: {}", operation("operationId: 日本語,", "日本")),
        format!("  /e: {}", operation("operationId: fn,", "日本")),
    ];
    let names = |items: &[String]| {
        let (service, _) = lowered(&paths(&items.join("\n")));
        let mut names: Vec<String> = service
            .operations
            .iter()
            .map(|o| {
                let group = &service[o.group];
                format!(
                    "{} {} {} {} {}",
                    o.path, group.module, group.type_name, o.name, o.type_name
                )
            })
            .collect();
        names.sort();
        names
    };
    let first = names(&items);
    let mut distinct: Vec<&str> = first
        .iter()
        .filter_map(|name| name.split_once(' '))
        .map(|(_, name)| name)
        .collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), items.len(), "{first:#?}");
    items.reverse();
    assert_eq!(names(&items), first);
    items.rotate_left(3);
    assert_eq!(names(&items), first);
}

#[test]
fn every_document_of_the_corpus_lowers() {
    for document in documents("corpus") {
        let name = &document.name;
        let document = match document.load() {
            Ok((document, _)) => document,
            Err(refusal) => panic!("{name} does not load: {:?}", refusal.diagnostics),
        };
        let (service, diagnostics) = lower(&document, &config(""));
        let service = service.unwrap_or_else(|| panic!("{name}: {diagnostics:?}"));
        for operation in &service.operations {
            assert!(!operation.responses.is_empty(), "{name} {}", operation.id);
        }
        let round = serde_json::to_value(&service).expect("a model is JSON");
        let round = serde_json::from_value::<Service>(round).ok();
        assert_eq!(round, Some(service), "{name} survives the lock");
    }
}

#[test]
fn methods_of_all_groups_do_not_meet() {
    let text = paths(
        "  /a:\n    post: {operationId: create, tags: [items], responses: {'204': {description: A}}}\n\
         \x20 /b:\n    post: {operationId: Create, tags: [users], responses: {'204': {description: B}}}\n\
         \x20 /c:\n    post: {operationId: items_create, tags: [users], responses: {'204': {description: C}}}",
    );
    let (service, _) = lowered(&text);
    let mut names = apigen::model::name::method_names(&service, &["users_create"]);
    names.sort_unstable();
    assert_eq!(names, ["items_create", "items_create_2", "users_create_2"]);
}
