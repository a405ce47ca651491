//! Whole documents: `tests/diff/cases/*.yaml`, each case with what is told both ways.
//!
//! `UPDATE_GOLDEN=1` writes what is told.

use std::{collections::BTreeSet, fs};

use apigen::diff::diff;

use super::{cases, document, line};

/// Runs the cases; the rules that they saw.
pub(super) fn all() -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    let mut files: Vec<_> = fs::read_dir(cases("")).unwrap().flatten().collect();
    files.sort_by_key(fs::DirEntry::path);
    for file in files {
        let path = file.path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let told: String = text
            .split("### ")
            .skip(1)
            .map(|case| run(case, &mut seen))
            .collect();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, told).unwrap();
        } else {
            let differs = text.lines().zip(told.lines()).find(|(a, b)| a != b);
            assert!(text == told, "{}: {differs:#?}", path.display());
        }
    }
    seen
}

/// A case with what is told now.
fn run(case: &str, seen: &mut BTreeSet<&'static str>) -> String {
    let (documents, _) = case
        .split_once("\n--- told\n")
        .unwrap_or((case.trim_end(), ""));
    let (title, rest) = documents.split_once('\n').unwrap();
    let (old, new) = rest.split_once("\n--- new\n").unwrap();
    let (before, after) = (document(old), document(new));
    assert_eq!(diff(&before, &before), [], "{title}");
    assert_eq!(diff(&after, &after), [], "{title}");
    let mut lines = |old, new| -> String {
        let changes = diff(old, new);
        seen.extend(changes.iter().map(|change| change.rule));
        changes.iter().map(|change| line(change) + "\n").collect()
    };
    let (there, back) = (lines(&before, &after), lines(&after, &before));
    format!("### {title}\n{old}\n--- new\n{new}\n--- told\n{there}--- back\n{back}\n")
}

#[test]
fn documents_are_compared_both_ways() {
    all();
}
