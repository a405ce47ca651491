//! Resources: the tables that were inferred, and what each operation does with them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    AccountAction, Elsewhere, GroupId, Include, ListPlan, OperationId, ResourceId, Rules, Schema,
    Transition, TypeId,
};

/// A table, and the entity that its rows are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// One of them, such as `item`: for messages and functions (`no_item`).
    pub singular: String,
    /// The module in `models/`, such as `items`; unique.
    pub module: String,
    /// The row's type, such as `ItemRow`; its prefix `Item` names the rest (`ItemFilter`).
    pub type_name: String,
    /// The table, such as `items`; unique, a plain SQL identifier in any dialect.
    pub table: String,
    /// The group whose operations use it.
    pub group: GroupId,
    /// The path of the collection, such as `/items`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The type that responses carry.
    pub entity: TypeId,
    /// In the order of the entity's fields, the parents' keys first.
    pub columns: Vec<Column>,
    /// The column of the key, by its place in `columns`. The primary key is every column from
    /// [`ColumnSource::Parent`], in order, and this one: below each owner, keys are its own.
    pub key: usize,
    /// Where a new row's key comes from.
    pub key_source: KeySource,
    /// The database numbers the rows itself, from this number on, and gives none twice. Below an
    /// owner rows are numbered by what is there; so were all of them by an apigen that knew of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbered_from: Option<i64>,
    /// The resource whose members own these, from the nearest outward.
    pub parent: Option<Parent>,
    /// The rows of other services that these speak of; one that owns them stands in for `parent`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
    /// Unique keys beside the primary one, by columns.
    pub unique: Vec<Vec<usize>>,
    /// Indexes beside the unique keys, by columns: what lists filter and sort by.
    pub indexes: Vec<Vec<usize>>,
    /// What the document says of the rows.
    #[serde(default, skip_serializing_if = "Rules::is_empty")]
    pub rules: Rules,
    /// The operations that use it.
    pub operations: Vec<OperationId>,
    /// Why it was inferred so, line by line, for `explain resource`.
    pub reasons: Vec<String>,
    /// What the entity's schema was called before, by `x-apigen-was`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

/// Where the key of a new row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeySource {
    /// A UUID of version 7; as text where the column is text.
    Uuid,
    /// The next number: see [`Resource::numbered_from`].
    Integer,
    /// The body must name it.
    Client,
    /// The body may name it, else a UUID.
    ClientOrUuid,
    /// The body may name it, else an integer.
    ClientOrInteger,
}

/// The owner of a row: its table's [`ColumnSource::Parent`] columns and key are, in this order, the
/// `Parent` columns of this table, so that a foreign key can hold all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parent {
    /// The owner.
    pub resource: ResourceId,
    /// The column that holds the owner's key, by its place in `columns`.
    pub column: usize,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The column in SQL: lower case, `[a-z0-9_]`, quoted by the templates; unique in its table.
    pub name: String,
    /// The field of the row's struct; unique in it.
    pub field: String,
    /// How the value is kept.
    pub ty: ColumnType,
    /// `NULL` is allowed: the row's field is an `Option`.
    pub nullable: bool,
    /// Where a new row's value comes from.
    pub source: ColumnSource,
    /// The texts that an enum allows: a later sync tells by them which rows still fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What the property was called before, by `x-apigen-was`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// The document's default, else a neutral value, as JSON of the type: what rows that exist get
    /// when the column is added to a table. A `Field` that the body of a CRUD create lacks is set
    /// to it, or to `NULL` where the column is nullable; then it is the document's default.
    pub fill: Option<Value>,
}

impl Column {
    /// It has the time of the row's last change.
    pub fn tells_change(&self) -> bool {
        let is_changed = matches!(self.source, ColumnSource::UpdatedAt { .. });
        is_changed && !self.nullable && self.ty == ColumnType::DateTime
    }
}

