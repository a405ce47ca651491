//! Which template a file is printed from: their tree mirrors the generated project's.

/// The template of a generated project's file, below `templates/`; `None` for what is data.
pub fn template(path: &str) -> Option<String> {
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
        ["src", "crud", _] => Some("src/crud/group.rs"),
        ["src", "models", _] => Some("src/models/resource.rs"),
        ["src", "services", _] => Some("src/services/group.rs"),
        ["migrations", _, file] if file.ends_with("_idempotency_keys.sql") => {
            Some("migrations/idempotency_keys.sql")
        }
        ["migrations", _, file] if file.ends_with("_event_tables.sql") => {
            Some("migrations/events.sql")
        }
        ["migrations", ..] => Some("migrations/tables.sql"),
        ["tests", "contract", "operations", file] if file.ends_with(".rs") => {
            Some("tests/contract/group.rs")
        }
        _ => None,
    };
    let is_data = path.ends_with(".json");
    (!is_data).then(|| format!("layered/{}.j2", of_many.unwrap_or(path)))
}
