//! Templates with little to them, as a table.

/// Declares the struct of each template: its name, its file, and its fields.
macro_rules! views {
    ($($(#[$doc:meta])* $name:ident $file:literal { $($field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Template)]
        #[template(path = $file)]
        struct $name {
            $($field: $type,)*
        }
    )*};
}

pub(super) use views;
