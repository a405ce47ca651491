//! No services.

pub fn services() -> crate::crud::Services {
    crate::crud::Services
}
