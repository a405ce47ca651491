//! apigen reads an API description and writes a complete Rust service, then keeps the two in step.
//!
//! `bytes ──spec──▶ Document ──lower──▶ Service ──render──▶ files ──project──▶ plan ──▶ disk`:
//! one direction, no way back. ARCHITECTURE.md tells what each stage may know.

pub mod cli;
pub mod commands;
pub mod config;
pub mod database;
pub mod diagnostic;
pub mod diff;
pub mod lint;
pub mod lower;
pub mod model;
pub mod project;
pub mod render;
pub mod spec;
pub mod user;
