//! What stands where in an OpenAPI document: the one table behind every walk over it.
//!
//! What the table does not know (`x-*`, examples, defaults, enums) is opaque: nothing in there is a reference.

use super::{Kind, Node};

/// What an object of the document is, by the names of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the specification's own names")]
pub enum Role {
    Root,
    Info,
    Server,
    Tag,
    Components,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    Media,
    Encoding,
    Schema,
    Discriminator,
    SecurityScheme,
    Link,
    Example,
    Callback,
    /// What is told and heard, by `x-apigen-events`.
    Events,
    Event,
}

/// What a member must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Anything, and none of it is the document's own structure.
    Opaque,
    /// One object.
    One(Role),
    /// A mapping from free names to objects.
    Map(Role),
    /// A mapping whose `x-*` members are extensions.
    Extensible(Role),
    /// A list of objects.
    List(Role),
    /// Something that is read as a whole, but must be a list.
    OpaqueList,
    /// A list of texts.
    Texts,
    Text,
    Flag,
    Number,
}

/// What a member of an object must be.
pub(super) fn member(role: Role, name: &str) -> Shape {
    use Role::*;
    use Shape::*;
    if role == Schema && [super::WAS, super::KEPT_AS].contains(&name) {
        return Text;
    }
    match (role, name) {
        (Root, super::ERRORS) => return One(Response),
        (Root, super::EVENTS) => return One(Events),
        _ => {}
    }
    if name.starts_with("x-") && role != Callback {
        return Opaque;
    }
    match (role, name) {
        (_, "description" | "summary" | "$ref") => Text,
        (_, "deprecated" | "readOnly" | "writeOnly") => Flag,
        (Root, "info") => One(Info),
        (Info, "title" | "version") => Text,
        (Root, "paths" | "webhooks") => Extensible(PathItem),
        (Root, "components") => One(Components),
        (Root, "tags") => List(Tag),
        (Root | PathItem | Operation, "servers") => List(Server),
        (Root | Operation, "security") => OpaqueList,
        // The places of Swagger 2.0.
        (Root, "definitions") => Map(Schema),
        (Root, "parameters") => Map(Parameter),
        (Root, "responses") => Map(Response),
        (Root, "securityDefinitions") => Map(SecurityScheme),
        (Root | Operation, "consumes" | "produces" | "schemes") => Texts,
        (Root, "host" | "basePath") => Text,
        (Response, "schema") => One(Schema),
        (Tag, "name") | (Server, "url") => Text,
        (Components, "schemas") => Map(Schema),
        (Components, "responses") => Map(Response),
        (Components, "parameters") => Map(Parameter),
        (Components, "requestBodies") => Map(RequestBody),
        (Components, "headers") => Map(Header),
        (Components, "securitySchemes") => Map(SecurityScheme),
        (Components, "callbacks") => Map(Callback),
        (Components, "pathItems") => Map(PathItem),
        (Components, "mediaTypes") => Map(Media),
        (Components | Response, "links") => Map(Link),
        (Components | Parameter | Header | Media, "examples") => Map(Example),
        (
            PathItem,
            "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query",
        ) => One(Operation),
        (PathItem, "additionalOperations") => Map(Operation),
        (PathItem | Operation, "parameters") => List(Parameter),
        (Operation, "operationId") => Text,
        (Operation, "tags") => Texts,
        (Operation, "requestBody") => One(RequestBody),
        (Operation, "responses") => Extensible(Response),
        (Operation, "callbacks") => Map(Callback),
        (Events, "publishes" | "subscribes") => Map(Event),
        (Event, "payload") => One(Schema),
        (Callback, name) if !name.starts_with("x-") => One(PathItem),
        (Parameter, "name" | "in") | (Parameter | Header | Encoding, "style") => Text,
        (Parameter | Header | RequestBody, "required") => Flag,
        (Parameter | Header | Encoding, "explode" | "allowReserved" | "allowEmptyValue") => Flag,
        (Parameter | Header | Media, "schema") | (Media, "itemSchema") => One(Schema),
        (Parameter | Header | RequestBody | Response, "content") => Map(Media),
        (Response | Encoding, "headers") => Map(Header),
        (Media, "encoding") => Map(Encoding),
        (Encoding, "contentType") => Text,
        (Schema, name) => keyword(name),
        (Discriminator, "propertyName") => Text,
        (SecurityScheme, "type" | "name" | "in" | "scheme" | "bearerFormat") => Text,
        _ => Opaque,
    }
}

fn keyword(name: &str) -> Shape {
    use Role::*;
    use Shape::*;
    match name {
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
            Map(Schema)
        }
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => List(Schema),
        "items"
        | "additionalProperties"
        | "additionalItems"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema" => One(Schema),
        "discriminator" => One(Discriminator),
        "required" => Texts,
        "enum" => OpaqueList,
        "title" | "format" | "pattern" | "contentEncoding" | "contentMediaType" => Text,
        "nullable" | "uniqueItems" => Flag,
        "minimum" | "maximum" | "multipleOf" | "minLength" | "maxLength" | "minItems"
        | "maxItems" | "minProperties" | "maxProperties" => Number,
        _ => Opaque,
    }
}

/// What stands behind a pointer (`/components/schemas/Item`), by the table alone.
pub(super) fn shape_at(pointer: &str) -> Shape {
    let tokens = pointer.split('/').skip(1);
    tokens.fold(Shape::One(Role::Root), |shape, token| match shape {
        Shape::One(role) => member(role, token),
        Shape::Extensible(_) if token.starts_with("x-") => Shape::Opaque,
        Shape::Map(role) | Shape::Extensible(role) | Shape::List(role) => Shape::One(role),
        _ => Shape::Opaque,
    })
}

/// Visits every object of the document, outer ones first.
pub(super) fn walk<'a>(node: &'a Node, shape: Shape, visit: &mut impl FnMut(&'a Node, Role)) {
    match shape {
        Shape::One(role) => {
            visit(node, role);
            for (name, inner) in node.members() {
                walk(&inner.value, member(role, name), visit);
            }
        }
        Shape::Map(role) | Shape::Extensible(role) => {
            for (name, inner) in node.members() {
                if !(shape == Shape::Extensible(role) && name.starts_with("x-")) {
                    walk(&inner.value, Shape::One(role), visit);
                }
            }
        }
        Shape::List(role) => {
            for item in node.items() {
                walk(item, Shape::One(role), visit);
            }
        }
        _ => {}
    }
}

/// Visits every object of the document for a change, inner ones first.
pub(super) fn walk_mut(node: &mut Node, shape: Shape, visit: &mut impl FnMut(&mut Node, Role)) {
    match (shape, &mut node.kind) {
        (Shape::One(role), kind) => {
            if let Kind::Object(members) = kind {
                for (name, inner) in members {
                    walk_mut(&mut inner.value, member(role, name), visit);
                }
            }
            visit(node, role);
        }
        (Shape::Map(role) | Shape::Extensible(role), Kind::Object(members)) => {
            for (name, inner) in members {
                if !(shape == Shape::Extensible(role) && name.starts_with("x-")) {
                    walk_mut(&mut inner.value, Shape::One(role), visit);
                }
            }
        }
        (Shape::List(role), Kind::Array(items)) => {
            for item in items {
                walk_mut(item, Shape::One(role), visit);
            }
        }
        _ => {}
    }
}
