//! The rules by which every change is named and judged: one table of what happens to operations and
//! their parts, and one of what happens to a schema, wherever it stands. Where oasdiff has a rule for
//! the same, it has the same name.

use std::fmt;

/// How much a change matters to those who call the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing on the wire is different.
    Cosmetic,
    /// A client of the old document gets along.
    Compatible,
    /// A client of the old document may fail.
    Breaking,
}

impl Level {
    /// All of them, the worst first.
    pub const ALL: [Self; 3] = [Self::Breaking, Self::Compatible, Self::Cosmetic];
    /// What they are called in `apigen.toml`.
    pub const NAMES: &[&str] = &["breaking", "compatible", "cosmetic"];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Compatible => "compatible",
            Self::Cosmetic => "cosmetic",
        }
    }

    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The rule for an `operationId` that is another, or gone.
pub(super) const ANOTHER_OPERATION_ID: &str = "api-operation-id-removed";

/// The rules for operations that come, go, or are called otherwise.
pub const OPERATIONS: [&str; 6] = [
    "endpoint-added",
    "api-path-removed-without-deprecation",
    "api-path-removed-with-deprecation",
    "api-removed-without-deprecation",
    "api-removed-with-deprecation",
    ANOTHER_OPERATION_ID,
];

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Such as `response-property-became-optional`.
    pub id: &'static str,
    /// How much it matters, unless `apigen.toml` says otherwise.
    pub level: Level,
    /// What happened.
    pub meaning: &'static str,
}

/// All rules.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    EVENTS.iter().chain(ASPECTS.iter().flatten())
}

/// The rule of this name.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// Where a schema stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Site {
    Parameter,
    RequestBody,
    Header,
    ResponseBody,
}

impl Site {
    /// Clients write it and the service reads it.
    pub(super) fn is_request(self) -> bool {
        matches!(self, Self::Parameter | Self::RequestBody)
    }

    /// Its values are written as text, so that a text may be any of them.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Parameter | Self::Header)
    }
}

impl Event {
    pub(super) fn rule(self) -> &'static Rule {
        &EVENTS[self as usize]
    }
}

impl Aspect {
    /// The rule for a schema at a site, or for one within it.
    pub(super) fn rule(self, site: Site, is_inside: bool) -> &'static Rule {
        let place = match (site, is_inside) {
            (Site::Parameter, false) => 0,
            (Site::Parameter, true) => 1,
            (Site::RequestBody, false) => 2,
            (Site::RequestBody, true) => 3,
            (Site::Header, _) => 4,
            (Site::ResponseBody, false) => 5,
            (Site::ResponseBody, true) => 6,
        };
        &ASPECTS[self as usize][place]
    }
}

/// What a change does to the set of values that a schema takes.
#[derive(Clone, Copy)]
enum Effect {
    Narrows,
    Widens,
    /// Neither set holds the other.
    Replaces,
    /// The same values, and something that clients may want to know.
    Tells,
    /// The same values.
    Words,
}

impl Effect {
    /// The one who writes values must keep to what was promised, the one who reads them must bear all.
    const fn level(self, is_request: bool) -> Level {
        match (self, is_request) {
            (Self::Narrows, true) | (Self::Widens, false) | (Self::Replaces, _) => Level::Breaking,
            (Self::Narrows, false) | (Self::Widens, true) | (Self::Tells, _) => Level::Compatible,
            (Self::Words, _) => Level::Cosmetic,
        }
    }
}

macro_rules! events {
    ($($name:ident $id:literal $level:ident $meaning:literal;)*) => {
        /// What happens to an operation, or to a part of it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum Event { $($name,)* }

        const EVENTS: &[Rule] = &[$(Rule { id: $id, level: Level::$level, meaning: $meaning },)*];
    };
}

