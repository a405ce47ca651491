//! What does not fit the contract any more, and what would mend it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use crate::project::stored::Was;

/// What kind of misfit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The operation of a method is gone.
    Removed,
    /// A name is gone.
    Gone,
    /// Something is called otherwise.
    Renamed,
    /// Something is of another type or form.
    Signature,
}

/// A place in a file of the user's that does not fit the contract any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What kind it is.
    pub kind: Kind,
    /// Relative to the project's folder.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is the case.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// A change of bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes that go.
    pub range: (usize, usize),
    /// What comes.
    pub text: String,
}

impl Edit {
    pub(super) fn replace(range: Range<usize>, text: &str) -> Self {
        let range = (range.start, range.end);
        Self {
            range,
            text: text.to_owned(),
        }
    }

    pub(super) fn insert(at: usize, text: String) -> Self {
        Self {
            range: (at, at),
            text,
        }
    }
}

/// A misfit as the reader finds it.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) kind: Kind,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    /// What follows from the past.
    pub(super) was: Option<&'a Was>,
    /// The function that was written for another type.
    pub(super) unit: Option<String>,
    /// The name, and what it is called now.
    pub(super) renamed: Option<(String, String)>,
    pub(super) edits: Vec<Edit>,
    /// The edits mend it.
    pub(super) is_editable: bool,
    /// The name of a method of the user's.
    pub(super) is_method: bool,
    /// A field; its places are told one by one.
    pub(super) is_member: bool,
}

impl Found<'_> {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            line: 1,
            column: 1,
            message: String::new(),
            hint: None,
            was: None,
            unit: None,
            renamed: None,
            edits: Vec::new(),
            is_editable: false,
            is_method: false,
            is_member: false,
        }
    }

    fn of(&self) -> &str {
        self.was.map_or("", |was| was.of.as_str())
    }
}

/// Takes back the edits of names that are shared by what is called differently now.
pub(super) fn settle(found: &mut [Found<'_>], claims: &[(usize, String)]) {
    let mut wanted: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (start, text) in claims {
        wanted.entry(*start).or_default().insert(text);
    }
    let is_disputed = |edit: &Edit| wanted.get(&edit.range.0).is_some_and(|all| all.len() > 1);
    for found in found.iter_mut().filter(|f| f.edits.iter().any(is_disputed)) {
        found.edits.clear();
        found.is_editable = false;
    }
}

/// What is told of a file: one operation's, tag's or schema's names in one misfit, at the method
/// where there is one, else where the first name stands.
pub(super) fn told(file: &str, found: &[Found<'_>]) -> Vec<Misfit> {
    let mut order: Vec<&Found<'_>> = found.iter().collect();
    order.sort_by_key(|f| (f.line, f.column));
    let mut misfits: Vec<Misfit> = Vec::new();
    let mut seen = BTreeSet::new();
    for found in &order {
        let is_bundled = matches!(found.kind, Kind::Renamed | Kind::Gone) && !found.is_member;
        let bundle: Vec<&Found<'_>> = match is_bundled {
            true => order
                .iter()
                .filter(|f| is_alike(f, found))
                .copied()
                .collect(),
            false => vec![found],
        };
        let head = bundle.iter().find(|f| f.is_method).unwrap_or(found);
        let of = if is_bundled { found.of() } else { "" };
        let is_new = match is_bundled {
            true => seen.insert((0, 0, of)),
            false => seen.insert((found.line, found.column, of)),
        };
        let is_removed = found.kind == Kind::Gone
            && order
                .iter()
                .any(|f| f.kind == Kind::Removed && f.of() == found.of());
        if is_new && !is_removed {
            misfits.push(Misfit {
                kind: head.kind,
                file: file.to_owned(),
                line: head.line,
                column: head.column,
                message: head.message.clone(),
                hint: head.hint.clone().or_else(|| hint(&bundle)),
            });
        }
    }
    misfits.sort_by_key(|misfit| (misfit.line, misfit.column));
    misfits
}

fn is_alike(one: &Found<'_>, other: &Found<'_>) -> bool {
    one.kind == other.kind && !one.is_member && one.of() == other.of()
}

/// How names are put right.
fn hint(bundle: &[&Found<'_>]) -> Option<String> {
    if bundle.iter().any(|found| found.kind != Kind::Renamed) {
        return None;
    }
    let mut pairs: Vec<_> = bundle.iter().filter_map(|f| f.renamed.as_ref()).collect();
    pairs.sort();
    pairs.dedup();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(was, now)| format!("`{was}` → `{now}`"))
        .collect();
    let names = match pairs.as_slice() {
        [] => String::new(),
        pairs => format!(": {}", pairs.join(", ")),
    };
    Some(match bundle.iter().all(|found| found.is_editable) {
        true => format!("`apigen sync --apply-renames` renames it in your file{names}"),
        false => format!("rename it{names}"),
    })
}
