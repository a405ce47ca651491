//! Imports: one for each crate, as a tree; the standard library, other crates, our own.

use std::collections::BTreeMap;

use syn::{Item, UseTree, Visibility};

/// The width of a line.
const WIDTH: usize = 100;

/// The private imports of a file.
#[derive(Debug, Default)]
pub(super) struct Uses {
    roots: BTreeMap<String, Node>,
}

/// What is imported of a path, and from below it.
#[derive(Debug, Default)]
struct Node {
    /// The path itself.
    is_leaf: bool,
    below: BTreeMap<String, Node>,
}

impl Uses {
    /// Takes an item over, if it is a private import.
    pub(super) fn take(&mut self, item: &Item) -> bool {
        let Item::Use(item) = item else { return false };
        let is_plain = item.attrs.is_empty() && matches!(item.vis, Visibility::Inherited);
        if is_plain {
            self.read(&item.tree, &mut Vec::new());
        }
        is_plain
    }

    fn read(&mut self, tree: &UseTree, path: &mut Vec<String>) {
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.read(&inner.tree, path);
                path.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read(tree, path);
                }
            }
            UseTree::Name(name) if name.ident == "self" => self.add(path),
            UseTree::Name(name) => self.add_below(path, name.ident.to_string()),
            UseTree::Rename(name) => {
                self.add_below(path, format!("{} as {}", name.ident, name.rename));
            }
            UseTree::Glob(_) => self.add_below(path, "*".to_owned()),
        }
    }

    fn add_below(&mut self, path: &mut Vec<String>, name: String) {
        path.push(name);
        self.add(path);
        path.pop();
    }

    /// Adds a path.
    pub(super) fn add(&mut self, path: &[String]) {
        let Some((root, rest)) = path.split_first() else {
            return;
        };
        let mut node = self.roots.entry(root.clone()).or_default();
        for part in rest {
            node = node.below.entry(part.clone()).or_default();
        }
        node.is_leaf = true;
    }

    /// Removes a path, which may have others below it.
    pub(super) fn remove(&mut self, path: &[&str]) {
        let Some((root, rest)) = path.split_first() else {
            return;
        };
        if let Some(node) = self.roots.get_mut(*root)
            && node.remove(rest)
        {
            self.roots.remove(*root);
        }
    }

    /// The names that the file may say without a path, and the crates that it imports from.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.roots.keys().cloned().collect();
        for node in self.roots.values() {
            node.names(&mut names);
        }
        names
    }

    /// The lines.
    pub(super) fn print(&self) -> String {
        let mut out = String::new();
        let mut last = None;
        let mut roots: Vec<(&String, &Node)> = self.roots.iter().collect();
        roots.sort_by_key(|(root, _)| (rank(root), *root == "crate"));
        for (root, node) in roots {
            if last.is_some_and(|last| last != rank(root)) {
                out.push('\n');
            }
            last = Some(rank(root));
            out += &format!("use {};\n", node.print(root, 0, "use ;".len()));
        }
        out
    }
}

impl Node {
    /// Whether nothing is left of it.
    fn remove(&mut self, path: &[&str]) -> bool {
        match path.split_first() {
            None => self.is_leaf = false,
            Some((part, rest)) => {
                if let Some(node) = self.below.get_mut(*part)
                    && node.remove(rest)
                {
                    self.below.remove(*part);
                }
            }
        }
        !self.is_leaf && self.below.is_empty()
    }

    fn names(&self, names: &mut Vec<String>) {
        for (name, node) in &self.below {
            if node.is_leaf {
                let name = name.rsplit(' ').next().unwrap_or(name);
                names.push(name.to_owned());
            }
            node.names(names);
        }
    }

    /// The tree below `name`, as it stands in an indented line with `around` more characters.
    fn print(&self, name: &str, indent: usize, around: usize) -> String {
        if self.below.is_empty() {
            return name.to_owned();
        }
        if let (false, 1, Some((only, node))) =
            (self.is_leaf, self.below.len(), self.below.first_key_value())
        {
            return node.print(&format!("{name}::{only}"), indent, around);
        }
        let own = self.is_leaf.then(|| "self".to_owned());
        let below = self.below.iter();
        let below = below.map(|(name, node)| node.print(name, indent + 4, 1));
        let parts: Vec<String> = own.into_iter().chain(below).collect();
        let line = format!("{name}::{{{}}}", parts.join(", "));
        let is_nested = line.matches('{').count() > 1;
        if !is_nested && indent + around + line.len() <= WIDTH {
            return line;
        }
        let margin = " ".repeat(indent + 4);
        let mut lines = String::new();
        let mut column = WIDTH;
        for part in &parts {
            if is_nested || column + 2 + part.len() > WIDTH {
                lines += &format!("\n{margin}{part},");
                column = margin.len() + part.len() + 1;
            } else {
                lines += &format!(" {part},");
                column += part.len() + 2;
            }
        }
        format!("{name}::{{{lines}\n{}}}", " ".repeat(indent))
    }
}

/// The standard library, then other crates, then our own.
fn rank(root: &str) -> usize {
    match root {
        "std" => 0,
        "crate" | "super" | "self" => 2,
        _ => 1,
    }
}
