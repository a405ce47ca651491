//! What successful answers are filled with, as expressions.

use super::{
    super::{
        doors,
        models::is_fallible,
        sql::{convert::Conversion, rust},
    },
    includes::Place as Shown,
    keys,
};
use crate::model::{
    Action, Additional, ColumnType, Operation, Part, Resource, Response, ResponseBody, Role,
    Schema, Segment, Service, Status, Success, Supply, Type, TypeId, TypeKind,
};

/// What is known where an answer is made.
pub(super) struct Answer<'a> {
    pub(super) service: &'a Service,
    pub(super) resource: &'a Resource,
    pub(super) operation: &'a Operation,
    pub(super) success: &'a Success,
    /// How many more times the row or the rows are told: all but the last are clones.
    pub(super) rows_left: usize,
}

/// A place in an answer.
struct Place<'a> {
    schema: &'a Schema,
    /// How many `Option`s are around its value.
    options: usize,
    is_boxed: bool,
}

impl<'a> Answer<'a> {
    pub(super) fn new(
        service: &'a Service,
        resource: &'a Resource,
        operation: &'a Operation,
        success: &'a Success,
    ) -> Self {
        let mut rows_left = 0;
        success.body.for_each(&mut |supply| {
            rows_left += usize::from(matches!(supply, Supply::Row(_) | Supply::Rows(_)));
        });
        Self {
            service,
            resource,
            operation,
            success,
            rows_left,
        }
    }

    /// Whether some supply of the answer is this.
    pub(super) fn has(&self, wanted: impl Fn(&Supply) -> bool) -> bool {
        let mut found = false;
        let mut look = |supply: &Supply| found |= wanted(supply);
        self.success.body.for_each(&mut look);
        self.success.headers.iter().for_each(&mut look);
        found
    }

    /// Whether it tells something of a row.
    pub(super) fn tells_row(&self) -> bool {
        let is_create = is_create(self.operation);
        self.has(|supply| match supply {
            Supply::Row(_) | Supply::Location | Supply::LastModified => true,
            Supply::ETag => self.resource.rules.version.is_some(),
            Supply::SelfUrl => is_create,
            _ => false,
        })
    }

    /// The statements that make the answer, the answer last.
    pub(super) fn statements(mut self) -> Option<Vec<String>> {
        let response = self.operation.responses.get(self.success.response)?;
        let mut out = Vec::new();
        let is_create = is_create(self.operation);
        let is_location = |s: &Supply| matches!(s, Supply::Location);
        if self.has(is_location) || (is_create && self.has(|s| matches!(s, Supply::SelfUrl))) {
            out.push(format!("let location = {};", self.location()));
        }
        if self.has(|s| matches!(s, Supply::LastModified)) {
            let column = self
                .resource
                .columns
                .iter()
                .find(|column| column.tells_change())?;
            out.push(format!(
                "let modified = cache::modified(row.{});",
                column.field
            ));
        }
        let version = self
            .resource
            .rules
            .version
            .map(|i| &self.resource.columns[i].field);
        let version = version.filter(|_| self.has(|s| matches!(s, Supply::ETag)));
        if let Some(version) = version {
            out.push(format!("let etag = ETag::version(row.{version});"));
            out.extend(self.not_modified());
        }
        let body = match &response.body {
            ResponseBody::Empty => None,
            ResponseBody::Json { schema, .. } => {
                let place = Place::of(schema);
                Some(self.supply(&self.success.body.clone(), &place)?)
            }
            _ => return None,
        };
        let Some(body) = body else {
            out.push(format!("Ok({})", self.variant(response, None)?));
            return Some(out);
        };
        if version.is_some() || !self.has(|s| matches!(s, Supply::ETag)) {
            out.push(format!("Ok({})", self.variant(response, Some(body))?));
            return Some(out);
        }
        out.push(format!("let body = {body};"));
        out.push("let etag = ETag::of(&body);".to_owned());
        out.extend(self.not_modified());
        out.push(format!(
            "Ok({})",
            self.variant(response, Some("body".to_owned()))?
        ));
        Some(out)
    }

