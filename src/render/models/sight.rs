//! Which rows a request may see, beside what their keys say: no deleted ones, only the caller's own,
//! and none below an owner that it may not see.

use super::super::{doors, sql::identifier};
use crate::model::{ColumnType, Resource, ResourceId, Service};

/// A condition, in parts.
#[derive(Debug, Default)]
pub(in crate::render) struct Sight {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Sql(String),
    /// The caller's subject, as the column keeps it.
    Subject(Subject),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Subject {
    Text,
    Uuid,
}

impl Subject {
    pub(in crate::render) fn of(resource: &Resource) -> Option<Self> {
        let column = &resource.columns[resource.rules.caller?.column];
        Some(match column.ty {
            ColumnType::Uuid => Self::Uuid,
            _ => Self::Text,
        })
    }
}

impl Sight {
    /// Of the rows of a table.
    pub(in crate::render) fn of(service: &Service, resource: &Resource) -> Self {
        Self::with(service, resource, true)
    }

    /// The same, whoever calls.
    pub(in crate::render) fn of_anybody(service: &Service, resource: &Resource) -> Self {
        Self::with(service, resource, false)
    }

    fn with(service: &Service, resource: &Resource, knows_caller: bool) -> Self {
        let mut sight = Self::default();
        sight.rows(resource, "", knows_caller);
        for owner in owners(service, resource) {
            let owner = &service[owner];
            let is_limited = owner.hides() || (knows_caller && owner.rules.caller.is_some());
            if !is_limited {
                continue;
            }
            let (table, above) = (identifier(&resource.table), identifier(&owner.table));
            let pairs = owner
                .primary_key()
                .into_iter()
                .zip(resource.parent_columns());
            let equal = pairs.map(|(key, column)| {
                let [key, column] = [(owner, key), (resource, column)]
                    .map(|(resource, index)| identifier(&resource.columns[index].name));
                format!("{above}.{key} = {table}.{column}")
            });
            let equal = equal.collect::<Vec<_>>().join(" AND ");
            sight.sql(&format!(" AND EXISTS (SELECT 1 FROM {above} WHERE {equal}"));
            sight.rows(owner, &format!("{above}."), knows_caller);
            sight.sql(")");
        }
        sight
    }

    fn rows(&mut self, resource: &Resource, table: &str, knows_caller: bool) {
        let name = |index: usize| format!("{table}{}", identifier(&resource.columns[index].name));
        if let Some(column) = resource.rules.deleted_at {
            self.sql(&format!(" AND {} IS NULL", name(column)));
        }
        let own = resource.rules.caller.filter(|_| knows_caller);
        if let (Some(own), Some(subject)) = (own, Subject::of(resource)) {
            self.sql(&format!(" AND {} = ", name(own.column)));
            self.parts.push(Part::Subject(subject));
        }
    }

    fn sql(&mut self, sql: &str) {
        match self.parts.last_mut() {
            Some(Part::Sql(known)) => known.push_str(sql),
            _ => self.parts.push(Part::Sql(sql.to_owned())),
        }
    }

    /// It depends on who calls.
    pub(in crate::render) fn knows_caller(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Subject(_)))
    }

    /// As the end of a statement whose next parameter has this number, and what is bound.
    pub(in crate::render) fn fixed(&self, first: usize) -> (String, Vec<String>) {
        let (mut sql, mut kinds) = (String::new(), Vec::new());
        for part in &self.parts {
            match part {
                Part::Sql(text) => sql += text,
                Part::Subject(subject) => {
                    let place = kinds.iter().position(|known| known == subject);
                    let place = place.unwrap_or_else(|| {
                        kinds.push(*subject);
                        kinds.len() - 1
                    });
                    sql += &format!("${}", first + place);
                }
            }
        }
        let binds = kinds.iter().map(|subject| match subject {
            Subject::Text => "&caller.subject",
            Subject::Uuid => "caller.uuid()",
        });
        (sql, binds.map(str::to_owned).collect())
    }

    /// As statements that go on with `sql`, a builder.
    pub(in crate::render) fn pushed(&self) -> Option<String> {
        let mut pushes = String::new();
        for part in &self.parts {
            pushes += &match part {
                Part::Sql(text) => format!(".push({})", doors::rust_literal(text)),
                Part::Subject(Subject::Text) => ".push_bind(caller.subject.clone())".to_owned(),
                Part::Subject(Subject::Uuid) => ".push_bind(caller.uuid())".to_owned(),
            };
        }
        (!pushes.is_empty()).then(|| format!("sql{pushes};"))
    }
}

/// The owners of a table's rows, the nearest first.
pub(in crate::render) fn owners(
    service: &Service,
    resource: &Resource,
) -> impl Iterator<Item = ResourceId> {
    let parent = |resource: &Resource| Some(resource.parent.as_ref()?.resource);
    std::iter::successors(parent(resource), move |id| parent(&service[*id]))
}
