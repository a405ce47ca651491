//! What the document says of the rows of its collections, held against what their tables are.

use std::collections::BTreeMap;

use super::{
    parameters,
    said::{Problem, blank},
    table::{Table, shown},
};
use crate::{
    config::unknown,
    model::{
        Column, ColumnSource, ColumnType, Guard, KeySource, OnDelete, Operation, Others, Own,
        Reference, Resource, ResourceId, Role, Rules, Said, Service, Status,
    },
};

/// The rules that its columns carry out.
pub(super) fn of(table: &Table<'_>, said: Option<&Said>) -> Rules {
    let place = |is: fn(&ColumnSource) -> bool| table.columns.iter().position(|c| is(&c.source));
    let caller = place(|source| matches!(source, ColumnSource::Caller { .. }));
    let others = said.and_then(|said| said.caller.as_ref());
    let others = others.map_or(Others::default(), |caller| caller.others);
    Rules {
        references: Vec::new(),
        on_delete: None,
        caller: caller.map(|column| Own { column, others }),
        version: place(|source| matches!(source, ColumnSource::Version { .. })),
        deleted_at: place(|source| *source == ColumnSource::DeletedAt),
    }
}

/// Adds the unique keys and the indexes that the document asks for, as far as they can be.
pub(super) fn keys(table: &mut Table<'_>, said: &Said) {
    let sets = |all: &[Vec<String>]| -> Vec<Vec<usize>> {
        let found = all.iter().filter_map(|names| set(&table.columns, names));
        found.collect()
    };
    let (unique, indexes) = (sets(&said.unique), sets(&said.indexes));
    for set in unique {
        if !table.unique.contains(&set) {
            table.unique.push(set);
        }
    }
    table.indexes = indexes;
    let unique = table.unique.clone();
    table.indexes.retain(|index| !unique.contains(index));
    table.indexes.dedup();
}

/// The columns of some properties, none of them twice.
fn set(columns: &[Column], names: &[String]) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    for name in names {
        let place = column(columns, name).filter(|place| !found.contains(place))?;
        if matches!(columns[place].ty, ColumnType::Json(_)) {
            return None;
        }
        found.push(place);
    }
    (!found.is_empty()).then_some(found)
}

/// The column of a property, or of a parameter of the path.
fn column(columns: &[Column], name: &str) -> Option<usize> {
    let named = |column: &Column| {
        let parameter = match &column.source {
            ColumnSource::Parent { parameter, .. } => Some(parameter.as_str()),
            _ => None,
        };
        shown(&column.source) == Some(name) || parameter == Some(name)
    };
    columns.iter().position(named)
}

/// Why an operation has no default: its rows are callers' own, and it knows no caller.
pub(super) fn closed(
    table: &Table<'_>,
    resources: &[Resource],
    operation: &Operation,
) -> Result<(), String> {
    let mut parent = table.parent.as_ref();
    let mut is_own = table.rules.caller.is_some();
    while let Some(resource) = parent.map(|parent| &resources[parent.resource.0]) {
        is_own |= resource.rules.caller.is_some();
        parent = resource.parent.as_ref();
    }
    match is_own && operation.guard == Guard::Public {
        true => Err(PUBLIC.to_owned()),
        false => Ok(()),
    }
}

const PUBLIC: &str = "the rows are callers' own, and the operation is public: nobody is the caller";

/// Resolves what tables say of each other, and tells what the document says that cannot be.
pub(super) fn settle(service: &mut Service) -> Vec<Problem> {
    let said = std::mem::take(&mut service.said);
    require_later(service);
    let shapes = service.resources.iter().enumerate();
    let shapes = shapes.map(|(index, resource)| (blank(&resource.path), ResourceId(index)));
    let shapes: BTreeMap<String, ResourceId> = shapes.collect();
    let mut problems = public(service, &said);
    for (shape, said) in &said {
        let mut told = Told::new(shape);
        match shapes.get(shape) {
            Some(id) => {
                told.properties(&service[*id], said);
                let rules = told.relations(service, *id, said, &shapes);
                let resource = &mut service.resources[id.0];
                index(resource, &rules.0);
                (resource.rules.references, resource.rules.on_delete) = rules;
                let reasons = reasons(resource);
                resource.reasons.extend(reasons);
            }
            None if problems.iter().any(|problem| problem.is_of(shape)) => {}
            None if said.speaks_of_rows() => {
                told.that(&[], "no rows are kept of this collection", None);
            }
            None => {}
        }
        problems.append(&mut told.problems);
    }
    service.said = said;
    problems
}

