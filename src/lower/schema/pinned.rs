//! The names that a document gives its types by `x-apigen-types`.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    diagnostic::Diagnostic,
    model::name::Case,
    spec::{Document, Node, TYPES},
};

use super::{Draft, NameId, Way, names::Names};

/// The module and the name of a type.
type Path = (String, String);

/// The names that a document gives, by the places of types.
#[derive(Default)]
pub(super) struct Pinned {
    names: HashMap<String, Path>,
}

impl Pinned {
    /// Reads them; what is no name of a type is told.
    pub(super) fn read(
        document: &Document,
        keys: &HashMap<usize, String>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut pinned = Self::default();
        let mut told = Vec::new();
        let known: HashSet<&str> = keys.values().map(String::as_str).collect();
        let mut taken = HashSet::new();
        let members = document.root.get(TYPES).into_iter().flat_map(Node::members);
        for (key, member) in members {
            let path = member.value.as_str().and_then(path);
            let is_free = |(_, name): &Path| !taken.contains(name);
            let message = match path.filter(is_free) {
                Some(path) if known.contains(key) => {
                    taken.insert(path.1.clone());
                    pinned.names.insert(key.to_owned(), path);
                    continue;
                }
                Some(_) => format!("no type stands at `{key}`, so its name is left out"),
                None => format!("this is no name for the type at `{key}`, or it is taken"),
            };
            let problem = Diagnostic::warning("bad-type-name", member.value.span, message);
            told.push(problem.hint(format!("`{TYPES}` has names such as `list_items::Order`")));
        }
        (pinned, told)
    }

    /// What other types cannot be called.
    pub(super) fn taken(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(|(_, name)| name.as_str())
    }

    /// The module and the name of the type at a place.
    pub(super) fn get(&self, key: &str) -> Option<&Path> {
        self.names.get(key)
    }
}

/// `list_items::Order`
fn path(text: &str) -> Option<Path> {
    let (module, name) = text.split_once("::")?;
    let sound = Case::Module.name(module) == module && Case::Type.name(name) == name;
    sound.then(|| (module.to_owned(), name.to_owned()))
}

/// The place of each type that is kept, by which it is given a name: `Item`, `Item (input)`, and
/// `Item #2` where another type stands at the same place.
pub(super) fn keys(
    units: &BTreeMap<(NameId, usize), Vec<usize>>,
    drafts: &[Draft],
    names: &Names,
) -> HashMap<usize, String> {
    let mut keys = HashMap::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for ((id, _), members) in units {
        let place = names.entries[*id].api_name.as_str();
        let count = counts.entry(place).or_default();
        *count += 1;
        let place = match *count {
            1 => place.to_owned(),
            count => format!("{place} #{count}"),
        };
        for index in members {
            let way = match drafts[*index].key.1 {
                Way::Response => "",
                Way::Request => " (input)",
                Way::Patch => " (patch)",
            };
            keys.insert(*index, format!("{place}{way}"));
        }
    }
    keys
}
