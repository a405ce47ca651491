//! A generated project: made by the command, built and tested by cargo, called over TCP.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "every test binary uses its own part, and says what it skips"
)]

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

/// Contract tests call more often than a client may, and wait for longer than clients: others have
/// the machine, too.
pub const NO_LIMIT: &[(&str, &str)] = &[
    ("RATE_LIMIT_PER_MINUTE", "0"),
    ("DATABASE_ACQUIRE_SECONDS", "25"),
    ("DATABASE_BUSY_SECONDS", "25"),
];

/// How long a service may take to start, on a machine that compiles meanwhile.
const PATIENCE: Duration = Duration::from_secs(120);

/// A token with the scope `items:write`, valid for years, signed with [`SECRET`].
pub const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ0ZXN0ZXIiLCJzY29wZSI6Iml0ZW1zOndyaXRlIiwiZXhwIjo0MTAyNDQ0ODAwfQ.qIMNi3uMYdshWI7IDOc8d9fDPcFkCZrR8pTtHeFre1U";

/// What it is signed with.
pub const SECRET: &str = "a secret that is long enough for tests";

pub struct Project {
    pub root: PathBuf,
    package: String,
    database: Database,
    /// Whether it is compiled again and again, so that it pays to remember parts.
    is_changed_often: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A running server, stopped when dropped.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Project {
    /// `apigen new` over a fresh folder, for a project that is built.
    pub fn new(name: &str, spec: &Path, database: Database) -> Self {
        // Cargo tells packages in one target folder by name, not by where they are: two of one name
        // would take each other's builds for their own.
        let package = format!("{}-{}", name.replace('/', "-"), database.name());
        Self::named(name, spec, database, &package)
    }

    /// The same on SQLite, for a project that is broken in many ways.
    pub fn mutant(name: &str, spec: &Path) -> Self {
        Self {
            is_changed_often: true,
            ..Self::new(&format!("mutant/{name}"), spec, Database::Sqlite)
        }
    }

    /// The same, of a workspace of services.
    pub fn workspace(name: &str, spec: &Path, database: Database) -> Self {
        let package = format!("{name}-{}", database.name());
        Self::laid_out("services", name, spec, database, &package)
    }

    /// `apigen new` over a fresh folder, for a package of this name.
    pub fn named(name: &str, spec: &Path, database: Database, package: &str) -> Self {
        Self::laid_out("layered", name, spec, database, package)
    }

    fn laid_out(layout: &str, name: &str, spec: &Path, database: Database, package: &str) -> Self {
        let root = temporary().join(database.name()).join(name);
        let _ = fs::remove_dir_all(&root);
        let (path, spec) = (root.to_string_lossy(), spec.to_string_lossy());
        let arguments = ["new", &path, "--spec", &spec, "--db", database.name()];
        let arguments = [&arguments[..], &["--layout", layout]].concat();
        apigen(&[&arguments[..], &["--name", package, "--no-git", "--quiet"]].concat());
        let project = Self {
            root,
            package: package.to_owned(),
            database,
            is_changed_often: false,
        };
        project.forget_rows();
        project
    }

    /// Changes a line of `apigen.toml`.
    pub fn chooses(&self, before: &str, after: &str) {
        let path = self.root.join("apigen.toml");
        let choices = fs::read_to_string(&path).expect("a text");
        assert!(choices.contains(before), "{choices}");
        fs::write(path, choices.replace(before, after)).expect("a file");
        apigen(&["sync", "-q", "-C", &self.root.to_string_lossy()]);
    }

    /// The address of a schema of this project's own, where the database is a server.
    pub fn own_database(&self) -> Option<String> {
        (self.database == Database::Postgres).then(|| address(&self.schema()))
    }

    fn schema(&self) -> String {
        let name = self.root.file_name().expect("a name").to_string_lossy();
        format!(
            "served_{}",
            name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        )
    }

    /// Empties the project's schema, which an earlier run may have filled.
    fn forget_rows(&self) {
        if self.database == Database::Postgres {
            empty(&self.schema());
        }
    }

    /// Runs cargo in the project, which must succeed.
    pub fn cargo(&self, arguments: &[&str]) {
        succeeds(&mut self.command(arguments));
    }

    /// Whether cargo succeeds in the project.
    pub fn succeeds(&self, arguments: &[&str]) -> bool {
        let output = self.command(arguments).output().expect("cargo");
        output.status.success()
    }

    /// Breaks a file, whose text says this, and says that then; looks on, and mends it.
    pub fn while_broken(&self, (file, sound, broken): (&str, &str, &str), look: impl Fn()) {
        let path = self.root.join(file);
        let code = fs::read_to_string(&path).expect("a file");
        assert!(code.contains(sound), "{file} has no `{sound}`");
        fs::write(&path, code.replacen(sound, broken, 1)).expect("a file");
        self.cargo(&["test", "--quiet", "--no-run", "--test", "contract"]);
        look();
        fs::write(&path, code).expect("a file");
    }

    /// The generated tests fail while a file is broken so.
    pub fn notices(&self, mutation: (&str, &str, &str)) {
        self.while_broken(mutation, || {
            let noticed = !self.succeeds(&["test", "--quiet", "--test", "contract"]);
            assert!(noticed, "{mutation:?} went unnoticed");
        });
    }

    /// What must hold of the code that was generated.
    pub fn is_clean(&self) {
        self.cargo(&["fmt", "--all", "--check"]);
        let lint = ["clippy", "--quiet", "--workspace", "--all-targets"];
        self.cargo(&[&lint[..], &["--", "-D", "warnings"]].concat());
    }

    /// What must hold of a fresh project, but for tests beside the code, of which few projects have any:
    /// for those, every crate would be compiled once more.
    pub fn is_sound(&self) {
        self.is_clean();
        self.cargo(&["test", "--quiet", "--workspace", "--test", "*"]);
    }

    /// Everything that must hold of a fresh project, by the command that users are told.
    pub fn is_sound_in_all_tests(&self) {
        self.is_clean();
        self.cargo(&["test", "--quiet", "--workspace"]);
    }

    /// Brings the schema of its database up to date.
    pub fn migrate(&self) {
        self.cargo(&["build", "--quiet"]);
        let mut command = self.built();
        let own = self.own_database();
        let status = command
            .arg("migrate")
            .envs(own.map(|url| ("DATABASE_URL", url)))
            .stdout(Stdio::null())
            .status();
        assert!(status.expect("cargo").success(), "the schema is not made");
    }

    /// Starts the server on a free port, with these settings beside its `.env`.
    pub fn serve(&self, settings: &[(&str, &str)]) -> Server {
        self.cargo(&["build", "--quiet"]);
        let own = self.own_database();
        let database = own.iter().map(|url| ("DATABASE_URL", &**url));
        let settings: Vec<_> = database.chain(settings.iter().copied()).collect();
        self.serve_package(&self.package, &free_address(), &settings)
    }

    /// Starts a package that was built, at this address.
    pub fn serve_package(&self, package: &str, address: &str, settings: &[(&str, &str)]) -> Server {
        let child = self
            .program(package)
            .env("LISTEN", address)
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .expect("a server");
        let server = Server {
            child,
            url: format!("http://{address}"),
        };
        assert!(
            server.is_ready(),
            "the server of {} does not start",
            self.root.display()
        );
        server
    }

    /// What was built of this project. `cargo run` would wait for those who build.
    pub fn built(&self) -> Command {
        self.program(&self.package)
    }

    fn program(&self, package: &str) -> Command {
        let mut command = Command::new(program(package));
        command.current_dir(&self.root);
        command
    }

    /// Its contract tests, over TCP: green, and green again beside the rows of the first time.
    pub fn keeps_its_contract(&self, url: &str) {
        for time in ["first", "second"] {
            assert!(
                self.passed_at(url).is_some(),
                "{}, the {time} time",
                self.root.display()
            );
        }
    }

    /// How many of this project's contract tests passed against a service at this address; `None`
    /// where one failed, which is printed.
    pub fn passed_at(&self, url: &str) -> Option<usize> {
        let mut command = self.command(&["test", "--quiet", "--test", "contract"]);
        // One at a time: below an owner, the number of a deleted last row is given again.
        command
            .env("CONTRACT_URL", url)
            .env("RUST_TEST_THREADS", "1");
        let output = command.output().expect("cargo");
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            print!("{text}{}", String::from_utf8_lossy(&output.stderr));
        }
        output.status.success().then(|| passed(&text))
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = cargo_in(&self.root, arguments);
        if self.is_changed_often {
            command.env("CARGO_INCREMENTAL", "1");
        }
        if self.database == Database::Postgres {
            command.env("DATABASE_URL", postgres().unwrap_or_default());
        }
        command
    }
}

