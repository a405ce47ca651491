//! Fields, in the short and in the long form.

use indexmap::IndexMap;

use crate::spec::{Kind, Member, Node};

use super::{
    blueprint::{At, Class, Field, Scalar, Shape, Type},
    reader::{Reader, alternatives, listed},
    short::{self, step},
};

/// What the long form takes.
const KEYS: [&str; 32] = [
    "type",
    "description",
    "default",
    "example",
    "nullable",
    "unique",
    "indexed",
    "readOnly",
    "writeOnly",
    "deprecated",
    "was",
    "to",
    "on_delete",
    "fields",
    "items",
    "values",
    "enum",
    "places",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "optional",
];

/// The rules by the types that they are of.
const TEXT: [&str; 3] = ["minLength", "maxLength", "pattern"];
const NUMBER: [&str; 5] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];
const ARRAY: [&str; 3] = ["minItems", "maxItems", "uniqueItems"];
const MAP: [&str; 2] = ["minProperties", "maxProperties"];

/// What becomes of rows whose row is deleted.
pub(super) const ON_DELETE: [(&str, &str); 3] = [
    ("cascade", "cascade"),
    ("restrict", "restrict"),
    ("set_null", "set_null"),
];

/// How deep objects may nest.
const MAX_DEPTH: usize = 10;
/// How many fields an object may have.
const MAX_FIELDS: usize = 500;

impl Reader {
    /// The fields of a resource, of an object or of an action.
    pub(super) fn fields(&mut self, node: &Node, depth: usize) -> Vec<Field> {
        if node.as_object().is_none() {
            self.misfit(node, "fields", "a mapping from names to types");
            return Vec::new();
        }
        if depth > MAX_DEPTH || node.members().count() > MAX_FIELDS {
            let message = format!(
                "fields nest at most {MAX_DEPTH} deep, and an object has at most {MAX_FIELDS}"
            );
            self.error(node.span, message);
            return Vec::new();
        }
        let mut fields = Vec::new();
        for (name, member) in node.members() {
            let name = At::new(name.to_owned(), member.key);
            if self.named(&name, "a field", false) {
                fields.push(self.field(name, &member.value, depth));
            }
        }
        fields
    }

    fn field(&mut self, name: At<String>, node: &Node, depth: usize) -> Field {
        let mut field = Field::new(name);
        match &node.kind {
            Kind::String(text) => short::field(self, node, text, &mut field),
            Kind::Object(members) => self.long(node, members, &mut field, depth),
            _ => {
                let name = &field.name.value.clone();
                self.misfit(node, name, "a type, or a mapping with the key `type`");
            }
        }
        self.judge(&field);
        field
    }

    fn long(
        &mut self,
        node: &Node,
        members: &IndexMap<String, Member>,
        field: &mut Field,
        depth: usize,
    ) {
        self.keys(node, "a field", "key of a field", &KEYS);
        let implied = ["fields", "items", "values", "enum", "to"];
        match members.get("type").map(|member| &member.value) {
            Some(ty) => match ty.as_str() {
                Some(text) => short::field(self, ty, text, field),
                None => self.misfit(ty, "type", "a type, such as `string(1..100)`"),
            },
            None => match implied.iter().find(|name| members.contains_key(**name)) {
                Some(&"fields") => field.shape.ty = Type::Object(Vec::new()),
                Some(&"items") => {
                    field.shape.ty = Type::Array(Box::new(Shape::of(Type::Json, node.span)));
                }
                Some(&"to") => {
                    field.shape.ty = Type::Ref(At::new(String::new(), node.span));
                }
                Some(_) => field.shape.ty = Type::Enum(Vec::new()),
                None => {
                    let message = format!("the field `{}` has no `type`", field.name.value);
                    self.hinted(field.name.span, message, "such as `type: string(1..100)`");
                }
            },
        }
        field.optional |=
            ["nullable", "optional"].map(|name| self.flag(node, name).is_some()) != [false, false];
        self.words(node, field);
        self.inside(node, field, depth);
        self.rules(members, field);
    }

    /// What the long form says beside the type.
    fn words(&mut self, node: &Node, field: &mut Field) {
        field.unique = self.flag(node, "unique").or(field.unique);
        field.indexed = self.flag(node, "indexed").or(field.indexed);
        field.read_only = self.flag(node, "readOnly").or(field.read_only);
        field.write_only = self.flag(node, "writeOnly").or(field.write_only);
        field.deprecated = self.flag(node, "deprecated");
        field.description = self.prose(node, "description");
        field.was = self.prose(node, "was");
        field.example = node.get("example").cloned();
        field.default = node.get("default").cloned().or(field.default.take());
        if let Some(word) = self.text_of(node, "on_delete") {
            let known = self.choice(&word, "on_delete", &ON_DELETE).is_some();
            match &field.shape.ty {
                Type::Ref(_) => field.on_delete = known.then_some(word),
                _ => self.error(
                    word.span,
                    "`on_delete` is said of a `ref` to another resource",
                ),
            }
        }
    }

