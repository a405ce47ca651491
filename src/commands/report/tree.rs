//! Paths as the git work tree knows them: code hosts want them from its root.

use std::path::Path;

/// A folder below the root of its work tree, with its slash; empty for the root, or without one.
pub(super) fn below_root(folder: &Path, root: Option<&Path>) -> String {
    let folder = folder.canonicalize().unwrap_or_default();
    let Some(below) = root.and_then(|root| folder.strip_prefix(root).ok()) else {
        return String::new();
    };
    let parts = below.iter().map(|part| part.to_string_lossy() + "/");
    parts.collect()
}

/// A path from inside a folder, without its `.` and `..`.
pub(super) fn joined(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn paths_start_at_the_root() {
        for (folder, path, expected) in [
            ("", "openapi.yaml", "openapi.yaml"),
            ("services/shop/", "src/lib.rs", "services/shop/src/lib.rs"),
            (
                "services/shop/",
                "../api/./shop.yaml",
                "services/api/shop.yaml",
            ),
            ("", "../shop.yaml", "../shop.yaml"),
            ("shop/", "/tmp/shop.yaml", "/tmp/shop.yaml"),
        ] {
            assert_eq!(joined(folder, path), expected);
        }
    }
}
