//! What rendering promises whatever the document says: texts never become code, the same input
//! gives the same bytes, and schemas may have the names of Rust's own types.

use apigen::{
    config::{Config, Database, Errors},
    diagnostic::Severity,
    lower::lower,
    render::{Before, File, Within, purpose, render, template},
    spec,
};
use syn::visit::Visit;

const HOSTILE: &str =
    "\"); std::process::exit(1); // */ ```\n\r    run();\u{202e}\\ {} #[x] </script>";

/// The same document with a text in all the places that are free text.
fn document(text: &str) -> String {
    let text = serde_json::to_string(text).expect("JSON");
    format!(
        r##"{{
  "openapi": "3.1.0",
  "info": {{"title": {text}, "version": {text}, "description": {text}}},
  "tags": [{{"name": "items", "description": {text}}}],
  "paths": {{"/items/{{id}}": {{"post": {{
    "operationId": "make", "tags": ["items"], "summary": {text}, "description": {text},
    "parameters": [
      {{"name": "id", "in": "path", "required": true, "schema": {{"type": "string"}}}},
      {{"name": {text}, "in": "query", "description": {text},
        "schema": {{"type": "string", "default": {text}}}}}],
    "requestBody": {{"description": {text}, "content": {{"application/json": {{"schema": {{
      "$ref": "#/components/schemas/Item"}}}}}}}},
    "responses": {{"200": {{"description": {text},
      "headers": {{"X-Total": {{"description": {text}, "schema": {{"type": "integer"}}}}}},
      "content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/Item"}}}}}}}}}}
  }}}}}},
  "components": {{"schemas": {{"Item": {{
    "type": "object", "description": {text}, "required": [{text}],
    "properties": {{
      {text}: {{"type": "string", "description": {text}}},
      "kind": {{"enum": [{text}, "other"], "default": {text}}},
      "any": {{"enum": [{text}, 1], "default": 1}}
    }}, "additionalProperties": false}}}}}}
}}"##
    )
}

fn files(json: &str) -> Vec<File> {
    let config = Config {
        name: "shop".to_owned(),
        spec: "openapi.json".to_owned(),
        database: Database::Sqlite,
        errors: Errors::Envelope,
        ..Config::default()
    };
    let (document, _) = spec::parse("openapi.json", json).expect("a document");
    let (service, diagnostics) = lower(&document, &config);
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
    assert_eq!(errors.count(), 0, "{diagnostics:#?}");
    let service = service.expect("a service");
    render(&service, &document.own, &config, &Before::default()).expect("files")
}

/// The kinds of a file's nodes, in order, without its texts and names.
#[derive(Default)]
struct Outline(Vec<&'static str>);

impl<'ast> Visit<'ast> for Outline {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.0.push("item");
        syn::visit::visit_item(self, item);
    }

    fn visit_expr(&mut self, expression: &'ast syn::Expr) {
        // Long lines get braces.
        if !matches!(expression, syn::Expr::Block(_)) {
            self.0.push("expression");
        }
        syn::visit::visit_expr(self, expression);
    }

    fn visit_type(&mut self, ty: &'ast syn::Type) {
        self.0.push("type");
        syn::visit::visit_type(self, ty);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.0.push("field");
        syn::visit::visit_field(self, field);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if !attribute.path().is_ident("doc") {
            self.0.push("attribute");
        }
    }
}

fn outline(file: &File) -> Vec<&'static str> {
    let mut outline = Outline::default();
    outline.visit_file(&syn::parse_file(&file.contents).expect("Rust"));
    outline.0
}

#[test]
fn texts_never_become_code() {
    let (benign, hostile) = (files(&document("benign")), files(&document(HOSTILE)));
    let paths = |files: &[File]| files.iter().map(|f| f.path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&benign), paths(&hostile));
    let pairs = benign.iter().zip(&hostile);
    for (benign, hostile) in pairs.filter(|(file, _)| file.path.ends_with(".rs")) {
        let path = &hostile.path;
        let text = &hostile.contents;
        assert!(
            outline(benign) == outline(hostile),
            "{path} has another shape:\n{text}"
        );
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(files(&document(HOSTILE)), files(&document(HOSTILE)));
}

