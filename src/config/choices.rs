//! Options with a few named values.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::listed;

/// Declares an option with a few named values.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl $name {
            /// What it is called in `apigen.toml` and on the command line.
            pub const NAMES: &[&str] = &[$($text),*];

            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)*
                }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(name: &str) -> Result<Self, String> {
                match name {
                    $($text => Ok(Self::$value),)*
                    _ => Err(format!("the possible values are {}", listed(Self::NAMES))),
                }
            }
        }
    };
}

pub(super) use choice;

choice! {
    /// Where a service keeps its data.
    Database {
        /// A file, through SQLite inside the binary.
        #[default]
        Sqlite = "sqlite",
        /// A PostgreSQL server.
        Postgres = "postgres",
        /// Nowhere: every operation is a stub.
        None = "none",
    }
}

choice! {
    /// How a project is laid out.
    Layout {
        /// One package in layers.
        #[default]
        Layered = "layered",
        /// A workspace of services, each in layers.
        Services = "services",
    }
}

choice! {
    /// Where the services of a workspace have their shared code.
    Shared {
        /// In a crate of the workspace.
        #[default]
        Common = "common",
        /// Each in itself.
        Copy = "copy",
    }
}

choice! {
    /// Where replicas have what they share beside the database.
    State {
        /// Nowhere: each has its own, in memory.
        #[default]
        Memory = "memory",
        /// In Redis, while it answers.
        Redis = "redis",
    }
}

choice! {
    /// Where the spans of requests are sent.
    Traces {
        /// Nowhere: their ids are in the log and go on to the services that are called.
        #[default]
        None = "none",
        /// To the OpenTelemetry collector that the environment names.
        Otlp = "otlp",
    }
}

choice! {
    /// The form of errors, where the document has none of its own.
    Errors {
        /// `{"error": {code, message, details, request_id}}`
        #[default]
        Envelope = "envelope",
        /// RFC 9457
        Problem = "problem",
    }
}
