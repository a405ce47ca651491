//! Files that apigen and the user both write: apigen adds keys, and never changes one. It takes out
//! again only what names its own folders: Cargo refuses one that is gone.

use std::collections::BTreeSet;

use anyhow::Context as _;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// A merged text, and every key that apigen's code needs in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Merged {
    /// What to write; the text that was there, where nothing is missing.
    pub text: String,
    /// Such as `dependencies.axum` or `DATABASE_URL`.
    pub keys: BTreeSet<String>,
    /// Those that it no longer needs, and that were taken out.
    pub gone: BTreeSet<String>,
}

/// Adds to a text what it lacks of the desired one.
///
/// What is in `known` was added before: where the user removed it, it stays away, unless the
/// generated code needs it to compile.
///
/// # Errors
/// A TOML file cannot be read.
pub fn merge(
    path: &str,
    existing: &str,
    desired: &str,
    known: &BTreeSet<String>,
) -> anyhow::Result<Merged> {
    if path.ends_with(".toml") {
        let merged = merge_toml(existing, desired, known);
        merged.with_context(|| format!("cannot add to `{path}`"))
    } else {
        Ok(merge_variables(existing, desired, known))
    }
}

/// Whether a file has nothing but what apigen added to it.
pub fn is_untouched(path: &str, text: &str, known: &BTreeSet<String>) -> bool {
    fn all(table: &dyn TableLike, path: &str, known: &BTreeSet<String>) -> bool {
        table.iter().all(|(key, item)| {
            let path = format!("{path}{key}");
            match item.as_table() {
                Some(table) if !known.contains(&path) => all(table, &format!("{path}."), known),
                _ => known.contains(&path),
            }
        })
    }
    let document = text.parse::<DocumentMut>().ok();
    let document = document.filter(|_| path.ends_with(".toml"));
    document.is_some_and(|document| all(document.as_table(), "", known))
}

fn merge_toml(existing: &str, desired: &str, known: &BTreeSet<String>) -> anyhow::Result<Merged> {
    let mut document: DocumentMut = existing.parse()?;
    let desired: DocumentMut = desired.parse()?;
    let mut merge = TomlMerge {
        known,
        keys: BTreeSet::new(),
        gone: BTreeSet::new(),
        changed: false,
    };
    merge.table(document.as_table_mut(), desired.as_table(), "");
    merge.drop_own_crates(&mut document);
    let text = match merge.changed {
        true => document.to_string(),
        false => existing.to_owned(),
    };
    Ok(Merged {
        text,
        keys: merge.keys,
        gone: merge.gone,
    })
}

struct TomlMerge<'a> {
    known: &'a BTreeSet<String>,
    keys: BTreeSet<String>,
    gone: BTreeSet<String>,
    changed: bool,
}

