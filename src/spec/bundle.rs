//! Brings what stands in other files into the document: what is referred to becomes a component, path items are copied in place.
//!
//! Only files below the root folder are read, and nothing inside of examples, defaults, enums and `x-*` is followed.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    path::{Path, PathBuf},
};

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Sources, Span};

use super::{
    Kind, MAX_BYTES, Member, Node, anchors,
    dialect::Dialect,
    file,
    grammar::{Role, Shape, walk_mut},
    node::{escape, unescape},
    read,
};

/// How many files a document may have.
const MAX_FILES: usize = 10_000;
/// How many path items may refer to each other in a row.
const MAX_CHAIN: usize = 50;

const SECTIONS: [(Role, &str); 9] = [
    (Role::Schema, "#/components/schemas"),
    (Role::Response, "#/components/responses"),
    (Role::Parameter, "#/components/parameters"),
    (Role::RequestBody, "#/components/requestBodies"),
    (Role::Header, "#/components/headers"),
    (Role::SecurityScheme, "#/components/securitySchemes"),
    (Role::Example, "#/components/examples"),
    (Role::Link, "#/components/links"),
    (Role::Callback, "#/components/callbacks"),
];
const SECTIONS_20: [(Role, &str); 3] = [
    (Role::Schema, "#/definitions"),
    (Role::Response, "#/responses"),
    (Role::Parameter, "#/parameters"),
];

/// Where a document's files may stand.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The document's own file.
    pub(super) file: PathBuf,
    /// Nothing above this folder is read.
    pub(super) root: PathBuf,
}

/// Brings all other files in; without a place there are none to read.
pub(super) fn bundle(
    root: &mut Node,
    dialect: Dialect,
    place: Option<&Place>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let sections = match dialect {
        Dialect::Swagger20 => &SECTIONS_20[..],
        _ => &SECTIONS[..],
    };
    let taken = sections.iter().flat_map(|(_, section)| {
        let names = root
            .pointer(&section[1..])
            .into_iter()
            .flat_map(Node::members);
        names.map(move |(name, _)| (*section, name.to_owned()))
    });
    let mut bundler = Bundler {
        place,
        sections,
        taken: taken.collect(),
        sources,
        diagnostics,
        files: Vec::new(),
        bytes: 0,
        placed: HashMap::new(),
        open: VecDeque::new(),
    };
    let main = place.and_then(|place| place.file.canonicalize().ok());
    bundler.files.push(File {
        path: main.unwrap_or_default(),
        index: root.span.file,
        root: None,
    });
    bundler.rewrite(root, Shape::One(Role::Root), 0, 0);
    let mut added = Vec::new();
    while let Some(mut component) = bundler.open.pop_front() {
        let shape = Shape::One(component.role);
        bundler.rewrite(&mut component.node, shape, component.file, 0);
        added.push(component);
    }
    for Component {
        section,
        name,
        node,
        ..
    } in added
    {
        insert(root, section, name, node);
    }
}

/// A file of the document.
struct File {
    path: PathBuf,
    /// In the sources.
    index: usize,
    /// `None` where it cannot be understood, and for the document's own file, which is being changed.
    root: Option<Node>,
}

/// What will become a component, as it stands in its own file.
struct Component {
    section: &'static str,
    name: String,
    node: Node,
    role: Role,
    file: usize,
}

