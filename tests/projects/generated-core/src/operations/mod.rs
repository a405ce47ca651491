//! No operations but those of the tests.

pub mod security;

/// The path that all operations share.
pub const BASE_PATH: &str = "";
