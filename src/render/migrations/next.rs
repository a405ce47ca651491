//! From the tables that are to the tables that should be.
//!
//! On SQLite, which alters next to nothing of a column, apigen does not rebuild the table for it:
//! it adds a column of the new kind, copies, drops the old one and renames (SQLite 3.35). A rebuild
//! would have to name every column, and lose those that it cannot know of: of a user's own
//! migration, or of another branch whose migration runs before this one after a merge. It would
//! also have to drop a table that others refer to, and `ON DELETE CASCADE` empties those. Only
//! where a primary key changes is there no other way: see `keys`.

use super::{
    super::{Before, sql},
    Change, adopt,
    columns::Step,
    foreign::Foreign,
    indexes::Index,
    own::Own,
    renames,
    tables::Tables,
};
use crate::{
    config::Database,
    model::{Column, Resource, Service},
};

pub(super) struct Comparison<'a> {
    pub(super) service: &'a Service,
    pub(super) database: Database,
    pub(super) before: &'a Before,
    pub(super) own: Own,
    pub(super) change: Change,
    /// One statement each, with the comments before it.
    pub(super) statements: Vec<String>,
    /// What needs all tables.
    pub(super) late: Vec<String>,
    /// What must come last.
    pub(super) last: Vec<String>,
    /// Tables that have another name now.
    pub(super) renamed: Vec<[String; 2]>,
}

/// A table as the database has it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// With its retired columns at the end.
    pub(super) table: Resource,
    /// The columns that the service does not use, by name.
    pub(super) retired: Vec<String>,
    /// The service does not use the table at all.
    pub(super) is_retired: bool,
    /// By the names that the database has.
    pub(super) indexes: Vec<Index>,
    /// The table that it may be now, where it is gone.
    pub(super) likely: Option<String>,
}

impl Known {
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.table.columns.iter().find(|c| c.name == name)
    }

    /// The columns that the service used until now, and that a newer table lacks.
    pub(super) fn gone<'a>(&'a self, new: &'a Resource) -> impl Iterator<Item = &'a Column> {
        let columns = self.table.columns.iter();
        columns.filter(|column| !self.retired.contains(&column.name) && !has(new, &column.name))
    }
}

pub(super) fn has(table: &Resource, column: &str) -> bool {
    table.columns.iter().any(|c| c.name == column)
}

/// The tables as the database has them. A merge of two branches leaves what each knew of a table:
/// of the second, those columns and indexes are there that a migration makes.
fn known(before: &Before, own: &Own) -> Vec<Known> {
    let of = |table: &Resource, is_retired| Known {
        table: table.clone(),
        retired: Vec::new(),
        is_retired,
        indexes: Index::all(table),
        likely: table.was.clone().filter(|_| is_retired),
    };
    let mut all: Vec<Known> = Vec::new();
    for used in before.resources.iter().flatten() {
        let Some(known) = all.iter_mut().find(|k| k.table.table == used.table) else {
            all.push(of(used, false));
            continue;
        };
        for column in &used.columns {
            let is_added = own.columns(&used.table).any(|own| own.name == column.name);
            if is_added && !has(&known.table, &column.name) {
                known.table.columns.push(column.clone());
            }
        }
        let mut indexes = Index::all(used);
        indexes.retain(|index| own.has(&index.name) && !known.indexes.contains(index));
        known.indexes.append(&mut indexes);
    }
    for retired in &before.retired {
        let Some(known) = all.iter_mut().find(|k| k.table.table == retired.table) else {
            all.push(of(retired, true));
            continue;
        };
        for column in &retired.columns {
            if !has(&known.table, &column.name) {
                known.retired.push(column.name.clone());
                known.table.columns.push(column.clone());
            }
        }
    }
    all
}

