//! Which tables an API speaks of, and what each operation does with them.
//!
//! Inference is cautious: what does not fit stays a stub, and every stub says why. A collection is
//! a path that ends in a word, its members are one parameter below; the entity is what answers
//! about a member carry.

mod accounts;
mod answers;
mod bodies;
mod candidates;
mod columns;
mod fields;
mod held;
mod includes;
mod keys;
mod links;
mod lists;
mod names;
mod pages;
mod parameters;
mod reasons;
mod rules;
pub(super) mod said;
mod same;
mod seeds;
mod sense;
mod shape;
mod stored;
mod table;
mod transitions;
mod types;
pub(super) mod words;

use std::collections::{BTreeMap, BTreeSet};

pub use self::held::{Held, Hold};
pub(super) use self::table::shown;
use self::{
    answers::About,
    candidates::{Candidate, Owner, Slot, title},
    shape::Names,
    table::Table,
    words::{is_id, plain},
};
use crate::{
    config::{Config, Database},
    model::{
        Accounts, Action, KeySource, Operation, OperationId, Resource, ResourceId, Role, Segment,
        Service, Success,
    },
};

/// Fills the service's resources and the role of each operation, and marks the types that are kept
/// as JSON. What is held stays as it was, where the document still lets it. Gives what the document
/// says of its collections, and what cannot be.
pub(super) fn infer(service: &mut Service, config: &Config, held: &Held<'_>) -> Vec<said::Problem> {
    let mut inferred = Inferred {
        roles: vec![None; service.operations.len()],
        resources: Vec::new(),
        by_shape: BTreeMap::new(),
        by_entity: BTreeMap::new(),
        accounts: None,
        held,
    };
    if config.database == Database::None {
        let reason = || Role::Stub {
            reason: "the project keeps no data (`database = \"none\"`)".to_owned(),
        };
        inferred.roles.fill_with(|| Some(reason()));
    } else {
        inferred.service(service);
    }
    for (operation, role) in service.operations.iter_mut().zip(inferred.roles) {
        let stub = |reason: &str| Role::Stub {
            reason: reason.to_owned(),
        };
        operation.role = match &operation.stub {
            Some(reason) => stub(reason),
            None => role.unwrap_or_else(|| stub("nothing could be inferred")),
        };
    }
    service.seeds.clear();
    service.resources = inferred.resources;
    service.accounts = inferred.accounts;
    let problems = match config.database {
        Database::None => Vec::new(),
        _ => {
            let mut problems = same::problems(service);
            problems.extend(rules::settle(service));
            links::settle(service);
            problems.extend(seeds::sow(service));
            problems
        }
    };
    includes::settle(service);
    stored::mark(service);
    problems
}

/// What is known so far.
struct Inferred<'h> {
    resources: Vec<Resource>,
    roles: Vec<Option<Role>>,
    /// By the shape of the collection's path.
    by_shape: BTreeMap<String, Collection>,
    /// The collection that keeps an entity, by the entity's module.
    by_entity: BTreeMap<String, String>,
    /// Who has accounts.
    accounts: Option<Accounts>,
    /// What is known from before.
    held: &'h Held<'h>,
}

/// A collection that has become a resource.
#[derive(Clone)]
struct Collection {
    resource: ResourceId,
    /// Its members have paths, so that whatever stands in their place names one.
    has_members: bool,
    /// What shows its key.
    key: Option<String>,
    /// The words that a row is called by.
    singulars: [String; 2],
}

/// What the default of an operation does.
type Crud = (Action, Success, Vec<String>);

