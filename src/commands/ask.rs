//! Questions, on a terminal only.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

/// Whether somebody is there to answer.
pub fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks until the answer is taken; an empty answer is the default.
///
/// # Errors
/// The terminal is closed.
pub fn ask<T>(
    question: &str,
    default: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> anyhow::Result<T> {
    loop {
        let mut err = io::stderr();
        match default {
            "" => write!(err, "{question}: ")?,
            default => write!(err, "{question} ({default}): ")?,
        }
        err.flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            anyhow::bail!("nobody answered");
        }
        let answer = match line.trim() {
            "" => default,
            answer => answer,
        };
        match read(answer) {
            Ok(value) => return Ok(value),
            Err(why) => writeln!(err, "{why}")?,
        }
    }
}
