//! `schemas/`: the types of requests and responses.

use askama::Template;

use crate::model::{
    Additional, Enum, EnumRepr, Field, Presence, Schema, Service, Struct, Tag, TypeDef, TypeKind,
    Union, UnionMode, UnionVariant,
};

use super::{
    doors,
    reading::list,
    scope::{Scope, Static},
};

/// `schemas/mod.rs`
#[derive(Template)]
#[template(path = "layered/src/schemas/mod.rs.j2")]
pub(super) struct Modules<'a> {
    modules: Vec<&'a str>,
}

impl<'a> Modules<'a> {
    pub(super) fn new(service: &'a Service) -> Self {
        let modules = service.types.chunk_by(|a, b| a.module == b.module);
        let modules = modules.map(|types| types[0].module.as_str()).collect();
        Self { modules }
    }
}

/// `schemas/<module>.rs`
#[derive(Template)]
#[template(path = "layered/src/schemas/file.rs.j2")]
pub(super) struct File {
    imports: Vec<&'static str>,
    statics: Vec<Static>,
    types: Vec<String>,
}

impl File {
    /// The file of these types, all of one module.
    pub(super) fn new(service: &Service, types: &[TypeDef]) -> askama::Result<Self> {
        let scope = Scope::of_schemas(service, types);
        let printed = types.iter().map(|def| print(&scope, def, types));
        let printed: askama::Result<Vec<String>> = printed.collect();
        Ok(Self {
            types: printed?,
            imports: scope.imports(),
            statics: scope.statics(),
        })
    }
}

fn print(scope: &Scope<'_>, def: &TypeDef, siblings: &[TypeDef]) -> askama::Result<String> {
    let head = Head::new(scope, def, siblings);
    match &def.kind {
        TypeKind::Struct(ty) => StructView::new(scope, head, ty).render(),
        TypeKind::Enum(ty) => EnumView::new(head, ty).render(),
        TypeKind::Union(ty) => UnionView::new(scope, head, ty).render(),
        TypeKind::Newtype(schema) => NewtypeView {
            ty: scope.rust_type(schema),
            read: head.read(|| scope.read("node", schema, false, &def.module)),
            encoded: match head.encode {
                Some(_) => quoted(scope, schema, "&self.0"),
                None => String::new(),
            },
            head,
        }
        .render(),
    }
}

/// What all kinds of types have.
struct Head<'a> {
    name: &'a str,
    comment: String,
    decode: Option<DecodeNames>,
    encode: Option<EncodeNames>,
    is_stored: bool,
    /// `Option`, `Some` and so on, as the file can call them.
    option: &'static str,
    some: &'static str,
}

struct DecodeNames {
    decode: &'static str,
    node: &'static str,
    /// Holds the value to what the type does not say.
    keeping: String,
}

struct EncodeNames {
    encode: &'static str,
    writer: &'static str,
}

impl<'a> Head<'a> {
    fn new(scope: &Scope<'_>, def: &'a TypeDef, siblings: &[TypeDef]) -> Self {
        let decode = def.uses.decoded.then(|| DecodeNames {
            decode: scope.import("crate::core::decode::Decode"),
            node: scope.import("crate::core::decode::Node"),
            keeping: match &def.keywords {
                Some(keywords) => {
                    let keywords = scope.keywords(keywords, &def.module);
                    format!("let node = node.keeping(&{keywords});")
                }
                None => String::new(),
            },
        });
        let encode = def.uses.encoded.then(|| EncodeNames {
            encode: scope.import("crate::core::encode::Encode"),
            writer: scope.import("crate::core::encode::Writer"),
        });
        Self {
            name: &def.name,
            comment: doors::comment(&description(def, siblings), 0),
            decode,
            encode,
            is_stored: def.uses.stored,
            option: scope.prelude("Option"),
            some: scope.prelude("Some"),
        }
    }

    /// An expression that reads, if the type is read at all: what it names would go unused.
    fn read(&self, expression: impl FnOnce() -> String) -> String {
        self.decode
            .as_ref()
            .map(|_| expression())
            .unwrap_or_default()
    }
}

impl Head<'_> {
    /// What is written of a field, if the type is written at all.
    fn encoded(&self, scope: &Scope<'_>, field: &Field) -> String {
        let place = format!("&self.{}", field.name);
        match self.encode {
            Some(_) if field.schema.is_quoted() && field.is_omitted() => {
                let quoted = scope.import("crate::core::encode::Quoted");
                format!("{place}.as_ref().map({quoted})")
            }
            Some(_) => quoted(scope, &field.schema, &place),
            None => place,
        }
    }
}

/// What is written of a place: decimals may be texts.
pub(super) fn quoted(scope: &Scope<'_>, schema: &Schema, place: &str) -> String {
    match schema.is_quoted() {
        true => format!("&{}({place})", scope.import("crate::core::encode::Quoted")),
        false => place.to_owned(),
    }
}

