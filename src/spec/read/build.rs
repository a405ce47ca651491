//! Builds the tree from a stream of events and keeps the bounds.

use std::collections::HashMap;

use indexmap::{
    IndexMap,
    map::{Entry, OccupiedEntry},
};

use crate::diagnostic::{Diagnostic, Span};

use super::{
    super::{Kind, Member, Node},
    MAX_DEPTH,
};

/// How many bytes of tree all anchors and aliases together may add.
const MAX_EXPANSION: usize = 32 << 20;

/// The tree as far as it was read.
pub(super) struct Builder {
    stack: Vec<Frame>,
    root: Option<Node>,
    anchors: HashMap<usize, Anchor>,
    expansion: usize,
    problems: Vec<Diagnostic>,
}

/// A list or mapping that is still open.
struct Frame {
    span: Span,
    anchor: usize,
    content: Content,
}

enum Content {
    Array(Vec<Node>),
    Object {
        members: IndexMap<String, Member>,
        slot: Slot,
        merges: Vec<Node>,
    },
}

/// What the next value is to an open mapping.
enum Slot {
    /// Its next key.
    Key,
    /// The value of this key.
    Value(String, Span),
    /// The value of a merge key (`<<`).
    Merge,
}

struct Anchor {
    node: Node,
    size: Size,
}

