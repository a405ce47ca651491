//! A draft of what a database has: its tables as resources, and what cannot be said of them.

use heck::ToSnakeCase as _;
use regex::Regex;

use super::draft::{Draft, Field, Resource, plain};
use crate::{
    database::{Column, Kind, Reference, Schema, Table},
    render::doors::yaml_literal,
};

/// What became of a database.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// The resource spec.
    pub(super) draft: Draft,
    /// What cannot be said, or what somebody should look at; a line each.
    pub(super) notes: Vec<String>,
    /// Columns that the service reads as another type: the table, the column, its new type, and how
    /// the values become those.
    pub(super) retyped: Vec<[String; 4]>,
}

/// Names that are the service's own.
const OWN: &[&str] = &["idempotency_keys", "event_outbox", "event_inbox"];

/// Drafts it.
pub(super) fn draw(schema: &Schema, name: &str) -> Drawn {
    let mut drawn = Drawn::default();
    name.clone_into(&mut drawn.draft.name);
    let usable: Vec<&Table> = schema
        .tables
        .iter()
        .filter(|table| drawn.is_usable(table))
        .collect();
    for table in &usable {
        let resource = drawn.resource(schema.kind, table, &usable);
        drawn.draft.resources.push(resource);
    }
    drawn
}

impl Drawn {
    /// Whether a table can be a resource.
    fn is_usable(&mut self, table: &Table) -> bool {
        let name = &table.name;
        if OWN.contains(&name.as_str()) {
            return false;
        }
        let why = match table.key.as_slice() {
            _ if !is_lawful(name) => {
                "the service writes names in small letters with `_`".to_owned()
            }
            [] => "it has no primary key".to_owned(),
            [_] => return true,
            [one, other] if is_join(table) => {
                format!(
                    "it joins rows by `{one}` and `{other}`: `many_to_many` makes a table of its own for that"
                )
            }
            _ => "its primary key has several columns".to_owned(),
        };
        self.told(format!("the table `{name}` is left out: {why}"));
        false
    }

    fn told(&mut self, note: String) {
        self.draft.about.push(format!("Not here: {note}"));
        self.notes.push(note);
    }

    fn resource(&mut self, kind: Kind, table: &Table, all: &[&Table]) -> Resource {
        let mut resource = Resource {
            name: table.name.clone(),
            ..Resource::default()
        };
        let mut option = |key: &str, value: String| resource.options.push((key.to_owned(), value));
        if let Some(comment) = &table.comment {
            option("description", plain(comment));
        }
        let key = &table.key[0];
        let column = table.columns.iter().find(|c| c.name == *key);
        let key_form = column.and_then(|c| form(kind, table, c));
        // SQLite gives numbers to an `INTEGER PRIMARY KEY`, and none to an `INT PRIMARY KEY`.
        let is_counted = kind == Kind::Postgres || column.is_some_and(|c| c.ty == "integer");
        let is_id = key == "id"
            && match key_form.as_deref() {
                Some("uuid") => true,
                Some("integer") => is_counted,
                _ => false,
            };
        match (is_id, key_form.as_deref()) {
            (true, Some("integer")) => option("key", "integer".to_owned()),
            (true, _) => {}
            (false, _) => option("key", key.clone()),
        }
        let times = ["created_at", "updated_at"].map(|name| {
            let mut columns = table.columns.iter();
            columns.any(|c| {
                c.name == name && !c.nullable && form(kind, table, c).as_deref() == Some("datetime")
            })
        });
        if times != [true, true] {
            option("timestamps", "false".to_owned());
        }
        let sets = |sets: &[Vec<String>]| {
            let lawful = |set: &&Vec<String>| set.len() > 1 && set.iter().all(|c| is_lawful(c));
            let sets: Vec<_> = sets
                .iter()
                .filter(lawful)
                .map(|set| format!("[{}]", set.join(", ")))
                .collect();
            (!sets.is_empty()).then(|| format!("[{}]", sets.join(", ")))
        };
        if let Some(unique) = sets(&table.unique) {
            option("unique", unique);
        }
        if let Some(indexes) = sets(&table.indexes) {
            option("indexes", indexes);
        }
        for column in &table.columns {
            let is_own = is_id && column.name == *key;
            let is_time = times == [true, true]
                && matches!(column.name.as_str(), "created_at" | "updated_at");
            if let Some(ty) = retyped(kind, column) {
                self.retype(table, column, ty);
            }
            if !is_own && !is_time {
                resource.fields.extend(self.field(kind, table, column, all));
            }
        }
        resource
    }

