//! From a database to its tables: what is there, as the catalogue tells it.

mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

/// Which kind of database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// What a database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Which kind it is.
    pub kind: Kind,
    /// Those that others refer to come first.
    pub tables: Vec<Table>,
    /// Statements that make what tables need (types), and what needs tables (indexes, views,
    /// triggers), each harmless where it is there already.
    pub before: Vec<String>,
    /// The same, behind the tables.
    pub after: Vec<String>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// As the database writes it.
    pub name: String,
    /// What somebody said of it.
    pub comment: Option<String>,
    /// In their order.
    pub columns: Vec<Column>,
    /// The columns of the primary key.
    pub key: Vec<String>,
    /// Sets of columns that no two rows share, beside the key.
    pub unique: Vec<Vec<String>>,
    /// Sets of columns with an index.
    pub indexes: Vec<Vec<String>>,
    /// Columns that name rows of other tables.
    pub references: Vec<Reference>,
    /// The conditions of rows, as the database writes them.
    pub checks: Vec<String>,
    /// The statement that makes it where it is not there.
    pub create: String,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// As the database writes it.
    pub name: String,
    /// In small letters, without its size: `varchar`.
    pub ty: String,
    /// The numbers in parentheses behind the type.
    pub size: Vec<u32>,
    /// It may be `NULL`.
    pub nullable: bool,
    /// As SQL.
    pub default: Option<String>,
    /// What somebody said of it.
    pub comment: Option<String>,
    /// What it may be, where its type is a list of words.
    pub choices: Vec<String>,
}

/// A foreign key of one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// The column.
    pub column: String,
    /// The table that it leads to.
    pub table: String,
    /// What becomes of the row, in small letters: `cascade`, `set null`, `no action`.
    pub on_delete: String,
}

/// Reads the tables of an SQLite file, or of a PostgreSQL database by its URL.
///
/// # Errors
/// It cannot be read: says why, and what to do.
pub fn read(url: &str) -> Result<Schema, String> {
    let mut schema = match url {
        url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            postgres::read(url)?
        }
        url => {
            let path = ["sqlite://", "sqlite:"]
                .iter()
                .find_map(|scheme| url.strip_prefix(scheme));
            let path = path.unwrap_or(url).split('?').next().unwrap_or_default();
            if path.contains("://") {
                return Err(format!(
                    "`{url}` is neither an SQLite file nor a `postgres://` address"
                ));
            }
            sqlite(path)?
        }
    };
    schema.tables = sorted(schema.tables);
    Ok(schema)
}

#[cfg(feature = "sqlite")]
fn sqlite(path: &str) -> Result<Schema, String> {
    sqlite::read(std::path::Path::new(path))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(path: &str) -> Result<Schema, String> {
    Err(format!(
        "`{path}` cannot be read: this apigen was built without the feature `sqlite`"
    ))
}

/// Those that others refer to first; where they refer to each other in a circle, by name.
fn sorted(mut waiting: Vec<Table>) -> Vec<Table> {
    waiting.sort_by(|a, b| a.name.cmp(&b.name));
    let mut done: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let is_free = |table: &Table| {
            table.references.iter().all(|reference| {
                let leads_to = |other: &Table| other.name == reference.table;
                reference.table == table.name || !waiting.iter().any(leads_to)
            })
        };
        let place = waiting.iter().position(is_free).unwrap_or(0);
        done.push(waiting.remove(place));
    }
    done
}

/// What names a table or a column in SQL.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A type as it is declared: its name in small letters, and its size.
fn declared(ty: &str) -> (String, Vec<u32>) {
    let (name, size) = ty.split_once('(').unwrap_or((ty, ""));
    let size = size.split(')').next().unwrap_or_default();
    let size = size.split(',').filter_map(|part| part.trim().parse().ok());
    (name.trim().to_lowercase(), size.collect())
}
