//! `[operations]` and `[tags]` of `apigen.toml`: what is said of operations beside the document,
//! which may be somebody else's.

use super::{Wrong, caches, limits, no_operation};
use crate::{
    config::{Config, Misfit, OperationChoice, unknown},
    model::{GroupId, Guard, Method, Operation, Service},
};

/// What does not fit the document.
pub fn check(service: &Service, config: &Config) -> Vec<Misfit> {
    match config.operations.is_empty() && config.tags.is_empty() {
        true => Vec::new(),
        false => apply(&mut service.clone(), config),
    }
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
