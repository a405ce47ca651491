//! Renames that are told late: the new column or table is there, and what it was called before was
//! retired. The values are taken over where nothing else was given since.

use super::{
    super::sql::{identifier, rust::api_name},
    convert::is_alike,
    counted,
    fill::Fill,
    next::{Comparison, Known, has},
    renames::is_called,
};
use crate::model::{Column, Resource};

/// The rows of retired tables for the tables that they are now. They come after all other
/// statements.
pub(super) fn tables(comparison: &mut Comparison<'_>, known: &mut [Known]) -> Vec<String> {
    let (service, before) = (comparison.service, comparison.before);
    let mut statements = Vec::new();
    for new in &service.resources {
        let there = known.iter().find(|k| k.table.table == new.table);
        let Some(there) = there.filter(|there| !there.is_retired) else {
            continue;
        };
        let said = new.was.as_deref().filter(|_| there.table.was != new.was);
        let is_it = |old: &&mut Known| {
            let is_likely = before.apply_renames && old.likely.as_ref() == Some(&new.table);
            let is_said = said.is_some_and(|was| is_called(&old.table, was));
            old.is_retired && (is_likely || is_said)
        };
        let Some(old) = known.iter_mut().find(is_it) else {
            continue;
        };
        old.likely = None;
        if let Some(rows) = rows(&old.table, new) {
            statements.push(rows);
            statements.extend(counted::go_on(new, comparison.database));
        }
        comparison.change.notes.push(format!(
            "the table `{}` takes over the rows of `{}`",
            new.table, old.table.table
        ));
        comparison
            .change
            .slug
            .push(format!("adopt_{}", old.table.table));
    }
    statements
}

/// Copies rows, where every column that must have a value has one in the old table.
fn rows(old: &Resource, new: &Resource) -> Option<String> {
    let shared = |column: &&Column| {
        let mut others = old.columns.iter();
        others.any(|o| o.name == column.name && is_alike(o, column))
    };
    let is_whole = new.columns.iter().all(|c| c.nullable || shared(&c));
    let columns = new.columns.iter().filter(shared);
    let columns: Vec<String> = columns.map(|column| identifier(&column.name)).collect();
    let columns = columns.join(", ");
    let [from, to] = [&old.table, &new.table].map(|table| identifier(table));
    is_whole.then(|| {
        format!(
            "INSERT INTO {to} ({columns})\nSELECT {columns} FROM {from} WHERE TRUE\nON CONFLICT DO NOTHING;"
        )
    })
}

/// The values of retired columns for the columns that they are now.
pub(super) fn columns(comparison: &mut Comparison<'_>, known: &mut Known, new: &Resource) {
    for column in &new.columns {
        let Some(there) = known.column(&column.name).cloned() else {
            continue;
        };
        if known.retired.contains(&column.name) {
            continue;
        }
        let said = column.was.as_deref().filter(|_| there.was != column.was);
        let is_it = |old: &&Column| {
            let likely = old.was.as_ref().filter(|_| comparison.before.apply_renames);
            let is_said = said.is_some_and(|was| old.name == was || api_name(old) == Some(was));
            let is_retired = known.retired.contains(&old.name) && !has(new, &old.name);
            is_retired && (is_said || likely == Some(&column.name)) && is_alike(old, column)
        };
        let Some(old) = known
            .table
            .columns
            .iter()
            .find(is_it)
            .map(|c| c.name.clone())
        else {
            continue;
        };
        comparison.adopt(new, &old, column);
        let mut columns = known.table.columns.iter_mut();
        if let Some(old) = columns.find(|c| c.name == old) {
            old.was = None;
        }
    }
}

/// What was told as likely at an earlier sync is no longer offered: who went on since, by another
/// migration, did not take it for a rename.
pub(super) fn forget(before: &[Resource], retired: &mut [Resource]) {
    for table in retired {
        let Some(old) = before.iter().find(|old| old.table == table.table) else {
            continue;
        };
        table.was.take_if(|was| old.was.as_ref() == Some(was));
        for column in &mut table.columns {
            let old = old.columns.iter().find(|old| old.name == column.name);
            let known = old.and_then(|old| old.was.as_ref());
            column.was.take_if(|was| known == Some(was));
        }
    }
}

impl Comparison<'_> {
    fn adopt(&mut self, table: &Resource, old: &str, new: &Column) {
        let [from, to] = [old, &new.name].map(identifier);
        let is_new = match new.nullable {
            true => format!("{to} IS NULL"),
            false => {
                let fill = Fill::of(self.service, new, self.database);
                format!("{to} = {}", fill.constant)
            }
        };
        self.statements.push(format!(
            "-- Rows to which nothing else was given since.\nUPDATE {} SET {to} = {from} WHERE {from} IS NOT NULL AND {is_new};",
            identifier(&table.table)
        ));
        self.change.notes.push(format!(
            "the column `{}` of `{}` takes over what `{old}` holds, where nothing else was given since",
            new.name, table.table
        ));
    }
}
