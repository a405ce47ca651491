//! Collections at several paths whose rows are the same: versions of an API side by side.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{
    candidates::Candidate,
    said::{Problem, blank},
};
use crate::{
    config::unknown,
    model::{Said, Service},
};

/// Gives the operations of collections that keep no rows of their own to those that keep them.
pub(super) fn join(service: &Service, candidates: &mut IndexMap<String, Candidate<'_>>) {
    for (shape, keeper) in keepers(&service.said) {
        if told(service, shape, &keeper).is_some() {
            continue;
        }
        let Some(other) = candidates.shift_remove(shape) else {
            continue;
        };
        if let Some(keeper) = candidates.get_mut(&keeper) {
            keeper.operations.extend(other.operations);
            keeper.also.push(other.shape);
        }
    }
}

/// What is said of rows that are another collection's, and cannot be.
pub(super) fn problems(service: &Service) -> Vec<Problem> {
    let keepers = keepers(&service.said);
    let told = keepers.filter_map(|(shape, keeper)| {
        let (message, hint) = told(service, shape, &keeper)?;
        Some(Problem {
            shape: shape.clone(),
            place: vec!["rows_of".to_owned()],
            message,
            hint,
            // Two tables would be made of what is meant to be one.
            is_fatal: true,
        })
    });
    told.collect()
}

/// The shapes of collections, and of those that keep their rows.
fn keepers(said: &BTreeMap<String, Said>) -> impl Iterator<Item = (&String, String)> {
    said.iter()
        .filter_map(|(shape, said)| Some((shape, blank(said.rows_of.as_ref()?))))
}

/// Why a collection cannot have the rows of another, and what to do.
fn told(service: &Service, shape: &str, keeper: &str) -> Option<(String, Option<String>)> {
    let owners = |shape: &str| shape.matches("{}").count();
    let of_another = service
        .said
        .get(keeper)
        .and_then(|said| said.rows_of.as_ref());
    if shape == keeper {
        return Some((
            "a collection's rows are its own without this".to_owned(),
            None,
        ));
    }
    if !has(service, keeper) {
        let known = service
            .operations
            .iter()
            .map(|operation| operation.path.as_str());
        let known: Vec<&str> = known.filter(|path| !path.ends_with('}')).collect();
        let hint = unknown(keeper, &known);
        return Some((format!("no collection is at `{keeper}`"), hint));
    }
    if let Some(other) = of_another {
        let hint = format!("say `rows_of: {other}` here too");
        return Some((
            format!("the rows of `{keeper}` are those of `{other}`"),
            Some(hint),
        ));
    }
    (owners(shape) != owners(keeper)).then(|| {
        let message = format!("`{shape}` and `{keeper}` are below different numbers of rows");
        (message, None)
    })
}

/// Some operation is on a collection, or on a member of it.
fn has(service: &Service, collection: &str) -> bool {
    service.operations.iter().any(|operation| {
        let shape = blank(&operation.path);
        shape == collection || shape.strip_suffix("/{}") == Some(collection)
    })
}
