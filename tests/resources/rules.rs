//! What is said of rows and cannot be is told with its place, and the rest is heard.

use std::path::Path;

use apigen::{
    config::{Config, Database},
    lower::lower,
    spec,
};

/// The ledger with something else in a place: each problem as `line: message; hint`.
fn told(pairs: &[[&str; 2]]) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledger.yaml");
    let mut text = std::fs::read_to_string(path).expect("the ledger");
    for [from, to] in pairs {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let (document, _) = spec::parse("ledger.yaml", text).expect("a document");
    let config = Config {
        database: Database::Sqlite,
        ..Config::default()
    };
    let (service, diagnostics) = lower(&document, &config);
    service.iter().for_each(super::sound::check);
    let told = diagnostics.iter().map(|problem| {
        let line = document.sources.origin(problem.span.expect("a place")).line;
        let hint = problem.hint.as_ref();
        let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
        format!("{line}: {}{hint}", problem.message)
    });
    told.collect()
}

#[test]
fn the_ledger_says_nothing_wrong() {
    assert_eq!(told(&[]), [""; 0]);
}

#[test]
fn mistakes_are_told_with_their_places() {
    let cases = [
        (
            ["soft_delete: true", "soft_deletes: true"],
            "7: nothing is called `soft_deletes`",
        ),
        (
            ["soft_delete: true", "soft_delete: 7"],
            "7: `soft_delete` is not understood",
        ),
        (
            ["[[owner_id, title]]", "[[owner_id, titel]]"],
            "`titel`; did you mean `title`?",
        ),
        (
            ["resource: /currencies", "resource: /currency"],
            "`/currency`; did you mean `/currencies`?",
        ),
        (
            ["property: owner_id }", "property: owner }"],
            "no property `owner`",
        ),
        (
            ["property: owner_id }", "property: note }"],
            "`note` must be",
        ),
        (
            ["version: version", "version: title"],
            "`title` must be an integer",
        ),
        (
            ["on_delete: restrict", "on_delete: set_null"],
            "cannot be without an owner",
        ),
        (
            ["on_delete: restrict", "on_delete: keep"],
            "`on_delete` is not understood",
        ),
        (
            [
                "currency: { resource: /currencies",
                "currency: { resource: /books",
            ],
            "of another type",
        ),
        (
            [
                "book_id: { resource: /books, on_delete: cascade",
                "book_id: { resource: /books, on_delete: set_null",
            ],
            "cannot be null",
        ),
        (
            [
                "next_id: { resource: /reminders",
                "next_id: { resource: \"/books/{book_id}/accounts\"",
            ],
            "keys of its own",
        ),
        (
            ["  /contacts:\n    caller", "  /contact:\n    caller"],
            "no rows are kept",
        ),
    ];
    for (pair, expected) in cases {
        let told = told(&[pair]);
        let is_told = told.iter().any(|told| told.contains(expected));
        assert!(is_told, "{pair:?}: {told:#?}");
    }
}

#[test]
fn a_public_operation_knows_no_caller() {
    let public = [
        "      operationId: listContacts\n",
        "      operationId: listContacts\n      security: []\n",
    ];
    let told = told(&[public]);
    let [told] = told.as_slice() else {
        panic!("{told:#?}");
    };
    assert!(told.contains("`GET /contacts` is public"), "{told}");
}

#[test]
fn rows_of_another_collection() {
    let item = "{ schema: { type: object, required: [id, name], properties: { id: { type: integer }, name: { type: string } } } }";
    let answer = format!(
        "responses: {{ '200': {{ description: It, content: {{ application/json: {item} }} }} }}"
    );
    let paths = ["/a", "/b", "/c/{c_id}/b", "/d"].map(|path| {
        let parameters = path.contains('{').then_some("{ name: c_id, in: path, required: true, schema: { type: string } }, ");
        let parameters = parameters.unwrap_or_default();
        let own = format!("{parameters}{{ name: id, in: path, required: true, schema: {{ type: integer }} }}");
        format!(
            "  {path}:\n    parameters: [{parameters}]\n    post: {{ requestBody: {{ content: {{ application/json: {item} }} }}, {answer} }}\n  {path}/{{id}}:\n    parameters: [{own}]\n    get: {{ {answer} }}\n    delete: {{ responses: {{ '204': {{ description: Gone }} }} }}\n")
    });
    let start = format!(
        "openapi: 3.1.0\ninfo: {{ title: T, version: '1' }}\npaths:\n{}",
        paths.concat()
    );
    let cases = [
        ("/a: { rows_of: /b }", ""),
        (
            "/a: { rows_of: /a }",
            "a collection's rows are its own without this",
        ),
        ("/a: { rows_of: /bb }", "no collection is at `/bb`"),
        (
            "/a: { rows_of: '/c/{c_id}/b' }",
            "`/a` and `/c/{}/b` are below different numbers of rows",
        ),
        (
            "/a: { rows_of: /b }, /b: { rows_of: /d }",
            "the rows of `/b` are those of `/d`",
        ),
        (
            "/a: { rows_off: /b }",
            "nothing is called `rows_off` in what `x-apigen-resources` says of `/a`",
        ),
    ];
    for (said, expected) in cases {
        let text = format!("{start}x-apigen-resources: {{ {said} }}\n");
        let (document, _) = spec::parse("openapi.yaml", &text).expect("the document loads");
        let (service, told) = lower(&document, &Config::default());
        let told: Vec<String> = told.into_iter().map(|told| told.message).collect();
        assert_eq!(told.join("\n"), expected, "{text}");
        let tables = service.map_or_else(Vec::new, |service| service.resources);
        let is_one = tables.iter().any(|table| table.path == "/a");
        assert_eq!(is_one, said.contains("rows_off"), "{said}");
    }
}
