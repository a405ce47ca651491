//! `apigen add service`: another service for a workspace.

use std::path::PathBuf;

use toml_edit::{Array, DocumentMut, Item, Table, Value};

use super::{
    Console, Failure, Outcome, open,
    open::Project,
    survey::{Choices, Survey},
    sync, unknown_word, workspace,
};
use crate::{
    config::{self, Config, Layout, service_name},
    lower::partition::partition,
    model::Service,
};

/// What it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the workspace is looked for, upward.
    pub directory: PathBuf,
    /// What the service is called.
    pub name: String,
    /// The tags whose operations are its own.
    pub tags: Vec<String>,
}

/// Runs it.
///
/// # Errors
/// There is no workspace, the name is taken or impossible, or there is no such tag; then nothing
/// was changed.
pub fn run(options: &Options, console: Console) -> anyhow::Result<Outcome> {
    let (directory, _) = workspace::target(&options.directory, None)?;
    let session = open::session(&directory, console)?;
    let mut project = Project::find(&directory)?;
    let name = &options.name;
    if project.config.layout != Layout::Services {
        let message =
            format!("`{name}` needs a workspace of services, and this project is one package");
        let hint = "write `layout = \"services\"` into `apigen.toml` and run `apigen sync`: what you \
                    wrote goes along";
        return Err(Failure::hinted(message, hint).into());
    }
    if let Err(why) = service_name(name) {
        return Err(Failure::hinted(format!("no service can be called `{name}`"), why).into());
    }
    let spec = project.spec()?;
    refuse_taken(&project, &spec.service, name, &options.tags)?;
    let tags = tags(&spec.service, &options.tags)?;
    let text = added(&project.choices, name, &tags)?;
    project.config = Config::parse(config::FILE, &text).map_err(|refusal| Failure::Refused {
        sources: refusal.sources,
        diagnostics: refusal.diagnostics,
    })?;
    let before = std::mem::replace(&mut project.choices, text.clone());
    let mut survey = Survey::new(project, &Choices::default(), None)?;
    survey.plan.edit(config::FILE, &before, &text);
    let options = sync::Options {
        directory,
        ..sync::Options::default()
    };
    sync::finish(survey, Some(session), &options, console)
}

fn refuse_taken(
    project: &Project,
    service: &Service,
    name: &str,
    tags: &[String],
) -> anyhow::Result<()> {
    let is_listed = project.config.services.contains_key(name);
    let parts = partition(service, &project.config).unwrap_or_default();
    let share = parts.shares.iter().find(|share| share.name == name);
    match share {
        // A tag's own service may be written down, and others be added to it.
        Some(_) if !is_listed && !tags.is_empty() => Ok(()),
        None if !is_listed => Ok(()),
        share => {
            let folder = share.map_or_else(String::new, |share| format!(", in `{}`", share.folder));
            let message = format!("there is a service `{name}` already{folder}");
            let hint =
                format!("give it another name, or change `[services.{name}]` in `apigen.toml`");
            Err(Failure::hinted(message, hint).into())
        }
    }
}

/// The tags as the document writes them.
fn tags(service: &Service, wanted: &[String]) -> anyhow::Result<Vec<String>> {
    let known: Vec<&str> = service
        .groups
        .iter()
        .map(|group| &*group.api_name)
        .collect();
    let mut tags = Vec::new();
    for tag in wanted {
        if !known.contains(&tag.as_str()) {
            let message = format!("no operation has the tag `{tag}`");
            return Err(unknown_word(message, tag, &known));
        }
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    Ok(tags)
}

/// The choices with one more service, which takes its tags from the others.
fn added(text: &str, name: &str, tags: &[String]) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse()?;
    let services = document.entry("services").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let Some(services) = services.as_table_like_mut() else {
        let hint = "write it as `[services.NAME]`";
        return Err(Failure::hinted("`services` in `apigen.toml` is no table", hint).into());
    };
    for (_, other) in services.iter_mut() {
        let list = other
            .as_table_like_mut()
            .and_then(|table| table.get_mut("tags"));
        if let Some(list) = list.and_then(Item::as_array_mut) {
            list.retain(|tag| {
                !tag.as_str()
                    .is_some_and(|tag| tags.iter().any(|t| t == tag))
            });
        }
    }
    let mut table = Table::new();
    let list: Array = tags.iter().map(String::as_str).collect();
    table.insert("tags", Item::Value(Value::Array(list)));
    services.insert(name, Item::Table(table));
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_added_and_the_rest_stays() {
        let text = "# Mine.\nname = \"shop\" # this one\n\n[services.catalog] # all of it\ntags = [\"items\", \"reviews\"]\n";
        let new = added(text, "feedback", &["reviews".to_owned()]).expect("it");
        let expected = "# Mine.\nname = \"shop\" # this one\n\n[services.catalog] # all of it\ntags = [\"items\"]\n\n[services.feedback]\ntags = [\"reviews\"]\n";
        assert_eq!(new, expected);
        let new = added("name = \"shop\"\n", "empty", &[]).expect("it");
        assert_eq!(new, "name = \"shop\"\n\n[services.empty]\ntags = []\n");
    }
}
