//! What is on disk, what should be there, and the plan between the two.
//!
//! `sync`, `check` and every `--dry-run` share [`plan()`]; only the last step differs. *Architecture
//! invariant:* nothing else writes a file, and nothing here knows what a file means.

pub mod apply;
pub mod cache;
pub mod disk;
pub mod lock;
pub mod merge;
pub mod plan;
pub mod pretend;
pub mod relocate;
mod same;
pub mod stored;
pub mod text;
pub mod trace;
mod words;

pub use self::{
    apply::{Session, Unfinished, Write, apply, is_bare, unfinished},
    disk::Snapshot,
    lock::Lock,
    plan::{Action, Entry, Plan, plan, upgrade},
    pretend::{Moved, Pretence},
    stored::Stored,
    text::{has_conflict, headless},
};

/// Where apigen keeps what it remembers, below the project's folder.
pub const FOLDER: &str = ".apigen";

/// The path of the lock.
pub const LOCK: &str = ".apigen/lock";

/// The path of the stored model.
pub const MODEL: &str = ".apigen/model.json";

/// The path of the pristine base of a scaffolded file.
pub fn base(path: &str) -> String {
    format!("{FOLDER}/base/{path}")
}
