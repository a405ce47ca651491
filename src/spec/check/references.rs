//! Whether each `$ref` leads somewhere, and none in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Span};

use super::super::{
    Kind, Node,
    grammar::{Role, Shape, shape_at, walk},
};

/// How many dangling references get a "did you mean".
const MAX_GUESSES: usize = 50;

/// The references of a document.
pub(in super::super) struct References<'a> {
    root: &'a Node,
    /// Each distinct target with the places that refer to it.
    places: BTreeMap<&'a str, Vec<(Span, Role)>>,
}

impl<'a> References<'a> {
    /// Gathers them, those behind references into opaque parts too.
    pub(in super::super) fn of(root: &'a Node) -> Self {
        let mut references = Self {
            root,
            places: BTreeMap::new(),
        };
        let mut open = vec![(root, Shape::One(Role::Root))];
        while let Some((node, shape)) = open.pop() {
            walk(node, shape, &mut |node, role| {
                let Some((target, span)) = reference(node) else {
                    return;
                };
                let places = references.places.entry(target).or_default();
                places.push((span, role));
                if places.len() == 1
                    && let Some(pointer) = target.strip_prefix('#')
                    && shape_at(pointer) == Shape::Opaque
                    && let Some(node) = root.pointer(pointer)
                {
                    open.push((node, Shape::One(role)));
                }
            });
        }
        references
    }

    /// The targets inside of what the grammar takes for opaque, with what they are used as.
    pub(in super::super) fn into_opaque(self) -> Vec<(String, Shape)> {
        let opaque = self.places.into_iter().filter(|(target, _)| {
            target
                .strip_prefix('#')
                .is_some_and(|pointer| shape_at(pointer) == Shape::Opaque)
        });
        opaque
            .map(|(target, places)| (target.to_owned(), Shape::One(places[0].1)))
            .collect()
    }

    /// Tells those that lead nowhere.
    pub(in super::super) fn dangling(&self, diagnostics: &mut Vec<Diagnostic>) {
        let mut guesses = 0;
        for (target, places) in &self.places {
            let problem = match target.strip_prefix('#') {
                None if target.contains("://") => (
                    "remote-ref",
                    format!("`{target}` is on another machine, and nothing is fetched"),
                    Some("copy what it refers to into a file beside the document".to_owned()),
                ),
                // Told where other files are read.
                None => continue,
                Some(pointer) if self.root.pointer(pointer).is_some() => continue,
                Some(_) => {
                    guesses += 1;
                    let guess = (guesses <= MAX_GUESSES)
                        .then(|| self.guess(target))
                        .flatten();
                    let hint = guess.map(|guess| format!("did you mean `{guess}`?"));
                    ("dangling-ref", format!("`{target}` does not exist"), hint)
                }
            };
            let (code, message, hint) = problem;
            for (span, role) in places {
                let problem = Diagnostic {
                    hint: hint.clone(),
                    ..Diagnostic::error(code, *span, &*message)
                };
                // Nothing is made of examples and links.
                let is_harmless = matches!(role, Role::Example | Role::Link);
                diagnostics.push(if is_harmless {
                    problem.into_warning()
                } else {
                    problem
                });
            }
        }
    }

    /// The existing component whose name is nearest.
    fn guess(&self, target: &str) -> Option<String> {
        let sections = self
            .root
            .get("components")
            .into_iter()
            .flat_map(Node::members);
        let candidates = sections.flat_map(|(section, member)| {
            let names = member.value.members();
            names.map(move |(name, _)| format!("#/components/{section}/{name}"))
        });
        let last = |pointer: &str| {
            pointer
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_lowercase()
        };
        let wanted = last(target);
        let distance = |candidate: &String| {
            let section =
                usize::from(!candidate.starts_with(&target[..target.rfind('/').unwrap_or(0)]));
            (
                strsim::damerau_levenshtein(&wanted, &last(candidate)),
                section,
            )
        };
        let near = candidates
            .map(|candidate| (distance(&candidate), candidate))
            .min()?;
        (near.0.0 <= wanted.chars().count() / 3).then_some(near.1)
    }

    /// Tells those that lead in a circle without reaching anything: `A: {$ref: B}`, `B: {$ref: A}`, or `allOf` of itself.
    pub(in super::super) fn loops(&self, diagnostics: &mut Vec<Diagnostic>) {
        self.circles(in_place, |chain| diagnostics.push(self.circle(chain)));
    }

