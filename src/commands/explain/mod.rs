//! `apigen explain`: why the project is as it is.

mod file;

use std::path::{Path, PathBuf};

use super::{
    Console, Failure, Outcome, codes,
    homes::{Home, Homes},
    overrides::Overrides,
    roles::Asked,
    unknown_word,
};
use crate::{
    config::unknown,
    diff, lint,
    model::{Operation, Origin, Resource, Service},
    project::stored::role,
};

/// What is to be explained.
#[derive(Debug, Clone)]
pub enum Topic {
    /// The operations that answer 501.
    Stubs,
    /// The tables, or one of them.
    Resource(Option<String>),
    /// A file of the project.
    File(PathBuf),
    /// The code of a diagnostic.
    Code(String),
    /// The form of errors.
    Errors,
}

/// Runs it.
///
/// # Errors
/// There is no such thing, or the project cannot be read.
pub fn run(directory: &Path, topic: &Topic, console: Console) -> anyhow::Result<Outcome> {
    let text = match topic {
        Topic::Code(code) => explain_code(code)?,
        Topic::Stubs => stubs(&Homes::find(directory)?)?,
        Topic::Resource(name) => resources(&Homes::find(directory)?, name.as_deref())?,
        Topic::File(path) => file::explain(directory, path, console.verbose)?,
        Topic::Errors => {
            let homes = Homes::find(directory)?;
            let mut serving = homes.serving();
            let home = serving.next().or(homes.all.first());
            home.map_or_else(String::new, |home| errors(&home.spec.service))
        }
    };
    console.data(&text);
    Ok(Outcome::Done)
}

fn explain_code(code: &str) -> anyhow::Result<String> {
    if let Some(text) = codes::meaning(code) {
        return Ok(format!("{code}\n\n{text}\n"));
    }
    if let Some(rule) = diff::rule(code) {
        return Ok(format!(
            "{code}\n\n{}. `apigen diff` calls it {}, unless `[diff]` in `apigen.toml` gives it \
             another level.\n",
            rule.meaning, rule.level
        ));
    }
    if let Some(rule) = lint::rule(code) {
        return Ok(advice(rule));
    }
    let known = codes::CODES.iter().map(|(code, _)| *code);
    let known = known.chain(diff::rules().map(|rule| rule.id));
    let known = known.chain(lint::rules().iter().map(|rule| rule.id));
    let known: Vec<_> = known.collect();
    let message = format!("there is no code `{code}`");
    let place = "a diagnostic shows its code in brackets: `error[dangling-ref]`";
    let hint = unknown(code, &known).unwrap_or_else(|| place.to_owned());
    Err(Failure::hinted(message, hint).into())
}

fn advice(rule: &lint::Rule) -> String {
    let lint::Rule {
        id,
        level,
        choice,
        meaning,
    } = rule;
    let choice = match choice {
        Some(lint::Choice::Max(max)) => format!("{id} = {{ level = \"{level}\", max = {max} }}"),
        Some(lint::Choice::Style) => format!("{id} = {{ level = \"{level}\", style = \"snake\" }}"),
        Some(lint::Choice::Allow) => {
            format!("{id} = {{ level = \"{level}\", allow = [\"word\"] }}")
        }
        None => format!("{id} = \"{level}\""),
    };
    format!(
        "{id}\n\n{meaning}\n\nIts level is `{level}`; `[lint]` in `apigen.toml` has `off`, `info`, `warn` and \
         `error`, as in `{choice}`. `x-apigen-lint: {{ {id}: off }}` lets one place of the \
         document be as it is, with all that is in it.\n"
    )
}

fn stubs(homes: &Homes) -> anyhow::Result<String> {
    let (mut text, mut count) = (String::new(), 0);
    for home in homes.serving() {
        count += stubs_of(home, &mut text)?;
    }
    text.push_str(&match count {
        0 => "No operation answers 501\n".to_owned(),
        count => format!(
            "\n{} 501; `apigen override OPERATION` starts an implementation\n",
            match count {
                1 => "1 operation answers".to_owned(),
                count => format!("{count} operations answer"),
            }
        ),
    });
    Ok(text)
}

