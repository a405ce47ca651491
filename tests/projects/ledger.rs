//! What a document says of rows: unique keys, references, callers, versions, soft deletion. The
//! generated tests must hold it and notice what breaks it; what needs several callers at once, or a
//! look into the database, is tried here.

use std::{collections::BTreeSet, fs, io::Write, thread};

use crate::project::{
    Database, NO_LIMIT, Project, SECRET, Server, apigen, databases, fixture, speak_german,
};
use serde_json::{Value, json};

/// Tokens of two callers, and of one whose subject is no UUID; valid for years, signed with [`SECRET`].
const ANNA: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwYWEiLCJleHAiOjQxMDI0NDQ4MDB9.1buZPvVZKhUOBSUG7CL_yUoUiAZWTwpj7wHncqC5mFo";
const BERT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwYmIiLCJleHAiOjQxMDI0NDQ4MDB9.m94PqmQLMfCxH7PZwBb6AJHcSSMHPNkS7oSRDn0ncDQ";
const NOBODY: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJub2JvZHkiLCJleHAiOjQxMDI0NDQ4MDB9.QhgTVKrY_X7Dlem1IcsPSrl_OsLiHTj3TF-VmvCstj0";

/// How many callers change a row at once, and how often.
const WRITERS: usize = 8;
const ROUNDS: i64 = 12;

#[test]
fn rows_keep_their_rules() {
    for database in databases() {
        let project = Project::new("ledger", &fixture("ledger.yaml"), database);
        project.chooses("errors = \"envelope\"", "errors = \"problem\"");
        if database == Database::Sqlite {
            whose_rows_are_may_be_said_beside_the_document(&project);
        }
        speak_german(&project.root);
        project.is_sound();
        let settings = [NO_LIMIT, &[("JWT_SECRET", SECRET)]].concat();
        let server = project.serve(&settings);
        let book = a_book(&server);
        no_change_is_lost(&server, &book);
        nobody_else_sees_it(&server, &book);
        no_number_is_given_twice(&server);
        numbers_below_an_owner_have_no_gaps(&server);
        it_speaks_german(&server);
        deleted_rows_stay_unseen(&server, &book);
        let requests = project.root.join("requests.http");
        let sent = crate::requests::all_are_answered(&server, &requests, &[("token", ANNA)]);
        assert_eq!(sent, 27);
        drop(server);
        project.keeps_its_contract(&project.serve(NO_LIMIT).url);
    }
}

/// In `apigen.toml`, that is, from where the same is made of it.
fn whose_rows_are_may_be_said_beside_the_document(project: &Project) {
    let read = |file: &str| fs::read_to_string(project.root.join(file)).expect("a file");
    let files = ["src/crud/contacts.rs", "src/models/contacts.rs"];
    let before = files.map(read);
    let said = "    caller: { property: owner, others: forbidden }\n";
    let (document, settings) = ("openapi.yaml", "apigen.toml");
    let path = |file: &str| project.root.join(file);
    fs::write(path(document), read(document).replace(said, "")).expect("a document");
    let sync = || {
        apigen(&[
            "sync",
            "--accept",
            "-q",
            "-C",
            &project.root.to_string_lossy(),
        ])
    };
    sync();
    assert_ne!(files.map(read), before);
    let choice = "\n[resources.\"/contacts\"]\nowner = \"owner\"\nothers = \"forbidden\"\n";
    let file = fs::OpenOptions::new().append(true).open(path(settings));
    file.and_then(|mut file| file.write_all(choice.as_bytes()))
        .expect("settings");
    sync();
    assert_eq!(files.map(read), before);
}

