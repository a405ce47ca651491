//! The schemas of rows, of changes to them, and of pages.

use heck::ToUpperCamelCase as _;
use serde_json::json;

use crate::spec::{
    Kind, Node, WAS,
    dialect::tree::{Members, array, from_pairs, object, put, text},
};

use super::{
    super::{
        blueprint::{Key, Page, Resource, Standard},
        links::Property,
    },
    Writer, at, reference,
};

/// So many rows of another resource `include` shows beside each row.
const MOST_BESIDE: u32 = 100;

impl<'b> Writer<'b> {
    /// What names a row in paths.
    pub(super) fn key_parameter(&mut self, resource: &'b Resource) {
        let name = resource.parameter();
        let span = resource.key.span;
        let parameter = from_pairs(
            [
                ("name", text(&name, span)),
                ("in", text("path", span)),
                ("required", at(json!(true), span)),
                ("schema", self.key_schema(resource, span)),
            ],
            span,
        );
        let component = name.to_upper_camel_case();
        if !resource.suffix.is_empty() {
            // The newest version has it, and keys are the same in all.
            return;
        }
        if let Some(other) = self.parameters.get(&component) {
            let message = format!("two resources would be named by `{name}` in paths");
            let problem = crate::diagnostic::Diagnostic::error("resource-spec", span, message);
            self.problems
                .push(problem.related(other.key, "the other one"));
            return;
        }
        put(&mut self.parameters, &component, parameter);
    }

    pub(super) fn row_schemas(&mut self, resource: &'b Resource) {
        let name = resource.schema();
        let row = self.row(resource);
        put(&mut self.schemas, &name, row);
        let has = |standard| resource.operations.iter().any(|o| o.value == standard);
        if has(Standard::Update) {
            let patch = self.patch(resource);
            put(&mut self.schemas, &format!("{name}Patch"), patch);
        }
        let mut listed = name.clone();
        if has(Standard::List) && resource.list.fields.is_some() {
            listed.push_str("Part");
            let part = self.part(resource);
            put(&mut self.schemas, &listed, part);
        }
        if has(Standard::List) && resource.list.page != Page::None {
            let page = self.page(&listed, resource);
            put(&mut self.schemas, &format!("{name}Page"), page);
        }
    }

    fn row(&mut self, resource: &'b Resource) -> Node {
        let span = resource.name.span;
        let owner = resource.family();
        let [first, last] = self.spec.own(resource);
        let mut properties = Members::new();
        let mut required = Vec::new();
        for property in &first {
            self.own_property(resource, property, &mut properties);
            required.push(text(&property.name, property.shape.span));
        }
        for field in &resource.fields {
            let schema = self.field(&owner, field, false);
            if !field.optional && field.default.is_none() {
                required.push(text(&field.name.value, field.name.span));
            }
            put(&mut properties, &field.name.value, schema);
        }
        for property in &last {
            self.own_property(resource, property, &mut properties);
            required.push(text(&property.name, property.shape.span));
        }
        self.included(resource, &mut properties);
        let mut row = Members::new();
        put(&mut row, "type", text("object", span));
        if let Some(description) = &resource.description {
            put(&mut row, "description", description.clone());
        }
        put(&mut row, "required", array(required, span));
        put(&mut row, "properties", object(properties, span));
        if let Some(was) = &resource.was {
            put(&mut row, WAS, was.clone());
        }
        object(row, span)
    }

    /// A row of which callers choose the properties: only its key is always there.
    fn part(&mut self, resource: &'b Resource) -> Node {
        let span = resource.name.span;
        let mut part = self.row(resource);
        let [first, _] = self.spec.own(resource);
        let key = first.first().map(|property| property.name.as_str());
        let key = match &resource.key.value {
            Key::Natural(name) => Some(name.as_str()),
            _ => key,
        };
        if let Kind::Object(members) = &mut part.kind {
            members.shift_remove(WAS);
            let key = key.map(|name| text(name, span)).into_iter().collect();
            put(members, "required", array(key, span));
        }
        part
    }

    /// A property that is there by itself: nobody but the service writes it.
    fn own_property(&mut self, resource: &Resource, property: &Property, into: &mut Members) {
        let span = property.shape.span;
        let mut schema = self.shape(&property.shape, false);
        let describe = |schema: &mut Node, words: String| {
            if let Kind::Object(members) = &mut schema.kind {
                put(members, "description", text(&words, span));
            }
        };
        let name = property.name.as_str();
        let is = |other: Option<&str>| other == Some(name);
        if is(resource
            .owner
            .as_ref()
            .map(|owner| owner.value.field.as_str()))
        {
            describe(&mut schema, format!("Whose {} it is", resource.one()));
        } else if is(resource
            .version
            .as_ref()
            .map(|version| version.value.as_str()))
        {
            describe(&mut schema, "How often it was changed".to_owned());
        }
        if let Kind::Object(members) = &mut schema.kind {
            // Nobody chooses it, so no length bounds it.
            members.shift_remove("maxLength");
            put(members, "readOnly", at(json!(true), span));
        }
        put(into, name, schema);
    }

    /// What `include` shows beside the references.
    fn included(&mut self, resource: &Resource, properties: &mut Members) {
        let known = self.spec.includable(resource);
        for word in &resource.list.include {
            let Some(found) = known.iter().find(|known| known.name == word.value) else {
                continue;
            };
            let target = self.spec.find(&found.target);
            let Some(target) = target.map(|target| &self.spec.resources[target]) else {
                continue;
            };
            let mut schema = reference("schemas", &target.schema(), word.span);
            let mut words = format!("The {} itself, where `include` asks for it", target.one());
            if found.is_many {
                let ty = text("array", word.span);
                let most = at(json!(MOST_BESIDE), word.span);
                let pairs = [("type", ty), ("maxItems", most), ("items", schema)];
                schema = from_pairs(pairs, word.span);
                let all = target.all();
                words = format!(
                    "Its first {MOST_BESIDE} {all}, in the order of their list, where `include` asks for them"
                );
            }
            if let Kind::Object(members) = &mut schema.kind {
                put(members, "description", text(&words, word.span));
                put(members, "readOnly", at(json!(true), word.span));
            }
            put(properties, &word.value, schema);
        }
    }

    /// What a change may say: anything that is written, and nothing of it must be there.
    fn patch(&mut self, resource: &'b Resource) -> Node {
        let span = resource.name.span;
        let owner = resource.family();
        let key = match &resource.key.value {
            Key::Natural(name) => name,
            _ => "",
        };
        let mut properties = Members::new();
        for field in &resource.fields {
            if field.read_only.is_none() && field.name.value != key {
                let schema = self.field(&owner, field, true);
                put(&mut properties, &field.name.value, schema);
            }
        }
        from_pairs(
            [
                ("type", text("object", span)),
                ("properties", object(properties, span)),
                ("additionalProperties", at(json!(false), span)),
            ],
            span,
        )
    }

    /// One page of rows.
    pub(super) fn page(&mut self, row: &str, resource: &Resource) -> Node {
        let span = resource.name.span;
        let meta = match resource.list.page {
            Page::Number => "NumberedPageMeta",
            _ => "PageMeta",
        };
        let meta = self.shared("schemas", meta, span);
        let items = from_pairs(
            [
                ("type", text("array", span)),
                ("items", reference("schemas", row, span)),
            ],
            span,
        );
        from_pairs(
            [
                ("type", text("object", span)),
                ("required", at(json!(["items", "meta"]), span)),
                (
                    "properties",
                    from_pairs([("items", items), ("meta", meta)], span),
                ),
            ],
            span,
        )
    }
}
