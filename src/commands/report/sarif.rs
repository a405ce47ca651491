//! SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Item, Report, Weight};
use crate::{
    commands::{codes, findings::Place, inputs},
    diff, lint,
    project::lock::hash,
};

/// What paths are relative to: the root of the git work tree, as code scanning wants it.
const ROOT: &str = "%SRCROOT%";

/// The whole report.
pub(super) fn sarif(report: &Report) -> Value {
    let items: Vec<_> = report.items().collect();
    let rules: BTreeSet<_> = items.iter().map(|item| item.rule).collect();
    let rules: Vec<_> = rules.into_iter().collect();
    let mut seen = BTreeMap::new();
    let results = items.iter().map(|item| result(item, &rules, &mut seen));
    let results: Vec<_> = results.collect();
    let could_tell = report.failure.is_none() && report.in_step.is_some();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "apigen",
                "version": inputs::VERSION,
                "semanticVersion": inputs::VERSION,
                "rules": rules.iter().map(|id| rule(id)).collect::<Vec<_>>(),
            }},
            "originalUriBaseIds": {
                ROOT: { "description": { "text": "The root of the git work tree" } },
            },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": could_tell }],
            "results": results,
        }],
    })
}

fn rule(id: &str) -> Value {
    let of_diff = diff::rule(id).map(|rule| rule.meaning);
    let of_lint = lint::rule(id).map(|rule| rule.meaning);
    let text = codes::meaning(id).or(of_diff).or(of_lint).unwrap_or(id);
    let short = text.split_inclusive(". ").next().unwrap_or(text).trim_end();
    json!({
        "id": id,
        "shortDescription": { "text": short },
        "fullDescription": { "text": text },
        "help": { "text": format!("{text}\n\n`apigen explain code {id}` says the same.") },
    })
}

fn result(item: &Item, rules: &[&str], seen: &mut BTreeMap<String, usize>) -> Value {
    let mut result = json!({
        "ruleId": item.rule,
        "ruleIndex": rules.binary_search(&item.rule).unwrap_or_default(),
        "level": match item.severity {
            Weight::Note => "note",
            Weight::Warning => "warning",
            Weight::Error => "error",
        },
        "message": { "text": message(item) },
        "partialFingerprints": { "apigen/v1": fingerprint(item, seen) },
    });
    if let Some(place) = &item.place {
        result["locations"] = json!([{ "physicalLocation": physical(place) }]);
    }
    let related = item.related.iter().map(|(place, why)| match why.as_str() {
        "" => json!({ "physicalLocation": physical(place) }),
        why => json!({ "physicalLocation": physical(place), "message": { "text": why } }),
    });
    if !item.related.is_empty() {
        result["relatedLocations"] = related.collect();
    }
    result
}

fn physical(place: &Place) -> Value {
    let artifact = match place.file.starts_with('/') {
        true => json!({ "uri": format!("file://{}", uri(&place.file)) }),
        false => json!({ "uri": uri(&place.file), "uriBaseId": ROOT }),
    };
    json!({
        "artifactLocation": artifact,
        "region": { "startLine": place.line, "startColumn": place.column },
    })
}

fn message(item: &Item) -> String {
    match &item.hint {
        Some(hint) => format!("{}\n\nhint: {hint}", item.message),
        None => item.message.clone(),
    }
}

/// What makes it the same result on another day: not its line, which moves.
fn fingerprint(item: &Item, seen: &mut BTreeMap<String, usize>) -> String {
    let file = item.place.as_ref().map_or("", |place| &place.file);
    let hash = hash(format!("{}\n{file}\n{}", item.rule, item.message).as_bytes());
    let count = seen.entry(hash.clone()).or_default();
    *count += 1;
    format!("{hash}:{count}")
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(byte);
    let escaped = path.bytes().map(|byte| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    escaped.collect()
}
