//! The resource spec: what each word of the language becomes, what is said of mistakes, and the
//! projects that are made from it.

#[path = "../support/project.rs"]
mod project;

mod docs;
mod documents;
mod golden;
mod mistakes;
mod projects;
mod seeds;
