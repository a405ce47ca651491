//! What operations did so far, and go on doing whatever else could be inferred now.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates::{Candidate, Slot};
use crate::model::{OperationId, Resource, Service};

/// What is known from before; empty for a new project.
#[derive(Debug, Clone, Default)]
pub struct Held<'a> {
    /// The tables that operations used: they keep their names.
    pub names: BTreeMap<OperationId, &'a Resource>,
    /// The operations that go on doing what they did; others do what is inferred.
    pub roles: BTreeMap<OperationId, Hold<'a>>,
}

/// What an operation goes on doing.
#[derive(Debug, Clone)]
pub enum Hold<'a> {
    /// It is a stub, because of this reason.
    Stub(String),
    /// It uses this table, as far as the document still lets it.
    Table(&'a Resource),
}

/// Operations with their places in a collection.
type Slots = [(OperationId, Slot)];

impl Held<'_> {
    /// Why an operation stays a stub.
    pub(super) fn stub(&self, id: OperationId) -> Option<&str> {
        match self.roles.get(&id)? {
            Hold::Stub(reason) => Some(reason),
            Hold::Table(_) => None,
        }
    }

    /// The modules of the tables that operations go on using.
    pub(super) fn tables(&self, operations: &Slots) -> BTreeSet<&str> {
        let tables = operations
            .iter()
            .filter_map(|(id, _)| match self.roles.get(id)? {
                Hold::Table(table) => Some(table.module.as_str()),
                Hold::Stub(_) => None,
            });
        tables.collect()
    }

    /// Operations go on using a table that others, which they would join, do not use.
    pub(super) fn apart(&self, these: &Slots, others: &Slots) -> bool {
        !self.tables(these).is_subset(&self.tables(others))
    }

    /// The table that a collection had, by the operations that were always its own.
    pub(super) fn table(&self, service: &Service, candidate: &Candidate<'_>) -> Option<&Resource> {
        let own = candidate.operations.iter().filter(|(id, slot)| {
            let is_below = || candidate.is_above(&service[*id]);
            !matches!(slot, Slot::ListBy(_)) && is_below()
        });
        let mut tables = own.filter_map(|(id, _)| self.names.get(id));
        tables.next().copied()
    }

    /// A module or a table is called so.
    pub(super) fn is_given(&self, name: &str) -> bool {
        let mut tables = self.names.values();
        tables.any(|table| table.module == name || table.table == name)
    }
}