/// Tells those of one project; gives their number.
fn stubs_of(home: &Home, text: &mut String) -> anyhow::Result<usize> {
    let spec = &home.spec;
    let overrides = Overrides::find(&home.project, &spec.service)?;
    let stubs = overrides.stubs(&spec.service);
    for (operation, reason) in &stubs {
        let is_it = |asked: &&Asked| std::ptr::eq(&spec.service[asked.operation], *operation);
        let could = spec.asked.iter().find(is_it);
        let could = could.filter(|asked| asked.would != "stub").map(|asked| {
            let would = &asked.would;
            format!("; it could `{would}` now, and waits for `apigen sync --accept`")
        });
        text.push_str(&format!(
            "{} is a stub because {reason}{}\n",
            headline_from(&home.folder, operation),
            could.unwrap_or_default()
        ));
    }
    for (operation, place) in overrides.stand_ins(&spec.service) {
        text.push_str(&format!(
            "{} has a stand-in at {}:{} until you write it\n",
            headline_from(&home.folder, operation),
            home.told(&place.file),
            place.line
        ));
    }
    Ok(stubs.len())
}

fn headline(operation: &Operation) -> String {
    headline_from("", operation)
}

/// The same, of a document in this folder.
fn headline_from(folder: &str, operation: &Operation) -> String {
    let (id, method, path) = (&operation.id, operation.method.as_str(), &operation.path);
    format!(
        "{id} ({method} {path}, {folder}{})",
        place(&operation.origin)
    )
}

fn place(origin: &Origin) -> String {
    format!("{}:{}:{}", origin.file, origin.line, origin.column)
}

fn resources(homes: &Homes, name: Option<&str>) -> anyhow::Result<String> {
    let is_wanted = |resource: &Resource| match name {
        Some(name) => [
            &resource.module,
            &resource.table,
            &resource.singular,
            &resource.type_name,
        ]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name)),
        None => true,
    };
    let of = |home| {
        let Home { folder, spec, .. }: &Home = home;
        let all = spec.service.resources.iter();
        all.map(move |resource| (folder, &spec.service, resource))
    };
    let all: Vec<_> = homes.serving().flat_map(of).collect();
    let wanted = all.iter().filter(|(.., resource)| is_wanted(resource));
    let told = wanted.map(|(folder, service, found)| resource(folder, service, found));
    let told: Vec<_> = told.collect();
    if let (Some(name), []) = (name, told.as_slice()) {
        let known: Vec<_> = all.iter().map(|(.., r)| r.module.as_str()).collect();
        let message = format!("there is no resource `{name}`");
        return Err(match known.is_empty() {
            true => {
                Failure::hinted(message, "none was found; `apigen explain stubs` says why").into()
            }
            false => unknown_word(message, name, &known),
        });
    }
    if told.is_empty() {
        return Ok("No resource was found; `apigen explain stubs` says why\n".to_owned());
    }
    Ok(told.join("\n"))
}

fn resource(folder: &str, service: &Service, resource: &Resource) -> String {
    let mut text = format!("{}, table `{}`", resource.module, resource.table);
    if !folder.is_empty() {
        text.push_str(&format!(" of `{}`", folder.trim_end_matches('/')));
    }
    text.push('\n');
    for reason in &resource.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    if let Some(parent) = &resource.parent {
        let owner = &service[parent.resource].module;
        let column = &resource.columns[parent.column].name;
        text.push_str(&format!("  belongs to {owner} by `{column}`\n"));
    }
    text.push_str("  columns\n");
    for (index, column) in resource.columns.iter().enumerate() {
        let key = if index == resource.key { ", key" } else { "" };
        let null = if column.nullable { ", nullable" } else { "" };
        text.push_str(&format!(
            "    {}: {}{key}{null}\n",
            column.name,
            kind(column)
        ));
    }
    text.push_str("  operations\n");
    for operation in resource.operations.iter().map(|id| &service[*id]) {
        let role = role(service, &operation.role);
        let headline = headline_from(folder, operation);
        text.push_str(&format!("    {role}: {headline}\n"));
    }
    text
}

fn kind(column: &crate::model::Column) -> &'static str {
    use crate::model::ColumnType as Kind;
    match column.ty {
        Kind::Uuid => "uuid",
        Kind::Text => "text",
        Kind::Integer(_) => "integer",
        Kind::Number => "number",
        Kind::Decimal(_) => "decimal",
        Kind::Boolean => "boolean",
        Kind::DateTime => "date and time",
        Kind::Date => "date",
        Kind::Enum(_) => "enum, as text",
        Kind::Json(_) => "JSON",
    }
}

fn errors(service: &Service) -> String {
    let errors = &service.errors;
    let mut text = format!("Errors are sent as `{}`\n", errors.media_type);
    if let Some((name, origin)) = &errors.schema {
        text.push_str(&format!("by the schema `{name}` ({})\n", place(origin)));
    }
    for reason in &errors.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    text
}
