//! What names of the past are called now.

use std::collections::BTreeMap;

use super::contract::Contract;
use crate::project::stored::Was;

/// What the user's code may still take for what it was.
#[derive(Debug, Default)]
pub struct History<'a> {
    /// By old path: what is gone or called otherwise.
    names: BTreeMap<&'a str, &'a Was>,
    /// The members among them, by the path that they would have now.
    members: BTreeMap<String, &'a Was>,
    /// By new path: what has another type.
    retyped: BTreeMap<&'a str, &'a Was>,
}

/// What a name of the past is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Now<'a> {
    /// The path, unless it is gone.
    pub(super) path: Option<Vec<String>>,
    pub(super) was: &'a Was,
}

/// What an older sync left to tell, as a newer one knows it, with what is new to tell.
pub fn join(older: &[Was], newer: Vec<Was>, contract: &Contract<'_>) -> Vec<Was> {
    let history = History::new(&newer);
    let mut all = BTreeMap::new();
    for was in older {
        let mut was = was.clone();
        was.now = was.now.and_then(|path| history.forward(&path));
        let is_back = match (&was.ty, &was.now) {
            (Some(ty), Some(now)) => contract.type_of(now) == Some(ty),
            (Some(_), None) => false,
            (None, Some(now)) => *now == was.path,
            (None, None) => contract.offers(&was.path),
        };
        if !is_back {
            all.insert(was.path.clone(), was);
        }
    }
    for was in newer {
        all.entry(was.path.clone()).or_insert(was);
    }
    all.into_values().collect()
}

impl<'a> History<'a> {
    /// Knows these.
    pub fn new(all: &'a [Was]) -> Self {
        let mut history = Self::default();
        for was in all {
            if was.now.as_ref() != Some(&was.path) {
                history.names.insert(&was.path, was);
            }
            if let (Some(_), Some(now)) = (&was.ty, &was.now) {
                history.retyped.insert(now, was);
            }
        }
        for was in all {
            if let Some((parent, name)) = was.path.rsplit_once("::")
                && let Some(parent) = history.forward(parent)
            {
                history.members.insert(format!("{parent}::{name}"), was);
            }
        }
        history
    }

    /// What a path is called now; `None` where it is gone.
    fn forward(&self, path: &str) -> Option<String> {
        if let Some(was) = self.names.get(path) {
            return was.now.clone();
        }
        match path.rsplit_once("::") {
            Some((parent, name)) => Some(format!("{}::{name}", self.forward(parent)?)),
            None => Some(path.to_owned()),
        }
    }

    /// Whether a path was once there.
    pub(super) fn is_known(&self, path: &str) -> bool {
        self.names.contains_key(path)
    }

    /// The only trait that was called so.
    pub(super) fn trait_named(&self, name: &str) -> Option<&'a str> {
        let is_so = |path: &&&str| {
            let words: Vec<&str> = path.split("::").collect();
            matches!(words.as_slice(), ["crud", _, last] if *last == name)
        };
        self.names.keys().find(is_so).copied()
    }

    /// What became of a path that nothing stands behind any more.
    pub(super) fn now(&self, path: &[String]) -> Option<Now<'a>> {
        for length in (1..=path.len()).rev() {
            if let Some(was) = self.names.get(path[..length].join("::").as_str()) {
                let rest = path[length..].iter().cloned();
                let now = was.now.as_ref().map(|now| {
                    let now = now.split("::").map(str::to_owned);
                    now.chain(rest).collect()
                });
                return Some(Now { path: now, was });
            }
        }
        None
    }

    /// What became of a member that a type does not have any more.
    pub(super) fn member(&self, path: &str) -> Option<&'a Was> {
        let was = self.members.get(path)?;
        (was.now.as_deref() != Some(path)).then_some(*was)
    }

    /// What a member was before it got its type.
    pub(super) fn retyped(&self, path: &str) -> Option<&'a Was> {
        self.retyped.get(path).copied()
    }
}