#[test]
fn types_may_have_the_names_of_rusts_own() {
    let names = [
        "Option", "Result", "String", "Vec", "Box", "Value", "Uuid", "Decode", "Node",
    ];
    let schema = |name: &&str| {
        format!(
            r##""{name}": {{"type": "object", "properties": {{"v": {{"type": "string"}},
            "w": {{"type": "array", "items": {{"type": "string", "format": "uuid"}}}},
            "x": {{}}, "y": {{"type": "string", "default": "z"}},
            "z": {{"$ref": "#/components/schemas/{name}"}}}}}}"##
        )
    };
    let path = |name: &&str| {
        format!(
            r##""/{name}": {{"post": {{
            "requestBody": {{"content": {{"application/json": {{"schema":
              {{"$ref": "#/components/schemas/{name}"}}}}}}}},
            "responses": {{"200": {{"description": "ok", "content": {{"application/json": {{
              "schema": {{"$ref": "#/components/schemas/{name}"}}}}}}}}}}}}}}"##
        )
    };
    let schemas: Vec<String> = names.iter().map(schema).collect();
    let paths: Vec<String> = names.iter().map(path).collect();
    let json = format!(
        r##"{{"openapi": "3.1.0", "info": {{"title": "t", "version": "1"}},
        "paths": {{{}}}, "components": {{"schemas": {{{}}}}}}}"##,
        paths.join(","),
        schemas.join(",")
    );
    let files = files(&json);
    let text = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.map(|file| file.contents.as_str()).unwrap_or_default()
    };
    let option = text("src/schemas/option.rs");
    assert!(
        option.contains("pub v: ::std::option::Option<String>"),
        "{option}"
    );
    assert!(
        option.contains("-> ::std::option::Option<Self>"),
        "{option}"
    );
    let string = text("src/schemas/string.rs");
    assert!(
        string.contains("pub v: Option<::std::string::String>"),
        "{string}"
    );
    let uuid = text("src/schemas/uuid.rs");
    assert!(
        uuid.contains("Vec<uuid::Uuid>") && !uuid.contains("use uuid::Uuid;"),
        "{uuid}"
    );
    let decode = text("src/schemas/decode.rs");
    assert!(
        decode.contains("impl crate::core::decode::Decode for Decode"),
        "{decode}"
    );
}

/// What `cargo fmt` of the user meets must be as it wants it, whatever the names.
#[test]
fn names_of_any_length_are_formatted() {
    let is_seen = |file: &&File| {
        let path = file.path.as_str();
        let is_ours = path.starts_with("src/services/") || path == "tests/contract/main.rs";
        path.ends_with(".rs") && (is_ours || ["src/main.rs", "src/lib.rs"].contains(&path))
    };
    for length in [1, 9, 25, 33, 34, 44, 45, 46, 47, 60, 100] {
        let (name, title) = ("n".repeat(length), "Title ".repeat(length));
        let json = format!(
            r##"{{"openapi": "3.1.0", "info": {{"title": "{title}", "version": "1"}},
            "servers": [{{"url": "/{name}/{name}"}}],
            "paths": {{"/{name}": {{"get": {{"operationId": "{name}", "tags": ["{name}"],
              "responses": {{"204": {{"description": "d"}}}}}}}}}}}}"##
        );
        for file in files(&json).iter().filter(is_seen) {
            let formatted = formatted(&file.contents);
            assert!(formatted == file.contents, "{}:\n{formatted}", file.path);
        }
    }
}

fn formatted(text: &str) -> String {
    use std::io::Write;
    let mut rustfmt = std::process::Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("rustfmt");
    let mut input = rustfmt.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("it reads");
    drop(input);
    let output = rustfmt.wait_with_output().expect("output");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn every_file_names_the_template_that_it_is_printed_from() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let lock = std::fs::read_to_string(root.join("fixtures/golden/shop/.apigen/lock"));
    let lock = apigen::project::Lock::parse(&lock.expect("a lock"));
    let big = [
        "Cargo.toml",
        "src/lib.rs",
        "src/schemas/item.rs",
        "src/api/mod.rs",
    ];
    let big = big.map(|path| format!("contract/{path}"));
    for path in lock.paths().chain(&big) {
        assert!(
            purpose(path, Within::Package).is_some(),
            "what is {path} for?"
        );
        match template(path, Within::Package) {
            Some(template) => {
                let there = root.join("templates").join(&template);
                assert!(there.is_file(), "{path} is printed from no {template}");
            }
            None => assert!(path.ends_with(".json") || path == "requests.http", "{path}"),
        }
    }
    let own = template("contract/src/lib.rs", Within::Package);
    assert_eq!(own.as_deref(), Some("layered/contract/src/lib.rs.j2"));
}