impl TomlMerge<'_> {
    fn table(&mut self, existing: &mut dyn TableLike, desired: &dyn TableLike, path: &str) {
        for (key, item) in desired.iter() {
            let path = match path {
                "" => key.to_owned(),
                path => format!("{path}.{key}"),
            };
            match item.as_table() {
                Some(table) if !is_dependency(&path) => {
                    self.nested(existing, key, table, &path);
                }
                _ => self.value(existing, key, item, path),
            }
        }
    }

    fn nested(&mut self, existing: &mut dyn TableLike, key: &str, desired: &Table, path: &str) {
        if existing.get(key).is_some() {
            if let Some(table) = existing.get_mut(key).and_then(Item::as_table_like_mut) {
                self.table(table, desired, path);
            }
            return;
        }
        let mut table = Table::new();
        table.set_implicit(desired.is_implicit());
        *table.decor_mut() = desired.decor().clone();
        self.table(&mut table, desired, path);
        let wanted = !table.is_empty() || (desired.is_empty() && !self.known.contains(path));
        if desired.is_empty() {
            self.keys.insert(path.to_owned());
        }
        if wanted {
            existing.insert(key, Item::Table(table));
            self.changed = true;
        }
    }

    /// A list of folders: its items are keys, each.
    fn folders(&mut self, existing: &mut dyn TableLike, key: &str, desired: &Array, path: &str) {
        let new = || Item::Value(Value::Array(Array::new()));
        let present = existing.entry(key).or_insert_with(new).as_array_mut();
        let Some(present) = present else {
            return;
        };
        let of = |item: &Value| Some(format!("{path}={}", item.as_str()?));
        let wanted: BTreeSet<_> = desired.iter().filter_map(of).collect();
        let count = present.len();
        let is_stale = |key: &String| self.known.contains(key) && !wanted.contains(key);
        self.gone
            .extend(present.iter().filter_map(of).filter(is_stale));
        present.retain(|item| of(item).is_none_or(|key| !self.gone.contains(&key)));
        if present.len() < count {
            self.changed = true;
            let first = present.get_mut(0).map(Value::decor_mut);
            if let Some(first) =
                first.filter(|decor| decor.prefix().and_then(|p| p.as_str()) == Some(" "))
            {
                first.set_prefix("");
            }
        }
        let there: BTreeSet<_> = present.iter().filter_map(of).collect();
        for folder in desired.iter().filter_map(Value::as_str) {
            if !there.contains(&format!("{path}={folder}")) {
                present.push(folder);
                self.changed = true;
            }
        }
        self.keys.extend(wanted);
        self.keys.insert(path.to_owned());
    }

    /// Takes the dependencies on crates of apigen's own out that nothing needs any more.
    fn drop_own_crates(&mut self, document: &mut DocumentMut) {
        let stale = self.known.difference(&self.keys).cloned();
        for key in stale.collect::<Vec<_>>() {
            let Some((table, name)) = key.split_once('.') else {
                continue;
            };
            let table = document.get_mut(table).and_then(Item::as_table_like_mut);
            if let Some(table) = table.filter(|_| is_dependency(&key))
                && table
                    .get(name)
                    .is_some_and(|item| item.get("path").is_some())
            {
                table.remove(name);
                self.gone.insert(key);
                self.changed = true;
            }
        }
    }

    fn value(&mut self, existing: &mut dyn TableLike, key: &str, item: &Item, path: String) {
        if let Some(desired) = item.as_array().filter(|_| FOLDERS.contains(&&*path)) {
            return self.folders(existing, key, desired, &path);
        }
        let needed = is_dependency(&path);
        match existing.get_mut(key) {
            Some(present) if needed => self.changed |= add_features(present, item),
            Some(_) => {}
            None if self.known.contains(&path) && !needed => {}
            None => {
                existing.insert(key, item.clone());
                self.changed = true;
            }
        }
        self.keys.insert(path);
    }
}

/// The lists by which a workspace finds its packages.
const FOLDERS: [&str; 3] = [
    "workspace.members",
    "workspace.default-members",
    "workspace.exclude",
];

fn is_dependency(path: &str) -> bool {
    let tables = ["dependencies.", "dev-dependencies.", "build-dependencies."];
    tables.iter().any(|table| path.starts_with(table))
}

/// Adds the features that a dependency lacks; its version and its source stay the user's.
fn add_features(present: &mut Item, desired: &Item) -> bool {
    let wanted = desired.get("features").and_then(Item::as_array);
    let wanted: Vec<&str> = wanted
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let has = present.get("features").and_then(Item::as_array);
    let has: Vec<&str> = has
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let missing = |feature: &&str| !has.contains(feature);
    let missing: Vec<String> = wanted
        .into_iter()
        .filter(missing)
        .map(str::to_owned)
        .collect();
    if missing.is_empty() {
        return false;
    }
    if let Some(version) = present.as_str().map(str::to_owned) {
        let mut table = InlineTable::new();
        table.insert("version", version.into());
        *present = Item::Value(Value::InlineTable(table));
    }
    let Some(table) = present.as_table_like_mut() else {
        return false;
    };
    let features = table
        .entry("features")
        .or_insert_with(|| Array::new().into());
    let Some(features) = features.as_array_mut() else {
        return false;
    };
    missing
        .into_iter()
        .for_each(|feature| features.push(feature));
    true
}

