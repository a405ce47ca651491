//! A database to migrate: SQLite in memory, or a schema of PostgreSQL's of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    io::Write as _,
    process::{Command, Stdio},
};

use apigen::config::Database as Kind;
use rusqlite::{Connection, types::ValueRef};

pub(crate) enum Database {
    Sqlite(Connection),
    Postgres { url: String, schema: String },
}

/// The values of a row, by column; `NULL` is left out.
pub(crate) type Row = BTreeMap<String, String>;

impl Database {
    pub(crate) fn new(kind: Kind, name: &str) -> Self {
        if kind == Kind::Sqlite {
            let connection = Connection::open_in_memory().expect("SQLite");
            let sql = "PRAGMA foreign_keys = ON";
            connection.execute_batch(sql).expect("foreign keys");
            return Self::Sqlite(connection);
        }
        let url = env::var("TEST_POSTGRES_URL").expect("a server");
        let schema = format!("migrations_{name}_{}", std::process::id());
        let database = Self::Postgres { url, schema };
        let Self::Postgres { schema, .. } = &database else {
            unreachable!()
        };
        database.run(&format!(
            "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema};"
        ));
        database
    }

    /// Runs statements in one transaction, as the service does with a migration.
    pub(crate) fn run(&self, sql: &str) {
        if let Err(error) = self.try_run(sql) {
            panic!("{error}:\n{sql}");
        }
    }

    pub(crate) fn try_run(&self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(connection) => {
                let done = connection.execute_batch(&format!("BEGIN;\n{sql}\nCOMMIT;"));
                if done.is_err() && !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
                done.map_err(|error| error.to_string())
            }
            Self::Postgres { .. } => self.psql(sql).map(drop),
        }
    }

    /// All rows of a table.
    pub(crate) fn rows(&self, table: &str) -> Vec<Row> {
        match self {
            Self::Sqlite(connection) => {
                let sql = format!("SELECT * FROM \"{table}\"");
                let mut statement = connection.prepare(&sql).expect("a table");
                let names = statement.column_names();
                let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
                let mut found = statement.query([]).expect("rows");
                let mut rows = Vec::new();
                while let Some(row) = found.next().expect("a row") {
                    let value = |name: &String| {
                        let value = text(row.get_ref(name.as_str()).expect("a value"))?;
                        Some((name.clone(), value))
                    };
                    rows.push(names.iter().filter_map(value).collect());
                }
                rows
            }
            Self::Postgres { .. } => {
                let sql = format!("SELECT row_to_json(t) FROM \"{table}\" t");
                let told = self.psql(&sql).expect("rows");
                let rows = told.lines().map(|line| {
                    let row: serde_json::Map<_, _> = serde_json::from_str(line).expect("a row");
                    let values = row.into_iter().filter(|(_, value)| !value.is_null());
                    values
                        .map(|(name, value)| {
                            let text = value.as_str().map(str::to_owned);
                            (name, text.unwrap_or_else(|| value.to_string()))
                        })
                        .collect()
                });
                rows.collect()
            }
        }
    }

    /// What a table is, line by line: columns, keys, indexes; nothing of their order or names.
    pub(crate) fn shape(&self, table: &str) -> BTreeSet<String> {
        let queries: &[&str] = match self {
            Self::Sqlite(_) => &[
                "SELECT 'column ' || name || ' ' || type || ' null ' || (\"notnull\" = 0) || ' key ' || pk
                 FROM pragma_table_info('{table}')",
                "SELECT 'index ' || l.\"unique\" || ' ' || (
                     SELECT group_concat(name, ', ') FROM (
                         SELECT name FROM pragma_index_info(l.name) ORDER BY seqno))
                 FROM pragma_index_list('{table}') l WHERE l.origin = 'c'",
                "SELECT 'counted' FROM sqlite_schema WHERE name = '{table}' AND sql LIKE '%AUTOINCREMENT%'",
                "SELECT 'owner ' || f.\"table\" || ' ' || f.\"from\" || ' ' || f.\"to\" || f.on_delete
                 FROM pragma_foreign_key_list('{table}') f",
            ],
            Self::Postgres { .. } => &[
                "SELECT 'column ' || column_name || ' ' || data_type || ' null ' || is_nullable
                 FROM information_schema.columns
                 WHERE table_schema = current_schema AND table_name = '{table}'",
                "SELECT 'counted' FROM pg_attribute
                 WHERE attrelid = '{table}'::regclass AND attidentity = 'd'",
                "SELECT regexp_replace(regexp_replace(indexdef, '(INDEX) \\S+', '\\1'), 'ON \\S+ ', '')
                 FROM pg_indexes WHERE schemaname = current_schema AND tablename = '{table}'",
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE conrelid = '{table}'::regclass AND contype IN ('p', 'f')",
            ],
        };
        let queries = queries.iter().map(|sql| sql.replace("{table}", table));
        queries.flat_map(|sql| self.column(&sql)).collect()
    }

    /// The tables that there are.
    pub(crate) fn tables(&self) -> BTreeSet<String> {
        let sql = match self {
            Self::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table'",
            Self::Postgres { .. } => {
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema"
            }
        };
        self.column(sql).into_iter().collect()
    }

    /// The first column of what a query finds.
    pub(crate) fn column(&self, sql: &str) -> Vec<String> {
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(sql).expect(sql);
                let rows = statement.query_map([], |row| Ok(text(row.get_ref(0)?)));
                let rows = rows.expect("rows").map(|row| row.expect("a row"));
                rows.map(Option::unwrap_or_default).collect()
            }
            Self::Postgres { .. } => {
                let told = self.psql(sql).expect(sql);
                told.lines().map(str::to_owned).collect()
            }
        }
    }

    fn psql(&self, sql: &str) -> Result<String, String> {
        let Self::Postgres { url, schema } = self else {
            unreachable!()
        };
        let arguments = [
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-1",
            "-f",
            "-",
        ];
        let mut child = Command::new("psql")
            .args(arguments)
            .arg(url)
            .env(
                "PGOPTIONS",
                format!("-c search_path={schema} -c timezone=UTC -c client_min_messages=warning"),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("psql");
        let mut input = child.stdin.take().expect("an input");
        input.write_all(sql.as_bytes()).expect("written");
        drop(input);
        let output = child.wait_with_output().expect("an answer");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stderr)),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { schema, .. } = self {
            let sql = format!("DROP SCHEMA {schema} CASCADE");
            let _ = self.psql(&sql);
        }
    }
}

fn text(value: ValueRef<'_>) -> Option<String> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// The databases that can be tried here.
pub(crate) fn kinds() -> Vec<Kind> {
    let has_server = env::var("TEST_POSTGRES_URL").is_ok_and(|url| !url.is_empty());
    match has_server {
        true => vec![Kind::Sqlite, Kind::Postgres],
        false => vec![Kind::Sqlite],
    }
}
