//! `apigen sync --watch`, as an editor meets it.
#![cfg(unix)]

#[path = "support/run.rs"]
mod run;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use run::{project, replace};

/// Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(root: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_apigen"))
            .args(["sync", "--watch"])
            .current_dir(root)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("apigen");
        let errors = BufReader::new(child.stderr.take().expect("the standard error"));
        let (send, lines) = channel();
        thread::spawn(move || {
            let lines = errors.lines().map_while(Result::ok);
            lines.for_each(|line| drop(send.send(line)));
        });
        Self { child, lines }
    }

    /// Everything that a run says, up to the line that ends it; it must hold these words.
    fn says(&self, words: &[&str]) {
        let start = Instant::now();
        let mut told = String::new();
        while start.elapsed() < PATIENCE {
            let Ok(line) = self.lines.recv_timeout(Duration::from_millis(200)) else {
                continue;
            };
            told += &format!("{line}\n");
            if line.contains("ms; watching") && words.iter().all(|word| told.contains(word)) {
                return;
            }
        }
        panic!("no {words:?} in:\n{told}");
    }

    fn is_silent(&self) {
        thread::sleep(Duration::from_millis(700));
        let told: Vec<String> = self.lines.try_iter().collect();
        assert!(told.is_empty(), "{told:?}");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// As editors save that write beside the file, and rename.
fn save_by_rename(path: &Path, text: &str) {
    let beside = path.with_extension("swp");
    fs::write(&beside, text).expect("written");
    fs::rename(beside, path).expect("renamed");
}

#[test]
fn saves_are_synced_mistakes_are_told_and_ctrl_c_ends_it() {
    let (_folder, root) = project();
    let spec = root.join("openapi.yaml");
    let served = root.join("src/api/openapi.json");
    let title = |title: &str| {
        let text = fs::read_to_string(&served).expect("served");
        assert!(text.contains(title), "no `{title}`");
    };
    let good = fs::read_to_string(&spec).expect("the spec");
    let mut watch = Watch::start(&root);
    watch.says(&["In step with `openapi.yaml`"]);
    watch.is_silent();

    fs::write(&spec, good.replacen("title: ", "title: One ", 1)).expect("saved");
    watch.says(&["updated"]);
    title("\"One ");
    watch.is_silent();

    fs::write(&spec, "openapi: 3.0.3\npaths: [\n").expect("saved");
    watch.says(&["error", "openapi.yaml:", "nothing was written"]);
    title("\"One ");

    save_by_rename(&spec, &good.replacen("title: ", "title: Two ", 1));
    watch.says(&["updated"]);
    title("\"Two ");

    fs::remove_file(&spec).expect("removed");
    watch.says(&["there is no"]);
    fs::write(&spec, good.replacen("title: ", "title: Three ", 1)).expect("saved");
    watch.says(&["updated"]);
    title("\"Three ");

    fs::copy(&spec, root.join("moved.yaml")).expect("copied");
    replace(&root.join("apigen.toml"), "openapi.yaml", "moved.yaml");
    watch.says(&["In step with `moved.yaml`"]);
    replace(&root.join("moved.yaml"), "title: Three ", "title: Four ");
    watch.says(&["updated"]);
    title("\"Four ");

    let id = Pid::from_raw(i32::try_from(watch.child.id()).expect("an id"));
    kill(id, Signal::SIGINT).expect("told");
    let ended = watch.child.wait().expect("ended");
    assert_eq!(ended.code(), Some(0));
}
