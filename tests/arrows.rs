//! The arrows between the stages go one way: each stage names only what it may know.

use std::{collections::BTreeSet, fs, path::Path};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// Our own modules that each stage may name, beside itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("main", &["apigen"]),
    ("cli", &["commands", "config", "diagnostic"]),
    (
        "commands",
        &[
            "config",
            "database",
            "diagnostic",
            "diff",
            "lint",
            "lower",
            "model",
            "project",
            "render",
            "spec",
            "user",
        ],
    ),
    ("user", &["model", "project", "render"]),
    ("project", &["model", "render"]),
    ("render", &["config", "model"]),
    ("diff", &["diagnostic", "model", "spec"]),
    ("lint", &["diagnostic", "spec"]),
    ("lower", &["config", "diagnostic", "model", "spec"]),
    ("spec", &["diagnostic", "model"]),
    ("database", &[]),
    ("config", &["diagnostic", "diff", "lint"]),
    ("diagnostic", &["model"]),
    ("model", &[]),
    ("lib", &[]),
];

/// Crates, and the stages that alone may name them.
const CRATES: &[(&str, &[&str])] = &[
    ("openapiv3", &["spec", "lower"]),
    ("askama", &["render"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("rusqlite", &["database"]),
    ("saphyr_parser", &["spec"]),
    ("jsonc_parser", &["spec"]),
    ("prettyplease", &["render", "commands"]),
    ("toml_edit", &["config", "project", "commands"]),
];

#[test]
fn every_stage_names_only_what_it_may_know() {
    let mut wrong = Vec::new();
    for (file, stage, paths) in sources() {
        let (_, allowed) = ALLOWED
            .iter()
            .find(|(name, _)| *name == stage)
            .unwrap_or_else(|| panic!("`{stage}` ({file}) is no stage: add it to the table"));
        for path in paths {
            if let Some(what) = forbidden(&stage, allowed, &path) {
                wrong.push(format!("{file} names `{what}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The part of a path that the stage must not know.
fn forbidden(stage: &str, allowed: &[&str], path: &[String]) -> Option<String> {
    let words: Vec<_> = path.iter().map(String::as_str).collect();
    let may = |stages: &[&str]| stages.contains(&stage);
    let wrong = match words.as_slice() {
        ["crate", module, ..] => {
            let is_ours = ALLOWED.iter().any(|(name, _)| name == module);
            is_ours && *module != stage && !allowed.contains(module)
        }
        ["std", "fs", ..] => !may(&["spec", "project"]),
        [krate, ..] => CRATES
            .iter()
            .any(|(name, stages)| name == krate && !may(stages)),
        [] => false,
    };
    wrong.then(|| words.join("::"))
}

/// Every file of ours: its name, its stage, and the paths that it names.
fn sources() -> Vec<(String, String, BTreeSet<Vec<String>>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let source = |file: std::path::PathBuf| {
        let text = fs::read_to_string(&file).expect("a file of ours");
        let inside = file.strip_prefix(&root).expect("below src");
        let stage = inside.iter().next().expect("a name").to_string_lossy();
        let stage = stage.trim_end_matches(".rs").to_owned();
        (inside.display().to_string(), stage, paths(&text))
    };
    files.into_iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of ours").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => collect(&path, files),
            false if path.extension().is_some_and(|e| e == "rs") => files.push(path),
            false => {}
        }
    }
}

/// Every path in the tokens of a file, the branches of `use` trees on their own. Macros and
/// attributes are read like anything else.
fn paths(text: &str) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    let mut file = syn::parse_file(text).expect("Rust");
    file.items.retain(|item| !is_test(item));
    walk(file.into_token_stream(), &[], &mut found);
    found
}

/// The tests beside the code may read what the code must not.
fn is_test(item: &syn::Item) -> bool {
    let says = |attribute: &syn::Attribute| attribute.to_token_stream().to_string();
    let syn::Item::Mod(module) = item else {
        return false;
    };
    let mut attributes = module.attrs.iter().map(says);
    attributes.any(|attribute| attribute == "# [cfg (test)]")
}

fn walk(tokens: TokenStream, prefix: &[String], found: &mut BTreeSet<Vec<String>>) {
    let mut path = prefix.to_vec();
    let mut colons = 2;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            TokenTree::Ident(ident) => {
                if colons != 2 {
                    found.insert(std::mem::take(&mut path));
                }
                path.push(ident.to_string());
                colons = 0;
            }
            TokenTree::Group(group) => {
                let inner: &[String] = if colons == 2 { &path } else { &[] };
                walk(group.stream(), inner, found);
                found.insert(std::mem::take(&mut path));
                colons = 0;
            }
            _ => {
                found.insert(std::mem::replace(&mut path, prefix.to_vec()));
                colons = 2;
            }
        }
    }
    found.insert(path);
}

#[test]
fn the_reader_sees_through_trees_and_macros() {
    let text = "use crate::{model::{self, Type}, spec}; fn f() { g!(std::fs::read(x)); a.clap }";
    let paths = paths(text);
    let path = |words: &str| words.split("::").map(str::to_owned).collect::<Vec<_>>();
    for words in ["crate::model::Type", "crate::spec", "std::fs::read"] {
        assert!(paths.contains(&path(words)), "{words}: {paths:?}");
    }
    assert!(forbidden("render", &["model"], &path("crate::spec::Node")).is_some());
    assert!(forbidden("render", &["model"], &path("crate::model::Type")).is_none());
    assert!(forbidden("commands", &[], &path("std::fs::read")).is_some());
}
