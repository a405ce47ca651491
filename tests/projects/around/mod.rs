//! What surrounds the services of a workspace: containers, a cluster, CI, and one command for all.
#![allow(clippy::print_stderr, reason = "a test says what it skips")]

mod ci;
mod cluster;
mod compose;
mod image;
mod linters;
mod up;
mod workspace;

use std::{env, process::Command};

/// Whether a tool that a test needs is there; in CI it must be.
fn has(tool: &str) -> bool {
    let found = Command::new("which").arg(tool).output();
    let found = found.is_ok_and(|output| output.status.success());
    assert!(found || env::var_os("CI").is_none(), "`{tool}` is missing");
    if !found {
        eprintln!("`{tool}` is missing: nothing is tested with it");
    }
    found
}
