//! What happens to the columns of a table.

use super::{
    super::sql::{column_type, identifier, name},
    convert::{Conversion, conversion, word},
    fill::Fill,
    indexes::Index,
    next::{Comparison, Known, has},
    own::Object,
};
use crate::{
    config::Database,
    model::{Column, Resource},
};

/// What happens to a column.
#[derive(Debug)]
pub(super) enum Step {
    Add(Column),
    /// It is of another type, or may be `NULL` where it might not, or the other way round.
    Change {
        old: Column,
        new: Column,
        conversion: Conversion,
        /// What the old one is called from now on, where its values are kept.
        keep: Option<String>,
    },
    Drop(Column),
}

impl Comparison<'_> {
    /// What happens to the columns of a table, and what is to be said of it.
    pub(super) fn steps(&mut self, known: &mut Known, new: &Resource) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut taken = self.taken(known, new);
        for column in &new.columns {
            let Some(old) = known.column(&column.name) else {
                steps.push(Step::Add(column.clone()));
                continue;
            };
            let value = identifier(&old.name);
            let conversion = conversion(old, column, &value, self.database);
            if conversion == Conversion::None && old.nullable == column.nullable {
                continue;
            }
            let mut keep = None;
            if let Conversion::Partial(_) = conversion {
                keep = self.keep(&new.table, old, column, &mut taken);
            }
            steps.push(Step::Change {
                old: old.clone(),
                new: column.clone(),
                conversion,
                keep,
            });
        }
        for old in &known.table.columns {
            if !has(new, &old.name) {
                let was_used = !known.retired.contains(&old.name);
                steps.extend(self.unused_column(&new.table, old, was_used));
            }
        }
        steps
    }

    /// A column that the service does not use, and maybe never did since the last sync.
    fn unused_column(&mut self, table: &str, old: &Column, was_used: bool) -> Option<Step> {
        let name = &old.name;
        if self.before.allow_destructive {
            let note = format!("the column `{name}` of `{table}` is dropped, with its values");
            self.change.notes.push(note);
            return Some(Step::Drop(old.clone()));
        }
        if was_used {
            self.change.withheld.push(format!(
                "the column `{name}` of `{table}` is no longer in the model; it stays, with its values"
            ));
        }
        (!old.nullable).then(|| Step::Change {
            old: old.clone(),
            new: Column {
                nullable: true,
                fill: None,
                ..old.clone()
            },
            conversion: Conversion::None,
            keep: None,
        })
    }

    /// What a column is called from now on whose values not all become new ones.
    fn keep(
        &mut self,
        table: &str,
        old: &Column,
        new: &Column,
        taken: &mut Vec<String>,
    ) -> Option<String> {
        let types = [&old.ty, &new.ty].map(|ty| column_type(ty, self.database));
        let what = match types[0] == types[1] {
            true => "has other values from now on".to_owned(),
            false => format!("changes from {} to {}", types[0], types[1]),
        };
        let what = format!("the column `{}` of `{table}` {what}", new.name);
        if self.before.allow_destructive {
            let note = format!("{what}; values that are none of the new ones are lost");
            self.change.notes.push(note);
            return None;
        }
        let keep = free(&format!("{}_was_{}", old.name, word(&old.ty)), taken);
        self.change.withheld.push(format!(
            "{what}; what it was stays in `{keep}`, because some of it may be none of the new values"
        ));
        Some(keep)
    }

    /// The names that a new column of the table cannot have.
    pub(super) fn taken(&self, known: &Known, new: &Resource) -> Vec<String> {
        let columns = known.table.columns.iter().chain(&new.columns);
        let columns = columns.map(|column| column.name.clone());
        let own = self.own.columns(&new.table);
        columns.chain(own.map(|own| own.name.clone())).collect()
    }

    /// The columns that indexes go down with.
    pub(super) fn moved(&self, steps: &[Step]) -> Vec<String> {
        let moved = steps.iter().filter_map(|step| match step {
            Step::Drop(old) => Some(old.name.clone()),
            Step::Change { old, .. } if self.database != Database::Postgres => {
                Some(old.name.clone())
            }
            _ => None,
        });
        moved.collect()
    }

    /// The user's own indexes, triggers and views that stand in the way of these steps.
    pub(super) fn objects(&self, ours: &[Index], new: &Resource, steps: &[Step]) -> Vec<Object> {
        let all_ours = Index::all(new);
        let is_ours = |object: &&Object| {
            let mut names = ours.iter().chain(&all_ours).map(|index| &index.name);
            names.any(|name| *name == object.name)
        };
        let is_in_the_way = steps.iter().any(|step| match step {
            Step::Add(_) => false,
            Step::Drop(_) => true,
            Step::Change { conversion, .. } => {
                *conversion != Conversion::None || self.database != Database::Postgres
            }
        });
        if !is_in_the_way {
            return Vec::new();
        }
        let moved = self.moved(steps);
        let objects = self.own.objects(&new.table, &moved);
        objects.filter(|o| !is_ours(o)).cloned().collect()
    }

    /// The user's own index, trigger or view speaks of a column that is dropped.
    pub(super) fn is_lost(&mut self, object: &Object, new: &Resource, steps: &[Step]) -> bool {
        let is_lost = steps.iter().any(|step| match step {
            Step::Drop(old) => object.mentions(&old.name),
            _ => false,
        });
        if is_lost {
            self.change.notes.push(format!(
                "`{}`, which a migration of yours made, goes with a column of `{}`",
                object.name, new.table
            ));
        }
        is_lost
    }

    pub(super) fn step(&mut self, table: &Resource, step: &Step) {
        if let Step::Change { old, new, .. } = step
            && old.nullable
            && !new.nullable
        {
            let fill = Fill::of(self.service, new, self.database);
            self.told(table, new, "without a value", &fill);
        }
        match step {
            Step::Add(column) => self.add(table, column),
            Step::Drop(column) => {
                let (table, name) = (identifier(&table.table), identifier(&column.name));
                let sql = format!("ALTER TABLE {table} DROP COLUMN {name};");
                self.statements.push(sql);
            }
            Step::Change {
                old,
                new,
                conversion,
                keep,
            } if self.database == Database::Postgres => {
                self.alter(table, [old, new], conversion, keep.as_deref());
            }
            Step::Change {
                old,
                new,
                conversion,
                keep,
            } => self.replace(table, [old, new], conversion, keep.as_deref()),
        }
    }

    /// Says what rows get that have no value.
    fn told(&mut self, table: &Resource, column: &Column, which: &str, fill: &Fill) {
        let value = match fill.value == fill.constant {
            true => &fill.value,
            false => fill.told,
        };
        let note = format!(
            "rows of `{}` {which} get {value} for `{}`",
            table.table, column.name
        );
        self.change.notes.push(note);
    }

    fn add(&mut self, resource: &Resource, column: &Column) {
        let (table, name) = (identifier(&resource.table), identifier(&column.name));
        let ty = column_type(&column.ty, self.database);
        let add = format!("ALTER TABLE {table} ADD COLUMN {name} {ty}");
        if column.nullable && column.fill.is_none() {
            let refers = self
                .inline(resource, column)
                .map(|f| format!(" {}", f.references()));
            let refers = refers.unwrap_or_default();
            return self.statements.push(format!("{add}{refers};"));
        }
        let fill = Fill::of(self.service, column, self.database);
        let null = if column.nullable { "" } else { " NOT NULL" };
        self.told(resource, column, "that exist", &fill);
        let mut sql = format!(
            "-- Rows that exist get {}.\n{add}{null} DEFAULT {};",
            fill.told, fill.constant
        );
        if fill.value != fill.constant {
            sql += &format!("\nUPDATE {table} SET {name} = {};", fill.value);
        }
        self.statements.push(sql);
    }

    /// The new value of a column for rows that exist, and the comment on it.
    pub(super) fn value(
        &self,
        old: &str,
        new: &Column,
        conversion: &Conversion,
    ) -> (String, String) {
        let value = match conversion {
            Conversion::None => old.to_owned(),
            Conversion::Total(value) | Conversion::Partial(value) => value.clone(),
        };
        if new.nullable {
            return (value, String::new());
        }
        let fill = Fill::of(self.service, new, self.database);
        let comment = match fill.value == fill.constant {
            true => format!("-- Rows without a value get {}.\n", fill.value),
            false => format!("-- Rows without a value get {}.\n", fill.told),
        };
        (format!("COALESCE({value}, {})", fill.value), comment)
    }

    /// PostgreSQL alters columns in place.
    fn alter(
        &mut self,
        table: &Resource,
        [old, new]: [&Column; 2],
        conversion: &Conversion,
        keep: Option<&str>,
    ) {
        let (table, name) = (identifier(&table.table), identifier(&new.name));
        let types = [old, new].map(|column| column_type(&column.ty, self.database));
        let (value, comment) = self.value(&name, new, conversion);
        let mut lines = Vec::new();
        if let Some(keep) = keep {
            let keep = identifier(keep);
            lines.push(format!(
                "ALTER TABLE {table} ADD COLUMN {keep} {};",
                types[0]
            ));
            lines.push(format!("UPDATE {table} SET {keep} = {name};"));
        }
        let alter = format!("ALTER TABLE {table} ALTER COLUMN {name}");
        let forbids = old.nullable && !new.nullable;
        if types[0] != types[1] {
            lines.push(format!("{alter} DROP DEFAULT;"));
        }
        if new.nullable && !old.nullable {
            lines.push(format!("{alter} DROP NOT NULL;"));
        }
        if types[0] != types[1] {
            lines.push(format!("{alter} TYPE {} USING {value};", types[1]));
        } else if *conversion != Conversion::None {
            lines.push(format!("UPDATE {table} SET {name} = {value};"));
        } else if forbids {
            let fill = Fill::of(self.service, new, self.database);
            let fill = fill.value;
            lines.push(format!(
                "UPDATE {table} SET {name} = {fill} WHERE {name} IS NULL;"
            ));
        }
        if forbids {
            lines.push(format!("{alter} SET NOT NULL;"));
        }
        let is_told = forbids || matches!(conversion, Conversion::Partial(_));
        let comment = if is_told { comment } else { String::new() };
        self.statements.push(comment + &lines.join("\n"));
    }

    /// SQLite gets a new column in the old one's place.
    fn replace(
        &mut self,
        table: &Resource,
        [old, new]: [&Column; 2],
        conversion: &Conversion,
        keep: Option<&str>,
    ) {
        let foreign = self.inline(table, new);
        let mut taken: Vec<_> = table.columns.iter().map(|c| c.name.clone()).collect();
        taken.extend(self.own.columns(&table.table).map(|own| own.name.clone()));
        let interim = identifier(&free(&format!("{}_new", new.name), &mut taken));
        let (table, name) = (identifier(&table.table), identifier(&new.name));
        let types = [old, new].map(|column| column_type(&column.ty, self.database));
        let (mut value, comment) = self.value(&name, new, conversion);
        if let (Some(foreign), Conversion::None) = (&foreign, conversion) {
            value = foreign.known(&format!("{table}.{name}"));
        }
        let null = match new.nullable {
            true => foreign.map_or_else(String::new, |f| format!(" {}", f.references())),
            false => {
                let fill = Fill::of(self.service, new, self.database);
                format!(" NOT NULL DEFAULT {}", fill.constant)
            }
        };
        let is_told = old.nullable || matches!(conversion, Conversion::Partial(_));
        let mut sql = if is_told { comment } else { String::new() };
        let mut sets = Vec::new();
        if let Some(keep) = keep {
            let keep = identifier(keep);
            sql += &format!("ALTER TABLE {table} ADD COLUMN {keep} {};\n", types[0]);
            sets.push(format!("{keep} = {name}"));
        }
        sets.push(format!("{interim} = {value}"));
        sql += &format!(
            "ALTER TABLE {table} ADD COLUMN {interim} {}{null};\n\
             UPDATE {table} SET {};\n\
             ALTER TABLE {table} DROP COLUMN {name};\n\
             ALTER TABLE {table} RENAME COLUMN {interim} TO {name};",
            types[1],
            sets.join(", ")
        );
        self.statements.push(sql);
    }
}

/// A name that is not taken, which is taken then.
pub(super) fn free(wanted: &str, taken: &mut Vec<String>) -> String {
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered).map(name);
    let free = names.find(|name| !taken.contains(name)).unwrap_or_default();
    taken.push(free.clone());
    free
}