impl Comparison<'_> {
    pub(super) fn all(&mut self) -> askama::Result<()> {
        let mut known = known(self.before, &self.own);
        renames::tables(self, &mut known);
        let adopted = adopt::tables(self, &mut known);
        let service = self.service;
        for resource in &service.resources {
            let place = known.iter().position(|k| k.table.table == resource.table);
            match place {
                Some(place) => self.table(known.remove(place), resource)?,
                None => self.create(resource)?,
            }
        }
        self.statements.extend(adopted);
        known.into_iter().rev().for_each(|known| self.unused(known));
        self.change.retired.sort_by(|a, b| a.table.cmp(&b.table));
        self.statements.append(&mut self.late);
        self.statements.append(&mut self.last);
        if !self.statements.is_empty() {
            adopt::forget(&self.before.retired, &mut self.change.retired);
        }
        Ok(())
    }

    fn create(&mut self, resource: &Resource) -> askama::Result<()> {
        self.push_table(resource)?;
        let slug = format!("create_{}", resource.table);
        self.change.slug.push(slug);
        Ok(())
    }

    pub(super) fn push_table(&mut self, resource: &Resource) -> askama::Result<()> {
        let tables = Tables::of([resource], &self.service.resources, self.database);
        let sql = askama::Template::render(&tables.apart())?;
        self.statements.push(sql.trim_end().to_owned());
        if self.database == Database::Postgres {
            self.add_foreign(resource, &Foreign::all(resource), true);
        }
        Ok(())
    }

    /// A table that the service does not use.
    fn unused(&mut self, known: Known) {
        let table = &known.table.table;
        if self.before.allow_destructive {
            let sql = format!("DROP TABLE {};", sql::identifier(table));
            self.statements.push(sql);
            self.change.slug.push(format!("drop_{table}"));
            let note = format!("the table `{table}` is dropped, with its rows");
            return self.change.notes.push(note);
        }
        if !known.is_retired {
            self.change.withheld.push(format!(
                "the table `{table}` is no longer in the model; it stays, with its rows"
            ));
        }
        self.change.retired.push(Resource {
            was: known.likely,
            ..bare(&known.table)
        });
    }

    /// The columns and indexes of a table that stays.
    fn table(&mut self, mut known: Known, new: &Resource) -> askama::Result<()> {
        let before = self.statements.len();
        renames::columns(self, &mut known, new);
        adopt::columns(self, &mut known, new);
        if super::keys::differ(&known.table, new) {
            self.change.slug.push(format!("remake_{}", new.table));
            return self.remake(known, new);
        }
        let mut steps = self.steps(&mut known, new);
        let added = self.foreign(&known, new, &mut steps);
        let moved = self.moved(&steps);
        let (stay, go): (Vec<_>, Vec<_>) = std::mem::take(&mut known.indexes)
            .into_iter()
            .partition(|index| Index::all(new).contains(index) && !index.touches(&moved));
        let mut objects = self.objects(&go, new, &steps);
        self.statements.extend(go.iter().map(Index::drop));
        let drops = objects.iter().map(|o| o.drop(&new.table, self.database));
        self.statements.extend(drops);
        self.keep_unused(&known, new, &steps);
        for step in &steps {
            self.step(new, step);
        }
        let wanted = Index::all(new).into_iter();
        for index in wanted.filter(|index| !stay.contains(index)) {
            let is_new = index.is_unique && !go.contains(&index);
            let mut sql = index.create(&new.table);
            if is_new {
                sql = format!("-- Fails where rows that exist are equal.\n{sql}");
                self.change.notes.push(format!(
                    "`{}` is unique by `{}` from now on: while rows that exist are equal in it, the \
                     migration fails, nothing of it is done, and the service does not start",
                    new.table,
                    index.columns.join("`, `")
                ));
            }
            self.statements.push(sql);
        }
        objects.retain(|object| !self.is_lost(object, new, &steps));
        self.statements.extend(objects.iter().map(|o| o.create()));
        self.count(&known.table, new);
        self.add_foreign(new, &added, false);
        if self.statements.len() > before || !added.is_empty() {
            self.change.slug.push(format!("change_{}", new.table));
        }
        Ok(())
    }

    /// Remembers the columns that the service does not use, and the database still has.
    fn keep_unused(&mut self, known: &Known, new: &Resource, steps: &[Step]) {
        let dropped = |name: &String| {
            steps.iter().any(|step| match step {
                Step::Drop(old) => old.name == *name,
                _ => false,
            })
        };
        let retired = known.table.columns.iter();
        let retired = retired.filter(|c| !has(new, &c.name) && !dropped(&c.name));
        let kept = steps.iter().filter_map(|step| match step {
            Step::Change {
                old,
                keep: Some(keep),
                ..
            } => Some(Column {
                name: keep.clone(),
                was: None,
                ..old.clone()
            }),
            _ => None,
        });
        let columns = retired.cloned().chain(kept).map(|column| Column {
            nullable: true,
            fill: None,
            ..column
        });
        let columns: Vec<Column> = columns.collect();
        if !columns.is_empty() {
            self.change.retired.push(Resource {
                columns,
                ..bare(new)
            });
        }
    }
}

/// What is remembered of a table.
pub(super) fn bare(table: &Resource) -> Resource {
    Resource {
        path: String::new(),
        elsewhere: Vec::new(),
        operations: Vec::new(),
        reasons: Vec::new(),
        was: None,
        ..table.clone()
    }
}
