//! What a document must keep beyond its syntax, all in one run.
//!
//! What has one sensible reading is repaired in the tree and told as a warning, so that lowering sees a sound document.
//! Paths, their templates and the names of operations are lowering's to judge, because it chooses the names.

pub(super) mod kinds;
pub(super) mod parameters;
pub(super) mod references;
