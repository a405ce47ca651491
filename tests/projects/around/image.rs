//! The Dockerfiles: what they run, run here, in the folders of their stages. What only Docker has
//! (base images, users) is left out.

use std::{
    env, fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use super::workspace::Workspace;
use crate::run::told;

/// Where things are that a later run can use again.
fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("around")
}

/// The instructions, their lines joined.
fn instructions(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", "");
    let lines = joined.lines().filter_map(|line| line.split_once(' '));
    lines
        .map(|(word, rest)| (word.to_owned(), rest.to_owned()))
        .collect()
}

/// A stage of a build: its root, and the folder in it where it works.
struct Stage {
    name: String,
    root: PathBuf,
    folder: PathBuf,
}

impl Stage {
    fn new(image: &str, number: usize) -> Self {
        let root = kept().join(format!("stage-{number}"));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("usr/local/bin")).expect("a folder");
        let name = image.split(" AS ").nth(1).unwrap_or_default().to_owned();
        let folder = root.clone();
        Self { name, root, folder }
    }

    fn sh(&self, script: &str) {
        let bin = format!("{}/usr/local/bin", self.root.display());
        let output = Command::new("sh")
            .args(["-c", &script.replace("/usr/local/bin", &bin)])
            .current_dir(&self.folder)
            // It is the same build, but a fast one.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .expect("sh");
        assert!(output.status.success(), "{script}\n{}", told(&output));
    }
}

/// Copies the context, without what `.dockerignore` names.
fn copy_context(from: &Path, to: &Path) {
    let copy = Command::new("cp")
        .arg("-a")
        .arg(from.join("."))
        .arg(to)
        .status();
    assert!(copy.expect("cp").success());
    for pattern in fs::read_to_string(from.join(".dockerignore"))
        .expect("a list")
        .lines()
    {
        let remove = match pattern.strip_prefix("**/") {
            Some(name) => format!("find . -name '{name}' -exec rm -rf {{}} +"),
            None => format!("rm -rf ./{pattern}"),
        };
        let removed = Command::new("sh")
            .args(["-c", &remove])
            .current_dir(to)
            .status();
        assert!(removed.expect("sh").success());
    }
}

/// Does what the Dockerfile says; returns the root of its last stage, and its health check.
fn build(workspace: &Path, dockerfile: &str) -> (PathBuf, Vec<String>) {
    let text = fs::read_to_string(workspace.join(dockerfile)).expect("a Dockerfile");
    let mut stages: Vec<Stage> = Vec::new();
    let mut health = Vec::new();
    for (word, rest) in instructions(&text) {
        if word == "FROM" {
            stages.push(Stage::new(&rest, stages.len()));
            continue;
        }
        let stage = stages.last().expect("a stage");
        match word.as_str() {
            "WORKDIR" => {
                let folder = stage.root.join(rest.trim_start_matches('/'));
                fs::create_dir_all(&folder).expect("a folder");
                stages.last_mut().expect("a stage").folder = folder;
            }
            "COPY" if rest == ". ." => {
                copy_context(workspace, &stage.folder);
                // What was compiled before is not compiled again by the next run of this test.
                let target = stage.folder.join("target");
                fs::create_dir_all(kept().join("target")).expect("a folder");
                let _ = std::os::unix::fs::symlink(kept().join("target"), target);
            }
            "COPY" => {
                let rest = rest.strip_prefix("--from=").expect("another stage");
                let parts: Vec<_> = rest.split(' ').collect();
                let from = stages
                    .iter()
                    .find(|stage| stage.name == parts[0])
                    .expect("a stage");
                let from = from.root.join(parts[1].trim_start_matches('/'));
                let from = if from.is_dir() { from.join(".") } else { from };
                let to = stage.folder.join(parts[2].trim_start_matches('/'));
                let to = if parts[2].starts_with('/') {
                    stage.root.join(&parts[2][1..])
                } else {
                    to
                };
                let copy = Command::new("cp").arg("-a").arg(from).arg(to).status();
                assert!(copy.expect("cp").success());
            }
            "RUN" if rest.starts_with("useradd ") => {}
            "RUN" => stage.sh(&rest),
            "HEALTHCHECK" => {
                let (_, command) = rest.split_once("CMD ").expect("a command");
                health = serde_json::from_str(command).expect("a list");
            }
            _ => {}
        }
    }
    (stages.pop().expect("a stage").root, health)
}