struct Bundler<'a> {
    place: Option<&'a Place>,
    sources: &'a mut Sources,
    diagnostics: &'a mut Vec<Diagnostic>,
    files: Vec<File>,
    bytes: usize,
    /// Where components of each kind stand; the others are copied in place.
    sections: &'static [(Role, &'static str)],
    /// The names of components, with their sections.
    taken: HashSet<(&'static str, String)>,
    /// Where a target went, by its file, its pointer and its section.
    placed: HashMap<(usize, String, &'static str), String>,
    open: VecDeque<Component>,
}

impl Bundler<'_> {
    /// Changes the references in `node`, which was copied from `file`.
    fn rewrite(&mut self, node: &mut Node, shape: Shape, file: usize, chain: usize) {
        walk_mut(node, shape, &mut |node, role| match role {
            Role::Discriminator => self.mapping(node, file),
            _ => self.reference(node, role, file, chain),
        });
    }

    fn reference(&mut self, node: &mut Node, role: Role, file: usize, chain: usize) {
        let Some(written) = node.get("$ref") else {
            return;
        };
        let (Some(text), span) = (written.as_str().map(str::to_owned), written.span) else {
            return;
        };
        match self.target(&text, span, file) {
            Ok(None) => {}
            Ok(Some((0, pointer))) => set(node, format!("#{pointer}")),
            Ok(Some((target, pointer))) => match self.section(role) {
                Some(section) => {
                    let name = self.component(&text, (target, pointer), section, role, span);
                    name.into_iter().for_each(|name| set(node, name));
                }
                None if chain > MAX_CHAIN => {
                    let message = format!("a reference loop through `{text}`");
                    self.diagnostics
                        .push(Diagnostic::error("ref-loop", span, message));
                }
                None => {
                    if let Some(mut copy) = self.copy(&text, target, &pointer, span) {
                        self.rewrite(&mut copy, Shape::One(role), target, chain + 1);
                        merge(node, copy);
                    }
                }
            },
            Err(problem) => self.diagnostics.push(problem),
        }
    }

    /// The values of a discriminator's mapping may be references, too.
    fn mapping(&mut self, node: &mut Node, file: usize) {
        let Kind::Object(members) = &mut node.kind else {
            return;
        };
        let Some(Kind::Object(values)) = members.get_mut("mapping").map(|m| &mut m.value.kind)
        else {
            return;
        };
        for Member { value, .. } in values.values_mut() {
            let Some(text) = value.as_str().map(str::to_owned) else {
                continue;
            };
            if file == 0
                && !text.contains(".yaml")
                && !text.contains(".yml")
                && !text.contains(".json")
            {
                continue;
            }
            if let Ok(Some((target, pointer))) = self.target(&text, value.span, file) {
                let span = value.span;
                let name = match self.section(Role::Schema) {
                    Some(section) if target != 0 => {
                        self.component(&text, (target, pointer), section, Role::Schema, span)
                    }
                    _ => Some(format!("#{pointer}")),
                };
                value.kind = Kind::String(name.unwrap_or(text));
            }
        }
    }

    /// The file and the pointer that a reference means; `None` where it stays as it is.
    fn target(
        &mut self,
        text: &str,
        span: Span,
        from: usize,
    ) -> Result<Option<(usize, String)>, Diagnostic> {
        let (path, pointer) = text.split_once('#').unwrap_or((text, ""));
        // Remote ones are told with all others that lead nowhere.
        if text.contains("://") {
            return Ok(None);
        }
        // No anchor has a slash (JSON Schema 2020-12, section 8.2.2), and no document a member without a name.
        let meant = match pointer {
            "/" => Some(String::new()),
            _ if pointer.contains('/') && !pointer.starts_with('/') => Some(format!("/{pointer}")),
            _ => None,
        };
        if path.is_empty() && from == 0 && meant.is_none() {
            return Ok(None);
        }
        let file = match path {
            "" => from,
            _ => match self.file(path, text, span, from) {
                Ok(file) => file,
                Err(problem) => {
                    let named = self.named(text).filter(|_| from == 0);
                    let pointer = named.ok_or(problem)?;
                    self.repaired(text, &format!("#{pointer}"), span);
                    return Ok(Some((0, pointer)));
                }
            },
        };
        if let Some(pointer) = &meant {
            self.repaired(text, &format!("{path}#{pointer}"), span);
        }
        Ok(Some((file, meant.unwrap_or_else(|| pointer.to_owned()))))
    }

    /// Where the component of this name stands, as Swagger 1.2 referred to it.
    fn named(&self, name: &str) -> Option<String> {
        let sections = self.sections.iter().map(|(_, section)| *section);
        let mut found =
            sections.filter(|section| self.taken.contains(&(*section, name.to_owned())));
        let section = found.next()?;
        Some(format!("{}/{}", &section[1..], escape(name)))
    }

    fn repaired(&mut self, text: &str, meant: &str, span: Span) {
        let message = format!("`{text}` is no reference, and taken for `{meant}`");
        let problem = Diagnostic::warning("ref-repaired", span, message);
        self.diagnostics.push(problem);
    }

    /// Reads a file once.
    fn file(
        &mut self,
        path: &str,
        text: &str,
        span: Span,
        from: usize,
    ) -> Result<usize, Diagnostic> {
        let error = |code, message: String| Diagnostic::error(code, span, message);
        let Some(place) = self.place else {
            return Err(error(
                "external-ref",
                format!("`{text}` is in another file, and only one was given"),
            )
            .hint("give the document as a file, not as text"));
        };
        let path = unescape(path);
        let base = self.files[from].path.parent().unwrap_or(Path::new(""));
        let asked = base.join(&*path);
        let found = asked.canonicalize().map_err(|cause| {
            self.sources.look(asked.clone(), None);
            error("external-ref", format!("cannot read `{path}`: {cause}"))
        })?;
        if let Some(known) = self.files.iter().position(|file| file.path == found) {
            let index = self.files[known].index;
            self.sources.look(asked, Some(index));
            return Ok(known);
        }
        if !found.starts_with(&place.root) {
            let message = format!("`{path}` stands outside of `{}`", place.root.display());
            return Err(
                error("external-ref", message).hint("`--root` names the folder that may be read")
            );
        }
        let name = beside(self.sources.file(self.files[from].index).0, &path);
        let text =
            file::text(&found, &name).map_err(|problem| error(problem.code, problem.message))?;
        self.bytes += text.len();
        if self.files.len() >= MAX_FILES || self.bytes > MAX_BYTES {
            let message = format!("more than {MAX_FILES} files or {} MiB", MAX_BYTES >> 20);
            return Err(error("too-large", message));
        }
        let index = self.sources.add(name.clone(), text);
        self.sources.look(asked, Some(index));
        // What is wrong in there is told once; whoever refers to it finds nothing more to say.
        let read = read::read(&name, self.sources.file(index).1, index);
        let read = read.map_err(|problems| self.diagnostics.extend(problems));
        let mut root = read.ok().map(|(root, _)| root);
        if let Some(root) = &mut root {
            let text = self.sources.file(index).1;
            anchors::resolve(root, text, self.diagnostics);
        }
        self.files.push(File {
            path: found,
            index,
            root,
        });
        Ok(self.files.len() - 1)
    }

    fn section(&self, role: Role) -> Option<&'static str> {
        self.sections
            .iter()
            .find(|(of, _)| *of == role)
            .map(|(_, section)| *section)
    }

    fn copy(&mut self, text: &str, file: usize, pointer: &str, span: Span) -> Option<Node> {
        let root = self.files[file].root.as_ref()?;
        let found = root.pointer(pointer).cloned();
        if found.is_none() {
            let message = format!("`{text}` does not exist");
            let problem = Diagnostic::error("dangling-ref", span, message);
            self.diagnostics.push(problem);
        }
        found
    }

    /// The reference to what was a target in another file, and is a component now.
    fn component(
        &mut self,
        text: &str,
        (file, pointer): (usize, String),
        section: &'static str,
        role: Role,
        span: Span,
    ) -> Option<String> {
        let key = (file, pointer, section);
        if let Some(known) = self.placed.get(&key) {
            return Some(known.clone());
        }
        let node = self.copy(text, file, &key.1, span)?;
        let wanted = match key.1.rsplit('/').next() {
            Some(token) if !token.is_empty() => unescape(token).into_owned(),
            _ => {
                let stem = self.files[file].path.file_stem();
                stem.map_or("component".to_owned(), |stem| {
                    stem.to_string_lossy().into_owned()
                })
            }
        };
        let lawful = |c: char| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        };
        let wanted: String = wanted.chars().map(lawful).collect();
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut names = std::iter::once(wanted.clone()).chain(numbered);
        let name = names.find(|name| self.taken.insert((section, name.clone())))?;
        let reference = format!("{section}/{name}");
        self.placed.insert(key, reference.clone());
        self.open.push_back(Component {
            section,
            name,
            node,
            role,
            file,
        });
        Some(reference)
    }
}

