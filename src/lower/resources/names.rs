//! What tables, modules and rows are called.

use super::{
    Held, accounts,
    candidates::Candidate,
    said,
    words::{plain, singular},
};
use crate::model::{
    Resource, Service,
    name::{module_name, type_name},
};

/// Tables of our own, and those that a database has.
const TAKEN_TABLES: &[&str] = &[
    "idempotency_keys",
    "_sqlx_migrations",
    "_seeds",
    "_counted",
    "event_outbox",
    "event_inbox",
    "event_bus",
    "account_credentials",
    "account_sessions",
];

/// Modules that `models/` could not have beside others.
const TAKEN_MODULES: &[&str] = &["models", "seed_rows"];

/// The module of passwords and sessions, where users have accounts.
const CREDENTIALS: &str = "credentials";

/// The names of a resource.
pub(super) struct Names {
    pub(super) singular: String,
    pub(super) module: String,
    pub(super) type_name: String,
    pub(super) table: String,
}

/// Names for a collection: those that it had, else by the last word of its path, and where others
/// have taken that, by as many of the words before it as it needs.
pub(super) fn settle(
    service: &Service,
    resources: &[Resource],
    candidate: &Candidate<'_>,
    held: &Held<'_>,
) -> Names {
    let taken = |module: &str, table: &str| {
        let is_other = |other: &Resource| other.module == module || other.table == table;
        resources.iter().any(is_other)
    };
    let known = held.table(service, candidate);
    if let Some(known) = known.filter(|known| !taken(&known.module, &known.table)) {
        return Names {
            singular: known.singular.clone(),
            module: known.module.clone(),
            type_name: known.type_name.clone(),
            table: known.table.clone(),
        };
    }
    let words = path_words(&candidate.path);
    let said = said::of(&service.said, candidate).and_then(|said| said.name.as_deref());
    let longer = (0..words.len()).rev().map(|from| words[from..].join("_"));
    let longer = said.map(plain).into_iter().chain(longer);
    let numbered = (2..).map(|number| format!("{}_{number}", words.join("_")));
    let has_accounts = accounts::operations(service).next().is_some();
    let free = |name: &String| {
        let module = module_name(name);
        let table = table_name(&module);
        !TAKEN_MODULES.contains(&module.as_str())
            && (module != CREDENTIALS || !has_accounts)
            && !TAKEN_TABLES.contains(&table.as_str())
            && !table.starts_with("sqlite_")
            && !table.starts_with("pg_")
            && !held.is_given(&module)
            && !held.is_given(&table)
            && !taken(&module, &table)
    };
    let name = longer.chain(numbered).find(free).unwrap_or_default();
    let module = module_name(&name);
    let singular = singular(&plain(&name));
    Names {
        type_name: type_name(&singular) + "Row",
        table: table_name(&module),
        singular: singular.replace('_', " "),
        module,
    }
}

/// `/repos/{owner}/{repo}/pulls/comments` is `owner repo pull comments`: a parameter stands for the
/// word before it only where there is none.
fn path_words(path: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut named = false;
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let parameter = segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        if parameter.is_none() || !named {
            let word = plain(parameter.unwrap_or(segment));
            words.push(if word.is_empty() {
                "items".to_owned()
            } else {
                word
            });
        }
        named = parameter.is_none();
    }
    let last = words.len().saturating_sub(1);
    for word in &mut words[..last] {
        *word = singular(word);
    }
    words
}

fn table_name(module: &str) -> String {
    module.trim_end_matches('_').to_owned()
}
