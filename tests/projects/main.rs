//! What is generated, compiled and run. All of it is one program, so that some tests wait for
//! services while others compile.
#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "tests say what they skip, and print figures"
)]

#[path = "../support/contract.rs"]
mod contract;
#[path = "../support/nats.rs"]
mod nats;
#[path = "../support/project.rs"]
mod project;
#[path = "../support/requests.rs"]
mod requests;
#[path = "../support/run.rs"]
mod run;
#[path = "../support/shared.rs"]
mod shared;
#[path = "../support/workspace.rs"]
mod workspace;

mod accounts;
mod around;
mod big;
mod branches;
mod catalogue;
mod client;
mod core;
mod corpus;
mod deployed;
mod events;
mod evolution;
mod fixtures;
mod issuer;
mod ledger;
mod oracle;
mod random;
mod scenarios;
mod services;
mod together;
mod years;
