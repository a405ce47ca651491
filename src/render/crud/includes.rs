//! Rows of other tables that are shown beside those that refer to them, or that they refer to: one
//! query for all of a page, of what the caller may see.

use super::{
    super::{
        doors,
        models::{below, key_of, sight::Sight},
        reading::list,
        sql::rust,
    },
    lists::{options, variants},
    relations::{held_key, key},
};
use crate::{
    model::{
        Column, ColumnType, Include, Included, IntegerKind, Operation, Resource, Service, Struct,
        Success, Type, TypeKind,
    },
    render::models,
};

/// Where included rows are read.
pub(super) struct Place<'a> {
    pub(super) service: &'a Service,
    pub(super) resource: &'a Resource,
    pub(super) operation: &'a Operation,
    pub(super) include: &'a Include,
}

impl<'a> Place<'a> {
    pub(super) fn of(
        service: &'a Service,
        resource: &'a Resource,
        operation: &'a Operation,
        success: &'a Success,
    ) -> Option<Self> {
        Some(Self {
            service,
            resource,
            operation,
            include: success.include.as_ref()?,
        })
    }

    /// Something that may be shown depends on who calls.
    pub(super) fn asks_caller(&self) -> bool {
        let mut rows = self.include.rows.iter();
        rows.any(|row| !row.scopes.is_empty() || self.knows_caller(row))
    }

    fn knows_caller(&self, included: &Included) -> bool {
        Sight::of(self.service, &self.service[included.resource]).knows_caller()
    }

    /// The names of what is asked for, as an iterator of texts.
    pub(super) fn names(&self) -> String {
        let parameter = &self.operation.parameters[self.include.parameter];
        let values = match options(parameter) {
            0 => "iter()",
            _ => "iter().flatten()",
        };
        format!(
            "input.{}.{values}.map(|name| name.as_str())",
            parameter.name
        )
    }

    /// Nothing is asked for.
    pub(super) fn is_nothing(&self) -> String {
        let parameter = &self.operation.parameters[self.include.parameter];
        match options(parameter) {
            0 => format!("input.{}.is_empty()", parameter.name),
            _ => format!("input.{}.is_none()", parameter.name),
        }
    }

    /// The statements that read what belongs to the `rows` of a page.
    pub(super) fn of_rows(&self, owners: &[String]) -> Option<Vec<String>> {
        let read = |included: &Included| {
            let asked = self.asked(included)?;
            if let Some(most) = included.most {
                let key = key_of(self.key()).1;
                let keys = format!("let keys = rows.iter().map(|row| {key}).collect();");
                return Some(self.below(&asked, included, owners, (&keys, "keys", most)));
            }
            let column = &self.resource.columns[included.column()];
            let place = format!("row.{}", column.field);
            let key = match (&column.ty, column.nullable) {
                (ColumnType::Text, _) => format!("{place}.clone()"),
                (ColumnType::Integer(kind), true) if *kind != IntegerKind::I64 => {
                    format!("{place}.map(i64::from)")
                }
                (_, true) => place,
                (ty, false) => key(ty, &place),
            };
            let map = if column.nullable { "filter_map" } else { "map" };
            let keys = format!("let keys = rows.iter().{map}(|row| {key}).collect();");
            let call = self.call("some", included, owners, "keys");
            let name = by_key(included);
            Some(format!(
                "let {name} = if {asked} {{ {keys} {call} }} else {{ BTreeMap::new() }};"
            ))
        };
        let reads = self.include.rows.iter().map(read);
        reads.collect()
    }

    /// The statements that read what belongs to a single `row`.
    pub(super) fn of_row(&self, owners: &[String]) -> Option<Vec<String>> {
        let read = |included: &Included| {
            let asked = self.asked(included)?;
            if let Some(most) = included.most {
                let keys = format!("[{}].into()", key_of(self.key()).1);
                return Some(self.below(&asked, included, owners, ("", &keys, most)));
            }
            let column = &self.resource.columns[included.column()];
            let place = format!("row.{}", column.field);
            let name = found(included);
            let call = |key: &str| self.call("get", included, owners, key);
            Some(match (column.nullable, &column.ty) {
                (false, ty) => {
                    let call = call(&key(ty, &place));
                    format!("let {name} = if {asked} {{ {call} }} else {{ None }};")
                }
                (true, ty) => {
                    let call = call(&held_key(ty));
                    let borrow = if *ty == ColumnType::Text { "&" } else { "" };
                    format!(
                        "let {name} = match {borrow}{place} {{ \
                         Some(key) if {asked} => {call}, _ => None }};"
                    )
                }
            })
        };
        let reads = self.include.rows.iter().map(read);
        reads.collect()
    }

    /// The statement that reads the rows which belong to others, by the keys of these.
    fn below(
        &self,
        asked: &str,
        included: &Included,
        owners: &[String],
        (before, keys, most): (&str, &str, u64),
    ) -> String {
        let name = by_key(included);
        let function = below(&self.service[included.resource], included);
        let arguments = format!("{keys}, {most}");
        let call = self.call(&function, included, owners, &arguments);
        format!("let {name} = if {asked} {{ {before} Some({call}) }} else {{ None }};")
    }

