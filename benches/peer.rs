//! Reading beside a peer: `cargo bench --bench peer [-- DOCUMENT…]`, such as `realworld.yml`; else all of the corpus.
//!
//! For each document that `openapi-to-rust` 0.23.0 (installed from crates.io) makes an axum server of: its CPU, the
//! least of several runs; that of `apigen validate` (read with spans, checked, lowered) and of `apigen new` (all
//! files of a whole project), and the ratios to the peer. Before these, the time that apigen takes to make a tree with
//! spans of the document's own file, as a multiple of what the parser takes that knows no spans: the events of
//! `saphyr-parser` for YAML, `serde_json` for JSON. Fails where reading costs more than the peer.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/measure.rs"]
mod measure;
#[path = "../tests/support/shared.rs"]
mod shared;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use apigen::spec::{self, Node};
use measure::{APIGEN, is_measured, least, measure};
use saphyr_parser::Parser;
use shared::{Document, documents};

const PEER: &str = "0.23.0";
const TIMES: usize = 5;

fn main() -> ExitCode {
    if is_measured() {
        return ExitCode::SUCCESS;
    }
    let asked: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("peer");
    let peer = installed(&place);
    println!(
        "{:<38} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "document", "spans", "peer", "read", "ratio", "new", "ratio"
    );
    let mut slower = 0;
    for document in documents("corpus") {
        let is_wanted = asked.is_empty() || asked.iter().any(|a| document.name.starts_with(a));
        let beside = is_wanted
            .then(|| server(&peer, &place, &document))
            .flatten();
        let Some(beside) = beside else { continue };
        let [spec, root] = [&document.path, &document.root].map(|path| path.to_string_lossy());
        let validate = ["validate", &spec, "--root", &root, "-q"];
        let read = least(TIMES, || measure(APIGEN, &validate, &place, &[]));
        let new = [
            "new", "new", "--spec", &spec, "--root", &root, "--no-git", "-q",
        ];
        let new = least(TIMES, || {
            let _ = fs::remove_dir_all(place.join("new"));
            // Without cargo in reach, nothing but apigen itself is measured.
            measure(APIGEN, &new, &place, &[("PATH", "")])
        });
        println!(
            "{:<38} {:>6.2} {beside:>6.3} s {read:>6.3} s {:>8.2} {new:>6.3} s {:>8.2}",
            document.name,
            spans(&document.path),
            read / beside,
            new / beside
        );
        slower += usize::from(read > beside);
    }
    println!("{slower} read slower than the peer");
    if slower == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// How much longer a tree with spans takes than the parser alone.
fn spans(path: &Path) -> f64 {
    let text = fs::read_to_string(path).expect("a text");
    let name = path.to_string_lossy();
    let shortest = |run: &dyn Fn()| {
        let times = (0..TIMES).map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        });
        times.fold(f64::INFINITY, f64::min)
    };
    let plain = shortest(&|| match text.trim_start().starts_with('{') {
        true => drop(serde_json::from_str::<serde_json::Value>(&text).expect("JSON")),
        false => assert!(Parser::new_from_str(&text).all(|event| event.is_ok())),
    });
    shortest(&|| drop(spec::tree(&name, &text).expect("a tree"))) / plain
}

/// The peer's program.
fn installed(place: &Path) -> PathBuf {
    let program = place.join("bin/openapi-to-rust");
    if !program.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "install",
            "--quiet",
            "--locked",
            "openapi-to-rust",
            "--version",
            PEER,
        ]);
        let status = cargo.arg("--root").arg(place).status();
        assert!(
            status.expect("cargo").success(),
            "the peer cannot be installed"
        );
    }
    program
}

/// The CPU seconds in which the peer makes a server of all operations; `None` where it refuses the document.
fn server(peer: &Path, place: &Path, document: &Document) -> Option<f64> {
    let (loaded, _) = document.load().ok()?;
    let config = place.join("peer.toml");
    let text = format!(
        "[generator]\nspec_path = {:?}\noutput_dir = {:?}\nmodule_name = \"api\"\n\n\
         [features]\nenable_async_client = false\n\n[server]\nframework = \"axum\"\noperations = {:?}\n",
        document.path,
        place.join("out"),
        operations(&loaded.root),
    );
    fs::write(&config, text).expect("a file");
    let config = config.to_string_lossy();
    let arguments = ["generate", "--config", &config];
    let mut run = Command::new(peer);
    let accepted = run
        .args(arguments)
        .current_dir(place)
        .output()
        .expect("the peer");
    let program = peer.to_string_lossy();
    let measured = || least(TIMES, || measure(&program, &arguments, place, &[]));
    accepted.status.success().then(measured)
}

/// All operations, as the peer selects them.
fn operations(root: &Node) -> Vec<String> {
    const METHODS: [&str; 8] = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace",
    ];
    let paths = root.get("paths").into_iter().flat_map(Node::members);
    let all = paths.flat_map(|(path, item)| {
        let methods = item.value.members().map(|(method, _)| method);
        let methods = methods.filter(|method| METHODS.contains(method));
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    all.collect()
}