    /// Answers 304 to a client that has the row as it is.
    fn not_modified(&self) -> Option<String> {
        let response = self.operation.responses.get(self.success.not_modified?)?;
        let known = |name: &str| name.eq_ignore_ascii_case("if-none-match");
        let mut parameters = self.operation.parameters.iter();
        let header = parameters
            .find(|p| p.location == crate::model::Location::Header && known(&p.api_name))?;
        let is_text = rust::kept_as(self.service, &header.schema) == ColumnType::Text;
        if !is_text || response.body != ResponseBody::Empty {
            return None;
        }
        let place = format!("input.{}", header.name);
        let mut is_known = match super::lists::options(header) {
            0 => format!("etag.is_in(&{place})"),
            _ => format!("{place}.as_deref().is_some_and(|known| etag.is_in(known))"),
        };
        if let Some(include) = self
            .include()
            .filter(|_| self.resource.rules.version.is_some())
        {
            // The version says nothing of what is shown beside the row.
            is_known = format!("{} && {is_known}", include.is_nothing());
        }
        let headers = response.headers.iter().map(|header| {
            let is_optional = !header.required || header.schema.nullable;
            let value = match (header.api_name == "etag", is_optional) {
                (true, true) => "Some(etag.into())",
                (true, false) => "etag.into()",
                (false, true) => "None",
                (false, false) => "Default::default()",
            };
            (header.name.clone(), value.to_owned())
        });
        let variant = self.construct(response, headers.collect(), None);
        Some(format!("if {is_known} {{ return Ok({variant}); }}"))
    }

    fn variant(&mut self, response: &Response, body: Option<String>) -> Option<String> {
        let mut headers = Vec::new();
        for (index, header) in response.headers.iter().enumerate() {
            let supply = self
                .success
                .headers
                .get(index)
                .unwrap_or(&Supply::Absent)
                .clone();
            let place = Place {
                schema: &header.schema,
                options: usize::from(!header.required || header.schema.nullable),
                is_boxed: false,
            };
            headers.push((header.name.clone(), self.supply(&supply, &place)?));
        }
        Some(self.construct(response, headers, body))
    }

