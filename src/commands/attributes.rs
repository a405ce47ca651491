//! `.gitattributes`: which of the files that apigen generates a person writes.

use std::path::Path;

use crate::project::{Write, disk};

/// Where git keeps them.
pub(super) const FILE: &str = ".gitattributes";

fn mark(path: &str) -> String {
    format!("/{path} -linguist-generated\n")
}

/// The text without the marks of these files.
pub(super) fn without(text: &str, paths: &[&str]) -> String {
    let marks: Vec<_> = paths.iter().map(|path| mark(path)).collect();
    let is_other = |line: &&str| !marks.iter().any(|mark| mark.trim_end() == line.trim_end());
    text.split_inclusive('\n').filter(is_other).collect()
}

/// The text with the marks of these files, at its end.
pub(super) fn with(mut text: String, paths: &[&str]) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.extend(paths.iter().map(|path| mark(path)));
    text
}

/// Marks files as written by hand, or takes the marks away.
///
/// # Errors
/// The file cannot be read.
pub(super) fn change(
    root: &Path,
    paths: &[String],
    is_mine: bool,
) -> anyhow::Result<Option<Write>> {
    let Some(text) = disk::read_text(&root.join(FILE))? else {
        return Ok(None);
    };
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let rest = without(&text, &paths);
    let new = match is_mine {
        true => with(rest, &paths),
        false => rest,
    };
    Ok((new != text).then(|| Write::text(FILE, new)))
}
