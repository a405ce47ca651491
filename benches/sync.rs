//! What keeping a project in step costs: `cargo bench --bench sync`.
//!
//! For a document of 50 and one of 1,000 operations: what `apigen` uses of the CPU when there is
//! nothing to do and when one field is new, how much of the project that makes `cargo check` look
//! at again, and how long `sync --watch` takes from save to done. The last column is the ratio to
//! the budget: above 1 is too much.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "support/measure.rs"]
mod measure;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    time::{Instant, SystemTime},
};

use measure::{APIGEN, Cost, fact, head, is_measured, least, line, measure};

/// Each is measured so often; the least counts.
const TIMES: usize = 5;

fn main() {
    if is_measured() {
        return;
    }
    head("document");
    for operations in [50, 1000] {
        let bench = Bench::new(operations);
        bench.nothing_to_do();
        bench.one_field();
        bench.compile();
        bench.watch();
    }
}

/// A project in a folder of its own.
struct Bench {
    name: String,
    spec: PathBuf,
    root: PathBuf,
    target: PathBuf,
}

impl Bench {
    fn new(operations: usize) -> Self {
        let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sync");
        let bench = Self {
            name: format!("{operations} operations"),
            spec: place.join(format!("{operations}.yaml")),
            root: place.join(format!("project-{operations}")),
            target: place.join("target"),
        };
        let _ = fs::remove_dir_all(&bench.root);
        fs::create_dir_all(&place).expect("a folder");
        fs::write(&bench.spec, document(operations)).expect("a document");
        let [root, spec] = [&bench.root, &bench.spec].map(|path| path.to_string_lossy());
        let arguments = [
            "new", &root, "--spec", &spec, "--link", "--no-git", "--yes", "-q",
        ];
        // Without cargo in reach, nothing but apigen itself is measured.
        let new = measure(APIGEN, &arguments, &place, &[("PATH", "")]);
        line(&bench.name, "new, CPU", "s", new.cpu_seconds, 1.0);
        line(&bench.name, "new, memory", "MB", new.peak_megabytes, 200.0);
        bench
    }

    fn apigen(&self, arguments: &[&str]) -> Cost {
        measure(APIGEN, arguments, &self.root, &[])
    }

    fn nothing_to_do(&self) {
        let print = |what: &str, cpu: f64| line(&self.name, what, "s", cpu, 0.3);
        let whole = least(TIMES, || {
            let _ = fs::remove_file(self.root.join(".apigen/cache"));
            self.apigen(&["sync"])
        });
        fact(&self.name, "nothing to do, nothing remembered", "s", whole);
        let before = times(&self.root);
        print(
            "nothing to do, sync",
            least(TIMES, || self.apigen(&["sync"])),
        );
        for format in ["human", "json", "github", "sarif"] {
            let cpu = least(TIMES, || self.apigen(&["check", "--format", format]));
            print(&format!("nothing to do, check, {format}"), cpu);
        }
        assert_eq!(times(&self.root), before, "nothing is written");
    }

    /// A new field in one of the schemas.
    fn edit(&self, name: &str) {
        let text = fs::read_to_string(&self.spec).expect("the document");
        let place = "        label: { type: string }\n";
        let text = text.replacen(
            place,
            &format!("{place}        {name}: {{ type: string }}\n"),
            1,
        );
        fs::write(&self.spec, text).expect("the document");
    }

    fn one_field(&self) {
        let (mut syncs, mut after) = (Vec::new(), Vec::new());
        let mut rewritten = (0, 0);
        for name in ["one", "two", "three"] {
            let before = times(&self.root);
            self.edit(name);
            syncs.push(self.apigen(&["sync"]).cpu_seconds);
            let now = times(&self.root);
            let changed = now.iter().filter(|file| before.get(file.0) != Some(file.1));
            rewritten = (changed.count(), now.len());
            after.push(self.apigen(&["sync"]).cpu_seconds);
        }
        let (files, of) = rewritten;
        let what = format!("one field, files written of {of}");
        fact(&self.name, &what, "", files as f64);
        let least = |costs: Vec<f64>| costs.into_iter().fold(f64::INFINITY, f64::min);
        line(&self.name, "one field, sync", "s", least(syncs), 0.5);
        line(&self.name, "nothing to do after it", "s", least(after), 0.3);
    }

