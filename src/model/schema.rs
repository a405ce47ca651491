//! Types and the rules that their values keep.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Origin, TypeId, decimal::Digits, keywords::Keywords};

/// A value at one place: its type, with the rules that hold there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// What it is when it is not null.
    pub ty: Type,
    /// `null` is allowed too: the Rust type is an `Option`.
    pub nullable: bool,
    /// What an absent value means; it has been checked to fit the type.
    pub default: Option<Value>,
    /// A sample from the document that fits the schema.
    pub example: Option<Value>,
    /// What it asks beyond its type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<Keywords>,
}

impl Schema {
    /// Whether a value is one piece of text, number or boolean.
    pub fn is_scalar(&self, types: &[TypeDef]) -> bool {
        match &self.ty {
            Type::String(_)
            | Type::Integer(..)
            | Type::Number(_)
            | Type::Decimal(_)
            | Type::Boolean => true,
            Type::Named(id) => matches!(types[id.0].kind, TypeKind::Enum(_)),
            Type::Array { .. } | Type::Map { .. } | Type::Any { .. } => false,
        }
    }
}

/// The type of a value that is not null, with its rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Type {
    /// Text, or what is written as text.
    String(StringRules),
    /// A whole number (also written `1.0`: JSON Schema tells integers by their value).
    Integer(IntegerKind, NumberRules),
    /// A number, kept as `f64`.
    Number(NumberRules),
    /// A number whose decimal digits are kept as they are, as `rust_decimal::Decimal`.
    Decimal(Box<DecimalRules>),
    /// `true` or `false`.
    Boolean,
    /// `Vec<T>`
    Array {
        /// What each item is.
        items: Box<Schema>,
        /// `minItems`
        min: Option<u64>,
        /// `maxItems`
        max: Option<u64>,
        /// `uniqueItems`
        unique: bool,
    },
    /// `BTreeMap<String, T>`: an object with no properties of its own.
    Map {
        /// What each value is.
        values: Box<Schema>,
        /// `minProperties`
        min: Option<u64>,
        /// `maxProperties`
        max: Option<u64>,
        /// `propertyNames.pattern`
        key_pattern: Option<String>,
    },
    /// Any JSON value, as `serde_json::Value`; `one_of` lists the only ones allowed, if not empty.
    Any {
        /// A closed set that is no Rust enum: mixed types, objects, floats.
        one_of: Vec<Value>,
    },
    /// A struct, enum or union of its own.
    Named(TypeId),
}

/// The rules of a text. Lengths count characters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StringRules {
    /// Its Rust type, and what is checked beside the rules below.
    pub format: Format,
    /// `minLength`
    pub min: Option<u64>,
    /// `maxLength`
    pub max: Option<u64>,
    /// `pattern`, translated from ECMA-262 to Rust's `regex`; it compiles.
    pub pattern: Option<String>,
}

/// The formats that are checked; each tells its Rust type.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Format {
    /// `String`
    #[default]
    Text,
    /// `uuid::Uuid`
    Uuid,
    /// `chrono::DateTime<Utc>`, RFC 3339
    DateTime,
    /// `chrono::NaiveDate`, RFC 3339
    Date,
    /// `String`, checked as RFC 3339 `full-time`
    Time,
    /// `String`, checked as RFC 3339 `duration`
    Duration,
    /// `String`, checked
    Email,
    /// `String`, checked as RFC 3986 with a scheme
    Uri,
    /// `String`, checked as base64
    Byte,
    /// `String`, checked
    Ipv4,
    /// `String`, checked
    Ipv6,
    /// `String`, checked as RFC 1123
    Hostname,
}

/// The Rust type of an integer, which bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IntegerKind {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

impl IntegerKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
    ];

    /// Its name in Rust, such as `i64`.
    pub fn name(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
        }
    }
}

/// The rules of a number. Exclusive and inclusive bounds may both be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NumberRules {
    /// `minimum`
    pub min: Option<serde_json::Number>,
    /// `maximum`
    pub max: Option<serde_json::Number>,
    /// `exclusiveMinimum`
    pub above: Option<serde_json::Number>,
    /// `exclusiveMaximum`
    pub below: Option<serde_json::Number>,
    /// `multipleOf`, above 0
    pub multiple_of: Option<serde_json::Number>,
    /// The only values allowed, where an enum of numbers is no Rust enum; empty means all.
    pub one_of: Vec<serde_json::Number>,
}

/// The rules of a decimal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DecimalRules {
    /// What holds of its value.
    pub number: NumberRules,
    /// JSON has it as a text, of which these hold; else as a number.
    pub text: Option<StringRules>,
}

