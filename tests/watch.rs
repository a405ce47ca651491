//! `apigen sync --watch`, as an editor meets it.
#![cfg(unix)]

#[path = "support/run.rs"]
mod run;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use run::{apigen, project, replace};

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

    fn stop(&mut self) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).expect("an id"));
        kill(id, Signal::SIGINT).expect("told");
        let ended = self.child.wait().expect("ended");
        assert_eq!(ended.code(), Some(0));
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

    watch.stop();
}

const ROOT: &str = "openapi: 3.0.3
info: { title: Shop, version: '1' }
paths:
  /report:
    post:
      operationId: report
      tags: [items]
      responses:
        '200': { description: All, content: { application/json: { schema: { $ref: parts/item.yaml } } } }
";

const ITEM: &str = "type: object\nrequired: [id]\nproperties:\n  id: { type: string }\n  label: { type: string }\n";

/// A document of two files, and a project that is linked to it.
fn linked() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("contract");
    fs::create_dir_all(spec.join("parts")).expect("a folder");
    fs::write(spec.join("openapi.yaml"), ROOT).expect("written");
    fs::write(spec.join("parts/item.yaml"), ITEM).expect("written");
    let arguments = [
        "new",
        "shop",
        "--spec",
        "contract/openapi.yaml",
        "--link",
        "--no-git",
        "-q",
    ];
    apigen(folder.path(), &arguments).ends(0, &[]);
    let root = folder.path().join("shop");
    (folder, root, spec)
}

#[test]
fn documents_of_several_files_are_followed_however_they_are_saved() {
    let (_folder, root, contract) = linked();
    let served = |name: &str| {
        let text = fs::read_to_string(root.join("src/api/openapi.json")).expect("served");
        assert!(text.contains(name), "no `{name}` in {text}");
    };
    let (main, item) = (
        contract.join("openapi.yaml"),
        contract.join("parts/item.yaml"),
    );
    let mut watch = Watch::start(&root);
    watch.says(&["In step"]);

    fs::write(&item, ITEM.replace("label", "color")).expect("saved");
    watch.says(&["updated"]);
    served("color");

    // In two steps, with a rest between them.
    fs::write(&item, "").expect("emptied");
    thread::sleep(Duration::from_millis(200));
    fs::write(&item, ITEM.replace("label", "weight")).expect("saved");
    watch.says(&["updated"]);
    served("weight");

    // Several files at once.
    let whole = "{ $ref: parts/item.yaml }";
    let inline = "{ type: object, properties: { whole: { $ref: parts/item.yaml }, size: { $ref: parts/size.yaml } } }";
    save_by_rename(&contract.join("parts/size.yaml"), "type: integer\n");
    save_by_rename(&main, &ROOT.replace(whole, inline));
    save_by_rename(&item, ITEM);
    watch.says(&["updated"]);
    served("size");
    served("label");

    // A file that is not there yet.
    let missing = inline.replace("parts/size.yaml", "parts/length.yaml");
    fs::write(&main, ROOT.replace(whole, &missing)).expect("saved");
    watch.says(&["error", "length.yaml"]);
    served("size");
    fs::write(contract.join("parts/length.yaml"), "type: string\n").expect("saved");
    watch.says(&["updated"]);

    // What only moves to another file changes nothing, and is followed from then on.
    let moved = missing.replace("{ $ref: parts/length.yaml }", "{ type: string }");
    fs::write(&main, ROOT.replace(whole, &moved)).expect("saved");
    watch.says(&["In step"]);
    fs::write(contract.join("parts/other.yaml"), "type: string\n").expect("saved");
    let other = missing.replace("length.yaml", "other.yaml");
    fs::write(&main, ROOT.replace(whole, &other)).expect("saved");
    watch.says(&["In step"]);
    fs::write(contract.join("parts/other.yaml"), "type: boolean\n").expect("saved");
    watch.says(&["updated"]);
    served("boolean");
    watch.is_silent();
    watch.stop();
}

#[test]
fn ctrl_c_leaves_nothing_half() {
    let (_folder, root, contract) = linked();
    for round in 0..8 {
        let mut watch = Watch::start(&root);
        watch.says(&["In step"]);
        let name = format!("round_{round}");
        fs::write(
            contract.join("parts/item.yaml"),
            ITEM.replace("label", &name),
        )
        .expect("saved");
        thread::sleep(Duration::from_millis(40 + 15 * round));
        watch.stop();
        let files = run::tree(&root.join(".apigen"));
        let left = files.keys().find(|path| path.contains("journal"));
        assert_eq!(left, None, "after {round} rounds");
    }
    apigen(&root, &["sync"]).ends(0, &["In step"]);
}
