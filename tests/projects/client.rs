//! Typed clients: written beside nothing, kept in step, and compiled against running services.

use crate::project::{cargo_in, succeeds};
use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::project::{Database, Project};
use crate::run::{apigen, fixture};
use crate::shared::documents;

/// A client of the shop, in a folder of its own.
fn client(folder: &Path) {
    let spec = fixture();
    let spec = spec.to_string_lossy();
    apigen(folder, &["client", "shop-client", "--spec", &spec])
        .ends(0, &["Created the client `shop-client`", "12 operations"]);
}

#[test]
fn a_client_is_brought_up_to_date_by_the_same_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, root) = (folder.path(), folder.path().join("shop-client"));
    client(folder);
    let document = fs::read_to_string(fixture()).expect("the shop");
    let spec = folder.join("shop.yaml");
    fs::write(&spec, &document).expect("a spec");
    let again = ["client", "shop-client", "--spec", "shop.yaml"];
    apigen(folder, &again).ends(0, &["`shop-client` is in step with `shop.yaml`\n"]);

    let grown = document.replace("operationId: publishItem", "operationId: showItem");
    fs::write(&spec, grown).expect("a spec");
    apigen(folder, &again).ends(0, &["1 created, 1 updated, 1 removed"]);
    assert!(root.join("src/operations/items/show_item.rs").exists());
    assert!(!root.join("src/operations/items/publish_item.rs").exists());
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("name = \"shop-client\""));
}

#[test]
fn an_edit_of_a_client_is_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, root) = (folder.path(), folder.path().join("shop-client"));
    client(folder);
    let spec = fixture();
    let spec = spec.to_string_lossy();
    let again = ["client", "shop-client", "--spec", &spec];
    let edited = root.join("src/client.rs");
    let text = fs::read_to_string(&edited).expect("a file");
    fs::write(&edited, text.replace("/// Cheap", "/// Very cheap")).expect("an edit");
    fs::write(root.join("README.md"), "mine\n").expect("an edit");
    apigen(folder, &again).ends(
        2,
        &[
            "nothing was written: `src/client.rs` is edited",
            "--discard",
        ],
    );
    // Named from the folder where one is, whatever way, or from the client's.
    let edit = fs::read_to_string(&edited).expect("a file");
    for name in [
        "src/client.rs",
        "shop-client/src/client.rs",
        "./shop-client/src/../src/client.rs",
    ] {
        fs::write(&edited, &edit).expect("an edit");
        let with = [
            "client",
            "./shop-client",
            "--spec",
            &spec,
            "--discard",
            name,
        ];
        apigen(folder, &with).ends(0, &["is in step"]);
    }
    assert_eq!(fs::read_to_string(&edited).expect("a file"), text);
    let readme = fs::read_to_string(root.join("README.md")).expect("a file");
    assert_eq!(readme, "mine\n");
}

#[test]
fn a_folder_that_is_no_client_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let spec = fixture();
    let spec = spec.to_string_lossy();
    fs::create_dir(folder.join("mine")).expect("a folder");
    fs::write(folder.join("mine/notes"), "mine").expect("a file");
    let mine = ["client", "mine", "--spec", &spec];
    apigen(folder, &mine).ends(1, &["`mine` is not empty", "hint"]);
    assert_eq!(fs::read_dir(folder.join("mine")).expect("it").count(), 1);
    let project = ["new", "shop", "--spec", &spec, "--no-git", "-q"];
    apigen(folder, &project).ends(0, &[]);
    let over = ["client", "shop", "--spec", &spec];
    apigen(folder, &over).ends(1, &["`shop` is a project of apigen's"]);
    let nameless = ["client", "1", "--spec", &spec];
    apigen(folder, &nameless).ends(1, &["`1` is no name for a package"]);
    assert!(!folder.join("1").exists());
}

#[test]
fn every_document_of_the_corpus_has_a_client() {
    let folder = tempfile::tempdir().expect("a folder");
    for document in documents("corpus") {
        let name = document.name.replace(['.', '/'], "-");
        let path = folder.path().join(format!("c-{name}"));
        let [path, spec, all] =
            [&path, &document.path, &document.root].map(|path| path.to_string_lossy());
        let arguments = ["client", &path, "--spec", &spec, "--root", &all, "--quiet"];
        let run = apigen(folder.path(), &arguments);
        assert_eq!(run.code, 0, "{spec}:\n{}", run.err);
    }
}

