//! Merging texts: what apigen changed, into what the user made of its last text.

use diffy::{IncompleteHunkStyle, MergeOptions};

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// Both changes are in it.
    Clean(String),
    /// Where both changed the same lines, it has the markers of a conflict.
    Conflict(String),
}

/// The markers, as they are made and as they are written.
const MARKERS: [(&str, &str); 3] = [
    ("<<<<<<< ours", "<<<<<<< yours"),
    ("||||||| original", "||||||| before"),
    (">>>>>>> theirs", ">>>>>>> apigen"),
];

/// Brings what is different between `base` and `theirs` into `ours`, whose line ends stay.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Merged {
    let ends = |text: &str| match ours.contains("\r\n") {
        true => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        false => text.to_owned(),
    };
    let mut options = MergeOptions::new();
    options.set_incomplete_hunk_style(IncompleteHunkStyle::Git);
    match options.merge(&ends(base), ours, &ends(theirs)) {
        Ok(text) => Merged::Clean(text),
        Err(text) => Merged::Conflict(ends(&label(&text))),
    }
}

/// Says whose lines stand between the markers.
fn label(text: &str) -> String {
    let line = |line: &str| {
        let marker = MARKERS.iter().find(|(made, _)| *made == line);
        marker.map_or(line, |(_, written)| written).to_owned()
    };
    let lines = text.split('\n').map(|text| match text.strip_suffix('\r') {
        Some(text) => line(text) + "\r",
        None => line(text),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A merge left the markers of a conflict.
pub fn has_conflict(bytes: &[u8]) -> bool {
    let marker = |line: &[u8], sign: &[u8]| line.starts_with(sign);
    let lines = || bytes.split(|byte| *byte == b'\n');
    [&b"<<<<<<< "[..], b">>>>>>> "]
        .iter()
        .all(|sign| lines().any(|line| marker(line, sign)))
}

/// What the two sides of a merge had, where its conflict is all that is different in them; `None`
/// without a conflict, or where its markers are not whole.
pub fn sides(text: &str) -> Option<[String; 2]> {
    let (mut ours, mut theirs) = (String::new(), String::new());
    let mut at = None;
    for line in text.split_inclusive('\n') {
        let sign = line.split([' ', '\r', '\n']).next().unwrap_or_default();
        at = match (at, sign) {
            (None, "<<<<<<<") => Some("<<<<<<<"),
            (Some("<<<<<<<"), "|||||||") => Some("|||||||"),
            (Some("<<<<<<<" | "|||||||"), "=======") => Some("======="),
            (Some("======="), ">>>>>>>") => None,
            (_, "<<<<<<<" | ">>>>>>>") => return None,
            (at, _) => {
                if matches!(at, None | Some("<<<<<<<")) {
                    ours.push_str(line);
                }
                if matches!(at, None | Some("=======")) {
                    theirs.push_str(line);
                }
                at
            }
        };
    }
    (at.is_none() && has_conflict(text.as_bytes())).then_some([ours, theirs])
}

/// The line of the first marker of a conflict, counted from 1.
pub fn conflict(text: &str) -> Option<usize> {
    let line = text.lines().position(|line| line.starts_with("<<<<<<< "));
    line.filter(|_| has_conflict(text.as_bytes()))
        .map(|line| line + 1)
}

/// A generated text without the line that says so.
pub fn headless(text: &str) -> &str {
    match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("// @generated") => {
            rest.strip_prefix('\n').unwrap_or(rest)
        }
        _ => text,
    }
}
