//! Every example of the language's page is one that apigen takes.

use apigen::{config::Config, lower::lower};

use crate::documents::{load, stubs};

#[test]
fn examples_are_taken() {
    let page = include_str!("../../docs/resource-spec.md");
    let examples: Vec<&str> = page
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|example| example.starts_with("apigen: 1"))
        .collect();
    assert!(examples.len() >= 4);
    for example in examples {
        let (service, problems) = lower(&load(example), &Config::default());
        assert!(problems.is_empty(), "{example}\n{problems:#?}");
        let service = service.expect("a service");
        let left: Vec<_> = stubs(&service)
            .into_iter()
            .filter(|(_, reason)| !reason.ends_with("is yours to write"))
            .collect();
        assert_eq!(left, [], "{example}");
    }
}

/// What the page says of a key is said of every key, and of no other.
#[test]
fn every_type_is_told() {
    let page = include_str!("../../docs/resource-spec.md");
    let types = [
        "string", "text", "integer", "number", "decimal", "boolean", "uuid", "date", "datetime",
        "duration", "email", "url", "enum", "ref", "map", "array", "object", "json",
    ];
    for name in types {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}
