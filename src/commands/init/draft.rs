//! A resource spec that is yet to be written, and its text.

use std::fmt::Write as _;

use crate::render::{
    SPEC_SCHEMA,
    doors::{one_line, yaml_literal},
};

/// A resource spec.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// What the service is called.
    pub name: String,
    /// How callers say who they are; empty for what is usual.
    pub auth: String,
    /// What it is made from, a comment line each.
    pub about: Vec<String>,
    /// What it keeps.
    pub resources: Vec<Resource>,
}

/// A resource.
#[derive(Debug, Clone, Default)]
pub struct Resource {
    /// In the plural.
    pub name: String,
    /// What cannot be said of it, a comment line each.
    pub comments: Vec<String>,
    /// What is said before its fields: a key, and a value as YAML.
    pub options: Vec<(String, String)>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// As it goes over the wire.
    pub name: String,
    /// In the short form, such as `string(1..100)?`.
    pub form: String,
    /// What only the long form says: a key, and a value as YAML.
    pub long: Vec<(String, String)>,
    /// What cannot be said of it.
    pub comment: Option<String>,
}

/// What the head of every spec tells, beside the keys that are chosen.
const GUIDE: &str = "\
# What the service keeps, and who may do what with it. After an edit, `apigen sync` brings the service up to date.
#
# A field is TYPE, then as much of (1..100), [], ?, = DEFAULT and words as it takes:
#   string(1..100)  text  integer(0..)  number  decimal(0..)  boolean  uuid  date  datetime  duration  email  url
#   enum(open, closed) = open   ref(users)   string(1..30)[]   map   json
#   ? may be left out and may be null   unique   indexed   readonly   writeonly
";

/// What can be said of a service, and is usual where nobody does.
const HEAD: &str = "\
# title: What people call it
# version: 1.0.0
# base: /api/v1                   the path before all others
# servers: [https://api.example.com]
";

/// What can be said of a resource.
const MORE: &str = "    \
    # parent: projects              below a row of another: /projects/{project_id}/…
    # owner: true                   who made a row has it alone; others get 404
    # soft_delete: true             deleted rows stay in the database
    # version: true                 lost updates are refused: ETag and If-Match
    # operations: [list, create, get, replace, update, delete]
    # actions: { publish: POST }    something that you write
    # list: { filters: [name], sort: [name, created_at], page: cursor, limit: 20..100 }
";

impl Draft {
    /// The whole file.
    pub fn text(&self) -> String {
        let mut text = format!("# yaml-language-server: $schema={SPEC_SCHEMA}\n{GUIDE}");
        for line in &self.about {
            let _ = writeln!(text, "{}", comment("", line));
        }
        let _ = write!(text, "\napigen: 1\nname: {}\n{HEAD}", plain(&self.name));
        match self.auth.as_str() {
            "" => text.push_str(
                "# auth: jwt                       who calls: none, jwt, api_keys or accounts\n",
            ),
            auth => {
                let _ = writeln!(text, "auth: {auth}");
            }
        }
        text.push_str("\nresources:\n");
        for (index, resource) in self.resources.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            text.push_str(&resource.text(2, 2, index == 0 && self.about.is_empty()));
        }
        text
    }
}

impl Resource {
    /// Its lines, so many spaces from the left and with so many for each level; where it is asked for,
    /// with what else can be said.
    pub fn text(&self, left: usize, step: usize, with_more: bool) -> String {
        let [first, second, third] = [0, 1, 2].map(|level| " ".repeat(left + level * step));
        let mut text = String::new();
        for line in &self.comments {
            let _ = writeln!(text, "{}", comment(&first, line));
        }
        let _ = writeln!(text, "{first}{}:", plain(&self.name));
        for (key, value) in &self.options {
            let _ = writeln!(text, "{second}{key}: {value}");
        }
        if with_more {
            text.push_str(MORE);
        }
        match self.fields.is_empty() {
            true => {
                let _ = writeln!(text, "{second}fields: {{}}");
            }
            false => {
                let _ = writeln!(text, "{second}fields:");
            }
        }
        for field in &self.fields {
            if let Some(line) = &field.comment {
                let _ = writeln!(text, "{}", comment(&third, line));
            }
            let (name, form) = (plain(&field.name), plain(&field.form));
            if field.long.is_empty() {
                let _ = writeln!(text, "{third}{name}: {form}");
                continue;
            }
            let _ = writeln!(
                text,
                "{third}{name}:\n{third}{}type: {form}",
                " ".repeat(step)
            );
            for (key, value) in &field.long {
                let _ = writeln!(text, "{third}{}{key}: {value}", " ".repeat(step));
            }
        }
        text
    }
}

/// A comment on a line of its own.
fn comment(left: &str, text: &str) -> String {
    format!("{left}# {}", one_line(text))
}

/// A text as YAML, without quotes where it reads the same without.
pub fn plain(text: &str) -> String {
    let starts_well = text.starts_with(|c: char| c.is_alphanumeric() || c == '/' || c == '_');
    let reads_well = !text.contains(": ") && !text.contains(" #") && !text.ends_with([':', ' ']);
    let is_word = ["true", "false", "null", "yes", "no", "on", "off"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    let is_number = text.parse::<f64>().is_ok() || text.starts_with("0x") || text.starts_with("0o");
    let is_plain = text
        .chars()
        .all(|c| !c.is_control() && c != '\u{feff}' && c != '\u{2028}' && c != '\u{2029}');
    match is_plain {
        true if starts_well && reads_well && !is_word && !is_number => text.to_owned(),
        true => format!("'{}'", text.replace('\'', "''")),
        false => yaml_literal(text),
    }
}
