//! What a file is for, in a few words.

use super::template::Within;

/// The folders and files of a package, by how their paths begin; the first that fits.
const OF_PACKAGE: &[(&str, &str)] = &[
    (
        "src/api/openapi.json",
        "the contract, as `/openapi.json` answers it",
    ),
    ("src/api/events.rs", "what publishes and receives events"),
    ("src/api/", "routes and thin handlers"),
    (
        "src/operations/webhooks.rs",
        "what the service sends when something happens",
    ),
    (
        "src/operations/callbacks.rs",
        "what the service sends to who asked an operation for it",
    ),
    (
        "src/operations/",
        "the typed input and the responses of operations",
    ),
    ("src/services/mod.rs", "finds the code of each tag"),
    (
        "src/services/",
        "your code: what operations do instead of their defaults",
    ),
    (
        "src/crud/clients.rs",
        "the clients of the services that this one calls",
    ),
    (
        "src/crud/",
        "the service traits, and what operations do by default",
    ),
    ("src/models/", "rows and the SQL for them"),
    (
        "src/schemas/",
        "the types of requests and responses, read with validation",
    ),
    ("src/core/", "infrastructure that knows nothing of this API"),
    (
        "src/lib.rs",
        "puts the parts together: your state, routes and layers go here",
    ),
    ("src/main.rs", "starts the program"),
    ("migrations/", "a step of the database"),
    ("tests/contract/", "tests that the contract asks for"),
    (
        "tests/support/",
        "your arrangements for the tests of the contract",
    ),
    ("examples/token.rs", "signs tokens to try the API with"),
    (".apigen/", "what apigen remembers"),
    (".githooks/", "lets no commit pass that is not in step"),
    (".github/", "the checks that run for each push"),
    (
        ".gitattributes",
        "tells git which files are generated, and how to merge what apigen remembers",
    ),
    (".gitignore", "what git leaves out"),
    (".dockerignore", "what images leave out"),
    (".env.example", "all settings, to be copied to `.env`"),
    (
        "openapi.yaml",
        "the document that the resource spec stands for",
    ),
    (
        "requests.http",
        "a request for each operation, to be sent from an editor",
    ),
    ("Cargo.toml", "the package and what it depends on"),
    ("Dockerfile", "makes the image"),
    ("compose.yaml", "runs it in containers"),
    ("deploy/", "runs it below systemd"),
    ("README.md", "where a reader begins"),
    ("apigen.toml", "what was chosen of apigen's options"),
];

/// The same of what surrounds the services of a workspace.
const OF_WORKSPACE: &[(&str, &str)] = &[
    (
        ".cargo/config.toml",
        "the short names `cargo xtask` and `cargo token`",
    ),
    (
        ".github/affected.sh",
        "tells which packages a change concerns, so that CI builds no others",
    ),
    (
        "Cargo.toml",
        "the packages of the workspace, and how they are built",
    ),
    ("compose.override.yaml", "your changes of `compose.yaml`"),
    (
        "compose.yaml",
        "runs the services, their databases and the gateway in containers",
    ),
    (
        "crates/common/Cargo.toml",
        "the package that services share",
    ),
    ("crates/common/", "the infrastructure that services share"),
    (
        "crates/xtask/",
        "`cargo xtask`: builds and starts the services and the gateway on this machine",
    ),
    ("justfile", "short names for what is done every day"),
    (
        "kubernetes/overlays/",
        "what one cluster has otherwise: yours to change",
    ),
    (
        "kubernetes/base/services/",
        "how a cluster runs one of the programs",
    ),
    (
        "kubernetes/base/",
        "what a cluster needs around the programs",
    ),
    ("services/gateway/Cargo.toml", "the package of the gateway"),
    (
        "services/gateway/Dockerfile",
        "makes the image of the gateway",
    ),
    (
        "services/gateway/README.md",
        "how the gateway works, and its settings",
    ),
    (
        "services/gateway/src/openapi.json",
        "the whole contract, as `/openapi.json` answers it",
    ),
    (
        "services/gateway/src/routes.rs",
        "which service each path belongs to, and its limits",
    ),
    (
        "services/gateway/src/proxy/",
        "hands requests to the services, and their answers back",
    ),
    (
        "services/gateway/src/core/",
        "infrastructure that the gateway shares with the services",
    ),
    (
        "services/gateway/tests/",
        "tests of the gateway, before services that misbehave",
    ),
    ("services/gateway/", "the one address that clients know"),
];

/// What a file is for.
pub fn purpose(path: &str, within: Within) -> Option<&'static str> {
    let of = |rows: &[(&str, &'static str)], path: &str| {
        let mut rows = rows.iter();
        let row = rows.find(|(start, _)| path.starts_with(start) && is_whole(path, start));
        row.map(|(_, purpose)| *purpose)
    };
    let below = path.strip_prefix("contract/");
    if within != Within::Workspace {
        return match below {
            Some("Cargo.toml") => Some("the package of the generated layers"),
            Some("src/lib.rs") => Some("the generated layers as a crate"),
            _ => of(OF_PACKAGE, below.unwrap_or(path)),
        };
    }
    let parts: Vec<_> = path.split('/').collect();
    match parts.as_slice() {
        ["crates", "clients", ..] => Some("a typed client, by which services call this one"),
        ["services", folder, .., "apigen.toml"] if *folder != "gateway" => {
            Some("what the workspace chose for the service")
        }
        ["services", folder, ..] if *folder != "gateway" => {
            Some("the service's part of the contract")
        }
        _ => of(OF_WORKSPACE, path).or_else(|| of(OF_PACKAGE, path)),
    }
}

/// A file is meant by its whole path, a folder with all that is in it.
fn is_whole(path: &str, start: &str) -> bool {
    path == start || start.ends_with('/')
}
