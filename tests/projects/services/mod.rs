//! Workspaces of services, through the command.

mod dependencies;
mod failing;
mod gateway;
mod growing;
mod homes;
mod joined;
mod workspace;
mod world;
