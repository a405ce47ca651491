//! `$id`, `$anchor` and `$dynamicRef` (JSON Schema 2020-12, section 8): references by name become
//! references by place, so that all that follows knows one kind.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Span};

use super::{Kind, Node, escape};

/// The keywords without which there is nothing to do.
const NAMES: [&str; 5] = [
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveRef",
    "$id",
];

/// The members whose values are data.
const DATA: [&str; 6] = ["example", "examples", "default", "const", "enum", "value"];

/// The members whose own members have names of the document's choice.
const MAPS: [&str; 14] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
    "schemas",
    "responses",
    "parameters",
    "requestBodies",
    "headers",
    "callbacks",
    "pathItems",
    "paths",
    "webhooks",
];

/// How deep a document nests.
const DEEPEST: usize = 500;

/// Replaces the references by name in the tree of one file, whose text tells whether it has any.
pub(super) fn resolve(root: &mut Node, text: &str, diagnostics: &mut Vec<Diagnostic>) {
    if !NAMES.iter().any(|name| text.contains(name)) {
        return;
    }
    let mut names = Names::default();
    let here = Here::default();
    names.collect(root, &here, 0);
    let mut references = Vec::new();
    find(root, &here, 0, &mut references);
    let mut is_changed = false;
    for reference in references {
        let Some(pointer) = names.target(root, &reference) else {
            continue;
        };
        if reference.is_dynamic && names.is_overridden(&reference) {
            let message = format!(
                "`$dynamicRef` is followed as `$ref` is: one schema of those with `{}` is taken",
                reference.text
            );
            diagnostics.push(Diagnostic::warning("dynamic-ref", reference.span, message));
        }
        put(root, &reference, pointer);
        is_changed = true;
    }
    // What is referred to from the root of the file must not be read from a resource's own root.
    let resources: Vec<_> = names.resources.into_values().collect();
    for resource in resources.iter().filter(|_| is_changed) {
        if let Some(Kind::Object(members)) = root.pointer_mut(resource).map(|node| &mut node.kind) {
            members.shift_remove("$id");
        }
    }
}

/// A place in the tree, and the schema resource that it is in.
#[derive(Debug, Clone, Default)]
struct Here {
    pointer: String,
    /// The pointer of the resource's root.
    resource: String,
    /// Its `$id`, absolute where it can be.
    base: String,
}

struct Reference {
    here: Here,
    /// The member: `$ref`, `$dynamicRef` or `$recursiveRef`.
    name: &'static str,
    text: String,
    span: Span,
    is_dynamic: bool,
}

#[derive(Default)]
struct Names {
    /// The pointers of schemas with an `$id`, by it.
    resources: HashMap<String, String>,
    /// The pointers of anchors, by their resource's pointer and their name.
    anchors: HashMap<(String, String), String>,
    /// How many schemas have each `$dynamicAnchor`.
    dynamic: HashMap<String, usize>,
}

impl Names {
    fn collect(&mut self, node: &Node, here: &Here, depth: usize) {
        let text = |name| node.get(name).and_then(Node::as_str);
        for name in ["$anchor", "$dynamicAnchor"] {
            if let Some(anchor) = text(name) {
                let key = (here.resource.clone(), anchor.to_owned());
                self.anchors
                    .entry(key)
                    .or_insert_with(|| here.pointer.clone());
                *self.dynamic.entry(anchor.to_owned()).or_default() +=
                    usize::from(name != "$anchor");
            }
        }
        if here.resource == here.pointer && !here.base.is_empty() {
            self.resources
                .entry(here.base.clone())
                .or_insert_with(|| here.pointer.clone());
        }
        each(node, here, depth, &mut |node, here, depth| {
            self.collect(node, here, depth)
        });
    }

