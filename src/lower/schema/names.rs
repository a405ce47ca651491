//! What inline types would like to be called, from where they stand.

use std::collections::HashMap;

use crate::model::name::{module_name, type_name};

use super::Place;

/// The place of a name in [`Names`].
pub(super) type NameId = usize;

/// A place, told only where a type turns out to need it.
pub(super) enum Hint<'h> {
    At(NameId),
    Place(&'h Place),
    Component(&'h str),
    Property(&'h Hint<'h>, &'h str),
    Items(&'h Hint<'h>),
    Values(&'h Hint<'h>),
    Alternative(&'h Hint<'h>, &'h str),
}

/// The places that types stand at.
#[derive(Default)]
pub(super) struct Names {
    pub(super) entries: Vec<Name>,
    known: HashMap<(Option<NameId>, String, String), NameId>,
}

/// A place that a type stands at.
pub(super) struct Name {
    /// The place around it; always before it in [`Names::entries`].
    pub(super) parent: Option<NameId>,
    /// What it adds to the name of the place around it.
    pub(super) part: String,
    pub(super) api_name: String,
    pub(super) module: String,
    pub(super) is_component: bool,
}

impl Names {
    pub(super) fn id(&mut self, hint: &Hint<'_>) -> NameId {
        match hint {
            Hint::At(id) => *id,
            Hint::Place(place) => {
                let part = place.type_name.clone();
                self.root(place.module.clone(), part, place.api_name.clone(), false)
            }
            Hint::Component(name) => {
                self.root(module_name(name), type_name(name), (*name).to_owned(), true)
            }
            Hint::Property(parent, name) => {
                self.inner(parent, type_name(name), &format!(".{name}"))
            }
            Hint::Items(parent) => self.inner(parent, "Item".to_owned(), "[]"),
            Hint::Values(parent) => self.inner(parent, "Value".to_owned(), "{}"),
            Hint::Alternative(parent, name) => {
                self.inner(parent, type_name(name), &format!("|{name}"))
            }
        }
    }

    fn root(
        &mut self,
        module: String,
        part: String,
        api_name: String,
        is_component: bool,
    ) -> NameId {
        let key = (None, format!("{module}/{part}"), api_name.clone());
        self.intern(
            key,
            Name {
                parent: None,
                part,
                api_name,
                module,
                is_component,
            },
        )
    }

    fn inner(&mut self, parent: &Hint<'_>, part: String, path: &str) -> NameId {
        let parent = self.id(parent);
        let around = &self.entries[parent];
        let name = Name {
            parent: Some(parent),
            api_name: format!("{}{path}", around.api_name),
            module: around.module.clone(),
            is_component: false,
            part,
        };
        self.intern((Some(parent), path.to_owned(), String::new()), name)
    }

    fn intern(&mut self, key: (Option<NameId>, String, String), name: Name) -> NameId {
        *self.known.entry(key).or_insert_with(|| {
            self.entries.push(name);
            self.entries.len() - 1
        })
    }
}
