//! Workspaces of services beside the same documents as one service:
//! `cargo bench --bench services [-- DOCUMENT…]`, such as `realworld.yml`; else all of them.
//!
//! For each document: the CPU that `apigen new` and `cargo build` use (of the project's own crates;
//! the dependencies are built before), how long a rebuild takes after an edit of one service, and
//! the ratio of the workspace to the one service. Then all tests of the workspace run, its services
//! and its gateway start, and the contract tests of the one service call the gateway, on SQLite and,
//! where `TEST_POSTGRES_URL` is set, on PostgreSQL. Of the first document: how much longer a request
//! takes through the gateway than without it.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/measure.rs"]
mod measure;
#[path = "../tests/support/project.rs"]
mod project;
#[path = "../tests/support/shared.rs"]
mod shared;
#[path = "../tests/support/workspace.rs"]
mod workspace;

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use measure::{APIGEN, Cost, is_measured, measure, touch, touch_sources};
use project::{Database, NO_LIMIT, Project, databases, passed};
use serde_json::json;
use workspace::{Running, Workspace};

const DOCUMENTS: [&str; 6] = [
    "swagger-petstore.yaml",
    "train-travel.yaml",
    "realworld.yml",
    "spotify-official.yml",
    "1claw.json",
    "github-rest.json",
];

fn main() {
    if is_measured() {
        return;
    }
    let Some(corpus) = shared::shared("corpus") else {
        return;
    };
    let wanted: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    let is_wanted = |document: &&&str| wanted.is_empty() || wanted.iter().any(|w| w == **document);
    println!(
        "{:<18} {:<34} {:>10} {:>10} {:>6}",
        "document", "what", "services", "one", "ratio"
    );
    for document in DOCUMENTS.iter().filter(is_wanted) {
        costs(&corpus.join(document));
        for database in databases() {
            keeps_its_contract(&corpus.join(document), database);
        }
    }
}

/// The name of its packages, which starts with a letter.
fn name_of(document: &Path) -> &str {
    let name = document.file_name().and_then(|name| name.to_str());
    let name = name.and_then(|name| name.split('.').next());
    name.unwrap_or_default()
        .trim_start_matches(|c: char| c.is_ascii_digit())
}

/// What both layouts cost.
fn costs(document: &Path) {
    let name = name_of(document);
    let both = ["services", "layered"].map(|layout| of_layout(document, layout));
    for (index, (what, unit)) in MEASURED.iter().enumerate() {
        let [services, one] = both.map(|measured| measured[index]);
        let ratio = services / one;
        println!(
            "{name:<18} {what:<34} {services:>7.2} {unit:<2} {one:>7.2} {unit:<2} {ratio:>6.2}"
        );
    }
}

const MEASURED: [(&str, &str); 4] = [
    ("apigen new, CPU", "s"),
    ("cargo build, CPU", "s"),
    ("cargo build, wall", "s"),
    ("rebuild after an edit, wall", "s"),
];

fn of_layout(document: &Path, layout: &str) -> [f64; 4] {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("parted");
    let root = place.join(layout).join(name_of(document));
    let _ = fs::remove_dir_all(&root);
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (folder, spec, target) = (text(&root), text(document), text(&place.join("target")));
    let package = format!("{}-{layout}", name_of(document));
    let new = [
        "new", &folder, "--spec", &spec, "--layout", layout, "--name", &package,
    ];
    let new = [&new[..], &["--no-git", "-q"]].concat();
    // Without cargo in reach, nothing but apigen itself is measured.
    let generated = measure(APIGEN, &new, &place, &[("PATH", "")]);

    let envs = [
        ("CARGO_TARGET_DIR", target.as_str()),
        ("CARGO_PROFILE_DEV_DEBUG", "0"),
    ];
    let build =
        |envs: &[(&str, &str)]| measure("cargo", &["build", "-q", "--workspace"], &root, envs);
    let once = [&envs[..], &[("CARGO_INCREMENTAL", "0")]].concat();
    build(&once);
    touch_sources(&root);
    let built = build(&once);
    build(&envs);
    touch(&an_edited_file(&root));
    let Cost { wall_seconds, .. } = build(&envs);
    [
        generated.cpu_seconds,
        built.cpu_seconds,
        built.wall_seconds,
        wall_seconds,
    ]
}

/// The business logic of one tag: of a service, or of the one service.
fn an_edited_file(root: &Path) -> PathBuf {
    let mut found = Vec::new();
    collect(root, &mut found);
    found.sort();
    found.swap_remove(0)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let is_service = folder.ends_with("src/services") && !path.ends_with("mod.rs");
        match path.is_dir() {
            true => collect(&path, found),
            false if is_service => found.push(path),
            false => {}
        }
    }
}

/// The workspace's own tests, and those of the one service against its gateway.
fn keeps_its_contract(document: &Path, database: Database) {
    let name = name_of(document);
    let say = |what: &str, figure: String| {
        println!(
            "{name:<18} {:<34} {figure:>10}",
            format!("{what}, {}", database.name())
        );
    };
    let whole = Project::new(name, document, database);
    let workspace = Workspace::new(&format!("{name}-parts"), document, database);
    say("services", workspace.services().len().to_string());
    let output = workspace
        .project
        .command(&["test", "--quiet", "--workspace"])
        .output();
    let output = output.expect("cargo");
    let tests = passed(&String::from_utf8_lossy(&output.stdout));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    say("tests that passed", tests.to_string());
    let settings = workspace.project.root.join(".env");
    fs::copy(settings, whole.root.join(".env")).expect("the settings");
    let running = workspace.up(NO_LIMIT);
    let cases = whole.passed_at(&running.url);
    let cases = cases.map_or("FAILED".to_owned(), |cases| cases.to_string());
    say("contract tests through the gateway", cases);
    if name == name_of(Path::new(DOCUMENTS[0])) {
        let [through, direct] = latencies(&workspace, &running);
        say("a request, direct", format!("{direct:.0} us"));
        say("a request through the gateway", format!("{through:.0} us"));
        say("ratio", format!("{:.2}", through / direct));
    }
}

/// The median of a request to the service of users through the gateway, and without it.
fn latencies(workspace: &Workspace, running: &Running) -> [f64; 2] {
    const TIMES: usize = 2_000;
    let row = "/api/v3/user/latency";
    let made = ureq::post(format!("{}/api/v3/user", running.url));
    made.send_json(json!({ "id": 77, "username": "latency" }))
        .expect("a user");
    let urls = [running.url.clone(), running.direct(workspace, "user")];
    let agent = ureq::Agent::new_with_defaults();
    let mut times = [Vec::new(), Vec::new()];
    // In turns, so that both meet the same machine.
    for _ in 0..TIMES {
        for (url, times) in urls.iter().zip(&mut times) {
            let start = Instant::now();
            let answer = agent.get(format!("{url}{row}")).call();
            answer
                .expect("the user")
                .body_mut()
                .read_to_vec()
                .expect("a body");
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[TIMES / 2]
    })
}
