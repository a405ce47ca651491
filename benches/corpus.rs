//! What becomes of documents: `cargo bench --bench corpus [-- DOCUMENT…]`, such as `realworld.yml` or the path of
//! any other; else all of the corpus.
//!
//! Each becomes a project of one service on SQLite, which must be formatted, without a warning of clippy, and green
//! by its own tests; its numbers must be those of `fixtures/corpus.txt`. CPU is that of `apigen new`, and of
//! `cargo check` of the project's own crates (dependencies are built before). Fails where anything does.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/support/counts.rs"]
mod counts;
#[path = "support/measure.rs"]
mod measure;
#[path = "../tests/support/project.rs"]
mod project;
#[path = "../tests/support/shared.rs"]
mod shared;

use std::{
    env, fs,
    path::{self, Path, PathBuf},
    process::ExitCode,
};

use counts::{COLUMNS, Counts};
use measure::{APIGEN, is_measured, measure, touch_sources};
use project::{cargo_in, target};
use shared::{Document, documents};

const REVIEWED: &str = include_str!("../fixtures/corpus.txt");

fn main() -> ExitCode {
    if is_measured() {
        return ExitCode::SUCCESS;
    }
    let asked: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    println!("{:<38}{COLUMNS}  generate    check", "document");
    let mut broken = 0;
    for document in wanted(&asked) {
        let counts = Counts::of(&document);
        let line = format!("{:<38}{counts}", document.name);
        print!("{line}");
        let mut problems = compiled(&document);
        // A document that nobody reviewed has nothing to be held to.
        let is_reviewed = REVIEWED
            .lines()
            .any(|known| known.starts_with(&document.name));
        if is_reviewed && !REVIEWED.lines().any(|known| known == line) {
            problems.push("other numbers than in fixtures/corpus.txt".to_owned());
        }
        println!(
            "{}",
            problems
                .iter()
                .map(|p| format!("  {p}"))
                .collect::<String>()
        );
        broken += usize::from(!problems.is_empty());
    }
    println!("{broken} broken");
    if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// All of the corpus, or what was asked for.
fn wanted(asked: &[String]) -> Vec<Document> {
    let (paths, names): (Vec<_>, Vec<_>) = asked.iter().partition(|name| Path::new(name).is_file());
    let own = paths.into_iter().map(|name| {
        let path = path::absolute(name).expect("a path");
        Document {
            name: name.clone(),
            root: path.parent().expect("a folder").to_owned(),
            path,
        }
    });
    let is_wanted = |document: &Document| {
        asked.is_empty() || names.iter().any(|name| document.name.starts_with(*name))
    };
    documents("corpus")
        .into_iter()
        .filter(is_wanted)
        .chain(own)
        .collect()
}

/// Generates, checks and tests; prints what it cost, and returns what went wrong.
fn compiled(document: &Document) -> Vec<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name = format!(
        "c{}",
        document
            .name
            .to_lowercase()
            .chars()
            .map(plain)
            .collect::<String>()
    );
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("corpus");
    let folder = place.join(&name);
    let _ = fs::remove_dir_all(&folder);
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (path, spec, root) = (text(&folder), text(&document.path), text(&document.root));
    let new = [
        "new", &path, "--spec", &spec, "--root", &root, "--name", &name,
    ];
    // Without cargo in reach, nothing but apigen itself is measured.
    let new = [&new[..], &["--no-git", "-q"]].concat();
    let generated = measure(APIGEN, &new, &place, &[("PATH", "")]);

    let cargo = |arguments: &[&str]| {
        let output = cargo_in(&folder, arguments).output().expect("cargo");
        let log = place.join(format!("{name}.log"));
        let problem = format!("cargo {} fails: {}", arguments[0], log.display());
        match output.status.success() {
            true => Ok(()),
            false => {
                fs::write(log, [output.stdout, output.stderr].concat()).expect("a log");
                Err(problem)
            }
        }
    };
    let target = text(&target());
    let envs = [
        ("CARGO_TARGET_DIR", target.as_str()),
        ("CARGO_INCREMENTAL", "0"),
        ("CARGO_PROFILE_DEV_DEBUG", "0"),
    ];
    let check = ["check", "--quiet", "--workspace"];
    // The dependencies, before anything is measured.
    let checked = cargo(&check).map(|()| {
        touch_sources(&folder);
        measure("cargo", &check, &folder, &envs)
    });
    let seconds = checked.as_ref().map_or(f64::NAN, |cost| cost.cpu_seconds);
    print!("{:>8.2} s{seconds:>7.2} s", generated.cpu_seconds);
    let lint = ["clippy", "--quiet", "--workspace", "--all-targets", "--"];
    let steps = [
        checked.map(drop),
        cargo(&["fmt", "--all", "--check"]),
        cargo(&[&lint[..], &["-D", "warnings"]].concat()),
        cargo(&["test", "--quiet", "--workspace"]),
    ];
    let problems = steps.into_iter().filter_map(Result::err).collect();
    // Forty projects fill a disk.
    let _ = cargo(&["clean", "--quiet", "--workspace"]);
    problems
}
