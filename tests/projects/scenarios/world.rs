//! A project in a folder of its own, the user who works in it, and what must hold of it.

use crate::project::{cargo_in, succeeds};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::SystemTime,
};

use apigen::{
    config::Config,
    project::{Lock, lock::hash},
};

use super::script::{Script, Step};
use crate::run::{command, told};

/// Each file with its bytes and its time.
type Tree = BTreeMap<String, (Vec<u8>, SystemTime)>;

pub(crate) struct World<'a> {
    script: &'a Script,
    folder: tempfile::TempDir,
    /// The package of the project.
    name: String,
    /// What the user wrote: no sync changes it, unless the script says so.
    touched: BTreeSet<String>,
}

impl<'a> World<'a> {
    /// `apigen new`, as the script asks for it.
    pub(crate) fn new(name: &str, script: &'a Script) -> Self {
        let world = Self {
            script,
            folder: tempfile::tempdir().expect("a folder"),
            name: format!("case-{}", name.replace('_', "-")),
            touched: BTreeSet::new(),
        };
        let spec = script.named("spec").first().copied().unwrap_or("notes");
        let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/scenarios/specs");
        let spec = specs.join(spec).with_extension("yaml");
        let beside = world.folder.path().join("contract.yaml");
        fs::copy(spec, &beside).expect("a spec");
        let mut arguments = vec![
            "new",
            "project",
            "--spec",
            "contract.yaml",
            "--no-git",
            "-q",
        ];
        arguments.extend(["--name", &world.name]);
        arguments.extend(script.named("new"));
        let made = apigen(world.folder.path(), &arguments);
        assert!(made.status.success(), "{}", told(&made));
        if !script.named("new").contains(&"--link") {
            fs::remove_file(beside).expect("removed");
        }
        world
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Takes one step.
    pub(crate) fn step(&mut self, step: &Step) {
        let words: Vec<_> = step.words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [
                "spec" | "new" | "changes" | "differs" | "waits" | "compiles",
                ..,
            ] => {}
            ["edit", path] => self.edit(path, step, 1),
            ["edit-all", path] => self.edit(path, step, usize::MAX),
            ["write", path] => self.write(path, &step.text()),
            ["append", path] => {
                let text = self.read(path).unwrap_or_default() + &step.text();
                self.write(path, &text);
            }
            ["delete", path] => self.delete(path),
            ["move", from, to] => {
                let text = self.read(from).expect("a file to move");
                self.delete(from);
                self.write(to, &text);
            }
            ["older", path] => self.is_older(path, step),
            ["garble", path] => {
                let file = self.root().join(path);
                let bytes = fs::read(&file).expect("a file");
                fs::write(file, [&bytes[..], b"// \xff mine\n"].concat()).expect("written");
                self.touched.insert((*path).to_owned());
            }
            ["crlf"] => self.checks_out_with_crlf(),
            ["cargo", arguments @ ..] => drop(succeeds(&mut self.command(arguments))),
            ["rustfmt", arguments @ ..] => {
                let mut command = Command::new("rustfmt");
                command.args(arguments).current_dir(self.root());
                succeeds(&mut command);
            }
            ["has", path] => has(path, &self.read(path).unwrap_or_default(), &step.body),
            ["is", path] => assert_eq!(self.read(path), Some(step.text()), "{path}"),
            ["gone", path] => assert!(!self.root().join(path).exists(), "{path} is there"),
            ["there", path] => assert!(self.root().join(path).exists(), "{path} is not there"),
            ["breaks", ..] => self.breaks(step),
            [.., "0" | "1" | "2"] => self.apigen(step),
            _ => panic!("no step `{}`", step.words.join(" ")),
        }
    }

    fn edit(&mut self, path: &str, step: &Step, times: usize) {
        let mut text = self.read(path).unwrap_or_else(|| panic!("no {path}"));
        let ends = match text.contains("\r\n") {
            true => "\r\n",
            false => "\n",
        };
        for (old, new) in step.replacements() {
            let [old, new] = [old, new].map(|lines| lines.replace('\n', ends));
            assert!(text.contains(&old), "no `{old}` in {path}:\n{text}");
            text = text.replacen(&old, &new, times);
        }
        self.write(path, &text);
    }

