//! `apigen.toml`.

use askama::Template;

use super::{
    Ownership, doors,
    files::{Entry, Project},
};
use crate::config::{Config, Layout, State, Traces};

#[derive(Template)]
#[template(path = "layered/apigen.toml.j2")]
pub(super) struct Settings {
    apigen: Option<String>,
    name: String,
    spec: String,
    spec_root: Option<String>,
    overlays: Vec<String>,
    is_workspace: bool,
    shared: &'static str,
    database: String,
    errors: String,
    has_redis: bool,
    has_traces: bool,
    has_tls: bool,
}

impl Settings {
    /// The choices as a text.
    pub(super) fn of(config: &Config) -> Self {
        Self {
            apigen: config.apigen.map(|v| doors::toml_literal(&v.to_string())),
            name: doors::toml_literal(&config.name),
            spec: doors::toml_literal(&config.spec),
            spec_root: config.spec_root.as_deref().map(doors::toml_literal),
            overlays: config
                .overlays
                .iter()
                .map(|path| doors::toml_literal(path))
                .collect(),
            is_workspace: config.layout == Layout::Services,
            shared: config.shared.as_str(),
            database: doors::toml_literal(config.database.as_str()),
            errors: doors::toml_literal(config.errors.as_str()),
            has_redis: config.state == State::Redis,
            has_traces: config.traces == Traces::Otlp,
            has_tls: config.tls,
        }
    }
}

/// An `apigen.toml` with these choices.
///
/// # Errors
/// It cannot be printed, which is a bug of ours.
pub fn text(config: &Config) -> askama::Result<String> {
    let mut text = Settings::of(config).render()?;
    text.push('\n');
    Ok(text)
}

#[derive(Template)]
#[template(path = "layered/.apigen/.gitignore.j2")]
pub(super) struct Ignored;

/// The file that holds the user's choices, and the one that hides what is of one machine only.
pub(super) fn table(project: Project<'_>) -> Vec<Entry<'_>> {
    let config = project.config;
    let ignored = || Ignored.render();
    let ignored = Entry::written(".apigen/.gitignore", Ownership::Generated, ignored);
    if config.workspace.is_some() {
        return vec![ignored]; // its choices are made in the workspace
    }
    let print = || Settings::of(config).render();
    let choices = Entry::written("apigen.toml", Ownership::Scaffolded, print);
    vec![choices, ignored]
}
