//! Generated projects: formatted, without a warning, green by their own tests, and called.

use std::{
    env,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crate::project::{Database, NO_LIMIT, Project, SECRET, TOKEN, databases, fixture};
use crate::shared::shared;
use serde_json::{Value, json};

#[test]
fn the_shop_is_sound_and_keeps_what_was_posted() {
    for database in databases() {
        let project = Project::new("shop", &fixture("shop.yaml"), database);
        project.is_sound_in_all_tests();
        stores(&project);
        project.keeps_its_contract(&project.serve(NO_LIMIT).url);
    }
}

fn stores(project: &Project) {
    project.migrate();
    let settings = [("JWT_SECRET", SECRET), ("MIGRATE_ON_START", "false")];
    let [server, replica] = [(), ()].map(|()| project.serve(&settings));
    let items = format!("{}/api/v1/items", server.url);
    let sku = format!("AB-{}", std::process::id());
    let item = json!({ "sku": sku, "name": "Book", "price": 12.5, "tags": ["new"] });
    let post_as = |items: &str, item: &Value, key: &str| {
        let request = ureq::post(items)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("idempotency-key", key);
        request
            .config()
            .http_status_as_error(false)
            .build()
            .send_json(item)
            .expect("an answer")
    };
    let next = AtomicUsize::new(0);
    let post = |item: &Value| {
        let key = format!("{sku}-{}", next.fetch_add(1, Ordering::Relaxed));
        post_as(&items, item, &key)
    };
    let mut created = post(&item);
    assert_eq!(created.status(), 201);
    let created: Value = created.body_mut().read_json().expect("JSON");
    let id = created["id"].as_str().expect("an id");
    for (name, value) in item.as_object().expect("an object") {
        assert_eq!(&created[name], value);
    }
    let found = ureq::get(format!("{items}/{id}")).call();
    let found: Value = found
        .expect("the item")
        .body_mut()
        .read_json()
        .expect("JSON");
    assert_eq!(found, created);
    assert_eq!(post(&item).status(), 409);
    let other = json!({ "sku": format!("CD-{}", std::process::id()), "name": "Pen", "price": 1 });
    let both = [items.clone(), items.replace(&server.url, &replica.url)];
    one_of_many_makes_it(|| {
        let turn = next.fetch_add(1, Ordering::Relaxed) % both.len();
        let mut answer = post_as(&both[turn], &other, "one for all");
        let body: Value = answer.body_mut().read_json().expect("JSON");
        (answer.status().as_u16(), body)
    });

    let document = ureq::get(format!("{}/openapi.json", server.url)).call();
    let document: Value = document
        .expect("a document")
        .body_mut()
        .read_json()
        .expect("JSON");
    assert_eq!(document["info"]["title"], "Shop API");
    shows_its_documentation(&server.url);
}

/// Of many requests with one key at once, to two replicas in turn, one makes the row; the others are
/// told so, or to ask again.
fn one_of_many_makes_it(post: impl Fn() -> (u16, Value) + Sync) {
    let answers: Vec<(u16, Value)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(&post)).collect();
        let answers = threads.into_iter().map(|thread| thread.join());
        answers.map(|answer| answer.expect("an answer")).collect()
    });
    let (status, row) = post();
    assert_eq!(status, 201, "{row}");
    for (status, body) in &answers {
        match status {
            409 => assert_eq!(body["error"]["code"], "idempotency_key_in_use"),
            _ => assert_eq!((*status, &body["id"]), (201, &row["id"]), "{body}"),
        }
    }
    assert!(answers.iter().any(|(status, _)| *status == 201));
}