/// Somebody whom the secret below lets in, until 2100.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\
    .eyJzdWIiOiJhIiwiZXhwIjo0MTAyNDQ0ODAwfQ\
    .wh3I1kbQTGS0mfdhO5FM0KRVmtZFUa44u1SKmnEs5dk";
const SECRET: &str = "a secret that is long enough for tests";

/// A service that is told to stop answers the request that it has, takes no others, and calls that a
/// success.
fn ends_in_order(mut service: Child, address: SocketAddr) {
    let mut request = TcpStream::connect(address).expect("a connection");
    let patience = Some(Duration::from_secs(60));
    request.set_read_timeout(patience).expect("a limit");
    let head = format!(
        "POST /things0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n"
    );
    request.write_all(head.as_bytes()).expect("sent");
    // The service says so when it wants the body.
    let go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    let mut heard = vec![0; go_on.len()];
    request.read_exact(&mut heard).expect("an answer");
    assert_eq!(String::from_utf8_lossy(&heard), go_on);

    let told = Command::new("kill")
        .args(["-TERM", &service.id().to_string()])
        .status();
    assert!(told.expect("kill").success());
    let is_closed = (0..600).any(|_| {
        thread::sleep(Duration::from_millis(50));
        TcpStream::connect(address).is_err()
    });
    assert!(is_closed, "new connections are taken");
    assert_eq!(service.try_wait().expect("a status"), None);
    request.write_all(br#"{"name":"a"}"#).expect("sent");
    let mut answer = String::new();
    request.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let ended = service.wait().expect("ended");
    assert_eq!(ended.code(), Some(0));
}

/// So what is said of the one holds for the other.
#[test]
fn a_package_is_built_as_a_service_is() {
    let service = Workspace::new("shop", &["items"], &[]);
    let package = Workspace::laid_out("layered", "shop-items", &["items"], &[]);
    assert_eq!(
        instructions(&package.text("Dockerfile")),
        instructions(&service.text("services/items/Dockerfile"))
    );
}

#[test]
fn a_dockerfile_builds_a_service_that_says_that_it_is_well() {
    let workspace = Workspace::new("around-image", &["items", "users"], &[]);
    let root = workspace.root();
    fs::write(root.join("local.db"), "not for an image").expect("a file");
    let (image, health) = build(&root, "services/items/Dockerfile");
    let context = kept().join("stage-1/app");
    for private in [".env", "local.db", "kubernetes", ".git"] {
        assert!(
            !context.join(private).exists(),
            "{private} is in the image's context"
        );
    }

    let free = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address");
    let data = tempfile::tempdir().expect("a folder");
    let mut service = Command::new(image.join("usr/local/bin/around-image-items"))
        .env("LISTEN", free.to_string())
        .env("JWT_SECRET", SECRET)
        .current_dir(data.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("a service");
    let port = format!("/127.0.0.1/{}", free.port());
    let is_well = || {
        let arguments = health[1..]
            .iter()
            .map(|part| part.replace("/127.0.0.1/8080", &port));
        let check = Command::new(&health[0])
            .args(arguments)
            .stderr(Stdio::null())
            .status();
        check.expect("bash").success()
    };
    let became_well = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(50));
        is_well()
    });
    if !became_well {
        service.kill().expect("killed");
        panic!("the health check does not see a service that runs");
    }
    ends_in_order(service, free);
    assert!(
        !is_well(),
        "the health check sees a service that does not run"
    );
}
