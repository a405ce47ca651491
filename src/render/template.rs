//! Which template a file is printed from: their trees mirror the generated projects'.

/// What a path is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// A package by itself.
    Package,
    /// A workspace of services.
    Workspace,
    /// One of its services; whether that shares its `core` layer with others.
    Service {
        /// It does.
        shares: bool,
    },
}

/// The template of a generated project's file, below `templates/`; `None` for what is data.
pub fn template(path: &str, within: Within) -> Option<String> {
    let template = match within {
        Within::Package => layered(path),
        Within::Service { shares } => match path {
            "Dockerfile" => "services/services/member/Dockerfile".to_owned(),
            "src/core/mod.rs" | "contract/src/core/mod.rs" if shares => {
                "services/core.rs".to_owned()
            }
            path => layered(path),
        },
        Within::Workspace => around(path)?,
    };
    (!path.ends_with(".json") && !["openapi.yaml", "requests.http"].contains(&path))
        .then(|| format!("{template}.j2"))
}

/// What surrounds the services.
fn around(path: &str) -> Option<String> {
    let parts: Vec<_> = path.split('/').collect();
    let below = |folders: usize| parts[folders..].join("/");
    Some(match parts.as_slice() {
        ["apigen.toml" | ".apigen" | ".githooks", ..] => layered(path),
        ["crates", "common", "Cargo.toml"] => "layered/contract/Cargo.toml".to_owned(),
        ["crates", "common", "src", "core", ..] => layered(&below(2)),
        ["crates", "clients", _, ..] => client(&below(3)),
        ["crates", "xtask", "examples", ..] => layered(&below(2)),
        ["services", "gateway", "Dockerfile"] => "services/services/member/Dockerfile".to_owned(),
        ["services", "gateway", "src", "core", file] if *file != "mod.rs" => layered(&below(2)),
        ["services", "gateway", ..] => format!("services/{path}"),
        ["services", .., "apigen.toml"] => "services/member.toml".to_owned(),
        ["services", ..] => return None, // its part of the document
        ["kubernetes", "base", "services", _] => {
            "services/kubernetes/base/services/service.yaml".to_owned()
        }
        _ => format!("services/{path}"),
    })
}

/// A client, beside a service or by itself.
fn client(path: &str) -> String {
    let parts: Vec<_> = path.split('/').collect();
    let path = match parts.as_slice() {
        ["src", "schemas", ..] | ["src", "core", "encode.rs"] => return layered(path),
        ["src", "operations", _, "mod.rs"] => "src/operations/group.rs",
        ["src", "operations", _, _] => "src/operations/operation.rs",
        _ => path,
    };
    format!("client/{path}")
}

/// A package, or a service like one.
fn layered(path: &str) -> String {
    let own = ["contract/Cargo.toml", "contract/src/lib.rs"];
    let below = path.strip_prefix("contract/");
    let path = below.filter(|_| !own.contains(&path)).unwrap_or(path);
    let parts: Vec<_> = path.split('/').collect();
    let of_many = match parts.as_slice() {
        [.., "mod.rs"] if parts[..2] != ["src", "operations"] || parts.len() == 3 => None,
        ["src", "operations", "security.rs"] => None,
        ["src", "operations", _, "mod.rs"] => Some("src/operations/group.rs"),
        ["src", "operations", ..] => Some("src/operations/operation.rs"),
        ["src", "schemas", _] => Some("src/schemas/file.rs"),
        ["src", "api", "v1", _] => Some("src/api/v1/group.rs"),
        ["src", "crud", "clients.rs"] => None,
        ["src", "crud", _] => Some("src/crud/group.rs"),
        ["src", "models", "credentials.rs" | "seed_rows.rs"] => None,
        ["src", "models", _] => Some("src/models/resource.rs"),
        ["src", "services", _] => Some("src/services/group.rs"),
        ["migrations", _, file] if file.ends_with("_idempotency_keys.sql") => {
            Some("migrations/idempotency_keys.sql")
        }
        ["migrations", _, file] if file.ends_with("_event_tables.sql") => {
            Some("migrations/events.sql")
        }
        ["migrations", _, file] if file.ends_with("_account_tables.sql") => {
            Some("migrations/accounts.sql")
        }
        ["deploy", _] => Some("deploy/service.service"),
        ["migrations", ..] => Some("migrations/tables.sql"),
        ["tests", "contract", "operations", file] if file.ends_with(".rs") => {
            Some("tests/contract/group.rs")
        }
        _ => None,
    };
    format!("layered/{}", of_many.unwrap_or(path))
}
