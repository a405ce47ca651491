//! The table of output files, and how each is finished.

use std::borrow::Cow;

use askama::Template;
use serde_json::{Map, Value};

use crate::config::{Config, Database};
use crate::model::{Group, GroupId, ResourceId, Service};

use super::{
    Before, File, Imprint, Known, Ownership, api, calls, contract,
    core::{self, Needs},
    crud, doors, events, format, known, migrations, models, operations, outgoing, schemas,
    settings, shell, streams,
};

/// What every view reads.
#[derive(Clone, Copy)]
pub(super) struct Project<'a> {
    pub(super) service: &'a Service,
    pub(super) config: &'a Config,
    /// The user's own document: what `/openapi.json` answers.
    pub(super) own: &'a serde_json::Value,
    /// The project as it stands.
    pub(super) before: &'a Before,
    /// The folder of the package that is printed, with its slash; empty where that is the project.
    pub(super) folder: &'a str,
    /// What brings it up to date.
    pub(super) command: &'a str,
}

/// Prints a file: its template over its view.
type Print<'a> = Box<dyn Fn() -> askama::Result<String> + Send + Sync + 'a>;

/// A file that is yet to be printed.
pub(super) struct Entry<'a> {
    path: String,
    ownership: Ownership,
    finish: Finish,
    print: Print<'a>,
}

/// What happens to the text that a template printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finish {
    /// `prettyplease` formats it, and the header tells whose it is.
    Formatted,
    /// Its template prints it as it should look, but for its imports; with the header.
    Arranged,
    /// It is printed as `rustfmt` wants it, since users' `cargo fmt` meets it; with the header.
    Headed,
    /// It is Rust that must parse, and stays as it is.
    Parsed,
    /// It stays as it is.
    Plain,
}

/// The folder of the crate with the generated layers, in a big project.
pub const LAYERS: &str = "contract/";

/// There are more operations than an edit of a service should rebuild.
pub fn is_big(service: &Service) -> bool {
    const BIG: usize = 150;
    service.operations.len() > BIG
}

/// Every file of the project.
///
/// # Errors
/// A migration cannot be printed, which is a bug of ours.
pub(super) fn table<'a>(project: Project<'a>) -> askama::Result<Vec<Entry<'a>>> {
    let mut files = Vec::new();
    files.extend(layers(project));
    files.extend(defaults_and_tables(project)?);
    files.extend(core::table(project));
    files.extend(shell::table(project));
    files.extend(contract::table(project));
    files.extend(settings::table(project));
    files.extend(expanded(project));
    files.extend(spec_schema(project));
    files.extend(requests(project));
    Ok(files)
}

/// `schemas`, `operations`, `api` and `services`.
fn layers<'a>(project: Project<'a>) -> Vec<Entry<'a>> {
    let service = project.service;
    let mut files = vec![
        Entry::layer(project, "schemas/mod.rs", || {
            schemas::Modules::new(service).render()
        }),
        Entry::layer(project, "operations/mod.rs", || {
            operations::Root::new(service).render()
        }),
        Entry::layer(project, "api/mod.rs", move || {
            let has_events = project.has_events();
            api::Root { has_events }.render()
        }),
        Entry::layer(project, "api/openapi.json", move || openapi(project)),
        Entry::layer(project, "api/v1/mod.rs", || {
            api::Modules::new(service).render()
        }),
        Entry::generated("src/services/mod.rs", move || {
            api::Services::new(project).render()
        }),
    ];
    files.extend(calls::table(project));
    files.extend(outgoing::table(project));
    for types in service.types.chunk_by(|a, b| a.module == b.module) {
        let path = format!("schemas/{}.rs", types[0].module);
        let print = || schemas::File::new(service, types)?.render();
        files.push(Entry::layer(project, path, print));
    }
    for (index, group) in service.groups.iter().enumerate() {
        let (id, module) = (GroupId(index), &group.module);
        let path = format!("operations/{module}/mod.rs");
        let print = move || operations::Modules::new(service, id).render();
        files.push(Entry::layer(project, path, print));
        let path = format!("api/v1/{module}.rs");
        let print = move || api::Routes::new(project, id).render();
        files.push(Entry::layer(project, path, print));
    }
    for group in project.services() {
        files.push(Entry::written(
            api::path(group),
            Ownership::Scaffolded,
            move || {
                let is_events = events::group(service) == Some(group);
                match streams::scaffold(project, group)? {
                    Some(scaffold) => Ok(scaffold),
                    None => api::Scaffold { group, is_events }.render(),
                }
            },
        ));
    }
    for operation in &service.operations {
        let module = &service[operation.group].module;
        let path = format!("operations/{module}/{}.rs", operation.name);
        let print = || operations::File::new(service, operation).render();
        files.push(Entry::layer(project, path, print));
    }
    files
}

