//! The rows that a database may begin with, as `seed` tells them, or made up.

mod made_up;
mod order;
mod relations;
mod rows;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::said::{Problem, blank};
use crate::{
    config::unknown,
    model::{ResourceId, Seed, Service},
};

/// How many rows are made up at most.
const MOST: u64 = 1000;

/// Fills the service's seeds, and tells what is wrong with them.
pub(super) fn sow(service: &mut Service) -> Vec<Problem> {
    let mut bed = Bed {
        service,
        rows: Vec::new(),
        by_resource: BTreeMap::new(),
        problems: Vec::new(),
    };
    for index in 0..bed.service.resources.len() {
        bed.resource(ResourceId(index));
    }
    bed.relate();
    bed.tell_apart();
    let seeds = bed.ordered();
    let problems = bed.problems;
    service.seeds = seeds;
    problems
}

/// The rows, as far as they are known.
struct Bed<'a> {
    service: &'a Service,
    rows: Vec<Row>,
    /// The places of a resource's rows.
    by_resource: BTreeMap<ResourceId, Vec<usize>>,
    problems: Vec<Problem>,
}

/// A row that is being made.
struct Row {
    resource: ResourceId,
    /// Its place in the list; none where it is made up.
    place: Option<usize>,
    /// Counted from 1.
    number: usize,
    /// What the document says of it.
    given: Map<String, Value>,
    name: String,
    /// For each column; what leads to other rows comes later.
    values: Vec<Value>,
    password: Option<(String, String)>,
    /// The rows that it names.
    after: Vec<usize>,
}

impl Row {
    fn is_made_up(&self) -> bool {
        self.place.is_none()
    }
}

impl Bed<'_> {
    fn resource(&mut self, id: ResourceId) {
        let said = self.service.said.get(&blank(&self.service[id].path));
        match said.and_then(|said| said.seed.as_ref()) {
            None => {}
            Some(Value::Array(rows)) => {
                for (place, row) in rows.iter().enumerate() {
                    match row {
                        Value::Object(given) => self.row(id, Some(place), place + 1, given.clone()),
                        _ => {
                            let message = "a row of `seed` is a mapping of properties to values";
                            self.problem(id, Some(place), None, message, None);
                        }
                    }
                }
            }
            Some(Value::Number(count)) if count.as_u64().is_some_and(|n| n <= MOST) => {
                for number in 1..=count.as_u64().unwrap_or(0) {
                    let number = usize::try_from(number).unwrap_or(usize::MAX);
                    self.row(id, None, number, Map::new());
                }
            }
            Some(_) => {
                let message =
                    format!("`seed` is a list of rows, or how many to make up: at most {MOST}");
                self.problem(id, None, None, message, None);
            }
        }
    }

    /// Tells what is wrong with a row, or with one of its members; the same once.
    fn problem(
        &mut self,
        resource: ResourceId,
        place: Option<usize>,
        member: Option<&str>,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let mut path = vec!["seed".to_owned()];
        path.extend(place.map(|place| place.to_string()));
        path.extend(member.map(str::to_owned));
        let problem = Problem {
            shape: blank(&self.service[resource].path),
            place: path,
            message: message.into(),
            hint,
            is_fatal: true,
        };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Tells what is wrong with a row that is in the bed already.
    fn problem_of(
        &mut self,
        row: usize,
        member: Option<&str>,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let (resource, place) = (self.rows[row].resource, self.rows[row].place);
        self.problem(resource, place, member, message, hint);
    }

    /// A member that rows do not have.
    fn no_member(&mut self, id: ResourceId, place: usize, name: &str, known: &[&str]) {
        let path = &self.service[id].path;
        let message = format!("rows of `{path}` have no property `{name}`");
        self.problem(id, Some(place), Some(name), message, unknown(name, known));
    }

    fn of(&self, resource: ResourceId) -> &[usize] {
        self.by_resource.get(&resource).map_or(&[], Vec::as_slice)
    }

    /// The sets of columns in which no two rows are equal, after this one.
    fn unique(&self, id: ResourceId, key: Vec<usize>) -> Vec<Vec<usize>> {
        let accounts = self.service.accounts.as_ref();
        let login = accounts.filter(|accounts| accounts.users == id);
        let login = login.map(|accounts| vec![accounts.login]);
        let known = self.service[id].unique.iter().cloned();
        std::iter::once(key).chain(login).chain(known).collect()
    }

    fn ordered(&mut self) -> Vec<Seed> {
        let order = self.order();
        let seed = |index: usize| {
            let row = &self.rows[index];
            Seed {
                resource: row.resource,
                name: row.name.clone(),
                after: row
                    .after
                    .iter()
                    .map(|i| self.rows[*i].name.clone())
                    .collect(),
                values: row.values.clone(),
                password: row.password.clone(),
            }
        };
        order.into_iter().map(seed).collect()
    }
}