/// A request without `If-Match` is answered with 428 where the document declares it: then it is no
/// header that is missing, and the operation itself looks for it.
fn require_later(service: &mut Service) {
    for operation in &mut service.operations {
        let Some(resource) = operation.role.resource() else {
            continue;
        };
        let is_held = service.resources[resource.0].rules.version.is_some();
        if !is_held || !operation.declared.contains(&Status::Code(428)) {
            continue;
        }
        if let Some(index) = parameters::if_match(operation) {
            operation.parameters[index].required = false;
        }
    }
}

/// The operations that are public where rows are callers' own.
fn public(service: &Service, said: &BTreeMap<String, Said>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for operation in &service.operations {
        let is_it = |role: &Role| matches!(role, Role::Stub { reason } if reason == PUBLIC);
        if !is_it(&operation.role) {
            continue;
        }
        let shape = blank(&operation.path);
        let own = said.iter().filter(|(_, said)| said.caller.is_some());
        let mut above = own.filter(|(known, _)| shape.starts_with(known.as_str()));
        let Some((known, _)) = above.next_back() else {
            continue;
        };
        let (method, path) = (operation.method.as_str(), &operation.path);
        let message =
            format!("`{method} {path}` is public, and its rows are callers' own: it answers 501");
        let hint = "give the operation a `security`, or write what it shows to everybody";
        let mut told = Told::new(known);
        told.that(&["caller"], message, Some(hint.to_owned()));
        problems.append(&mut told.problems);
    }
    problems
}

/// Lists that go by a reference find their rows by it, and so does what deletes the other row.
fn index(resource: &mut Resource, references: &[Reference]) {
    for reference in references {
        let known = resource.indexes.iter().chain(&resource.unique);
        if !known
            .clone()
            .any(|known| known.starts_with(&reference.columns))
        {
            resource.indexes.push(reference.columns.clone());
        }
    }
}

/// What is wrong with what is said of one collection.
struct Told<'a> {
    shape: &'a str,
    problems: Vec<Problem>,
}

impl<'a> Told<'a> {
    fn new(shape: &'a str) -> Self {
        Self {
            shape,
            problems: Vec::new(),
        }
    }

    fn that(&mut self, place: &[&str], message: impl Into<String>, hint: Option<String>) {
        self.problems.push(Problem {
            shape: self.shape.to_owned(),
            place: place.iter().map(|name| (*name).to_owned()).collect(),
            message: message.into(),
            hint,
            is_fatal: false,
        });
    }

    fn no_property(&mut self, place: &[&str], resource: &Resource, name: &str) {
        let known: Vec<&str> = resource
            .columns
            .iter()
            .filter_map(|c| shown(&c.source))
            .collect();
        let message = format!("rows of `{}` have no property `{name}`", resource.path);
        self.that(place, message, unknown(name, &known));
    }

    /// What is said of single rows.
    fn properties(&mut self, resource: &Resource, said: &Said) {
        for (member, sets) in [("unique", &said.unique), ("indexes", &said.indexes)] {
            for (index, names) in sets.iter().enumerate() {
                let place = [member, &index.to_string()];
                let lost = |name: &&String| column(&resource.columns, name).is_none();
                if let Some(name) = names.iter().find(lost) {
                    self.no_property(&place, resource, name);
                } else if set(&resource.columns, names).is_none() {
                    let message = "it must list properties that are no objects or lists, each once";
                    self.that(&place, message, None);
                }
            }
        }
        let caller = said.caller.as_ref().map(|caller| caller.property.as_str());
        let version = said.version.as_deref();
        let rules = &resource.rules;
        let both = [
            ("caller", caller, rules.caller.is_some(), "a text or a UUID"),
            ("version", version, rules.version.is_some(), "an integer"),
        ];
        for (member, name, is_done, kind) in both {
            let Some(name) = name.filter(|_| !is_done) else {
                continue;
            };
            match column(&resource.columns, name) {
                None => self.no_property(&[member], resource, name),
                Some(_) => {
                    let message = format!("`{name}` must be {kind} that is `readOnly`");
                    self.that(&[member], message, None);
                }
            }
            // Rows that were to be callers' own would be everybody's.
            let last = self.problems.last_mut();
            last.into_iter()
                .for_each(|p| p.is_fatal = member == "caller");
        }
    }

