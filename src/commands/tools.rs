//! Other programs that `new` asks for a favour; where they are absent, it goes without.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Starts a git repository, unless the folder is in one; tells whether it did.
pub fn git_init(root: &Path) -> bool {
    let inside = ["rev-parse", "--is-inside-work-tree"];
    !succeeds(command("git", root).args(inside))
        && succeeds(command("git", root).args(["init", "--quiet"]))
}

/// Writes `Cargo.lock`, so that Docker and CI build `--locked`; tells whether it could.
pub fn cargo_lock(root: &Path) -> bool {
    let mut cargo = command("cargo", root);
    cargo.args(["generate-lockfile", "--quiet"]);
    cargo
        .env("CARGO_NET_RETRY", "0")
        .env("CARGO_HTTP_TIMEOUT", "10");
    succeeds(&mut cargo)
}

/// Formats Rust as the user's `cargo fmt` would; `None` without `rustfmt`.
pub fn rustfmt(text: &str) -> Option<String> {
    use std::io::Write as _;
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    String::from_utf8(output.stdout)
        .ok()
        .filter(|_| output.status.success())
}

fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

fn succeeds(command: &mut Command) -> bool {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
