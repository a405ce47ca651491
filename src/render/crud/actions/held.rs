//! What is held to a version, or to a state: deleting rows, and bringing them from one state into another.

use serde_json::Value;

use super::{
    super::{
        super::{doors, models, sql::rust},
        relations,
        supply::Answer,
    },
    Default,
};
use crate::model::{OnDelete, Resource, Status, Supply, Transition};

impl Default<'_> {
    /// Holds a change to the version that the request names.
    pub(super) fn hold(&mut self, arguments: &str, is_read: bool) -> &'static str {
        let Some(version) = self.resource.rules.version else {
            return "";
        };
        let field = &self.resource.columns[version].field;
        let look = if is_read {
            String::new()
        } else {
            self.look(arguments)
        };
        let tags = "etag::if_match(&cx.headers)";
        if self.operation.declared.contains(&Status::Code(428)) {
            let required = "ok_or_else(Error::precondition_required)?";
            self.out.push(format!("let tags = {tags}.{required};"));
            self.out.push(look);
            self.out.push(format!(
                "let version = etag::expected(&tags, row.{field})?;"
            ));
            return ", version";
        }
        self.out.push("let mut version = None;".to_owned());
        self.out.push(format!(
            "if let Some(tags) = {tags} {{ {look} version = etag::expected(&tags, row.{field})?; }}"
        ));
        ", version"
    }

    /// Reads the row, or returns the error where there is none.
    pub(super) fn look(&self, arguments: &str) -> String {
        let (module, read) = (&self.resource.module, self.get(arguments));
        let found = match &self.refused {
            None => format!("let row = row.ok_or_else({})?;", self.missing),
            Some(_) => {
                let unseen = self.unseen(arguments, false);
                format!("let Some(row) = row else {{ return Err({unseen}); }};")
            }
        };
        format!("let row = models::{module}::{read}.await?; {found}")
    }

    pub(super) fn transition(&mut self, transition: &Transition<usize>) -> Option<()> {
        let key = self.key()?;
        let arguments = self.arguments(&key);
        let version = self.hold(&arguments, false);
        let (module, caller) = (&self.resource.module, self.caller);
        let call = format!(
            "{}(cx.db().await?{caller}{arguments}{version})",
            models::transition(self.operation)
        );
        let unseen = self.unseen(&arguments, true);
        if transition.when.is_empty() {
            self.row(&call, &unseen);
            return Some(());
        }
        let needs = needs(self.resource, transition);
        let end = self.where_seen(&arguments, &format!("Error::wrong_state(&[{needs}])"));
        let end = format!("{end}return Err({unseen});");
        self.out
            .push(format!("let row = models::{module}::{call}.await?;"));
        self.out.push(match self.tells_row {
            true => format!("let Some(row) = row else {{ {end} }};"),
            false => format!("if row.is_none() {{ {end} }}"),
        });
        Some(())
    }

    /// The statement that returns this error where the row is there, in the version that is named.
    fn where_seen(&self, arguments: &str, error: &str) -> String {
        let (module, get) = (&self.resource.module, self.get(arguments));
        let row = format!("models::{module}::{get}.await?");
        match self.resource.rules.version {
            None => format!("if {row}.is_some() {{ return Err({error}); }} "),
            Some(column) => {
                let field = &self.resource.columns[column].field;
                format!(
                    "if let Some(row) = {row} {{ etag::still(version, row.{field})?; return Err({error}); }} "
                )
            }
        }
    }

    pub(super) fn delete(&mut self, answer: &Answer<'_>) -> Option<()> {
        let key = self.key()?;
        let arguments = self.arguments(&key);
        let referrers = self.service.referrers(self.id);
        if relations::has_effects(self.service, self.id) {
            self.out.push("cx.begin().await?;".to_owned());
        }
        let version = self.hold(&arguments, false);
        if answer.has(|supply| matches!(supply, Supply::Row(_))) {
            let (call, unseen) = (self.get(&arguments), self.unseen(&arguments, false));
            self.row(&call, &unseen);
        }
        let (module, caller) = (&self.resource.module, self.caller);
        let is_restricted = referrers.iter().any(|r| r.on_delete == OnDelete::Restrict);
        let end = match is_restricted && !self.resource.hides() {
            true => ".map_err(crud::refused)?",
            false => "?",
        };
        let unseen = self.unseen(&arguments, true);
        let look = match is_restricted && self.resource.hides() {
            true => self.where_seen(&arguments, "crud::in_use()"),
            false => String::new(),
        };
        self.out.push(format!(
            "if !models::{module}::delete(cx.db().await?{caller}{arguments}{version}).await{end} {{ \
             {look}return Err({unseen}); }}"
        ));
        Some(())
    }
}

/// What a row must be: pairs of a field and its values.
fn needs(resource: &Resource, transition: &Transition<usize>) -> String {
    let conditions = transition.when.iter().map(|(column, values)| {
        let column = &resource.columns[*column];
        let name = rust::api_name(column).unwrap_or(&column.name);
        let values = values.iter().map(|value| match value {
            Value::String(text) => doors::rust_literal(text),
            value => doors::rust_literal(&value.to_string()),
        });
        format!(
            "({}, &[{}])",
            doors::rust_literal(name),
            values.collect::<Vec<_>>().join(", ")
        )
    });
    conditions.collect::<Vec<_>>().join(", ")
}