macro_rules! aspects {
    ($($name:ident $suffix:literal $effect:ident $meaning:literal;)*) => {
        /// What happens to a schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum Aspect { $($name,)* }

        const ASPECTS: &[[Rule; 7]] = &[$(aspects!(@sites $suffix $effect $meaning),)*];
    };
    (@sites $suffix:literal $effect:ident $meaning:literal) => {
        [
            aspects!(@rule "request-parameter-", true, "request parameter", $suffix $effect $meaning),
            aspects!(@rule "request-parameter-property-", true, "part of a request parameter", $suffix $effect $meaning),
            aspects!(@rule "request-body-", true, "request body", $suffix $effect $meaning),
            aspects!(@rule "request-property-", true, "part of a request body", $suffix $effect $meaning),
            aspects!(@rule "response-header-", false, "header of a response", $suffix $effect $meaning),
            aspects!(@rule "response-body-", false, "response body", $suffix $effect $meaning),
            aspects!(@rule "response-property-", false, "part of a response body", $suffix $effect $meaning),
        ]
    };
    (@rule $site:literal, $is_request:literal, $place:literal, $suffix:literal $effect:ident $meaning:literal) => {
        Rule {
            id: concat!($site, $suffix),
            level: Effect::$effect.level($is_request),
            meaning: concat!("A ", $place, " ", $meaning),
        }
    };
}

