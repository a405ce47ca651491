//! What becomes of each document of the corpus, in numbers, as they were reviewed in
//! `fixtures/corpus.txt`. `UPDATE_GOLDEN=1` writes new ones; `just corpus` compiles the projects, too.

#[path = "support/counts.rs"]
mod counts;
#[path = "support/shared.rs"]
mod shared;

use std::{env, fs, path::Path, thread};

use apigen::{
    config::Config,
    lower::lower,
    model::Role,
    render::{Before, doors, render},
};

use counts::{COLUMNS, Counts};
use shared::Document;

#[test]
fn documents_come_out_as_they_were_reviewed() {
    let documents = shared::documents("corpus");
    if documents.is_empty() {
        return;
    }
    let line = |document: &Document| {
        let counts = Counts::of(document);
        vec![format!("{:<38}{counts}\n", document.name)]
    };
    let lines = each(&documents, line);
    let found = format!("{:<38}{COLUMNS}\n{}", "document", lines.concat());
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/corpus.txt");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&table, &found).expect("a file");
    }
    assert_eq!(found, fs::read_to_string(table).unwrap_or_default());
}

/// What the model calls a default is one: none is printed as an operation that nobody has written.
#[test]
fn defaults_are_implemented() {
    let unwritten = |document: &Document| {
        let (loaded, _) = document.load().expect("it loads");
        let config = Config {
            name: "service".to_owned(),
            ..Config::default()
        };
        let (service, _) = lower(&loaded, &config);
        let service = service.expect("a service");
        let files = render(&service, &loaded.own, &config, &Before::default());
        let files = files.expect("files").into_iter();
        let crud = files.filter(|file| file.path.contains("src/crud/"));
        let text: String = crud.map(|file| file.contents).collect();
        let text = text.replace(char::is_whitespace, "");
        let is_default = |role: &Role| matches!(role, Role::Crud { .. } | Role::Account { .. });
        let is_unwritten = |id: &str| {
            let id = doors::rust_literal(id).replace(char::is_whitespace, "");
            text.contains(&format!("{{Err(Error::not_implemented({id}"))
        };
        let operations = service.operations.iter();
        let unwritten = operations.filter(|o| is_default(&o.role) && is_unwritten(&o.id));
        let named = unwritten.map(|operation| format!("{} {}", document.name, operation.id));
        named.collect()
    };
    let found = each(&shared::documents("corpus"), unwritten);
    assert!(found.is_empty(), "{found:#?}");
}

/// What is found in the documents, in their order.
fn each(documents: &[Document], find: impl Fn(&Document) -> Vec<String> + Sync) -> Vec<String> {
    let find = &find;
    thread::scope(|scope| {
        let threads = documents
            .iter()
            .map(|document| scope.spawn(move || find(document)));
        let threads: Vec<_> = threads.collect();
        let found = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        found.flatten().collect()
    })
}
