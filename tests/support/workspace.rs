//! A generated workspace of services, beside the same document as one service.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test binary uses its own part"
)]

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::project::{Database, Project, address, empty, free_ports};

/// How long all services may take to start.
const PATIENCE: Duration = Duration::from_secs(240);

pub struct Workspace {
    pub project: Project,
    pub package: String,
    database: Database,
}

/// All services and the gateway, as `cargo xtask up` runs them; stopped when dropped.
pub struct Running {
    child: Child,
    port: u16,
    pub url: String,
}

impl Workspace {
    /// `apigen new --layout services` over a fresh folder.
    pub fn new(name: &str, spec: &Path, database: Database) -> Self {
        let project = Project::workspace(name, spec, database);
        let package = format!("{name}-{}", database.name());
        Self {
            project,
            package,
            database,
        }
    }

    /// The names of its services, sorted.
    pub fn services(&self) -> Vec<String> {
        let entries = fs::read_dir(self.project.root.join("services")).expect("services");
        let folders = entries.map(|entry| entry.expect("an entry"));
        let names = folders.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name != "gateway").collect();
        names.sort();
        names
    }

    /// Starts everything, with these settings, and waits until the gateway answers.
    pub fn up(&self, settings: &[(&str, &str)]) -> Running {
        let names = self.services();
        // What `up` builds, and nothing else: features would be others.
        let packages = names.iter().map(String::as_str).chain(["gateway"]);
        let packages: Vec<_> = packages
            .map(|name| format!("--package={}-{name}", self.package))
            .collect();
        let packages = packages.iter().map(String::as_str);
        let build: Vec<_> = ["build", "--quiet"].into_iter().chain(packages).collect();
        self.project.cargo(&build);
        let port = free_ports(u16::try_from(names.len()).expect("few services") + 1);
        let port_text = port.to_string();
        let arguments = ["xtask", "up", "--port", &port_text];
        let mut command = self.project.command(&arguments);
        command
            .env_remove("DATABASE_URL")
            .env("DATABASE_CONNECTIONS", "4");
        if self.database == Database::Postgres {
            for name in &names {
                let variable = name.to_uppercase().replace('-', "_");
                let schema = format!("served_{}_{variable}", self.package.replace('-', "_"));
                empty(&schema.to_lowercase());
                let url = address(&schema.to_lowercase());
                command.env(format!("{variable}_DATABASE_URL"), url);
            }
        }
        let log = fs::File::create(self.project.root.join("up.log")).expect("a log");
        let child = command
            .envs(settings.iter().copied())
            .stderr(log.try_clone().expect("a log"))
            .stdout(log)
            .stdin(Stdio::null())
            .spawn()
            .expect("xtask");
        let url = format!("http://127.0.0.1:{port}");
        let running = Running { child, port, url };
        running.waits(&self.project.root);
        running
    }
}

impl Running {
    fn waits(&self, root: &Path) {
        let start = Instant::now();
        while ureq::get(format!("{}/health/ready", self.url))
            .call()
            .is_err()
        {
            if start.elapsed() > PATIENCE {
                let log = fs::read_to_string(root.join("up.log")).unwrap_or_default();
                panic!("{} does not start:\n{log}", root.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The address of a service without the gateway: their ports follow its own, by name.
    pub fn direct(&self, workspace: &Workspace, name: &str) -> String {
        let place = workspace
            .services()
            .iter()
            .position(|service| service == name);
        let port = self.port + 1 + u16::try_from(place.expect("a service")).expect("few");
        format!("http://127.0.0.1:{port}")
    }

    /// The process that runs this package.
    pub fn process(&self, package: &str) -> Option<Pid> {
        let parent = self.child.id();
        let children = format!("/proc/{parent}/task/{parent}/children");
        let children = fs::read_to_string(children).unwrap_or_default();
        let mut children = children.split_whitespace();
        let child = children.find(|child| {
            let program = fs::read_link(format!("/proc/{child}/exe"));
            program.is_ok_and(|program| program.ends_with(package))
        });
        child?.parse().ok().map(Pid::from_raw)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let id = i32::try_from(self.child.id()).expect("an id");
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}