fn set(node: &mut Node, reference: String) {
    if let Kind::Object(members) = &mut node.kind
        && let Some(member) = members.get_mut("$ref")
    {
        member.value.kind = Kind::String(reference);
    }
}

/// Puts the members of a target in the place of the reference to it; those beside the reference win.
fn merge(node: &mut Node, target: Node) {
    if let (Kind::Object(members), Kind::Object(more)) = (&mut node.kind, target.kind) {
        members.shift_remove("$ref");
        for (name, member) in more {
            members.entry(name).or_insert(member);
        }
    }
}

fn insert(root: &mut Node, section: &str, name: String, node: Node) {
    let span = node.span;
    let mut owner = root;
    for part in section.split('/').skip(1) {
        let Kind::Object(members) = &mut owner.kind else {
            return;
        };
        let empty = || Member {
            key: span,
            value: Node {
                kind: Kind::Object(IndexMap::new()),
                span,
            },
        };
        owner = &mut members.entry(part.to_owned()).or_insert_with(empty).value;
    }
    if let Kind::Object(members) = &mut owner.kind {
        members.insert(
            name,
            Member {
                key: span,
                value: node,
            },
        );
    }
}

/// What a file beside another is called: without the `..` that lead there.
pub fn beside(name: &str, path: &str) -> String {
    let mut parts: Vec<_> = name.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