/// In a browser, which finds all it needs at the service, and calls it.
fn shows_its_documentation(url: &str) {
    let python = |arguments: &[&str]| {
        let mut python = Command::new("python3");
        python
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        python.output()
    };
    let has_driver = python(&["-c", "import playwright"]).is_ok_and(|o| o.status.success());
    if env::var_os("CI").is_none() && !(has_driver && Path::new("/usr/bin/chromium").exists()) {
        eprintln!("`chromium` and Python's `playwright` are missing: /docs and /redoc stay closed");
        return;
    }
    let output = python(&[".ci/pages.py", url, TOKEN]).expect("python3");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

/// The generated tests must be able to fail: each of these breaks the service in one way.
const MUTATIONS: [(&str, &str, &str); 6] = [
    (
        "src/operations/items/list_items.rs",
        "maximum(100)",
        "maximum(200)",
    ),
    ("src/api/v1/items.rs", "secured(ITEMS_WRITE)", "public()"),
    ("src/schemas/item.rs", "length(1..=100)", "length(0..=100)"),
    ("src/models/items.rs", "row.try_get(\"discount\")?", "None"),
    (
        "src/models/items.rs",
        "if let Some(value) = patch.name",
        "if let Some(value) = patch.name.or(Some(String::new()))",
    ),
    (
        "src/operations/items/delete_item.rs",
        "StatusCode::NO_CONTENT",
        "StatusCode::OK",
    ),
];

#[test]
fn generated_tests_notice_what_is_broken() {
    let project = Project::mutant("shop", &fixture("shop.yaml"));
    for mutation in MUTATIONS {
        project.while_broken(mutation, || {
            let noticed = !project.succeeds(&["test", "--quiet", "--test", "contract"]);
            assert!(noticed, "{mutation:?} went unnoticed");
            let noticed = project.passed_at(&project.serve(NO_LIMIT).url).is_none();
            assert!(noticed, "{mutation:?} went unnoticed over TCP");
        });
    }
}

const CORPUS: [&str; 7] = [
    "swagger-petstore.yaml",
    "oai-petstore.yaml",
    "redocly-museum.yaml",
    "train-travel.yaml",
    "realworld.yml",
    "buildomat.json",
    "propolis-server.json",
];

#[test]
fn real_documents_are_sound() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    for database in databases() {
        for document in CORPUS {
            let name = document.split('.').next().unwrap_or(document);
            let project = Project::new(name, &corpus.join(document), database);
            match database {
                Database::Sqlite => project.is_sound(),
                // What differs by the database is in all projects alike, and linted in the fixtures'.
                Database::Postgres => project.cargo(&["test", "--quiet"]),
            }
            project.keeps_its_contract(&project.serve(NO_LIMIT).url);
        }
    }
}

#[test]
fn odd_and_hostile_documents_are_sound() {
    let Some(bad) = shared("corpus-bad") else {
        return;
    };
    for document in [
        "weird-names.yaml",
        "hostile-strings.yaml",
        "path-traversal-names.yaml",
    ] {
        let name = document.split('.').next().unwrap_or(document);
        let project = Project::new(name, &bad.join(document), Database::Sqlite);
        project.is_sound();
        let pwned = std::path::Path::new("/tmp/apigen-pwned");
        assert!(!pwned.exists(), "{document} was executed");
    }
}

#[test]
fn large_documents_compile() {
    let Some(corpus) = shared("corpus") else {
        return;
    };
    for document in ["github-rest.json", "synthetic-large.yaml"] {
        let name = document.split('.').next().unwrap_or(document);
        let project = Project::new(name, &corpus.join(document), Database::Sqlite);
        project.cargo(&["fmt", "--check"]);
        project.cargo(&["clippy", "--quiet", "--workspace", "--", "-D", "warnings"]);
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let tree = || {
        let project = Project::new("same", &fixture("shop.yaml"), Database::Sqlite);
        let mut files = Vec::new();
        collect(&project.root, &project.root, &mut files);
        files.sort();
        files
    };
    assert_eq!(tree(), tree());
}

fn collect(root: &std::path::Path, folder: &std::path::Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .strip_prefix(root)
            .expect("below")
            .to_string_lossy()
            .into_owned();
        // The one file that must differ: it holds a fresh secret.
        if path.is_dir() {
            collect(root, &path, files);
        } else if name != ".env" {
            files.push((name, std::fs::read_to_string(&path).expect("text")));
        }
    }
}