/// The description; and how a variant of a type differs from the type that responses carry.
fn description(def: &TypeDef, siblings: &[TypeDef]) -> String {
    let text = def.description.clone().unwrap_or_default();
    let TypeKind::Struct(ty) = &def.kind else {
        return text;
    };
    let shown = siblings.iter().find(|sibling| {
        let is_longer = def.name.len() > sibling.name.len() && def.name.starts_with(&sibling.name);
        sibling.api_name == def.api_name && is_longer
    });
    let note = match shown {
        _ if ty.is_patch => "Changes: what is `None` stays as it is.".to_owned(),
        Some(shown) => format!("`{}` as clients send it.", shown.name),
        _ => return text,
    };
    if text.is_empty() {
        note
    } else {
        format!("{text}\n\n{note}")
    }
}

#[derive(Template)]
#[template(path = "layered/src/schemas/struct.rs.j2")]
struct StructView<'a> {
    head: Head<'a>,
    /// All fields may be absent.
    has_default: bool,
    fields: Vec<FieldView<'a>>,
    additional: Option<AdditionalView<'a>>,
    /// The variable that holds the object that is read: no field has its name.
    object: String,
    min_properties: Option<u64>,
    max_properties: Option<u64>,
    /// A list of literals, or nothing.
    ignored: String,
    denies_unknown: bool,
}

struct FieldView<'a> {
    name: &'a str,
    /// A Rust literal.
    api_name: String,
    comment: String,
    ty: String,
    read: String,
    value: String,
    /// `None` is left out.
    is_omitted: bool,
    is_renamed: bool,
    method: &'static str,
    /// What is written.
    encoded: String,
}

struct AdditionalView<'a> {
    name: &'a str,
    /// What is written.
    encoded: String,
    ty: String,
    read: String,
}

impl<'a> StructView<'a> {
    fn new(scope: &Scope<'_>, head: Head<'a>, ty: &'a Struct) -> Self {
        let fields = ty
            .fields
            .iter()
            .map(|field| FieldView::new(scope, &head, field))
            .collect();
        let additional = match &ty.additional {
            Additional::Keep { name, values } => Some(AdditionalView {
                name,
                encoded: match head.encode.is_some() && values.is_quoted() {
                    true => {
                        let quoted = scope.import("crate::core::encode::Quoted");
                        format!(
                            "&self.{name}.iter().map(|(name, value)| (name.clone(), {quoted}(value))).collect()"
                        )
                    }
                    false => format!("&self.{name}"),
                },
                ty: scope.map_type(values),
                read: head.read(|| scope.read("v", values, false, name)),
            }),
            _ => None,
        };
        let mut object = "object".to_owned();
        while ty.fields.iter().any(|field| field.name == object) {
            object.push('_');
        }
        let is_open = matches!(ty.additional, Additional::Ignore);
        let ignored = ty.ignored.iter().filter(|_| !is_open);
        Self {
            head,
            has_default: (ty.is_patch || !ty.fields.is_empty())
                && ty.fields.iter().all(|f| f.presence == Presence::Patch),
            fields,
            additional,
            object,
            min_properties: ty.min_properties.filter(|min| *min > 0),
            max_properties: ty.max_properties,
            ignored: list(ignored.map(|name| doors::rust_literal(name))),
            denies_unknown: matches!(ty.additional, Additional::Deny),
        }
    }

    /// Nothing of the object is looked at.
    fn is_unread(&self) -> bool {
        self.fields.is_empty()
            && self.additional.is_none()
            && !self.denies_unknown
            && self.min_properties.is_none()
            && self.max_properties.is_none()
    }

    /// The object is changed while it is read.
    fn is_mutable(&self) -> bool {
        !self.fields.is_empty() || self.additional.is_some() || !self.ignored.is_empty()
    }
}

/// The type of a property's field.
pub(super) fn field_type(scope: &Scope<'_>, field: &Field) -> String {
    let schema = &field.schema;
    let ty = boxed(scope, scope.rust_type_of(&schema.ty), field.boxed);
    let is_optional = matches!(field.presence, Presence::Optional | Presence::Patch);
    let is_twice = schema.nullable && field.presence == Presence::Patch;
    let options = usize::from(is_optional || schema.nullable) + usize::from(is_twice);
    (0..options).fold(ty, |ty, _| scope.option(&ty))
}

/// The type of what an alternative holds.
pub(super) fn alternative_type(scope: &Scope<'_>, variant: &UnionVariant) -> String {
    boxed(scope, scope.rust_type(&variant.schema), variant.boxed)
}

fn boxed(scope: &Scope<'_>, ty: String, is_boxed: bool) -> String {
    match is_boxed {
        true => format!("{}<{ty}>", scope.prelude("Box")),
        false => ty,
    }
}

