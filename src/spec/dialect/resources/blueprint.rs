//! What a resource spec says, read and checked, each part with its place.

use crate::{diagnostic::Span, spec::Node};

/// Something, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

impl<T> At<T> {
    pub(super) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// The whole spec.
#[derive(Debug, Clone)]
pub(super) struct Blueprint {
    pub(super) span: Span,
    pub(super) title: At<String>,
    pub(super) version: At<String>,
    pub(super) description: Option<Node>,
    pub(super) servers: Vec<At<String>>,
    pub(super) auth: At<Auth>,
    /// Who issues the tokens, and publishes the keys that check them.
    pub(super) issuer: Option<At<String>>,
    /// What users may be, where they have accounts.
    pub(super) roles: Vec<Role>,
    pub(super) resources: Vec<Resource>,
    /// Errors have the form of RFC 9457.
    pub(super) problems: bool,
    /// Which version it is, where there are several.
    pub(super) edition: Option<Version>,
    /// The name of the newest version, in an older one.
    pub(super) newest: Option<String>,
    /// The versions before this.
    pub(super) older: Vec<Blueprint>,
}

/// One of several versions that are served side by side.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) name: At<String>,
    /// Since when it is deprecated.
    pub(super) deprecated: Option<At<String>>,
    /// When it ends.
    pub(super) sunset: Option<At<String>>,
    pub(super) successor: Option<At<String>>,
    /// Where people read about that.
    pub(super) link: Option<At<String>>,
    /// The resources that it lacks.
    pub(super) without: Vec<At<String>>,
    pub(super) changes: Vec<Change>,
}

impl Version {
    /// What its paths start with.
    pub(super) fn prefix(&self) -> String {
        format!("/{}", self.name.value)
    }
}

/// What a resource is otherwise in an older version.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) resource: At<String>,
    /// The fields that it lacks.
    pub(super) without: Vec<At<String>>,
    /// The fields that have another name there.
    pub(super) renamed: Vec<(At<String>, At<String>)>,
    pub(super) operations: Option<Vec<At<Standard>>>,
}

/// How callers say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Auth {
    None,
    Jwt,
    /// The service has users itself.
    Accounts,
    ApiKeys,
}

/// What a user may do.
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) name: At<String>,
    pub(super) scopes: Vec<At<String>>,
}

/// A collection of rows of one kind.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    /// As it is written: `order_lines`.
    pub(super) name: At<String>,
    /// What tells the names of an older version from those of the newest: `V1`.
    pub(super) suffix: String,
    /// One of them: `order_line`.
    pub(super) singular: String,
    /// The segment of its path.
    pub(super) path: String,
    pub(super) description: Option<Node>,
    pub(super) key: At<Key>,
    pub(super) timestamps: bool,
    pub(super) parent: Option<At<String>>,
    /// What deleting the parent does to these.
    pub(super) on_delete: Option<At<String>>,
    pub(super) owner: Option<At<Owner>>,
    pub(super) soft_delete: Option<Span>,
    /// Who makes one must send an `Idempotency-Key`.
    pub(super) idempotent: Option<Span>,
    /// The property that counts changes.
    pub(super) version: Option<At<String>>,
    pub(super) fields: Vec<Field>,
    /// Sets of fields that no two rows share.
    pub(super) unique: Vec<Vec<At<String>>>,
    pub(super) indexes: Vec<Vec<At<String>>>,
    pub(super) many_to_many: Vec<At<String>>,
    pub(super) operations: Vec<At<Standard>>,
    pub(super) actions: Vec<Action>,
    pub(super) list: List,
    pub(super) scopes: Vec<(At<String>, At<String>)>,
    /// What caches may keep, by operation.
    pub(super) cache: Vec<(At<String>, At<String>)>,
    /// How often callers may call, by operation.
    pub(super) rate_limit: Vec<(At<String>, At<String>)>,
    pub(super) public: Vec<At<String>>,
    pub(super) was: Option<Node>,
    /// The rows to begin with, or how many of them are to be made up.
    pub(super) seed: Option<Node>,
}

/// What tells rows apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Uuid,
    Integer,
    /// A field of the resource.
    Natural(String),
}

/// Whose a row is.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub(super) field: String,
    /// What callers are told of rows of others: `not_found` or `forbidden`.
    pub(super) others: &'static str,
}

/// What every collection can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standard {
    List,
    Create,
    Get,
    Replace,
    Update,
    Delete,
}