/// A key that stands in no answer is in the address of what was made.
#[test]
fn requests_go_to_the_address_of_what_was_made() {
    let files = files(
        r##"{
  "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
  "paths": {
    "/items": {"post": {"operationId": "make",
      "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}},
      "responses": {"201": {"description": "Made", "headers": {"Location": {"schema": {"type": "string"}}}}}}},
    "/items/{id}": {"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}],
      "get": {"operationId": "read", "responses": {"200": {"description": "It", "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/Item"}}}}}}}
  },
  "components": {"schemas": {
    "New": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "Item": {"type": "object", "required": ["id", "name"], "properties": {
      "id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}}}}}
}"##,
    );
    let requests = files.iter().find(|file| file.path == "requests.http");
    let text = &requests.expect("requests").contents;
    let address = "\nGET {{host}}{{make.response.headers.Location}}\n";
    assert!(text.contains(address), "{text}");
}

/// A text is not read as a list of one where it may be itself.
#[test]
fn parameters_of_one_or_more_are_read_as_both() {
    let files = files(
        r##"{
  "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
  "paths": {"/items": {"get": {"operationId": "list", "responses": {"204": {"description": "Done"}}, "parameters": [
    {"name": "meta", "in": "query", "explode": false, "schema": {"oneOf": [
      {"type": "string", "maxLength": 1}, {"type": "array", "items": {"enum": ["total", "filtered"]}}]}}]}}}
}"##,
    );
    let list = files.iter().find(|file| file.path.ends_with("/list.rs"));
    let text = &list.expect("the operation").contents;
    assert!(text.contains("Shape::OneOrMore"), "{text}");
}

/// A path that goes on behind its parameter is another path, with methods of its own.
#[test]
fn actions_behind_a_parameter_are_no_methods_of_it() {
    let path = r#""parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}]"#;
    let ok = r#"{"tags": ["books"], "operationId": "ID", "responses": {"204": {"description": "Done"}}}"#;
    let [read, archive] = ["read", "archive"].map(|id| ok.replace("ID", id));
    let files = files(&format!(
        r#"{{
  "openapi": "3.1.0", "info": {{"title": "T", "version": "1"}},
  "paths": {{
    "/v1/{{name}}": {{{path}, "get": {read}}},
    "/v1/{{name}}:archive": {{{path}, "post": {archive}}}
  }}
}}"#
    ));
    let cases = files
        .iter()
        .find(|file| file.path == "tests/contract/operations/books.json");
    let cases: serde_json::Value =
        serde_json::from_str(&cases.expect("cases").contents).expect("JSON");
    let methods = |name: &str| {
        let case = &cases[name];
        serde_json::json!([case["allow"], case["elsewhere"]])
    };
    let read = serde_json::json!([["GET", "HEAD"], ["POST"]]);
    assert_eq!(methods("read"), read);
    let archive = serde_json::json!([["POST"], ["GET", "HEAD"]]);
    assert_eq!(methods("archive"), archive);
}

