//! The first migration of a service over a database that is there already: it makes nothing that is
//! there, and everything in a new one.

use std::fmt::Write as _;

use super::{draft::Draft, from_db::Drawn};
use crate::database::{Kind, Schema, identifier};

/// What the lines with the first draft begin with.
const MARK: &str = "-- | ";

/// Its text.
pub(super) fn text(schema: &Schema, drawn: &Drawn) -> String {
    let kind = kind(schema.kind);
    let mut text = format!(
        "-- apigen baseline: {kind}\n-- What the database had when the service was begun. Where a table is there, it stays as it is.\n"
    );
    for statement in &schema.before {
        let _ = writeln!(text, "\n{statement};");
    }
    for table in &schema.tables {
        let _ = writeln!(text, "\n{};", table.create);
    }
    for statement in &schema.after {
        let _ = writeln!(text, "\n{statement};");
    }
    if !drawn.retyped.is_empty() {
        text.push_str("\n-- The types that the service reads.\n");
    }
    for [table, column, ty, how] in &drawn.retyped {
        let [table, column] = [table, column].map(|name| identifier(name));
        if ty == "TEXT" {
            let _ = writeln!(
                text,
                "ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT;"
            );
        }
        let _ = writeln!(
            text,
            "ALTER TABLE {table} ALTER COLUMN {column} TYPE {ty} USING {how};"
        );
    }
    text.push_str("\n-- What of it the service keeps, as it was first drafted:\n");
    let draft = bare(&drawn.draft).text();
    let is_said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    for line in draft.lines().filter(is_said) {
        let _ = writeln!(text, "{MARK}{line}");
    }
    text
}

/// The draft without indexes: those of the database have names of their own, and the service makes its
/// own beside them.
fn bare(draft: &Draft) -> Draft {
    let mut draft = draft.clone();
    draft.about.clear();
    for resource in &mut draft.resources {
        resource
            .options
            .retain(|(key, _)| key != "unique" && key != "indexes");
        for field in &mut resource.fields {
            field.comment = None;
            for word in [" unique", " indexed"] {
                if let Some(rest) = field.form.strip_suffix(word) {
                    field.form = rest.to_owned();
                }
            }
        }
    }
    draft
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "sqlite",
        Kind::Postgres => "postgres",
    }
}

/// The database that a baseline is of, as `apigen.toml` calls it.
pub fn database(text: &str) -> Option<&str> {
    let first = text.lines().next()?;
    first.strip_prefix("-- apigen baseline: ").map(str::trim)
}

/// The first draft that is in a baseline.
pub fn first_draft(text: &str) -> String {
    let lines = text.lines().filter_map(|line| line.strip_prefix(MARK));
    lines.fold(String::new(), |text, line| text + line + "\n")
}
