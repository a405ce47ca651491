//! Which tables are worth having.

use super::{
    Crud,
    table::{Table, shown},
};
use crate::model::{Action, ColumnSource, OperationId, Status, Supply};

/// Rows can be reached: they are listed, or made and read; users register and read of themselves.
pub(super) fn makes_sense(
    table: &Table<'_>,
    found: &[(OperationId, Result<Crud, String>)],
    are_users: bool,
) -> Result<(), String> {
    let done: Vec<&Crud> = found
        .iter()
        .filter_map(|(_, crud)| crud.as_ref().ok())
        .collect();
    let does = |wanted: fn(&Action) -> bool| done.iter().any(|(action, ..)| wanted(action));
    let list = does(|action| matches!(action, Action::List(_)));
    let create = are_users || does(|action| matches!(action, Action::Create { .. }));
    let get = does(|action| matches!(action, Action::Get));
    let change = does(|action| matches!(action, Action::Replace { .. } | Action::Update { .. }));
    let entity = &table.service[table.entity].api_name;
    let owned = matches!(&table.columns[0].source, ColumnSource::Parent { .. });
    let has_owner = table.parent.is_some() || table.elsewhere.iter().any(|row| row.owns);
    if list && found.len() == 1 && owned && !has_owner {
        return Err(format!(
            "nothing makes `{entity}`, and its owner is kept nowhere"
        ));
    }
    if list || get && (create || change) {
        return shows_key(table, &done, get);
    }
    let reason = found.iter().find_map(|(_, crud)| crud.as_ref().err());
    let reason = reason.cloned();
    if create && makes(table, found) {
        return Ok(());
    }
    Err(match (reason, create, get) {
        (Some(reason), ..) => reason,
        (None, true, _) => format!("nothing lists or reads `{entity}` again"),
        (None, _, true) => format!("nothing lists or makes `{entity}`"),
        _ => format!("nothing lists, reads or makes `{entity}`"),
    })
}

/// A resource that is only made: the document itself says so, by 201 and a key that is shown.
fn makes(table: &Table<'_>, found: &[(OperationId, Result<Crud, String>)]) -> bool {
    let shown = shown(&table.columns[table.key].source).is_some();
    let created = |(id, crud): &(OperationId, Result<Crud, String>)| {
        crud.as_ref().is_ok_and(|(action, success, _)| {
            let status = table.service[*id].responses[success.response].status;
            matches!(action, Action::Create { .. }) && status == Status::Code(201)
        })
    };
    shown && found.iter().any(created)
}

/// A member can be asked for: its key is shown, or the client chose it.
fn shows_key(table: &Table<'_>, done: &[&Crud], get: bool) -> Result<(), String> {
    let hidden = matches!(
        &table.columns[table.key].source,
        ColumnSource::Key { api_name: None }
    );
    let located = done
        .iter()
        .any(|(_, success, _)| success.headers.contains(&Supply::Location));
    if !get || !hidden || located {
        return Ok(());
    }
    Err(format!(
        "no answer shows the key of `{}`",
        table.service[table.entity].api_name
    ))
}
