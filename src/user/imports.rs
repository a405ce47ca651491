//! What `use` trees bring.

use proc_macro2::Ident;
use syn::UseTree;

/// An import, one of each tree's leaves.
#[derive(Debug)]
pub struct Import<'a> {
    /// What is imported, without a `self` at its end.
    pub path: Vec<&'a Ident>,
    /// What it is called from then on.
    pub name: Name<'a>,
}

/// What an import is called.
#[derive(Debug, Clone, Copy)]
pub enum Name<'a> {
    /// As at home.
    Own(&'a Ident),
    /// `as`: the user's own name for it.
    Alias(&'a Ident),
    /// `*`: each of what is in it, by its own name.
    All,
}

/// The imports of a tree, in order.
pub fn imports(tree: &UseTree) -> Vec<Import<'_>> {
    let mut found = Vec::new();
    collect(tree, &mut Vec::new(), &mut found);
    found
}

fn collect<'a>(tree: &'a UseTree, above: &mut Vec<&'a Ident>, found: &mut Vec<Import<'a>>) {
    let (last, name) = match tree {
        UseTree::Path(path) => {
            above.push(&path.ident);
            collect(&path.tree, above, found);
            above.pop();
            return;
        }
        UseTree::Group(group) => {
            return group
                .items
                .iter()
                .for_each(|tree| collect(tree, above, found));
        }
        UseTree::Glob(_) => (None, Name::All),
        UseTree::Name(name) => (Some(&name.ident), Name::Own(&name.ident)),
        UseTree::Rename(rename) => (Some(&rename.ident), Name::Alias(&rename.rename)),
    };
    let mut path = above.clone();
    path.extend(last.filter(|last| *last != "self"));
    let name = match (name, path.last()) {
        (Name::Own(_), Some(last)) => Name::Own(last),
        (name, _) => name,
    };
    found.push(Import { path, name });
}