    /// The alternatives that are the schema itself, each with the schema that has it: they add nothing to what it takes.
    pub(in super::super) fn own_alternatives(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        self.circles(alternatives, |chain| {
            let links = chain.iter().zip(chain[1..].iter().chain(&chain[..1]));
            let is_alternative = |(from, to): &(&&str, &&str)| {
                let node = self.root.pointer(&from[1..]);
                node.is_some_and(|node| reference(node).is_none_or(|(target, _)| target != **to))
            };
            let last = links.filter(is_alternative).last();
            found.extend(last.map(|(from, to)| ((*from).to_owned(), (*to).to_owned())));
        });
        found
    }

    /// Finds circles depth first, with a stack of its own: chains may be as long as the document.
    fn circles(&self, next: fn(&'a Node, &mut Vec<&'a str>), mut tell: impl FnMut(&[&'a str])) {
        let mut done = BTreeSet::new();
        for start in self.places.keys() {
            let mut open = vec![(*start, 0)];
            let (mut chain, mut on_chain) = (Vec::new(), BTreeSet::new());
            while let Some((target, depth)) = open.pop() {
                for left in chain.drain(depth..) {
                    on_chain.remove(left);
                    done.insert(left);
                }
                if on_chain.contains(target) {
                    let from = chain.iter().position(|link| *link == target).unwrap_or(0);
                    tell(&chain[from..]);
                    continue;
                }
                if done.contains(target) {
                    continue;
                }
                let Some(node) = target.strip_prefix('#').and_then(|p| self.root.pointer(p)) else {
                    continue;
                };
                chain.push(target);
                on_chain.insert(target);
                let mut targets = Vec::new();
                next(node, &mut targets);
                open.extend(targets.into_iter().map(|target| (target, depth + 1)));
            }
            done.extend(chain);
        }
    }

    fn circle(&self, chain: &[&str]) -> Diagnostic {
        let span = self
            .root
            .pointer(&chain[0][1..])
            .map_or(self.root.span, |node| node.span);
        let mut links: Vec<_> = chain.iter().map(|target| format!("`{target}`")).collect();
        links.push(links[0].clone());
        let message = format!(
            "a reference loop that reaches nothing: {}",
            links.join(" → ")
        );
        Diagnostic::error("ref-loop", span, message)
            .hint("recursion must pass through a property or an item")
    }
}

/// Where a reference object leads, and where it says so.
pub(in super::super) fn reference(node: &Node) -> Option<(&str, Span)> {
    let target = node.get("$ref")?;
    Some((target.as_str()?, target.span))
}

/// What a value must also be, at the same place: a way from a schema to itself through these alone has no end.
fn in_place<'a>(node: &'a Node, targets: &mut Vec<&'a str>) {
    targets.extend(reference(node).map(|(target, _)| target));
    let Kind::Object(members) = &node.kind else {
        return;
    };
    let is_tagged = members.contains_key("discriminator");
    for name in ["oneOf", "anyOf"].into_iter().filter(|_| !is_tagged) {
        // Where one alternative is itself, the others are what it can be.
        if let [only] = members.get(name).map_or(&[][..], |list| list.value.items()) {
            in_place(only, targets);
        }
    }
    for item in members
        .get("allOf")
        .map_or(&[][..], |list| list.value.items())
    {
        in_place(item, targets);
    }
}

/// What a value may be instead, at the same place; with a discriminator it is read first, and decides.
fn alternatives<'a>(node: &'a Node, targets: &mut Vec<&'a str>) {
    targets.extend(reference(node).map(|(target, _)| target));
    if node.get("discriminator").is_none() {
        let lists = ["oneOf", "anyOf"]
            .into_iter()
            .filter_map(|name| node.get(name));
        let items = lists.flat_map(Node::items);
        targets.extend(items.filter_map(reference).map(|(target, _)| target));
    }
}

/// Leaves out alternatives that are the schema itself: whoever reads them would never come to an end.
pub(in super::super) fn drop_own_alternatives(root: &mut Node, diagnostics: &mut Vec<Diagnostic>) {
    for (owner, target) in References::of(root).own_alternatives() {
        let Some(Kind::Object(members)) = root.pointer_mut(&owner[1..]).map(|node| &mut node.kind)
        else {
            continue;
        };
        for name in ["oneOf", "anyOf"] {
            let Some(Kind::Array(items)) =
                members.get_mut(name).map(|member| &mut member.value.kind)
            else {
                continue;
            };
            // One with nothing but itself is a loop, and told as such.
            if items.len() == 1 {
                continue;
            }
            items.retain(|item| {
                let own = reference(item).filter(|(found, _)| *found == target);
                if let Some((_, span)) = own {
                    let message =
                        format!("`{target}` is an alternative of itself, so it is left out");
                    diagnostics.push(Diagnostic::warning("own-alternative", span, message));
                }
                own.is_none()
            });
        }
    }
}