/// Appends the variables that are missing, each with the comment above it.
fn merge_variables(existing: &str, desired: &str, known: &BTreeSet<String>) -> Merged {
    let present: BTreeSet<&str> = existing.lines().filter_map(variable).collect();
    let mut keys = BTreeSet::new();
    let mut added = String::new();
    let mut comment = Vec::new();
    for line in desired.lines() {
        let Some(name) = variable(line) else {
            match line.starts_with('#') {
                true => comment.push(line),
                false => comment.clear(),
            }
            continue;
        };
        if !present.contains(name) && !known.contains(name) {
            for line in comment.iter().chain([&line]) {
                added.push_str(line);
                added.push('\n');
            }
        }
        comment.clear();
        keys.insert(name.to_owned());
    }
    let gap = match existing.ends_with('\n') || existing.is_empty() || added.is_empty() {
        true => "",
        false => "\n",
    };
    Merged {
        text: format!("{existing}{gap}{added}"),
        keys,
        gone: BTreeSet::new(),
    }
}

/// The variable that a line sets, or shows in a comment.
fn variable(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['#', ' ']);
    let (name, _) = line
        .strip_prefix("export ")
        .unwrap_or(line)
        .split_once('=')?;
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    (!name.is_empty() && name.chars().all(upper)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESIRED: &str = "[dependencies]\naxum = \"0.8\"\nsqlx = { version = \"0.9\", features = [\"json\", \"uuid\"] }\n\n[lints.clippy]\ntodo = \"warn\"\n";

    fn merged(existing: &str, known: &[&str]) -> String {
        let known = known.iter().map(|&key| key.to_owned()).collect();
        merge("Cargo.toml", existing, DESIRED, &known)
            .expect("merges")
            .text
    }

    #[test]
    fn adds_what_is_missing_and_keeps_the_rest() {
        let mine = "# mine\n[package]\nname = \"shop\"\n\n[dependencies]\nsqlx = \"0.9.1\" # pinned\nanyhow = \"1\"\n";
        let text = merged(mine, &[]);
        assert!(
            text.starts_with("# mine\n[package]\nname = \"shop\"\n"),
            "{text}"
        );
        assert!(text.contains("axum = \"0.8\"\n"), "{text}");
        assert!(
            text.contains("version = \"0.9.1\", features = [\"json\", \"uuid\"]"),
            "{text}"
        );
        assert!(text.contains("anyhow = \"1\"\n"), "{text}");
        assert!(text.contains("[lints.clippy]\ntodo = \"warn\"\n"), "{text}");
        assert_eq!(merged(&text, &[]), text);
    }

    #[test]
    fn a_removed_lint_stays_away_and_a_removed_dependency_does_not() {
        let text = merged(
            "[dependencies]\n",
            &["lints.clippy.todo", "dependencies.axum"],
        );
        assert!(!text.contains("todo"), "{text}");
        assert!(text.contains("axum"), "{text}");
    }

    #[test]
    fn what_names_own_folders_goes_with_them() {
        let known = ["workspace.members=crates/*", "dependencies.shop-common"];
        let known = known.map(str::to_owned).into();
        let mine = "[workspace]\nmembers = [\"crates/*\", \"mine\"]\n\n[dependencies]\n\
                    shop-common = { path = \"crates/common\" }\nother = { path = \"mine\" }\n";
        let desired = "[workspace]\nmembers = [\"services/*\"]\n";
        let merged = merge("Cargo.toml", mine, desired, &known).expect("merges");
        let text = "[workspace]\nmembers = [\"mine\", \"services/*\"]\n\n[dependencies]\n\
                    other = { path = \"mine\" }\n";
        assert_eq!(merged.text, text);
        assert_eq!(merged.gone, known);
    }

    #[test]
    fn a_line_of_the_user_s_is_seen() {
        let known = merge("Cargo.toml", DESIRED, DESIRED, &BTreeSet::new());
        let known = known.expect("merges").keys;
        assert!(is_untouched("Cargo.toml", DESIRED, &known));
        let mine = DESIRED.replace("axum = \"0.8\"\n", "axum = \"0.8\"\nmine = \"1\"\n");
        assert!(!is_untouched("Cargo.toml", &mine, &known));
    }

    #[test]
    fn variables_come_with_their_comments() {
        let desired = "# Head\n\n# The port\nPORT=1\nHOST=a\n# URL=x\n";
        let known = BTreeSet::from(["HOST".to_owned()]);
        let merged = merge(".env.example", "PORT=2", desired, &known).expect("merges");
        assert_eq!(merged.text, "PORT=2\n# URL=x\n");
        let merged = merge(".env.example", "HOST=2\n", desired, &known).expect("merges");
        assert_eq!(merged.text, "HOST=2\n# The port\nPORT=1\n# URL=x\n");
    }
}
