//! PostgreSQL, asked through `psql`: it knows passwords, services and TLS as its user set them up,
//! where a client of our own would take fifty crates to know less.

use std::{
    io::ErrorKind,
    process::{Command, Stdio},
};

use serde::Deserialize;

use super::{Column, Kind, Reference, Schema, Table, declared, identifier};

/// One statement that answers all as one JSON object.
const CATALOG: &str = include_str!("catalog.sql");

#[derive(Deserialize)]
struct Catalog {
    types: Vec<Type>,
    tables: Vec<Found>,
}

#[derive(Deserialize)]
struct Type {
    name: String,
    values: Vec<String>,
}

#[derive(Deserialize)]
struct Found {
    name: String,
    comment: Option<String>,
    columns: Vec<FoundColumn>,
    constraints: Vec<Constraint>,
    indexes: Vec<Index>,
}

#[derive(Deserialize)]
struct FoundColumn {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    nullable: bool,
    default: Option<String>,
    generated: Option<String>,
    identity: bool,
    comment: Option<String>,
}

#[derive(Deserialize)]
struct Constraint {
    kind: String,
    name: String,
    definition: String,
    #[serde(default)]
    columns: Option<Vec<String>>,
    table: Option<String>,
    on_delete: String,
}

#[derive(Deserialize)]
struct Index {
    definition: String,
    unique: bool,
    plain: bool,
    columns: Option<Vec<String>>,
}

pub(super) fn read(url: &str) -> Result<Schema, String> {
    let (address, password) = without_password(url);
    let mut psql = Command::new("psql");
    psql.args([
        "-X",
        "-A",
        "-t",
        "-q",
        "-w",
        "-v",
        "ON_ERROR_STOP=1",
        "-c",
        CATALOG,
        "-d",
        &address,
    ]);
    psql.stdin(Stdio::null());
    // Not among the arguments, which all on this machine can read.
    psql.envs(password.map(|password| ("PGPASSWORD", password)));
    let output = psql.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => "PostgreSQL is asked through `psql`, which is not there: install \
                                the client tools (`postgresql-client`, or `libpq` with Homebrew)"
            .to_owned(),
        _ => format!("`psql` cannot be run: {error}"),
    })?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{address}` cannot be read: {}", told.trim()));
    }
    let catalog: Catalog = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("`psql` answered what is no catalogue: {error}"))?;
    Ok(schema(catalog))
}

/// The address without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let found = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (user, host) = rest[..end].rsplit_once('@')?;
        let (user, password) = user.split_once(':')?;
        Some((
            format!("{scheme}://{user}@{host}{}", &rest[end..]),
            decoded(password),
        ))
    });
    match found {
        Some((address, password)) => (address, Some(password)),
        None => (url.to_owned(), None),
    }
}

/// A text without its `%40`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn schema(catalog: Catalog) -> Schema {
    let literal = |text: &String| format!("'{}'", text.replace('\'', "''"));
    let types = catalog.types.iter().map(|ty| {
        let values: Vec<_> = ty.values.iter().map(literal).collect();
        format!(
            "DO $$ BEGIN CREATE TYPE {} AS ENUM ({}); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            identifier(&ty.name),
            values.join(", ")
        )
    });
    let indexes = catalog.tables.iter().flat_map(|table| &table.indexes);
    let indexes = indexes.map(|index| {
        let guarded = index
            .definition
            .replacen("INDEX ", "INDEX IF NOT EXISTS ", 1);
        // The service may live in a schema of another name.
        guarded.replacen(" ON public.", " ON ", 1)
    });
    Schema {
        kind: Kind::Postgres,
        before: types.collect(),
        after: indexes.collect(),
        tables: catalog
            .tables
            .iter()
            .map(|found| table(found, &catalog.types))
            .collect(),
    }
}

fn table(found: &Found, types: &[Type]) -> Table {
    let of = |kind: &'static str| found.constraints.iter().filter(move |c| c.kind == kind);
    let columns = |constraint: &Constraint| constraint.columns.clone().unwrap_or_default();
    let references = of("f").filter_map(|constraint| {
        let [column] = <[String; 1]>::try_from(columns(constraint)).ok()?;
        Some(Reference {
            column,
            table: constraint.table.clone()?,
            on_delete: constraint.on_delete.clone(),
        })
    });
    let indexes = |is_unique| {
        let all = found
            .indexes
            .iter()
            .filter(move |i| i.plain && i.unique == is_unique);
        all.filter_map(|index| index.columns.clone())
    };
    Table {
        name: found.name.clone(),
        comment: found.comment.clone(),
        columns: found.columns.iter().map(|c| column(c, types)).collect(),
        key: of("p").next().map(columns).unwrap_or_default(),
        unique: of("u").map(columns).chain(indexes(true)).collect(),
        indexes: indexes(false).collect(),
        references: references.collect(),
        checks: of("c")
            .map(|constraint| constraint.definition.clone())
            .collect(),
        create: create(found),
    }
}

fn column(found: &FoundColumn, types: &[Type]) -> Column {
    let (ty, size) = declared(&found.ty);
    let known = types
        .iter()
        .find(|known| identifier(&known.name) == found.ty || known.name == found.ty);
    Column {
        name: found.name.clone(),
        ty,
        size,
        nullable: found.nullable,
        default: match found.identity {
            true => Some("nextval()".to_owned()),
            false => found.default.clone().or_else(|| found.generated.clone()),
        },
        comment: found.comment.clone(),
        choices: known.map(|known| known.values.clone()).unwrap_or_default(),
    }
}

fn create(found: &Found) -> String {
    let columns = found.columns.iter().map(|column| {
        let null = if column.nullable { "" } else { " NOT NULL" };
        let rest = match (column.identity, &column.default, &column.generated) {
            (true, ..) => " GENERATED BY DEFAULT AS IDENTITY".to_owned(),
            (_, _, Some(generated)) => format!(" GENERATED ALWAYS AS ({generated}) STORED"),
            (_, Some(default), _) => format!(" DEFAULT {default}"),
            _ => String::new(),
        };
        format!("    {} {}{rest}{null}", identifier(&column.name), column.ty)
    });
    let constraints = found.constraints.iter();
    let constraints = constraints.map(|constraint| {
        format!(
            "    CONSTRAINT {} {}",
            identifier(&constraint.name),
            constraint.definition
        )
    });
    let lines: Vec<_> = columns.chain(constraints).collect();
    let name = identifier(&found.name);
    format!(
        "CREATE TABLE IF NOT EXISTS {name} (\n{}\n)",
        lines.join(",\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_no_argument() {
        for (url, address, password) in [
            (
                "postgres://a:b%40c@h:1/d?x=y",
                "postgres://a@h:1/d?x=y",
                Some("b@c"),
            ),
            ("postgres://a@h/d", "postgres://a@h/d", None),
            ("postgres://h/d@e:f", "postgres://h/d@e:f", None),
        ] {
            let (found, secret) = without_password(url);
            assert_eq!((found.as_str(), secret.as_deref()), (address, password));
        }
    }
}
