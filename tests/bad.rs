//! Bad input, end to end: the command refuses it in good words, soon, and writes nothing.

#[path = "support/shared.rs"]
mod shared;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use shared::shared;

/// Runs `apigen new` over a document; tells whether it was taken, and what was said.
fn new(spec: &Path) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("service");
    let start = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_apigen"))
        .arg("new")
        .arg(&target)
        .args(["--db", "sqlite", "--no-git", "--spec"])
        .arg(spec)
        .stdin(Stdio::null())
        .output()
        .expect("apigen");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let name = spec.display();
    // A debug build that shares the machine gets more time than what is promised.
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{name} took too long"
    );
    assert!(!said.contains("panicked"), "{name}: {said}");
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{name}: {code:?}: {said}");
    let is_taken = code == Some(0);
    assert_eq!(target.exists(), is_taken, "{name}: {said}");
    (is_taken, said)
}

fn says(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "no `{word}` in:\n{said}");
    }
}

#[test]
fn the_bad_documents() {
    let Some(folder) = shared("corpus-bad") else {
        return;
    };
    let refused: &[(&str, &[&str])] = &[
        ("alias-bomb.yaml", &["alias-bomb.yaml:9:10", "too far"]),
        (
            "dangling-ref.yaml",
            &[
                ":14:23",
                ":16:17",
                "did you mean `#/components/schemas/Item`",
            ],
        ),
        ("deep-nesting.json", &[":1:1909", "200 levels"]),
        ("duplicate-key.yaml", &[":10:3", ":5:3", "`/items`"]),
        ("empty.yaml", &["is empty"]),
        ("not-openapi.yaml", &[":2:1", "neither `openapi` nor"]),
        ("ref-loop.yaml", &[":25:8", ":27:11", ":29:7", ":33:7"]),
        ("yaml-syntax-error.yaml", &[":10:24", "does not end"]),
    ];
    for (name, words) in refused {
        let (is_taken, said) = new(&folder.join(name));
        assert!(!is_taken, "{name} was taken");
        says(&said, words);
        says(&said, &["nothing was written"]);
    }
    let repaired: &[(&str, &[&str])] = &[
        (
            "semantic-errors.yaml",
            &[":16:20", ":22:5", ":25:46", ":26:11"],
        ),
        ("weird-names.yaml", &[]),
        ("hostile-strings.yaml", &[":43:11", ":50:13", ":53:13"]),
        ("path-traversal-names.yaml", &[]),
    ];
    for (name, words) in repaired {
        let (is_taken, said) = new(&folder.join(name));
        assert!(is_taken, "{name}: {said}");
        says(&said, words);
    }
    assert!(!Path::new("/tmp/apigen-pwned").exists());
}

#[test]
fn what_is_no_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = format!("openapi: 3.0.0\nx: {}", "[".repeat(100_000));
    let cases: &[(&str, &[u8], &[&str])] = &[
        ("binary.yaml", b"\x7fELF\x02\x01\xff\xfe", &["not UTF-8"]),
        (
            "utf16.yaml",
            b"\xff\xfeo\0p\0",
            &["is UTF-16", "save it as UTF-8"],
        ),
        ("comment.yaml", b"# only\n", &["is empty"]),
        ("empty.json", b"{}", &[":1:1", "neither `openapi` nor"]),
        ("list.json", b"[]", &[":1:1", "is a mapping"]),
        (
            "schema.json",
            br#"{"$schema": "https://json-schema.org/draft/2020-12/schema"}"#,
            &["it is a JSON Schema"],
        ),
        (
            "page.yaml",
            b"<!DOCTYPE html>\n<title>404: Not found</title>\n",
            &["looks like HTML"],
        ),
        (
            "tabs.yaml",
            b"openapi: 3.0.0\ninfo:\n\ttitle: A\n",
            &[":3:2", "a tab"],
        ),
        ("deep.yaml", deep.as_bytes(), &["200 levels"]),
        (
            "three.yaml",
            b"openapi: 3\npaths: {}\n",
            &[":1:10", "`3` is not supported"],
        ),
        (
            "null.yaml",
            b"openapi: null\npaths: {}\n",
            &[":1:10", "must be a version"],
        ),
        (
            "outside.yaml",
            b"openapi: 3.0.0\npaths:\n  /a: {$ref: '../../etc/passwd'}\n",
            &[":3:14", "stands outside"],
        ),
        (
            "kinds.yaml",
            b"openapi: 3.0.0\ninfo: a\nservers: {}\npaths: {/a: []}\n",
            &[":2:7", ":3:10", ":4:13", "2 errors, 1 warning"],
        ),
    ];
    for (name, bytes, words) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        let (is_taken, said) = new(&path);
        assert!(!is_taken, "{name} was taken");
        says(&said, words);
    }
    let (is_taken, said) = new(folder.path());
    assert!(!is_taken);
    says(&said, &["cannot read"]);
    let (is_taken, said) = new(Path::new("https://example.com/openapi.yaml"));
    assert!(!is_taken);
    says(&said, &["nothing is fetched"]);
}

#[test]
fn endless_lines_take_no_endless_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("long.yaml");
    for piece in ["a", "[", "`a` ", "~", "<", "http://a ", "[a](", "\\\\"] {
        let title = piece.repeat(100_000 / piece.len());
        let text =
            format!("openapi: 3.0.0\ninfo: {{title: \"{title}\", version: '1'}}\npaths: {{}}\n");
        fs::write(&path, text).expect("written");
        assert!(new(&path).0, "{piece}");
    }
}