impl Inferred<'_> {
    fn service(&mut self, service: &Service) {
        let (candidates, refused) = candidates::find(service, self.held);
        for (id, reason) in refused {
            self.stub(id, reason);
        }
        let winners = winners(service, &candidates, self.held);
        let (first, rest): (Vec<_>, Vec<_>) =
            candidates.iter().zip(winners).partition(|(_, wins)| *wins);
        for (candidate, _) in first.into_iter().chain(rest) {
            if let Err(reason) = self.candidate(service, candidate) {
                for (id, slot) in &candidate.operations {
                    self.stub(
                        *id,
                        refusal(service, candidate, &service[*id], slot, &reason),
                    );
                }
            }
        }
        for (id, _) in accounts::operations(service) {
            if self.roles[id.0].is_none() {
                self.stub(id, accounts::homeless(service));
            }
        }
        for (id, _) in transitions::operations(service) {
            if self.roles[id.0].is_none() {
                self.stub(id, transitions::HOMELESS.to_owned());
            }
        }
    }

    fn stub(&mut self, id: OperationId, reason: String) {
        let reason = self.held.stub(id).map_or(reason, str::to_owned);
        self.roles[id.0] = Some(Role::Stub { reason });
    }

    /// Makes a resource of a candidate, or says why it is none.
    fn candidate(&mut self, service: &Service, candidate: &Candidate<'_>) -> Result<(), String> {
        let owner = |owner: &Owner<'_>| {
            let found = self.by_shape.get(&owner.shape)?;
            let parameter = plain(owner.parameter);
            let names = is_id(&parameter) || found.key.as_ref() == Some(&parameter);
            let is_key = self.is_key(service, found, owner.parameter);
            ((found.has_members || names) && is_key).then_some(found.resource)
        };
        let table = Table::of(service, candidate, owner, &self.resources)?;
        let families = table::families(service, candidate);
        if let Some(other) = families
            .iter()
            .find_map(|family| self.by_entity.get(family))
        {
            let entity = &service[table.entity].api_name;
            return Err(format!(
                "`{entity}` is kept by `{other}` already, and what this path adds cannot be told"
            ));
        }
        let found = roles(&table, candidate, self.held, &self.resources);
        let are_users =
            self.accounts.is_none() && accounts::are_users(service, candidate, &families);
        sense::makes_sense(&table, &found, are_users)?;
        let resource = ResourceId(self.resources.len());
        for (id, crud) in &found {
            self.roles[id.0] = Some(match crud {
                Ok((action, success, unsupported)) => Role::Crud {
                    resource,
                    action: action.clone(),
                    success: success.clone(),
                    unsupported: unsupported.clone(),
                },
                Err(reason) => Role::Stub {
                    reason: reason.clone(),
                },
            });
        }
        for family in families {
            self.by_entity.insert(family, candidate.path.clone());
        }
        let key = table::shown(&table.columns[table.key].source).map(plain);
        let has_members = candidate.has_members();
        let singulars = keys::singulars(&table.names, &service[table.entity]);
        let collection = Collection {
            resource,
            has_members,
            key,
            singulars,
        };
        for shape in candidate.also.iter().chain([&candidate.shape]) {
            self.by_shape.insert(shape.clone(), collection.clone());
        }
        let about_users = match are_users {
            true => self.accounts(&table, resource),
            false => Vec::new(),
        };
        let mut finished = self.resource(candidate, table, &found);
        finished.operations.extend(about_users);
        self.resources.push(finished);
        Ok(())
    }

    /// What operations on accounts do, by the table that keeps the users: those that are no stubs.
    fn accounts(&mut self, table: &Table<'_>, users: ResourceId) -> Vec<OperationId> {
        let service = table.service;
        let accounts = accounts::accounts(table, users);
        let mut done = Vec::new();
        for (id, account) in accounts::operations(service) {
            let operation = &service[id];
            let role = match (&operation.stub, &accounts) {
                (Some(reason), _) | (None, Err(reason)) => Err(reason.clone()),
                (None, Ok(accounts)) => accounts::role(table, accounts, operation, account),
            };
            match role {
                Ok(_) if self.held.stub(id).is_some() => self.stub(id, String::new()),
                Ok(role) => {
                    self.roles[id.0] = Some(role);
                    done.push(id);
                }
                Err(reason) => self.stub(id, reason),
            }
        }
        self.accounts = accounts.ok().filter(|_| !done.is_empty());
        done
    }

    /// A parameter names rows of a collection by their key, as far as can be told.
    fn is_key(&self, service: &Service, collection: &Collection, parameter: &str) -> bool {
        let entity = self.resources[collection.resource.0].entity;
        let singulars = &collection.singulars;
        let named = types::as_struct(service, entity)
            .and_then(|found| keys::named(parameter, singulars, found));
        named.is_none_or(|field| collection.key.as_deref() == Some(&plain(&field.api_name)))
    }

    fn resource(
        &self,
        candidate: &Candidate<'_>,
        table: Table<'_>,
        found: &[(OperationId, Result<Crud, String>)],
    ) -> Resource {
        let operations: Vec<OperationId> = found
            .iter()
            .filter(|(_, crud)| crud.is_ok())
            .map(|(id, _)| *id)
            .collect();
        let named = names::settle(table.service, &self.resources, candidate, self.held);
        let plans = found.iter().filter_map(|(_, crud)| match crud {
            Ok((Action::List(plan), ..)) => Some(plan),
            _ => None,
        });
        let indexes = lists::indexes(&table, plans);
        let reasons = reasons::of(candidate, &table, found, &self.resources);
        Resource {
            singular: named.singular,
            module: named.module,
            type_name: named.type_name,
            table: named.table,
            group: operations
                .first()
                .map_or(crate::model::GroupId(0), |id| table.service[*id].group),
            path: candidate.path.clone(),
            entity: table.entity,
            key: table.key,
            key_source: table.key_source.clone().unwrap_or(KeySource::Client),
            numbered_from: keys::numbered_from(&table),
            parent: table.parent.clone(),
            elsewhere: table.elsewhere.clone(),
            unique: table.unique.clone(),
            rules: table.rules.clone(),
            indexes,
            operations,
            reasons,
            was: table.service.types[table.entity.0].was.clone(),
            columns: table.columns,
        }
    }
}