/// Where the value of a column comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ColumnSource {
    /// The key: see [`KeySource`]. The field of the entity that shows it, where one does.
    Key {
        /// The property of the entity, verbatim.
        api_name: Option<String>,
    },
    /// The key of the owner, from a path parameter; and the entity's property, where one shows it.
    Parent {
        /// The path parameter, verbatim.
        parameter: String,
        /// The property of the entity, verbatim.
        api_name: Option<String>,
    },
    /// A property of the body and of the entity.
    Field {
        /// Verbatim.
        api_name: String,
    },
    /// The time of creation; a property of the entity.
    CreatedAt {
        /// Verbatim; `None` for a column that only orders lists.
        api_name: Option<String>,
    },
    /// The time of the last change; a property of the entity.
    UpdatedAt {
        /// Verbatim.
        api_name: String,
    },
    /// The caller who made the row; a property of the entity.
    Caller {
        /// Verbatim.
        api_name: String,
    },
    /// How often the row was changed, and one; a property of the entity.
    Version {
        /// Verbatim.
        api_name: String,
    },
    /// When the row was deleted; nothing shows it.
    DeletedAt,
}

/// How a value is kept in the database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ColumnType {
    /// `Uuid`
    Uuid,
    /// `String`
    Text,
    /// An integer of at most 63 bits, kept as `i64`; the schema tells its Rust type.
    Integer(super::IntegerKind),
    /// `f64`
    Number,
    /// `Decimal`, of so many places behind the point where that is known: then it has 18 digits at
    /// most.
    Decimal(Option<u32>),
    /// `bool`
    Boolean,
    /// `DateTime<Utc>`, in microseconds
    DateTime,
    /// `NaiveDate`
    Date,
    /// A string enum, kept as its text.
    Enum(TypeId),
    /// Anything else, as JSON; the schema (never nullable itself) tells the Rust type.
    Json(Schema),
}

/// What an operation does unless the user overrides it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Role {
    /// 501, because of this reason (a clause that completes "it is a stub because …").
    Stub {
        /// For `explain` and `check --strict`.
        reason: String,
    },
    /// It reads or changes a resource.
    Crud {
        /// Which.
        resource: ResourceId,
        /// What it does with it.
        action: Action,
        /// The variant of the response enum that success is, by its place in
        /// [`super::Operation::responses`], and how its headers and body are filled.
        success: Success,
        /// Optional parameters that the default cannot honour, verbatim: a request that uses one
        /// is answered with 501 rather than with a wrong answer.
        unsupported: Vec<String>,
    },
    /// It is about the accounts of users.
    Account {
        /// What keeps the users.
        resource: ResourceId,
        /// What it does.
        action: AccountAction,
        /// As for `Crud`.
        success: Success,
        /// As for `Crud`.
        unsupported: Vec<String>,
    },
}

impl Role {
    /// The resource that it is about.
    pub fn resource(&self) -> Option<ResourceId> {
        match self {
            Self::Stub { .. } => None,
            Self::Crud { resource, .. } | Self::Account { resource, .. } => Some(*resource),
        }
    }

    /// Optional parameters that the default cannot honour, verbatim.
    pub fn unsupported(&self) -> &[String] {
        match self {
            Self::Stub { .. } => &[],
            Self::Crud { unsupported, .. } | Self::Account { unsupported, .. } => unsupported,
        }
    }

    /// What it does with the rows of its resource, and how success is told.
    pub fn on_rows(&self) -> Option<(ResourceId, &Action, &Success)> {
        match self {
            Self::Stub { .. } => None,
            Self::Crud {
                resource,
                action,
                success,
                ..
            } => Some((*resource, action, success)),
            Self::Account {
                resource,
                action,
                success,
                ..
            } => Some((*resource, action.of_row(), success)),
        }
    }
}

/// How a successful answer is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Success {
    /// The variant, by its place in [`super::Operation::responses`].
    pub response: usize,
    /// For each header of the variant, in order.
    pub headers: Vec<Supply>,
    /// For the body; `Absent` where it is empty.
    pub body: Supply,
    /// The variant for 304, where `If-None-Match` and an `ETag` are declared.
    pub not_modified: Option<usize>,
    /// The parameter that names the properties of rows to send, by its place in the operation's: an
    /// array of a string enum. The others are left out, required or not; the key never is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<usize>,
    /// What it may show beside the rows, where it reads them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<Include>,
}

