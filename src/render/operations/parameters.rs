//! How parameters are read.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{FieldView, Scope, doors};
use crate::{
    model::{Location, Parameter, Style, Type, TypeKind, operation::DEEPEST_PARAMETER},
    render::reading::list,
};

/// The type of a parameter's field.
pub(in crate::render) fn parameter_type(scope: &Scope<'_>, parameter: &Parameter) -> String {
    let schema = &parameter.schema;
    let ty = scope.rust_type(schema);
    match parameter.required || schema.default.is_some() || schema.nullable {
        true => ty,
        false => scope.option(&ty),
    }
}

pub(super) fn parameter_field<'a>(scope: &Scope<'_>, parameter: &'a Parameter) -> FieldView<'a> {
    let schema = &parameter.schema;
    let ty = parameter_type(scope, parameter);
    let value = match parameter.required {
        true => String::new(),
        false if schema.default.is_some() => scope.or_default(schema, false, &parameter.name),
        false if schema.nullable => ".flatten()".to_owned(),
        false => String::new(),
    };
    FieldView {
        name: &parameter.name,
        comment: doors::comment(parameter.description.as_deref().unwrap_or(""), 0),
        ty,
        read: read_parameter(scope, parameter),
        value,
    }
}

fn read_parameter(scope: &Scope<'_>, parameter: &Parameter) -> String {
    let name = doors::rust_literal(&parameter.api_name);
    let read = scope.read("v", &parameter.schema, false, &parameter.name);
    let (location, plain) = match parameter.location {
        Location::Path => ("path", Style::Simple),
        Location::Query => ("query", Style::Form),
        Location::Header => ("header", Style::Simple),
        Location::Cookie => ("cookie", Style::Form),
    };
    let is_path = parameter.location == Location::Path;
    let suffix = if parameter.required && !is_path {
        "_required"
    } else {
        ""
    };
    let shape = shape(scope, &parameter.schema.ty, 0);
    if shape == Shape::Scalar && parameter.style == plain {
        return format!("{location}{suffix}({name}, |v| {read})");
    }
    let suffix = if parameter.required { "_required" } else { "" };
    let location = match parameter.location {
        Location::Path => "Path",
        Location::Query => "Query",
        Location::Header => "Header",
        Location::Cookie => "Cookie",
    };
    let style = parameter.style.as_str();
    let locations = scope.import("crate::core::input::Location");
    let styles = scope.import("crate::core::input::Style");
    let shapes = scope.import("crate::core::input::Shape");
    let shape = match shape {
        Shape::Scalar => "Scalar".to_owned(),
        Shape::List => "List".to_owned(),
        Shape::OneOrMore => "OneOrMore".to_owned(),
        Shape::Object(names) => {
            let names = names.iter().map(|name| doors::rust_literal(name));
            format!("Object(&[{}])", list(names))
        }
    };
    let explode = parameter.explode;
    format!(
        "styled{suffix}({locations}::{location}, {name}, {styles}::{style}, {explode}, {shapes}::{shape}, |v| {read})"
    )
}

#[derive(PartialEq, Eq)]
enum Shape {
    Scalar,
    List,
    /// A scalar or a list.
    OneOrMore,
    /// With the names of its properties.
    Object(Vec<String>),
}

fn shape(scope: &Scope<'_>, ty: &Type, depth: usize) -> Shape {
    match ty {
        Type::Array { .. } => Shape::List,
        Type::Map { .. } => Shape::Object(Vec::new()),
        // Named values: lists or objects, where they all are.
        Type::Any { one_of } if !one_of.is_empty() && one_of.iter().all(Value::is_array) => {
            Shape::List
        }
        Type::Any { one_of } if one_of.iter().all(Value::is_object) => {
            let names: BTreeSet<&String> = one_of
                .iter()
                .filter_map(Value::as_object)
                .flat_map(Map::keys)
                .collect();
            match names.is_empty() {
                true => Shape::Scalar,
                false => Shape::Object(names.into_iter().cloned().collect()),
            }
        }
        Type::Named(id) if depth < DEEPEST_PARAMETER => match &scope.service()[*id].kind {
            TypeKind::Struct(def) => {
                let names = def.fields.iter().map(|field| field.api_name.clone());
                Shape::Object(names.collect())
            }
            TypeKind::Enum(_) => Shape::Scalar,
            TypeKind::Newtype(schema) => shape(scope, &schema.ty, depth + 1),
            TypeKind::Union(union) => {
                let schemas = union.variants.iter().map(|variant| &variant.schema.ty);
                let shapes = schemas.map(|ty| shape(scope, ty, depth + 1));
                shapes.reduce(widest).unwrap_or(Shape::Scalar)
            }
        },
        _ => Shape::Scalar,
    }
}

/// The shape that both fit, as far as there is one.
fn widest(left: Shape, right: Shape) -> Shape {
    match (left, right) {
        (Shape::Object(mut left), Shape::Object(right)) => {
            left.extend(right);
            left.sort_unstable();
            left.dedup();
            Shape::Object(left)
        }
        (object @ Shape::Object(_), _) | (_, object @ Shape::Object(_)) => object,
        (Shape::List, Shape::List) => Shape::List,
        (Shape::Scalar, Shape::Scalar) => Shape::Scalar,
        _ => Shape::OneOrMore,
    }
}
