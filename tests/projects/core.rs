//! The infrastructure of generated projects, cut for several services: each compiles without a
//! warning, and the fullest passes the suite in `tests/projects/generated-core/`.

use crate::project::{address, cargo_in, empty, postgres, speak_german, succeeds};
use std::{
    fs,
    path::{Path, PathBuf},
};

use apigen::{
    config::Config,
    model::Service,
    render::{self, Before, File},
};
use serde_json::{Value, json};

const SQLITE: &str = "sqlite";
const POSTGRES: &str = "postgres";
const NONE: &str = "none";

/// A service with a secured operation for each of these schemes, all in one requirement.
fn service(name: &str, schemes: Value, errors: Value, is_plain: bool) -> Service {
    let count = schemes.as_array().map_or(0, Vec::len);
    let each = (0..count).map(|id| json!([{ "scheme": id, "scopes": ["b\"x", "a"] }]));
    let alternatives: Vec<Value> = each.collect();
    let pattern = if is_plain { Value::Null } else { json!("^a$") };
    let keywords = if is_plain { json!([]) } else { json!(["{}"]) };
    let text = json!({
        "ty": { "String": { "format": "Text", "min": null, "max": null, "pattern": pattern } },
        "nullable": false, "default": null, "example": null, "keywords": keywords,
    });
    let guard = if count > 0 {
        json!({ "Secured": 0 })
    } else {
        json!("Public")
    };
    let rate = json!({ "count": 5, "per": "second" });
    let rate = if is_plain { Value::Null } else { rate };
    let cache = if is_plain {
        Value::Null
    } else {
        json!("public, max-age=60")
    };
    let origin = json!({ "file": "", "line": 1, "column": 1 });
    let service = json!({
        "package": name, "krate": name.replace('-', "_"),
        "title": HOSTILE, "version": "1", "description": null, "base_path": "/api/v1",
        "groups": [{
            "api_name": "items", "module": "items", "type_name": "Items",
            "trait_name": "ItemsService", "description": null,
        }],
        "operations": [{
            "id": "listItems", "name": "list_items", "type_name": "ListItems", "group": 0,
            "method": "Get", "path": "/items", "segments": [{ "Literal": "items" }],
            "summary": null, "description": null, "deprecated": false,
            "parameters": [{
                "name": "x_trace", "api_name": "X-Trace", "location": "Header", "style": "Simple",
                "explode": false, "required": false, "description": null, "schema": text,
                "example": null, "origin": origin,
            }],
            "body": null, "responses": [], "declared": [], "invalid_body_status": 422,
            "rate_limit": rate, "cache": cache, "guard": guard, "idempotent": !is_plain, "role": { "Stub": { "reason": "x" } }, "origin": origin,
        }],
        "types": [], "schemes": schemes,
        "requirements": if count == 0 { json!([]) } else { json!([{
            "name": "ANY", "alternatives": alternatives, "optional": false,
        }]) },
        "errors": errors, "resources": [], "said": {},
    });
    serde_json::from_value(service).expect("a service")
}

/// A title that would break out of every syntax it is written into.
const HOSTILE: &str = "A \"#shop\"'\\ */ --> </title><script>{{ x }} ${{ y }}\n## `title` \u{202e}";

fn envelope() -> Value {
    json!({ "media_type": "application/json", "body": "Envelope", "reasons": [], "schema": null })
}

fn problem() -> Value {
    let media_type = "application/problem+json";
    json!({ "media_type": media_type, "body": "Problem", "reasons": [], "schema": null })
}

fn own() -> Value {
    let inner = json!([["where", "Field"], ["what", "Message"], ["x", { "Value": [1, 2.5] }]]);
    let body = json!({ "Object": [
        ["kind", { "Value": "err\"or" }],
        ["code", "Code"],
        ["status", "Status"],
        ["text", "StatusText"],
        ["title", "Title"],
        ["message", "Message"],
        ["path", "Path"],
        ["time", "Time"],
        ["all", "Messages"],
        ["nested", { "Object": [["errors", { "Violations": inner }], ["n", { "Value": null }]] }],
    ] });
    json!({ "media_type": "application/json", "body": body, "reasons": [], "schema": null })
}

/// As JSON:API has them: a list, and nothing beside it.
fn listed() -> Value {
    let error = json!([["source", { "Object": [["pointer", "Field"]] }], ["title", "Message"]]);
    let body = json!({ "Object": [["errors", { "Violations": error }], ["texts", "Messages"]] });
    json!({ "media_type": "application/vnd.api+json", "body": body, "reasons": [], "schema": null })
}

fn key(name: &str, location: &str) -> Value {
    let constant = name
        .to_uppercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let kind = json!({ "ApiKey": { "location": location, "name": name } });
    let setting = format!("{constant}_KEYS");
    json!({ "api_name": name, "constant": constant, "kind": kind, "setting": setting })
}

fn scheme(kind: &str) -> Value {
    json!({ "api_name": kind, "constant": kind.to_uppercase(), "kind": kind })
}

