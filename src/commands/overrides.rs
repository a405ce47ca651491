//! Which operations the user implements, read from `src/services/*.rs`.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::{ImplItem, Item, ItemImpl};

use super::open::Project;
use crate::{
    model::{Operation, Role, Service},
    project::{Snapshot, disk},
};

/// Where a method of a service stands in the user's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Relative to the project's folder.
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
}

/// The methods that the user wrote, by trait and method.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    found: BTreeMap<(String, String), Override>,
}

impl Overrides {
    /// Reads the user's services. A file that does not parse (in the middle of an edit) counts as
    /// one without overrides: the compiler tells the rest.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn find(project: &Project) -> anyhow::Result<Self> {
        let folder = "src/services";
        let names = disk::list(&project.root.join(folder))?;
        let names = names.iter().filter(|name| name.ends_with(".rs"));
        let paths: Vec<_> = names.map(|name| format!("{folder}/{name}")).collect();
        let mut disk = Snapshot::default();
        disk.read(&project.root, &paths)?;
        let mut overrides = Self::default();
        for path in &paths {
            overrides.add(path, disk.text(path).unwrap_or_default());
        }
        Ok(overrides)
    }

    /// Adds those of one file.
    pub fn add(&mut self, path: &str, text: &str) {
        let Ok(file) = syn::parse_file(text) else {
            return;
        };
        let impls = file.items.iter().filter_map(|item| match item {
            Item::Impl(item) => Some((trait_name(item)?, item)),
            _ => None,
        });
        for (name, item) in impls {
            for (method, span) in methods(item) {
                let place = Override {
                    path: path.to_owned(),
                    line: span.start().line,
                    column: span.start().column + 1,
                };
                self.found.insert((name.clone(), method), place);
            }
        }
    }

    /// Where the user implements an operation.
    pub fn of(&self, service: &Service, operation: &Operation) -> Option<&Override> {
        let key = (
            service[operation.group].trait_name.clone(),
            operation.name.clone(),
        );
        self.found.get(&key)
    }

    /// The methods whose operation is gone: the module of the group, the method, and where it is.
    pub fn orphans<'a>(&'a self, service: &'a Service) -> Vec<(&'a str, &'a str, &'a Override)> {
        let mut orphans = Vec::new();
        for ((name, method), place) in &self.found {
            let mut groups = service.groups.iter();
            let Some(group) = groups.find(|group| group.trait_name == *name) else {
                continue;
            };
            let belongs = |operation: &Operation| {
                service[operation.group].trait_name == *name && operation.name == *method
            };
            if !service.operations.iter().any(belongs) {
                orphans.push((group.module.as_str(), method.as_str(), place));
            }
        }
        orphans
    }

    /// The operations that answer 501, with the reason why they have no default.
    pub fn stubs<'a>(&self, service: &'a Service) -> Vec<(&'a Operation, &'a str)> {
        let stub = |operation: &'a Operation| match &operation.role {
            Role::Stub { reason } => Some((operation, reason.as_str())),
            Role::Crud { .. } => None,
        };
        let stubs = service.operations.iter().filter_map(stub);
        stubs
            .filter(|(operation, _)| self.of(service, operation).is_none())
            .collect()
    }
}

/// The last word of the trait that is implemented.
pub(super) fn trait_name(item: &ItemImpl) -> Option<String> {
    let (path, _) = item.trait_.as_ref()?;
    Some(path.segments.last()?.ident.to_string())
}

fn methods(item: &ItemImpl) -> impl Iterator<Item = (String, Span)> {
    item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => {
            let name = &method.sig.ident;
            Some((
                name.to_string().trim_start_matches("r#").to_owned(),
                name.span(),
            ))
        }
        _ => None,
    })
}
