//! What commands say: data on the standard output, everything else on the standard error.

use std::io::{self, IsTerminal as _, Write as _};

use crate::diagnostic::{Diagnostic, Format, Severity, Sources, show};

/// Where commands say things, and how much of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Console {
    /// Only data, warnings and errors.
    pub quiet: bool,
    /// Every file.
    pub verbose: bool,
    /// With colours.
    pub color: bool,
}

impl Console {
    /// What was asked for. A closed pipe is no mistake.
    pub fn data(self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// What was done, or what to do next.
    pub fn note(self, text: &str) {
        if !self.quiet {
            log(text);
        }
    }

    /// What only those hear who ask for it.
    pub fn detail(self, text: &str) {
        if self.verbose {
            log(text);
        }
    }

    /// What lasts, on a terminal.
    pub fn progress(self, text: &str) {
        if io::stderr().is_terminal() {
            self.note(text);
        }
    }

    /// What is wrong, and goes on.
    pub fn warning(self, text: &str) {
        log(&format!("{}: {text}", self.paint("33", "warning")));
    }

    /// What is wrong, and what to do.
    pub fn error(self, text: &str, hint: Option<&str>) {
        log(&format!("{}: {text}", self.paint("31", "error")));
        if let Some(hint) = hint {
            self.hint(hint);
        }
    }

    /// What to do.
    pub fn hint(self, text: &str) {
        log(&format!("\n{}: {text}", self.paint("36", "hint")));
    }

    /// Diagnostics; warnings are for those who do not ask for quiet.
    pub fn diagnostics(self, sources: &Sources, diagnostics: &[Diagnostic]) {
        let told = |d: &&Diagnostic| !self.quiet || d.severity == Severity::Error;
        let told: Vec<_> = diagnostics.iter().filter(told).cloned().collect();
        if !told.is_empty() {
            let format = Format::Human { color: self.color };
            log(show(&told, sources, format).trim_end());
            log("");
        }
    }

    /// A diff, with colours where they are wanted.
    pub fn diff(self, diff: &str) -> String {
        let line = |line: &str| match line.as_bytes().first() {
            Some(b'+') => self.paint("32", line),
            Some(b'-') => self.paint("31", line),
            Some(b'@') => self.paint("36", line),
            _ => line.to_owned(),
        };
        diff.lines().map(|text| line(text) + "\n").collect()
    }

    /// Text in a colour.
    fn paint(self, code: &str, text: &str) -> String {
        match self.color {
            true => format!("\x1b[1;{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

fn log(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
