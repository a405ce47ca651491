//! `Cargo.toml`, of a project and of the crates with its layers.

use askama::Template;

use super::{
    calls,
    core::Needs,
    dependencies::{self, Lines},
    doors,
    files::Project,
    views::views,
};

/// The manifest of a crate that holds generated layers.
#[derive(Template)]
#[template(path = "layered/contract/Cargo.toml.j2")]
pub(super) struct LayersCargoFile {
    pub(super) name: String,
    pub(super) dependencies: Lines,
    pub(super) common: Option<CommonLine>,
    pub(super) clients: Vec<calls::Line>,
}

views! {
    /// The manifest of a project.
    CargoFile "layered/Cargo.toml.j2" {
        package: String,
        dependencies: Lines,
        layers: Option<String>,
        common: Option<CommonLine>,
        clients: Vec<calls::Line>,
        is_member: bool,
        has_passwords: bool,
    }
}

/// The dependency on the crate that services share, in TOML.
#[derive(Clone)]
pub(super) struct CommonLine {
    name: String,
    path: String,
}

/// That of a project.
pub(super) fn of_package(project: Project<'_>) -> impl Template {
    CargoFile {
        package: doors::toml_literal(&project.service.package),
        dependencies: dependencies::program(dependencies_of(project)),
        layers: project.layers_package(),
        common: common_line(project, ""),
        clients: calls::lines(project, ""),
        is_member: project.config.workspace.is_some(),
        has_passwords: project.service.keeps_passwords(),
    }
}

/// That of the crate with its layers.
pub(super) fn of_layers(project: Project<'_>, name: String) -> impl Template {
    let mut dependencies = dependencies_of(project);
    let has_core = project.before.common.is_none();
    // Services need it, and what sends traces.
    dependencies.retain(|(name, _)| *name != "async-trait" || has_core && project.needs().traces);
    LayersCargoFile {
        name,
        dependencies,
        common: common_line(project, "../"),
        clients: calls::lines(project, "../"),
    }
}

/// The dependency on the crate that has `core`, where that is shared; `up` leads to the service.
fn common_line(project: Project<'_>, up: &str) -> Option<CommonLine> {
    let common = project.before.common.as_ref()?;
    Some(CommonLine {
        name: common.package.clone(),
        path: doors::toml_literal(&format!("{up}{}", common.path)),
    })
}

/// The dependencies of the project's own code.
fn dependencies_of(project: Project<'_>) -> Lines {
    let needs = Needs::of(project.service, project.config.database).chosen(project.config);
    dependencies::service(needs, project.before.common.is_none())
}
