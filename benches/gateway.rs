//! What the gateway adds to a request: `cargo bench --bench gateway`.
//!
//! A workspace of the shop is built with optimizations, and a service and the gateway run. The same
//! request goes to the service and through the gateway by turns, over connections that stay open:
//! alone, and with others at a time. The last column is the ratio of the two.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const APIGEN: &str = env!("CARGO_BIN_EXE_apigen");

/// How often each is asked in all.
const REQUESTS: usize = 8000;

/// How many clients there are at a time.
const CLIENTS: [usize; 2] = [1, 8];

fn main() {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("gateway");
    let target = build(&place);
    let [direct, outside] = [free_port(), free_port()];
    let service = format!("http://127.0.0.1:{direct}");
    let secret = "a secret that is long enough for tests";
    let database = format!("sqlite://{}", place.join("latency/items.db").display());
    let settings = [
        ("JWT_SECRET", secret),
        ("API_KEYS", secret),
        ("DATABASE_URL", &database),
    ];
    let running = [
        Server::start(&target.join("latency-items"), direct, &settings),
        Server::start(
            &target.join("latency-gateway"),
            outside,
            &[("ITEMS_URL", &*service)],
        ),
    ];
    println!(
        "{:<10} {:<6} {:>12} {:>12} {:>8}",
        "clients", "", "direct", "gateway", "ratio"
    );
    for clients in CLIENTS {
        let urls = running.each_ref().map(|server| server.url.clone());
        let [direct, outside] = latencies(&urls, clients);
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let micros = |all: &[f64]| all[((all.len() - 1) as f64 * share) as usize];
            let (direct, outside) = (micros(&direct), micros(&outside));
            let ratio = outside / direct;
            println!("{clients:<10} {name:<6} {direct:>9.0} us {outside:>9.0} us {ratio:>8.2}");
        }
    }
}

/// Makes the workspace, and builds what runs; returns where that is.
fn build(place: &Path) -> PathBuf {
    let root = place.join("latency");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(place).expect("a folder");
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop.yaml");
    let [path, spec] = [&root, &spec].map(|path| path.to_string_lossy());
    let new = ["new", &path, "--spec", &spec, "--layout", "services"];
    let mut command = Command::new(APIGEN);
    succeeds(command.args(new).args(["--no-git", "--yes", "--quiet"]));
    let target = place.join("target");
    let packages = ["-p", "latency-items", "-p", "latency-gateway"];
    let mut command = Command::new("cargo");
    command.args(["build", "--release", "--quiet"]);
    command.args(packages).current_dir(&root);
    succeeds(command.env("CARGO_TARGET_DIR", &target));
    target.join("release")
}

fn succeeds(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status().expect("a command");
    assert!(status.success(), "{command:?} failed");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A program that answers, stopped when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(program: &Path, port: u16, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        command
            .env("LISTEN", format!("127.0.0.1:{port}"))
            .env("RATE_LIMIT_PER_MINUTE", "0")
            .env("RUST_LOG", "warn")
            .envs(settings.iter().copied())
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .stdout(Stdio::null());
        let child = command.spawn().expect("a server");
        let url = format!("http://127.0.0.1:{port}/api/v1/items");
        let server = Self { child, url };
        for _ in 0..200 {
            if ureq::get(&server.url).call().is_ok() {
                return server;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{} does not answer", program.display());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long the answers of each take in microseconds, sorted; asked by turns.
fn latencies(urls: &[String; 2], clients: usize) -> [Vec<f64>; 2] {
    let ask = |agent: &ureq::Agent, url: &str| {
        let start = Instant::now();
        let mut answer = agent.get(url).call().expect("an answer");
        answer.body_mut().read_to_vec().expect("a body");
        start.elapsed().as_secs_f64() * 1e6
    };
    let client = || {
        let agents = urls.each_ref().map(|_| ureq::Agent::new_with_defaults());
        let mut all = [Vec::new(), Vec::new()];
        for turn in 0..REQUESTS / clients {
            for (index, url) in urls.iter().enumerate() {
                let micros = ask(&agents[index], url);
                // The first ones open the connections.
                if turn >= 50 {
                    all[index].push(micros);
                }
            }
        }
        all
    };
    let mut all = [Vec::new(), Vec::new()];
    thread::scope(|scope| {
        let running: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        for client in running {
            let own = client.join().expect("a client");
            all.iter_mut()
                .zip(own)
                .for_each(|(all, own)| all.extend(own));
        }
    });
    for all in &mut all {
        all.sort_by(f64::total_cmp);
    }
    all
}
