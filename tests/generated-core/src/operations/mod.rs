//! No operations but those of the tests.

pub mod security;
