//! No services.

#[derive(Clone)]
pub struct Services;
