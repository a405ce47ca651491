//! The generated project's `tests/contract/`: what the document promises, as cases that a small
//! runner sends to the service. The cases are data (JSON), so that they compile in no time.

mod accounts;
mod arrange;
mod beside;
mod cases;
mod credentials;
mod effects;
mod fresh;
mod http;
mod http_order;
mod http_people;
mod places;
mod probes;
mod rejects;
mod request;
mod rules;
mod sent;
mod shape;
mod transitions;
mod walk;
mod wire;

pub(super) use self::http::requests;

use askama::Template;
use serde_json::{Map, Value};

use super::{
    Ownership,
    core::Needs,
    doors,
    files::{Entry, Project},
    models,
};
use crate::{
    config::Database,
    model::{Group, GroupId, SchemeKind, Service},
};

#[derive(Template)]
#[template(path = "layered/tests/contract/main.rs.j2")]
struct Main<'a> {
    groups: &'a [Group],
    has_accounts: bool,
    has_sent: bool,
}

#[derive(Template)]
#[template(path = "layered/tests/contract/group.rs.j2")]
struct GroupTests<'a> {
    group: &'a Group,
    operations: Vec<Line<'a>>,
}

/// One test function.
struct Line<'a> {
    id: String,
    name: &'a str,
    about: String,
}

#[derive(Template)]
#[template(path = "layered/tests/contract/service.rs.j2")]
struct Start<'a> {
    krate: &'a str,
    is_postgres: bool,
    is_sqlite: bool,
    has_bearer: bool,
    /// Callers are known by UUIDs.
    has_subjects: bool,
    has_basic: bool,
    /// The settings that list API keys, by the names of their schemes.
    keys: Vec<(String, String)>,
    settings: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "layered/tests/support/mod.rs.j2")]
struct Support<'a> {
    krate: &'a str,
}

/// What reads numbers as the project does.
macro_rules! numbers {
    ($($name:ident $file:literal;)*) => {$(
        #[derive(Template)]
        #[template(path = $file)]
        struct $name<'a> {
            krate: &'a str,
            needs: Needs,
        }
    )*};
}

numbers! {
    ClientFile "layered/tests/contract/client.rs.j2";
    ConformFile "layered/tests/contract/conform.rs.j2";
}

#[derive(Template)]
#[template(path = "layered/tests/contract/lists.rs.j2")]
struct ListsFile {
    needs: Needs,
}

/// What is the same in every project.
macro_rules! fixed {
    ($($name:ident $file:literal;)*) => {$(
        #[derive(Template)]
        #[template(path = $file)]
        struct $name;
    )*};
}

fixed! {
    AccountsFile "layered/tests/contract/accounts.rs.j2";
    CaseFile "layered/tests/contract/case.rs.j2";
    FreshFile "layered/tests/contract/fresh.rs.j2";
    RemoteFile "layered/tests/contract/remote.rs.j2";
    RulesFile "layered/tests/contract/rules.rs.j2";
    RunFile "layered/tests/contract/run.rs.j2";
}

/// The files below `tests/`.
pub(super) fn table<'a>(project: Project<'a>) -> Vec<Entry<'a>> {
    let service = project.service;
    let (krate, needs) = (service.krate.as_str(), project.needs());
    let groups = service.groups.as_slice();
    let accounts = service.accounts.as_ref();
    let sent = sent::table(project);
    let has_sent = sent.is_some();
    let mut files = vec![
        Entry::generated("tests/contract/main.rs", move || {
            let has_accounts = accounts.is_some();
            Main {
                groups,
                has_accounts,
                has_sent,
            }
            .render()
        }),
        Entry::formatted("tests/contract/case.rs", || CaseFile.render()),
        Entry::formatted("tests/contract/client.rs", move || {
            ClientFile { krate, needs }.render()
        }),
        Entry::formatted("tests/contract/conform.rs", move || {
            ConformFile { krate, needs }.render()
        }),
        Entry::formatted("tests/contract/fresh.rs", || FreshFile.render()),
        Entry::formatted("tests/contract/lists.rs", move || {
            ListsFile { needs }.render()
        }),
        Entry::formatted("tests/contract/remote.rs", || RemoteFile.render()),
        Entry::formatted("tests/contract/rules.rs", || RulesFile.render()),
        Entry::formatted("tests/contract/run.rs", || RunFile.render()),
        Entry::formatted("tests/contract/service.rs", move || start(project).render()),
        Entry::generated("tests/contract/types.json", move || {
            Ok(shape::types(service))
        }),
        Entry::written("tests/support/mod.rs", Ownership::Scaffolded, move || {
            Support { krate }.render()
        }),
    ];
    if let Some(accounts) = accounts {
        files.push(Entry::formatted("tests/contract/accounts.rs", || {
            AccountsFile.render()
        }));
        files.push(Entry::generated(
            "tests/contract/accounts.json",
            move || Ok(pretty(&accounts::operations(service, accounts))),
        ));
    }
    files.extend(sent);
    for (index, group) in groups.iter().enumerate() {
        let (id, module) = (GroupId(index), &group.module);
        files.push(Entry::formatted(
            format!("tests/contract/operations/{module}.rs"),
            move || {
                let operations = service.operations_of(id).map(|(_, operation)| Line {
                    id: doors::rust_literal(&operation.id),
                    name: &operation.name,
                    about: doors::comment(
                        &format!("`{} {}`", operation.method.as_str(), operation.path),
                        0,
                    ),
                });
                let operations = operations.collect();
                GroupTests { group, operations }.render()
            },
        ));
        files.push(Entry::generated(
            format!("tests/contract/operations/{module}.json"),
            move || Ok(cases(service, id)),
        ));
    }
    files
}

fn start(project: Project<'_>) -> Start<'_> {
    let mut settings = credentials::settings(project.sharing());
    if project.needs().events {
        settings.push(("EVENTS".to_owned(), "false".to_owned()));
    }
    Start {
        krate: &project.service.krate,
        is_postgres: project.config.database == Database::Postgres,
        is_sqlite: project.config.database == Database::Sqlite,
        has_subjects: project.sharing().resources.iter().any(|resource| {
            models::sight::Subject::of(resource) == Some(models::sight::Subject::Uuid)
        }),
        has_bearer: credentials::has(project.service, &SchemeKind::Bearer),
        has_basic: credentials::has(project.service, &SchemeKind::Basic),
        keys: credentials::keys(project.sharing()),
        settings,
    }
}

fn cases(service: &Service, group: GroupId) -> String {
    let case = |id| serde_json::to_value(cases::case(service, id)).unwrap_or_default();
    let operations = service.operations_of(group);
    let all: Map<String, Value> = operations
        .map(|(id, operation)| (operation.id.clone(), case(id)))
        .collect();
    pretty(&Value::Object(all))
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