    fn field(
        &mut self,
        kind: Kind,
        table: &Table,
        column: &Column,
        all: &[&Table],
    ) -> Option<Field> {
        let name = &column.name;
        let place = format!("`{}.{name}`", table.name);
        let is_named = is_lawful(name);
        let Some(form) = form(kind, table, column).filter(|_| is_named) else {
            let why = match is_named {
                true => format!("there is no type for `{}`", column.ty),
                false => "the service writes names in small letters with `_`".to_owned(),
            };
            let stops = !column.nullable && column.default.is_none();
            let stops = if stops {
                "; it must have a value, so that no row can be made without it"
            } else {
                ""
            };
            self.told(format!("the column {place} is left out: {why}{stops}"));
            return None;
        };
        let mut field = Field {
            name: name.clone(),
            ..Field::default()
        };
        let reference = table
            .references
            .iter()
            .find(|reference| reference.column == *name);
        let reference = reference.filter(|r| all.iter().any(|other| other.name == r.table));
        let is_free = column.nullable;
        field.form = match reference {
            Some(reference) => {
                field.long.extend(on_delete(reference));
                format!("ref({})", reference.table)
            }
            None => form,
        };
        if is_free {
            field.form.push('?');
        }
        let is_made = name == "created_at" && column.default.as_deref().is_some_and(is_now);
        match column
            .default
            .as_deref()
            .map(|sql| (sql, default(sql, &field.form)))
        {
            _ if is_made => field.form.push_str(" readonly"),
            Some((_, Some(value))) => field.form.push_str(&format!(" = {value}")),
            Some((sql, None)) if !sql.eq_ignore_ascii_case("null") => {
                field.comment = Some(format!(
                    "the database has the default {sql}, which requests do not"
                ));
            }
            _ => {}
        }
        let is_in = |sets: &[Vec<String>]| sets.iter().any(|set| set.as_slice() == [name.clone()]);
        let is_key = table.key.as_slice() == [name.clone()];
        let is_plain = !field.form.starts_with("json");
        if is_in(&table.unique) && !is_key && is_plain {
            field.form.push_str(" unique");
        } else if is_in(&table.indexes) && is_plain {
            field.form.push_str(" indexed");
        }
        if let Some(comment) = &column.comment {
            field
                .long
                .insert(0, ("description".to_owned(), yaml_literal(comment)));
        }
        Some(field)
    }

    fn retype(&mut self, table: &Table, column: &Column, ty: &str) {
        let quoted = crate::database::identifier(&column.name);
        let how = match ty {
            "TIMESTAMPTZ" => format!("{quoted} AT TIME ZONE 'UTC'"),
            _ => format!("{quoted}::{ty}"),
        };
        self.notes.push(format!(
            "the column `{}.{}` becomes {ty} when the service starts; it is {} now",
            table.name, column.name, column.ty
        ));
        let words = [&table.name, &column.name, ty, &how];
        self.retyped.push(words.map(str::to_owned));
    }
}

/// Small letters, digits and `_`: what the service calls tables and columns.
fn is_lawful(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    starts && name.chars().all(plain) && name.to_snake_case() == name && name.len() <= 60
}

/// Whether a table says nothing but which rows belong together.
fn is_join(table: &Table) -> bool {
    let refers = |key: &String| table.references.iter().any(|r| r.column == *key);
    table.key.iter().all(refers)
}

fn on_delete(reference: &Reference) -> Option<(String, String)> {
    let word = match reference.on_delete.as_str() {
        "cascade" => "cascade",
        "set null" => "set_null",
        _ => return None,
    };
    Some(("on_delete".to_owned(), word.to_owned()))
}