impl DecimalRules {
    /// How many places it has behind the point, where `multipleOf` tells; so many at most that the
    /// whole has room in 18 digits.
    pub fn places(&self) -> Option<u32> {
        let step = self.number.multiple_of.as_ref()?;
        let digits = Digits::of(step)?;
        Some(digits.places).filter(|places| *places <= Digits::MOST_PLACES)
    }
}

/// A type of the generated project's `schemas/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypeDef {
    /// `CreateItem`; unique among all types.
    pub name: String,
    /// The file in `schemas/`, such as `create_item`; variants of one schema share it.
    pub module: String,
    /// The component's name, or the path to an inline schema (`Item.payment`), verbatim.
    pub api_name: String,
    /// The description, verbatim.
    pub description: Option<String>,
    /// Where the schema stands.
    pub origin: Origin,
    /// Which conversions it needs.
    pub uses: Uses,
    /// What it is.
    pub kind: TypeKind,
    /// What the schema was called before, by `x-apigen-was`.
    pub was: Option<String>,
    /// What the schema asks beyond what the type says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Keywords>,
}

/// Which conversions a type needs: the templates print no other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// Read from requests: `Decode`.
    pub decoded: bool,
    /// Written to responses: `Serialize`.
    pub encoded: bool,
    /// Kept in a JSON column or a cursor: `Serialize` and `Deserialize`.
    pub stored: bool,
    /// Items of a `uniqueItems` array compare it: `PartialEq` is enough for all but enums.
    pub hashed: bool,
}

/// What a named type is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TypeKind {
    /// An object with properties.
    Struct(Struct),
    /// A closed set of texts or integers.
    Enum(Enum),
    /// `oneOf` or `anyOf`.
    Union(Union),
    /// A name for another schema, where recursion needs one: `struct Tree(pub Vec<Tree>)`.
    Newtype(Schema),
}

/// An object with properties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Struct {
    /// In the order of the document.
    pub fields: Vec<Field>,
    /// What other properties are.
    pub additional: Additional,
    /// `minProperties`
    pub min_properties: Option<u64>,
    /// `maxProperties`
    pub max_properties: Option<u64>,
    /// Properties of the schema that this variant leaves out (read-only ones in an input): a
    /// client that sends them is not refused, they are ignored.
    pub ignored: Vec<String>,
    /// A body of PATCH: an absent field is kept, so absent and null are told apart, and no
    /// default is applied.
    pub is_patch: bool,
}

/// What an object may hold beside its properties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Additional {
    /// Nothing is said of them: read past.
    Ignore,
    /// `additionalProperties: false`
    Deny,
    /// Kept in a map field of this Rust name.
    Keep {
        /// Such as `additional`.
        name: String,
        /// What each value is.
        values: Box<Schema>,
    },
}

/// A property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The Rust field, raw (`r#type`) where it must be; unique in its struct.
    pub name: String,
    /// The property, verbatim.
    pub api_name: String,
    /// The description, verbatim.
    pub description: Option<String>,
    /// The value.
    pub schema: Schema,
    /// Whether and how it may be absent.
    pub presence: Presence,
    /// The Rust type is a `Box`, to end a recursion.
    pub boxed: bool,
    /// Only sent by the service.
    pub read_only: bool,
    /// Only sent by clients.
    pub write_only: bool,
    /// `deprecated`
    pub deprecated: bool,
    /// What it was called before, by `x-apigen-was`.
    pub was: Option<String>,
    /// The property of the rows that it is, where that is called otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_as: Option<String>,
}

impl Field {
    /// The property of the rows that it is.
    pub fn row_name(&self) -> &str {
        self.kept_as.as_deref().unwrap_or(&self.api_name)
    }
}

impl Field {
    /// Where there is no value, it is not sent.
    pub fn is_omitted(&self) -> bool {
        match self.presence {
            Presence::Required | Presence::Defaulted => false,
            Presence::Optional => !self.schema.nullable,
            Presence::Patch => true,
        }
    }
}

/// Whether a field may be absent, and what its Rust type makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// `T`, or `Option<T>` where null is allowed.
    Required,
    /// `T`: the default stands in. In a response it is always sent.
    Defaulted,
    /// `Option<T>`: `None` is absent; where null is allowed too, `None` is sent as null.
    Optional,
    /// `Option<T>`, or `Option<Option<T>>` where null is allowed: `None` is absent.
    Patch,
}

