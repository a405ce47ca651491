//! Components that nothing leads to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Linter, rules::Advice, text};
use crate::spec::{Kind, Node, escape};

impl Linter<'_> {
    pub(super) fn unused(&mut self) {
        let root = &self.document.root;
        let has_paths = ["paths", "webhooks"].iter().any(|name| {
            root.get(name)
                .is_some_and(|paths| paths.members().next().is_some())
        });
        let Some(components) = root.get("components").filter(|_| has_paths) else {
            return;
        };
        let mut units = BTreeMap::new();
        for (section, member) in components
            .members()
            .filter(|(name, _)| !name.starts_with("x-"))
        {
            for (name, unit) in member.value.members() {
                let place = format!("#/components/{section}/{}", escape(name));
                units.insert(place, (section, name, unit));
            }
        }
        let reached = self.reached(&units);
        for (place, (section, name, unit)) in &units {
            if !reached.contains(place.as_str()) {
                let message = format!("nothing refers to `{name}` in `components/{section}`");
                self.tell(
                    Advice::UnusedComponent,
                    unit.key,
                    message,
                    "refer to it, or remove it",
                );
            }
        }
    }

    /// The places of the components that the rest of the document leads to, however far.
    fn reached<'u>(
        &self,
        units: &'u BTreeMap<String, (&str, &str, &crate::spec::Member)>,
    ) -> BTreeSet<&'u str> {
        let mut open = Vec::new();
        for (name, member) in self.document.root.members() {
            if name != "components" {
                targets(&member.value, &mut open);
            }
        }
        open.extend(self.schemes());
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        while let Some(target) = open.pop() {
            let target = unit(&target);
            let Some((place, (.., member))) = units.get_key_value(&target) else {
                continue;
            };
            if !reached.insert(place) {
                continue;
            }
            targets(&member.value, &mut open);
            if member.value.get("discriminator").is_some() {
                open.extend(derived(&target, units));
            }
        }
        reached
    }

    /// The security schemes that are asked for.
    fn schemes(&self) -> Vec<String> {
        let own = self
            .operations
            .iter()
            .filter_map(|o| o.node.get("security"));
        let all = own.chain(self.document.root.get("security"));
        let names = all.flat_map(Node::items).flat_map(Node::members);
        names
            .map(|(name, _)| format!("#/components/securitySchemes/{}", escape(name)))
            .collect()
    }
}

/// The schemas that may stand in the place of one that tells them apart.
fn derived(
    base: &str,
    units: &BTreeMap<String, (&str, &str, &crate::spec::Member)>,
) -> Vec<String> {
    let derives = units.iter().filter(|(_, (.., member))| {
        let parts = member.value.get("allOf").map_or(&[][..], Node::items);
        parts.iter().any(|part| unit(text(part, "$ref")) == base)
    });
    derives.map(|(place, _)| place.clone()).collect()
}

/// The component that a reference leads into.
fn unit(target: &str) -> String {
    let end = target.match_indices('/').nth(3);
    target[..end.map_or(target.len(), |(end, _)| end)].to_owned()
}

/// All that is referred to in a value, whatever it is.
fn targets(node: &Node, found: &mut Vec<String>) {
    match &node.kind {
        Kind::Object(members) => {
            found.extend(node.get("$ref").and_then(Node::as_str).map(str::to_owned));
            let mapping = node.get("mapping").into_iter().flat_map(Node::members);
            for target in mapping.filter_map(|(_, member)| member.value.as_str()) {
                found.push(match target.contains('/') {
                    true => target.to_owned(),
                    false => format!("#/components/schemas/{}", escape(target)),
                });
            }
            members
                .values()
                .for_each(|member| targets(&member.value, found));
        }
        Kind::Array(items) => items.iter().for_each(|item| targets(item, found)),
        _ => {}
    }
}
