//! What a document says of its collections by `x-apigen-resources`.

use std::collections::BTreeMap;

use crate::{
    lower::Lowering,
    model::{ColumnType, Elsewhere, IntegerKind, Said, Segment},
    spec::{Node, RESOURCES},
};

use super::{
    candidates::{Candidate, shape},
    table::Table,
};

/// Reads it: by the collections' paths, the names of parameters aside.
pub(in crate::lower) fn read(cx: &mut Lowering<'_>) -> BTreeMap<String, Said> {
    let mut found = BTreeMap::new();
    let members = cx.document.root.get(RESOURCES);
    for (path, member) in members.into_iter().flat_map(Node::members) {
        match serde_json::from_value::<Said>(member.value.to_json()) {
            Ok(said) => {
                found.insert(blank(path), said);
            }
            Err(error) => {
                let message =
                    format!("what `{RESOURCES}` says of `{path}` is not understood: {error}");
                cx.warn("bad-resource", member.value.span, message);
            }
        }
    }
    found
}

/// A path with its parameters blank.
pub(in crate::lower) fn blank(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let segments = segments.map(|segment| match segment.starts_with('{') {
        true => Segment::Parameter(segment.to_owned()),
        false => Segment::Literal(segment.to_owned()),
    });
    let segments: Vec<Segment> = segments.collect();
    shape(&segments.iter().collect::<Vec<_>>())
}

/// The name of a key's type.
pub(in crate::lower) fn key_name(ty: &ColumnType) -> Option<&'static str> {
    match ty {
        ColumnType::Uuid => Some("uuid"),
        ColumnType::Text => Some("text"),
        ColumnType::Integer(kind) => Some(kind.name()),
        _ => None,
    }
}

/// The type of a key.
pub(super) fn key_type(name: &str) -> Option<ColumnType> {
    match name {
        "uuid" => Some(ColumnType::Uuid),
        "text" => Some(ColumnType::Text),
        name => {
            let mut kinds = IntegerKind::ALL.into_iter();
            let kind = kinds.find(|kind| kind.name() == name);
            kind.map(ColumnType::Integer)
        }
    }
}

/// What is said of a collection.
pub(super) fn of<'a>(
    said: &'a BTreeMap<String, Said>,
    candidate: &Candidate<'_>,
) -> Option<&'a Said> {
    said.get(&candidate.shape)
}

/// The rows of other services that a table's rows speak of.
pub(super) fn elsewhere(said: &Said, table: &Table<'_>, owners: usize) -> Vec<Elsewhere> {
    let owner = said
        .owner
        .iter()
        .filter(|_| table.parent.is_none() && owners > 0);
    let owner = owner.map(|owner| (owner, (0..owners).collect(), true));
    let references = said.references.iter().filter_map(|(property, row)| {
        let column = table.column(property)?;
        Some((row, vec![column], false))
    });
    let all = owner.chain(references);
    all.map(|(row, columns, owns)| Elsewhere {
        service: row.service.clone(),
        operation: row.operation.clone(),
        columns,
        owns,
    })
    .collect()
}