    /// What a type is made of.
    fn inside(&mut self, node: &Node, field: &mut Field, depth: usize) {
        let choices = match node.get("values") {
            Some(values) if values.as_array().is_some() => "values",
            _ => "enum",
        };
        match &mut field.shape.ty {
            Type::Object(fields) => match node.get("fields") {
                Some(inner) => *fields = self.fields(inner, depth + 1),
                None => self.no_fields(field),
            },
            Type::Array(items) => {
                if let Some(inner) = node.get("items") {
                    **items = self.shape(inner, "items", depth + 1);
                }
            }
            Type::Map(values) => {
                if let Some(inner) = node.get("values") {
                    **values = self.shape(inner, "values", depth + 1);
                }
            }
            Type::Enum(found) if node.get(choices).is_some() => {
                *found = self.texts(node, choices);
            }
            Type::Ref(target) => {
                if let Some(name) = self.text_of(node, "to") {
                    *target = name;
                }
            }
            _ => {}
        }
        let owners = [
            ("fields", "object"),
            ("items", "array"),
            ("enum", "enum"),
            ("to", "ref"),
        ];
        for (key, owner) in owners {
            let fits = matches!(
                (&field.shape.ty, owner),
                (Type::Object(_), "object")
                    | (Type::Array(_), "array")
                    | (Type::Enum(_), "enum")
                    | (Type::Ref(_), "ref")
            );
            let member = node.as_object().and_then(|members| members.get(key));
            if let (false, Some(member)) = (fits, member) {
                self.error(member.key, format!("`{key}` is said of an `{owner}`"));
            }
        }
    }

    fn no_fields(&mut self, field: &Field) {
        let message = format!("the object `{}` has no `fields`", field.name.value);
        let hint = "`{ type: object, fields: { street: string } }`, or `json` for anything at all";
        self.hinted(field.shape.span, message, hint);
    }

    /// The type of items or of values.
    fn shape(&mut self, node: &Node, name: &str, depth: usize) -> Shape {
        if depth > MAX_DEPTH {
            self.error(
                node.span,
                format!("types nest at most {MAX_DEPTH} deep here"),
            );
            return Shape::of(Type::Json, node.span);
        }
        let field = self.field(At::new(name.to_owned(), node.span), node, depth);
        let words = [field.unique, field.indexed, field.read_only];
        let is_field = field.optional || field.default.is_some();
        if is_field || words.iter().any(Option::is_some) {
            let message = format!("`{name}` tells a type only: the rest is said of the field");
            self.error(node.span, message);
        }
        field.shape
    }

    /// The rules in JSON Schema's words.
    fn rules(&mut self, members: &IndexMap<String, Member>, field: &mut Field) {
        let known: &[&str] = match &field.shape.ty {
            Type::Scalar(scalar) => match scalar.class() {
                Class::Text => &TEXT,
                Class::Number => &NUMBER,
                Class::Flag | Class::Form => &[],
            },
            Type::Array(_) => &ARRAY,
            Type::Map(_) => &MAP,
            _ => &[],
        };
        let all = [&TEXT[..], &NUMBER, &ARRAY, &MAP].concat();
        for word in all {
            let Some(member) = members.get(word) else {
                continue;
            };
            if !known.contains(&word) {
                let message = format!("`{word}` says nothing of this type");
                match known {
                    [] => self.error(member.key, message),
                    known => self.hinted(member.key, message, format!("{} do", listed(known))),
                }
                continue;
            }
            if let Some(node) = self.rule(word, &member.value) {
                field.shape.rules.retain(|(name, _)| *name != word);
                field.shape.rules.push((word, node));
            }
        }
        self.places(members, field);
    }

    fn places(&mut self, members: &IndexMap<String, Member>, field: &mut Field) {
        let Some(member) = members.get("places") else {
            return;
        };
        let count = member
            .value
            .as_number()
            .and_then(serde_json::Number::as_u64);
        let is_decimal = matches!(field.shape.ty, Type::Scalar(Scalar::Decimal));
        match count.and_then(step) {
            _ if !is_decimal => self.error(member.key, "`places` is said of a `decimal`"),
            None => self.error(
                member.value.span,
                "the places of a decimal are a number from 0 to 9",
            ),
            Some(step) => {
                let raw = step.to_string();
                let node = Node {
                    kind: Kind::Number(step, raw),
                    span: member.value.span,
                };
                field.shape.rules.retain(|(name, _)| *name != "multipleOf");
                field.shape.rules.push(("multipleOf", node));
            }
        }
    }

