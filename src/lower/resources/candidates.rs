//! Which paths look like collections, and which like their members.

use indexmap::IndexMap;

use super::{
    Held, same,
    words::{plain, singular},
};
use crate::model::{Method, Operation, OperationId, Segment, Service};

/// A path whose last segment is a word, with the operations on it and on its members.
pub(super) struct Candidate<'a> {
    /// The path template, for people.
    pub(super) path: String,
    /// The path with its parameters blank: `/items/{}/reviews`.
    pub(super) shape: String,
    /// The shapes of other collections that have the same rows.
    pub(super) also: Vec<String>,
    /// The last word, such as `reviews`.
    pub(super) word: &'a str,
    /// The parameters before it, from the outermost inward.
    pub(super) owners: Vec<Owner<'a>>,
    /// The operations, in the order of the document.
    pub(super) operations: Vec<(OperationId, Slot)>,
}

/// A parameter before the last word of a collection's path.
pub(super) struct Owner<'a> {
    /// Its name in the template.
    pub(super) parameter: &'a str,
    /// The word before it; empty where there is none.
    pub(super) word: &'a str,
    /// The shape of the path before it.
    pub(super) shape: String,
}

/// What the place of an operation says that it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// GET of the collection.
    List,
    /// GET of a word below the collection that names a column: `/pets/findByStatus`.
    ListBy(String),
    /// POST to the collection.
    Create,
    /// GET of a member.
    Get,
    /// PUT of a member.
    Replace,
    /// PUT to the collection.
    ReplaceByBody,
    /// PATCH of a member.
    Update,
    /// DELETE of a member.
    Delete,
}

impl Candidate<'_> {
    /// Operations are on single members.
    pub(super) fn has_members(&self) -> bool {
        let of_member = |slot: &Slot| {
            matches!(
                slot,
                Slot::Get | Slot::Replace | Slot::Update | Slot::Delete
            )
        };
        self.operations.iter().any(|(_, slot)| of_member(slot))
    }

    /// The path of an operation leads through it.
    pub(super) fn is_above(&self, operation: &Operation) -> bool {
        let path: Vec<_> = operation.segments.iter().collect();
        let path = shape(&path);
        let mut own = self.also.iter().chain([&self.shape]);
        own.any(|shape| {
            let rest = path.strip_prefix(shape.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    fn has_members_only(&self) -> bool {
        let of_member = |slot: &Slot| {
            matches!(
                slot,
                Slot::Get | Slot::Replace | Slot::Update | Slot::Delete
            )
        };
        self.operations.iter().all(|(_, slot)| of_member(slot))
    }

    /// The operations with this slot.
    pub(super) fn with(&self, slot: &Slot) -> impl Iterator<Item = OperationId> {
        let same = self
            .operations
            .iter()
            .filter(move |(_, other)| other == slot);
        same.map(|(id, _)| *id)
    }
}

/// The operation that a person would look for: `GET /items/{id}`.
pub(super) fn title(operation: &Operation) -> String {
    format!("`{} {}`", operation.method.as_str(), operation.path)
}

/// All candidates, owners before what they own, and the operations that no place is found for.
pub(super) fn find<'a>(
    service: &'a Service,
    held: &Held<'_>,
) -> (Vec<Candidate<'a>>, Vec<(OperationId, String)>) {
    let mut candidates: IndexMap<String, Candidate<'_>> = IndexMap::new();
    let mut refused = Vec::new();
    for (index, operation) in service.operations.iter().enumerate() {
        if operation.account.is_some() || operation.transition.is_some() {
            continue;
        }
        match place(operation) {
            Ok((path, slot)) => {
                let shape = shape(&path);
                let candidate = candidates
                    .entry(shape.clone())
                    .or_insert_with(|| new(&path, shape));
                candidate.operations.push((OperationId(index), slot));
            }
            Err(reason) => refused.push((OperationId(index), reason)),
        }
    }
    join_singular_members(&mut candidates, held);
    take_views(service, &mut candidates, &mut refused, held);
    same::join(service, &mut candidates);
    let mut candidates: Vec<_> = candidates.into_values().collect();
    candidates.retain(|candidate| !candidate.operations.is_empty());
    candidates.sort_by_key(|candidate| candidate.owners.len());
    (candidates, refused)
}

/// The collection that an operation belongs to, and what it does there.
fn place(operation: &Operation) -> Result<(Vec<&Segment>, Slot), String> {
    let empty = |segment: &&Segment| matches!(segment, Segment::Literal(text) if text.is_empty());
    let mut path: Vec<&Segment> = operation.segments.iter().filter(|s| !empty(s)).collect();
    if path
        .iter()
        .any(|segment| matches!(segment, Segment::Mixed(_)))
    {
        return Err(format!(
            "{} mixes text and parameters in one segment",
            title(operation)
        ));
    }
    let member = matches!(path.last(), Some(Segment::Parameter(_)));
    if member {
        path.pop();
    }
    match path.last() {
        Some(Segment::Literal(word)) if word.contains(':') => {
            return Err(format!("{} is an action", title(operation)));
        }
        Some(Segment::Literal(_)) => {}
        _ => return Err(format!("{} is no member of a collection", title(operation))),
    }
    let slot = match (operation.method, member) {
        (Method::Get, false) => Slot::List,
        (Method::Post, false) => Slot::Create,
        (Method::Put, false) => Slot::ReplaceByBody,
        (Method::Get, true) => Slot::Get,
        (Method::Put, true) => Slot::Replace,
        (Method::Patch, true) => Slot::Update,
        (Method::Delete, true) => Slot::Delete,
        (Method::Post, true) => return Err(format!("{} is an action", title(operation))),
        (Method::Delete | Method::Patch, false) => {
            return Err(format!(
                "{} names no member of its collection",
                title(operation)
            ));
        }
        (method, _) => return Err(format!("nothing is inferred for {}", method.as_str())),
    };
    Ok((path, slot))
}

fn new<'a>(path: &[&'a Segment], shape: String) -> Candidate<'a> {
    let text = |segment: &&'a Segment| match segment {
        Segment::Literal(text) | Segment::Parameter(text) => text.as_str(),
        Segment::Mixed(_) => "",
    };
    let mut owners = Vec::new();
    for (index, segment) in path.iter().enumerate() {
        if let Segment::Parameter(parameter) = segment {
            let before = index.checked_sub(1).map(|before| path[before]);
            let word = before.filter(|s| matches!(s, Segment::Literal(_)));
            owners.push(Owner {
                parameter,
                word: word.as_ref().map_or("", text),
                shape: self::shape(&path[..index]),
            });
        }
    }
    let template = path.iter().map(|segment| match segment {
        Segment::Parameter(name) => format!("/{{{name}}}"),
        segment => format!("/{}", text(segment)),
    });
    Candidate {
        path: template.collect(),
        shape,
        also: Vec::new(),
        word: path.last().map_or("", text),
        owners,
        operations: Vec::new(),
    }
}