    /// What is said of the rows of several tables.
    fn relations(
        &mut self,
        service: &Service,
        id: ResourceId,
        said: &Said,
        shapes: &BTreeMap<String, ResourceId>,
    ) -> (Vec<Reference>, Option<OnDelete>) {
        let resource = &service[id];
        let mut references = Vec::new();
        for (name, row) in &said.references {
            let Some(path) = &row.resource else {
                continue;
            };
            let Some(place) = column(&resource.columns, name) else {
                self.no_property(&["references", name], resource, name);
                continue;
            };
            let Some(target) = shapes.get(&blank(path)) else {
                let known: Vec<&str> = service.resources.iter().map(|r| r.path.as_str()).collect();
                let message = format!("no rows are kept of `{path}`");
                self.that(
                    &["references", name, "resource"],
                    message,
                    unknown(path, &known),
                );
                continue;
            };
            let on_delete = row.on_delete.unwrap_or_default();
            match reference(service, resource, place, *target, on_delete) {
                Ok(reference) => references.push(reference),
                Err(message) => self.that(&["references", name], message, None),
            }
        }
        let on_delete = said.on_delete.filter(|on_delete| match resource.parent {
            Some(_) if *on_delete != OnDelete::SetNull => true,
            Some(_) => {
                let message = "the rows cannot be without an owner: `cascade` or `restrict`";
                self.that(&["on_delete"], message, None);
                false
            }
            None => {
                self.that(
                    &["on_delete"],
                    "no rows own these, so nothing deletes them",
                    None,
                );
                false
            }
        });
        (references, on_delete)
    }
}

/// A foreign key, or why there is none.
pub(super) fn reference(
    service: &Service,
    resource: &Resource,
    place: usize,
    target: ResourceId,
    on_delete: OnDelete,
) -> Result<Reference, String> {
    let (column, row) = (&resource.columns[place], &service[target]);
    let name = shown(&column.source).unwrap_or(&column.name);
    let may_refer = match column.source {
        ColumnSource::Field { .. } | ColumnSource::Caller { .. } => true,
        // A row that is a link is told by what it leads to.
        ColumnSource::Key { .. } => resource.key_source == KeySource::Client,
        _ => false,
    };
    if !may_refer {
        return Err(format!("`{name}` names the row itself, or what owns it"));
    }
    let same = match (&column.ty, &row.columns[row.key].ty) {
        (ColumnType::Integer(_), ColumnType::Integer(_)) => true,
        (here, there) => here == there,
    };
    if !same {
        return Err(format!(
            "`{name}` is of another type than the key of `{}`",
            row.path
        ));
    }
    let owners = row.parent_columns().len();
    if owners > 0 && ancestor(service, resource, owners) != row.parent.as_ref().map(|p| p.resource)
    {
        return Err(format!(
            "`{name}` alone names no row of `{}`: each of its owners has keys of its own",
            row.path
        ));
    }
    if on_delete == OnDelete::SetNull && (!column.nullable || owners > 0) {
        return Err(format!(
            "`{name}` cannot be null, so `on_delete` cannot be `set_null`"
        ));
    }
    let own = resource.parent_columns().into_iter().take(owners);
    Ok(Reference {
        columns: own.chain([place]).collect(),
        resource: target,
        table: row.table.clone(),
        key: row
            .primary_key()
            .iter()
            .map(|i| row.columns[*i].name.clone())
            .collect(),
        on_delete,
    })
}

/// The owner of a row's owners that so many columns name.
pub(super) fn ancestor(
    service: &Service,
    resource: &Resource,
    columns: usize,
) -> Option<ResourceId> {
    let mut parent = resource.parent.as_ref()?;
    while service[parent.resource].primary_key().len() > columns {
        parent = service[parent.resource].parent.as_ref()?;
    }
    (service[parent.resource].primary_key().len() == columns).then_some(parent.resource)
}

/// What is told of the rules, for `explain resource`.
fn reasons(resource: &Resource) -> Vec<String> {
    let name = |place: usize| &resource.columns[place].name;
    let rules = &resource.rules;
    let mut reasons = Vec::new();
    for reference in &rules.references {
        let deleted = match reference.on_delete {
            OnDelete::Cascade => "is deleted with it",
            OnDelete::Restrict => "keeps it from being deleted",
            OnDelete::SetNull => "names none when it is deleted",
        };
        let (name, table) = (name(reference.column()), &reference.table);
        reasons.push(format!("`{name}` names a row of `{table}`, and {deleted}"));
    }
    if rules.on_delete == Some(OnDelete::Restrict) {
        reasons.push("a row keeps its owner from being deleted".to_owned());
    }
    if let Some(own) = rules.caller {
        let told = match own.others {
            Others::NotFound => 404,
            Others::Forbidden => 403,
        };
        let name = name(own.column);
        reasons.push(format!(
            "each is its caller's, by `{name}`; others are told {told}"
        ));
    }
    if let Some(version) = rules.version {
        let name = name(version);
        reasons.push(format!(
            "`{name}` counts changes: `ETag` is made of it, `If-Match` is held to it"
        ));
    }
    if rules.deleted_at.is_some() {
        reasons.push("deleted rows stay, unseen".to_owned());
    }
    reasons
}
