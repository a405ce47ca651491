//! Reads the text of a spec: the one place of this stage that knows the file system.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::diagnostic::{Diagnostic, Severity};

use super::{MAX_BYTES, bundle::Place};

/// What diagnostics call a path.
pub(super) fn name(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "<stdin>".to_owned(),
        _ => path.display().to_string(),
    }
}

/// Where a document stands, and what may be read: below `root`, the git work tree, or its own folder.
/// The standard input stands nowhere.
pub(super) fn place(path: &Path, root: Option<&Path>) -> Result<Option<Place>, Diagnostic> {
    if path.to_str() == Some("-") {
        return Ok(None);
    }
    let whole = |path: &Path| {
        let problem = |error| unreadable(format!("cannot read `{}`: {error}", path.display()));
        path.canonicalize().map_err(problem)
    };
    let file = whole(path)?;
    let root = match root {
        Some(root) => whole(root)?,
        None => {
            let work_tree = file.ancestors().find(|folder| folder.join(".git").exists());
            work_tree
                .or(file.parent())
                .map_or_else(PathBuf::new, Path::to_path_buf)
        }
    };
    Ok(Some(Place { file, root }))
}

/// The text of a file; `-` is the standard input.
pub(super) fn text(path: &Path, name: &str) -> Result<String, Diagnostic> {
    let bytes =
        bytes(path).map_err(|error| unreadable(format!("cannot read `{name}`: {error}")))?;
    if bytes.len() > MAX_BYTES {
        let message = format!("`{name}` is larger than {} MiB", MAX_BYTES >> 20);
        return Err(unreadable(message));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(unreadable(format!("`{name}` is UTF-16")).hint("save it as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        let message = format!("`{name}` is not UTF-8: see line {line}, byte {at} of the file");
        unreadable(message).hint("save it as UTF-8")
    })
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let limit = MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    match path.to_str() {
        Some("-") => io::stdin().lock().take(limit).read_to_end(&mut bytes)?,
        _ => File::open(path)?.take(limit).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

fn unreadable(message: String) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: "unreadable",
        message,
        span: None,
        related: Vec::new(),
        hint: None,
    }
}
