//! What a row has by itself: its values, its key, and what it is known by.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    super::{columns, types::as_struct},
    Bed, Row, made_up,
};
use crate::model::{
    AccountAction, Action, Column, ColumnSource, Field, KeySource, Presence, Resource, ResourceId,
    Role, Schema, Service, fits::fits,
};

/// When the rows were made, in milliseconds: the keys of all are of that time.
const TIME: u64 = 1_735_689_600_000;
/// What a user who is made up signs in with.
const PASSWORD: &str = "development";

impl Bed<'_> {
    pub(super) fn row(
        &mut self,
        id: ResourceId,
        place: Option<usize>,
        number: usize,
        given: Map<String, Value>,
    ) {
        let resource = &self.service[id];
        let mut row = Row {
            resource: id,
            place,
            number,
            name: String::new(),
            values: Vec::new(),
            password: None,
            after: Vec::new(),
            given,
        };
        self.known(&row);
        row.name = self.name(&row);
        row.password = self.password(&row);
        for (index, column) in resource.columns.iter().enumerate() {
            let value = match leads_on(resource, index) {
                true => Value::Null,
                false => self.own(&row, index, column),
            };
            row.values.push(value);
        }
        self.by_resource
            .entry(id)
            .or_default()
            .push(self.rows.len());
        self.rows.push(row);
    }

    /// All that is said of the row is a property.
    fn known(&mut self, row: &Row) {
        let resource = &self.service[row.resource];
        let mut known: Vec<String> = Vec::new();
        for column in &resource.columns {
            known.extend(column.said());
            known.extend(shown_owner(column).map(str::to_owned));
        }
        known.extend(password_of(self.service, row.resource).map(str::to_owned));
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        for name in row
            .given
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
        {
            self.no_member(row.resource, row.place.unwrap_or_default(), name, &known);
        }
    }

    /// A value that no other row has a part in.
    fn own(&mut self, row: &Row, index: usize, column: &Column) -> Value {
        let (id, service) = (row.resource, self.service);
        let name = column.said().unwrap_or_default();
        let schema = schema_of(service, id, &name);
        if let Some(value) = row.given.get(&name) {
            let is_empty = value.is_null() && column.nullable;
            if !is_empty && !schema.is_none_or(|schema| fits(value, schema, &service.types)) {
                let message = format!("`{}` does not fit `{name}`", plain(value));
                self.problem(id, row.place, Some(&name), message, None);
            }
            return value.clone();
        }
        match &column.source {
            ColumnSource::CreatedAt { .. } | ColumnSource::UpdatedAt { .. } => {
                json!(time(row.number))
            }
            ColumnSource::Version { .. } => json!(1),
            ColumnSource::Key { .. } => match service[id].key_source {
                KeySource::Uuid | KeySource::ClientOrUuid => json!(uuid(&row.name)),
                KeySource::Integer | KeySource::ClientOrInteger => json!(row.number),
                KeySource::Client => self.missing(row, &name, schema),
            },
            ColumnSource::Field { .. } if row.is_made_up() => {
                let said = made_up::of_user(service, id, index, row.number);
                said.unwrap_or_else(|| self.missing(row, &name, schema))
            }
            ColumnSource::Field { .. } => match field_of_body(service, id, &name) {
                Some(field) if field.presence == Presence::Required && !column.nullable => {
                    self.missing(row, &name, schema)
                }
                _ => schema
                    .and_then(|schema| columns::default(service, schema))
                    .or_else(|| column.fill.clone())
                    .unwrap_or(Value::Null),
            },
            _ => Value::Null,
        }
    }

    /// A value that the document does not tell: it is made up, where the row is.
    fn missing(&mut self, row: &Row, name: &str, schema: Option<&Schema>) -> Value {
        let id = row.resource;
        if !row.is_made_up() {
            let message = format!("a row of `{}` must have `{name}`", self.service[id].path);
            self.problem(id, row.place, None, message, None);
            return Value::Null;
        }
        let made = schema.and_then(|s| made_up::value(self.service, s, name, row.number));
        made.unwrap_or_else(|| {
            let message = format!("no value of `{name}` can be made up");
            let hint = "write the rows out: `seed: [ … ]`".to_owned();
            self.problem(id, None, None, message, Some(hint));
            Value::Null
        })
    }

    fn password(&mut self, row: &Row) -> Option<(String, String)> {
        let name = password_of(self.service, row.resource)?;
        if row.is_made_up() {
            return Some((name.to_owned(), PASSWORD.to_owned()));
        }
        let text = row.given.get(name)?.as_str().unwrap_or_default();
        if !(8..=128).contains(&text.chars().count()) {
            let message = "a password is a text of 8 to 128 characters";
            self.problem(row.resource, row.place, Some(name), message, None);
        }
        Some((name.to_owned(), text.to_owned()))
    }

    /// What the row is known by, whatever comes before it: its key, else what is unique in it, else
    /// all of it.
    fn name(&self, row: &Row) -> String {
        let resource = &self.service[row.resource];
        let sets = self.unique(row.resource, vec![resource.key]);
        let sets = sets.iter();
        let said = |index: &usize| {
            let column = &resource.columns[*index];
            let value = column.said().and_then(|name| row.given.get(&name));
            let is_owner = matches!(column.source, ColumnSource::Parent { .. });
            (value, is_owner)
        };
        let mut told = sets.filter_map(|set| {
            let said: Vec<_> = set.iter().map(said).collect();
            let is_told = said
                .iter()
                .all(|(value, is_owner)| value.is_some() || *is_owner);
            let values: Vec<String> = said
                .iter()
                .filter_map(|(v, _)| Some(plain((*v)?)))
                .collect();
            (is_told && !values.is_empty()).then(|| values.join(", "))
        });
        let told = match (row.is_made_up(), told.next()) {
            (true, _) => row.number.to_string(),
            (false, Some(told)) if told.len() <= 60 => told,
            (false, _) => {
                let text = Value::Object(row.given.clone()).to_string();
                let digest = format!("{:x}", Sha256::digest(text));
                digest[..12].to_owned()
            }
        };
        let wanted = format!("{}/{told}", resource.table);
        let is_taken = |name: &String| self.rows.iter().any(|row| row.name == *name);
        if !is_taken(&wanted) {
            return wanted;
        }
        format!("{wanted} ({})", row.number)
    }
}

