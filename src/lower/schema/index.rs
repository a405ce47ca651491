//! The components of a document, by place, and who derives from whom.

use std::collections::{HashMap, HashSet};

use crate::spec::{Document, Node};

/// Answers what lowering asks of the document again and again.
pub(super) struct Index<'a> {
    pub(super) document: &'a Document,
    components: HashMap<*const Node, &'a str>,
    children: HashMap<*const Node, Vec<&'a str>>,
    /// Alternatives that derive from the very schema whose alternatives they are, with that schema.
    own: HashSet<(*const Node, *const Node)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let mut index = Self {
            document,
            components: HashMap::new(),
            children: HashMap::new(),
            own: HashSet::new(),
        };
        for (name, member) in components(document) {
            index.components.insert(&member.value, name);
        }
        for (name, member) in components(document) {
            let all_of = member
                .value
                .get("allOf")
                .map(Node::items)
                .unwrap_or_default();
            for reference in all_of.iter().filter_map(|part| part.get("$ref")) {
                if let Some(base) = index.target(reference) {
                    index.children.entry(base).or_default().push(name);
                }
            }
        }
        for (_, member) in components(document) {
            index.find_own_alternatives(&member.value);
        }
        index
    }

    fn find_own_alternatives(&mut self, base: &'a Node) {
        let groups = ["oneOf", "anyOf"]
            .into_iter()
            .filter_map(|name| base.get(name));
        let alternatives = groups.flat_map(Node::items);
        let targets = alternatives.map(|one| {
            one.get("$ref")
                .and_then(|to| self.target(to))
                .unwrap_or(one)
        });
        let targets: Vec<*const Node> = targets.map(std::ptr::from_ref).collect();
        if targets.is_empty() || !self.children.contains_key(&std::ptr::from_ref(base)) {
            return;
        }
        let schemas = |names: Vec<&'a str>| {
            let schemas = names.into_iter().filter_map(|name| self.schema(name));
            schemas.collect::<Vec<&Node>>()
        };
        let is_own = |child: &&Node| {
            let mut line = schemas(self.descendants(child));
            line.push(child);
            line.into_iter()
                .any(|one| targets.contains(&std::ptr::from_ref(one)))
        };
        let own = schemas(self.descendants(base)).into_iter().filter(is_own);
        let own: Vec<_> = own
            .map(|child| (std::ptr::from_ref(child), std::ptr::from_ref(base)))
            .collect();
        self.own.extend(own);
    }

    /// The component that a schema is.
    pub(super) fn component(&self, node: &Node) -> Option<&'a str> {
        self.components.get(&std::ptr::from_ref(node)).copied()
    }

    /// The schema of a component.
    pub(super) fn schema(&self, name: &str) -> Option<&'a Node> {
        self.document
            .root
            .get("components")?
            .get("schemas")?
            .get(name)
    }

    /// The schema that a `$ref` means, one step further.
    pub(super) fn target(&self, reference: &Node) -> Option<&'a Node> {
        let pointer = reference.as_str()?.strip_prefix('#')?;
        let by_name = pointer
            .strip_prefix("/components/schemas/")
            .and_then(|name| self.schema(name));
        by_name.or_else(|| self.document.root.pointer(pointer))
    }

    /// Whether others derive from a schema by `allOf`, and it tells them apart.
    pub(super) fn is_base(&self, node: &Node) -> bool {
        node.get("discriminator").is_some()
            && node.get("oneOf").is_none()
            && node.get("anyOf").is_none()
            && self.children.contains_key(&std::ptr::from_ref(node))
    }

    /// Whether a schema is, by its `allOf`, a part of what is one of its own alternatives, or of what such a one
    /// is made of: there it means itself, without alternatives.
    pub(super) fn is_own(&self, part: &Node, base: &Node) -> bool {
        self.own
            .contains(&(std::ptr::from_ref(part), std::ptr::from_ref(base)))
    }

    /// The components that derive from a schema, however far, in the order of the document.
    pub(super) fn descendants(&self, node: &Node) -> Vec<&'a str> {
        let mut found = HashSet::new();
        let mut waiting = vec![std::ptr::from_ref(node)];
        while let Some(base) = waiting.pop() {
            for name in self.children.get(&base).into_iter().flatten() {
                let schema = self.schema(name).filter(|_| !found.contains(name));
                if let Some(schema) = schema.filter(|schema| !std::ptr::eq(*schema, node)) {
                    found.insert(*name);
                    waiting.push(schema);
                }
            }
        }
        let order = components(self.document).map(|(name, _)| name);
        order.filter(|name| found.contains(name)).collect()
    }
}

fn components(document: &Document) -> impl Iterator<Item = (&str, &crate::spec::Member)> {
    let schemas = document
        .root
        .get("components")
        .and_then(|node| node.get("schemas"));
    schemas.into_iter().flat_map(Node::members)
}
