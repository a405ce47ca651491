//! The whole API, resolved and named: what the templates print.
//!
//! Lowering makes one [`Service`]; nothing here knows YAML, OpenAPI, templates or files.
//! *Architecture invariant:* every Rust identifier in it was chosen by [`name`], and is final.

pub mod account;
pub mod decimal;
pub mod elsewhere;
pub mod error;
pub mod event;
pub mod fits;
pub mod fresh;
pub mod include;
pub mod keywords;
pub mod list;
mod mend;
pub mod name;
pub mod operation;
pub mod outgoing;
mod pattern;
pub mod plural;
mod rate;
pub mod resource;
pub mod rules;
pub mod sample;
pub mod schema;
pub mod security;
pub mod seed;
pub mod transition;
pub mod violations;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    account::{Account, AccountAction, AccountRules, Accounts, Cookie, TokenAt},
    elsewhere::{Abroad, Elsewhere, Said, SaidCaller, SaidReference},
    error::{ErrorBody, ErrorField, ErrorFormat},
    event::{Event, Events, Published, Source, SourcePayload},
    include::{Include, Included},
    list::{Comparison, Direction, Filter, ListPlan, Pagination, Sort, SortKey},
    operation::{
        BodyKind, Location, Media, MediaKind, Method, Operation, Parameter, Part, RequestBody,
        Response, ResponseBody, ResponseHeader, Retirement, Segment, Status, Style,
    },
    outgoing::{AddressPart, Cause, Outgoing},
    rate::{Rate, Unit},
    resource::{
        Action, Column, ColumnSource, ColumnType, KeySource, Parent, Resource, Role, Success,
        Supply,
    },
    rules::{OnDelete, Others, Own, Reference, Referrer, Rules},
    schema::{
        Additional, DecimalRules, Enum, EnumRepr, Field, Format, IntegerKind, NumberRules,
        Presence, Schema, StringRules, Struct, Tag, Type, TypeDef, TypeKind, Union, UnionMode,
        UnionVariant, Uses, Variant,
    },
    security::{Credential, Guard, Requirement, Scheme, SchemeKind},
    seed::Seed,
    transition::Transition,
};

/// Where in the spec something comes from, for `explain` and for diagnostics.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// The file, as the user named it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

/// A service: everything that one generated project offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The crate's name in `Cargo.toml`, such as `my-shop`.
    pub package: String,
    /// The crate's name in Rust code, such as `my_shop`.
    pub krate: String,
    /// `info.title`, verbatim.
    pub title: String,
    /// `info.version`, verbatim.
    pub version: String,
    /// `info.description`, verbatim.
    pub description: Option<String>,
    /// The path of the first server, such as `/api/v1`; empty where it has none. No trailing slash.
    pub base_path: String,
    /// The groups of operations, sorted by module name; none is empty.
    pub groups: Vec<Group>,
    /// Sorted by group, then in the order of the document.
    pub operations: Vec<Operation>,
    /// What it sends by itself, sorted by the names of its functions: webhooks before callbacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outgoing: Vec<Outgoing>,
    /// The named types, sorted by module, then by name.
    pub types: Vec<TypeDef>,
    /// The security schemes that some operation uses, sorted by their names in the document.
    pub schemes: Vec<Scheme>,
    /// The distinct requirements that operations refer to, sorted by constant name.
    pub requirements: Vec<Requirement>,
    /// The form of every error that is not a typed response.
    pub errors: ErrorFormat,
    /// The tables, parents before their children.
    pub resources: Vec<Resource>,
    /// What it tells other services, and hears of them.
    #[serde(default)]
    pub events: Option<Events>,
    /// What the document says of collections, by their paths with blank parameters (`/items/{}/reviews`).
    pub said: BTreeMap<String, Said>,
    /// The document was written from a resource spec: the project has it as a file of its own.
    #[serde(default)]
    pub is_expanded: bool,
    /// What the document says of accounts.
    #[serde(default)]
    pub account_rules: AccountRules,
    /// Who has accounts, where some operation is about them.
    #[serde(default)]
    pub accounts: Option<Accounts>,
    /// The rows that a database may begin with, each after those that it names.
    #[serde(skip)]
    pub seeds: Vec<Seed>,
}

/// The operations of one tag: one module in each layer, one service trait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The tag, verbatim.
    pub api_name: String,
    /// The module in every layer, such as `items`.
    pub module: String,
    /// The user's struct, such as `Items`.
    pub type_name: String,
    /// The trait, such as `ItemsService`.
    pub trait_name: String,
    /// The tag's description, verbatim.
    pub description: Option<String>,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident => $field:ident: $item:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub usize);

        impl std::ops::Index<$name> for Service {
            type Output = $item;

            fn index(&self, id: $name) -> &$item {
                &self.$field[id.0]
            }
        }
    )*};
}

ids! {
    /// The place of a group in [`Service::groups`].
    GroupId => groups: Group;
    /// The place of an operation in [`Service::operations`].
    OperationId => operations: Operation;
    /// The place of a type in [`Service::types`].
    TypeId => types: TypeDef;
    /// The place of a scheme in [`Service::schemes`].
    SchemeId => schemes: Scheme;
    /// The place of a requirement in [`Service::requirements`].
    RequirementId => requirements: Requirement;
    /// The place of a resource in [`Service::resources`].
    ResourceId => resources: Resource;
}

impl Service {
    /// The operation of this id.
    pub fn named(&self, id: &str) -> Option<OperationId> {
        let mut all = self.operations.iter();
        all.position(|operation| operation.id == id)
            .map(OperationId)
    }

    /// Who issues the tokens of its callers; empty where only the environment can tell.
    pub fn issuer(&self) -> Option<&str> {
        self.schemes.iter().find_map(|s| s.issuer.as_deref())
    }

    /// Whether it takes passwords, of which it knows hashes.
    pub fn keeps_passwords(&self) -> bool {
        let mut schemes = self.schemes.iter();
        self.accounts.is_some() || schemes.any(|scheme| scheme.kind == SchemeKind::Basic)
    }

    /// The cookies that tell who calls, and that browsers add by themselves.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        let keys = self.schemes.iter().filter_map(|scheme| match &scheme.kind {
            SchemeKind::ApiKey {
                location: Location::Cookie,
                name,
            } => Some(name.as_str()),
            _ => None,
        });
        let accounts = self.accounts.iter();
        let sessions = accounts.filter_map(|accounts| accounts.cookie.as_ref());
        keys.chain(sessions.map(|cookie| cookie.name.as_str()))
    }

    /// The operations of a group, in the order of the document, with their ids.
    pub fn operations_of(&self, group: GroupId) -> impl Iterator<Item = (OperationId, &Operation)> {
        let all = self.operations.iter().enumerate();
        let ids = all.map(|(index, operation)| (OperationId(index), operation));
        ids.filter(move |(_, operation)| operation.group == group)
    }
}
