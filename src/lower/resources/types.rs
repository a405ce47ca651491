//! How values are kept, and which values fit where.

use std::collections::BTreeSet;

use crate::model::{
    Additional, ColumnType, Enum, EnumRepr, Field, Format, IntegerKind, Presence, Schema, Service,
    Struct, Type, TypeId, TypeKind,
};

/// The struct that a schema names, if it is one and never null.
pub(super) fn struct_of<'a>(service: &'a Service, schema: &Schema) -> Option<(TypeId, &'a Struct)> {
    match schema.ty {
        Type::Named(id) if !schema.nullable => as_struct(service, id).map(|found| (id, found)),
        _ => None,
    }
}

/// A named type as a struct.
pub(super) fn as_struct(service: &Service, id: TypeId) -> Option<&Struct> {
    match &service[id].kind {
        TypeKind::Struct(found) => Some(found),
        _ => None,
    }
}

/// The enum that a schema names.
pub(super) fn enum_of<'a>(service: &'a Service, schema: &Schema) -> Option<&'a Enum> {
    match schema.ty {
        Type::Named(id) => match &service[id].kind {
            TypeKind::Enum(found) => Some(found),
            _ => None,
        },
        _ => None,
    }
}

/// The property may be left out, and nothing stands in for it.
pub(super) fn may_be_absent(field: &Field) -> bool {
    matches!(field.presence, Presence::Optional | Presence::Patch)
}

/// There may be no value: the property may be left out, or be null.
pub(super) fn may_be_empty(field: &Field) -> bool {
    field.schema.nullable || may_be_absent(field)
}

/// How a value is kept.
pub(super) fn column_type(service: &Service, schema: &Schema) -> ColumnType {
    match &schema.ty {
        Type::String(rules) => match rules.format {
            Format::Uuid => ColumnType::Uuid,
            Format::DateTime => ColumnType::DateTime,
            Format::Date => ColumnType::Date,
            _ => ColumnType::Text,
        },
        Type::Integer(kind, _) if *kind != IntegerKind::U64 => ColumnType::Integer(*kind),
        Type::Number(_) => ColumnType::Number,
        Type::Decimal(rules) => ColumnType::Decimal(rules.places()),
        Type::Boolean => ColumnType::Boolean,
        Type::Named(id) if enum_of(service, schema).is_some_and(|e| e.repr == EnumRepr::String) => {
            ColumnType::Enum(*id)
        }
        _ => ColumnType::Json(Schema {
            nullable: false,
            ..schema.clone()
        }),
    }
}

/// Each value of `from` is one of `to`, by its form; rules such as lengths are not compared.
pub(super) fn fits(service: &Service, from: &Schema, to: &Schema) -> bool {
    Fit {
        service,
        under_way: BTreeSet::new(),
    }
    .types(&from.ty, &to.ty)
}

struct Fit<'a> {
    service: &'a Service,
    /// Pairs of types that are being compared: a recursion that meets one again adds nothing.
    under_way: BTreeSet<(TypeId, TypeId)>,
}

impl Fit<'_> {
    fn schemas(&mut self, from: &Schema, to: &Schema) -> bool {
        (to.nullable || !from.nullable) && self.types(&from.ty, &to.ty)
    }

    fn types(&mut self, from: &Type, to: &Type) -> bool {
        match (from, to) {
            (Type::String(from), Type::String(to)) => {
                let (from, to) = (class(from.format), class(to.format));
                from == to || (from, to) == (Format::Uuid, Format::Text)
            }
            (Type::Named(id), Type::String(to)) => {
                let kind = &self.service[*id].kind;
                let texts = matches!(kind, TypeKind::Enum(found) if found.repr == EnumRepr::String);
                texts && class(to.format) == Format::Text
            }
            (Type::Integer(from, _), Type::Integer(to, _)) => widens(*from, *to),
            (Type::Number(_), Type::Number(_))
            | (Type::Decimal(_), Type::Decimal(_))
            | (Type::Boolean, Type::Boolean) => true,
            (Type::Any { .. }, Type::Any { one_of }) => one_of.is_empty() || from == to,
            (Type::Array { items: from, .. }, Type::Array { items: to, .. })
            | (Type::Map { values: from, .. }, Type::Map { values: to, .. }) => {
                self.schemas(from, to)
            }
            (Type::Named(from), Type::Named(to)) => self.named(*from, *to),
            _ => false,
        }
    }

    fn named(&mut self, from: TypeId, to: TypeId) -> bool {
        if from == to || !self.under_way.insert((from, to)) {
            return true;
        }
        match (&self.service[from].kind, &self.service[to].kind) {
            (TypeKind::Enum(from), TypeKind::Enum(to)) => has_values(from, to),
            (TypeKind::Struct(from), TypeKind::Struct(to)) => self.structs(from, to),
            (TypeKind::Newtype(from), TypeKind::Newtype(to)) => self.schemas(from, to),
            (TypeKind::Union(from), TypeKind::Union(to)) => {
                let same = from.mode == to.mode
                    && from.tag == to.tag
                    && from.variants.len() == to.variants.len();
                let mut pairs = from.variants.iter().zip(&to.variants);
                same && pairs.all(|(from, to)| {
                    from.tags == to.tags && self.schemas(&from.schema, &to.schema)
                })
            }
            _ => false,
        }
    }

    /// Nothing of `from` is lost, and nothing that `to` needs is missing.
    fn structs(&mut self, from: &Struct, to: &Struct) -> bool {
        let kept = from.fields.iter().all(|field| {
            let other = to
                .fields
                .iter()
                .find(|other| other.api_name == field.api_name);
            other.is_some_and(|other| {
                let present = !may_be_absent(field) || may_be_absent(other);
                present && self.schemas(&field.schema, &other.schema)
            })
        });
        let complete = to.fields.iter().all(|field| {
            may_be_absent(field)
                || from
                    .fields
                    .iter()
                    .any(|other| other.api_name == field.api_name)
        });
        let others = match (&from.additional, &to.additional) {
            (Additional::Keep { values: from, .. }, Additional::Keep { values: to, .. }) => {
                self.schemas(from, to)
            }
            (Additional::Keep { .. }, _) => false,
            _ => true,
        };
        kept && complete && others
    }
}

/// Every value of `from` is one of `to`.
pub(super) fn has_values(from: &Enum, to: &Enum) -> bool {
    let known = |value| to.variants.iter().any(|other| &other.value == value);
    from.repr == to.repr && from.variants.iter().all(|variant| known(&variant.value))
}

/// Formats that share a Rust type.
fn class(format: Format) -> Format {
    match format {
        Format::Uuid | Format::DateTime | Format::Date => format,
        _ => Format::Text,
    }
}

/// Each value of one kind is a value of the other.
fn widens(from: IntegerKind, to: IntegerKind) -> bool {
    let (from, to) = (range(from), range(to));
    to.0 <= from.0 && from.1 <= to.1
}

fn range(kind: IntegerKind) -> (i128, i128) {
    let signed = |bits: u32| (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1);
    let unsigned = |bits: u32| (0, (1_i128 << bits) - 1);
    match kind {
        IntegerKind::I8 => signed(8),
        IntegerKind::I16 => signed(16),
        IntegerKind::I32 => signed(32),
        IntegerKind::I64 => signed(64),
        IntegerKind::U8 => unsigned(8),
        IntegerKind::U16 => unsigned(16),
        IntegerKind::U32 => unsigned(32),
        IntegerKind::U64 => unsigned(64),
    }
}
