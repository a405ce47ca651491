//! Which types are kept as JSON.

use std::collections::BTreeSet;

use super::{table::shown, types::as_struct};
use crate::model::{Action, ColumnType, Pagination, Schema, Service, Sort, Supply, TypeId};

/// Marks what JSON columns hold, what is turned into it, and what cursors carry.
pub(super) fn mark(service: &mut Service) {
    let mut found = Found {
        service,
        ids: BTreeSet::new(),
    };
    for resource in &service.resources {
        for column in &resource.columns {
            if let ColumnType::Json(schema) = &column.ty {
                found.add(schema);
            }
        }
    }
    for operation in &service.operations {
        let Some((resource, action, success)) = operation.role.on_rows() else {
            continue;
        };
        let resource = &service[resource];
        let column = |api_name: &str| {
            resource
                .columns
                .iter()
                .find(|column| shown(&column.source) == Some(api_name))
        };
        let is_json =
            |api_name: &str| column(api_name).is_some_and(|c| matches!(c.ty, ColumnType::Json(_)));
        let mut rows = Vec::new();
        rows_of(&success.body, &mut rows);
        for row in rows.into_iter().filter_map(|id| as_struct(service, id)) {
            for field in row.fields.iter().filter(|field| is_json(field.row_name())) {
                found.add(&field.schema);
            }
        }
        match action {
            Action::List(plan) => {
                if let (Pagination::Cursor { .. }, Sort::Parameter { parameter, .. }) =
                    (plan.pagination, &plan.sort)
                {
                    found.add(&operation.parameters[*parameter].schema);
                }
            }
            Action::Create { wrapper }
            | Action::Replace { wrapper, .. }
            | Action::Update { wrapper } => {
                let body = operation.body.as_ref().and_then(|body| body.schema.id());
                let body = body.and_then(|id| as_struct(service, id));
                let inner = |name: &String| {
                    let field = body?.fields.iter().find(|field| field.row_name() == name)?;
                    as_struct(service, field.schema.id()?)
                };
                let found_body = wrapper.as_ref().map_or(body, inner);
                let fields = found_body.into_iter().flat_map(|body| &body.fields);
                for field in fields.filter(|field| is_json(field.row_name())) {
                    found.add(&field.schema);
                }
            }
            Action::Get | Action::Delete | Action::Link | Action::Transition(_) => {}
        }
    }
    let ids = found.ids;
    for id in ids {
        service.types[id.0].uses.stored = true;
    }
}

/// The types that an answer carries rows as.
fn rows_of(supply: &Supply, rows: &mut Vec<TypeId>) {
    match supply {
        Supply::Row(id) | Supply::Rows(id) => rows.push(*id),
        Supply::Struct(_, members) => members.iter().for_each(|member| rows_of(member, rows)),
        _ => {}
    }
}

struct Found<'a> {
    service: &'a Service,
    ids: BTreeSet<TypeId>,
}

impl Found<'_> {
    fn add(&mut self, schema: &Schema) {
        let Some(id) = schema.id() else {
            return;
        };
        if self.ids.insert(id) {
            for inner in self.service[id].kind.schemas() {
                self.add(inner);
            }
        }
    }
}
