//! SQL as both databases understand it: identifiers, types, the names of indexes.

pub(super) mod convert;
pub(super) mod rust;

use sha2::{Digest, Sha256};

use crate::{
    config::Database,
    model::{ColumnType, Resource, decimal::Digits},
};

/// The longest name that PostgreSQL keeps whole.
const LONGEST: usize = 63;

/// A table or a column in SQL: quoted where it is a word of the language, or does not start as a
/// name does. The model's names have no other characters.
pub(super) fn identifier(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && KEYWORDS.binary_search(&name).is_err();
    if is_plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Columns of a resource, for `(a, b)`.
pub(super) fn identifiers(resource: &Resource, columns: &[usize]) -> String {
    let names = columns.iter().filter_map(|i| resource.columns.get(*i));
    let names: Vec<String> = names.map(|column| identifier(&column.name)).collect();
    names.join(", ")
}

/// `items_by_name`
pub(super) fn index_name(resource: &Resource, columns: &[usize]) -> String {
    let names = columns.iter().filter_map(|i| resource.columns.get(*i));
    let names: Vec<&str> = names.map(|column| column.name.as_str()).collect();
    name(format!("{}_by_{}", resource.table, names.join("_")))
}

/// A name that is too long is cut, and told apart by a hash.
pub(super) fn name(name: String) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let hash = format!("{:x}", Sha256::digest(&name));
    let kept: String = name.chars().take(LONGEST - 9).collect();
    format!("{kept}_{}", &hash[..8])
}

/// The type of a column.
pub(super) fn column_type(ty: &ColumnType, database: Database) -> &'static str {
    let is_postgres = database == Database::Postgres;
    match ty {
        ColumnType::Uuid if is_postgres => "UUID",
        ColumnType::Uuid => "BLOB",
        ColumnType::Text | ColumnType::Enum(_) => "TEXT",
        ColumnType::Integer(_) if is_postgres => "BIGINT",
        ColumnType::Integer(_) => "INTEGER",
        ColumnType::Number if is_postgres => "DOUBLE PRECISION",
        ColumnType::Number => "REAL",
        ColumnType::Decimal(places) => decimal_type(*places, is_postgres),
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::DateTime if is_postgres => "TIMESTAMPTZ",
        ColumnType::Date if is_postgres => "DATE",
        ColumnType::Json(_) if is_postgres => "JSONB",
        ColumnType::DateTime | ColumnType::Date | ColumnType::Json(_) => "TEXT",
    }
}

/// The type of a decimal. SQLite has none: it keeps a whole number of the last place, or text that
/// is compared by its value.
fn decimal_type(places: Option<u32>, is_postgres: bool) -> &'static str {
    const NUMERIC: [&str; Digits::MOST_PLACES as usize + 1] = [
        "NUMERIC(18, 0)",
        "NUMERIC(18, 1)",
        "NUMERIC(18, 2)",
        "NUMERIC(18, 3)",
        "NUMERIC(18, 4)",
        "NUMERIC(18, 5)",
        "NUMERIC(18, 6)",
        "NUMERIC(18, 7)",
        "NUMERIC(18, 8)",
        "NUMERIC(18, 9)",
        "NUMERIC(18, 10)",
        "NUMERIC(18, 11)",
        "NUMERIC(18, 12)",
    ];
    match places {
        Some(_) if !is_postgres => "INTEGER",
        None if !is_postgres => "TEXT COLLATE decimal",
        places => places
            .and_then(|places| NUMERIC.get(places as usize))
            .copied()
            .unwrap_or("NUMERIC"),
    }
}

/// What SQLite or PostgreSQL does not take as a name of a table or a column, and what reads badly
/// as one; sorted.
const KEYWORDS: &[&str] = &[
    "abort",
    "add",
    "all",
    "alter",
    "always",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "attach",
    "authorization",
    "autoincrement",
    "begin",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "by",
    "cascade",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "delete",
    "desc",
    "detach",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exclude",
    "exclusive",
    "exists",
    "explain",
    "extract",
    "fail",
    "false",
    "fetch",
    "filter",
    "float",
    "following",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "generated",
    "glob",
    "grant",
    "greatest",
    "group",
    "grouping",
    "groups",
    "having",
    "if",
    "ignore",
    "ilike",
    "immediate",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "inout",
    "insert",
    "instead",
    "int",
    "integer",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "match",
    "materialized",
    "national",
    "natural",
    "nchar",
    "no",
    "none",
    "normalize",
    "not",
    "nothing",
    "notnull",
    "null",
    "nullif",
    "nulls",
    "numeric",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "others",
    "out",
    "outer",
    "over",
    "overlaps",
    "overlay",
    "partition",
    "placing",
    "pragma",
    "preceding",
    "precision",
    "primary",
    "raise",
    "range",
    "real",
    "recursive",
    "references",
    "regexp",
    "reindex",
    "release",
    "rename",
    "replace",
    "restrict",
    "returning",
    "right",
    "rollback",
    "savepoint",
    "select",
    "session_user",
    "set",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "ties",
    "to",
    "trailing",
    "transaction",
    "treat",
    "trim",
    "true",
    "unbounded",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "vacuum",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "virtual",
    "when",
    "where",
    "window",
    "with",
    "without",
];

/// SQL as a Rust literal, broken where a line would get too long.
pub(super) fn literal(sql: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in sql.split_inclusive(' ') {
        if width > 0 && width + word.len() > 80 {
            out.push_str("\\\n             ");
            width = 0;
        }
        let quoted = super::doors::rust_literal(word);
        out.push_str(&quoted[1..quoted.len() - 1]);
        width += word.len();
    }
    format!("\"{out}\"")
}

/// `a = $1 AND b = $2`, counted from `first`.
pub(super) fn conditions(resource: &Resource, columns: &[usize], first: usize) -> String {
    let names = columns.iter().filter_map(|i| resource.columns.get(*i));
    let conditions = names
        .enumerate()
        .map(|(i, column)| format!("{} = ${}", identifier(&column.name), first + i));
    conditions.collect::<Vec<_>>().join(" AND ")
}
