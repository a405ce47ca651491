//! What a user changed in a `Cargo.toml`, carried into another one.

use toml_edit::{DocumentMut, Item, Key, Table, TableLike};

/// Tables that hold for a whole workspace.
const OF_WORKSPACE: [&str; 4] = ["workspace", "profile", "patch", "replace"];

/// Keys whose values are of one manifest alone.
const APIGENS: [&str; 5] = ["name", "members", "default-members", "exclude", "resolver"];

/// Which tables are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Those of the package.
    Package,
    /// Those of the workspace.
    Workspace,
}

/// The text of a new manifest with what the user made of an old one: keys that were added, and
/// values that are others. `None` where one of them is no TOML.
pub(super) fn carried(base: &str, ours: &str, theirs: &str, part: Part) -> Option<String> {
    let base: DocumentMut = base.parse().ok()?;
    let ours: DocumentMut = ours.parse().ok()?;
    let mut theirs: DocumentMut = theirs.parse().ok()?;
    for (key, item) in pairs(ours.as_table()) {
        let is_of_workspace = OF_WORKSPACE.contains(&key.get());
        match part {
            Part::Package if is_of_workspace => {}
            Part::Workspace if !is_of_workspace => {}
            _ => carry(key, base.get(key.get()), item, theirs.as_table_mut()),
        }
    }
    Some(theirs.to_string())
}

/// The keys as they are written, with their comments.
fn pairs(table: &Table) -> impl Iterator<Item = (&Key, &Item)> {
    let keys = table.iter().map(|(key, _)| key);
    keys.filter_map(|key| table.get_key_value(key))
}

fn carry(key: &Key, base: Option<&Item>, ours: &Item, theirs: &mut dyn TableLike) {
    let plain = |item: &Item| item.to_string().trim().to_owned();
    if base.is_some_and(|base| plain(base) == plain(ours)) || APIGENS.contains(&key.get()) {
        return;
    }
    match (ours.as_table(), theirs.get_mut(key.get())) {
        (Some(table), Some(there)) => {
            let Some(there) = there.as_table_like_mut() else {
                return;
            };
            let base = base.and_then(Item::as_table_like);
            for (key, item) in pairs(table) {
                carry(key, base.and_then(|base| base.get(key.get())), item, there);
            }
        }
        (None, Some(there)) => *there = ours.clone(),
        // What apigen asked for is not asked for there.
        (_, None) if base.is_some() => {}
        (_, None) => drop(theirs.entry_format(key).or_insert(ours.clone())),
    }
}

/// The same manifest of a package of another name.
pub(super) fn renamed(text: &str, was: &str, now: &str) -> Option<String> {
    let mut manifest: DocumentMut = text.parse().ok()?;
    let name = manifest.get_mut("package")?.get_mut("name")?;
    if name.as_str() == Some(was) {
        *name = toml_edit::value(now);
    }
    Some(manifest.to_string())
}