/// A client of Switzerland understands the German of the service; who says nothing is told in English.
fn it_speaks_german(server: &Server) {
    let ask = |accepted: &str| {
        let request = ureq::get(format!("{}/api/books?limit=0", server.url))
            .config()
            .http_status_as_error(false)
            .build()
            .header("authorization", format!("Bearer {ANNA}"))
            .header("accept-language", accepted);
        let mut answer = request.call().expect("an answer");
        let header = |name: &str| answer.headers()[name].to_str().expect("a text").to_owned();
        assert_eq!(header("content-type"), "application/problem+json");
        let headers = [header("content-language"), header("vary")];
        let body: Value = answer.body_mut().read_json().expect("JSON");
        (answer.status().as_u16(), headers, body)
    };
    let english = ["a parameter breaks the schema", "must be at least 1"];
    let german = [
        "ein Parameter entspricht nicht dem Schema",
        "muss mindestens 1 sein",
    ];
    for (accepted, language, [message, violation]) in [
        ("de-CH, en;q=0.8", "de", german),
        ("fr, de;q=0", "en", english),
    ] {
        let (status, [content_language, vary], body) = ask(accepted);
        assert_eq!((status, content_language.as_str()), (400, language));
        assert!(vary.contains("accept-language"), "{vary}");
        assert_eq!(body["detail"], message);
        // What programs read is the same in all languages.
        assert_eq!(
            [&body["title"], &body["code"], &body["status"]],
            [&json!("Bad Request"), &json!("bad_request"), &json!(400)]
        );
        let errors = json!([{ "detail": violation, "parameter": "limit" }]);
        assert_eq!(body["errors"], errors);
    }
}

struct Answer {
    status: u16,
    etag: String,
    body: Value,
}

fn call(
    server: &Server,
    token: &str,
    line: &str,
    tag: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}/api{path}", server.url))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    if let Some(tag) = tag {
        request = request.header("if-match", tag);
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let body = body.map_or_else(String::new, Value::to_string);
    let mut answer = agent
        .run(request.body(body).expect("a request"))
        .expect("an answer");
    let etag = answer.headers().get("etag");
    Answer {
        status: answer.status().as_u16(),
        etag: etag.map_or_else(String::new, |tag| tag.to_str().expect("a tag").to_owned()),
        body: answer.body_mut().read_json().unwrap_or_default(),
    }
}

fn a_book(server: &Server) -> String {
    let currency = json!({ "code": "EUR", "name": "Euro" });
    let made = call(server, ANNA, "POST /currencies", None, Some(&currency));
    assert_eq!(made.status, 201, "{}", made.body);
    let book = json!({ "title": "Home", "currency": "EUR" });
    let refused = call(server, NOBODY, "POST /books", None, Some(&book));
    assert_eq!(refused.status, 403, "{}", refused.body);
    let made = call(server, ANNA, "POST /books", None, Some(&book));
    assert_eq!(
        (made.status, made.etag.as_str()),
        (201, "\"1\""),
        "{}",
        made.body
    );
    assert_eq!(
        made.body["owner_id"],
        "01900000-0000-7000-8000-0000000000aa"
    );
    assert_eq!(
        call(server, ANNA, "POST /books", None, Some(&book)).status,
        409
    );
    // Others may call theirs the same.
    assert_eq!(
        call(server, BERT, "POST /books", None, Some(&book)).status,
        201
    );
    made.body["id"].as_str().expect("an id").to_owned()
}

/// Of many that change one version, one succeeds, and the others are told.
fn no_change_is_lost(server: &Server, book: &str) {
    for round in 1..=ROUNDS {
        let tag = format!("\"{round}\"");
        let statuses: Vec<u16> = thread::scope(|scope| {
            let writer = |number: usize| {
                let (tag, line) = (tag.clone(), format!("PUT /books/{book}"));
                scope.spawn(move || {
                    let body = json!({ "title": format!("By {number}"), "currency": "EUR" });
                    call(server, ANNA, &line, Some(&tag), Some(&body)).status
                })
            };
            let writers: Vec<_> = (0..WRITERS).map(writer).collect();
            let statuses = writers
                .into_iter()
                .map(|writer| writer.join().expect("a status"));
            statuses.collect()
        });
        let count = |status| statuses.iter().filter(|known| **known == status).count();
        assert_eq!((count(200), count(412)), (1, WRITERS - 1), "{statuses:?}");
    }
    let line = format!("GET /books/{book}");
    let found = call(server, ANNA, &line, None, None);
    assert_eq!(found.body["version"], ROUNDS + 1);
    let line = format!("PUT /books/{book}");
    let body = json!({ "title": "Home", "currency": "EUR" });
    assert_eq!(call(server, ANNA, &line, None, Some(&body)).status, 428);
    let tags = format!("\"7\", W/{}", found.etag);
    assert_eq!(
        call(server, ANNA, &line, Some(&tags), Some(&body)).status,
        200
    );
    assert_eq!(
        call(server, ANNA, &line, Some("*"), Some(&body)).status,
        200
    );
}

