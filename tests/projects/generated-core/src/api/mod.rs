//! No routes: the tests bring their own.

use axum::Router;

use crate::{
    core::{
        Core,
        route::{self, Routes},
    },
    crud::Services,
};

pub const OPENAPI: &str = "{}";

pub fn router(core: &Core, services: &Services) -> Router {
    route::router(core, services, "/api/v1", Routes::default())
}
