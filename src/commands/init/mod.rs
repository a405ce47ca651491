//! `apigen init`: a resource spec to start from.

pub mod baseline;
pub mod draft;
mod from_db;
pub mod grammar;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Console, Failure, Outcome, ask, document::refused, new::name_of, plural};
use crate::{
    config::Config,
    database,
    diagnostic::{Diagnostic, Severity},
    lower::lower,
    project::{self, Write, disk},
    render::{SPEC_SCHEMA, SPEC_SCHEMA_TEXT},
    spec,
};
use draft::{Draft, Field, Resource};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The file; `-` is the standard output.
    pub file: PathBuf,
    /// What the service is called; else as the folder is.
    pub name: Option<String>,
    /// How callers say who they are.
    pub auth: Option<String>,
    /// Resources, as `item:name:string,price:decimal`.
    pub resources: Vec<String>,
    /// A database that has the tables already: an SQLite file, or the address of a PostgreSQL one.
    pub from_db: Option<String>,
    /// What is there is overwritten.
    pub force: bool,
    /// Nothing is asked.
    pub yes: bool,
}

/// Runs it.
///
/// # Errors
/// The file is there already, what was asked for is not understood, or it cannot be written.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    refuse_taken(options)?;
    if let Some(url) = &options.from_db {
        return draw(options, url, console);
    }
    let draft = draft(options)?;
    let text = draft.text();
    let shown = options.file.display().to_string();
    check(&shown, &text)?;
    if shown == "-" {
        console.data(&text);
        return Ok(Outcome::Done);
    }
    write(&options.file, &text, None)?;
    tell(options, &draft, console);
    Ok(Outcome::Done)
}

/// What was written, and what to do next.
fn tell(options: &Options, draft: &Draft, console: Console) {
    let shown = options.file.display();
    let many = plural(draft.resources.len(), "resource");
    console.note(&format!("Wrote `{shown}`: {many}\n\nNext:"));
    let name = &draft.name;
    console.note(&format!(
        "  apigen new {name} --spec {shown}        a complete service of it, in `{name}`"
    ));
    console.note(&format!("  apigen add resource NAME --field …        one more\n  apigen lint {shown}        advice on its design"));
}

/// Drafts what a database has.
fn draw(options: &Options, url: &str, console: Console) -> anyhow::Result<Outcome> {
    let schema = database::read(url).map_err(anyhow::Error::msg)?;
    let name = options
        .name
        .clone()
        .unwrap_or_else(|| folder_name(&options.file));
    let mut drawn = from_db::draw(&schema, &name);
    if drawn.draft.resources.is_empty() {
        let message = format!("`{url}` has no table that can be a resource");
        let hint = "a resource has a primary key of one column, and a name in small letters";
        drawn.notes.iter().for_each(|note| console.warning(note));
        return Err(Failure::hinted(message, hint).into());
    }
    drawn.draft.auth = options.auth.clone().unwrap_or_default();
    let text = drawn.draft.text();
    let shown = options.file.display().to_string();
    check(&shown, &text)?;
    drawn.notes.iter().for_each(|note| console.warning(note));
    if shown == "-" {
        console.data(&text);
        return Ok(Outcome::Done);
    }
    write(&options.file, &text, Some(&baseline::text(&schema, &drawn)))?;
    let beside = baseline_of(&options.file);
    console.note(&format!(
        "Wrote `{}`: `apigen new` begins with it, so that tables that are there stay as they are",
        beside.display()
    ));
    tell(options, &drawn.draft, console);
    Ok(Outcome::Done)
}

/// Where the baseline of a resource spec is: `resources.baseline.sql`.
pub fn baseline_of(spec: &Path) -> PathBuf {
    spec.with_extension("baseline.sql")
}

fn refuse_taken(options: &Options) -> anyhow::Result<()> {
    let file = &options.file;
    if options.force || file.as_os_str() == "-" || !file.exists() {
        return Ok(());
    }
    let message = format!("`{}` is there already", file.display());
    let hint = "`apigen add resource` extends it; `--force` writes it anew";
    Err(Failure::hinted(message, hint).into())
}

/// What is to be written: as it was asked for, or as a person answers.
fn draft(options: &Options) -> anyhow::Result<Draft> {
    let name = match &options.name {
        Some(name) => name.clone(),
        None => folder_name(&options.file),
    };
    let asks = !options.yes && options.resources.is_empty() && ask::is_possible();
    if asks {
        return asked(options, &name);
    }
    let given = options.resources.iter().map(|text| read(text));
    let mut resources: Vec<_> = given.collect::<anyhow::Result<_>>()?;
    if resources.is_empty() {
        resources.push(example());
    }
    Ok(Draft {
        name,
        auth: options.auth.clone().unwrap_or_default(),
        about: Vec::new(),
        resources,
    })
}

