//! The parameters of lists.

use serde_json::{Value, json};

use crate::{
    diagnostic::Span,
    spec::{
        Node,
        dialect::tree::{array, from_pairs, text},
    },
};

use super::{
    super::blueprint::{Filter, Page, Resource, Scalar, Shape, Type},
    Writer, at,
    fields::is_far,
};

impl<'b> Writer<'b> {
    pub(super) fn list_parameters(&mut self, resource: &'b Resource) -> Vec<Node> {
        let span = resource.name.span;
        let list = &resource.list;
        let mut parameters = Vec::new();
        if list.page != Page::None {
            parameters.push(match &list.limit {
                None => self.shared("parameters", "Limit", span),
                Some(limit) => {
                    let (usual, most) = limit.value;
                    at(super::components::limit(usual, most), limit.span)
                }
            });
        }
        match list.page {
            Page::Cursor => parameters.push(self.shared("parameters", "Cursor", span)),
            Page::Number => parameters.push(self.shared("parameters", "Page", span)),
            Page::None => {}
        }
        for filter in &list.filters {
            self.filter(resource, filter, &mut parameters);
        }
        parameters.extend(sort(resource));
        parameters.extend(self.include(resource));
        parameters.extend(self.chosen(resource));
        parameters
    }

    fn filter(&mut self, resource: &'b Resource, filter: &Filter, parameters: &mut Vec<Node>) {
        let name = &filter.field.value;
        let Some(shape) = self.spec.property(resource, name) else {
            return;
        };
        if filter.operators.is_empty() {
            let schema = self.asked(resource, name, &shape);
            let words = format!("Only those whose `{name}` is this");
            parameters.push(query(
                &format!("filter[{name}]"),
                &words,
                schema,
                filter.field.span,
            ));
        }
        for operator in &filter.operators {
            let (sign, words) = match operator.value {
                "ne" => ("[ne]", format!("Only those whose `{name}` is another")),
                "gt" => ("[gt]", format!("Only those whose `{name}` is above this")),
                "gte" => (
                    "[gte]",
                    format!("Only those whose `{name}` is this or above"),
                ),
                "lt" => ("[lt]", format!("Only those whose `{name}` is below this")),
                "lte" => (
                    "[lte]",
                    format!("Only those whose `{name}` is this or below"),
                ),
                "in" => ("[in]", format!("Only those whose `{name}` is one of these")),
                _ => ("", format!("Only those whose `{name}` is this")),
            };
            let mut schema = self.asked(resource, name, &shape);
            if operator.value == "in" {
                let span = operator.span;
                let ty = text("array", span);
                schema = from_pairs([("type", ty), ("items", schema)], span);
            }
            let name = format!("filter[{name}]{sign}");
            parameters.push(query(&name, &words, schema, operator.span));
        }
    }

    /// What a filter may ask for: any value of the type. A decimal has its places there too.
    fn asked(&mut self, resource: &Resource, name: &str, shape: &Shape) -> Node {
        let mut bare = shape.clone();
        let is_decimal = matches!(shape.ty, Type::Scalar(Scalar::Decimal));
        bare.rules
            .retain(|(word, bound)| is_decimal && (*word == "multipleOf" || is_far(shape, bound)));
        let mut fields = resource.fields.iter();
        let field = fields.find(|field| field.name.value == name);
        let kept_as = field.and_then(|field| field.kept_as.as_ref());
        let name = kept_as.map_or(name, |kept_as| &kept_as.value);
        self.typed(&resource.family(), name, &bare, false)
    }

    /// What is shown beside rows, of a list and of one.
    pub(super) fn include(&self, resource: &Resource) -> Option<Node> {
        let names = resource.list.include.iter();
        let names: Vec<Node> = names.map(|name| text(&name.value, name.span)).collect();
        let span = names.first()?.span;
        let words = "What is shown beside the rows";
        Some(several("include", words, names, span))
    }

    /// Which properties are sent.
    fn chosen(&self, resource: &Resource) -> Option<Node> {
        let span = resource.list.fields?;
        let [first, last] = self.spec.own(resource);
        let fields = resource.fields.iter();
        let fields = fields.filter(|field| field.write_only.is_none());
        let fields = fields.map(|field| field.name.value.clone());
        let names = first.into_iter().map(|property| property.name);
        let names = names.chain(fields);
        let names = names.chain(last.into_iter().map(|property| property.name));
        let names = names.map(|name| text(&name, span)).collect();
        let words = "The properties that are sent; without it, all are";
        Some(several("fields", words, names, span))
    }
}

/// The order, by some of the fields.
fn sort(resource: &Resource) -> Option<Node> {
    let first = resource.list.sort.first()?;
    let mut choices = Vec::new();
    for word in &resource.list.sort {
        choices.push(text(&word.value, word.span));
        choices.push(text(&format!("-{}", word.value), word.span));
    }
    let span = first.span;
    let is_created = |word: &&super::super::blueprint::At<String>| word.value == "created_at";
    let default = match resource.list.sort.iter().any(|word| is_created(&word)) {
        true => "-created_at".to_owned(),
        false => first.value.clone(),
    };
    let words = "What comes first, then what among equals; a leading `-` turns the order round";
    let mut parameter = several("sort", words, choices, span);
    if let Some(crate::spec::Kind::Object(schema)) = parameter
        .pointer_mut("/schema")
        .map(|schema| &mut schema.kind)
    {
        super::put(schema, "default", array(vec![text(&default, span)], span));
        // A key that stands twice orders nothing, and harms nobody.
        schema.shift_remove("uniqueItems");
    }
    Some(parameter)
}

fn query(name: &str, words: &str, schema: Node, span: Span) -> Node {
    from_pairs(
        [
            ("name", text(name, span)),
            ("in", text("query", span)),
            ("description", text(words, span)),
            ("schema", schema),
        ],
        span,
    )
}

/// A parameter with several of these values, between commas.
fn several(name: &str, words: &str, names: Vec<Node>, span: Span) -> Node {
    let items = from_pairs(
        [("type", text("string", span)), ("enum", array(names, span))],
        span,
    );
    let schema = from_pairs(
        [
            ("type", text("array", span)),
            ("uniqueItems", at(Value::Bool(true), span)),
            ("items", items),
        ],
        span,
    );
    let mut parameter = query(name, words, schema, span);
    if let crate::spec::Kind::Object(members) = &mut parameter.kind {
        super::put(members, "style", text("form", span));
        super::put(members, "explode", at(json!(false), span));
    }
    parameter
}