/// `crud`, `models` and `migrations`.
fn defaults_and_tables<'a>(project: Project<'a>) -> askama::Result<Vec<Entry<'a>>> {
    let (service, database) = (project.service, project.config.database);
    let mut files = vec![Entry::layer(project, "crud/mod.rs", move || {
        crud::Index::new(project).render()
    })];
    for (index, group) in service.groups.iter().enumerate() {
        let path = format!("crud/{}.rs", group.module);
        let print = move || crud::group(project, GroupId(index));
        files.push(Entry::layer(project, path, print));
    }
    if database == Database::None {
        return Ok(files);
    }
    if let Some(events) = &service.events {
        files.extend(events::table(project, events));
    }
    let root = if project.is_big() {
        "../../../"
    } else {
        "../../"
    };
    let is_of = (database, project.needs().seeds);
    let index = move || models::index(service, project.before, is_of, root);
    files.push(Entry::layer(project, "models/mod.rs", index));
    for (index, resource) in service.resources.iter().enumerate() {
        let path = format!("models/{}.rs", resource.module);
        let print = move || models::resource(service, ResourceId(index), project.config.database);
        files.push(Entry::layer(project, path, print));
    }
    if let Some(accounts) = &service.accounts {
        let print = move || models::credentials::file(service, accounts, database);
        files.push(Entry::layer(project, "models/credentials.rs", print));
    }
    if !service.seeds.is_empty() {
        let has_accounts = project.needs().accounts;
        let print = move || models::seeds::file(service, database, has_accounts);
        files.push(Entry::layer(project, "models/seed_rows.rs", print));
    }
    let folder = migrations::folder(database);
    for migration in migrations::planned(service, project.before, database)? {
        let path = format!("{folder}/{}", migration.file);
        let print = move || Ok(migration.sql.clone());
        files.push(Entry::written(path, Ownership::Appended, print));
    }
    Ok(files)
}

/// The user's own document, as `/openapi.json` answers it: without the rows to begin with, which
/// are for developers alone, and their passwords.
pub(super) fn openapi(project: Project<'_>) -> askama::Result<String> {
    let mut own = Cow::Borrowed(project.own);
    let is_seeded = |said: &Value| said.get("seed").is_some();
    let said = own.get(RESOURCES).and_then(Value::as_object);
    if said.is_some_and(|said| said.values().any(is_seeded)) {
        let said = own.to_mut()[RESOURCES].as_object_mut();
        for said in said.into_iter().flat_map(Map::values_mut) {
            said.as_object_mut().map(|said| said.shift_remove("seed"));
        }
    }
    let json = serde_json::to_string_pretty(&own).map_err(askama::Error::custom)?;
    Ok(json + "\n")
}

/// What documents say of their collections.
const RESOURCES: &str = "x-apigen-resources";

/// A request for each operation; a workspace has it once, for all its services.
pub(super) fn requests<'a>(project: Project<'a>) -> Option<Entry<'a>> {
    let print = move || Ok(contract::requests(project.service, project.command));
    let is_wanted = project.config.workspace.is_none();
    is_wanted.then(|| Entry::generated("requests.http", print))
}

/// Where the document of a resource spec is kept.
pub(super) const EXPANDED: &str = "openapi.yaml";

/// Where editors find what may stand in a resource spec, from the folder of the spec.
pub const SPEC_SCHEMA: &str = ".apigen/resource-spec.schema.json";

/// What that file holds.
pub const SPEC_SCHEMA_TEXT: &str = include_str!("../../docs/resource-spec.schema.json");

/// What editors check a resource spec by.
pub(super) fn spec_schema<'a>(project: Project<'a>) -> Option<Entry<'a>> {
    let print = || Ok(SPEC_SCHEMA_TEXT.to_owned());
    let is_wanted = project.service.is_expanded;
    is_wanted.then(|| Entry::generated(SPEC_SCHEMA, print))
}

/// The document that a resource spec stands for, unless the spec itself has that name. What writes
/// YAML from data escapes it.
pub(super) fn expanded<'a>(project: Project<'a>) -> Option<Entry<'a>> {
    let spec = project.config.spec.as_str();
    let print = move || {
        let yaml = serde_yaml::to_string(project.own).map_err(askama::Error::custom)?;
        let (spec, command) = (doors::one_line(spec), project.command);
        Ok(format!(
            "# @generated by apigen from {spec}; edit that and run {command}\n{yaml}"
        ))
    };
    let is_wanted = project.service.is_expanded && spec != EXPANDED;
    is_wanted.then(|| Entry::generated(EXPANDED, print))
}

impl<'a> Entry<'a> {
    /// A generated file of a layer; `path` starts below `src/`. Big projects have these layers in a
    /// library of their own.
    pub(super) fn layer(
        project: Project<'a>,
        path: impl AsRef<str>,
        print: impl Fn() -> askama::Result<String> + Send + Sync + 'a,
    ) -> Self {
        let path = format!(
            "{}{}src/{}",
            project.folder,
            project.layers(),
            path.as_ref()
        );
        let is_rust = path.ends_with(".rs");
        let finish = if is_rust {
            Finish::Formatted
        } else {
            Finish::Plain
        };
        Self::new(path, Ownership::Generated, finish, print)
    }

    /// A file of a layer whose template prints it as it should look, but for its imports.
    pub(super) fn arranged(
        project: Project<'a>,
        path: &str,
        print: impl Fn() -> askama::Result<String> + Send + Sync + 'a,
    ) -> Self {
        let path = format!("{}{}src/{path}", project.folder, project.layers());
        Self::new(path, Ownership::Generated, Finish::Arranged, print)
    }

