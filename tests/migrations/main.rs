//! Migrations: the SQL of each step, and whole chains of them on real databases with rows.

mod chain;
mod database;
mod edges;
mod project;
mod sql;