    /// The scaffold as an older apigen wrote it: the file, its base and what the lock knows.
    fn is_older(&mut self, path: &str, step: &Step) {
        let known = hash(self.read(path).expect("a file").as_bytes());
        let base = apigen::project::base(path);
        self.edit(path, step, 1);
        self.edit(&base, step, 1);
        let older = hash(self.read(path).expect("a file").as_bytes());
        let lock = self.read(apigen::project::LOCK).expect("a lock");
        fs::write(
            self.root().join(apigen::project::LOCK),
            lock.replace(&known, &older),
        )
        .expect("written");
        self.touched.remove(&base);
    }

    fn write(&mut self, path: &str, text: &str) {
        let file = self.root().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("created");
        fs::write(file, text).expect("written");
        self.touched.insert(path.to_owned());
    }

    fn delete(&mut self, path: &str) {
        let file = self.root().join(path);
        match file.is_dir() {
            true => fs::remove_dir_all(file).expect("removed"),
            false => fs::remove_file(file).expect("removed"),
        }
        self.touched.remove(path);
    }

    /// What git does on Windows.
    fn checks_out_with_crlf(&self) {
        for (path, (bytes, _)) in tree(&self.root()) {
            let text = String::from_utf8(bytes)
                .expect("UTF-8")
                .replace("\r\n", "\n");
            fs::write(self.root().join(path), text.replace('\n', "\r\n")).expect("written");
        }
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root().join(path)).ok()
    }

    /// Runs the command; what it tells and how it ends are as the step says.
    fn apigen(&self, step: &Step) {
        let (code, words) = step.words.split_last().expect("words");
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let before = tree(&self.root());
        let lock = self.lock();
        let output = apigen(&self.root(), &words);
        let told = told(&output);
        let expected = code.parse().ok();
        assert_eq!(
            output.status.code(),
            expected,
            "{}:\n{told}",
            words.join(" ")
        );
        has("what it told", &told, &step.body);
        let after = tree(&self.root());
        match words[0] {
            "sync" | "upgrade" => {
                self.keeps_what_is_the_users(&before, &after, &lock);
                self.remembers_what_is();
            }
            _ if ["override", "eject", "restore"].contains(&words[0]) => {}
            _ => assert_same(&before, &after),
        }
    }

    /// The short way says what the full way says.
    fn remembers_what_is(&self) {
        let check = || told(&apigen(&self.root(), &["check", "--format", "json"]));
        let short = check();
        if fs::remove_file(self.root().join(".apigen/cache")).is_ok() {
            assert_eq!(short, check());
        }
    }

    fn lock(&self) -> Lock {
        Lock::parse(&self.read(".apigen/lock").unwrap_or_default())
    }

    /// Nothing of what a person wrote, or may write, is changed.
    fn keeps_what_is_the_users(&self, before: &Tree, after: &Tree, lock: &Lock) {
        let changes = self.script.named("changes");
        for (path, (bytes, _)) in before {
            let ours = path.starts_with(".apigen/") || lock.generated.contains_key(path);
            if (ours && !self.touched.contains(path)) || changes.contains(&path.as_str()) {
                continue;
            }
            let now = after.get(path).map(|(bytes, _)| bytes.as_slice());
            let now = now.unwrap_or_else(|| panic!("{path} is gone"));
            if !lock.merged.contains_key(path) {
                assert!(now == bytes, "{path} changed");
                continue;
            }
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            let (old, now) = (text(bytes), text(now));
            let mut rest = now.lines();
            let lost = old.lines().find(|line| !rest.any(|now| now == *line));
            assert_eq!(lost, None, "{path} lost a line:\n{now}");
        }
    }

    /// What must hold in the end: a further sync has nothing to do, and what is generated is what
    /// a new project would have.
    pub(crate) fn settles(&self) {
        let waits = self.script.all("waits").next().is_some();
        let code = Some(if waits { 2 } else { 0 });
        let before = tree(&self.root());
        for command in ["sync", "check"] {
            let output = apigen(&self.root(), &[command]);
            assert_eq!(
                output.status.code(),
                code,
                "{command} in the end:\n{}",
                told(&output)
            );
            assert_same(&before, &tree(&self.root()));
        }
        self.is_as_if_new();
    }

    fn is_as_if_new(&self) {
        let config = self.read("apigen.toml").expect("apigen.toml");
        let config = Config::parse("apigen.toml", &config).expect("a configuration");
        let fresh = self.folder.path().join("fresh");
        fs::create_dir(&fresh).expect("a folder");
        if !config.spec.starts_with("..") {
            let copy = fresh.join(&config.spec);
            fs::create_dir_all(copy.parent().expect("a folder")).expect("created");
            fs::copy(self.root().join(&config.spec), copy).expect("copied");
        }
        let database = config.database.as_str();
        let errors = config.errors.as_str();
        let spec = config.spec.as_str();
        let arguments = ["new", ".", "--link", "--force", "--no-git", "--spec", spec];
        let choices = ["--name", &config.name, "--db", database, "--errors", errors];
        let made = apigen(&fresh, &[&arguments[..], &choices].concat());
        assert!(made.status.success(), "{}", told(&made));

        let differs = self.script.named("differs");
        let wanted = fs::read_to_string(fresh.join(".apigen/lock")).expect("a lock");
        let wanted = Lock::parse(&wanted).generated;
        let have = self.lock().generated;
        for path in wanted.keys().chain(have.keys()) {
            if !differs.contains(&path.as_str()) {
                let [fresh, ours] = [&fresh, &self.root()].map(|root| timeless(root, path));
                let diff = similar::TextDiff::from_lines(&fresh, &ours);
                let diff = diff.unified_diff().header("new", path).to_string();
                assert!(fresh == ours, "{diff}");
            }
        }
    }

    /// The project compiles, its tests included.
    pub(crate) fn compiles(&self) {
        let errors = self.errors();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    /// The compiler stops at these places and nowhere else.
    fn breaks(&self, step: &Step) {
        let found: Vec<_> = self.errors().into_iter().collect();
        let places = step.words[1..].iter().cloned().collect::<BTreeSet<_>>();
        let found: BTreeSet<_> = found.into_iter().map(|(place, _)| place).collect();
        assert_eq!(found, places);
    }

    /// The errors of `cargo check`: `file:line`, and what they say.
    fn errors(&self) -> BTreeMap<String, String> {
        let mut output = self.command(&["check", "--all-targets", "--message-format=json"]);
        let output = output.stderr(Stdio::piped()).output().expect("cargo");
        let messages = String::from_utf8_lossy(&output.stdout);
        let mut errors = BTreeMap::new();
        for message in messages
            .lines()
            .filter_map(|l| serde_json::from_str(l).ok())
        {
            let message: serde_json::Value = message;
            let message = &message["message"];
            let spans = message["spans"].as_array().into_iter().flatten();
            let primary = spans.filter(|span| span["is_primary"] == true);
            for span in primary.filter(|_| message["level"] == "error") {
                let file = span["file_name"].as_str().unwrap_or_default();
                let place = format!("{file}:{}", span["line_start"]);
                errors.insert(place, message["rendered"].to_string());
            }
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() == errors.is_empty(), "{said}");
        errors
    }

    fn command(&self, arguments: &[&str]) -> Command {
        cargo_in(&self.root(), arguments)
    }
}

