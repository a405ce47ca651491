//! What tables, modules and rows are called.

use super::words::{plain, singular};
use crate::model::{
    Resource,
    name::{module_name, type_name},
};

/// Tables of our own, and those that a database has.
const TAKEN_TABLES: &[&str] = &["idempotency_keys", "_sqlx_migrations"];

/// Modules that `models/` could not have beside others.
const TAKEN_MODULES: &[&str] = &["models"];

/// The names of a resource.
pub(super) struct Names {
    pub(super) singular: String,
    pub(super) module: String,
    pub(super) type_name: String,
    pub(super) table: String,
}

/// Names for the collection that is called so, with the word before its owner where others have
/// taken its own.
pub(super) fn settle(resources: &[Resource], word: &str, owner: &str) -> Names {
    let own = plain(word);
    let long = match owner {
        "" => own.clone(),
        owner => format!("{}_{own}", singular(&plain(owner))),
    };
    let numbered = (2..).map(|number| format!("{long}_{number}"));
    let free = |name: &String| {
        let module = module_name(name);
        let table = table_name(&module);
        let taken = |other: &Resource| other.module == module || other.table == table;
        !TAKEN_MODULES.contains(&module.as_str())
            && !TAKEN_TABLES.contains(&table.as_str())
            && !table.starts_with("sqlite_")
            && !table.starts_with("pg_")
            && !resources.iter().any(taken)
    };
    let mut all = [own.clone(), long.clone()].into_iter().chain(numbered);
    let name = all.find(free).unwrap_or(long.clone());
    let module = module_name(&name);
    let singular = singular(&plain(&name));
    Names {
        type_name: type_name(&singular),
        table: table_name(&module),
        singular: singular.replace('_', " "),
        module,
    }
}

fn table_name(module: &str) -> String {
    module.trim_end_matches('_').to_owned()
}
