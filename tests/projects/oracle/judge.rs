//! The judge: JSON Schema 2020-12 with the formats that are enforced.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::{
    collect::{BODY, BY_NAME, INSIDE},
    discriminators::Discriminators,
    joined::{JOINED, join},
};

/// The formats of texts that are enforced, and what `jsonschema` calls them.
const FORMATS: [&str; 11] = [
    "uuid",
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "uri",
    "byte",
    "ipv4",
    "ipv6",
    "hostname",
];

/// Keywords whose schemas are judged as they stand, because no type says them.
const AS_THEY_STAND: [&str; 14] = [
    "not",
    "if",
    "then",
    "else",
    "patternProperties",
    "propertyNames",
    "dependentSchemas",
    "dependencies",
    "contains",
    "unevaluatedItems",
    "unevaluatedProperties",
    "prefixItems",
    "additionalItems",
    "$dynamicRef",
];

/// What a component is called where it is judged as it stands.
const STANDING: &str = " as it stands";

/// Judges the body of a collection's document.
pub(super) fn judge(document: &Value) -> Validator {
    let mut schemas = document["components"]["schemas"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let mut whole = schemas.shift_remove(BODY).expect("a body");
    let discriminators = Discriminators::of(&schemas);
    let mut components = discriminators.components();
    discriminators.say(&mut whole);
    join(&mut components, &mut whole);
    for component in components.values_mut() {
        say(component, false);
    }
    for (name, mut component) in schemas {
        say(&mut component, true);
        components.insert(format!("{name}{STANDING}"), component);
    }
    say(&mut whole, false);
    whole["components"] = json!({ "schemas": components });
    let mut options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_format("byte", is_base64);
    options = options.with_format("uuid", |text: &str| text.len() == 36 && is_uuid(text));
    options.build(&whole).expect("a schema")
}

/// Says a schema, and those inside of it, in the words of JSON Schema 2020-12.
fn say(schema: &mut Value, as_it_stands: bool) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    if members.get("items").is_some_and(Value::is_array) {
        // Of older drafts.
        let items = members.remove("items").unwrap_or_default();
        members.insert("prefixItems".to_owned(), items);
        if let Some(more) = members.remove("additionalItems") {
            members.insert("items".to_owned(), more);
        }
    }
    if !as_it_stands {
        say_null(members);
    }
    let is_joined = members.remove(JOINED).is_some();
    for (name, value) in members.iter_mut() {
        let beyond = (AS_THEY_STAND.contains(&name.as_str())
            && !(is_joined && name == "unevaluatedProperties"))
            || (name == "items" && as_it_stands)
            || (["oneOf", "anyOf"].contains(&name.as_str()) && only_asks(value));
        let each: Vec<&mut Value> = match value {
            Value::Object(inner) if BY_NAME.contains(&name.as_str()) => {
                inner.values_mut().collect()
            }
            Value::Array(inner) if INSIDE.contains(&name.as_str()) => inner.iter_mut().collect(),
            one if INSIDE.contains(&name.as_str()) => vec![one],
            _ => continue,
        };
        for one in each {
            if name.ends_with("Of") && *one == json!({ "nullable": true }) {
                *one = json!({ "type": "null" });
            }
            say(one, as_it_stands || beyond);
        }
    }
    let positions = members.contains_key("prefixItems");
    if let Some(more) = members
        .get_mut("items")
        .filter(|_| positions && !as_it_stands)
    {
        say(more, true);
    }
    if let Some(Value::String(reference)) = members.get_mut("$ref").filter(|_| as_it_stands) {
        *reference += &STANDING.replace(' ', "%20");
    }
    enforced(members, as_it_stands);
}

/// Whether alternatives do no more than ask for properties.
fn only_asks(alternatives: &Value) -> bool {
    let asks = |one: &Value| {
        let mut names = one.as_object().into_iter().flat_map(Map::keys);
        let known = ["required", "not", "title", "description"];
        one.get("required").is_some() && names.all(|name| known.contains(&name.as_str()))
    };
    alternatives
        .as_array()
        .is_some_and(|all| all.iter().all(asks))
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    let is_hex = |c: char| c == '-' || c.is_ascii_hexdigit();
    groups == [8, 4, 4, 4, 12] && text.chars().all(is_hex)
}

