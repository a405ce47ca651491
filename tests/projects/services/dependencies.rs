//! What the packages of a workspace name, they depend on.

use std::{collections::BTreeSet, fs, path::Path};

use syn::visit::{self, Visit};

use crate::{
    run::{apigen, tree},
    shared::{Document, documents},
};

/// Documents above this size show nothing that the others do not, and take long.
const LARGE: u64 = 60_000;

/// The crates and modules that `use` begins with, and the modules that are declared.
#[derive(Default)]
struct Names {
    used: BTreeSet<String>,
    declared: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if let syn::UseTree::Path(path) = &item.tree {
            self.used.insert(path.ident.to_string());
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.declared.insert(item.ident.to_string());
        visit::visit_item_mod(self, item);
    }
}

/// The names of the crates that a manifest makes known.
fn known(manifest: &str) -> BTreeSet<String> {
    let manifest: toml::Table = manifest.parse().expect("a manifest");
    let tables = ["dependencies", "dev-dependencies"].map(|key| manifest.get(key));
    let tables = tables
        .into_iter()
        .flatten()
        .filter_map(|table| table.as_table());
    let names = tables.flat_map(|table| table.keys().cloned());
    let own = manifest["package"]["name"]
        .as_str()
        .expect("a name")
        .to_owned();
    names
        .chain([own])
        .map(|name| name.replace('-', "_"))
        .collect()
}

fn every_crate_is_known(root: &Path) {
    let files = tree(root);
    let text = |path: &str| String::from_utf8(files[path].clone()).expect("UTF-8");
    let manifests = files.keys().filter(|path| path.ends_with("/Cargo.toml"));
    for manifest in manifests.filter(|path| !path.starts_with(".apigen")) {
        let folder = manifest.strip_suffix("Cargo.toml").expect("its folder");
        let known = known(&text(manifest));
        let is_rust = |path: &&String| path.starts_with(folder) && path.ends_with(".rs");
        for path in files
            .keys()
            .filter(is_rust)
            .filter(|path| !path.contains("/.apigen/"))
        {
            let mut names = Names::default();
            names.visit_file(&syn::parse_file(&text(path)).expect(path));
            let ours = ["std", "core", "crate", "self", "super"];
            let is_odd = |name: &&String| {
                !ours.contains(&name.as_str())
                    && !known.contains(*name)
                    && !names.declared.contains(*name)
            };
            let odd: Vec<_> = names.used.iter().filter(is_odd).collect();
            assert!(odd.is_empty(), "{path} uses {odd:?}, of {known:?}");
        }
    }
}

#[test]
fn packages_depend_on_what_they_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("w");
    let is_small = |path: &Path| fs::metadata(path).expect("a file").len() < LARGE;
    let small = documents("corpus").into_iter();
    for Document {
        path, root: all, ..
    } in small.filter(|document| is_small(&document.path))
    {
        let (spec, all) = (path.to_string_lossy(), all.to_string_lossy());
        let new = ["new", "w", "--name", "w", "--spec", &spec, "--root", &all];
        let services = ["--layout", "services", "--no-git", "-q"];
        let run = apigen(folder.path(), &[&new[..], &services].concat());
        assert_eq!(run.code, 0, "{spec}:\n{}", run.err);
        every_crate_is_known(&root);
        fs::remove_dir_all(&root).expect("removed");
    }
}