fn apigen(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("apigen")
}

/// Each line is in the text, or is not where it begins with `! `; how many blanks does not count.
fn has(what: &str, text: &str, lines: &[String]) {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = plain(text);
    for line in lines {
        match line.strip_prefix("! ") {
            Some(line) => assert!(!found.contains(&plain(line)), "`{line}` in {what}:\n{text}"),
            None => assert!(
                found.contains(&plain(line)),
                "no `{line}` in {what}:\n{text}"
            ),
        }
    }
}

/// A generated file without what git does to line ends, and without its list of migrations, which
/// tells of the past.
fn timeless(root: &Path, path: &str) -> String {
    let text = fs::read_to_string(root.join(path)).unwrap_or_default();
    let text = text.replace("\r\n", "\n");
    match text.split_once("\n    Vec::from([\n") {
        Some((start, rest)) if path.ends_with("models/mod.rs") => {
            let end = rest.split_once("\n    ])\n").expect("the end of the list");
            start.to_owned() + end.1
        }
        _ => text,
    }
}

fn assert_same(before: &Tree, after: &Tree) {
    let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changed = paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path));
    let changed: Vec<_> = changed.collect();
    assert!(changed.is_empty(), "written: {changed:?}");
}

fn tree(folder: &Path) -> Tree {
    let mut files = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(folder)
                .expect("below")
                .display()
                .to_string();
            let time = entry
                .metadata()
                .and_then(|data| data.modified())
                .expect("a time");
            // What is of one machine only.
            if [".apigen/cache", ".apigen/running"].contains(&name.as_str()) {
                continue;
            }
            files.insert(name, (fs::read(path).expect("a file"), time));
        }
    }
    files
}