events! {
    InfoChanged "api-info-changed" Cosmetic "The title, the version or the description of the API is another";
    BasePathChanged "api-base-path-changed" Breaking "All operations are served below another path";
    ServerAdded "api-server-added" Compatible "A server is new";
    ServerRemoved "api-server-removed" Compatible "A server is no longer named";
    EndpointAdded "endpoint-added" Compatible "An operation is new";
    PathRemoved "api-path-removed-without-deprecation" Breaking "A path is gone, with an operation that was not deprecated";
    PathRemovedDeprecated "api-path-removed-with-deprecation" Compatible "A path is gone, with an operation that was deprecated";
    Removed "api-removed-without-deprecation" Breaking "An operation is gone that was not deprecated";
    RemovedDeprecated "api-removed-with-deprecation" Compatible "An operation is gone that was deprecated";
    Deprecated "endpoint-deprecated" Compatible "An operation became deprecated";
    DeprecatedWithSunset "endpoint-deprecated-with-sunset" Compatible "An operation became deprecated, with the day of its end";
    Reactivated "endpoint-reactivated" Compatible "An operation is no longer deprecated";
    SunsetDeleted "sunset-deleted" Breaking "A deprecated operation no longer says when it ends";
    SunsetEarlier "api-sunset-date-changed-too-small" Breaking "A deprecated operation ends earlier than it said";
    SunsetLater "api-sunset-date-changed" Compatible "A deprecated operation ends later than it said";
    OperationIdAdded "api-operation-id-added" Compatible "An operation has an `operationId` now";
    OperationIdRemoved "api-operation-id-removed" Compatible "An operation's `operationId` is gone, or is another";
    TagAdded "api-tag-added" Cosmetic "An operation has a tag more";
    TagRemoved "api-tag-removed" Cosmetic "An operation has a tag less";
    DescriptionChanged "endpoint-description-changed" Cosmetic "The words about an operation are others";

    SecurityRequired "api-security-required" Breaking "An operation that was open asks for credentials";
    SecurityOptional "api-security-no-longer-required" Compatible "An operation that asked for credentials is open";
    SecurityAdded "api-security-added" Compatible "Other credentials do as well";
    SecurityRemoved "api-security-removed" Breaking "Credentials that did no longer do";
    ScopeAdded "api-security-scope-added" Breaking "Credentials must have a scope more";
    ScopeRemoved "api-security-scope-removed" Compatible "Credentials may lack a scope";
    SchemeAdded "api-security-component-added" Cosmetic "A security scheme is new";
    SchemeRemoved "api-security-component-removed" Cosmetic "A security scheme is gone";
    SchemeChanged "api-security-component-type-changed" Breaking "A security scheme asks for credentials in another way";
    SchemeUrlChanged "api-security-component-oauth-url-changed" Compatible "A security scheme sends people or tokens to another URL";
    SchemeScopeAdded "api-security-component-oauth-scope-added" Cosmetic "A security scheme knows a scope more";
    SchemeScopeRemoved "api-security-component-oauth-scope-removed" Cosmetic "A security scheme knows a scope less";

    OutgoingAdded "webhook-added" Compatible "A webhook, or a callback of an operation, is new";
    OutgoingRemoved "webhook-removed" Breaking "A webhook, or a callback of an operation, is no longer sent";
    OutgoingBodyAdded "webhook-body-added" Compatible "A webhook or a callback has a body now";
    OutgoingBodyRemoved "webhook-body-removed" Breaking "A webhook or a callback has no body any more";

    ParameterRemoved "request-parameter-removed" Breaking "A parameter is gone: what clients send with it has no effect";
    ParameterAddedRequired "new-required-request-parameter" Breaking "A parameter is new, and must be sent";
    ParameterAdded "new-optional-request-parameter" Compatible "A parameter is new, and may be sent";
    ParameterBecameRequired "request-parameter-became-required" Breaking "A parameter must be sent that could be left out";
    ParameterBecameOptional "request-parameter-became-optional" Compatible "A parameter may be left out that had to be sent";
    PathParameterRenamed "request-path-parameter-renamed" Compatible "A path parameter has another name, which URLs do not show";
    ParameterStyle "request-parameter-style-changed" Breaking "A parameter is written in another style";
    ParameterExplode "request-parameter-explode-changed" Breaking "A parameter's items or members are written in another way";
    ParameterReserved "request-parameter-became-allow-reserved" Compatible "A parameter may hold reserved characters as they are";
    ParameterNotReserved "request-parameter-became-not-allow-reserved" Breaking "A parameter must encode reserved characters";

    BodyAddedRequired "request-body-added-required" Breaking "A request body is new, and must be sent";
    BodyAdded "request-body-added-optional" Compatible "A request body is new, and may be sent";
    BodyRemoved "request-body-removed" Breaking "The request body is gone: what clients send has no effect";
    BodyBecameRequired "request-body-became-required" Breaking "The request body must be sent";
    BodyBecameOptional "request-body-became-optional" Compatible "The request body may be left out";
    BodyMediaAdded "request-body-media-type-added" Compatible "A request body may have another media type, too";
    BodyMediaRemoved "request-body-media-type-removed" Breaking "A request body may no longer have a media type";
    BodyEncoding "request-body-encoding-changed" Breaking "A part of a form is written in another way";

    StatusRemoved "response-success-status-removed" Breaking "A success is no longer answered with a status";
    StatusAdded "response-success-status-added" Compatible "A success may be answered with another status";
    ErrorRemoved "response-non-success-status-removed" Compatible "A status that is no success is no longer answered";
    ErrorAdded "response-non-success-status-added" Compatible "A status that is no success may be answered";
    ResponseMediaRemoved "response-media-type-removed" Breaking "A response no longer comes in a media type";
    ResponseMediaAdded "response-media-type-added" Compatible "A response may come in another media type";
    HeaderAdded "response-header-added" Compatible "A response has a header more";
    HeaderRemovedRequired "required-response-header-removed" Breaking "A response lacks a header that it always had";
    HeaderRemoved "optional-response-header-removed" Breaking "A response lacks a header that it could have";
    HeaderBecameOptional "response-header-became-optional" Breaking "A response may lack a header that it always had";
    HeaderBecameRequired "response-header-became-required" Compatible "A response always has a header";
    ResponseDescription "response-description-changed" Cosmetic "The words about a response are others";

    PropertyAddedRequired "new-required-request-property" Breaking "A property of a request is new, and must be sent";
    PropertyAddedDefault "new-required-request-property-with-default" Breaking "A property of a request is new, has a default, and must be sent";
    PropertyAdded "new-optional-request-property" Compatible "A property of a request is new, and may be sent";
    PropertyRemoved "request-property-removed" Breaking "A property of a request is gone: what clients send in it has no effect";
    PropertyRequired "request-property-became-required" Breaking "A property of a request must be sent";
    PropertyRequiredDefault "request-property-became-required-with-default" Breaking "A property of a request must be sent, although it has a default";
    PropertyOptional "request-property-became-optional" Compatible "A property of a request may be left out";
    AnswerAddedRequired "response-required-property-added" Compatible "A property of a response is new, and is always there";
    AnswerAdded "response-optional-property-added" Compatible "A property of a response is new, and may be there";
    AnswerRemovedRequired "response-required-property-removed" Breaking "A response lacks a property that it always had";
    AnswerRemoved "response-optional-property-removed" Breaking "A response lacks a property that it could have";
    AnswerRequired "response-property-became-required" Compatible "A response always has a property that it could lack";
    AnswerOptional "response-property-became-optional" Breaking "A response may lack a property that it always had";

    RequiredReadOnly "request-required-property-became-read-only" Breaking "A property that had to be sent became read-only: what clients send in it has no effect";
    OptionalReadOnly "request-optional-property-became-read-only" Breaking "A property that could be sent became read-only: what clients send in it has no effect";
    RequiredNotReadOnly "request-required-property-became-not-read-only" Breaking "A property that was read-only must be sent";
    OptionalNotReadOnly "request-optional-property-became-not-read-only" Compatible "A property that was read-only may be sent";
    RequiredWriteOnly "request-required-property-became-write-only" Cosmetic "A property of a request became write-only, and is sent as before";
    OptionalWriteOnly "request-optional-property-became-write-only" Cosmetic "A property of a request became write-only, and is sent as before";
    RequiredNotWriteOnly "request-required-property-became-not-write-only" Cosmetic "A property of a request is no longer write-only, and is sent as before";
    OptionalNotWriteOnly "request-optional-property-became-not-write-only" Cosmetic "A property of a request is no longer write-only, and is sent as before";
    AnswerRequiredWriteOnly "response-required-property-became-write-only" Breaking "A property that a response always had became write-only, and is gone from it";
    AnswerOptionalWriteOnly "response-optional-property-became-write-only" Breaking "A property that a response could have became write-only, and is gone from it";
    AnswerRequiredNotWriteOnly "response-required-property-became-not-write-only" Compatible "A property that was write-only is always in the response";
    AnswerOptionalNotWriteOnly "response-optional-property-became-not-write-only" Compatible "A property that was write-only may be in the response";
    AnswerRequiredReadOnly "response-required-property-became-read-only" Cosmetic "A property of a response became read-only, and is there as before";
    AnswerOptionalReadOnly "response-optional-property-became-read-only" Cosmetic "A property of a response became read-only, and is there as before";
    AnswerRequiredNotReadOnly "response-required-property-became-not-read-only" Cosmetic "A property of a response is no longer read-only, and is there as before";
    AnswerOptionalNotReadOnly "response-optional-property-became-not-read-only" Cosmetic "A property of a response is no longer read-only, and is there as before";
}

