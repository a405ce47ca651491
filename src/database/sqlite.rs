//! SQLite: `sqlite_schema`, and its pragmas.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row};

use super::{Column, Kind, Reference, Schema, Table, declared};

pub(super) fn read(path: &Path) -> Result<Schema, String> {
    if !path.is_file() {
        return Err(format!("there is no file `{}`", path.display()));
    }
    let shown = |error: rusqlite::Error| format!("`{}` cannot be read: {error}", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(shown)?;
    schema(&connection).map_err(shown)
}

fn schema(connection: &Connection) -> rusqlite::Result<Schema> {
    let mut tables = Vec::new();
    let mut after = Vec::new();
    let all = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL \
               AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name NOT LIKE '\\_sqlx\\_%' ESCAPE '\\' ORDER BY rowid";
    let text = |row: &Row<'_>, place| row.get::<_, String>(place);
    for (kind, name, sql) in rows(connection, all, "", |row| {
        Ok((text(row, 0)?, text(row, 1)?, text(row, 2)?))
    })? {
        let sql = guarded(&sql);
        match kind.as_str() {
            "table" => tables.push(table(connection, name, sql)?),
            _ => after.push(sql),
        }
    }
    Ok(Schema {
        kind: Kind::Sqlite,
        tables,
        before: Vec::new(),
        after,
    })
}

fn table(connection: &Connection, name: String, create: String) -> rusqlite::Result<Table> {
    let mut keys = Vec::new();
    let columns = rows(
        connection,
        "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info(?1) ORDER BY cid",
        &name,
        |row| {
            let column: String = row.get(0)?;
            let (ty, size) = declared(&row.get::<_, String>(1)?);
            let place: i64 = row.get(4)?;
            if place > 0 {
                keys.push((place, column.clone()));
            }
            Ok(Column {
                name: column,
                ty,
                size,
                nullable: place == 0 && row.get::<_, i64>(2)? == 0,
                default: row.get(3)?,
                ..Column::default()
            })
        },
    )?;
    keys.sort();
    let (mut unique, mut indexes) = (Vec::new(), Vec::new());
    let list = "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1) ORDER BY name";
    let found = rows(connection, list, &name, |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, bool>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, bool>(3)?,
        ))
    })?;
    for (index, is_unique, origin, is_partial) in found {
        let info = "SELECT name FROM pragma_index_info(?1) ORDER BY seqno";
        let columns = rows(connection, info, &index, |row| {
            row.get::<_, Option<String>>(0)
        })?;
        // An index of expressions has columns without a name.
        let Some(columns) = columns.into_iter().collect::<Option<Vec<_>>>() else {
            continue;
        };
        match (is_partial, origin.as_str(), is_unique) {
            (true, ..) | (_, "pk", _) => {}
            (_, _, true) => unique.push(columns),
            (_, _, false) => indexes.push(columns),
        }
    }
    let foreign = "SELECT \"table\", \"from\", on_delete, id FROM pragma_foreign_key_list(?1) ORDER BY id, seq";
    let all = rows(connection, foreign, &name, |row| {
        let reference = Reference {
            table: row.get(0)?,
            column: row.get(1)?,
            on_delete: row.get::<_, String>(2)?.to_lowercase(),
        };
        Ok((row.get::<_, i64>(3)?, reference))
    })?;
    let single = all
        .iter()
        .filter(|(id, _)| all.iter().filter(|(other, _)| other == id).count() == 1);
    Ok(Table {
        references: single.map(|(_, reference)| reference.clone()).collect(),
        key: keys.into_iter().map(|(_, column)| column).collect(),
        checks: vec![create.clone()],
        name,
        columns,
        unique,
        indexes,
        create,
        ..Table::default()
    })
}

/// The rows of a query that takes a name, or nothing.
fn rows<T>(
    connection: &Connection,
    sql: &str,
    name: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare(sql)?;
    let parameters: &[&dyn rusqlite::ToSql] = match statement.parameter_count() {
        0 => &[],
        _ => &[&name],
    };
    statement.query_map(parameters, read)?.collect()
}

/// The statement, harmless where what it makes is there already.
fn guarded(sql: &str) -> String {
    for what in [
        "CREATE TABLE",
        "CREATE UNIQUE INDEX",
        "CREATE INDEX",
        "CREATE TRIGGER",
        "CREATE VIEW",
        "CREATE VIRTUAL TABLE",
    ] {
        if sql
            .get(..what.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(what))
        {
            let rest = sql[what.len()..].trim_start();
            let is_guarded = rest
                .get(..2)
                .is_some_and(|word| word.eq_ignore_ascii_case("if"));
            return match is_guarded {
                true => sql.to_owned(),
                false => format!("{what} IF NOT EXISTS {rest}"),
            };
        }
    }
    sql.to_owned()
}
