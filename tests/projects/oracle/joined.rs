//! The parts of an `allOf` are one object: what one of them says of all other properties knows those of all.
//! By the letter of JSON Schema a part knows its own only, and nothing fits what closed parts make up.

use serde_json::{Map, Value, json};

use super::collect::{COMPONENTS, each_schema};

/// What a component is called where it says nothing of other properties.
const OPEN: &str = " open";

/// Marks what was said of other properties by parts, and is judged by all.
pub(super) const JOINED: &str = "x-joined";

/// Says of all parts together what one of them says.
pub(super) fn join(components: &mut Map<String, Value>, whole: &mut Value) {
    let opened = components.iter().map(|(name, component)| {
        let mut component = component.clone();
        open(&mut component);
        (format!("{name}{OPEN}"), component)
    });
    components.extend(opened.collect::<Vec<_>>());
    let known = components.clone();
    for schema in components.values_mut().chain([whole]) {
        each_schema(schema, &mut |members| join_one(&known, members));
    }
}

fn join_one(components: &Map<String, Value>, members: &mut Map<String, Value>) {
    if !members.contains_key("allOf") {
        return;
    }
    let mut schema = Value::Object(std::mem::take(members));
    let parts = parts_of(components, &schema).into_iter();
    let closing: Vec<Value> = parts
        .filter_map(|part| part.get("additionalProperties").cloned())
        .filter(|said| *said != true && *said != json!({}))
        .collect();
    if !closing.is_empty() {
        open(&mut schema);
        schema["unevaluatedProperties"] = match closing.contains(&json!(false)) {
            true => json!(false),
            false => json!({ "allOf": closing }),
        };
        schema[JOINED] = json!(true);
    }
    *members = schema.as_object().cloned().unwrap_or_default();
}

/// What a schema is made of: it, what it refers to, and their `allOf`.
pub(super) fn parts_of<'s>(
    components: &'s Map<String, Value>,
    schema: &'s Value,
) -> Vec<&'s Map<String, Value>> {
    let mut waiting = vec![schema];
    let mut found: Vec<&Map<String, Value>> = Vec::new();
    while let Some(next) = waiting.pop() {
        let Some(members) = next.as_object() else {
            continue;
        };
        if !found.iter().any(|one| std::ptr::eq(*one, members)) {
            found.push(members);
            let list = members.get("allOf").and_then(Value::as_array);
            waiting.extend(list.into_iter().flatten());
            let target = members.get("$ref").and_then(component);
            waiting.extend(target.and_then(|name| components.get(&name)));
        }
    }
    found
}

fn open(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    members.remove("additionalProperties");
    let parts = members.get_mut("allOf").and_then(Value::as_array_mut);
    parts.into_iter().flatten().for_each(open);
    if let Some(reference) = members.get_mut("$ref")
        && let Some(name) = component(reference)
    {
        *reference = refer(&format!("{name}{OPEN}"));
    }
}

/// The component that a reference leads to.
pub(super) fn component(reference: &Value) -> Option<String> {
    let name = reference.as_str()?.strip_prefix(COMPONENTS)?;
    Some(
        name.replace("%20", " ")
            .replace("~1", "/")
            .replace("~0", "~"),
    )
}

/// A reference to a component.
pub(super) fn refer(name: &str) -> Value {
    let name = name
        .replace('~', "~0")
        .replace('/', "~1")
        .replace(' ', "%20");
    json!(format!("{COMPONENTS}{name}"))
}
