//! A document grows over the line above which the generated layers are a crate of their own: the
//! project goes along when somebody upgrades it, and what the user wrote lasts.

use crate::project::{cargo_in, succeeds};
use std::{fmt::Write as _, fs, path::Path};

use crate::run::{apigen, replace, tree};

/// Collections of five operations each.
const COLLECTIONS: usize = 29;

/// A document with the collections, and as many actions as are missing.
fn document(operations: usize) -> String {
    let mut paths = String::new();
    let mut schemas = String::new();
    for index in 0..COLLECTIONS {
        let letters = [b'a' + (index / 26) as u8, b'a' + (index % 26) as u8];
        let name = String::from_utf8(letters.to_vec()).expect("letters");
        let schema = format!("Kind{}", name.to_uppercase());
        let body = format!(
            "content: {{ application/json: {{ schema: {{ $ref: \"#/components/schemas/{schema}\" }} }} }}"
        );
        let all = format!(
            "content: {{ application/json: {{ schema: {{ type: array, items: {{ $ref: \"#/components/schemas/{schema}\" }} }} }} }}"
        );
        let sent = format!("requestBody: {{ required: true, {body} }}");
        let _ = write!(
            paths,
            "  /kind_{name}:
    get: {{ operationId: list_{name}, tags: [{name}x], responses: {{ \"200\": {{ description: All, {all} }} }} }}
    post: {{ operationId: create_{name}, tags: [{name}x], {sent}, responses: {{ \"201\": {{ description: New, {body} }} }} }}
  /kind_{name}/{{id}}:
    parameters: [{{ name: id, in: path, required: true, schema: {{ type: string, format: uuid }} }}]
    get: {{ operationId: get_{name}, tags: [{name}x], responses: {{ \"200\": {{ description: One, {body} }} }} }}
    put: {{ operationId: replace_{name}, tags: [{name}x], {sent}, responses: {{ \"200\": {{ description: One, {body} }} }} }}
    delete: {{ operationId: delete_{name}, tags: [{name}x], responses: {{ \"204\": {{ description: Gone }} }} }}
"
        );
        let _ = writeln!(
            schemas,
            "    {schema}: {{ type: object, required: [id, name], properties: {{ id: {{ type: string, format: uuid, readOnly: true }}, name: {{ type: string }} }} }}"
        );
    }
    for index in 0..operations - 5 * COLLECTIONS {
        let _ = writeln!(
            paths,
            "  /act_{index}:\n    post: {{ operationId: act_{index}, tags: [acts], responses: {{ \"204\": {{ description: Done }} }} }}"
        );
    }
    format!(
        "openapi: 3.0.3\ninfo: {{ title: Kinds, version: 1.0.0 }}\npaths:\n{paths}components:\n  schemas:\n{schemas}"
    )
}

const SERVICE: &str = "src/services/aax.rs";
const EJECTED: &str = "src/operations/aax/get_aa.rs";

/// A project just below the line, in which a user wrote something everywhere.
fn small() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("kinds.yaml");
    fs::write(&spec, document(149)).expect("written");
    let new = ["new", "kinds", "--spec", "kinds.yaml", "--no-git", "-q"];
    apigen(folder.path(), &new).ends(0, &[]);
    let root = folder.path().join("kinds");
    apigen(&root, &["override", "list_aa"]).ends(0, &["is yours now"]);
    apigen(&root, &["eject", EJECTED]).ends(0, &["is yours now"]);
    let ejected = root.join(EJECTED);
    let text = fs::read_to_string(&ejected).expect("a file");
    fs::write(&ejected, format!("// mine\n{text}")).expect("written");
    fs::write(root.join("src/mine.rs"), "pub const MINE: u8 = 1;\n").expect("written");
    let module = "pub mod services;\n";
    let modules = format!("mod above;\n{module}pub mod mine;\n");
    replace(&root.join("src/lib.rs"), module, &modules);
    fs::write(root.join("src/above.rs"), "").expect("written");
    (folder, root)
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn a_project_passes_the_line_when_it_is_upgraded_and_stays_there() {
    let (_folder, root) = small();
    fs::write(root.join("openapi.yaml"), document(152)).expect("written");
    let told = "The document has 152 operations: `apigen upgrade` moves the generated layers";
    apigen(&root, &["sync"]).ends(0, &[told, "In step"]);
    let before = tree(&root);
    assert!(!root.join("contract").exists());
    apigen(&root, &["sync"]).ends(0, &[told, "In step"]);
    apigen(&root, &["check"]).ends(0, &[told]);
    let preview = apigen(&root, &["upgrade", "--dry-run"]).ends(2, &[]);
    assert!(
        preview.out.contains("create    contract/src/lib.rs\n"),
        "{}",
        preview.out
    );
    assert!(preview.out.contains("src/lib.rs\n"), "{}", preview.out);
    assert!(tree(&root) == before);

    let service = read(&root, SERVICE);
    apigen(&root, &["upgrade"]).ends(0, &["are in the crate `contract` now"]);
    assert_eq!(read(&root, SERVICE), service);
    let lib = read(&root, "src/lib.rs");
    let words = [
        "pub mod mine;",
        "pub mod services;",
        "pub use kinds_contract::{",
    ];
    assert!(words.iter().all(|word| lib.contains(word)), "{lib}");
    assert!(!lib.contains("pub mod crud;"), "{lib}");
    assert!(!root.join("src/crud").exists() && !root.join(EJECTED).exists());
    let ejected = read(&root, &format!("contract/{EJECTED}"));
    assert!(ejected.starts_with("// mine\n"), "{ejected}");
    let base = format!(".apigen/base/contract/{EJECTED}");
    assert_eq!(format!("// mine\n{}", read(&root, &base)), ejected);
    assert!(!root.join(".apigen/base").join(EJECTED).exists());
    let after = tree(&root);
    for command in ["sync", "check", "upgrade"] {
        apigen(&root, &[command]).ends(0, &["In step"]);
    }
    assert!(tree(&root) == after);
    compiles(&root);

    fs::write(root.join("openapi.yaml"), document(149)).expect("written");
    let run = apigen(&root, &["sync"]).ends(0, &["In step"]);
    assert!(!run.err.contains("upgrade"), "{}", run.err);
    apigen(&root, &["upgrade"]).ends(0, &["In step"]);
    assert!(root.join("contract/src/crud/aax.rs").exists() && !root.join("src/crud").exists());
    apigen(&root, &["check"]).ends(0, &["In step"]);
}

/// The lock is gone: what is on disk tells.
#[test]
fn without_its_lock_a_big_project_is_big() {
    let (_folder, root) = small();
    fs::write(root.join("openapi.yaml"), document(152)).expect("written");
    apigen(&root, &["upgrade"]).ends(0, &[]);
    fs::write(root.join("openapi.yaml"), document(149)).expect("written");
    apigen(&root, &["sync"]).ends(0, &[]);
    fs::remove_file(root.join(".apigen/lock")).expect("removed");
    let told = apigen(&root, &["sync", "--dry-run"]);
    assert!(!told.out.contains("create    src/crud"), "{}", told.out);
}

fn compiles(root: &Path) {
    let check = ["check", "--workspace", "--all-targets"];
    let said = succeeds(&mut cargo_in(root, &check));
    assert!(!said.contains("warning"), "{said}");
}