    /// How much of the project the compiler looks at again.
    fn compile(&self) {
        let target = self.target.to_string_lossy().into_owned();
        let cargo = |arguments: &[&str]| {
            let envs = [("CARGO_TARGET_DIR", target.as_str())];
            measure("cargo", arguments, &self.root, &envs).cpu_seconds
        };
        let check = || cargo(&["check", "-q", "--workspace"]);
        check(); // the dependencies
        cargo(&["clean", "-q", "--workspace"]);
        let whole = check();
        fact(&self.name, "cargo check of it all", "s", whole);
        self.apigen(&["sync"]);
        line(&self.name, "cargo check of nothing", "s", check(), 0.3);
        self.edit("four");
        self.apigen(&["sync"]);
        let again = check();
        line(&self.name, "cargo check after one field", "s", again, whole);
    }

    /// From save to done; the last that the process holds is that of a long day.
    fn watch(&self) {
        let mut command = Command::new(APIGEN);
        command.args(["sync", "--watch"]).current_dir(&self.root);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("apigen");
        let errors = child.stderr.take().expect("the standard error");
        let mut lines = BufReader::new(errors).lines();
        done(&mut lines);
        let saves = (0..TIMES).map(|count| {
            let start = Instant::now();
            self.edit(&format!("saved_{count}"));
            done(&mut lines);
            start.elapsed().as_secs_f64()
        });
        let wall = saves.fold(f64::INFINITY, f64::min);
        line(&self.name, "watch, from save to done, wall", "s", wall, 0.5);
        if let Some(held) = held(&child) {
            fact(&self.name, "watch, memory between saves", "MB", held);
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn done(lines: &mut Lines<BufReader<ChildStderr>>) {
    let is_done = |line: &String| line.contains("ms; watching");
    let found = lines.map_while(Result::ok).any(|line| is_done(&line));
    assert!(found, "it ended");
}

/// What a process holds, where the system tells.
fn held(child: &Child) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// When each file was written; what apigen remembers for itself does not count.
fn times(root: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let metadata = entry.metadata().expect("metadata");
            match metadata.is_dir() {
                true => folders.push(path),
                false if path.ends_with(".apigen/cache") => {}
                false if path.ends_with("Cargo.lock") => {}
                false => drop(files.insert(path, metadata.modified().expect("a time"))),
            }
        }
    }
    files
}

/// Five operations for each of many resources.
fn document(operations: usize) -> String {
    let mut paths = String::new();
    let mut schemas = String::new();
    for index in 0..operations / 5 {
        let (name, tag) = (format!("Part{index:03}"), format!("parts{index:03}"));
        let schema = format!("schema: {{ $ref: '#/components/schemas/{name}' }}");
        let body = format!("content: {{ application/json: {{ {schema} }} }}");
        let list = format!(
            "content: {{ application/json: {{ schema: {{ type: array, items: {{ $ref: '#/components/schemas/{name}' }} }} }} }}"
        );
        let request = format!("requestBody: {{ required: true, {body} }}");
        let _ = write!(
            paths,
            "  /{tag}:
    get:
      operationId: list{name}
      tags: [{tag}]
      responses: {{ '200': {{ description: All, {list} }} }}
    post:
      operationId: create{name}
      tags: [{tag}]
      {request}
      responses: {{ '201': {{ description: New, {body} }} }}
  /{tag}/{{id}}:
    parameters: [{{ name: id, in: path, required: true, schema: {{ type: string, format: uuid }} }}]
    get:
      operationId: get{name}
      tags: [{tag}]
      responses: {{ '200': {{ description: One, {body} }} }}
    put:
      operationId: replace{name}
      tags: [{tag}]
      {request}
      responses: {{ '200': {{ description: Replaced, {body} }} }}
    delete:
      operationId: delete{name}
      tags: [{tag}]
      responses: {{ '204': {{ description: Gone }} }}
"
        );
        let _ = write!(
            schemas,
            "    {name}:
      type: object
      required: [id, title, state]
      properties:
        id: {{ type: string, format: uuid, readOnly: true }}
        title: {{ type: string, minLength: 1, maxLength: 80 }}
        state: {{ type: string, enum: [open, done] }}
        count: {{ type: integer, minimum: 0 }}
        made_at: {{ type: string, format: date-time }}
        label: {{ type: string }}
"
        );
    }
    format!(
        "openapi: 3.0.3\ninfo: {{ title: Parts, version: 1.0.0 }}\npaths:\n{paths}components:\n  schemas:\n{schemas}"
    )
}
