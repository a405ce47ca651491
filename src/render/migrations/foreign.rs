//! Foreign keys beside the one that leads to the owner.
//!
//! PostgreSQL gets them after all tables, so that tables may refer to each other in any order, and
//! adds and drops them as constraints. SQLite has them in the columns, and alters none: a column
//! that may be null is put anew in the old one's place; one that may not cannot be, because rows
//! that exist would need a value that names a row. Then the service alone looks after it.

use super::{
    super::sql::{identifier, name},
    columns::Step,
    next::{Comparison, Known},
};
use crate::{
    config::Database,
    model::{Column, OnDelete, Resource},
};

/// A foreign key as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    key: Vec<String>,
    on_delete: OnDelete,
}

impl Foreign {
    /// All of a table.
    pub(super) fn all(resource: &Resource) -> Vec<Self> {
        let references = resource.rules.references.iter();
        let all = references.map(|reference| Self {
            columns: super::indexes::names(resource, &reference.columns),
            table: reference.table.clone(),
            key: reference.key.clone(),
            on_delete: reference.on_delete,
        });
        all.collect()
    }

    /// The one that is said at a column alone.
    pub(super) fn of(resource: &Resource, column: &str) -> Option<Self> {
        let mut all = Self::all(resource).into_iter();
        all.find(|foreign| foreign.columns == [column])
    }

    /// `REFERENCES items (id) ON DELETE SET NULL`
    pub(super) fn references(&self) -> String {
        let key: Vec<String> = self.key.iter().map(|name| identifier(name)).collect();
        format!(
            "REFERENCES {} ({}) ON DELETE {}",
            identifier(&self.table),
            key.join(", "),
            self.on_delete.sql()
        )
    }

    /// `FOREIGN KEY (item_id) REFERENCES …`
    pub(super) fn clause(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|name| identifier(name)).collect();
        format!("FOREIGN KEY ({}) {}", columns.join(", "), self.references())
    }

    /// A value, where it names a row.
    pub(super) fn known(&self, value: &str) -> String {
        let table = identifier(&self.table);
        let key = self
            .key
            .first()
            .map_or_else(String::new, |name| identifier(name));
        format!("(SELECT {table}.{key} FROM {table} WHERE {table}.{key} = {value})")
    }

    fn constraint(&self, table: &str) -> String {
        identifier(&name(format!("{table}_{}_fkey", self.columns.join("_"))))
    }

    /// As PostgreSQL adds it.
    pub(super) fn add(&self, table: &str) -> String {
        format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {};",
            identifier(table),
            self.constraint(table),
            self.clause()
        )
    }

    fn drop(&self, table: &str) -> String {
        format!(
            "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {};",
            identifier(table),
            self.constraint(table)
        )
    }
}

impl Comparison<'_> {
    /// What a column of SQLite has behind its type.
    pub(super) fn inline(&self, table: &Resource, column: &Column) -> Option<Foreign> {
        let can_be = self.database == Database::Sqlite && column.nullable && column.fill.is_none();
        Foreign::of(table, &column.name).filter(|_| can_be)
    }

    /// Drops the foreign keys that are gone, and gives those that are to be added.
    pub(super) fn foreign(
        &mut self,
        known: &Known,
        new: &Resource,
        steps: &mut Vec<Step>,
    ) -> Vec<Foreign> {
        let mut before = Foreign::all(&known.table);
        for foreign in &mut before {
            let renamed = self.renamed.iter().find(|[from, _]| *from == foreign.table);
            if let Some([_, to]) = renamed {
                foreign.table.clone_from(to);
            }
        }
        let after = Foreign::all(new);
        let gone: Vec<&Foreign> = before.iter().filter(|f| !after.contains(f)).collect();
        let added: Vec<&Foreign> = after.iter().filter(|f| !before.contains(f)).collect();
        if self.database == Database::Postgres {
            let drops = gone.iter().map(|foreign| foreign.drop(&new.table));
            self.statements.extend(drops);
            return added.into_iter().cloned().collect();
        }
        for foreign in &added {
            self.place(known, new, foreign, steps);
        }
        for foreign in gone {
            let is_replaced = added.iter().any(|added| added.columns == foreign.columns);
            if !is_replaced {
                self.place(known, new, foreign, steps);
            }
        }
        Vec::new()
    }

    /// Has SQLite make the column anew, where it can.
    fn place(&mut self, known: &Known, new: &Resource, foreign: &Foreign, steps: &mut Vec<Step>) {
        let is_it = |column: &&Column| foreign.columns == [column.name.as_str()];
        let after = new.columns.iter().find(is_it);
        let is_under_way = steps.iter().any(|step| match step {
            Step::Add(column) => is_it(&column),
            Step::Change { new, .. } => is_it(&new),
            Step::Drop(column) => is_it(&column),
        });
        let before = known.table.columns.iter().find(is_it);
        let wanted = Foreign::all(new).contains(foreign);
        match (before, after) {
            (_, None) => return,
            (_, Some(after)) if wanted && self.inline(new, after).is_none() => {
                self.change.notes.push(format!(
                    "SQLite cannot hold `{}` of `{}` to the rows of `{}` without a new table: the \
                     service looks after it when rows are written, and nothing when they are deleted",
                    foreign.columns.join("`, `"), new.table, foreign.table
                ));
                return;
            }
            (Some(before), Some(after)) if !is_under_way => steps.push(Step::Change {
                old: before.clone(),
                new: after.clone(),
                conversion: super::convert::Conversion::None,
                keep: None,
            }),
            _ => {}
        }
        if wanted && before.is_some() {
            self.change.notes.push(format!(
                "rows of `{}` whose `{}` names no row of `{}` name none from now on",
                new.table,
                foreign.columns.join("`, `"),
                foreign.table
            ));
        }
    }

    /// Adds them in PostgreSQL, once all tables are there.
    pub(super) fn add_foreign(&mut self, table: &Resource, added: &[Foreign], is_new: bool) {
        for foreign in added {
            let sql = foreign.add(&table.table);
            if is_new {
                self.late.push(sql);
                continue;
            }
            let sql = sql.trim_end_matches(';');
            self.late.push(format!(
                "-- Rows that exist are not looked at: `VALIDATE CONSTRAINT` does it.\n{sql} NOT VALID;"
            ));
            self.change.notes.push(format!(
                "`{}` of `{}` names rows of `{}` from now on; rows that exist are not looked at",
                foreign.columns.join("`, `"),
                table.table,
                foreign.table
            ));
        }
    }
}
