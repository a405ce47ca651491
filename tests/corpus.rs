//! What becomes of each document of the corpus, in numbers, as they were reviewed in
//! `fixtures/corpus.txt`. `UPDATE_GOLDEN=1` writes new ones; `just corpus` compiles the projects, too.

#[path = "support/counts.rs"]
mod counts;
#[path = "support/shared.rs"]
mod shared;

use std::{env, fs, path::Path, thread};

use counts::{COLUMNS, Counts};
use shared::Document;

#[test]
fn documents_come_out_as_they_were_reviewed() {
    let documents = shared::documents("corpus");
    if documents.is_empty() {
        return;
    }
    let line = |document: &Document| {
        let counts = Counts::of(&document.path, &document.root);
        format!("{:<38}{counts}\n", document.name)
    };
    let lines = thread::scope(|scope| {
        let threads = documents
            .iter()
            .map(|document| scope.spawn(|| line(document)));
        let threads: Vec<_> = threads.collect();
        let lines = threads
            .into_iter()
            .map(|thread| thread.join().expect("a line"));
        lines.collect::<String>()
    });
    let found = format!("{:<38}{COLUMNS}\n{lines}", "document");
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/corpus.txt");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&table, &found).expect("a file");
    }
    assert_eq!(found, fs::read_to_string(table).unwrap_or_default());
}
