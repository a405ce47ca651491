//! `[events]`: what the services of a workspace tell each other.

use serde::{Deserialize, Serialize};
use toml_edit::{Item, TableLike};

use super::reader::{Named, Range, Reader, key_span};

/// An event that a service of a workspace publishes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventChoice {
    /// The operations whose success it tells of; without any, the user's code publishes it.
    pub from: Vec<String>,
    /// The schema of what it carries; else what the operations answer.
    pub payload: Option<String>,
    /// The member of the payload whose values tell which events keep their order; else `id`.
    pub key: Option<String>,
    /// The service that publishes it; else that of the operations.
    pub service: Option<String>,
    /// The services that hear of it.
    pub to: Vec<String>,
}

const KEYS: &[&str] = &["from", "payload", "key", "service", "to"];

/// Checks the name of an event: it becomes part of addresses.
///
/// # Errors
/// It cannot be one.
pub fn event_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    match starts_well && name.len() <= 100 && name.chars().all(plain) {
        true => Ok(()),
        false => Err(
            "an event's name has small letters, digits, `.`, `_` and `-`, such as `items.created`"
                .to_owned(),
        ),
    }
}

const EVENTS: Named = Named {
    table: "events",
    is: "a table of events",
    what: "event",
    name: event_name,
    such: Some("such as `{ from = \"createItem\", to = [\"orders\"] }`"),
};

impl Reader {
    /// Reads the table of all events.
    pub(super) fn events(&mut self, item: &Item, at: Range) {
        self.config.events = self.named(&EVENTS, item, at, Self::event);
    }

    fn event(&mut self, name: &str, table: &dyn TableLike, at: Range) -> EventChoice {
        let mut choice = EventChoice::default();
        let own = |text: &str| Ok(text.to_owned());
        for (key, item) in table.iter() {
            let full = format!("events.{name}.{key}");
            match key {
                "from" if item.is_str() => choice.from.extend(self.text(&full, item, own)),
                "from" => choice.from = self.texts(&full, item),
                "to" if item.is_str() => choice.to.extend(self.text(&full, item, own)),
                "to" => choice.to = self.texts(&full, item),
                "payload" => choice.payload = self.text(&full, item, own),
                "key" => choice.key = self.text(&full, item, own),
                "service" => choice.service = self.text(&full, item, own),
                _ => self.no_option(&full, key, key_span(table, key), KEYS),
            }
        }
        if choice.from.is_empty() && (choice.payload.is_none() || choice.service.is_none()) {
            let message =
                format!("`events.{name}` tells neither of an operation nor what it carries");
            self.refuse("config-value", at, message);
            self.hint(
                "write `from = \"createItem\"`, or `service` and `payload` (a schema) of what your \
                 code publishes"
                    .to_owned(),
            );
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, FILE, tests::problems};

    const SHOP: &str = "name = \"shop\"\nspec = \"a.yaml\"\nlayout = \"services\"\n[events]\n";

    #[test]
    fn events_are_read() {
        let text = "\"items.created\" = { from = \"createItem\", to = [\"orders\"] }\n\
                    sold-out = { service = \"items\", payload = \"Item\", key = \"sku\", to = \"mail\" }\n";
        let config = Config::parse(FILE, &format!("{SHOP}{text}")).expect("sound");
        let created = EventChoice {
            from: vec!["createItem".to_owned()],
            to: vec!["orders".to_owned()],
            ..EventChoice::default()
        };
        let sold_out = EventChoice {
            payload: Some("Item".to_owned()),
            key: Some("sku".to_owned()),
            service: Some("items".to_owned()),
            to: vec!["mail".to_owned()],
            ..EventChoice::default()
        };
        assert_eq!(config.events["items.created"], created);
        assert_eq!(config.events["sold-out"], sold_out);
    }

    #[test]
    fn wrong_events_are_told_at_their_places() {
        let text =
            "Items = { from = \"a\" }\na = 1\nb = { form = \"a\", to = 1 }\nc = { to = \"d\" }\n";
        let told: Vec<String> = problems(&format!("{SHOP}{text}"))
            .into_iter()
            .map(|(told, _)| told)
            .collect();
        let expected = [
            "5:1 no event can be called `Items`",
            "6:1 `events.a` must be a table",
            "7:7 there is no option `events.b.form`",
            "7:24 `events.b.to` must be a list of strings",
            "7:1 `events.b` tells neither of an operation nor what it carries",
            "8:1 `events.c` tells neither of an operation nor what it carries",
        ];
        assert_eq!(told, expected);
    }
}