/// The type of a column in the short form; nothing where there is none.
fn form(kind: Kind, table: &Table, column: &Column) -> Option<String> {
    if let Some(choices) = choices(table, column) {
        return Some(format!("enum({})", choices.join(", ")));
    }
    let ty = column.ty.as_str();
    let text = || match column.size.first() {
        Some(longest) => format!("string(..{longest})"),
        None => "text".to_owned(),
    };
    let found = match kind {
        Kind::Postgres => match ty {
            "smallint" | "integer" | "bigint" => "integer".to_owned(),
            "real" | "double precision" => "number".to_owned(),
            // More digits than a double has would be lost.
            "numeric" if matches!(column.size.as_slice(), [digits, _] if *digits <= 15) => {
                format!("decimal(,{})", column.size[1].min(9)).replace("(,", "(..,")
            }
            "boolean" | "uuid" | "date" => ty.to_owned(),
            "timestamp with time zone" | "timestamp without time zone" | "timestamp" => {
                "datetime".to_owned()
            }
            "text" | "citext" => "text".to_owned(),
            "character varying" | "character" => text(),
            "json" | "jsonb" => "json".to_owned(),
            _ => return None,
        },
        Kind::Sqlite => match ty {
            "blob" if column.name == "id" || column.name.ends_with("_id") => "uuid".to_owned(),
            ty if ty.contains("bool") => "boolean".to_owned(),
            ty if ty.contains("int") => "integer".to_owned(),
            "datetime" | "timestamp" => "datetime".to_owned(),
            "date" => "date".to_owned(),
            "json" => "json".to_owned(),
            "text" if is_time(column) => "datetime".to_owned(),
            ty if ["char", "clob", "text"]
                .iter()
                .any(|word| ty.contains(word)) =>
            {
                text()
            }
            ty if ["real", "floa", "doub"]
                .iter()
                .any(|word| ty.contains(word)) =>
            {
                "number".to_owned()
            }
            "decimal" | "numeric" => "number".to_owned(),
            _ => return None,
        },
    };
    Some(found)
}

/// SQLite has no type for times; names and defaults tell them.
fn is_time(column: &Column) -> bool {
    matches!(
        column.name.as_str(),
        "created_at" | "updated_at" | "deleted_at"
    ) || column.default.as_deref().is_some_and(is_now)
}

/// Whether a default is the time of the statement.
fn is_now(sql: &str) -> bool {
    let sql = sql.to_lowercase();
    ["current_timestamp", "'now'", "now()"]
        .iter()
        .any(|now| sql.contains(now))
}

/// The type that the service reads a column as, where it has another.
fn retyped(kind: Kind, column: &Column) -> Option<&'static str> {
    if kind == Kind::Sqlite {
        return None;
    }
    match column.ty.as_str() {
        _ if !column.choices.is_empty() => Some("TEXT"),
        "smallint" | "integer" => Some("BIGINT"),
        "real" => Some("DOUBLE PRECISION"),
        "numeric" if matches!(column.size.as_slice(), [digits, _] if *digits <= 15) => {
            Some("DOUBLE PRECISION")
        }
        "timestamp without time zone" | "timestamp" => Some("TIMESTAMPTZ"),
        "json" => Some("JSONB"),
        "citext" => Some("TEXT"),
        _ => None,
    }
}

/// What a column may be, by its type or by a condition: `state IN ('open', 'closed')`.
fn choices(table: &Table, column: &Column) -> Option<Vec<String>> {
    let found = match column.choices.is_empty() {
        false => column.choices.clone(),
        true => {
            let name = regex::escape(&column.name);
            let listed = format!(
                r#"(?i)\(\s*\(*"?{name}"?\)*(?:::[a-z ]+)?\s*(?:IN\s*\(([^()]*)\)|=\s*ANY\s*\(+ARRAY\[([^\]]*)\])"#
            );
            let listed = Regex::new(&listed).ok()?;
            let found = table
                .checks
                .iter()
                .find_map(|check| listed.captures(check))?;
            let list = found.get(1).or_else(|| found.get(2))?.as_str();
            let literal = Regex::new("'((?:[^']|'')*)'").ok()?;
            let words = literal
                .captures_iter(list)
                .map(|word| word[1].replace("''", "'"));
            words.collect()
        }
    };
    let is_plain = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
    let lawful =
        |word: &String| !word.is_empty() && word.trim() == word && word.chars().all(is_plain);
    (!found.is_empty() && found.iter().all(lawful)).then_some(found)
}

/// A default as the short form writes it; nothing where it is worked out by the database.
fn default(sql: &str, form: &str) -> Option<String> {
    let sql = sql.trim().trim_start_matches('(').trim_end_matches(')');
    let bare = sql.split("::").next().unwrap_or_default().trim();
    let text = bare
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    let ty = form.split(['(', '?', ' ', '[']).next().unwrap_or_default();
    match (ty, text) {
        ("boolean", _) => match bare.to_lowercase().as_str() {
            "true" | "1" => Some("true".to_owned()),
            "false" | "0" => Some("false".to_owned()),
            _ => None,
        },
        ("integer", _) => bare.parse::<i64>().ok().map(|number| number.to_string()),
        ("number" | "decimal", _) => bare.parse::<f64>().is_ok().then(|| bare.to_owned()),
        ("enum" | "string" | "text", Some(text)) => {
            let is_plain =
                !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            match is_plain {
                true => Some(text.to_owned()),
                false if text.contains(['"', '\'', '\\', '\n']) => None,
                false => Some(format!("\"{text}\"")),
            }
        }
        _ => None,
    }
}