/// The column holds what leads to another row.
pub(super) fn leads_on(resource: &Resource, index: usize) -> bool {
    let source = &resource.columns[index].source;
    matches!(
        source,
        ColumnSource::Parent { .. } | ColumnSource::Caller { .. }
    ) || resource
        .rules
        .references
        .iter()
        .any(|r| r.column() == index)
}

/// The property that shows the owner's key.
pub(super) fn shown_owner(column: &Column) -> Option<&str> {
    match &column.source {
        ColumnSource::Parent { api_name, .. } => api_name.as_deref(),
        _ => None,
    }
}

/// The property that users register with a password by.
fn password_of(service: &Service, id: ResourceId) -> Option<&str> {
    service
        .accounts
        .as_ref()
        .filter(|accounts| accounts.users == id)?;
    service
        .operations
        .iter()
        .find_map(|operation| match &operation.role {
            Role::Account {
                action: AccountAction::Register { password },
                ..
            } => Some(password.as_str()),
            _ => None,
        })
}

/// What a property may be: as rows show it, else as bodies hold it.
pub(super) fn schema_of<'a>(
    service: &'a Service,
    id: ResourceId,
    name: &str,
) -> Option<&'a Schema> {
    let entity = as_struct(service, service[id].entity);
    let shown = entity.and_then(|found| found.fields.iter().find(|f| f.api_name == name));
    let field = shown.or_else(|| field_of_body(service, id, name));
    field.map(|field| &field.schema)
}

/// The property of the body that makes rows.
fn field_of_body<'a>(service: &'a Service, id: ResourceId, name: &str) -> Option<&'a Field> {
    let operations = service[id].operations.iter().map(|id| &service[*id]);
    let mut bodies = operations.filter_map(|operation| {
        let (_, action, _) = operation.role.on_rows()?;
        if !matches!(action, Action::Create { .. }) {
            return None;
        }
        let body = as_struct(service, operation.body.as_ref()?.schema.id()?)?;
        match action.wrapper() {
            None => Some(body),
            Some(name) => {
                let inner = body.fields.iter().find(|field| field.api_name == name)?;
                as_struct(service, inner.schema.id()?)
            }
        }
    });
    bodies.find_map(|body| body.fields.iter().find(|field| field.api_name == name))
}

/// Without the quotes of JSON.
pub(super) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A minute later for each row, so that lists keep their order.
fn time(number: usize) -> String {
    let (minute, hour, day) = (number % 60, number / 60 % 24, number / 1440 % 28 + 1);
    format!("2025-01-{day:02}T{hour:02}:{minute:02}:00Z")
}

/// A UUID of version 7, the same for the same name.
fn uuid(name: &str) -> String {
    let digest = Sha256::digest(name);
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[..6].copy_from_slice(&TIME.to_be_bytes()[2..]);
    bytes[6] = bytes[6] & 0x0f | 0x70;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}