impl Server {
    /// Whether it answers, if need be after a while.
    fn is_ready(&self) -> bool {
        let start = Instant::now();
        let asks = || ureq::get(format!("{}/health/ready", self.url)).call();
        loop {
            match asks() {
                Ok(_) => return true,
                Err(_) if start.elapsed() > PATIENCE => return false,
                Err(_) => thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

/// An address of this machine where nobody listens.
pub fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs apigen, which must succeed; returns what it printed. Hundreds of new projects that each ask a
/// registry for every crate are slow, and fail when it is away: they make do with what was fetched.
pub fn apigen(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_apigen"))
        .args(arguments)
        .env("CARGO_NET_OFFLINE", "true")
        .output();
    let output = output.expect("apigen");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "apigen {}:\n{errors}",
        arguments.join(" ")
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The PostgreSQL server that tests may use, from `TEST_POSTGRES_URL`.
pub fn postgres() -> Option<String> {
    env::var("TEST_POSTGRES_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// The databases that generated projects are tried on here.
pub fn databases() -> Vec<Database> {
    match postgres() {
        Some(_) => vec![Database::Sqlite, Database::Postgres],
        None => {
            eprintln!("TEST_POSTGRES_URL is not set: only SQLite is tried");
            vec![Database::Sqlite]
        }
    }
}

/// How many tests passed, by what cargo printed.
pub fn passed(text: &str) -> usize {
    let results = text
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. "));
    let counts = results.filter_map(|line| line.split(' ').next()?.parse::<usize>().ok());
    counts.sum()
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    free_ports(1)
}

/// The first of some ports in a row that nobody listens on, and that no other test was given: what
/// is to listen there may take its time.
pub fn free_ports(count: u16) -> u16 {
    // Below those that the system gives to whoever asks for any.
    const ALL: std::ops::Range<u16> = 10_000..31_000;
    static NEXT: Mutex<u16> = Mutex::new(0);
    let mut next = NEXT.lock().expect("no panic");
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    for _ in ALL {
        let first = *next;
        if first < ALL.start || first + count > ALL.end {
            *next = ALL.start + u16::try_from(std::process::id() % 20_000).expect("a small number");
            continue;
        }
        *next = first + count;
        if (first..*next).all(is_free) {
            return first;
        }
    }
    panic!("no port is free");
}

/// The address of a schema in the PostgreSQL server that tests may use.
pub fn address(schema: &str) -> String {
    let (url, schema) = (postgres().unwrap_or_default(), of_this_tree(schema));
    format!("{url}?options=-c%20search_path%3D{schema}")
}

/// Other working trees are tested with the same server, maybe at the same time.
fn of_this_tree(schema: &str) -> String {
    let mut hasher = DefaultHasher::new();
    temporary().hash(&mut hasher);
    format!("t{:06x}_{schema}", hasher.finish() >> 40)
}

/// Empties a schema, which an earlier run may have filled.
pub fn empty(schema: &str) {
    let schema = of_this_tree(schema);
    let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    psql(&postgres().unwrap_or_default(), &sql);
}

/// Runs these statements in the PostgreSQL database at this address.
pub fn psql(url: &str, sql: &str) {
    let arguments = ["--quiet", "--set", "ON_ERROR_STOP=1", url, "--command", sql];
    let output = Command::new("psql").args(arguments).output();
    let output = output.expect("psql");
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problem}");
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

/// What a user adds to a project, so that clients are told in German what is wrong.
pub fn speak_german(root: &Path) {
    let german = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/languages/de.rs");
    let (messages, lib) = (root.join("src/messages.rs"), root.join("src/lib.rs"));
    let text = fs::read_to_string(&lib).expect("a text");
    fs::copy(german, messages).expect("a copy");
    let text = text.replace("pub mod services;", "pub mod messages;\npub mod services;");
    let speaks = "\n                .await?\n                .speaking(messages::LANGUAGES),";
    fs::write(lib, text.replace(".await?,", speaks)).expect("a file");
}

/// Cargo in a folder. All build in one folder, so that dependencies compile once, and without what only
/// debuggers and the next build want.
pub fn cargo_in(root: &Path, arguments: &[&str]) -> Command {
    choose_known_versions(root);
    let mut command = Command::new(env!("CARGO"));
    command
        .args(arguments)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_NET_RETRY", "10")
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    command
}

/// Chooses the versions of a new package's dependencies among those that are on this machine, where all
/// are, as [`apigen`] does.
fn choose_known_versions(root: &Path) {
    if root.join("Cargo.toml").exists() && !root.join("Cargo.lock").exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["generate-lockfile", "--offline", "--quiet"]);
        // Where a crate was never fetched, the command that follows asks for it.
        let _ = cargo.current_dir(root).stderr(Stdio::null()).status();
    }
}

/// Runs a command, which must succeed; what it said on the standard error.
pub fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("a program");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}:\n{out}\n{err}");
    err
}

/// The program of a package that was built.
pub fn program(package: &str) -> PathBuf {
    target().join("debug").join(package)
}

/// Where all projects are built.
pub fn target() -> PathBuf {
    temporary().join("target")
}

fn temporary() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("projects")
}
