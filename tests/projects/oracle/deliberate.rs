//! Where apigen means to differ from JSON Schema, by class; what it does not enforce, it says.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    collect::{Collection, Judged},
    instances::target,
    lowered,
};

/// What a warning or a keyword excuses, and why.
pub(super) const REASONS: [(&str, &str); 9] = [
    (
        "union-too-complex",
        "alternatives beside alternatives: told, and any value is taken",
    ),
    ("never", "no value would fit: told, and any value is taken"),
    (
        "impossible-bounds",
        "no value would fit: told, and a bound is left out",
    ),
    ("nested-too-deep", "told, and any value is taken"),
    (
        "pattern-not-enforced",
        "a pattern that takes back-tracking: told",
    ),
    (
        "keyword-not-enforced",
        "a pattern that takes back-tracking, a schema that is itself: told",
    ),
    (
        "discriminator-undeclared",
        "told; the alternatives are tried",
    ),
    (
        "allOf",
        "its parts are one object: what one of them closes knows the properties of all",
    ),
    (
        "discriminator",
        "OpenAPI: it names the alternative, which alone is read, and must be there",
    ),
];

/// Why a schema may be judged in another way.
pub(super) fn reason(collection: &Collection, judged: &Judged) -> Option<&'static str> {
    let alone = Collection {
        components: collection.components.clone(),
        judged: vec![judged.clone()],
    };
    let (_, told) = lowered(&alone);
    let has = |fits: &dyn Fn(&Map<String, Value>) -> bool| {
        holds(&collection.components, &judged.schema, fits)
    };
    let excuses = |code: &str| match code {
        "discriminator" => has(&|members| members.get(code).is_some_and(Value::is_object)),
        "allOf" => {
            let closes = |members: &Map<String, Value>| {
                let said = members.get("additionalProperties");
                said.is_some_and(|said| *said != true)
            };
            has(&|members| members.contains_key(code)) && has(&closes)
        }
        code => told.iter().any(|one| one.code == code),
    };
    let found = REASONS.iter().find(|(code, _)| excuses(code));
    found.map(|(code, _)| *code)
}

/// Whether a schema, or one that it leads to, is such.
fn holds(
    components: &Map<String, Value>,
    schema: &Value,
    fits: &dyn Fn(&Map<String, Value>) -> bool,
) -> bool {
    let mut seen = HashSet::new();
    let mut waiting = vec![schema];
    while let Some(next) = waiting.pop() {
        if !seen.insert(std::ptr::from_ref(next)) {
            continue;
        }
        match next {
            Value::Object(members) if fits(members) => return true,
            Value::Object(members) => {
                waiting.extend(members.values());
                waiting.extend(target(components, members));
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    false
}
