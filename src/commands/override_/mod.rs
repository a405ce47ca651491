//! `apigen override`: puts a default into the user's service, as a starting point.

use std::path::Path;

use anyhow::Context as _;
use method::{Method, default_of};

use super::{
    Console, Failure, Outcome,
    document::Spec,
    open::{self, Project},
    overrides::Overrides,
    tools,
};
use crate::{
    config::unknown,
    model::Operation,
    project::{Write, disk},
    user::Source,
};

mod insert;
mod method;

/// Runs it.
///
/// # Errors
/// There is no such operation, or the user's file has no place for it.
pub fn run(directory: &Path, id: &str, console: Console) -> anyhow::Result<Outcome> {
    let session = open::session(directory, console)?;
    let mut project = Project::find(directory)?;
    let spec = project.spec()?;
    let operation = find(&spec, id)?;
    let id = &operation.id;
    let overrides = Overrides::find(&project, &spec.service)?;
    if let Some(there) = overrides.of(&spec.service, operation) {
        let (path, line, column) = (&there.file, there.line, there.column);
        console.note(&format!("`{id}` is yours already: {path}:{line}:{column}"));
        return Ok(Outcome::Done);
    }
    let group = &spec.service[operation.group];
    let default = default(&project, &spec, operation)?;
    let mut path = format!("src/services/{}.rs", group.module);
    project.disk.read(&project.root, [&path])?;
    if let Some(other) = disk::other_place(&path)
        && project.disk.get(&other).is_some()
    {
        path = other;
    }
    let Some(text) = project.disk.text(&path) else {
        let message = format!("there is no `{path}`");
        let hint = format!("you deleted it; `apigen restore {path}` brings it back");
        return Err(Failure::hinted(message, hint).into());
    };
    let new = insert::insert(text, &group.trait_name, &default).map_err(|why| {
        let hint = format!("it must hold `impl {} for …`", group.trait_name);
        Failure::hinted(format!("cannot add to `{path}`: {why}"), hint)
    })?;
    let new = formatted(text, new);
    session.apply(&[Write::text(&path, new.as_str())], &project.disk)?;
    let file = Source {
        path: path.clone(),
        text: new,
    };
    let after = Overrides::of_files(&[file], &spec.service);
    let line = after
        .of(&spec.service, operation)
        .map_or(1, |place| place.line);
    console.note(&format!("`{id}` is yours now: {path}:{line}"));
    Ok(Outcome::Done)
}

fn find<'a>(spec: &'a Spec, id: &str) -> anyhow::Result<&'a Operation> {
    let all = &spec.service.operations;
    let found = all
        .iter()
        .find(|operation| operation.id == id || operation.name == id);
    found.ok_or_else(|| {
        let ids: Vec<_> = all.iter().map(|operation| operation.id.as_str()).collect();
        let hint = match similar::get_close_matches(id, &ids, 1, 0.5).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None if ids.len() < 20 => unknown(id, &ids),
            None => "`apigen explain stubs` lists those without a default".to_owned(),
        };
        Failure::hinted(format!("there is no operation `{id}`"), hint).into()
    })
}

fn default(project: &Project, spec: &Spec, operation: &Operation) -> anyhow::Result<Method> {
    let module = &spec.service[operation.group].module;
    let suffix = format!("src/crud/{module}.rs");
    let desired = project.desired(spec)?;
    let file = desired.iter().find(|file| file.path.ends_with(&suffix));
    let file = file.with_context(|| format!("there is no `{suffix}`: a bug"))?;
    default_of(&file.contents, module, &operation.name)
}

/// The new text as `cargo fmt` wants it, where the old one was.
fn formatted(old: &str, new: String) -> String {
    match tools::rustfmt(old) {
        Some(same) if same == old => tools::rustfmt(&new).unwrap_or(new),
        _ => new,
    }
}

#[cfg(test)]
mod tests {
    use super::{insert::insert, *};

    const CRUD: &str = r#"
use async_trait::async_trait;
use crate::core::{context::Context, error::{Error, Result}};
use crate::models;
use crate::operations::BASE_PATH;
use crate::operations::items::get_item::{GetItemInput, GetItemResponse};
use crate::operations::items::sell_item::{SellItemInput, SellItemResponse};
#[async_trait]
pub trait ItemsService: Send + Sync {}
/// Sell it
pub async fn sell_item(_: &mut Context, _: SellItemInput) -> Result<SellItemResponse> {
    Err(Error::not_implemented("sellItem"))
}
pub async fn get_item(cx: &mut Context, input: GetItemInput) -> Result<GetItemResponse> {
    let row = models::get_item::get(cx.db().await?, format!("{BASE_PATH}/{0}")).await?;
    Ok(GetItemResponse::Ok(row.ok_or_else(no_item)?.into()))
}
fn no_item() -> Error {
    Error::not_found("item")
}
"#;

    const USER: &str = "//! Mine.

use crate::crud::items::ItemsService; // mine

#[derive(Default)]
pub struct Items;

impl ItemsService for Items {}
";

    fn overridden(user: &str, name: &str) -> String {
        let method = default_of(CRUD, "items", name).expect("a default");
        let text = insert(user, "ItemsService", &method).expect("a place");
        formatted(user, text)
    }

    #[test]
    fn a_body_comes_with_its_imports() {
        let expected = "//! Mine.

use crate::core::context::Context;
use crate::core::error::{Error, Result};
use crate::crud::items::ItemsService; // mine
use crate::operations::items::sell_item::{SellItemInput, SellItemResponse};
use async_trait::async_trait;

#[derive(Default)]
pub struct Items;

#[async_trait]
impl ItemsService for Items {
    /// Sell it
    async fn sell_item(
        &self,
        _cx: &mut Context,
        _input: SellItemInput,
    ) -> Result<SellItemResponse> {
        Err(Error::not_implemented(\"sellItem\"))
    }
}
";
        let lines = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let text = overridden(USER, "sell_item");
        assert_eq!(lines(&text), lines(expected), "{text}");
    }

    #[test]
    fn a_body_with_private_helpers_becomes_a_call() {
        let text = overridden(&overridden(USER, "sell_item"), "get_item");
        assert!(
            text.contains("crate::crud::items::get_item(cx, input).await"),
            "{text}"
        );
        assert!(
            !text.contains("no_item") && !text.contains("use crate::models"),
            "{text}"
        );
        assert_eq!(text.matches("#[async_trait]").count(), 1, "{text}");
        assert_eq!(text.matches("async fn").count(), 2, "{text}");
        assert_eq!(text.matches("// mine").count(), 1, "{text}");
    }

    #[test]
    fn a_body_with_public_helpers_imports_them() {
        let crud = CRUD.replace("fn no_item", "pub fn no_item");
        let method = default_of(&crud, "items", "get_item").expect("a default");
        let text = insert(USER, "ItemsService", &method).expect("a place");
        for line in [
            "use crate::crud::items::no_item;",
            "use crate::operations::BASE_PATH;",
            "use crate::models;",
            "row.ok_or_else(no_item)?",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("error::{Error"), "{text}");
    }

    #[test]
    fn a_name_that_means_something_else_is_told() {
        let user = USER.replace("#[derive", "use std::io::Result;\n#[derive");
        let method = default_of(CRUD, "items", "get_item").expect("a default");
        let told = insert(&user, "ItemsService", &method).expect_err("refused");
        assert!(told.contains("`std::io::Result`"), "{told}");
    }
}