    /// The variant as the response enum has it.
    fn construct(
        &self,
        response: &Response,
        headers: Vec<(String, String)>,
        body: Option<String>,
    ) -> String {
        let path = format!("{}Response::{}", self.operation.type_name, response.name);
        let mut fields = Vec::new();
        if !matches!(response.status, Status::Code(_)) {
            let code = match body {
                None => "NO_CONTENT",
                Some(_) if is_create(self.operation) => "CREATED",
                Some(_) => "OK",
            };
            fields.push(("status".to_owned(), format!("StatusCode::{code}")));
        }
        fields.extend(headers);
        match (fields.is_empty(), body) {
            (true, None) => path,
            (true, Some(body)) => format!("{path}({body})"),
            (false, body) => {
                fields.extend(body.map(|body| ("body".to_owned(), body)));
                let fields = fields.iter().map(|(name, value)| {
                    if name == value {
                        name.clone()
                    } else {
                        format!("{name}: {value}")
                    }
                });
                format!("{path} {{ {} }}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn supply(&mut self, supply: &Supply, place: &Place<'_>) -> Option<String> {
        let is_create = is_create(self.operation);
        let uri = |method: &str| format!("page.{method}(&cx.uri)");
        Some(match supply {
            Supply::Absent if place.options > 0 => "None".to_owned(),
            Supply::Absent => "Default::default()".to_owned(),
            Supply::Null if place.options > 1 => "Some(None)".to_owned(),
            Supply::Null if place.options == 1 => "None".to_owned(),
            Supply::Null => "Value::Null".to_owned(),
            Supply::Value(value) => place.wrap(constant(self.service, place.schema, value)?, 0),
            Supply::Row(id) => {
                let row = self.take("row");
                place.wrap(self.convert(*id, &row), 0)
            }
            Supply::Rows(id) => {
                let rows = self.take("rows");
                place.wrap(self.convert_all(*id, &rows), 0)
            }
            Supply::Struct(id, fields) => {
                let value = self.object(*id, fields)?;
                place.wrap(value, 0)
            }
            Supply::Limit => place.integer("page.limit()"),
            Supply::Page => place.integer("page.number()"),
            Supply::Offset => place.integer("page.offset()"),
            Supply::Count => place.integer("page.count"),
            Supply::Total => place.integer("page.total"),
            Supply::TotalPages => place.integer("page.total_pages()"),
            Supply::HasNext => place.text_or("page.has_next"),
            Supply::HasPrevious => place.text_or("page.has_previous()"),
            Supply::NextCursor => place.wrap("page.next_cursor.clone()".to_owned(), 1),
            Supply::NextUrl => place.wrap(uri("next_url"), 1),
            Supply::PreviousUrl => place.wrap(uri("previous_url"), 1),
            Supply::LinkHeader => place.wrap(uri("link"), 1),
            Supply::SelfUrl if !is_create => place.wrap("crud::own_url(&cx.uri)".to_owned(), 0),
            Supply::SelfUrl | Supply::Location => {
                let is_last = !self.has(|s| matches!(s, Supply::SelfUrl))
                    || !self.has(|s| matches!(s, Supply::Location));
                let value = if is_last {
                    "location"
                } else {
                    "location.clone()"
                };
                place.wrap(value.to_owned(), 0)
            }
            Supply::ETag => place.wrap("etag.into()".to_owned(), 0),
            Supply::LastModified => place.wrap("modified".to_owned(), 1),
            Supply::AccessToken => place.wrap("tokens.access".to_owned(), 0),
            Supply::ExpiresIn => place.integer("tokens.expires_in"),
            Supply::Scope => place.wrap("tokens.scope".to_owned(), 0),
            Supply::RefreshToken if place.options == 1 && self.may_choose_cookie() => {
                "(!in_cookie).then_some(tokens.refresh)".to_owned()
            }
            Supply::RefreshToken => place.wrap("tokens.refresh".to_owned(), 0),
            Supply::SessionCookie if self.has(|s| *s == Supply::AccessToken) => {
                let cookie = "cx.accounts.cookie(&cx.headers, &tokens.refresh)";
                match place.options == 1 && self.may_choose_cookie() {
                    true => format!("in_cookie.then(|| {cookie})"),
                    false => place.wrap(cookie.to_owned(), 0),
                }
            }
            Supply::SessionCookie => place.wrap("accounts::no_cookie()".to_owned(), 0),
        })
    }

    /// The request says whether the refresh token comes in a cookie.
    fn may_choose_cookie(&self) -> bool {
        let may = match &self.operation.role {
            Role::Account { action, .. } => action.may_choose_cookie(),
            _ => false,
        };
        may && self.has(|supply| *supply == Supply::SessionCookie)
    }

    /// The row or the rows, which are cloned if they are told again.
    fn take(&mut self, name: &str) -> String {
        self.rows_left = self.rows_left.saturating_sub(1);
        match self.rows_left {
            0 => name.to_owned(),
            _ => format!("{name}.clone()"),
        }
    }

    /// What may be shown beside the row or the rows.
    fn include(&self) -> Option<Shown<'a>> {
        Shown::of(self.service, self.resource, self.operation, self.success)
    }

    fn convert(&self, id: TypeId, row: &str) -> String {
        let (ty, value) = (rust::path(self.service, id), self.plainly(id, row));
        let beside = self.beside(id, false);
        match beside.is_empty() {
            true => value,
            false => format!("{ty} {{ {beside} ..{value} }}"),
        }
    }

    /// A row as this type, with nothing beside it.
    fn plainly(&self, id: TypeId, row: &str) -> String {
        let ty = rust::path(self.service, id);
        if is_fallible(self.service, self.resource, id) {
            format!("{ty}::try_from({row})?")
        } else {
            format!("{ty}::from({row})")
        }
    }

    /// The fields that show what belongs to a row.
    fn beside(&self, id: TypeId, is_page: bool) -> String {
        let include = self.include().zip(rust::as_struct(self.service, id));
        include.map_or_else(String::new, |(include, object)| {
            include.fields(object, is_page, self.rows_left > 0)
        })
    }

    fn convert_all(&self, id: TypeId, rows: &str) -> String {
        let ty = rust::path(self.service, id);
        let beside = self.beside(id, true);
        if !beside.is_empty() {
            let row = self.plainly(id, "row");
            return match beside.contains('?') || row.ends_with('?') {
                true => format!(
                    "{rows}.into_iter().map(|row| -> sqlx::Result<_> {{ \
                     Ok({ty} {{ {beside} ..{row} }}) }}).collect::<sqlx::Result<_>>()?"
                ),
                false => {
                    format!("{rows}.into_iter().map(|row| {ty} {{ {beside} ..{row} }}).collect()")
                }
            };
        }
        if is_fallible(self.service, self.resource, id) {
            format!("{rows}.into_iter().map({ty}::try_from).collect::<sqlx::Result<_>>()?")
        } else {
            format!("{rows}.into_iter().map({ty}::from).collect()")
        }
    }

    fn object(&mut self, id: TypeId, supplies: &[Supply]) -> Option<String> {
        let object = rust::as_struct(self.service, id)?;
        let mut out = format!("{} {{", rust::path(self.service, id));
        for (index, field) in object.fields.iter().enumerate() {
            let supply = supplies.get(index).unwrap_or(&Supply::Absent);
            let place = Place {
                schema: &field.schema,
                options: rust::options(field),
                is_boxed: field.boxed,
            };
            out += &format!("{}: {},", field.name, self.supply(supply, &place)?);
        }
        if let Additional::Keep { name, .. } = &object.additional {
            out += &format!("{name}: BTreeMap::new(),");
        }
        Some(out + "}")
    }

    /// The path of the row, as the operation that gets it has it.
    fn location(&self) -> String {
        let is_member = |operation: &&Operation| match &operation.role {
            Role::Crud {
                resource, action, ..
            } => {
                self.service[*resource].table == self.resource.table
                    && !matches!(action, Action::List(_) | Action::Create { .. })
                    && !operation.path_parameters().is_empty()
            }
            Role::Stub { .. } | Role::Account { .. } => false,
        };
        let of_get = |operation: &&Operation| {
            matches!(
                &operation.role,
                Role::Crud {
                    action: Action::Get,
                    ..
                }
            )
        };
        let members: Vec<&Operation> = self.service.operations.iter().filter(is_member).collect();
        // Of several versions of a path, the one that was called.
        let is_below = |member: &&&Operation| {
            let start = &self.operation.segments;
            of_get(member) && member.segments.starts_with(start)
        };
        let member = members
            .iter()
            .find(is_below)
            .copied()
            .or_else(|| members.iter().copied().find(of_get))
            .or(members.first().copied());
        let (segments, tail) = match member {
            Some(member) => (&member.segments, false),
            None => (&self.operation.segments, true),
        };
        let mut left = member.unwrap_or(self.operation).path_parameters();
        let mut values = Vec::new();
        for index in self.resource.parent_columns() {
            if let Some(parameter) = keys::take_owner(&self.resource.columns[index], &mut left) {
                values.push((parameter.api_name.clone(), index));
            }
        }
        let mut path = "{BASE_PATH}".to_owned();
        let mut arguments = String::new();
        let mut parameter = |name: &str, path: &mut String| {
            let index = values.iter().find(|(known, _)| known == name);
            let index = index.map_or(self.resource.key, |(_, index)| *index);
            path.push_str("{}");
            arguments += &format!(", {}", self.segment(index));
        };
        let escape = |text: &str| text.replace('{', "{{").replace('}', "}}");
        for segment in segments {
            path.push('/');
            match segment {
                Segment::Literal(text) => path += &escape(text),
                Segment::Parameter(name) => parameter(name, &mut path),
                Segment::Mixed(parts) => {
                    for part in parts {
                        match part {
                            Part::Literal(text) => path += &escape(text),
                            Part::Parameter(name) => parameter(name, &mut path),
                        }
                    }
                }
            }
        }
        if tail {
            path.push_str("/{}");
            arguments += &format!(", {}", self.segment(self.resource.key));
        }
        format!("format!({}{arguments})", doors::rust_literal(&path))
    }

    fn segment(&self, index: usize) -> String {
        let column = &self.resource.columns[index];
        let place = format!("row.{}", column.field);
        match &column.ty {
            ColumnType::Text => format!("crud::segment(&{place})"),
            ColumnType::Enum(_) => format!("crud::segment({place}.as_str())"),
            ColumnType::Json(_) => "\"\"".to_owned(),
            _ => place,
        }
    }
}

impl<'a> Place<'a> {
    fn of(schema: &'a Schema) -> Self {
        Self {
            schema,
            options: usize::from(schema.nullable),
            is_boxed: false,
        }
    }

    /// A value with so many `Option`s around it, as the place has it.
    fn wrap(&self, value: String, have: usize) -> String {
        match (self.is_boxed, have, self.options) {
            (true, 0, _) => Conversion::None.apply(&format!("Box::new({value})"), 0, self.options),
            (_, 1, 0) => format!("{value}.unwrap_or_default()"),
            _ => Conversion::None.apply(&value, have, self.options),
        }
    }

    /// A number of ours in the type of the place.
    fn integer(&self, value: &str) -> String {
        use crate::model::IntegerKind::I64;
        let number = match &self.schema.ty {
            Type::Integer(I64, _) => value.to_owned(),
            Type::Integer(..) => format!("crud::number({value})?"),
            Type::Number(_) => format!("crud::float({value})"),
            Type::String(_) => format!("{value}.to_string()"),
            _ => format!("{value}.into()"),
        };
        self.wrap(number, 0)
    }

    /// A truth in the type of the place.
    fn text_or(&self, value: &str) -> String {
        let truth = match &self.schema.ty {
            Type::Boolean => value.to_owned(),
            Type::String(_) => format!("{value}.to_string()"),
            _ => format!("{value}.into()"),
        };
        self.wrap(truth, 0)
    }
}

fn is_create(operation: &Operation) -> bool {
    let action = operation.role.on_rows().map(|(_, action, _)| action);
    matches!(action, Some(Action::Create { .. }))
}

/// A constant of the document in the type of the place.
fn constant(service: &Service, schema: &Schema, value: &serde_json::Value) -> Option<String> {
    match (rust::kept_as(service, schema), value.as_str()) {
        (ColumnType::Text, Some(text)) => Some(format!("{}.to_owned()", doors::rust_literal(text))),
        (ColumnType::Integer(_) | ColumnType::Boolean, _) => Some(value.to_string()),
        (ColumnType::Enum(id), _) => {
            let TypeKind::Enum(choice) = &service[id].kind else {
                return None;
            };
            let variant = choice.variants.iter().find(|v| v.value == *value)?;
            Some(format!("{}::{}", rust::path(service, id), variant.name))
        }
        _ => None,
    }
}
