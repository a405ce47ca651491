//! `apigen override`: puts a default into the user's service, as a starting point.

use std::path::Path;

use anyhow::Context as _;
use method::{Method, default_of};

use super::{
    Console, Failure, Outcome,
    document::Spec,
    homes::{Home, Homes},
    open,
    overrides::Overrides,
    tools, workspace,
};
use crate::{
    config::unknown,
    model::Operation,
    project::{Snapshot, Write, disk},
    user::Source,
};

mod insert;
mod method;

/// Runs it.
///
/// # Errors
/// There is no such operation, or the user's file has no place for it.
pub fn run(directory: &Path, id: &str, console: Console) -> anyhow::Result<Outcome> {
    let (root, _) = workspace::target(directory, None)?;
    let session = open::session(&root, console)?;
    let mut homes = Homes::find(directory)?;
    let home = find(&mut homes, id)?;
    let Some(operation) = named(&home.spec, id) else {
        return Ok(Outcome::Done); // it was found by it
    };
    let id = &operation.id;
    let overrides = Overrides::find(&home.project, &home.spec.service)?;
    if let Some(there) = overrides.of(&home.spec.service, operation) {
        let (path, line, column) = (home.told(&there.file), there.line, there.column);
        console.note(&format!("`{id}` is yours already: {path}:{line}:{column}"));
        return Ok(Outcome::Done);
    }
    let (path, new, seen) = inserted(&home, operation)?;
    let file = Source { path, text: new };
    let after = Overrides::of_files(std::slice::from_ref(&file), &home.spec.service);
    let line = after
        .of(&home.spec.service, operation)
        .map_or(1, |place| place.line);
    let told = home.told(&file.path);
    session.apply(&[Write::text(&told, file.text)], &seen)?;
    console.note(&format!("`{id}` is yours now: {told}:{line}"));
    Ok(Outcome::Done)
}

/// The user's file with the default in it, behind its path; and what was read.
fn inserted(home: &Home, operation: &Operation) -> anyhow::Result<(String, String, Snapshot)> {
    let (project, spec) = (&home.project, &home.spec);
    let group = &spec.service[operation.group];
    let default = default(home, operation)?;
    let mut path = format!("src/services/{}.rs", group.module);
    let mut disk = Snapshot::default();
    let other = disk::other_place(&path);
    disk.read(&project.root, [&path].into_iter().chain(&other))?;
    if let Some(other) = other.filter(|other| disk.get(other).is_some()) {
        path = other;
    }
    let told = home.told(&path);
    let Some(text) = disk.text(&path) else {
        let message = format!("there is no `{told}`");
        let hint = format!("you deleted it; `apigen restore {told}` brings it back");
        return Err(Failure::hinted(message, hint).into());
    };
    let new = insert::insert(text, &group.trait_name, &default).map_err(|why| {
        let hint = format!("it must hold `impl {} for …`", group.trait_name);
        Failure::hinted(format!("cannot add to `{told}`: {why}"), hint)
    })?;
    let new = formatted(text, new);
    let mut seen = Snapshot::default();
    seen.extend(&home.folder, &disk);
    Ok((path, new, seen))
}

/// The project that implements an operation.
fn find(homes: &mut Homes, id: &str) -> anyhow::Result<Home> {
    let is_here = |home: &Home| home.serves() && named(&home.spec, id).is_some();
    if let Some(index) = homes.all.iter().position(is_here) {
        return Ok(homes.all.swap_remove(index));
    }
    let all = homes.all.iter().filter(|home| home.serves());
    let all = all.flat_map(|home| &home.spec.service.operations);
    let ids: Vec<_> = all.map(|operation| operation.id.as_str()).collect();
    let list = "`apigen explain stubs` lists those without a default";
    let hint = unknown(id, &ids).unwrap_or_else(|| list.to_owned());
    Err(Failure::hinted(format!("there is no operation `{id}`"), hint).into())
}

/// The operation of this name.
fn named<'a>(spec: &'a Spec, id: &str) -> Option<&'a Operation> {
    let mut all = spec.service.operations.iter();
    all.find(|operation| operation.id == id || operation.name == id)
}

fn default(home: &Home, operation: &Operation) -> anyhow::Result<Method> {
    let module = &home.spec.service[operation.group].module;
    let suffix = format!("src/crud/{module}.rs");
    let desired = home.desired()?;
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