/// Which candidates keep their entities, where several speak of one: the one that did so far, else
/// the one that makes and shows them, else the one that has members, else the one that lists them, else the first.
fn winners(service: &Service, candidates: &[Candidate<'_>], held: &Held<'_>) -> Vec<bool> {
    let has = |candidate: &Candidate<'_>, slot: Slot| candidate.with(&slot).next().is_some();
    let rank = |candidate: &Candidate<'_>| {
        let (makes, lists) = (has(candidate, Slot::Create), has(candidate, Slot::List));
        let members = candidate.has_members();
        let is_new = held.tables(&candidate.operations).is_empty();
        let is_poor = !(makes && (lists || members));
        (is_new, is_poor, !members, !lists)
    };
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|index| (rank(&candidates[*index]), *index));
    let mut claimed = BTreeSet::new();
    let mut wins = vec![true; candidates.len()];
    for index in order {
        let families = table::families(service, &candidates[index]);
        wins[index] = !families.iter().any(|family| claimed.contains(family));
        if wins[index] {
            claimed.extend(families);
        }
    }
    wins
}

/// Why an operation of a collection that is no resource is a stub.
fn refusal(
    service: &Service,
    candidate: &Candidate<'_>,
    operation: &Operation,
    slot: &Slot,
    reason: &str,
) -> String {
    let names = Names::new(candidate.word);
    if let (Slot::Create, Err(reason)) = (slot, bodies::read(service, operation, &names)) {
        return reason;
    }
    if !reason.is_empty() {
        return reason.to_owned();
    }
    let title = title(operation);
    let mut bodies = operation
        .responses
        .iter()
        .filter_map(|r| shape::json(&r.body));
    match slot {
        Slot::List if bodies.any(|body| shape::one(service, body, &names).is_some()) => {
            format!("{title} answers one object, and no path names which")
        }
        Slot::List | Slot::ListBy(_) => format!("{title} answers no list of objects"),
        Slot::Create => format!("{title} answers no object that it made"),
        Slot::ReplaceByBody => format!("{title} names no member of a collection"),
        _ => format!("{title} and its neighbours answer no object that could be kept"),
    }
}