    /// A generated file outside the layers that `prettyplease` formats.
    pub(super) fn formatted(
        path: impl Into<String>,
        print: impl Fn() -> askama::Result<String> + Send + Sync + 'a,
    ) -> Self {
        Self::new(path.into(), Ownership::Generated, Finish::Formatted, print)
    }

    /// A generated file whose template prints it as `rustfmt` would.
    pub(super) fn generated(
        path: impl Into<String>,
        print: impl Fn() -> askama::Result<String> + Send + Sync + 'a,
    ) -> Self {
        let path = path.into();
        let is_rust = path.ends_with(".rs");
        let finish = if is_rust {
            Finish::Headed
        } else {
            Finish::Plain
        };
        Self::new(path, Ownership::Generated, finish, print)
    }

    /// A file that is not ours to regenerate; if it is Rust, printed as `rustfmt` would.
    pub(super) fn written(
        path: impl Into<String>,
        ownership: Ownership,
        print: impl Fn() -> askama::Result<String> + Send + Sync + 'a,
    ) -> Self {
        let path = path.into();
        let is_rust = path.ends_with(".rs");
        let finish = if is_rust {
            Finish::Parsed
        } else {
            Finish::Plain
        };
        Self::new(path, ownership, finish, print)
    }

    fn new(
        path: String,
        ownership: Ownership,
        finish: Finish,
        print: impl Fn() -> askama::Result<String> + Send + Sync + 'a,
    ) -> Self {
        let print = Box::new(print);
        Self {
            path,
            ownership,
            finish,
            print,
        }
    }

    /// The file itself; with what was printed for it, where it is formatted.
    ///
    /// # Errors
    /// It is Rust and does not parse.
    pub(super) fn file(
        self,
        project: Project<'_>,
        known: Known<'_>,
    ) -> anyhow::Result<(File, Option<Imprint>)> {
        let mut printed = (self.print)()?;
        if !printed.ends_with('\n') {
            printed.push('\n');
        }
        let (contents, imprint) = match self.finish {
            Finish::Plain => (printed, None),
            _ => {
                let digest = known::digest(&[&project.config.spec, &printed]);
                let contents = match known.formatted(&self.path, &digest) {
                    Some(contents) => contents,
                    None => self.finished(project, printed)?,
                };
                let imprint = Imprint::new(digest, &contents);
                (contents, Some(imprint))
            }
        };
        let (path, ownership) = (self.path, self.ownership);
        let file = File {
            path,
            contents,
            ownership,
        };
        Ok((file, imprint))
    }

    fn finished(&self, project: Project<'_>, printed: String) -> anyhow::Result<String> {
        Ok(match self.finish {
            Finish::Formatted => project.head(&format::rust(&self.path, &printed)?),
            Finish::Arranged => project.head(&format::imports(&self.path, &printed)?),
            Finish::Headed => {
                format::check(&self.path, &printed)?;
                project.head(&printed)
            }
            Finish::Parsed => {
                format::check(&self.path, &printed)?;
                printed
            }
            Finish::Plain => printed,
        })
    }
}

impl<'a> Project<'a> {
    /// The service has events, and a database to keep them.
    pub(super) fn has_events(self) -> bool {
        self.service.events.is_some() && self.config.database != Database::None
    }

    /// What the user's code implements a trait for: the groups of operations, and the events that
    /// the service hears of.
    pub(super) fn services(self) -> Vec<&'a Group> {
        let events = self.has_events().then(|| events::group(self.service));
        self.service.groups.iter().chain(events.flatten()).collect()
    }
}

impl Project<'_> {
    /// The generated layers are a library crate of the project.
    pub(super) fn is_big(&self) -> bool {
        self.before.is_big.unwrap_or_else(|| is_big(self.service))
    }

    /// The folder of the crate with the generated layers, with its slash.
    pub(super) fn layers(&self) -> &'static str {
        if self.is_big() { LAYERS } else { "" }
    }

    /// What the service needs, or where it shares its `core`, all those together that do.
    pub(super) fn needs(&self) -> Needs {
        Needs::of(self.sharing(), self.config.database).chosen(self.config)
    }

    /// The service whose `core` this is; with all those that it is shared with.
    pub(super) fn sharing(&self) -> &Service {
        let common = self.before.common.as_ref();
        common.map_or(self.service, |common| &common.service)
    }

    /// The package of that crate, where there is one.
    pub(super) fn layers_package(&self) -> Option<String> {
        let package = &self.service.package;
        self.is_big().then(|| format!("{package}-contract"))
    }

    /// The text with the first line of every generated file of Rust.
    fn head(&self, text: &str) -> String {
        let spec = self.config.spec.rsplit('/').next().unwrap_or_default();
        let spec = doors::one_line(spec);
        let gap = if text.starts_with("//!") { "" } else { "\n" };
        format!(
            "// @generated by apigen from {spec}; edit the spec and run {}\n{gap}{text}",
            self.command
        )
    }
}