aspects! {
    TypeChanged "type-changed" Replaces "has another type or format";
    TypeGeneralized "type-generalized" Widens "has a wider type or format";
    TypeSpecialized "type-specialized" Narrows "has a narrower type or format";
    BecameNullable "became-nullable" Widens "may be null";
    BecameNotNullable "became-not-nullable" Narrows "may no longer be null";
    EnumAdded "enum-value-added" Widens "may have a value more";
    EnumRemoved "enum-value-removed" Narrows "may no longer have a value";
    BecameEnum "became-enum" Narrows "has a list of its possible values now";
    BecameNotEnum "became-not-enum" Widens "no longer has a list of its possible values";
    ConstAdded "const-added" Narrows "may have one value only";
    ConstRemoved "const-removed" Widens "may have other values than the one";
    ConstChanged "const-changed" Replaces "has another value";
    MaxSet "max-set" Narrows "has a `maximum` now";
    MaxUnset "max-unset" Widens "no longer has a `maximum`";
    MaxDecreased "max-decreased" Narrows "has a lower `maximum`";
    MaxIncreased "max-increased" Widens "has a higher `maximum`";
    ExclusiveMaxSet "exclusive-max-set" Narrows "has an `exclusiveMaximum` now";
    ExclusiveMaxUnset "exclusive-max-unset" Widens "no longer has an `exclusiveMaximum`";
    ExclusiveMaxDecreased "exclusive-max-decreased" Narrows "has a lower `exclusiveMaximum`";
    ExclusiveMaxIncreased "exclusive-max-increased" Widens "has a higher `exclusiveMaximum`";
    MinSet "min-set" Narrows "has a `minimum` now";
    MinUnset "min-unset" Widens "no longer has a `minimum`";
    MinIncreased "min-increased" Narrows "has a higher `minimum`";
    MinDecreased "min-decreased" Widens "has a lower `minimum`";
    ExclusiveMinSet "exclusive-min-set" Narrows "has an `exclusiveMinimum` now";
    ExclusiveMinUnset "exclusive-min-unset" Widens "no longer has an `exclusiveMinimum`";
    ExclusiveMinIncreased "exclusive-min-increased" Narrows "has a higher `exclusiveMinimum`";
    ExclusiveMinDecreased "exclusive-min-decreased" Widens "has a lower `exclusiveMinimum`";
    MaxLengthSet "max-length-set" Narrows "has a `maxLength` now";
    MaxLengthUnset "max-length-unset" Widens "no longer has a `maxLength`";
    MaxLengthDecreased "max-length-decreased" Narrows "has a lower `maxLength`";
    MaxLengthIncreased "max-length-increased" Widens "has a higher `maxLength`";
    MinLengthSet "min-length-set" Narrows "has a `minLength` now";
    MinLengthUnset "min-length-unset" Widens "no longer has a `minLength`";
    MinLengthIncreased "min-length-increased" Narrows "has a higher `minLength`";
    MinLengthDecreased "min-length-decreased" Widens "has a lower `minLength`";
    MaxItemsSet "max-items-set" Narrows "has `maxItems` now";
    MaxItemsUnset "max-items-unset" Widens "no longer has `maxItems`";
    MaxItemsDecreased "max-items-decreased" Narrows "has lower `maxItems`";
    MaxItemsIncreased "max-items-increased" Widens "has higher `maxItems`";
    MinItemsSet "min-items-set" Narrows "has `minItems` now";
    MinItemsUnset "min-items-unset" Widens "no longer has `minItems`";
    MinItemsIncreased "min-items-increased" Narrows "has higher `minItems`";
    MinItemsDecreased "min-items-decreased" Widens "has lower `minItems`";
    MaxPropertiesSet "max-properties-set" Narrows "has `maxProperties` now";
    MaxPropertiesUnset "max-properties-unset" Widens "no longer has `maxProperties`";
    MaxPropertiesDecreased "max-properties-decreased" Narrows "has lower `maxProperties`";
    MaxPropertiesIncreased "max-properties-increased" Widens "has higher `maxProperties`";
    MinPropertiesSet "min-properties-set" Narrows "has `minProperties` now";
    MinPropertiesUnset "min-properties-unset" Widens "no longer has `minProperties`";
    MinPropertiesIncreased "min-properties-increased" Narrows "has higher `minProperties`";
    MinPropertiesDecreased "min-properties-decreased" Widens "has lower `minProperties`";
    MultipleOfAdded "multiple-of-added" Narrows "must be a multiple";
    MultipleOfRemoved "multiple-of-removed" Widens "need not be a multiple";
    MultipleOfChanged "multiple-of-changed" Replaces "must be a multiple of another number";
    UniqueItemsAdded "unique-items-added" Narrows "may no longer have an item twice";
    UniqueItemsRemoved "unique-items-removed" Widens "may have an item twice";
    PatternAdded "pattern-added" Narrows "has a `pattern` now";
    PatternRemoved "pattern-removed" Widens "no longer has a `pattern`";
    PatternChanged "pattern-changed" Replaces "has another `pattern`";
    AdditionalAdded "additional-properties-added" Widens "may have properties that are not listed";
    AdditionalRemoved "additional-properties-removed" Narrows "may no longer have properties that are not listed";
    OneOfAdded "one-of-added" Widens "has another alternative in `oneOf`";
    OneOfRemoved "one-of-removed" Narrows "has an alternative less in `oneOf`";
    AnyOfAdded "any-of-added" Widens "has another alternative in `anyOf`";
    AnyOfRemoved "any-of-removed" Narrows "has an alternative less in `anyOf`";
    UnionChanged "wrapped-in-one-of" Replaces "became alternatives, or ceased to be, and what it was is none of them";
    DiscriminatorAdded "discriminator-added" Tells "has a discriminator now";
    DiscriminatorRemoved "discriminator-removed" Tells "no longer has a discriminator";
    DiscriminatorName "discriminator-property-name-changed" Replaces "names its alternatives by another property";
    MappingAdded "discriminator-mapping-added" Widens "may have another name in its discriminator";
    MappingDeleted "discriminator-mapping-deleted" Narrows "may no longer have a name in its discriminator";
    MappingChanged "discriminator-mapping-changed" Replaces "means another alternative by a name in its discriminator";
    KeywordChanged "keyword-changed" Replaces "has another rule of a kind that is compared as a whole, such as `not`";
    DefaultAdded "default-value-added" Tells "has a default now";
    DefaultRemoved "default-value-removed" Tells "no longer has a default";
    DefaultChanged "default-value-changed" Tells "has another default";
    Deprecated "deprecated" Tells "became deprecated";
    Reactivated "reactivated" Tells "is no longer deprecated";
    DescriptionChanged "description-changed" Words "has other words about it";
    ExampleChanged "example-changed" Words "has another example";
}
