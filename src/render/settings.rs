//! `apigen.toml`.

use askama::Template;

use super::{
    Ownership, doors,
    files::{Entry, Project},
};

#[derive(Template)]
#[template(path = "layered/apigen.toml.j2")]
struct Settings {
    apigen: Option<String>,
    name: String,
    spec: String,
    database: String,
    errors: String,
}

#[derive(Template)]
#[template(path = "layered/.apigen/.gitignore.j2")]
struct Ignored;

/// The file that holds the user's choices, and the one that hides what is of one machine only.
pub(super) fn table(project: Project<'_>) -> Vec<Entry<'_>> {
    let config = project.config;
    let print = || {
        Settings {
            apigen: config.apigen.map(|v| doors::toml_literal(&v.to_string())),
            name: doors::toml_literal(&config.name),
            spec: doors::toml_literal(&config.spec),
            database: doors::toml_literal(config.database.as_str()),
            errors: doors::toml_literal(config.errors.as_str()),
        }
        .render()
    };
    let ignored = || Ignored.render();
    vec![
        Entry::written("apigen.toml", Ownership::Scaffolded, print),
        Entry::written(".apigen/.gitignore", Ownership::Generated, ignored),
    ]
}
