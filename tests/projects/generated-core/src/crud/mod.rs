//! No services.

#[derive(Clone)]
pub struct Services;

crate::core::service::service! {
    /// No operations.
    pub trait TestsService {}
}
