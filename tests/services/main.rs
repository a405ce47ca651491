//! Workspaces of services, through the command.

#[path = "../support/project.rs"]
mod project;
#[path = "../support/run.rs"]
mod run;
#[path = "../support/shared.rs"]
mod shared;

mod dependencies;
mod failing;
mod gateway;
mod growing;
mod homes;
mod joined;
mod workspace;
mod world;
