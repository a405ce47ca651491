//! Why a table was inferred so, in plain words.

use super::{
    Crud,
    candidates::{Candidate, title},
    table::{Table, shown},
    words::{is_secret, plain},
};
use crate::model::{
    Action, ColumnSource, KeySource, ListPlan, Operation, OperationId, Resource, Sort,
};

/// The reasons, line by line, for `explain resource`.
pub(super) fn of(
    candidate: &Candidate<'_>,
    table: &Table<'_>,
    found: &[(OperationId, Result<Crud, String>)],
    resources: &[Resource],
) -> Vec<String> {
    let service = table.service;
    let entity = &service[table.entity].api_name;
    let mut reasons = vec![format!(
        "`{}` is a collection of `{entity}`",
        candidate.path
    )];
    reasons.push(key(table));
    if let Some(parent) = &table.parent {
        let owner = &resources[parent.resource.0];
        reasons.push(format!(
            "each belongs to one of `{}`, by `{}`",
            owner.table, table.columns[parent.column].name
        ));
    }
    for row in &table.elsewhere {
        let columns = row
            .columns
            .iter()
            .map(|column| table.columns[*column].name.as_str());
        let columns: Vec<&str> = columns.collect();
        let (columns, service) = (columns.join("`, `"), &row.service);
        reasons.push(match row.owns {
            true => format!("each belongs to a row of the service `{service}`, by `{columns}`"),
            false => format!("`{columns}` names a row of the service `{service}`"),
        });
    }
    for column in &table.columns {
        match &column.source {
            ColumnSource::CreatedAt { .. } => {
                reasons.push(format!("`{}` is the time of creation", column.name))
            }
            ColumnSource::UpdatedAt { .. } => {
                reasons.push(format!("`{}` is the time of the last change", column.name))
            }
            _ => {}
        }
    }
    for column in &table.columns {
        let secret = shown(&column.source).filter(|name| is_secret(&plain(name)));
        if let Some(name) = secret {
            reasons.push(format!(
                "`{name}` is kept in clear, because the document's own answers show it"
            ));
        }
    }
    for unique in &table.unique {
        let own = |column: &&usize| {
            let source = &table.columns[**column].source;
            !matches!(source, ColumnSource::Parent { .. })
        };
        let names = unique.iter().filter(own);
        let names: Vec<&str> = names.map(|c| table.columns[*c].name.as_str()).collect();
        reasons.push(format!(
            "`{}` is unique, as the document says",
            names.join("`, `")
        ));
    }
    for (id, crud) in found {
        let operation = title(&service[*id]);
        reasons.push(match crud {
            Ok((action, _, unsupported)) if unsupported.is_empty() => {
                format!("{operation} {}", does(action))
            }
            Ok((action, _, unsupported)) => {
                format!(
                    "{operation} {}; asked for `{}` it answers 501",
                    does(action),
                    unsupported.join("`, `")
                )
            }
            Err(reason) => format!("{operation} is a stub, because {reason}"),
        });
        if let Ok((_, success, _)) = crud
            && let Some(fields) = success.fields
        {
            let parameter = &service[*id].parameters[fields].api_name;
            reasons.push(format!(
                "{operation} sends only the key and what `{parameter}` names"
            ));
        }
        if let Ok((Action::List(plan), ..)) = crud {
            reasons.extend(filters(table, &service[*id], plan));
            reasons.extend(sort(&service[*id], plan));
        }
    }
    let makes = |crud: &Result<Crud, String>| matches!(crud, Ok((Action::Create { .. }, ..)));
    if !found.iter().any(|(_, crud)| makes(crud)) {
        reasons.push("no default makes rows: fill the table, or override an operation".to_owned());
    }
    reasons
}

/// What a list is filtered by.
fn filters(table: &Table<'_>, operation: &Operation, plan: &ListPlan) -> Option<String> {
    let filters = plan.filters.iter().map(|filter| {
        let column = &table.columns[filter.column].name;
        let parameter = &operation.parameters[filter.parameter].api_name;
        format!("`{column}` is {}`{parameter}`", filter.comparison.words())
    });
    let filters: Vec<String> = filters.collect();
    let filters = (!filters.is_empty()).then(|| filters.join(", "))?;
    Some(format!("{} keeps rows whose {filters}", title(operation)))
}

/// What asks for its order.
fn sort(operation: &Operation, plan: &ListPlan) -> Option<String> {
    let Sort::Parameter {
        parameter, several, ..
    } = &plan.sort
    else {
        return None;
    };
    let parameter = &operation.parameters[*parameter].api_name;
    let many = match several {
        true => ", by several keys in turn",
        false => "",
    };
    let title = title(operation);
    Some(format!(
        "{title} is ordered by what `{parameter}` names{many}"
    ))
}

fn key(table: &Table<'_>) -> String {
    let column = &table.columns[table.key];
    let name = shown(&column.source).unwrap_or(&column.name);
    let from = match table.key_source {
        Ok(KeySource::Uuid) => "the service gives each a UUID",
        Ok(KeySource::Integer) => "the service counts them",
        Ok(KeySource::Client) => "clients choose it",
        Ok(KeySource::ClientOrUuid) => "clients choose it, or the service gives a UUID",
        Ok(KeySource::ClientOrInteger) => "clients choose it, or the service counts",
        Err(_) => "nothing makes one",
    };
    format!("the key is `{name}`: {from}")
}

fn does(action: &Action) -> &'static str {
    match action {
        Action::List(_) => "lists them",
        Action::Create { .. } => "makes one",
        Action::Get => "reads one",
        Action::Replace { .. } => "replaces one",
        Action::Update { .. } => "changes one",
        Action::Delete => "deletes one",
        Action::Link => "makes one unless it is there",
        Action::Transition(_) => "brings one into another state",
    }
}