impl<'a> FieldView<'a> {
    fn new(scope: &Scope<'_>, head: &Head<'_>, field: &'a Field) -> Self {
        let schema = &field.schema;
        let value = match field.presence {
            Presence::Defaulted => head.read(|| scope.or_default(schema, field.boxed, &field.name)),
            Presence::Optional if schema.nullable => ".flatten()".to_owned(),
            _ => String::new(),
        };
        let mut comment = doors::comment(field.description.as_deref().unwrap_or(""), 0);
        if field.deprecated {
            comment += if comment.is_empty() { "" } else { "///\n" };
            comment += "/// Deprecated.\n";
        }
        Self {
            name: &field.name,
            api_name: doors::rust_literal(&field.api_name),
            comment,
            ty: field_type(scope, field),
            read: head.read(|| scope.read("v", schema, field.boxed, &field.name)),
            value,
            is_omitted: field.is_omitted(),
            is_renamed: field.name.trim_start_matches("r#") != field.api_name,
            method: match field.presence {
                Presence::Required => "required",
                _ => "optional",
            },
            encoded: head.encoded(scope, field),
        }
    }
}

#[derive(Template)]
#[template(path = "layered/src/schemas/enum.rs.j2")]
struct EnumView<'a> {
    head: Head<'a>,
    is_text: bool,
    has_default: bool,
    variants: Vec<VariantView<'a>>,
}

struct VariantView<'a> {
    name: &'a str,
    /// A Rust literal.
    value: String,
    is_default: bool,
}

impl<'a> EnumView<'a> {
    fn new(head: Head<'a>, ty: &'a Enum) -> Self {
        let variants = ty.variants.iter().enumerate();
        let variants = variants.map(|(index, variant)| VariantView {
            name: &variant.name,
            value: match ty.repr {
                EnumRepr::String => doors::rust_literal(variant.value.as_str().unwrap_or("")),
                EnumRepr::Integer => variant.value.as_i64().unwrap_or(0).to_string(),
            },
            is_default: ty.default == Some(index),
        });
        Self {
            head,
            is_text: ty.repr == EnumRepr::String,
            has_default: ty.default.is_some(),
            variants: variants.collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "layered/src/schemas/union.rs.j2")]
struct UnionView<'a> {
    head: Head<'a>,
    /// The discriminator, a Rust literal.
    tag: Option<String>,
    /// The discriminator, where the alternatives do not write it themselves.
    written_tag: Option<String>,
    /// All its values, a list of literals.
    tags: String,
    /// `one_of` or `any_of`
    method: &'static str,
    variants: Vec<AlternativeView<'a>>,
    /// The names of the alternatives, a list of literals.
    names: String,
}

struct AlternativeView<'a> {
    name: &'a str,
    ty: String,
    /// Reads `node`, or `v`.
    read: String,
    /// A Rust literal: what is written.
    tag: String,
    /// A pattern of Rust literals: what is read.
    tag_pattern: String,
    /// What is written of `value`.
    encoded: String,
}

impl<'a> UnionView<'a> {
    fn new(scope: &Scope<'_>, head: Head<'a>, ty: &'a Union) -> Self {
        let on = if ty.tag.is_some() { "node" } else { "v" };
        let variants = ty.variants.iter().map(|variant| {
            let tags: Vec<String> = variant
                .tags
                .iter()
                .map(|t| doors::rust_literal(t))
                .collect();
            AlternativeView {
                name: &variant.name,
                ty: alternative_type(scope, variant),
                read: head.read(|| read_alternative(scope, on, &variant.schema, variant.boxed)),
                tag: tags.first().cloned().unwrap_or_default(),
                tag_pattern: tags.join(" | "),
                encoded: match head.encode {
                    Some(_) => quoted(scope, &variant.schema, "value"),
                    None => String::new(),
                },
            }
        });
        let tags = ty.variants.iter().flat_map(|variant| &variant.tags);
        let literal = |tag: &Tag| doors::rust_literal(&tag.api_name);
        Self {
            tag: ty.tag.as_ref().map(literal),
            written_tag: ty.tag.as_ref().filter(|tag| !tag.declared).map(literal),
            tags: list(tags.map(|tag| doors::rust_literal(tag))),
            method: match ty.mode {
                UnionMode::OneOf => "one_of",
                UnionMode::AnyOf => "any_of",
            },
            variants: variants.collect(),
            names: list(ty.variants.iter().map(|v| doors::rust_literal(&v.name))),
            head,
        }
    }
}

fn read_alternative(scope: &Scope<'_>, on: &str, schema: &Schema, is_boxed: bool) -> String {
    // A box of what may be null reads the null inside.
    match is_boxed && schema.nullable {
        true => format!(
            "{on}.boxed(|v| {})",
            scope.read("v", schema, false, "value")
        ),
        false => scope.read(on, schema, is_boxed, "value"),
    }
}

#[derive(Template)]
#[template(path = "layered/src/schemas/newtype.rs.j2")]
struct NewtypeView<'a> {
    head: Head<'a>,
    ty: String,
    read: String,
    /// What is written.
    encoded: String,
}
