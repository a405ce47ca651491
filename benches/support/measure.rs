//! What a command costs, for the benchmarks.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stdout,
    reason = "every benchmark uses its own part, and prints"
)]

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use nix::sys::resource::{UsageWho, getrusage};

pub const APIGEN: &str = env!("CARGO_BIN_EXE_apigen");

/// What a command cost.
#[derive(Clone, Copy)]
pub struct Cost {
    pub cpu_seconds: f64,
    pub peak_megabytes: f64,
    pub wall_seconds: f64,
}

/// The table that a benchmark prints.
pub fn head(first: &str) {
    println!(
        "{first:<22} {:<34} {:>10} {:>10} {:>8}",
        "what", "measured", "budget", "ratio"
    );
}

/// A line of it; the ratio is above 1 where it is too much.
pub fn line(first: &str, what: &str, unit: &str, measured: f64, budget: f64) {
    let ratio = measured / budget;
    println!("{first:<22} {what:<34} {measured:>8.2} {unit:<2}{budget:>8.2} {unit} {ratio:>6.2}");
}

/// A line without a budget.
pub fn fact(first: &str, what: &str, unit: &str, measured: f64) {
    println!("{first:<22} {what:<34} {measured:>8.2} {unit}");
}

/// The least CPU of several runs: others use the machine, too.
pub fn least(times: usize, mut run: impl FnMut() -> Cost) -> f64 {
    let runs = (0..times).map(|_| run().cpu_seconds);
    runs.fold(f64::INFINITY, f64::min)
}

pub fn touch(file: &Path) {
    let text = fs::read(file).expect("a file");
    fs::write(file, text).expect("a file");
}

/// Makes cargo believe that the project's own crates changed, and no others.
pub fn touch_sources(root: &Path) {
    for entry in fs::read_dir(root).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            touch_sources(&path);
        } else if path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") {
            touch(&path);
        }
    }
}

/// Runs a command in a process of its own, since the kernel tells the peak of all children.
pub fn measure(program: &str, arguments: &[&str], folder: &Path, envs: &[(&str, &str)]) -> Cost {
    fs::create_dir_all(folder).expect("a folder");
    let output = Command::new(env::current_exe().expect("this program"))
        .arg("measure")
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .envs(envs.iter().copied())
        .stderr(Stdio::piped())
        .output()
        .expect("a measurement");
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = last.split(' ').filter_map(|n| n.parse().ok()).collect();
    let [cpu_seconds, peak_megabytes, wall_seconds] = numbers[..] else {
        let told = String::from_utf8_lossy(&output.stderr);
        panic!("`{program} {}` failed: {told}", arguments.join(" "));
    };
    Cost {
        cpu_seconds,
        peak_megabytes,
        wall_seconds,
    }
}

/// The other side of [`measure`]: true where this process is to run a command, and did.
pub fn is_measured() -> bool {
    let arguments: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    let Some(("measure", command)) = arguments.split_first().map(|(a, b)| (a.as_str(), b)) else {
        return false;
    };
    let start = Instant::now();
    let mut child = Command::new(&command[0]);
    let status = child.args(&command[1..]).stdout(Stdio::null()).status();
    assert!(status.expect("a command").success(), "{command:?} failed");
    let wall = start.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage");
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    println!("{cpu} {} {wall}", usage.max_rss() as f64 / 1024.0);
    true
}