fn nobody_else_sees_it(server: &Server, book: &str) {
    let account = json!({ "number": 7 });
    let accounts = format!("POST /books/{book}/accounts");
    assert_eq!(
        call(server, BERT, &accounts, None, Some(&account)).status,
        404
    );
    assert_eq!(
        call(server, ANNA, &accounts, None, Some(&account)).status,
        201
    );
    // Nor can others name it.
    let reminder = json!({ "book_id": book, "text": "Pay" });
    let named = call(server, BERT, "POST /reminders", None, Some(&reminder));
    assert_eq!(named.status, 422);
    let pointer = &named.body["errors"][0]["pointer"];
    assert_eq!(pointer, "#/book_id", "{}", named.body);
    for caller in [BERT, NOBODY] {
        let line = format!("GET /books/{book}/accounts");
        assert_eq!(call(server, caller, &line, None, None).status, 404);
    }
}

/// Not while many take one at once, nor when the row is gone.
fn no_number_is_given_twice(server: &Server) {
    let come_and_go = || -> Vec<i64> {
        let numbers = (0..ROUNDS).map(|_| {
            let contact = json!({ "name": "Cleo" });
            let made = call(server, ANNA, "POST /contacts", None, Some(&contact));
            assert_eq!(made.status, 201, "{}", made.body);
            let number = made.body["id"].as_i64().expect("a number");
            let line = format!("DELETE /contacts/{number}");
            assert_eq!(call(server, ANNA, &line, None, None).status, 204);
            number
        });
        numbers.collect()
    };
    let numbers: Vec<i64> = thread::scope(|scope| {
        let callers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(come_and_go)).collect();
        let numbers = callers.into_iter().map(|one| one.join().expect("numbers"));
        numbers.flatten().collect()
    });
    let others: BTreeSet<&i64> = numbers.iter().collect();
    assert_eq!(others.len(), numbers.len(), "{numbers:?}");
}

/// Nor is one, of many who take the next at once.
fn numbers_below_an_owner_have_no_gaps(server: &Server) {
    let book = json!({ "title": "Notes", "currency": "EUR" });
    let book = call(server, ANNA, "POST /books", None, Some(&book)).body;
    let line = format!("POST /books/{}/notes", book["id"].as_str().expect("an id"));
    let take = || -> Vec<i64> {
        let numbers = (0..ROUNDS).map(|_| {
            let made = call(server, ANNA, &line, None, Some(&json!({ "text": "a" })));
            assert_eq!(made.status, 201, "{}", made.body);
            made.body["id"].as_i64().expect("a number")
        });
        numbers.collect()
    };
    let mut numbers: Vec<i64> = thread::scope(|scope| {
        let callers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(take)).collect();
        let numbers = callers.into_iter().map(|one| one.join().expect("numbers"));
        numbers.flatten().collect()
    });
    numbers.sort_unstable();
    let all = ROUNDS * i64::try_from(WRITERS).expect("a few");
    assert_eq!(numbers, (1..=all).collect::<Vec<_>>());
}

