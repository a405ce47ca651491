//! Tables whose primary key changes. No database alters that below rows that others refer to: the
//! table is made anew under its name, and the old one keeps every row under another. Those that
//! have a key in the new table are copied, and so are those of the tables below.

use super::{
    super::sql::{identifier, identifiers},
    columns::free,
    convert::{Conversion, conversion},
    counted,
    fill::Fill,
    indexes::{Index, names},
    next::{Comparison, Known, bare, has},
    own::Object,
};
use crate::model::{Column, Resource};

/// Whether rows are told apart by other columns, or by columns of another type.
pub(super) fn differ(old: &Resource, new: &Resource) -> bool {
    let keys = [old, new].map(|table| names(table, &table.primary_key()));
    let columns = |table: &Resource| -> Vec<Column> {
        let key = table.primary_key().into_iter();
        key.filter_map(|i| table.columns.get(i).cloned()).collect()
    };
    let pairs = columns(old).into_iter().zip(columns(new));
    keys[0] != keys[1] || pairs.into_iter().any(|(old, new)| is_other(&old, &new))
}

fn is_other(old: &Column, new: &Column) -> bool {
    let sqlite = crate::config::Database::Sqlite;
    conversion(old, new, "", sqlite) != Conversion::None
}

impl Comparison<'_> {
    pub(super) fn remake(&mut self, known: Known, new: &Resource) -> askama::Result<()> {
        let old = self.put_aside(&known, new);
        self.push_table(new)?;
        let is_ours = |name: &str| known.column(name).is_some() || has(new, name);
        let own = self.own.columns(&new.table);
        let own: Vec<_> = own.filter(|own| !is_ours(&own.name)).cloned().collect();
        for column in &own {
            let table = identifier(&new.table);
            let sql = format!("ALTER TABLE {table} ADD COLUMN {};", column.definition);
            self.statements.push(sql);
        }
        let own: Vec<_> = own.iter().map(|own| own.name.clone()).collect();
        let copied = self.copy(&known, new, &old, &own);
        let objects = self.objects_of(&new.table, &known);
        self.statements.extend(objects.iter().map(|o| o.create()));
        let what = format!("the primary key of `{}` changes; ", new.table);
        let what = match copied {
            true => what + "rows that have a key of the new kind are copied",
            false => what + "no row that exists has a key of the new kind",
        };
        let refers = self.own.referring(&new.table).next().is_some();
        if self.before.allow_destructive && !refers {
            let sql = format!("DROP TABLE {};", identifier(&old));
            self.last.insert(0, sql);
            self.change
                .notes
                .push(format!("{what}, the others are lost"));
            return Ok(());
        }
        let withheld = format!("{what}, and all of them stay in `{old}`");
        self.change.withheld.push(withheld);
        self.change.retired.push(Resource {
            table: old,
            ..bare(&known.table)
        });
        Ok(())
    }

    /// Gives the old table another name, and takes the names of its indexes from it.
    fn put_aside(&mut self, known: &Known, new: &Resource) -> String {
        let before = self.before;
        let tables = before.resources.iter().flatten().chain(&before.retired);
        let tables = tables
            .chain(&self.service.resources)
            .map(|r| r.table.clone());
        let mut taken: Vec<String> = tables.collect();
        let old = free(&format!("{}_was", new.table), &mut taken);
        let objects = self.objects_of(&new.table, known);
        self.statements
            .extend(known.indexes.iter().map(Index::drop));
        let drops = objects.iter().map(|o| o.drop(&new.table, self.database));
        self.statements.extend(drops);
        let [from, to] = [&new.table, &old].map(|name| identifier(name));
        self.statements
            .push(format!("ALTER TABLE {from} RENAME TO {to};"));
        old
    }

    /// The user's own indexes, triggers and views on a table.
    fn objects_of(&self, table: &str, known: &Known) -> Vec<Object> {
        let columns = known.table.columns.iter().map(|c| c.name.clone());
        let own = self.own.columns(table).map(|own| own.name.clone());
        let columns: Vec<String> = columns.chain(own).collect();
        let is_ours = |object: &&Object| known.indexes.iter().any(|i| i.name == object.name);
        let objects = self.own.objects(table, &columns);
        objects.filter(|o| !is_ours(o)).cloned().collect()
    }

    /// Copies the rows that have a key in the new table; tells whether there can be any.
    fn copy(&mut self, known: &Known, new: &Resource, old: &str, own: &[String]) -> bool {
        let key = new.primary_key();
        let (mut into, mut values, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for (index, column) in new.columns.iter().enumerate() {
            let value = self.copied(known, column, old);
            if key.contains(&index) {
                let Some(value) = &value else { return false };
                conditions.push(format!("{value} IS NOT NULL"));
            }
            let value = match (value, column.nullable) {
                (Some(value), true) => value,
                (Some(value), false) if key.contains(&index) => value,
                (value, false) => {
                    let fill = Fill::of(self.service, column, self.database).value;
                    value.map_or(fill.clone(), |value| format!("COALESCE({value}, {fill})"))
                }
                (None, true) => continue,
            };
            into.push(identifier(&column.name));
            values.push(value);
        }
        conditions.extend(self.has_owner(known, new, old));
        let own = own.iter().map(|name| identifier(name));
        for name in own {
            values.push(format!("{}.{name}", identifier(old)));
            into.push(name);
        }
        self.statements.push(format!(
            "INSERT INTO {} ({})\nSELECT {}\nFROM {}\nWHERE {}\nON CONFLICT DO NOTHING;",
            identifier(&new.table),
            into.join(", "),
            values.join(", "),
            identifier(old),
            conditions.join(" AND "),
        ));
        self.statements.extend(counted::go_on(new, self.database));
        true
    }

    /// The value of a column in the old table, if it can have one.
    fn copied(&self, known: &Known, column: &Column, old: &str) -> Option<String> {
        let found = known.column(&column.name)?;
        let value = format!("{}.{}", identifier(old), identifier(&found.name));
        match conversion(found, column, &value, self.database) {
            Conversion::None => Some(value),
            Conversion::Total(value) | Conversion::Partial(value) => {
                (value != "NULL").then_some(value)
            }
        }
    }

    /// Rows are copied where their owner was.
    fn has_owner(&self, known: &Known, new: &Resource, old: &str) -> Option<String> {
        let owner = new.parent.as_ref()?;
        let owner = self.service.resources.get(owner.resource.0)?;
        let keys = owner.primary_key();
        let table = identifier(&owner.table);
        let pairs = new.parent_columns().into_iter().zip(&keys);
        let equal = pairs.filter_map(|(column, key)| {
            let value = self.copied(known, new.columns.get(column)?, old)?;
            Some(format!("{table}.{} = {value}", identifiers(owner, &[*key])))
        });
        let equal: Vec<String> = equal.collect();
        Some(format!(
            "EXISTS (SELECT 1 FROM {table} WHERE {})",
            equal.join(" AND ")
        ))
    }
}
