//! What the large documents cost: `cargo bench --bench scale`.
//!
//! For each document: apigen's CPU seconds and peak memory, those of `cargo check` of the generated
//! crate alone (its dependencies are built before), and how long a build takes after an edit of one
//! service file. The last column is the ratio to the budget: above 1 is too much. `cargo check` of
//! what openapi-generator writes for github-rest took 96 CPU seconds and 5.5 GB, with errors.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use nix::sys::resource::{UsageWho, getrusage};

const DOCUMENTS: [&str; 2] = ["github-rest.json", "synthetic-large.yaml"];

/// What a command cost.
struct Cost {
    cpu_seconds: f64,
    peak_megabytes: f64,
    wall_seconds: f64,
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    if let Some(("measure", command)) = arguments.split_first().map(|(a, b)| (a.as_str(), b)) {
        measure_here(command);
        return;
    }
    let Some(corpus) = corpus() else {
        println!("no corpus at ../shared/corpus (or $APIGEN_SHARED/corpus): nothing to measure");
        return;
    };
    println!(
        "{:<22} {:<28} {:>10} {:>10} {:>8}",
        "document", "what", "measured", "budget", "ratio"
    );
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
        let ratio = measured / budget;
        println!(
            "{document:<22} {what:<28} {measured:>8.2} {unit:<2}{budget:>8.0} {unit} {ratio:>6.2}"
        );
    };

    let path = |path: &Path| path.to_string_lossy().into_owned();
    let new = [
        "new",
        &path(&project),
        "--spec",
        &path(spec),
        "--no-git",
        "-q",
    ]
    .map(str::to_owned);
    // Without cargo in reach, nothing but apigen itself is measured.
    let generated = measure(env!("CARGO_BIN_EXE_apigen"), &new, &root, &[("PATH", "")]);
    print("apigen new, CPU", "s", generated.cpu_seconds, 1.0);
    print("apigen new, memory", "MB", generated.peak_megabytes, 200.0);

    let envs = [
        ("CARGO_TARGET_DIR", path(&target)),
        ("CARGO_INCREMENTAL", "0".to_owned()),
    ];
    let envs: Vec<(&str, &str)> = envs.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let check = ["check", "-q", "--workspace"].map(str::to_owned);
    measure("cargo", &check, &project, &envs);
    touch_sources(&project);
    let checked = measure("cargo", &check, &project, &envs);
    print("cargo check, CPU", "s", checked.cpu_seconds, 20.0);
    print("cargo check, memory", "MB", checked.peak_megabytes, 2048.0);

    let envs = &envs[..1];
    let build = ["build", "-q"].map(str::to_owned);
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

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = env::var_os("APIGEN_SHARED").map_or(beside, PathBuf::from);
    Some(shared.join("corpus")).filter(|corpus| corpus.is_dir())
}

fn first_service(project: &Path) -> PathBuf {
    let entries = fs::read_dir(project.join("src/services")).expect("services");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut services: Vec<PathBuf> = paths.filter(|path| !path.ends_with("mod.rs")).collect();
    services.sort();
    services.swap_remove(0)
}

/// Makes cargo believe that the project's own crates changed, and no others.
fn touch_sources(project: &Path) {
    for file in ["src/lib.rs", "src/main.rs", "contract/src/lib.rs"] {
        if project.join(file).exists() {
            touch(&project.join(file));
        }
    }
}

fn touch(file: &Path) {
    let text = fs::read(file).expect("a file");
    fs::write(file, text).expect("a file");
}

/// Runs a command in a process of its own, since the kernel tells the peak of all children.
fn measure(program: &str, arguments: &[String], folder: &Path, envs: &[(&str, &str)]) -> Cost {
    fs::create_dir_all(folder).expect("a folder");
    let output = Command::new(env::current_exe().expect("this program"))
        .arg("measure")
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .envs(envs.iter().copied())
        .stderr(Stdio::inherit())
        .output()
        .expect("a measurement");
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = last.split(' ').filter_map(|n| n.parse().ok()).collect();
    let [cpu_seconds, peak_megabytes, wall_seconds] = numbers[..] else {
        panic!("`{program} {}` failed: {text}", arguments.join(" "));
    };
    Cost {
        cpu_seconds,
        peak_megabytes,
        wall_seconds,
    }
}

fn measure_here(command: &[String]) {
    let start = Instant::now();
    let mut child = Command::new(&command[0]);
    let status = child
        .args(&command[1..])
        .stdout(Stdio::null())
        .status()
        .expect("a command");
    assert!(status.success(), "{command:?} failed");
    let wall = start.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage");
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    println!("{cpu} {} {wall}", usage.max_rss() as f64 / 1024.0);
}
