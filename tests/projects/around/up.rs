//! `cargo xtask up`

use crate::project::{cargo_in, program};
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::workspace::Workspace;
use crate::{project::free_ports, run::told};

/// What runs, and what it says.
struct Up {
    child: Child,
    lines: mpsc::Receiver<String>,
    port: u16,
}

impl Up {
    fn start(root: &Path, arguments: &[&str]) -> Self {
        let port = free_ports(4);
        let mut child = xtask(root, &["up", "--port", &port.to_string()])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("cargo");
        let output = child.stdout.take().expect("an output");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            lines
                .take_while(|line| sender.send(line.clone()).is_ok())
                .for_each(drop);
        });
        Self { child, lines, port }
    }

    /// Waits for a line with this text.
    fn says(&self, text: &str) -> String {
        let end = Instant::now() + Duration::from_secs(400);
        let mut said = Vec::new();
        while let Ok(line) = self
            .lines
            .recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            if line.contains(text) {
                return line;
            }
            said.push(line);
        }
        panic!("`{text}` is not said:\n{}", said.join("\n"));
    }

    fn get(&self, path: &str) -> u16 {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        agent
            .get(url)
            .call()
            .map_or(0, |answer| answer.status().as_u16())
    }

    /// Waits until a path is answered so.
    fn answers(&self, path: &str, status: u16) {
        let end = Instant::now() + Duration::from_secs(20);
        while self.get(path) != status {
            assert!(
                Instant::now() < end,
                "{path} answers {}, not {status}",
                self.get(path)
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).expect("an id");
        kill(Pid::from_raw(id), signal).expect("a signal");
    }

    /// It ends well, and nothing of it is left.
    fn ends(mut self) {
        let status = self.child.wait().expect("an end");
        assert!(status.success(), "{status}");
        for port in self.port..self.port + 4 {
            let open = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
            assert!(open.is_err(), "something still listens on port {port}");
        }
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = kill(
            Pid::from_raw(self.child.id().cast_signed()),
            Signal::SIGTERM,
        );
        let _ = self.child.wait();
    }
}

fn xtask(root: &Path, arguments: &[&str]) -> Command {
    cargo_in(root, &[&["xtask"], arguments].concat())
}

/// A service by itself, whose events nothing would hand on, says so instead of starting.
fn events_are_never_kept_in_silence(root: &Path) {
    let told = |events: &str| {
        let output = Command::new(program("around-up-items"))
            .current_dir(root.join("services/items"))
            .env("EVENTS", events)
            .env("LISTEN", "nowhere")
            .output();
        told(&output.expect("a service"))
    };
    let asks = "EVENTS_URL or NATS_URL must lead to";
    assert!(told("").contains(asks), "{}", told(""));
    let off = told("false");
    assert!(!off.contains(asks) && off.contains("LISTEN"), "{off}");
}

/// The process of a service.
fn process(package: &str) -> Pid {
    let output = Command::new("pgrep")
        .args(["-f", &format!("debug/{package}$")])
        .output();
    let told = told(&output.expect("pgrep"));
    Pid::from_raw(
        told.trim()
            .parse()
            .unwrap_or_else(|_| panic!("{package} runs as `{told}`")),
    )
}

#[test]
fn everything_runs_until_it_is_stopped() {
    let workspace = Workspace::with_events("around-up", ["items", "users"], &[]);
    let root = workspace.root();
    let up = Up::start(&root, &[]);
    up.says("Ctrl-C stops everything");
    up.answers("/things0", 200);
    up.answers("/things1", 200);

    // A dead service costs its own routes, and comes back.
    kill(process("around-up-items"), Signal::SIGKILL).expect("killed");
    up.says("`items` ended");
    assert_eq!(up.get("/things1"), 200);
    up.answers("/things0", 200);
    up.signal(Signal::SIGINT);
    up.ends();

    events_are_never_kept_in_silence(&root);

    // One service and the gateway; a fresh clone gets its secrets.
    std::fs::remove_file(root.join(".env")).expect("removed");
    let up = Up::start(&root, &["users"]);
    up.says(".env is new");
    up.says("Ctrl-C stops everything");
    up.answers("/things1", 200);
    up.answers("/things0", 503);
    up.signal(Signal::SIGTERM);
    up.ends();

    // What cannot run is told, and nothing is left.
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let output = xtask(&root, &["up", "--port", &port.to_string()])
        .output()
        .expect("cargo");
    assert!(!output.status.success());
    assert!(
        told(&output).contains("cannot listen on port"),
        "{}",
        told(&output)
    );
    let output = xtask(&root, &["up", "nobody"]).output().expect("cargo");
    assert!(told(&output).contains("there is no service `nobody`, but items, users"));
}

/// What is built of other crates for a build of all packages does for one of the services, too.
#[test]
fn builds_share_what_they_depend_on() {
    let workspace = Workspace::new("around-tree", &["items", "users"], &[]);
    let root = workspace.root();
    let built = |arguments: &[&str]| {
        let tree = [
            "tree",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p} {f}",
        ];
        let mut cargo = Command::new(env!("CARGO"));
        let output = cargo.args(tree).args(arguments).current_dir(&root).output();
        let text = String::from_utf8(output.expect("cargo").stdout).expect("a tree");
        let lines = text
            .lines()
            .map(|line| line.trim_end_matches(" (*)").to_owned());
        lines.collect::<BTreeSet<String>>()
    };
    let (all, services) = (built(&["--workspace"]), built(&[]));
    let apart: Vec<_> = services.difference(&all).collect();
    assert!(services.len() > 50 && apart.is_empty(), "{apart:?}");
}
