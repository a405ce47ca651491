//! What a document must keep beyond its syntax, all in one run.
//!
//! What has one sensible reading is repaired in the tree and told as a warning, so that lowering sees a sound document.

pub(super) mod kinds;
pub(super) mod operations;
pub(super) mod references;