#[derive(Default, Clone, Copy)]
struct Size {
    bytes: usize,
    depth: usize,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            stack: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            expansion: 0,
            problems: Vec::new(),
        }
    }

    /// Whether what comes next is a key.
    pub(super) fn expects_key(&self) -> bool {
        let content = self.stack.last().map(|frame| &frame.content);
        matches!(
            content,
            Some(Content::Object {
                slot: Slot::Key,
                ..
            })
        )
    }

    /// Whether the innermost open thing is a list; `None` outside of all.
    pub(super) fn in_array(&self) -> Option<bool> {
        let frame = self.stack.last()?;
        Some(matches!(frame.content, Content::Array(_)))
    }

    /// Opens a list; `anchor` is 0 where it has none.
    pub(super) fn open_array(&mut self, span: Span, anchor: usize) -> Result<(), Diagnostic> {
        self.open(span, anchor, Content::Array(Vec::new()))
    }

    /// Opens a mapping; `anchor` is 0 where it has none.
    pub(super) fn open_object(&mut self, span: Span, anchor: usize) -> Result<(), Diagnostic> {
        let content = Content::Object {
            members: IndexMap::new(),
            slot: Slot::Key,
            merges: Vec::new(),
        };
        self.open(span, anchor, content)
    }

    fn open(&mut self, span: Span, anchor: usize, content: Content) -> Result<(), Diagnostic> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.stack.push(Frame {
            span,
            anchor,
            content,
        });
        Ok(())
    }

    /// The key of the next value.
    pub(super) fn key(&mut self, name: String, span: Span) {
        self.fill(Slot::Value(name, span));
    }

    /// A merge key: the members of the next value go into the open mapping.
    pub(super) fn merge_key(&mut self) {
        self.fill(Slot::Merge);
    }

    fn fill(&mut self, filled: Slot) {
        let content = self.stack.last_mut().map(|frame| &mut frame.content);
        if let Some(Content::Object { slot, .. }) = content {
            *slot = filled;
        }
    }

    /// Closes the innermost list or mapping.
    pub(super) fn close(&mut self, end: usize) -> Result<(), Diagnostic> {
        let Some(Frame {
            mut span,
            anchor,
            content,
        }) = self.stack.pop()
        else {
            return Ok(());
        };
        span.end = end.max(span.start);
        let kind = match content {
            Content::Array(items) => Kind::Array(items),
            Content::Object {
                mut members,
                merges,
                ..
            } => {
                for merged in merges {
                    self.merge(&mut members, merged);
                }
                Kind::Object(members)
            }
        };
        self.value(Node { kind, span }, anchor)
    }

    /// The members of a merge key: those that the mapping has itself win, and earlier ones win over later ones.
    fn merge(&mut self, members: &mut IndexMap<String, Member>, merged: Node) {
        match merged.kind {
            Kind::Object(inherited) => {
                for (name, member) in inherited {
                    members.entry(name).or_insert(member);
                }
            }
            Kind::Array(list) if list.iter().all(|node| node.as_object().is_some()) => {
                for node in list {
                    self.merge(members, node);
                }
            }
            _ => self.problems.push(Diagnostic::error(
                "bad-merge",
                merged.span,
                "a merge key (`<<`) takes a mapping or a list of mappings",
            )),
        }
    }

    /// Adds a finished value where it belongs.
    pub(super) fn value(&mut self, node: Node, anchor: usize) -> Result<(), Diagnostic> {
        self.anchor(anchor, &node)?;
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.content {
            Content::Array(items) => items.push(node),
            Content::Object {
                members,
                slot,
                merges,
            } => match std::mem::replace(slot, Slot::Key) {
                Slot::Key | Slot::Merge => merges.push(node),
                Slot::Value(name, key) => match members.entry(name) {
                    Entry::Vacant(entry) => {
                        entry.insert(Member { key, value: node });
                    }
                    Entry::Occupied(entry) => self.problems.push(twice(&entry, key)),
                },
            },
        }
        Ok(())
    }

    /// Keeps a value for the aliases of its anchor; 0 is none.
    pub(super) fn anchor(&mut self, anchor: usize, node: &Node) -> Result<(), Diagnostic> {
        if anchor != 0 {
            let mut size = Size::default();
            measure(node, 1, &mut size);
            self.spend(size, node.span)?;
            self.anchors.insert(
                anchor,
                Anchor {
                    node: node.clone(),
                    size,
                },
            );
        }
        Ok(())
    }

    /// A copy of what an anchor stands on, placed at its alias.
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, Diagnostic> {
        let unknown = || Diagnostic::error("yaml", span, "an alias inside of its own anchor");
        let Some(Anchor { node, size }) = self.anchors.get(&anchor) else {
            return Err(unknown());
        };
        let (mut node, size) = (node.clone(), *size);
        if self.stack.len() + size.depth > MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.spend(size, span)?;
        node.span = span;
        Ok(node)
    }

    fn spend(&mut self, size: Size, span: Span) -> Result<(), Diagnostic> {
        self.expansion += size.bytes;
        if self.expansion > MAX_EXPANSION {
            let message = format!(
                "the YAML aliases expand too far: over {} MiB",
                MAX_EXPANSION >> 20
            );
            return Err(Diagnostic::error("alias-expansion", span, message)
                .hint("use `$ref` for what is used in many places"));
        }
        Ok(())
    }

    /// The tree, or all that is wrong with it.
    pub(super) fn finish(mut self, stopped: Option<Diagnostic>) -> Result<Node, Vec<Diagnostic>> {
        self.problems.extend(stopped);
        match self.root {
            Some(root) if self.problems.is_empty() => Ok(root),
            _ => Err(self.problems),
        }
    }
}

fn twice(first: &OccupiedEntry<'_, String, Member>, key: Span) -> Diagnostic {
    let message = format!("the key `{}` stands twice in one mapping", first.key());
    Diagnostic::error("duplicate-key", key, message)
        .related(first.get().key, "it stands here first")
        .hint("join the two or rename one: otherwise one of them is lost")
}

/// What is told of a nesting beyond the bound.
pub(super) fn too_deep(span: Span) -> Diagnostic {
    let message = format!("nested too deeply: more than {MAX_DEPTH} levels");
    Diagnostic::error("too-deep", span, message)
        .hint("give the inner part a name under `components` and refer to it with `$ref`")
}

fn measure(node: &Node, depth: usize, size: &mut Size) {
    size.depth = size.depth.max(depth);
    size.bytes += size_of::<Member>();
    match &node.kind {
        Kind::Array(items) => items.iter().for_each(|item| measure(item, depth + 1, size)),
        Kind::Object(members) => {
            for (name, member) in members {
                size.bytes += name.len();
                measure(&member.value, depth + 1, size);
            }
        }
        Kind::String(text) => size.bytes += text.len(),
        Kind::Number(_, raw) => size.bytes += raw.len(),
        Kind::Null | Kind::Bool(_) => {}
    }
}
