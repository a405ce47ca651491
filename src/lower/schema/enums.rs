//! `enum` and `const`: closed sets of values.

use std::collections::HashSet;

use serde_json::{Number, Value};

use crate::{
    model::{
        DecimalRules, Enum, EnumRepr, IntegerKind, NumberRules, Schema, Type, TypeKind, Variant,
        name::{Case, settle},
    },
    spec::{Kind, Node},
};

use super::{
    Key, Schemas,
    decide::only_null,
    facts::{Facts, Types},
    names::Hint,
};

impl<'a> Schemas<'a> {
    /// The type of a closed set.
    pub(super) fn closed_set(
        &mut self,
        nodes: &[&'a Node],
        facts: &Facts<'a>,
        key: &Key,
        hint: &Hint<'_>,
    ) -> Schema {
        let (null, rest): (Vec<&Node>, Vec<&Node>) =
            nodes.iter().partition(|node| node.kind == Kind::Null);
        if rest.is_empty() && !null.is_empty() {
            return only_null();
        }
        let values = self.values(&rest, facts);
        let nullable =
            !null.is_empty() && (facts.types.is_none() || facts.nullable || values.is_empty());
        let ty = if let Some(kind) = as_enum(&values) {
            let (repr, texts) = kind;
            self.enumeration(repr, &texts, values, facts, key, hint)
        } else if values.len() == 2 && values.iter().all(Value::is_boolean) {
            Type::Boolean
        } else if let Some(numbers) = as_numbers(&values) {
            let rules = NumberRules {
                one_of: numbers,
                ..NumberRules::default()
            };
            let is_u64 = rules.one_of.iter().all(Number::is_u64);
            match (is_u64, facts.format) {
                (true, _) => Type::Integer(IntegerKind::U64, rules),
                (false, Some("decimal")) => Type::Decimal(Box::new(DecimalRules {
                    number: rules,
                    text: None,
                })),
                (false, _) => Type::Number(rules),
            }
        } else {
            self.note_untyped(
                facts.span,
                "the values it lists are neither texts nor numbers",
            );
            Type::Any { one_of: values }
        };
        Schema {
            nullable,
            ..Schema::of(ty)
        }
    }

    fn enumeration(
        &mut self,
        repr: EnumRepr,
        texts: &[String],
        values: Vec<Value>,
        facts: &Facts<'a>,
        key: &Key,
        hint: &Hint<'_>,
    ) -> Type {
        let names = settle(Case::Variant, texts);
        let default = facts.default.map(Node::to_json);
        let default = values
            .iter()
            .position(|value| default.as_ref() == Some(value));
        let variant = |(name, value)| Variant { name, value };
        let variants = names.into_iter().zip(values).map(variant).collect();
        let id = self.announce_at(key, hint, facts.description, facts.span);
        self.types[id.0].kind = TypeKind::Enum(Enum {
            repr,
            variants,
            default,
        });
        Type::Named(id)
    }

    /// The distinct values that have the type that the schema says.
    fn values(&mut self, nodes: &[&'a Node], facts: &Facts<'a>) -> Vec<Value> {
        let types = facts.types.unwrap_or(Types::NONE);
        let fits = |node: &Node| types == Types::NONE || has_type(node, types);
        // Where none fits, the values are meant and the type is the slip.
        let strict = nodes.iter().any(|node| fits(node)) || types == Types::STRING;
        let (mut values, mut seen) = (Vec::new(), HashSet::new());
        for node in nodes {
            let value = match node.as_text() {
                _ if fits(node) || !strict => node.to_json(),
                Some(text) if types == Types::STRING => {
                    let message =
                        format!("the value `{text}` is taken as a text, because `type` says so");
                    self.warn("enum-type", node.span, message);
                    Value::String(text)
                }
                _ => {
                    self.warn(
                        "enum-type",
                        node.span,
                        "the value does not have the type of its enum: it is left out",
                    );
                    continue;
                }
            };
            if seen.insert(value.to_string()) {
                values.push(value);
            }
        }
        if !strict {
            self.warn(
                "enum-type",
                facts.span,
                "no value of the enum has its type: the values are believed",
            );
        }
        values
    }
}

/// The form of an enum, with a text for each value to be named by; `None` where it is no enum.
fn as_enum(values: &[Value]) -> Option<(EnumRepr, Vec<String>)> {
    if values.is_empty() {
        return None;
    }
    let strings = values.iter().map(|value| value.as_str().map(str::to_owned));
    if let Some(texts) = strings.collect() {
        return Some((EnumRepr::String, texts));
    }
    let integers = values.iter().map(|value| Some(value.as_i64()?.to_string()));
    Some((EnumRepr::Integer, integers.collect::<Option<_>>()?))
}

fn as_numbers(values: &[Value]) -> Option<Vec<Number>> {
    let numbers = values.iter().map(|value| value.as_number().cloned());
    numbers
        .collect::<Option<Vec<_>>>()
        .filter(|numbers| !numbers.is_empty())
}

fn has_type(node: &Node, types: Types) -> bool {
    let ty = match &node.kind {
        Kind::Null => Types::NULL,
        Kind::Bool(_) => Types::BOOLEAN,
        Kind::Number(number, _) if crate::model::fits::whole(number).is_some() => Types::INTEGER,
        Kind::Number(..) => Types::NUMBER,
        Kind::String(_) => Types::STRING,
        Kind::Array(_) => Types::ARRAY,
        Kind::Object(_) => Types::OBJECT,
    };
    types.has(ty)
}
