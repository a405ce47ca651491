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
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
    thread,
    time::Duration,
};

/// One project builds at a time: they share a target folder, so that dependencies compile once.
static BUILD: Mutex<()> = Mutex::new(());

pub struct Project {
    pub root: PathBuf,
    database: Database,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    fn name(self) -> &'static str {
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
        let project = Self { root, database };
        project.forget_rows();
        project
    }

    /// The address of a schema of this project's own, where the database is a server.
    pub fn own_database(&self) -> Option<String> {
        let url = postgres().filter(|_| self.database == Database::Postgres)?;
        Some(format!(
            "{url}?options=-c%20search_path%3D{}",
            self.schema()
        ))
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
        let Some(url) = postgres().filter(|_| self.database == Database::Postgres) else {
            return;
        };
        let schema = self.schema();
        let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        let output = Command::new("psql")
            .args(["--quiet", &url, "--command", &sql])
            .output();
        let output = output.expect("psql");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Runs cargo in the project, which must succeed.
    pub fn cargo(&self, arguments: &[&str]) {
        let _one_at_a_time = BUILD.lock();
        let output = self.command(arguments).output().expect("cargo");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            output.status.success(),
            "cargo {} in {} failed:\n{}\n{}",
            arguments.join(" "),
            self.root.display(),
            text(&output.stdout),
            text(&output.stderr),
        );
    }

    /// Whether cargo succeeds in the project.
    pub fn succeeds(&self, arguments: &[&str]) -> bool {
        let _one_at_a_time = BUILD.lock();
        let output = self.command(arguments).output().expect("cargo");
        output.status.success()
    }

    /// Everything that must hold of a fresh project.
    pub fn is_sound(&self) {
        self.cargo(&["fmt", "--check"]);
        self.cargo(&[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]);
        self.cargo(&["test", "--quiet", "--workspace"]);
    }

    /// Starts the server on a free port, with these settings beside its `.env`.
    pub fn serve(&self, settings: &[(&str, &str)]) -> Server {
        self.cargo(&["build", "--quiet"]);
        // `cargo run` waits for those who build.
        let _one_at_a_time = BUILD.lock();
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let child = self
            .command(&["run", "--quiet"])
            .env("LISTEN", address.to_string())
            .envs(self.own_database().map(|url| ("DATABASE_URL", url)))
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .expect("a server");
        let server = Server {
            child,
            url: format!("http://{address}"),
        };
        for _ in 0..200 {
            if ureq::get(format!("{}/health/ready", server.url))
                .call()
                .is_ok()
            {
                return server;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the server of {} does not start", self.root.display());
    }

    /// Its contract tests, over TCP: green, and green again beside the rows of the first time.
    pub fn keeps_its_contract(&self, server: &Server) {
        for time in ["first", "second"] {
            assert!(
                self.passes_at(server),
                "{}, the {time} time",
                self.root.display()
            );
        }
    }

    /// Whether a running service passes this project's contract tests.
    pub fn passes_at(&self, server: &Server) -> bool {
        let _one_at_a_time = BUILD.lock();
        let mut command = self.command(&["test", "--quiet", "--test", "contract"]);
        let output = command
            .env("CONTRACT_URL", &server.url)
            .output()
            .expect("cargo");
        print!("{}", String::from_utf8_lossy(&output.stdout));
        output.status.success()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", temporary().join("target"));
        if self.database == Database::Postgres {
            command.env("DATABASE_URL", postgres().unwrap_or_default());
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs apigen, which must succeed; returns what it printed.
pub fn apigen(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_apigen"))
        .args(arguments)
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

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

fn temporary() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("projects")
}
