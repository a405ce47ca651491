//! A NATS server of our own.
#![allow(unreachable_pub, reason = "it is shared by test binaries")]

use std::{
    env,
    process::{Child, Command, Stdio},
};

use crate::project::free_ports;

/// It keeps nothing, and stops when dropped.
pub struct Nats {
    server: Child,
    pub url: String,
}

impl Nats {
    /// Starts one where it is installed, as it must be in CI.
    #[expect(clippy::print_stderr, reason = "it says what it skips")]
    pub fn start() -> Option<Self> {
        let port = free_ports(1);
        let server = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
            .stderr(Stdio::null())
            .spawn();
        let Ok(server) = server else {
            assert!(env::var_os("CI").is_none(), "nats-server is missing");
            eprintln!("nats-server is not here: events over NATS are not tried");
            return None;
        };
        let url = format!("nats://127.0.0.1:{port}");
        Some(Self { server, url })
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
