//! One JSON object; `docs/check-format.md` tells what is in it. Its `version` counts the changes that
//! a reader must know of: a member that goes, or means something else. New ones may come at any time.

use serde_json::{Value, json};

use super::Report;
use crate::{commands::inputs, diagnostic};

const VERSION: u32 = 1;

/// The whole report.
pub(super) fn json(report: &Report) -> Value {
    let findings = report.findings.iter().map(|finding| {
        let place = finding.place.as_ref();
        json!({
            "reason": finding.reason.as_str(),
            "level": finding.level.as_str(),
            "file": place.map(|place| &place.file),
            "line": place.map(|place| place.line),
            "column": place.map(|place| place.column),
            "message": finding.message,
            "rule": finding.rule,
            "hint": finding.hint,
            "files": finding.files,
        })
    });
    let diagnostics = report.diagnostics.iter();
    let diagnostics = diagnostics.map(|problem| diagnostic::to_json(problem, &report.sources));
    let failure = report.failure.as_ref();
    let failure = failure.map(|(message, hint)| json!({ "message": message, "hint": hint }));
    json!({
        "version": VERSION,
        "apigen": inputs::VERSION,
        "in_step": report.in_step,
        "spec": report.spec,
        "folder": report.folder,
        "findings": findings.collect::<Vec<_>>(),
        "diagnostics": diagnostics.collect::<Vec<_>>(),
        "failure": failure,
    })
}
