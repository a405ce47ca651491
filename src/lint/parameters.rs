//! Parameters.

use super::{Linter, flag, key, rules::Advice, says, text};
use crate::spec::{Node, Role};

/// Names of what nobody else should read.
const SECRETS: &[&str] = &[
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "authtoken",
    "bearertoken",
    "clientsecret",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "refreshtoken",
    "secret",
    "secretkey",
];

impl Linter<'_> {
    pub(super) fn parameters(&mut self) {
        let objects = std::mem::take(&mut self.objects);
        for (node, role) in &objects {
            match role {
                Role::Parameter => self.parameter(node),
                Role::SecurityScheme => self.scheme(node),
                _ => {}
            }
        }
        self.objects = objects;
    }

    fn parameter(&mut self, node: &Node) {
        let (name, location) = (text(node, "name"), text(node, "in"));
        let at = node.get("name").map_or(node.span, |name| name.span);
        let default = node.get("schema").and_then(|schema| schema.get("default"));
        if let (true, "query" | "header" | "cookie", Some(default)) =
            (flag(node, "required"), location, default)
        {
            let message = format!("`{name}` is required, and has a default that nothing uses");
            let hint = "remove `required`, or the default";
            self.tell(Advice::ParameterDefault, default.span, message, hint);
        }
        if matches!(location, "query" | "header") && !says(node, "description") {
            let message = format!("the parameter `{name}` in {location} has no description");
            self.tell(Advice::ParameterDescription, at, message, "");
        }
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        if location == "query" && SECRETS.contains(&plain.to_ascii_lowercase().as_str()) {
            let message = format!("`{name}` is sent in the address, where logs keep it");
            let hint = "send it in a header, or in the body";
            self.tell(Advice::SecretInQuery, at, message, hint);
        }
    }

    fn scheme(&mut self, node: &Node) {
        if text(node, "type") == "apiKey" && text(node, "in") == "query" {
            let name = text(node, "name");
            let message = format!("the key `{name}` is sent in the address, where logs keep it");
            let hint = "use `in: header`";
            self.tell(Advice::SecretInQuery, key(node, "in"), message, hint);
        }
    }
}
