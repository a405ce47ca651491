//! `[gateway]`: how much the gateway of a workspace lets through, and how long it waits.

use std::{collections::BTreeMap, ops::RangeInclusive};

use serde::{Deserialize, Serialize};
use toml_edit::Item;

use super::reader::{Range, Reader, key_span};

/// What the gateway of a workspace has to hold to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GatewayChoice {
    /// Of every service.
    pub all: Limits,
    /// Of the services that have some of their own, by name.
    pub services: BTreeMap<String, Limits>,
    /// Of the operations that have some of their own, by `operationId`.
    pub operations: BTreeMap<String, Limits>,
}

/// Numbers by their names in `apigen.toml`, as far as they are chosen.
pub type Limits = BTreeMap<String, u64>;

/// A number that may be chosen.
struct Limit {
    name: &'static str,
    default: u64,
    possible: RangeInclusive<u64>,
    /// An operation may have it, and a service.
    of: (bool, bool),
}

const DAY: u64 = 24 * 60 * 60 * 1000;

const LIMITS: [Limit; 8] = [
    limit("connect_timeout_ms", 1000, 1..=DAY, (false, true)),
    // More than a service takes itself until it gives up: then its own answer is heard.
    limit("timeout_ms", 35_000, 1..=DAY, (true, true)),
    limit("retries", 2, 0..=10, (true, true)),
    limit("body_limit_bytes", 10 << 20, 0..=1 << 40, (true, true)),
    limit("concurrency", 1024, 1..=1 << 20, (false, true)),
    limit("breaker_failures", 5, 1..=1 << 20, (false, true)),
    limit("breaker_pause_ms", 5000, 1..=DAY, (false, true)),
    limit("rate_limit_per_minute", 0, 1..=1 << 30, (true, false)),
];

const fn limit(
    name: &'static str,
    default: u64,
    possible: RangeInclusive<u64>,
    of: (bool, bool),
) -> Limit {
    Limit {
        name,
        default,
        possible,
        of,
    }
}

/// Whose numbers are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Services,
    Operation,
}

impl GatewayChoice {
    /// The number that holds of a service.
    pub fn of_service(&self, service: &str, name: &str) -> u64 {
        let own = self.services.get(service).and_then(|own| own.get(name));
        let default = || LIMITS.iter().find(|limit| limit.name == name);
        let chosen = own.or_else(|| self.all.get(name)).copied();
        chosen.unwrap_or_else(|| default().map_or(0, |limit| limit.default))
    }

    /// The number that an operation has of its own.
    pub fn of_operation(&self, operation: &str, name: &str) -> Option<u64> {
        self.operations.get(operation)?.get(name).copied()
    }
}

impl Reader {
    /// Reads the table.
    pub(super) fn gateway(&mut self, item: &Item, at: Range) {
        let Some(table) = self.table("gateway", item, at) else {
            return;
        };
        for (key, item) in table.iter() {
            let full = format!("gateway.{key}");
            let at = key_span(table, key);
            match key {
                "services" => {
                    self.config.gateway.services = self.owners(&full, item, at, Owner::Services);
                }
                "operations" => {
                    self.config.gateway.operations = self.owners(&full, item, at, Owner::Operation);
                }
                _ => {
                    if let Some(number) = self.number(&full, key, item, at, Owner::Services) {
                        self.config.gateway.all.insert(key.to_owned(), number);
                    }
                }
            }
        }
    }

    /// Tables of numbers, by the name of whose they are.
    fn owners(
        &mut self,
        path: &str,
        item: &Item,
        at: Range,
        owner: Owner,
    ) -> BTreeMap<String, Limits> {
        let Some(table) = self.table(path, item, at) else {
            return BTreeMap::new();
        };
        let mut all = BTreeMap::new();
        for (name, item) in table.iter() {
            let path = format!("{path}.{name}");
            let mut limits = Limits::new();
            let own = self.table(&path, item, key_span(table, name));
            for (key, item) in own.iter().flat_map(|own| own.iter()) {
                let full = format!("{path}.{key}");
                let at = own.and_then(|own| key_span(own, key));
                if let Some(number) = self.number(&full, key, item, at, owner) {
                    limits.insert(key.to_owned(), number);
                }
            }
            all.insert(name.to_owned(), limits);
        }
        all
    }

    fn number(
        &mut self,
        path: &str,
        key: &str,
        item: &Item,
        at: Range,
        owner: Owner,
    ) -> Option<u64> {
        let is_its = |limit: &&Limit| match owner {
            Owner::Operation => limit.of.0,
            Owner::Services => limit.of.1,
        };
        let possible: Vec<&Limit> = LIMITS.iter().filter(is_its).collect();
        let Some(limit) = possible.iter().find(|limit| limit.name == key) else {
            let mut names: Vec<&str> = possible.iter().map(|limit| limit.name).collect();
            if path.split('.').count() == 2 {
                names.extend(["services", "operations"]);
            }
            self.no_option(path, key, at, &names);
            return None;
        };
        let number = item.as_integer().and_then(|n| u64::try_from(n).ok());
        let number = number.filter(|number| limit.possible.contains(number));
        if number.is_none() {
            let (least, most) = limit.possible.clone().into_inner();
            let message = format!("`{path}` must be a number from {least} to {most}");
            self.refuse("config-value", item.span().or(at), message);
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, FILE, Refusal};

    const HEAD: &str = "name = \"shop\"\nspec = \"a.yaml\"\n";

    fn told(refusal: &Refusal) -> Vec<String> {
        let line = |d: &crate::diagnostic::Diagnostic| {
            let place = refusal.sources.origin(d.span.unwrap_or_default());
            let hint = d.hint.as_deref().unwrap_or_default();
            format!("{}: {}; {hint}", place.line, d.message)
        };
        refusal.diagnostics.iter().map(line).collect()
    }

    #[test]
    fn a_service_has_its_own_numbers_before_those_of_all() {
        let text = format!(
            "{HEAD}[gateway]\ntimeout_ms = 5\nretries = 1\n[gateway.services.items]\nretries = 0\n[gateway.operations.search]\nrate_limit_per_minute = 9\n"
        );
        let gateway = Config::parse(FILE, &text).expect("a config").gateway;
        let of = |service, name| gateway.of_service(service, name);
        assert_eq!([of("items", "timeout_ms"), of("items", "retries")], [5, 0]);
        assert_eq!(
            [of("other", "retries"), of("other", "concurrency")],
            [1, 1024]
        );
        let rate = |operation| gateway.of_operation(operation, "rate_limit_per_minute");
        assert_eq!([rate("search"), rate("list")], [Some(9), None]);
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        let text = format!(
            "{HEAD}[gateway]\ntimeout = 1\nretries = 11\n[gateway.services]\na = 1\n[gateway.services.b]\nrate_limit_per_minute = 1\n[gateway.operations.c]\ntimeout_ms = \"5s\"\n"
        );
        let refusal = Config::parse(FILE, &text).expect_err("refused");
        let expected = [
            "4: there is no option `gateway.timeout`; did you mean `timeout_ms`?",
            "5: `gateway.retries` must be a number from 0 to 10; ",
            "7: `gateway.services.a` must be a table; ",
            "9: there is no option `gateway.services.b.rate_limit_per_minute`; there are `connect_timeout_ms`, `timeout_ms`, `retries`, `body_limit_bytes`, `concurrency`, `breaker_failures` and `breaker_pause_ms`",
            "11: `gateway.operations.c.timeout_ms` must be a number from 1 to 86400000; ",
        ];
        assert_eq!(told(&refusal), expected);
    }
}
