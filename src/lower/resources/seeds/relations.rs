//! Which rows a row names: its owner, what it refers to, and whose it is.

use serde_json::Value;

use super::{
    Bed,
    rows::{plain, schema_of, shown_owner},
};
use crate::{
    config::unknown,
    model::{ColumnSource, Reference, ResourceId, fits::fits},
};

impl Bed<'_> {
    pub(super) fn relate(&mut self) {
        for row in 0..self.rows.len() {
            self.owner(row);
        }
        for row in 0..self.rows.len() {
            let service = self.service;
            for reference in &service[self.rows[row].resource].rules.references {
                self.refer(row, reference);
            }
            self.caller(row);
        }
    }

    /// The row that owns it, and the owners of that.
    fn owner(&mut self, row: usize) {
        let resource = &self.service[self.rows[row].resource];
        let owners = resource.parent_columns();
        let Some(last) = owners.last() else {
            return;
        };
        let Some(parent) = &resource.parent else {
            return self.owner_elsewhere(row, &owners);
        };
        let column = &resource.columns[*last];
        let names = [column.said(), shown_owner(column).map(str::to_owned)];
        let given = &self.rows[row].given;
        let said = names
            .into_iter()
            .flatten()
            .find_map(|name| Some((name.clone(), given.get(&name)?.clone())));
        let outer = |candidate: &usize| {
            let known = &self.rows[*candidate].values;
            owners
                .iter()
                .zip(known_owners(self, parent.resource))
                .all(|(here, there)| {
                    let name = resource.columns[*here].said();
                    let value = name.and_then(|name| given.get(&name));
                    value.is_none_or(|value| *value == known[there])
                })
        };
        let candidates = self.of(parent.resource).to_vec();
        let near: Vec<usize> = candidates.iter().copied().filter(outer).collect();
        let candidates = if near.is_empty() { candidates } else { near };
        let Some(found) = self.chosen(row, parent.resource, said, &candidates) else {
            return;
        };
        let keys = self.service[parent.resource].primary_key();
        for (here, there) in owners.iter().zip(keys) {
            let value = self.rows[found].values[there].clone();
            self.rows[row].values[*here] = value;
        }
        self.rows[row].after.push(found);
    }

    /// The key of an owner that another service keeps.
    fn owner_elsewhere(&mut self, row: usize, owners: &[usize]) {
        let resource = &self.service[self.rows[row].resource];
        for index in owners {
            let name = resource.columns[*index].said().unwrap_or_default();
            match self.rows[row].given.get(&name).cloned() {
                Some(value) => self.rows[row].values[*index] = value,
                None => {
                    let message = format!("a row of `{}` must have `{name}`", resource.path);
                    let hint = "another service keeps what owns it".to_owned();
                    self.problem_of(row, None, message, Some(hint));
                }
            }
        }
    }

    fn refer(&mut self, row: usize, reference: &Reference) {
        let (id, index) = (self.rows[row].resource, reference.column());
        let resource = &self.service[id];
        let column = &resource.columns[index];
        if matches!(column.source, ColumnSource::Caller { .. }) {
            return;
        }
        let name = column.said().unwrap_or_default();
        let said = self.rows[row].given.get(&name).cloned();
        let is_own = reference.resource == id;
        match &said {
            Some(Value::Null) if column.nullable => return,
            None if column.nullable => {
                let is_made_up = self.rows[row].is_made_up();
                if !is_made_up || is_own || self.of(reference.resource).is_empty() {
                    return;
                }
            }
            None if !self.rows[row].is_made_up() => {
                let message = format!("a row of `{}` must have `{name}`", resource.path);
                return self.problem_of(row, None, message, None);
            }
            _ => {}
        }
        let owners = &reference.columns[..reference.columns.len() - 1];
        let keys = self.service[reference.resource].primary_key();
        let is_near = |candidate: &usize| {
            let pairs = owners.iter().zip(&keys);
            let (here, there) = (&self.rows[row].values, &self.rows[*candidate].values);
            pairs.clone().all(|(a, b)| here[*a] == there[*b])
        };
        let all = self.of(reference.resource).iter().copied();
        let candidates: Vec<usize> = all.filter(is_near).collect();
        let said = said.map(|value| (name, value));
        if let Some(found) = self.chosen(row, reference.resource, said, &candidates) {
            let key = self.service[reference.resource].key;
            self.rows[row].values[index] = self.rows[found].values[key].clone();
            self.rows[row].after.push(found);
        }
    }

    /// Whose the row is: a user's of the seed, where users have accounts.
    fn caller(&mut self, row: usize) {
        let resource = &self.service[self.rows[row].resource];
        let Some(own) = resource.rules.caller else {
            return;
        };
        let name = resource.columns[own.column].said().unwrap_or_default();
        let said = self.rows[row].given.get(&name).cloned();
        let Some(accounts) = &self.service.accounts else {
            let schema = schema_of(self.service, self.rows[row].resource, &name);
            let types = &self.service.types;
            match said {
                Some(value) if schema.is_none_or(|schema| fits(&value, schema, types)) => {
                    self.rows[row].values[own.column] = value;
                }
                Some(value) => {
                    let message = format!("`{}` does not fit `{name}`", plain(&value));
                    self.problem_of(row, Some(&name), message, None);
                }
                None => {
                    let message = format!("nothing says whose the row is: `{name}`");
                    let hint = "it is the subject of a token (`sub`)".to_owned();
                    self.problem_of(row, None, message, Some(hint));
                }
            }
            return;
        };
        let candidates = self.of(accounts.users).to_vec();
        let said = said.map(|value| (name, value));
        if let Some(found) = self.chosen(row, accounts.users, said, &candidates) {
            let key = self.service[accounts.users].key;
            self.rows[row].values[own.column] = self.rows[found].values[key].clone();
            self.rows[row].after.push(found);
        }
    }

    /// The row that is meant: what is said of it, else the first; rows that are made up go round.
    fn chosen(
        &mut self,
        row: usize,
        target: ResourceId,
        said: Option<(String, Value)>,
        candidates: &[usize],
    ) -> Option<usize> {
        let path = &self.service[target].path;
        let Some((name, value)) = said else {
            let made_up = self.rows[row].is_made_up();
            let turn = if made_up {
                self.rows[row].number - 1
            } else {
                0
            };
            if let Some(found) = candidates.get(turn % candidates.len().max(1)) {
                return Some(*found);
            }
            let message = format!("the row needs one of `{path}`, and there is none in the seed");
            let hint = format!("give `{path}` a `seed` too: rows, or how many to make up");
            self.problem_of(row, None, message, Some(hint));
            return None;
        };
        let found = self.meant(target, &value, candidates);
        if found.is_none() {
            let message = format!("`{}` is no row of the seed of `{path}`", plain(&value));
            let known: Vec<String> = candidates.iter().flat_map(|i| self.called(*i)).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let hint = unknown(&plain(&value), &known);
            self.problem_of(row, Some(&name), message, hint);
        }
        found
    }

    /// The row with this key, this unique value, these values, or this number.
    fn meant(&self, target: ResourceId, value: &Value, candidates: &[usize]) -> Option<usize> {
        let key = self.service[target].key;
        let by_key = |row: &&usize| self.rows[**row].values[key] == *value;
        let by_name = |row: &&usize| self.called(**row).contains(&plain(value));
        let by_values = |row: &&usize| {
            let given = &self.rows[**row].given;
            value.as_object().is_some_and(|wanted| {
                wanted
                    .iter()
                    .all(|(name, value)| given.get(name) == Some(value))
            })
        };
        let by_number =
            |row: &&usize| value.as_u64() == u64::try_from(self.rows[**row].number).ok();
        let mut all = candidates.iter();
        let found = all.clone().find(by_key);
        let found = found.or_else(|| all.clone().find(by_name));
        let found = found.or_else(|| all.clone().find(by_values));
        found.or_else(|| all.find(by_number)).copied()
    }

    /// The values that a row has alone.
    fn called(&self, row: usize) -> Vec<String> {
        let row = &self.rows[row];
        let resource = &self.service[row.resource];
        let is_owner = |index: &&usize| {
            matches!(
                resource.columns[**index].source,
                ColumnSource::Parent { .. }
            )
        };
        let sets = self.unique(row.resource, Vec::new());
        let alone = sets.iter().filter_map(|set| {
            let mut own = set.iter().filter(|index| !is_owner(index));
            let (first, second) = (own.next(), own.next());
            first.filter(|_| second.is_none()).copied()
        });
        let values = alone.map(|index| &row.values[index]);
        values.filter(|value| !value.is_null()).map(plain).collect()
    }
}

/// The columns by which the rows of a resource are owned, and known.
fn known_owners(bed: &Bed<'_>, resource: ResourceId) -> Vec<usize> {
    let mut keys = bed.service[resource].primary_key();
    keys.pop();
    keys
}
