//! What the large documents cost: `cargo bench --bench scale`.
//!
//! For each document: apigen's CPU seconds and peak memory, those of `cargo check` of the generated
//! crate alone (its dependencies are built before), and how long a build takes after an edit of one
//! service file. The last column is the ratio to the budget: above 1 is too much. `cargo check` of
//! what openapi-generator writes for github-rest took 96 CPU seconds and 5.5 GB, with errors.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/measure.rs"]
mod measure;
#[path = "../tests/support/shared.rs"]
mod shared;

use std::{
    fs,
    path::{Path, PathBuf},
};

use measure::{APIGEN, head, is_measured, line, measure, touch, touch_sources};

const DOCUMENTS: [&str; 2] = ["github-rest.json", "synthetic-large.yaml"];

fn main() {
    if is_measured() {
        return;
    }
    let Some(corpus) = shared::shared("corpus") else {
        return;
    };
    head("document");
    for document in DOCUMENTS {
        bench(&corpus.join(document), document);
    }
}

fn bench(spec: &Path, document: &str) {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("scale");
    let project = root.join(document.replace('.', "-"));
    let target = root.join("target");
    let _ = fs::remove_dir_all(&project);
    let print = |what: &str, unit: &str, measured: f64, budget: f64| {
        line(document, what, unit, measured, budget);
    };
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let [folder, spec] = [project.as_path(), spec].map(path);
    let new = ["new", &folder, "--spec", &spec, "--no-git", "-q"];
    // Without cargo in reach, nothing but apigen itself is measured.
    let generated = measure(APIGEN, &new, &root, &[("PATH", "")]);
    print("apigen new, CPU", "s", generated.cpu_seconds, 1.0);
    print("apigen new, memory", "MB", generated.peak_megabytes, 200.0);

    let target = path(&target);
    let envs = [
        ("CARGO_TARGET_DIR", target.as_str()),
        ("CARGO_INCREMENTAL", "0"),
    ];
    let check = ["check", "-q", "--workspace"];
    measure("cargo", &check, &project, &envs);
    touch_sources(&project);
    let checked = measure("cargo", &check, &project, &envs);
    print("cargo check, CPU", "s", checked.cpu_seconds, 20.0);
    print("cargo check, memory", "MB", checked.peak_megabytes, 2048.0);

    let envs = &envs[..1];
    let build = ["build", "-q"];
    measure("cargo", &build, &project, envs);
    touch(&first_service(&project));
    let rebuilt = measure("cargo", &build, &project, envs);
    print(
        "rebuild after an edit, wall",
        "s",
        rebuilt.wall_seconds,
        4.0,
    );
}

fn first_service(project: &Path) -> PathBuf {
    let entries = fs::read_dir(project.join("src/services")).expect("services");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut services: Vec<PathBuf> = paths.filter(|path| !path.ends_with("mod.rs")).collect();
    services.sort();
    services.swap_remove(0)
}