fn render(service: &Service, database: &str) -> Vec<File> {
    let errors = "envelope";
    let config = json!({
        "name": service.package, "spec": "openapi.yaml", "database": database, "errors": errors,
        "state": if service.package == "full-core" { "redis" } else { "memory" },
        "traces": if service.package == "full-core" { "otlp" } else { "none" },
        "tls": service.package == "full-core",
    });
    let config: Config = serde_json::from_value(config).expect("a config");
    render::render(service, &json!({}), &config, &Before::default()).expect("files")
}

/// Writes core and the shell of a project, and what stands in for the other layers.
fn write(service: &Service, database: &str) -> PathBuf {
    let root = target().join(&service.package);
    let is_ours = |path: &str| {
        let layers = ["api", "crud", "models", "operations", "schemas", "services"];
        let in_layer = layers
            .iter()
            .any(|layer| path.starts_with(&format!("src/{layer}/")));
        (!in_layer && !path.starts_with("tests/") && !path.starts_with("migrations/"))
            || path == "src/operations/security.rs"
    };
    let files = render(service, database);
    clear(&root.join("src/core"), &|path| {
        files.iter().any(|file| root.join(&file.path) == path)
    });
    for file in files.iter().filter(|file| is_ours(&file.path)) {
        put(&root.join(&file.path), &file.contents);
    }
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/generated-core"),
        &root,
        &service.krate,
    );
    root
}

/// Removes what an earlier run wrote, and this one does not.
fn clear(folder: &Path, is_written: &impl Fn(&Path) -> bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            clear(&path, is_written);
        } else if !is_written(&path) {
            fs::remove_file(path).expect("a file");
        }
    }
}

fn copy(from: &Path, to: &Path, krate: &str) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to, krate);
        } else {
            let text = fs::read_to_string(&from).expect("a text");
            put(&to, &text.replace("full_core", krate));
        }
    }
}

/// Keeps the time of a file that does not change, so that cargo rebuilds nothing for it.
fn put(path: &Path, contents: &str) {
    if fs::read_to_string(path).is_ok_and(|known| known == contents) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, contents).expect("a file");
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("core")
}

fn cargo(root: &Path, arguments: &[&str]) {
    cargo_with(root, arguments, &[]);
}

fn cargo_with(root: &Path, arguments: &[&str], settings: &[(&str, &str)]) {
    let mut command = cargo_in(root, arguments);
    command.env_remove("JWT_SECRET");
    succeeds(command.envs(settings.iter().copied()));
}

const LINT: &[&str] = &["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"];

fn is_clean(service: &Service, database: &str) {
    let root = write(service, database);
    let _ = fs::remove_dir_all(root.join("tests"));
    cargo(&root, &["fmt", "--check"]);
    cargo(&root, LINT);
}

#[test]
fn the_fullest_core_passes_its_suite() {
    let schemes = json!([
        key("X-Key", "Header"),
        scheme("Basic"),
        scheme("Bearer"),
        key("key\"", "Query"),
        scheme("Unsupported"),
        key("session", "Cookie"),
    ]);
    let root = write(&service("full-core", schemes, envelope(), false), SQLITE);
    let manifest = root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let own = "[dev-dependencies]\nrcgen = \"0.14\"";
    put(&manifest, &text.replace("[dev-dependencies]", own));
    speak_german(&root);
    cargo(&root, &["fmt", "--check"]);
    cargo(&root, LINT);
    cargo(&root, &["test", "--quiet"]);
}

#[test]
fn migrations_on_a_server() {
    if postgres().is_none() {
        return;
    }
    // The support of the suite knows a key.
    let schemes = json!([key("X-Key", "Header")]);
    let root = write(&service("server-core", schemes, envelope(), true), POSTGRES);
    empty("runner");
    let test = [
        "test",
        "--quiet",
        "--test",
        "lease",
        "--test",
        "migrations",
        "--test",
        "vanished",
    ];
    cargo_with(&root, &test, &[("MIGRATIONS_URL", &address("runner"))]);
}

#[test]
fn cores_of_fewer_parts_compile_without_a_warning() {
    let cases = [
        (
            "bearer-core",
            json!([scheme("Bearer")]),
            problem(),
            POSTGRES,
        ),
        ("open-core", json!([]), own(), NONE),
        ("open-lite-core", json!([]), envelope(), SQLITE),
        (
            "key-core",
            json!([key("X-Key", "Header")]),
            envelope(),
            SQLITE,
        ),
        ("basic-core", json!([scheme("Basic")]), listed(), NONE),
        (
            "closed-core",
            json!([scheme("Unsupported")]),
            envelope(),
            NONE,
        ),
    ];
    for (name, schemes, errors, database) in cases {
        is_clean(&service(name, schemes, errors, true), database);
    }
    errors_without_a_field_are_told(&target().join("basic-core"));
}

/// Where an error is a list of what is wrong with which field.
fn errors_without_a_field_are_told(root: &Path) {
    put(
        &root.join("tests/errors.rs"),
        include_str!("listed_errors.rs.txt"),
    );
    cargo(root, &["test", "--quiet", "--test", "errors"]);
}