    fn rule(&mut self, word: &str, node: &Node) -> Option<Node> {
        let count = || node.as_number().is_some_and(serde_json::Number::is_u64);
        let (fits, expected) = match word {
            "pattern" => (node.as_str().is_some(), "a regular expression"),
            "uniqueItems" => (node.as_bool().is_some(), "`true` or `false`"),
            word if NUMBER.contains(&word) => (node.as_number().is_some(), "a number"),
            _ => (count(), "a whole number, and not below 0"),
        };
        if !fits {
            self.misfit(node, word, expected);
        }
        fits.then(|| node.clone())
    }

    /// Whether what a field says goes together.
    fn judge(&mut self, field: &Field) {
        let shape = &field.shape;
        for [low, high] in [
            ["minLength", "maxLength"],
            ["minimum", "maximum"],
            ["minItems", "maxItems"],
            ["minProperties", "maxProperties"],
        ] {
            let bound = |word| shape.rule(word)?.as_number()?.as_f64();
            if let (Some(from), Some(to)) = (bound(low), bound(high))
                && from > to
                && let Some(node) = shape.rule(high)
            {
                self.error(
                    node.span,
                    format!("no value fits: the least is {from}, and the most is {to}"),
                );
            }
        }
        if let Type::Enum(choices) = &shape.ty {
            self.choices(shape, choices);
        }
        if let (Some(read), Some(_)) = (field.read_only, field.write_only) {
            self.error(
                read,
                "a field that is never read and never written says nothing",
            );
        }
        let plain = matches!(shape.ty, Type::Scalar(_) | Type::Ref(_) | Type::Enum(_));
        for (place, word) in [(field.unique, "unique"), (field.indexed, "indexed")] {
            if let (Some(place), false) = (place, plain) {
                self.error(place, format!("`{word}` is said of single values only"));
            }
        }
        if let Some(default) = &field.default {
            self.value(shape, default, "default");
        }
        if let Some(example) = &field.example {
            self.value(shape, example, "example");
        }
    }

    fn choices(&mut self, shape: &Shape, choices: &[At<String>]) {
        if choices.is_empty() {
            let hint = "`enum(open, closed)`";
            self.hinted(shape.span, "an `enum` has values to choose from", hint);
        }
        let mut seen = std::collections::HashSet::new();
        for choice in choices {
            if !seen.insert(&choice.value) {
                self.error(choice.span, format!("`{}` stands twice", choice.value));
            }
        }
    }

    /// Whether a value is one of a type, as far as can be told without its pattern.
    pub(super) fn value(&mut self, shape: &Shape, node: &Node, name: &str) -> bool {
        let wrong = match &shape.ty {
            Type::Scalar(scalar) => self::wrong(*scalar, shape, node),
            Type::Enum(choices) => {
                let known: Vec<&str> = choices.iter().map(|c| c.value.as_str()).collect();
                let fits = node.as_str().is_some_and(|text| known.contains(&text));
                (!fits && !known.is_empty()).then(|| alternatives(&known))
            }
            Type::Array(items) => match node.as_array() {
                Some(values) => {
                    let fits = values.iter().all(|value| self.value(items, value, name));
                    return fits;
                }
                None => Some("a list".to_owned()),
            },
            Type::Object(_) | Type::Map(_) => {
                (node.as_object().is_none()).then(|| "a mapping".to_owned())
            }
            Type::Json | Type::Ref(_) => None,
        };
        if let Some(expected) = &wrong {
            let shown = node.as_text().filter(|text| text.len() < 80);
            let message = match shown {
                Some(text) => format!("the {name} `{text}` must be {expected}"),
                None => format!("the {name} must be {expected}"),
            };
            self.error(node.span, message);
        }
        wrong.is_none()
    }
}

/// What a value should be, where it is no such value.
fn wrong(scalar: Scalar, shape: &Shape, node: &Node) -> Option<String> {
    let bound = |word| shape.rule(word)?.as_number()?.as_f64();
    match scalar.class() {
        Class::Flag => (node.as_bool().is_none()).then(|| "`true` or `false`".to_owned()),
        Class::Number => {
            let Some(number) = node.as_number() else {
                return Some("a number".to_owned());
            };
            if scalar == Scalar::Integer && !(number.is_i64() || number.is_u64()) {
                return Some("a whole number".to_owned());
            }
            let value = number.as_f64()?;
            match (bound("minimum"), bound("maximum")) {
                (Some(least), _) if value < least => Some(format!("at least {least}")),
                (_, Some(most)) if value > most => Some(format!("at most {most}")),
                _ => None,
            }
        }
        Class::Text | Class::Form => {
            let Some(text) = node.as_str() else {
                return Some("a text".to_owned());
            };
            let length = text.chars().count() as f64;
            match (bound("minLength"), bound("maxLength")) {
                (Some(least), _) if length < least => {
                    Some(format!("a text of at least {least} characters"))
                }
                (_, Some(most)) if length > most => {
                    Some(format!("a text of at most {most} characters"))
                }
                _ => None,
            }
        }
    }
}