/// What each operation of a collection does, or why it is a stub.
fn roles(
    table: &Table<'_>,
    candidate: &Candidate<'_>,
    held: &Held<'_>,
    resources: &[Resource],
) -> Vec<(OperationId, Result<Crud, String>)> {
    let service = table.service;
    let may = |id: OperationId| match held.stub(id).or(service[id].stub.as_deref()) {
        Some(reason) => Err(reason.to_owned()),
        None => rules::closed(table, resources, &service[id])
            .and_then(|()| same_owners(&service[id], &candidate.owners)),
    };
    let own = candidate.operations.iter().map(|(id, slot)| {
        let crud = may(*id).and_then(|()| crud(table, candidate, &service[*id], slot));
        (*id, crud)
    });
    let below = transitions::below(service, candidate).into_iter();
    let below = below.map(|(id, said)| {
        let crud = may(id).and_then(|()| transitions::crud(table, &service[id], said));
        (id, crud)
    });
    own.chain(below).collect()
}

/// What an operation does, or why it is a stub.
fn crud(
    table: &Table<'_>,
    candidate: &Candidate<'_>,
    operation: &Operation,
    slot: &Slot,
) -> Result<Crud, String> {
    let about = match slot {
        Slot::List => return lists::list(table, no_body(operation)?, None),
        Slot::ListBy(column) => return lists::list(table, no_body(operation)?, Some(column)),
        Slot::Get => About::Read,
        Slot::Delete => About::Deleted,
        Slot::Create => About::Created,
        Slot::Replace | Slot::ReplaceByBody | Slot::Update => About::Changed,
    };
    let action = match slot {
        Slot::Get => no_body(operation).map(|_| Action::Get)?,
        Slot::Delete => no_body(operation).map(|_| Action::Delete)?,
        Slot::ReplaceByBody if candidate.with(&Slot::Replace).next().is_some() => {
            return Err(format!(
                "{} names no member of its collection",
                title(operation)
            ));
        }
        Slot::Replace if operation.body.is_none() => links::link(table, operation)?,
        _ => {
            let body = bodies::read(table.service, operation, &table.names)?;
            match slot {
                Slot::Create => bodies::create(table, &body)?,
                Slot::Update => bodies::update(table, &body)?,
                _ => bodies::replace(table, &body, *slot == Slot::ReplaceByBody)?,
            }
        }
    };
    keys::names_key(table, operation)?;
    let mut success = answers::success(table, operation, about)?;
    let changes = matches!(about, About::Changed | About::Deleted);
    let held = parameters::held(table, operation).filter(|_| changes);
    if about == About::Read {
        success.fields = fields::asked(table, operation, &success);
        success.include = includes::asked(table, operation, &success);
    }
    let include = success.include.as_ref().map(|include| include.parameter);
    let used: Vec<usize> = held
        .into_iter()
        .chain(success.fields)
        .chain(include)
        .collect();
    let unsupported = parameters::unsupported(operation, &used)?;
    Ok((action, success, unsupported))
}

fn no_body(operation: &Operation) -> Result<&Operation, String> {
    match operation.body {
        None => Ok(operation),
        Some(_) => Err(format!("{} takes a body", title(operation))),
    }
}

/// The path calls its owners as the collection's path does.
fn same_owners(operation: &Operation, owners: &[Owner<'_>]) -> Result<(), String> {
    let parameters = operation
        .segments
        .iter()
        .filter_map(|segment| match segment {
            Segment::Parameter(name) => Some(name.as_str()),
            _ => None,
        });
    let other = parameters
        .zip(owners)
        .find(|(name, owner)| *name != owner.parameter);
    match other {
        None => Ok(()),
        Some((name, owner)) => Err(format!(
            "its path says `{{{name}}}` where others say `{{{}}}`",
            owner.parameter
        )),
    }
}