impl Standard {
    pub(super) const ALL: [Self; 6] = [
        Self::List,
        Self::Create,
        Self::Get,
        Self::Replace,
        Self::Update,
        Self::Delete,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Create => "create",
            Self::Get => "get",
            Self::Replace => "replace",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// It leaves everything as it is.
    pub(super) fn reads(self) -> bool {
        matches!(self, Self::List | Self::Get)
    }
}

/// Something else that a resource can do.
#[derive(Debug, Clone)]
pub(super) struct Action {
    pub(super) name: At<String>,
    /// In small letters.
    pub(super) method: &'static str,
    /// It is about the collection, and not about one of its rows.
    pub(super) on_collection: bool,
    pub(super) summary: Option<Node>,
    pub(super) description: Option<Node>,
    pub(super) fields: Vec<Field>,
    /// It answers nothing.
    pub(super) is_silent: bool,
    /// Who calls it must send an `Idempotency-Key`.
    pub(super) idempotent: Option<Span>,
    /// It answers with events that have these fields, one after the other.
    pub(super) stream: Vec<Field>,
    /// What the row is before and afterwards, as `x-apigen-transition` has it.
    pub(super) transition: Option<Node>,
}

/// How a collection is listed.
#[derive(Debug, Clone, Default)]
pub(super) struct List {
    pub(super) filters: Vec<Filter>,
    pub(super) sort: Vec<At<String>>,
    pub(super) include: Vec<At<String>>,
    /// Callers choose which properties they want.
    pub(super) fields: Option<Span>,
    pub(super) page: Page,
    /// How many rows a page has by default, and at most.
    pub(super) limit: Option<At<(u64, u64)>>,
}

/// A property that a list is narrowed by.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub(super) field: At<String>,
    /// Without any: equality.
    pub(super) operators: Vec<At<&'static str>>,
}

/// How a list is cut into pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Page {
    #[default]
    Cursor,
    Number,
    None,
}

/// A property.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: At<String>,
    pub(super) shape: Shape,
    /// It may be left out, and may be null.
    pub(super) optional: bool,
    pub(super) default: Option<Node>,
    pub(super) description: Option<Node>,
    pub(super) example: Option<Node>,
    pub(super) was: Option<Node>,
    /// What the newest version calls it, where this one has another name for it.
    pub(super) kept_as: Option<At<String>>,
    pub(super) unique: Option<Span>,
    pub(super) indexed: Option<Span>,
    pub(super) read_only: Option<Span>,
    pub(super) write_only: Option<Span>,
    pub(super) deprecated: Option<Span>,
    pub(super) on_delete: Option<At<String>>,
}

impl Field {
    pub(super) fn new(name: At<String>) -> Self {
        Self {
            shape: Shape::of(Type::Json, name.span),
            name,
            optional: false,
            default: None,
            description: None,
            example: None,
            was: None,
            kept_as: None,
            unique: None,
            indexed: None,
            read_only: None,
            write_only: None,
            deprecated: None,
            on_delete: None,
        }
    }
}

/// Which values something may have.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) ty: Type,
    /// The rules, by JSON Schema's words.
    pub(super) rules: Vec<(&'static str, Node)>,
    pub(super) span: Span,
}

impl Shape {
    pub(super) fn of(ty: Type, span: Span) -> Self {
        Self {
            ty,
            rules: Vec::new(),
            span,
        }
    }

    /// The value of a rule.
    pub(super) fn rule(&self, word: &str) -> Option<&Node> {
        let found = self.rules.iter().find(|(name, _)| *name == word);
        found.map(|(_, node)| node)
    }
}

/// A type of the language.
#[derive(Debug, Clone)]
pub(super) enum Type {
    /// One that JSON Schema tells by `type` and `format`.
    Scalar(Scalar),
    Enum(Vec<At<String>>),
    Object(Vec<Field>),
    Array(Box<Shape>),
    Map(Box<Shape>),
    Json,
    /// The key of a row of another resource.
    Ref(At<String>),
}

/// A type of single values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    String,
    Text,
    Integer,
    Number,
    Decimal,
    Boolean,
    Uuid,
    Date,
    DateTime,
    Duration,
    Email,
    Url,
}

/// What rules a type takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Text,
    Number,
    /// Texts of one form, which no length bounds.
    Form,
    Flag,
}

impl Scalar {
    pub(super) const ALL: [(&'static str, Self); 12] = [
        ("string", Self::String),
        ("text", Self::Text),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("decimal", Self::Decimal),
        ("boolean", Self::Boolean),
        ("uuid", Self::Uuid),
        ("date", Self::Date),
        ("datetime", Self::DateTime),
        ("duration", Self::Duration),
        ("email", Self::Email),
        ("url", Self::Url),
    ];

    /// JSON Schema's `type` and `format`.
    pub(super) fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::String | Self::Text => ("string", None),
            Self::Integer => ("integer", Some("int64")),
            Self::Number => ("number", Some("double")),
            Self::Decimal => ("number", Some("decimal")),
            Self::Boolean => ("boolean", None),
            Self::Uuid => ("string", Some("uuid")),
            Self::Date => ("string", Some("date")),
            Self::DateTime => ("string", Some("date-time")),
            Self::Duration => ("string", Some("duration")),
            Self::Email => ("string", Some("email")),
            Self::Url => ("string", Some("uri")),
        }
    }

    pub(super) fn class(self) -> Class {
        match self {
            Self::String | Self::Text | Self::Email | Self::Url => Class::Text,
            Self::Integer | Self::Number | Self::Decimal => Class::Number,
            Self::Boolean => Class::Flag,
            Self::Uuid | Self::Date | Self::DateTime | Self::Duration => Class::Form,
        }
    }
}

/// The names of the types that are made of others.
pub(super) const COMPOUND: [&str; 6] = ["enum", "object", "array", "map", "json", "ref"];