    /// Where a reference leads, unless it is one that others understand.
    fn target(&self, root: &Node, reference: &Reference) -> Option<String> {
        let (url, fragment) = reference
            .text
            .split_once('#')
            .unwrap_or((&reference.text, ""));
        let here = &reference.here;
        let resource = match url {
            "" => &here.resource,
            url => self.resources.get(&joined(&here.base, url))?,
        };
        if fragment.is_empty() || fragment.starts_with('/') {
            let is_plain = url.is_empty() && resource.is_empty() && !reference.is_dynamic;
            let pointer = format!("{resource}{fragment}");
            let is_document = pointer.is_empty() && reference.is_dynamic;
            // Many give their schemas an `$id` and go on to refer from the root of the document.
            return (!is_plain && !is_document && root.pointer(&pointer).is_some())
                .then_some(pointer);
        }
        let key = (resource.clone(), fragment.to_owned());
        let anywhere = || {
            let mut all = self
                .anchors
                .iter()
                .filter(|((_, name), _)| name == fragment);
            let first = all.next()?;
            all.next().is_none().then_some(first.1)
        };
        let found = self.anchors.get(&key).or_else(anywhere);
        found.cloned()
    }

    fn is_overridden(&self, reference: &Reference) -> bool {
        let anchor = reference.text.rsplit('#').next().unwrap_or_default();
        self.dynamic.get(anchor).is_some_and(|number| *number > 1)
    }
}

fn find(node: &Node, here: &Here, depth: usize, references: &mut Vec<Reference>) {
    for name in ["$ref", "$dynamicRef", "$recursiveRef"] {
        let value = node.get(name);
        if let Some((text, span)) = value.and_then(|value| Some((value.as_str()?, value.span))) {
            references.push(Reference {
                here: here.clone(),
                name,
                text: text.to_owned(),
                span,
                is_dynamic: name != "$ref",
            });
        }
    }
    each(node, here, depth, &mut |node, here, depth| {
        find(node, here, depth, references)
    });
}

/// Visits what is in a node, but no data.
fn each(node: &Node, here: &Here, depth: usize, visit: &mut dyn FnMut(&Node, &Here, usize)) {
    if depth > DEEPEST {
        return;
    }
    let has_free_names = here
        .pointer
        .rsplit('/')
        .next()
        .is_some_and(|last| MAPS.contains(&last));
    for (name, member) in node.members() {
        let is_data = DATA.contains(&name) || name.starts_with("x-");
        if has_free_names || !is_data {
            visit(
                &member.value,
                &here.inside(&escape(name), &member.value),
                depth + 1,
            );
        }
    }
    for (index, item) in node.items().iter().enumerate() {
        visit(item, &here.inside(&index.to_string(), item), depth + 1);
    }
}

impl Here {
    fn inside(&self, token: &str, node: &Node) -> Self {
        let pointer = format!("{}/{token}", self.pointer);
        match node.get("$id").and_then(Node::as_str) {
            Some(id) => Self {
                resource: pointer.clone(),
                base: joined(&self.base, id.trim_end_matches('#')),
                pointer,
            },
            None => Self {
                pointer,
                ..self.clone()
            },
        }
    }
}

/// A URL in the place of a base (RFC 3986, section 5.2), without the dots of its path.
fn joined(base: &str, url: &str) -> String {
    if url.contains("://") || url.starts_with("urn:") {
        return url.to_owned();
    }
    let host = base.find("://").map_or(0, |at| at + 3);
    let end = match url.starts_with('/') {
        true => base[host..].find('/').map_or(base.len(), |at| host + at),
        false => base[host..]
            .rfind('/')
            .map_or(base.len(), |at| host + at + 1),
    };
    format!("{}{url}", &base[..end])
}

/// Puts a reference by place where one by name was.
fn put(root: &mut Node, reference: &Reference, pointer: String) {
    let Some(Kind::Object(members)) = root
        .pointer_mut(&reference.here.pointer)
        .map(|node| &mut node.kind)
    else {
        return;
    };
    let Some(index) = members.get_index_of(reference.name) else {
        return;
    };
    if let Some((_, member)) = members.get_index_mut(index) {
        member.value.kind = Kind::String(format!("#{pointer}"));
    }
    if reference.is_dynamic
        && !members.contains_key("$ref")
        && let Some((_, member)) = members.shift_remove_index(index)
    {
        members.shift_insert(index, "$ref".to_owned(), member);
    }
}
