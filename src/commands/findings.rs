//! What `sync` and `check` have to say of a project: one list, whatever the format.

use serde::{Deserialize, Serialize};

use crate::{
    project::{Action, Entry, text::conflict},
    render::Ownership,
};

/// One thing that a person should know, or do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing it is.
    pub reason: Reason,
    /// What it means for the exit code.
    pub level: Level,
    /// Where it is; nothing for what has no place.
    pub place: Option<Place>,
    /// What is the case: no full stop, names in backticks.
    pub message: String,
    /// The rule of `apigen diff` that a change goes by; a project in step has none.
    #[serde(skip)]
    pub rule: Option<&'static str>,
    /// What to do.
    pub hint: Option<String>,
    /// The files that it is about, where they are more than the place; relative to the project's
    /// folder.
    pub files: Vec<String>,
}

/// A place in a file of the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Relative to the project's folder.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

impl Place {
    /// It is about the file, not about a line of it.
    pub fn is_whole_file(&self) -> bool {
        (self.line, self.column) == (1, 1)
    }
}

/// What a finding means for the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Good to know.
    Note,
    /// Worth a look, and no drift.
    Warning,
    /// Drift that `sync` mends by itself.
    Drift,
    /// Drift that a person must settle; `sync` does all the rest.
    Waits,
    /// Drift that a person must settle before `sync` writes anything.
    Blocks,
}

impl Level {
    /// A word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Drift => "drift",
            Self::Waits => "waits",
            Self::Blocks => "blocks",
        }
    }
}

/// Declares the reasons with their words for machines, which never change.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What kind of thing a finding is.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// A word for machines.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

reasons! {
    /// Something is different in the document since the last sync.
    Change = "change",
    /// A file of the document is not what the last sync saw.
    SpecChanged = "spec-changed",
    /// `apigen.toml` is not what the last sync saw.
    ConfigChanged = "config-changed",
    /// The last sync was made by an older apigen.
    GeneratorNewer = "generator-newer",
    /// The last sync was made by a newer apigen.
    GeneratorOlder = "generator-older",
    /// Generated files are out of date, and none of these is why.
    OutOfDate = "out-of-date",
    /// Files are asked for that were not there before.
    New = "new",
    /// Nothing asks for generated files any more.
    Stale = "stale",
    /// A generated file is gone.
    Missing = "missing",
    /// A generated file was edited by hand.
    Edited = "edited",
    /// A file that apigen never wrote stands where one is to be generated.
    InTheWay = "in-the-way",
    /// A merge left the markers of a conflict.
    Conflict = "conflict",
    /// A scaffolded file was deleted, and stays so.
    Deleted = "deleted",
    /// Nothing in the project belongs to a scaffolded file any more.
    Orphaned = "orphaned",
    /// A newer scaffold of a file is there.
    Scaffold = "scaffold",
    /// A table changes, and the migration for it is not written yet.
    PendingMigration = "pending-migration",
    /// A migration would lose data, and is withheld.
    Destructive = "destructive",
    /// Two migrations have one number.
    MigrationNumber = "migration-number",
    /// Something looks renamed.
    Rename = "rename",
    /// What an operation does by default would change.
    Role = "role",
    /// The user implements an operation that is gone.
    OverrideRemoved = "override-removed",
    /// The user implements an operation that has another name now.
    OverrideRenamed = "override-renamed",
    /// The user implements an operation whose input or answers are others now.
    OverrideSignature = "override-signature",
    /// An operation answers 501.
    Stub = "stub",
    /// The document breaks its clients.
    BreakingChange = "breaking-change",
    /// The revision to compare with has no document.
    NoBase = "no-base",
    /// Cargo and `apigen.toml` call the package by different names.
    PackageName = "package-name",
    /// A file that is about to change has edits that git does not know.
    Uncommitted = "uncommitted",
}

impl Finding {
    /// A finding without a place and without advice.
    pub fn new(reason: Reason, level: Level, message: impl Into<String>) -> Self {
        Self {
            reason,
            level,
            place: None,
            message: message.into(),
            rule: None,
            hint: None,
            files: Vec::new(),
        }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: usize, column: usize) -> Self {
        let file = file.into();
        self.place = Some(Place { file, line, column });
        self
    }

    /// Says it of a project in a folder, which has its slash.
    #[must_use]
    pub fn below(mut self, folder: &str) -> Self {
        let files = self.files.iter_mut();
        let place = self.place.iter_mut().map(|place| &mut place.file);
        for file in files.chain(place) {
            file.insert_str(0, folder);
        }
        self
    }

    /// Says by which rule of `apigen diff`.
    #[must_use]
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says which files it is about.
    #[must_use]
    pub fn files(mut self, files: Vec<String>) -> Self {
        self.files = files;
        self
    }

    /// What became of a file beside the causes that `drift` tells.
    pub fn of(entry: &Entry) -> Option<Self> {
        let (reason, level, message) = told(entry)?;
        let line = entry.after.as_deref().and_then(conflict).unwrap_or(1);
        let finding = Self::new(reason, level, message).at(&entry.path, line, 1);
        let path = &entry.path;
        Some(match entry.action {
            Action::Lost => finding.hint(format!("`apigen restore {path}`")),
            Action::Outgrown => finding.hint("`apigen upgrade` merges it into yours"),
            Action::Conflict => finding.hint(AT_THE_MARKERS),
            _ => finding,
        })
    }
}

/// What to do about the markers of a conflict.
pub const AT_THE_MARKERS: &str =
    "keep what is right between the markers, and delete the lines with the markers";

fn told(entry: &Entry) -> Option<(Reason, Level, &'static str)> {
    use Level::{Blocks, Drift, Note, Waits, Warning};
    Some(match entry.action {
        Action::Create if entry.ownership == Ownership::Appended => (
            Reason::PendingMigration,
            Drift,
            "the tables change, and this migration is not written yet",
        ),
        Action::Keep
        | Action::Restore
        | Action::Behind
        | Action::Create
        | Action::Update
        | Action::Merge
        | Action::Remove
        | Action::Renumber => return None,
        Action::Edited => (
            Reason::Edited,
            Blocks,
            "edited by hand, and apigen generates it",
        ),
        Action::InTheWay => (
            Reason::InTheWay,
            Blocks,
            "in the way of a file that apigen generates",
        ),
        Action::Recreate => (Reason::Missing, Drift, "generated, and gone"),
        Action::Conflict => (
            Reason::Conflict,
            Waits,
            "you and apigen changed the same lines",
        ),
        Action::Unmerged => (
            Reason::Scaffold,
            Waits,
            "apigen makes it otherwise now; the text that yours began with is gone from \
             `.apigen/base`, so nothing was merged: compare it with the one that is there now",
        ),
        Action::Outgrown => (
            Reason::Scaffold,
            Waits,
            "its scaffold has other code now, which the generated code may need",
        ),
        Action::Deleted => (Reason::Deleted, Note, "deleted, and stays so"),
        Action::Lost => (
            Reason::Missing,
            Waits,
            "you deleted it, and generated code needs it",
        ),
        Action::Orphaned => (
            Reason::Orphaned,
            Warning,
            "nothing in the spec belongs to it any more: it is yours, and no longer compiled",
        ),
    })
}