/// What contract tests send is what the service takes, however odd the document is.
#[test]
fn samples_are_taken_by_the_paths_and_credentials_of_odd_documents() {
    let order = r##"{"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}"##;
    let ok = r#"{"204": {"description": "Done"}}"#;
    let one = format!(r#"{{"200": {{"description": "It", {}}}"#, &order[1..]);
    let thing = order.replace("Order", "Thing");
    let shown = &thing[1..];
    let files = files(&format!(
        r#"{{
  "openapi": "3.1.0", "info": {{"title": "T", "version": "1"}},
  "paths": {{
    "/orders": {{"post": {{"tags": ["v2"], "requestBody": {order}, "responses": {one}}}}},
    "/orders/{{id}}": {{"get": {{"tags": ["v2"], "responses": {one}, "parameters": [
      {{"name": "id", "in": "path", "required": true, "schema": {{"type": "integer", "minimum": 1, "maximum": 10}}}}]}}}},
    "/a%2Fb": {{"get": {{"tags": ["v10"], "operationId": "encoded", "responses": {ok}}}}},
    "/free": {{"get": {{"tags": ["v10"], "operationId": "free", "responses": {ok}, "parameters": [
      {{"name": "free", "in": "query", "required": true, "schema": {{"type": "object"}}}}]}}}},
    "/keyed": {{"get": {{"tags": ["v10"], "operationId": "keyed", "responses": {ok}, "security": [{{"key": []}}],
      "parameters": [{{"name": "x-key", "in": "header", "schema": {{"type": "string"}}}}]}}}},
    "/both": {{"get": {{"tags": ["v10"], "operationId": "both", "responses": {ok}, "security": [{{"user": [], "token": []}}]}}}},
    "/things": {{"post": {{"tags": ["things"], "requestBody": {thing}, "responses": {{"201": {{"description": "It", {shown}}}}}}},
    "/things/{{id}}": {{"parameters": [{{"name": "id", "in": "path", "required": true, "schema": {{"type": "string"}}}}],
      "get": {{"tags": ["things"], "responses": {{"200": {{"description": "It", {shown}}}}},
      "put": {{"tags": ["things"], "requestBody": {thing}, "responses": {{"200": {{"description": "It", {shown}}}}}}},
    "/raw": {{"get": {{"tags": ["v10"], "operationId": "raw", "responses": {ok}, "security": [{{"user": [], "raw": []}}]}}}}
  }},
  "components": {{
    "securitySchemes": {{
      "key": {{"type": "apiKey", "in": "header", "name": "X-Key"}},
      "raw": {{"type": "apiKey", "in": "header", "name": "authorization"}},
      "user": {{"type": "http", "scheme": "basic"}}, "token": {{"type": "http", "scheme": "bearer"}}}},
    "schemas": {{"Thing": {{"type": "object", "required": ["id"], "properties": {{
        "id": {{"type": "string", "format": "uuid"}}, "name": {{"type": "string"}}}}}}, "Order": {{"type": "object", "properties": {{"id": {{"type": "integer"}}, "name": {{"type": "string"}}}}}}}}
  }}
}}"#
    ));
    let text = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        &file.unwrap_or_else(|| panic!("{path}")).contents
    };
    let cases = |group: &str| -> serde_json::Value {
        let path = format!("tests/contract/operations/{group}.json");
        serde_json::from_str(text(&path)).expect("JSON")
    };
    let (orders, odd) = (cases("v2"), cases("v10"));
    let read = &orders["get_orders_by_id"];
    let key = read["arrange"][0]["request"]["body"]["id"].as_i64();
    assert!(key.is_some_and(|key| (1..=10).contains(&key)), "{read:#}");
    assert_eq!(odd["encoded"]["template"], "/a%2Fb");
    let rejects = odd["free"]["rejects"].as_array().expect("rejects");
    let required = rejects
        .iter()
        .find(|r| r["name"].as_str().is_some_and(|n| n.ends_with("required")));
    assert_eq!(
        required.expect("one")["request"]["query"],
        serde_json::json!([])
    );
    assert_eq!(odd["keyed"]["rejects"], serde_json::json!([]));
    assert_eq!(odd["keyed"]["request"]["headers"], serde_json::json!([]));
    for both in ["both", "raw"] {
        let second = &odd[both]["guard"]["alternatives"][0][1];
        assert_eq!(second["kind"], "unsupported", "{both}");
    }
    // Nothing but a UUID is an id in the body, whatever the path takes.
    let missing = &cases("things")["put_things_by_id"]["missing"];
    let id = missing["body"]["id"].as_str().expect("an id");
    assert_eq!(missing["path"]["id"], id);
    let crud = text("src/crud/things.rs");
    assert!(
        crud.contains("if body.id.to_string() != input.id {"),
        "{crud}"
    );
    // `rustfmt` sorts modules as texts.
    let services = text("src/services/mod.rs");
    assert!(services.contains("pub mod v10;\npub mod v2;"), "{services}");
}

/// Whoever runs a service reads in one place what can be set.
#[test]
fn every_setting_is_in_the_example() {
    for (name, database) in [
        ("accounts", "sqlite"),
        ("chat", "postgres"),
        ("issuer", "postgres"),
        ("market", "sqlite"),
    ] {
        let path = format!("{}/fixtures/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("a fixture");
        let config = serde_json::json!({
            "name": name, "spec": "openapi.yaml", "database": database, "errors": "envelope",
            "state": "redis", "traces": "otlp", "tls": true,
        });
        let config: Config = serde_json::from_value(config).expect("choices");
        let (document, _) = spec::parse("openapi.yaml", &text).expect("a document");
        let service = lower(&document, &config).0.expect("a service");
        let files = render(&service, &document.own, &config, &Before::default()).expect("files");
        let file = |path: &str| {
            let file = files.iter().find(|file| file.path == path);
            file.expect(path).contents.as_str()
        };
        let is_name = |text: &&str| {
            let is_part = |c: char| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit();
            text.len() > 2 && text.chars().all(is_part)
        };
        let code = file("src/core/config.rs");
        let settings: Vec<&str> = code.split('"').filter(is_name).collect();
        assert!(settings.len() > 20, "{settings:?}");
        for setting in settings {
            let line = format!("{setting}=");
            let mut example = file(".env.example").lines();
            let is_there = example.any(|known| known.starts_with(&line));
            assert!(is_there, "{name}: {setting} is not in .env.example");
        }
    }
}
