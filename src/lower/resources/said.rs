//! What a document says of its collections by `x-apigen-resources`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    config::{Config, unknown},
    diagnostic::Diagnostic,
    lower::{Lowering, choices},
    model::{ColumnType, Elsewhere, IntegerKind, Said, Segment},
    spec::{Document, Node, RESOURCES},
};

use super::{
    candidates::{Candidate, shape},
    table::Table,
};

/// What is said of a collection, and cannot be.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::lower) struct Problem {
    /// The shape of the collection's path.
    pub(super) shape: String,
    /// The members that lead to it, from the collection's on.
    pub(super) place: Vec<String>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    /// Going on would be dangerous.
    pub(super) is_fatal: bool,
}

impl Problem {
    pub(super) fn is_of(&self, shape: &str) -> bool {
        self.shape == shape
    }

    /// The diagnostic, at its place in the document: that of the path, where `apigen.toml` says it.
    pub(in crate::lower) fn told(
        &self,
        document: &Document,
        config: &Config,
    ) -> Option<Diagnostic> {
        let is_beside = self.place == ["caller"] && choices::owns(config, &self.shape);
        if is_beside && self.is_fatal {
            return None; // What does not fit is told by the commands, at its place there.
        }
        let place = if is_beside { "paths" } else { RESOURCES };
        let members = document.root.get(place).into_iter();
        let mut members = members.flat_map(Node::members);
        let (_, member) = members.find(|(path, _)| blank(path) == self.shape)?;
        let mut span = member.key;
        let mut node = &member.value;
        for name in &self.place {
            let index = name.parse::<usize>().ok();
            let below = match (node.as_object().and_then(|all| all.get(name)), index) {
                (Some(member), _) => Some((member.key, &member.value)),
                (None, Some(index)) => node.items().get(index).map(|item| (item.span, item)),
                (None, None) => None,
            };
            let Some(below) = below else { break };
            (span, node) = below;
        }
        let told = match self.is_fatal {
            true => Diagnostic::error("bad-resource", span, &self.message),
            false => Diagnostic::warning("bad-resource", span, &self.message),
        };
        Some(match &self.hint {
            Some(hint) => told.hint(hint),
            None => told,
        })
    }
}

/// Reads it: by the collections' paths, the names of parameters aside. What is not understood is
/// told, and the rest is heard.
pub(in crate::lower) fn read(cx: &mut Lowering<'_>) -> BTreeMap<String, Said> {
    let mut found = BTreeMap::new();
    let members = cx.document.root.get(RESOURCES);
    for (path, member) in members.into_iter().flat_map(Node::members) {
        let mut understood = Map::new();
        for (name, member) in member.value.members() {
            match understand(name, &member.value) {
                Ok(value) => drop(understood.insert(name.to_owned(), value)),
                Err((message, hint)) => {
                    let message = format!("{message} in what `{RESOURCES}` says of `{path}`");
                    let told = Diagnostic::error("bad-resource", member.key, message);
                    // Rows that were to be callers' own would be everybody's.
                    let told = if name == "caller" {
                        told
                    } else {
                        told.into_warning()
                    };
                    cx.report(match hint {
                        Some(hint) => told.hint(hint),
                        None => told,
                    });
                }
            }
        }
        if member.value.as_object().is_none() {
            let message = format!("what `{RESOURCES}` says of `{path}` is no object");
            cx.warn("bad-resource", member.value.span, message);
        }
        let said = serde_json::from_value(Value::Object(understood));
        found.insert(blank(path), said.unwrap_or_default());
    }
    found
}

/// What may be said of a collection.
const MEMBERS: &[&str] = &[
    "caller",
    "indexes",
    "name",
    "on_delete",
    "owner",
    "references",
    "seed",
    "rows_of",
    "soft_delete",
    "unique",
    "version",
];

/// A member as it is heard, or why it is not, and what to do.
fn understand(name: &str, value: &Node) -> Result<Value, (String, Option<String>)> {
    if !MEMBERS.contains(&name) {
        return Err((
            format!("nothing is called `{name}`"),
            unknown(name, MEMBERS),
        ));
    }
    let alone = json!({ name: value.to_json() });
    serde_json::from_value::<Said>(alone.clone())
        .map(|_| alone[name].clone())
        .map_err(|error| (format!("`{name}` is not understood ({error})"), None))
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
    let owner = owner.map(|owner| {
        (
            &owner.service,
            &owner.operation,
            (0..owners).collect(),
            true,
        )
    });
    let references = said.references.iter().filter_map(|(property, row)| {
        let column = table.column(property)?;
        Some((row.service.as_ref()?, &row.operation, vec![column], false))
    });
    let all = owner.chain(references);
    all.map(|(service, operation, columns, owns)| Elsewhere {
        service: service.clone(),
        operation: operation.clone(),
        columns,
        owns,
    })
    .collect()
}
