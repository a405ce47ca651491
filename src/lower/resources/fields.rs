//! Which properties of rows a request may ask for.

use super::{parameters, table::Table, types::as_struct, words::plain};
use crate::model::{Location, Operation, Parameter, Success, Supply, TypeId};

const FIELDS: &[&str] = &["fields", "fieldset", "select", "select_fields"];

/// The parameter, where each of its values is a property of the rows that the answer carries.
pub(super) fn asked(table: &Table<'_>, operation: &Operation, success: &Success) -> Option<usize> {
    let row = as_struct(table.service, row(&success.body)?)?;
    let names_properties = |parameter: &Parameter| {
        let is_known = |name: &&str| row.fields.iter().any(|field| field.api_name == **name);
        parameters::choices(table.service, parameter)
            .is_some_and(|names| names.iter().all(is_known))
    };
    operation.parameters.iter().position(|parameter| {
        parameter.location == Location::Query
            && FIELDS.contains(&plain(&parameter.api_name).as_str())
            && names_properties(parameter)
    })
}

/// The type of the rows that a body carries.
pub(super) fn row(supply: &Supply) -> Option<TypeId> {
    match supply {
        Supply::Row(id) | Supply::Rows(id) => Some(*id),
        Supply::Struct(_, members) => members.iter().find_map(row),
        _ => None,
    }
}
