//! Every Rust identifier is chosen here.