/// What of a schema is enforced; types are inferred where types are made.
fn enforced(schema: &mut Map<String, Value>, as_it_stands: bool) {
    if schema.get("contentEncoding") == Some(&json!("base64")) && !schema.contains_key("format") {
        schema.insert("format".to_owned(), json!("byte"));
    }
    // Types that JSON does not have say nothing.
    let known = [
        "null", "boolean", "object", "array", "string", "integer", "number",
    ];
    let is_odd = |kind: &Value| kind.as_str().is_some_and(|kind| !known.contains(&kind));
    if schema.get("type").is_some_and(is_odd) {
        schema.remove("type");
    }
    if !as_it_stands {
        infer_type(schema);
        narrow_format(schema);
    }
    if schema.remove("nullable") == Some(Value::Bool(true)) {
        let inner = std::mem::take(schema);
        schema.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
    }
}

/// Who says `properties` means an object: "reading a schema" in docs tells which keywords do so.
fn infer_type(schema: &mut Map<String, Value>) {
    let says = |names: &[&str]| names.iter().any(|name| schema.contains_key(*name));
    if says(&["type", "$ref", "allOf", "anyOf", "oneOf", "enum", "const"]) {
        return;
    }
    let format = schema.get("format").and_then(Value::as_str).unwrap_or("");
    let object = ["properties", "required", "additionalProperties"];
    let is = |name: &str, fits: fn(&Value) -> bool| schema.get(name).is_some_and(fits);
    let by_names = is("unevaluatedProperties", Value::is_boolean)
        || is("propertyNames", |names| names.get("pattern").is_some());
    let inferred = if says(&object)
        || says(&["minProperties", "maxProperties", "patternProperties"])
        || by_names
    {
        "object"
    } else if says(&[
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
    ]) {
        "array"
    } else if says(&["minLength", "maxLength", "pattern"]) {
        "string"
    } else if ["int32", "int64"].contains(&format) {
        "integer"
    } else if ["float", "double"].contains(&format)
        || says(&[
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ])
    {
        "number"
    } else if [
        "uuid",
        "date-time",
        "date",
        "email",
        "uri",
        "byte",
        "binary",
        "password",
    ]
    .contains(&format)
    {
        "string"
    } else {
        return;
    };
    schema.insert("type".to_owned(), json!(inferred));
}

/// Leaves the formats that are enforced; those of integers are bounds.
fn narrow_format(schema: &mut Map<String, Value>) {
    let is = |name: &str| match &schema.get("type") {
        Some(Value::Array(list)) => list.contains(&json!(name)),
        one => *one == Some(&json!(name)),
    };
    let format = schema.get("format").and_then(Value::as_str).unwrap_or("");
    let range = match format {
        _ if !is("integer") || is("number") => None,
        "int8" => Some((i64::from(i8::MIN), i64::from(i8::MAX))),
        "int16" => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
        "int32" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        "uint8" => Some((0, i64::from(u8::MAX))),
        "uint16" => Some((0, i64::from(u16::MAX))),
        "uint32" => Some((0, i64::from(u32::MAX))),
        "uint" | "uint64" => Some((0, i64::MAX)),
        _ => None,
    };
    if !FORMATS.contains(&format) || !is("string") {
        schema.remove("format");
    }
    if let Some((least, most)) = range {
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        let (low, high) = (bound("minimum"), bound("maximum"));
        if low.is_none_or(|low| low < least as f64) {
            schema.insert("minimum".to_owned(), json!(least));
        }
        if high.is_none_or(|high| high > most as f64) {
            schema.insert("maximum".to_owned(), json!(most));
        }
    }
}

/// Null, however OpenAPI 3.0 had to say it: it fits once, even where several alternatives say so.
fn say_null(schema: &mut Map<String, Value>) {
    if schema.get("enum") == Some(&json!([null])) {
        schema.remove("type");
    }
    let mut has_null = false;
    for group in ["oneOf", "anyOf"] {
        let Some(Value::Array(alternatives)) = schema.get_mut(group) else {
            continue;
        };
        let is_null = |one: &Value| {
            *one == json!({ "nullable": true })
                || one["type"] == "null"
                || one["enum"] == json!([null])
        };
        let before = alternatives.len();
        alternatives.retain(|one| !is_null(one));
        has_null |= before != alternatives.len();
        for one in &mut *alternatives {
            let types = one.get_mut("type").and_then(Value::as_array_mut);
            if let Some(types) = types {
                has_null |= types.contains(&json!("null"));
                types.retain(|one| one != "null");
            }
            has_null |=
                one.as_object_mut().and_then(|one| one.remove("nullable")) == Some(json!(true));
        }
        if alternatives.is_empty() {
            schema.remove(group);
            schema.insert("type".to_owned(), json!("null"));
            return;
        }
    }
    if has_null {
        schema.insert("nullable".to_owned(), json!(true));
    }
}
