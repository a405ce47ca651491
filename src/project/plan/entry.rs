//! A file, and what happens to it.

use similar::TextDiff;

use crate::{project::Write, render::Ownership};

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It is what it should be, or it is the user's.
    Keep,
    /// It is new.
    Create,
    /// G: the spec, the choices or apigen changed.
    Update,
    /// G: only its formatting differs.
    Restore,
    /// G: it was there, and is gone.
    Recreate,
    /// G: it is no longer part of the project.
    Remove,
    /// M: something is missing in it. S, E: what apigen changed is merged into it.
    Merge,
    /// S, E: apigen and the user changed the same lines; it gets the markers of a conflict.
    Conflict,
    /// S, E: apigen changed it, and what it was made from is gone: the user must compare.
    Unmerged,
    /// A: it has another number from now on, under which its text stays as it is.
    Renumber,
    /// S: a newer scaffold is there; `upgrade` merges it.
    Behind,
    /// S: a newer scaffold is there, with code that the generated one may need.
    Outgrown,
    /// G: the user edited it: nothing is written until that is settled.
    Edited,
    /// G: a file that apigen never wrote is in the way; nothing is written until that is settled.
    InTheWay,
    /// S, E: the user deleted it, and it stays so.
    Deleted,
    /// S, E: the user deleted it, and generated code needs it.
    Lost,
    /// S, E: nothing in the project belongs to it any more; it stays, because it is the user's.
    Orphaned,
}

impl Action {
    /// Whether the file is not what the spec says.
    pub fn is_drift(self) -> bool {
        self.is_blocked()
            || matches!(
                self,
                Self::Create
                    | Self::Update
                    | Self::Recreate
                    | Self::Remove
                    | Self::Merge
                    | Self::Conflict
                    | Self::Renumber
                    | Self::Unmerged
                    | Self::Outgrown
                    | Self::Lost
            )
    }

    /// Whether it writes the file.
    pub fn writes(self) -> bool {
        matches!(
            self,
            Self::Create
                | Self::Update
                | Self::Restore
                | Self::Recreate
                | Self::Merge
                | Self::Conflict
                | Self::Renumber
        )
    }

    /// Whether a person must decide first.
    pub fn is_blocked(self) -> bool {
        matches!(self, Self::Edited | Self::InTheWay)
    }

    /// A word for people and for `--format json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Create => "create",
            Self::Update => "update",
            Self::Restore => "restore",
            Self::Recreate => "recreate",
            Self::Remove => "remove",
            Self::Merge => "merge",
            Self::Conflict => "conflict",
            Self::Renumber => "renumber",
            Self::Unmerged => "unmerged",
            Self::Behind => "behind",
            Self::Outgrown => "outgrown",
            Self::Edited => "edited",
            Self::InTheWay => "in-the-way",
            Self::Deleted => "deleted",
            Self::Lost => "lost",
            Self::Orphaned => "orphaned",
        }
    }
}

/// A file, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the project's folder.
    pub path: String,
    /// Whose it is.
    pub ownership: Ownership,
    /// What happens.
    pub action: Action,
    /// The text on disk.
    pub before: Option<String>,
    /// The text that apigen wants.
    pub after: Option<String>,
}

impl Entry {
    /// What the plan does to the file; nothing where it stays.
    pub fn diff(&self) -> String {
        unified(&self.path, self.before.as_deref(), self.after.as_deref())
    }

    /// What the user did to the file: from the text that apigen wants to the one on disk.
    pub fn edit(&self) -> String {
        unified(&self.path, self.after.as_deref(), self.before.as_deref())
    }
}

impl Entry {
    /// Whether something is written for it.
    pub fn writes(&self) -> bool {
        self.write().is_some()
    }

    /// What to write.
    pub(super) fn write(&self) -> Option<Write> {
        match self.action {
            Action::Remove => Some(Write::remove(&self.path)),
            Action::Renumber if self.after.is_none() => Some(Write::remove(&self.path)),
            action if action.writes() => Some(Write::text(&self.path, self.after.clone()?)),
            _ => None,
        }
    }
}

/// What is different between two texts of a file, as patches show it.
pub fn unified(path: &str, before: Option<&str>, after: Option<&str>) -> String {
    let name = |side: &str, text: Option<&str>| match text {
        Some(_) => format!("{side}/{path}"),
        None => "/dev/null".to_owned(),
    };
    let diff = TextDiff::from_lines(before.unwrap_or_default(), after.unwrap_or_default());
    let mut unified = diff.unified_diff();
    unified
        .context_radius(3)
        .header(&name("a", before), &name("b", after))
        .to_string()
}