fn deleted_rows_stay_unseen(server: &Server, book: &str) {
    let contact = |token| {
        let made = call(
            server,
            token,
            "POST /contacts",
            None,
            Some(&json!({ "name": "Cleo" })),
        );
        made.body["id"].to_string()
    };
    let theirs = contact(BERT);
    let line = format!("DELETE /contacts/{theirs}");
    assert_eq!(call(server, ANNA, &line, None, None).status, 403);
    assert_eq!(
        call(server, ANNA, "DELETE /contacts/999999", None, None).status,
        404
    );
    assert_eq!(
        call(server, ANNA, "DELETE /currencies/EUR", None, None).status,
        409
    );
    let line = format!("DELETE /books/{book}");
    assert_eq!(call(server, ANNA, &line, Some("\"1\""), None).status, 412);
    assert_eq!(call(server, ANNA, &line, Some("*"), None).status, 204);
    for path in [format!("/books/{book}"), format!("/books/{book}/accounts")] {
        let line = format!("GET {path}");
        assert_eq!(call(server, ANNA, &line, None, None).status, 404, "{line}");
    }
    let accounts = format!("POST /books/{book}/accounts");
    let account = json!({ "number": 8 });
    assert_eq!(
        call(server, ANNA, &accounts, None, Some(&account)).status,
        404
    );
    // What was unique is free.
    let again = json!({ "title": "Home", "currency": "EUR" });
    assert_eq!(
        call(server, ANNA, "POST /books", None, Some(&again)).status,
        201
    );
}

/// The generated tests must be able to fail: each of these breaks one rule.
const MUTATIONS: [(&str, &str, &str); 12] = [
    (
        "src/models/books.rs",
        "WHERE id = $1 AND deleted_at IS NULL AND owner_id = $2",
        "WHERE id = $1 AND deleted_at IS NULL AND $2 IS NOT NULL",
    ),
    (
        "src/models/books.rs",
        "sql.push(\" AND deleted_at IS NULL AND owner_id = \")",
        "sql.push(\" AND deleted_at IS NULL AND owner_id != \")",
    ),
    (
        "src/models/books.rs",
        "sql.push(\" AND deleted_at IS NULL AND owner_id = \")",
        "sql.push(\" AND owner_id = \")",
    ),
    (
        "src/crud/books.rs",
        "version = etag::expected(&tags, row.version)?;",
        "version = etag::expected(&tags, row.version).ok().flatten();",
    ),
    (
        "src/models/books.rs",
        "SET version = version + 1, updated_at",
        "SET version = version, updated_at",
    ),
    (
        "src/crud/books.rs",
        "found.ok_or_else(|| crud::missing(StatusCode::UNPROCESSABLE_ENTITY, &[\"currency\"]))?;",
        "drop(found);",
    ),
    (
        "migrations/sqlite/0001_initial.sql",
        "REFERENCES contacts (id) ON DELETE SET NULL",
        "",
    ),
    (
        "migrations/sqlite/0001_initial.sql",
        "best_friend INTEGER REFERENCES contacts (id) ON DELETE NO ACTION",
        "best_friend INTEGER",
    ),
    (
        "migrations/sqlite/0001_initial.sql",
        "ON books (owner_id, title) WHERE deleted_at IS NULL",
        "ON books (owner_id, title)",
    ),
    (
        "src/models/currencies.rs",
        "DELETE FROM currencies WHERE code = $1",
        "DELETE FROM currencies WHERE code = $1 || 'x'",
    ),
    (
        "src/models/accounts.rs",
        "books.owner_id = ",
        "books.owner_id != ",
    ),
    (
        "src/models/reminders.rs",
        "UPDATE reminders SET next_id = NULL WHERE next_id = $1",
        "UPDATE reminders SET next_id = NULL WHERE next_id != $1",
    ),
];

#[test]
fn generated_tests_notice_broken_rules() {
    let project = Project::mutant("ledger", &fixture("ledger.yaml"));
    MUTATIONS
        .into_iter()
        .for_each(|mutation| project.notices(mutation));
}
