//! One JSON object; its `version` counts the changes that a reader must know of.

use serde_json::{Value, json};

use crate::commands::findings::Finding;

/// The findings of a project in step or not; `spec` is the document's path.
pub fn json(findings: &[Finding], in_step: bool, spec: &str) -> Value {
    let findings = findings.iter().map(|finding| {
        let place = finding.place.as_ref();
        json!({
            "reason": finding.reason.as_str(),
            "level": finding.level.as_str(),
            "file": place.map(|place| &place.file),
            "line": place.map(|place| place.line),
            "column": place.map(|place| place.column),
            "message": finding.message,
            "hint": finding.hint,
        })
    });
    json!({
        "version": 1,
        "in_step": in_step,
        "spec": spec,
        "findings": findings.collect::<Vec<_>>(),
    })
}
