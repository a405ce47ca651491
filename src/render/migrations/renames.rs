//! Columns and tables that have another name, and keep what they hold.

use super::{
    super::sql::{identifier, rust::api_name},
    convert::is_alike,
    next::{Comparison, Known, has},
};
use crate::model::{Column, Resource};

/// Renames tables, so that each is known by its new name.
pub(super) fn tables(comparison: &mut Comparison<'_>, known: &mut [Known]) {
    let service = comparison.service;
    let all = &service.resources;
    let is_used = |name: &str| all.iter().any(|r| r.table == name);
    let is_known = |known: &[Known], name: &str| known.iter().any(|k| k.table.table == name);
    let new: Vec<&Resource> = all
        .iter()
        .filter(|resource| !is_known(known, &resource.table))
        .collect();
    for resource in &new {
        let named = resource.was.as_ref().and_then(|was| {
            let is = |k: &Known| !is_used(&k.table.table) && is_called(&k.table, was);
            known.iter().position(is)
        });
        if let Some(place) = named {
            comparison.rename_table(&mut known[place], resource);
            continue;
        }
        let like = |k: &Known, resource: &Resource| {
            !k.is_retired && !is_used(&k.table.table) && is_like(&k.table, resource)
        };
        let places: Vec<usize> = (0..known.len())
            .filter(|place| like(&known[*place], resource))
            .collect();
        let [place] = places[..] else { continue };
        let rivals = new.iter().filter(|other| like(&known[place], other));
        if rivals.count() > 1 {
            continue;
        }
        if comparison.before.apply_renames {
            comparison.rename_table(&mut known[place], resource);
        } else {
            let (from, to) = (&known[place].table.table, &resource.table);
            comparison.change.renames.push(format!(
                "the new table `{to}` has the columns of `{from}`, which is gone"
            ));
            known[place].likely = Some(to.clone());
        }
    }
}

/// Renames columns, so that each is known by its new name.
pub(super) fn columns(comparison: &mut Comparison<'_>, known: &mut Known, new: &Resource) {
    for [from, to] in placed(&known.table, new) {
        comparison.rename_column(known, new, &from, &to);
    }
    for column in &new.columns {
        let Some(was) = &column.was else { continue };
        let old = known.table.columns.iter().find(|old| {
            let is = old.name == *was || api_name(old) == Some(was);
            is && !has(new, &old.name)
        });
        if let Some(old) = old.map(|old| old.name.clone()) {
            comparison.rename_column(known, new, &old, &column.name);
        }
    }
    let gone: Vec<Column> = known.gone(new).cloned().collect();
    let columns = known.table.columns.iter_mut();
    for column in columns.filter(|column| gone.contains(column)) {
        column.was = None;
    }
    let added = new.columns.iter().filter(|c| !has(&known.table, &c.name));
    let added: Vec<&Column> = added.collect();
    let ([gone], [added]) = (&gone[..], &added[..]) else {
        return;
    };
    if !is_alike(gone, added) || gone.nullable != added.nullable {
        return;
    }
    if comparison.before.apply_renames {
        comparison.rename_column(known, new, &gone.name, &added.name);
    } else {
        comparison.change.renames.push(format!(
            "the new column `{}` of `{}` is of the type of `{}`, which is gone",
            added.name, new.table, gone.name
        ));
        let columns = known.table.columns.iter_mut();
        for column in columns.filter(|column| column.name == gone.name) {
            column.was = Some(added.name.clone());
        }
    }
}

/// The columns of the key that have other names: each is known by its place in it.
fn placed(old: &Resource, new: &Resource) -> Vec<[String; 2]> {
    let keys = [old.primary_key(), new.primary_key()];
    if keys[0].len() != keys[1].len() {
        return Vec::new();
    }
    let pairs = keys[0].iter().zip(&keys[1]);
    let pairs =
        pairs.filter_map(|(from, to)| Some([old.columns.get(*from)?, new.columns.get(*to)?]));
    let renamed = pairs.filter(|[from, to]| is_alike(from, to) && from.name != to.name);
    let names = renamed.map(|columns| columns.map(|column| column.name.clone()));
    names.collect()
}

/// The table, or what its rows are, had this name.
pub(super) fn is_called(table: &Resource, was: &str) -> bool {
    let row = table.type_name.strip_suffix("Row");
    [&table.table, &table.module, &table.singular].contains(&&was.to_owned()) || row == Some(was)
}

/// The columns are the same.
fn is_like(old: &Resource, new: &Resource) -> bool {
    let is_same = |a: &Column, b: &Column| a.name == b.name && is_alike(a, b);
    let mut pairs = old.columns.iter().zip(&new.columns);
    old.columns.len() == new.columns.len()
        && old.columns.len() > 1
        && old.primary_key().len() == new.primary_key().len()
        && pairs.all(|(a, b)| is_same(a, b))
}

impl Comparison<'_> {
    fn rename_table(&mut self, known: &mut Known, new: &Resource) {
        let old = std::mem::replace(&mut known.table.table, new.table.clone());
        known.is_retired = false;
        self.statements.push(format!(
            "ALTER TABLE {} RENAME TO {};",
            identifier(&old),
            identifier(&new.table)
        ));
        self.own.rename_table(&old, &new.table);
        self.renamed.push([old.clone(), new.table.clone()]);
        let note = format!("the table `{old}` is called `{}` now", new.table);
        self.change.notes.push(note);
        self.change.slug.push(format!("rename_{old}"));
    }

    fn rename_column(&mut self, known: &mut Known, new: &Resource, from: &str, to: &str) {
        if has(&known.table, to) || has(new, from) {
            return;
        }
        let rename = |name: &mut String| {
            if name == from {
                to.clone_into(name);
            }
        };
        let columns = known.table.columns.iter_mut().map(|c| &mut c.name);
        let indexes = known.indexes.iter_mut().flat_map(|i| &mut i.columns);
        columns.chain(indexes).for_each(rename);
        known.retired.retain(|name| name != from);
        let table = identifier(&new.table);
        let [from_sql, to_sql] = [from, to].map(identifier);
        self.statements.push(format!(
            "ALTER TABLE {table} RENAME COLUMN {from_sql} TO {to_sql};"
        ));
        self.own.rename_column(&new.table, from, to);
        self.change.notes.push(format!(
            "the column `{from}` of `{}` is called `{to}` now",
            new.table
        ));
    }
}
