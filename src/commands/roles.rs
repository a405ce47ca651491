//! What operations do by default stays as it was recorded, until somebody agrees to another thing.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    document::Spec,
    findings::{Finding, Level, Reason},
    open::Project,
    overrides::Overrides,
};
use crate::{
    config::Database,
    lower::{Held, Hold, hold},
    model::{OperationId, Resource, Role, Service},
    project::{
        Stored,
        stored::{StoredOperation, pairs},
    },
};

/// An operation that would do something else by default, and that somebody is asked about.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which.
    pub operation: OperationId,
    /// What it did at the last sync.
    pub was: String,
    /// What it would do.
    pub would: String,
    /// What is told of it.
    pub finding: Finding,
}

/// Holds operations to what the last sync recorded; those that would do something else are given
/// back. Tables keep their names in any case.
///
/// # Errors
/// A file of the user's cannot be read.
pub(super) fn settle(project: &Project, spec: &mut Spec) -> anyhow::Result<Vec<Asked>> {
    let Some(stored) = project.stored.as_ref().filter(|_| had_tables(project)) else {
        return Ok(Vec::new());
    };
    let inferred = Stored::of(&spec.service);
    let all = record(stored, &inferred, &spec.service);
    if !all.iter().any(Recorded::flips) {
        return Ok(Vec::new());
    }
    let names = all.iter().filter_map(|r| Some((r.operation, r.table?)));
    let mut held = Held {
        names: names.collect(),
        roles: BTreeMap::new(),
    };
    hold(&mut spec.service, &project.config, &held);
    let inferred = Stored::of(&spec.service);
    let mut asked = record(stored, &inferred, &spec.service);
    if project.accepts || !asked.iter().any(Recorded::flips) {
        return Ok(Vec::new());
    }
    let overrides = Overrides::find(project, &spec.service)?;
    asked.retain(|known| {
        let operation = &spec.service[known.operation];
        overrides.of(&spec.service, operation).is_none()
    });
    if !asked.iter().any(Recorded::flips) {
        return Ok(Vec::new());
    }
    held.roles = asked.iter().map(|r| (r.operation, r.hold())).collect();
    let would = spec.service.clone();
    hold(&mut spec.service, &project.config, &held);
    let settled = Stored::of(&spec.service);
    let asked = asked.iter().filter_map(|known| {
        let now = &settled.operations[known.operation.0];
        let kept = now.role == known.was.role;
        let (would, service) = match kept {
            true => (known.would, &would),
            false => (now, &spec.service),
        };
        (known.was.role != would.role).then(|| known.ask(would, service, kept, project))
    });
    Ok(asked.collect())
}

/// Tables are kept, and were: who switches them on or off agreed to what follows from it.
fn had_tables(project: &Project) -> bool {
    let mut known = project.lock.generated.keys();
    let had =
        project.lock.generated.is_empty() || known.any(|path| path.ends_with("models/mod.rs"));
    had && project.config.database != Database::None
}

/// What is known of an operation that was there before.
struct Recorded<'a> {
    operation: OperationId,
    was: &'a StoredOperation,
    /// The table that it used.
    table: Option<&'a Resource>,
    /// What is inferred, as if nothing had been there before.
    would: &'a StoredOperation,
    reason: String,
}

/// What the last sync recorded of the operations that are still there. One that has another method
/// is another one; one whose path moved, and its table with it, goes along.
fn record<'a>(stored: &'a Stored, new: &'a Stored, service: &Service) -> Vec<Recorded<'a>> {
    let operations = service.operations.iter().enumerate();
    let places: BTreeMap<_, _> = operations.map(|(i, o)| (o.id.as_str(), i)).collect();
    let table = |stored: &'a Stored, operation: &StoredOperation| {
        let (_, module) = operation.role.split_once(' ')?;
        stored.resources.iter().find(|table| table.module == module)
    };
    let recorded = pairs(&stored.operations, &new.operations).into_iter();
    let recorded = recorded.filter_map(|(was, would)| {
        let would = would.filter(|would| would.method == was.method)?;
        let place = *places.get(would.id.as_str())?;
        let reason = match &service.operations[place].role {
            Role::Stub { reason } if would.role == was.role => reason,
            _ => &was.reason,
        };
        let known = Recorded {
            operation: OperationId(place),
            was,
            table: table(stored, was),
            would,
            reason: reason.clone(),
        };
        let renamed = was.path != would.path
            && known.table.is_some()
            && table(new, was).is_none()
            && table(new, would).is_some()
            && table(stored, would).is_none();
        (!renamed && !is_agreed(stored, would, was)).then_some(known)
    });
    let mut seen = BTreeSet::new(); // two branches may both have left it
    recorded
        .filter(|known| seen.insert(known.operation))
        .collect()
}

/// A merge of two branches left both, and one of them agreed.
fn is_agreed(stored: &Stored, would: &StoredOperation, was: &StoredOperation) -> bool {
    let is_same = |other: &StoredOperation| {
        (&other.method, &other.path, &other.role) == (&was.method, &was.path, &would.role)
    };
    was.role != would.role && stored.operations.iter().any(is_same)
}

impl<'a> Recorded<'a> {
    fn flips(&self) -> bool {
        self.was.role != self.would.role
    }

    fn hold(&self) -> Hold<'a> {
        match self.table {
            Some(table) => Hold::Table(table),
            None => Hold::Stub(self.reason.clone()),
        }
    }

    /// What is asked of an operation that would do something else in this service, and that keeps
    /// its role for now, or cannot.
    fn ask(
        &self,
        would: &StoredOperation,
        service: &Service,
        kept: bool,
        project: &Project,
    ) -> Asked {
        let operation = &service[self.operation];
        let (id, was, now) = (&operation.id, &self.was.role, &would.role);
        let because = |reason: &str| match reason {
            "" => String::new(),
            reason => format!(", because {reason}"),
        };
        let why = match &operation.role {
            Role::Stub { reason } => because(reason),
            Role::Crud { resource, .. } | Role::Account { resource, .. } => {
                let reasons = &service[*resource].reasons;
                because(reasons.first().map_or("", String::as_str))
            }
        };
        let message = match (self.table, &operation.role) {
            (None, _) => format!(
                "`{id}` was a stub{}; it could `{now}` by default now{why}, and stays a stub until \
                 you agree",
                because(&self.reason)
            ),
            (_, Role::Stub { .. }) => {
                format!("`{id}` can no longer `{was}` by default{why}; it would answer 501")
            }
            _ if kept => format!(
                "`{id}` would `{now}` by default now{why}; it goes on to `{was}` until you agree"
            ),
            _ => format!("`{id}` can no longer `{was}` by default; it would `{now}`{why}"),
        };
        let level = if kept { Level::Waits } else { Level::Blocks };
        let command = if project.upgrades { "upgrade" } else { "sync" };
        let place = &operation.origin;
        let finding = Finding::new(Reason::Role, level, message)
            .at(&place.file, place.line, place.column)
            .hint(format!(
                "`apigen {command} --accept` agrees to what operations would do by default; \
                 `apigen override OPERATION` makes one yours, and then nobody asks"
            ));
        Asked {
            operation: self.operation,
            was: was.clone(),
            would: now.clone(),
            finding,
        }
    }
}