fn read(text: &str) -> anyhow::Result<Resource> {
    let hint = "`--resource 'item:name:string(1..100),price:decimal(0..)'`";
    grammar::resource(text).map_err(|why| Failure::hinted(why, hint).into())
}

/// What a spec has that nobody said anything of.
fn example() -> Resource {
    let field = |(name, form): (&str, &str)| Field {
        name: name.to_owned(),
        form: form.to_owned(),
        ..Field::default()
    };
    let fields = [
        ("name", "string(1..100)"),
        ("price", "decimal(0..)"),
        ("state", "enum(draft, on_sale) = draft"),
        ("note", "text?"),
    ];
    Resource {
        name: "items".to_owned(),
        fields: fields.map(field).to_vec(),
        ..Resource::default()
    }
}

fn asked(options: &Options, name: &str) -> anyhow::Result<Draft> {
    let name = match &options.name {
        Some(name) => name.clone(),
        None => ask::ask("What the service is called", name, |name| {
            Ok(name.to_owned())
        })?,
    };
    let names = |answer: &str| {
        let names = answer.split([',', ' ']).filter(|name| !name.is_empty());
        names
            .map(grammar::collection)
            .collect::<Result<Vec<_>, _>>()
    };
    let names = ask::ask("What it keeps, such as `item, order`", "item", names)?;
    let usual = "name:string(1..100)";
    let placeholder = |name: &String| Resource {
        name: name.clone(),
        fields: grammar::fields(usual).unwrap_or_default(),
        ..Resource::default()
    };
    let mut resources: Vec<_> = names.iter().map(placeholder).collect();
    for place in 0..resources.len() {
        let question = format!(
            "The fields of {}, such as `name:string(1..100), price:decimal(0..), note:text?`",
            names[place]
        );
        let known = resources.clone();
        resources[place].fields = ask::ask(&question, usual, |answer| {
            let fields = grammar::fields(answer)?;
            let mut all = known.clone();
            all[place].fields.clone_from(&fields);
            possible(all).map(|()| fields)
        })?;
    }
    let auth = match &options.auth {
        Some(auth) => auth.clone(),
        None => {
            let known = |answer: &str| match AUTH.contains(&answer) {
                true => Ok(answer.to_owned()),
                false => Err(format!("there are {}", AUTH.join(", "))),
            };
            ask::ask(
                "Who calls it: none (all may), jwt, api_keys or accounts",
                "none",
                known,
            )?
        }
    };
    Ok(Draft {
        name,
        auth,
        about: Vec::new(),
        resources,
    })
}

/// Whether resources can be told; else the first reason why not.
fn possible(resources: Vec<Resource>) -> Result<(), String> {
    let draft = Draft {
        name: "service".to_owned(),
        resources,
        ..Draft::default()
    };
    check("answer", &draft.text()).map_err(|error| {
        let diagnostics = match error.downcast_ref() {
            Some(Failure::Refused { diagnostics, .. }) => diagnostics.as_slice(),
            _ => return error.to_string(),
        };
        let mut errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
        errors.next().map_or_else(String::new, |first| {
            let hint = first.hint.as_ref().map(|hint| format!(": {hint}"));
            first.message.clone() + &hint.unwrap_or_default()
        })
    })
}

/// How callers may say who they are.
pub const AUTH: [&str; 4] = ["none", "jwt", "api_keys", "accounts"];

/// The name of the folder, where a service can be called so.
fn folder_name(file: &Path) -> String {
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    name_of(folder).unwrap_or_else(|_| "service".to_owned())
}

/// Refuses a text that is no resource spec, with all that is wrong with it.
///
/// # Errors
/// It is none.
pub fn check(name: &str, text: &str) -> anyhow::Result<()> {
    let (document, mut diagnostics) = spec::parse(name, text).map_err(refused)?;
    diagnostics.extend(lower(&document, &Config::default()).1);
    let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
    match diagnostics.iter().any(is_error) {
        true => Err(Failure::Refused {
            sources: document.sources,
            diagnostics,
        }
        .into()),
        false => Ok(()),
    }
}

/// Writes it, and beside it what editors know it by.
fn write(file: &Path, text: &str, baseline: Option<&str>) -> anyhow::Result<()> {
    let name = file.file_name().context("the file has no name")?;
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut writes = vec![Write::text(name.to_string_lossy(), text)];
    if let (Some(baseline), Some(name)) = (baseline, baseline_of(file).file_name()) {
        writes.push(Write::text(name.to_string_lossy(), baseline));
    }
    if disk::read_text(&folder.join(SPEC_SCHEMA))?.as_deref() != Some(SPEC_SCHEMA_TEXT) {
        writes.push(Write::text(SPEC_SCHEMA, SPEC_SCHEMA_TEXT));
    }
    project::apply(folder, &writes)
}