/// A closed set of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enum {
    /// What the values are on the wire.
    pub repr: EnumRepr,
    /// In the order of the document.
    pub variants: Vec<Variant>,
    /// The variant that `#[default]` marks: the schema's own default.
    pub default: Option<usize>,
}

/// What the values of an enum are on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnumRepr {
    /// JSON strings.
    String,
    /// JSON integers that fit `i64`.
    Integer,
}

/// One value of an enum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// The Rust variant; unique in its enum.
    pub name: String,
    /// The value: a string or an integer, as `Enum::repr` says.
    pub value: Value,
}

/// `oneOf` or `anyOf`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Union {
    /// How many alternatives a value must fit.
    pub mode: UnionMode,
    /// The discriminator, where every alternative can be told by it.
    pub tag: Option<Tag>,
    /// In the order of the document; at least one.
    pub variants: Vec<UnionVariant>,
}

/// How many alternatives a value must fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnionMode {
    /// Exactly one.
    OneOf,
    /// At least one; the first that fits is taken.
    AnyOf,
}

/// A discriminator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The property, verbatim.
    pub api_name: String,
    /// Whether the alternatives' structs have the property as a field, so that it is written with
    /// them; else the union writes it.
    pub declared: bool,
}

/// One alternative of a union.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnionVariant {
    /// The Rust variant; unique in its union.
    pub name: String,
    /// What it holds.
    pub schema: Schema,
    /// The values of the discriminator that mean it; empty without one.
    pub tags: Vec<String>,
    /// The Rust type is a `Box`, to end a recursion.
    pub boxed: bool,
}

impl Schema {
    /// A schema of this type: not null, no default.
    pub fn of(ty: Type) -> Self {
        Self {
            ty,
            nullable: false,
            default: None,
            example: None,
            keywords: Vec::new(),
        }
    }

    /// Any JSON value.
    pub fn any() -> Self {
        Self::of(Type::Any { one_of: Vec::new() })
    }

    /// Whether its values are decimals that JSON has as texts, through arrays and maps.
    pub fn is_quoted(&self) -> bool {
        match &self.ty {
            Type::Decimal(rules) => rules.text.is_some(),
            Type::Array { items: inner, .. } | Type::Map { values: inner, .. } => inner.is_quoted(),
            _ => false,
        }
    }

    /// Whether such a type stands in it, through arrays and maps.
    pub fn has(&self, fits: &impl Fn(&Type) -> bool) -> bool {
        let inner = match &self.ty {
            Type::Array { items: inner, .. } | Type::Map { values: inner, .. } => inner.has(fits),
            _ => false,
        };
        inner || fits(&self.ty)
    }

    /// Every type that it names, through arrays and maps.
    pub fn for_each_id(&mut self, visit: &mut impl FnMut(&mut TypeId)) {
        match &mut self.ty {
            Type::Named(id) => visit(id),
            Type::Array { items: inner, .. } | Type::Map { values: inner, .. } => {
                inner.for_each_id(visit);
            }
            _ => {}
        }
    }

    /// The type that it names, through arrays and maps.
    pub fn id(&self) -> Option<TypeId> {
        match &self.ty {
            Type::Named(id) => Some(*id),
            Type::Array { items: inner, .. } | Type::Map { values: inner, .. } => inner.id(),
            _ => None,
        }
    }
}

impl TypeKind {
    /// The schemas that it holds, in order.
    pub fn schemas(&self) -> Vec<&Schema> {
        match self {
            Self::Struct(item) => {
                let fields = item.fields.iter().map(|field| &field.schema);
                let additional = match &item.additional {
                    Additional::Keep { values, .. } => Some(&**values),
                    _ => None,
                };
                fields.chain(additional).collect()
            }
            Self::Union(union) => union.variants.iter().map(|v| &v.schema).collect(),
            Self::Newtype(schema) => vec![schema],
            Self::Enum(_) => Vec::new(),
        }
    }

    /// The schemas that it holds, in order, to be changed.
    pub fn schemas_mut(&mut self) -> Vec<&mut Schema> {
        match self {
            Self::Struct(item) => {
                let fields = item.fields.iter_mut().map(|field| &mut field.schema);
                let additional = match &mut item.additional {
                    Additional::Keep { values, .. } => Some(&mut **values),
                    _ => None,
                };
                fields.chain(additional).collect()
            }
            Self::Union(union) => union.variants.iter_mut().map(|v| &mut v.schema).collect(),
            Self::Newtype(schema) => vec![schema],
            Self::Enum(_) => Vec::new(),
        }
    }
}