    /// The column of the row's own key.
    fn key(&self) -> &'a Column {
        &self.resource.columns[self.resource.key]
    }

    /// The statements that tell what is asked for, and that nobody can show it.
    pub(super) fn asks(&self) -> Vec<String> {
        let parameter = &self.operation.parameters[self.include.parameter];
        let place = format!("input.{}", parameter.name);
        let is_asked = match options(parameter) {
            0 => format!("{place}.contains(&name)"),
            _ => format!("{place}.as_ref().is_some_and(|names| names.contains(&name))"),
        };
        let asks = format!("let asks = |name| {is_asked};");
        let refused = self.include.refused.iter().filter_map(|text| {
            let value = self.value(text)?;
            let what = format!("{} with {}={text}", self.operation.id, parameter.api_name);
            let what = doors::rust_literal(&what);
            Some(format!(
                "if asks({value}) {{ return Err(Error::not_implemented({what})); }}"
            ))
        });
        std::iter::once(asks).chain(refused).collect()
    }

    /// The variant that asks by this text.
    fn value(&self, text: &str) -> Option<String> {
        let parameter = &self.operation.parameters[self.include.parameter];
        let Type::Array { items, .. } = &parameter.schema.ty else {
            return None;
        };
        let TypeKind::Enum(choice) = &self.service[items.id()?].kind else {
            return None;
        };
        let place = choice.variants.iter().position(|v| v.value == *text)?;
        variants(self.service, items)?.into_iter().nth(place)
    }

    /// The condition that a request asks for a row, and its caller may.
    fn asked(&self, included: &Included) -> Option<String> {
        let value = self.value(&included.property)?;
        let scopes = list(included.scopes.iter().map(|name| doors::rust_literal(name)));
        Some(match scopes.is_empty() {
            true => format!("asks({value})"),
            false => format!("asks({value}) && caller.has(&[{scopes}])"),
        })
    }

    fn call(&self, function: &str, included: &Included, owners: &[String], key: &str) -> String {
        let module = &self.service[included.resource].module;
        let caller = match self.knows_caller(included) {
            true => ", &caller",
            false => "",
        };
        let above = included.columns.len().saturating_sub(1);
        let owners = owners.iter().take(above);
        let owners: String = owners.map(|owner| format!(", {owner}")).collect();
        format!("models::{module}::{function}(cx.db().await?{caller}{owners}, {key}).await?")
    }

    /// The fields that show what was read beside a `row` of a page, or beside the only one.
    pub(super) fn fields(&self, object: &Struct, is_page: bool, again: bool) -> String {
        let field = |included: &Included| {
            let field = rust::field(object, &included.property)?;
            let target = &self.service[included.resource];
            if !included.is_one() {
                let mut value = self.listed(included);
                if rust::options(field) == 2 {
                    value += ".map(Some)";
                }
                return Some(format!("{}: {value},", field.name));
            }
            let column = &self.resource.columns[included.column()];
            let mut value = match is_page {
                true => looked_up(&by_key(included), column),
                false if again => format!("{}.clone()", found(included)),
                false => found(included),
            };
            let ty = rust::path(self.service, included.entity);
            value += &match models::is_fallible(self.service, target, included.entity) {
                true => format!(".map({ty}::try_from).transpose()?"),
                false => format!(".map({ty}::from)"),
            };
            if field.boxed {
                value += ".map(Box::new)";
            }
            if rust::options(field) == 2 {
                value += ".map(Some)";
            }
            Some(format!("{}: {value},", field.name))
        };
        self.include.rows.iter().filter_map(field).collect()
    }

    /// The rows that belong to a `row`, where they were asked for.
    fn listed(&self, included: &Included) -> String {
        let (target, column) = (&self.service[included.resource], self.key());
        let place = format!("row.{}", column.field);
        let key = match &column.ty {
            ColumnType::Text => format!("&{place}"),
            ty => format!("&{}", key(ty, &place)),
        };
        let ty = rust::path(self.service, included.entity);
        let rows = format!("rows.get({key}).into_iter().flatten().cloned()");
        let found = by_key(included);
        match models::is_fallible(self.service, target, included.entity) {
            true => format!(
                "{found}.as_ref().map(|rows| \
                 {rows}.map({ty}::try_from).collect::<sqlx::Result<_>>()).transpose()?"
            ),
            false => {
                format!("{found}.as_ref().map(|rows| {rows}.map({ty}::from).collect())")
            }
        }
    }
}

/// The row that the column of a `row` names, among those that were read.
fn looked_up(rows: &str, column: &Column) -> String {
    let place = format!("row.{}", column.field);
    let is_text = column.ty == ColumnType::Text;
    match (column.nullable, is_text) {
        (false, true) => format!("{rows}.get(&{place}).cloned()"),
        (false, false) => format!("{rows}.get(&{}).cloned()", key(&column.ty, &place)),
        (true, true) => format!("{place}.as_ref().and_then(|key| {rows}.get(key).cloned())"),
        (true, false) => {
            let key = key(&column.ty, "key");
            format!("{place}.and_then(|key| {rows}.get(&{key}).cloned())")
        }
    }
}

/// `author_by_key`
fn by_key(included: &Included) -> String {
    format!("{}_by_key", variable(included))
}

/// `author_row`
fn found(included: &Included) -> String {
    format!("{}_row", variable(included))
}

fn variable(included: &Included) -> String {
    let name = crate::model::name::module_name(&included.property);
    name.trim_end_matches('_').to_owned()
}
