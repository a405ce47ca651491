//! What the user's document itself says of an operation, in its own dialect.

use serde_json::{Value, json};

use super::{events::is_success, slices::declared};
use crate::{
    model::Operation,
    spec::{Slicer, node::escape},
};

/// A reference to what stands there.
pub(super) fn reference(place: &str) -> Value {
    json!({ "$ref": place })
}

/// The schema of the JSON that a success answers with: by its name, or by its place.
pub(super) fn answer(slicer: &Slicer<'_>, key: &str, operation: &Operation) -> Option<Value> {
    let place = slicer.place(key, operation.method.as_str())?;
    let (own, at) = slicer.resolve(place)?;
    let statuses = operation.responses.iter().map(|response| response.status);
    let mut successes = statuses.filter(|status| is_success(*status));
    successes.find_map(|status| {
        let (key, _) = declared(own, status)?;
        let (response, at) = slicer.resolve(format!("{at}/responses/{key}"))?;
        let (schema, at) = match response.get("schema") {
            Some(schema) => (schema, format!("{at}/schema")),
            None => {
                let mut media = response.get("content")?.as_object()?.iter();
                let (name, media) = media.find(|(name, _)| name.contains("json"))?;
                let at = format!("{at}/content/{}/schema", escape(name));
                (media.get("schema")?, at)
            }
        };
        let target = schema.get("$ref").and_then(Value::as_str);
        Some(reference(target.unwrap_or(&at)))
    })
}

/// The parameters of an operation and of its path, behind their references; the nearest first.
pub(super) fn parameter_nodes(
    slicer: &Slicer<'_>,
    key: &str,
    operation: &Operation,
) -> Option<Vec<Value>> {
    let place = slicer.place(key, operation.method.as_str())?;
    let (own, _) = slicer.resolve(place)?;
    let item = slicer.flat(key);
    let lists = [own.get("parameters"), item.get("parameters")];
    let lists = lists.into_iter().flatten().filter_map(Value::as_array);
    let nodes = lists.flatten().filter_map(|node| {
        let target = node.get("$ref").and_then(Value::as_str);
        let behind = target.map(|target| slicer.resolve(target.to_owned()));
        let node = behind.map_or(Some(node), |behind| Some(behind?.0));
        node.cloned()
    });
    Some(nodes.collect())
}
