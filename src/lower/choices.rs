//! `[operations]`, `[tags]` and `[resources]` of `apigen.toml`: what is said beside the document,
//! which may be somebody else's.

use super::{
    Wrong, caches, limits, no_operation,
    resources::{said::blank, shown},
};
use crate::{
    config::{Config, Misfit, OperationChoice, ResourceChoice, unknown},
    model::{GroupId, Guard, Method, Operation, Others, SaidCaller, Service},
};

/// What does not fit the document.
pub fn check(service: &Service, config: &Config) -> Vec<Misfit> {
    let mut misfits = match config.operations.is_empty() && config.tags.is_empty() {
        true => Vec::new(),
        false => apply(&mut service.clone(), config),
    };
    let resources = config.resources.iter();
    misfits.extend(resources.filter_map(|(path, choice)| unowned(service, path, choice)));
    misfits
}

/// Whose rows are whose: before it is known which rows there are, so [`check`] tells what does not
/// fit. The word here holds, not that of the document.
pub(super) fn own(service: &mut Service, config: &Config) {
    for (path, choice) in &config.resources {
        let Some(owner) = &choice.owner else { continue };
        let said = service.said.entry(blank(path)).or_default();
        said.caller = Some(SaidCaller {
            property: owner.clone(),
            others: match choice.is_forbidden {
                true => Others::Forbidden,
                false => Others::NotFound,
            },
        });
    }
}

/// Whose rows those of a collection are is said here.
pub(super) fn owns(config: &Config, shape: &str) -> bool {
    let mut resources = config.resources.iter();
    resources.any(|(path, choice)| choice.owner.is_some() && blank(path) == shape)
}

/// Why rows are not callers' own that should be.
fn unowned(service: &Service, path: &str, choice: &ResourceChoice) -> Option<Misfit> {
    let mut resources = service.resources.iter();
    let Some(resource) = resources.find(|r| blank(&r.path) == blank(path)) else {
        let known: Vec<&str> = service.resources.iter().map(|r| r.path.as_str()).collect();
        let wrong = (
            format!("no rows are kept of `{path}`"),
            unknown(path, &known),
        );
        return Some(Misfit::new("resources", path, wrong));
    };
    let owner = choice.owner.as_deref()?;
    let name = |index: usize| shown(&resource.columns[index].source);
    if resource
        .rules
        .caller
        .is_some_and(|own| name(own.column) == Some(owner))
    {
        return None;
    }
    let known: Vec<&str> = (0..resource.columns.len()).filter_map(name).collect();
    let wrong = match known.contains(&owner) {
        true => (
            format!("`{owner}` must be a text or a UUID that is `readOnly`"),
            None,
        ),
        false => (
            format!("rows of `{path}` have no property `{owner}`"),
            unknown(owner, &known),
        ),
    };
    Some(Misfit::new("resources", path, wrong).value("owner"))
}

/// Carries out what fits, and returns the rest. The nearest word holds: that of an operation here,
/// then that of the document, then that of a tag.
pub(super) fn apply(service: &mut Service, config: &Config) -> Vec<Misfit> {
    let mut misfits = Vec::new();
    for (tag, choice) in &config.tags {
        let is_it = |group: &crate::model::Group| group.api_name == *tag;
        let Some(group) = service.groups.iter().position(is_it).map(GroupId) else {
            misfits.push(Misfit::new("tags", tag, no_tag(tag, service)));
            continue;
        };
        let mut wrong = None;
        let of_group = |operation: &&mut Operation| operation.group == group;
        for operation in service.operations.iter_mut().filter(of_group) {
            let choice = OperationChoice {
                cache: said(
                    &choice.cache,
                    operation.cache.is_none() && is_read(operation),
                ),
                rate_limit: said(&choice.rate_limit, operation.rate_limit.is_none()),
            };
            wrong = wrong.or(say(operation, &choice).err());
        }
        misfits.extend(wrong.map(|(option, wrong)| Misfit::new("tags", tag, wrong).value(option)));
    }
    for (id, choice) in &config.operations {
        let misfit = |wrong| Misfit::new("operations", id, wrong);
        let Some(operation) = service.named(id) else {
            misfits.push(misfit(no_operation(id, service)));
            continue;
        };
        let said = say(&mut service.operations[operation.0], choice);
        misfits.extend(
            said.err()
                .map(|(option, wrong)| misfit(wrong).value(option)),
        );
    }
    misfits
}

fn is_read(operation: &Operation) -> bool {
    operation.method == Method::Get
}

fn said(text: &Option<String>, is_wanted: bool) -> Option<String> {
    text.clone().filter(|_| is_wanted)
}

/// Says it of an operation; else which option is wrong, and how.
fn say(operation: &mut Operation, choice: &OperationChoice) -> Result<(), (&'static str, Wrong)> {
    if let Some(text) = &choice.rate_limit {
        let rate = limits::read(text).ok_or_else(|| ("rate_limit", limits::wrong("rate_limit")))?;
        operation.rate_limit = Some(rate);
    }
    if let Some(text) = &choice.cache {
        if !is_read(operation) {
            return Err(("cache", (caches::no_read("cache"), None)));
        }
        let is_secured = operation.guard != Guard::Public;
        let control = caches::read(text, is_secured).map_err(|wrong| ("cache", wrong))?;
        operation.cache = Some(control);
    }
    Ok(())
}

fn no_tag(tag: &str, service: &Service) -> Wrong {
    let tags: Vec<&str> = service
        .groups
        .iter()
        .map(|group| group.api_name.as_str())
        .collect();
    (format!("there is no tag `{tag}`"), unknown(tag, &tags))
}