pub(super) fn shape(path: &[&Segment]) -> String {
    let blank = path.iter().map(|segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        _ => "/{}".to_owned(),
    });
    blank.collect()
}

/// `/task/{id}` is a member of `/tasks`, where `/task` itself has no operations.
fn join_singular_members(candidates: &mut IndexMap<String, Candidate<'_>>, held: &Held<'_>) {
    let lone = candidates
        .values()
        .filter(|candidate| candidate.has_members_only());
    let lone: Vec<String> = lone.map(|candidate| candidate.shape.clone()).collect();
    for shape in lone {
        let prefix = shape[..=shape.rfind('/').unwrap_or(0)].to_owned();
        let word = plain(&shape[prefix.len()..]);
        let these = &candidates[&shape].operations;
        let plural = candidates.values().find(|other| {
            let other_word = other.shape.strip_prefix(&prefix).unwrap_or("");
            !other.has_members()
                && plain(other_word) != word
                && singular(&plain(other_word)) == word
                && !held.apart(these, &other.operations)
        });
        let Some(plural) = plural.map(|other| other.shape.clone()) else {
            continue;
        };
        let members = candidates
            .get_mut(&shape)
            .map(|lone| std::mem::take(&mut lone.operations));
        if let Some(collection) = candidates.get_mut(&plural) {
            collection.operations.extend(members.unwrap_or_default());
        }
    }
}

/// `/pets/findByStatus` stands where members of `/pets` do: it is a view of them, or an action.
fn take_views<'a>(
    service: &'a Service,
    candidates: &mut IndexMap<String, Candidate<'a>>,
    refused: &mut Vec<(OperationId, String)>,
    held: &Held<'_>,
) {
    let shapes: Vec<String> = candidates.keys().cloned().collect();
    for shape in shapes {
        let above = shape[..shape.rfind('/').unwrap_or(0)].to_owned();
        let beside = candidates.get(&above).filter(|above| above.has_members());
        let (Some(beside), Some(view)) = (beside, candidates.get(&shape)) else {
            continue;
        };
        if view.has_members() || held.apart(&view.operations, &beside.operations) {
            continue;
        }
        let reason = format!(
            "it is an action or a view beside the members of `{}`",
            beside.path
        );
        let by = plain(view.word)
            .rsplit_once("by_")
            .map(|(_, column)| column.to_owned());
        let operations = candidates
            .get_mut(&shape)
            .map(|view| std::mem::take(&mut view.operations));
        for (id, slot) in operations.unwrap_or_default() {
            match (&by, slot, candidates.get_mut(&above)) {
                (Some(column), Slot::List, Some(above)) => {
                    above.operations.push((id, Slot::ListBy(column.clone())));
                }
                _ => refused.push((id, format!("{}: {reason}", title(&service[id])))),
            }
        }
    }
}
