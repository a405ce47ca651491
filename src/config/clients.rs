//! `[clients.<name>]`: the other services that a service calls, each through a client's crate.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use toml_edit::{Item, TableLike};

use super::{
    choices::choice,
    listed, package_name,
    reader::{Named, Range, Reader, key_span},
    services::service_name,
};

/// The client of another service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientChoice {
    /// Its package, such as `shop-users-client`.
    pub package: String,
    /// Its folder, from that of the project.
    pub path: String,
    /// Where the service is unless the environment says otherwise.
    pub address: String,
    /// What must be there of that which rows name of the service's.
    pub check: Check,
}

choice! {
    /// Which references to the rows of another service are checked.
    Check {
        /// None of them.
        #[default]
        None = "none",
        /// Those that stand in the path: they own the rows.
        Owners = "owners",
        /// Those in properties, too.
        All = "all",
    }
}

const KEYS: &[&str] = &["package", "path", "address", "check"];

/// Those that must be there.
const NEEDED: &[&str] = &["package", "path", "address"];

const CLIENTS: Named = Named {
    table: "clients",
    is: "a table of clients, such as `[clients.users]`",
    what: "service",
    name: service_name,
    such: None,
};

impl Reader {
    /// Reads the table of all clients.
    pub(super) fn clients(&mut self, item: &Item, at: Range) {
        self.config.clients = self.named(&CLIENTS, item, at, Self::client);
    }

    fn client(&mut self, name: &str, table: &dyn TableLike, at: Range) -> ClientChoice {
        let mut choice = ClientChoice::default();
        let any = |text: &str| Ok(text.to_owned());
        for (key, item) in table.iter() {
            let full = format!("clients.{name}.{key}");
            match key {
                "package" => {
                    choice.package = self.text(&full, item, package_name).unwrap_or_default()
                }
                "path" => choice.path = self.text(&full, item, any).unwrap_or_default(),
                "address" => choice.address = self.text(&full, item, any).unwrap_or_default(),
                "check" => choice.check = self.text(&full, item, str::parse).unwrap_or_default(),
                _ => self.no_option(&full, key, key_span(table, key), KEYS),
            }
        }
        let absent = NEEDED.iter().find(|key| !table.contains_key(key));
        if let Some(absent) = absent {
            let message = format!("`clients.{name}.{absent}` is missing");
            self.refuse("config-key", at, message);
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, FILE, tests::problems};

    const SHOP: &str = "name = \"shop\"\nspec = \"a.yaml\"\n";

    #[test]
    fn clients_are_read() {
        let text = "[clients.users]\npackage = \"shop-users-client\"\n\
                    path = \"../../crates/clients/users\"\naddress = \"http://127.0.0.1:8082\"\n";
        let config = Config::parse(FILE, &format!("{SHOP}{text}")).expect("sound");
        assert_eq!(config.clients["users"].package, "shop-users-client");
    }

    #[test]
    fn wrong_clients_are_told_at_their_places() {
        let text = "[clients]\na = 1\n[clients.Users]\npackage = \"1\"\npath = \"p\"\n\
                    address = \"a\"\nurl = \"x\"\n[clients.b]\npackage = \"b\"\npath = \"b\"\n";
        let told = problems(&format!("{SHOP}{text}"));
        let told: Vec<_> = told.into_iter().map(|(told, _)| told).collect();
        let expected = [
            "4:1 `clients.a` must be a table",
            "5:10 no service can be called `Users`",
            "6:11 `clients.Users.package` cannot be `1`",
            "9:1 there is no option `clients.Users.url`",
            "10:10 `clients.b.address` is missing",
        ];
        assert_eq!(told, expected);
    }
}