#[test]
fn a_service_gets_the_clients_that_it_uses() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, root) = (folder.path(), folder.path().join("shop"));
    let spec = fixture();
    let spec = spec.to_string_lossy();
    let new = ["new", "shop", "--spec", &spec, "--layout", "services"];
    apigen(folder, &[&new[..], &["--no-git", "-q"]].concat()).ends(0, &[]);
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    assert!(read("crates/clients/items/Cargo.toml").contains("name = \"shop-items-client\""));
    // Reviews stand below items, and are kept only where those are there.
    let asks = |to: &str| read("services/reviews/src/crud/reviews.rs").contains(to);
    assert!(asks("clients::require_items("));
    assert!(!read("services/items/Cargo.toml").contains("client"));

    let choices = read("apigen.toml");
    let choose = |uses: &str| {
        let text = format!("{choices}\n[services.reviews]\nuses = [{uses}]\n");
        fs::write(root.join("apigen.toml"), text).expect("choices");
        apigen(&root, &["sync"])
    };
    choose("\"itemz\"").ends(1, &["there is no service `itemz`", "did you mean `items`?"]);
    choose("\"reviews\"").ends(1, &["`reviews` needs no client to call itself"]);
    choose("\"items\"").ends(0, &["In step"]);
    let manifest = read("services/reviews/Cargo.toml");
    assert!(manifest.contains("shop-items-client = { path = \"../../crates/clients/items\" }"));
    let calls = read("services/reviews/src/crud/clients.rs");
    assert!(calls.contains("pub fn items(cx: &Context) -> Result<shop_items_client::Client>"));
    assert!(calls.contains("\"ITEMS_URL\", \"http://127.0.0.1:8081\""));
    assert!(read("crates/common/src/core/config.rs").contains("addresses: [\"ITEMS_URL\"]"));
    assert!(read("services/reviews/src/crud/mod.rs").contains("pub mod clients;"));
    choose("\"items\"]\ncheck_references = false # [").ends(0, &["In step"]);
    assert!(!asks("require_items"));
    choose("\"items\"]\ncheck_references = true # [").ends(0, &["In step"]);
    assert!(asks("clients::require_items("));
    apigen(&root, &["check"]).ends(0, &[]);
}

#[test]
fn keys_are_in_the_order_of_the_path() {
    const PAIRS: &str = r#"
openapi: 3.1.0
info: { title: Pairs, version: "1" }
paths:
  /pairs/{first}/{second}:
    get:
      operationId: pair
      tags: [pairs]
      parameters:
        - { name: second, in: path, required: true, schema: { type: string } }
        - { name: first, in: path, required: true, schema: { type: string } }
      responses: { "204": { description: Fine } }
"#;
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("pairs.yaml"), PAIRS).expect("a spec");
    let new = ["new", "shop", "--spec", "pairs.yaml", "--no-git", "-q"];
    let arguments = [&new[..], &["--layout", "services"]].concat();
    apigen(folder.path(), &arguments).ends(0, &[]);
    let references = folder
        .path()
        .join("shop/crates/clients/pairs/src/references.rs");
    let text = fs::read_to_string(references).expect("a file");
    for part in [
        "(\"first\", Style::Simple, false, *key1)",
        "(\"second\", Style::Simple, false, *key2)",
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}

/// A client with tests of ours in it, to be built beside the other generated projects.
fn tested(name: &str, spec: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("projects/clients")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    let (path, spec) = (root.to_string_lossy(), spec.to_string_lossy());
    let package = format!("{name}-client");
    let arguments = ["client", &path, "--spec", &spec, "--name", &package];
    apigen(Path::new("."), &arguments).ends(0, &[]);
    let tests = Path::new("tests/projects/clients").join(format!("{name}.rs"));
    fs::create_dir(root.join("tests")).expect("a folder");
    fs::copy(tests, root.join("tests/calls.rs")).expect("the tests");
    let manifest = root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let features = "[\"io-util\", \"macros\", \"net\", \"rt\"]";
    let own = format!("[dev-dependencies]\ntokio = {{ version = \"1\", features = {features} }}\n");
    fs::write(&manifest, format!("{text}\n{own}")).expect("a manifest");
    root
}

fn cargo(root: &Path, arguments: &[&str], settings: &[(&str, &str)]) {
    succeeds(cargo_in(root, arguments).envs(settings.iter().copied()));
}

/// One after the other: `cargo run` waits for those who build.
#[test]
fn clients_call() {
    a_client_says_and_reads_everything();
    a_client_calls_its_service();
}

fn a_client_says_and_reads_everything() {
    let root = tested("odd", Path::new("tests/projects/clients/odd.yaml"));
    cargo(&root, &["fmt", "--check"], &[]);
    let lints = ["clippy", "--quiet", "--", "-D", "warnings"];
    cargo(&root, &lints, &[]);
    cargo(&root, &["test", "--quiet"], &[]);
}

/// A token with the scope `items:write`, valid for years, signed with [`SECRET`].
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ0ZXN0ZXIiLCJzY29wZSI6Iml0ZW1zOndyaXRlIiwiZXhwIjo0MTAyNDQ0ODAwfQ.qIMNi3uMYdshWI7IDOc8d9fDPcFkCZrR8pTtHeFre1U";
const SECRET: &str = "a secret that is long enough for tests";

fn a_client_calls_its_service() {
    let service = Project::new("called/shop", &fixture(), Database::Sqlite);
    let server = service.serve(&[("JWT_SECRET", SECRET)]);
    let root = tested("shop", &fixture());
    let settings = [("SHOP_URL", server.url.as_str()), ("SHOP_TOKEN", TOKEN)];
    cargo(&root, &["test", "--quiet"], &settings);
}