/// What a CRUD operation does.
///
/// Each property of a body has a column (`Key`, `Parent` or `Field`) that its value fits: equal
/// types, but for integers that widen, enums that have the values of another, and JSON, which may
/// be of another named type of the same form. Where the path names the key or the owner, the same
/// in a body must be equal (422). A body that may be absent must be there (422).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Reads rows, one page at a time.
    List(ListPlan),
    /// Inserts a row.
    Create {
        /// The single property of the body that holds the entity, if it is wrapped (`{"item": …}`).
        wrapper: Option<String>,
    },
    /// Reads one row.
    Get,
    /// Sets every column that the body's type has a property for (an absent one to `NULL`).
    Replace {
        /// As for `Create`.
        wrapper: Option<String>,
        /// The key is in the body, not in the path.
        key_in_body: bool,
    },
    /// Sets the fields that the body names. Its struct need not be a patch: an absent property is
    /// kept in any case, and one that may be null is of [`super::Presence::Patch`].
    Update {
        /// As for `Create`.
        wrapper: Option<String>,
    },
    /// Deletes a row.
    Delete,
    /// Makes the row that the path names, unless it is there: the key refers to another row, and
    /// nothing else must be told.
    Link,
    /// Sets columns (by their places) to constants, if the row is in a state that allows it.
    Transition(Transition<usize>),
}

/// What a place in a successful answer is filled with. Each is checked to fit its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Supply {
    /// Nothing: an optional member or header is left out, an empty body stays empty.
    Absent,
    /// `null`
    Null,
    /// A constant, because nothing else is known: the document's default, or the only value of an
    /// enum. A text, an integer, a boolean or an enum.
    Value(Value),
    /// The row, as this type: each field from the column of the same `api_name`, fields without a
    /// column (all optional or nullable) absent or null, a map of other properties empty. The
    /// entity itself, or another type whose fields the columns fit as in [`Action`]; a column that
    /// is never `NULL` may fill an optional field, not the other way.
    Row(TypeId),
    /// The rows of the page, each as above.
    Rows(TypeId),
    /// A struct around other supplies, one for each of its fields, in order.
    Struct(TypeId, Vec<Supply>),
    /// How many rows the page may have.
    Limit,
    /// The number of the page.
    Page,
    /// How many rows were skipped.
    Offset,
    /// How many rows the page has.
    Count,
    /// How many rows match.
    Total,
    /// How many pages there are.
    TotalPages,
    /// Whether there is a next page.
    HasNext,
    /// Whether there is a previous page.
    HasPrevious,
    /// The cursor of the next page, or null/absent.
    NextCursor,
    /// The URL (path and query) of the next page, or null/absent.
    NextUrl,
    /// The URL (path and query) of the previous page, or null/absent.
    PreviousUrl,
    /// The URL (path and query) of this request, or of the new row.
    SelfUrl,
    /// RFC 8288, `<url>; rel="next"`, or absent.
    LinkHeader,
    /// The path of the new row.
    Location,
    /// The entity tag of the row.
    ETag,
    /// When the row was changed last.
    LastModified,
    /// The token by which a user is known to operations.
    AccessToken,
    /// The token that gets a new one.
    RefreshToken,
    /// How many seconds the access token is good for.
    ExpiresIn,
    /// The scopes of the access token.
    Scope,
    /// `Set-Cookie` with the refresh token, or with none for who signs out.
    SessionCookie,
}

impl Resource {
    /// The columns that hold the owners' keys, the outermost first.
    pub fn parent_columns(&self) -> Vec<usize> {
        let is_parent = |c: &Column| matches!(c.source, ColumnSource::Parent { .. });
        let columns = self.columns.iter().enumerate();
        let parents = columns.filter(|(_, column)| is_parent(column));
        parents.map(|(index, _)| index).collect()
    }

    /// The columns of the primary key: the owners' keys, and the row's own.
    pub fn primary_key(&self) -> Vec<usize> {
        let mut key = self.parent_columns();
        key.push(self.key);
        key
    }
}

impl Action {
    /// It in a word, such as `create`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::Create { .. } => "create",
            Self::Get => "get",
            Self::Replace { .. } => "replace",
            Self::Update { .. } => "update",
            Self::Delete => "delete",
            Self::Link => "link",
            Self::Transition(_) => "transition",
        }
    }

    /// The single property of the body that holds the entity, if it is wrapped.
    pub fn wrapper(&self) -> Option<&str> {
        match self {
            Self::Create { wrapper } | Self::Replace { wrapper, .. } | Self::Update { wrapper } => {
                wrapper.as_deref()
            }
            Self::List(_) | Self::Get | Self::Delete | Self::Link | Self::Transition(_) => None,
        }
    }
}

impl Supply {
    /// Visits it and all that it is made of.
    pub fn for_each(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        if let Self::Struct(_, fields) = self {
            for field in fields {
                field.for_each(visit);
            }
        }
    }
}
